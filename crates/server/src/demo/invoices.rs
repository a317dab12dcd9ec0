use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, TimeZone as _, Utc, Weekday};
use domain::events::{Event, Subject};
use domain::invoices::{InvoiceId, InvoiceStatus, LineId, Settlement};
use domain::money::{Currency, Money, Quantity, UnitPrice};
use domain::payments::{LedgerEntryId, ManualMethod, PaymentId};
use domain::tax::Tax;
use domain::text::TimeZone;
use domain::totals::{self, LineInput, PriceMode, Rounding, Totals};
use rust_decimal::Decimal;
use store::bulk::{Rows, Table};

use super::LADDER;
use super::businesses::{Business, Item, Region};
use super::clients::{Client, Contact, Habit};
use super::events::{Events, Who};
use super::random::Chance;
use super::retainers::Retainers;

/// The first number of a business.
pub const FIRST_NUMBER: u64 = 1001;

/// Days that invoices are spread over.
const SPAN: i64 = 365;

/// Rows of some invoices and of all that belongs to them, in the order in which they refer to each other.
pub struct Batch {
    /// How many invoices there are.
    pub invoices: u64,
    /// Their rows.
    pub rows: [Rows; 9],
}

/// Makes up invoices of a business, in order of their numbers.
pub struct Invoices<'a> {
    business: &'a Business,
    clients: &'a [Client],
    zone: TimeZone,
    now: DateTime<Utc>,
    scale: u32,
    count: u64,
    /// When deposits were billed: their numbers are left out here.
    deposits: Vec<DateTime<Utc>>,
    chance: Chance,
    events: Events,
    heads: Rows,
    lines: Rows,
    views: Rows,
    payments: Rows,
    ledger: Rows,
    reminders: Rows,
    retainers: Retainers,
}

/// What was received for an invoice.
struct Receipt {
    at: DateTime<Utc>,
    amount: i64,
    /// What of it pays the invoice.
    allocated: i64,
    online: bool,
}

/// What became of an invoice.
#[derive(Default)]
struct Fate {
    viewed: Option<DateTime<Utc>>,
    voided: Option<DateTime<Utc>>,
    receipts: Vec<Receipt>,
}

/// An invoice's lines and what they come to.
struct Bill {
    lines: Vec<(&'static Item, LineInput)>,
    totals: Totals,
    /// The days it is for, where it comes again.
    days: Option<String>,
}

impl<'a> Invoices<'a> {
    /// Makes ready to make up `count` invoices of the year before `now`; they are `scale` times as many as usual.
    pub fn new(
        business: &'static Business,
        clients: &'a [Client],
        now: DateTime<Utc>,
        scale: u32,
        count: u64,
        mut chance: Chance,
        events: Events,
    ) -> Self {
        let zone: TimeZone = business.time_zone.parse().expect("the businesses' zones exist");
        let today = zone.today(now);
        let retainers = Retainers::new(
            business,
            clients,
            now,
            today,
            |day, minute| local(&zone, day, minute),
            &mut chance,
        );
        Self {
            business,
            clients,
            zone,
            now,
            scale,
            count,
            deposits: super::quotes::deposits(business, now),
            chance,
            events,
            heads: Rows::of(Table::Invoices),
            lines: Rows::of(Table::InvoiceLines),
            views: Rows::of(Table::InvoiceViews),
            payments: Rows::of(Table::Payments),
            ledger: Rows::of(Table::Ledger),
            reminders: Rows::of(Table::Reminders),
            retainers,
        }
    }

    /// Makes up those with these places in the order, from 0.
    pub fn batch(&mut self, places: std::ops::Range<u64>) -> Batch {
        let invoices = places.end - places.start;
        for place in places {
            self.issued(place);
        }
        self.take(invoices)
    }

    /// Makes up drafts of the last days.
    pub fn drafts(&mut self, count: u64) -> Batch {
        for _ in 0..count {
            let minutes = self.chance.between((30, 9 * 1440));
            self.draft(self.now - TimeDelta::minutes(minutes));
        }
        // What all of them were made from comes last.
        let [recurring, periods] = self.retainers.rows(self.clients, self.now, &mut self.events);
        let mut batch = self.take(count);
        batch.rows[6] = recurring;
        batch.rows[7] = periods;
        batch
    }

    fn take(&mut self, invoices: u64) -> Batch {
        let take = |rows: &mut Rows, table| std::mem::replace(rows, Rows::of(table));
        let rows = [
            take(&mut self.heads, Table::Invoices),
            take(&mut self.lines, Table::InvoiceLines),
            take(&mut self.views, Table::InvoiceViews),
            take(&mut self.payments, Table::Payments),
            take(&mut self.ledger, Table::Ledger),
            take(&mut self.reminders, Table::Reminders),
            Rows::of(Table::RecurringInvoices),
            Rows::of(Table::RecurringPeriods),
            self.events.take(),
        ];
        Batch { invoices, rows }
    }

    /// When the invoice at a place was issued: in working hours, no earlier than the one before it.
    fn moment(&self, place: u64) -> DateTime<Utc> {
        let today = self.zone.today(self.now);
        // In thousandths of days, so that nothing is rounded on the way.
        let thousandths = SPAN * 1000 * i64::try_from(place).unwrap_or_default()
            / i64::try_from(self.count.max(1)).unwrap_or(1);
        let day = today - Days::new(SPAN.unsigned_abs()) + Days::new((thousandths / 1000).unsigned_abs());
        let part = thousandths % 1000;
        // What falls on a weekend was done on Friday evening.
        let (day, minute) = match day.weekday() {
            Weekday::Sat => (day - Days::new(1), 17 * 60 + part * 30 / 1000),
            Weekday::Sun => (day - Days::new(2), 17 * 60 + 30 + part * 30 / 1000),
            _ => (day, 8 * 60 + part * 540 / 1000),
        };
        self.local(day, minute)
    }

    fn local(&self, day: NaiveDate, minute: i64) -> DateTime<Utc> {
        local(&self.zone, day, minute)
    }

    /// Moves an instant into the working hours of its day, or of the Monday after.
    fn at_work(&mut self, at: DateTime<Utc>) -> DateTime<Utc> {
        let day = self.zone.today(at);
        let day = match day.weekday() {
            Weekday::Sat => day + Days::new(2),
            Weekday::Sun => day + Days::new(1),
            _ => day,
        };
        let minute = self.chance.between((8 * 60 + 30, 17 * 60));
        self.local(day, minute).max(at)
    }

    fn bill(&mut self, region: &Region, currency: Currency) -> Bill {
        let taxes: Vec<Tax> = region.tax.iter().map(|tax| tax_of(*tax)).collect();
        let mut chosen: Vec<&'static Item> = Vec::new();
        for _ in 0..self.chance.between((1, 5)) {
            let item = self.chance.one(self.business.items);
            if !chosen.iter().any(|other| std::ptr::eq(*other, item)) {
                chosen.push(item);
            }
        }
        let lines: Vec<(&'static Item, LineInput)> = chosen
            .into_iter()
            .map(|item| {
                // Things that are counted come whole.
                let quarters = self.chance.between(item.quarters);
                let whole = matches!(item.unit, "pc" | "set" | "lot" | "Stk." | "trip" | "Seite");
                let quarters = if whole { (quarters / 4).max(1) * 4 } else { quarters };
                let cents = self.chance.between(item.cents);
                let cents = if item.cents.0 == item.cents.1 { cents } else { cents / 50 * 50 };
                let price = if currency.exponent() == 0 {
                    Decimal::from(cents * region.exchange / 1000 * 10)
                } else {
                    Decimal::new(cents, 2)
                };
                let input = LineInput {
                    quantity: Quantity::try_from(Decimal::new(quarters * 25, 2))
                        .expect("made-up quantities are small"),
                    unit_price: UnitPrice::try_from(price).expect("made-up prices are small"),
                    taxes: taxes.clone(),
                };
                (item, input)
            })
            .collect();
        let inputs: Vec<LineInput> = lines.iter().map(|(_, input)| input.clone()).collect();
        let totals = totals::compute(&inputs, None, currency, Rounding::PerDocument, PriceMode::Exclusive)
            .expect("made-up amounts are small");
        Bill { lines, totals, days: None }
    }

    /// The client of an invoice. The first one always has something to pay, and something late, but no more of it
    /// in a bigger business.
    fn client(&mut self, place: Option<u64>, due: Option<NaiveDate>) -> (&'a Client, bool) {
        let last = place.is_some_and(|place| place + 8 >= self.count && place.is_multiple_of(4));
        let today = self.zone.today(self.now);
        let late = due.is_some_and(|due| due < today && due >= today - Days::new(5))
            && self.chance.rarely(60, self.scale);
        if last || late {
            return (&self.clients[0], true);
        }
        (&self.clients[self.chance.index(self.clients.len())], false)
    }

    fn issued(&mut self, place: u64) {
        let moment = self.moment(place);
        // The last places are for what is open; nothing comes between.
        let billed = if place + 8 < self.count { self.retainers.due(moment) } else { None };
        let at = billed.as_ref().map_or(moment, |billed| billed.at);
        let issued_on = billed.as_ref().map_or_else(|| self.zone.today(at), |billed| billed.day);
        let due_on = issued_on + Days::new(self.business.terms.into());
        let (client, open) = match &billed {
            Some(billed) => (&self.clients[billed.client], false),
            None => self.client(Some(place), Some(due_on)),
        };
        let currency: Currency = client.region.currency.parse().expect("the regions' currencies exist");
        let bill = match &billed {
            Some(billed) => Bill {
                lines: vec![(billed.item, billed.line.clone())],
                totals: billed.totals.clone(),
                days: Some(billed.days.clone()),
            },
            None => self.bill(client.region, currency),
        };
        let total = bill.totals.gross;
        let before = self.deposits.iter().filter(|deposit| **deposit < at).count() as u64;
        let number = format!("{}{}", self.business.prefix, FIRST_NUMBER + place + before);
        // The newest has only just gone out.
        let fate = match (place + 1 == self.count, open) {
            (true, _) => Fate::default(),
            (false, true) => self.waiting(at),
            (false, false) => self.fate(client, at, due_on, total),
        };

        let id: InvoiceId = self.chance.id(at);
        let paid = fate.receipts.iter().map(|receipt| receipt.allocated).sum::<i64>();
        let paid_at = fate.receipts.last().filter(|_| paid == total.minor()).map(|receipt| receipt.at);
        let status = if fate.voided.is_some() {
            InvoiceStatus::Void
        } else {
            let sent = InvoiceStatus::Sent;
            sent.settle(total, &Settlement::paid(Money::new(paid, currency)), fate.viewed.is_some())
                .expect("a sent invoice can be paid")
        };
        let changes = 1
            + u64::from(fate.viewed.is_some())
            + u64::from(fate.voided.is_some())
            + fate.receipts.len() as u64;

        let rows = &mut self.heads;
        rows.id(id).id(client.id).text(&number).text(status.as_str()).plain(currency);
        rows.date(issued_on).date(issued_on).date(due_on);
        let reference = self
            .chance
            .one(self.business.references)
            .replace("{}", &self.chance.between((100, 999)).to_string());
        let note = *self.chance.one(self.business.notes);
        let (reference, note) = if billed.is_some() { ("", "") } else { (reference.as_str(), note) };
        rows.text(reference).text(note).text(&client.name).json(&client.address);
        rows.text(self.business.footer)
            .text(Rounding::PerDocument.as_str())
            .text(PriceMode::Exclusive.as_str());
        rows.json(&bill.totals).plain(total.minor()).plain(paid).at(at).maybe(fate.viewed, Rows::at);
        rows.maybe(paid_at, Rows::at).maybe(fate.voided, Rows::at);
        rows.maybe(fate.voided.map(|_| VOIDED), Rows::text);
        // What comes again was written by nobody, and at once.
        let author = billed.is_none().then(|| self.events.somebody());
        let written = if billed.is_some() { at } else { at - TimeDelta::minutes(25) };
        rows.maybe(author, Rows::id).at(written).plain(1 + changes).end();
        self.write_lines(id, at, &bill);
        self.ledger_entry(at, "issue", client, Some(id), None, total);
        self.remind(client, id, &number, (at, due_on), &fate, paid_at);
        self.tell(client, id, &number, (at, written), &fate, total, paid_at);
        if let Some(billed) = &billed {
            self.retainers.made(billed, id, self.clients, &mut self.events);
        }
    }

    /// The steps of reminders that it reached before it was settled.
    fn remind(
        &mut self,
        client: &Client,
        id: InvoiceId,
        number: &str,
        (at, due_on): (DateTime<Utc>, NaiveDate),
        fate: &Fate,
        paid_at: Option<DateTime<Utc>>,
    ) {
        let end = [paid_at, fate.voided].into_iter().flatten().fold(self.now, DateTime::min);
        for (days, _) in LADDER {
            let reached = self.local(due_on + Days::new(days.unsigned_abs().into()), 9 * 60);
            if reached > end || reached < at {
                continue;
            }
            self.reminders.id(id).plain(days).at(reached).plain(true).end();
            let to = client.contacts.iter().map(|contact| contact.email.clone()).collect();
            let event = Event::InvoiceReminded { invoice_id: id, number: number.to_owned(), days, to };
            self.events.add(reached, Who::System, Subject::Invoice(id), client.id, &event);
        }
    }

    fn draft(&mut self, at: DateTime<Utc>) {
        let (client, _) = self.client(None, None);
        let currency: Currency = client.region.currency.parse().expect("the regions' currencies exist");
        let bill = self.bill(client.region, currency);
        let id: InvoiceId = self.chance.id(at);
        let rows = &mut self.heads;
        rows.id(id).id(client.id).null().text(InvoiceStatus::Draft.as_str()).plain(currency);
        rows.date(self.zone.today(at))
            .null()
            .null()
            .text("")
            .text("")
            .text(&client.name)
            .json(&client.address)
            .text("");
        rows.text(Rounding::PerDocument.as_str()).text(PriceMode::Exclusive.as_str()).json(&bill.totals);
        rows.plain(bill.totals.gross.minor()).plain(0).null().null().null().null().null();
        rows.id(self.events.somebody()).at(at).plain(1).end();
        self.write_lines(id, at, &bill);
        let created = Event::InvoiceCreated { invoice_id: id };
        self.events.add(at, Who::Staff, Subject::Invoice(id), client.id, &created);
    }

    fn write_lines(&mut self, invoice: InvoiceId, at: DateTime<Utc>, bill: &Bill) {
        for ((position, (item, input)), amount) in (1..).zip(&bill.lines).zip(&bill.totals.lines) {
            let rows = &mut self.lines;
            rows.id(self.chance.id::<LineId>(at))
                .id(invoice)
                .plain(position)
                .text(item.name)
                .text(bill.days.as_deref().unwrap_or(item.detail));
            rows.plain(input.quantity).text(item.unit).plain(input.unit_price).json(&input.taxes);
            rows.plain(amount.minor()).end();
        }
    }

    fn ledger_entry(
        &mut self,
        at: DateTime<Utc>,
        kind: &str,
        client: &Client,
        invoice: Option<InvoiceId>,
        payment: Option<PaymentId>,
        amount: Money,
    ) {
        let rows = &mut self.ledger;
        rows.id(self.chance.id::<LedgerEntryId>(at)).at(at).text(kind).id(client.id);
        rows.maybe(invoice, Rows::id)
            .maybe(payment, Rows::id)
            .plain(amount.currency())
            .plain(amount.minor())
            .end();
    }

    /// Seen, perhaps, and nothing more.
    fn waiting(&mut self, at: DateTime<Utc>) -> Fate {
        let viewed = self.chance.later(at, (20, 1440));
        Fate { viewed: Some(viewed).filter(|viewed| *viewed <= self.now), ..Fate::default() }
    }

    /// What happened until now.
    fn fate(&mut self, client: &Client, at: DateTime<Utc>, due_on: NaiveDate, total: Money) -> Fate {
        let viewed = self.chance.percent(80).then(|| self.chance.later(at, (15, 3 * 1440)));
        let mut fate = Fate { viewed: viewed.filter(|viewed| *viewed <= self.now), ..Fate::default() };
        if self.chance.percent(2) {
            let voided = self.chance.days_later(at, (1, 5));
            let voided = self.at_work(voided);
            fate.voided = Some(voided).filter(|voided| *voided <= self.now);
            fate.viewed = fate.viewed.filter(|viewed| fate.voided.is_none_or(|voided| *viewed < voided));
            return fate;
        }
        let due = self.local(due_on, 12 * 60);
        let settled = match client.habit {
            Habit::Prompt => self.chance.days_later(at, (1, 6)),
            Habit::Usual => self.chance.days_later(due, (-5, 2)).max(at + TimeDelta::hours(3)),
            Habit::Slow => self.chance.days_later(due, (4, 40)),
            Habit::Doubtful if self.chance.percent(40) => return fate,
            Habit::Doubtful => self.chance.days_later(due, (10, 70)),
        };
        let online = self.chance.percent(60);
        let settled = if online { settled } else { self.at_work(settled) };
        let whole = total.minor();
        let mut receipts = Vec::new();
        if self.business.partial && whole > 1000 && self.chance.percent(6) {
            let part = whole * self.chance.between((30, 70)) / 100;
            receipts.push(Receipt { at: settled, amount: part, allocated: part, online });
            if self.chance.percent(60) {
                let rest = self.chance.days_later(settled, (8, 30));
                receipts.push(Receipt { at: rest, amount: whole - part, allocated: whole - part, online });
            }
        } else {
            // Some round up what they transfer; the rest is their credit.
            let over = if !online && self.chance.percent(1) { 100 - whole % 100 } else { 0 };
            receipts.push(Receipt { at: settled, amount: whole + over, allocated: whole, online });
        }
        receipts.retain(|receipt| receipt.at <= self.now);
        if let Some(first) = receipts.iter().find(|receipt| receipt.online) {
            // Nobody pays on a page without seeing it.
            let seen = first.at - TimeDelta::minutes(3);
            fate.viewed = Some(fate.viewed.map_or(seen, |viewed| viewed.min(seen)));
        }
        fate.receipts = receipts;
        fate
    }

    /// Writes what happened: views, payments, their entries in the ledger, events.
    #[expect(clippy::too_many_arguments, reason = "an invoice and what became of it")]
    fn tell(
        &mut self,
        client: &Client,
        id: InvoiceId,
        number: &str,
        (at, written): (DateTime<Utc>, DateTime<Utc>),
        fate: &Fate,
        total: Money,
        paid_at: Option<DateTime<Utc>>,
    ) {
        let (subject, currency) = (Subject::Invoice(id), total.currency());
        let contact = &client.contacts[self.chance.index(client.contacts.len())];
        let number = number.to_owned();
        let author = if written == at { Who::System } else { Who::Staff };
        self.events.add(written, author, subject, client.id, &Event::InvoiceCreated { invoice_id: id });
        let to = client.contacts.iter().map(|contact| contact.name.clone()).collect();
        let sent = Event::InvoiceSent { invoice_id: id, number: number.clone(), total, to };
        self.events.add(at, author, subject, client.id, &sent);
        if let Some(viewed) = fate.viewed {
            self.views.id(self.chance.id::<InvoiceId>(viewed)).id(id).id(contact.id).at(viewed).end();
            let event = Event::InvoiceViewed { invoice_id: id, number: number.clone() };
            self.events.add(viewed, Who::Contact(contact), subject, client.id, &event);
        }
        if let Some(voided) = fate.voided {
            self.ledger_entry(voided, "void", client, Some(id), None, total);
            let event =
                Event::InvoiceVoided { invoice_id: id, number: number.clone(), reason: VOIDED.to_owned() };
            self.events.add(voided, Who::Staff, subject, client.id, &event);
        }
        for receipt in &fate.receipts {
            let payment = self.payment(client, &number, receipt, currency);
            let (amount, allocated) =
                (Money::new(receipt.amount, currency), Money::new(receipt.allocated, currency));
            self.ledger_entry(receipt.at, "payment", client, None, Some(payment), amount);
            self.ledger_entry(receipt.at, "allocation", client, Some(id), Some(payment), allocated);
            let method = method(receipt.online, contact).to_owned();
            let who = if receipt.online { Who::Contact(contact) } else { Who::Staff };
            let event = Event::PaymentReceived { payment_id: payment, invoice_id: Some(id), amount, method };
            self.events.add(receipt.at, who, subject, client.id, &event);
        }
        if let Some(paid_at) = paid_at {
            let event = Event::InvoicePaid { invoice_id: id, number };
            self.events.add(paid_at + TimeDelta::milliseconds(1), Who::System, subject, client.id, &event);
        }
    }

    fn payment(&mut self, client: &Client, number: &str, receipt: &Receipt, currency: Currency) -> PaymentId {
        let id: PaymentId = self.chance.id(receipt.at);
        let contact = &client.contacts[0];
        let recorded_by = (!receipt.online).then(|| self.events.somebody());
        let rows = &mut self.payments;
        rows.id(id).id(client.id).text(if receipt.online { "sandbox" } else { "manual" });
        rows.maybe(receipt.online.then(|| format!("demo_{id}")), |rows, text| rows.text(&text));
        rows.text(method(receipt.online, contact)).plain(currency).plain(receipt.amount);
        rows.plain(receipt.amount - receipt.allocated).date(self.zone.today(receipt.at)).text(number);
        rows.maybe(recorded_by, Rows::id).at(receipt.at).end();
        id
    }
}

/// A minute of a day in a zone.
fn local(zone: &TimeZone, day: NaiveDate, minute: i64) -> DateTime<Utc> {
    let local = day.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(minute);
    let at = zone.rules().from_local_datetime(&local).earliest();
    at.map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

const VOIDED: &str = "Written for the wrong address";

fn method(online: bool, contact: &Contact) -> &'static str {
    match (online, contact.name.len() % 3) {
        (false, _) => ManualMethod::BankTransfer.as_str(),
        (true, 0) => "Visa ···· 4242",
        (true, 1) => "Mastercard ···· 4444",
        (true, _) => "Visa ···· 0005",
    }
}

/// A tax from its name and percentage.
pub fn tax_of((name, rate): (&str, &str)) -> Tax {
    Tax { name: name.to_owned(), rate: rate.parse().expect("the regions' rates are rates") }
}
