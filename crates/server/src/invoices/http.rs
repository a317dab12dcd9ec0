//! Operations of the staff on invoices.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, delete, get, post, put};
use domain::events::{Activity, ActivityFilter};
use domain::ids::Id;
use domain::invoices::{
    DraftInvoice, Invoice, InvoiceFigures, InvoiceFilter, InvoiceId, InvoiceLink, InvoiceSummary,
    PreviewInvoice, SendInvoice, VoidInvoice,
};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::permission::Permission;
use domain::problem::Problem;
use domain::schedules::MarkMilestone;
use domain::totals::Totals;
use store::events::{self, Feed};
use store::{invoices, organizations};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{actions, milestones, send};
use crate::App;
use crate::http::{Body, Filter, IfMatch, Key, Once, Staff, Versioned};
use crate::problem::Result;

/// Invoices and tax rates, for staff.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_invoices)
        .service(invoice_figures)
        .service(preview_invoice)
        .service(create_invoice)
        .service(get_invoice)
        .service(update_invoice)
        .service(delete_invoice)
        .service(send_invoice)
        .service(resend_invoice)
        .service(void_invoice)
        .service(mark_milestone)
        .service(copy_invoice_link)
        .service(invoice_activity)
        .configure(super::tax_rates::routes);
}

/// List invoices, newest first; overdue ones with the longest overdue first.
#[utoipa::path(tag = "invoices", params(InvoiceFilter), responses((status = 200, body = Page<InvoiceSummary>), (status = "4XX", body = Problem)))]
#[get("/invoices")]
async fn list_invoices(
    staff: Staff,
    filter: Filter<InvoiceFilter>,
    app: Data<App>,
) -> Result<Json<Page<InvoiceSummary>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    let today = organizations::today(&mut tx).await?;
    Ok(Json(invoices::list(&mut tx, &filter, today).await?))
}

/// See what is owed and overdue in all.
///
/// What came in is told only to members who may see payments.
#[utoipa::path(tag = "invoices", responses((status = 200, body = InvoiceFigures), (status = "4XX", body = Problem)))]
#[get("/invoices/figures")]
async fn invoice_figures(staff: Staff, app: Data<App>) -> Result<Json<InvoiceFigures>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    let payments = tx.caller().may(Permission::ViewPayments);
    let today = organizations::today(&mut tx).await?;
    Ok(Json(invoices::figures(&mut tx, today, payments).await?))
}

/// Ask what lines would come to, without keeping anything.
#[utoipa::path(tag = "invoices", request_body = PreviewInvoice, responses((status = 200, body = Totals), (status = "4XX", body = Problem)))]
#[post("/invoices/preview")]
async fn preview_invoice(staff: Staff, asked: Body<PreviewInvoice>, app: Data<App>) -> Result<Json<Totals>> {
    app.store.begin(&staff, Permission::ViewInvoices).await?;
    Ok(Json(actions::preview(&asked)?))
}

/// Begin a draft.
#[utoipa::path(tag = "invoices", request_body = DraftInvoice, responses((status = 201, body = Invoice), (status = "4XX", body = Problem)))]
#[post("/invoices")]
async fn create_invoice(
    staff: Staff,
    once: Once,
    draft: Body<DraftInvoice>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditInvoices).await?;
    once.run(tx, StatusCode::CREATED, &draft.0, async |tx| actions::create(tx, &draft).await).await
}

/// See an invoice.
#[utoipa::path(tag = "invoices", responses((status = 200, body = Invoice), (status = "4XX", body = Problem)))]
#[get("/invoices/{id}")]
async fn get_invoice(staff: Staff, id: Key<InvoiceId>, app: Data<App>) -> Result<Versioned<Invoice>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    let invoice = actions::show(&mut tx, *id).await?;
    let version = invoice.document.version;
    Ok(Versioned::ok(invoice, version))
}

/// Write a draft anew, all of it.
#[utoipa::path(tag = "invoices", request_body = DraftInvoice, responses((status = 200, body = Invoice), (status = "4XX", body = Problem)))]
#[put("/invoices/{id}")]
async fn update_invoice(
    staff: Staff,
    id: Key<InvoiceId>,
    version: IfMatch,
    draft: Body<DraftInvoice>,
    app: Data<App>,
) -> Result<Versioned<Invoice>> {
    let mut tx = app.store.begin(&staff, Permission::EditInvoices).await?;
    let invoice = actions::change(&mut tx, *id, version.0, &draft).await?;
    tx.commit().await?;
    let version = invoice.document.version;
    Ok(Versioned::ok(invoice, version))
}

/// Throw a draft away.
#[utoipa::path(tag = "invoices", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/invoices/{id}")]
async fn delete_invoice(staff: Staff, id: Key<InvoiceId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::EditInvoices).await?;
    actions::delete(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Issue a draft and mail it to the client.
///
/// It gets the next number and can't be changed from then on. Each recipient gets a link of their own
/// that opens this invoice without signing in; an empty list of contacts issues it without a mail.
#[utoipa::path(tag = "invoices", request_body = SendInvoice, responses((status = 200, body = Invoice), (status = "4XX", body = Problem)))]
#[post("/invoices/{id}/send")]
async fn send_invoice(
    staff: Staff,
    once: Once,
    id: Key<InvoiceId>,
    version: IfMatch,
    request: Body<SendInvoice>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::SendInvoices).await?;
    once.run(tx, StatusCode::OK, &(version.0, &request.0), async |tx| {
        send::send(&app, tx, *id, version.0, &request).await
    })
    .await
}

/// Mail an issued invoice again.
#[utoipa::path(tag = "invoices", request_body = SendInvoice, responses((status = 200, body = Invoice), (status = "4XX", body = Problem)))]
#[post("/invoices/{id}/resend")]
async fn resend_invoice(
    staff: Staff,
    once: Once,
    id: Key<InvoiceId>,
    request: Body<SendInvoice>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::SendInvoices).await?;
    once.run(tx, StatusCode::OK, &request.0, async |tx| send::resend(&app, tx, *id, &request).await).await
}

/// Withdraw an issued invoice for which nothing was paid. It keeps its number.
#[utoipa::path(tag = "invoices", request_body = VoidInvoice, responses((status = 200, body = Invoice), (status = "4XX", body = Problem)))]
#[post("/invoices/{id}/void")]
async fn void_invoice(
    staff: Staff,
    once: Once,
    id: Key<InvoiceId>,
    request: Body<VoidInvoice>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::VoidInvoices).await?;
    once.run(tx, StatusCode::OK, &request.0, async |tx| actions::void(tx, *id, &request).await).await
}

/// Say that a milestone of the payment schedule is reached, or isn't after all.
///
/// Its instalment is to be paid from then on, and the client is told by mail. Saying the same again changes nothing.
#[utoipa::path(tag = "invoices", request_body = MarkMilestone, responses((status = 200, body = Invoice), (status = "4XX", body = Problem)))]
#[put("/invoices/{id}/milestones")]
async fn mark_milestone(
    staff: Staff,
    id: Key<InvoiceId>,
    version: IfMatch,
    body: Body<MarkMilestone>,
    app: Data<App>,
) -> Result<Versioned<Invoice>> {
    let mut tx = app.store.begin(&staff, Permission::SendInvoices).await?;
    let invoice = milestones::mark(&app, &mut tx, *id, version.0, body.0).await?;
    tx.commit().await?;
    let version = invoice.document.version;
    Ok(Versioned::ok(invoice, version))
}

/// Make a link to an issued invoice, to hand on by yourself.
///
/// Each call makes another one. Whoever has it sees the invoice and may pay it.
#[utoipa::path(tag = "invoices", responses((status = 201, body = InvoiceLink), (status = "4XX", body = Problem)))]
#[post("/invoices/{id}/copy-link")]
async fn copy_invoice_link(staff: Staff, id: Key<InvoiceId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::SendInvoices).await?;
    let link = send::copy_link(&app, &mut tx, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(link))
}

/// See what happened with an invoice, newest first.
#[utoipa::path(tag = "invoices", params(ActivityFilter), responses((status = 200, body = Page<Activity>), (status = "4XX", body = Problem)))]
#[get("/invoices/{id}/activity")]
async fn invoice_activity(
    staff: Staff,
    id: Key<InvoiceId>,
    filter: Filter<ActivityFilter>,
    app: Data<App>,
) -> Result<Json<Page<Activity>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    invoices::is_issued(&mut tx, *id).await?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(events::list(&mut tx, Feed::Subject(id.uuid()), limit, filter.cursor.as_deref()).await?))
}
