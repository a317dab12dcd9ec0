//! The queue of work for later, in the database's own transactions.
//!
//! A job is enqueued by the transaction of what causes it, claimed with `skip locked` by any worker of
//! any process, tried again with back-off, and in the end set aside where staff see it. A worker that
//! dies leaves its job locked until the lock runs out: so every job must be safe to run twice.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::Id;
use domain::jobs::{DeadJob, JobId};
use domain::organizations::OrganizationId;
use domain::page::Page;
use uuid::Uuid;

use crate::{Cursor, Error, Result, Tx, fresh};

/// How often a job is tried.
pub const MAX_ATTEMPTS: i32 = 8;
/// How long a worker holds a job without saying so again ([`hold`]): what a killed one leaves waits no longer.
pub const LOCK: TimeDelta = TimeDelta::seconds(30);

/// A job to be done.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its organization.
    pub organization_id: OrganizationId,
    /// Its id.
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// With what.
    pub payload: serde_json::Value,
    /// The number of this try, from 1.
    pub attempt: i32,
}

/// Asks for work at an instant. With a key, a job of the same kind and key that waits already suffices.
pub async fn enqueue(
    tx: &mut Tx,
    kind: &str,
    payload: &serde_json::Value,
    run_at: DateTime<Utc>,
    unique_key: Option<&str>,
) -> Result<()> {
    let id: JobId = fresh(tx.now());
    let (organization, now) = (tx.organization_id(), tx.now());
    sqlx::query!(
        "insert into job (organization_id, id, kind, payload, unique_key, run_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (organization_id, kind, unique_key) where unique_key is not null and state = 'queued' do nothing",
        organization.uuid(),
        id.uuid(),
        kind,
        payload,
        unique_key,
        run_at,
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Takes up to `limit` due jobs for this worker, in a transaction of the system.
pub async fn claim(tx: &mut Tx, limit: i64) -> Result<Vec<Job>> {
    let now = tx.now();
    let rows = sqlx::query!(
        "update job set locked_until = $2, attempts = attempts + 1
         where (organization_id, id) in (
           select organization_id, id from job
           where state = 'queued' and run_at <= $1 and (locked_until is null or locked_until < $1)
           order by run_at limit $3 for update skip locked)
         returning organization_id, id, kind, payload, attempts",
        now,
        now + LOCK,
        limit,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Job {
            organization_id: row.organization_id.into(),
            id: row.id.into(),
            kind: row.kind,
            payload: row.payload,
            attempt: row.attempts,
        })
        .collect())
}

/// Holds claimed jobs on, those that aren't done yet, in a transaction of the system.
pub async fn hold(tx: &mut Tx, claimed: &[Job]) -> Result<()> {
    let organizations: Vec<Uuid> = claimed.iter().map(|job| job.organization_id.uuid()).collect();
    let ids: Vec<Uuid> = claimed.iter().map(|job| job.id.uuid()).collect();
    let attempts: Vec<i32> = claimed.iter().map(|job| job.attempt).collect();
    let until = tx.now() + LOCK;
    // One that failed, or that somebody else has taken since, isn't this worker's any more.
    sqlx::query!(
        "update job set locked_until = $4
         from unnest($1::uuid[], $2::uuid[], $3::int[]) as held(organization_id, id, attempt)
         where job.organization_id = held.organization_id and job.id = held.id and job.attempts = held.attempt
           and job.state = 'queued' and job.locked_until is not null",
        &organizations,
        &ids,
        &attempts,
        until,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// When the next job is due, if any waits.
pub async fn next_due(tx: &mut Tx) -> Result<Option<DateTime<Utc>>> {
    Ok(sqlx::query_scalar!("select min(greatest(run_at, locked_until)) from job where state = 'queued'")
        .fetch_one(tx.connection())
        .await?)
}

/// Done: the job is forgotten. Call it in the transaction of the job's last effect.
pub async fn finish(tx: &mut Tx, id: JobId) -> Result<()> {
    sqlx::query!("delete from job where id = $1", id.uuid()).execute(tx.connection()).await?;
    Ok(())
}

/// Failed: tried again after a pause that doubles from 15 seconds, or set aside.
pub async fn fail(tx: &mut Tx, job: &Job, error: &str, hopeless: bool) -> Result<()> {
    let now = tx.now();
    let dead = hopeless || job.attempt >= MAX_ATTEMPTS;
    let pause = TimeDelta::seconds(15 << job.attempt.clamp(1, 12).saturating_sub(1));
    sqlx::query!(
        "update job set state = case when $2 then 'dead' else 'queued' end, locked_until = null,
           run_at = case when $2 then run_at else $3 end, failed_at = $4, last_error = left($5, 2000)
         where id = $1",
        job.id.uuid(),
        dead,
        now + pause,
        now,
        error,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Jobs that were set aside, newest first.
pub async fn dead(tx: &mut Tx, limit: u16, cursor: Option<&str>) -> Result<Page<DeadJob>> {
    let before: Option<Uuid> = Cursor::decode(cursor)?;
    let rows = sqlx::query_as!(
        DeadJobRow,
        r#"select id as "id: JobId", kind, attempts, last_error, created_at, coalesce(failed_at, created_at) as "failed_at!"
           from job where state = 'dead' and ($1::uuid is null or id < $1) order by id desc limit $2"#,
        before,
        i64::from(limit) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    let items = rows.into_iter().map(Into::into).collect();
    Ok(Page::from_overfull(items, limit, |last: &DeadJob| Cursor::encode(&last.id.uuid())))
}

struct DeadJobRow {
    id: JobId,
    kind: String,
    attempts: i32,
    last_error: String,
    created_at: DateTime<Utc>,
    failed_at: DateTime<Utc>,
}

impl From<DeadJobRow> for DeadJob {
    fn from(row: DeadJobRow) -> Self {
        let DeadJobRow { id, kind, attempts, last_error, created_at, failed_at } = row;
        Self { id, kind, attempts, last_error, created_at, failed_at }
    }
}

/// Queues a job that was set aside once more.
pub async fn retry(tx: &mut Tx, id: JobId) -> Result<()> {
    let now = tx.now();
    let done = sqlx::query!(
        "update job set state = 'queued', attempts = 0, run_at = $2, locked_until = null where id = $1 and state = 'dead'",
        id.uuid(),
        now,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
}
