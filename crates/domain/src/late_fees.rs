//! Fees for invoices that are paid late: what is charged, when, and how often.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use crate::id;
use crate::invoices::InvoiceId;
use crate::money::Money;
use crate::recurring::Delivery;
use crate::tax::Rate;

id!(
    /// A rule by which late invoices are charged.
    LateFeeRuleId,
    "lfr"
);

/// How much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LateFeeCharge {
    /// So many percent of what is open on that day.
    Percent(Rate),
    /// So much, of invoices in this currency; others bear no fee.
    Amount(Money),
}

impl LateFeeCharge {
    /// What is charged where so much is open; nothing of nothing, or of another currency.
    pub fn of(self, open: Money) -> Option<Money> {
        let fee = match self {
            Self::Percent(rate) => open.percent(rate),
            Self::Amount(amount) if amount.currency() == open.currency() => amount,
            Self::Amount(_) => return None,
        };
        (open.is_positive() && fee.is_positive()).then_some(fee)
    }

    fn is_positive(self) -> bool {
        match self {
            Self::Percent(rate) => !rate.get().is_zero(),
            Self::Amount(amount) => amount.is_positive(),
        }
    }
}

/// Charged again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LateFeeRepeat {
    /// Days from one to the next.
    #[validate(range(min = 1, max = 365))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 365))]
    pub every_days: u16,
    /// How often in all, the first included.
    #[validate(range(min = 2, max = 60))]
    #[cfg_attr(feature = "openapi", schema(minimum = 2, maximum = 60))]
    pub at_most: u16,
}

/// When and what a late invoice is charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[validate(schema(function = charges))]
pub struct LateFeeRule {
    /// The rule that this was; a new one if absent. What a rule has charged an invoice, it doesn't charge again.
    #[serde(default)]
    pub id: Option<LateFeeRuleId>,
    /// Days after the due date.
    #[validate(range(min = 1, max = 365))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 365))]
    pub after_days: u16,
    /// How much.
    pub charge: LateFeeCharge,
    /// How it repeats; once if absent.
    #[serde(default)]
    #[validate(nested)]
    pub repeat: Option<LateFeeRepeat>,
    /// Whether the fee's invoice is sent or waits as a draft.
    pub delivery: Delivery,
}

fn charges(rule: &LateFeeRule) -> Result<(), ValidationError> {
    if rule.charge.is_positive() {
        return Ok(());
    }
    Err(ValidationError::new("out_of_range").with_message("must charge more than nothing".into()))
}

/// What the organization charges. `GET` and `PUT /late-fee-rules`. None, as at first, charges nothing. A rule that is new
/// or changed counts from that day on, never for the past.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LateFeeRules {
    /// The rules, at most four.
    #[validate(length(max = 4), nested, custom(function = apart))]
    pub rules: Vec<LateFeeRule>,
}

fn apart(rules: &[LateFeeRule]) -> Result<(), ValidationError> {
    let twice = |(index, rule): (usize, &LateFeeRule)| {
        rule.id.is_some() && rules[..index].iter().any(|other| other.id == rule.id)
    };
    if rules.iter().enumerate().any(twice) {
        return Err(ValidationError::new("repeated").with_message("must not name a rule twice".into()));
    }
    Ok(())
}

/// A fee that an invoice was charged. `GET /invoices/{id}/late-fees`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LateFee {
    /// The day it is for.
    pub day: NaiveDate,
    /// How much; nothing where a pause, a dispute or the client's being archived covered that day.
    pub amount: Option<Money>,
    /// Its invoice, unless its draft was thrown away.
    pub invoice_id: Option<InvoiceId>,
    /// That invoice's number, once it is issued.
    pub number: Option<String>,
    /// When it was charged.
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn rule(charge: LateFeeCharge, repeat: Option<LateFeeRepeat>) -> LateFeeRule {
        LateFeeRule { id: None, after_days: 30, charge, repeat, delivery: Delivery::Draft }
    }

    fn percent(rate: &str) -> LateFeeCharge {
        LateFeeCharge::Percent(rate.parse().unwrap())
    }

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    #[test]
    fn a_fee_is_a_part_of_what_is_open_or_an_amount_of_its_currency() {
        assert_eq!(percent("1.5").of(eur(33_333)), Some(eur(500)));
        assert_eq!(percent("2.5").of(Money::new(5_020, Currency::JPY)), Some(Money::new(126, Currency::JPY)));
        assert_eq!(percent("1").of(eur(40)), None);
        assert_eq!(percent("1").of(eur(0)), None);
        assert_eq!(LateFeeCharge::Amount(eur(4_000)).of(eur(1)), Some(eur(4_000)));
        assert_eq!(LateFeeCharge::Amount(eur(4_000)).of(eur(0)), None);
        assert_eq!(LateFeeCharge::Amount(eur(4_000)).of(Money::new(1, Currency::JPY)), None);
    }

    #[test]
    fn what_charges_nothing_or_for_ever_is_refused() {
        let repeat = |every_days, at_most| Some(LateFeeRepeat { every_days, at_most });
        assert!(rule(percent("1"), repeat(30, 12)).validate().is_ok());
        for wrong in [
            rule(percent("0"), None),
            rule(LateFeeCharge::Amount(eur(0)), None),
            rule(LateFeeCharge::Amount(eur(-1)), None),
            rule(percent("1"), repeat(0, 12)),
            rule(percent("1"), repeat(30, 1)),
            rule(percent("1"), repeat(30, 61)),
            LateFeeRule { after_days: 0, ..rule(percent("1"), None) },
        ] {
            assert!(wrong.validate().is_err(), "{wrong:?}");
        }
        let known = LateFeeRule {
            id: Some(crate::ids::Id::from_uuid(uuid::Uuid::nil())),
            ..rule(percent("1"), None)
        };
        assert!(LateFeeRules { rules: vec![known.clone(), known] }.validate().is_err());
        assert!(LateFeeRules { rules: vec![rule(percent("1"), None); 2] }.validate().is_ok());
    }
}
