//! Amounts and dates as a mail's reader writes them. Pages leave that to the browser.

use chrono::{Datelike, NaiveDate};
use domain::money::Money;
use domain::text::Language;

/// An amount: `1,140.00 EUR`, `1.140,00 EUR`.
pub fn money(language: Language, amount: Money) -> String {
    let (thousands, decimal) = match language {
        Language::En => (',', '.'),
        Language::De => ('.', ','),
    };
    let text = amount.to_decimal().to_string();
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("\u{2212}", digits));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            grouped.push(thousands);
        }
        grouped.push(digit);
    }
    if !part.is_empty() {
        grouped.push(decimal);
        grouped.push_str(part);
    }
    format!("{sign}{grouped}\u{a0}{}", amount.currency())
}

/// A date: `16 March 2026`, `16. März 2026`.
pub fn date(language: Language, date: NaiveDate) -> String {
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const GERMAN: [&str; 12] = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ];
    let month = usize::try_from(date.month0()).unwrap_or_default();
    match language {
        Language::En => format!("{} {} {}", date.day(), ENGLISH[month], date.year()),
        Language::De => format!("{}. {} {}", date.day(), GERMAN[month], date.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_dates_follow_the_language() {
        let amount = Money::new(-114_000_005, "EUR".parse().unwrap());
        assert_eq!(money(Language::En, amount), "\u{2212}1,140,000.05\u{a0}EUR");
        assert_eq!(money(Language::De, amount), "\u{2212}1.140.000,05\u{a0}EUR");
        assert_eq!(money(Language::De, Money::new(5000, "JPY".parse().unwrap())), "5.000\u{a0}JPY");
        assert_eq!(money(Language::En, Money::new(7, "EUR".parse().unwrap())), "0.07\u{a0}EUR");
        let day = NaiveDate::from_ymd_opt(2026, 3, 16).unwrap();
        assert_eq!(
            (date(Language::En, day), date(Language::De, day)),
            ("16 March 2026".into(), "16. März 2026".into())
        );
    }
}
