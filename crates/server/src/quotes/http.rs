//! Operations of the staff on quotes.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, delete, get, post, put};
use domain::events::{Activity, ActivityFilter};
use domain::ids::Id;
use domain::invoices::Invoice;
use domain::page::{DEFAULT_LIMIT, Page};
use domain::permission::Permission;
use domain::problem::Problem;
use domain::quotes::{
    Answer, BillQuote, DraftQuote, PreviewQuote, Question, QuestionId, Quote, QuoteComparison, QuoteFigures,
    QuoteFilter, QuoteId, QuoteLink, QuoteSummary, QuoteTotals, ReturnQuote, SendQuote, SetAccessCode,
    VersionFilter, VersionPair, VersionSummary, WithdrawQuote,
};
use store::events::{self, Feed};
use store::quotes;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{actions, billing, questions, send, show};
use crate::App;
use crate::http::{Body, Filter, IfMatch, Key, Once, Staff, Versioned};
use crate::identity::passwords;
use crate::problem::Result;

/// Quotes, for staff.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_quotes)
        .service(quote_figures)
        .service(preview_quote)
        .service(create_quote)
        .service(get_quote)
        .service(update_quote)
        .service(delete_quote)
        .service(send_quote)
        .service(resend_quote)
        .service(return_quote)
        .service(withdraw_quote)
        .service(begin_quote_version)
        .service(list_quote_versions)
        .service(compare_quote)
        .service(copy_quote_link)
        .service(set_quote_access_code)
        .service(bill_quote)
        .service(answer_question)
        .service(quote_activity);
}

fn versioned(quote: Quote) -> Versioned<Quote> {
    let version = quote.document.version;
    Versioned::ok(quote, version)
}

/// List quotes, newest first.
#[utoipa::path(tag = "quotes", params(QuoteFilter), responses((status = 200, body = Page<QuoteSummary>), (status = "4XX", body = Problem)))]
#[get("/quotes")]
async fn list_quotes(
    staff: Staff,
    filter: Filter<QuoteFilter>,
    app: Data<App>,
) -> Result<Json<Page<QuoteSummary>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewQuotes).await?;
    let today = show::today(&mut tx).await?;
    Ok(Json(quotes::list(&mut tx, &filter, today).await?))
}

/// See what waits, for clients and for us.
#[utoipa::path(tag = "quotes", responses((status = 200, body = QuoteFigures), (status = "4XX", body = Problem)))]
#[get("/quotes/figures")]
async fn quote_figures(staff: Staff, app: Data<App>) -> Result<Json<QuoteFigures>> {
    let mut tx = app.store.begin(&staff, Permission::ViewQuotes).await?;
    let today = show::today(&mut tx).await?;
    Ok(Json(quotes::figures(&mut tx, today).await?))
}

/// Ask what a quote would come to with a choice, without keeping anything.
#[utoipa::path(tag = "quotes", request_body = PreviewQuote, responses((status = 200, body = QuoteTotals), (status = "4XX", body = Problem)))]
#[post("/quotes/preview")]
async fn preview_quote(staff: Staff, asked: Body<PreviewQuote>, app: Data<App>) -> Result<Json<QuoteTotals>> {
    app.store.begin(&staff, Permission::ViewQuotes).await?;
    Ok(Json(actions::preview(&asked)?))
}

/// Begin a quote, or with `changes_quote_id` a change order.
#[utoipa::path(tag = "quotes", request_body = DraftQuote, responses((status = 201, body = Quote), (status = "4XX", body = Problem)))]
#[post("/quotes")]
async fn create_quote(
    staff: Staff,
    once: Once,
    draft: Body<DraftQuote>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditQuotes).await?;
    once.run(tx, StatusCode::CREATED, &draft.0, async |tx| actions::create(tx, &draft).await).await
}

/// See a quote: what is being written of it, else the newest version sent, or the version that is named.
#[utoipa::path(tag = "quotes", params(VersionFilter), responses((status = 200, body = Quote), (status = "4XX", body = Problem)))]
#[get("/quotes/{id}")]
async fn get_quote(
    staff: Staff,
    id: Key<QuoteId>,
    filter: Filter<VersionFilter>,
    app: Data<App>,
) -> Result<Versioned<Quote>> {
    let mut tx = app.store.begin(&staff, Permission::ViewQuotes).await?;
    Ok(versioned(show::show(&mut tx, *id, filter.no).await?))
}

/// Write anew what is being written, all of it.
#[utoipa::path(tag = "quotes", request_body = DraftQuote, responses((status = 200, body = Quote), (status = "4XX", body = Problem)))]
#[put("/quotes/{id}")]
async fn update_quote(
    staff: Staff,
    id: Key<QuoteId>,
    version: IfMatch,
    draft: Body<DraftQuote>,
    app: Data<App>,
) -> Result<Versioned<Quote>> {
    let mut tx = app.store.begin(&staff, Permission::EditQuotes).await?;
    let quote = actions::change(&mut tx, *id, version.0, &draft).await?;
    tx.commit().await?;
    Ok(versioned(quote))
}

/// Throw away what is being written: the quote if it was never sent, else its new version.
#[utoipa::path(tag = "quotes", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/quotes/{id}")]
async fn delete_quote(staff: Staff, id: Key<QuoteId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::EditQuotes).await?;
    actions::delete(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Send what is being written, or ask for approval.
///
/// The first sending gives the quote its number. A version that was sent can't be changed; it takes the place
/// of the one before. Above the organization's threshold, a member without `quotes.approve` gets a quote that
/// waits for approval (`approval.pending`); one who has it sends it with this same operation.
#[utoipa::path(tag = "quotes", request_body = SendQuote, responses((status = 200, body = Quote), (status = "4XX", body = Problem)))]
#[post("/quotes/{id}/send")]
async fn send_quote(
    staff: Staff,
    once: Once,
    id: Key<QuoteId>,
    version: IfMatch,
    request: Body<SendQuote>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditQuotes).await?;
    once.run(tx, StatusCode::OK, &(version.0, &request.0), async |tx| {
        send::send(&app, tx, *id, version.0, &request).await
    })
    .await
}

/// Mail the newest version again, with fresh links.
#[utoipa::path(tag = "quotes", request_body = SendQuote, responses((status = 200, body = Quote), (status = "4XX", body = Problem)))]
#[post("/quotes/{id}/resend")]
async fn resend_quote(
    staff: Staff,
    once: Once,
    id: Key<QuoteId>,
    request: Body<SendQuote>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditQuotes).await?;
    once.run(tx, StatusCode::OK, &request.0, async |tx| send::resend(&app, tx, *id, &request).await).await
}

/// Give a quote that waits for approval back to whoever wrote it.
#[utoipa::path(tag = "quotes", request_body = ReturnQuote, responses((status = 200, body = Quote), (status = "4XX", body = Problem)))]
#[post("/quotes/{id}/return")]
async fn return_quote(
    staff: Staff,
    once: Once,
    id: Key<QuoteId>,
    request: Body<ReturnQuote>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ApproveQuotes).await?;
    once.run(tx, StatusCode::OK, &request.0, async |tx| send::give_back(&app, tx, *id, &request).await).await
}

/// Take a quote back that the client has not accepted.
#[utoipa::path(tag = "quotes", request_body = WithdrawQuote, responses((status = 200, body = Quote), (status = "4XX", body = Problem)))]
#[post("/quotes/{id}/withdraw")]
async fn withdraw_quote(
    staff: Staff,
    once: Once,
    id: Key<QuoteId>,
    request: Body<WithdrawQuote>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditQuotes).await?;
    once.run(tx, StatusCode::OK, &request.0, async |tx| actions::withdraw(tx, *id, &request).await).await
}

/// Begin a new version as a copy of the newest. What was sent counts until the new one is sent.
#[utoipa::path(tag = "quotes", responses((status = 201, body = Quote), (status = "4XX", body = Problem)))]
#[post("/quotes/{id}/versions")]
async fn begin_quote_version(
    staff: Staff,
    once: Once,
    id: Key<QuoteId>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditQuotes).await?;
    once.run(tx, StatusCode::CREATED, &(), async |tx| actions::begin_version(tx, *id).await).await
}

/// List a quote's versions, newest first.
#[utoipa::path(tag = "quotes", responses((status = 200, body = Vec<VersionSummary>), (status = "4XX", body = Problem)))]
#[get("/quotes/{id}/versions")]
async fn list_quote_versions(
    staff: Staff,
    id: Key<QuoteId>,
    app: Data<App>,
) -> Result<Json<Vec<VersionSummary>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewQuotes).await?;
    Ok(Json(show::versions(&mut tx, *id).await?))
}

/// Compare two versions line by line.
#[utoipa::path(tag = "quotes", params(VersionPair), responses((status = 200, body = QuoteComparison), (status = "4XX", body = Problem)))]
#[get("/quotes/{id}/compare")]
async fn compare_quote(
    staff: Staff,
    id: Key<QuoteId>,
    pair: Filter<VersionPair>,
    app: Data<App>,
) -> Result<Json<QuoteComparison>> {
    let mut tx = app.store.begin(&staff, Permission::ViewQuotes).await?;
    Ok(Json(show::compared(&mut tx, *id, &pair).await?))
}

/// Make a link to hand on. Whoever has it sees the newest version and may decide.
#[utoipa::path(tag = "quotes", responses((status = 200, body = QuoteLink), (status = "4XX", body = Problem)))]
#[post("/quotes/{id}/copy-link")]
async fn copy_quote_link(staff: Staff, once: Once, id: Key<QuoteId>, app: Data<App>) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditQuotes).await?;
    once.run(tx, StatusCode::OK, &(), async |tx| send::copy_link(&app, tx, *id).await).await
}

/// Set or lift the code that guest links of a quote ask for. It is kept as a hash: nobody can look it up.
#[utoipa::path(tag = "quotes", request_body = SetAccessCode, responses((status = 200, body = Quote), (status = "4XX", body = Problem)))]
#[put("/quotes/{id}/access-code")]
async fn set_quote_access_code(
    staff: Staff,
    id: Key<QuoteId>,
    version: IfMatch,
    request: Body<SetAccessCode>,
    app: Data<App>,
) -> Result<Versioned<Quote>> {
    let mut tx = app.store.begin(&staff, Permission::EditQuotes).await?;
    let locked = quotes::lock(&mut tx, *id).await?;
    actions::check_version(&locked, version.0)?;
    let hash = match &request.code {
        Some(code) => Some(passwords::hash_code(code).await?),
        None => None,
    };
    quotes::set_access_code(&mut tx, *id, hash.as_deref()).await?;
    let event = domain::events::Event::QuoteChanged { quote_id: *id };
    events::record(&mut tx, domain::events::Subject::Quote(*id), Some(locked.head.client_id), &event).await?;
    let quote = show::show(&mut tx, *id, None).await?;
    tx.commit().await?;
    Ok(versioned(quote))
}

/// Draft an invoice of an accepted quote: a part, or all that is left with what was billed taken off.
#[utoipa::path(tag = "quotes", request_body = BillQuote, responses((status = 201, body = Invoice), (status = "4XX", body = Problem)))]
#[post("/quotes/{id}/invoices")]
async fn bill_quote(
    staff: Staff,
    once: Once,
    id: Key<QuoteId>,
    request: Body<BillQuote>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditInvoices).await?;
    once.run(tx, StatusCode::CREATED, &request.0, async |tx| billing::bill(tx, *id, &request).await).await
}

/// Answer a client's question. The answer is mailed to whoever asked.
#[utoipa::path(tag = "quotes", request_body = Answer, responses((status = 200, body = Question), (status = "4XX", body = Problem)))]
#[post("/questions/{id}/answer")]
async fn answer_question(
    staff: Staff,
    once: Once,
    id: Key<QuestionId>,
    body: Body<Answer>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::EditQuotes).await?;
    once.run(tx, StatusCode::OK, &body.0, async |tx| questions::answer(&app, tx, *id, &body).await).await
}

/// See what happened with a quote, newest first.
#[utoipa::path(tag = "quotes", params(ActivityFilter), responses((status = 200, body = Page<Activity>), (status = "4XX", body = Problem)))]
#[get("/quotes/{id}/activity")]
async fn quote_activity(
    staff: Staff,
    id: Key<QuoteId>,
    filter: Filter<ActivityFilter>,
    app: Data<App>,
) -> Result<Json<Page<Activity>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewQuotes).await?;
    quotes::head(&mut tx, *id).await?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(events::list(&mut tx, Feed::Subject(id.uuid()), limit, filter.cursor.as_deref()).await?))
}
