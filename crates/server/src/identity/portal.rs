//! The portal's door: links, staying, going, and standing in another contact.

use actix_web::web::{Bytes, Data, Json};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use domain::events::{Event, Subject};
use domain::identity::{PortalSignedIn, RequestLink, SwitchContact, UseLink};
use domain::organizations::PublicOrganization;
use domain::permission::Audience;
use domain::problem::{Code, Problem};
use domain::text::Slug;
use store::identity::one_time_tokens::{self, Purpose};
use store::identity::sessions::{self, Holder};
use store::identity::visitors;
use store::{Actor, Reason, Tx, events, organizations};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions::{PORTAL_SESSION, begin_session};
use super::jobs::{self, Asked};
use super::links::next_path;
use super::prove::mailed;
use super::{cookies, renewal};
use crate::App;
use crate::http::{Anyone, Body, Key};
use crate::problem::Result;

/// The portal's door.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_public_organization)
        .service(get_logo)
        .service(request_link)
        .service(use_link)
        .service(refresh_portal)
        .service(sign_out_of_portal)
        .service(switch_contact);
}

/// What anybody may know of the organization of this transaction.
pub(super) async fn public(tx: &mut Tx, app: &App) -> Result<PublicOrganization> {
    let organization = organizations::find(tx).await?;
    let (demo, sandbox) = organizations::unreal(tx).await?;
    Ok(PublicOrganization { notice: app.notice(sandbox, demo), ..organizations::public(&organization) })
}

/// Show how an organization's door looks.
#[utoipa::path(tag = "sign-in", responses((status = 200, body = PublicOrganization), (status = "4XX", body = Problem)))]
#[get("/auth/organizations/{slug}")]
async fn get_public_organization(who: Anyone, slug: Key<Slug>, app: Data<App>) -> Result<Json<PublicOrganization>> {
    let mut tx = app.store.begin_system(Reason::PublicDoor, who.at).await?;
    let id = organizations::by_slug(&mut tx, &slug).await?;
    tx.enter(id).await?;
    Ok(Json(public(&mut tx, &app).await?))
}

/// Fetch an organization's logo.
#[utoipa::path(tag = "sign-in", responses((status = 200, body = Vec<u8>, content_type = "image/*"), (status = "4XX", body = Problem)))]
#[get("/auth/organizations/{slug}/logo")]
async fn get_logo(who: Anyone, slug: Key<Slug>, request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin_system(Reason::PublicDoor, who.at).await?;
    let id = organizations::by_slug(&mut tx, &slug).await?;
    tx.enter(id).await?;
    let logo = organizations::logo(&mut tx).await?;
    let tag = format!("\"{}\"", logo.hash);
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    // Its address changes with its content, but somebody may ask without the version.
    let versioned = request.query_string() == format!("v={}", logo.hash);
    let keep = if versioned { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, keep));
    if known {
        return Ok(response.finish());
    }
    Ok(response
        .insert_header((header::CONTENT_TYPE, logo.media_type))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(Bytes::from(logo.bytes)))
}

/// Have a link mailed that signs in. The answer is the same whether or not the address is known. A `next`
/// outside the organization's portal is left aside.
#[utoipa::path(tag = "sign-in", request_body = RequestLink, responses((status = 202), (status = "4XX", body = Problem)))]
#[post("/auth/portal/links")]
async fn request_link(who: Anyone, body: Body<RequestLink>, app: Data<App>) -> Result<HttpResponse> {
    app.limits.count_mail(&body.email)?;
    let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
    let organization = organizations::by_slug(&mut tx, &body.organization).await?;
    tx.enter(organization).await?;
    let next = body.next.as_deref().map(|next| next_path(&body.organization, next)).unwrap_or_default();
    jobs::enqueue(&mut tx, jobs::PORTAL_LINK, &Asked { email: body.email.clone(), next }).await?;
    tx.commit().await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Sign in by a mailed link, which works once. Opening the link's page does nothing; this does.
#[utoipa::path(tag = "sign-in", request_body = UseLink, responses((status = 200, body = PortalSignedIn), (status = "4XX", body = Problem)))]
#[post("/auth/portal/sessions")]
async fn use_link(who: Anyone, body: Body<UseLink>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
    let target = one_time_tokens::consume(&mut tx, Purpose::PortalSignIn, &mailed(&body.token)).await?;
    let target = target.ok_or(Code::LinkInvalid)?;
    // Whoever lost access since the link was mailed stays outside.
    let visitor = visitors::find(&mut tx, &target.email, target.organization, target.contact).await?;
    let visitor = visitor.ok_or(Code::LinkInvalid)?;
    tx.enter(visitor.organization_id).await?;
    tx.introduce(Actor::Contact(visitor.id), visitor.name.as_str());
    visitors::seen(&mut tx, visitor.id).await?;
    let event = Event::ContactSignedIn { contact_id: visitor.id, name: visitor.name.to_string() };
    events::record(&mut tx, Subject::Contact(visitor.id), Some(visitor.client_id), &event).await?;
    let holder = Holder::Contact { contact: visitor.id, viewed_by: None };
    let began = begin_session(&mut tx, &holder, &visitor.email, PORTAL_SESSION, &who).await?;
    tx.commit().await?;
    let mut response = HttpResponse::Ok();
    cookies::set(&app, &mut response, &began)?;
    let next = next_path(&visitor.slug, &target.next);
    Ok(response.json(PortalSignedIn { organization: visitor.slug, next }))
}

/// Renew the portal's session. The refresh token works once.
#[utoipa::path(tag = "sign-in", responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/auth/portal/refresh")]
async fn refresh_portal(who: Anyone, request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    renewal::renew(&app, &request, &who, Audience::Portal).await
}

/// Sign out of the portal.
#[utoipa::path(tag = "sign-in", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/auth/portal/session")]
async fn sign_out_of_portal(who: Anyone, request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    renewal::sign_out(&app, &request, &who, Audience::Portal).await
}

/// Stand in another contact of your address: of another client, or at another organization.
#[utoipa::path(tag = "sign-in", request_body = SwitchContact, responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/auth/portal/switch")]
async fn switch_contact(
    who: Anyone,
    request: HttpRequest,
    body: Body<SwitchContact>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let mut tx = app.store.begin_system(Reason::OwnAccount, who.at).await?;
    let session = renewal::session_here(&mut tx, &request, Audience::Portal).await?;
    if session.viewed_by.is_some() {
        return Err(Code::ReadOnlyView.into());
    }
    let visitor = visitors::find(&mut tx, &session.email, None, Some(body.contact_id)).await?;
    let visitor = visitor.ok_or(Code::NotFound)?;
    sessions::stand_in_contact(&mut tx, session.id, visitor.organization_id, visitor.id).await?;
    visitors::seen(&mut tx, visitor.id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
