use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::page::{DEFAULT_LIMIT, MAX_LIMIT};
use domain::problem::{Code, Problem};
use serde::de::DeserializeOwned;

use crate::problem::{Failure, Result};

/// Query parameters; unknown and malformed ones are refused by name.
pub struct Filter<T>(pub T);

impl<T> Deref for Filter<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// The page's size, where a list takes one. Read beside the filter, so that no list can forget the limit.
fn check_limit(query: &str) -> Result<()> {
    let limit = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "limit");
    match limit {
        Some((_, value)) if !value.parse::<u16>().is_ok_and(|limit| (1..=MAX_LIMIT).contains(&limit)) => {
            Err(Problem::new(Code::MalformedParameter)
                .field(
                    "limit",
                    "out_of_range",
                    format!("must be 1 to {MAX_LIMIT}; {DEFAULT_LIMIT} if absent"),
                )
                .into())
        }
        _ => Ok(()),
    }
}

/// PostgreSQL's texts can't hold the character NUL, so nothing that is kept can be found by it.
fn check_text(query: &str) -> Result<()> {
    match url::form_urlencoded::parse(query.as_bytes()).find(|(_, value)| value.contains('\0')) {
        Some((name, _)) => Err(Problem::new(Code::MalformedParameter)
            .field(name, "invalid", "must not contain the character U+0000")
            .into()),
        None => Ok(()),
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Filter<T> {
    type Error = Failure;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = request.query_string();
        ready(check_limit(query).and_then(|()| check_text(query)).and_then(|()| {
            actix_web::web::Query::<T>::from_query(query).map(|query| Self(query.into_inner())).map_err(
                |error| {
                    let detail = error.to_string();
                    let detail =
                        detail.strip_prefix("Query deserialize error: ").unwrap_or(&detail).to_owned();
                    Problem::new(Code::MalformedParameter).detail(detail).into()
                },
            )
        }))
    }
}
