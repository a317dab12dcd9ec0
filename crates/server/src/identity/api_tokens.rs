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
async fn list_api_tokens(
    staff: Staff,
    filter: Filter<ApiTokenFilter>,
    app: Data<App>,
) -> Result<Json<Page<ApiToken>>> {
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::{Value, json};

    use crate::testing::{Asker, TestApp};

    async fn make(test: &TestApp, asker: &Asker, scopes: &[&str]) -> (Value, Asker) {
        let body = json!({ "name": "Accounting", "scopes": scopes, "expires_in_days": 30 });
        let made = test.post(asker, "/api-tokens", &body).await.expect(201);
        let secret = made["secret"].as_str().unwrap();
        assert!(secret.starts_with("ptk_") && secret.len() == 47);
        assert_eq!(made["token"]["hint"], secret[..10]);
        (made["token"].clone(), Asker::stranger().header("Authorization", format!("Bearer {secret}")))
    }

    #[actix_web::test]
    async fn a_token_does_what_its_scopes_say_until_it_expires() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        let (token, program) = make(&test, &owner, &["members.manage"]).await;
        test.get(&program, "/members").await.expect(200);
        assert_eq!(test.get(&program, "/organization").await.problem(403), "forbidden");
        assert_eq!(test.get(&program, "/me").await.problem(403), "forbidden");
        // It is shown once and kept as its hash.
        let list = test.get(&owner, "/api-tokens").await.expect(200);
        assert_eq!(list["items"][0]["id"], token["id"]);
        assert!(list["items"][0].get("secret").is_none());
        test.app.clock.advance(TimeDelta::days(30));
        assert_eq!(test.get(&program, "/members").await.problem(401), "unauthenticated");
    }

    #[actix_web::test]
    async fn a_token_is_never_more_than_its_maker() {
        let test = TestApp::new().await;
        let (owner, technician) = (test.staff("owner").await, test.staff("technician").await);
        let body = json!({ "name": "Sly", "scopes": ["members.manage"] });
        assert_eq!(test.post(&technician, "/api-tokens", &body).await.problem(403), "forbidden");
        for scopes in [json!([]), json!(["money.pay"]), json!(["everything"])] {
            let body = json!({ "name": "Odd", "scopes": scopes });
            assert_eq!(test.post(&owner, "/api-tokens", &body).await.problem(422), "validation", "{body}");
        }
        let body = json!({ "name": "Old", "scopes": ["console"], "expires_in_days": 731 });
        assert_eq!(test.post(&owner, "/api-tokens", &body).await.problem(422), "validation");
        // What the role loses, the token loses with it.
        let manager = test.staff("manager").await;
        let (_, program) = make(&test, &manager, &["members.manage", "console"]).await;
        test.get(&program, "/members").await.expect(200);
        test.database().execute("update role set permissions = '{console}' where key = 'manager'").await;
        assert_eq!(test.get(&program, "/members").await.problem(403), "forbidden");
        // And a token makes no tokens, nor touches the account.
        let body = json!({ "name": "Child", "scopes": ["console"] });
        assert_eq!(test.post(&program, "/api-tokens", &body).await.problem(403), "forbidden");
        assert_eq!(test.get(&program, "/account/sessions").await.problem(403), "forbidden");
        assert_eq!(test.get(&program, "/me").await.expect(200)["role"], "manager");
    }

    #[actix_web::test]
    async fn tokens_are_revoked_by_their_owner_or_by_who_manages_members() {
        let test = TestApp::new().await;
        let (owner, advisor, technician) =
            (test.staff("owner").await, test.staff("advisor").await, test.staff("technician").await);
        let (token, program) = make(&test, &advisor, &["console"]).await;
        let path = format!("/api-tokens/{}", token["id"].as_str().unwrap());
        assert_eq!(test.get(&technician, "/api-tokens").await.expect(200)["items"], json!([]));
        assert_eq!(test.delete(&technician, &path).await.problem(404), "not_found");
        test.get(&program, "/me").await.expect(200);
        test.delete(&owner, &path).await.expect(204);
        assert_eq!(test.get(&program, "/me").await.problem(401), "unauthenticated");
        test.delete(&advisor, &path).await.expect(204);
        assert_eq!(
            test.database().count("select count(*) from event where kind = 'api_token.revoked'").await,
            1
        );
        assert!(test.get(&advisor, "/api-tokens").await.expect(200)["items"][0]["revoked_at"].is_string());
    }

    /// The last use is noted beside the request.
    async fn last_use(test: &TestApp, not: Option<&str>) -> String {
        for _ in 0..200 {
            let noted = test.database().texts("select last_used_at::text from api_token").await.concat();
            if !noted.is_empty() && Some(noted.as_str()) != not {
                return noted;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("no use was noted");
    }

    #[actix_web::test]
    async fn the_last_use_is_known_to_the_minute() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        let (_, program) = make(&test, &owner, &["console"]).await;
        test.get(&program, "/me").await.expect(200);
        let first = last_use(&test, None).await;
        test.app.clock.advance(TimeDelta::seconds(59));
        test.get(&program, "/me").await.expect(200);
        test.app.clock.advance(TimeDelta::seconds(1));
        test.get(&program, "/me").await.expect(200);
        let second = last_use(&test, Some(&first)).await;
        assert!(first.contains("09:00:00") && second.contains("09:01:00"), "{first} {second}");
    }
}
