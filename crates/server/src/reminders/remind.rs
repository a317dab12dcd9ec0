//! Mailing the step of the ladder that an invoice has reached: one mail at most, whatever was missed before.

use domain::events::{Event, Subject};
use domain::invoices::InvoiceId;
use domain::reminders::ReminderRule;
use serde::{Deserialize, Serialize};
use store::invoices::guest_links;
use store::jobs::{self, Job};
use store::{Reason, Tx, events, invoices, mail, organizations, reminders};

use crate::App;
use crate::invoices::send::guest_url;
use crate::mail::{Letter, format};
use crate::problem::Result;
use crate::worker::JobError;

/// Reminds of one invoice.
pub const REMIND: &str = "remind_of_invoice";
/// Invoices of one round; the next round takes the next.
const BATCH: i64 = 500;

#[derive(Serialize, Deserialize)]
struct Payload {
    invoice_id: InvoiceId,
}

/// Asks for everybody to be reminded who is to be.
pub async fn round(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.begin_system(Reason::Jobs, now).await?;
    let due = reminders::due(&mut tx, BATCH).await?;
    drop(tx);
    for (organization, invoice_id) in due {
        let mut tx = app.store.begin_worker(organization, Reason::Jobs, now).await?;
        let payload = serde_json::json!(Payload { invoice_id });
        jobs::enqueue(&mut tx, REMIND, &payload, now, Some(&invoice_id.to_string())).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Does [`REMIND`]. Under the invoice's lock: a payment comes before or after, never between.
pub async fn job(app: &App, job: &Job) -> Result<(), JobError> {
    let Payload { invoice_id } =
        serde_json::from_value(job.payload.clone()).map_err(|error| JobError::Hopeless(error.to_string()))?;
    let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, app.clock.now()).await?;
    invoices::lock(&mut tx, &[invoice_id]).await?;
    let reached = reminders::reached(&mut tx, invoice_id).await?;
    if let Some(step) = reached.last() {
        remind(app, &mut tx, invoice_id, step).await?;
        reminders::note(&mut tx, invoice_id, &reached).await?;
    }
    jobs::finish(&mut tx, job.id).await?;
    tx.commit().await?;
    Ok(())
}

#[derive(Serialize)]
struct Words<'a> {
    number: &'a str,
    message: &'a str,
    balance: String,
    due_on: String,
}

async fn remind(app: &App, tx: &mut Tx, id: InvoiceId, step: &ReminderRule) -> Result<()> {
    let organization = organizations::find(tx).await?;
    let invoice = invoices::find_document(tx, id, &organization).await?;
    let number = invoice.number.clone().unwrap_or_default();
    let recipients = invoices::recipients(tx, invoice.client_id, None).await?;
    for (recipient, language) in &recipients {
        let language = language.unwrap_or(organization.language);
        let (url, token) = guest_url(app, &organization);
        guest_links::insert(tx, &token.hash, invoice.client_id, id, Some(recipient.contact_id)).await?;
        let letter = Letter {
            name: step.tone.mail(),
            organization: &organization,
            to_name: recipient.name.as_str(),
            to: &recipient.email,
            language,
            link: Some(&url),
            values: Words {
                number: &number,
                message: step.message.as_str(),
                balance: format::money(language, invoice.next_payment),
                due_on: invoice.due_on.map(|due| format::date(language, due)).unwrap_or_default(),
            },
        };
        mail::enqueue(tx, &letter.write()?).await?;
    }
    let to = recipients.iter().map(|(recipient, _)| recipient.email.to_string()).collect();
    let event = Event::InvoiceReminded { invoice_id: id, number, days: step.days, to };
    events::record(tx, Subject::Invoice(id), Some(invoice.client_id), &event).await?;
    Ok(())
}
