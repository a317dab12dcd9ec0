//! Tabs that lead to parts of a page, each with its own address.

use leptos::html;
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
    let nav = NodeRef::<html::Nav>::new();
    // On a phone there may be more tabs than fit: the one shown is among those seen.
    Effect::new(move |_| {
        let Some(nav) = nav.get() else { return };
        request_animation_frame(move || {
            let Ok(Some(current)) = nav.query_selector("[aria-current]") else { return };
            let (frame, tab) = (nav.get_bounding_client_rect(), current.get_bounding_client_rect());
            if tab.right() > frame.right() || tab.left() < frame.left() {
                let middle = (tab.left() + tab.right() - frame.left() - frame.right()) / 2.0;
                nav.scroll_by_with_x_and_y(middle, 0.0);
            }
        });
    });
    view! { <nav class="tabs" aria-label=label node_ref=nav>{children()}</nav> }
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
