//! Creditor references by ISO 11649: `RF18 5390 0754 7034`. Banks carry them in a field of their own, and
//! their check digits catch what a payer mistypes.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::account::{compact, grouped};
use crate::ids::Id;
use crate::invoices::InvoiceId;

/// The most characters after `RF` and the check digits.
const LONGEST: usize = 21;
/// Digits of a reference made from an id: 103 of its 128 bits, all random ones among them.
const FROM_ID: usize = 20;

/// A text that is no creditor reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a creditor reference such as RF18 5390 0754 7034, with fitting check digits")]
pub struct ReferenceError;

/// A structured creditor reference, its check digits right.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Cow<'_, str>")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
pub struct CreditorReference(String);

impl CreditorReference {
    /// The reference around a text of 1 to 21 ASCII letters and digits.
    pub fn new(body: &str) -> Result<Self, ReferenceError> {
        let body = compact(body);
        if !(1..=LONGEST).contains(&body.len()) || !body.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(ReferenceError);
        }
        let check = 98 - remainder(&format!("{body}RF00"));
        Ok(Self(format!("RF{check:02}{body}")))
    }

    /// The reference of an invoice: made from its number, as far as letters and digits go; from its id, if
    /// the number has none, too many, or others than ASCII's.
    pub fn of_invoice(number: &str, id: InvoiceId) -> Self {
        let ours = |c: char| c.is_ascii_alphanumeric();
        let body: String = number.chars().filter(|c| ours(*c)).collect();
        let whole = number.chars().all(|c| ours(c) || !c.is_alphanumeric());
        if whole && let Ok(reference) = Self::new(&body) {
            return reference;
        }
        let mut rest = id.uuid().as_u128();
        let mut digits = Vec::with_capacity(FROM_ID);
        for _ in 0..FROM_ID {
            let digit = u32::try_from(rest % 36).unwrap_or_default();
            digits.push(char::from_digit(digit, 36).unwrap_or('0'));
            rest /= 36;
        }
        let body: String = digits.into_iter().collect();
        Self::new(&body).expect("twenty digits are a reference's body")
    }

    /// Capitals and digits, without spaces.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The number that a text stands for, letters counting from 10, modulo 97 (ISO 7064).
fn remainder(text: &str) -> u32 {
    text.chars()
        .filter_map(|c| c.to_digit(36))
        .fold(0, |rest, digit| if digit < 10 { (rest * 10 + digit) % 97 } else { (rest * 100 + digit) % 97 })
}

impl FromStr for CreditorReference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let text = compact(text);
        let shape = text.is_ascii()
            && (5..=LONGEST + 4).contains(&text.len())
            && text.starts_with("RF")
            && text.bytes().skip(2).take(2).all(|byte| byte.is_ascii_digit())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !shape {
            return Err(ReferenceError);
        }
        let (head, body) = text.split_at(4);
        if remainder(&format!("{body}{head}")) == 1 { Ok(Self(text)) } else { Err(ReferenceError) }
    }
}

impl TryFrom<Cow<'_, str>> for CreditorReference {
    type Error = ReferenceError;
    fn try_from(text: Cow<'_, str>) -> Result<Self, ReferenceError> {
        text.parse()
    }
}

impl fmt::Display for CreditorReference {
    /// As it is printed: in groups of four.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&self.0))
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for CreditorReference {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .max_length(Some(LONGEST + 4))
            .examples(["RF18539007547034"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for CreditorReference {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("CreditorReference")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn invoice() -> InvoiceId {
        "inv_01h455vb4pex5vsknk084sn02q".parse().unwrap()
    }

    #[test]
    fn published_references() {
        // EPC069-12's own example, and those of the standard's introduction.
        for (body, printed) in [("539007547034", "RF18 5390 0754 7034"), ("2348231", "RF71 2348 231")] {
            let reference = CreditorReference::new(body).unwrap();
            assert_eq!(reference.to_string(), printed);
            assert_eq!(printed.to_lowercase().parse::<CreditorReference>().unwrap(), reference);
        }
    }

    #[test]
    fn mistyped_ones_are_refused() {
        for text in [
            "",
            "RF18",
            "RF18539007547043",
            "RF19539007547034",
            "RX18539007547034",
            "RF1A539007547034",
            "RF18 5390-0754-7034",
            "RF185390075470345390075470345",
            "RF18539007547ö34",
        ] {
            assert_eq!(text.parse::<CreditorReference>(), Err(ReferenceError), "{text}");
        }
    }

    #[test]
    fn invoices_have_one() {
        let of = |number: &str| CreditorReference::of_invoice(number, invoice());
        assert_eq!(&of("2026-0042").as_str()[4..], "20260042");
        assert_eq!(&of("r/1").as_str()[4..], "R1");
        // What ASCII can't say, or not in 21 characters, is named by the invoice's id.
        let by_id = of("Ä-1");
        assert_eq!(by_id.as_str().len(), 24);
        assert_eq!(of(""), by_id);
        assert_eq!(of(&"9".repeat(22)), by_id);
        let other = CreditorReference::of_invoice("", "inv_01h455vb4pex5vsknk084sn02r".parse().unwrap());
        assert_ne!(other, by_id);
    }

    proptest! {
        #[test]
        fn one_changed_character_is_noticed(body in "[A-Z0-9]{1,21}", at in 0_usize..21, digit in 0_u32..36) {
            let reference = CreditorReference::new(&body).unwrap();
            prop_assert_eq!(reference.as_str().parse::<CreditorReference>(), Ok(reference.clone()));
            let mut changed: Vec<char> = reference.as_str().chars().collect();
            let at = 4 + at % body.len();
            let new = char::from_digit(digit, 36).unwrap().to_ascii_uppercase();
            if changed[at] != new && changed[at].is_ascii_digit() == new.is_ascii_digit() {
                changed[at] = new;
                let changed: String = changed.into_iter().collect();
                prop_assert!(changed.parse::<CreditorReference>().is_err());
            }
        }
    }
}
