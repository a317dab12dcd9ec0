//! `/console/kit`: every piece of the kit in every state, for eyes and for the visual tests. Development builds only; its texts
//! are samples and not translated.

mod content;
mod controls;
mod layers;
mod ledger;
mod look;

use leptos::prelude::*;
use ui::{Icon, IconView, provide_toasts};

use crate::browser;

/// An amount of a sample.
fn sample(minor: i64, currency: &str) -> ui::Amount {
    let exponent = if currency == "JPY" { 0 } else { 2 };
    ui::Amount { minor, currency: currency.to_owned(), exponent }
}

/// A part of the page, found by its anchor.
#[component]
fn Specimen(
    /// Anchor and heading.
    id: &'static str,
    /// The heading.
    title: &'static str,
    /// The pieces.
    children: Children,
) -> impl IntoView {
    view! {
        <section id=id>
            <h2>{title}</h2>
            {children()}
        </section>
    }
}

const PARTS: [(&str, &str); 12] = [
    ("colour", "Colour"),
    ("type", "Type"),
    ("money", "Money"),
    ("mark", "Mark and pill"),
    ("buttons", "Buttons"),
    ("fields", "Fields"),
    ("choice", "Choice"),
    ("ledger", "Ledger"),
    ("table", "Table and row"),
    ("progress", "Progress and figures"),
    ("layers", "Layers"),
    ("states", "States of a page"),
];

/// The specimens. `?brand=2d6a6a` shows them in another organization's colour.
#[component]
pub fn Kit() -> impl IntoView {
    browser::set_title("Kit");
    provide_toasts();
    let query = leptos_router::hooks::use_query_map();
    if let Some(brand) = query.read_untracked().get("brand") {
        browser::set_brand(&format!("#{brand}"));
    }
    let links = PARTS
        .into_iter()
        .map(|(id, title)| view! { <a href=format!("#{id}") rel="external">{title}</a> })
        .collect_view();
    view! {
        <div class="console">
            <nav class="rail" aria-label="Pieces">
                <a class="org" href="/console/kit">
                    <ui::OrganizationMark name="Kit" logo=None/>
                    <span>"Kit"</span>
                </a>
                {links}
            </nav>
            <main class="work specimens">
                <look::Look/>
                <controls::Controls/>
                <ledger::Ledgers/>
                <content::Content/>
                <layers::Layers/>
            </main>
            <ui::ToastHost/>
        </div>
    }
}

/// All icons, with their names on hover.
#[component]
fn Icons() -> impl IntoView {
    let list = Icon::ALL
        .iter()
        .map(|(icon, name)| view! { <ui::Tooltip text=*name><IconView icon=*icon/></ui::Tooltip> })
        .collect_view();
    view! { <div class="line">{list}</div> }
}
