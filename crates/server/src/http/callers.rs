use std::future::{Ready, ready};
use std::net::{IpAddr, SocketAddr};
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

/// What a program shows. Other schemes of `Authorization` may be a proxy's and are none of ours.
pub(super) fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
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
        let credential = match bearer(request) {
            Some(token) => token.starts_with("ptk_").then(|| Credential::ApiToken(secret_token::hash(token))),
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

/// Where a request comes from: the peer, or whom a trusted proxy says it had as peer. That is the last
/// address of the header; those before it the client may have made up.
pub fn client_address(request: &HttpRequest, trust_proxy: bool) -> String {
    let said = || {
        let last = |name: &str| {
            request.headers().get_all(name).last()?.to_str().ok()?.rsplit(',').next().map(str::trim)
        };
        let forwarded = || last("forwarded")?.split(';').find_map(|pair| pair.trim().strip_prefix("for="));
        let node = last("x-forwarded-for").or_else(forwarded)?.trim_matches('"');
        address_of(node)
    };
    let said = if trust_proxy { said() } else { None };
    said.or_else(|| request.peer_addr().map(|peer| peer.ip()))
        .map(|address| address.to_string())
        .unwrap_or_default()
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn address_of(node: &str) -> Option<IpAddr> {
    let bracketed = || node.strip_prefix('[')?.split(']').next()?.parse().ok();
    node.parse().ok().or_else(|| node.parse::<SocketAddr>().ok().map(|node| node.ip())).or_else(bracketed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_proxy_s_word_counts_only_where_it_is_trusted_and_only_its_last() {
        let peer = || TestRequest::default().peer_addr(([10, 0, 0, 1], 4000).into());
        let of = |request: TestRequest, trust| client_address(&request.to_http_request(), trust);
        let made_up = || peer().insert_header(("x-forwarded-for", "1.1.1.1, 192.0.2.7"));
        assert_eq!(of(made_up(), false), "10.0.0.1");
        assert_eq!(of(made_up(), true), "192.0.2.7");
        assert_eq!(of(peer(), true), "10.0.0.1");
        assert_eq!(
            of(
                peer().insert_header(("forwarded", "for=1.1.1.1, for=\"[2001:db8::1]:80\";proto=https")),
                true
            ),
            "2001:db8::1"
        );
        assert_eq!(of(peer().insert_header(("x-forwarded-for", "unknown")), true), "10.0.0.1");
    }
}
