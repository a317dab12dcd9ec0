use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use domain::problem::{Code, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use store::Tx;
use store::idempotency::{self, Answer};

use crate::problem::{Failure, Result};

/// The request's `Idempotency-Key`, if it has one: the same request again gets the same answer.
pub struct Once {
    key: Option<String>,
    operation: String,
}

impl FromRequest for Once {
    type Error = Failure;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let operation = format!("{} {}", request.method(), request.path());
        let key = match request.headers().get("Idempotency-Key").map(|value| value.to_str()) {
            None => None,
            Some(Ok(key)) if (1..=255).contains(&key.len()) => Some(key.to_owned()),
            Some(_) => {
                return ready(Err(Problem::new(Code::MalformedParameter)
                    .field("Idempotency-Key", "invalid", "must be 1 to 255 printable ASCII characters")
                    .into()));
            }
        };
        ready(Ok(Self { key, operation }))
    }
}

impl Once {
    /// Does the work and commits, or gives the answer that was given before. The answer is stored by
    /// the transaction that did the work: both are there or neither.
    pub async fn run<B: Serialize, T: Serialize>(
        self,
        mut tx: Tx,
        status: StatusCode,
        body: &B,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T>,
    ) -> Result<HttpResponse> {
        let request = self.request(body);
        if let Some((key, hash)) = &request
            && let Some(answer) = idempotency::claim(&mut tx, key, hash).await?
        {
            let status = StatusCode::from_u16(answer.status).unwrap_or(status);
            // A transaction that is dropped lets go of the key only some time later.
            tx.commit().await?;
            return Ok(HttpResponse::build(status)
                .insert_header(("Idempotent-Replayed", "true"))
                .content_type("application/json")
                .body(answer.body));
        }
        let answer = serde_json::to_vec(&work(&mut tx).await?).map_err(Failure::internal)?;
        if let Some((key, hash)) = &request {
            let answer = Answer { status: status.as_u16(), body: answer.clone() };
            idempotency::keep(&mut tx, key, hash, &answer).await?;
        }
        tx.commit().await?;
        Ok(HttpResponse::build(status).content_type("application/json").body(answer))
    }

    /// For work whose answer is more than its transaction knows: does it, or gives what it gave before.
    /// Whoever calls this commits.
    pub async fn outcome<B: Serialize, T: Serialize + DeserializeOwned>(
        &self,
        tx: &mut Tx,
        body: &B,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T>,
    ) -> Result<T> {
        let Some((key, hash)) = self.request(body) else { return work(tx).await };
        if let Some(answer) = idempotency::claim(tx, key, &hash).await? {
            return serde_json::from_slice(&answer.body).map_err(Failure::internal);
        }
        let outcome = work(tx).await?;
        let body = serde_json::to_vec(&outcome).map_err(Failure::internal)?;
        idempotency::keep(tx, key, &hash, &Answer { status: StatusCode::OK.as_u16(), body }).await?;
        Ok(outcome)
    }

    /// The key, if there is one, and what tells this request from others with it.
    fn request<B: Serialize>(&self, body: &B) -> Option<(&str, [u8; 32])> {
        let key = self.key.as_deref()?;
        let mut hash = Sha256::new_with_prefix(self.operation.as_bytes());
        hash.update(serde_json::to_vec(body).unwrap_or_default());
        Some((key, hash.finalize().into()))
    }
}
