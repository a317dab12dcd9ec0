//! Automatic charges: invoices of a recurring one that are charged to the client's saved method.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use crate::clients::ClientId;
use crate::invoices::InvoiceId;
use crate::money::Money;
use crate::page::DEFAULT_LIMIT;
use crate::saved_methods::{Decline, SavedMethod};
use crate::text::Name;

/// From which day of an invoice its charge counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum CountsFrom {
    /// The day on it.
    #[default]
    Issue,
    /// The day until which it is to be paid.
    Due,
}

impl CountsFrom {
    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Due => "due",
        }
    }
}

impl std::str::FromStr for CountsFrom {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Issue, Self::Due].into_iter().find(|from| from.as_str() == text).ok_or(())
    }
}

/// Whether, and when, the invoices of a recurring one are charged. `PUT /recurring-invoices/{id}/automatic-charge`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecurringChargeInput {
    /// Whether they are. What waits to be charged is not, once this is off.
    pub enabled: bool,
    /// From which day it counts.
    #[serde(default)]
    pub counts_from: CountsFrom,
    /// How many days after that, 0 to 60; at once if absent.
    #[serde(default)]
    #[validate(range(max = 60))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 60))]
    pub days: u8,
}

impl RecurringChargeInput {
    /// The day on which an invoice is charged.
    pub fn day(&self, issued_on: NaiveDate, due_on: NaiveDate) -> NaiveDate {
        let from = match self.counts_from {
            CountsFrom::Issue => issued_on,
            CountsFrom::Due => due_on,
        };
        from.checked_add_days(Days::new(self.days.into())).unwrap_or(from)
    }
}

/// The same with what would be charged. `GET /recurring-invoices/{id}/automatic-charge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecurringCharge {
    /// What was set.
    #[serde(flatten)]
    pub input: RecurringChargeInput,
    /// The client's default method; nothing is charged without one.
    pub method: Option<SavedMethod>,
    /// Version for `If-Match`.
    pub version: i64,
}

/// The most tries after the first.
pub const MAX_RETRIES: usize = 8;

/// After which days a charge that failed is tried again. `PUT /charge-settings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChargeSettingsInput {
    /// Days since the first try, 1 to 60, each later than the one before; at most eight, and none for no other try.
    #[validate(custom(function = climbs))]
    #[cfg_attr(feature = "openapi", schema(max_items = 8, example = json!([1, 3, 5])))]
    pub retry_days: Vec<u8>,
}

fn climbs(days: &[u8]) -> Result<(), ValidationError> {
    let refuse = |code, message: &'static str| Err(ValidationError::new(code).with_message(message.into()));
    if days.len() > MAX_RETRIES {
        return refuse("too_many", "must be at most eight days");
    }
    if days.iter().any(|day| !(1..=60).contains(day)) {
        return refuse("out_of_range", "must be days from 1 to 60");
    }
    if !days.is_sorted_by(|day, next| day < next) {
        return refuse("not_ascending", "must be days of which each is later than the one before");
    }
    Ok(())
}

/// The same with its version. `GET /charge-settings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChargeSettings {
    /// What was set; days 1, 3 and 5 where nobody set any.
    #[serde(flatten)]
    pub input: ChargeSettingsInput,
    /// Version for `If-Match`.
    pub version: i64,
}

impl ChargeSettings {
    /// What holds where nobody set anything.
    pub fn unset() -> Self {
        Self { input: ChargeSettingsInput { retry_days: vec![1, 3, 5] }, version: 1 }
    }
}

/// When to try again after so many tries, the first of which was at an instant; never if that was the last.
pub fn next_try(retry_days: &[u8], tries: u8, first: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let days = retry_days.get(usize::from(tries.checked_sub(1)?))?;
    first.checked_add_days(Days::new(u64::from(*days)))
}

/// How far the charge of an invoice has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum ChargeState {
    /// Its next try has a day.
    Waiting,
    /// The provider was asked; the money may take days.
    Trying,
    /// The money has come.
    Succeeded,
    /// All tries failed.
    Failed,
    /// There is nothing to charge any more: it was paid otherwise, withdrawn, contested, or charging was switched off.
    Stopped,
}

impl ChargeState {
    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Trying => "trying",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

/// The charge of an invoice. `GET /automatic-charges`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AutomaticCharge {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its number.
    pub number: String,
    /// Its client.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: Name,
    /// What the invoice still asks for.
    pub balance: Money,
    /// How far it has come.
    pub state: ChargeState,
    /// How often it was tried.
    pub tries: i16,
    /// When it is tried next.
    pub next_at: Option<DateTime<Utc>>,
    /// Why the last try brought nothing.
    pub failure: Option<String>,
    /// The kind of reason, where a bank gave one.
    pub decline: Option<Decline>,
}

/// Which charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChargeView {
    /// All.
    #[default]
    All,
    /// Those whose last try failed, whether or not another comes, while there is something to pay.
    Trouble,
}

/// Filters of the list of charges.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct ChargeFilter {
    /// Which of them.
    pub view: ChargeView,
    /// Of one client only.
    pub client_id: Option<ClientId>,
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

impl ChargeFilter {
    /// How many items a page has.
    pub fn limit(&self) -> u16 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_counts_from_issue_or_due_date() {
        let (issued, due) = (day("2026-03-02"), day("2026-03-16"));
        let on = |counts_from, days| {
            RecurringChargeInput { enabled: true, counts_from, days }.day(issued, due).to_string()
        };
        assert_eq!(on(CountsFrom::Issue, 0), "2026-03-02");
        assert_eq!(on(CountsFrom::Issue, 3), "2026-03-05");
        assert_eq!(on(CountsFrom::Due, 0), "2026-03-16");
    }

    #[test]
    fn tries_count_from_the_first_and_end() {
        let first: DateTime<Utc> = "2026-03-02T09:00:00Z".parse().unwrap();
        let next = |tries| next_try(&[1, 3, 5], tries, first).map(|at| at.date_naive().to_string());
        assert_eq!(next(1).as_deref(), Some("2026-03-03"));
        assert_eq!(next(2).as_deref(), Some("2026-03-05"));
        assert_eq!(next(3).as_deref(), Some("2026-03-07"));
        assert_eq!((next(0), next(4)), (None, None));
        assert_eq!(next_try(&[], 1, first), None);
    }

    #[test]
    fn a_ladder_climbs() {
        let check = |days: &[u8]| ChargeSettingsInput { retry_days: days.to_vec() }.validate().is_ok();
        assert!(check(&[1, 3, 5]) && check(&[]) && check(&[60]));
        for wrong in [&[0_u8, 1][..], &[3, 3], &[5, 1], &[61], &[1, 2, 3, 4, 5, 6, 7, 8, 9]] {
            assert!(!check(wrong), "{wrong:?}");
        }
    }
}
