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
pub async fn renew(app: &App, request: &HttpRequest, who: &Anyone, audience: Audience) -> Result<HttpResponse> {
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
    let Some(live) = sessions::find_live(&mut tx, session).await?.filter(|live| live.audience == audience) else {
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
pub async fn sign_out(app: &App, request: &HttpRequest, who: &Anyone, audience: Audience) -> Result<HttpResponse> {
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
