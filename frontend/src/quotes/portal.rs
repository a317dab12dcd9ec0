//! The client's quotes: their calls, their state in the client's words, and their pages.

pub mod accept;
mod choose;
mod lines;
pub mod list;
pub mod page;
mod questions;
mod refuse;
mod sign;
pub mod unlock;
mod versions;

use chrono::NaiveDate;
use domain::events::ActivityFilter;
use domain::money::Money;
use domain::page::Page;
use domain::quotes::{
    AcceptQuote, Accepted, Ask, Change, Decision, DeclineQuote, Question, QuoteDocument, QuoteFilter,
    QuoteId, QuoteLine, QuoteState, QuoteSummary, QuoteView, RequestChanges, UnlockGuest, Unlocked,
    VersionFilter, VersionPair, VersionSummary,
};
use leptos::prelude::*;
use serde::Deserialize;
use ui::{Mark, Pill, Tone};

use crate::activity::portal::Story;
use crate::api::{self, Answer, Intent};
use crate::t::quotes::state as texts;

/// How many entries of its history a quote shows.
const HISTORY: u16 = 30;
/// Days before its last day from which a quote waits.
const SOON: i64 = 7;

async fn list(cursor: Option<String>) -> Answer<Page<QuoteSummary>> {
    api::get_with("/portal/quotes", &QuoteFilter { cursor, ..QuoteFilter::default() }).await
}

/// Quotes that wait for the client's decision.
pub async fn to_decide() -> Answer<Page<QuoteSummary>> {
    api::get_with("/portal/quotes", &QuoteFilter { view: QuoteView::Open, ..QuoteFilter::default() }).await
}

async fn find(id: QuoteId, no: Option<i32>) -> Answer<QuoteDocument> {
    api::get_with(&format!("/portal/quotes/{id}"), &VersionFilter { no }).await
}

async fn viewed(id: QuoteId) -> Answer<()> {
    api::act(&format!("/portal/quotes/{id}/viewed"), Intent::new()).await
}

async fn versions(id: QuoteId) -> Answer<Vec<VersionSummary>> {
    api::get(&format!("/portal/quotes/{id}/versions")).await
}

async fn compare(id: QuoteId, from: i32, to: i32) -> Answer<Comparison> {
    let pair = VersionPair { from: Some(from), to: Some(to) };
    api::get_with(&format!("/portal/quotes/{id}/compare"), &pair).await
}

async fn history(id: QuoteId) -> Answer<Page<Story>> {
    let filter = ActivityFilter { limit: Some(HISTORY), cursor: None };
    api::get_with(&format!("/portal/quotes/{id}/activity"), &filter).await
}

async fn accept(id: QuoteId, body: &AcceptQuote, intent: Intent) -> Answer<Accepted> {
    api::post(&format!("/portal/quotes/{id}/accept"), body, intent).await
}

async fn decline(id: QuoteId, body: &DeclineQuote, intent: Intent) -> Answer<Decision> {
    api::post(&format!("/portal/quotes/{id}/decline"), body, intent).await
}

async fn request_changes(id: QuoteId, body: &RequestChanges, intent: Intent) -> Answer<Decision> {
    api::post(&format!("/portal/quotes/{id}/request-changes"), body, intent).await
}

async fn ask(id: QuoteId, body: &Ask, intent: Intent) -> Answer<Question> {
    api::post(&format!("/portal/quotes/{id}/questions"), body, intent).await
}

async fn unlock(body: &UnlockGuest) -> Answer<Unlocked> {
    api::ask("/auth/guest/unlock", body).await
}

/// `domain::quotes::QuoteComparison`, as far as the page shows it: reading whatever a field held costs more than it tells.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Comparison {
    fields: Vec<Named>,
    lines: Vec<Differing>,
    totals_from: Gross,
    totals_to: Gross,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Named {
    field: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Differing {
    change: Change,
    from: Option<QuoteLine>,
    to: Option<QuoteLine>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
struct Gross {
    gross: Money,
}

/// How a quote stands, in the client's words.
pub fn look(state: QuoteState, valid_until: Option<NaiveDate>) -> (Mark, Tone, String) {
    let word = str::to_owned;
    match state {
        QuoteState::Draft | QuoteState::Sent | QuoteState::Viewed => {
            let today = ui::format::today().parse::<NaiveDate>().ok();
            match today.zip(valid_until).map(|(today, last)| (last - today).num_days()) {
                Some(..=0) => (Mark::Quarter, Tone::Caution, word(texts::last_day())),
                Some(days @ ..=SOON) => (Mark::Quarter, Tone::Caution, texts::days_left(days)),
                _ => (Mark::Quarter, Tone::Accent, word(texts::to_decide())),
            }
        }
        QuoteState::ChangesRequested => (Mark::Half, Tone::Info, word(texts::changes_requested())),
        QuoteState::Accepted | QuoteState::Converted => (Mark::Full, Tone::Positive, word(texts::accepted())),
        QuoteState::Declined => (Mark::Void, Tone::Neutral, word(texts::declined())),
        QuoteState::Withdrawn => (Mark::Void, Tone::Neutral, word(texts::withdrawn())),
        QuoteState::Expired => (Mark::Late, Tone::Neutral, word(texts::expired())),
    }
}

/// How a quote stands.
#[component]
fn StatePill(
    /// How far it has come.
    state: QuoteState,
    /// Its last day.
    valid_until: Option<NaiveDate>,
    /// On a tinted ground, where it heads a page.
    #[prop(optional)]
    tint: bool,
) -> impl IntoView {
    let (mark, tone, label) = look(state, valid_until);
    view! { <Pill label mark tone tint/> }
}
