//! Two to four numbers that head a page, parted by hairlines, never in boxes.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// A line of figures.
#[component]
pub fn Figures(
    /// [`FigureItem`]s.
    children: Children,
) -> impl IntoView {
    view! { <dl class="figures">{children()}</dl> }
}

/// One of them.
#[component]
pub fn FigureItem(
    /// What is counted.
    #[prop(into)]
    label: String,
    /// The line below: how many, since when.
    #[prop(optional, into)]
    sub: Option<ViewFnOnce>,
    /// The number: a `Figure` of middle size, or plain text.
    children: Children,
) -> impl IntoView {
    view! {
        <div>
            <dt>{label}</dt>
            <dd class="money mid">{children()}</dd>
            {sub.map(|sub| view! { <dd class="sub">{sub.run()}</dd> })}
        </div>
    }
}
