//! What is billed again and again over the demo's year: each period on its day, as the worker would have done it.

use std::collections::VecDeque;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use domain::events::{Event, Subject};
use domain::invoices::{InvoiceId, InvoiceLineInput};
use domain::money::{Currency, Quantity, UnitPrice};
use domain::recurring::{
    BillingTime, Delivery, Period, RecurringInvoiceId, RecurringInvoiceInput, RecurringState, Schedule,
};
use domain::text::{Language, Line, Note};
use domain::totals::{LineInput, PriceMode, Rounding, Totals, compute};
use rust_decimal::Decimal;
use store::bulk::{Rows, Table};

use super::businesses::{Business, Course, Item, Region, Retainer};
use super::clients::Client;
use super::events::{Events, Who};
use super::invoices::tax_of;
use super::random::Chance;
use crate::mail::format;

/// How long ago the paused ones were paused.
const PAUSED: Days = Days::new(40);

/// A retainer and its client.
struct Plan {
    id: RecurringInvoiceId,
    client: usize,
    item: &'static Item,
    course: Course,
    input: RecurringInvoiceInput,
    line: LineInput,
    totals: Totals,
    created_at: DateTime<Utc>,
}

/// An invoice whose day came.
pub struct Billed {
    /// Whose it is.
    pub client: usize,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// The day on it.
    pub day: NaiveDate,
    /// What it is for.
    pub item: &'static Item,
    /// The same for the totals.
    pub line: LineInput,
    /// What it comes to.
    pub totals: Totals,
    /// The days it is for, as its reader writes them.
    pub days: String,
    plan: usize,
    period: Period,
}

/// All of a business's, and what they have billed so far.
pub struct Retainers {
    plans: Vec<Plan>,
    waiting: VecDeque<(DateTime<Utc>, usize, Period)>,
    periods: Rows,
    language: Language,
}

impl Retainers {
    /// Those of a business, as they stand `now`; `local` is a minute of a day there.
    pub fn new(
        business: &'static Business,
        clients: &[Client],
        now: DateTime<Utc>,
        today: NaiveDate,
        local: impl Fn(NaiveDate, i64) -> DateTime<Utc>,
        chance: &mut Chance,
    ) -> Self {
        let mut plans = Vec::new();
        let mut waiting = Vec::new();
        for (place, retainer) in (0_i64..).zip(business.retainers) {
            let client = retainer.client % clients.len();
            let (input, line, totals) = agreed(retainer, &clients[client], today);
            let schedule = input.schedule;
            let last = if retainer.course == Course::Pauses { today - PAUSED } else { today };
            let due = (0..)
                .map_while(|index| schedule.period(index))
                .take_while(|period| schedule.billed_on(period) <= last)
                .map(|period| (local(schedule.billed_on(&period), 1 + place), plans.len(), period))
                .filter(|(at, ..)| *at <= now);
            waiting.extend(due);
            let created_at = local(schedule.starts_on - Days::new(2), 10 * 60);
            plans.push(Plan {
                id: chance.id(created_at),
                client,
                item: &retainer.item,
                course: retainer.course,
                input,
                line,
                totals,
                created_at,
            });
        }
        waiting.sort_by_key(|(at, plan, _)| (*at, *plan));
        let periods = Rows::of(Table::RecurringPeriods);
        Self { plans, waiting: waiting.into(), periods, language: business.language }
    }

    /// The next one, if its day has come by then.
    pub fn due(&mut self, by: DateTime<Utc>) -> Option<Billed> {
        let (at, plan, period) = self.waiting.pop_front_if(|(at, ..)| *at <= by)?;
        let Plan { client, item, line, totals, input, .. } = &self.plans[plan];
        Some(Billed {
            client: *client,
            at,
            day: input.schedule.billed_on(&period),
            item,
            line: line.clone(),
            totals: totals.clone(),
            days: format!(
                "{} \u{2013} {}",
                format::date(self.language, period.from),
                format::date(self.language, period.last())
            ),
            plan,
            period,
        })
    }

    /// Notes the invoice that was made.
    pub fn made(&mut self, billed: &Billed, invoice_id: InvoiceId, clients: &[Client], events: &mut Events) {
        let Plan { id, client, input, .. } = &self.plans[billed.plan];
        let period = &billed.period;
        self.periods.id(*id).plain(period.index).date(period.from).date(period.last());
        self.periods.id(invoice_id).at(billed.at).end();
        let name = input.name.to_string();
        let event = Event::RecurringInvoiceBilled { recurring_invoice_id: *id, name, invoice_id };
        events.add(billed.at, Who::System, Subject::RecurringInvoice(*id), clients[*client].id, &event);
    }

    /// Their rows and those of what they billed, now that all of it is made.
    pub fn rows(&mut self, clients: &[Client], now: DateTime<Utc>, events: &mut Events) -> [Rows; 2] {
        let mut heads = Rows::of(Table::RecurringInvoices);
        for (place, plan) in self.plans.drain(..).enumerate() {
            let schedule = plan.input.schedule;
            // What found no place in the year's last days is billed by the worker.
            let left = self.waiting.iter().find(|(_, of, _)| *of == place).map(|(.., period)| period.index);
            let last = if plan.course == Course::Pauses { now - PAUSED } else { now };
            let next = left.unwrap_or_else(|| {
                let past = |index: &u32| {
                    schedule
                        .period(*index)
                        .is_some_and(|period| schedule.billed_on(&period) <= last.date_naive())
                };
                (0..=u32::MAX).find(|index| !past(index)).unwrap_or(u32::MAX)
            });
            let next_on = schedule.period(next).map(|period| schedule.billed_on(&period));
            let state = match (plan.course, next_on) {
                (Course::Runs | Course::Pauses | Course::Ends(_), None) => RecurringState::Ended,
                (Course::Pauses, Some(_)) => RecurringState::Paused,
                (Course::Runs | Course::Ends(_), Some(_)) => RecurringState::Active,
            };
            let client = clients[plan.client].id;
            heads.id(plan.id).id(client).text(plan.input.name.as_str()).json(&plan.input);
            heads.plain(plan.totals.gross.currency()).plain(plan.totals.gross.minor()).text(state.as_str());
            heads.plain(next).maybe(next_on, Rows::date).at(plan.created_at).end();
            let (subject, name) = (Subject::RecurringInvoice(plan.id), plan.input.name.to_string());
            let created =
                Event::RecurringInvoiceCreated { recurring_invoice_id: plan.id, name: name.clone() };
            events.add(plan.created_at, Who::Staff, subject, client, &created);
            if state == RecurringState::Paused {
                let paused =
                    Event::RecurringInvoicePaused { recurring_invoice_id: plan.id, name, reason: None };
                events.add(last, Who::Staff, subject, client, &paused);
            }
        }
        [heads, std::mem::replace(&mut self.periods, Rows::of(Table::RecurringPeriods))]
    }
}

/// The first day: that of the month so many months ago, or that month's last.
fn first_day(retainer: &Retainer, today: NaiveDate) -> NaiveDate {
    let month = today - Months::new(retainer.months);
    (1..=retainer.day).rev().find_map(|day| month.with_day(day)).unwrap_or(month)
}

/// What was agreed, and what each invoice says of it.
fn agreed(
    retainer: &Retainer,
    client: &Client,
    today: NaiveDate,
) -> (RecurringInvoiceInput, LineInput, Totals) {
    let region: &Region = client.region;
    let currency: Currency = region.currency.parse().expect("the regions' currencies exist");
    let cents = retainer.item.cents.0;
    let price = match currency.exponent() {
        0 => Decimal::from(cents * region.exchange / 1000 * 10),
        _ => Decimal::new(cents, 2),
    };
    let line = LineInput {
        quantity: Quantity::try_from(Decimal::ONE).expect("one is a quantity"),
        unit_price: UnitPrice::try_from(price).expect("made-up prices are small"),
        taxes: region.tax.iter().map(|tax| tax_of(*tax)).collect(),
    };
    let totals =
        compute(std::slice::from_ref(&line), None, currency, Rounding::PerDocument, PriceMode::Exclusive)
            .expect("made-up amounts are small");
    let endless = Schedule {
        rhythm: retainer.rhythm,
        starts_on: first_day(retainer, today),
        anchor_on: None,
        ends_on: None,
        billed: BillingTime::Advance,
    };
    let ends_on = match retainer.course {
        Course::Ends(periods) => endless.period(periods - 1).map(|period| period.last()),
        Course::Runs | Course::Pauses => None,
    };
    let input = RecurringInvoiceInput {
        name: retainer.name.parse().expect("the retainers have names"),
        client_id: client.id,
        schedule: Schedule { ends_on, ..endless },
        delivery: Delivery::Send,
        terms_days: None,
        currency: Some(currency),
        reference: Line::default(),
        note: Note::default(),
        internal_note: Note::default(),
        price_mode: Some(PriceMode::Exclusive),
        discount: None,
        lines: vec![InvoiceLineInput {
            description: retainer.item.name.parse().expect("the retainers' items have names"),
            detail: "{period}".parse().expect("a short note"),
            quantity: line.quantity,
            unit: retainer.item.unit.parse().expect("units are short"),
            unit_price: line.unit_price,
            taxes: line.taxes.clone(),
        }],
    };
    (input, line, totals)
}
