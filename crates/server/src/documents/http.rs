//! Operations that answer with a document.

use actix_web::http::header::{self, ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get};
use domain::invoices::{InvoiceId, InvoiceStatus};
use domain::payments::PaymentId;
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use store::{Reason, Tx, invoices, organizations, payments};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Key, PortalUser, Staff};
use crate::problem::{Failure, Result};

/// PDFs and electronic invoices.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(invoice_pdf)
        .service(invoice_facturx)
        .service(invoice_ubl)
        .service(receipt_pdf)
        .service(portal_invoice_pdf)
        .service(portal_receipt_pdf);
}

/// Get an invoice as PDF.
///
/// That of an issued invoice never changes. It is PDF/A-3, and where all is known that EN 16931 asks for, an
/// electronic invoice, too (Factur-X). A draft is marked as such.
#[utoipa::path(tag = "documents", responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = "4XX", body = Problem)))]
#[get("/invoices/{id}/pdf")]
async fn invoice_pdf(staff: Staff, id: Key<InvoiceId>, app: Data<App>) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    answer_invoice(&app, tx, *id).await
}

/// Get an invoice as PDF. It never changes.
#[utoipa::path(tag = "portal", responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = "4XX", body = Problem)))]
#[get("/portal/invoices/{id}/pdf")]
async fn portal_invoice_pdf(user: PortalUser, id: Key<InvoiceId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    // Under the portal's policies: what the client can't see isn't there.
    invoices::is_issued(&mut tx, *id).await?;
    tx.act_for_organization(Reason::ClientAction).await?;
    answer_invoice(&app, tx, *id).await
}

async fn answer_invoice(app: &App, mut tx: Tx, id: InvoiceId) -> Result<HttpResponse> {
    let organization = organizations::find(&mut tx).await?;
    let invoice = invoices::find_document(&mut tx, id, &organization).await?;
    if invoice.status == InvoiceStatus::Draft {
        let mut draft = super::input::invoice(&mut tx, &organization, &invoice).await?;
        draft.letter.brand.logo = super::input::logo(&mut tx).await?.map(|logo| logo.bytes);
        drop(tx);
        let pdf = app.press.print(move || draft.pdf()).await?;
        return Ok(file("Draft.pdf", "application/pdf", pdf));
    }
    let frozen = super::of_invoice(&mut tx, &organization, &invoice).await?;
    tx.commit().await?;
    let name = frozen.file_name.clone();
    Ok(file(&name, "application/pdf", super::pdf(app, organization.id, frozen).await?))
}

/// Get the receipt of a payment as PDF. It never changes.
#[utoipa::path(tag = "documents", responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = "4XX", body = Problem)))]
#[get("/payments/{id}/receipt.pdf")]
async fn receipt_pdf(staff: Staff, id: Key<PaymentId>, app: Data<App>) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    answer_receipt(&app, tx, *id).await
}

/// Get the receipt of a payment as PDF. It never changes.
#[utoipa::path(tag = "portal", responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = "4XX", body = Problem)))]
#[get("/portal/payments/{id}/receipt.pdf")]
async fn portal_receipt_pdf(user: PortalUser, id: Key<PaymentId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    // Under the portal's policies: what the client can't see isn't there.
    let seen = payments::find(&mut tx, *id).await?;
    tx.act_for_organization(Reason::ClientAction).await?;
    answer_receipt(&app, tx, seen.id).await
}

async fn answer_receipt(app: &App, mut tx: Tx, id: PaymentId) -> Result<HttpResponse> {
    let organization = organizations::find(&mut tx).await?;
    let payment = payments::find(&mut tx, id).await?;
    let frozen = super::of_payment(&mut tx, &organization, &payment).await?;
    tx.commit().await?;
    let name = frozen.file_name.clone();
    Ok(file(&name, "application/pdf", super::pdf(app, organization.id, frozen).await?))
}

/// Get an issued invoice as XML of Factur-X.
///
/// A Cross Industry Invoice by EN 16931, as its PDF holds it. If the invoice lacks something that the standard
/// asks for, the answer is `conflict` and `errors` names all of it.
#[utoipa::path(tag = "documents", responses((status = 200, body = Vec<u8>, content_type = "application/xml"), (status = "4XX", body = Problem)))]
#[get("/invoices/{id}/facturx.xml")]
async fn invoice_facturx(staff: Staff, id: Key<InvoiceId>, app: Data<App>) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    let (invoice, name) = electronic(tx, *id).await?;
    Ok(file(&name, "application/xml", invoice.cii().into_bytes()))
}

/// Get an issued invoice as XML of UBL.
///
/// UBL 2.1 by EN 16931, in the shape of Peppol BIS Billing 3.0. If the invoice lacks something that the standard
/// asks for, the answer is `conflict` and `errors` names all of it.
#[utoipa::path(tag = "documents", responses((status = 200, body = Vec<u8>, content_type = "application/xml"), (status = "4XX", body = Problem)))]
#[get("/invoices/{id}/ubl.xml")]
async fn invoice_ubl(staff: Staff, id: Key<InvoiceId>, app: Data<App>) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    let (invoice, name) = electronic(tx, *id).await?;
    Ok(file(&name, "application/xml", invoice.ubl().into_bytes()))
}

/// What was frozen of an issued invoice, if it is an invoice by EN 16931, and its file's name.
async fn electronic(mut tx: Tx, id: InvoiceId) -> Result<(::documents::Invoice, String)> {
    let organization = organizations::find(&mut tx).await?;
    let shown = invoices::find_document(&mut tx, id, &organization).await?;
    if shown.status == InvoiceStatus::Draft {
        return Err(Problem::new(Code::Conflict).detail("Send the invoice first.").into());
    }
    let frozen = super::of_invoice(&mut tx, &organization, &shown).await?;
    tx.commit().await?;
    let invoice: ::documents::Invoice = serde_json::from_value(frozen.input).map_err(Failure::internal)?;
    if let Err(missing) = invoice.qualifies() {
        let problem = Problem::new(Code::Conflict).detail("It lacks what an electronic invoice needs.");
        let named =
            missing.iter().fold(problem, |problem, lack| problem.field("", lack.code(), lack.to_string()));
        return Err(named.into());
    }
    Ok((invoice, frozen.file_name.replace(".pdf", ".xml")))
}

/// A file to be saved or shown.
fn file(name: &str, media_type: &'static str, bytes: Vec<u8>) -> HttpResponse {
    let disposition = ContentDisposition {
        disposition: DispositionType::Inline,
        parameters: vec![DispositionParam::Filename(name.to_owned())],
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header(disposition)
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .body(Bytes::from(bytes))
}
