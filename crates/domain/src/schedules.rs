//! Payment schedules: an invoice that is paid in instalments, by date or by milestone.
//!
//! Nothing is kept about what of an instalment is paid. Whatever settles the invoice settles the instalment
//! that is due first, then the next, so what is left of each follows from what is left of the invoice.
//! [`open_parts`] says it here; the database says it by the same rule in `open_parts_of`.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::allocation::OpenInvoice;
use crate::invoices::InvoiceId;
use crate::money::{Money, MoneyError, Rate};
use crate::text::{Line, Name};

/// The most instalments of an invoice.
pub const MAX_INSTALMENTS: u64 = 36;
/// The most days that may be given to pay.
pub const MAX_DAYS: u16 = 3650;

/// How much of the whole an instalment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// So many percent of the whole.
    Percent(Rate),
    /// So much.
    Amount(Money),
    /// What the others leave; several of these share it equally, odd cents first.
    Rest,
}

/// What an instalment waits for, and how long there is to pay from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// What has to be reached, in words of both sides.
    pub name: Name,
    /// Days to pay after it was reached.
    #[serde(default)]
    pub days: u16,
}

/// When an instalment is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// On a day.
    On(NaiveDate),
    /// So many days after the date of the invoice.
    DaysAfterIssue(u16),
    /// When staff have said that a milestone is reached.
    Milestone(Milestone),
}

impl When {
    /// The day, as far as the invoice's own date decides it.
    fn due_on(&self, issued_on: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::On(day) => Some(*day),
            Self::DaysAfterIssue(days) => issued_on.checked_add_days(Days::new((*days).into())),
            Self::Milestone(_) => None,
        }
    }
}

/// An instalment as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InstalmentInput {
    /// What it is called, e.g. `Deposit`; may be empty.
    #[serde(default)]
    pub label: Line,
    /// How much of the whole it is.
    pub part: Part,
    /// When it is due.
    pub due: When,
}

/// Why instalments don't make a schedule. Places count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// A percentage of nothing.
    #[error("must be above 0 percent")]
    Percent(usize),
    /// An amount in another currency than the invoice's.
    #[error("must be in the currency of the invoice")]
    Currency(usize),
    /// Nothing comes out for it.
    #[error("must come to more than nothing")]
    Nothing(usize),
    /// More days than anybody waits.
    #[error("must be at most {MAX_DAYS} days")]
    Days(usize),
    /// Due before the invoice exists.
    #[error("must not be before the date of the invoice")]
    BeforeIssue(usize),
    /// Together they are more than the invoice asks for.
    #[error("the instalments come to more than the invoice")]
    TooMuch,
    /// Together they are less than the invoice asks for.
    #[error("the instalments come to less than the invoice: make one of them the rest")]
    TooLittle,
}

impl ScheduleError {
    /// Where to mend it, in the body of a draft.
    pub fn pointer(self) -> String {
        match self {
            Self::Percent(at) | Self::Currency(at) | Self::Nothing(at) => format!("/schedule/{at}/part"),
            Self::Days(at) | Self::BeforeIssue(at) => format!("/schedule/{at}/due"),
            Self::TooMuch | Self::TooLittle => "/schedule".to_owned(),
        }
    }

    /// Stable code of the rule.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Percent(_) | Self::Nothing(_) | Self::Days(_) => "out_of_range",
            Self::Currency(_) => "currency_mismatch",
            Self::BeforeIssue(_) => "before_issue",
            Self::TooMuch => "too_much",
            Self::TooLittle => "too_little",
        }
    }
}

/// Refuses what is wrong whatever the invoice comes to.
pub fn check(instalments: &[InstalmentInput], total: Money) -> Result<(), ScheduleError> {
    for (at, instalment) in instalments.iter().enumerate() {
        match instalment.part {
            Part::Percent(rate) if rate.get().is_zero() => return Err(ScheduleError::Percent(at)),
            Part::Amount(amount) if amount.currency() != total.currency() => {
                return Err(ScheduleError::Currency(at));
            }
            Part::Amount(amount) if !amount.is_positive() => return Err(ScheduleError::Nothing(at)),
            Part::Percent(_) | Part::Amount(_) | Part::Rest => {}
        }
        match &instalment.due {
            When::DaysAfterIssue(days) | When::Milestone(Milestone { days, .. }) if *days > MAX_DAYS => {
                return Err(ScheduleError::Days(at));
            }
            When::On(_) | When::DaysAfterIssue(_) | When::Milestone(_) => {}
        }
    }
    Ok(())
}

/// Divides a total into parts that sum to it: percentages and amounts first, then the rest in equal shares.
///
/// Without a rest, percentages that sum to 100 are rounded together; everything else has to fit exactly.
pub fn split(total: Money, parts: &[Part]) -> Result<Vec<Money>, ScheduleError> {
    let currency = total.currency();
    let percents: Vec<Decimal> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Percent(rate) => Some(rate.get()),
            Part::Amount(_) | Part::Rest => None,
        })
        .collect();
    let amounts = if percents.len() == parts.len() && percents.iter().sum::<Decimal>() == Decimal::ONE_HUNDRED
    {
        total.split_by(&percents).map_err(|_| ScheduleError::TooMuch)?
    } else {
        let fixed: Vec<Option<Money>> = parts
            .iter()
            .map(|part| match part {
                Part::Percent(rate) => Some(total.percent(*rate)),
                Part::Amount(amount) => Some(*amount),
                Part::Rest => None,
            })
            .collect();
        let taken = Money::sum(fixed.iter().flatten().copied(), currency);
        let left = taken.and_then(|taken| total.checked_sub(taken)).map_err(|error| match error {
            MoneyError::CurrencyMismatch => {
                let foreign = |part: &Option<Money>| part.is_some_and(|part| part.currency() != currency);
                ScheduleError::Currency(fixed.iter().position(foreign).unwrap_or_default())
            }
            MoneyError::Overflow
            | MoneyError::Weights
            | MoneyError::DiscountOutOfRange
            | MoneyError::RepeatedTax => ScheduleError::TooMuch,
        })?;
        if left.is_negative() {
            return Err(ScheduleError::TooMuch);
        }
        let rests = fixed.iter().filter(|part| part.is_none()).count();
        let mut shares = match u32::try_from(rests).ok().and_then(std::num::NonZeroU32::new) {
            Some(rests) => left.split(rests).into_iter(),
            None if left.is_zero() => Vec::new().into_iter(),
            None => return Err(ScheduleError::TooLittle),
        };
        fixed.into_iter().map(|part| part.or_else(|| shares.next()).unwrap_or(left)).collect()
    };
    match amounts.iter().position(|amount| !amount.is_positive()) {
        Some(at) => Err(ScheduleError::Nothing(at)),
        None => Ok(amounts),
    }
}

/// An instalment as it is kept with its invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleEntry {
    /// As it was written.
    pub written: InstalmentInput,
    /// What it comes to in the invoice's smallest unit, frozen on issue; nothing in a draft.
    pub amount: Option<i64>,
    /// Until when it is to be paid; nothing in a draft, and while its milestone isn't reached.
    pub due_on: Option<NaiveDate>,
    /// When its milestone was reached.
    pub reached_on: Option<NaiveDate>,
}

/// A schedule as a draft keeps it.
pub fn draft(instalments: &[InstalmentInput]) -> Vec<ScheduleEntry> {
    let entry = |written: &InstalmentInput| ScheduleEntry {
        written: written.clone(),
        amount: None,
        due_on: None,
        reached_on: None,
    };
    instalments.iter().map(entry).collect()
}

/// Freezes a schedule for an invoice of this total and date.
pub fn freeze(
    entries: &[ScheduleEntry],
    total: Money,
    issued_on: NaiveDate,
) -> Result<Vec<ScheduleEntry>, ScheduleError> {
    let written: Vec<InstalmentInput> = entries.iter().map(|entry| entry.written.clone()).collect();
    check(&written, total)?;
    let parts: Vec<Part> = written.iter().map(|instalment| instalment.part).collect();
    let amounts = split(total, &parts)?;
    let mut frozen = Vec::new();
    for (at, (written, amount)) in written.into_iter().zip(amounts).enumerate() {
        let due_on = written.due.due_on(issued_on);
        if due_on.is_some_and(|due| due < issued_on) {
            return Err(ScheduleError::BeforeIssue(at));
        }
        frozen.push(ScheduleEntry { written, amount: Some(amount.minor()), due_on, reached_on: None });
    }
    Ok(frozen)
}

impl ScheduleEntry {
    /// The milestone it waits for, or waited.
    pub fn milestone(&self) -> Option<&Milestone> {
        match &self.written.due {
            When::Milestone(milestone) => Some(milestone),
            When::On(_) | When::DaysAfterIssue(_) => None,
        }
    }

    /// Says when its milestone was reached, or that it isn't after all.
    pub fn mark(&mut self, reached_on: Option<NaiveDate>) {
        let days = self.milestone().map(|milestone| milestone.days).unwrap_or_default();
        self.due_on = reached_on.and_then(|day| day.checked_add_days(Days::new(days.into())));
        self.reached_on = reached_on;
    }
}

/// What is left of an instalment, and until when it is to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenPart {
    /// Until when; nothing while its milestone isn't reached.
    pub due_on: Option<NaiveDate>,
    /// How much of it is left.
    pub left: Money,
}

/// Places in the order in which instalments are paid: by day, then as they stand; what waits comes last.
fn order(entries: &[ScheduleEntry]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|&at| (entries[at].due_on.is_none(), entries[at].due_on));
    order
}

/// What is left of each instalment, in their own order, when `balance` is left of the whole.
fn left_of_each(entries: &[ScheduleEntry], balance: i64) -> Vec<i64> {
    let mut left = vec![0; entries.len()];
    // From the last to be paid backwards: what is left of the whole is left of those.
    let mut rest = balance.max(0);
    for at in order(entries).into_iter().rev() {
        left[at] = rest.min(entries[at].amount.unwrap_or_default());
        rest -= left[at];
    }
    left
}

/// What is left of instalments, in the order in which they are paid, when `balance` is left of the whole.
pub fn open_parts(entries: &[ScheduleEntry], balance: Money) -> Vec<OpenPart> {
    let left = left_of_each(entries, balance.minor());
    order(entries)
        .into_iter()
        .filter(|&at| left[at] > 0)
        .map(|at| OpenPart { due_on: entries[at].due_on, left: Money::new(left[at], balance.currency()) })
        .collect()
}

/// How far an instalment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InstalmentState {
    /// Its milestone isn't reached.
    Waiting,
    /// Its day is to come.
    Upcoming,
    /// Its day is today.
    Due,
    /// Its day has passed.
    Overdue,
    /// Nothing is left of it.
    Settled,
}

/// An instalment of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Instalment {
    /// What it is called; may be empty.
    pub label: Line,
    /// How much of the whole it is, as it was written.
    pub part: Part,
    /// When it is due, as it was written.
    pub due: When,
    /// What it comes to, frozen on issue; nothing in a draft whose parts don't fit its total.
    pub amount: Option<Money>,
    /// Until when it is to be paid; nothing while its milestone isn't reached.
    pub due_on: Option<NaiveDate>,
    /// When its milestone was reached.
    pub reached_on: Option<NaiveDate>,
    /// What is left of it.
    pub left: Money,
    /// How far it has come.
    pub state: InstalmentState,
}

impl Instalment {
    /// As its author would write it again.
    pub fn written(&self) -> InstalmentInput {
        InstalmentInput { label: self.label.clone(), part: self.part, due: self.due.clone() }
    }
}

/// Instalments as they are shown, when `balance` is left of the invoice.
pub fn shown(entries: &[ScheduleEntry], balance: Money, today: NaiveDate) -> Vec<Instalment> {
    let left = left_of_each(entries, balance.minor());
    entries
        .iter()
        .zip(left)
        .map(|(entry, left)| {
            let state = match entry.due_on {
                _ if entry.amount.is_some() && left == 0 => InstalmentState::Settled,
                None => InstalmentState::Waiting,
                Some(due) if due < today => InstalmentState::Overdue,
                Some(due) if due == today => InstalmentState::Due,
                Some(_) => InstalmentState::Upcoming,
            };
            Instalment {
                label: entry.written.label.clone(),
                part: entry.written.part,
                due: entry.written.due.clone(),
                amount: entry.amount.map(|amount| Money::new(amount, balance.currency())),
                due_on: entry.due_on,
                reached_on: entry.reached_on,
                left: Money::new(left, balance.currency()),
                state,
            }
        })
        .collect()
}

/// What each of these instalments gets of a payment of their invoice, in their own order.
pub fn spread(payment: Money, instalments: &[Instalment]) -> Vec<Money> {
    let mut shares = vec![Money::zero(payment.currency()); instalments.len()];
    let mut order: Vec<usize> = (0..instalments.len()).collect();
    order.sort_by_key(|&at| (instalments[at].due_on.is_none(), instalments[at].due_on));
    let mut left = payment.minor();
    for at in order {
        let share = left.min(instalments[at].left.minor()).max(0);
        shares[at] = Money::new(share, payment.currency());
        left -= share;
    }
    shares
}

/// What is asked for now: all that is due by today or, if nothing is, the next instalment. Without a
/// schedule there are no parts, and it is the balance.
pub fn next_payment(parts: &[OpenPart], balance: Money, today: NaiveDate) -> Money {
    let due = parts.iter().filter(|part| part.due_on.is_some_and(|due| due <= today));
    let due = due.map(|part| part.left.minor()).sum::<i64>();
    match parts.first() {
        Some(_) if due > 0 => Money::new(due, balance.currency()),
        Some(next) => next.left,
        None => balance,
    }
}

/// An invoice as payments are allocated to it: an entry for each part, or one for the whole. What waits for
/// a milestone comes after everything that has a day.
pub fn to_allocate(
    invoice_id: InvoiceId,
    number: &str,
    due_on: Option<NaiveDate>,
    balance: Money,
    parts: &[OpenPart],
) -> Vec<OpenInvoice> {
    let entry = |due_on: Option<NaiveDate>, balance: Money| OpenInvoice {
        invoice_id,
        number: number.to_owned(),
        due_on: due_on.unwrap_or(NaiveDate::MAX),
        balance,
    };
    if parts.is_empty() {
        return vec![entry(due_on, balance)];
    }
    parts.iter().map(|part| entry(part.due_on, part.left)).collect()
}

/// Whether a payment of this much leaves every instalment either paid or untouched.
pub fn is_whole(payment: Money, open: &[OpenInvoice]) -> bool {
    let mut order: Vec<&OpenInvoice> = open.iter().collect();
    crate::allocation::oldest_first(&mut order);
    let mut sum = 0_i128;
    order.iter().any(|part| {
        sum += i128::from(part.balance.minor());
        sum == i128::from(payment.minor())
    })
}

/// Says that a milestone is reached, or isn't after all. `PUT /invoices/{id}/milestones` with `If-Match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MarkMilestone {
    /// Which instalment waits for it, counted from 0.
    pub instalment: u16,
    /// When it was reached, today or earlier; nothing takes it back.
    #[serde(default)]
    pub reached_on: Option<NaiveDate>,
}

#[cfg(test)]
mod tests;
