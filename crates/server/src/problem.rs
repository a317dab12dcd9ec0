//! The one way from an error to an answer.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use domain::problem::{Code, Problem};

/// A refusal on its way out: the caller reads the problem, the log keeps the cause.
#[derive(Debug)]
pub struct Failure {
    problem: Box<Problem>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
    retry_after: Option<u64>,
}

/// What handlers and actions return.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// A fault of ours: the cause goes to the log, the caller learns that it was not theirs.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { problem: Box::new(Code::Internal.into()), cause: Some(cause.into()), retry_after: None }
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// What the caller will read.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)?;
        let mut cause = self.cause.as_deref().map(|cause| cause as &dyn std::error::Error);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        if self.status_code().is_server_error() {
            tracing::error!(error = %self, "request failed");
        } else {
            tracing::debug!(error = %self, "request refused");
        }
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((CONTENT_TYPE, "application/problem+json"));
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        response.body(serde_json::to_vec(&self.problem).unwrap_or_default())
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), cause: None, retry_after: None }
    }
}

impl From<Box<Problem>> for Failure {
    fn from(problem: Box<Problem>) -> Self {
        Self { problem, cause: None, retry_after: None }
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Problem::new(code).into()
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        use store::Error as E;
        let code = match &error {
            E::Unauthenticated => Code::Unauthenticated,
            E::Forbidden(permission) => {
                return Problem::new(Code::Forbidden)
                    .detail(format!("The permission {} is needed.", permission.as_str()))
                    .into();
            }
            E::ReadOnlyView => Code::ReadOnlyView,
            E::NotFound => Code::NotFound,
            E::VersionMismatch => Code::VersionMismatch,
            E::Refused(code) => *code,
            E::BadCursor => {
                return Problem::new(Code::MalformedParameter)
                    .field("cursor", "invalid_cursor", "must be the `next` of a page of this list")
                    .into();
            }
            E::Database(_) if error.is_transient() => {
                return Self::from(Code::Unavailable).retry_after(1).because(error);
            }
            E::UnsafeRole(_) | E::MissingRoles(_) | E::Unreadable { .. } | E::Migrate(_) | E::Database(_) => {
                return Self::internal(error);
            }
        };
        Self::from(code).because(error)
    }
}

/// Refusals of a feature's own rules: its code, in its own words.
macro_rules! from_rule {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Problem::new(error.code()).detail(error.to_string()).into()
            }
        }
    )*};
}

from_rule!(
    domain::invoices::InvoiceError,
    domain::payments::PaymentError,
    domain::money::MoneyError,
    domain::quotes::QuoteError
);

impl From<domain::quotes::QuoteTotalsError> for Failure {
    fn from(error: domain::quotes::QuoteTotalsError) -> Self {
        Problem::from(error).into()
    }
}
