//! Amounts: from the smallest unit to the parts a figure is set of, and back from what a person typed.

use js_sys::{Array, Intl};
use wasm_bindgen::JsValue;

use super::{call, kept, locales, options, property};

/// What a piece of a formatted amount is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountPartKind {
    /// Sign, digits and grouping: said aloud.
    Main,
    /// The currency's sign with the space beside it: steps back.
    Currency,
    /// The point and the cents: step back.
    Minor,
}

/// A piece of a formatted amount, in the locale's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountPart {
    /// What it is.
    pub kind: AmountPartKind,
    /// Its text.
    pub text: String,
}

/// The exact decimal of an amount in its smallest unit: `131072` with exponent 2 is `"1310.72"`.
pub fn decimal_string(minor: i64, exponent: u32) -> String {
    let digits = minor.unsigned_abs().to_string();
    let sign = if minor < 0 { "-" } else { "" };
    let places = exponent as usize;
    if places == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    format!("{sign}{whole}.{fraction}")
}

fn formatter(currency: &str, exponent: u32, signed: bool) -> JsValue {
    kept(&format!("money {currency} {exponent} {signed}"), || {
        let places = JsValue::from(exponent);
        let sign = JsValue::from_str(if signed { "exceptZero" } else { "auto" });
        let options = options(&[
            ("style", &JsValue::from_str("currency")),
            ("currency", &JsValue::from_str(currency)),
            ("minimumFractionDigits", &places),
            ("maximumFractionDigits", &places),
            ("signDisplay", &sign),
        ]);
        Intl::NumberFormat::new(&locales(), &options).into()
    })
}

/// An amount as plain text, for labels that are spoken and titles.
pub fn amount_text(minor: i64, currency: &str, exponent: u32) -> String {
    amount_parts(minor, currency, exponent, false).into_iter().map(|part| part.text).collect()
}

/// An amount in pieces; `signed` shows a plus as well.
pub fn amount_parts(minor: i64, currency: &str, exponent: u32, signed: bool) -> Vec<AmountPart> {
    let value = JsValue::from_str(&decimal_string(minor, exponent));
    let list = Array::from(&call(&formatter(currency, exponent, signed), "formatToParts", &value));
    let mut parts: Vec<AmountPart> = Vec::new();
    for part in list.iter() {
        // A true minus is as wide as a digit; a hyphen is not.
        let text = property(&part, "value").replace('-', "−");
        let kind = match property(&part, "type").as_str() {
            "decimal" | "fraction" => AmountPartKind::Minor,
            // The space between figure and sign belongs to the sign.
            "currency" | "literal" => AmountPartKind::Currency,
            _ => AmountPartKind::Main,
        };
        match parts.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(&text),
            _ => parts.push(AmountPart { kind, text }),
        }
    }
    parts
}

/// Reads what a person typed (`1.310,72`, `1,310.72`, `1 310`, `-480`) as an amount in the smallest unit.
///
/// Both separators are understood in every locale: the last one is the decimal separator if no more digits follow it than the
/// currency has places, and grouping otherwise. `None` where it is not an amount or does not fit.
pub fn parse_amount(text: &str, exponent: u32) -> Option<i64> {
    let places = exponent as usize;
    let mut rest: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’' | '\u{202f}' | '\u{a0}'))
        .collect();
    let negative = rest.starts_with(['-', '−']);
    if negative || rest.starts_with('+') {
        rest.remove(0);
    }
    if !rest.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
        || !rest.contains(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let (whole, fraction) = match rest.rfind(['.', ',']) {
        Some(at) if rest.len() - at - 1 <= places => (&rest[..at], &rest[at + 1..]),
        _ => (rest.as_str(), ""),
    };
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    if groups.len() > 1 && (groups[0].is_empty() || groups[1..].iter().any(|group| group.len() != 3)) {
        return None;
    }
    let digits = format!("{}{fraction:0<places$}", groups.concat());
    let minor: i64 = digits.parse().ok()?;
    Some(if negative { -minor } else { minor })
}

#[cfg(test)]
mod tests {
    use super::{decimal_string, parse_amount};

    #[test]
    fn the_decimal_is_exact() {
        assert_eq!(decimal_string(131_072, 2), "1310.72");
        assert_eq!(decimal_string(5, 2), "0.05");
        assert_eq!(decimal_string(-5, 2), "-0.05");
        assert_eq!(decimal_string(1_584_000, 0), "1584000");
        assert_eq!(decimal_string(i64::MIN, 3), "-9223372036854775.808");
    }

    #[test]
    fn both_separators_are_read() {
        for (text, minor) in [
            ("1310.72", 131_072),
            ("1,310.72", 131_072),
            ("1.310,72", 131_072),
            ("1 310,7", 131_070),
            ("1’310.72", 131_072),
            ("1.310", 131_000),
            ("1,5", 150),
            ("-480", -48_000),
            ("7.", 700),
            (".5", 50),
        ] {
            assert_eq!(parse_amount(text, 2), Some(minor), "{text}");
        }
    }

    #[test]
    fn a_currency_without_cents_takes_no_fraction() {
        assert_eq!(parse_amount("1,584,000", 0), Some(1_584_000));
        assert_eq!(parse_amount("15.5", 0), None);
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "-", "abc", "1e5", "1,2,3", "12,34.567", "99999999999999999999", ",", "1.3105"] {
            assert_eq!(parse_amount(text, 2), None, "{text}");
        }
    }
}
