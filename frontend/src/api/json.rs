//! Reading and writing JSON: the browser parses it, and types are read from its objects. A parser of our own, made for each type
//! anew, would be a fifth of the download.

use js_sys::{Array, JSON, Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use crate::browser;

/// A body; nothing where it can't be written.
pub(super) fn write(body: &impl Serialize) -> Option<String> {
    serde_json::to_string(body).ok()
}

/// What an answer says; nothing where it isn't what was expected.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    // 202 and 204 say nothing, which is how `()` is written.
    let value = if text.is_empty() { JsValue::NULL } else { JSON::parse(text).ok()? };
    serde_wasm_bindgen::from_value(value).ok()
}

/// One member of an object, as text.
pub(super) fn member(text: &str, name: &str) -> Option<String> {
    let value = Reflect::get(&JSON::parse(text).ok()?, &JsValue::from_str(name)).ok()?;
    (!value.is_null() && !value.is_undefined())
        .then(|| JSON::stringify(&value).ok().map(String::from))
        .flatten()
}

/// Adds the fields of `query` that hold something to a path; lists repeat their name.
pub(super) fn with_query(path: &str, query: &impl Serialize) -> String {
    let Some(fields) = write(query).and_then(|text| JSON::parse(&text).ok()) else { return path.to_owned() };
    let mut address = path.to_owned();
    let mut separator = '?';
    for field in Object::entries(&Object::from(fields)).iter() {
        let field = Array::from(&field);
        let (name, value) = (field.get(0).as_string().unwrap_or_default(), field.get(1));
        let values = if Array::is_array(&value) { Array::from(&value) } else { Array::of1(&value) };
        for value in values.iter().filter(|value| !value.is_null()) {
            address.push(separator);
            address.push_str(&name);
            address.push('=');
            address.push_str(&browser::escape(&text_of(&value)));
            separator = '&';
        }
    }
    address
}

/// A text as it is, a number or truth value as it is written.
fn text_of(value: &JsValue) -> String {
    value.as_string().or_else(|| JSON::stringify(value).ok().map(String::from)).unwrap_or_default()
}
