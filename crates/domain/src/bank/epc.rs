//! What stands in the QR code that fills in a SEPA credit transfer: EPC069-12, "Quick Response Code:
//! Guidelines to enable the data capture for the initiation of a SEPA credit transfer", version 002.
//!
//! The code itself has error correction level M and at most version 13; see the guidelines' section 4.

use super::{Bic, CreditorReference, Iban};
use crate::money::{Currency, Money};

/// The most characters of a beneficiary's name.
const NAME: usize = 70;
/// The most characters of a text that is no structured reference.
const TEXT: usize = 140;
/// The most bytes of all.
const PAYLOAD: usize = 331;
/// 999,999,999.99 euros.
const MOST: i64 = 99_999_999_999;

/// Why there is no such code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EpcError {
    /// SEPA moves euros, 0.01 to 999,999,999.99.
    #[error("a SEPA transfer moves 0.01 to 999999999.99 euros")]
    Amount,
    /// More bytes than the guidelines allow.
    #[error("the transfer's data don't fit a QR code")]
    TooLong,
}

/// A transfer to be filled in by a payer's app.
#[derive(Debug, Clone)]
pub struct Transfer<'a> {
    /// The bank, which accounts outside of the European Economic Area need.
    pub bic: Option<&'a Bic>,
    /// The account's holder; cut after 70 characters.
    pub name: &'a str,
    /// The account.
    pub iban: &'a Iban,
    /// How much.
    pub amount: Money,
    /// ISO 20022 purpose code, four capitals: `GDDS`.
    pub purpose: Option<&'a str>,
    /// What for.
    pub remittance: Remittance<'a>,
}

/// What a transfer is for; the guidelines allow one of them.
#[derive(Debug, Clone, Copy)]
pub enum Remittance<'a> {
    /// A structured reference.
    Structured(&'a CreditorReference),
    /// Words; cut after 140 characters.
    Text(&'a str),
}

/// The text of the code.
pub fn payload(transfer: &Transfer<'_>) -> Result<String, EpcError> {
    let Transfer { bic, name, iban, amount, purpose, remittance } = transfer;
    if amount.currency() != Currency::EUR || !(1..=MOST).contains(&amount.minor()) {
        return Err(EpcError::Amount);
    }
    let name: String = name.chars().take(NAME).collect();
    let text = [
        "BCD".to_owned(),
        "002".to_owned(),
        // UTF-8.
        "1".to_owned(),
        "SCT".to_owned(),
        bic.map_or_else(String::new, ToString::to_string),
        name.trim().to_owned(),
        iban.as_str().to_owned(),
        format!("EUR{}", amount.to_decimal().normalize()),
        purpose.unwrap_or_default().to_owned(),
        // A structured reference has a line of its own, and words the one after it.
        match remittance {
            Remittance::Structured(reference) => reference.as_str().to_owned(),
            Remittance::Text(text) => {
                format!("\n{}", text.chars().take(TEXT).collect::<String>().trim())
            }
        },
    ]
    .join("\n");
    if text.len() > PAYLOAD { Err(EpcError::TooLong) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transfer<'a>(
        bic: Option<&'a Bic>,
        name: &'a str,
        iban: &'a Iban,
        minor: i64,
        reference: &'a CreditorReference,
    ) -> Transfer<'a> {
        Transfer {
            bic,
            name,
            iban,
            amount: Money::new(minor, Currency::EUR),
            purpose: Some("GDDS"),
            remittance: Remittance::Structured(reference),
        }
    }

    #[test]
    fn the_guidelines_example() {
        let (bic, iban) = ("BHBLDEHHXXX".parse().unwrap(), "DE71110220330123456789".parse().unwrap());
        let reference = "RF18539007547034".parse().unwrap();
        let text = payload(&transfer(Some(&bic), "Franz Mustermänn", &iban, 1230, &reference)).unwrap();
        assert_eq!(
            text,
            "BCD\n002\n1\nSCT\nBHBLDEHHXXX\nFranz Mustermänn\nDE71110220330123456789\nEUR12.3\nGDDS\nRF18539007547034"
        );
    }

    #[test]
    fn words_stand_a_line_below() {
        let iban = "DE71110220330123456789".parse().unwrap();
        let reference = "RF18539007547034".parse().unwrap();
        let words = Transfer {
            purpose: None,
            remittance: Remittance::Text("R-1, R-2"),
            ..transfer(None, "A", &iban, 100, &reference)
        };
        assert_eq!(
            payload(&words).unwrap(),
            "BCD\n002\n1\nSCT\n\nA\nDE71110220330123456789\nEUR1\n\n\nR-1, R-2"
        );
        let long = "x".repeat(200);
        let words = Transfer { remittance: Remittance::Text(&long), ..words };
        assert!(payload(&words).unwrap().ends_with(&format!("\n\n{}", "x".repeat(140))));
    }

    #[test]
    fn limits() {
        let iban = "DE71110220330123456789".parse().unwrap();
        let reference = "RF18539007547034".parse().unwrap();
        let of = |minor| payload(&transfer(None, "A", &iban, minor, &reference));
        assert_eq!(of(0), Err(EpcError::Amount));
        assert_eq!(of(100_000_000_000), Err(EpcError::Amount));
        assert!(of(1).unwrap().contains("\nEUR0.01\n"));
        assert!(of(500_000).unwrap().contains("\nEUR5000\n"));
        assert!(of(99_999_999_999).unwrap().contains("\nEUR999999999.99\n"));
        let dollars =
            Transfer { amount: Money::new(100, Currency::USD), ..transfer(None, "A", &iban, 1, &reference) };
        assert_eq!(payload(&dollars), Err(EpcError::Amount));
        let long = "\u{1f9fe}".repeat(200);
        assert_eq!(payload(&transfer(None, &long, &iban, 1, &reference)), Err(EpcError::TooLong));
        let name = "ä".repeat(200);
        let text = payload(&transfer(None, &name, &iban, 1, &reference)).unwrap();
        assert!(text.len() <= PAYLOAD && text.lines().nth(5) == Some(&"ä".repeat(70)));
    }
}
