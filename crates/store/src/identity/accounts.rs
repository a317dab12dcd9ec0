//! What members sign in with. Only transactions of the system see accounts.

use domain::identity::AccountId;
use domain::ids::Id;
use domain::problem::Code;
use domain::text::{EmailAddress, Language};

use crate::error::OnConstraint;
use crate::{Error, Result, Tx, fresh};

/// An account, with what proves that somebody is its owner.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its address.
    pub email: EmailAddress,
    /// The password's hash.
    pub password_hash: Option<String>,
    /// The second step's secret, sealed.
    pub totp_secret: Option<Vec<u8>>,
    /// Whether the second step is on.
    pub totp_confirmed: bool,
    /// The owner's language.
    pub language: Option<Language>,
}

/// Creates an account.
pub async fn insert(
    tx: &mut Tx,
    email: &EmailAddress,
    password_hash: &str,
    language: Language,
) -> Result<AccountId> {
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

/// The account of an address, if there is one.
pub async fn find_by_email(tx: &mut Tx, email: &EmailAddress) -> Result<Option<Account>> {
    let account = sqlx::query_as!(
        Account,
        r#"select id as "id: AccountId", email as "email: EmailAddress", password_hash, totp_secret, totp_confirmed,
             language as "language: Language"
           from account where email = $1"#,
        email.as_str(),
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(account)
}

/// An account.
pub async fn find(tx: &mut Tx, id: AccountId) -> Result<Account> {
    sqlx::query_as!(
        Account,
        r#"select id as "id: AccountId", email as "email: EmailAddress", password_hash, totp_secret, totp_confirmed,
             language as "language: Language"
           from account where id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)
}

/// Sets the password.
pub async fn set_password(tx: &mut Tx, id: AccountId, password_hash: &str) -> Result<()> {
    sqlx::query!("update account set password_hash = $2 where id = $1", id.uuid(), password_hash)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Sets the language.
pub async fn set_language(tx: &mut Tx, id: AccountId, language: Language) -> Result<()> {
    sqlx::query!("update account set language = $2 where id = $1", id.uuid(), language as _)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Keeps a new secret for the second step, which is not on until [`confirm_totp`].
pub async fn begin_totp(tx: &mut Tx, id: AccountId, sealed: &[u8]) -> Result<()> {
    let done = sqlx::query!(
        "update account set totp_secret = $2, totp_last_step = null where id = $1 and not totp_confirmed",
        id.uuid(),
        sealed,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::Refused(Code::Conflict)) }
}

/// Switches the second step on. The step of the first code counts as used.
pub async fn confirm_totp(tx: &mut Tx, id: AccountId, step: i64, recovery_hashes: &[Vec<u8>]) -> Result<()> {
    let done = sqlx::query!(
        "update account set totp_confirmed = true, totp_last_step = $2, recovery_hashes = $3
         where id = $1 and not totp_confirmed and totp_secret is not null",
        id.uuid(),
        step,
        recovery_hashes,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::Refused(Code::Conflict)) }
}

/// Switches the second step off and forgets its secret.
pub async fn disable_totp(tx: &mut Tx, id: AccountId) -> Result<()> {
    sqlx::query!(
        "update account set totp_confirmed = false, totp_secret = null, totp_last_step = null, recovery_hashes = '{}'
         where id = $1",
        id.uuid(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Uses a code's step; false if it, or a later one, was used before.
pub async fn use_totp_step(tx: &mut Tx, id: AccountId, step: i64) -> Result<bool> {
    let done = sqlx::query!(
        "update account set totp_last_step = $2 where id = $1 and (totp_last_step is null or totp_last_step < $2)",
        id.uuid(),
        step,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Uses up a recovery code; false if it is none of the account's, or no more.
pub async fn use_recovery_code(tx: &mut Tx, id: AccountId, hash: &[u8]) -> Result<bool> {
    let done = sqlx::query!(
        "update account set recovery_hashes = array_remove(recovery_hashes, $2) where id = $1 and $2 = any (recovery_hashes)",
        id.uuid(),
        hash,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}
