use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{get, post, put};
use domain::events::{Event, Subject};
use domain::payments::{
    ConnectSandbox, ConnectStripe, ConnectionCheck, ConnectionId, PaymentConnection, Provider,
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

fn view(app: &App, account: Account) -> PaymentConnection {
    let url = app.url(&format!("/api/v1/webhooks/payments/{}", account.id));
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
    let answer = put(&app, &mut tx, Provider::Stripe, version, body.enabled, |secrets| {
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
    put(app, tx, Provider::Sandbox, version, enabled, |secrets| {
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
async fn put(
    app: &App,
    tx: &mut Tx,
    provider: Provider,
    version: Option<IfMatch>,
    enabled: bool,
    change: impl FnOnce(&mut Secrets),
) -> Result<Versioned<PaymentConnection>> {
    let present = connections::list(tx).await?.into_iter().find(|account| account.provider == provider);
    let mut secrets =
        present.as_ref().map_or_else(|| Ok(Secrets::default()), |account| Secrets::open(app, account))?;
    change(&mut secrets);
    if enabled && provider == Provider::Stripe && secrets.secret_key.is_none() {
        return Err(Problem::invalid("/secret_key", "required", "is needed to take payments").into());
    }
    let id = present.as_ref().map_or_else(|| connections::new_id(tx), |account| account.id);
    let keys = Keys {
        enabled,
        secrets: secrets.seal(app, id)?,
        key_hint: secrets
            .secret_key
            .as_deref()
            .map(|key| format!("…{}", &key[key.len().saturating_sub(4)..])),
        webhook_secret_set: !secrets.webhook_secrets.is_empty(),
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
    let provider = providers::open(&app, &account)?;
    let connection = provider.check().await.map_err(providers::failure)?;
    Ok(Json(ConnectionCheck {
        livemode: connection.livemode,
        webhook_secret_set: account.webhook_secret_set,
    }))
}
