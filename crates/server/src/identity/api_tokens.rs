//! Tokens for programs.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, delete, get, post};
use chrono::TimeDelta;
use domain::events::{Event, Subject};
use domain::identity::{ApiToken, ApiTokenFilter, ApiTokenId, CreatedApiToken, NewApiToken};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use store::identity::api_tokens::{self, NewToken};
use store::{Actor, events};
use utoipa_actix_web::service_config::ServiceConfig;

use super::account::account_here;
use super::roles::refuse_above;
use crate::App;
use crate::http::{Body, Filter, Key, Staff};
use crate::problem::Result;
use crate::secret_token::SecretToken;

/// How a token begins, so that scanners of code find one that was published.
const PREFIX: &str = "ptk_";

/// Tokens.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_api_tokens).service(create_api_token).service(revoke_api_token);
}

/// List tokens, newest first: your own, or all for those who manage members.
#[utoipa::path(tag = "api tokens", params(ApiTokenFilter), responses((status = 200, body = Page<ApiToken>), (status = "4XX", body = Problem)))]
#[get("/api-tokens")]
async fn list_api_tokens(staff: Staff, filter: Filter<ApiTokenFilter>, app: Data<App>) -> Result<Json<Page<ApiToken>>> {
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    let whose = match tx.actor() {
        _ if tx.caller().may(Permission::ManageMembers) => None,
        Actor::Member(member) => Some(member),
        Actor::Contact(_) | Actor::Guest(_) | Actor::System => return Err(Code::Forbidden.into()),
    };
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(api_tokens::list(&mut tx, whose, limit, filter.cursor.as_deref()).await?))
}

/// Make a token. Its secret is in this answer only; so an `Idempotency-Key`, which keeps answers, has no
/// effect here. A token can't make tokens.
#[utoipa::path(tag = "api tokens", request_body = NewApiToken, responses((status = 201, body = CreatedApiToken), (status = "4XX", body = Problem)))]
#[post("/api-tokens")]
async fn create_api_token(staff: Staff, body: Body<NewApiToken>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    account_here(&tx)?;
    let Actor::Member(member) = tx.actor() else { return Err(Code::Forbidden.into()) };
    refuse_above(&tx, &body.scopes)?;
    let secret = SecretToken::generate(PREFIX);
    let created_by = tx.actor_name().parse().map_err(crate::problem::Failure::internal)?;
    let new = NewToken {
        member,
        name: &body.name,
        hint: &secret.text[..PREFIX.len() + 6],
        hash: &secret.hash,
        scopes: &body.scopes,
        expires_at: body.expires_in_days.map(|days| tx.now() + TimeDelta::days(days.into())),
    };
    let id = api_tokens::insert(&mut tx, &new).await?;
    let event = Event::ApiTokenCreated { token_id: id, name: body.name.to_string() };
    events::record(&mut tx, Subject::Member(member), None, &event).await?;
    let token = ApiToken {
        id,
        name: body.name.clone(),
        hint: new.hint.to_owned(),
        scopes: body.scopes.clone(),
        created_by,
        created_at: tx.now(),
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    tx.commit().await?;
    Ok(HttpResponse::Created().json(CreatedApiToken { token, secret: secret.text }))
}

/// Revoke a token: your own, or any for those who manage members. It stops working at once.
#[utoipa::path(tag = "api tokens", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/api-tokens/{id}")]
async fn revoke_api_token(staff: Staff, id: Key<ApiTokenId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    let (member, name, revoked) = api_tokens::find(&mut tx, *id).await?;
    if tx.actor() != Actor::Member(member) && !tx.caller().may(Permission::ManageMembers) {
        return Err(Code::NotFound.into());
    }
    if !revoked {
        api_tokens::revoke(&mut tx, *id).await?;
        let event = Event::ApiTokenRevoked { token_id: *id, name: name.to_string() };
        events::record(&mut tx, Subject::Member(member), None, &event).await?;
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
