//! What a quote comes to with a client's choice. Server and browser call the same [`compute`].

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::content::{Costs, Deposit, QuoteContent};
use super::selection::{Chosen, Selection, SelectionError};
use crate::money::{Currency, Money, MoneyError, Quantity, UnitPrice};
use crate::problem::Problem;
use crate::text::PartKey;
use crate::totals::{self, LineInput, PriceMode, Rounding, TaxTotal};

/// How a quote counts; frozen when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counting {
    /// Its currency.
    pub currency: Currency,
    /// Where tax is rounded.
    pub rounding: Rounding,
    /// Whether unit prices include tax.
    pub price_mode: PriceMode,
}

/// What a line comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteLineTotal {
    /// The line.
    pub key: PartKey,
    /// Whether it is taken, and counts.
    pub taken: bool,
    /// How much of it.
    pub quantity: Quantity,
    /// What it comes to if taken, after its own discount; with tax if prices include it.
    pub amount: Money,
}

/// What a quote comes to with a choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteTotals {
    /// All lines in order, also those not taken.
    pub lines: Vec<QuoteLineTotal>,
    /// The sum of those that are taken.
    pub subtotal: Money,
    /// The discount on the whole.
    pub discount: Money,
    /// What is left, without tax.
    pub net: Money,
    /// The taxes.
    pub taxes: Vec<TaxTotal>,
    /// Net and taxes: what is accepted.
    pub gross: Money,
    /// What is to be paid on acceptance.
    pub deposit: Money,
}

/// What we keep of a quote, for staff only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Margin {
    /// What the lines that are taken cost us.
    pub cost: Money,
    /// Net less cost.
    pub margin: Money,
}

/// Why a quote has no total.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteTotalsError {
    /// The choice doesn't fit.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// The amounts don't.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl From<QuoteTotalsError> for Problem {
    fn from(error: QuoteTotalsError) -> Self {
        match error {
            QuoteTotalsError::Selection(error) => error.into(),
            QuoteTotalsError::Money(error) => {
                let pointer = match error {
                    MoneyError::CurrencyMismatch | MoneyError::DiscountOutOfRange => "/content/discount",
                    MoneyError::Overflow | MoneyError::Weights | MoneyError::RepeatedTax => {
                        "/content/sections"
                    }
                };
                let code = match error {
                    MoneyError::CurrencyMismatch => "currency_mismatch",
                    MoneyError::DiscountOutOfRange => "out_of_range",
                    MoneyError::Overflow => "too_large",
                    MoneyError::Weights => "invalid",
                    MoneyError::RepeatedTax => "repeated",
                };
                Self::new(error.code()).detail(error.to_string()).field(pointer, code, error.to_string())
            }
        }
    }
}

/// What a chosen line puts on a bill: itself, and its discount as a line of its own with the same taxes,
/// rounded to the currency, so that an invoice can print what the quote promised.
pub(super) fn inputs_of(chosen: &Chosen<'_>, currency: Currency) -> Result<Vec<LineInput>, MoneyError> {
    let line = chosen.line;
    let whole =
        LineInput { quantity: chosen.quantity, unit_price: line.unit_price, taxes: line.taxes.clone() };
    let Some(rate) = line.discount_percent else { return Ok(vec![whole]) };
    let off = whole.amount(currency)?.percent(rate);
    if off.is_zero() {
        return Ok(vec![whole]);
    }
    let unit_price = UnitPrice::try_from(-off.to_decimal()).map_err(|_| MoneyError::Overflow)?;
    let discount = LineInput { quantity: one(), unit_price, taxes: line.taxes.clone() };
    Ok(vec![whole, discount])
}

/// One piece.
pub(super) fn one() -> Quantity {
    Quantity::try_from(Decimal::ONE).expect("one is within the limits")
}

/// Adds up a quote with a choice.
pub fn compute(
    content: &QuoteContent,
    selection: &Selection,
    counting: Counting,
) -> Result<QuoteTotals, QuoteTotalsError> {
    let currency = counting.currency;
    let (mut lines, mut inputs) = (Vec::new(), Vec::new());
    for chosen in selection.apply(content)? {
        let parts = inputs_of(&chosen, currency)?;
        let amounts: Vec<Money> = parts.iter().map(|part| part.amount(currency)).collect::<Result<_, _>>()?;
        lines.push(QuoteLineTotal {
            key: chosen.line.key.clone(),
            taken: chosen.taken,
            quantity: chosen.quantity,
            amount: Money::sum(amounts, currency)?,
        });
        if chosen.taken {
            inputs.extend(parts);
        }
    }
    let sums = totals::compute(&inputs, content.discount, currency, counting.rounding, counting.price_mode)?;
    let deposit = deposit(content.deposit, sums.gross)?;
    Ok(QuoteTotals {
        lines,
        subtotal: sums.subtotal,
        discount: sums.discount,
        net: sums.net,
        taxes: sums.taxes,
        gross: sums.gross,
        deposit,
    })
}

/// Nothing of what is nothing or less: a change order that takes something off asks for no deposit.
fn deposit(deposit: Option<Deposit>, gross: Money) -> Result<Money, MoneyError> {
    let none = Money::zero(gross.currency());
    if !gross.is_positive() {
        return Ok(none);
    }
    match deposit {
        None => Ok(none),
        Some(Deposit::Percent(rate)) => Ok(gross.percent(rate)),
        Some(Deposit::Amount(amount)) if amount.currency() != gross.currency() => {
            Err(MoneyError::CurrencyMismatch)
        }
        Some(Deposit::Amount(amount)) => Ok(Money::new(amount.minor().min(gross.minor()), gross.currency())),
    }
}

/// What we keep: the net less what the taken lines cost.
pub fn margin(
    content: &QuoteContent,
    costs: &Costs,
    selection: &Selection,
    counting: Counting,
) -> Result<Margin, QuoteTotalsError> {
    let net = compute(content, selection, counting)?.net;
    let mut cost = Money::zero(counting.currency);
    for chosen in selection.apply(content)?.iter().filter(|chosen| chosen.taken) {
        if let Some(&unit_price) = costs.get(&chosen.line.key) {
            let input = LineInput { quantity: chosen.quantity, unit_price, taxes: Vec::new() };
            cost = cost.checked_add(input.amount(counting.currency)?)?;
        }
    }
    Ok(Margin { cost, margin: net.checked_sub(cost)? })
}
