//! The provider's page of an attempt.

use domain::organizations::OrganizationId;
use domain::payments::{AttemptId, AttemptState};
use domain::problem::{Code, Problem};
use domain::text::Slug;
use integrations::payment::CheckoutRequest;
use store::Reason;
use store::payments::attempts::{self, Finding, Undertaking};
use store::payments::connections;

use super::{providers, settle};
use crate::App;
use crate::automatic_charges;
use crate::problem::{Failure, Result};

/// Where the provider sends somebody who has paid: the page that shows what became of it. A guest's
/// address holds the token of their link, as they have no session.
pub fn return_url(app: &App, slug: &Slug, guest: Option<&str>, id: AttemptId) -> String {
    match guest {
        Some(token) => app.url(&format!("/{slug}/i/{token}/payments/{id}")),
        None => app.url(&format!("/{slug}/payments/{id}")),
    }
}

/// Where the provider sends somebody who turns back.
pub fn cancel_url(return_url: &str) -> String {
    format!("{return_url}?canceled=1")
}

fn place(id: AttemptId) -> String {
    format!("payment_attempt.return_url {id}")
}

/// Seals an attempt's return address.
pub fn seal_return_url(app: &App, id: AttemptId, url: &str) -> Vec<u8> {
    app.vault.seal(&place(id), url.as_bytes())
}

/// Opens an attempt's return address.
pub fn open_return_url(app: &App, id: AttemptId, sealed: &[u8]) -> Result<String> {
    let text = app.vault.open(&place(id), sealed).map_err(Failure::internal)?;
    String::from_utf8(text).map_err(Failure::internal)
}

/// Everything comes from what was frozen, so that asking again asks for the same.
fn request(app: &App, organization: OrganizationId, attempt: &Undertaking) -> Result<CheckoutRequest> {
    let return_url = open_return_url(app, attempt.id, &attempt.return_url)?;
    Ok(CheckoutRequest {
        attempt_id: attempt.id.to_string(),
        organization_id: organization.to_string(),
        amount: attempt.amount,
        description: attempt.description.clone(),
        customer_email: attempt.payer_email.clone(),
        cancel_url: cancel_url(&return_url),
        return_url,
        expires_at: attempt.expires_at,
        locale: attempt.locale.clone(),
    })
}

/// Makes sure that an open attempt has its page. After a crash in between, this is simply called again:
/// the provider knows the attempt's id as the idempotency key.
pub async fn open(app: &App, organization: OrganizationId, id: AttemptId) -> Result<()> {
    let mut tx = app.store.begin_worker(organization, Reason::ClientAction, app.clock.now()).await?;
    let attempt = attempts::get(&mut tx, id).await?;
    if attempt.provider_reference.is_some() || attempt.state != AttemptState::Open {
        return Ok(());
    }
    let account = connections::find(&mut tx, attempt.connection_id).await?;
    drop(tx);
    let provider = providers::open(app, &account)?;
    let checkout = match provider.start(&request(app, organization, &attempt)?).await {
        Ok(checkout) => checkout,
        Err(error) => {
            give_up(app, organization, id, &error.to_string()).await?;
            return Err(providers::failure(error));
        }
    };
    let mut tx = app.store.begin_worker(organization, Reason::ClientAction, app.clock.now()).await?;
    let open = attempts::opened(&mut tx, id, &checkout.reference, &checkout.url).await?;
    tx.commit().await?;
    if open {
        return Ok(());
    }
    // Called off in the meantime: nobody may pay on a page that nobody looks after.
    let said = provider.expire(&checkout.reference).await.map_err(providers::failure)?;
    settle::apply(app, organization, id, &said, None).await?;
    Err(Problem::new(Code::Conflict).detail("The payment was called off before its page opened.").into())
}

/// The provider won't open a page: the way is free for another attempt.
async fn give_up(app: &App, organization: OrganizationId, id: AttemptId, reason: &str) -> Result<()> {
    let mut tx = app.store.begin_worker(organization, Reason::ClientAction, app.clock.now()).await?;
    let attempt = attempts::lock(&mut tx, id).await?;
    // Somebody else who joined may have got further.
    if attempt.state == AttemptState::Open && attempt.provider_reference.is_none() {
        settle::close(app, &mut tx, &attempt, AttemptState::Failed, reason, None).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Calls an attempt off: closes its page at the provider, and takes the money if it was faster.
pub async fn call_off(app: &App, organization: OrganizationId, id: AttemptId) -> Result<()> {
    let mut tx = app.store.begin_worker(organization, Reason::ClientAction, app.clock.now()).await?;
    let attempt = attempts::lock(&mut tx, id).await?;
    if !attempt.state.is_live() {
        return Ok(());
    }
    let Some(reference) = attempt.provider_reference.clone() else {
        if attempt.saved_method_id.is_some() {
            drop(tx);
            return automatic_charges::call_off(app, organization, id).await;
        }
        settle::close(app, &mut tx, &attempt, AttemptState::Expired, "It was called off.", None).await?;
        tx.commit().await?;
        return Ok(());
    };
    let account = connections::find(&mut tx, attempt.connection_id).await?;
    drop(tx);
    let said = providers::open(app, &account)?.expire(&reference).await.map_err(providers::failure)?;
    settle::apply(app, organization, id, &said, None).await?;
    Ok(())
}

/// Keeps what was found out about an attempt whose state alone changes.
pub fn finding(attempt: &Undertaking, state: AttemptState) -> Finding<'_> {
    Finding {
        state,
        reference: None,
        payment_reference: None,
        failure: None,
        decline: None,
        attention: attempt.attention.as_deref(),
    }
}
