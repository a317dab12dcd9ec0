use domain::events::{Event, Subject};
use domain::ids::Id;
use domain::invoices::{InvoiceId, InvoiceViewId};
use domain::problem::Code;

use super::lock;
use crate::{Actor, Error, Result, Tx, events, fresh};

/// Notes that the client looked at an invoice, with the organization's eyes. The first time is an event.
/// The version stays: what the client was shown is still what there is to pay.
pub async fn record_view(tx: &mut Tx, id: InvoiceId) -> Result<()> {
    let now = tx.now();
    let contact = match tx.actor() {
        Actor::Contact(contact) => Some(contact.uuid()),
        Actor::Member(_) | Actor::Guest(_) | Actor::System => None,
    };
    let invoice = lock(tx, &[id]).await?.pop().ok_or(Error::NotFound)?;
    sqlx::query!(
        "insert into invoice_view (id, invoice_id, contact_id, at) values ($1, $2, $3, $4)",
        fresh::<InvoiceViewId>(now).uuid(),
        id.uuid(),
        contact,
        now,
    )
    .execute(tx.connection())
    .await?;
    if invoice.viewed {
        return Ok(());
    }
    let done = sqlx::query!(
        "update invoice set viewed_at = $2, status = $3 where id = $1 and viewed_at is null and status <> 'draft'",
        id.uuid(),
        now,
        invoice.status.view() as _,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() != 1 {
        return Err(Error::Refused(Code::Conflict));
    }
    let event = Event::InvoiceViewed { invoice_id: id, number: invoice.number };
    events::record(tx, Subject::Invoice(id), Some(invoice.client_id), &event).await?;
    Ok(())
}
