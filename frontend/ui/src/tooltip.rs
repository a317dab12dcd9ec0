//! A word more about something, on hover and focus.

use leptos::prelude::*;

use crate::ids;

/// Shows `text` when its content is pointed at or focused. Never the only place of what must be known.
#[component]
pub fn Tooltip(
    /// The word more.
    #[prop(into)]
    text: String,
    /// What it is about.
    children: Children,
) -> impl IntoView {
    let id = ids::fresh("tip");
    let tip = id.clone();
    view! {
        <span class="tip" aria-describedby=tip>
            {children()}
            <span class="tooltip" role="tooltip" id=id>{text}</span>
        </span>
    }
}
