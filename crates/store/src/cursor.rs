use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Result};

/// Where a page of a list ended: the sort key of its last row, opaque to callers.
pub struct Cursor;

impl Cursor {
    /// Writes the key.
    pub fn encode(key: &impl Serialize) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).expect("keys are plain values"))
    }

    /// Reads the key, where a cursor was given.
    pub fn decode<K: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<K>> {
        let Some(cursor) = cursor else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| Error::BadCursor)?;
        serde_json::from_slice(&bytes).map(Some).map_err(|_| Error::BadCursor)
    }
}
