//! A row of people, files, actions.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// A face or icon, two lines, something at the end. Rows stand in a `<ul class="rows">`.
#[component]
pub fn Row(
    /// The face or icon before it.
    #[prop(optional, into)]
    lead: Option<ViewFnOnce>,
    /// The first line.
    #[prop(into)]
    title: String,
    /// The second line.
    #[prop(optional, into)]
    sub: String,
    /// Where the title leads.
    #[prop(optional, into)]
    href: String,
    /// At the end: a time, a state, a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let full = title.clone();
    let title = if href.is_empty() {
        view! { <span class="title" title=full>{title}</span> }.into_any()
    } else {
        view! { <a class="title" title=full href=href>{title}</a> }.into_any()
    };
    view! {
        <li class="row">
            {lead.map(ViewFnOnce::run)}
            <div class="what">
                {title}
                {(!sub.is_empty()).then(|| view! { <span class="sub" title=sub.clone()>{sub.clone()}</span> })}
            </div>
            {children.map(|children| view! { <div class="end small muted">{children()}</div> })}
        </li>
    }
}
