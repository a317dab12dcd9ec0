//! Proving to be the owner of an account: password, second step, lock-out.

use chrono::{DateTime, Utc};
use domain::problem::Code;
use domain::text::EmailAddress;
use store::identity::accounts::{self, Account};
use store::identity::lockout;
use store::{Reason, Tx};

use super::{passwords, totp};
use crate::App;
use crate::problem::{Failure, Result};
use crate::secret_token;

/// What is asked for beside the password.
#[derive(Debug, Clone, Copy)]
pub enum SecondStep<'a> {
    /// The code, where the second step is on.
    Code(Option<&'a str>),
    /// Nothing: the caller's session has passed it, or gets nothing that needs it.
    Waived,
}

/// How a proof went that was not refused.
#[derive(Debug)]
pub enum Proof {
    /// They are the owner.
    Owner(Account),
    /// The password is right; the second step's code is missing.
    CodeNeeded,
}

/// Checks a password, and a code where one is needed. An address that nobody has is refused like a wrong
/// password, after as much work and as many tries.
pub async fn prove(
    app: &App,
    at: DateTime<Utc>,
    email: &EmailAddress,
    password: &str,
    second: SecondStep<'_>,
) -> Result<Proof> {
    let mut tx = app.store.begin_system(Reason::SignIn, at).await?;
    let locked = lockout::attempt(&mut tx, email).await?;
    let account = accounts::find_by_email(&mut tx, email).await?;
    tx.commit().await?;
    if let Some(until) = locked {
        let wait = u64::try_from((until - at).num_seconds()).unwrap_or_default().max(1);
        return Err(Failure::from(Code::LockedOut).retry_after(wait));
    }
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let fits = passwords::verify(hash, password.to_owned()).await?;
    let Some(account) = account.filter(|_| fits) else { return Err(Code::InvalidCredentials.into()) };

    let mut tx = app.store.begin_system(Reason::SignIn, at).await?;
    match second {
        SecondStep::Code(None) if account.totp_confirmed => {
            lockout::take_back(&mut tx, email).await?;
            tx.commit().await?;
            return Ok(Proof::CodeNeeded);
        }
        SecondStep::Code(Some(code))
            if account.totp_confirmed && !use_code(&mut tx, app, &account, code).await? =>
        {
            return Err(Code::InvalidCredentials.into());
        }
        SecondStep::Code(_) | SecondStep::Waived => {}
    }
    lockout::succeeded(&mut tx, email).await?;
    tx.commit().await?;
    Ok(Proof::Owner(account))
}

/// Uses a code of the authenticator or a recovery code; false if it is neither, or was used.
async fn use_code(tx: &mut Tx, app: &App, account: &Account, code: &str) -> Result<bool> {
    let Some(sealed) = &account.totp_secret else { return Ok(false) };
    if let Some(step) = totp::step(&app.vault, account.id, sealed, code, tx.now())? {
        return Ok(accounts::use_totp_step(tx, account.id, step).await?);
    }
    Ok(accounts::use_recovery_code(tx, account.id, &totp::recovery_hash(code)).await?)
}

/// Checks the password of somebody who is signed in.
pub async fn prove_again(app: &App, at: DateTime<Utc>, email: &EmailAddress, password: &str) -> Result<()> {
    prove(app, at, email, password, SecondStep::Waived).await.map(drop)
}

/// The hash by which a mailed token is found.
pub fn mailed(token: &str) -> [u8; 32] {
    secret_token::hash(token.trim())
}
