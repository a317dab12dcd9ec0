//! Invoices that come again: their calls, and how their rhythm and state are said.

pub mod console;

use domain::page::Page;
use domain::recurring::{
    BilledPeriod, BilledPeriodFilter, RecurringInvoice, RecurringInvoiceFilter, RecurringInvoiceId,
    RecurringInvoiceInput, RecurringInvoiceSummary, RecurringState, Rhythm, RhythmUnit,
};
use leptos::prelude::*;
use ui::{Mark, Pill, Tone};

use crate::api::{self, Answer, Intent};
use crate::t::recurring as texts;

/// Those that the filter lets through, newest first.
pub async fn list(filter: &RecurringInvoiceFilter) -> Answer<Page<RecurringInvoiceSummary>> {
    api::get_with("/recurring-invoices", filter).await
}

/// One of them; `id` as it stands in the address.
pub async fn find(id: &str) -> Answer<RecurringInvoice> {
    api::get(&format!("/recurring-invoices/{id}")).await
}

/// What it has billed, the latest first.
pub async fn periods(id: RecurringInvoiceId, filter: &BilledPeriodFilter) -> Answer<Page<BilledPeriod>> {
    api::get_with(&format!("/recurring-invoices/{id}/periods"), filter).await
}

async fn create(body: &RecurringInvoiceInput, intent: Intent) -> Answer<RecurringInvoice> {
    api::post("/recurring-invoices", body, intent).await
}

async fn replace(
    id: RecurringInvoiceId,
    body: &RecurringInvoiceInput,
    version: i64,
) -> Answer<RecurringInvoice> {
    api::put(&format!("/recurring-invoices/{id}"), body, Some(version)).await
}

async fn pause(id: RecurringInvoiceId) -> Answer<RecurringInvoice> {
    api::act(&format!("/recurring-invoices/{id}/pause"), Intent::new()).await
}

async fn resume(id: RecurringInvoiceId) -> Answer<RecurringInvoice> {
    api::act(&format!("/recurring-invoices/{id}/resume"), Intent::new()).await
}

async fn end(id: RecurringInvoiceId) -> Answer<RecurringInvoice> {
    api::act(&format!("/recurring-invoices/{id}/end"), Intent::new()).await
}

/// How often: "every month", "every 2 weeks".
pub fn rhythm(rhythm: Rhythm) -> String {
    let count = rhythm.every.into();
    match rhythm.unit {
        RhythmUnit::Week => texts::every::week(count),
        RhythmUnit::Month => texts::every::month(count),
        RhythmUnit::Year => texts::every::year(count),
    }
}

/// Whether invoices come.
#[component]
pub fn StatePill(
    /// Whether they do.
    state: RecurringState,
    /// It stopped by itself.
    stopped: bool,
    /// On a tinted ground, where it heads a page.
    #[prop(optional)]
    tint: bool,
) -> impl IntoView {
    let (mark, tone, label) = match state {
        RecurringState::Active => (Mark::Full, Tone::Positive, texts::state::active()),
        RecurringState::Paused if stopped => (Mark::Late, Tone::Critical, texts::state::stopped()),
        RecurringState::Paused => (Mark::Half, Tone::Caution, texts::state::paused()),
        RecurringState::Ended => (Mark::Void, Tone::Neutral, texts::state::ended()),
    };
    view! { <Pill label mark tone tint/> }
}
