//! What `templates/sheet.typ` prints: finished texts in their places.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use crate::language::Paper;

/// A document, ready to be laid out.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Sheet {
    pub lang: &'static str,
    pub rtl: bool,
    pub paper: Paper,
    pub color: String,
    /// The logo's name among the files, set by whoever renders.
    pub logo: Option<String>,
    /// A word across the pages.
    pub mark: Option<String>,
    /// A word beside the number: how it stands.
    pub badge: Option<String>,
    pub meta: Meta,
    pub sender: Sender,
    /// The lines of the address; the first is the name.
    pub recipient: Vec<String>,
    /// What it is: `Invoice`.
    pub kind: String,
    pub number: String,
    /// What it is about, in a line.
    pub subject: String,
    pub intro: String,
    pub facts: Vec<Fact>,
    pub hero: Option<Hero>,
    pub tables: Vec<Table>,
    pub sums: Vec<Sum>,
    pub boxes: Vec<Boxed>,
    pub note: String,
    /// The foot of each page.
    pub footer: String,
    /// A foot too long for every page, at the end.
    pub closing: String,
    /// What stands before, between and after the page's number and the number of pages.
    pub page: Vec<String>,
    /// Lines to be signed on paper.
    pub signatures: Vec<String>,
    /// What was signed already: a page at the end.
    pub signed: Option<Signed>,
    pub attachments: Vec<Attachment>,
}

/// What the file says of itself.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Meta {
    pub title: String,
    pub author: String,
    pub year: i32,
    pub month: u32,
    pub day: u32,
}

impl Meta {
    pub fn new(title: String, author: String, dated: NaiveDate) -> Self {
        Self { title, author, year: dated.year(), month: dated.month(), day: dated.day() }
    }
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Sender {
    pub name: String,
    /// Name and address in one line, above the recipient's in the envelope's window.
    pub line: String,
    pub details: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Fact {
    pub label: String,
    pub value: String,
}

/// The figure that matters most.
#[derive(Debug, Serialize)]
pub(crate) struct Hero {
    pub label: String,
    pub value: String,
    pub note: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Table {
    pub title: String,
    /// Words under the title.
    pub text: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// What stands there when there are no rows.
    pub empty: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Column {
    pub label: String,
    /// Whether it is set on the far side.
    pub figures: bool,
    pub width: Width,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Width {
    /// As wide as its contents.
    Fit,
    /// What the others leave; several share it evenly.
    Rest,
}

impl Column {
    pub fn text(label: &str) -> Self {
        Self { label: label.to_owned(), figures: false, width: Width::Rest }
    }

    /// A narrow column of text, such as dates.
    pub fn narrow(label: &str) -> Self {
        Self { label: label.to_owned(), figures: false, width: Width::Fit }
    }

    pub fn figures(label: &str) -> Self {
        Self { label: label.to_owned(), figures: true, width: Width::Fit }
    }

    /// One of columns of figures that share the page's width.
    pub fn even(label: &str) -> Self {
        Self { label: label.to_owned(), figures: true, width: Width::Rest }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub weight: Weight,
    pub cells: Vec<Cell>,
}

impl Row {
    pub fn new(cells: impl IntoIterator<Item = String>) -> Self {
        Self { weight: Weight::Plain, cells: cells.into_iter().map(Cell::from).collect() }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Cell {
    pub text: String,
    /// Smaller, behind the text: how it stands.
    pub tag: String,
    /// Smaller, below; may have several lines.
    pub detail: String,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, tag: String::new(), detail: String::new() }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Sum {
    pub label: String,
    pub value: String,
    pub weight: Weight,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Weight {
    Plain,
    /// What doesn't count.
    Faint,
    Strong,
    Total,
}

/// Something set apart: how to pay, how to accept.
#[derive(Debug, Serialize)]
pub(crate) struct Boxed {
    pub title: String,
    pub text: String,
    pub facts: Vec<Fact>,
}

/// A signature that was given, and what it stands for.
#[derive(Debug, Serialize)]
pub(crate) struct Signed {
    pub title: String,
    /// The sentence agreed to.
    pub consent: String,
    pub facts: Vec<Fact>,
    /// What was drawn, on an area of 1000 by 300.
    pub strokes: Vec<Vec<(u16, u16)>>,
    pub name: String,
    /// Under the signature.
    pub label: String,
    pub note: String,
}

/// A file in the file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Attachment {
    pub name: &'static str,
    pub media_type: &'static str,
    pub description: &'static str,
    #[serde(skip)]
    pub bytes: Vec<u8>,
}
