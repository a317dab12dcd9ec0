//! From an account in the database to whoever moves the money.

use std::sync::Arc;

use domain::money::Money;
use domain::payments::{ConnectionId, PaymentError as Rule, Provider};
use domain::problem::{Code, Problem};
use domain::provider_amount::stripe_amount;
use integrations::payment::sandbox::SandboxProvider;
use integrations::payment::stripe::{StripeConfig, StripeProvider};
use integrations::payment::{PaymentError, PaymentProvider};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use store::payments::connections::Account;

use super::sandbox_state::SandboxBooks;
use crate::App;
use crate::problem::{Failure, Result};

/// An account's keys, as they are sealed.
#[derive(Default, Serialize, Deserialize)]
pub struct Secrets {
    /// The key to the provider's API.
    pub secret_key: Option<String>,
    /// The secrets that its webhooks are signed with.
    pub webhook_secrets: Vec<String>,
}

impl Secrets {
    fn place(id: ConnectionId) -> String {
        format!("payment_connection.secrets {id}")
    }

    /// Seals them for an account.
    pub fn seal(&self, app: &App, id: ConnectionId) -> Result<Vec<u8>> {
        let text = serde_json::to_vec(self).map_err(Failure::internal)?;
        Ok(app.vault.seal(&Self::place(id), &text))
    }

    /// Opens those of an account.
    pub fn open(app: &App, account: &Account) -> Result<Self> {
        let Some(sealed) = &account.secrets else { return Ok(Self::default()) };
        let text = app.vault.open(&Self::place(account.id), sealed).map_err(Failure::internal)?;
        serde_json::from_slice(&text).map_err(Failure::internal)
    }
}

/// The provider of an account.
pub fn open(app: &App, account: &Account) -> Result<Box<dyn PaymentProvider>> {
    match account.provider {
        Provider::Stripe => {
            let secrets = Secrets::open(app, account)?;
            let config = StripeConfig {
                secret_key: SecretString::from(secrets.secret_key.unwrap_or_default()),
                webhook_secrets: secrets.webhook_secrets.into_iter().map(SecretString::from).collect(),
                api: app.settings.stripe_url.to_string(),
            };
            Ok(Box::new(StripeProvider::new(config, app.outside.clone())))
        }
        Provider::Sandbox => Ok(Box::new(sandbox(app, account)?)),
        Provider::Manual => Err(Failure::internal("nobody connects to a provider called manual")),
    }
}

/// The sandbox of an account; there is none with `--production`.
pub fn sandbox(app: &App, account: &Account) -> Result<SandboxProvider<SandboxBooks>> {
    refuse_in_production(app)?;
    let secret = Secrets::open(app, account)?.webhook_secrets.pop().unwrap_or_default();
    let page = app.url(&format!("/{}/sandbox", account.slug));
    let clock = app.clock.clone();
    let books = SandboxBooks::new(app.clone(), account.organization_id);
    Ok(SandboxProvider::new(books, page, SecretString::from(secret), Arc::new(move || clock.now())))
}

/// Real clients must not meet a till that takes no money.
pub fn refuse_in_production(app: &App) -> Result<()> {
    if app.settings.production {
        return Err(Problem::new(Code::Conflict)
            .detail("The sandbox moves no money and is refused with --production.")
            .into());
    }
    Ok(())
}

/// The account by which clients pay: the first that is on, and allowed here.
pub fn choose(app: &App, accounts: Vec<Account>) -> Result<Account> {
    accounts
        .into_iter()
        .find(|account| {
            account.enabled && (account.provider != Provider::Sandbox || !app.settings.production)
        })
        .ok_or_else(|| Rule::NotConnected.into())
}

/// Refuses what the provider would refuse, before anybody is sent there.
pub fn check_amount(provider: &dyn PaymentProvider, amount: Money) -> Result<()> {
    let currency = amount.currency();
    let refuse = |text: String| {
        Err(Problem::new(Code::AmountNotAllowed)
            .detail(text)
            .field("/amount", "not_allowed", "pay another amount")
            .into())
    };
    if let Some(least) = provider.minimum(currency).filter(|least| amount.minor() < least.minor()) {
        return Err(Rule::BelowProviderMinimum(least).into());
    }
    if let Some(most) = provider.maximum(currency).filter(|most| amount.minor() > most.minor()) {
        return refuse(format!("The payment provider takes no more than {most}."));
    }
    match provider.kind() {
        Provider::Stripe => stripe_amount(amount).map(drop).or_else(|error| refuse(error.to_string())),
        Provider::Sandbox | Provider::Manual => Ok(()),
    }
}

/// What a caller learns when a provider did not do what was asked.
pub fn failure(error: PaymentError) -> Failure {
    let problem = match &error {
        PaymentError::Amount(_) => Problem::new(Code::AmountNotAllowed),
        PaymentError::State(_) => Problem::new(Code::Unavailable),
        PaymentError::NotFound
        | PaymentError::Unauthorized
        | PaymentError::Forbidden(_)
        | PaymentError::Refused { .. }
        | PaymentError::Unavailable(_)
        | PaymentError::Unreadable(_) => Problem::new(Code::ProviderFailed),
    };
    Failure::from(problem.detail(error.to_string())).because(error)
}
