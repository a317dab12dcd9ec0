//! Choosing a client by typing: in a form, and as a filter of a list.

use domain::clients::ClientFilter;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{Combobox, ComboboxOption};

use crate::clients;
use crate::listing::{Filters, paused};
use crate::t::clients as texts;

/// How many clients are offered at once.
const SHOWN: u16 = 8;

/// One of the clients, found by name.
#[component]
pub fn ClientField(
    /// The chosen one's id; empty for none.
    value: RwSignal<String>,
    /// What is typed, then the name.
    query: RwSignal<String>,
) -> impl IntoView {
    let options = found(value, query);
    view! { <Combobox label=texts::client() value query options pointer="/client_id" placeholder=texts::choose_client()/> }
}

/// Keeps a list to one client, in the address as `client`.
#[component]
pub fn ClientChoice(
    /// The list's filters.
    filters: Filters,
) -> impl IntoView {
    let client = filters.get("client");
    let value = RwSignal::new(client.get_untracked());
    let query = RwSignal::new(String::new());
    // Links and going back change the address from outside; it names the client by id only.
    Effect::new(move |_| {
        let id = client.get();
        if id.is_empty() {
            if value.with_untracked(|value| !value.is_empty()) {
                value.set(String::new());
                query.set(String::new());
            }
            return;
        }
        if query.with_untracked(String::is_empty) || value.with_untracked(|value| *value != id) {
            value.set(id.clone());
            spawn_local(async move {
                let name = clients::find(&id).await.map(|client| client.name.to_string()).unwrap_or_default();
                if client.try_get_untracked().is_some_and(|still| still == id) {
                    query.set(name);
                }
            });
        }
    });
    Effect::new(move |_| {
        let id = value.get();
        if client.get_untracked() != id {
            filters.set("client", &id);
        }
    });
    let options = found(value, query);
    view! {
        <div class="bare-field filter">
            <Combobox
                label=texts::client()
                value
                query
                options
                optional=true
                placeholder=texts::client()
                clear=texts::any_client()
            />
        </div>
    }
}

/// Clients that fit what is typed.
fn found(value: RwSignal<String>, query: RwSignal<String>) -> Signal<Vec<ComboboxOption>> {
    let asked = paused(query);
    let found = ui::Fetched::new(move || {
        // What was chosen is no search: it would hide all others.
        let q = if value.with(String::is_empty) { asked.get() } else { String::new() };
        let filter = ClientFilter {
            q: Some(q).filter(|q| !q.is_empty()),
            limit: Some(SHOWN),
            ..ClientFilter::default()
        };
        async move { clients::list(&filter).await.map(|page| page.items).unwrap_or_default() }
    });
    Signal::derive(move || {
        found
            .get()
            .unwrap_or_default()
            .into_iter()
            .map(|client| ComboboxOption {
                value: client.id.to_string(),
                label: client.name.to_string(),
                detail: client.city.to_string(),
            })
            .collect::<Vec<_>>()
    })
}
