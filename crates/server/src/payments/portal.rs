use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::TimeDelta;
use domain::page::Page;
use domain::payments::{
    Attempt, AttemptId, Payment, PaymentFilter, PaymentId, PaymentMethod, PaymentMethodFilter, StartPayment,
};
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use store::payments::attempts;
use store::{Reason, organizations, payments};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{checkout, methods, providers, settle, start};
use crate::App;
use crate::http::{Body, Filter, Key, Once, PortalUser};
use crate::problem::Result;

/// How long the provider's last word is taken for granted.
const FRESH: TimeDelta = TimeDelta::seconds(2);

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(portal_payment_methods)
        .service(start_payment)
        .service(portal_list_payments)
        .service(portal_get_attempt)
        .service(cancel_attempt)
        .service(portal_get_payment);
}

/// List the ways to pay in a currency, or to pay some invoices, the preferred one first.
#[utoipa::path(tag = "payments", params(PaymentMethodFilter), responses((status = 200, body = Vec<PaymentMethod>), (status = "4XX", body = Problem)))]
#[get("/portal/payment-methods")]
async fn portal_payment_methods(
    user: PortalUser,
    filter: Filter<PaymentMethodFilter>,
    app: Data<App>,
) -> Result<Json<Vec<PaymentMethod>>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    let client = tx.caller().client_id.ok_or(Code::NotFound)?;
    let invoices = filter.invoices.as_ref().map(|ids| ids.0.as_slice()).unwrap_or_default();
    if !payments::sees_invoices(&mut tx, invoices).await? {
        return Err(Code::NotFound.into());
    }
    tx.act_for_organization(Reason::ClientAction).await?;
    let offered = match invoices {
        [] => methods::of_client(&app, &mut tx, client).await?,
        ids => methods::of_invoices(&app, &mut tx, ids).await?,
    };
    let currency = match filter.currency {
        Some(currency) => currency,
        None => organizations::find(&mut tx).await?.currency,
    };
    let mut list = Vec::new();
    for account in offered {
        if !providers::takes(account.provider, currency) {
            continue;
        }
        let online = account.provider.is_online();
        let provider = if online { Some(providers::open(&app, &account)?) } else { None };
        let limits =
            provider.as_ref().map(|provider| (provider.minimum(currency), provider.maximum(currency)));
        let (least, most) = limits.unwrap_or_default();
        list.push(PaymentMethod {
            connection_id: account.id,
            provider: account.provider,
            online,
            minimum: [least, account.terms.least(currency)]
                .into_iter()
                .flatten()
                .max_by_key(|limit| limit.minor()),
            maximum: [most, account.terms.most(currency)]
                .into_iter()
                .flatten()
                .min_by_key(|limit| limit.minor()),
            fee: account.terms.fee,
        });
    }
    Ok(Json(list))
}

/// Start to pay invoices online.
///
/// Answers with an attempt whose `checkout_url` is the payment provider's page. If the same is being paid already,
/// that attempt is answered with (200); if something that overlaps is, the answer is `attempt_open` with that
/// attempt in `current`.
#[utoipa::path(tag = "payments", request_body = StartPayment, params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Attempt), (status = 200, body = Attempt), (status = "4XX", body = Problem), (status = "5XX", body = Problem)))]
#[post("/portal/payments")]
async fn start_payment(
    user: PortalUser,
    once: Once,
    request: HttpRequest,
    body: Body<StartPayment>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let started = start::start(&app, &user, &once, &request, &body).await?;
    let mut tx = app.store.begin(&user, Permission::Pay).await?;
    let attempt = attempts::view(&mut tx, started.id).await?;
    let status = if started.fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok(HttpResponse::build(status).json(attempt))
}

/// Read what became of an attempt to pay, according to the provider.
#[utoipa::path(tag = "payments", responses((status = 200, body = Attempt), (status = "4XX", body = Problem)))]
#[get("/portal/payments/attempts/{id}")]
async fn portal_get_attempt(user: PortalUser, id: Key<AttemptId>, app: Data<App>) -> Result<Json<Attempt>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    let attempt = attempts::view(&mut tx, *id).await?;
    if !attempt.state.is_live() {
        return Ok(Json(attempt));
    }
    let (organization, before) = (tx.organization_id(), tx.now() - FRESH);
    tx.act_for_organization(Reason::ClientAction).await?;
    let ours = attempts::claim_check(&mut tx, *id, before).await?;
    tx.commit().await?;
    if ours && let Err(failure) = settle::settle_attempt(&app, organization, *id, None, None).await {
        // What is known is still worth showing; the sweep asks again.
        tracing::warn!(attempt = %*id, error = %failure, "the provider could not be asked");
    }
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    Ok(Json(attempts::view(&mut tx, *id).await?))
}

/// Call off an attempt to pay that is still open.
///
/// Answers with what it is then: money that was faster counts.
#[utoipa::path(tag = "payments", responses((status = 200, body = Attempt), (status = "4XX", body = Problem), (status = "5XX", body = Problem)))]
#[post("/portal/payments/attempts/{id}/cancel")]
async fn cancel_attempt(user: PortalUser, id: Key<AttemptId>, app: Data<App>) -> Result<Json<Attempt>> {
    let mut tx = app.store.begin(&user, Permission::Pay).await?;
    attempts::view(&mut tx, *id).await?;
    let organization = tx.organization_id();
    drop(tx);
    checkout::call_off(&app, organization, *id).await?;
    let mut tx = app.store.begin(&user, Permission::Pay).await?;
    Ok(Json(attempts::view(&mut tx, *id).await?))
}

/// List what your company has paid, newest first.
#[utoipa::path(tag = "payments", params(PaymentFilter), responses((status = 200, body = Page<Payment>), (status = "4XX", body = Problem)))]
#[get("/portal/payments")]
async fn portal_list_payments(
    user: PortalUser,
    filter: Filter<PaymentFilter>,
    app: Data<App>,
) -> Result<Json<Page<Payment>>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    Ok(Json(payments::list(&mut tx, &filter).await?))
}

/// Read one payment.
#[utoipa::path(tag = "payments", responses((status = 200, body = Payment), (status = "4XX", body = Problem)))]
#[get("/portal/payments/{id}")]
async fn portal_get_payment(user: PortalUser, id: Key<PaymentId>, app: Data<App>) -> Result<Json<Payment>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    Ok(Json(payments::find(&mut tx, *id).await?))
}
