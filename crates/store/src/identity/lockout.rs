//! Failed attempts to sign in. An attempt is counted before it is judged, so that many at once don't get
//! more tries than one after the other.

use chrono::{DateTime, TimeDelta, Utc};
use domain::text::EmailAddress;
use sha2::{Digest, Sha256};

use crate::{Result, Tx};

/// Attempts before the first lock.
const FREE: i32 = 5;
/// After how long without an attempt failures are forgotten.
pub const MEMORY: TimeDelta = TimeDelta::days(1);

/// How long an address stays locked after so many failures: from half a minute, doubling, to an hour.
fn pause(attempts: i32) -> Option<TimeDelta> {
    let beyond = u32::try_from(attempts.checked_sub(FREE)?).ok()?;
    Some(TimeDelta::seconds(30 << beyond.min(7)).min(TimeDelta::hours(1)))
}

fn key(email: &EmailAddress) -> Vec<u8> {
    Sha256::digest(email.as_str().as_bytes()).to_vec()
}

/// Counts an attempt. If the address is locked, it isn't counted, and the end of the lock is returned.
/// Commit before judging.
pub async fn attempt(tx: &mut Tx, email: &EmailAddress) -> Result<Option<DateTime<Utc>>> {
    let (key, now) = (key(email), tx.now());
    let counted = sqlx::query_scalar!(
        r#"insert into sign_in_failure as f (email_hash, attempts, last_at) values ($1, 1, $2)
           on conflict (email_hash) do update
             set attempts = case when f.last_at < $3 then 1 else f.attempts + 1 end, last_at = $2, locked_until = null
             where f.locked_until is null or f.locked_until <= $2
           returning attempts"#,
        key,
        now,
        now - MEMORY,
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(attempts) = counted else {
        let until =
            sqlx::query_scalar!("select locked_until from sign_in_failure where email_hash = $1", key)
                .fetch_optional(tx.connection())
                .await?;
        return Ok(Some(until.flatten().unwrap_or(now)));
    };
    if let Some(pause) = pause(attempts) {
        sqlx::query!("update sign_in_failure set locked_until = $2 where email_hash = $1", key, now + pause)
            .execute(tx.connection())
            .await?;
    }
    Ok(None)
}

/// The attempt succeeded: earlier failures are forgotten.
pub async fn succeeded(tx: &mut Tx, email: &EmailAddress) -> Result<()> {
    sqlx::query!("delete from sign_in_failure where email_hash = $1", key(email))
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// The attempt was right but not complete: it doesn't count, earlier ones do.
pub async fn take_back(tx: &mut Tx, email: &EmailAddress) -> Result<()> {
    sqlx::query!(
        "update sign_in_failure set attempts = greatest(attempts - 1, 0), locked_until = null where email_hash = $1",
        key(email),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_an_hour() {
        let seconds = |attempts| pause(attempts).map(|pause| pause.num_seconds());
        assert_eq!(
            [0, 4, 5, 6, 7, 11, 12, 1000].map(seconds),
            [None, None, Some(30), Some(60), Some(120), Some(1920), Some(3600), Some(3600)]
        );
    }
}
