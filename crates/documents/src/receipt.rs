use chrono::NaiveDate;
use domain::money::Money;
use serde::{Deserialize, Serialize};

use crate::letter::Letter;
use crate::printable::one_line;
use crate::render::{RenderError, render};
use crate::sheet::{Column, Hero, Row, Sheet, Sum, Table, Weight};

/// What of a payment pays an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptShare {
    /// The invoice's number.
    pub number: String,
    /// How much of it this pays.
    pub amount: Money,
}

/// The receipt of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Who received, who paid, language and look.
    pub letter: Letter,
    /// By what the payment is known; may be empty.
    pub reference: String,
    /// The date of receipt.
    pub received_on: NaiveDate,
    /// How it was paid, e.g. `Visa ···· 4242`.
    pub method: String,
    /// How much.
    pub amount: Money,
    /// What it pays.
    pub shares: Vec<ReceiptShare>,
    /// What of it pays nothing yet.
    pub credit: Money,
}

impl Receipt {
    /// Prints it.
    pub fn pdf(&self) -> Result<Vec<u8>, RenderError> {
        let sheet = self.sheet();
        let identity =
            format!("{} {} {} {}", sheet.meta.author, sheet.meta.title, self.reference, self.received_on);
        render(&sheet, self.letter.brand.logo.as_deref(), &identity)
    }

    fn sheet(&self) -> Sheet {
        let (letter, words) = (&self.letter, self.letter.words());
        let language = letter.language;
        let money = |amount| letter.isolated(&language.money(amount));
        let mut sheet = letter.sheet(&words.receipt, "", self.received_on);
        sheet.facts = [
            letter.fact(&words.received_on, &language.date(self.received_on)),
            letter.fact(&words.method, &self.method),
            letter.fact(&words.payment_reference, &self.reference),
        ]
        .into_iter()
        .flatten()
        .collect();
        sheet.hero =
            Some(Hero { label: words.received.clone(), value: money(self.amount), note: String::new() });
        sheet.intro.clone_from(&words.thanks);
        let rows = self.shares.iter().map(|share| {
            let number = format!("{} {}", words.for_invoice, letter.isolated(&one_line(&share.number)));
            Row::new([number, money(share.amount)])
        });
        sheet.tables = vec![Table {
            title: String::new(),
            text: String::new(),
            columns: vec![Column::text(&words.description), Column::figures(&words.applied)],
            rows: rows.collect(),
            empty: words.no_invoices.clone(),
        }];
        let plain = |label: &str, amount| Sum {
            label: label.to_owned(),
            value: money(amount),
            weight: Weight::Plain,
        };
        if self.credit.is_positive() {
            sheet.sums.push(plain(&words.credit, self.credit));
        }
        sheet.sums.push(Sum { weight: Weight::Total, ..plain(&words.received, self.amount) });
        sheet
    }
}
