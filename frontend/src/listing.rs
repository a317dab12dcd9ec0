//! Lists of the console: what filters them stands in the address, so that back, reload and a copied link keep it.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::params::ParamsMap;
use ui::{Icon, IconSize, IconView, LinkButton};

use crate::t::common as texts;

/// The filters in the address of this page.
#[derive(Clone, Copy)]
pub struct Filters {
    query: Memo<ParamsMap>,
    path: Memo<String>,
    go: Callback<(String,)>,
}

impl Filters {
    /// Those of the page shown.
    pub fn here() -> Self {
        let navigate = use_navigate();
        let go = Callback::new(move |(address,): (String,)| {
            // Each letter typed is no page of its own to go back to.
            navigate(
                &address,
                NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() },
            );
        });
        Self { query: use_query_map(), path: use_location().pathname, go }
    }

    /// What one of them says; empty where it isn't set.
    pub fn get(self, name: &'static str) -> Memo<String> {
        Memo::new(move |_| self.query.with(|query| query.get(name).unwrap_or_default()))
    }

    /// One of them as an option, for the API's filters.
    pub fn option(self, name: &'static str) -> Option<String> {
        self.query.with(|query| query.get(name)).filter(|value| !value.trim().is_empty())
    }

    /// The address of this list with one of them changed; an empty value takes it away.
    pub fn address(self, name: &'static str, value: &str) -> String {
        let mut query = self.query.get();
        query.remove(name);
        if !value.is_empty() {
            query.insert(name, value.to_owned());
        }
        format!("{}{}", self.path.get(), query.to_query_string())
    }

    /// Changes one of them.
    pub fn set(self, name: &'static str, value: &str) {
        self.go.run((untrack(|| self.address(name, value)),));
    }

    /// Whether any but those named are set.
    pub fn any(self, names: &[&str]) -> bool {
        self.query
            .with(|query| names.iter().any(|name| query.get_str(name).is_some_and(|value| !value.is_empty())))
    }
}

/// How long a pause in typing has to be before the list follows.
const PAUSE: Duration = Duration::from_millis(250);

/// Finds by name or number, in the address as `q`.
#[component]
pub fn FilterSearch(
    /// The list's filters.
    filters: Filters,
    /// What can be found by.
    label: &'static str,
) -> impl IntoView {
    let asked = filters.get("q");
    let typed = RwSignal::new(asked.get_untracked());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    // Back and links change the address from outside.
    Effect::new(move |_| {
        let asked = asked.get();
        if typed.with_untracked(|typed| typed.trim() != asked) {
            typed.set(asked);
        }
    });
    let on_input = move |event| {
        typed.set(event_target_value(&event));
        if let Some(handle) = waiting.get_value() {
            handle.clear();
        }
        let follow = move || filters.set("q", typed.get_untracked().trim());
        waiting.set_value(set_timeout_with_handle(follow, PAUSE).ok());
    };
    on_cleanup(move || {
        if let Some(handle) = waiting.try_get_value().flatten() {
            handle.clear();
        }
    });
    view! {
        <label class="chip find">
            <IconView icon=Icon::Search size=IconSize::Small/>
            <input
                type="search"
                aria-label=label
                placeholder=label
                prop:value=move || typed.get()
                on:input=on_input
            />
        </label>
    }
}

/// A filter that is on or off, in the address as `name=true`.
#[component]
pub fn FilterChip(
    /// The list's filters.
    filters: Filters,
    /// Its name in the address.
    name: &'static str,
    /// What it keeps.
    label: &'static str,
) -> impl IntoView {
    let value = filters.get(name);
    let on = move || value.with(|value| value == "true");
    let toggle = move |_| filters.set(name, if untrack(on) { "" } else { "true" });
    view! {
        <button class="chip" class:set=on type="button" aria-pressed=move || on().to_string() on:click=toggle>
            {label}
            {move || on().then(|| view! { <IconView icon=Icon::Close size=IconSize::Small/> })}
        </button>
    }
}

/// The list as files: all that the filters let through, however much of it is shown.
#[component]
pub fn Export(
    /// The list's name below the API.
    list: &'static str,
    /// Its filters as they stand in the API's address, with their question mark; empty for all.
    #[prop(into)]
    query: Signal<String>,
) -> impl IntoView {
    let file = move |kind: &'static str| {
        Signal::derive(move || query.with(|query| format!("/api/v1/{list}.{kind}{query}")))
    };
    view! {
        <LinkButton href=file("csv") icon=Icon::Download external=true>
            {texts::csv()}
        </LinkButton>
        <LinkButton href=file("xlsx") icon=Icon::Download external=true>
            {texts::xlsx()}
        </LinkButton>
    }
}

/// How many there are of something, for words that count.
pub fn count<T: Send + Sync + 'static>(items: RwSignal<Vec<T>>) -> i64 {
    i64::try_from(items.with(Vec::len)).unwrap_or(i64::MAX)
}

/// What is typed, as soon as there is a pause.
pub fn paused(typed: RwSignal<String>) -> ReadSignal<String> {
    let (calm, set_calm) = signal(typed.get_untracked());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let now = typed.get();
        if let Some(handle) = waiting.get_value() {
            handle.clear();
        }
        waiting.set_value(
            set_timeout_with_handle(
                move || {
                    set_calm.try_set(now);
                },
                PAUSE,
            )
            .ok(),
        );
    });
    calm
}
