//! Sections, facts, sums, and the outcome of a decision.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use crate::amount::{Amount, Figure};
use crate::ids;
use crate::mark::{Mark, MarkView, Tone};

/// A heading and air around it.
#[component]
pub fn Section(
    /// The heading.
    #[prop(into)]
    title: String,
    /// It heads the page.
    #[prop(optional)]
    first: bool,
    /// At the end of the heading: a link, a count.
    #[prop(optional, into)]
    end: Option<ViewFnOnce>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let id = ids::fresh("section");
    let heading = if first {
        view! { <h1 id=id.clone()>{title}</h1> }.into_any()
    } else {
        view! { <h2 id=id.clone()>{title}</h2> }.into_any()
    };
    view! {
        <section class="section" aria-labelledby=id>
            <div class="bar">{heading} {end.map(|end| view! { <span class="end">{end.run()}</span> })}</div>
            {children()}
        </section>
    }
}

/// Labels and what they say, in two columns.
#[component]
pub fn Facts(
    /// Label and value of each.
    facts: Vec<(String, AnyView)>,
) -> impl IntoView {
    let list =
        facts.into_iter().map(|(label, value)| view! { <dt>{label}</dt> <dd>{value}</dd> }).collect_view();
    view! { <dl class="facts">{list}</dl> }
}

/// The foot of a bill: its parts, and the sum.
#[component]
pub fn Totals(
    /// Net, taxes, credits.
    parts: Vec<(String, Amount)>,
    /// What it comes to.
    sum: (String, Amount),
    /// At the end of a wide column, half as wide.
    #[prop(optional)]
    half: bool,
) -> impl IntoView {
    let list = parts
        .into_iter()
        .map(|(label, amount)| view! { <dt>{label}</dt> <dd><Figure amount/></dd> })
        .collect_view();
    view! {
        <dl class=if half { "totals half" } else { "totals" }>
            {list} <dt class="sum">{sum.0}</dt> <dd class="sum">
                <Figure amount=sum.1/>
            </dd>
        </dl>
    }
}

/// What a decision did: it takes the place of the button that made it.
#[component]
pub fn Outcome(
    /// What happened: "Paid. Thank you, Zoë."
    #[prop(into)]
    title: String,
    /// Its mark.
    #[prop(default = Mark::Full)]
    mark: Mark,
    /// The mark's colour.
    #[prop(default = Tone::Positive)]
    tone: Tone,
    /// The line below, and a ledger of what follows.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="outcome" role="status">
            <MarkView mark tone/>
            <h2>{title}</h2>
            <div class="gap">{children()}</div>
        </div>
    }
}
