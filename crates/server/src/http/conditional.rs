use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, IF_MATCH};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use domain::problem::{Code, Problem};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::problem::{Failure, Result};

/// The version that the caller edited, from `If-Match`. Absent: 428.
pub struct IfMatch(pub i64);

impl FromRequest for IfMatch {
    type Error = Failure;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(value) = request.headers().get(IF_MATCH) else {
            return ready(Err(Code::PreconditionRequired.into()));
        };
        let version = value
            .to_str()
            .ok()
            .and_then(|value| value.trim().trim_matches('"').parse().ok())
            .map(Self)
            .ok_or_else(|| {
                Problem::new(Code::MalformedParameter)
                    .field("If-Match", "invalid", "must be an ETag of this resource, such as \"3\"")
                    .into()
            });
        ready(version)
    }
}

/// The names of the fields that a patch changes, given what is there now.
pub fn changed(patch: &impl Serialize, present: &impl Serialize) -> Vec<String> {
    differing(patch, present).keys().cloned().collect()
}

/// The refusal of a stale edit: what the patch would overwrite, and the present version.
pub fn conflict(patch: &impl Serialize, present: &impl Serialize, version: i64) -> Failure {
    let mut current = differing(patch, present);
    current.insert("version".to_owned(), version.into());
    Problem::new(Code::VersionMismatch).current(current.into()).into()
}

/// The present values of the fields for which a patch has another.
fn differing(patch: &impl Serialize, present: &impl Serialize) -> Map<String, Value> {
    let fields = |value: serde_json::Result<Value>| match value {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let (patch, present) = (fields(serde_json::to_value(patch)), fields(serde_json::to_value(present)));
    let wanted = patch.into_iter().filter(|(_, value)| !value.is_null());
    wanted
        .filter_map(|(name, value)| {
            let now = present.get(&name).cloned().unwrap_or_default();
            (now != value).then_some((name, now))
        })
        .collect()
}

/// A body with its version as `ETag`.
pub struct Versioned<T> {
    /// The body.
    pub body: T,
    /// Its version.
    pub version: i64,
    /// The status it is answered with.
    pub status: StatusCode,
}

impl<T> Versioned<T> {
    /// Answers with 200.
    pub fn ok(body: T, version: i64) -> Self {
        Self { body, version, status: StatusCode::OK }
    }
}

impl<T: Serialize> Responder for Versioned<T> {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::build(self.status)
            .insert_header((ETAG, format!("\"{}\"", self.version)))
            .json(self.body)
    }
}
