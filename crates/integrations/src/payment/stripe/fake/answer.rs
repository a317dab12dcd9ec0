//! Answers in Stripe's form.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Value, json};

/// A refusal, with Stripe's error body.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub status: u16,
    pub body: Value,
}

impl Refusal {
    /// A request Stripe does not accept. An empty code or field is left out, as Stripe does.
    pub fn invalid(code: &str, field: &str, message: &str) -> Self {
        Self::new(400, "invalid_request_error", code, field, message)
    }

    pub fn new(status: u16, kind: &str, code: &str, field: &str, message: &str) -> Self {
        let mut error = json!({ "message": message, "type": kind });
        if !code.is_empty() {
            error["code"] = code.into();
            error["doc_url"] =
                format!("https://docs.stripe.com/error-codes/{}", code.replace('_', "-")).into();
        }
        if !field.is_empty() {
            error["param"] = field.into();
        }
        Self { status, body: json!({ "error": error }) }
    }
}

/// What a request is answered with; kept for replays.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl From<Result<Value, Refusal>> for Answer {
    fn from(result: Result<Value, Refusal>) -> Self {
        match result {
            Ok(body) => Self { status: 200, body },
            Err(Refusal { status, body }) => Self { status, body },
        }
    }
}

impl Answer {
    pub fn respond(&self, request_id: &str) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).expect("the fake answers with statuses of HTTP's");
        HttpResponse::build(status)
            .insert_header(("Request-Id", request_id))
            .insert_header(("Stripe-Version", crate::payment::stripe::API_VERSION.as_str()))
            .json(&self.body)
    }
}
