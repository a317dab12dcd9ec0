//! A draft in the editor: what is typed, and reading it as the domain's types.

use std::str::FromStr;

use domain::invoices::{DraftInvoice, Invoice, InvoiceLineInput};
use domain::money::{Currency, Money};
use domain::tax::Tax;
use domain::totals::{Discount, PriceMode, Quantity, UnitPrice};
use leptos::prelude::*;

use crate::schedules::console::editor::ScheduleForm;
use crate::schedules::numbered;
use crate::t::invoices::trouble as texts;
use crate::t::schedules::console as schedule_texts;

/// What is typed.
#[derive(Clone, Copy)]
pub struct DraftForm {
    /// The client's id; empty before one is chosen.
    pub client: RwSignal<String>,
    /// What is typed to find the client, then its name.
    pub client_name: RwSignal<String>,
    /// ISO code.
    pub currency: RwSignal<String>,
    /// ISO date.
    pub issued_on: RwSignal<String>,
    /// ISO date.
    pub due_on: RwSignal<String>,
    /// The instalments it is paid in; none if it is paid at once.
    pub schedule: ScheduleForm,
    /// The client's reference.
    pub reference: RwSignal<String>,
    /// Words to the client.
    pub note: RwSignal<String>,
    /// Words among staff.
    pub internal_note: RwSignal<String>,
    /// `exclusive` or `inclusive`.
    pub price_mode: RwSignal<String>,
    /// Empty, `percent` or `amount`.
    pub discount_kind: RwSignal<String>,
    /// How much of it.
    pub discount: RwSignal<String>,
    /// The lines.
    pub lines: RwSignal<Vec<LineForm>>,
    /// The line that gets the focus as soon as it is there.
    pub focus: RwSignal<Option<u32>>,
    last_key: StoredValue<u32>,
}

/// A line being typed.
#[derive(Clone, Copy, PartialEq)]
pub struct LineForm {
    /// Tells lines apart while they move.
    pub key: u32,
    /// What was done.
    pub description: RwSignal<String>,
    /// More about it.
    pub detail: RwSignal<String>,
    /// How much of it.
    pub quantity: RwSignal<String>,
    /// Its unit.
    pub unit: RwSignal<String>,
    /// Price of one.
    pub price: RwSignal<String>,
    /// The taxes on it.
    pub taxes: RwSignal<Vec<Tax>>,
}

/// Why a draft can't be saved as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody it is for yet: nothing is wrong, it only has to wait.
    NoClient,
    /// What to mend, in the reader's language.
    Mend(String),
}

impl DraftForm {
    /// As it was saved, or new with the organization's habits.
    pub fn new(invoice: Option<&Invoice>, currency: Currency, price_mode: PriceMode) -> Self {
        let draft = invoice.map(Invoice::written);
        let name = invoice.map(|invoice| invoice.document.client_name.to_string()).unwrap_or_default();
        Self::written(draft.as_ref(), name, currency, price_mode)
    }

    /// As somebody wrote it for this client, or new with the organization's habits.
    pub fn written(
        draft: Option<&DraftInvoice>,
        client_name: String,
        currency: Currency,
        price_mode: PriceMode,
    ) -> Self {
        let text = |text: String| RwSignal::new(text);
        let (discount_kind, discount) = match draft.and_then(|draft| draft.discount) {
            None => ("", String::new()),
            Some(Discount::Percent(rate)) => ("percent", ui::format::decimal(&rate.to_string())),
            Some(Discount::Amount(money)) => ("amount", ui::format::decimal(&money.to_decimal().to_string())),
        };
        let date =
            |date: Option<chrono::NaiveDate>| text(date.map(|date| date.to_string()).unwrap_or_default());
        let currency = draft.and_then(|draft| draft.currency).unwrap_or(currency);
        let price_mode = draft.and_then(|draft| draft.price_mode).unwrap_or(price_mode);
        let form = Self {
            client: text(draft.map(|draft| draft.client_id.to_string()).unwrap_or_default()),
            client_name: text(client_name),
            currency: text(currency.code().to_owned()),
            issued_on: date(draft.and_then(|draft| draft.issued_on)),
            due_on: date(draft.and_then(|draft| draft.due_on)),
            schedule: ScheduleForm::new(draft.map_or(&[], |draft| &draft.schedule)),
            reference: text(draft.map(|draft| draft.reference.to_string()).unwrap_or_default()),
            note: text(draft.map(|draft| draft.note.to_string()).unwrap_or_default()),
            internal_note: text(draft.map(|draft| draft.internal_note.to_string()).unwrap_or_default()),
            price_mode: text(price_mode.as_str().to_owned()),
            discount_kind: text(discount_kind.to_owned()),
            discount: text(discount),
            lines: RwSignal::new(Vec::new()),
            focus: RwSignal::new(None),
            last_key: StoredValue::new(0),
        };
        let lines = draft.map(|draft| draft.lines.as_slice()).unwrap_or_default();
        let lines = lines
            .iter()
            .map(|line| LineForm {
                key: form.next_key(),
                description: text(line.description.to_string()),
                detail: text(line.detail.to_string()),
                quantity: text(ui::format::decimal(&line.quantity.to_string())),
                unit: text(line.unit.to_string()),
                price: text(ui::format::decimal(&line.unit_price.to_string())),
                taxes: RwSignal::new(line.taxes.clone()),
            })
            .collect();
        form.lines.set(lines);
        form
    }

    fn next_key(self) -> u32 {
        let key = self.last_key.get_value() + 1;
        self.last_key.set_value(key);
        key
    }

    /// Adds an empty line after `place`, with these taxes, and moves the focus there.
    pub fn add_line(self, place: usize, taxes: Vec<Tax>) {
        let empty = || RwSignal::new(String::new());
        let key = self.next_key();
        let line = LineForm {
            key,
            description: empty(),
            detail: empty(),
            quantity: RwSignal::new("1".to_owned()),
            unit: empty(),
            price: empty(),
            taxes: RwSignal::new(taxes),
        };
        self.lines.update(|lines| lines.insert(place.min(lines.len()), line));
        self.focus.set(Some(key));
    }

    /// Where a line stands.
    pub fn place(self, key: u32) -> usize {
        self.lines.with(|lines| lines.iter().position(|line| line.key == key).unwrap_or_default())
    }

    /// Moves a line up or down.
    pub fn shift(self, key: u32, down: bool) {
        let from = untrack(|| self.place(key));
        self.lines.update(|lines| {
            let to = if down { from + 1 } else { from.wrapping_sub(1) };
            if to < lines.len() {
                lines.swap(from, to);
            }
        });
    }

    /// Takes a line away and gives the focus to the one before.
    pub fn remove(self, key: u32) {
        let place = untrack(|| self.place(key));
        self.lines.update(|lines| lines.retain(|line| line.key != key));
        self.focus
            .set(self.lines.with_untracked(|lines| lines.get(place.saturating_sub(1)).map(|line| line.key)));
    }

    /// The currency chosen.
    pub fn currency(self) -> Currency {
        self.currency.with(|code| code.parse().unwrap_or(Currency::EUR))
    }

    /// What unit prices say.
    pub fn price_mode(self) -> PriceMode {
        self.price_mode.with(|mode| mode.parse().unwrap_or_default())
    }

    /// The discount; nothing where what is typed is none.
    pub fn discount(self) -> Option<Discount> {
        let typed = self.discount.get();
        match self.discount_kind.with(|kind| kind == "percent") {
            true => number(&typed).map(Discount::Percent),
            false if self.discount_kind.with(|kind| kind == "amount") => {
                let currency = self.currency();
                let minor = ui::format::parse_amount(&typed, currency.exponent())?;
                Some(Discount::Amount(Money::new(minor, currency)))
            }
            false => None,
        }
    }

    /// The lines that can be read; the preview shows these.
    pub fn readable(self) -> Vec<InvoiceLineInput> {
        self.lines.with(|lines| lines.iter().filter_map(|line| line.read().ok().flatten()).collect())
    }

    /// All of it, as it is sent to the server.
    pub fn read(self) -> Result<DraftInvoice, Trouble> {
        let client_id = self.client.with(|id| id.parse()).map_err(|_| Trouble::NoClient)?;
        let mut lines = Vec::new();
        for (place, line) in self.lines.get().into_iter().enumerate() {
            let number = ui::format::number(i64::try_from(place + 1).unwrap_or(i64::MAX));
            match line.read() {
                Ok(Some(line)) => lines.push(line),
                Ok(None) => {}
                Err(wrong) => return Err(Trouble::Mend(texts::line(&number, wrong.text()))),
            }
        }
        let wants_discount = self.discount_kind.with(|kind| !kind.is_empty());
        let discount = self.discount();
        if wants_discount && discount.is_none() && self.discount.with(|text| !text.trim().is_empty()) {
            return Err(Trouble::Mend(texts::discount().to_owned()));
        }
        let schedule = self.schedule.read(self.currency());
        let schedule = schedule.map_err(|place| Trouble::Mend(schedule_texts::trouble(&numbered(place))))?;
        let too_long = |_| Trouble::Mend(texts::too_long().to_owned());
        Ok(DraftInvoice {
            client_id,
            currency: Some(self.currency()),
            issued_on: self.issued_on.with(|date| date.parse().ok()),
            due_on: self.due_on.with(|date| date.parse().ok()).filter(|_| schedule.is_empty()),
            schedule,
            reference: self.reference.with(|text| text.parse()).map_err(too_long)?,
            note: self.note.with(|text| text.parse()).map_err(too_long)?,
            internal_note: self.internal_note.with(|text| text.parse()).map_err(too_long)?,
            price_mode: Some(self.price_mode()),
            discount,
            lines,
        })
    }
}

/// What can't be read of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongCell {
    /// Missing or too long.
    Description,
    /// No number, or out of range.
    Quantity,
    /// No number, or out of range.
    Price,
    /// Too long.
    Other,
}

impl WrongCell {
    /// What to mend, in words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Description => texts::description(),
            Self::Quantity => texts::quantity(),
            Self::Price => texts::price(),
            Self::Other => texts::too_long(),
        }
    }
}

impl LineForm {
    /// Nothing typed yet.
    pub fn is_empty(self) -> bool {
        [self.description, self.detail, self.price]
            .iter()
            .all(|text| text.with(|text| text.trim().is_empty()))
    }

    /// As it is sent; `None` while it is empty.
    pub fn read(self) -> Result<Option<InvoiceLineInput>, WrongCell> {
        if self.is_empty() {
            return Ok(None);
        }
        let quantity: Quantity = self.quantity.with(|text| number(text)).ok_or(WrongCell::Quantity)?;
        let unit_price: UnitPrice = self
            .price
            .with(|text| number(if text.trim().is_empty() { "0" } else { text }))
            .ok_or(WrongCell::Price)?;
        Ok(Some(InvoiceLineInput {
            description: self.description.with(|text| text.parse()).map_err(|_| WrongCell::Description)?,
            detail: self.detail.with(|text| text.parse()).map_err(|_| WrongCell::Other)?,
            quantity,
            unit: self.unit.with(|text| text.parse()).map_err(|_| WrongCell::Other)?,
            unit_price,
            taxes: self.taxes.get(),
        }))
    }
}

/// Reads a number as people write it.
pub fn number<T: FromStr>(text: &str) -> Option<T> {
    let point = if ui::format::decimal("1.5").contains(',') { ',' } else { '.' };
    plain(text, point).parse().ok()
}

/// The plain decimal of what was typed: `1.234,5` is `1234.5`. Both separators are understood; one that isn't the reader's own
/// groups digits if exactly three follow it.
fn plain(text: &str, point: char) -> String {
    let kept: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’'))
        .map(|c| if c == '−' { '-' } else { c })
        .collect();
    let Some(at) = kept.rfind(['.', ',']) else { return kept };
    let separator = if kept[at..].starts_with('.') { '.' } else { ',' };
    let whole: String = kept[..at].chars().filter(|c| !matches!(c, '.' | ',')).collect();
    let fraction = &kept[at + 1..];
    let repeated = kept.matches(separator).count() > 1;
    if repeated || (separator != point && fraction.len() == 3 && !whole.is_empty()) {
        return format!("{whole}{fraction}");
    }
    let whole = if whole.is_empty() || whole == "-" { format!("{whole}0") } else { whole };
    if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn both_separators_are_read() {
        for (typed, point, plain_text) in [
            ("1.5", '.', "1.5"),
            ("1,5", '.', "1.5"),
            ("1,5", ',', "1.5"),
            ("88,000", '.', "88000"),
            ("88.000", ',', "88000"),
            ("9.975", '.', "9.975"),
            ("9,975", ',', "9.975"),
            ("1,234.56", '.', "1234.56"),
            ("1.234,56", '.', "1234.56"),
            ("1.234.567", '.', "1234567"),
            ("1’234.5", '.', "1234.5"),
            ("−2", '.', "-2"),
            (".5", '.', "0.5"),
            ("-,5", ',', "-0.5"),
            ("7.", '.', "7"),
            ("12", ',', "12"),
        ] {
            assert_eq!(plain(typed, point), plain_text, "{typed}");
        }
    }
}
