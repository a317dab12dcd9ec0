//! Answers to requests that carried an `Idempotency-Key`, kept in the request's own transaction.

use crate::{Actor, Error, Result, Tx};
use domain::ids::Id;
use domain::problem::Code;

/// A stored answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body's bytes.
    pub body: Vec<u8>,
}

fn caller(tx: &Tx) -> String {
    match tx.actor() {
        Actor::Member(id) => id.to_string(),
        Actor::Contact(id) => id.to_string(),
        Actor::Guest(id) => format!("guest {id}"),
        Actor::System => "system".to_owned(),
    }
}

/// Claims a key for this transaction: `None` says go on, an answer says it was done before.
///
/// Refuses with [`Code::IdempotencyInFlight`] while another transaction works on the same key, and with
/// [`Code::IdempotencyKeyReused`] when the key belonged to another request. The claim is an advisory
/// lock that ends with the transaction, so a crash leaves nothing behind.
pub async fn claim(tx: &mut Tx, key: &str, request_hash: &[u8]) -> Result<Option<Answer>> {
    let caller = caller(tx);
    let lock = format!("{} {caller} {key}", tx.organization_id().uuid());
    let free =
        sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as "free!""#, lock)
            .fetch_one(tx.connection())
            .await?;
    if !free {
        return Err(Error::Refused(Code::IdempotencyInFlight));
    }
    let stored = sqlx::query!(
        "select request_hash, status, body from idempotency_key where caller = $1 and key = $2",
        caller,
        key,
    )
    .fetch_optional(tx.connection())
    .await?;
    match stored {
        None => Ok(None),
        Some(row) if row.request_hash == request_hash => {
            Ok(Some(Answer { status: u16::try_from(row.status).unwrap_or(200), body: row.body }))
        }
        Some(_) => Err(Error::Refused(Code::IdempotencyKeyReused)),
    }
}

/// Keeps the answer beside what it answers for.
pub async fn keep(tx: &mut Tx, key: &str, request_hash: &[u8], answer: &Answer) -> Result<()> {
    let (caller, now) = (caller(tx), tx.now());
    sqlx::query!(
        "insert into idempotency_key (caller, key, request_hash, status, body, created_at) values ($1, $2, $3, $4, $5, $6)",
        caller,
        key,
        request_hash,
        i16::try_from(answer.status).unwrap_or(i16::MAX),
        answer.body,
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Forgets answers older than a day; run by the worker.
pub async fn sweep(tx: &mut Tx) -> Result<u64> {
    let limit = tx.now() - chrono::TimeDelta::days(1);
    let done = sqlx::query!("delete from idempotency_key where created_at < $1", limit)
        .execute(tx.connection())
        .await?;
    Ok(done.rows_affected())
}
