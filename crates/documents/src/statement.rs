use chrono::NaiveDate;
use domain::money::Money;
use serde::{Deserialize, Serialize};

use crate::letter::Letter;
use crate::render::{RenderError, render};
use crate::sheet::{Column, Hero, Row, Sheet, Table};

/// Something that moved a client's balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub on: NaiveDate,
    /// What, e.g. `Invoice H-1240`.
    pub description: String,
    /// How it moved the balance: above zero, the client owes more.
    pub amount: Money,
    /// The balance after it.
    pub balance: Money,
}

/// What is open, by how long it has been due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ageing {
    /// Not due yet.
    pub not_due: Money,
    /// Due for 1 to 30 days.
    pub days_30: Money,
    /// For 31 to 60 days.
    pub days_60: Money,
    /// For 61 to 90 days.
    pub days_90: Money,
    /// For longer.
    pub older: Money,
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
    /// What is open at the end.
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

    fn sheet(&self) -> Sheet {
        let (letter, words) = (&self.letter, self.letter.words());
        let language = letter.language;
        let money = |amount| letter.isolated(&language.money(amount));
        let mut sheet = letter.sheet(&words.statement, "", self.to);
        let period = format!("{} – {}", language.short_date(self.from), language.short_date(self.to));
        sheet.facts = [
            letter.fact(&words.period, &period),
            letter.fact(&words.opening, &language.money(self.opening)),
            letter.fact(&words.closing, &language.money(self.closing)),
        ]
        .into_iter()
        .flatten()
        .collect();
        let label = if self.closing.is_negative() { &words.balance_in_favour } else { &words.balance_due };
        let amount = if self.closing.is_negative() {
            self.closing.checked_neg().unwrap_or(self.closing)
        } else {
            self.closing
        };
        sheet.hero = Some(Hero { label: label.clone(), value: money(amount), note: String::new() });
        let date = |day| letter.isolated(&language.short_date(day));
        let edge = |day, label: &String, balance| {
            let cells = [date(day), label.clone(), String::new(), String::new(), money(balance)];
            Row { strong: true, ..Row::new(cells) }
        };
        let mut rows = vec![edge(self.from, &words.opening, self.opening)];
        rows.extend(self.entries.iter().map(|entry| {
            let paid = entry.amount.is_negative();
            let figure =
                money(if paid { entry.amount.checked_neg().unwrap_or(entry.amount) } else { entry.amount });
            let (charged, settled) = if paid { (String::new(), figure) } else { (figure, String::new()) };
            Row::new([
                date(entry.on),
                letter.free_line(&entry.description),
                charged,
                settled,
                money(entry.balance),
            ])
        }));
        rows.push(edge(self.to, &words.closing, self.closing));
        sheet.tables = vec![Table {
            title: String::new(),
            columns: vec![
                Column::narrow(&words.date),
                Column::text(&words.document),
                Column::figures(&words.charged),
                Column::figures(&words.paid_column),
                Column::figures(&words.balance),
            ],
            rows,
            empty: String::new(),
        }];
        if self.entries.is_empty() {
            sheet.intro.clone_from(&words.no_entries);
        }
        sheet.tables.extend(self.ageing.as_ref().map(|ageing| {
            let days = |range: &str| words.days.replace("{}", &letter.isolated(range));
            let columns =
                [words.not_due.clone(), days("1–30"), days("31–60"), days("61–90"), words.older.clone()];
            let mut columns: Vec<Column> = columns.iter().map(|label| Column::figures(label)).collect();
            columns.insert(0, Column::text(""));
            let amounts = [ageing.not_due, ageing.days_30, ageing.days_60, ageing.days_90, ageing.older];
            let row = std::iter::once(String::new()).chain(amounts.map(money));
            Table { title: words.ageing.clone(), columns, rows: vec![Row::new(row)], empty: String::new() }
        }));
        sheet
    }
}
