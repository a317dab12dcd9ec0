//! Plain numbers and the form of a word that goes with them.

use js_sys::Intl;
use wasm_bindgen::{JsCast, JsValue};

use super::{call, kept, locales, options};

/// A whole number with the locale's grouping.
pub fn number(value: i64) -> String {
    decimal(&value.to_string())
}

/// An exact decimal (`"4.5"`), all of its places shown.
pub fn decimal(value: &str) -> String {
    let formatter = kept("decimal", || {
        let options = options(&[("maximumFractionDigits", &JsValue::from(12))]);
        Intl::NumberFormat::new(&locales(), &options).into()
    });
    call(&formatter, "format", &JsValue::from_str(value)).as_string().unwrap_or_else(|| value.to_owned())
}

/// A currency's name in the reader's language; its code where the browser knows none.
pub fn currency_name(code: &str) -> String {
    let formatter = kept("currency name", || {
        let options = options(&[("type", &JsValue::from_str("currency"))]);
        Intl::DisplayNames::new(&locales(), &options).into()
    });
    call(&formatter, "of", &JsValue::from_str(code)).as_string().unwrap_or_else(|| code.to_owned())
}

/// The grammatical number a count takes in the reader's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plural {
    /// None, in languages that have a form for it.
    Zero,
    /// One thing.
    One,
    /// A pair, in languages that have a form for it.
    Two,
    /// A few.
    Few,
    /// Many.
    Many,
    /// The general form.
    Other,
}

/// Which form `count` takes.
pub fn plural(count: i64) -> Plural {
    let rules = kept("plural", || Intl::PluralRules::new(&locales(), &options(&[])).into());
    // Counts stay far below 2^53, where a float is exact.
    #[expect(clippy::cast_precision_loss, reason = "counts of things are small")]
    let chosen = rules.unchecked_into::<Intl::PluralRules>().select(count as f64);
    match chosen.as_string().as_deref() {
        Some("zero") => Plural::Zero,
        Some("one") => Plural::One,
        Some("two") => Plural::Two,
        Some("few") => Plural::Few,
        Some("many") => Plural::Many,
        _ => Plural::Other,
    }
}
