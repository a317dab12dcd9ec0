//! What happens later: forgetting methods at their provider, looking after pages nobody told us about.

use domain::saved_methods::SavedMethodId;
use serde::{Deserialize, Serialize};
use store::jobs::{self, Job};
use store::payments::connections;
use store::{Reason, Tx, saved_methods};

use super::settle::settle;
use crate::App;
use crate::payments::providers;
use crate::problem::Result;
use crate::worker::JobError;

/// Forgets a method at its provider.
pub const DETACH: &str = "detach_method";
/// Looks a method up at its provider.
pub const CHECK: &str = "check_method";
/// Methods of one round; the next round takes the next.
const BATCH: i64 = 200;

#[derive(Serialize, Deserialize)]
struct Payload {
    saved_method_id: SavedMethodId,
}

fn payload(job: &Job) -> Result<SavedMethodId, JobError> {
    let payload: Payload =
        serde_json::from_value(job.payload.clone()).map_err(|error| JobError::Hopeless(error.to_string()))?;
    Ok(payload.saved_method_id)
}

async fn enqueue(tx: &mut Tx, kind: &str, saved_method_id: SavedMethodId) -> store::Result<()> {
    let payload = serde_json::json!(Payload { saved_method_id });
    let now = tx.now();
    jobs::enqueue(tx, kind, &payload, now, Some(&saved_method_id.to_string())).await
}

/// Asks for a method to be forgotten at its provider.
pub async fn detach_later(tx: &mut Tx, id: SavedMethodId) -> store::Result<()> {
    enqueue(tx, DETACH, id).await
}

async fn finish(app: &App, job: &Job) -> Result<(), JobError> {
    let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, app.clock.now()).await?;
    jobs::finish(&mut tx, job.id).await?;
    tx.commit().await?;
    Ok(())
}

/// Does [`DETACH`].
pub async fn detach(app: &App, job: &Job) -> Result<(), JobError> {
    let id = payload(job)?;
    let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, app.clock.now()).await?;
    let method = saved_methods::get(&mut tx, id).await?;
    let account = connections::find(&mut tx, method.connection_id).await?;
    drop(tx);
    let provider = providers::open(app, &account)?;
    if let (Some(saver), Some(reference)) = (provider.saves_methods(), &method.method_reference) {
        saver.detach(reference).await.map_err(providers::failure)?;
    }
    finish(app, job).await
}

/// Does [`CHECK`].
pub async fn check(app: &App, job: &Job) -> Result<(), JobError> {
    let id = payload(job)?;
    if let Err(failure) = settle(app, job.organization_id, id).await {
        // The sweep comes again; a provider that is down for hours must not fill the list of failed jobs.
        tracing::warn!(method = %id, error = %failure, "a payment method could not be looked up");
    }
    finish(app, job).await
}

/// Asks for everything that was unknown for too long to be looked up.
pub async fn sweep(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.begin_system(Reason::Sweep, now).await?;
    let unknown = saved_methods::claim_unknown(&mut tx, BATCH).await?;
    tx.commit().await?;
    for (organization, id) in unknown {
        let mut tx = app.store.begin_worker(organization, Reason::Sweep, now).await?;
        enqueue(&mut tx, CHECK, id).await?;
        tx.commit().await?;
    }
    Ok(())
}
