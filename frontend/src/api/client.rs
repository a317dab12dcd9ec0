//! Sending one call.

use std::cell::Cell;

use domain::problem::Code;
use gloo_net::http::{Method, RequestBuilder, Response};
use web_sys::RequestCredentials;

use super::error::Refusal;
use super::refresh::renew;
use super::{Answer, ApiError};
use crate::browser;

/// Which application this is: where its sessions are renewed, and its door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum App {
    /// The clients'.
    Portal,
    /// The staff's.
    Console,
}

impl App {
    /// Its name in addresses of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Console => "console",
        }
    }
}

/// The page that signs in and leads back to `wanted`: the console's, or that of the portal named by the address's first segment.
fn door(wanted: &str) -> String {
    let first = wanted.split(['/', '?']).nth(1).unwrap_or_default();
    format!("/{first}/sign-in?next={}", browser::escape(wanted))
}

thread_local! {
    static APP: Cell<App> = const { Cell::new(App::Portal) };
}

/// Says which application this is; before the first call.
pub fn start(app: App) {
    APP.set(app);
}

pub(super) fn app() -> App {
    APP.get()
}

/// A call, before it is sent.
pub(super) struct Call {
    /// The HTTP method.
    pub method: Method,
    /// Below `/api/v1`, with its query.
    pub path: String,
    /// JSON.
    pub body: Option<String>,
    /// A file as it is, instead of JSON.
    pub file: Option<web_sys::File>,
    /// For POST: what the server does once.
    pub idempotency_key: Option<String>,
    /// For PATCH and PUT: the version that was looked at.
    pub version: Option<i64>,
}

impl Call {
    pub(super) fn new(method: Method, path: &str) -> Self {
        Self { method, path: path.to_owned(), body: None, file: None, idempotency_key: None, version: None }
    }

    async fn once(&self) -> Answer<Response> {
        let mut builder = RequestBuilder::new(&format!("/api/v1{}", self.path))
            .method(self.method.clone())
            .credentials(RequestCredentials::SameOrigin)
            .header("Accept", "application/json");
        if let Some(key) = &self.idempotency_key {
            builder = builder.header("Idempotency-Key", key);
        }
        if let Some(version) = self.version {
            builder = builder.header("If-Match", &format!("\"{version}\""));
        }
        if let Some(guest) = guest() {
            builder = builder.header("Portico-Guest", &guest);
        }
        let request = match (&self.body, &self.file) {
            (Some(body), _) => builder.header("Content-Type", "application/json").body(body),
            (None, Some(file)) => {
                builder.header("Content-Type", "application/octet-stream").body(file.clone())
            }
            (None, None) => builder.build(),
        };
        request.map_err(|_| ApiError::Unreadable)?.send().await.map_err(|_| ApiError::Offline)
    }
}

/// The token of a guest link, which stands in the page's address and opens one document.
fn guest() -> Option<String> {
    browser::fragment("guest").filter(|_| app() == App::Portal)
}

/// Sends a call and returns the answer's body.
pub(super) async fn send(call: Call) -> Answer<String> {
    answered(call).await?.text().await.map_err(|_| ApiError::Offline)
}

/// Sends a call and returns the file it is answered with.
pub(super) async fn fetch(call: Call) -> Answer<Vec<u8>> {
    answered(call).await?.binary().await.map_err(|_| ApiError::Offline)
}

async fn answered(call: Call) -> Answer<Response> {
    let answer = outcome(call.once().await?).await;
    let signed_out = matches!(&answer, Err(error) if error.code() == Some(Code::Unauthenticated));
    if !signed_out || guest().is_some() || call.path.starts_with("/auth/") {
        return answer;
    }
    if renew().await? {
        return outcome(call.once().await?).await;
    }
    browser::open(&door(&browser::here()));
    // The page is about to be replaced; until then it goes on loading instead of flashing an error.
    std::future::pending().await
}

async fn outcome(response: Response) -> Answer<Response> {
    if response.ok() {
        return Ok(response);
    }
    let text = response.text().await.map_err(|_| ApiError::Offline)?;
    match Refusal::read(&text) {
        Some(refusal) => Err(ApiError::Refused(Box::new(refusal))),
        // A proxy on the way answers with pages of its own.
        None if matches!(response.status(), 502..=504) => Err(ApiError::Offline),
        None => Err(ApiError::Unreadable),
    }
}
