//! Numbers, amounts and dates as a language writes them.

use chrono::{Datelike, NaiveDate};
use domain::money::{Currency, Money, Rate};
use rust_decimal::Decimal;

use crate::language::Language;
use crate::words::Words;

impl Language {
    /// The marks between thousands and before decimals.
    fn marks(self) -> (char, char) {
        match self {
            Self::En | Self::Ar => (',', '.'),
            Self::De => ('.', ','),
        }
    }

    /// A number with thousands grouped, as precise as it is.
    pub(crate) fn number(self, number: Decimal) -> String {
        let (thousands, decimal) = self.marks();
        let text = number.to_string();
        let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("\u{2212}", digits));
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let mut grouped = String::from(sign);
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
        grouped
    }

    /// An amount: `€1,140.00`, `1.140,00 €`, `CHF 1,140.00`.
    pub(crate) fn money(self, amount: Money) -> String {
        self.with_currency(&self.number(amount.to_decimal()), amount.currency())
    }

    /// A price, which may be finer than the currency: `€0.0045`.
    pub(crate) fn price(self, price: Decimal, currency: Currency) -> String {
        let mut price = price.normalize();
        if price.scale() < currency.exponent() {
            price.rescale(currency.exponent());
        }
        self.with_currency(&self.number(price), currency)
    }

    fn with_currency(self, number: &str, currency: Currency) -> String {
        let (sign, digits) =
            number.strip_prefix('\u{2212}').map_or(("", number), |digits| ("\u{2212}", digits));
        let symbol = symbol(currency);
        match self {
            Self::De => format!("{sign}{digits}\u{a0}{}", symbol.unwrap_or(currency.code())),
            Self::En | Self::Ar => match symbol {
                Some(symbol) => format!("{sign}{symbol}{digits}"),
                None => format!("{sign}{}\u{a0}{digits}", currency.code()),
            },
        }
    }

    /// A percentage: `19%`, `7,5 %`.
    pub(crate) fn percent(self, rate: Rate) -> String {
        let number = self.number(rate.get());
        match self {
            Self::De => format!("{number}\u{a0}%"),
            Self::En | Self::Ar => format!("{number}%"),
        }
    }

    /// A date: `16 March 2026`, `16. März 2026`.
    pub(crate) fn date(self, date: NaiveDate) -> String {
        let month = &Words::of(self).months[date.month0() as usize];
        match self {
            Self::De => format!("{}.\u{a0}{month} {}", date.day(), date.year()),
            Self::En | Self::Ar => format!("{}\u{a0}{month} {}", date.day(), date.year()),
        }
    }

    /// A date in few characters, for columns: `16 Mar 2026` would need a second list of months, so it is in
    /// figures, in the order that can't be mistaken.
    pub(crate) fn short_date(self, date: NaiveDate) -> String {
        match self {
            Self::De => date.format("%d.%m.%Y").to_string(),
            Self::En | Self::Ar => date.format("%Y-%m-%d").to_string(),
        }
    }
}

/// The sign of a currency, where it means no other currency.
fn symbol(currency: Currency) -> Option<&'static str> {
    match currency.code() {
        "EUR" => Some("€"),
        "USD" => Some("$"),
        "GBP" => Some("£"),
        "JPY" => Some("¥"),
        "INR" => Some("₹"),
        "KRW" => Some("₩"),
        "ILS" => Some("₪"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, currency: &str) -> Money {
        Money::new(minor, currency.parse().unwrap())
    }

    #[test]
    fn amounts_follow_language_and_currency() {
        assert_eq!(Language::En.money(money(-114_000_005, "EUR")), "\u{2212}€1,140,000.05");
        assert_eq!(Language::De.money(money(-114_000_005, "EUR")), "\u{2212}1.140.000,05\u{a0}€");
        assert_eq!(Language::En.money(money(5000, "JPY")), "¥5,000");
        assert_eq!(Language::En.money(money(5000, "CHF")), "CHF\u{a0}50.00");
        assert_eq!(Language::De.money(money(5, "BHD")), "0,005\u{a0}BHD");
    }

    #[test]
    fn prices_keep_their_precision_and_never_less_than_the_currency_s() {
        let eur: Currency = "EUR".parse().unwrap();
        for (price, text) in
            [("85", "€85.00"), ("0.0045", "€0.0045"), ("1234.5", "€1,234.50"), ("-2", "\u{2212}€2.00")]
        {
            assert_eq!(Language::En.price(price.parse().unwrap(), eur), text);
        }
    }

    #[test]
    fn rates_and_dates() {
        let rate: Rate = "7.5".parse().unwrap();
        assert_eq!(
            (Language::En.percent(rate), Language::De.percent(rate)),
            ("7.5%".into(), "7,5\u{a0}%".into())
        );
        let day = NaiveDate::from_ymd_opt(2026, 3, 16).unwrap();
        assert_eq!(Language::De.date(day), "16.\u{a0}März 2026");
        assert_eq!(Language::Ar.date(day), "16\u{a0}مارس 2026");
        assert_eq!(Language::De.short_date(day), "16.03.2026");
    }
}
