//! Quantities, unit prices and rates: exact decimals within limits, as strings on the wire.
//!
//! JSON numbers are refused, since most programs read them as floats.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};

/// Why a number was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Something else than digits with at most one sign and one point.
    #[error("must be a plain decimal such as 12.5")]
    NotPlain,
    /// Beyond the limit, which is given.
    #[error("must be {0}")]
    OutOfRange(&'static str),
    /// More decimals than are kept, which is given.
    #[error("must have at most {0} decimals")]
    TooPrecise(u32),
}

impl NumberError {
    /// The stable code of the refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotPlain => "invalid_number",
            Self::OutOfRange(_) => "out_of_range",
            Self::TooPrecise(_) => "too_many_decimals",
        }
    }
}

/// Reads digits, with a minus sign before and a point between them at most: no exponent, no grouping.
fn plain(text: &str) -> Result<Decimal, NumberError> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    // Longer texts have digits that no limit below allows, and would be rounded by the parser.
    if !digits(whole) || !digits(fraction) || text.len() > 28 {
        return Err(NumberError::NotPlain);
    }
    Decimal::from_str_exact(text).map_err(|_| NumberError::NotPlain)
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, places $places:literal, $range:literal, $within:expr, example $example:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "Cow<'_, str>")]
        pub struct $name(Decimal);

        impl $name {
            /// The most decimals that are kept.
            pub const PLACES: u32 = $places;

            /// The number itself, without trailing zeros.
            pub fn get(self) -> Decimal {
                self.0
            }

            /// The number in units of its last decimal: a whole number.
            pub(crate) fn scaled(self) -> i128 {
                self.0.mantissa() * 10_i128.pow(Self::PLACES - self.0.scale())
            }
        }

        impl TryFrom<Decimal> for $name {
            type Error = NumberError;
            fn try_from(number: Decimal) -> Result<Self, NumberError> {
                let within: fn(Decimal) -> bool = $within;
                // One spelling for each number: 1.50 and 1.5 are the same, and so is their text.
                let number = number.normalize();
                if !within(number) {
                    return Err(NumberError::OutOfRange($range));
                }
                if number.scale() > Self::PLACES {
                    return Err(NumberError::TooPrecise(Self::PLACES));
                }
                Ok(Self(number))
            }
        }

        impl FromStr for $name {
            type Err = NumberError;
            fn from_str(text: &str) -> Result<Self, NumberError> {
                plain(text)?.try_into()
            }
        }

        impl TryFrom<Cow<'_, str>> for $name {
            type Error = NumberError;
            fn try_from(text: Cow<'_, str>) -> Result<Self, NumberError> {
                text.parse()
            }
        }

        impl From<$name> for Decimal {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!(
                        "An exact decimal, ", $range, ", with at most ", stringify!($places), " decimals."
                    )))
                    .pattern(Some(r"^-?[0-9]+(\.[0-9]+)?$"))
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

number!(
    /// How much of something: hours, pieces, metres. Negative on credits.
    Quantity, places 6, "between -1000000000 and 1000000000, both excluded",
    |number| number.abs() < Decimal::from(1_000_000_000_i64), example "2.5"
);
number!(
    /// Price of one, in the currency's major unit. It may be finer than the currency: 0.0045 per page.
    UnitPrice, places 6, "between -1000000000000 and 1000000000000, both excluded",
    |number| number.abs() < Decimal::from(1_000_000_000_000_i64), example "85.00"
);
number!(
    /// A percentage: `19`, `9.975`.
    Rate, places 4, "between 0 and 100",
    |number| number >= Decimal::ZERO && number <= Decimal::ONE_HUNDRED, example "9.975"
);

impl Rate {
    /// 100 percent as [`Rate::scaled`] tells it.
    pub(crate) const FULL: i128 = 100 * 10_i128.pow(Self::PLACES);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_text() {
        for (text, canonical) in
            [("1.50", "1.5"), ("-0", "0"), ("-0.0", "0"), ("007", "7"), ("100", "100"), ("-2", "-2")]
        {
            assert_eq!(text.parse::<Quantity>().unwrap().to_string(), canonical, "{text}");
        }
        assert_eq!("5".parse::<Rate>().unwrap(), "5.0000000".parse().unwrap());
    }

    #[test]
    fn only_plain_decimals_are_read() {
        for text in [
            "", "-", ".", ".5", "5.", "+5", "1e3", "1_000", "1,5", " 1", "1 ", "--1", "1.2.3", "NaN", "inf",
            "½", "٣",
        ] {
            assert_eq!(text.parse::<Quantity>(), Err(NumberError::NotPlain), "{text}");
        }
        assert_eq!("9".repeat(400).parse::<UnitPrice>(), Err(NumberError::NotPlain));
    }

    #[test]
    fn limits_hold() {
        assert!("999999999.999999".parse::<Quantity>().is_ok());
        assert!(matches!("1000000000".parse::<Quantity>(), Err(NumberError::OutOfRange(_))));
        assert!(matches!("-1000000000".parse::<Quantity>(), Err(NumberError::OutOfRange(_))));
        assert_eq!("0.0000001".parse::<Quantity>(), Err(NumberError::TooPrecise(6)));
        assert!("-999999999999.999999".parse::<UnitPrice>().is_ok());
        assert!(matches!("1000000000000".parse::<UnitPrice>(), Err(NumberError::OutOfRange(_))));
        assert!("9.975".parse::<Rate>().is_ok());
        assert!("0".parse::<Rate>().is_ok() && "100".parse::<Rate>().is_ok());
        assert!("-1".parse::<Rate>().is_err() && "100.0001".parse::<Rate>().is_err());
        assert_eq!("1.00001".parse::<Rate>(), Err(NumberError::TooPrecise(4)));
    }

    #[test]
    fn travels_as_text_and_never_as_a_float() {
        assert_eq!(serde_json::to_string(&"9.975".parse::<Rate>().unwrap()).unwrap(), r#""9.975""#);
        assert_eq!(serde_json::from_str::<Rate>(r#""9.975""#).unwrap().scaled(), 99_750);
        assert!(serde_json::from_str::<Rate>("9.975").is_err());
        assert!(serde_json::from_str::<Quantity>("1").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = (text.parse::<Quantity>(), text.parse::<UnitPrice>(), text.parse::<Rate>());
        }

        #[test]
        fn what_is_written_is_read(mantissa in -999_999_999_999_999_i64..=999_999_999_999_999, scale in 0_u32..=6) {
            if let Ok(quantity) = Quantity::try_from(Decimal::new(mantissa, scale)) {
                proptest::prop_assert_eq!(quantity.to_string().parse(), Ok(quantity));
                proptest::prop_assert_eq!(Decimal::from_i128_with_scale(quantity.scaled(), 6), quantity.get());
            }
        }
    }
}
