//! How a request reaches PayPal: with a token that is asked for once and used until it ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::{Clock, PaypalConfig};
use crate::payment::PaymentError;
use crate::payment::transport::{PAUSES, exchange};

/// A token is not used any more so long before its end, so that none ends on its way.
const EARLY: TimeDelta = TimeDelta::seconds(60);

/// Tokens of all accounts, shared by all clients of a process: PayPal limits how often one may be asked for.
#[derive(Clone, Default)]
pub struct Tokens(Arc<Mutex<HashMap<[u8; 32], Token>>>);

#[derive(Clone)]
struct Token {
    text: SecretString,
    ends_at: DateTime<Utc>,
}

/// One account at PayPal; user and password are the app's client id and secret.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    user: String,
    password: SecretString,
    tokens: Tokens,
    clock: Clock,
}

/// What came back from one try.
enum Answer {
    Success(Bytes),
    Refused(PaymentError),
    Again(PaymentError),
}

#[derive(Deserialize)]
struct TokenBody {
    access_token: SecretString,
    /// Seconds.
    expires_in: i64,
}

/// See <https://developer.paypal.com/api/rest/responses/>.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    name: Option<String>,
    message: Option<String>,
    details: Vec<ErrorDetail>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorDetail {
    field: Option<String>,
    issue: Option<String>,
    description: Option<String>,
}

/// A request, to be sent as often as it takes.
pub(super) struct Request<'a> {
    pub method: Method,
    pub path: &'a str,
    /// JSON.
    pub body: Option<String>,
    /// `PayPal-Request-Id`: the same id does a thing once.
    pub id: Option<&'a str>,
}

impl Client {
    pub(super) fn new(config: PaypalConfig, http: reqwest::Client, tokens: Tokens, clock: Clock) -> Self {
        Self {
            http,
            base: config.api.trim_end_matches('/').to_owned(),
            user: config.client_id,
            password: config.client_secret,
            tokens,
            clock,
        }
    }

    /// Under which the account's token is kept: another secret is another account.
    fn key(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [self.base.as_str(), &self.user, self.password.expose_secret()] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    /// Forgets the token, so that the next request asks for one.
    pub(super) fn forget_token(&self) {
        self.tokens.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key());
    }

    async fn token(&self) -> Result<SecretString, PaymentError> {
        let (key, now) = (self.key(), (self.clock)());
        let known = self.tokens.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(token) = known.filter(|token| now < token.ends_at) {
            return Ok(token.text);
        }
        let request = self
            .http
            .post(format!("{}/v1/oauth2/token", self.base))
            .basic_auth(&self.user, Some(self.password.expose_secret()))
            .form(&[("grant_type", "client_credentials")]);
        let (status, _, body) = exchange(request).await?;
        let body = body.unwrap_or_default();
        if !status.is_success() {
            return Err(refusal(status, &body));
        }
        let answer: TokenBody = read(&body)?;
        let ends_at = now + TimeDelta::seconds(answer.expires_in.clamp(0, 86_400)) - EARLY;
        let token = Token { text: answer.access_token.clone(), ends_at };
        self.tokens.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, token);
        Ok(answer.access_token)
    }

    /// Makes sure that the keys work.
    pub(super) async fn authenticate(&self) -> Result<(), PaymentError> {
        self.token().await.map(drop)
    }

    async fn attempt(&self, request: &Request<'_>) -> Answer {
        let token = match self.token().await {
            Ok(token) => token,
            Err(error) if error.is_transient() => return Answer::Again(error),
            Err(error) => return Answer::Refused(error),
        };
        let mut http = self
            .http
            .request(request.method.clone(), format!("{}{}", self.base, request.path))
            .bearer_auth(token.expose_secret())
            .header("Accept", "application/json")
            // Answers then hold the whole object.
            .header("Prefer", "return=representation");
        if let Some(id) = request.id {
            http = http.header("PayPal-Request-Id", id);
        }
        if let Some(body) = &request.body {
            http = http.header("Content-Type", "application/json").body(body.clone());
        }
        let (status, body) = match exchange(http).await {
            Ok((status, _, Some(body))) => (status, body),
            Ok((_, _, None)) => {
                return Answer::Refused(PaymentError::Unreadable("the answer is too long".to_owned()));
            }
            Err(error) => return Answer::Again(error),
        };
        if status.is_success() {
            return Answer::Success(body);
        }
        let error = refusal(status, &body);
        if error.is_transient() { Answer::Again(error) } else { Answer::Refused(error) }
    }

    /// Sends a request until it is answered, as far as repeating it is safe.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<Bytes, PaymentError> {
        // Without an id, a POST whose answer was lost must not be repeated.
        let repeatable = request.id.is_some() || request.method == Method::GET;
        let mut pauses = PAUSES.into_iter();
        let mut renewed = false;
        loop {
            let error = match self.attempt(&request).await {
                Answer::Success(body) => return Ok(body),
                // A token can be withdrawn before its end. Nothing was done, so asking again is safe.
                Answer::Refused(PaymentError::Unauthorized) if !renewed => {
                    renewed = true;
                    self.forget_token();
                    continue;
                }
                Answer::Refused(error) => return Err(error),
                Answer::Again(error) => error,
            };
            let Some(pause) = pauses.next().filter(|_| repeatable) else { return Err(error) };
            tracing::debug!(path = request.path, %error, "paypal did not answer, trying again");
            tokio::time::sleep(pause).await;
        }
    }

    /// Asks for an object.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, PaymentError> {
        read(&self.send(Request { method: Method::GET, path, body: None, id: None }).await?)
    }

    /// Does something once for an id.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &serde_json::Value,
        id: &str,
    ) -> Result<T, PaymentError> {
        let request = Request { method: Method::POST, path, body: Some(body.to_string()), id: Some(id) };
        read(&self.send(request).await?)
    }
}

/// Reads an answer.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, PaymentError> {
    serde_json::from_slice(body).map_err(|error| PaymentError::Unreadable(error.to_string()))
}

fn refusal(status: StatusCode, body: &[u8]) -> PaymentError {
    // Whatever stands between us and PayPal answers with a page of its own; the status still counts.
    let error: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
    let detail = error.details.into_iter().next().unwrap_or_default();
    let message = detail.description.or(error.message).unwrap_or_else(|| format!("status {status}"));
    match status.as_u16() {
        401 => PaymentError::Unauthorized,
        403 => PaymentError::Forbidden(message),
        404 => PaymentError::NotFound,
        409 | 429 | 500.. => PaymentError::Unavailable(message),
        _ => PaymentError::Refused { code: detail.issue.or(error.name), field: detail.field, message },
    }
}
