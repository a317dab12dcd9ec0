//! Charging the fees whose day has come: each occurrence once, however often and wherever this runs.

use domain::events::{Event, Subject};
use domain::invoices::{DraftInvoice, InvoiceId, InvoiceLineInput, SendInvoice};
use domain::late_fees::LateFeeCharge;
use domain::money::Money;
use domain::recurring::Delivery;
use domain::text::{Language, Line, Note};
use domain::totals::PriceMode;
use serde::{Deserialize, Serialize};
use store::invoices::Locked;
use store::jobs::{self, Job};
use store::late_fees::{self, Reached};
use store::{Reason, Tx, events, invoices, organizations};

use crate::App;
use crate::invoices::{actions, send};
use crate::mail::format;
use crate::problem::{Failure, Result};
use crate::worker::JobError;

/// Charges one invoice.
pub const CHARGE: &str = "charge_late_fee";
/// Invoices of one round; the next round takes the next.
const BATCH: i64 = 500;

#[derive(Serialize, Deserialize)]
struct Payload {
    invoice_id: InvoiceId,
}

/// Asks for everything to be charged that is due.
pub async fn round(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.begin_system(Reason::Jobs, now).await?;
    let due = late_fees::due(&mut tx, BATCH).await?;
    drop(tx);
    for (organization, invoice_id) in due {
        let mut tx = app.store.begin_worker(organization, Reason::Jobs, now).await?;
        let payload = serde_json::json!(Payload { invoice_id });
        jobs::enqueue(&mut tx, CHARGE, &payload, now, Some(&invoice_id.to_string())).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Does [`CHARGE`].
pub async fn job(app: &App, job: &Job) -> Result<(), JobError> {
    let Payload { invoice_id } =
        serde_json::from_value(job.payload.clone()).map_err(|error| JobError::Hopeless(error.to_string()))?;
    let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, app.clock.now()).await?;
    charge(app, &mut tx, invoice_id).await?;
    jobs::finish(&mut tx, job.id).await?;
    tx.commit().await?;
    Ok(())
}

/// Charges what an invoice has reached, on one invoice with a line for each day. Under the late invoice's lock: a payment
/// comes before or after, never between. What is charged follows from what is open now; it can only have become less.
pub async fn charge(app: &App, tx: &mut Tx, id: InvoiceId) -> Result<()> {
    let Some(late) = invoices::lock(tx, &[id]).await?.pop() else { return Ok(()) };
    let reached = late_fees::reached(tx, id).await?;
    let open = late.balance();
    let amount = |reached: &Reached| if reached.held { None } else { reached.charge.of(open) };
    let (charged, nothing): (Vec<_>, Vec<_>) =
        reached.iter().map(|reached| (reached, amount(reached))).partition(|(_, amount)| amount.is_some());
    for (reached, _) in nothing {
        late_fees::note(tx, id, reached, None).await?;
    }
    let charged: Vec<(&Reached, Money)> =
        charged.into_iter().filter_map(|(reached, amount)| Some((reached, amount?))).collect();
    if charged.is_empty() {
        return Ok(());
    }
    let organization = organizations::find(tx).await?;
    let recipients = invoices::recipients(tx, late.client_id, None).await?;
    let language = recipients.iter().find_map(|(_, language)| *language).unwrap_or(organization.language);
    let fee = actions::create(tx, &draft(language, &late, &charged)?).await?.document;
    for (reached, amount) in &charged {
        late_fees::note(tx, id, reached, Some((*amount, fee.id))).await?;
    }
    // What one rule wants a person to look at is looked at.
    if charged.iter().all(|(reached, _)| reached.delivery == Delivery::Send) {
        send::send(app, tx, fee.id, fee.version, &SendInvoice::default()).await?;
    }
    let event = Event::InvoiceLateFeeCharged {
        invoice_id: id,
        number: late.number,
        fee_invoice_id: fee.id,
        amount: fee.totals.gross,
    };
    events::record(tx, Subject::Invoice(id), Some(late.client_id), &event).await?;
    Ok(())
}

/// The fee's invoice. It bears no tax: what is paid for being late is compensation, not the price of something.
fn draft(language: Language, late: &Locked, charged: &[(&Reached, Money)]) -> Result<DraftInvoice> {
    let description = match language {
        Language::En => format!("Late fee for invoice {}", late.number),
        Language::De => format!("Verzugsgebühr zu Rechnung {}", late.number),
    };
    let lines = charged.iter().map(|(reached, amount)| {
        let detail = detail(language, reached, late.balance());
        Ok(InvoiceLineInput {
            description: description.parse().map_err(Failure::internal)?,
            detail: detail.parse().map_err(Failure::internal)?,
            quantity: "1".parse().map_err(Failure::internal)?,
            unit: Line::default(),
            unit_price: amount.to_decimal().try_into().map_err(Failure::internal)?,
            taxes: Vec::new(),
        })
    });
    Ok(DraftInvoice {
        client_id: late.client_id,
        currency: Some(late.total.currency()),
        issued_on: None,
        due_on: None,
        schedule: Vec::new(),
        reference: Line::default(),
        note: Note::default(),
        internal_note: Note::default(),
        price_mode: Some(PriceMode::Exclusive),
        discount: None,
        lines: lines.collect::<Result<_>>()?,
    })
}

/// What a fee is for: `15 April 2026: 1.5 % of 100.00 EUR still open`.
fn detail(language: Language, reached: &Reached, open: Money) -> String {
    let day = format::date(language, reached.day);
    let open = format::money(language, open);
    match (language, reached.charge) {
        (Language::En, LateFeeCharge::Percent(rate)) => format!("{day}: {rate}\u{a0}% of {open} still open"),
        (Language::De, LateFeeCharge::Percent(rate)) => {
            format!("{day}: {}\u{a0}% von {open}, noch offen", rate.to_string().replace('.', ","))
        }
        (Language::En, LateFeeCharge::Amount(_)) => format!("{day}: {open} still open"),
        (Language::De, LateFeeCharge::Amount(_)) => format!("{day}: {open} noch offen"),
    }
}
