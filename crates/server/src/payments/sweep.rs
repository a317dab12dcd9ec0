//! Looking after attempts nobody told us about. With every webhook lost, this alone yields the right books.

use domain::organizations::OrganizationId;
use domain::payments::{AttemptId, AttemptState};
use store::payments::{attempts, refunds};
use store::{Reason, jobs};

use super::jobs::{AttemptPayload, CHECK_ATTEMPT, REFUND, RefundPayload};
use super::settle::{self, Outcome};
use crate::App;
use crate::automatic_charges;
use crate::problem::Result;

/// Attempts of one round; the next round takes the next.
const BATCH: i64 = 200;

/// Asks for everything that was unknown for too long to be looked up.
pub async fn sweep(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.begin_system(Reason::Sweep, now).await?;
    let unknown = attempts::claim_unknown(&mut tx, BATCH).await?;
    let refunds = refunds::claim_unknown(&mut tx, BATCH).await?;
    tx.commit().await?;
    for (organization, refund_id) in refunds {
        let mut tx = app.store.begin_worker(organization, Reason::Sweep, now).await?;
        let payload = serde_json::json!(RefundPayload { refund_id });
        jobs::enqueue(&mut tx, REFUND, &payload, now, Some(&refund_id.to_string())).await?;
        tx.commit().await?;
    }
    for (organization, attempt_id) in unknown {
        let mut tx = app.store.begin_worker(organization, Reason::Sweep, now).await?;
        let payload = serde_json::json!(AttemptPayload { attempt_id });
        jobs::enqueue(&mut tx, CHECK_ATTEMPT, &payload, now, Some(&attempt_id.to_string())).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Looks an attempt up at its provider. One whose page was never opened is over: nobody knows an address
/// to pay it at. A charge that may not have been asked for is asked for once more.
pub async fn look(app: &App, organization: OrganizationId, id: AttemptId) -> Result<Outcome> {
    let mut tx = app.store.begin_worker(organization, Reason::Sweep, app.clock.now()).await?;
    let attempt = attempts::lock(&mut tx, id).await?;
    if attempt.provider_reference.is_some() {
        drop(tx);
        return settle::settle_attempt(app, organization, id, None, None).await;
    }
    if attempt.state.is_live() && attempt.saved_method_id.is_some() {
        drop(tx);
        automatic_charges::carry_out(app, organization, id, true).await?;
        return Ok(Outcome::Settled);
    }
    if attempt.state.is_live() {
        let reason = "The payment page never opened.";
        settle::close(app, &mut tx, &attempt, AttemptState::Expired, reason, None).await?;
        tx.commit().await?;
    }
    Ok(Outcome::Settled)
}
