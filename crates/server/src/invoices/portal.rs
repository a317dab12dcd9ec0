//! Operations of clients on their invoices.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, post};
use domain::events::{Activity, ActivityFilter, PortalHome};
use domain::ids::Id;
use domain::invoices::{GuestDocument, InvoiceDocument, InvoiceFilter, InvoiceId, InvoiceSummary};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::permission::Permission;
use domain::problem::Problem;
use store::events::{self, Feed};
use store::{Actor, Credential, Error, Reason, invoices, organizations};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions;
use crate::App;
use crate::http::{Filter, Key, PortalUser, Versioned};
use crate::problem::Result;

/// What of the feed the home page shows.
const LATELY: u16 = 10;
/// How many invoices the home page asks to be paid.
const TO_PAY: u16 = 20;

/// The client's home, invoices and feed.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(portal_home)
        .service(portal_activity)
        .service(portal_list_invoices)
        .service(portal_get_invoice)
        .service(portal_invoice_viewed)
        .service(portal_invoice_activity)
        .service(portal_guest);
}

/// See what needs you, and what happened lately.
///
/// What you may not see is left out.
#[utoipa::path(tag = "portal", responses((status = 200, body = PortalHome), (status = "4XX", body = Problem)))]
#[get("/portal/home")]
async fn portal_home(user: PortalUser, app: Data<App>) -> Result<Json<PortalHome>> {
    let mut tx = app.store.begin(&user, Permission::Portal).await?;
    let mut home = PortalHome { invoices: Vec::new(), invoice_count: 0, lately: Vec::new() };
    if tx.caller().may(Permission::ViewMoney) {
        let today = organizations::today(&mut tx).await?;
        (home.invoices, home.invoice_count) = invoices::to_pay(&mut tx, today, TO_PAY).await?;
    }
    home.lately = events::list(&mut tx, Feed::Portal, LATELY, None).await?.items;
    Ok(Json(home))
}

/// See what happened, newest first.
///
/// What you may not see is left out.
#[utoipa::path(tag = "portal", params(ActivityFilter), responses((status = 200, body = Page<Activity>), (status = "4XX", body = Problem)))]
#[get("/portal/activity")]
async fn portal_activity(
    user: PortalUser,
    filter: Filter<ActivityFilter>,
    app: Data<App>,
) -> Result<Json<Page<Activity>>> {
    let mut tx = app.store.begin(&user, Permission::Portal).await?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(events::list(&mut tx, Feed::Portal, limit, filter.cursor.as_deref()).await?))
}

/// List your invoices, newest first; overdue ones with the longest overdue first.
#[utoipa::path(tag = "portal", params(InvoiceFilter), responses((status = 200, body = Page<InvoiceSummary>), (status = "4XX", body = Problem)))]
#[get("/portal/invoices")]
async fn portal_list_invoices(
    user: PortalUser,
    filter: Filter<InvoiceFilter>,
    app: Data<App>,
) -> Result<Json<Page<InvoiceSummary>>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    let today = organizations::today(&mut tx).await?;
    Ok(Json(invoices::list(&mut tx, &filter, today).await?))
}

/// See an invoice. Reading changes nothing; say that it was seen with `viewed`.
#[utoipa::path(tag = "portal", responses((status = 200, body = InvoiceDocument), (status = "4XX", body = Problem)))]
#[get("/portal/invoices/{id}")]
async fn portal_get_invoice(
    user: PortalUser,
    id: Key<InvoiceId>,
    app: Data<App>,
) -> Result<Versioned<InvoiceDocument>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    let invoice = actions::show_document(&mut tx, *id).await?;
    let version = invoice.version;
    Ok(Versioned::ok(invoice, version))
}

/// Say that you have looked at an invoice. Repeatable.
///
/// For a member who views as a contact it does nothing.
#[utoipa::path(tag = "portal", responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/portal/invoices/{id}/viewed")]
async fn portal_invoice_viewed(user: PortalUser, id: Key<InvoiceId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    // Under the portal's policies: what the client can't see, nobody has looked at.
    invoices::is_issued(&mut tx, *id).await?;
    if tx.caller().viewed_by.is_none() {
        tx.act_for_organization(Reason::ClientAction).await?;
        invoices::record_view(&mut tx, *id).await?;
        tx.commit().await?;
    }
    Ok(HttpResponse::NoContent().finish())
}

/// See what happened with an invoice, newest first.
#[utoipa::path(tag = "portal", params(ActivityFilter), responses((status = 200, body = Page<Activity>), (status = "4XX", body = Problem)))]
#[get("/portal/invoices/{id}/activity")]
async fn portal_invoice_activity(
    user: PortalUser,
    id: Key<InvoiceId>,
    filter: Filter<ActivityFilter>,
    app: Data<App>,
) -> Result<Json<Page<Activity>>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    invoices::is_issued(&mut tx, *id).await?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(events::list(&mut tx, Feed::Subject(id.uuid()), limit, filter.cursor.as_deref()).await?))
}

/// Ask which document a guest link opens.
///
/// The link's token goes into the header `Portico-Guest`. How often a link was opened is counted; nothing
/// else changes. A link to a quote with an access code opens nothing yet: `POST /auth/guest/unlock` exchanges it.
#[utoipa::path(tag = "portal", responses((status = 200, body = GuestDocument), (status = "4XX", body = Problem)))]
#[get("/portal/guest")]
async fn portal_guest(user: PortalUser, app: Data<App>) -> Result<Json<GuestDocument>> {
    let mut tx = app.store.begin(&user, Permission::Portal).await?;
    let (Actor::Guest(_), Credential::GuestLink(hash)) = (tx.actor(), &user.credential) else {
        // Whoever signed in holds no link. Those who may not see documents needn't know that there are links.
        let may = tx.caller().may(Permission::ViewMoney);
        return Err(if may { Error::NotFound } else { Error::Forbidden(Permission::ViewMoney) }.into());
    };
    tx.act_for_organization(Reason::ClientAction).await?;
    let document = invoices::guest_links::count_opening(&mut tx, hash).await?;
    tx.commit().await?;
    Ok(Json(document))
}
