//! What happens later: applying providers' events, looking after attempts, calling them off.

use domain::invoices::InvoiceId;
use domain::payments::{AttemptId, InboundEventId};
use domain::refunds::RefundId;
use serde::{Deserialize, Serialize};
use store::jobs::{self, Job};
use store::payments::attempts;
use store::{Reason, Tx};

use super::{checkout, inbox, refunds, sweep};
use crate::App;
use crate::worker::JobError;

/// Applies an event of a provider.
pub const INBOUND_EVENT: &str = "inbound_event";
/// Looks an attempt up at its provider.
pub const CHECK_ATTEMPT: &str = "check_attempt";
/// Calls off live attempts at an invoice that was voided or changed.
pub const EXPIRE_ATTEMPTS: &str = "expire_attempts";

/// Sees a refund through at its provider.
pub const REFUND: &str = "refund";

#[derive(Serialize, Deserialize)]
pub(super) struct EventPayload {
    pub inbound_event_id: InboundEventId,
}

#[derive(Serialize, Deserialize)]
pub(super) struct AttemptPayload {
    pub attempt_id: AttemptId,
}

#[derive(Serialize, Deserialize)]
pub(super) struct RefundPayload {
    pub refund_id: RefundId,
}

#[derive(Serialize, Deserialize)]
struct InvoicePayload {
    invoice_id: InvoiceId,
}

fn payload<T: for<'de> Deserialize<'de>>(job: &Job) -> Result<T, JobError> {
    serde_json::from_value(job.payload.clone()).map_err(|error| JobError::Hopeless(error.to_string()))
}

async fn finish(app: &App, job: &Job) -> Result<(), JobError> {
    let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, app.clock.now()).await?;
    jobs::finish(&mut tx, job.id).await?;
    tx.commit().await?;
    Ok(())
}

/// Asks for live attempts at an invoice to be called off: it was voided or changed, or paid otherwise.
pub async fn expire_attempts_of(tx: &mut Tx, invoice_id: InvoiceId) -> store::Result<()> {
    let payload = serde_json::json!(InvoicePayload { invoice_id });
    let now = tx.now();
    jobs::enqueue(tx, EXPIRE_ATTEMPTS, &payload, now, Some(&invoice_id.to_string())).await
}

/// Does [`INBOUND_EVENT`].
pub async fn inbound_event(app: &App, job: &Job) -> Result<(), JobError> {
    let EventPayload { inbound_event_id } = payload(job)?;
    inbox::apply(app, job, inbound_event_id).await?;
    finish(app, job).await
}

/// Does [`CHECK_ATTEMPT`].
pub async fn check_attempt(app: &App, job: &Job) -> Result<(), JobError> {
    let AttemptPayload { attempt_id } = payload(job)?;
    if let Err(failure) = sweep::look(app, job.organization_id, attempt_id).await {
        // The sweep comes again; a provider that is down for hours must not fill the list of failed jobs.
        tracing::warn!(attempt = %attempt_id, error = %failure, "an attempt could not be looked up");
    }
    finish(app, job).await
}

/// Does [`EXPIRE_ATTEMPTS`].
pub async fn expire_attempts(app: &App, job: &Job) -> Result<(), JobError> {
    let InvoicePayload { invoice_id } = payload(job)?;
    let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, app.clock.now()).await?;
    let live = attempts::live_on(&mut tx, &[invoice_id]).await?;
    drop(tx);
    for (id, _) in live {
        checkout::call_off(app, job.organization_id, id).await?;
    }
    finish(app, job).await
}

/// Does [`REFUND`].
pub async fn refund(app: &App, job: &Job) -> Result<(), JobError> {
    let RefundPayload { refund_id } = payload(job)?;
    refunds::see_through(app, job.organization_id, refund_id).await?;
    finish(app, job).await
}
