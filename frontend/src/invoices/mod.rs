//! Invoices: their calls, and how their state is shown.

pub mod console;
pub mod portal;

use domain::invoices::{
    DraftInvoice, Invoice, InvoiceFigures, InvoiceFilter, InvoiceId, InvoiceLink, InvoiceStatus,
    InvoiceSummary, SendInvoice, TaxRate, VoidInvoice,
};
use domain::page::Page;
use leptos::prelude::*;
use ui::{Mark, Pill, Tone};

use crate::api::{self, Answer, Intent};
use crate::t::invoices::state as texts;

/// Invoices, newest first.
pub async fn list(filter: &InvoiceFilter) -> Answer<Page<InvoiceSummary>> {
    api::get_with("/invoices", filter).await
}

/// Sums over all of them.
pub async fn figures() -> Answer<InvoiceFigures> {
    api::get("/invoices/figures").await
}

/// One of them; `id` as it stands in the address.
pub async fn find(id: &str) -> Answer<Invoice> {
    api::get(&format!("/invoices/{id}")).await
}

/// The tax rates to choose from.
pub async fn tax_rates() -> Answer<Vec<TaxRate>> {
    api::get("/tax-rates").await
}

async fn create(body: &DraftInvoice, intent: Intent) -> Answer<Invoice> {
    api::post("/invoices", body, intent).await
}

async fn replace(id: InvoiceId, body: &DraftInvoice, version: i64) -> Answer<Invoice> {
    api::put(&format!("/invoices/{id}"), body, Some(version)).await
}

async fn delete(id: InvoiceId) -> Answer<()> {
    api::delete(&format!("/invoices/{id}")).await
}

async fn send(id: InvoiceId, body: &SendInvoice, version: i64, intent: Intent) -> Answer<Invoice> {
    api::post_at(&format!("/invoices/{id}/send"), body, version, intent).await
}

async fn resend(id: InvoiceId, body: &SendInvoice, intent: Intent) -> Answer<Invoice> {
    api::post(&format!("/invoices/{id}/resend"), body, intent).await
}

/// Makes a link to hand on, which opens the invoice without signing in.
async fn save_pdf(id: InvoiceId, name: &str) -> Answer<()> {
    api::download(&format!("/invoices/{id}/pdf"), &format!("{name}.pdf")).await
}

async fn copy_link(id: InvoiceId) -> Answer<InvoiceLink> {
    api::act(&format!("/invoices/{id}/copy-link"), Intent::new()).await
}

async fn void(id: InvoiceId, body: &VoidInvoice, intent: Intent) -> Answer<Invoice> {
    api::post(&format!("/invoices/{id}/void"), body, intent).await
}

/// How an invoice's state looks, and its word.
pub fn look(status: InvoiceStatus, overdue: bool, due_on: Option<chrono::NaiveDate>) -> (Mark, Tone, String) {
    if overdue {
        let days = due_on.map_or(0, |due| days_since(&due.to_string()));
        return (Mark::Late, Tone::Critical, texts::late(days));
    }
    match status {
        InvoiceStatus::Draft => (Mark::Draft, Tone::Neutral, texts::draft().to_owned()),
        InvoiceStatus::Sent => (Mark::Empty, Tone::Neutral, texts::sent().to_owned()),
        InvoiceStatus::Viewed => (Mark::Half, Tone::Info, texts::viewed().to_owned()),
        InvoiceStatus::PartiallyPaid => (Mark::Most, Tone::Caution, texts::partially_paid().to_owned()),
        InvoiceStatus::Paid => (Mark::Full, Tone::Positive, texts::paid().to_owned()),
        InvoiceStatus::WrittenOff => (Mark::Void, Tone::Neutral, texts::written_off().to_owned()),
        InvoiceStatus::Void => (Mark::Void, Tone::Neutral, texts::void().to_owned()),
    }
}

/// Whole days from a date of business to today.
fn days_since(due: &str) -> i64 {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().ok();
    match (day(due), day(&ui::format::today())) {
        (Some(due), Some(today)) => (today - due).num_days(),
        _ => 0,
    }
}

/// An invoice's state.
#[component]
pub fn StatePill(
    /// How far it has come.
    status: InvoiceStatus,
    /// Whether it is late.
    overdue: bool,
    /// Until when it is to be paid.
    due_on: Option<chrono::NaiveDate>,
    /// On a tinted ground, where it heads a page.
    #[prop(optional)]
    tint: bool,
) -> impl IntoView {
    let (mark, tone, label) = look(status, overdue, due_on);
    view! { <Pill label mark tone tint/> }
}
