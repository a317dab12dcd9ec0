//! Accounts, members, roles, sessions, tokens; and contacts, as the portal's door knows them.

pub mod accounts;
pub mod api_tokens;
pub mod lockout;
pub mod members;
pub mod one_time_tokens;
pub mod refresh_tokens;
pub mod roles;
pub mod sessions;
pub mod visitors;

use chrono::TimeDelta;

use crate::{Result, Tx};

/// Forgets sessions, links and failures that nobody will ask for again, in a transaction of the system.
pub async fn sweep(tx: &mut Tx) -> Result<()> {
    let (now, week_ago) = (tx.now(), tx.now() - TimeDelta::days(7));
    sqlx::query!("delete from session where expires_at < $1 or revoked_at < $1", week_ago)
        .execute(tx.connection())
        .await?;
    sqlx::query!("delete from one_time_token where expires_at < $1", week_ago)
        .execute(tx.connection())
        .await?;
    sqlx::query!("delete from sign_in_failure where last_at < $1", now - lockout::MEMORY)
        .execute(tx.connection())
        .await?;
    Ok(())
}
