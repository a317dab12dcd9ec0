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

/// The refusal of a stale `PATCH`: those of its fields that are otherwise now, as they are now, and the
/// present version. What the patch leaves alone doesn't conflict.
pub fn conflict(patch: &impl Serialize, present: &impl Serialize, version: i64) -> Failure {
    refuse(differences(patch, present, false), version)
}

/// The refusal of a stale `PUT`, which says of every field what it shall be.
pub fn conflict_whole(wanted: &impl Serialize, present: &impl Serialize, version: i64) -> Failure {
    refuse(differences(wanted, present, true), version)
}

fn refuse(mut current: Map<String, Value>, version: i64) -> Failure {
    current.insert("version".to_owned(), version.into());
    Problem::new(Code::VersionMismatch).current(current.into()).into()
}

/// Names of the fields that a patch changes.
pub fn changed(patch: &impl Serialize, present: &impl Serialize) -> Vec<String> {
    differences(patch, present, false).into_iter().map(|(name, _)| name).collect()
}

/// The present values of fields that are wanted otherwise; `null` says something only in a whole.
fn differences(wanted: &impl Serialize, present: &impl Serialize, whole: bool) -> Map<String, Value> {
    let fields = |value: Option<Value>| match value {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let mut present = fields(serde_json::to_value(present).ok());
    fields(serde_json::to_value(wanted).ok())
        .into_iter()
        .filter(|(_, wanted)| whole || !wanted.is_null())
        .filter_map(|(name, wanted)| {
            let is = present.remove(&name).unwrap_or_default();
            (is != wanted).then_some((name, is))
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
