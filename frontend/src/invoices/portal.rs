//! The client's invoices: their calls, their state in the client's words, and their pages.

pub mod attempt;
pub mod document;
pub mod guest;
pub mod how;
pub mod lines;
pub mod list;
pub mod money;
pub mod pay;
pub mod several;

use chrono::NaiveDate;
use domain::events::ActivityFilter;
use domain::invoices::{
    InvoiceDocument, InvoiceFilter, InvoiceId, InvoiceStatus, InvoiceSummary, InvoiceView,
};
use domain::money::{Currency, Money};
use domain::page::{MAX_LIMIT, Page};
use leptos::prelude::*;
use ui::{Mark, Pill, Tone};

use crate::activity::portal::Story;
use crate::api::{self, Answer, Intent};
use crate::credits::portal as credits;
use crate::t::portal::{invoice as invoice_texts, state as texts};

/// How many entries of its history an invoice shows.
const HISTORY: u16 = 30;
/// Days before the due date from which an invoice waits.
const SOON: i64 = 7;

async fn list(view: InvoiceView, cursor: Option<String>) -> Answer<Page<InvoiceSummary>> {
    api::get_with("/portal/invoices", &InvoiceFilter { view, cursor, ..InvoiceFilter::default() }).await
}

/// All that is to be paid: sums are of all of it, so a part of the list won't do.
async fn to_pay() -> Answer<Vec<InvoiceSummary>> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let filter = InvoiceFilter {
            view: InvoiceView::Open,
            limit: Some(MAX_LIMIT),
            cursor,
            ..InvoiceFilter::default()
        };
        let page: Page<InvoiceSummary> = api::get_with("/portal/invoices", &filter).await?;
        all.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}

/// The currencies in which something is to be paid, or is there as credit.
pub async fn currencies() -> Answer<Vec<Currency>> {
    let owed = to_pay().await?.into_iter().map(|invoice| invoice.balance.currency());
    let credit = credits::own().await?.credit.into_iter().map(Money::currency);
    let mut found = Vec::new();
    for currency in owed.chain(credit) {
        if !found.contains(&currency) {
            found.push(currency);
        }
    }
    Ok(found)
}

async fn find(id: InvoiceId) -> Answer<InvoiceDocument> {
    api::get(&format!("/portal/invoices/{id}")).await
}

async fn save_pdf(id: InvoiceId, number: &str) -> Answer<()> {
    api::download(&format!("/portal/invoices/{id}/pdf"), &format!("{}.pdf", invoice_texts::title(number)))
        .await
}

async fn viewed(id: InvoiceId) -> Answer<()> {
    api::act(&format!("/portal/invoices/{id}/viewed"), Intent::new()).await
}

async fn history(id: InvoiceId) -> Answer<Page<Story>> {
    let filter = ActivityFilter { limit: Some(HISTORY), cursor: None };
    api::get_with(&format!("/portal/invoices/{id}/activity"), &filter).await
}

/// Whole days from today to a date of business; negative where it is past.
fn days_until(due: NaiveDate) -> i64 {
    ui::format::today().parse::<NaiveDate>().map_or(0, |today| (due - today).num_days())
}

/// How an invoice stands, in the client's words: what they have to do about it, not what we did.
pub fn look(status: InvoiceStatus, overdue: bool, due: Option<NaiveDate>) -> (Mark, Tone, String) {
    let days = due.map(days_until);
    match status {
        InvoiceStatus::Paid => (Mark::Full, Tone::Positive, texts::paid().to_owned()),
        // What we gave up is nothing that the client did.
        InvoiceStatus::WrittenOff => (Mark::Void, Tone::Neutral, texts::written_off().to_owned()),
        InvoiceStatus::Void => (Mark::Void, Tone::Neutral, texts::void().to_owned()),
        // A day begins in the organization's zone, which decides; the browser's may lag behind.
        _ if overdue => (Mark::Late, Tone::Critical, texts::late(-days.unwrap_or(-1).min(-1))),
        InvoiceStatus::PartiallyPaid => (Mark::Most, Tone::Caution, texts::part_paid().to_owned()),
        InvoiceStatus::Draft | InvoiceStatus::Sent | InvoiceStatus::Viewed => match days {
            Some(..=0) => (Mark::Quarter, Tone::Caution, texts::due_today().to_owned()),
            Some(days @ ..=SOON) => (Mark::Quarter, Tone::Caution, texts::due_in(days)),
            Some(days) => (Mark::Empty, Tone::Neutral, texts::due_in(days)),
            None => (Mark::Empty, Tone::Neutral, texts::to_pay().to_owned()),
        },
    }
}

/// How an invoice stands.
#[component]
fn StatePill(
    /// How far it has come.
    status: InvoiceStatus,
    /// Whether it is late.
    overdue: bool,
    /// Until when it is to be paid.
    due: Option<NaiveDate>,
    /// On a tinted ground, where it heads a page.
    #[prop(optional)]
    tint: bool,
) -> impl IntoView {
    let (mark, tone, label) = look(status, overdue, due);
    view! { <Pill label mark tone tint/> }
}
