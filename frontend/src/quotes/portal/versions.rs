//! Older versions, and what differs between them.

use domain::quotes::{Change, QuoteId, QuoteLine, VersionSummary};
use leptos::prelude::*;
use ui::format::{InstantStyle, instant};
use ui::{Figure, Loaded, Mark, MarkView, Section, Sheet, Tone};

use super::{Comparison, Differing};
use crate::money::amount;
use crate::quiet::quietly;
use crate::session::PortalSession;
use crate::t::quotes::versions as texts;

/// The versions, where there is more than one.
#[component]
pub fn Versions(
    /// The quote.
    id: QuoteId,
    /// The version on the page.
    shown: i32,
    /// The newest.
    current: i32,
) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let versions = quietly(super::versions(id));
    let pair = RwSignal::new(None::<(i32, i32)>);
    let open = RwSignal::new(false);
    let row = move |version: VersionSummary| {
        let no = version.no;
        let sent =
            version.sent_at.map(|at| instant(at.timestamp_millis(), InstantStyle::Day)).unwrap_or_default();
        let href = session.path(&format!("/quotes/{id}?no={no}"));
        let href = if no == current { session.path(&format!("/quotes/{id}")) } else { href };
        let differs = (no != current).then(|| {
            let compare = move |_| {
                pair.set(Some((no, current)));
                open.set(true);
            };
            view! {
                <button class="link small" type="button" on:click=compare>
                    {texts::compare()}
                </button>
            }
        });
        view! {
            <li class="row">
                <div class="what">
                    <div><a class="title" href=href aria-current=(no == shown).then_some("page")>
                        {texts::version(&no.to_string())}
                    </a></div>
                    <span class="sub">{sent}</span>
                </div>
                <span class="end">
                    <Figure amount=amount(version.total)/>
                    {differs}
                </span>
            </li>
        }
    };
    move || {
        let all = versions.get()?;
        (all.len() > 1).then(|| {
            view! {
                <Section title=texts::title()>
                    <ul class="rows">{all.into_iter().map(row).collect_view()}</ul>
                </Section>
                <Sheet open title=texts::compare()>
                    {move || pair.get().map(|(from, to)| view! { <Compared id from to/> })}
                </Sheet>
            }
        })
    }
}

#[component]
fn Compared(id: QuoteId, from: i32, to: i32) -> impl IntoView {
    let comparison = ui::Fetched::new(move || super::compare(id, from, to));
    view! {
        <h2>{texts::compared(&from.to_string(), &to.to_string())}</h2>
        <Loaded resource=comparison let:comparison>
            <Differences comparison/>
        </Loaded>
    }
}

#[component]
fn Differences(comparison: Comparison) -> impl IntoView {
    let fields: Vec<_> = comparison.fields.iter().filter_map(|named| field(&named.field)).collect();
    let nothing = fields.is_empty() && comparison.lines.is_empty();
    let lines = comparison.lines.into_iter().map(line).collect_view();
    view! {
        <ul class="rows">{lines}</ul>
        {(!fields.is_empty()).then(|| view! { <p class="small">{texts::also(&fields.join(", "))}</p> })}
        {nothing.then(|| view! { <p class="muted">{texts::nothing()}</p> })}
        <dl class="totals">
            <dt>{texts::before()}</dt>
            <dd>
                <Figure amount=amount(comparison.totals_from.gross)/>
            </dd>
            <dt class="sum">{texts::now()}</dt>
            <dd class="sum">
                <Figure amount=amount(comparison.totals_to.gross)/>
            </dd>
        </dl>
    }
}

fn field(name: &str) -> Option<&'static str> {
    Some(match name {
        "title" => texts::field_title(),
        "cover" => texts::field_cover(),
        "terms" => texts::field_terms(),
        "valid_until" => texts::field_valid_until(),
        "discount" => texts::field_discount(),
        "deposit" => texts::field_deposit(),
        "groups" => texts::field_groups(),
        "may_exceed_percent" => texts::field_may_exceed(),
        _ => return None,
    })
}

/// How much at which price, as it reads: "3 h × 45".
fn terms(line: &QuoteLine) -> String {
    let number = |text: String| ui::format::decimal(&text);
    let (quantity, price) = (number(line.quantity.to_string()), number(line.unit_price.to_string()));
    if line.unit.as_str().is_empty() {
        format!("{quantity} × {price}")
    } else {
        format!("{quantity} {} × {price}", line.unit)
    }
}

fn line(differing: Differing) -> impl IntoView {
    let (mark, tone, word) = match differing.change {
        Change::Added => (Mark::Full, Tone::Accent, texts::added()),
        Change::Removed => (Mark::Void, Tone::Neutral, texts::removed()),
        Change::Changed => (Mark::Half, Tone::Info, texts::changed()),
    };
    let (from, to) = (differing.from, differing.to);
    let name = to.as_ref().or(from.as_ref()).map(|line| line.description.to_string()).unwrap_or_default();
    let was = from.as_ref().map(terms);
    let is = to.as_ref().map(terms);
    let sub = match (was, is) {
        (Some(was), Some(is)) if was != is => format!("{word}: {was} → {is}"),
        (Some(one), _) | (None, Some(one)) => format!("{word}: {one}"),
        (None, None) => word.to_owned(),
    };
    view! {
        <li class="row">
            <MarkView mark tone/>
            <div class="what">
                <span class="title">{name}</span>
                <span class="sub">{sub}</span>
            </div>
        </li>
    }
}
