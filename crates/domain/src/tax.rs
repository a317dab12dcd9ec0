//! Taxes as they stand on lines: a name and a percentage.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

pub use crate::money::Rate;
use crate::money::{Money, share};
use crate::text::Name;

/// A tax on a line. Two lines bear the same tax when name and rate are the same, so the documents of a
/// business that renames or changes a tax keep what they were issued with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tax {
    /// Its name, e.g. `VAT`.
    #[serde(deserialize_with = "name")]
    #[cfg_attr(feature = "openapi", schema(example = "VAT", min_length = 1, max_length = 200))]
    pub name: String,
    /// Its percentage.
    pub rate: Rate,
}

/// Holds a tax's name to the rules of every other name.
fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = <Cow<'de, str>>::deserialize(deserializer)?;
    Name::try_from(text).map(String::from).map_err(serde::de::Error::custom)
}

impl Tax {
    /// The taxes contained in an amount that includes them, one part for each.
    ///
    /// Their sum is rounded, not each of them, so the amount without taxes is as right as it can be.
    pub(crate) fn contained(taxes: &[Self], gross: Money) -> Vec<i128> {
        let gross = i128::from(gross.minor());
        let full = Rate::FULL + taxes.iter().map(|tax| tax.rate.scaled()).sum::<i128>();
        let exact: Vec<i128> = taxes.iter().map(|tax| gross * tax.rate.scaled()).collect();
        share(crate::money::divide(exact.iter().sum(), full), &exact, full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn taxes(rates: &[&str]) -> Vec<Tax> {
        rates.iter().map(|rate| Tax { name: format!("T{rate}"), rate: rate.parse().unwrap() }).collect()
    }

    fn contained(rates: &[&str], gross: i64) -> Vec<i128> {
        Tax::contained(&taxes(rates), Money::new(gross, Currency::EUR))
    }

    #[test]
    fn seven_contain_one_point_twenty_one() {
        assert_eq!(contained(&["21"], 700), [121]);
        assert_eq!(contained(&["21"], -700), [-121]);
        assert_eq!(contained(&["100"], 1), [1]);
        assert_eq!(contained(&["0"], 700), [0]);
        assert_eq!(contained(&[], 700), []);
    }

    #[test]
    fn two_taxes_come_out_as_they_went_in() {
        // 1140.00 × (1 + 5 % + 9.975 %) = 1310.72, rounded from 1310.715.
        assert_eq!(contained(&["5", "9.975"], 131_072), [5700, 11_372]);
        // 8.5 of 100 and 8.5 of 100: the sum of 17 is kept although neither half is whole.
        assert_eq!(contained(&["8.5", "8.5"], 117), [9, 8]);
    }

    #[test]
    fn names_are_checked_on_the_way_in() {
        let tax = serde_json::from_str::<Tax>(r#"{"name":" VAT ","rate":"19.0"}"#).unwrap();
        assert_eq!(serde_json::to_string(&tax).unwrap(), r#"{"name":"VAT","rate":"19"}"#);
        assert_eq!(tax, Tax { name: "VAT".to_owned(), rate: "19".parse().unwrap() });
        for wrong in
            [r#"{"name":"","rate":"19"}"#, r#"{"name":"VAT","rate":19}"#, r#"{"name":"VAT","rate":"101"}"#]
        {
            assert!(serde_json::from_str::<Tax>(wrong).is_err(), "{wrong}");
        }
    }
}
