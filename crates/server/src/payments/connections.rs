use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{get, post, put};
use domain::events::{Event, Subject};
use domain::payments::{
    ConnectSandbox, ConnectStripe, ConnectionCheck, ConnectionId, ConnectionSettings, PaymentConnection,
    Provider,
};
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use store::payments::connections::{self, Account, Keys};
use store::{Tx, events};
use utoipa_actix_web::service_config::ServiceConfig;

use super::providers::{self, Secrets};
use crate::App;
use crate::http::{Body, IfMatch, Key, Staff, Versioned};
use crate::problem::{Failure, Result};
use crate::secret_token::SecretToken;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_payment_connections)
        .service(connect_stripe)
        .service(connect_sandbox)
        .service(check_payment_connection);
}

pub(super) fn view(app: &App, account: Account) -> PaymentConnection {
    let url = providers::webhook_url(app, account.id);
    account.view(url)
}

/// List the accounts with payment providers.
#[utoipa::path(tag = "payments", responses((status = 200, body = Vec<PaymentConnection>), (status = "4XX", body = Problem)))]
#[get("/payment-connections")]
async fn list_payment_connections(staff: Staff, app: Data<App>) -> Result<Json<Vec<PaymentConnection>>> {
    let mut tx = app.store.begin(&staff, Permission::ManagePayments).await?;
    let accounts = connections::list(&mut tx).await?;
    Ok(Json(accounts.into_iter().map(|account| view(&app, account)).collect()))
}

/// Connect Stripe, or change its keys.
///
/// `If-Match` is needed once it is connected. Set up the webhook at Stripe with the `webhook_url` of the answer,
/// then send its signing secret here.
#[utoipa::path(tag = "payments", request_body = ConnectStripe, params(("If-Match" = Option<String>, Header)),
    responses((status = 200, body = PaymentConnection), (status = 201, body = PaymentConnection), (status = "4XX", body = Problem)))]
#[put("/payment-connections/stripe")]
async fn connect_stripe(
    staff: Staff,
    version: Option<IfMatch>,
    body: Body<ConnectStripe>,
    app: Data<App>,
) -> Result<Versioned<PaymentConnection>> {
    check_keys(&body)?;
    let mut tx = app.store.begin(&staff, Permission::ManagePayments).await?;
    let answer = put(&app, &mut tx, Provider::Stripe, version, body.enabled, |secrets, _| {
        if let Some(key) = &body.secret_key {
            secrets.secret_key = Some(key.clone());
        }
        if let Some(webhook_secrets) = &body.webhook_secrets {
            secrets.webhook_secrets.clone_from(webhook_secrets);
        }
    })
    .await?;
    tx.commit().await?;
    Ok(answer)
}

/// Switch the sandbox on or off: a provider with test cards that moves no money. Refused in production.
#[utoipa::path(tag = "payments", request_body = ConnectSandbox, params(("If-Match" = Option<String>, Header)),
    responses((status = 200, body = PaymentConnection), (status = 201, body = PaymentConnection), (status = "4XX", body = Problem)))]
#[put("/payment-connections/sandbox")]
async fn connect_sandbox(
    staff: Staff,
    version: Option<IfMatch>,
    body: Body<ConnectSandbox>,
    app: Data<App>,
) -> Result<Versioned<PaymentConnection>> {
    let mut tx = app.store.begin(&staff, Permission::ManagePayments).await?;
    let answer = switch_sandbox(&app, &mut tx, version, body.enabled).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Switches the organization's sandbox on or off.
pub async fn switch_sandbox(
    app: &App,
    tx: &mut Tx,
    version: Option<IfMatch>,
    enabled: bool,
) -> Result<Versioned<PaymentConnection>> {
    providers::refuse_in_production(app)?;
    put(app, tx, Provider::Sandbox, version, enabled, |secrets, _| {
        if secrets.webhook_secrets.is_empty() {
            secrets.webhook_secrets.push(SecretToken::generate("whsec_").text);
        }
    })
    .await
}

/// Keys go into headers, and a webhook's secret that is blank would be one everybody knows.
fn check_keys(body: &ConnectStripe) -> Result<()> {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if let Some(key) = &body.secret_key
        && !((key.starts_with("sk_") || key.starts_with("rk_")) && plain(key))
    {
        return Err(Problem::invalid(
            "/secret_key",
            "invalid",
            "must be a secret or restricted key: sk_… or rk_…",
        )
        .into());
    }
    for (index, secret) in body.webhook_secrets.iter().flatten().enumerate() {
        if !(secret.starts_with("whsec_")
            && (8..=200).contains(&secret.len())
            && secret.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            let pointer = format!("/webhook_secrets/{index}");
            return Err(
                Problem::invalid(pointer, "invalid", "must be a webhook's signing secret: whsec_…").into()
            );
        }
    }
    Ok(())
}

/// Connects or changes an account.
pub(crate) async fn put(
    app: &App,
    tx: &mut Tx,
    provider: Provider,
    version: Option<IfMatch>,
    enabled: bool,
    change: impl FnOnce(&mut Secrets, &mut ConnectionSettings),
) -> Result<Versioned<PaymentConnection>> {
    let present = connections::list(tx).await?.into_iter().find(|account| account.provider == provider);
    let mut secrets =
        present.as_ref().map_or_else(|| Ok(Secrets::default()), |account| Secrets::open(app, account))?;
    let mut settings = present.as_ref().map(|account| account.settings.0.clone()).unwrap_or_default();
    change(&mut secrets, &mut settings);
    if enabled && let Some(field) = missing(provider, &secrets, &settings) {
        return Err(Problem::invalid(field, "required", "is needed to take payments").into());
    }
    let id = present.as_ref().map_or_else(|| connections::new_id(tx), |account| account.id);
    let keys = Keys {
        enabled,
        secrets: secrets.seal(app, id)?,
        key_hint: secrets
            .secret_key
            .as_deref()
            .map(|key| format!("…{}", &key[key.len().saturating_sub(4)..])),
        webhook_secret_set: !secrets.webhook_secrets.is_empty() || settings.webhook_id.is_some(),
        settings,
    };
    let status = match present {
        None => {
            connections::insert(tx, id, provider, &keys).await?;
            StatusCode::CREATED
        }
        Some(account) => {
            let IfMatch(version) = version.ok_or(Code::PreconditionRequired)?;
            if version != account.version {
                let current = serde_json::to_value(view(app, account)).map_err(Failure::internal)?;
                return Err(Problem::new(Code::VersionMismatch).current(current).into());
            }
            connections::update(tx, id, version, &keys).await?;
            StatusCode::OK
        }
    };
    let event = Event::PaymentConnectionChanged { connection_id: id, provider, enabled };
    events::record(tx, Subject::Organization, None, &event).await?;
    let account = connections::find(tx, id).await?;
    let version = account.version;
    Ok(Versioned { body: view(app, account), version, status })
}

/// What an account lacks to take payments.
fn missing(provider: Provider, secrets: &Secrets, settings: &ConnectionSettings) -> Option<&'static str> {
    let (key, set) = (secrets.secret_key.is_some(), settings);
    let needed = match provider {
        Provider::Stripe => vec![("/secret_key", key)],
        Provider::Paypal => vec![("/client_id", set.client_id.is_some()), ("/client_secret", key)],
        Provider::Square => vec![("/access_token", key), ("/location_id", set.location_id.is_some())],
        Provider::BankTransfer | Provider::Sandbox | Provider::Manual => Vec::new(),
    };
    needed.into_iter().find(|(_, there)| !there).map(|(field, _)| field)
}

/// Ask the provider whether the keys work.
#[utoipa::path(tag = "payments", responses((status = 200, body = ConnectionCheck), (status = "4XX", body = Problem), (status = "5XX", body = Problem)))]
#[post("/payment-connections/{id}/check")]
async fn check_payment_connection(
    staff: Staff,
    id: Key<ConnectionId>,
    app: Data<App>,
) -> Result<Json<ConnectionCheck>> {
    let mut tx = app.store.begin(&staff, Permission::ManagePayments).await?;
    let account = connections::find(&mut tx, *id).await?;
    drop(tx);
    if !account.provider.is_online() {
        return Err(Problem::new(Code::Conflict)
            .detail("A bank account can't be asked; its number's check digits were.")
            .into());
    }
    let provider = providers::open(&app, &account)?;
    let connection = provider.check().await.map_err(providers::failure)?;
    Ok(Json(ConnectionCheck {
        livemode: connection.livemode,
        webhook_secret_set: account.webhook_secret_set,
    }))
}
