use chrono::NaiveDate;
use domain::money::{Currency, Money, Quantity, UnitPrice};
use domain::totals::{PriceMode, Totals};
use serde::{Deserialize, Serialize};

use crate::letter::Letter;
use crate::printable::one_line;
use crate::render::{RenderError, render};
use crate::sheet::{Boxed, Cell, Column, Hero, Row, Sheet, Sum, Table, Weight};

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
    /// Quantity × price, rounded.
    pub amount: Money,
    /// Whether the client may leave it out; the totals count it only if they hold it.
    pub optional: bool,
}

/// A quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Who offers, to whom, language and look.
    pub letter: Letter,
    /// Its number.
    pub number: String,
    /// Its date.
    pub issued_on: NaiveDate,
    /// The last day on which it can be accepted.
    pub valid_until: Option<NaiveDate>,
    /// The client's own reference.
    pub reference: String,
    /// Words before the lines.
    pub intro: String,
    /// Its currency.
    pub currency: Currency,
    /// Whether prices include tax.
    pub price_mode: PriceMode,
    /// What is offered, by sections with a title; a quote without sections has one without.
    pub sections: Vec<(String, Vec<QuoteLine>)>,
    /// What it comes to as offered.
    pub totals: Totals,
    /// What is to be paid on acceptance.
    pub deposit: Option<Money>,
    /// Terms, below.
    pub terms: String,
}

impl Quote {
    /// Prints it.
    pub fn pdf(&self) -> Result<Vec<u8>, RenderError> {
        let sheet = self.sheet();
        let identity = format!("{} {} {}", sheet.meta.author, sheet.meta.title, self.issued_on);
        render(&sheet, self.letter.brand.logo.as_deref(), &identity)
    }

    fn sheet(&self) -> Sheet {
        let (letter, words) = (&self.letter, self.letter.words());
        let language = letter.language;
        let mut sheet = letter.sheet(&words.quote, &self.number, self.issued_on);
        let valid = self.valid_until.map(|day| language.date(day));
        sheet.facts = [
            letter.fact(&words.date, &language.date(self.issued_on)),
            valid.as_ref().and_then(|day| letter.fact(&words.valid_until, day)),
            letter.fact(&words.reference, &self.reference),
            letter.fact(&words.your_vat_id, &letter.recipient.vat_id),
        ]
        .into_iter()
        .flatten()
        .collect();
        let money = |amount| letter.isolated(&language.money(amount));
        sheet.hero = Some(Hero {
            label: words.total.clone(),
            value: money(self.totals.gross),
            note: valid
                .map(|day| format!("{} {}", words.valid_until, letter.isolated(&day)))
                .unwrap_or_default(),
        });
        sheet.intro = letter.free(&self.intro);
        sheet.tables = self.sections.iter().map(|(title, lines)| self.table(title, lines)).collect();
        sheet.sums = self.sums();
        sheet.note = letter.free(&self.terms);
        sheet.boxes.push(Boxed {
            title: words.accept_title.clone(),
            text: words.accept_text.clone(),
            facts: self
                .deposit
                .iter()
                .filter_map(|deposit| letter.fact(&words.deposit, &language.money(*deposit)))
                .collect(),
        });
        sheet.signatures = vec![words.sign_place.clone(), words.sign_name.clone()];
        sheet
    }

    fn table(&self, title: &str, lines: &[QuoteLine]) -> Table {
        let (letter, words) = (&self.letter, self.letter.words());
        let language = letter.language;
        let rows = lines.iter().map(|line| {
            let mut description = letter.free_line(&line.description);
            if line.optional {
                description = format!("{description} ({})", words.optional);
            }
            let quantity = format!("{} {}", language.number(line.quantity.get()), one_line(&line.unit));
            Row {
                strong: false,
                cells: vec![
                    Cell { text: description, detail: letter.free(&line.detail) },
                    letter.isolated(quantity.trim()).into(),
                    letter.isolated(&language.price(line.unit_price.get(), self.currency)).into(),
                    letter.isolated(&language.money(line.amount)).into(),
                ],
            }
        });
        Table {
            title: letter.free_line(title),
            columns: vec![
                Column::text(&words.description),
                Column::figures(&words.quantity),
                Column::figures(&words.unit_price),
                Column::figures(&words.amount),
            ],
            rows: rows.collect(),
            empty: words.no_lines.clone(),
        }
    }

    fn sums(&self) -> Vec<Sum> {
        let (letter, words) = (&self.letter, self.letter.words());
        let language = letter.language;
        let sum = |label: String, amount: Money, weight| Sum {
            label,
            value: letter.isolated(&language.money(amount)),
            weight,
        };
        let totals = &self.totals;
        let mut sums = vec![sum(words.subtotal.clone(), totals.subtotal, Weight::Plain)];
        if !totals.discount.is_zero() {
            let discount = totals.discount.checked_neg().unwrap_or(totals.discount);
            sums.push(sum(words.discount.clone(), discount, Weight::Plain));
        }
        let taxes = |template: &str| -> Vec<Sum> {
            let label = |tax: &domain::totals::TaxTotal| {
                template
                    .replace("{rate}", &letter.isolated(&language.percent(tax.rate)))
                    .replace("{base}", &letter.isolated(&language.money(tax.base)))
                    .replace("{name}", &letter.free_line(&tax.name))
            };
            totals.taxes.iter().map(|tax| sum(label(tax), tax.amount, Weight::Plain)).collect()
        };
        let total = sum(words.total.clone(), totals.gross, Weight::Total);
        match self.price_mode {
            PriceMode::Exclusive => {
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
}
