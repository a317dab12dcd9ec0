//! Making the invoices whose day has come: each period once, in order, however often and wherever this runs.

use chrono::{Days, NaiveDate};
use domain::events::Event;
use domain::invoices::SendInvoice;
use domain::organizations::OrganizationId;
use domain::recurring::{Delivery, Period, RecurringInvoiceId, RecurringState};
use domain::text::Language;
use serde::{Deserialize, Serialize};
use store::jobs::{self, Job};
use store::recurring::{self, Position, Recurring};
use store::{Reason, Tx, invoices, organizations};

use super::actions::{position, record};
use crate::App;
use crate::automatic_charges;
use crate::invoices::{actions, send};
use crate::mail::format;
use crate::problem::{Failure, Result};
use crate::worker::JobError;

/// Bills what is due of one recurring invoice.
pub const BILL: &str = "bill_recurring";
/// Recurring invoices of one round; the next round takes the next.
const BATCH: i64 = 200;

#[derive(Serialize, Deserialize)]
struct Payload {
    recurring_invoice_id: RecurringInvoiceId,
}

/// Asks for everything that is due to be billed.
pub async fn round(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.begin_system(Reason::Jobs, now).await?;
    // Somewhere it may be tomorrow already.
    let due = recurring::due(&mut tx, now.date_naive() + Days::new(1), BATCH).await?;
    drop(tx);
    for (organization, recurring_invoice_id) in due {
        let mut tx = app.store.begin_worker(organization, Reason::Jobs, now).await?;
        let recurring = recurring::find(&mut tx, recurring_invoice_id).await?;
        let today = organizations::today(&mut tx).await?;
        if recurring.next_on.is_some_and(|day| day <= today) {
            let payload = serde_json::json!(Payload { recurring_invoice_id });
            jobs::enqueue(&mut tx, BILL, &payload, now, Some(&recurring_invoice_id.to_string())).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Does [`BILL`].
pub async fn job(app: &App, job: &Job) -> Result<(), JobError> {
    let Payload { recurring_invoice_id: id } =
        serde_json::from_value(job.payload.clone()).map_err(|error| JobError::Hopeless(error.to_string()))?;
    bill_due(app, job.organization_id, id).await?;
    let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, app.clock.now()).await?;
    jobs::finish(&mut tx, job.id).await?;
    tx.commit().await?;
    Ok(())
}

/// Bills all periods whose day has come: a transaction for each, so that a failure loses none that was billed.
pub async fn bill_due(app: &App, organization: OrganizationId, id: RecurringInvoiceId) -> Result<()> {
    loop {
        let mut tx = app.store.begin_worker(organization, Reason::Jobs, app.clock.now()).await?;
        let recurring = recurring::lock(&mut tx, id).await?;
        let today = organizations::today(&mut tx).await?;
        let Some(period) = due(&recurring, today) else { return Ok(()) };
        match bill(app, &mut tx, &recurring, &period).await {
            Ok(()) => tx.commit().await?,
            // What a person would be refused, a person has to mend: it stops instead of trying for ever.
            Err(failure) if failure.problem().status < 500 => {
                drop(tx);
                stop(app, organization, id, &failure).await?;
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// The period to bill now, if its day has come.
fn due(recurring: &Recurring, today: NaiveDate) -> Option<Period> {
    if recurring.state != RecurringState::Active {
        return None;
    }
    recurring
        .input
        .schedule
        .period(recurring.next_index)
        .filter(|_| recurring.next_on.is_some_and(|day| day <= today))
}

async fn bill(app: &App, tx: &mut Tx, recurring: &Recurring, period: &Period) -> Result<()> {
    let organization = organizations::find(tx).await?;
    let recipients = invoices::recipients(tx, recurring.input.client_id, None).await?;
    let language = recipients.iter().find_map(|(_, language)| *language).unwrap_or(organization.language);
    let part = period.part_of.map(|whole| part(language, period.days(), whole));
    let draft = recurring.input.draft(period, &days(language, period), part.as_deref());
    let invoice = actions::create(tx, &draft).await?;
    let id = invoice.document.id;
    if recurring.input.delivery == Delivery::Send {
        send::send(app, tx, id, invoice.document.version, &SendInvoice::default()).await?;
    }
    recurring::note_period(tx, recurring.id, period, id).await?;
    automatic_charges::plan(tx, id).await?;
    let name = recurring.input.name.to_string();
    let event = Event::RecurringInvoiceBilled { recurring_invoice_id: recurring.id, invoice_id: id, name };
    record(tx, recurring.id, &recurring.input, &event).await?;
    let next = position(&recurring.input.schedule, period.index + 1);
    recurring::advance(tx, recurring.id, next, None, false).await?;
    Ok(())
}

/// Pauses one that can't be billed, and says why.
async fn stop(
    app: &App,
    organization: OrganizationId,
    id: RecurringInvoiceId,
    failure: &Failure,
) -> Result<()> {
    let mut tx = app.store.begin_worker(organization, Reason::Jobs, app.clock.now()).await?;
    let recurring = recurring::lock(&mut tx, id).await?;
    let problem = failure.problem();
    let reason = problem
        .errors
        .first()
        .map(|error| format!("{}: {}", error.pointer.trim_start_matches('/'), error.message))
        .or_else(|| problem.detail.clone())
        .unwrap_or_else(|| problem.title.clone());
    let at = Position {
        state: RecurringState::Paused,
        next_index: recurring.next_index,
        next_on: recurring.next_on,
    };
    recurring::advance(&mut tx, id, at, Some(&reason), false).await?;
    let name = recurring.input.name.to_string();
    let event = Event::RecurringInvoicePaused { recurring_invoice_id: id, name, reason: Some(reason) };
    record(&mut tx, id, &recurring.input, &event).await?;
    tx.commit().await?;
    Ok(())
}

/// The days of a period as its reader writes them.
fn days(language: Language, period: &Period) -> String {
    format!("{} \u{2013} {}", format::date(language, period.from), format::date(language, period.last()))
}

fn part(language: Language, days: i64, whole: i64) -> String {
    match language {
        Language::En => format!("{days} of {whole} days"),
        Language::De => format!("{days} von {whole} Tagen"),
    }
}
