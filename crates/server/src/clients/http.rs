//! Operations on clients.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, patch, post};
use domain::clients::{Client, ClientFilter, ClientId, ClientPatch, ClientSummary, NewClient};
use domain::events::{Activity, ActivityFilter};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::permission::Permission;
use domain::problem::Problem;
use store::events::{self, Feed};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions;
use crate::App;
use crate::http::{Body, Filter, IfMatch, Key, Once, Staff, Versioned};
use crate::problem::Result;

/// Clients and their contacts.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_clients)
        .service(create_client)
        .service(get_client)
        .service(update_client)
        .service(archive_client)
        .service(restore_client)
        .service(client_activity)
        .configure(super::contacts::routes);
}

/// List clients by name.
///
/// What they owe is told only to members who may see invoices.
#[utoipa::path(tag = "clients", params(ClientFilter), responses((status = 200, body = Page<ClientSummary>), (status = "4XX", body = Problem)))]
#[get("/clients")]
async fn list_clients(
    staff: Staff,
    filter: Filter<ClientFilter>,
    app: Data<App>,
) -> Result<Json<Page<ClientSummary>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewClients).await?;
    let money = tx.caller().may(Permission::ViewInvoices);
    if filter.owing && !money {
        return Err(store::Error::Forbidden(Permission::ViewInvoices).into());
    }
    Ok(Json(store::clients::list(&mut tx, &filter, money).await?))
}

/// Create a client, with its first contact if there is one.
#[utoipa::path(tag = "clients", request_body = NewClient, responses((status = 201, body = Client), (status = "4XX", body = Problem)))]
#[post("/clients")]
async fn create_client(
    staff: Staff,
    once: Once,
    new: Body<NewClient>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditClients).await?;
    once.run(tx, StatusCode::CREATED, &new.0, async |tx| actions::create(tx, &new).await).await
}

/// See a client.
///
/// What it owes is told only to members who may see invoices.
#[utoipa::path(tag = "clients", responses((status = 200, body = Client), (status = "4XX", body = Problem)))]
#[get("/clients/{id}")]
async fn get_client(staff: Staff, id: Key<ClientId>, app: Data<App>) -> Result<Versioned<Client>> {
    let mut tx = app.store.begin(&staff, Permission::ViewClients).await?;
    let client = actions::show(&mut tx, *id).await?;
    let version = client.version;
    Ok(Versioned::ok(client, version))
}

/// Change a client.
#[utoipa::path(tag = "clients", request_body = ClientPatch, responses((status = 200, body = Client), (status = "4XX", body = Problem)))]
#[patch("/clients/{id}")]
async fn update_client(
    staff: Staff,
    id: Key<ClientId>,
    version: IfMatch,
    patch: Body<ClientPatch>,
    app: Data<App>,
) -> Result<Versioned<Client>> {
    let mut tx = app.store.begin(&staff, Permission::EditClients).await?;
    let client = actions::change(&mut tx, *id, version.0, &patch).await?;
    tx.commit().await?;
    let version = client.version;
    Ok(Versioned::ok(client, version))
}

/// Archive a client.
///
/// It leaves the lists, nothing new can be sent to it, and its contacts can no longer sign in.
#[utoipa::path(tag = "clients", responses((status = 200, body = Client), (status = "4XX", body = Problem)))]
#[post("/clients/{id}/archive")]
async fn archive_client(staff: Staff, once: Once, id: Key<ClientId>, app: Data<App>) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditClients).await?;
    once.run(tx, StatusCode::OK, &(), async |tx| actions::archive(tx, *id).await).await
}

/// Bring an archived client back.
#[utoipa::path(tag = "clients", responses((status = 200, body = Client), (status = "4XX", body = Problem)))]
#[post("/clients/{id}/restore")]
async fn restore_client(staff: Staff, once: Once, id: Key<ClientId>, app: Data<App>) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditClients).await?;
    once.run(tx, StatusCode::OK, &(), async |tx| actions::restore(tx, *id).await).await
}

/// See what happened with a client, newest first.
///
/// What tells of money is left out for members who may not see it.
#[utoipa::path(tag = "clients", params(ActivityFilter), responses((status = 200, body = Page<Activity>), (status = "4XX", body = Problem)))]
#[get("/clients/{id}/activity")]
async fn client_activity(
    staff: Staff,
    id: Key<ClientId>,
    filter: Filter<ActivityFilter>,
    app: Data<App>,
) -> Result<Json<Page<Activity>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewClients).await?;
    store::clients::addressee(&mut tx, *id).await?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(events::list(&mut tx, Feed::Client(*id), limit, filter.cursor.as_deref()).await?))
}

#[cfg(test)]
mod tests;
