//! Numbers and dates as people and programs write them. What a single cell leaves open (is `1.234` more
//! than a thousand? is `03/04` in March?) is decided by the other cells of its column, or not at all.

use chrono::NaiveDate;
use domain::imports::DateOrder;
use domain::money::{Currency, CurrencyError};
use rust_decimal::Decimal;

/// A number with what stood around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The number.
    pub value: Decimal,
    /// The currency, where a code or an unmistakable sign stands beside it.
    pub currency: Option<Currency>,
}

/// Why a cell can't be read as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberTrouble {
    /// It is none.
    Invalid,
    /// It may be read in two ways and nothing in the file says in which.
    Ambiguous,
}

/// What the cells of a column say about its decimal separator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Decimals {
    /// Nothing.
    #[default]
    Unknown,
    /// It is this one.
    By(char),
    /// Both are used.
    Mixed,
}

impl Decimals {
    /// Reads the evidence of a column.
    pub fn of<'a>(cells: impl IntoIterator<Item = &'a str>) -> Self {
        cells.into_iter().filter_map(strip).fold(Self::Unknown, |known, cell| match evidence(&cell.body) {
            Evidence::By(separator) => known.and(Self::By(separator)),
            Evidence::Whole | Evidence::Unclear => known,
        })
    }

    /// Both pieces of evidence together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, known) | (known, Self::Unknown) => known,
            (Self::By(one), Self::By(two)) if one == two => Self::By(one),
            (Self::By(_) | Self::Mixed, Self::By(_) | Self::Mixed) => Self::Mixed,
        }
    }

    /// Reads a cell of the column; `file` is what all numeric columns say together.
    pub fn read(self, file: Self, cell: &str) -> Result<Number, NumberTrouble> {
        let cell = strip(cell).ok_or(NumberTrouble::Invalid)?;
        let separator = match evidence(&cell.body) {
            Evidence::By(separator) => separator,
            Evidence::Whole => '.',
            Evidence::Unclear => match (self, file) {
                (Self::By(separator), _) | (Self::Unknown, Self::By(separator)) => separator,
                (Self::Unknown | Self::Mixed, _) => return Err(NumberTrouble::Ambiguous),
            },
        };
        let value = digits(&cell.body, separator).ok_or(NumberTrouble::Invalid)?;
        Ok(Number { value: if cell.negative { -value } else { value }, currency: cell.currency })
    }
}

/// Digits and what separates them, without sign and currency.
struct Stripped {
    body: String,
    negative: bool,
    currency: Option<Currency>,
}

fn strip(cell: &str) -> Option<Stripped> {
    let (mut body, mut around) = (String::new(), String::new());
    let (mut minus, mut ended) = (0, false);
    let mut rest = cell.trim().chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '0'..='9' if ended => return None,
            '0'..='9' => body.push(c),
            '.' | ',' if !ended && (!body.is_empty() || rest.peek().is_some_and(char::is_ascii_digit)) => {
                body.push(c);
            }
            '\'' | '’' if !body.is_empty() && !ended => body.push('\''),
            c if c.is_whitespace() => {
                if !body.is_empty() && !ended {
                    body.push(' ');
                }
            }
            '-' | '−' | '(' => {
                minus += i32::from(!(ended || body.ends_with(['.', ','])));
                ended = !body.is_empty();
            }
            ')' if minus == 1 && cell.trim_start().starts_with('(') => ended = true,
            // Swiss price tags: 12.–
            '–' if body.ends_with(['.', ',']) => ended = true,
            '+' if body.is_empty() && around.is_empty() => {}
            c => {
                ended = !body.is_empty();
                around.push(c);
            }
        }
    }
    let body = body.trim_end().trim_end_matches(['.', ',']).to_owned();
    if body.is_empty() || minus > 1 {
        return None;
    }
    Some(Stripped { body, negative: minus == 1, currency: currency_of(&around).ok()? })
}

/// The currency of what stands beside a number; none for signs that several currencies share.
fn currency_of(around: &str) -> Result<Option<Currency>, CurrencyError> {
    match around {
        "" | "%" | "$" | "kr" | "kr." | "Fr" | "Fr." | "zł" | "Kč" => Ok(None),
        "€" => Ok(Some(Currency::EUR)),
        "£" => Ok(Some(Currency::GBP)),
        "US$" => Ok(Some(Currency::USD)),
        code => code.parse().map(Some),
    }
}

enum Evidence {
    By(char),
    Whole,
    Unclear,
}

fn evidence(body: &str) -> Evidence {
    let count = |separator: char| body.matches(separator).count();
    let (separator, other, times) = match (count('.'), count(',')) {
        (0, 0) => return Evidence::Whole,
        (dots, 0) => ('.', ',', dots),
        (0, commas) => (',', '.', commas),
        // The last of both separates decimals.
        _ => return Evidence::By(if body.rfind('.') > body.rfind(',') { '.' } else { ',' }),
    };
    let grouped = body.contains(['\'', ' ']);
    let (before, after) = body.split_once(separator).unwrap_or((body, ""));
    match times {
        1 if !grouped && after.len() == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0') => {
            Evidence::Unclear
        }
        1 => Evidence::By(separator),
        // 1.234.567: it separates groups.
        _ => Evidence::By(other),
    }
}

fn digits(body: &str, decimal: char) -> Option<Decimal> {
    let (whole, fraction) = body.split_once(decimal).unwrap_or((body, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut groups = whole.split(['.', ',', '\'', ' ']);
    let first = groups.next().unwrap_or_default();
    let groups: Vec<&str> = groups.collect();
    if groups.iter().any(|group| group.len() != 3) || (!groups.is_empty() && !(1..=3).contains(&first.len()))
    {
        return None;
    }
    let text = format!("{}{}.{fraction}0", if first.is_empty() { "0" } else { first }, groups.concat());
    // More digits than a decimal has would be rounded.
    Decimal::from_str_exact(&text).ok().map(|number| number.normalize())
}

/// Why a cell can't be read as a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateTrouble {
    /// It is none.
    Invalid,
    /// Day and month can be read both ways.
    Ambiguous,
}

enum DateCell {
    Plain(Option<NaiveDate>),
    /// Day and month in an order of the file's own, and the year.
    Open(u32, u32, i32),
}

fn date_cell(cell: &str) -> Option<DateCell> {
    let cell = cell.trim();
    let end = cell.find(|c: char| c == 'T' || c.is_whitespace()).unwrap_or(cell.len());
    let (date, time) = cell.split_at(end);
    let timely = |c: char| c.is_ascii_digit() || c.is_whitespace() || ":.+-TZAPMapm".contains(c);
    if !time.chars().all(timely) {
        return None;
    }
    let separator = date.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    let mut parts = date.split(separator);
    let (one, two, three) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some()
        || [one, two, three].iter().any(|part| !part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return None;
    }
    let number = |part: &str| part.parse::<u32>().ok();
    let year = |part: &str| match part.len() {
        4 => part.parse().ok().filter(|year| (1900..2200).contains(year)),
        2 => part.parse().ok().map(|year: i32| 2000 + year),
        _ => None,
    };
    let (a, b) = (number(one)?, number(two)?);
    Some(match (one.len(), separator) {
        (4, _) => DateCell::Plain(NaiveDate::from_ymd_opt(year(one)?, b, number(three)?)),
        (_, '.') => DateCell::Plain(NaiveDate::from_ymd_opt(year(three)?, b, a)),
        _ => DateCell::Open(a, b, year(three)?),
    })
}

/// Decides the order of day and month for a file, as far as it was left open.
pub fn date_order<'a>(asked: DateOrder, cells: impl IntoIterator<Item = &'a str>) -> DateOrder {
    if asked != DateOrder::Guess {
        return asked;
    }
    let (mut day_first, mut month_first) = (false, false);
    for cell in cells {
        if let Some(DateCell::Open(a, b, _)) = date_cell(cell) {
            day_first |= a > 12 && b <= 12;
            month_first |= b > 12 && a <= 12;
        }
    }
    match (day_first, month_first) {
        (true, false) => DateOrder::DayFirst,
        (false, true) => DateOrder::MonthFirst,
        (true, true) | (false, false) => DateOrder::Guess,
    }
}

/// Reads a date in the order that was decided.
pub fn date(order: DateOrder, cell: &str) -> Result<NaiveDate, DateTrouble> {
    let date = match date_cell(cell).ok_or(DateTrouble::Invalid)? {
        DateCell::Plain(date) => date,
        DateCell::Open(a, b, year) => match order {
            DateOrder::DayFirst => NaiveDate::from_ymd_opt(year, b, a),
            DateOrder::Guess if a <= 12 && b <= 12 && a != b => return Err(DateTrouble::Ambiguous),
            DateOrder::Guess if a > 12 => NaiveDate::from_ymd_opt(year, b, a),
            DateOrder::MonthFirst | DateOrder::Guess => NaiveDate::from_ymd_opt(year, a, b),
        },
    };
    date.ok_or(DateTrouble::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a column of numbers, each with its currency.
    fn column(cells: &[&str]) -> Vec<Result<String, NumberTrouble>> {
        let column = Decimals::of(cells.iter().copied());
        let text = |number: Number| match number.currency {
            Some(currency) => format!("{} {currency}", number.value),
            None => number.value.to_string(),
        };
        cells.iter().map(|cell| column.read(column, cell).map(text)).collect()
    }

    fn numbers(cells: &[&str], expected: &[&str]) {
        let expected: Vec<_> = expected.iter().map(|text| Ok((*text).to_owned())).collect();
        assert_eq!(column(cells), expected, "{cells:?}");
    }

    #[test]
    fn separators_are_a_column_s() {
        numbers(&["1.234,56", "1.234", "7"], &["1234.56", "1234", "7"]);
        numbers(&["1,234.56", "1,234", "1.234"], &["1234.56", "1234", "1.234"]);
        numbers(&["1 234,56", "1\u{a0}234", "1\u{202f}234\u{202f}567,8"], &["1234.56", "1234", "1234567.8"]);
        numbers(&["1'234.56", "1’234", "0.5"], &["1234.56", "1234", "0.5"]);
        numbers(&["1.234.567", "1.234"], &["1234567", "1234"]);
        numbers(&["0.125", "1.125"], &["0.125", "1.125"]);
        numbers(&["12,5", "1,125"], &["12.5", "1.125"]);
        numbers(&[".5", "-,25", "1234,567"], &["0.5", "-0.25", "1234.567"]);
    }

    #[test]
    fn what_nothing_decides_is_asked() {
        assert_eq!(column(&["1.234", "7"])[0], Err(NumberTrouble::Ambiguous));
        assert_eq!(column(&["1.234", "1,5", "1.5"])[0], Err(NumberTrouble::Ambiguous));
        assert_eq!(column(&["1,5", "1.5"]), [Ok("1.5".to_owned()), Ok("1.5".to_owned())]);
        // Another column of the file may tell.
        let other = Decimals::By(',');
        assert_eq!(Decimals::Unknown.read(other, "1.234").unwrap().value, Decimal::from(1234));
        assert_eq!(Decimals::By('.').read(Decimals::Mixed, "1.234").unwrap().value.to_string(), "1.234");
    }

    #[test]
    fn signs_and_currencies() {
        numbers(
            &[
                "€ 12.50",
                "12.50 EUR",
                "$-3",
                "-3.5 $",
                "3.50-",
                "(3.50)",
                "−4",
                "+4",
                "CHF 12.–",
                "12.-",
                "19 %",
                "£5",
            ],
            &["12.5 EUR", "12.5 EUR", "-3", "-3.5", "-3.5", "-3.5", "-4", "4", "12 CHF", "12", "19", "5 GBP"],
        );
    }

    #[test]
    fn no_numbers() {
        for bad in [
            "",
            "-",
            "abc",
            "12a",
            "1e5",
            "1.2.3",
            "12-34",
            "--1",
            "1,23,456",
            "1 2",
            "12 34",
            "12.5 apples",
            "0x10",
            "1234.567,8",
            "1.2345,6",
            "NaN",
            "∞",
            "12/5",
            "99999999999999999999999999999999",
        ] {
            assert_eq!(column(&[bad]), [Err(NumberTrouble::Invalid)], "{bad}");
        }
    }

    fn dates(asked: DateOrder, cells: &[&str]) -> Vec<Result<String, DateTrouble>> {
        let order = date_order(asked, cells.iter().copied());
        cells.iter().map(|cell| date(order, cell).map(|date| date.to_string())).collect()
    }

    #[test]
    fn dates_of_many_kinds() {
        let ok = |text: &str| Ok(text.to_owned());
        for cell in [
            "2026-12-31",
            "2026-12-31 00:00:00",
            "2026-12-31T23:59:59.123Z",
            "2026-12-31T00:00:00+02:00",
            "31.12.2026",
            "31.12.26",
            "31/12/2026",
            "12/31/2026",
            "2026/12/31",
            "31-12-2026",
            "12/31/2026 12:00:00 AM",
        ] {
            assert_eq!(dates(DateOrder::Guess, &[cell]), [ok("2026-12-31")], "{cell}");
        }
        assert_eq!(dates(DateOrder::Guess, &["5.6.2026", "6/6/2026"]), [ok("2026-06-05"), ok("2026-06-06")]);
        for bad in [
            "",
            "yesterday",
            "2026-02-30",
            "2026-13-01",
            "31.12",
            "31.12.202",
            "1/2/3/4",
            "0026-01-01",
            "2026-01-01 noon?",
        ] {
            assert_eq!(dates(DateOrder::DayFirst, &[bad]), [Err(DateTrouble::Invalid)], "{bad}");
        }
    }

    #[test]
    fn the_column_decides_the_order() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(
            dates(DateOrder::Guess, &["03/04/2026", "31/12/2026"]),
            [ok("2026-04-03"), ok("2026-12-31")]
        );
        assert_eq!(
            dates(DateOrder::Guess, &["03/04/2026", "12/31/2026"]),
            [ok("2026-03-04"), ok("2026-12-31")]
        );
        assert_eq!(
            dates(DateOrder::Guess, &["03/04/2026", "04/04/2026"]),
            [Err(DateTrouble::Ambiguous), ok("2026-04-04")]
        );
        let mixed = dates(DateOrder::Guess, &["03/04/2026", "31/12/2026", "12/31/2026"]);
        assert_eq!(mixed, [Err(DateTrouble::Ambiguous), ok("2026-12-31"), ok("2026-12-31")]);
        assert_eq!(dates(DateOrder::DayFirst, &["03/04/2026"]), [ok("2026-04-03")]);
        assert_eq!(dates(DateOrder::MonthFirst, &["03/04/2026"]), [ok("2026-03-04")]);
        assert_eq!(dates(DateOrder::MonthFirst, &["31/12/2026"]), [Err(DateTrouble::Invalid)]);
    }
}
