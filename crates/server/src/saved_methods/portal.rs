//! Saved methods as clients see them, and what they do with them.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, delete, get, post};
use chrono::TimeDelta;
use domain::events::Event;
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use domain::saved_methods::{
    SaveMethod, SavedMethod, SavedMethodId, SavedMethodState, SavedMethods, SavingMethod, mandate,
};
use store::payments::connections;
use store::saved_methods::{self, Kept};
use store::{Actor, Reason, Tx, clients, organizations};
use utoipa_actix_web::service_config::ServiceConfig;

use super::begin::{self, begin};
use super::jobs::detach_later;
use super::settle::{record, remove, settle};
use crate::App;
use crate::http::{Anyone, Body, Key, Once, PortalUser};
use crate::problem::Result;

/// How long the provider's last word is taken for granted.
const FRESH: TimeDelta = TimeDelta::seconds(2);

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(portal_list_saved_methods)
        .service(portal_save_method)
        .service(portal_get_saved_method)
        .service(portal_make_method_default)
        .service(portal_remove_saved_method);
}

/// List the payment methods you saved, the one that is charged first, and what saving another means.
#[utoipa::path(tag = "saved methods", responses((status = 200, body = SavedMethods), (status = "4XX", body = Problem)))]
#[get("/portal/saved-methods")]
async fn portal_list_saved_methods(user: PortalUser, app: Data<App>) -> Result<Json<SavedMethods>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    let today = tx.caller().time_zone.today(tx.now());
    let client = tx.caller().client_id.ok_or(Code::NotFound)?;
    let methods = saved_methods::list(&mut tx, client, today).await?;
    let Actor::Contact(contact) = tx.actor() else {
        return Ok(Json(SavedMethods { methods, mandate: None }));
    };
    tx.act_for_organization(Reason::ClientAction).await?;
    let saving = !begin::saving(&app, connections::list(&mut tx).await?)?.is_empty();
    let language = begin::language(&mut tx, Some(contact)).await?;
    let organization = organizations::find(&mut tx).await?;
    let mandate = saving.then(|| mandate(language, organization.name.as_str()));
    Ok(Json(SavedMethods { methods, mandate }))
}

/// Agree to be charged, and begin to save a payment method.
///
/// The mandate is kept word for word, with who agreed, when and from where. Then go to `setup_url`: the method is saved
/// on the payment provider's page, and is the one that is charged from then on.
#[utoipa::path(tag = "saved methods", request_body = SaveMethod, params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = SavingMethod), (status = "4XX", body = Problem), (status = "5XX", body = Problem)))]
#[post("/portal/saved-methods")]
async fn portal_save_method(
    user: PortalUser,
    once: Once,
    from: Anyone,
    body: Body<SaveMethod>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let id = begin(&app, &user, &once, &from.address, &body).await?;
    let mut tx = app.store.begin(&user, Permission::Pay).await?;
    tx.act_for_organization(Reason::ClientAction).await?;
    let method = saved_methods::get(&mut tx, id).await?;
    let setup_url = method
        .setup_url
        .ok_or_else(|| Problem::new(Code::Conflict).detail("This page is closed already."))?;
    let saving = SavingMethod { id, setup_url, ends_at: method.setup_ends_at };
    Ok(HttpResponse::build(StatusCode::CREATED).json(saving))
}

/// Read what became of a payment method, according to the provider.
#[utoipa::path(tag = "saved methods", responses((status = 200, body = SavedMethod), (status = "4XX", body = Problem)))]
#[get("/portal/saved-methods/{id}")]
async fn portal_get_saved_method(
    user: PortalUser,
    id: Key<SavedMethodId>,
    app: Data<App>,
) -> Result<Json<SavedMethod>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    let today = tx.caller().time_zone.today(tx.now());
    let method = saved_methods::find(&mut tx, *id, today).await?;
    if method.state != SavedMethodState::Pending {
        return Ok(Json(method));
    }
    let (organization, before) = (tx.organization_id(), tx.now() - FRESH);
    tx.act_for_organization(Reason::ClientAction).await?;
    let ours = saved_methods::claim_check(&mut tx, *id, before).await?;
    tx.commit().await?;
    if ours && let Err(failure) = settle(&app, organization, *id).await {
        // What is known is still worth showing; the sweep asks again.
        tracing::warn!(method = %*id, error = %failure, "the provider could not be asked");
    }
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    Ok(Json(saved_methods::find(&mut tx, *id, today).await?))
}

/// A method that the caller sees, locked with its client; the transaction goes on for the organization.
async fn lock(tx: &mut Tx, id: SavedMethodId) -> Result<Kept> {
    let today = tx.caller().time_zone.today(tx.now());
    saved_methods::find(tx, id, today).await?;
    tx.act_for_organization(Reason::ClientAction).await?;
    let client = saved_methods::get(tx, id).await?.client_id;
    clients::lock(tx, client).await?;
    let method = saved_methods::lock(tx, id).await?;
    if method.state == SavedMethodState::Active {
        return Ok(method);
    }
    Err(Problem::new(Code::Conflict).detail("This payment method is not saved, or no longer.").into())
}

/// Let this payment method be the one that is charged.
#[utoipa::path(tag = "saved methods", responses((status = 200, body = SavedMethod), (status = "4XX", body = Problem)))]
#[post("/portal/saved-methods/{id}/default")]
async fn portal_make_method_default(
    user: PortalUser,
    id: Key<SavedMethodId>,
    app: Data<App>,
) -> Result<Json<SavedMethod>> {
    let mut tx = app.store.begin(&user, Permission::Pay).await?;
    let today = tx.caller().time_zone.today(tx.now());
    let method = lock(&mut tx, *id).await?;
    if !method.is_default {
        saved_methods::make_default(&mut tx, method.client_id, *id).await?;
        let event = Event::PaymentMethodMadeDefault { method_id: *id, label: method.label() };
        record(&mut tx, &method, &event).await?;
    }
    let method = saved_methods::find(&mut tx, *id, today).await?;
    tx.commit().await?;
    Ok(Json(method))
}

/// Take a payment method away. It is not charged any more, and the provider forgets it.
///
/// If it was the one that is charged, the newest that is left takes its place.
#[utoipa::path(tag = "saved methods", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/portal/saved-methods/{id}")]
async fn portal_remove_saved_method(
    user: PortalUser,
    id: Key<SavedMethodId>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&user, Permission::Pay).await?;
    let method = lock(&mut tx, *id).await?;
    remove(&mut tx, &method).await?;
    detach_later(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
