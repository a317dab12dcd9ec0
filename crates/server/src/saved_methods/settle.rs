//! What has become of a method, by its provider's word. News may be applied in any order and any number of times.

use domain::events::{Event, Subject};
use domain::organizations::OrganizationId;
use domain::saved_methods::{SavedMethodId, SavedMethodState};
use integrations::payment::saved::{ProviderMethod, ProviderSetup, SetupState};
use store::payments::connections;
use store::saved_methods::{self, Kept, Said};
use store::{Reason, Tx, automatic_charges, clients, events};

use crate::App;
use crate::payments::providers;
use crate::payments::settle::Outcome;
use crate::problem::{Failure, Result};

/// Asks the provider about a method and applies the answer.
pub async fn settle(app: &App, organization: OrganizationId, id: SavedMethodId) -> Result<Outcome> {
    let mut tx = app.store.begin_worker(organization, Reason::Webhook, app.clock.now()).await?;
    let method = saved_methods::get(&mut tx, id).await?;
    let account = connections::find(&mut tx, method.connection_id).await?;
    drop(tx);
    let provider = providers::open(app, &account)?;
    let saver = provider
        .saves_methods()
        .ok_or_else(|| Failure::internal(format!("{} keeps no methods", account.provider.as_str())))?;
    match (method.state, &method.setup_reference, &method.customer_reference) {
        (SavedMethodState::Pending | SavedMethodState::Failed, Some(reference), _) => {
            let said = saver.saved(reference).await.map_err(providers::failure)?;
            apply(app, organization, id, said).await
        }
        (SavedMethodState::Pending, None, _) => {
            never_opened(app, organization, id).await?;
            Ok(Outcome::Settled)
        }
        (SavedMethodState::Active, _, Some(customer)) => {
            let kept = saver.methods(customer).await.map_err(providers::failure)?;
            refresh(app, organization, id, &kept).await?;
            Ok(Outcome::Settled)
        }
        (SavedMethodState::Active | SavedMethodState::Failed | SavedMethodState::Removed, ..) => {
            Ok(Outcome::Settled)
        }
    }
}

/// Nobody knows the address of a page whose opening was interrupted.
async fn never_opened(app: &App, organization: OrganizationId, id: SavedMethodId) -> Result<()> {
    let mut tx = app.store.begin_worker(organization, Reason::Webhook, app.clock.now()).await?;
    saved_methods::fail(&mut tx, id, "The page never opened.").await?;
    tx.commit().await?;
    Ok(())
}

/// Locks a method's client, then the method.
async fn lock(tx: &mut Tx, id: SavedMethodId) -> Result<Kept> {
    let client = saved_methods::get(tx, id).await?.client_id;
    clients::lock(tx, client).await?;
    Ok(saved_methods::lock(tx, id).await?)
}

fn said(kept: &ProviderMethod) -> Said<'_> {
    Said {
        reference: &kept.reference,
        kind: &kept.method.kind,
        brand: kept.method.brand.as_deref(),
        last4: kept.method.last4.as_deref(),
        expires: kept.expires,
    }
}

async fn apply(
    app: &App,
    organization: OrganizationId,
    id: SavedMethodId,
    setup: ProviderSetup,
) -> Result<Outcome> {
    if setup.method_id.as_ref().is_some_and(|theirs| *theirs != id.to_string()) {
        let reason = format!("The page {} was opened for another payment method.", setup.reference);
        return Ok(Outcome::Contradiction(reason));
    }
    let mut tx = app.store.begin_worker(organization, Reason::Webhook, app.clock.now()).await?;
    let method = lock(&mut tx, id).await?;
    match setup.state {
        SetupState::Open => {}
        SetupState::Failed { reason } => saved_methods::fail(&mut tx, id, &reason).await?,
        SetupState::Saved(kept) => {
            let before = method.state;
            if before != SavedMethodState::Active
                && before.advance(SavedMethodState::Active) == SavedMethodState::Active
            {
                saved_methods::activate(&mut tx, id, &said(&kept)).await?;
                // Whoever saves another wants that one to be charged.
                saved_methods::make_default(&mut tx, method.client_id, id).await?;
                introduce(&mut tx, &method).await?;
                let event = Event::PaymentMethodSaved { method_id: id, label: kept.method.to_string() };
                record(&mut tx, &method, &event).await?;
                automatic_charges::try_now(&mut tx, method.client_id).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(Outcome::Settled)
}

/// It is their doing, though the provider tells of it.
async fn introduce(tx: &mut Tx, method: &Kept) -> Result<()> {
    if let Some(contact) = method.accepted_by {
        let name = store::payments::payer(tx, contact).await?.name;
        tx.introduce(store::Actor::Contact(contact), name);
    }
    Ok(())
}

/// Brings what is known of a method up to date; one that the provider no longer keeps is gone.
async fn refresh(
    app: &App,
    organization: OrganizationId,
    id: SavedMethodId,
    kept: &[ProviderMethod],
) -> Result<()> {
    let mut tx = app.store.begin_worker(organization, Reason::Webhook, app.clock.now()).await?;
    let method = lock(&mut tx, id).await?;
    if method.state == SavedMethodState::Active {
        match kept.iter().find(|kept| Some(&kept.reference) == method.method_reference.as_ref()) {
            Some(kept) => saved_methods::activate(&mut tx, id, &said(kept)).await?,
            None => remove(&mut tx, &method).await?,
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Takes a method away that is locked, with its client.
pub async fn remove(tx: &mut Tx, method: &Kept) -> Result<()> {
    saved_methods::remove(tx, method).await?;
    let event = Event::PaymentMethodRemoved { method_id: method.id, label: method.label() };
    record(tx, method, &event).await
}

/// Tells of a change.
pub async fn record(tx: &mut Tx, method: &Kept, event: &Event) -> Result<()> {
    events::record(tx, Subject::Client(method.client_id), Some(method.client_id), event).await?;
    Ok(())
}
