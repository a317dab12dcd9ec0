//! Operations that answer with a document.

use actix_web::http::header::{self, ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get};
use domain::clients::ClientId;
use domain::credits::{CreditNoteId, CreditNoteStatus};
use domain::invoices::{InvoiceId, InvoiceStatus};
use domain::payments::PaymentId;
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use domain::quotes::{QuoteId, VersionFilter};
use domain::statements::StatementPeriod;
use store::documents::Frozen;
use store::{Reason, Tx, clients, credits, invoices, organizations, payments, quotes};
use utoipa_actix_web::service_config::ServiceConfig;

use super::input::Account;
use crate::App;
use crate::http::{Filter, Key, PortalUser, Staff};
use crate::problem::{Failure, Result};
use crate::statements::{own, span};

const PDF: &str = "application/pdf";

/// PDFs and electronic invoices.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(invoice_pdf)
        .service(invoice_facturx)
        .service(invoice_ubl)
        .service(receipt_pdf)
        .service(credit_note_pdf)
        .service(quote_pdf)
        .service(client_statement_pdf)
        .service(portal_invoice_pdf)
        .service(portal_receipt_pdf)
        .service(portal_credit_note_pdf)
        .service(portal_quote_pdf)
        .service(portal_statement_pdf);
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
        return Ok(file("Draft.pdf", PDF, app.press.print(move || draft.pdf()).await?));
    }
    let frozen = super::of_invoice(&mut tx, &organization, &invoice).await?;
    kept(app, tx, frozen).await
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
    kept(app, tx, frozen).await
}

/// Get a credit note as PDF.
///
/// That of an issued one never changes; where all is known that EN 16931 asks for, it is electronic, too. A draft is
/// marked as such.
#[utoipa::path(tag = "documents", responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = "4XX", body = Problem)))]
#[get("/credit-notes/{id}/pdf")]
async fn credit_note_pdf(staff: Staff, id: Key<CreditNoteId>, app: Data<App>) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    answer_credit_note(&app, tx, *id).await
}

/// Get a credit note as PDF. It never changes.
#[utoipa::path(tag = "portal", responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = "4XX", body = Problem)))]
#[get("/portal/credit-notes/{id}/pdf")]
async fn portal_credit_note_pdf(
    user: PortalUser,
    id: Key<CreditNoteId>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    // Under the portal's policies: what the client can't see isn't there.
    let seen = credits::find(&mut tx, *id).await?;
    tx.act_for_organization(Reason::ClientAction).await?;
    answer_credit_note(&app, tx, seen.id).await
}

async fn answer_credit_note(app: &App, mut tx: Tx, id: CreditNoteId) -> Result<HttpResponse> {
    let organization = organizations::find(&mut tx).await?;
    let note = credits::find(&mut tx, id).await?;
    if note.status == CreditNoteStatus::Draft {
        let invoice = invoices::find_document(&mut tx, note.invoice_id, &organization).await?;
        let mut draft = super::input::credit_note(&mut tx, &organization, &note, &invoice).await?;
        draft.letter.brand.logo = super::input::logo(&mut tx).await?.map(|logo| logo.bytes);
        drop(tx);
        return Ok(file("Draft.pdf", PDF, app.press.print(move || draft.pdf()).await?));
    }
    let frozen = super::of_credit_note(&mut tx, &organization, &note).await?;
    kept(app, tx, frozen).await
}

/// Get a version of a quote as PDF: the newest, or the one that is named.
///
/// That of a version that was sent never changes. Accepted, it is another document: with the choice that was accepted
/// and a page that says who did, when and of what. A draft is marked as such.
#[utoipa::path(tag = "documents", params(VersionFilter), responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = "4XX", body = Problem)))]
#[get("/quotes/{id}/pdf")]
async fn quote_pdf(
    staff: Staff,
    id: Key<QuoteId>,
    filter: Filter<VersionFilter>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ViewQuotes).await?;
    answer_quote(&app, tx, *id, filter.no).await
}

/// Get a version of a quote as PDF: the newest, or the one that is named.
///
/// It never changes. Accepted, it is another document: with the choice that was accepted and a page that says who did,
/// when and of what.
#[utoipa::path(tag = "portal", params(VersionFilter), responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = "4XX", body = Problem)))]
#[get("/portal/quotes/{id}/pdf")]
async fn portal_quote_pdf(
    user: PortalUser,
    id: Key<QuoteId>,
    filter: Filter<VersionFilter>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    // Under the portal's policies: a version that wasn't sent isn't there, and the newest is the newest sent.
    let no = match filter.no {
        Some(no) => quotes::version(&mut tx, *id, no).await?.no,
        None => quotes::newest_visible(&mut tx, *id).await?,
    };
    tx.act_for_organization(Reason::ClientAction).await?;
    answer_quote(&app, tx, *id, Some(no)).await
}

async fn answer_quote(app: &App, mut tx: Tx, id: QuoteId, no: Option<i32>) -> Result<HttpResponse> {
    let organization = organizations::find(&mut tx).await?;
    let quote = crate::quotes::document(&mut tx, id, no).await?;
    if quote.sent_at.is_none() {
        let mut draft = super::input::quote(&mut tx, &organization, &quote).await?;
        draft.letter.brand.logo = super::input::logo(&mut tx).await?.map(|logo| logo.bytes);
        drop(tx);
        return Ok(file("Draft.pdf", PDF, app.press.print(move || draft.pdf()).await?));
    }
    let frozen = super::of_quote(&mut tx, &organization, &quote).await?;
    kept(app, tx, frozen).await
}

/// Get a client's statement of account as PDF, with all movements of the span, 2,000 at most.
///
/// It is printed anew each time; the same movements give the same bytes.
#[utoipa::path(tag = "statements", params(StatementPeriod), responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = "4XX", body = Problem)))]
#[get("/clients/{id}/statement.pdf")]
async fn client_statement_pdf(
    staff: Staff,
    id: Key<ClientId>,
    period: Filter<StatementPeriod>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    clients::name(&mut tx, *id).await?;
    let span = span(&mut tx, *id, &period.0.into()).await?;
    let account = Account::read(&mut tx, span).await?;
    answer_statement(&app, tx, account).await
}

/// Get your company's statement of account as PDF, with all movements of the span, 2,000 at most.
///
/// Behind a guest link there is none.
#[utoipa::path(tag = "portal", params(StatementPeriod), responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = "4XX", body = Problem)))]
#[get("/portal/statement.pdf")]
async fn portal_statement_pdf(
    user: PortalUser,
    period: Filter<StatementPeriod>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    let client = own(&tx)?;
    let span = span(&mut tx, client, &period.0.into()).await?;
    // Under the portal's policies; what heads the letter, clients can't read by themselves.
    let account = Account::read(&mut tx, span).await?;
    tx.act_for_organization(Reason::ClientAction).await?;
    answer_statement(&app, tx, account).await
}

async fn answer_statement(app: &App, mut tx: Tx, account: Account) -> Result<HttpResponse> {
    let organization = organizations::find(&mut tx).await?;
    let mut statement = account.statement(&mut tx, &organization).await?;
    statement.letter.brand.logo = super::input::logo(&mut tx).await?.map(|logo| logo.bytes);
    drop(tx);
    let name = format!("Statement {}.pdf", statement.to);
    Ok(file(&name, PDF, app.press.print(move || statement.pdf()).await?))
}

/// A document that is kept, printed now if it wasn't yet.
async fn kept(app: &App, tx: Tx, frozen: Frozen) -> Result<HttpResponse> {
    let (organization, name) = (tx.organization_id(), frozen.file_name.clone());
    tx.commit().await?;
    Ok(file(&name, PDF, super::pdf(app, organization, frozen).await?))
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
