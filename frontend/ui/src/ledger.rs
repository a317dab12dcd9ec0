//! The ledger: date in the margin, mark on the rule, the thing beside it. Needs, milestones, agenda and history are all this.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use crate::format;
use crate::mark::{Mark, MarkView, Tone, classes};

/// What a ledger lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LedgerKind {
    /// What is to come, by date.
    #[default]
    Plain,
    /// What has been: small, words in the margin.
    History,
    /// Things in no order of time: the same columns, no rule.
    Loose,
    /// A day by the hour.
    Hours,
}

/// A ledger of [`Entry`]s.
#[component]
pub fn Ledger(
    /// What it lists.
    #[prop(optional)]
    kind: LedgerKind,
    /// What it is, spoken.
    #[prop(into)]
    label: String,
    /// Its entries.
    children: Children,
) -> impl IntoView {
    let class = match kind {
        LedgerKind::Plain => "ledger",
        LedgerKind::History => "ledger small",
        LedgerKind::Loose => "ledger loose",
        LedgerKind::Hours => "ledger hours",
    };
    view! { <ol class=class aria-label=label>{children()}</ol> }
}

/// What stands in the margin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// The large line: a day, an hour, "3".
    pub large: String,
    /// The small line: a month, "today", "of 5".
    pub small: String,
    /// For machines and on hover: the date or instant in full.
    pub full: String,
}

impl When {
    /// A date of business: day above month.
    pub fn date(iso: &str) -> Self {
        Self {
            large: format::day(iso),
            small: format::month_short(iso),
            full: format::date(iso, format::DateStyle::Medium),
        }
    }

    /// A date of business with a word of its own below the day: "Today".
    pub fn date_named(iso: &str, word: impl Into<String>) -> Self {
        Self { small: word.into(), ..Self::date(iso) }
    }

    /// An instant, in a history.
    pub fn instant(ms: i64, now: i64) -> Self {
        Self {
            large: String::new(),
            small: format::margin(ms, now),
            full: format::instant(ms, format::InstantStyle::Full),
        }
    }

    /// Anything else: "3" "of 5".
    pub fn words(large: impl Into<String>, small: impl Into<String>) -> Self {
        Self { large: large.into(), small: small.into(), full: String::new() }
    }
}

/// How an entry stands out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EntryState {
    /// Not at all.
    #[default]
    Plain,
    /// It is today.
    Now,
    /// Its day is past.
    Late,
}

/// An entry; its children are the title.
#[component]
pub fn Entry(
    /// The margin.
    when: When,
    /// The mark on the rule.
    mark: Mark,
    /// Its colour.
    #[prop(optional)]
    tone: Tone,
    /// How it stands out.
    #[prop(optional)]
    state: EntryState,
    /// The first need: shows all it takes to decide, and the one filled button.
    #[prop(optional)]
    open: bool,
    /// Where the title leads.
    #[prop(optional, into)]
    href: String,
    /// The second line.
    #[prop(optional, into)]
    sub: Option<ViewFnOnce>,
    /// The verb at its end.
    #[prop(optional, into)]
    act: Option<ViewFnOnce>,
    /// The title.
    children: Children,
) -> impl IntoView {
    let state = match state {
        EntryState::Plain => "",
        EntryState::Now => "now",
        EntryState::Late => "late",
    };
    let title = if href.is_empty() {
        view! { <span class="title">{children()}</span> }.into_any()
    } else {
        view! { <a class="title" href=href>{children()}</a> }.into_any()
    };
    let margin = if when.large.is_empty() {
        when.small.into_any()
    } else {
        view! { <b>{when.large}</b> <span>{when.small}</span> }.into_any()
    };
    view! {
        <li class=classes(&["entry", if open { "open" } else { "" }, state])>
            <span class="when" title=(!when.full.is_empty()).then_some(when.full)>{margin}</span>
            <MarkView mark tone/>
            <div class="what">
                {title}
                {sub.map(|sub| view! { <span class="sub">{sub.run()}</span> })}
            </div>
            {act.map(|act| view! { <div class="act">{act.run()}</div> })}
        </li>
    }
}
