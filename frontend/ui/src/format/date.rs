//! Dates of business (`2026-11-24`, no zone) and instants (milliseconds since 1970).

use js_sys::{Date, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use super::{call, kept, locales, options, zone};

/// How a date of business is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateStyle {
    /// `24 Nov`
    Short,
    /// `24 Nov 2026`
    Medium,
    /// `Tuesday 24 November`
    Long,
}

/// How an instant is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstantStyle {
    /// `24 Nov`
    Day,
    /// `09:12`
    Time,
    /// `24 Nov 2026, 09:12 CET`
    Full,
}

/// A date of business seen from another: "today", "in 5 days", "11 days ago". Text that is no date comes back as it is.
pub fn from_day(iso: &str, today: &str) -> String {
    let days = (Date::parse(iso) - Date::parse(today)) / 86_400_000.0;
    if days.is_nan() {
        return iso.to_owned();
    }
    let formatter = kept("days", || {
        let options = options(&[("numeric", &JsValue::from_str("auto"))]);
        Intl::RelativeTimeFormat::new(&locales(), &options).into()
    });
    relatively(&formatter, &JsValue::from_f64(days), "day")
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The present instant by the browser's clock.
pub fn now_ms() -> i64 {
    // A date's value is a whole number of milliseconds within 2^53.
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit")]
    let now = Date::now() as i64;
    now
}

/// Today's date in the zone set, as ISO text.
pub fn today() -> String {
    iso_of_instant(now_ms())
}

/// The date of an instant in the zone set, as ISO text.
pub fn iso_of_instant(ms: i64) -> String {
    let formatter = kept("iso day", || {
        // Sweden writes dates the ISO way.
        let locale = js_sys::Array::of1(&JsValue::from_str("sv-SE"));
        Intl::DateTimeFormat::new(&locale, &zoned(&[])).into()
    });
    written(&formatter, ms)
}

/// The day of the month, as it stands in the margin of a ledger.
pub fn day(iso: &str) -> String {
    business("day", iso, &[("day", "numeric")])
}

/// The month, as it stands below the day.
pub fn month_short(iso: &str) -> String {
    business("month", iso, &[("month", "short")])
}

/// A date of business. Text that is no date comes back as it is.
pub fn date(iso: &str, style: DateStyle) -> String {
    match style {
        DateStyle::Short => business("short", iso, &[("day", "numeric"), ("month", "short")]),
        DateStyle::Medium => {
            business("medium", iso, &[("day", "numeric"), ("month", "short"), ("year", "numeric")])
        }
        DateStyle::Long => {
            business("long", iso, &[("weekday", "long"), ("day", "numeric"), ("month", "long")])
        }
    }
}

/// An instant in the zone set.
pub fn instant(ms: i64, style: InstantStyle) -> String {
    let (key, pairs): (&str, &[(&str, &str)]) = match style {
        InstantStyle::Day => ("instant day", &[("day", "numeric"), ("month", "short")]),
        InstantStyle::Time => ("instant time", &[("hour", "2-digit"), ("minute", "2-digit")]),
        InstantStyle::Full => (
            "instant full",
            &[
                ("day", "numeric"),
                ("month", "short"),
                ("year", "numeric"),
                ("hour", "2-digit"),
                ("minute", "2-digit"),
                ("timeZoneName", "short"),
            ],
        ),
    };
    let formatter = kept(key, || Intl::DateTimeFormat::new(&locales(), &zoned(pairs)).into());
    written(&formatter, ms)
}

/// An instant as a person says it: minutes and hours ago, the weekday within a week, else the day.
pub fn relative(ms: i64, now: i64) -> String {
    let past = now - ms;
    if (-DAY..DAY).contains(&past) {
        return elapsed(past);
    }
    if (0..7 * DAY).contains(&past) {
        let formatter =
            kept("weekday", || Intl::DateTimeFormat::new(&locales(), &zoned(&[("weekday", "short")])).into());
        return written(&formatter, ms);
    }
    instant(ms, InstantStyle::Day)
}

/// An instant for the margin of a history, where there is room for six letters: "now", "3 min", "2 hr", "Mon", "12 Nov".
pub fn margin(ms: i64, now: i64) -> String {
    let past = now - ms;
    let (size, unit) = match past {
        MINUTE..HOUR => (past / MINUTE, "minute"),
        HOUR..DAY => (past / HOUR, "hour"),
        // Clocks differ by moments: what is a little ahead is now, too.
        _ if (-HOUR..MINUTE).contains(&past) => {
            return relatively(&relative_formatter(), &JsValue::from(0), "second");
        }
        _ => return relative(ms, now),
    };
    let formatter = kept(unit, || {
        let parts = [("style", "unit"), ("unit", unit), ("unitDisplay", "short")];
        Intl::NumberFormat::new(&locales(), &texts(&parts)).into()
    });
    call(&formatter, "format", &JsValue::from_str(&size.to_string())).as_string().unwrap_or_default()
}

fn relative_formatter() -> JsValue {
    kept("relative", || {
        let options =
            options(&[("style", &JsValue::from_str("narrow")), ("numeric", &JsValue::from_str("auto"))]);
        Intl::RelativeTimeFormat::new(&locales(), &options).into()
    })
}

/// A time gone by (or, negative, to come) in its largest unit: "2 h ago", "in 3 d".
pub fn elapsed(past: i64) -> String {
    let (size, unit) = match past.abs() {
        size if size >= DAY => (size / DAY, "day"),
        size if size >= HOUR => (size / HOUR, "hour"),
        size => (size / MINUTE, "minute"),
    };
    let formatter = relative_formatter();
    let value = i32::try_from(if past < 0 { size } else { -size }).unwrap_or(0);
    relatively(&formatter, &JsValue::from(value), unit)
}

fn relatively(formatter: &JsValue, value: &JsValue, unit: &str) -> String {
    Reflect::get(formatter, &JsValue::from_str("format"))
        .and_then(|format| js_sys::Function::from(format).call2(formatter, value, &JsValue::from_str(unit)))
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

fn business(style: &str, iso: &str, pairs: &[(&str, &str)]) -> String {
    // A date alone is parsed as midnight UTC, and is written in UTC: no zone can shift it.
    let value = Date::parse(iso);
    if value.is_nan() {
        return iso.to_owned();
    }
    let formatter = kept(&format!("date {style}"), || {
        let options = texts(pairs);
        let _ = Reflect::set(&options, &JsValue::from_str("timeZone"), &JsValue::from_str("UTC"));
        Intl::DateTimeFormat::new(&locales(), &options).into()
    });
    call(&formatter, "format", &JsValue::from_f64(value)).as_string().unwrap_or_default()
}

fn written(formatter: &JsValue, ms: i64) -> String {
    // Instants of business lie well within 2^53 milliseconds.
    #[expect(clippy::cast_precision_loss, reason = "instants fit")]
    let value = JsValue::from_f64(ms as f64);
    call(formatter, "format", &value).as_string().unwrap_or_default()
}

fn texts(pairs: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (key, value) in pairs {
        let _ = Reflect::set(&object, &JsValue::from_str(key), &JsValue::from_str(value));
    }
    object
}

fn zoned(pairs: &[(&str, &str)]) -> Object {
    let object = texts(pairs);
    if let Some(zone) = zone() {
        let _ = Reflect::set(&object, &JsValue::from_str("timeZone"), &JsValue::from_str(&zone));
    }
    object
}
