//! Giving up what an invoice still asks for.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, delete, post};
use domain::credits::{CreditError, WriteOffInvoice};
use domain::invoices::{Invoice, InvoiceError, InvoiceId};
use domain::permission::Permission;
use domain::problem::Problem;
use store::{Error, Tx, invoices};
use utoipa_actix_web::service_config::ServiceConfig;

use super::notes::refuse;
use crate::App;
use crate::http::{Body, Key, Once, Staff};
use crate::invoices::actions;
use crate::payments::expire_attempts_of;
use crate::problem::Result;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(write_off_invoice).service(undo_write_off);
}

/// Give up what an invoice still asks for.
///
/// Money that comes after all pays it: what was given up is owed again as far as it is paid.
#[utoipa::path(tag = "invoices", request_body = WriteOffInvoice, params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Invoice), (status = "4XX", body = Problem)))]
#[post("/invoices/{id}/write-off")]
async fn write_off_invoice(
    staff: Staff,
    once: Once,
    id: Key<InvoiceId>,
    body: Body<WriteOffInvoice>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::WriteOffInvoices).await?;
    once.run(tx, StatusCode::OK, &body.0, async |tx| {
        write_off(tx, *id, body.reason.as_str()).await?;
        actions::show(tx, *id).await
    })
    .await
}

/// Gives up what an invoice still asks for. Attempts to pay it are called off.
pub async fn write_off(tx: &mut Tx, id: InvoiceId, reason: &str) -> Result<()> {
    let invoice = invoices::lock(tx, &[id]).await?.pop().ok_or(Error::NotFound)?;
    if !invoice.status.is_open() || !invoice.balance().is_positive() {
        return Err(refuse(&CreditError::WriteOff("only an open invoice can be written off")));
    }
    invoices::write_off(tx, &invoice, reason).await?;
    expire_attempts_of(tx, id).await?;
    Ok(())
}

/// Ask again for what was given up of an invoice.
#[utoipa::path(tag = "invoices", responses((status = 200, body = Invoice), (status = "4XX", body = Problem)))]
#[delete("/invoices/{id}/write-off")]
async fn undo_write_off(staff: Staff, id: Key<InvoiceId>, app: Data<App>) -> Result<Json<Invoice>> {
    let mut tx = app.store.begin(&staff, Permission::WriteOffInvoices).await?;
    let invoice = invoices::lock(&mut tx, &[*id]).await?.pop().ok_or(Error::NotFound)?;
    if invoice.status == domain::invoices::InvoiceStatus::Void {
        return Err(InvoiceError::NotIssued.into());
    }
    if !invoice.settled.written_off.is_positive() {
        return Err(refuse(&CreditError::WriteOff("nothing of this invoice was written off")));
    }
    invoices::undo_write_off(&mut tx, &invoice).await?;
    let shown = actions::show(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(Json(shown))
}
