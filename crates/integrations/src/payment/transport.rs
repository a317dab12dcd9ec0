//! What all providers' clients have in common: one request, its whole answer, and when to ask again.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::PaymentError;

/// How long to wait before each further try. Two suffice for a dropped connection; what is down for longer is
/// a matter for the caller's jobs.
pub(super) const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(800)];
/// The largest answer that is read. A payment with everything about it is some 20 kB.
const MAX_ANSWER: usize = 1 << 20;

/// Sends a request and reads the whole answer: its status, its headers, and the body unless it is too long. A
/// request that got no answer may have been carried out.
pub(super) async fn exchange(
    request: reqwest::RequestBuilder,
) -> Result<(StatusCode, HeaderMap, Option<Bytes>), PaymentError> {
    // The address may hold a query, and the error prints it; what went wrong is in its sources anyway.
    let lost = |error: reqwest::Error| PaymentError::Unavailable(chain(&error.without_url()));
    let mut response = request.send().await.map_err(lost)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Ok((status, headers, None));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((status, headers, Some(body.freeze())))
}

/// An error with the errors behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(error.source(), |error| error.source());
    sources.fold(error.to_string(), |text, source| format!("{text}: {source}"))
}
