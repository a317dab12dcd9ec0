use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::money::{Currency, Money, Quantity, Rate, UnitPrice};
use domain::totals::{PriceMode, TaxTotal};
use serde::{Deserialize, Serialize};

use crate::letter::Letter;
use crate::printable::one_line;
use crate::render::{RenderError, render};
use crate::sheet::{Boxed, Cell, Column, Hero, Row, Sheet, Signed, Sum, Table, Weight};

/// Who decides whether a line is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// Nobody: it belongs to the quote.
    #[default]
    Included,
    /// The client may leave it out.
    Optional,
    /// It belongs to the package of this name.
    Package(String),
}

/// Something offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    /// What it is.
    pub description: String,
    /// More about it.
    pub detail: String,
    /// How much.
    pub quantity: Quantity,
    /// Its unit; may be empty.
    pub unit: String,
    /// Price of one.
    pub unit_price: UnitPrice,
    /// What is taken off it.
    pub discount: Option<Rate>,
    /// The rates of the taxes on it.
    pub taxes: Vec<Rate>,
    /// Between which quantities the client may choose; none once that is done.
    pub choice: Option<(Quantity, Quantity)>,
    /// Quantity × price less its discount, rounded.
    pub amount: Money,
    /// Who decides whether it is taken.
    pub take: Take,
    /// Whether it is, and the totals count it.
    pub taken: bool,
}

/// Lines under a heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteSection {
    /// Its heading; may be empty.
    pub title: String,
    /// Words under the heading.
    pub text: String,
    /// Its lines.
    pub lines: Vec<QuoteLine>,
}

/// Packages of which one is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteGroup {
    /// Its heading.
    pub title: String,
    /// The packages.
    pub packages: Vec<QuotePackage>,
}

/// A package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotePackage {
    /// Its name.
    pub title: String,
    /// Words about it.
    pub text: String,
    /// What its lines come to.
    pub amount: Money,
    /// Whether it is taken.
    pub taken: bool,
}

/// What a quote comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteSums {
    /// The lines that are taken.
    pub subtotal: Money,
    /// What is taken off the whole.
    pub discount: Money,
    /// What is left, without tax.
    pub net: Money,
    /// The taxes.
    pub taxes: Vec<TaxTotal>,
    /// Net and taxes.
    pub gross: Money,
    /// What is to be paid on acceptance.
    pub deposit: Money,
}

/// A client's yes: a page of its own at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Full name of whoever accepted.
    pub name: String,
    /// When, as the organization's clocks showed it.
    pub at: DateTime<FixedOffset>,
    /// The sentence they agreed to.
    pub consent: String,
    /// SHA-256 of what was shown, in hexadecimal digits.
    pub hash: String,
    /// The drawn signature, strokes of points on an area of 1000 by 300; empty where there is none.
    pub strokes: Vec<Vec<(u16, u16)>>,
}

/// A version of a quote, as it is offered or as it was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Who offers, to whom, language and look.
    pub letter: Letter,
    /// Its number; empty on a draft.
    pub number: String,
    /// Which version it is, from 1.
    pub version: u32,
    /// What it is about.
    pub title: String,
    /// Its date.
    pub issued_on: NaiveDate,
    /// The last day on which it can be accepted.
    pub valid_until: Option<NaiveDate>,
    /// The number of the quote that it changes; empty where it changes none.
    pub changes: String,
    /// Words before the lines.
    pub intro: String,
    /// Its currency.
    pub currency: Currency,
    /// Whether prices include tax.
    pub price_mode: PriceMode,
    /// Packages to choose from, or chosen.
    pub groups: Vec<QuoteGroup>,
    /// What is offered, in sections.
    pub sections: Vec<QuoteSection>,
    /// What it comes to with what is taken.
    pub sums: QuoteSums,
    /// By how much the bill may exceed it without asking again.
    pub may_exceed: Option<Rate>,
    /// Terms, below.
    pub terms: String,
    /// The client's yes, where it was given.
    pub acceptance: Option<Acceptance>,
}

impl Quote {
    /// Prints it.
    pub fn pdf(&self) -> Result<Vec<u8>, RenderError> {
        let sheet = self.sheet();
        let accepted = self.acceptance.as_ref().map(|yes| yes.at.to_rfc3339()).unwrap_or_default();
        let identity = format!(
            "{} {} {} {} {accepted}",
            sheet.meta.author, sheet.meta.title, self.version, self.issued_on
        );
        render(&sheet, self.letter.brand.logo.as_deref(), &identity)
    }

    fn sheet(&self) -> Sheet {
        let (letter, words) = (&self.letter, self.letter.words());
        let language = letter.language;
        let mut sheet = letter.sheet(&words.quote, &self.number, self.issued_on);
        let valid = self.valid_until.map(|day| language.date(day));
        let version = if self.version > 1 { self.version.to_string() } else { String::new() };
        sheet.facts = [
            letter.fact(&words.date, &language.date(self.issued_on)),
            letter.fact(&words.version, &version),
            valid.as_ref().and_then(|day| letter.fact(&words.valid_until, day)),
            letter.fact(&words.changes_quote, &self.changes),
            letter.fact(&words.your_vat_id, &letter.recipient.vat_id),
        ]
        .into_iter()
        .flatten()
        .collect();
        let note = match &self.acceptance {
            Some(yes) => {
                let day = letter.isolated(&language.date(yes.at.date_naive()));
                words.accepted_on.replace("{}", &day)
            }
            None => valid
                .map(|day| format!("{} {}", words.valid_until, letter.isolated(&day)))
                .unwrap_or_default(),
        };
        sheet.hero = Some(Hero { label: words.total.clone(), value: self.money(self.sums.gross), note });
        if self.acceptance.is_some() {
            sheet.badge = Some(words.accepted.clone());
        }
        sheet.subject = letter.free_line(&self.title);
        sheet.intro = letter.free(&self.intro);
        sheet.tables = self.groups.iter().map(|group| self.packages(group)).collect();
        sheet.tables.extend(self.sections.iter().map(|section| self.table(section)));
        if self.sections.is_empty() {
            sheet.tables.push(self.table(&QuoteSection {
                title: String::new(),
                text: String::new(),
                lines: Vec::new(),
            }));
        }
        sheet.sums = self.totals();
        let exceed = self
            .may_exceed
            .map(|rate| words.may_exceed.replace("{}", &letter.isolated(&language.percent(rate))));
        let terms = letter.free(&self.terms);
        let notes: Vec<String> = exceed.into_iter().chain([terms]).filter(|text| !text.is_empty()).collect();
        sheet.note = notes.join("\n\n");
        let deposit = Some(self.sums.deposit).filter(|deposit| deposit.is_positive());
        if let Some(yes) = &self.acceptance {
            sheet.signed = Some(self.signed(yes, deposit));
        } else {
            sheet.boxes.push(Boxed {
                title: words.accept_title.clone(),
                text: words.accept_text.clone(),
                facts: deposit
                    .and_then(|deposit| letter.fact(&words.deposit, &language.money(deposit)))
                    .into_iter()
                    .collect(),
            });
            sheet.signatures = vec![words.sign_place.clone(), words.sign_name.clone()];
        }
        sheet
    }

    fn money(&self, amount: Money) -> String {
        self.letter.isolated(&self.letter.language.money(amount))
    }

    /// What is said of something that the client may leave.
    fn not_taken(&self) -> &'static str {
        let words = self.letter.words();
        if self.acceptance.is_some() { &words.not_chosen } else { &words.not_included }
    }

    fn packages(&self, group: &QuoteGroup) -> Table {
        let (letter, words) = (&self.letter, self.letter.words());
        let rows = group.packages.iter().map(|package| {
            let tag = if package.taken { words.chosen.clone() } else { String::new() };
            Row {
                weight: if package.taken { Weight::Strong } else { Weight::Faint },
                cells: vec![
                    Cell { text: letter.free_line(&package.title), tag, detail: letter.free(&package.text) },
                    self.money(package.amount).into(),
                ],
            }
        });
        Table {
            title: letter.free_line(&group.title),
            text: String::new(),
            columns: vec![Column::text(&words.package), Column::figures(&words.amount)],
            rows: rows.collect(),
            empty: words.no_lines.clone(),
        }
    }

    fn table(&self, section: &QuoteSection) -> Table {
        let (letter, words) = (&self.letter, self.letter.words());
        let language = letter.language;
        let taxed =
            self.sections.iter().flat_map(|section| &section.lines).any(|line| !line.taxes.is_empty());
        let mut columns = vec![
            Column::text(&words.description),
            Column::figures(&words.quantity),
            Column::figures(&words.unit_price),
        ];
        if taxed {
            columns.push(Column::figures(&words.tax));
        }
        columns.push(Column::figures(&words.amount));
        let rows = section.lines.iter().map(|line| {
            let quantity = |number: Quantity| {
                format!("{} {}", language.number(number.get()), one_line(&line.unit)).trim().to_owned()
            };
            let mut detail = Vec::new();
            if !line.detail.trim().is_empty() {
                detail.push(letter.free(&line.detail));
            }
            if let Some(rate) = line.discount {
                detail.push(words.less.replace("{}", &letter.isolated(&language.percent(rate))));
            }
            if let Some((least, most)) = line.choice {
                let least = letter.isolated(&language.number(least.get()));
                detail.push(
                    words.choice.replace("{min}", &least).replace("{max}", &letter.isolated(&quantity(most))),
                );
            }
            let kind = match &line.take {
                Take::Included => String::new(),
                Take::Optional => words.optional.clone(),
                Take::Package(name) => letter.free_line(name),
            };
            let not = if line.taken { "" } else { self.not_taken() };
            let tag: Vec<&str> = [kind.as_str(), not].into_iter().filter(|part| !part.is_empty()).collect();
            let mut cells = vec![
                Cell {
                    text: letter.free_line(&line.description),
                    tag: tag.join(" · "),
                    detail: detail.join("\n"),
                },
                letter.isolated(&quantity(line.quantity)).into(),
                letter.isolated(&language.price(line.unit_price.get(), self.currency)).into(),
            ];
            if taxed {
                let rates: Vec<String> = line.taxes.iter().map(|rate| language.percent(*rate)).collect();
                cells.push(letter.isolated(&rates.join(" + ")).into());
            }
            cells.push(self.money(line.amount).into());
            Row { weight: if line.taken { Weight::Plain } else { Weight::Faint }, cells }
        });
        Table {
            title: letter.free_line(&section.title),
            text: letter.free(&section.text),
            columns,
            rows: rows.collect(),
            empty: words.no_lines.clone(),
        }
    }

    fn totals(&self) -> Vec<Sum> {
        let (letter, words) = (&self.letter, self.letter.words());
        let language = letter.language;
        let sum = |label: String, amount: Money, weight| Sum { label, value: self.money(amount), weight };
        let given = &self.sums;
        let mut sums = Vec::new();
        if !given.discount.is_zero() || !given.taxes.is_empty() {
            sums.push(sum(words.subtotal.clone(), given.subtotal, Weight::Plain));
        }
        if !given.discount.is_zero() {
            let discount = given.discount.checked_neg().unwrap_or(given.discount);
            sums.push(sum(words.discount.clone(), discount, Weight::Plain));
        }
        let taxes = |template: &str| -> Vec<Sum> {
            let label = |tax: &TaxTotal| {
                // The name last: what people wrote must not be searched for places.
                template
                    .replace("{rate}", &letter.isolated(&language.percent(tax.rate)))
                    .replace("{base}", &self.money(tax.base))
                    .replace("{name}", &letter.free_line(&tax.name))
            };
            given.taxes.iter().map(|tax| sum(label(tax), tax.amount, Weight::Plain)).collect()
        };
        let total = sum(words.total.clone(), given.gross, Weight::Total);
        match self.price_mode {
            PriceMode::Exclusive => {
                if !given.discount.is_zero() && !given.taxes.is_empty() {
                    sums.push(sum(words.net.clone(), given.net, Weight::Plain));
                }
                sums.extend(taxes(&words.tax_added));
                sums.push(total);
            }
            PriceMode::Inclusive => {
                sums.push(total);
                sums.extend(taxes(&words.tax_contained));
            }
        }
        sums
    }

    fn signed(&self, yes: &Acceptance, deposit: Option<Money>) -> Signed {
        let (letter, words) = (&self.letter, self.letter.words());
        let language = letter.language;
        let time = format!("{}, {}", language.date(yes.at.date_naive()), yes.at.format("%H:%M:%S (UTC%:z)"));
        let quote = format!("{} · {} {}", self.number, words.version, self.version);
        let facts = [
            letter.fact(&words.quote, &quote),
            letter.fact(&words.accepted_by, &yes.name),
            letter.fact(&words.accepted_at, &time),
            letter.fact(&words.total, &language.money(self.sums.gross)),
            deposit.and_then(|deposit| letter.fact(&words.deposit, &language.money(deposit))),
            letter.fact(&words.fingerprint, &yes.hash),
        ];
        Signed {
            title: words.acceptance.clone(),
            consent: letter.free(&yes.consent),
            facts: facts.into_iter().flatten().collect(),
            strokes: yes.strokes.clone(),
            name: letter.free_line(&yes.name),
            label: words.signature.clone(),
            note: words.fingerprint_note.clone(),
        }
    }
}
