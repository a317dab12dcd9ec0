//! Amounts as payment providers count them, which is not always how ISO 4217 does.
//!
//! Stripe's table: <https://docs.stripe.com/currencies>. A currency whose decimals a provider doesn't state
//! is refused, since a guess would charge ten times too much or too little.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::money::{Currency, Money};
use crate::problem::Code;

/// Why an amount can't be exchanged with the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProviderAmountError {
    /// The provider doesn't take it.
    #[error("the payment provider does not take {0}")]
    Unsupported(Currency),
    /// Finer than the provider, or the currency, can tell.
    #[error("an amount in {currency} must be a multiple of {step} in its smallest unit")]
    Indivisible {
        /// The currency.
        currency: Currency,
        /// What the amount has to be a multiple of.
        step: i64,
    },
    /// More than can be counted.
    #[error("the amount is too large")]
    Overflow,
}

impl ProviderAmountError {
    /// The code it is answered with.
    pub fn code(self) -> Code {
        match self {
            Self::Unsupported(_) | Self::Indivisible { .. } | Self::Overflow => Code::AmountNotAllowed,
        }
    }
}

/// How Stripe counts a currency.
struct Stripe {
    /// Decimals of its integer.
    exponent: u32,
    /// What its integer has to be a multiple of.
    step: i64,
}

fn stripe(currency: Currency) -> Result<Stripe, ProviderAmountError> {
    Ok(match (currency.code(), currency.exponent()) {
        // MGA has two decimals in ISO, but none here.
        (
            "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND" | "VUV"
            | "XAF" | "XOF" | "XPF",
            _,
        ) => Stripe { exponent: 0, step: 1 },
        // Without decimals by now, and counted as if they still had them.
        ("ISK" | "UGX", _) => Stripe { exponent: 2, step: 100 },
        // The last of three decimals must be 0.
        ("BHD" | "JOD" | "KWD" | "OMR" | "TND", _) => Stripe { exponent: 3, step: 10 },
        (_, 2) => Stripe { exponent: 2, step: 1 },
        (_, _) => return Err(ProviderAmountError::Unsupported(currency)),
    })
}

/// The amount as Stripe wants it: ¥5,000 is 5000, 19.99 € is 1999, 500 ISK is 50000.
pub fn stripe_amount(money: Money) -> Result<i64, ProviderAmountError> {
    let currency = money.currency();
    let Stripe { exponent, step } = stripe(currency)?;
    let amount = rescale(money.minor(), currency, currency.exponent(), exponent)?;
    if amount % step != 0 {
        return Err(ProviderAmountError::Indivisible { currency, step });
    }
    Ok(amount)
}

/// The money that Stripe means by its amount. Money that has come is read as exactly as it can be kept,
/// even where Stripe would not have taken that amount from us.
pub fn from_stripe_amount(amount: i64, currency: Currency) -> Result<Money, ProviderAmountError> {
    let Stripe { exponent, .. } = stripe(currency)?;
    rescale(amount, currency, exponent, currency.exponent()).map(|minor| Money::new(minor, currency))
}

fn rescale(amount: i64, currency: Currency, from: u32, to: u32) -> Result<i64, ProviderAmountError> {
    let step = 10_i64.pow(from.saturating_sub(to));
    if amount % step != 0 {
        return Err(ProviderAmountError::Indivisible { currency, step });
    }
    (amount / step).checked_mul(10_i64.pow(to.saturating_sub(from))).ok_or(ProviderAmountError::Overflow)
}

/// The least that Stripe charges, where it states one:
/// <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>. An account that settles in
/// another currency may have a higher one, which Stripe tells when the payment is created.
pub fn stripe_minimum(currency: Currency) -> Option<Money> {
    let minor = match currency.code() {
        "USD" | "AUD" | "BRL" | "CAD" | "CHF" | "EUR" | "INR" | "JPY" | "NZD" | "SGD" => 50,
        "GBP" => 30,
        "AED" | "MYR" | "PLN" | "RON" => 200,
        "DKK" => 250,
        "NOK" | "SEK" => 300,
        "HKD" => 400,
        "MXN" | "THB" => 1000,
        "CZK" => 1500,
        "HUF" => 17_500,
        _ => return None,
    };
    Some(Money::new(minor, currency))
}

/// The decimals PayPal takes of a currency. <https://developer.paypal.com/api/rest/reference/currency-codes/>
fn paypal_exponent(currency: Currency) -> Result<u32, ProviderAmountError> {
    match currency.code() {
        "HUF" | "JPY" | "TWD" => Ok(0),
        "AUD" | "BRL" | "CAD" | "CHF" | "CNY" | "CZK" | "DKK" | "EUR" | "GBP" | "HKD" | "ILS" | "MXN"
        | "MYR" | "NOK" | "NZD" | "PHP" | "PLN" | "SEK" | "SGD" | "THB" | "USD" => Ok(2),
        _ => Err(ProviderAmountError::Unsupported(currency)),
    }
}

/// The amount as PayPal wants it, a text: `19.99`, and `5000` for ¥5,000.
pub fn paypal_amount(money: Money) -> Result<String, ProviderAmountError> {
    let currency = money.currency();
    let exponent = paypal_exponent(currency)?;
    let amount = rescale(money.minor(), currency, currency.exponent(), exponent)?;
    Ok(Decimal::new(amount, exponent).to_string())
}

/// The money that PayPal means by its amount.
pub fn from_paypal_amount(value: &str, currency: Currency) -> Result<Money, ProviderAmountError> {
    let step = 10_i64.pow(currency.exponent());
    let value: Decimal = value.parse().map_err(|_| ProviderAmountError::Indivisible { currency, step })?;
    let scaled = value.checked_mul(Decimal::from(step)).ok_or(ProviderAmountError::Overflow)?;
    if !scaled.is_integer() {
        return Err(ProviderAmountError::Indivisible { currency, step: 1 });
    }
    scaled.to_i64().map(|minor| Money::new(minor, currency)).ok_or(ProviderAmountError::Overflow)
}

/// The amount as Square wants it, in the currency's smallest unit by ISO 4217; in the currencies of the
/// countries where Square takes payments online. <https://developer.squareup.com/docs/build-basics/common-data-types/working-with-monetary-amounts>
pub fn square_amount(money: Money) -> Result<i64, ProviderAmountError> {
    match money.currency().code() {
        "AUD" | "CAD" | "EUR" | "GBP" | "JPY" | "USD" => Ok(money.minor()),
        _ => Err(ProviderAmountError::Unsupported(money.currency())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, code.parse().unwrap())
    }

    #[test]
    fn amounts_go_as_stripe_counts() {
        for (minor, code, stripe) in [
            (5000, "JPY", 5000),
            (1999, "EUR", 1999),
            (115, "USD", 115),
            (500, "ISK", 50_000),
            (500, "UGX", 50_000),
            (1230, "KWD", 1230),
            (1200, "MGA", 12),
            (12_345, "HUF", 12_345),
            (12_345, "TWD", 12_345),
            (-500, "ISK", -50_000),
        ] {
            assert_eq!(stripe_amount(money(minor, code)), Ok(stripe), "{code}");
            assert_eq!(from_stripe_amount(stripe, code.parse().unwrap()), Ok(money(minor, code)), "{code}");
        }
    }

    #[test]
    fn every_currency_without_decimals_at_stripe_goes_unchanged() {
        for code in "BIF CLP DJF GNF JPY KMF KRW PYG RWF VND VUV XAF XOF XPF".split(' ') {
            assert_eq!(stripe_amount(money(5000, code)), Ok(5000), "{code}");
        }
    }

    #[test]
    fn what_stripe_cannot_tell_is_refused() {
        let indivisible = |code: &str, step| {
            Err(ProviderAmountError::Indivisible { currency: code.parse().unwrap(), step })
        };
        for code in "BHD JOD KWD OMR TND".split(' ') {
            assert_eq!(stripe_amount(money(1234, code)), indivisible(code, 10));
        }
        assert_eq!(stripe_amount(money(1250, "MGA")), indivisible("MGA", 100));
        let isk = "ISK".parse().unwrap();
        assert_eq!(
            from_stripe_amount(50_050, isk).map(Money::minor),
            Err(indivisible("ISK", 100).unwrap_err())
        );
        assert_eq!(stripe_amount(money(i64::MAX, "ISK")), Err(ProviderAmountError::Overflow));
        for code in ["IQD", "LYD"] {
            let currency = code.parse().unwrap();
            assert_eq!(stripe_amount(money(1000, code)), Err(ProviderAmountError::Unsupported(currency)));
            assert_eq!(from_stripe_amount(1000, currency), Err(ProviderAmountError::Unsupported(currency)));
        }
        assert_eq!(
            stripe_amount(money(1234, "KWD")).unwrap_err().to_string(),
            "an amount in KWD must be a multiple of 10 in its smallest unit"
        );
    }

    #[test]
    fn minimums_are_in_the_currency_s_own_unit() {
        assert_eq!(stripe_minimum(Currency::EUR), Some(money(50, "EUR")));
        assert_eq!(stripe_minimum(Currency::JPY), Some(money(50, "JPY")));
        assert_eq!(stripe_minimum("HUF".parse().unwrap()), Some(money(17_500, "HUF")));
        assert_eq!(stripe_minimum("XOF".parse().unwrap()), None);
        assert!(Currency::all().filter_map(stripe_minimum).all(|least| stripe_amount(least).is_ok()));
    }

    #[test]
    fn paypal_counts_in_texts() {
        for (minor, code, text) in [
            (5000, "JPY", "5000"),
            (1999, "EUR", "19.99"),
            (100, "USD", "1.00"),
            (5, "GBP", "0.05"),
            (123_400, "HUF", "1234"),
            (50_000, "TWD", "500"),
        ] {
            assert_eq!(paypal_amount(money(minor, code)), Ok(text.to_owned()), "{code}");
            assert_eq!(from_paypal_amount(text, code.parse().unwrap()), Ok(money(minor, code)), "{code}");
        }
        for code in ["HUF", "TWD"] {
            let currency = code.parse().unwrap();
            assert_eq!(
                paypal_amount(money(12_345, code)),
                Err(ProviderAmountError::Indivisible { currency, step: 100 })
            );
            // PayPal's answers have decimals even where its requests must not.
            assert_eq!(from_paypal_amount("1234.00", currency), Ok(money(123_400, code)));
        }
        for code in ["KWD", "ISK", "INR"] {
            let currency = code.parse().unwrap();
            assert_eq!(paypal_amount(money(1000, code)), Err(ProviderAmountError::Unsupported(currency)));
        }
        for text in ["", "1,00", "0.001", "EUR", "1e9999", "99999999999999999999"] {
            assert!(from_paypal_amount(text, Currency::EUR).is_err(), "{text}");
        }
    }

    #[test]
    fn square_counts_as_iso_does() {
        assert_eq!(square_amount(money(5000, "JPY")), Ok(5000));
        assert_eq!(square_amount(money(1999, "EUR")), Ok(1999));
        assert!(square_amount(money(1000, "KWD")).is_err());
    }

    proptest! {
        #[test]
        fn what_is_sent_comes_back(minor: i64) {
            for currency in Currency::all() {
                if let Ok(amount) = paypal_amount(Money::new(minor, currency)) {
                    prop_assert_eq!(from_paypal_amount(&amount, currency), Ok(Money::new(minor, currency)));
                }
                if let Ok(amount) = stripe_amount(Money::new(minor, currency)) {
                    prop_assert_eq!(from_stripe_amount(amount, currency), Ok(Money::new(minor, currency)));
                }
                let _ = from_stripe_amount(minor, currency);
            }
        }
    }
}
