//! Invoices that come again: what they ask for, in which rhythm, and for which periods.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use crate::clients::ClientId;
use crate::id;
use crate::invoices::{DraftInvoice, InvoiceId, InvoiceLineInput, InvoiceStatus};
use crate::money::{Currency, Money};
use crate::text::{Line, Name, Note};
use crate::totals::{Discount, PriceMode, Totals, UnitPrice};

id!(
    /// An invoice that comes again.
    RecurringInvoiceId,
    "rec"
);

/// What a rhythm counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RhythmUnit {
    /// Seven days.
    Week,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
}

impl RhythmUnit {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Week, Self::Month, Self::Year];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// Every so many weeks, months or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rhythm {
    /// How many units lie between two invoices, 1 to 60.
    #[validate(range(min = 1, max = 60))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 60))]
    pub every: u8,
    /// The unit.
    pub unit: RhythmUnit,
}

impl Rhythm {
    /// The day `count` periods after an anchor, or before it for negative counts. Months are counted from the
    /// anchor, not from the period before: the 31st becomes the 28th, 29th or 30th where it must, and the 31st again.
    fn from(self, anchor: NaiveDate, count: i64) -> Option<NaiveDate> {
        let units = count.checked_mul(i64::from(self.every))?;
        let months = match self.unit {
            RhythmUnit::Week => {
                let days = Days::new(units.checked_mul(7)?.unsigned_abs());
                return if units < 0 { anchor.checked_sub_days(days) } else { anchor.checked_add_days(days) };
            }
            RhythmUnit::Month => units,
            RhythmUnit::Year => units.checked_mul(12)?,
        };
        let size = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
        if months < 0 { anchor.checked_sub_months(size) } else { anchor.checked_add_months(size) }
    }
}

/// When a period is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BillingTime {
    /// On its first day.
    #[default]
    Advance,
    /// On the day after its last.
    Arrears,
}

/// When invoices come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[validate(schema(function = fits))]
pub struct Schedule {
    /// How often.
    #[validate(nested)]
    pub rhythm: Rhythm,
    /// The first day that is billed.
    pub starts_on: NaiveDate,
    /// The first day of the first whole period; the days from the start until then are billed as a part of one.
    /// The start if absent.
    #[serde(default)]
    pub anchor_on: Option<NaiveDate>,
    /// The last day that is billed; a period that it cuts short is billed in part. Until somebody ends it if absent.
    #[serde(default)]
    pub ends_on: Option<NaiveDate>,
    /// When each period is billed.
    #[serde(default)]
    pub billed: BillingTime,
}

fn fits(schedule: &Schedule) -> Result<(), ValidationError> {
    let refuse = |code, message: &'static str| Err(ValidationError::new(code).with_message(message.into()));
    if !(1970..=2200).contains(&chrono::Datelike::year(&schedule.starts_on)) {
        return refuse("out_of_range", "must start between 1970 and 2200");
    }
    if schedule.ends_on.is_some_and(|end| end < schedule.starts_on) {
        return refuse("ends_before_start", "must not end before it starts");
    }
    let anchor = schedule.anchor();
    let before = schedule.rhythm.from(anchor, -1);
    if anchor < schedule.starts_on
        || before.is_none_or(|before| before >= schedule.starts_on) && anchor != schedule.starts_on
    {
        return refuse("anchor_too_far", "must begin its first whole period within one period of the start");
    }
    Ok(())
}

/// What one invoice is for: days from `from` to before `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its number, from 0.
    pub index: u32,
    /// Its first day.
    pub from: NaiveDate,
    /// The day after its last.
    pub until: NaiveDate,
    /// How many days the whole period would have, if this is a part of one.
    pub part_of: Option<i64>,
}

impl Period {
    /// Its last day.
    pub fn last(&self) -> NaiveDate {
        self.until - Days::new(1)
    }

    /// How many days it has.
    pub fn days(&self) -> i64 {
        (self.until - self.from).num_days()
    }

    /// As much of a number as there is of the period, to so many decimals.
    fn share(&self, of: Decimal, places: u32) -> Decimal {
        let whole = Decimal::from(self.part_of.unwrap_or(self.days()));
        let share = of * Decimal::from(self.days()) / whole;
        share.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
    }

    fn price(&self, whole: UnitPrice) -> UnitPrice {
        self.share(whole.get(), UnitPrice::PLACES).try_into().unwrap_or(whole)
    }

    fn discount(&self, whole: Discount) -> Discount {
        match whole {
            Discount::Percent(_) => whole,
            Discount::Amount(amount) => {
                let share = self.share(Decimal::from(amount.minor()), 0).to_i64().unwrap_or(amount.minor());
                Discount::Amount(Money::new(share, amount.currency()))
            }
        }
    }
}

impl Schedule {
    /// Whether its days go together.
    pub fn is_possible(&self) -> bool {
        self.validate().is_ok()
    }

    fn anchor(&self) -> NaiveDate {
        self.anchor_on.unwrap_or(self.starts_on)
    }

    /// A period by its number, from 0; absent after the end.
    pub fn period(&self, index: u32) -> Option<Period> {
        let anchor = self.anchor();
        // A part comes first if there is one, and pushes the whole periods back.
        let whole = i64::from(index) - i64::from(anchor > self.starts_on);
        let (begin, until) = (self.rhythm.from(anchor, whole)?, self.rhythm.from(anchor, whole + 1)?);
        let from = begin.max(self.starts_on);
        let cut = match self.ends_on {
            Some(end) if end < from => return None,
            Some(end) => until.min(end.succ_opt()?),
            None => until,
        };
        let part_of = (from != begin || cut != until).then(|| (until - begin).num_days());
        Some(Period { index, from, until: cut, part_of })
    }

    /// The day on which a period is billed.
    pub fn billed_on(&self, period: &Period) -> NaiveDate {
        match self.billed {
            BillingTime::Advance => period.from,
            BillingTime::Arrears => period.until,
        }
    }
}

/// What happens to each invoice once it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum Delivery {
    /// It waits as a draft for a person.
    Draft,
    /// It is issued and mailed.
    #[default]
    Send,
}

/// An invoice that comes again, as it is written. `POST /recurring-invoices`, and whole again by
/// `PUT /recurring-invoices/{id}` with `If-Match`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecurringInvoiceInput {
    /// What staff call it.
    pub name: Name,
    /// Whom it is for.
    pub client_id: ClientId,
    /// When invoices come. What was billed already can't be moved.
    #[validate(nested)]
    pub schedule: Schedule,
    /// What happens to each.
    #[serde(default)]
    pub delivery: Delivery,
    /// Days until each is due; the organization's terms if absent.
    #[serde(default)]
    #[validate(range(max = 365))]
    pub terms_days: Option<u16>,
    /// The organization's currency if absent.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// The client's own reference, e.g. an order number.
    #[serde(default)]
    pub reference: Line,
    /// Words to the client. `{period}` stands for the days that are billed.
    #[serde(default)]
    pub note: Note,
    /// For staff only.
    #[serde(default)]
    pub internal_note: Note,
    /// Whether unit prices include tax; the organization's habit if absent.
    #[serde(default)]
    pub price_mode: Option<PriceMode>,
    /// Discount on each invoice; of an amount, a part of a period gets its share.
    #[serde(default)]
    pub discount: Option<Discount>,
    /// Lines, 1 to 100, with prices for a whole period. `{period}` in a description or detail stands for the days billed.
    #[validate(length(min = 1, max = 100), nested)]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100))]
    pub lines: Vec<InvoiceLineInput>,
}

/// What a line or a note says where the days that are billed belong.
const PERIOD: &str = "{period}";

impl RecurringInvoiceInput {
    /// The draft for a period; `days` says the period in the client's language, `part` that it is a part of one.
    pub fn draft(&self, period: &Period, days: &str, part: Option<&str>) -> DraftInvoice {
        let issued_on = self.schedule.billed_on(period);
        let note =
            |text: &Note| text.as_str().replace(PERIOD, days).try_into().unwrap_or_else(|_| text.clone());
        let line = |line: &InvoiceLineInput| {
            let description = line.description.as_str().replace(PERIOD, days);
            let mut detail = note(&line.detail);
            if let Some(part) = part {
                let longer = [detail.as_str(), part].join("\n").trim().to_owned();
                detail = longer.try_into().unwrap_or(detail);
            }
            InvoiceLineInput {
                description: description.parse().unwrap_or_else(|_| line.description.clone()),
                detail,
                unit_price: period.price(line.unit_price),
                ..line.clone()
            }
        };
        DraftInvoice {
            client_id: self.client_id,
            currency: self.currency,
            issued_on: Some(issued_on),
            due_on: self.terms_days.and_then(|days| issued_on.checked_add_days(Days::new(days.into()))),
            schedule: Vec::new(),
            reference: self.reference.clone(),
            note: note(&self.note),
            internal_note: self.internal_note.clone(),
            price_mode: self.price_mode,
            discount: self.discount.map(|discount| period.discount(discount)),
            lines: self.lines.iter().map(line).collect(),
        }
    }
}

/// Whether invoices come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum RecurringState {
    /// They come.
    Active,
    /// None comes until it goes on; what falls into the pause is not billed.
    Paused,
    /// None comes any more.
    Ended,
}

impl RecurringState {
    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Ended => "ended",
        }
    }
}

/// An invoice that comes again. `GET /recurring-invoices/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecurringInvoice {
    /// Its id.
    pub id: RecurringInvoiceId,
    /// What was written.
    #[serde(flatten)]
    pub input: RecurringInvoiceInput,
    /// The client's name.
    pub client_name: Name,
    /// Whether invoices come.
    pub state: RecurringState,
    /// Why it stopped by itself.
    pub attention: Option<String>,
    /// What a whole period comes to.
    pub totals: Totals,
    /// The days of the next invoices, at most six.
    pub upcoming: Vec<NaiveDate>,
    /// Its version.
    pub version: i64,
}

/// An invoice that comes again, in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecurringInvoiceSummary {
    /// Its id.
    pub id: RecurringInvoiceId,
    /// What staff call it.
    pub name: Name,
    /// Its client.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: Name,
    /// Whether invoices come.
    pub state: RecurringState,
    /// Why it stopped by itself.
    pub attention: Option<String>,
    /// How often.
    pub rhythm: Rhythm,
    /// What a whole period comes to.
    pub total: Money,
    /// The day of the next invoice.
    pub next_on: Option<NaiveDate>,
    /// How many have come.
    pub billed: i64,
}

/// Which of them. `GET /recurring-invoices`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct RecurringInvoiceFilter {
    /// In this state only.
    pub state: Option<RecurringState>,
    /// Of one client only.
    pub client_id: Option<ClientId>,
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// A part of the periods. `GET /recurring-invoices/{id}/periods`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct BilledPeriodFilter {
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// A period that was billed. `GET /recurring-invoices/{id}/periods`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BilledPeriod {
    /// Its number, from 0.
    pub index: u32,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// The invoice, unless the draft was thrown away.
    pub invoice_id: Option<InvoiceId>,
    /// Its number, once it is issued.
    pub number: Option<String>,
    /// How far it has come.
    pub status: Option<InvoiceStatus>,
    /// Whether it is open and late.
    pub overdue: bool,
    /// Until when it is to be paid.
    pub due_on: Option<NaiveDate>,
    /// What it comes to.
    pub total: Option<Money>,
    /// When it was made.
    pub billed_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn schedule(every: u8, unit: RhythmUnit, starts_on: &str) -> Schedule {
        Schedule {
            rhythm: Rhythm { every, unit },
            starts_on: day(starts_on),
            anchor_on: None,
            ends_on: None,
            billed: BillingTime::Advance,
        }
    }

    fn days(schedule: &Schedule, count: u32) -> Vec<String> {
        (0..count)
            .filter_map(|index| schedule.period(index))
            .map(|it| schedule.billed_on(&it).to_string())
            .collect()
    }

    #[test]
    fn the_last_of_a_month_comes_back_to_the_31st() {
        let monthly = schedule(1, RhythmUnit::Month, "2027-12-31");
        assert_eq!(days(&monthly, 5), ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]);
        let yearly = schedule(1, RhythmUnit::Year, "2028-02-29");
        assert_eq!(days(&yearly, 5), ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]);
        assert_eq!(
            days(&schedule(2, RhythmUnit::Week, "2026-12-24"), 3),
            ["2026-12-24", "2027-01-07", "2027-01-21"]
        );
    }

    #[test]
    fn parts_at_both_ends_are_billed_by_the_day() {
        let schedule = Schedule {
            anchor_on: Some(day("2026-04-01")),
            ends_on: Some(day("2026-05-10")),
            ..schedule(1, RhythmUnit::Month, "2026-03-15")
        };
        assert!(schedule.validate().is_ok());
        let first = schedule.period(0).unwrap();
        assert_eq!(
            (first.from, first.until, first.days(), first.part_of),
            (day("2026-03-15"), day("2026-04-01"), 17, Some(31))
        );
        assert_eq!(first.price("310".parse().unwrap()), "170".parse().unwrap());
        assert_eq!(first.price("100".parse().unwrap()), "54.83871".parse().unwrap());
        assert_eq!(schedule.period(1).unwrap().part_of, None);
        let last = schedule.period(2).unwrap();
        assert_eq!((last.from, last.last(), last.part_of), (day("2026-05-01"), day("2026-05-10"), Some(31)));
        assert_eq!(schedule.period(3), None);
    }

    #[test]
    fn arrears_are_billed_when_the_period_is_over() {
        let schedule =
            Schedule { billed: BillingTime::Arrears, ..schedule(1, RhythmUnit::Month, "2026-01-01") };
        assert_eq!(days(&schedule, 2), ["2026-02-01", "2026-03-01"]);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let monthly = schedule(1, RhythmUnit::Month, "2026-03-15");
        for wrong in [
            Schedule { ends_on: Some(day("2026-03-14")), ..monthly },
            Schedule { anchor_on: Some(day("2026-03-14")), ..monthly },
            Schedule { anchor_on: Some(day("2026-04-15")), ..monthly },
            Schedule { rhythm: Rhythm { every: 0, unit: RhythmUnit::Week }, ..monthly },
            Schedule { starts_on: day("1200-01-01"), ..monthly },
        ] {
            assert!(wrong.validate().is_err(), "{wrong:?}");
        }
        assert!(Schedule { anchor_on: Some(day("2026-04-14")), ..monthly }.validate().is_ok());
    }

    #[test]
    fn a_draft_says_its_period() {
        let input = RecurringInvoiceInput {
            name: "Hosting".parse().unwrap(),
            client_id: crate::ids::Id::from_uuid(uuid::Uuid::nil()),
            schedule: schedule(1, RhythmUnit::Month, "2026-03-01"),
            delivery: Delivery::Send,
            terms_days: Some(10),
            currency: None,
            reference: Line::default(),
            note: "For {period}".to_owned().try_into().unwrap(),
            internal_note: Note::default(),
            price_mode: None,
            discount: None,
            lines: vec![InvoiceLineInput {
                description: "Hosting {period}".parse().unwrap(),
                detail: Note::default(),
                quantity: "1".parse().unwrap(),
                unit: Line::default(),
                unit_price: "20".parse().unwrap(),
                taxes: Vec::new(),
            }],
        };
        let draft = input.draft(&input.schedule.period(0).unwrap(), "March 2026", Some("17 of 31 days"));
        assert_eq!((draft.issued_on, draft.due_on), (Some(day("2026-03-01")), Some(day("2026-03-11"))));
        assert_eq!(draft.lines[0].description.as_str(), "Hosting March 2026");
        assert_eq!(draft.lines[0].detail.as_str(), "17 of 31 days");
        assert_eq!(draft.note.as_str(), "For March 2026");
    }

    proptest! {
        #[test]
        fn periods_follow_each_other_without_gap(
            start in 0i64..40_000, shift in 0i64..27, every in 1u8..=60, unit in 0..3, length in 0i64..3000, index in 0u32..30,
        ) {
            let starts_on = day("1975-01-01") + Days::new(start.unsigned_abs());
            let unit = [RhythmUnit::Week, RhythmUnit::Month, RhythmUnit::Year][usize::try_from(unit).unwrap()];
            let schedule = Schedule {
                rhythm: Rhythm { every, unit },
                starts_on,
                anchor_on: Some(starts_on + Days::new(shift.unsigned_abs())),
                ends_on: Some(starts_on + Days::new(length.unsigned_abs())),
                billed: BillingTime::Advance,
            };
            prop_assume!(schedule.validate().is_ok());
            prop_assert_eq!(schedule.period(0).unwrap().from, starts_on);
            if let Some(period) = schedule.period(index) {
                prop_assert!(period.from < period.until);
                let next = schedule.period(index + 1).map(|next| next.from);
                prop_assert_eq!(next.unwrap_or(period.until), period.until);
                prop_assert!(next.is_some() || Some(period.last()) == schedule.ends_on);
            }
        }
    }
}
