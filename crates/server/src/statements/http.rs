use actix_web::get;
use actix_web::web::{Data, Json};
use chrono::{Datelike, Days};
use domain::clients::ClientId;
use domain::page::DEFAULT_LIMIT;
use domain::permission::Permission;
use domain::problem::Problem;
use domain::statements::{Statement, StatementFilter};
use store::statements::{self, Span};
use store::{Actor, Error, Tx, clients, organizations};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Filter, Key, PortalUser, Staff};
use crate::problem::Result;

/// How far back a statement goes when nobody says.
const USUAL: Days = Days::new(90);

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(client_statement).service(portal_statement);
}

/// What is asked for, with what was left out filled in.
pub(crate) async fn span(tx: &mut Tx, client: ClientId, filter: &StatementFilter) -> Result<Span> {
    let organization = organizations::find(tx).await?;
    let to = filter.to.unwrap_or_else(|| organization.time_zone.today(tx.now()));
    let from = filter.from.or_else(|| to.checked_sub_days(USUAL)).unwrap_or(to);
    for (name, date) in [("from", from), ("to", to)] {
        if !(1970..=2200).contains(&date.year()) {
            return Err(Problem::invalid(name, "out_of_range", "must be between 1970 and 2200").into());
        }
    }
    if from > to {
        return Err(Problem::invalid("from", "after_to", "must not be after `to`").into());
    }
    Ok(Span { client, currency: filter.currency.unwrap_or(organization.currency), from, to })
}

async fn statement(tx: &mut Tx, client: ClientId, filter: &StatementFilter) -> Result<Statement> {
    let name = clients::name(tx, client).await?;
    let span = span(tx, client, filter).await?;
    let ends = statements::ends(tx, span).await?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let (items, next) =
        statements::movements(tx, span, ends.opening, limit, filter.cursor.as_deref()).await?;
    Ok(Statement {
        client_id: client,
        client_name: name,
        currency: span.currency,
        from: span.from,
        to: span.to,
        opening: ends.opening,
        closing: ends.owed.checked_sub(ends.credit)?,
        owed: ends.owed,
        credit: ends.credit,
        ageing: statements::ageing(tx, span).await?,
        items,
        next,
    })
}

/// See a client's statement of account: what moved in a span of time, what is owed before and after, and how late.
///
/// Movements are paged, the oldest first; sums are those of the whole span.
#[utoipa::path(tag = "statements", params(StatementFilter), responses((status = 200, body = Statement), (status = "4XX", body = Problem)))]
#[get("/clients/{id}/statement")]
async fn client_statement(
    staff: Staff,
    id: Key<ClientId>,
    filter: Filter<StatementFilter>,
    app: Data<App>,
) -> Result<Json<Statement>> {
    let mut tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    Ok(Json(statement(&mut tx, *id, &filter).await?))
}

/// See your company's statement of account.
///
/// Movements are paged, the oldest first; sums are those of the whole span. Behind a guest link there is none.
#[utoipa::path(tag = "statements", params(StatementFilter), responses((status = 200, body = Statement), (status = "4XX", body = Problem)))]
#[get("/portal/statement")]
async fn portal_statement(
    user: PortalUser,
    filter: Filter<StatementFilter>,
    app: Data<App>,
) -> Result<Json<Statement>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    let client = own(&tx)?;
    Ok(Json(statement(&mut tx, client, &filter).await?))
}

/// The client of a contact. Whoever holds a link to one document sees no account.
pub(crate) fn own(tx: &Tx) -> Result<ClientId> {
    match (tx.actor(), tx.caller().client_id) {
        (Actor::Contact(_), Some(client)) => Ok(client),
        _ => Err(Error::NotFound.into()),
    }
}
