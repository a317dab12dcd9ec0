//! Keys that sign access tokens, sealed.

use chrono::{DateTime, Utc};

use crate::{Result, Tx};

/// A key.
#[derive(Debug, Clone)]
pub struct SigningKey {
    /// Its name in tokens.
    pub kid: String,
    /// Its bytes, sealed.
    pub secret: Vec<u8>,
    /// Until when it signs.
    pub retire_at: DateTime<Utc>,
}

/// All keys. Held against others who'd make one at the same time, until the transaction ends.
pub async fn list(tx: &mut Tx) -> Result<Vec<SigningKey>> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('signing_key', 0))")
        .execute(tx.connection())
        .await?;
    Ok(sqlx::query_as!(SigningKey, "select kid, secret, retire_at from signing_key")
        .fetch_all(tx.connection())
        .await?)
}

/// Adds a key.
pub async fn insert(tx: &mut Tx, key: &SigningKey) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into signing_key (kid, secret, created_at, retire_at) values ($1, $2, $3, $4)",
        key.kid,
        key.secret,
        now,
        key.retire_at,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Forgets keys that retired before an instant.
pub async fn sweep(tx: &mut Tx, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("delete from signing_key where retire_at < $1", before).execute(tx.connection()).await?;
    Ok(())
}
