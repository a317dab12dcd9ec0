//! What members sign in with. Only transactions of the system see accounts.

use domain::identity::AccountId;
use domain::ids::Id;
use domain::problem::Code;
use domain::text::{EmailAddress, Language};

use crate::error::OnConstraint;
use crate::{Result, Tx, fresh};

/// Creates an account.
pub async fn insert(tx: &mut Tx, email: &EmailAddress, password_hash: &str, language: Language) -> Result<AccountId> {
    let id: AccountId = fresh(tx.now());
    let now = tx.now();
    sqlx::query!(
        "insert into account (id, email, password_hash, language, created_at) values ($1, $2, $3, $4, $5)",
        id.uuid(),
        email.as_str(),
        password_hash,
        language as _,
        now,
    )
    .execute(tx.connection())
    .await
    .on_constraint("account_email_key", Code::AlreadyExists)?;
    Ok(id)
}
