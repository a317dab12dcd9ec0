//! Connecting PayPal, Square and a bank account.

use actix_web::put;
use actix_web::web::Data;
use domain::bank::BankAccount;
use domain::payments::{ConnectBankTransfer, ConnectPaypal, ConnectSquare, PaymentConnection, Provider};
use domain::permission::Permission;
use domain::problem::Problem;
use utoipa_actix_web::service_config::ServiceConfig;

use super::connections::put;
use crate::App;
use crate::http::{Body, IfMatch, Staff, Versioned};
use crate::problem::Result;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(connect_paypal).service(connect_square).service(connect_bank_transfer);
}

/// Keys and ids go into headers and addresses.
fn check_plain(pointer: &str, text: Option<&String>) -> Result<()> {
    let plain = |text: &String| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if text.is_none_or(plain) {
        return Ok(());
    }
    Err(Problem::invalid(
        pointer,
        "invalid",
        "must be letters, digits, - and _ only, as the provider shows it",
    )
    .into())
}

/// Connect PayPal, or change its keys.
///
/// `If-Match` is needed once it is connected. Set up a webhook for all events at PayPal with the `webhook_url` of the
/// answer, then send the id PayPal gives it here.
#[utoipa::path(tag = "payments", request_body = ConnectPaypal, params(("If-Match" = Option<String>, Header)),
    responses((status = 200, body = PaymentConnection), (status = 201, body = PaymentConnection), (status = "4XX", body = Problem)))]
#[put("/payment-connections/paypal")]
async fn connect_paypal(
    staff: Staff,
    version: Option<IfMatch>,
    body: Body<ConnectPaypal>,
    app: Data<App>,
) -> Result<Versioned<PaymentConnection>> {
    check_plain("/client_id", body.client_id.as_ref())?;
    check_plain("/client_secret", body.client_secret.as_ref())?;
    check_plain("/webhook_id", body.webhook_id.as_ref())?;
    let mut tx = app.store.begin(&staff, Permission::ManagePayments).await?;
    let answer = put(&app, &mut tx, Provider::Paypal, version, body.enabled, |secrets, settings| {
        settings.environment = Some(body.environment);
        secrets.secret_key = body.client_secret.clone().or(secrets.secret_key.take());
        settings.client_id = body.client_id.clone().or(settings.client_id.take());
        settings.webhook_id = body.webhook_id.clone().or(settings.webhook_id.take());
    })
    .await?;
    tx.commit().await?;
    Ok(answer)
}

/// Connect Square, or change its keys.
///
/// `If-Match` is needed once it is connected. Set up a webhook for payments and refunds at Square with the
/// `webhook_url` of the answer, then send its signature key here.
#[utoipa::path(tag = "payments", request_body = ConnectSquare, params(("If-Match" = Option<String>, Header)),
    responses((status = 200, body = PaymentConnection), (status = 201, body = PaymentConnection), (status = "4XX", body = Problem)))]
#[put("/payment-connections/square")]
async fn connect_square(
    staff: Staff,
    version: Option<IfMatch>,
    body: Body<ConnectSquare>,
    app: Data<App>,
) -> Result<Versioned<PaymentConnection>> {
    check_plain("/access_token", body.access_token.as_ref())?;
    check_plain("/location_id", body.location_id.as_ref())?;
    for (index, key) in body.signature_keys.iter().flatten().enumerate() {
        // A key that is blank would be one everybody knows.
        if key.len() < 8 {
            let pointer = format!("/signature_keys/{index}");
            return Err(Problem::invalid(pointer, "invalid", "must be a webhook's signature key").into());
        }
        check_plain(&format!("/signature_keys/{index}"), Some(key))?;
    }
    let mut tx = app.store.begin(&staff, Permission::ManagePayments).await?;
    let answer = put(&app, &mut tx, Provider::Square, version, body.enabled, |secrets, settings| {
        settings.environment = Some(body.environment);
        secrets.secret_key = body.access_token.clone().or(secrets.secret_key.take());
        settings.location_id = body.location_id.clone().or(settings.location_id.take());
        if let Some(keys) = &body.signature_keys {
            secrets.webhook_secrets.clone_from(keys);
        }
    })
    .await?;
    tx.commit().await?;
    Ok(answer)
}

/// Set the bank account that clients transfer to, or change it.
///
/// `If-Match` is needed once it is set.
#[utoipa::path(tag = "payments", request_body = ConnectBankTransfer, params(("If-Match" = Option<String>, Header)),
    responses((status = 200, body = PaymentConnection), (status = 201, body = PaymentConnection), (status = "4XX", body = Problem)))]
#[put("/payment-connections/bank-transfer")]
async fn connect_bank_transfer(
    staff: Staff,
    version: Option<IfMatch>,
    body: Body<ConnectBankTransfer>,
    app: Data<App>,
) -> Result<Versioned<PaymentConnection>> {
    let ConnectBankTransfer { holder, iban, bic, bank_name, note, enabled } = body.0;
    let mut tx = app.store.begin(&staff, Permission::ManagePayments).await?;
    let account = BankAccount { holder, iban, bic, bank_name, note };
    let answer = put(&app, &mut tx, Provider::BankTransfer, version, enabled, |_, settings| {
        settings.bank_account = Some(account);
    })
    .await?;
    tx.commit().await?;
    Ok(answer)
}
