//! Operations of clients on their credit and credit notes.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, post};
use domain::credits::{
    ApplyCredit, ClientCredit, CreditApplied, CreditNote, CreditNoteFilter, CreditNoteId, CreditNoteSummary,
};
use domain::page::Page;
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use store::{Actor, Reason, credits, payments};
use utoipa_actix_web::service_config::ServiceConfig;

use super::apply;
use crate::App;
use crate::http::{Body, Filter, Key, Once, PortalUser};
use crate::problem::Result;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(portal_credit)
        .service(portal_apply_credit)
        .service(portal_list_credit_notes)
        .service(portal_get_credit_note);
}

/// See what is left of your company's credit, and where it came from. Behind a guest link there is none.
#[utoipa::path(tag = "credits", responses((status = 200, body = ClientCredit), (status = "4XX", body = Problem)))]
#[get("/portal/credit")]
async fn portal_credit(user: PortalUser, app: Data<App>) -> Result<Json<ClientCredit>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    let (Actor::Contact(_), Some(client)) = (tx.actor(), tx.caller().client_id) else {
        return Ok(Json(ClientCredit { credit: Vec::new(), sources: Vec::new() }));
    };
    let (credit, sources) = payments::credit_of(&mut tx, client).await?;
    Ok(Json(ClientCredit { credit, sources }))
}

/// Spend your company's credit on one of its open invoices.
///
/// No more than is owed and no more than is there, in the invoice's currency; otherwise the answer is
/// `more_than_left` and nothing was spent. A guest link opens one invoice, not the credit.
#[utoipa::path(tag = "credits", request_body = ApplyCredit, params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = CreditApplied), (status = "4XX", body = Problem)))]
#[post("/portal/credit/applications")]
async fn portal_apply_credit(
    user: PortalUser,
    once: Once,
    body: Body<ApplyCredit>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&user, Permission::Pay).await?;
    let (Actor::Contact(_), Some(client)) = (tx.actor(), tx.caller().client_id) else {
        return Err(Problem::new(Code::Forbidden).detail("Sign in to spend credit.").into());
    };
    // Under the portal's policies: somebody else's invoice isn't there.
    if !payments::sees_invoices(&mut tx, &[body.invoice_id]).await? {
        return Err(Code::NotFound.into());
    }
    tx.act_for_organization(Reason::ClientAction).await?;
    once.run(tx, StatusCode::CREATED, &body.0, async |tx| apply(tx, client, &body).await).await
}

/// List your credit notes, newest first.
#[utoipa::path(tag = "credits", params(CreditNoteFilter), responses((status = 200, body = Page<CreditNoteSummary>), (status = "4XX", body = Problem)))]
#[get("/portal/credit-notes")]
async fn portal_list_credit_notes(
    user: PortalUser,
    filter: Filter<CreditNoteFilter>,
    app: Data<App>,
) -> Result<Json<Page<CreditNoteSummary>>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    Ok(Json(credits::list(&mut tx, &filter).await?))
}

/// See a credit note.
#[utoipa::path(tag = "credits", responses((status = 200, body = CreditNote), (status = "4XX", body = Problem)))]
#[get("/portal/credit-notes/{id}")]
async fn portal_get_credit_note(
    user: PortalUser,
    id: Key<CreditNoteId>,
    app: Data<App>,
) -> Result<Json<CreditNote>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    Ok(Json(credits::find(&mut tx, *id).await?))
}
