//! How a request reaches Stripe: the crate's typed requests, carried by our own HTTP client.

use bytes::Bytes;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use stripe_client_core::{
    CustomizedStripeRequest, RequestBuilder, StripeClient, StripeClientErr, StripeMethod,
};

use crate::payment::PaymentError;
use crate::payment::transport::{PAUSES, exchange};

/// One account at Stripe.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    secret_key: SecretString,
}

/// What came back from one try.
enum Answer {
    /// Done.
    Success(Bytes),
    /// Refused; the same again is refused again.
    Refused(PaymentError),
    /// Not done, or not known to be: worth another try.
    Again(PaymentError),
}

/// Stripe's error body.
#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorDetail,
}

/// See <https://docs.stripe.com/api/errors>.
#[derive(Default, Deserialize)]
struct ErrorDetail {
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    param: Option<String>,
    message: Option<String>,
    payment_intent: Option<Named>,
}

/// An object of which only the id counts.
#[derive(Deserialize)]
struct Named {
    id: String,
}

impl Client {
    pub(super) fn new(http: reqwest::Client, base: &str, secret_key: SecretString) -> Self {
        Self { http, base: base.trim_end_matches('/').to_owned(), secret_key }
    }

    /// Sends a request once.
    async fn attempt(&self, request: &RequestBuilder, idempotency_key: Option<&str>) -> Answer {
        let method = match request.method {
            StripeMethod::Get => Method::GET,
            StripeMethod::Post => Method::POST,
            StripeMethod::Delete => Method::DELETE,
        };
        let query = request.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default();
        let mut http = self
            .http
            .request(method, format!("{}/v1{}{query}", self.base, request.path))
            .bearer_auth(self.secret_key.expose_secret())
            .header("Stripe-Version", super::API_VERSION.as_str());
        if let Some(key) = idempotency_key {
            http = http.header("Idempotency-Key", key);
        }
        if let Some(body) = &request.body {
            http = http.header("Content-Type", "application/x-www-form-urlencoded").body(body.clone());
        }
        let (status, headers, body) = match exchange(http).await {
            Ok(answer) => answer,
            Err(error) => return Answer::Again(error),
        };
        let Some(body) = body else {
            return Answer::Refused(PaymentError::Unreadable("the answer is too long".to_owned()));
        };
        let should_retry = headers.get("Stripe-Should-Retry");
        let should_retry = should_retry.and_then(|value| value.to_str().ok()?.parse().ok());
        if status.is_success() {
            return Answer::Success(body);
        }
        let error = refusal(status, &body);
        // Stripe's own word on retrying counts; without it, what its documentation calls transient.
        if should_retry.unwrap_or(error.is_transient()) {
            Answer::Again(error)
        } else {
            Answer::Refused(error)
        }
    }
}

impl StripeClient for Client {
    type Err = PaymentError;

    async fn execute(&self, request: CustomizedStripeRequest) -> Result<Bytes, PaymentError> {
        let (request, config) = request.into_pieces();
        let key = config.request_strategy.and_then(|strategy| strategy.get_key());
        let key = key.as_ref().map(stripe_client_core::IdempotencyKey::as_str);
        let mut pauses = PAUSES.into_iter();
        loop {
            let error = match self.attempt(&request, key).await {
                Answer::Success(body) => return Ok(body),
                Answer::Refused(error) => return Err(error),
                Answer::Again(error) => error,
            };
            // Without a key, a POST whose answer was lost must not be repeated.
            let repeatable = key.is_some() || matches!(request.method, StripeMethod::Get);
            let Some(pause) = pauses.next().filter(|_| repeatable) else { return Err(error) };
            tracing::debug!(path = request.path, %error, "stripe did not answer, trying again");
            tokio::time::sleep(pause).await;
        }
    }
}

impl StripeClientErr for PaymentError {
    fn deserialize_err(message: impl std::fmt::Display) -> Self {
        Self::Unreadable(message.to_string())
    }
}

/// What an error status means. See <https://docs.stripe.com/api/errors>.
fn refusal(status: StatusCode, body: &[u8]) -> PaymentError {
    // Whatever stands between us and Stripe answers with a page of its own; the status still counts.
    let error = serde_json::from_slice::<ErrorBody>(body).map(|body| body.error).unwrap_or_default();
    let message = error.message.unwrap_or_else(|| format!("status {status}"));
    match status.as_u16() {
        401 => PaymentError::Unauthorized,
        402 => PaymentError::Declined { reference: error.payment_intent.map(|intent| intent.id), message },
        403 => PaymentError::Forbidden(message),
        404 => PaymentError::NotFound,
        // 409: another request with the same key is being worked on. 424: a party behind Stripe failed.
        409 | 424 | 429 | 500.. => PaymentError::Unavailable(message),
        _ => PaymentError::Refused { code: error.code.or(error.kind), field: error.param, message },
    }
}
