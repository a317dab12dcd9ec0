//! Reading and writing JSON.

use js_sys::{Array, JSON, Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use super::value;
use crate::browser;

/// A body; nothing where it can't be written.
pub(super) fn write(body: &impl Serialize) -> Option<String> {
    serde_json::to_string(body).ok()
}

/// What an answer says; nothing where it isn't what was expected.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    // 202 and 204 say nothing, which is how `()` is written.
    let found = if text.is_empty() { JsValue::NULL } else { JSON::parse(text).ok()? };
    value::read(found)
}

/// One member of an object, as text.
pub(super) fn member(text: &str, name: &str) -> Option<String> {
    let found = Reflect::get(&JSON::parse(text).ok()?, &JsValue::from_str(name)).ok()?;
    if found.is_null() || found.is_undefined() {
        None
    } else {
        JSON::stringify(&found).ok().map(String::from)
    }
}

/// Adds the fields of `query` that hold something to a path; lists repeat their name.
pub(super) fn with_query(path: &str, query: &impl Serialize) -> String {
    let Some(fields) = write(query).and_then(|text| JSON::parse(&text).ok()) else { return path.to_owned() };
    let mut address = path.to_owned();
    let mut separator = '?';
    for field in Object::entries(&Object::from(fields)).iter() {
        let field = Array::from(&field);
        let (name, found) = (field.get(0).as_string().unwrap_or_default(), field.get(1));
        let values = if Array::is_array(&found) { Array::from(&found) } else { Array::of1(&found) };
        for one in values.iter().filter(|one| !one.is_null()) {
            address.push(separator);
            address.push_str(&name);
            address.push('=');
            address.push_str(&browser::escape(&text_of(&one)));
            separator = '&';
        }
    }
    address
}

/// A text as it is, a number or truth value as it is written.
fn text_of(found: &JsValue) -> String {
    found.as_string().or_else(|| JSON::stringify(found).ok().map(String::from)).unwrap_or_default()
}
