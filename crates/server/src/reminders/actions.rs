//! What keeps reminders still.

use domain::clients::ClientId;
use domain::events::{Event, Subject};
use domain::invoices::{InvoiceId, InvoiceStatus};
use domain::problem::{Code, Problem};
use domain::reminders::{ClientReminders, InvoiceReminders, InvoiceRemindersInput};
use store::{Tx, events, invoices, organizations, reminders};

use crate::problem::Result;

/// Says how a client is reminded.
pub async fn remind_client(tx: &mut Tx, id: ClientId, wanted: &ClientReminders) -> Result<()> {
    if reminders::client(tx, id).await? != *wanted {
        reminders::set_client(tx, id, wanted).await?;
        let event = Event::ClientChanged { fields: vec!["reminders".to_owned()] };
        events::record(tx, Subject::Client(id), Some(id), &event).await?;
    }
    Ok(())
}

/// Lets the reminders of an issued invoice rest, or go on.
pub async fn rest(tx: &mut Tx, id: InvoiceId, wanted: &InvoiceRemindersInput) -> Result<InvoiceReminders> {
    let today = organizations::today(tx).await?;
    let invoice = invoices::lock(tx, &[id]).await?.pop().ok_or(Code::NotFound)?;
    if invoice.status == InvoiceStatus::Draft {
        return Err(Problem::new(Code::Conflict).detail("Nobody is reminded of a draft.").into());
    }
    let known = reminders::invoice(tx, id, today).await?;
    if known.input == *wanted {
        return Ok(known);
    }
    // A promise that was broken may stay beside what is changed now.
    if wanted.promised_on != known.input.promised_on && wanted.promised_on.is_some_and(|day| day < today) {
        return Err(Problem::invalid("/promised_on", "in_past", "must be today or later").into());
    }
    reminders::set_invoice(tx, id, wanted).await?;
    let event = Event::InvoiceRemindersChanged { invoice_id: id, number: invoice.number };
    events::record(tx, Subject::Invoice(id), Some(invoice.client_id), &event).await?;
    Ok(reminders::invoice(tx, id, today).await?)
}
