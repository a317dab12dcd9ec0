//! Operations on contacts.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete, patch, post};
use domain::clients::{ClientId, Contact, ContactId, ContactPatch, NewContact};
use domain::permission::Permission;
use domain::problem::Problem;
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions;
use crate::App;
use crate::http::{Body, IfMatch, Key, Once, Staff, Versioned};
use crate::problem::Result;

/// Contacts.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(create_contact).service(update_contact).service(delete_contact).service(invite_contact);
}

/// Add a contact to a client.
#[utoipa::path(tag = "clients", request_body = NewContact, responses((status = 201, body = Contact), (status = "4XX", body = Problem)))]
#[post("/clients/{id}/contacts")]
async fn create_contact(
    staff: Staff,
    once: Once,
    id: Key<ClientId>,
    new: Body<NewContact>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditClients).await?;
    once.run(tx, StatusCode::CREATED, &new.0, async |tx| actions::add_contact(tx, *id, &new).await).await
}

/// Change a contact.
///
/// A contact who gets another address, or loses access to the portal, is signed out.
#[utoipa::path(tag = "clients", request_body = ContactPatch, responses((status = 200, body = Contact), (status = "4XX", body = Problem)))]
#[patch("/contacts/{id}")]
async fn update_contact(
    staff: Staff,
    id: Key<ContactId>,
    version: IfMatch,
    patch: Body<ContactPatch>,
    app: Data<App>,
) -> Result<Versioned<Contact>> {
    let mut tx = app.store.begin(&staff, Permission::EditClients).await?;
    let contact = actions::change_contact(&mut tx, *id, version.0, &patch).await?;
    tx.commit().await?;
    let version = contact.version;
    Ok(Versioned::ok(contact, version))
}

/// Remove a contact, with their sessions and the links that were mailed to them.
#[utoipa::path(tag = "clients", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/contacts/{id}")]
async fn delete_contact(staff: Staff, id: Key<ContactId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::EditClients).await?;
    actions::remove_contact(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Invite a contact to the portal by mail, and let them in.
#[utoipa::path(tag = "clients", responses((status = 200, body = Contact), (status = "4XX", body = Problem)))]
#[post("/contacts/{id}/invite")]
async fn invite_contact(
    staff: Staff,
    once: Once,
    id: Key<ContactId>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditClients).await?;
    once.run(tx, StatusCode::OK, &(), async |tx| actions::invite_contact(&app, tx, *id).await).await
}
