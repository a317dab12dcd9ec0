//! The cookies of a session.

use actix_web::HttpResponseBuilder;
use actix_web::cookie::{Cookie, SameSite, time};
use chrono::TimeDelta;
use domain::permission::Audience;

use super::actions::Began;
use super::tokens;
use crate::App;
use crate::http::cookies;
use crate::problem::Result;

/// Where refresh tokens are sent: to the doors only.
const DOORS: &str = "/api/v1/auth";

/// The names of a side's cookies, and where its access token is sent.
fn names(audience: Audience) -> (&'static str, &'static str, &'static str) {
    match audience {
        Audience::Console => (cookies::CONSOLE, cookies::CONSOLE_REFRESH, "/api/v1"),
        Audience::Portal => (cookies::PORTAL, cookies::PORTAL_REFRESH, "/api/v1/portal"),
    }
}

/// The name of a side's refresh cookie.
pub fn refresh_name(audience: Audience) -> &'static str {
    names(audience).1
}

fn cookie<'c>(
    app: &App,
    name: &'c str,
    value: String,
    path: &'c str,
    same_site: SameSite,
    lives: TimeDelta,
) -> Cookie<'c> {
    Cookie::build(name, value)
        .path(path)
        .http_only(true)
        .same_site(same_site)
        .secure(app.settings.public_url.scheme() == "https")
        .max_age(time::Duration::seconds(lives.num_seconds()))
        .finish()
}

/// Sets a fresh access token for a session.
pub fn set_access(app: &App, response: &mut HttpResponseBuilder, began: &Began) -> Result<()> {
    let (name, _, path) = names(began.audience);
    let token = app.tokens.issue(began.session, began.audience, app.clock.now())?;
    response.cookie(cookie(app, name, token, path, SameSite::Lax, tokens::LIFETIME));
    Ok(())
}

/// Sets both cookies of a session.
pub fn set(app: &App, response: &mut HttpResponseBuilder, began: &Began) -> Result<()> {
    set_access(app, response, began)?;
    let lives = began.expires_at - app.clock.now();
    let refresh = refresh_name(began.audience);
    response.cookie(cookie(app, refresh, began.refresh.clone(), DOORS, SameSite::Strict, lives));
    Ok(())
}

/// Takes both cookies of a side away.
pub fn clear(app: &App, response: &mut HttpResponseBuilder, audience: Audience) {
    let (access, refresh, path) = names(audience);
    for (name, path, same_site) in [(access, path, SameSite::Lax), (refresh, DOORS, SameSite::Strict)] {
        response.cookie(cookie(app, name, String::new(), path, same_site, TimeDelta::zero()));
    }
}
