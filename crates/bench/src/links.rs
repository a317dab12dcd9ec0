use std::sync::Arc;

use hyper::header::{AUTHORIZATION, COOKIE, HeaderMap, SET_COOKIE};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Result;
use crate::http::Target;

/// Ways into the demo, as `portico demo --links-json` writes them.
#[derive(Debug, Deserialize)]
pub struct Links {
    password: String,
    organizations: Vec<Organization>,
}

#[derive(Debug, Deserialize)]
struct Organization {
    contact: Contact,
    members: Vec<Member>,
}

#[derive(Debug, Deserialize)]
struct Contact {
    link: String,
}

#[derive(Debug, Deserialize)]
struct Member {
    email: String,
}

/// A program of the staff: an API token of an owner, with these permissions.
pub async fn staff(links: &Links, server: &Target, scopes: &[&str]) -> Result<Target> {
    let owner = links.organizations.first().and_then(|organization| organization.members.first());
    let owner = owner.ok_or("the demo has no owner")?;
    let body = json!({ "email": owner.email, "password": links.password });
    let signed_in = server.post("/api/v1/auth/console/sessions", &body).await?;
    let console = server.clone().with(COOKIE, &cookies(&signed_in.headers))?;
    let token = json!({ "name": "Benchmark", "scopes": scopes, "expires_in_days": 1 });
    let made: Value = serde_json::from_slice(&console.post("/api/v1/api-tokens", &token).await?.body)?;
    let secret = made["secret"].as_str().ok_or("the token has no secret")?;
    server.clone().with(AUTHORIZATION, &format!("Bearer {secret}"))
}

/// A client's browser, whose access has to be renewed every few minutes.
pub struct Browser {
    server: Target,
    cookies: Arc<str>,
}

impl Browser {
    /// Signs in by the demo's link, which works once.
    pub async fn sign_in(links: &Links, server: &Target) -> Result<Self> {
        let contact = links.organizations.first().map(|organization| &organization.contact);
        let token =
            contact.and_then(|contact| contact.link.split("token=").nth(1)).ok_or("the demo has no link")?;
        let answer = server.post("/api/v1/auth/portal/sessions", &json!({ "token": token })).await?;
        Ok(Self { server: server.clone(), cookies: cookies(&answer.headers).into() })
    }

    /// The same browser, served by another process of the same installation.
    pub fn move_to(self, server: &Target) -> Self {
        Self { server: server.clone(), ..self }
    }

    /// Renews access as the page does by itself; what asks with it.
    pub async fn renew(&mut self) -> Result<Target> {
        let server = self.server.clone().with(COOKIE, &self.cookies)?;
        let answer = server.post("/api/v1/auth/portal/refresh", &Value::Null).await?;
        self.cookies = cookies(&answer.headers).into();
        self.server.clone().with(COOKIE, &self.cookies)
    }
}

/// What a browser sends back of the cookies it was given.
fn cookies(headers: &HeaderMap) -> String {
    let given = headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs: Vec<&str> = given.filter_map(|cookie| cookie.split(';').next()).collect();
    pairs.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_go_back_without_their_attributes() {
        let given =
            ["portico_portal=abc; HttpOnly; Path=/api/v1/portal", "portico_portal_refresh=def; Secure"];
        let headers = given.map(|cookie| (SET_COOKIE, cookie.parse().unwrap())).into_iter().collect();
        assert_eq!(cookies(&headers), "portico_portal=abc; portico_portal_refresh=def");
    }
}
