//! What renews a session, each token once. Only transactions of the system see them.

use chrono::{DateTime, Utc};
use domain::identity::SessionId;
use domain::ids::Id;

use crate::{Result, Tx};

/// What became of a try to use a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It was fresh.
    First(SessionId),
    /// It was used before, at that instant.
    Again(SessionId, DateTime<Utc>),
    /// There is no such token.
    Unknown,
}

/// Adds a session's next token.
pub async fn insert(tx: &mut Tx, session: SessionId, hash: &[u8]) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into refresh_token (hash, session_id, created_at) values ($1, $2, $3)",
        hash,
        session.uuid(),
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Uses a token. Of two at once, one is the first.
pub async fn use_once(tx: &mut Tx, hash: &[u8]) -> Result<Use> {
    let now = tx.now();
    let first = sqlx::query_scalar!(
        r#"update refresh_token set used_at = $2 where hash = $1 and used_at is null returning session_id as "id: SessionId""#,
        hash,
        now,
    )
    .fetch_optional(tx.connection())
    .await?;
    if let Some(session) = first {
        return Ok(Use::First(session));
    }
    let row = sqlx::query!(
        r#"select session_id as "id: SessionId", used_at from refresh_token where hash = $1"#,
        hash
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map_or(Use::Unknown, |row| Use::Again(row.id, row.used_at.unwrap_or(now))))
}

/// The session that a token, used or not, belongs to.
pub async fn session_of(tx: &mut Tx, hash: &[u8]) -> Result<Option<SessionId>> {
    let id = sqlx::query_scalar!(
        r#"select session_id as "id: SessionId" from refresh_token where hash = $1"#,
        hash
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(id)
}

/// The session that may be renewed by a token.
pub async fn unused_session_of(tx: &mut Tx, hash: &[u8]) -> Result<Option<SessionId>> {
    let id = sqlx::query_scalar!(
        r#"select session_id as "id: SessionId" from refresh_token where hash = $1 and used_at is null"#,
        hash
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(id)
}
