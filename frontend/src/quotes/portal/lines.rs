//! What a quote lists, under its headings.

use domain::quotes::{QuoteLine, QuoteSection, Take};
use leptos::prelude::*;
use ui::Figure;

use super::choose::Steps;
use super::page::Proposal;
use super::questions::Asked;
use crate::money::amount;
use crate::t::quotes as texts;

/// The sections, each with its lines.
#[component]
pub fn Sections(
    /// The quote.
    proposal: Proposal,
) -> impl IntoView {
    let sections = proposal.document.with_value(|document| document.content.sections.clone());
    sections.into_iter().map(|section| view! { <Part proposal section/> }).collect_view()
}

#[component]
fn Part(proposal: Proposal, section: QuoteSection) -> impl IntoView {
    let title = section.title.to_string();
    let text = section.text.to_string();
    let label = if title.is_empty() { texts::page::included().to_owned() } else { title.clone() };
    let lines = section.lines.into_iter().map(|line| view! { <LineRow proposal line/> }).collect_view();
    view! {
        <section class="section" aria-label=label>
            {(!title.is_empty())
                .then(|| {
                    view! {
                        <div class="bar ruled">
                            <h2>{title}</h2>
                        </div>
                    }
                })}
            {(!text.is_empty()).then(|| view! { <p class="small muted lines">{text}</p> })}
            <ul class="rows proposal">{lines}</ul>
        </section>
    }
}

#[component]
fn LineRow(proposal: Proposal, line: QuoteLine) -> impl IntoView {
    let key = line.key.clone();
    let of = key.clone();
    let total = Memo::new(move |_| {
        let totals = proposal.totals.get()?;
        totals.lines.into_iter().find(|total| total.key == of)
    });
    let taken = Memo::new(move |_| total.with(|total| total.as_ref().is_some_and(|total| total.taken)));
    let description = line.description.to_string();
    let detail = line.detail.to_string();
    let unit = line.unit.to_string();
    let fixed = unit.clone();
    let quantity = move || {
        let number = ui::format::decimal(&total.get()?.quantity.to_string());
        Some(if fixed.is_empty() { format!("{number} ×") } else { format!("{number} {fixed}") })
    };
    let money = move || total.get().map(|total| view! { <Figure amount=amount(total.amount)/> });
    let switch_of = key.clone();
    let name = if matches!(line.take, Take::Optional { .. }) {
        let label = description.clone();
        view! {
            <label class="option">
                <input
                    class="switch"
                    type="checkbox"
                    role="switch"
                    disabled=!proposal.open
                    prop:checked=move || taken.get()
                    on:change=move |event| {
                        let takes = event_target_checked(&event);
                        proposal
                            .selection
                            .update(|chosen| {
                                chosen.options.insert(switch_of.clone(), takes);
                            });
                    }
                />
                <span>{label}</span>
            </label>
        }
        .into_any()
    } else {
        view! { <span class="title">{description.clone()}</span> }.into_any()
    };
    let amount_of = match line.adjustable.clone() {
        Some(limits) => view! {
            <Steps proposal line=key.clone() label=description unit offered=line.quantity limits/>
        }
        .into_any(),
        None => view! { <span class="sub">{quantity}</span> }.into_any(),
    };
    // What belongs to a package shows while that package is chosen.
    let of_package = matches!(line.take, Take::Package { .. });
    view! {
        <li class="row" hidden=move || of_package && !taken.get() class:muted=move || !taken.get()>
            <div class="what">
                {name} {(!detail.is_empty()).then(|| view! { <span class="sub lines">{detail}</span> })}
                {amount_of}
                <div class="gap"><Asked proposal line=key/></div>
            </div>
            <span class="end">{money}</span>
        </li>
    }
}
