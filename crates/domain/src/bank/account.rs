//! Account numbers: IBAN (ISO 13616) and BIC (ISO 9362).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is no account number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// No IBAN's shape, or of a country without IBANs.
    #[error("must be an IBAN such as DE89 3704 0044 0532 0130 00")]
    Iban,
    /// The check digits say that a character is wrong or two are swapped.
    #[error("is mistyped: the IBAN's check digits don't fit")]
    Checksum,
    /// No BIC's shape.
    #[error("must be a BIC of 8 or 11 characters such as COBADEFFXXX")]
    Bic,
}

/// Declares a text that is kept in one canonical form.
macro_rules! code {
    ($(#[$doc:meta])* $name:ident, max $max:expr, example $example:literal, $parse:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "Cow<'_, str>")]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(String);

        impl $name {
            /// Capitals and digits, without spaces.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = AccountError;
            fn from_str(text: &str) -> Result<Self, AccountError> {
                let parse: fn(&str) -> Result<String, AccountError> = $parse;
                parse(&compact(text)).map(Self)
            }
        }

        impl TryFrom<Cow<'_, str>> for $name {
            type Error = AccountError;
            fn try_from(text: Cow<'_, str>) -> Result<Self, AccountError> {
                text.parse()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .max_length(Some($max))
                    .examples([$example])
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    };
}

/// Capitals without spaces, since people copy numbers as they are printed.
pub(super) fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect()
}

/// In groups of four, as numbers are printed.
pub(super) fn grouped(text: &str) -> String {
    let mut printed = String::new();
    for (index, c) in text.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            printed.push(' ');
        }
        printed.push(c);
    }
    printed
}

code!(
    /// An account's international number, its check digits and its country's length checked.
    Iban, max 34, example "DE89370400440532013000", |text| {
        use iban::{IbanLike, ParseIbanError};
        match text.parse::<iban::Iban>() {
            Ok(iban) => Ok(iban.electronic_str().to_owned()),
            Err(ParseIbanError::InvalidBaseIban { source: iban::ParseBaseIbanError::InvalidChecksum }) => {
                Err(AccountError::Checksum)
            }
            Err(_) => Err(AccountError::Iban),
        }
    }
);

impl fmt::Display for Iban {
    /// As it is printed: in groups of four.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&self.0))
    }
}

code!(
    /// A bank's business identifier code.
    Bic, max 11, example "COBADEFFXXX", |text| {
        let shape = matches!(text.len(), 8 | 11)
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && text.bytes().skip(4).take(2).all(|byte| byte.is_ascii_uppercase());
        if shape { Ok(text.to_owned()) } else { Err(AccountError::Bic) }
    }
);

impl fmt::Display for Bic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ibans_are_checked_and_kept_without_spaces() {
        for (text, kept) in [
            ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
            ("gb29 nwbk 6016 1331 9268 19", "GB29NWBK60161331926819"),
            ("NO9386011117947", "NO9386011117947"),
            ("MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"),
        ] {
            assert_eq!(text.parse::<Iban>().unwrap().as_str(), kept);
        }
        assert_eq!(
            "DE89370400440532013000".parse::<Iban>().unwrap().to_string(),
            "DE89 3704 0044 0532 0130 00"
        );
        // One digit wrong; two swapped.
        for text in ["DE89370400440532013001", "DE89370400440532031000"] {
            assert_eq!(text.parse::<Iban>(), Err(AccountError::Checksum), "{text}");
        }
        for text in [
            "",
            "DE",
            "DE8937040044053201300",
            "XX89370400440532013000",
            "DE89-3704-0044-0532-0130-00",
            "ÄÖ12",
        ] {
            assert!(text.parse::<Iban>().is_err(), "{text}");
        }
    }

    #[test]
    fn bics_have_a_shape() {
        for text in ["COBADEFF", "cobadeffxxx", "BPOTBEB1"] {
            assert!(text.parse::<Bic>().is_ok(), "{text}");
        }
        for text in ["", "COBADEF", "COBADEFFXX", "COBA12FF", "COBADÉFF"] {
            assert_eq!(text.parse::<Bic>(), Err(AccountError::Bic), "{text}");
        }
    }
}
