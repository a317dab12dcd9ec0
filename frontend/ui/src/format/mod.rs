//! Numbers, money and dates in the reader's locale, by the browser's `Intl`: no locale data travels in the wasm.
//!
//! Amounts go in as exact decimal strings, which `Intl` keeps exact; there is no float on the way. Formatters are costly to make
//! and are kept.

mod date;
mod money;
mod number;

use std::cell::RefCell;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

pub use date::{
    DateStyle, InstantStyle, date, day, elapsed, from_day, instant, iso_of_instant, margin, month_short,
    now_ms, relative, today,
};
pub use money::{AmountPart, AmountPartKind, amount_parts, amount_text, decimal_string, parse_amount};
pub use number::{Plural, currency_name, decimal, number, plural};

struct Settings {
    locale: String,
    zone: Option<String>,
}

thread_local! {
    static SETTINGS: RefCell<Settings> = const { RefCell::new(Settings { locale: String::new(), zone: None }) };
    static FORMATTERS: RefCell<Vec<(String, JsValue)>> = const { RefCell::new(Vec::new()) };
}

/// Sets the reader's locale (`de-AT`); call it before the first piece is rendered. Until then the browser's own applies.
pub fn set_locale(tag: &str) {
    SETTINGS.with_borrow_mut(|settings| tag.clone_into(&mut settings.locale));
    FORMATTERS.with_borrow_mut(Vec::clear);
}

/// Sets the zone instants are shown in (`Europe/Vienna`); without one it is the browser's.
pub fn set_zone(zone: Option<&str>) {
    SETTINGS.with_borrow_mut(|settings| settings.zone = zone.map(str::to_owned));
    FORMATTERS.with_borrow_mut(Vec::clear);
}

/// The reader's locale, as given to [`set_locale`].
pub fn locale() -> String {
    SETTINGS.with_borrow(|settings| settings.locale.clone())
}

fn zone() -> Option<String> {
    SETTINGS.with_borrow(|settings| settings.zone.clone())
}

/// The locales argument of every `Intl` constructor; empty means the browser's.
fn locales() -> Array {
    let list = Array::new();
    let tag = locale();
    if !tag.is_empty() {
        list.push(&JsValue::from_str(&tag));
    }
    list
}

fn options(pairs: &[(&str, &JsValue)]) -> Object {
    let object = Object::new();
    for (key, value) in pairs {
        // A fresh plain object takes any property.
        let _ = Reflect::set(&object, &JsValue::from_str(key), value);
    }
    object
}

/// The formatter kept under `key`, made on first use.
fn kept(key: &str, make: impl FnOnce() -> JsValue) -> JsValue {
    if let Some(found) = FORMATTERS.with_borrow(|list| {
        list.iter().find(|(known, _)| known == key).map(|(_, formatter)| formatter.clone())
    }) {
        return found;
    }
    let formatter = make();
    FORMATTERS.with_borrow_mut(|list| list.push((key.to_owned(), formatter.clone())));
    formatter
}

/// Calls `formatter.method(value)`. `js-sys` types the argument as a float; these take exact strings as well.
fn call(formatter: &JsValue, method: &str, value: &JsValue) -> JsValue {
    Reflect::get(formatter, &JsValue::from_str(method))
        .and_then(|function| js_sys::Function::from(function).call1(formatter, value))
        .unwrap_or(JsValue::UNDEFINED)
}

fn property(object: &JsValue, name: &str) -> String {
    Reflect::get(object, &JsValue::from_str(name))
        .ok()
        .and_then(|value| value.as_string())
        .unwrap_or_default()
}
