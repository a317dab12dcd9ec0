//! Payments that their payers contest with their banks: what the provider tells of them, kept on the payment.

use domain::events::{Event, Subject};
use domain::invoices::InvoiceId;
use domain::money::Money;
use domain::payments::PaymentId;
use integrations::payment::ProviderDispute;
use store::payments::disputes::{self, Told};
use store::{Tx, events, invoices, payments};

use crate::problem::Result;

/// Applies what a provider says about disputes of a payment: what it withdrew is booked as taken back, what it
/// gave back again pays what it had paid. What doesn't fit comes back in words. Client and invoices are locked.
pub async fn reconcile(tx: &mut Tx, payment: PaymentId, said: &[ProviderDispute]) -> Result<Option<String>> {
    for one in said {
        if let Some(reason) = apply(tx, payment, one).await? {
            return Ok(Some(reason));
        }
    }
    Ok(None)
}

async fn apply(tx: &mut Tx, id: PaymentId, said: &ProviderDispute) -> Result<Option<String>> {
    let payment = payments::lock(tx, id).await?;
    let known = disputes::known(tx, id, &said.reference).await?;
    if said.amount.currency() != payment.amount.currency() {
        return Ok(Some(format!("{} is disputed of a payment of {}.", said.amount, payment.amount)));
    }
    let before = known.map_or(Money::zero(said.amount.currency()), |known| known.withdrawn);
    // The bank takes no more than is still there: what was given back before is not taken twice.
    let there = payment.amount.minor() - payment.refunded.minor() - payment.disputed.minor() + before.minor();
    let withdrawn = if said.withdrawn { said.amount.minor().min(there.max(0)) } else { 0 };
    let withdrawn = Money::new(withdrawn, said.amount.currency());
    // Decided is decided: what is told late changes nothing.
    if known.is_some_and(|known| !known.state.is_open() && said.state.is_open()) {
        return Ok(None);
    }
    if known.is_some_and(|known| known.state == said.state && known.withdrawn == withdrawn) {
        return Ok(None);
    }
    let told = Told {
        reference: said.reference.clone(),
        amount: said.amount,
        state: said.state,
        reason: said.reason.clone(),
        due_by: said.due_by,
        withdrawn,
    };
    let mut touched: Vec<InvoiceId> =
        payments::allocated(tx, id).await?.into_iter().map(|(invoice, _)| invoice).collect();
    let change = withdrawn.minor() - before.minor();
    let amount = Money::new(change.abs(), said.amount.currency());
    if change > 0 {
        payments::book_dispute(tx, &payment, amount).await?;
    } else if change < 0 {
        payments::unbook_dispute(tx, &payment, amount).await?;
        touched.extend(payments::allocated(tx, id).await?.into_iter().map(|(invoice, _)| invoice));
    }
    let dispute_id = disputes::keep(tx, id, payment.client_id, &told).await?;
    if said.state.is_open() {
        invoices::mark_disputed(tx, &touched, true).await?;
    } else {
        let ever_paid = payments::ever_paid(tx, id).await?;
        invoices::mark_disputed(tx, &ever_paid, false).await?;
    }
    let event = Event::PaymentDisputed {
        dispute_id,
        payment_id: id,
        amount: said.amount,
        state: said.state,
        reason: said.reason.clone(),
        due_by: said.due_by,
    };
    let client = Some(payment.client_id);
    events::record(tx, Subject::Payment(id), client, &event).await?;
    if known.is_none_or(|known| known.state != said.state) {
        let reason = match said.due_by.filter(|_| said.state.is_open()) {
            Some(due_by) => format!(
                "{} is contested with the bank ({}). Answer at the provider until {}.",
                said.amount,
                said.reason,
                due_by.format("%Y-%m-%d %H:%M UTC")
            ),
            None => format!(
                "{} is contested with the bank ({}): {}.",
                said.amount,
                said.reason,
                said.state.as_str()
            ),
        };
        let event = Event::PaymentNeedsAttention { inbound_event_id: None, payment_id: Some(id), reason };
        events::record(tx, Subject::Payment(id), client, &event).await?;
    }
    Ok(None)
}
