//! Credit: notes that take back what an invoice asked for, money that pays nothing yet, and what is given up.

pub mod console;
pub mod portal;

use domain::clients::ClientId;
use domain::credits::{
    ApplyCredit, ClientCredit, CreditApplied, CreditNote, CreditNoteFilter, CreditNoteId, CreditNoteSummary,
    CreditOrigin, DraftCreditNote, IssueCreditNote, WriteOffInvoice,
};
use domain::invoices::{Invoice, InvoiceId};
use domain::page::{MAX_LIMIT, Page};

use crate::api::{self, Answer, Intent};
use crate::t::credits as texts;

/// What a client's credit comes to, and where it came from.
async fn of_client(id: ClientId) -> Answer<ClientCredit> {
    api::get(&format!("/clients/{id}/credit")).await
}

/// Pays an invoice from the client's credit.
async fn apply(id: ClientId, body: &ApplyCredit, intent: Intent) -> Answer<CreditApplied> {
    api::post(&format!("/clients/{id}/credit/applications"), body, intent).await
}

/// An invoice's credit notes, the newest first.
async fn notes_of(invoice_id: InvoiceId) -> Answer<Page<CreditNoteSummary>> {
    let filter = CreditNoteFilter {
        invoice_id: Some(invoice_id),
        limit: Some(MAX_LIMIT),
        ..CreditNoteFilter::default()
    };
    api::get_with("/credit-notes", &filter).await
}

async fn list(filter: &CreditNoteFilter) -> Answer<Page<CreditNoteSummary>> {
    api::get_with("/credit-notes", filter).await
}

async fn save_pdf(id: CreditNoteId, file_name: &str) -> Answer<()> {
    api::download(&format!("/credit-notes/{id}/pdf"), file_name).await
}

async fn find(id: CreditNoteId) -> Answer<CreditNote> {
    api::get(&format!("/credit-notes/{id}")).await
}

async fn draft(invoice: InvoiceId, body: &DraftCreditNote, intent: Intent) -> Answer<CreditNote> {
    api::post(&format!("/invoices/{invoice}/credit-notes"), body, intent).await
}

async fn delete(id: CreditNoteId) -> Answer<()> {
    api::delete(&format!("/credit-notes/{id}")).await
}

async fn issue(id: CreditNoteId, body: &IssueCreditNote, version: i64, intent: Intent) -> Answer<CreditNote> {
    api::post_at(&format!("/credit-notes/{id}/issue"), body, version, intent).await
}

async fn write_off(id: InvoiceId, body: &WriteOffInvoice, intent: Intent) -> Answer<Invoice> {
    api::post(&format!("/invoices/{id}/write-off"), body, intent).await
}

async fn undo_write_off(id: InvoiceId) -> Answer<()> {
    api::delete(&format!("/invoices/{id}/write-off")).await
}

/// Where credit came from, in words.
fn origin(origin: CreditOrigin, number: Option<&str>) -> String {
    match (origin, number) {
        (CreditOrigin::CreditNote, Some(number)) => texts::from_note_numbered(number),
        (CreditOrigin::CreditNote, None) => texts::from_note().to_owned(),
        (CreditOrigin::OverPayment, _) => texts::from_over_payment().to_owned(),
        (CreditOrigin::TakenOff, _) => texts::from_taken_off().to_owned(),
    }
}
