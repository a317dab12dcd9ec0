//! The cards the sandbox knows, and the form they are typed into.
//!
//! Numbers are Stripe's test numbers, which no bank issues. Any other number is refused before it reaches
//! anything that stores: a person who types a real card into a demo must not leave it there.

use chrono::{DateTime, Utc};
use domain::payments::SandboxCard;
use domain::saved_methods::{CardExpiry, Freshness};
use thiserror::Error;

use crate::payment::Method;

/// What paying with a card leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The money comes at once.
    Succeeds,
    /// The bank says no; another card may do.
    Declined(&'static str),
    /// The bank asks the holder first; once saved, it is content.
    NeedsSecondStep,
    /// The bank asks the holder each time, so that nobody can charge it without them.
    AlwaysNeedsSecondStep,
    /// It stays processing for a while, and then comes.
    SucceedsLater,
    /// It stays processing for a while, and then doesn't come. Once saved, it is declined when it is charged.
    FailsLater,
}

/// A card the sandbox knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestCard {
    /// The number, digits only.
    pub number: &'static str,
    /// Its brand, as providers write it.
    pub brand: &'static str,
    /// What paying with it leads to.
    pub outcome: Outcome,
}

/// The whole table, in the order the sandbox's page shows it.
pub const TEST_CARDS: [TestCard; 10] = [
    TestCard { number: "4242424242424242", brand: "visa", outcome: Outcome::Succeeds },
    TestCard { number: "5555555555554444", brand: "mastercard", outcome: Outcome::Succeeds },
    TestCard { number: "378282246310005", brand: "amex", outcome: Outcome::Succeeds },
    TestCard { number: "4000002500003155", brand: "visa", outcome: Outcome::NeedsSecondStep },
    TestCard { number: "4000002760003184", brand: "visa", outcome: Outcome::AlwaysNeedsSecondStep },
    TestCard { number: "4000003720000278", brand: "visa", outcome: Outcome::SucceedsLater },
    TestCard { number: "4000000000000341", brand: "visa", outcome: Outcome::FailsLater },
    TestCard {
        number: "4000000000000002",
        brand: "visa",
        outcome: Outcome::Declined("Your card was declined."),
    },
    TestCard {
        number: "4000000000009995",
        brand: "visa",
        outcome: Outcome::Declined("Your card has insufficient funds."),
    },
    TestCard {
        number: "4000000000000069",
        brand: "visa",
        outcome: Outcome::Declined("Your card has expired."),
    },
];

/// What is wrong with a card as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CardError {
    /// Not a card number: too short, letters in it, or a digit mistyped.
    #[error("this is not a card number")]
    Number,
    /// A card number, but none of the sandbox's.
    #[error("the sandbox takes test cards only, and this is not one; nothing was stored")]
    NotATestCard,
    /// Not `MM/YY`.
    #[error("write the expiry date as MM/YY")]
    Expiry,
    /// The month is over.
    #[error("this card has expired")]
    Expired,
    /// Not three digits (four on American Express).
    #[error("this is not a security code")]
    Cvc,
}

impl CardError {
    /// The field of [`SandboxCard`] it is about, as a JSON pointer.
    pub fn pointer(self) -> &'static str {
        match self {
            Self::Number | Self::NotATestCard => "/number",
            Self::Expiry | Self::Expired => "/expiry",
            Self::Cvc => "/cvc",
        }
    }
}

impl TestCard {
    /// The card of a number of the table.
    pub fn of(number: &str) -> Option<Self> {
        TEST_CARDS.into_iter().find(|card| card.number == number)
    }

    /// The card that was typed, and until when it is good, if everything typed is right.
    pub fn read(form: &SandboxCard, now: DateTime<Utc>) -> Result<(Self, CardExpiry), CardError> {
        let number: String = form.number.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if !(12..=19).contains(&number.len()) || !number.bytes().all(|b| b.is_ascii_digit()) || !luhn(&number)
        {
            return Err(CardError::Number);
        }
        let card = Self::of(&number).ok_or(CardError::NotATestCard)?;
        let expiry = read_expiry(&form.expiry).ok_or(CardError::Expiry)?;
        // A card is good until its month ends.
        if expiry.freshness(now.date_naive()) == Freshness::Expired {
            return Err(CardError::Expired);
        }
        let digits = if card.brand == "amex" { 4 } else { 3 };
        if form.cvc.len() != digits || !form.cvc.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CardError::Cvc);
        }
        Ok((card, expiry))
    }

    /// How a payment with it is named afterwards.
    pub fn method(&self) -> Method {
        let last4 = &self.number[self.number.len() - 4..];
        Method { kind: "card".to_owned(), brand: Some(self.brand.to_owned()), last4: Some(last4.to_owned()) }
    }
}

/// Year and month of `MM/YY`, `MM / YY` or `MMYY`.
fn read_expiry(text: &str) -> Option<CardExpiry> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '/')).collect();
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let month: i16 = digits[..2].parse().ok()?;
    let year: i16 = digits[2..].parse().ok()?;
    (1..=12).contains(&month).then_some(CardExpiry { year: 2000 + year, month })
}

/// The check digit of card numbers: every second digit from the right doubled, the sum divisible by ten.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|b| u32::from(b - b'0'))
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(number: &str, expiry: &str, cvc: &str) -> Result<TestCard, CardError> {
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let form = SandboxCard { number: number.into(), expiry: expiry.into(), cvc: cvc.into() };
        TestCard::read(&form, now).map(|(card, _)| card)
    }

    #[test]
    fn every_card_of_the_table_can_be_typed() {
        for card in TEST_CARDS {
            let cvc = if card.brand == "amex" { "1234" } else { "123" };
            assert_eq!(read(card.number, "12/30", cvc), Ok(card));
            assert!(luhn(card.number));
        }
    }

    #[test]
    fn cards_are_typed_in_many_ways() {
        assert_eq!(read("4242 4242 4242 4242", "11 / 26", "123").unwrap().outcome, Outcome::Succeeds);
        assert_eq!(
            read("4242-4242-4242-4242", "1126", "000").unwrap().method().to_string(),
            "Visa ···· 4242"
        );
    }

    #[test]
    fn mistakes_name_their_field() {
        let cases = [
            ("4242424242424241", "12/30", "123", CardError::Number, "/number"),
            ("", "12/30", "123", CardError::Number, "/number"),
            ("42424242424242424242", "12/30", "123", CardError::Number, "/number"),
            ("٤٢٤٢٤٢٤٢٤٢٤٢", "12/30", "123", CardError::Number, "/number"),
            // Right by Luhn, so it may be somebody's.
            ("4111111111111111", "12/30", "123", CardError::NotATestCard, "/number"),
            ("4242424242424242", "13/30", "123", CardError::Expiry, "/expiry"),
            ("4242424242424242", "2030-12", "123", CardError::Expiry, "/expiry"),
            ("4242424242424242", "10/26", "123", CardError::Expired, "/expiry"),
            ("4242424242424242", "12/30", "12", CardError::Cvc, "/cvc"),
            ("4242424242424242", "12/30", "1234", CardError::Cvc, "/cvc"),
            ("4242424242424242", "12/30", "12a", CardError::Cvc, "/cvc"),
            ("378282246310005", "12/30", "123", CardError::Cvc, "/cvc"),
        ];
        for (number, expiry, cvc, error, pointer) in cases {
            assert_eq!(read(number, expiry, cvc), Err(error), "{number} {expiry} {cvc}");
            assert_eq!(error.pointer(), pointer);
        }
    }
}
