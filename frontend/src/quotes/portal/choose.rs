//! Choosing: packages as cards, options as switches, quantities by steps.

use domain::money::Money;
use domain::quotes::{Adjustable, PackageGroup, QuoteContent, QuoteLine, Selection, Take};
use domain::text::PartKey;
use domain::totals::Quantity;
use leptos::prelude::*;
use ui::Figure;

use super::page::Proposal;
use crate::money::amount;
use crate::t::quotes::choose as texts;

/// What of a choice a quote still offers: a new version may offer something else.
pub fn fitting(chosen: &Selection, content: &QuoteContent) -> Selection {
    let mut kept = chosen.clone();
    kept.options
        .retain(|key, _| content.line(key).is_some_and(|line| matches!(line.take, Take::Optional { .. })));
    kept.packages.retain(|key, package| {
        content
            .groups
            .iter()
            .any(|group| group.key == *key && group.packages.iter().any(|known| known.key == *package))
    });
    kept.quantities.retain(|key, quantity| {
        let limits = content.line(key).and_then(|line| line.adjustable.as_ref());
        limits.is_some_and(|limits| limits.allows(*quantity))
    });
    kept.complete(content).unwrap_or_default()
}

/// The groups of packages, of each of which one is taken.
#[component]
pub fn Groups(
    /// The quote.
    proposal: Proposal,
) -> impl IntoView {
    let groups = proposal.document.with_value(|document| document.content.groups.clone());
    groups.into_iter().map(|group| view! { <Group proposal group/> }).collect_view()
}

#[component]
fn Group(proposal: Proposal, group: PackageGroup) -> impl IntoView {
    let title = group.title.to_string();
    let name = format!("group-{}", group.key);
    let cards = group
        .packages
        .into_iter()
        .map(|package| {
            let (of, own, chosen) = (group.key.clone(), package.key.clone(), package.key.clone());
            let choose_of = group.key.clone();
            let lines = proposal.document.with_value(|document| {
                let named = |line: &&QuoteLine| {
                    matches!(&line.take, Take::Package { package: key } if *key == package.key)
                };
                document
                    .content
                    .lines()
                    .filter(named)
                    .map(|line| (line.key.clone(), line.description.to_string()))
                    .collect::<Vec<_>>()
            });
            let keys: Vec<PartKey> = lines.iter().map(|(key, _)| key.clone()).collect();
            let sum = move || {
                let totals = proposal.totals.get()?;
                let parts = totals.lines.iter().filter(|line| keys.contains(&line.key));
                let sum = Money::sum(parts.map(|line| line.amount), totals.gross.currency()).ok()?;
                Some(view! { <Figure amount=amount(sum)/> })
            };
            let what = (!lines.is_empty()).then(|| {
                let items = lines.into_iter().map(|(_, text)| view! { <li>{text}</li> }).collect_view();
                view! { <ul class="sub">{items}</ul> }
            });
            let text = package.text.to_string();
            let checked = move || proposal.selection.with(|chosen| chosen.packages.get(&of) == Some(&own));
            view! {
                <label class="choice">
                    <input
                        class="tick"
                        type="radio"
                        name=name.clone()
                        disabled=!proposal.open
                        prop:checked=checked
                        on:change=move |_| {
                            proposal
                                .selection
                                .update(|all| {
                                    all.packages.insert(choose_of.clone(), chosen.clone());
                                });
                        }
                    />
                    <span class="title">{package.title.to_string()}</span>
                    {sum}
                    {(!text.is_empty()).then(|| view! { <span class="sub lines">{text}</span> })}
                    {what}
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="section">
            <legend class="vh">{title.clone()}</legend>
            <div class="bar">
                <h2>{title}</h2>
            </div>
            <div class="choices">{cards}</div>
        </fieldset>
    }
}

/// Less and more of a line, within its limits.
#[component]
pub fn Steps(
    /// The quote.
    proposal: Proposal,
    /// The line.
    line: PartKey,
    /// What it is.
    label: String,
    /// Its unit; may be empty.
    unit: String,
    /// How much is offered.
    offered: Quantity,
    /// The limits.
    limits: Adjustable,
) -> impl IntoView {
    let limits = StoredValue::new(limits);
    let line = StoredValue::new(line);
    let now = Memo::new(move |_| {
        proposal
            .selection
            .with(|chosen| line.with_value(|line| chosen.quantities.get(line).copied().unwrap_or(offered)))
    });
    let next = move |more: bool| {
        limits.with_value(|limits| {
            let (now, step) = (now.get().get(), limits.step.get());
            let wanted = if more { now + step } else { now - step };
            Quantity::try_from(wanted).ok().filter(|wanted| limits.allows(*wanted))
        })
    };
    let go = move |more: bool| {
        if let Some(wanted) = untrack(|| next(more)) {
            proposal.selection.update(|chosen| {
                chosen.quantities.insert(line.get_value(), wanted);
            });
        }
    };
    let shown = move || format!("{} {unit}", ui::format::decimal(&now.get().to_string()));
    let group = label.clone();
    view! {
        <span class="line" role="group" aria-label=group>
            <button
                class="button"
                type="button"
                aria-label=texts::less(&label)
                disabled=move || !proposal.open || next(false).is_none()
                on:click=move |_| go(false)
            >
                "−"
            </button>
            <output>{shown}</output>
            <button
                class="button"
                type="button"
                aria-label=texts::more(&label)
                disabled=move || !proposal.open || next(true).is_none()
                on:click=move |_| go(true)
            >
                "+"
            </button>
        </span>
    }
}
