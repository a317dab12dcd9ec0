//! Operations of the staff on invoices that come again.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, post, put};
use domain::events::{Activity, ActivityFilter};
use domain::ids::Id;
use domain::page::{DEFAULT_LIMIT, Page};
use domain::permission::Permission;
use domain::problem::Problem;
use domain::recurring::{
    BilledPeriod, BilledPeriodFilter, RecurringInvoice, RecurringInvoiceFilter, RecurringInvoiceId,
    RecurringInvoiceInput, RecurringInvoiceSummary,
};
use store::events::{self, Feed};
use store::{organizations, recurring};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions::{self, Step};
use crate::App;
use crate::http::{Body, Filter, IfMatch, Key, Once, Staff, Versioned};
use crate::problem::Result;

/// Invoices that come again, for staff.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_recurring_invoices)
        .service(create_recurring_invoice)
        .service(get_recurring_invoice)
        .service(update_recurring_invoice)
        .service(pause_recurring_invoice)
        .service(resume_recurring_invoice)
        .service(end_recurring_invoice)
        .service(list_billed_periods)
        .service(recurring_invoice_activity);
}

/// List invoices that come again, newest first.
#[utoipa::path(tag = "recurring invoices", params(RecurringInvoiceFilter), responses((status = 200, body = Page<RecurringInvoiceSummary>), (status = "4XX", body = Problem)))]
#[get("/recurring-invoices")]
async fn list_recurring_invoices(
    staff: Staff,
    filter: Filter<RecurringInvoiceFilter>,
    app: Data<App>,
) -> Result<Json<Page<RecurringInvoiceSummary>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    Ok(Json(recurring::list(&mut tx, &filter).await?))
}

/// Let an invoice come again.
///
/// Each period is billed once, on its day by the organization's calendar. Days of the past are billed at once,
/// each with its own date.
#[utoipa::path(tag = "recurring invoices", request_body = RecurringInvoiceInput, responses((status = 201, body = RecurringInvoice), (status = "4XX", body = Problem)))]
#[post("/recurring-invoices")]
async fn create_recurring_invoice(
    staff: Staff,
    once: Once,
    input: Body<RecurringInvoiceInput>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditInvoices).await?;
    once.run(tx, StatusCode::CREATED, &input.0, async |tx| actions::create(tx, &input).await).await
}

/// See an invoice that comes again.
#[utoipa::path(tag = "recurring invoices", responses((status = 200, body = RecurringInvoice), (status = "4XX", body = Problem)))]
#[get("/recurring-invoices/{id}")]
async fn get_recurring_invoice(
    staff: Staff,
    id: Key<RecurringInvoiceId>,
    app: Data<App>,
) -> Result<Versioned<RecurringInvoice>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    let recurring = actions::show(&mut tx, *id).await?;
    let version = recurring.version;
    Ok(Versioned::ok(recurring, version))
}

/// Write it anew, all of it, for the periods to come.
#[utoipa::path(tag = "recurring invoices", request_body = RecurringInvoiceInput, responses((status = 200, body = RecurringInvoice), (status = "4XX", body = Problem)))]
#[put("/recurring-invoices/{id}")]
async fn update_recurring_invoice(
    staff: Staff,
    id: Key<RecurringInvoiceId>,
    version: IfMatch,
    input: Body<RecurringInvoiceInput>,
    app: Data<App>,
) -> Result<Versioned<RecurringInvoice>> {
    let mut tx = app.store.begin(&staff, Permission::EditInvoices).await?;
    let recurring = actions::change(&mut tx, *id, version.0, &input).await?;
    tx.commit().await?;
    let version = recurring.version;
    Ok(Versioned::ok(recurring, version))
}

async fn step(
    staff: &Staff,
    id: RecurringInvoiceId,
    app: &App,
    step: Step,
) -> Result<Versioned<RecurringInvoice>> {
    let mut tx = app.store.begin(staff, Permission::EditInvoices).await?;
    let recurring = actions::step(&mut tx, id, step).await?;
    tx.commit().await?;
    let version = recurring.version;
    Ok(Versioned::ok(recurring, version))
}

/// Pause it. What falls into the pause is never billed.
#[utoipa::path(tag = "recurring invoices", responses((status = 200, body = RecurringInvoice), (status = "4XX", body = Problem)))]
#[post("/recurring-invoices/{id}/pause")]
async fn pause_recurring_invoice(
    staff: Staff,
    id: Key<RecurringInvoiceId>,
    app: Data<App>,
) -> Result<Versioned<RecurringInvoice>> {
    step(&staff, *id, &app, Step::Pause).await
}

/// Go on with the first period whose day is today or later.
#[utoipa::path(tag = "recurring invoices", responses((status = 200, body = RecurringInvoice), (status = "4XX", body = Problem)))]
#[post("/recurring-invoices/{id}/resume")]
async fn resume_recurring_invoice(
    staff: Staff,
    id: Key<RecurringInvoiceId>,
    app: Data<App>,
) -> Result<Versioned<RecurringInvoice>> {
    step(&staff, *id, &app, Step::Resume).await
}

/// End it for good. Invoices that were made stay.
#[utoipa::path(tag = "recurring invoices", responses((status = 200, body = RecurringInvoice), (status = "4XX", body = Problem)))]
#[post("/recurring-invoices/{id}/end")]
async fn end_recurring_invoice(
    staff: Staff,
    id: Key<RecurringInvoiceId>,
    app: Data<App>,
) -> Result<Versioned<RecurringInvoice>> {
    step(&staff, *id, &app, Step::End).await
}

/// List the periods that were billed, the latest first.
#[utoipa::path(tag = "recurring invoices", params(BilledPeriodFilter), responses((status = 200, body = Page<BilledPeriod>), (status = "4XX", body = Problem)))]
#[get("/recurring-invoices/{id}/periods")]
async fn list_billed_periods(
    staff: Staff,
    id: Key<RecurringInvoiceId>,
    filter: Filter<BilledPeriodFilter>,
    app: Data<App>,
) -> Result<Json<Page<BilledPeriod>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    recurring::find(&mut tx, *id).await?;
    let today = organizations::today(&mut tx).await?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(recurring::periods(&mut tx, *id, today, limit, filter.cursor.as_deref()).await?))
}

/// See what happened with an invoice that comes again, newest first.
#[utoipa::path(tag = "recurring invoices", params(ActivityFilter), responses((status = 200, body = Page<Activity>), (status = "4XX", body = Problem)))]
#[get("/recurring-invoices/{id}/activity")]
async fn recurring_invoice_activity(
    staff: Staff,
    id: Key<RecurringInvoiceId>,
    filter: Filter<ActivityFilter>,
    app: Data<App>,
) -> Result<Json<Page<Activity>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    recurring::find(&mut tx, *id).await?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(events::list(&mut tx, Feed::Subject(id.uuid()), limit, filter.cursor.as_deref()).await?))
}
