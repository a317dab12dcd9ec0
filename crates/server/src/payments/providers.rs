//! From an account in the database to whoever moves the money.

use std::sync::Arc;

use domain::money::{Currency, Money};
use domain::payments::{ConnectionId, Environment, PaymentError as Rule, PaymentTerms, Provider};
use domain::problem::{Code, Problem};
use domain::provider_amount::{ProviderAmountError, paypal_amount, square_amount, stripe_amount};
use integrations::payment::paypal::{self, PaypalConfig, PaypalProvider};
use integrations::payment::sandbox::SandboxProvider;
use integrations::payment::square::{self, SquareConfig, SquareProvider};
use integrations::payment::stripe::{StripeConfig, StripeProvider};
use integrations::payment::{PaymentError, PaymentProvider};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use store::payments::connections::Account;
use url::Url;

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
        Provider::Paypal => {
            let settings = &account.settings.0;
            let livemode = settings.environment == Some(Environment::Live);
            let world = if livemode { paypal::LIVE_API } else { paypal::SANDBOX_API };
            let config = PaypalConfig {
                client_id: settings.client_id.clone().unwrap_or_default(),
                client_secret: SecretString::from(
                    Secrets::open(app, account)?.secret_key.unwrap_or_default(),
                ),
                webhook_id: settings.webhook_id.clone(),
                livemode,
                api: app.settings.paypal_url.as_ref().map_or(world, Url::as_str).to_owned(),
            };
            let clock = app.clock.clone();
            let clock = Arc::new(move || clock.now());
            Ok(Box::new(PaypalProvider::new(config, app.outside.clone(), app.paypal_tokens.clone(), clock)))
        }
        Provider::Square => {
            let settings = &account.settings.0;
            let livemode = settings.environment == Some(Environment::Live);
            let world = if livemode { square::LIVE_API } else { square::SANDBOX_API };
            let secrets = Secrets::open(app, account)?;
            let config = SquareConfig {
                access_token: SecretString::from(secrets.secret_key.unwrap_or_default()),
                location_id: settings.location_id.clone().unwrap_or_default(),
                signature_keys: secrets.webhook_secrets.into_iter().map(SecretString::from).collect(),
                notification_url: webhook_url(app, account.id),
                livemode,
                api: app.settings.square_url.as_ref().map_or(world, Url::as_str).to_owned(),
            };
            Ok(Box::new(SquareProvider::new(config, app.outside.clone())))
        }
        Provider::Sandbox => Ok(Box::new(sandbox(app, account)?)),
        Provider::BankTransfer | Provider::Manual => {
            Err(Problem::new(Code::Conflict).detail("Nobody pays online by this.").into())
        }
    }
}

/// Where a provider sends its events.
pub fn webhook_url(app: &App, id: ConnectionId) -> String {
    app.url(&format!("/api/v1/webhooks/payments/{id}"))
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

/// Whether clients can pay by an account here and now.
pub fn is_usable(app: &App, account: &Account) -> bool {
    account.enabled && (account.provider != Provider::Sandbox || !app.settings.production)
}

/// The account by which a client pays, of those that are offered: the one they chose, or the first that is online.
pub fn choose(offered: Vec<Account>, chosen: Option<ConnectionId>) -> Result<Account> {
    let account = offered
        .into_iter()
        .filter(|account| account.provider.is_online())
        .find(|account| chosen.is_none_or(|id| account.id == id));
    match (account, chosen) {
        (Some(account), _) => Ok(account),
        (None, None) => Err(Rule::NotConnected.into()),
        (None, Some(_)) => Err(Problem::invalid(
            "/connection_id",
            "not_offered",
            "must be one of `GET /portal/payment-methods` of these invoices that is online",
        )
        .into()),
    }
}

/// Whether a provider takes a currency at all; of what is not online, everything can be said to.
pub fn takes(provider: Provider, currency: Currency) -> bool {
    // Whole units of every currency are amounts.
    let whole = Money::new(1000 * 10_i64.pow(currency.exponent()), currency);
    check_unit(provider, whole).is_ok()
}

/// Whether a provider can express an amount.
fn check_unit(provider: Provider, amount: Money) -> std::result::Result<(), ProviderAmountError> {
    match provider {
        Provider::Stripe => stripe_amount(amount).map(drop),
        Provider::Paypal => paypal_amount(amount).map(drop),
        Provider::Square => square_amount(amount).map(drop),
        Provider::BankTransfer | Provider::Sandbox | Provider::Manual => Ok(()),
    }
}

/// Refuses what the organization does not take in this way, and what the provider would refuse, before anybody is sent there.
pub fn check_amount(provider: &dyn PaymentProvider, terms: &PaymentTerms, amount: Money) -> Result<()> {
    let currency = amount.currency();
    terms.check(amount)?;
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
    check_unit(provider.kind(), amount).or_else(|error| refuse(error.to_string()))
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
        | PaymentError::Declined { .. }
        | PaymentError::Unavailable(_)
        | PaymentError::Unreadable(_) => Problem::new(Code::ProviderFailed),
    };
    Failure::from(problem.detail(error.to_string())).because(error)
}
