use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, web};
use domain::problem::{Code, Problem};
use serde::de::DeserializeOwned;
use validator::Validate;

use crate::problem::{Failure, Result};

/// The most bytes of an ordinary body.
pub const LIMIT: usize = 512 * 1024;

/// A JSON body that was read and checked. Refusals name the field and the mend.
///
/// `MAX` is the most bytes it may have.
pub struct Body<T, const MAX: usize = LIMIT>(pub T);

impl<T, const MAX: usize> Deref for Body<T, MAX> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + Validate + 'static, const MAX: usize> FromRequest for Body<T, MAX> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|value| value.trim().eq_ignore_ascii_case("application/json"));
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            if !json {
                return Err(Code::UnsupportedMediaType.into());
            }
            let payload = payload.into_inner().map_err(|error| Failure::internal(error.to_string()))?;
            let bytes = read(payload, MAX).await?;
            parse(&bytes).map(Self)
        })
    }
}

/// Reads a body of at most `limit` bytes.
pub async fn read(payload: web::Payload, limit: usize) -> Result<web::Bytes> {
    payload
        .to_bytes_limited(limit)
        .await
        .map_err(|_| {
            Problem::new(Code::PayloadTooLarge).detail(format!("At most {limit} bytes are taken here."))
        })?
        .map_err(|error| {
            Problem::new(Code::MalformedBody).detail(format!("The body did not arrive whole: {error}")).into()
        })
}

/// Reads JSON into a checked value; an error names where in the document it is.
pub fn parse<T: DeserializeOwned + Validate>(bytes: &[u8]) -> Result<T> {
    // serde takes `[]` for an object whose fields are all optional.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::invalid("", "invalid", "must be an object").into());
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        let inner = error.into_inner();
        if inner.is_data() {
            Problem::invalid(pointer, code_of(&inner), describe(&inner))
        } else {
            Problem::new(Code::MalformedBody).detail(format!("This is not JSON: {inner}"))
        }
    })?;
    reader.end().map_err(|error| {
        Problem::new(Code::MalformedBody).detail(format!("This is not one JSON value: {error}"))
    })?;
    value.validate().map_err(|errors| Problem::from(&errors))?;
    Ok(value)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")),
        // `{ "percent": … }`: the variant is the key that its content stands under.
        Segment::Enum { variant } => format!("{pointer}/{variant}"),
        Segment::Unknown => pointer,
    })
}

/// The rule that was broken, as far as serde tells.
fn code_of(error: &serde_json::Error) -> &'static str {
    let text = error.to_string();
    if text.starts_with("missing field") {
        "required"
    } else if text.starts_with("unknown field") {
        "unknown_field"
    } else if text.starts_with("unknown variant") {
        "unknown_value"
    } else {
        "invalid"
    }
}

/// The message without serde's position in the text.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}
