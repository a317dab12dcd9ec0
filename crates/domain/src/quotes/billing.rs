//! From an accepted quote to invoices that add up to it.

use rust_decimal::Decimal;

use super::content::QuoteContent;
use super::selection::Selection;
use super::totals::{Counting, QuoteTotalsError, inputs_of, one};
use crate::invoices::InvoiceLineInput;
use crate::money::{Currency, Money, MoneyError, UnitPrice};
use crate::tax::Tax;
use crate::text::{Line, Name, Note};
use crate::totals::{self, LineInput, PriceMode, Rounding};

/// Words that invoices of a quote need, in the client's language.
#[derive(Debug, Clone)]
pub struct BillingWords {
    /// Begins a line that takes a discount off, e.g. `Discount`.
    pub discount: String,
    /// A line that a cent needs which rounding lost between several invoices.
    pub rounding: String,
}

/// What was billed before, as the last invoice takes it off.
#[derive(Debug, Clone)]
pub struct Billed {
    /// What the line says, e.g. `Less deposit, invoice 1012`.
    pub description: String,
    /// Its lines.
    pub lines: Vec<LineInput>,
    /// Whether its prices include tax.
    pub price_mode: PriceMode,
    /// Where its tax is rounded.
    pub rounding: Rounding,
    /// What it came to.
    pub gross: Money,
}

fn name(text: &str) -> Name {
    let short: String = text.chars().take(200).collect();
    short.parse().expect("descriptions of bills are one line and not empty")
}

fn money_line(description: &str, amount: Money, taxes: Vec<Tax>) -> Result<InvoiceLineInput, MoneyError> {
    Ok(InvoiceLineInput {
        description: name(description),
        detail: Note::default(),
        quantity: one(),
        unit: Line::default(),
        unit_price: UnitPrice::try_from(amount.to_decimal()).map_err(|_| MoneyError::Overflow)?,
        taxes,
    })
}

/// The lines that a choice takes, as an invoice prints them: discounts are lines of their own.
pub fn accepted_lines(
    content: &QuoteContent,
    selection: &Selection,
    currency: Currency,
    words: &BillingWords,
) -> Result<Vec<InvoiceLineInput>, QuoteTotalsError> {
    let mut lines = Vec::new();
    for chosen in selection.apply(content)?.iter().filter(|chosen| chosen.taken) {
        let line = chosen.line;
        let mut inputs = inputs_of(chosen, currency)?.into_iter();
        if let Some(whole) = inputs.next() {
            lines.push(InvoiceLineInput {
                description: line.description.clone(),
                detail: line.detail.clone(),
                quantity: whole.quantity,
                unit: line.unit.clone(),
                unit_price: whole.unit_price,
                taxes: whole.taxes,
            });
        }
        for off in inputs {
            let rate = line.discount_percent.map(|rate| rate.to_string()).unwrap_or_default();
            lines.push(InvoiceLineInput {
                description: name(&format!("{} {rate} %: {}", words.discount, line.description)),
                detail: Note::default(),
                quantity: off.quantity,
                unit: Line::default(),
                unit_price: off.unit_price,
                taxes: off.taxes,
            });
        }
    }
    if let Some(discount) = content.discount {
        let inputs: Vec<LineInput> = lines.iter().map(InvoiceLineInput::input).collect();
        for (taxes, amount) in totals::discount_by_taxes(&inputs, discount, currency)? {
            if !amount.is_zero() {
                lines.push(money_line(&words.discount, amount.checked_neg()?, taxes)?);
            }
        }
    }
    Ok(lines)
}

/// Shares an amount, taxes included, over the taxes that the lines bear: lines with gross prices that add
/// up to the amount, and contain the right tax of each.
pub fn share_of(
    lines: &[InvoiceLineInput],
    counting: Counting,
    amount: Money,
    description: &str,
) -> Result<Vec<InvoiceLineInput>, MoneyError> {
    let mut sets: Vec<(Vec<Tax>, Vec<LineInput>)> = Vec::new();
    for line in lines {
        match sets.iter_mut().find(|(taxes, _)| *taxes == line.taxes) {
            Some((_, lines)) => lines.push(line.input()),
            None => sets.push((line.taxes.clone(), vec![line.input()])),
        }
    }
    let (mut taxes, mut weights) = (Vec::new(), Vec::new());
    for (set, lines) in sets {
        let gross =
            totals::compute(&lines, None, counting.currency, counting.rounding, counting.price_mode)?.gross;
        if gross.is_positive() {
            taxes.push(set);
            weights.push(Decimal::from(gross.minor()));
        }
    }
    let parts = amount.split_by(&weights)?;
    taxes
        .into_iter()
        .zip(parts)
        .filter(|(_, part)| !part.is_zero())
        .map(|(taxes, part)| money_line(description, part, taxes))
        .collect()
}

/// The lines of the last invoice: all that was accepted, less all that was billed, tax by tax. With what was
/// billed before it comes to exactly what was accepted; where rounding each invoice by itself would lose
/// cents, a line of its own says so.
pub fn final_lines(
    accepted: Vec<InvoiceLineInput>,
    agreed: Money,
    billed: &[Billed],
    counting: Counting,
    words: &BillingWords,
) -> Result<Vec<InvoiceLineInput>, MoneyError> {
    let currency = counting.currency;
    let mut lines = accepted;
    let mut left = agreed;
    for before in billed {
        left = left.checked_sub(before.gross)?;
        let mut sets: Vec<(Vec<Tax>, Vec<LineInput>)> = Vec::new();
        for line in &before.lines {
            match sets.iter_mut().find(|(taxes, _)| *taxes == line.taxes) {
                Some((_, lines)) => lines.push(line.clone()),
                None => sets.push((line.taxes.clone(), vec![line.clone()])),
            }
        }
        for (taxes, set) in sets {
            let sums = totals::compute(&set, None, currency, before.rounding, before.price_mode)?;
            let amount = match counting.price_mode {
                PriceMode::Exclusive => sums.net,
                PriceMode::Inclusive => sums.gross,
            };
            if !amount.is_zero() {
                lines.push(money_line(&before.description, amount.checked_neg()?, taxes)?);
            }
        }
    }
    let inputs: Vec<LineInput> = lines.iter().map(InvoiceLineInput::input).collect();
    let gross = totals::compute(&inputs, None, currency, counting.rounding, counting.price_mode)?.gross;
    let lost = left.checked_sub(gross)?;
    if !lost.is_zero() {
        lines.push(money_line(&words.rounding, lost, Vec::new())?);
    }
    Ok(lines)
}
