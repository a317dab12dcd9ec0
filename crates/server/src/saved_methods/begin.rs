//! Beginning to save a method: consent is kept first, and only then does the provider hear of it.

use chrono::TimeDelta;
use domain::clients::ContactId;
use domain::organizations::OrganizationId;
use domain::payments::{ConnectionId, PaymentError as Rule};
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use domain::saved_methods::{SaveMethod, SavedMethodId, SavedMethodState, mandate};
use domain::text::{Language, Slug};
use integrations::payment::saved::{CustomerRequest, SaveRequest};
use store::payments::connections::{self, Account};
use store::saved_methods::{self, NewMethod};
use store::{Actor, Reason, Tx, clients, organizations, payments};

use crate::App;
use crate::http::{Once, PortalUser};
use crate::payments::providers;
use crate::problem::{Failure, Result};

/// How long the provider's page can be used. Stripe wants at least half an hour from when it hears of it.
const LIFETIME: TimeDelta = TimeDelta::hours(1);

/// Where a provider sends somebody who saved a method, or turned back.
pub fn return_url(app: &App, slug: &Slug, id: SavedMethodId) -> String {
    app.url(&format!("/{slug}/saved-methods/{id}"))
}

/// Accounts that keep methods, the preferred one first.
pub fn saving(app: &App, accounts: Vec<Account>) -> Result<Vec<Account>> {
    let mut saving = Vec::new();
    for account in accounts {
        if account.provider.is_online()
            && providers::is_usable(app, &account)
            && providers::open(app, &account)?.saves_methods().is_some()
        {
            saving.push(account);
        }
    }
    Ok(saving)
}

fn choose(app: &App, accounts: Vec<Account>, chosen: Option<ConnectionId>) -> Result<Account> {
    let account = saving(app, accounts)?.into_iter().find(|account| chosen.is_none_or(|id| account.id == id));
    match (account, chosen) {
        (Some(account), _) => Ok(account),
        (None, None) => Err(Rule::NotConnected.into()),
        (None, Some(_)) => Err(Problem::invalid(
            "/connection_id",
            "unknown_value",
            "must be one of `GET /portal/payment-methods` that saves methods",
        )
        .into()),
    }
}

/// Keeps what a contact agreed to, and opens the provider's page.
pub async fn begin(
    app: &App,
    user: &PortalUser,
    once: &Once,
    address: &str,
    body: &SaveMethod,
) -> Result<SavedMethodId> {
    let mut tx = app.store.begin(user, Permission::Pay).await?;
    let (Actor::Contact(contact), Some(client_id)) = (tx.actor(), tx.caller().client_id) else {
        // Whoever got a link to one invoice can't bind the client for others.
        return Err(Problem::new(Code::Forbidden).detail("Sign in to save a payment method.").into());
    };
    let accepted_name = tx.actor_name().to_owned();
    let organization = tx.organization_id();
    tx.act_for_organization(Reason::ClientAction).await?;
    let id = once
        .outcome(&mut tx, body, async |tx| {
            check_mandate(tx, &body.mandate).await?;
            let account = choose(app, connections::list(tx).await?, body.connection_id)?;
            let new = NewMethod {
                id: saved_methods::new_id(tx),
                client_id,
                connection_id: account.id,
                provider: account.provider,
                mandate: body.mandate.clone(),
                accepted_by: contact,
                accepted_name,
                accepted_from: address.to_owned(),
                ends_at: tx.now() + LIFETIME,
            };
            saved_methods::insert(tx, &new).await?;
            Ok(new.id)
        })
        .await?;
    tx.commit().await?;
    open(app, organization, id).await?;
    Ok(id)
}

/// What is kept as agreed to must be what holds.
async fn check_mandate(tx: &mut Tx, shown: &str) -> Result<()> {
    let organization = organizations::find(tx).await?;
    let name = organization.name.as_str();
    if [Language::En, Language::De].into_iter().any(|language| mandate(language, name) == shown) {
        return Ok(());
    }
    Err(Problem::new(Code::Conflict)
        .detail("What is agreed to is another text now. Read it again.")
        .current(serde_json::json!({ "mandate": mandate(organization.language, name) }))
        .into())
}

/// The language in which a contact reads.
pub async fn language(tx: &mut Tx, contact: Option<ContactId>) -> Result<Language> {
    let chosen = match contact {
        Some(contact) => payments::payer(tx, contact).await?.language,
        None => None,
    };
    match chosen {
        Some(language) => Ok(language),
        None => Ok(organizations::find(tx).await?.language),
    }
}

/// Makes sure that a method that is to be saved has its page. After a crash in between, this is simply called again.
pub async fn open(app: &App, organization: OrganizationId, id: SavedMethodId) -> Result<()> {
    let mut tx = app.store.begin_worker(organization, Reason::ClientAction, app.clock.now()).await?;
    let method = saved_methods::get(&mut tx, id).await?;
    if method.setup_reference.is_some() || method.state != SavedMethodState::Pending {
        return Ok(());
    }
    let account = connections::find(&mut tx, method.connection_id).await?;
    let currency = organizations::find(&mut tx).await?.currency;
    let language = language(&mut tx, method.accepted_by).await?;
    let known = saved_methods::customer(&mut tx, account.id, method.client_id).await?;
    let name = clients::addressee(&mut tx, method.client_id).await?.name;
    let email = match method.accepted_by {
        Some(contact) => Some(payments::payer(&mut tx, contact).await?.email.to_string()),
        None => None,
    };
    drop(tx);
    let provider = providers::open(app, &account)?;
    let opened = async {
        let saver = provider
            .saves_methods()
            .ok_or_else(|| Failure::internal(format!("{} keeps no methods", account.provider.as_str())))?;
        let customer = if let Some(customer) = known {
            customer
        } else {
            let new = CustomerRequest {
                client_id: method.client_id.to_string(),
                organization_id: organization.to_string(),
                name: name.to_string(),
                email,
            };
            let made = saver.customer(&new).await.map_err(providers::failure)?;
            let mut tx = app.store.begin_worker(organization, Reason::ClientAction, app.clock.now()).await?;
            let kept = saved_methods::keep_customer(&mut tx, account.id, method.client_id, &made).await?;
            tx.commit().await?;
            kept
        };
        let save = SaveRequest {
            method_id: id.to_string(),
            organization_id: organization.to_string(),
            customer: customer.clone(),
            currency,
            return_url: return_url(app, &account.slug, id),
            expires_at: method.setup_ends_at,
            locale: language.as_str().to_owned(),
        };
        let page = saver.save(&save).await.map_err(providers::failure)?;
        Result::Ok((customer, page))
    }
    .await;
    let mut tx = app.store.begin_worker(organization, Reason::ClientAction, app.clock.now()).await?;
    match opened {
        Ok((customer, page)) => {
            saved_methods::opened(&mut tx, id, &customer, &page.reference, &page.url).await?;
            tx.commit().await?;
            Ok(())
        }
        Err(failure) => {
            saved_methods::fail(&mut tx, id, "The page could not be opened.").await?;
            tx.commit().await?;
            Err(failure)
        }
    }
}
