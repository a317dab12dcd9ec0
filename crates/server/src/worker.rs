//! Work for later: claims jobs and does them, in any number of processes.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use store::Reason;
use store::jobs::{self, Job};
use tokio::sync::watch;

use crate::App;
use crate::identity::jobs as identity;
use crate::payments::jobs as payments;
use crate::problem::Failure;
use crate::quotes::jobs as quotes;
use crate::saved_methods::jobs as saved_methods;

/// Jobs that one worker does at a time.
const BATCH: i64 = 8;
/// How often to say that claimed jobs are still being done: often enough before [`jobs::LOCK`] ends.
const HOLD: Duration = Duration::from_secs(10);
/// How long to sleep when nothing says that there is work.
const IDLE: Duration = Duration::from_secs(15);
/// How often to do what isn't a job: sweeps.
const ROUND: TimeDelta = TimeDelta::minutes(1);

/// Why a job wasn't done.
#[derive(Debug)]
pub enum JobError {
    /// It may work later.
    Retry(String),
    /// It never will.
    Hopeless(String),
}

impl From<Failure> for JobError {
    fn from(failure: Failure) -> Self {
        Self::Retry(failure.to_string())
    }
}

impl From<store::Error> for JobError {
    fn from(error: store::Error) -> Self {
        Self::Retry(error.to_string())
    }
}

/// Works until told to stop, then finishes what it has begun.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut listener = app.store.listen_for_jobs().await.ok();
    let mut next_round = app.clock.now();
    while !*stop.borrow() {
        let now = app.clock.now();
        if now >= next_round {
            next_round = now + ROUND;
            if let Err(error) = round(&app).await {
                tracing::error!(%error, "the regular round failed");
            }
        }
        match work_once(&app).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::error!(%error, "claiming jobs failed"),
        }
        let sleep = pause(&app).await;
        let woken = async {
            match &mut listener {
                Some(listener) => {
                    let _ = listener.recv().await;
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(sleep) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Until the next job is due, at most [`IDLE`].
async fn pause(app: &App) -> Duration {
    let now = app.clock.now();
    let next = async {
        let mut tx = app.store.begin_system(Reason::Jobs, now).await?;
        jobs::next_due(&mut tx).await
    };
    match next.await {
        Ok(Some(due)) => (due - now).to_std().unwrap_or_default().clamp(Duration::from_millis(20), IDLE),
        Ok(None) | Err(_) => IDLE,
    }
}

/// Does the jobs that are due, as many as fit a batch; returns how many. Tests call it in a loop.
pub async fn work_once(app: &App) -> Result<usize, store::Error> {
    let mut tx = app.store.begin_system(Reason::Jobs, app.clock.now()).await?;
    let claimed = jobs::claim(&mut tx, BATCH).await?;
    tx.commit().await?;
    tokio::select! {
        _ = join_all(claimed.iter().map(|job| attend(app, job))) => {}
        () = hold(app, &claimed) => {}
    }
    Ok(claimed.len())
}

/// Holds jobs for as long as this is polled.
async fn hold(app: &App, claimed: &[Job]) {
    loop {
        tokio::time::sleep(HOLD).await;
        let held = async {
            let mut tx = app.store.begin_system(Reason::Jobs, app.clock.now()).await?;
            jobs::hold(&mut tx, claimed).await?;
            tx.commit().await
        };
        if let Err(error) = held.await {
            tracing::warn!(%error, "jobs could not be held: others may begin them, too");
        }
    }
}

async fn attend(app: &App, job: &Job) {
    let outcome = perform(app, job).await;
    let (error, hopeless) = match outcome {
        Ok(()) => return,
        Err(JobError::Retry(error)) => (error, false),
        Err(JobError::Hopeless(error)) => (error, true),
    };
    tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempt, error, "a job failed");
    let noted = async {
        let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, app.clock.now()).await?;
        jobs::fail(&mut tx, job, &error, hopeless).await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::error!(job = %job.id, %error, "a failed job could not be noted; it runs again when its lock ends");
    }
}

/// Finds who does a kind of job. Whoever does it calls [`jobs::finish`] in its last transaction.
async fn perform(app: &App, job: &Job) -> Result<(), JobError> {
    match job.kind.as_str() {
        store::mail::SEND_MAIL => crate::mail::send(app, job).await,
        identity::PORTAL_LINK => identity::mail_portal_link(app, job).await,
        identity::PASSWORD_RESET => identity::mail_password_reset(app, job).await,
        payments::INBOUND_EVENT => payments::inbound_event(app, job).await,
        payments::CHECK_ATTEMPT => payments::check_attempt(app, job).await,
        payments::REFUND => payments::refund(app, job).await,
        payments::EXPIRE_ATTEMPTS => payments::expire_attempts(app, job).await,
        quotes::REMIND => quotes::remind(app, job).await,
        quotes::EXPIRE => quotes::expire(app, job).await,
        crate::recurring::bill::BILL => crate::recurring::bill::job(app, job).await,
        crate::automatic_charges::CHARGE => crate::automatic_charges::job(app, job).await,
        saved_methods::DETACH => saved_methods::detach(app, job).await,
        saved_methods::CHECK => saved_methods::check(app, job).await,
        crate::late_fees::charge::CHARGE => crate::late_fees::charge::job(app, job).await,
        crate::reminders::remind::REMIND => crate::reminders::remind::job(app, job).await,
        other => Err(JobError::Hopeless(format!("nobody does jobs of the kind {other}"))),
    }
}

/// What has to be looked after now and then.
async fn round(app: &App) -> Result<(), Failure> {
    let now = app.clock.now();
    let mut tx = app.store.begin_system(Reason::Jobs, now).await?;
    store::idempotency::sweep(&mut tx).await?;
    store::identity::sweep(&mut tx).await?;
    store::invoices::fold_figures(&mut tx).await?;
    tx.commit().await?;
    crate::recurring::bill::round(app).await?;
    crate::automatic_charges::round(app).await?;
    crate::reminders::remind::round(app).await?;
    saved_methods::sweep(app).await?;
    crate::late_fees::charge::round(app).await?;
    crate::payments::sweep(app).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;

    async fn claim(test: &TestApp) -> Vec<Job> {
        let mut tx = test.app.store.begin_system(Reason::Jobs, test.now()).await.unwrap();
        let claimed = jobs::claim(&mut tx, BATCH).await.unwrap();
        tx.commit().await.unwrap();
        claimed
    }

    #[actix_web::test]
    async fn what_a_killed_worker_left_is_taken_up_soon_and_what_is_held_is_not() {
        let test = TestApp::new().await;
        let mut tx = test.worker("acme").await;
        jobs::enqueue(&mut tx, "unknown", &serde_json::json!({}), test.now(), None).await.unwrap();
        tx.commit().await.unwrap();
        let first = claim(&test).await;
        assert_eq!(first.len(), 1);
        test.advance(TimeDelta::seconds(20)).await;
        let mut tx = test.app.store.begin_system(Reason::Jobs, test.now()).await.unwrap();
        jobs::hold(&mut tx, &first).await.unwrap();
        tx.commit().await.unwrap();
        test.advance(TimeDelta::seconds(20)).await;
        assert_eq!(claim(&test).await.len(), 0, "it is held");
        test.advance(jobs::LOCK).await;
        let second = claim(&test).await;
        assert_eq!(second.iter().map(|job| (job.id, job.attempt)).collect::<Vec<_>>(), [(first[0].id, 2)]);
        // Who comes back late holds nothing of what another has taken.
        test.advance(TimeDelta::seconds(20)).await;
        let mut tx = test.app.store.begin_system(Reason::Jobs, test.now()).await.unwrap();
        jobs::hold(&mut tx, &first).await.unwrap();
        tx.commit().await.unwrap();
        test.advance(TimeDelta::seconds(20)).await;
        assert_eq!(claim(&test).await.len(), 1);
    }
}
