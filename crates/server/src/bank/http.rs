//! The operations of bank transfers.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, post};
use domain::bank::{
    BankStatement, BankTransaction, BankTransactionFilter, BankTransactionId, BankTransferInstructions,
    MatchBankTransaction, UploadBankStatement,
};
use domain::page::Page;
use domain::payments::BankTransferFilter;
use domain::permission::Permission;
use domain::problem::Problem;
use store::bank;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{decide, instructions, matching, statement};
use crate::App;
use crate::http::{Body, Filter, Key, Once, PortalUser, Staff};
use crate::problem::Result;

/// A file of 10 MB in base64, and what stands around it.
const LIMIT: usize = 15 * 1024 * 1024;

/// Statements, their money, and how clients transfer.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(upload_bank_statement)
        .service(list_bank_transactions)
        .service(get_bank_transaction)
        .service(match_bank_transaction)
        .service(ignore_bank_transaction)
        .service(reopen_bank_transaction)
        .service(portal_bank_transfer);
}

/// Bring in a bank's statement: camt.053 or CSV.
///
/// Money that is known already, from this statement or another, is left out; so is what went out.
#[utoipa::path(tag = "bank", request_body = UploadBankStatement, params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = BankStatement), (status = "4XX", body = Problem)))]
#[post("/bank-statements")]
async fn upload_bank_statement(
    staff: Staff,
    once: Once,
    body: Body<UploadBankStatement, LIMIT>,
    app: Data<App>,
) -> Result<HttpResponse> {
    // Whoever may not bring one needn't have it read first.
    let mut tx = app.store.begin(&staff, Permission::RecordPayments).await?;
    let habits = statement::habits(&mut tx, &body).await?;
    drop(tx);
    let upload = Arc::new(body.0);
    let content = statement::read(Arc::clone(&upload), habits).await?;
    let tx = app.store.begin(&staff, Permission::RecordPayments).await?;
    once.run(tx, StatusCode::CREATED, &*upload, async |tx| statement::keep(tx, &upload, &content).await).await
}

/// List money on the bank's statements, newest first, with what it may pay.
#[utoipa::path(tag = "bank", params(BankTransactionFilter), responses((status = 200, body = Page<BankTransaction>), (status = "4XX", body = Problem)))]
#[get("/bank-transactions")]
async fn list_bank_transactions(
    staff: Staff,
    filter: Filter<BankTransactionFilter>,
    app: Data<App>,
) -> Result<Json<Page<BankTransaction>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    let mut page = bank::list(&mut tx, &filter).await?;
    matching::suggest(&mut tx, &mut page.items).await?;
    Ok(Json(page))
}

/// Read one piece of money on a statement, with what it may pay.
#[utoipa::path(tag = "bank", responses((status = 200, body = BankTransaction), (status = "4XX", body = Problem)))]
#[get("/bank-transactions/{id}")]
async fn get_bank_transaction(
    staff: Staff,
    id: Key<BankTransactionId>,
    app: Data<App>,
) -> Result<Json<BankTransaction>> {
    let mut tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    let mut found = bank::find(&mut tx, *id).await?;
    matching::suggest(&mut tx, std::slice::from_mut(&mut found)).await?;
    Ok(Json(found))
}

/// Say which invoices money pays: it becomes one payment, once.
///
/// What is left over becomes the client's credit.
#[utoipa::path(tag = "bank", request_body = MatchBankTransaction, params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = BankTransaction), (status = "4XX", body = Problem)))]
#[post("/bank-transactions/{id}/match")]
async fn match_bank_transaction(
    staff: Staff,
    id: Key<BankTransactionId>,
    once: Once,
    body: Body<MatchBankTransaction>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::RecordPayments).await?;
    once.run(tx, StatusCode::OK, &*body, async |tx| decide::pair(&app, tx, *id, &body).await).await
}

/// Say that money pays no invoice.
#[utoipa::path(tag = "bank", responses((status = 200, body = BankTransaction), (status = "4XX", body = Problem)))]
#[post("/bank-transactions/{id}/ignore")]
async fn ignore_bank_transaction(
    staff: Staff,
    id: Key<BankTransactionId>,
    app: Data<App>,
) -> Result<Json<BankTransaction>> {
    let mut tx = app.store.begin(&staff, Permission::RecordPayments).await?;
    let ignored = decide::ignore(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(Json(ignored))
}

/// Take back that money pays no invoice.
#[utoipa::path(tag = "bank", responses((status = 200, body = BankTransaction), (status = "4XX", body = Problem)))]
#[post("/bank-transactions/{id}/reopen")]
async fn reopen_bank_transaction(
    staff: Staff,
    id: Key<BankTransactionId>,
    app: Data<App>,
) -> Result<Json<BankTransaction>> {
    let mut tx = app.store.begin(&staff, Permission::RecordPayments).await?;
    let mut reopened = decide::reopen(&mut tx, *id).await?;
    tx.commit().await?;
    let mut tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    matching::suggest(&mut tx, std::slice::from_mut(&mut reopened)).await?;
    Ok(Json(reopened))
}

/// Read how to pay invoices by bank transfer: account, reference, QR code.
///
/// One invoice has a structured reference; several are told apart by their numbers.
#[utoipa::path(tag = "bank", params(BankTransferFilter), responses((status = 200, body = BankTransferInstructions), (status = "4XX", body = Problem)))]
#[get("/portal/bank-transfer")]
async fn portal_bank_transfer(
    user: PortalUser,
    filter: Filter<BankTransferFilter>,
    app: Data<App>,
) -> Result<Json<BankTransferInstructions>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    Ok(Json(instructions::of(&app, &mut tx, &filter).await?))
}
