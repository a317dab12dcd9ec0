//! What a credit note comes to: the same rounding and the same taxes as its invoice.

use super::{CreditError, CreditLine, CreditNoteLine, DraftCreditNote};
use crate::invoices::{InvoiceDocument, InvoiceLine};
use crate::money::{Money, MoneyError, Quantity, UnitPrice, divide};
use crate::totals::{Discount, LineInput, PriceMode, TaxTotal, Totals, compute};

/// An invoice and what was taken back of it before.
#[derive(Debug, Clone, Copy)]
pub struct Credited<'a> {
    /// The invoice, issued.
    pub invoice: &'a InvoiceDocument,
    /// The totals of the credit notes that were issued.
    pub before: &'a [Totals],
}

/// What a credit note comes to.
///
/// All credit notes of an invoice add up to no more than the invoice, and once they take back all of it, to
/// exactly its net and its taxes: the last one is what the others left.
pub fn credit(
    of: Credited<'_>,
    asked: &DraftCreditNote,
) -> Result<(Vec<CreditNoteLine>, Totals), CreditError> {
    let left = of.left()?;
    if !left.gross.is_positive() {
        return Err(CreditError::TooMuch(Money::zero(left.gross.currency())));
    }
    match (asked.lines.as_slice(), asked.amount) {
        ([], None) if of.before.is_empty() => Ok((whole(of.invoice), of.invoice.totals.clone())),
        ([], None) => amount(of, asked, &left, left.gross),
        ([], Some(gross)) => amount(of, asked, &left, gross),
        (lines, None) => by_lines(of, &left, lines),
        (_, Some(_)) => Err(CreditError::LinesAndAmount),
    }
}

impl Credited<'_> {
    /// What earlier credit notes left of the invoice.
    pub fn left(&self) -> Result<Totals, MoneyError> {
        let mut left = self.invoice.totals.clone();
        for note in self.before {
            left.net = left.net.checked_sub(note.net)?;
            left.gross = left.gross.checked_sub(note.gross)?;
            for tax in &mut left.taxes {
                for taken in
                    note.taxes.iter().filter(|taken| taken.name == tax.name && taken.rate == tax.rate)
                {
                    tax.base = tax.base.checked_sub(taken.base)?;
                    tax.amount = tax.amount.checked_sub(taken.amount)?;
                }
            }
        }
        Ok(left)
    }
}

fn whole(invoice: &InvoiceDocument) -> Vec<CreditNoteLine> {
    invoice.lines.iter().map(|line| taken(line, line.quantity, line.amount)).collect()
}

fn taken(line: &InvoiceLine, quantity: Quantity, amount: Money) -> CreditNoteLine {
    CreditNoteLine {
        line_id: Some(line.id),
        description: line.description.clone(),
        quantity,
        unit: line.unit.clone(),
        unit_price: line.unit_price,
        taxes: line.taxes.clone(),
        amount,
    }
}

/// An amount with tax, which bears the invoice's taxes in the invoice's proportions.
fn amount(
    of: Credited<'_>,
    asked: &DraftCreditNote,
    left: &Totals,
    gross: Money,
) -> Result<(Vec<CreditNoteLine>, Totals), CreditError> {
    let invoice = of.invoice;
    if gross.currency() != left.gross.currency() {
        return Err(CreditError::CurrencyMismatch);
    }
    if !gross.is_positive() {
        return Err(CreditError::NotPositive);
    }
    if gross.minor() > left.gross.minor() {
        return Err(CreditError::TooMuch(left.gross));
    }
    let (net, taxes) = if gross == left.gross {
        (left.net, left.taxes.clone())
    } else {
        let (part, all) = (i128::from(gross.minor()), i128::from(invoice.totals.gross.minor()));
        let share =
            |money: Money| Money::exact(divide(i128::from(money.minor()) * part, all), gross.currency());
        let taxes: Vec<TaxTotal> = invoice
            .totals
            .taxes
            .iter()
            .map(|tax| Ok(TaxTotal { base: share(tax.base)?, amount: share(tax.amount)?, ..tax.clone() }))
            .collect::<Result<_, MoneyError>>()?;
        let tax = Money::sum(taxes.iter().map(|tax| tax.amount), gross.currency())?;
        (gross.checked_sub(tax)?, taxes)
    };
    let amount = match invoice.price_mode {
        PriceMode::Exclusive => net,
        PriceMode::Inclusive => gross,
    };
    let unit_price = UnitPrice::try_from(amount.to_decimal()).map_err(|_| MoneyError::Overflow)?;
    let mut borne: Vec<crate::tax::Tax> = Vec::new();
    for tax in invoice.lines.iter().flat_map(|line| &line.taxes) {
        if !borne.contains(tax) {
            borne.push(tax.clone());
        }
    }
    let line = CreditNoteLine {
        line_id: None,
        description: asked.reason.clone(),
        quantity: Quantity::try_from(rust_decimal::Decimal::ONE).expect("one is a quantity"),
        unit: crate::text::Line::default(),
        unit_price,
        taxes: borne,
        amount,
    };
    let totals = Totals {
        lines: vec![amount],
        subtotal: amount,
        discount: Money::zero(gross.currency()),
        net,
        taxes,
        gross,
    };
    Ok((vec![line], totals))
}

fn by_lines(
    of: Credited<'_>,
    left: &Totals,
    asked: &[CreditLine],
) -> Result<(Vec<CreditNoteLine>, Totals), CreditError> {
    let invoice = of.invoice;
    let currency = invoice.currency;
    let mut lines = Vec::new();
    let mut inputs = Vec::new();
    for (index, wanted) in asked.iter().enumerate() {
        let line = invoice.lines.iter().find(|line| line.id == wanted.line_id);
        let twice = asked[..index].iter().any(|other| other.line_id == wanted.line_id);
        let line = line.filter(|_| !twice).ok_or(CreditError::UnknownLine(index))?;
        let quantity = wanted.quantity.unwrap_or(line.quantity);
        let (part, all) = (quantity.scaled(), line.quantity.scaled());
        if part == 0 || part.signum() != all.signum() || part.abs() > all.abs() {
            return Err(CreditError::Quantity(index));
        }
        let input = LineInput { quantity, unit_price: line.unit_price, taxes: line.taxes.clone() };
        lines.push(taken(line, quantity, input.amount(currency)?));
        inputs.push(input);
    }
    let discount = match invoice.discount {
        // The invoice's discount is taken back in the proportion of what is taken back.
        Some(Discount::Amount(discount)) => {
            let taken = Money::sum(lines.iter().map(|line| line.amount), currency)?;
            let whole = invoice.totals.subtotal;
            let part = if whole.is_zero() {
                0
            } else {
                divide(i128::from(discount.minor()) * i128::from(taken.minor()), i128::from(whole.minor()))
            };
            Some(Discount::Amount(Money::exact(part, currency)?))
        }
        percent_or_none => percent_or_none,
    };
    let mut totals = compute(&inputs, discount, currency, invoice.rounding, invoice.price_mode)?;
    if !totals.gross.is_positive() {
        return Err(CreditError::NotPositive);
    }
    let over = i128::from(totals.gross.minor()) - i128::from(left.gross.minor());
    // Rounded one by one, lines may come to a little more than they did together: the last takes what is left.
    let rounding = (invoice.lines.len() * (1 + invoice.totals.taxes.len())) as i128;
    if over > rounding {
        return Err(CreditError::TooMuch(left.gross));
    }
    if over >= 0 {
        (totals.net, totals.gross) = (left.net, left.gross);
        totals.taxes.clone_from(&left.taxes);
        let after = match invoice.price_mode {
            PriceMode::Exclusive => totals.net,
            PriceMode::Inclusive => totals.gross,
        };
        totals.discount = totals.subtotal.checked_sub(after)?;
    }
    Ok((lines, totals))
}

#[cfg(test)]
mod tests;
