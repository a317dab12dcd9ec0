//! Documents: frozen by the transaction that issues them, printed when somebody first needs them, kept from
//! then on.
//!
//! What is frozen is the whole input of the crate `documents`: a later change of the organization's name or
//! logo doesn't reach it. Printing takes a moment of one processor, so it is done outside of transactions, and
//! only so many documents at a time ([`Press`]).

pub mod http;
mod input;
mod press;
#[cfg(test)]
mod tests;

pub use press::Press;

use ::documents::{Invoice, Quote, Receipt};
use domain::credits::CreditNote;
use domain::documents::DocumentId;
use domain::invoices::InvoiceDocument;
use domain::organizations::{Organization, OrganizationId};
use domain::payments::Payment;
use domain::quotes::{DecisionKind, QuoteDocument};
use integrations::mail::Attachment;
use store::documents::{self, Frozen, Of};
use store::{Reason, Tx, invoices};

use crate::App;
use crate::problem::{Failure, Result};

/// The document of an issued invoice; frozen now, if it wasn't yet.
pub async fn of_invoice(
    tx: &mut Tx,
    organization: &Organization,
    invoice: &InvoiceDocument,
) -> Result<Frozen> {
    let of = Of::Invoice(invoice.id);
    if let Some(frozen) = documents::of(tx, of).await? {
        return Ok(frozen);
    }
    let input = input::invoice(tx, organization, invoice).await?;
    freeze(tx, of, &file_name("Invoice", &input.number), &input).await
}

/// The receipt of a payment; frozen now, if it wasn't yet.
pub async fn of_payment(tx: &mut Tx, organization: &Organization, payment: &Payment) -> Result<Frozen> {
    let of = Of::Payment(payment.id);
    if let Some(frozen) = documents::of(tx, of).await? {
        return Ok(frozen);
    }
    let input = input::receipt(tx, organization, payment).await?;
    let numbers: Vec<&str> = input.shares.iter().map(|share| share.number.as_str()).collect();
    freeze(tx, of, &file_name("Receipt", &numbers.join("-")), &input).await
}

/// The document of an issued credit note; frozen now, if it wasn't yet.
pub async fn of_credit_note(tx: &mut Tx, organization: &Organization, note: &CreditNote) -> Result<Frozen> {
    let of = Of::CreditNote(note.id);
    if let Some(frozen) = documents::of(tx, of).await? {
        return Ok(frozen);
    }
    let invoice = invoices::find_document(tx, note.invoice_id, organization).await?;
    let input = input::credit_note(tx, organization, note, &invoice).await?;
    freeze(tx, of, &file_name("Credit note", &input.number), &input).await
}

/// The document of a version that was sent: the accepted one with the client's yes, else as it is offered;
/// frozen now, if it wasn't yet.
pub async fn of_quote(tx: &mut Tx, organization: &Organization, quote: &QuoteDocument) -> Result<Frozen> {
    let accepted = quote.decision.as_ref().filter(|decision| decision.kind == DecisionKind::Accepted);
    let of = accepted.map_or(Of::Quote(quote.id, quote.no), |decision| Of::Acceptance(decision.id));
    if let Some(frozen) = documents::of(tx, of).await? {
        return Ok(frozen);
    }
    let input = input::quote(tx, organization, quote).await?;
    let mut number = input.number.clone();
    if quote.no > 1 {
        number.push_str(&format!("-v{}", quote.no));
    }
    if accepted.is_some() {
        number.push_str("-accepted");
    }
    freeze(tx, of, &file_name("Quote", &number), &input).await
}

async fn freeze(tx: &mut Tx, of: Of, file_name: &str, input: &impl serde::Serialize) -> Result<Frozen> {
    let logo = input::logo(tx).await?;
    let input = serde_json::to_value(input).map_err(Failure::internal)?;
    documents::freeze(tx, of, file_name, &input, logo.as_ref()).await?;
    documents::of(tx, of).await?.ok_or_else(|| Failure::internal("what was frozen is there"))
}

/// A name that every file system takes.
fn file_name(kind: &str, number: &str) -> String {
    let number: String = number
        .chars()
        .take(60)
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' })
        .collect();
    format!("{}.pdf", [kind, number.as_str()].join(" ").trim())
}

/// The PDF of a document: what is kept, or printed now and kept. No transaction of the caller's may be open
/// that locks the document.
pub async fn pdf(app: &App, organization: OrganizationId, frozen: Frozen) -> Result<Vec<u8>> {
    if let Some(pdf) = frozen.pdf {
        return Ok(pdf);
    }
    let (id, logo) = (frozen.id, frozen.logo);
    let pdf = match frozen.of {
        Of::Invoice(_) | Of::CreditNote(_) => {
            let mut invoice: Invoice = serde_json::from_value(frozen.input).map_err(Failure::internal)?;
            invoice.letter.brand.logo = logo;
            app.press.print(move || invoice.pdf()).await?
        }
        Of::Payment(_) => {
            let mut receipt: Receipt = serde_json::from_value(frozen.input).map_err(Failure::internal)?;
            receipt.letter.brand.logo = logo;
            app.press.print(move || receipt.pdf()).await?
        }
        Of::Quote(..) | Of::Acceptance(_) => {
            let mut quote: Quote = serde_json::from_value(frozen.input).map_err(Failure::internal)?;
            quote.letter.brand.logo = logo;
            app.press.print(move || quote.pdf()).await?
        }
    };
    let mut tx = app.store.begin_worker(organization, Reason::Documents, app.clock.now()).await?;
    let kept = documents::keep(&mut tx, id, &pdf).await?;
    tx.commit().await?;
    Ok(kept)
}

/// A document as a file that goes with a mail.
pub async fn attachment(app: &App, tx: &mut Tx, id: DocumentId) -> Result<Attachment> {
    let frozen = documents::find(tx, id).await?;
    Ok(Attachment {
        file_name: frozen.file_name.clone(),
        media_type: "application/pdf".to_owned(),
        bytes: pdf(app, tx.organization_id(), frozen).await?,
    })
}
