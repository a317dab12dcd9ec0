//! Choosing a client by typing.

use domain::clients::ClientFilter;
use leptos::prelude::*;
use ui::{Combobox, ComboboxOption};

use crate::clients;
use crate::listing::paused;
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
    let asked = paused(query);
    let found = LocalResource::new(move || {
        // What was chosen is no search: it would hide all others.
        let q = if value.with(String::is_empty) { asked.get() } else { String::new() };
        let filter = ClientFilter {
            q: Some(q).filter(|q| !q.is_empty()),
            limit: Some(SHOWN),
            ..ClientFilter::default()
        };
        async move { clients::list(&filter).await.map(|page| page.items).unwrap_or_default() }
    });
    let options = Signal::derive(move || {
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
    });
    view! { <Combobox label=texts::client() value query options pointer="/client_id" placeholder=texts::choose_client()/> }
}
