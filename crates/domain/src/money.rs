//! Money: whole minor units of a currency, checked arithmetic, and rounding by name.
//!
//! There is no float here and must never be one. Amounts of different currencies don't mix, sums that
//! don't fit are refused, and whatever is divided adds up again to the whole.

mod currency;
mod number;
mod share;

use std::fmt;
use std::num::NonZeroU32;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use currency::{Currency, CurrencyError};
pub use number::{NumberError, Quantity, Rate, UnitPrice};
pub(crate) use share::{divide, share};

use crate::problem::Code;

/// Why an amount can't be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// More minor units than 64 bits can count, or digits that can't be computed with exactly.
    #[error("the amount is too large")]
    Overflow,
    /// Two currencies in one sum.
    #[error("amounts of different currencies cannot be combined")]
    CurrencyMismatch,
    /// Nothing to divide by.
    #[error("weights must not be negative, and one must be more than zero")]
    Weights,
    /// More than there is to take it from, or of the opposite sign.
    #[error("the discount must lie between nothing and the total it is taken from")]
    DiscountOutOfRange,
    /// The same name and rate again.
    #[error("a tax must not stand twice on one line")]
    RepeatedTax,
}

impl MoneyError {
    /// The code it is answered with.
    pub fn code(self) -> Code {
        match self {
            Self::Overflow | Self::CurrencyMismatch | Self::Weights | Self::DiscountOutOfRange => {
                Code::AmountNotAllowed
            }
            Self::RepeatedTax => Code::Validation,
        }
    }
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Whole minor units (ISO 4217): cents of euros, yen themselves.
    #[serde(rename = "amount")]
    #[cfg_attr(feature = "openapi", schema(example = 12_345))]
    minor: i64,
    /// The currency.
    currency: Currency,
}

impl Money {
    /// So many minor units of a currency.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// From an exact result, where it fits.
    pub(crate) fn exact(minor: i128, currency: Currency) -> Result<Self, MoneyError> {
        i64::try_from(minor).map(|minor| Self::new(minor, currency)).map_err(|_| MoneyError::Overflow)
    }

    /// Whole minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Whether it is more than nothing.
    pub const fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// Whether it is less than nothing.
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// The sum, where currencies agree and it fits.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Self::exact(i128::from(self.minor) + i128::from(other.minor), self.currency)
    }

    /// The difference, where currencies agree and it fits.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Self::exact(i128::from(self.minor) - i128::from(other.minor), self.currency)
    }

    /// The opposite, where it fits.
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        Self::exact(-i128::from(self.minor), self.currency)
    }

    /// The sum of all, which is zero of that currency when there are none.
    pub fn sum(amounts: impl IntoIterator<Item = Self>, currency: Currency) -> Result<Self, MoneyError> {
        let zero = Self::zero(currency);
        // 64 bits more than an amount has: no number of amounts that fits in memory overflows it.
        let total = amounts.into_iter().try_fold(0_i128, |total, amount| {
            zero.same_currency(amount)?;
            Ok(total + i128::from(amount.minor))
        })?;
        Self::exact(total, currency)
    }

    /// From major units (`12.34`), rounded half away from zero to what the currency has.
    pub fn round_from(major: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        // A decimal has 96 bits, so this can't overflow.
        let scaled = major.mantissa() * 10_i128.pow(currency.exponent());
        Self::exact(divide(scaled, 10_i128.pow(major.scale())), currency)
    }

    /// In major units, with as many decimals as the currency has.
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.minor, self.currency.exponent())
    }

    /// In equal parts, as far as that goes; the larger ones come first. 100.00 in three is
    /// 33.34 + 33.33 + 33.33.
    pub fn split(self, parts: NonZeroU32) -> Vec<Self> {
        let (whole, count) = (i128::from(self.minor), i128::from(parts.get()));
        let (part, larger) = (whole / count, (whole % count).abs());
        (0..count)
            .map(|index| part + if index < larger { whole.signum() } else { 0 })
            .map(|minor| Self::exact(minor, self.currency).expect("a part is no larger than the whole"))
            .collect()
    }

    /// In proportion to the weights, by largest remainder: the parts add up to the whole.
    pub fn split_by(self, weights: &[Decimal]) -> Result<Vec<Self>, MoneyError> {
        if weights.iter().any(|weight| weight.is_sign_negative() && !weight.is_zero()) {
            return Err(MoneyError::Weights);
        }
        let weights: Vec<Decimal> = weights.iter().map(Decimal::normalize).collect();
        let places = weights.iter().map(Decimal::scale).max().unwrap_or_default();
        // Exact, or not at all: weights of so many digits come from a division that lost some.
        let weights: Vec<i128> = weights
            .iter()
            .map(|weight| weight.mantissa().checked_mul(10_i128.checked_pow(places - weight.scale())?))
            .collect::<Option<_>>()
            .ok_or(MoneyError::Overflow)?;
        let all = weights.iter().try_fold(0_i128, |sum, weight| sum.checked_add(*weight));
        let all = all.ok_or(MoneyError::Overflow)?;
        if all == 0 {
            return Err(MoneyError::Weights);
        }
        let shares: Vec<i128> = weights
            .iter()
            .map(|weight| weight.checked_mul(i128::from(self.minor)))
            .collect::<Option<_>>()
            .ok_or(MoneyError::Overflow)?;
        let parts = share(self.minor.into(), &shares, all);
        parts.into_iter().map(|part| Self::exact(part, self.currency)).collect()
    }

    /// So many percent of it, rounded half away from zero.
    #[must_use]
    pub fn percent(self, rate: Rate) -> Self {
        let minor = divide(i128::from(self.minor) * rate.scaled(), Rate::FULL);
        Self::exact(minor, self.currency).expect("a rate is at most 100 percent")
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::CurrencyMismatch) }
    }
}

/// `1140.00 EUR`: for logs and mails without a locale; pages format by the reader's.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    #[test]
    fn travels_as_amount_and_currency() {
        let json = r#"{"amount":12345,"currency":"EUR"}"#;
        assert_eq!(serde_json::to_string(&eur(12_345)).unwrap(), json);
        assert_eq!(serde_json::from_str::<Money>(json).unwrap(), eur(12_345));
        for wrong in [
            r#"{"amount":123.45,"currency":"EUR"}"#,
            r#"{"amount":"12345","currency":"EUR"}"#,
            r#"{"amount":12345,"currency":"XXX"}"#,
            r#"{"amount":9223372036854775808,"currency":"EUR"}"#,
            r#"{"amount":12345}"#,
        ] {
            assert!(serde_json::from_str::<Money>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sums_are_checked() {
        assert_eq!(eur(1).checked_add(eur(2)), Ok(eur(3)));
        assert_eq!(eur(1).checked_sub(eur(2)), Ok(eur(-1)));
        assert_eq!(eur(1).checked_add(Money::new(1, Currency::USD)), Err(MoneyError::CurrencyMismatch));
        assert_eq!(eur(1).checked_sub(Money::zero(Currency::USD)), Err(MoneyError::CurrencyMismatch));
        assert_eq!(eur(i64::MAX).checked_add(eur(1)), Err(MoneyError::Overflow));
        assert_eq!(eur(i64::MIN).checked_sub(eur(1)), Err(MoneyError::Overflow));
        assert_eq!(eur(i64::MIN).checked_neg(), Err(MoneyError::Overflow));
        assert_eq!(Money::sum([], Currency::JPY), Ok(Money::zero(Currency::JPY)));
        assert_eq!(Money::sum([eur(i64::MAX), eur(5), eur(-6)], Currency::EUR), Ok(eur(i64::MAX - 1)));
        assert_eq!(Money::sum([eur(1)], Currency::GBP), Err(MoneyError::CurrencyMismatch));
    }

    #[test]
    fn major_units_are_rounded_by_the_currency() {
        let round =
            |text: &str, currency| Money::round_from(text.parse().unwrap(), currency).map(Money::minor);
        assert_eq!(round("19.99", Currency::EUR), Ok(1999));
        assert_eq!(round("1.15", Currency::EUR), Ok(115));
        assert_eq!(round("1.005", Currency::EUR), Ok(101));
        assert_eq!(round("-1.005", Currency::EUR), Ok(-101));
        assert_eq!(round("0.0049999999999999999999999999", Currency::EUR), Ok(0));
        assert_eq!(round("5000", Currency::JPY), Ok(5000));
        assert_eq!(round("0.5", Currency::JPY), Ok(1));
        assert_eq!(round("1.2345", "KWD".parse().unwrap()), Ok(1235));
        assert_eq!(round("79228162514264337593543950335", Currency::EUR), Err(MoneyError::Overflow));
        assert_eq!(eur(114_000).to_string(), "1140.00 EUR");
        assert_eq!(Money::new(-5000, Currency::JPY).to_string(), "-5000 JPY");
    }

    #[test]
    fn a_hundred_in_three() {
        let parts = |minor: i64| eur(minor).split(NonZeroU32::new(3).unwrap());
        assert_eq!(parts(10_000), [eur(3334), eur(3333), eur(3333)]);
        assert_eq!(parts(-10_000), [eur(-3334), eur(-3333), eur(-3333)]);
        assert_eq!(parts(2), [eur(1), eur(1), eur(0)]);
    }

    #[test]
    fn a_deposit_in_yen_leaves_the_rest() {
        let price = Money::new(10_001, Currency::JPY);
        let deposit = price.percent(rate("30"));
        assert_eq!(deposit.minor(), 3000);
        assert_eq!(price.checked_sub(deposit).unwrap().minor(), 7001);
        assert_eq!(eur(50).percent(rate("1")), eur(1));
        assert_eq!(eur(-50).percent(rate("1")), eur(-1));
    }

    #[test]
    fn weights_share_exactly() {
        let by = |weights: &[&str]| {
            eur(10_000).split_by(&weights.iter().map(|weight| weight.parse().unwrap()).collect::<Vec<_>>())
        };
        assert_eq!(by(&["1", "1", "1"]), Ok(vec![eur(3334), eur(3333), eur(3333)]));
        assert_eq!(by(&["0.5", "0", "1.50"]), Ok(vec![eur(2500), eur(0), eur(7500)]));
        assert_eq!(by(&[]), Err(MoneyError::Weights));
        assert_eq!(by(&["0", "-0"]), Err(MoneyError::Weights));
        assert_eq!(by(&["2", "-1"]), Err(MoneyError::Weights));
        assert_eq!(by(&["79228162514264337593543950335"; 2]), Ok(vec![eur(5000); 2]));
        assert_eq!(
            by(&["79228162514264337593543950335", "0.0000000000000000000000000001"]),
            Err(MoneyError::Overflow)
        );
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(minor: i64, parts in 1_u32..500) {
            let parts = eur(minor).split(NonZeroU32::new(parts).unwrap());
            prop_assert_eq!(Money::sum(parts.iter().copied(), Currency::EUR), Ok(eur(minor)));
            let sizes = || parts.iter().map(|part| i128::from(part.minor()));
            prop_assert!(sizes().max().unwrap() - sizes().min().unwrap() <= 1);
            prop_assert!(parts.windows(2).all(|pair| pair[0].minor().unsigned_abs() >= pair[1].minor().unsigned_abs()));
        }

        #[test]
        fn weighted_parts_sum_to_the_whole(
            minor: i64,
            weights in prop::collection::vec((0_i64..1_000_000_000, 0_u32..6), 1..20),
        ) {
            let weights: Vec<Decimal> = weights.into_iter().map(|(m, scale)| Decimal::new(m, scale)).collect();
            match eur(minor).split_by(&weights) {
                Ok(parts) => prop_assert_eq!(Money::sum(parts, Currency::EUR), Ok(eur(minor))),
                Err(error) => {
                    prop_assert_eq!(error, MoneyError::Weights);
                    prop_assert!(weights.iter().all(Decimal::is_zero));
                }
            }
        }

        #[test]
        fn no_input_panics(minor: i64, other: i64, mantissa: i64, scale in 0_u32..=28, percent in 0_i64..=1_000_000) {
            let (a, b, decimal) = (eur(minor), eur(other), Decimal::new(mantissa, scale));
            let _ = (a.checked_add(b), a.checked_sub(b), a.checked_neg(), a.split_by(&[decimal, decimal]));
            let _ = (Money::round_from(decimal, Currency::EUR), a.to_string());
            let part = a.percent(Rate::try_from(Decimal::new(percent, 4)).unwrap());
            prop_assert!(part.minor().unsigned_abs() <= a.minor().unsigned_abs());
        }

        #[test]
        fn major_units_lead_back(minor: i64) {
            for currency in Currency::all() {
                let money = Money::new(minor, currency);
                prop_assert_eq!(Money::round_from(money.to_decimal(), currency), Ok(money));
            }
        }
    }
}
