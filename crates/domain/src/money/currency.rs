//! Currencies of ISO 4217 in which something can be owed.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use iso_currency::{Currency as Iso, Flag};
use serde::{Deserialize, Serialize, Serializer};

/// A code that names no currency in which something can be owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a currency's three-letter code such as EUR")]
pub struct CurrencyError;

impl CurrencyError {
    /// The stable code of the refusal.
    pub fn code(self) -> &'static str {
        "invalid_currency"
    }
}

/// A currency, written as its three capital letters (ISO 4217).
///
/// Funds, metals, units of account and codes for tests are refused: nobody can pay in them. Currencies
/// that were replaced are read, because old documents keep theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "Cow<'_, str>")]
pub struct Currency(Iso);

impl Currency {
    /// Euro, two decimals.
    pub const EUR: Self = Self(Iso::EUR);
    /// United States dollar, two decimals.
    pub const USD: Self = Self(Iso::USD);
    /// Japanese yen, no decimals.
    pub const JPY: Self = Self(Iso::JPY);
    /// Pound sterling, two decimals.
    pub const GBP: Self = Self(Iso::GBP);

    /// The three letters.
    pub fn code(&self) -> &'static str {
        self.0.code()
    }

    /// Decimals of the minor unit according to ISO 4217. Payment providers have tables of their own,
    /// see [`crate::provider_amount`].
    pub fn exponent(&self) -> u32 {
        self.0.exponent().map(u32::from).expect("codes without a minor unit are not currencies here")
    }

    /// The currencies to choose from, by their code; those that were replaced are left out.
    pub fn all() -> impl Iterator<Item = Self> {
        // By number, so that the table's iterator and its derive macro are not needed.
        let mut currencies: Vec<Self> = (0..1000)
            .filter_map(Iso::from_numeric)
            .filter_map(Self::accept)
            // The table takes VED for VES's successor; ISO lists both, and prices are in VES.
            .filter(|currency| currency.0.is_superseded().is_none() || currency.0 == Iso::VES)
            .collect();
        currencies.sort_unstable();
        currencies.into_iter()
    }

    fn accept(iso: Iso) -> Option<Self> {
        let money = iso.exponent().is_some() && !iso.has_flag(Flag::Special) && !iso.has_flag(Flag::Fund);
        money.then_some(Self(iso))
    }
}

// The table's own order is almost that of the codes, but not quite (XCG follows AMD).
impl Ord for Currency {
    fn cmp(&self, other: &Self) -> Ordering {
        self.code().cmp(other.code())
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;
    fn from_str(code: &str) -> Result<Self, CurrencyError> {
        let iso = Iso::from_code(code);
        // The browser leaves the table of what isn't money out: the server names, and takes, nothing of it.
        let known = if cfg!(target_arch = "wasm32") {
            iso.filter(|iso| iso.exponent().is_some()).map(Self)
        } else {
            iso.and_then(Self::accept)
        };
        known.ok_or(CurrencyError)
    }
}

impl TryFrom<Cow<'_, str>> for Currency {
    type Error = CurrencyError;
    fn try_from(code: Cow<'_, str>) -> Result<Self, CurrencyError> {
        code.parse()
    }
}

impl TryFrom<String> for Currency {
    type Error = CurrencyError;
    fn try_from(code: String) -> Result<Self, CurrencyError> {
        code.parse()
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Currency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("A currency's three-letter code (ISO 4217)."))
            .pattern(Some("^[A-Z]{3}$"))
            .examples(["EUR"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Currency {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Currency")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_iso_s() {
        for (code, exponent) in
            [("EUR", 2), ("JPY", 0), ("ISK", 0), ("UGX", 0), ("HUF", 2), ("TWD", 2), ("KWD", 3), ("MGA", 2)]
        {
            assert_eq!(code.parse::<Currency>().unwrap().exponent(), exponent, "{code}");
        }
    }

    #[test]
    fn refuses_what_nobody_can_pay_in() {
        for code in
            ["XXX", "XTS", "XAU", "XDR", "XAD", "CHE", "CLF", "UYI", "eur", "EU", "EURO", "", "€", "AAA"]
        {
            assert_eq!(code.parse::<Currency>(), Err(CurrencyError), "{code}");
        }
    }

    #[test]
    fn travels_as_its_code() {
        assert_eq!(serde_json::to_string(&Currency::JPY).unwrap(), r#""JPY""#);
        assert_eq!(serde_json::from_str::<Currency>(r#""USD""#).unwrap(), Currency::USD);
        assert!(serde_json::from_str::<Currency>(r#""XXX""#).is_err());
    }

    #[test]
    fn the_choice_is_sorted_current_and_complete() {
        let codes: Vec<&str> = Currency::all().map(|currency| currency.code()).collect();
        assert!(codes.is_sorted());
        assert!(codes.len() > 150, "{}", codes.len());
        for code in ["EUR", "USD", "JPY", "GBP", "CHF", "KWD", "XOF", "XCG", "VES", "VED"] {
            assert!(codes.contains(&code), "{code}");
        }
        for code in ["HRK", "ZWL", "XXX", "XAG", "USN"] {
            assert!(!codes.contains(&code), "{code}");
        }
        // Every one can be computed with: no code without a minor unit has slipped in.
        assert!(Currency::all().all(|currency| currency.exponent() <= 3));
    }
}
