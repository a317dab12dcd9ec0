//! Quotes as clients see them, and what they decide.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, post};
use domain::events::{Activity, ActivityFilter};
use domain::ids::Id;
use domain::page::{DEFAULT_LIMIT, Page};
use domain::permission::Permission;
use domain::problem::Problem;
use domain::quotes::{
    AcceptQuote, Accepted, Ask, Decision, DeclineQuote, PreviewSelection, Question, QuoteComparison,
    QuoteDocument, QuoteFilter, QuoteId, QuoteSummary, QuoteTotals, RequestChanges, VersionFilter,
    VersionPair, VersionSummary, compute,
};
use store::events::{self, Feed};
use store::quotes;
use store::{Reason, Tx};
use utoipa_actix_web::service_config::ServiceConfig;

use super::decide::{self, Visitor};
use super::{questions, show};
use crate::App;
use crate::http::{Anyone, Body, Filter, Key, Once, PortalUser, Versioned};
use crate::problem::Result;

/// Quotes, for clients.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(portal_list_quotes)
        .service(portal_get_quote)
        .service(portal_quote_viewed)
        .service(portal_quote_versions)
        .service(portal_compare_quote)
        .service(portal_preview_quote)
        .service(portal_accept_quote)
        .service(portal_decline_quote)
        .service(portal_request_quote_changes)
        .service(portal_ask_about_quote)
        .service(portal_quote_activity);
}

/// List your quotes, newest first.
#[utoipa::path(tag = "portal", params(QuoteFilter), responses((status = 200, body = Page<QuoteSummary>), (status = "4XX", body = Problem)))]
#[get("/portal/quotes")]
async fn portal_list_quotes(
    user: PortalUser,
    filter: Filter<QuoteFilter>,
    app: Data<App>,
) -> Result<Json<Page<QuoteSummary>>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    let today = show::today(&mut tx).await?;
    Ok(Json(quotes::list(&mut tx, &filter, today).await?))
}

/// See a quote: the newest version, or the one that is named. Reading changes nothing; say that it was seen
/// with `viewed`.
#[utoipa::path(tag = "portal", params(VersionFilter), responses((status = 200, body = QuoteDocument), (status = "4XX", body = Problem)))]
#[get("/portal/quotes/{id}")]
async fn portal_get_quote(
    user: PortalUser,
    id: Key<QuoteId>,
    filter: Filter<VersionFilter>,
    app: Data<App>,
) -> Result<Versioned<QuoteDocument>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    let quote = show::document(&mut tx, *id, filter.no).await?;
    let version = quote.version;
    Ok(Versioned::ok(quote, version))
}

/// Say that you have looked at a quote. Repeatable.
///
/// For a member who views as a contact it does nothing.
#[utoipa::path(tag = "portal", responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/portal/quotes/{id}/viewed")]
async fn portal_quote_viewed(user: PortalUser, id: Key<QuoteId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    // Under the portal's policies: what the client can't see, nobody has looked at.
    quotes::head(&mut tx, *id).await?;
    if tx.caller().viewed_by.is_none() {
        tx.act_for_organization(Reason::ClientAction).await?;
        quotes::record_view(&mut tx, *id).await?;
        tx.commit().await?;
    }
    Ok(HttpResponse::NoContent().finish())
}

/// List a quote's versions, newest first.
#[utoipa::path(tag = "portal", responses((status = 200, body = Vec<VersionSummary>), (status = "4XX", body = Problem)))]
#[get("/portal/quotes/{id}/versions")]
async fn portal_quote_versions(
    user: PortalUser,
    id: Key<QuoteId>,
    app: Data<App>,
) -> Result<Json<Vec<VersionSummary>>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    Ok(Json(show::versions(&mut tx, *id).await?))
}

/// Compare two versions line by line.
#[utoipa::path(tag = "portal", params(VersionPair), responses((status = 200, body = QuoteComparison), (status = "4XX", body = Problem)))]
#[get("/portal/quotes/{id}/compare")]
async fn portal_compare_quote(
    user: PortalUser,
    id: Key<QuoteId>,
    pair: Filter<VersionPair>,
    app: Data<App>,
) -> Result<Json<QuoteComparison>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    Ok(Json(show::compared(&mut tx, *id, &pair).await?))
}

/// Ask what the newest version comes to with a choice. The page computes the same by itself.
#[utoipa::path(tag = "portal", request_body = PreviewSelection, responses((status = 200, body = QuoteTotals), (status = "4XX", body = Problem)))]
#[post("/portal/quotes/{id}/preview")]
async fn portal_preview_quote(
    user: PortalUser,
    id: Key<QuoteId>,
    asked: Body<PreviewSelection>,
    app: Data<App>,
) -> Result<Json<QuoteTotals>> {
    let mut tx = app.store.begin(&user, Permission::Approve).await?;
    let no = quotes::newest_visible(&mut tx, *id).await?;
    let version = quotes::version(&mut tx, *id, no).await?;
    Ok(Json(compute(&version.content, &asked.selection, version.counting)?))
}

/// What every decision begins with: the client must see the quote; then the organization's side acts.
async fn begin(app: &App, user: &PortalUser, from: &Anyone, id: QuoteId) -> Result<(Tx, Visitor)> {
    let mut tx = app.store.begin(user, Permission::Approve).await?;
    quotes::head(&mut tx, id).await?;
    tx.act_for_organization(Reason::ClientAction).await?;
    let visitor = Visitor::of(&mut tx, user, from).await?;
    Ok((tx, visitor))
}

/// Accept a quote: the version, the choice and the total that were shown.
///
/// The project and the invoice of the deposit, where one is due, come with it. The same person again gets the
/// same answer; anybody else gets `quote_decided` with who decided what and when. Another version, hash or
/// total than the present one is `quote_changed`, and nothing is decided.
#[utoipa::path(tag = "portal", request_body = AcceptQuote, responses((status = 200, body = Accepted), (status = "4XX", body = Problem)))]
#[post("/portal/quotes/{id}/accept")]
async fn portal_accept_quote(
    user: PortalUser,
    from: Anyone,
    once: Once,
    id: Key<QuoteId>,
    body: Body<AcceptQuote>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let (tx, visitor) = begin(&app, &user, &from, *id).await?;
    once.run(tx, StatusCode::OK, &body.0, async |tx| decide::accept(&app, tx, *id, &visitor, &body).await)
        .await
}

/// Decline a quote, with a reason.
#[utoipa::path(tag = "portal", request_body = DeclineQuote, responses((status = 200, body = Decision), (status = "4XX", body = Problem)))]
#[post("/portal/quotes/{id}/decline")]
async fn portal_decline_quote(
    user: PortalUser,
    from: Anyone,
    once: Once,
    id: Key<QuoteId>,
    body: Body<DeclineQuote>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let (tx, visitor) = begin(&app, &user, &from, *id).await?;
    once.run(tx, StatusCode::OK, &body.0, async |tx| decide::decline(&app, tx, *id, &visitor, &body).await)
        .await
}

/// Ask for changes. Until a new version comes, nothing more can be decided.
#[utoipa::path(tag = "portal", request_body = RequestChanges, responses((status = 200, body = Decision), (status = "4XX", body = Problem)))]
#[post("/portal/quotes/{id}/request-changes")]
async fn portal_request_quote_changes(
    user: PortalUser,
    from: Anyone,
    once: Once,
    id: Key<QuoteId>,
    body: Body<RequestChanges>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let (tx, visitor) = begin(&app, &user, &from, *id).await?;
    once.run(tx, StatusCode::OK, &body.0, async |tx| {
        decide::request_changes(&app, tx, *id, &visitor, &body).await
    })
    .await
}

/// Ask something about a quote, or one of its lines.
#[utoipa::path(tag = "portal", request_body = Ask, responses((status = 201, body = Question), (status = "4XX", body = Problem)))]
#[post("/portal/quotes/{id}/questions")]
async fn portal_ask_about_quote(
    user: PortalUser,
    from: Anyone,
    once: Once,
    id: Key<QuoteId>,
    body: Body<Ask>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let (tx, visitor) = begin(&app, &user, &from, *id).await?;
    once.run(tx, StatusCode::CREATED, &body.0, async |tx| {
        questions::ask(&app, tx, *id, &visitor, &body).await
    })
    .await
}

/// See what happened with a quote, newest first.
#[utoipa::path(tag = "portal", params(ActivityFilter), responses((status = 200, body = Page<Activity>), (status = "4XX", body = Problem)))]
#[get("/portal/quotes/{id}/activity")]
async fn portal_quote_activity(
    user: PortalUser,
    id: Key<QuoteId>,
    filter: Filter<ActivityFilter>,
    app: Data<App>,
) -> Result<Json<Page<Activity>>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    quotes::head(&mut tx, *id).await?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(events::list(&mut tx, Feed::Subject(id.uuid()), limit, filter.cursor.as_deref()).await?))
}
