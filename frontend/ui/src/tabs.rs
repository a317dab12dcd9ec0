//! Tabs that lead to parts of a page, each with its own address.

use leptos::prelude::*;

/// A line of [`Tab`]s.
#[component]
pub fn Tabs(
    /// What they part, spoken: "State".
    #[prop(into)]
    label: String,
    /// The tabs.
    children: Children,
) -> impl IntoView {
    view! { <nav class="tabs" aria-label=label>{children()}</nav> }
}

/// A tab.
#[component]
pub fn Tab(
    /// Its address.
    #[prop(into)]
    href: String,
    /// It is the one shown.
    #[prop(into)]
    current: Signal<bool>,
    /// How many things are behind it.
    #[prop(optional_no_strip, into)]
    count: Option<String>,
    /// Its name.
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href aria-current=move || current.get().then_some("page")>
            {children()}
            {count.map(|count| view! { <span class="n">{count}</span> })}
        </a>
    }
}
