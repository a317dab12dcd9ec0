//! Cells, and how they are written.

use chrono::NaiveDate;
use domain::money::Money;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// What somebody may have typed.
    Text(String),
    /// A day.
    Date(Option<NaiveDate>),
    /// An amount in major units, or a number.
    Amount(Decimal),
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An amount; its currency is another cell.
    pub fn amount(money: Money) -> Self {
        Self::Amount(money.to_decimal())
    }

    fn written(&self) -> String {
        match self {
            Self::Text(text) => harmless(text),
            Self::Date(date) => date.map(|date| date.to_string()).unwrap_or_default(),
            Self::Amount(amount) => amount.to_string(),
        }
    }
}

/// A text that no spreadsheet takes for a formula: a quote before what begins as one, as
/// <https://owasp.org/www-community/attacks/CSV_Injection> says. Amounts and dates are ours and stay numbers.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// Rows as CSV (RFC 4180).
pub fn csv<'a>(rows: impl IntoIterator<Item = &'a Vec<Cell>>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(Cell::written))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// A workbook of one sheet that is written row by row.
pub struct Book {
    workbook: Workbook,
    rows: u32,
    date: Format,
}

impl Book {
    /// With a row of headings.
    pub fn new(headings: &[&str]) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        // A row that is written goes to a file and can't be changed: memory holds one at a time.
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        let bold = Format::new().set_bold();
        for (column, heading) in (0..).zip(headings) {
            sheet.write_string_with_format(0, column, *heading, &bold)?;
        }
        Ok(Self { workbook, rows: 1, date: Format::new().set_num_format("yyyy-mm-dd") })
    }

    /// Adds a row. Strings are written as strings: a workbook never takes them for formulas.
    pub fn add(&mut self, row: &[Cell]) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (column, cell) in (0..).zip(row) {
            match cell {
                Cell::Text(text) => sheet.write_string(self.rows, column, text)?,
                Cell::Date(None) => continue,
                Cell::Date(Some(date)) => {
                    sheet.write_datetime_with_format(self.rows, column, *date, &self.date)?
                }
                // The file's numbers are doubles; up to fifteen digits they are exact.
                Cell::Amount(amount) => {
                    sheet.write_number(self.rows, column, amount.to_f64().unwrap_or_default())?
                }
            };
        }
        self.rows += 1;
        Ok(())
    }

    /// The file.
    pub fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        self.workbook.save_to_buffer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_amounts_are_not() {
        let of = |text: &str| String::from_utf8(csv([&vec![Cell::text(text)]]).unwrap()).unwrap();
        assert_eq!(of("=1+1"), "'=1+1\r\n");
        assert_eq!(of("+49 30"), "'+49 30\r\n");
        assert_eq!(of("-cmd|' /C calc'!A0"), "'-cmd|' /C calc'!A0\r\n");
        assert_eq!(of("@SUM(A1)"), "'@SUM(A1)\r\n");
        assert_eq!(of("\t=1"), "'\t=1\r\n");
        assert_eq!(of("\r=1"), "\"'\r=1\"\r\n");
        assert_eq!(of("Müller, \"Söhne\""), "\"Müller, \"\"Söhne\"\"\"\r\n");
        let amount = Cell::amount(Money::new(-1250, domain::money::Currency::EUR));
        assert_eq!(csv([&vec![amount, Cell::Date(None)]]).unwrap(), b"-12.50,\r\n");
    }

    #[test]
    fn a_workbook_is_a_zip_file() {
        let mut book = Book::new(&["Number", "Total"]).unwrap();
        book.add(&[Cell::text("=1+1"), Cell::Amount(Decimal::new(1250, 2))]).unwrap();
        book.add(&[Cell::Date(NaiveDate::from_ymd_opt(2026, 3, 2)), Cell::Date(None)]).unwrap();
        assert!(book.finish().unwrap().starts_with(b"PK\x03\x04"));
    }
}
