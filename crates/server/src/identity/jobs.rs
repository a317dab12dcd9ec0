//! What the doors leave for later: looking an address up and mailing it. The door answers before, so its
//! answer and its timing are the same for every address.

use domain::organizations::Organization;
use domain::text::{EmailAddress, Language};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::identity::accounts;
use store::identity::one_time_tokens::{Purpose, Target};
use store::identity::visitors;
use store::jobs::{self, Job};
use store::{Reason, Tx};

use super::actions::{RESET_LINK, SIGN_IN_LINK, link_for, make_link};
use crate::App;
use crate::mail::Letter;
use crate::problem::{Failure, Result};
use crate::worker::JobError;

/// Mails a contact a sign-in link, if the address is one's.
pub const PORTAL_LINK: &str = "portal_link";
/// Mails a member a link to set a new password, if the address is one's.
pub const PASSWORD_RESET: &str = "password_reset";

/// An address that asked at the door.
#[derive(Serialize, Deserialize)]
pub(super) struct Asked {
    pub email: EmailAddress,
    /// Path to open after signing in.
    #[serde(default)]
    pub next: String,
}

/// Leaves the work for later, in a transaction of an organization. Who asks twice at once gets one mail.
pub(super) async fn enqueue(tx: &mut Tx, kind: &str, asked: &Asked) -> Result<()> {
    let payload = serde_json::to_value(asked).map_err(Failure::internal)?;
    let now = tx.now();
    Ok(jobs::enqueue(tx, kind, &payload, now, Some(asked.email.as_str())).await?)
}

fn asked(job: &Job) -> Result<Asked, JobError> {
    serde_json::from_value(job.payload.clone()).map_err(|error| JobError::Hopeless(error.to_string()))
}

/// Does a [`PORTAL_LINK`].
pub async fn mail_portal_link(app: &App, job: &Job) -> Result<(), JobError> {
    let Asked { email, next } = asked(job)?;
    let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, app.clock.now()).await?;
    if let Some(visitor) = visitors::find(&mut tx, &email, Some(job.organization_id), None).await? {
        let organization = store::organizations::find(&mut tx).await?;
        let link = link_for(&mut tx, app, &visitor, &next, SIGN_IN_LINK).await?;
        let language = visitor.language.unwrap_or(organization.language);
        mail(&mut tx, "portal_sign_in", &organization, visitor.name.as_str(), &email, language, &link)
            .await?;
    }
    jobs::finish(&mut tx, job.id).await?;
    tx.commit().await?;
    Ok(())
}

/// Does a [`PASSWORD_RESET`].
pub async fn mail_password_reset(app: &App, job: &Job) -> Result<(), JobError> {
    let Asked { email, .. } = asked(job)?;
    let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, app.clock.now()).await?;
    let organization = store::organizations::find(&mut tx).await?;
    tx.act_for_system(Reason::SignIn).await?;
    let account = accounts::find_by_email(&mut tx, &email).await?;
    tx.enter(job.organization_id).await?;
    if let Some(account) = account {
        let target = Target { account: Some(account.id), ..Target::of(email.clone()) };
        let token = make_link(&mut tx, Purpose::PasswordReset, &target, RESET_LINK).await?;
        let link = app.url(&format!("/console/reset-password?token={token}"));
        let language = account.language.unwrap_or(organization.language);
        mail(&mut tx, "password_reset", &organization, email.as_str(), &email, language, &link).await?;
    }
    jobs::finish(&mut tx, job.id).await?;
    tx.commit().await?;
    Ok(())
}

async fn mail(
    tx: &mut Tx,
    name: &'static str,
    organization: &Organization,
    to_name: &str,
    to: &EmailAddress,
    language: Language,
    link: &str,
) -> Result<()> {
    let letter = Letter { name, organization, to_name, to, language, link: Some(link), values: json!({}) };
    store::mail::enqueue(tx, &letter.write()?).await?;
    Ok(())
}
