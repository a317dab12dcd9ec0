//! Operations of the staff on credit notes and clients' credit.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, delete, get, post, put};
use domain::clients::ClientId;
use domain::credits::{
    ApplyCredit, ClientCredit, CreditApplied, CreditNote, CreditNoteFilter, CreditNoteId, CreditNoteSummary,
    DraftCreditNote, IssueCreditNote,
};
use domain::invoices::InvoiceId;
use domain::page::Page;
use domain::permission::Permission;
use domain::problem::Problem;
use store::{clients, credits, payments};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{apply, notes};
use crate::App;
use crate::http::{Body, Filter, IfMatch, Key, Once, Staff, Versioned};
use crate::problem::Result;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(create_credit_note)
        .service(list_credit_notes)
        .service(get_credit_note)
        .service(update_credit_note)
        .service(delete_credit_note)
        .service(issue_credit_note)
        .service(client_credit)
        .service(apply_client_credit);
}

/// Begin a credit note for an issued invoice: for lines of it, for an amount, or for all that is left.
#[utoipa::path(tag = "credits", request_body = DraftCreditNote, params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = CreditNote), (status = "4XX", body = Problem)))]
#[post("/invoices/{id}/credit-notes")]
async fn create_credit_note(
    staff: Staff,
    once: Once,
    id: Key<InvoiceId>,
    draft: Body<DraftCreditNote>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::CreditInvoices).await?;
    once.run(tx, StatusCode::CREATED, &draft.0, async |tx| notes::create(tx, *id, &draft).await).await
}

/// List credit notes, newest first.
#[utoipa::path(tag = "credits", params(CreditNoteFilter), responses((status = 200, body = Page<CreditNoteSummary>), (status = "4XX", body = Problem)))]
#[get("/credit-notes")]
async fn list_credit_notes(
    staff: Staff,
    filter: Filter<CreditNoteFilter>,
    app: Data<App>,
) -> Result<Json<Page<CreditNoteSummary>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    Ok(Json(credits::list(&mut tx, &filter).await?))
}

/// See a credit note.
#[utoipa::path(tag = "credits", responses((status = 200, body = CreditNote), (status = "4XX", body = Problem)))]
#[get("/credit-notes/{id}")]
async fn get_credit_note(
    staff: Staff,
    id: Key<CreditNoteId>,
    app: Data<App>,
) -> Result<Versioned<CreditNote>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    let note = credits::find(&mut tx, *id).await?;
    let version = note.version;
    Ok(Versioned::ok(note, version))
}

/// Write a draft of a credit note anew, all of it.
#[utoipa::path(tag = "credits", request_body = DraftCreditNote, responses((status = 200, body = CreditNote), (status = "4XX", body = Problem)))]
#[put("/credit-notes/{id}")]
async fn update_credit_note(
    staff: Staff,
    id: Key<CreditNoteId>,
    version: IfMatch,
    draft: Body<DraftCreditNote>,
    app: Data<App>,
) -> Result<Versioned<CreditNote>> {
    let mut tx = app.store.begin(&staff, Permission::CreditInvoices).await?;
    let note = notes::change(&mut tx, *id, version.0, &draft).await?;
    tx.commit().await?;
    let version = note.version;
    Ok(Versioned::ok(note, version))
}

/// Throw a draft of a credit note away.
#[utoipa::path(tag = "credits", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/credit-notes/{id}")]
async fn delete_credit_note(staff: Staff, id: Key<CreditNoteId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::CreditInvoices).await?;
    notes::delete(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Issue a credit note: it gets the next number of its own series, and its invoice asks for less.
///
/// What was paid already and is no longer asked for becomes the client's credit, or with `"freed": "refund"` goes
/// back to where it came from, which needs the permission to refund, too. Credit notes of an invoice never add up to
/// more than the invoice: the answer to too much is `more_than_left`.
#[utoipa::path(tag = "credits", request_body = IssueCreditNote, params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = CreditNote), (status = "4XX", body = Problem)))]
#[post("/credit-notes/{id}/issue")]
async fn issue_credit_note(
    staff: Staff,
    once: Once,
    id: Key<CreditNoteId>,
    version: IfMatch,
    request: Body<IssueCreditNote>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::CreditInvoices).await?;
    if request.freed == domain::credits::FreedMoney::Refund && !tx.caller().may(Permission::RefundPayments) {
        return Err(store::Error::Forbidden(Permission::RefundPayments).into());
    }
    once.run(tx, StatusCode::OK, &(version.0, &request.0), async |tx| {
        notes::issue(&app, tx, *id, version.0, &request).await
    })
    .await
}

/// See what is left of a client's credit, and where it came from.
#[utoipa::path(tag = "credits", responses((status = 200, body = ClientCredit), (status = "4XX", body = Problem)))]
#[get("/clients/{id}/credit")]
async fn client_credit(staff: Staff, id: Key<ClientId>, app: Data<App>) -> Result<Json<ClientCredit>> {
    let mut tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    clients::addressee(&mut tx, *id).await?;
    let (credit, sources) = payments::credit_of(&mut tx, *id).await?;
    Ok(Json(ClientCredit { credit, sources }))
}

/// Spend a client's credit on one of its open invoices.
///
/// No more than is owed and no more than is there, in the invoice's currency; otherwise the answer is
/// `more_than_left` and nothing was spent.
#[utoipa::path(tag = "credits", request_body = ApplyCredit, params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = CreditApplied), (status = "4XX", body = Problem)))]
#[post("/clients/{id}/credit/applications")]
async fn apply_client_credit(
    staff: Staff,
    once: Once,
    id: Key<ClientId>,
    body: Body<ApplyCredit>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::RecordPayments).await?;
    once.run(tx, StatusCode::CREATED, &body.0, async |tx| apply(tx, *id, &body).await).await
}
