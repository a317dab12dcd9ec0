//! Quotes at the console: the list, the page of one, and the editor.

mod calls;
mod document;
mod draft;
mod editor;
mod fields;
mod list;
mod page;
mod panels;
mod paper;
mod settings;
mod sheets;

use domain::permission::Permission;
use domain::quotes::{QuoteState, QuoteSummary};
use leptos::prelude::*;
use ui::{Icon, Mark, Pill, Tone};

use crate::shell::console::ConsoleEntry;
use crate::t::quotes_console as texts;

pub use calls::list;
pub use list::Quotes;
pub use page::QuotePage;
pub use settings::QuoteSettingsPage;

/// In the rail.
pub const ENTRY: ConsoleEntry = ConsoleEntry {
    icon: Icon::Edit,
    label: texts::title,
    path: "/console/quotes",
    permission: Permission::ViewQuotes,
};

/// How a quote's state looks, and its word.
fn look(state: QuoteState) -> (Mark, Tone, &'static str) {
    match state {
        QuoteState::Draft => (Mark::Draft, Tone::Neutral, texts::state::draft()),
        QuoteState::Sent => (Mark::Empty, Tone::Neutral, texts::state::sent()),
        QuoteState::Viewed => (Mark::Half, Tone::Info, texts::state::viewed()),
        QuoteState::ChangesRequested => (Mark::Late, Tone::Caution, texts::state::changes_requested()),
        QuoteState::Accepted => (Mark::Most, Tone::Positive, texts::state::accepted()),
        QuoteState::Converted => (Mark::Full, Tone::Positive, texts::state::converted()),
        QuoteState::Declined => (Mark::Void, Tone::Neutral, texts::state::declined()),
        QuoteState::Withdrawn => (Mark::Void, Tone::Neutral, texts::state::withdrawn()),
        QuoteState::Expired => (Mark::Late, Tone::Caution, texts::state::expired()),
    }
}

/// A quote's state; one that waits within the team says so instead.
#[component]
fn StatePill(
    /// How far it has come.
    state: QuoteState,
    /// Whether it waits for an approval.
    waits: bool,
    /// On a tinted ground, where it heads a page.
    #[prop(optional)]
    tint: bool,
) -> impl IntoView {
    let (mark, tone, label) =
        if waits { (Mark::Half, Tone::Caution, texts::state::awaiting_approval()) } else { look(state) };
    view! { <Pill label mark tone tint/> }
}

/// What a quote is called: its number, or that it is a draft.
fn name(number: Option<&str>) -> String {
    number.map_or_else(|| texts::state::draft().to_owned(), texts::quote_numbered)
}

/// What a quote wants of the team.
pub fn need(quote: &QuoteSummary) -> String {
    if quote.approval_pending {
        texts::state::awaiting_approval().to_owned()
    } else if quote.open_questions > 0 {
        texts::questions_open(quote.open_questions)
    } else {
        look(quote.state).2.to_owned()
    }
}
