use chrono::NaiveDate;
use domain::money::Money;
use domain::statements::{Ageing, MovementKind};
use serde::{Deserialize, Serialize};

use crate::letter::Letter;
use crate::render::{RenderError, render};
use crate::sheet::{Column, Hero, Row, Sheet, Table, Weight};

/// Something that moved a client's balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub on: NaiveDate,
    /// What.
    pub kind: MovementKind,
    /// The number of its document, or how money came, in words; may be empty.
    pub reference: String,
    /// How much it is about.
    pub amount: Money,
    /// How it moved the balance: above zero, the client owes more.
    pub change: Money,
    /// The balance after it.
    pub balance: Money,
}

/// What happened between an organization and a client in a period, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Who writes, for whom, language and look.
    pub letter: Letter,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, also the statement's date.
    pub to: NaiveDate,
    /// The balance before the first day.
    pub opening: Money,
    /// What happened, oldest first.
    pub entries: Vec<Entry>,
    /// The balance after the last day.
    pub closing: Money,
    /// What of the client's money pays nothing yet.
    pub credit: Money,
    /// What is open at the end, by how long it has been due.
    pub ageing: Option<Ageing>,
}

impl Statement {
    /// Prints it.
    pub fn pdf(&self) -> Result<Vec<u8>, RenderError> {
        let sheet = self.sheet();
        let recipient = sheet.recipient.first().cloned().unwrap_or_default();
        let identity =
            format!("{} {} {recipient} {} {}", sheet.meta.author, sheet.meta.title, self.from, self.to);
        render(&sheet, self.letter.brand.logo.as_deref(), &identity)
    }

    fn money(&self, amount: Money) -> String {
        self.letter.isolated(&self.letter.language.money(amount))
    }

    fn sheet(&self) -> Sheet {
        let (letter, words) = (&self.letter, self.letter.words());
        let language = letter.language;
        let mut sheet = letter.sheet(&words.statement, "", self.to);
        let period = format!("{} – {}", language.short_date(self.from), language.short_date(self.to));
        let credit = Some(self.credit).filter(|credit| credit.is_positive());
        sheet.facts = [
            letter.fact(&words.period, &period),
            letter.fact(&words.opening, &language.money(self.opening)),
            letter.fact(&words.closing, &language.money(self.closing)),
            credit.and_then(|credit| letter.fact(&words.credit, &language.money(credit))),
        ]
        .into_iter()
        .flatten()
        .collect();
        let (label, amount) = match self.closing.checked_neg() {
            Ok(turned) if turned.is_positive() => (&words.balance_in_favour, turned),
            _ => (&words.balance_due, self.closing),
        };
        sheet.hero = Some(Hero { label: label.clone(), value: self.money(amount), note: String::new() });
        if self.entries.is_empty() {
            sheet.intro.clone_from(&words.no_entries);
        }
        sheet.tables = vec![self.movements()];
        sheet.tables.extend(self.ageing.as_ref().map(|ageing| self.ages(ageing)));
        sheet
    }

    fn movements(&self) -> Table {
        let (letter, words) = (&self.letter, self.letter.words());
        let date = |day| letter.isolated(&letter.language.short_date(day));
        let edge = |day, label: &String, balance| {
            let cells = [date(day), label.clone(), String::new(), String::new(), self.money(balance)];
            Row { weight: Weight::Strong, ..Row::new(cells) }
        };
        let mut rows = vec![edge(self.from, &words.opening, self.opening)];
        rows.extend(self.entries.iter().map(|entry| {
            let (mut charged, mut settled) = (String::new(), String::new());
            match entry.change.checked_neg() {
                Ok(less) if less.is_positive() => settled = self.money(less),
                _ if entry.change.is_zero() => {}
                _ => charged = self.money(entry.change),
            }
            Row::new([date(entry.on), self.describe(entry), charged, settled, self.money(entry.balance)])
        }));
        rows.push(edge(self.to, &words.closing, self.closing));
        Table {
            title: String::new(),
            text: String::new(),
            columns: vec![
                Column::narrow(&words.date),
                Column::text(&words.document),
                Column::figures(&words.charged),
                Column::figures(&words.paid_column),
                Column::figures(&words.balance),
            ],
            rows,
            empty: String::new(),
        }
    }

    fn describe(&self, entry: &Entry) -> String {
        let words = &self.letter.words().movements;
        // Credit changes nothing about what is owed, so its amount stands among the words.
        let mut amount = entry.amount;
        let template = match entry.kind {
            MovementKind::Invoice => &words.invoice,
            MovementKind::Void => &words.void,
            MovementKind::Payment => &words.payment,
            MovementKind::CreditNote => &words.credit_note,
            MovementKind::Refund => &words.refund,
            MovementKind::Dispute => &words.dispute,
            MovementKind::WriteOff if entry.change.is_positive() => &words.owed_again,
            MovementKind::WriteOff => &words.write_off,
            MovementKind::CreditApplied => match entry.amount.checked_neg() {
                Ok(freed) if freed.is_positive() => {
                    amount = freed;
                    &words.became_credit
                }
                _ => &words.credit_used,
            },
        };
        // The reference last: what people wrote must not be searched for places.
        template
            .replace("{amount}", &self.money(amount))
            .replace("{}", &self.letter.free_line(&entry.reference))
            .trim_end_matches([' ', ',', '،'])
            .to_owned()
    }

    fn ages(&self, ageing: &Ageing) -> Table {
        let (letter, words) = (&self.letter, self.letter.words());
        let days = |range: &str| words.days.replace("{}", &letter.isolated(range));
        let columns =
            [words.not_due.clone(), days("1–30"), days("31–60"), days("61–90"), words.older.clone()];
        let amounts =
            [ageing.current, ageing.days_1_30, ageing.days_31_60, ageing.days_61_90, ageing.days_over_90];
        Table {
            title: words.ageing.clone(),
            text: String::new(),
            columns: columns.iter().map(|label| Column::even(label)).collect(),
            rows: vec![Row::new(amounts.map(|amount| self.money(amount)))],
            empty: String::new(),
        }
    }
}
