//! The one client of the API. A feature's `mod.rs` wraps these in functions with bodies from `domain`; pages call those and never
//! see an address, a status or JSON.
//!
//! A session that has run out is renewed once and the call repeated; where that fails, the person is led to sign in and back.

mod client;
mod error;
mod intent;
mod json;
mod refresh;
mod value;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use client::{App, start};
pub use error::{ApiError, Refusal};
pub use intent::Intent;

use client::{Call, fetch, send};
use gloo_net::http::Method;

/// What an operation answers.
pub type Answer<T> = Result<T, ApiError>;

/// Reads something. The path is below `/api/v1`.
pub async fn get<T: DeserializeOwned>(path: &str) -> Answer<T> {
    read(&send(Call::new(Method::GET, path)).await?)
}

/// Reads a part of something; absent fields of `query` are left out of the address.
pub async fn get_with<T: DeserializeOwned>(path: &str, query: &impl Serialize) -> Answer<T> {
    get(&json::with_query(path, query)).await
}

/// Has the browser save a file. It is fetched like everything else, because a link alone renews no session and brings no guest in.
pub async fn download(path: &str, file_name: &str) -> Answer<()> {
    let bytes = fetch(Call::new(Method::GET, path)).await?;
    crate::browser::save(&bytes, file_name).ok_or(ApiError::Unreadable)
}

/// The fields of a filter as they stand in an address, with the question mark: for links to files.
pub fn query(query: &impl Serialize) -> String {
    json::with_query("", query)
}

/// Creates or does something, at most once per [`Intent`].
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize, intent: Intent) -> Answer<T> {
    let body = write(body)?;
    let key = intent.key(path, &body);
    let answer =
        send(Call { body: Some(body), idempotency_key: Some(key), ..Call::new(Method::POST, path) }).await?;
    intent.done();
    read(&answer)
}

/// Does something to what was looked at, if it still is at `version`, at most once per [`Intent`].
pub async fn post_at<T: DeserializeOwned>(
    path: &str,
    body: &impl Serialize,
    version: i64,
    intent: Intent,
) -> Answer<T> {
    let body = write(body)?;
    let key = intent.key(path, &body);
    let call = Call::new(Method::POST, path);
    let answer =
        send(Call { body: Some(body), idempotency_key: Some(key), version: Some(version), ..call }).await?;
    intent.done();
    read(&answer)
}

/// Does something that takes no body, at most once per [`Intent`].
pub async fn act<T: DeserializeOwned>(path: &str, intent: Intent) -> Answer<T> {
    let key = intent.key(path, "");
    let answer = send(Call { idempotency_key: Some(key), ..Call::new(Method::POST, path) }).await?;
    intent.done();
    read(&answer)
}

/// Asks something in a body: previews, sign-in. It may be repeated, so it carries no key.
pub async fn ask<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    read(&send(Call { body: Some(write(body)?), ..Call::new(Method::POST, path) }).await?)
}

/// Changes what `body` names, if it still is at `version`.
pub async fn patch<T: DeserializeOwned>(path: &str, body: &impl Serialize, version: i64) -> Answer<T> {
    change(Method::PATCH, path, body, Some(version)).await
}

/// Changes what `body` names of something that only its owner changes: one's own name, one's language.
pub async fn patch_own<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    change(Method::PATCH, path, body, None).await
}

/// Replaces something, if it still is at `version`; `None` where it has none.
pub async fn put<T: DeserializeOwned>(path: &str, body: &impl Serialize, version: Option<i64>) -> Answer<T> {
    change(Method::PUT, path, body, version).await
}

/// Replaces a picture by a file.
pub async fn put_file<T: DeserializeOwned>(path: &str, file: &web_sys::File) -> Answer<T> {
    read(&send(Call { file: Some(file.clone()), ..Call::new(Method::PUT, path) }).await?)
}

/// Removes something.
pub async fn delete(path: &str) -> Answer<()> {
    send(Call::new(Method::DELETE, path)).await.map(drop)
}

async fn change<T: DeserializeOwned>(
    method: Method,
    path: &str,
    body: &impl Serialize,
    version: Option<i64>,
) -> Answer<T> {
    read(&send(Call { body: Some(write(body)?), version, ..Call::new(method, path) }).await?)
}

fn write(body: &impl Serialize) -> Answer<String> {
    json::write(body).ok_or(ApiError::Unreadable)
}

fn read<T: DeserializeOwned>(answer: &str) -> Answer<T> {
    json::read(answer).ok_or(ApiError::Unreadable)
}
