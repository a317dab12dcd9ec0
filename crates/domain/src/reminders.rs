//! Reminding clients of open invoices: a ladder of days, and what keeps it still.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use crate::text::{Note, TimeZone};

/// How a reminder speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum ReminderTone {
    /// It will be due.
    Upcoming,
    /// It may have been overlooked.
    Friendly,
    /// It is late.
    Firm,
    /// It is the last before other steps.
    Final,
}

impl ReminderTone {
    /// All of them, from the mildest.
    pub const ALL: [Self; 4] = [Self::Upcoming, Self::Friendly, Self::Firm, Self::Final];

    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Friendly => "friendly",
            Self::Firm => "firm",
            Self::Final => "final",
        }
    }

    /// Its mail in the catalogues.
    pub fn mail(self) -> &'static str {
        match self {
            Self::Upcoming => "reminder_upcoming",
            Self::Friendly => "reminder_friendly",
            Self::Firm => "reminder_firm",
            Self::Final => "reminder_final",
        }
    }
}

/// One step of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReminderRule {
    /// Days from the due date, below zero before it; no two steps on the same day.
    #[validate(range(min = -60, max = 365))]
    #[cfg_attr(feature = "openapi", schema(minimum = -60, maximum = 365))]
    pub days: i16,
    /// How it speaks.
    pub tone: ReminderTone,
    /// Words of the organization's own in the mail.
    #[serde(default)]
    pub message: Note,
}

/// The organization's ladder. `GET` and `PUT /reminder-rules`. A step that is new reminds of what comes to its day from
/// then on, never of the past.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReminderRules {
    /// The steps, at most eight.
    #[validate(length(max = 8), nested, custom(function = apart))]
    pub rules: Vec<ReminderRule>,
}

fn apart(rules: &[ReminderRule]) -> Result<(), ValidationError> {
    let twice =
        |(index, rule): (usize, &ReminderRule)| rules[..index].iter().any(|other| other.days == rule.days);
    if rules.iter().enumerate().any(twice) {
        return Err(
            ValidationError::new("repeated").with_message("must not have two steps on the same day".into())
        );
    }
    Ok(())
}

/// How a client is reminded. `GET` and `PUT /clients/{id}/reminders`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ClientReminders {
    /// Not at all for now. What is missed meanwhile is caught up with one mail per invoice.
    pub paused: bool,
    /// The zone in which mails leave at 09:00; the organization's if absent.
    pub time_zone: Option<TimeZone>,
}

/// What keeps reminders of one invoice still. `PUT /invoices/{id}/reminders`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct InvoiceRemindersInput {
    /// None for now.
    pub paused: bool,
    /// The client promised to pay by this day: none until it has passed.
    pub promised_on: Option<NaiveDate>,
}

/// Reminders of one invoice. `GET /invoices/{id}/reminders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceReminders {
    /// What keeps them still.
    #[serde(flatten)]
    pub input: InvoiceRemindersInput,
    /// What became of each step so far, in order.
    pub past: Vec<Reminder>,
    /// The day of the next, if one will come.
    pub next_on: Option<NaiveDate>,
    /// Those that will come while nothing is paid, in order; none while something keeps them still.
    pub upcoming: Vec<UpcomingReminder>,
}

/// A step that will be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpcomingReminder {
    /// The day it will be mailed on.
    pub on: NaiveDate,
    /// The step's days from the due date.
    pub days: i16,
    /// How it will speak.
    pub tone: ReminderTone,
}

/// A step that was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reminder {
    /// The step's days from the due date.
    pub days: i16,
    /// When it was reached.
    pub at: DateTime<Utc>,
    /// Whether a mail went out; a later step may have taken its place.
    pub mailed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_step() {
        let rule = |days| ReminderRule { days, tone: ReminderTone::Firm, message: Note::default() };
        assert!(ReminderRules { rules: vec![rule(-3), rule(7)] }.validate().is_ok());
        assert!(ReminderRules { rules: vec![rule(7), rule(7)] }.validate().is_err());
        assert!(ReminderRules { rules: vec![rule(400)] }.validate().is_err());
    }
}
