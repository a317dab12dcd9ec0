//! The operations of imports.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, post};
use domain::imports::{ImportFilter, ImportId, ImportReport, ImportRequest, ImportSummary};
use domain::page::Page;
use domain::permission::Permission;
use domain::problem::Problem;
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions;
use crate::App;
use crate::http::{Body, Filter, Key, Once, Staff};
use crate::problem::Result;

/// Four files of 10 MB in base64, and what stands around them.
const LIMIT: usize = 60 * 1024 * 1024;

/// Imports.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(preview_import)
        .service(create_import)
        .service(list_imports)
        .service(get_import)
        .service(undo_import);
}

/// Try an import: says row by row what it would do, and writes nothing.
#[utoipa::path(tag = "imports", request_body = ImportRequest, responses((status = 200, body = ImportReport), (status = "4XX", body = Problem)))]
#[post("/imports/preview")]
async fn preview_import(
    staff: Staff,
    body: Body<ImportRequest, LIMIT>,
    app: Data<App>,
) -> Result<Json<ImportReport>> {
    drop(app.store.begin(&staff, Permission::ImportData).await?);
    let prepared = actions::prepare(Arc::new(body.0)).await?;
    let mut tx = app.store.begin(&staff, Permission::ImportData).await?;
    Ok(Json(actions::preview(&mut tx, &prepared).await?))
}

/// Import files in one transaction. Rows that can't be taken are reported and left out; if nothing is
/// new, nothing is written and the report has no id.
#[utoipa::path(tag = "imports", request_body = ImportRequest, responses((status = 200, body = ImportReport), (status = "4XX", body = Problem)))]
#[post("/imports")]
async fn create_import(
    staff: Staff,
    once: Once,
    body: Body<ImportRequest, LIMIT>,
    app: Data<App>,
) -> Result<HttpResponse> {
    // Whoever may not import needn't have their files read first.
    drop(app.store.begin(&staff, Permission::ImportData).await?);
    let request = Arc::new(body.0);
    let prepared = actions::prepare(Arc::clone(&request)).await?;
    let tx = app.store.begin(&staff, Permission::ImportData).await?;
    once.run(tx, StatusCode::OK, &*request, async |tx| actions::perform(tx, &prepared).await).await
}

/// List imports, newest first.
#[utoipa::path(tag = "imports", params(ImportFilter), responses((status = 200, body = Page<ImportSummary>), (status = "4XX", body = Problem)))]
#[get("/imports")]
async fn list_imports(
    staff: Staff,
    filter: Filter<ImportFilter>,
    app: Data<App>,
) -> Result<Json<Page<ImportSummary>>> {
    let mut tx = app.store.begin(&staff, Permission::ImportData).await?;
    Ok(Json(store::imports::list(&mut tx, &filter).await?))
}

/// Read what an import did.
#[utoipa::path(tag = "imports", responses((status = 200, body = ImportReport), (status = "4XX", body = Problem)))]
#[get("/imports/{id}")]
async fn get_import(staff: Staff, id: Key<ImportId>, app: Data<App>) -> Result<Json<ImportReport>> {
    let mut tx = app.store.begin(&staff, Permission::ImportData).await?;
    Ok(Json(store::imports::find(&mut tx, *id).await?))
}

/// Take an import back. Refused when something it brought was paid, changed, sent or referred to since.
/// Invoices stay as void ones, because the ledger forgets nothing; their numbers are free again.
#[utoipa::path(tag = "imports", responses((status = 200, body = ImportReport), (status = "4XX", body = Problem)))]
#[post("/imports/{id}/undo")]
async fn undo_import(staff: Staff, id: Key<ImportId>, app: Data<App>) -> Result<Json<ImportReport>> {
    let mut tx = app.store.begin(&staff, Permission::ImportData).await?;
    let report = actions::undo(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(Json(report))
}
