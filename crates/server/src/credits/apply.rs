//! Spending a client's credit.

use domain::clients::ClientId;
use domain::credits::{ApplyCredit, CreditApplied, CreditError, CreditTaken};
use domain::events::{Event, Subject};
use domain::invoices::InvoiceError;
use domain::money::Money;
use domain::payments::PaymentError as Rule;
use domain::problem::{Code, Problem};
use store::{Tx, clients, events, invoices, payments};

use super::notes::refuse;
use crate::payments::expire_attempts_of;
use crate::problem::Result;

/// Lets a client's credit pay one of its open invoices: no more than is owed, no more than is there.
pub async fn apply(tx: &mut Tx, client: ClientId, body: &ApplyCredit) -> Result<CreditApplied> {
    clients::lock(tx, client).await?;
    let found = invoices::lock(tx, &[body.invoice_id]).await?.pop();
    let invoice = found.filter(|invoice| invoice.client_id == client).ok_or(Code::NotFound)?;
    if !invoice.status.is_open() {
        return Err(InvoiceError::NotPayable.into());
    }
    let currency = invoice.total.currency();
    if body.amount.currency() != currency {
        return Err(Rule::CurrencyMismatch.into());
    }
    if !body.amount.is_positive() {
        return Err(Rule::NotPositive.into());
    }
    let owed = invoice.balance();
    if body.amount.minor() > owed.minor() {
        return Err(Problem::new(Code::MoreThanLeft)
            .detail(format!("{owed} is left to pay."))
            .field("/amount", "too_large", format!("must be at most {owed}"))
            .current(serde_json::json!({ "balance": owed }))
            .into());
    }
    let taken = payments::apply_credit(tx, &invoice, body.amount).await?;
    let spent = sum(&taken, body.amount)?;
    if spent != body.amount {
        // Nothing is kept of a part: the caller says what is to be spent.
        return Err(refuse(&CreditError::TooLittle(spent)));
    }
    let event = Event::CreditApplied { invoice_id: invoice.id, number: invoice.number, amount: spent };
    events::record(tx, Subject::Invoice(body.invoice_id), Some(client), &event).await?;
    // Whoever is about to pay the same online would pay it twice.
    expire_attempts_of(tx, body.invoice_id).await?;
    let (credit, _) = payments::credit_of(tx, client).await?;
    let left = credit.into_iter().find(|credit| credit.currency() == currency);
    Ok(CreditApplied {
        invoice_id: body.invoice_id,
        amount: spent,
        balance: owed.checked_sub(spent)?,
        credit: left.unwrap_or(Money::zero(currency)),
        taken,
    })
}

fn sum(taken: &[CreditTaken], of: Money) -> Result<Money> {
    Ok(Money::sum(taken.iter().map(|part| part.amount), of.currency())?)
}
