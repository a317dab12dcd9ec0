//! Looking at the portal as a contact sees it.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use domain::clients::ContactId;
use domain::events::{Event, Subject};
use domain::identity::ViewingAs;
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use store::identity::sessions::Holder;
use store::identity::visitors;
use store::{Actor, events};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions::{VIEW, begin_session};
use super::cookies;
use crate::App;
use crate::http::{Anyone, Key, Staff};
use crate::problem::Result;

/// Viewing as a contact.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(view_as_contact);
}

/// Look at the portal as a contact, for an hour, without being able to change anything. This is logged.
#[utoipa::path(tag = "contacts", responses((status = 200, body = ViewingAs), (status = "4XX", body = Problem)))]
#[post("/contacts/{id}/view-as")]
async fn view_as_contact(staff: Staff, who: Anyone, id: Key<ContactId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::ViewAsContact).await?;
    let Actor::Member(member) = tx.actor() else { return Err(Code::Forbidden.into()) };
    let visitor = visitors::find_by_id(&mut tx, *id).await?;
    let event = Event::ContactViewedAs { contact_id: visitor.id, name: visitor.name.to_string() };
    events::record(&mut tx, Subject::Contact(visitor.id), Some(visitor.client_id), &event).await?;
    let holder = Holder::Contact { contact: visitor.id, viewed_by: Some(member) };
    let began = begin_session(&mut tx, &holder, &visitor.email, VIEW, &who).await?;
    tx.commit().await?;
    let mut response = HttpResponse::Ok();
    cookies::set(&app, &mut response, &began)?;
    Ok(response.json(ViewingAs { path: format!("/{}", visitor.slug) }))
}
