//! Writing, pausing and ending.

use chrono::NaiveDate;
use domain::events::{Event, Subject};
use domain::invoices::InvoiceLineInput;
use domain::organizations::Organization;
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use domain::recurring::{
    Delivery, RecurringInvoice, RecurringInvoiceId, RecurringInvoiceInput, RecurringState, Schedule,
};
use domain::totals::{self, LineInput, Totals};
use store::recurring::{self, Position, Recurring};
use store::{Error, Tx, clients, events, organizations};

use crate::http::conflict_whole;
use crate::invoices::actions::misfit;
use crate::problem::Result;

/// How many days to come are shown.
const UPCOMING: u32 = 6;

/// What a whole period comes to, by the organization's present settings.
fn whole(organization: &Organization, input: &RecurringInvoiceInput) -> Result<Totals> {
    let lines: Vec<LineInput> = input.lines.iter().map(InvoiceLineInput::input).collect();
    let currency = input.currency.unwrap_or(organization.currency);
    let price_mode = input.price_mode.unwrap_or(organization.price_mode);
    let totals = totals::compute(&lines, input.discount, currency, organization.rounding, price_mode)
        .map_err(|error| misfit(error, &lines))?;
    if totals.gross.is_negative() {
        return Err(Problem::invalid("/lines", "negative_total", "must not come to less than nothing").into());
    }
    Ok(totals)
}

/// Checks what needs the database, or the caller.
async fn check(tx: &mut Tx, input: &RecurringInvoiceInput) -> Result<()> {
    if input.delivery == Delivery::Send && !tx.caller().may(Permission::SendInvoices) {
        return Err(
            Problem::invalid("/delivery", "forbidden", "must be `draft`: you may not send invoices").into()
        );
    }
    match clients::addressee(tx, input.client_id).await {
        Ok(client) if client.archived => {
            Err(Problem::invalid("/client_id", "archived", "must not be archived: restore the client first")
                .into())
        }
        Ok(_) => Ok(()),
        Err(Error::NotFound) => {
            Err(Problem::invalid("/client_id", "unknown", "must be one of your clients").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Where a schedule stands that goes on with a period: at its end if there is none.
pub(super) fn position(schedule: &Schedule, next_index: u32) -> Position {
    match schedule.period(next_index) {
        Some(period) => {
            Position { state: RecurringState::Active, next_index, next_on: Some(schedule.billed_on(&period)) }
        }
        None => Position { state: RecurringState::Ended, next_index, next_on: None },
    }
}

/// Begins one. Periods before today are billed, too: the start says from when.
pub async fn create(tx: &mut Tx, input: &RecurringInvoiceInput) -> Result<RecurringInvoice> {
    check(tx, input).await?;
    let id = begin(tx, input).await?;
    show(tx, id).await
}

/// The same without a look at who asks.
pub async fn begin(tx: &mut Tx, input: &RecurringInvoiceInput) -> Result<RecurringInvoiceId> {
    let organization = organizations::find(tx).await?;
    let totals = whole(&organization, input)?;
    let id = recurring::insert(tx, input, totals.gross, position(&input.schedule, 0)).await?;
    let event = Event::RecurringInvoiceCreated { recurring_invoice_id: id, name: input.name.to_string() };
    record(tx, id, input, &event).await?;
    Ok(id)
}

/// Writes it anew. The days that were billed stay as they are.
pub async fn change(
    tx: &mut Tx,
    id: RecurringInvoiceId,
    version: i64,
    input: &RecurringInvoiceInput,
) -> Result<RecurringInvoice> {
    let before = recurring::lock(tx, id).await?;
    let organization = organizations::find(tx).await?;
    if before.version != version {
        return Err(conflict_whole(input, &before.input, before.version));
    }
    check(tx, input).await?;
    let totals = whole(&organization, input)?;
    if let Some(billed) = recurring::billed_until(tx, id).await? {
        keeps_the_past(&before.input, input, billed)?;
    }
    let at = match before.state {
        RecurringState::Paused => {
            Position { state: RecurringState::Paused, ..position(&input.schedule, before.next_index) }
        }
        RecurringState::Active | RecurringState::Ended => position(&input.schedule, before.next_index),
    };
    recurring::update(tx, id, version, input, totals.gross, at).await?;
    let event = Event::RecurringInvoiceChanged { recurring_invoice_id: id, name: input.name.to_string() };
    record(tx, id, input, &event).await?;
    show(tx, id).await
}

/// What is billed can't be billed otherwise.
fn keeps_the_past(
    before: &RecurringInvoiceInput,
    input: &RecurringInvoiceInput,
    billed: NaiveDate,
) -> Result<()> {
    let refuse =
        |pointer: &str, message: String| Err(Problem::invalid(pointer, "already_billed", message).into());
    if input.client_id != before.client_id {
        return refuse("/client_id", "must stay: end this one and begin another".to_owned());
    }
    if (Schedule { ends_on: None, ..input.schedule }) != (Schedule { ends_on: None, ..before.schedule }) {
        return refuse(
            "/schedule",
            "must keep its rhythm and start: end this one and begin another".to_owned(),
        );
    }
    match input.schedule.ends_on {
        Some(end) if end < billed => {
            refuse("/schedule/ends_on", format!("must be {billed} or later: until then it is billed"))
        }
        _ => Ok(()),
    }
}

/// What staff ask for beside writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// No invoice for now.
    Pause,
    /// Go on with the first period whose day is today or later.
    Resume,
    /// No invoice any more.
    End,
}

/// Pauses, goes on or ends.
pub async fn step(tx: &mut Tx, id: RecurringInvoiceId, step: Step) -> Result<RecurringInvoice> {
    let recurring = recurring::lock(tx, id).await?;
    let name = recurring.input.name.to_string();
    let schedule = &recurring.input.schedule;
    let here =
        Position { state: recurring.state, next_index: recurring.next_index, next_on: recurring.next_on };
    let (at, event) = match (step, recurring.state) {
        (Step::Pause, RecurringState::Active) => (
            Position { state: RecurringState::Paused, ..here },
            Event::RecurringInvoicePaused { recurring_invoice_id: id, name, reason: None },
        ),
        (Step::Resume, RecurringState::Paused) => {
            check(tx, &recurring.input).await?;
            let today = organizations::today(tx).await?;
            let mut next = recurring.next_index;
            while schedule.period(next).is_some_and(|period| schedule.billed_on(&period) < today) {
                next += 1;
            }
            (position(schedule, next), Event::RecurringInvoiceResumed { recurring_invoice_id: id, name })
        }
        (Step::End, RecurringState::Active | RecurringState::Paused) => (
            Position { state: RecurringState::Ended, next_on: None, ..here },
            Event::RecurringInvoiceEnded { recurring_invoice_id: id, name },
        ),
        // Asked for twice: it is as wanted.
        (Step::Pause, RecurringState::Paused)
        | (Step::Resume, RecurringState::Active)
        | (Step::End, RecurringState::Ended) => return show(tx, id).await,
        (Step::Pause | Step::Resume, RecurringState::Ended) => {
            return Err(Problem::new(Code::Conflict).detail("It has ended: begin another.").into());
        }
    };
    recurring::advance(tx, id, at, None, true).await?;
    record(tx, id, &recurring.input, &event).await?;
    show(tx, id).await
}

/// Tells of a change.
pub(super) async fn record(
    tx: &mut Tx,
    id: RecurringInvoiceId,
    input: &RecurringInvoiceInput,
    event: &Event,
) -> Result<()> {
    events::record(tx, Subject::RecurringInvoice(id), Some(input.client_id), event).await?;
    Ok(())
}

/// One as staff see it.
pub async fn show(tx: &mut Tx, id: RecurringInvoiceId) -> Result<RecurringInvoice> {
    let organization = organizations::find(tx).await?;
    let Recurring { input, client_name, state, attention, next_index, version, .. } =
        recurring::find(tx, id).await?;
    let totals = whole(&organization, &input)?;
    let upcoming = match state {
        RecurringState::Active => (next_index..next_index.saturating_add(UPCOMING))
            .map_while(|index| input.schedule.period(index))
            .map(|period| input.schedule.billed_on(&period))
            .collect(),
        RecurringState::Paused | RecurringState::Ended => Vec::new(),
    };
    Ok(RecurringInvoice { id, input, client_name, state, attention, totals, upcoming, version })
}
