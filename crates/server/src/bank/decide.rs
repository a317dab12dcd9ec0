//! What money on a statement is: a payment, or nothing to do with invoices.

use domain::bank::{BankTransaction, BankTransactionId, BankTransactionState, MatchBankTransaction};
use domain::events::{Event, Subject};
use domain::invoices::{InvoiceError, InvoiceId};
use domain::money::Money;
use domain::payments::{ManualMethod, PaymentError as Rule};
use domain::problem::{Code, Problem};
use store::invoices::{self, Locked};
use store::{Tx, bank, events};

use crate::App;
use crate::payments::receipt;
use crate::payments::received::{self, Takings};
use crate::problem::{Failure, Result};

/// The most characters of a payment's reference.
const REFERENCE: usize = 200;

/// Locks a transaction nobody has decided about.
async fn undecided(tx: &mut Tx, id: BankTransactionId) -> Result<BankTransaction> {
    let found = bank::lock(tx, id).await?;
    if found.state == BankTransactionState::Open {
        return Ok(found);
    }
    let current = serde_json::to_value(&found).map_err(Failure::internal)?;
    Err(Problem::new(Code::Conflict)
        .detail("Somebody has decided about this money already.")
        .current(current)
        .into())
}

/// Books a transaction as a payment of these invoices, and thanks for it.
pub async fn pair(
    app: &App,
    tx: &mut Tx,
    id: BankTransactionId,
    body: &MatchBankTransaction,
) -> Result<BankTransaction> {
    let money = undecided(tx, id).await?;
    if !money.amount.is_positive() {
        return Err(Problem::new(Code::Conflict)
            .detail("This was taken back by the bank, so it pays nothing. Give the payment back instead.")
            .into());
    }
    let mut ids: Vec<InvoiceId> = body.allocations.iter().map(|part| part.invoice_id).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() < body.allocations.len() {
        return Err(Problem::invalid("/allocations", "duplicate", "name each invoice once").into());
    }
    let locked = invoices::lock(tx, &ids).await?;
    let shares = shares(body, &locked, money.amount)?;
    let client_id = shares.first().map(|(invoice, _)| invoice.client_id).ok_or(Code::NotFound)?;
    let reference = money.creditor_reference.as_deref().unwrap_or(&money.remittance);
    let received = Takings {
        client_id,
        amount: money.amount,
        method: ManualMethod::BankTransfer,
        // A bank may book for tomorrow.
        received_on: money.booked_on.min(store::organizations::today(tx).await?),
        reference: reference.chars().take(REFERENCE).collect(),
        // Books it once, whatever else goes wrong.
        once: Some(id.to_string()),
        shares,
    };
    let payment_id = received::book(tx, received).await?.ok_or(Code::Conflict)?;
    bank::decide(tx, id, Some(payment_id)).await?;
    let event = Event::BankTransactionMatched { transaction_id: id, payment_id, amount: money.amount };
    events::record(tx, Subject::Payment(payment_id), Some(client_id), &event).await?;
    if body.send_receipt.unwrap_or(true) {
        let organization = store::organizations::find(tx).await?;
        receipt::send(app, tx, &organization, payment_id, None).await?;
    }
    Ok(bank::find(tx, id).await?)
}

/// What each invoice gets, as it was asked for and as far as it may.
fn shares(body: &MatchBankTransaction, locked: &[Locked], money: Money) -> Result<Vec<(Locked, Money)>> {
    let mut shares: Vec<(Locked, Money)> = Vec::new();
    for (index, part) in body.allocations.iter().enumerate() {
        let invoice = locked.iter().find(|invoice| invoice.id == part.invoice_id).ok_or(Code::NotFound)?;
        let wrong = |code: &'static str, message: String| {
            let pointer = format!("/allocations/{index}/amount");
            Err(Problem::new(Code::AmountNotAllowed).field(pointer, code, message).into())
        };
        if !invoice.status.is_open() {
            return Err(InvoiceError::NotPayable.into());
        }
        if invoice.total.currency() != money.currency() || part.amount.currency() != money.currency() {
            return Err(Rule::CurrencyMismatch.into());
        }
        if !part.amount.is_positive() {
            return wrong("not_positive", "must be more than nothing".to_owned());
        }
        if part.amount.minor() > invoice.balance().minor() {
            return wrong("above_balance", format!("must be at most {}", invoice.balance()));
        }
        if shares.first().is_some_and(|(first, _)| first.client_id != invoice.client_id) {
            let pointer = format!("/allocations/{index}/invoice_id");
            return Err(
                Problem::invalid(pointer, "other_client", "must be an invoice of the same client").into()
            );
        }
        shares.push((invoice.clone(), part.amount));
    }
    let sum = Money::sum(shares.iter().map(|(_, amount)| *amount), money.currency())?;
    if sum.minor() > money.minor() {
        return Err(Problem::new(Code::AmountNotAllowed)
            .field("/allocations", "above_amount", format!("must be at most {money} together"))
            .into());
    }
    Ok(shares)
}

/// Notes that a transaction pays no invoice.
pub async fn ignore(tx: &mut Tx, id: BankTransactionId) -> Result<BankTransaction> {
    let money = undecided(tx, id).await?;
    bank::decide(tx, id, None).await?;
    let event = Event::BankTransactionIgnored { transaction_id: id, amount: money.amount };
    events::record(tx, Subject::Organization, None, &event).await?;
    Ok(bank::find(tx, id).await?)
}

/// Takes back that a transaction pays no invoice. What became a payment stays one: its money is given back or moved as
/// that of any payment.
pub async fn reopen(tx: &mut Tx, id: BankTransactionId) -> Result<BankTransaction> {
    let found = bank::lock(tx, id).await?;
    match found.state {
        BankTransactionState::Open => return Ok(found),
        BankTransactionState::Ignored => {}
        BankTransactionState::Matched => {
            return Err(Problem::new(Code::Conflict)
                .detail("This became a payment. Give that back, or leave it as the client's credit.")
                .current(serde_json::to_value(&found).map_err(Failure::internal)?)
                .into());
        }
    }
    bank::reopen(tx, id).await?;
    let event = Event::BankTransactionReopened { transaction_id: id, amount: found.amount };
    events::record(tx, Subject::Organization, None, &event).await?;
    Ok(bank::find(tx, id).await?)
}
