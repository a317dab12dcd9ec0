use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use chrono::{DateTime, Utc};
use domain::permission::Audience;
use domain::problem::{Code, Problem};
use store::{Caller, Credential};

use crate::App;
use crate::problem::{Failure, Result};
use crate::secret_token;

/// Names of cookies.
pub mod cookies {
    /// Access to the console.
    pub const CONSOLE: &str = "portico_console";
    /// Access to the portal.
    pub const PORTAL: &str = "portico_portal";
    /// Renewal of the console's access.
    pub const CONSOLE_REFRESH: &str = "portico_console_refresh";
    /// Renewal of the portal's access.
    pub const PORTAL_REFRESH: &str = "portico_portal_refresh";
}

/// A member, or a program with a member's token. What they may do, `Store::begin` decides.
pub struct Staff(Caller);

/// A contact, or whoever holds a link to one document.
pub struct PortalUser(Caller);

/// Somebody at the door.
pub struct Anyone {
    /// The instant of the request.
    pub at: DateTime<Utc>,
    /// The network address they come from.
    pub address: String,
    /// Their browser, in its own words.
    pub user_agent: String,
}

impl Deref for Staff {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl Deref for PortalUser {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.0
    }
}

fn app(request: &HttpRequest) -> &App {
    request.app_data::<web::Data<App>>().expect("every server is built with its App")
}

/// The session named by a good access token in this cookie.
fn session(
    request: &HttpRequest,
    cookie: &str,
    audience: Audience,
    now: DateTime<Utc>,
) -> Option<Credential> {
    let token = request.cookie(cookie)?;
    let session = app(request).tokens.verify(token.value(), audience, now)?;
    Some(Credential::Session(session, audience))
}

impl FromRequest for Staff {
    type Error = Failure;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let at = app(request).clock.now();
        let bearer = request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
        let credential = match bearer {
            Some(value) => value
                .strip_prefix("Bearer ")
                .filter(|token| token.starts_with("ptk_"))
                .map(|token| Credential::ApiToken(secret_token::hash(token))),
            None => session(request, cookies::CONSOLE, Audience::Console, at),
        };
        ready(credential.map(|credential| Self(Caller { credential, at })).ok_or_else(unauthenticated))
    }
}

impl FromRequest for PortalUser {
    type Error = Failure;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let at = app(request).clock.now();
        let credential = match request.headers().get("Portico-Guest") {
            Some(token) => token.to_str().ok().map(|token| Credential::GuestLink(secret_token::hash(token))),
            None => session(request, cookies::PORTAL, Audience::Portal, at),
        };
        ready(credential.map(|credential| Self(Caller { credential, at })).ok_or_else(unauthenticated))
    }
}

fn unauthenticated() -> Failure {
    Problem::new(Code::Unauthenticated).into()
}

impl FromRequest for Anyone {
    type Error = Failure;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = app(request);
        let user_agent =
            request.headers().get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default();
        ready(Ok(Self {
            at: app.clock.now(),
            address: client_address(request, app.settings.trust_proxy),
            user_agent: user_agent.chars().take(300).collect(),
        }))
    }
}

/// Where a request comes from: the peer, or what a trusted proxy says.
pub fn client_address(request: &HttpRequest, trust_proxy: bool) -> String {
    if trust_proxy {
        request.connection_info().realip_remote_addr().unwrap_or_default().to_owned()
    } else {
        request.peer_addr().map(|address| address.ip().to_string()).unwrap_or_default()
    }
}
