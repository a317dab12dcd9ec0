//! Renewing and ending a browser's session by its refresh token.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use chrono::TimeDelta;
use domain::permission::Audience;
use domain::problem::Code;
use store::identity::refresh_tokens::{self, Use};
use store::identity::sessions::{self, Live};
use store::{Reason, Tx};

use super::actions::Began;
use super::cookies;
use crate::App;
use crate::http::Anyone;
use crate::problem::{Failure, Result};
use crate::secret_token::{self, SecretToken};

/// Two tabs may renew at the same moment with the same token; later than this, somebody else has it.
const TOGETHER: TimeDelta = TimeDelta::seconds(10);

fn token(request: &HttpRequest, audience: Audience) -> Option<[u8; 32]> {
    request.cookie(cookies::refresh_name(audience)).map(|cookie| secret_token::hash(cookie.value()))
}

/// Renews the session: a fresh access token, and the next refresh token. A token that was used before ends
/// the session, because either this or the other user of it stole it.
pub async fn renew(
    app: &App,
    request: &HttpRequest,
    who: &Anyone,
    audience: Audience,
) -> Result<HttpResponse> {
    let Some(hash) = token(request, audience) else { return Ok(signed_out(app, audience)) };
    let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
    let (session, first) = match refresh_tokens::use_once(&mut tx, &hash).await? {
        Use::First(session) => (session, true),
        Use::Again(session, used_at) if who.at - used_at <= TOGETHER => (session, false),
        Use::Again(session, _) => {
            tracing::warn!(%session, "a refresh token was used twice: the session ends");
            sessions::end(&mut tx, session).await?;
            tx.commit().await?;
            return Ok(signed_out(app, audience));
        }
        Use::Unknown => return Ok(signed_out(app, audience)),
    };
    let Some(live) = sessions::find_live(&mut tx, session).await?.filter(|live| live.audience == audience)
    else {
        return Ok(signed_out(app, audience));
    };
    let next = SecretToken::generate("");
    let began = Began { session, audience, refresh: next.text, expires_at: live.expires_at };
    let mut response = HttpResponse::build(StatusCode::NO_CONTENT);
    if first {
        refresh_tokens::insert(&mut tx, session, &next.hash).await?;
        sessions::seen(&mut tx, session, &who.address, &who.user_agent).await?;
        tx.commit().await?;
        cookies::set(app, &mut response, &began)?;
    } else {
        cookies::set_access(app, &mut response, &began)?;
    }
    Ok(response.finish())
}

/// 401, and the cookies that led to it are taken away.
fn signed_out(app: &App, audience: Audience) -> HttpResponse {
    let refusal = Failure::from(Code::Unauthenticated);
    let mut response = HttpResponse::build(refusal.status_code());
    cookies::clear(app, &mut response, audience);
    response.content_type("application/problem+json").json(refusal.problem())
}

/// Ends this browser's session. There being none is fine: that is what was wanted.
pub async fn sign_out(
    app: &App,
    request: &HttpRequest,
    who: &Anyone,
    audience: Audience,
) -> Result<HttpResponse> {
    if let Some(hash) = token(request, audience) {
        let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
        if let Some(session) = refresh_tokens::session_of(&mut tx, &hash).await? {
            sessions::end(&mut tx, session).await?;
        }
        tx.commit().await?;
    }
    let mut response = HttpResponse::build(StatusCode::NO_CONTENT);
    cookies::clear(app, &mut response, audience);
    Ok(response.finish())
}

/// The live session of this browser's refresh token, which is not used by that: for what the doors do with
/// a session, where access tokens aren't sent.
pub async fn session_here(tx: &mut Tx, request: &HttpRequest, audience: Audience) -> Result<Live> {
    let hash = token(request, audience).ok_or(Code::Unauthenticated)?;
    let session = refresh_tokens::unused_session_of(tx, &hash).await?.ok_or(Code::Unauthenticated)?;
    let live = sessions::find_live(tx, session).await?.filter(|live| live.audience == audience);
    live.ok_or_else(|| Code::Unauthenticated.into())
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use chrono::TimeDelta;
    use futures_util::future::join_all;
    use serde_json::{Value, json};

    use crate::http::cookies::{CONSOLE, CONSOLE_REFRESH, PORTAL};
    use crate::testing::{ACME, Answer, Asker, PASSWORD, TestApp};

    async fn signed_in(test: &TestApp) -> Asker {
        test.join(ACME, "owner").await;
        let body = json!({ "email": "owner@acme.example", "password": PASSWORD });
        let answer = test.post(&Asker::stranger(), "/auth/console/sessions", &body).await;
        let owner = Asker::stranger().keep_cookies(&answer);
        assert_eq!(answer.expect(200), json!({ "step": "signed_in" }));
        owner
    }

    async fn renew(test: &TestApp, asker: &Asker) -> Answer {
        test.post(asker, "/auth/console/refresh", &Value::Null).await
    }

    #[actix_web::test]
    async fn a_session_is_renewed_with_the_newest_token_only() {
        let test = TestApp::new().await;
        let first = signed_in(&test).await;
        test.app.clock.advance(TimeDelta::minutes(5));
        assert_eq!(
            test.get(&first, "/me").await.problem(401),
            "unauthenticated",
            "access tokens live five minutes"
        );
        let answer = renew(&test, &first).await;
        let second = first.clone().keep_cookies(&answer);
        answer.expect(204);
        assert_ne!(first.cookie_value(CONSOLE_REFRESH), second.cookie_value(CONSOLE_REFRESH));
        test.get(&second, "/me").await.expect(200);

        // Another tab, at the same moment, with the token of before: access, and no second line of tokens.
        test.app.clock.advance(TimeDelta::seconds(10));
        let answer = renew(&test, &first).await;
        assert_eq!(answer.cookies().into_iter().map(|(name, _)| name).collect::<Vec<_>>(), [CONSOLE]);
        test.get(&first.clone().keep_cookies(&answer), "/me").await.expect(200);

        // Later, it is somebody who stole it, or from whom it was stolen: nobody goes on.
        test.app.clock.advance(TimeDelta::seconds(1));
        let answer = renew(&test, &first).await;
        assert!(answer.cookies().iter().all(|(_, value)| value.is_empty()), "the cookies are taken away");
        assert_eq!(answer.problem(401), "unauthenticated");
        assert_eq!(test.get(&second, "/me").await.problem(401), "unauthenticated");
        assert_eq!(renew(&test, &second).await.problem(401), "unauthenticated");
    }

    #[actix_web::test]
    async fn of_many_renewals_at_once_one_continues_the_line() {
        let test = TestApp::new().await;
        let owner = signed_in(&test).await;
        let answers = join_all((0..8).map(|_| renew(&test, &owner))).await;
        let next: Vec<String> = answers
            .iter()
            .flat_map(Answer::cookies)
            .filter(|(name, _)| name == CONSOLE_REFRESH)
            .map(|(_, value)| value)
            .collect();
        assert!(answers.iter().all(|answer| answer.status == 204));
        assert_eq!(next.len(), 1);
        renew(&test, &Asker::stranger().cookie(CONSOLE_REFRESH, &next[0])).await.expect(204);
    }

    #[actix_web::test]
    async fn signing_out_ends_the_session_and_takes_the_cookies() {
        let test = TestApp::new().await;
        let owner = signed_in(&test).await;
        let answer = test.delete(&owner, "/auth/console/session").await;
        assert!(answer.cookies().iter().all(|(_, value)| value.is_empty()));
        assert_eq!(answer.cookies().len(), 2);
        answer.expect(204);
        assert_eq!(test.get(&owner, "/me").await.problem(401), "unauthenticated");
        assert_eq!(renew(&test, &owner).await.problem(401), "unauthenticated");
        test.delete(&Asker::stranger(), "/auth/console/session").await.expect(204);
    }

    #[actix_web::test]
    async fn a_member_s_session_ends_after_two_weeks() {
        let test = TestApp::new().await;
        let owner = signed_in(&test).await;
        test.app.clock.advance(TimeDelta::days(14));
        assert_eq!(renew(&test, &owner).await.problem(401), "unauthenticated");
    }

    #[actix_web::test]
    async fn made_up_access_tokens_are_refused() {
        let test = TestApp::new().await;
        let owner = signed_in(&test).await;
        let good = owner.cookie_value(CONSOLE).unwrap().to_owned();
        let parts: Vec<&str> = good.split('.').collect();
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let decoded: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
        let header =
            |algorithm: &str| encode(&json!({ "alg": algorithm, "typ": "JWT", "kid": decoded["kid"] }));
        let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        claims["exp"] = json!(4_102_444_800_u64);
        let longer = encode(&claims);
        let bad = [
            format!("{}.{}.", header("none"), parts[1]),
            format!("{}.{}.{}", header("none"), parts[1], parts[2]),
            format!("{}.{}.{}", header("HS512"), parts[1], parts[2]),
            format!("{}.{}.{}", header("RS256"), parts[1], parts[2]),
            format!("{}.{longer}.{}", parts[0], parts[2]),
            format!("{}.{}", parts[0], parts[1]),
            "..".to_owned(),
            String::new(),
        ];
        for token in bad {
            let asker = Asker::stranger().cookie(CONSOLE, &token);
            assert_eq!(test.get(&asker, "/me").await.problem(401), "unauthenticated", "{token}");
        }
        // One side's token is none of the other's.
        let crossed = Asker::stranger().cookie(PORTAL, &good);
        assert_eq!(test.get(&crossed, "/portal/me").await.problem(401), "unauthenticated");
        let crossed =
            Asker::stranger().cookie("portico_portal_refresh", owner.cookie_value(CONSOLE_REFRESH).unwrap());
        assert_eq!(
            test.post(&crossed, "/auth/portal/refresh", &Value::Null).await.problem(401),
            "unauthenticated"
        );
        test.get(&Asker::stranger().cookie(CONSOLE, &good), "/me").await.expect(200);
    }
}
