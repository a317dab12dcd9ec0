//! How a request reaches Square.

use bytes::Bytes;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::payment::PaymentError;
use crate::payment::transport::{PAUSES, exchange};

/// One account at Square.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    access_token: SecretString,
}

/// See <https://developer.squareup.com/docs/build-basics/general-considerations/handling-errors>.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    errors: Vec<ErrorDetail>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorDetail {
    code: Option<String>,
    detail: Option<String>,
    field: Option<String>,
}

impl Client {
    pub(super) fn new(http: reqwest::Client, base: &str, access_token: SecretString) -> Self {
        Self { http, base: base.trim_end_matches('/').to_owned(), access_token }
    }

    async fn attempt(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Bytes, PaymentError> {
        let mut http = self
            .http
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(self.access_token.expose_secret())
            .header("Square-Version", super::API_VERSION);
        if let Some(body) = body {
            http = http.json(body);
        }
        let (status, _, body) = exchange(http).await?;
        let body = body.ok_or_else(|| PaymentError::Unreadable("the answer is too long".to_owned()))?;
        if status.is_success() { Ok(body) } else { Err(refusal(status, &body)) }
    }

    /// All requests can be repeated: what is made has an idempotency key in its body.
    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Bytes, PaymentError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let error = match self.attempt(method.clone(), path, body).await {
                Err(error @ PaymentError::Unavailable(_)) => error,
                answer => return answer,
            };
            let Some(pause) = pauses.next() else { return Err(error) };
            tracing::debug!(path, %error, "square did not answer, trying again");
            tokio::time::sleep(pause).await;
        }
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, PaymentError> {
        read(&self.send(Method::GET, path, None).await?)
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, PaymentError> {
        read(&self.send(Method::POST, path, Some(body)).await?)
    }

    pub(super) async fn delete(&self, path: &str) -> Result<(), PaymentError> {
        self.send(Method::DELETE, path, None).await.map(drop)
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, PaymentError> {
    serde_json::from_slice(body).map_err(|error| PaymentError::Unreadable(error.to_string()))
}

fn refusal(status: StatusCode, body: &[u8]) -> PaymentError {
    // Whatever stands between us and Square answers with a page of its own; the status still counts.
    let error: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
    let detail = error.errors.into_iter().next().unwrap_or_default();
    let message = detail.detail.unwrap_or_else(|| format!("status {status}"));
    match status.as_u16() {
        401 => PaymentError::Unauthorized,
        403 => PaymentError::Forbidden(message),
        404 => PaymentError::NotFound,
        409 | 429 | 500.. => PaymentError::Unavailable(message),
        _ => PaymentError::Refused { code: detail.code, field: detail.field, message },
    }
}
