//! The four states of a page: loading, empty, failed, forbidden. [`Loaded`] handles them, no page does.

use leptos::children::ViewFn;
use leptos::prelude::*;

use crate::button::Button;
use crate::fetched::Fetched;
use crate::mark::{Mark, MarkSize, MarkView, Tone};
use crate::words::words;

/// Why a page can't be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The connection broke.
    Offline,
    /// The server failed.
    Broken,
    /// The caller may not see it.
    Forbidden,
    /// There is nothing at this address.
    Missing,
}

/// What [`Loaded`] needs to know of an error.
pub trait Failure {
    /// What kind it is.
    fn kind(&self) -> FailureKind;
    /// What else to say, in the reader's language, instead of the kit's general line.
    fn detail(&self) -> Option<String> {
        None
    }
}

/// The shape shown while something loads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Skeleton {
    /// Dates, marks, titles.
    #[default]
    Ledger,
    /// Rows of a table.
    Table,
    /// A heading, an amount, text.
    Document,
    /// Labels and fields.
    Form,
}

/// A skeleton of the shape to come.
#[component]
pub fn SkeletonView(
    /// The shape.
    #[prop(optional)]
    shape: Skeleton,
) -> impl IntoView {
    let bar = |class: &'static str| view! { <span class=class></span> };
    let inner = match shape {
        Skeleton::Ledger => {
            let entry = |long: bool| {
                let (first, second) = if long { ("skeleton w70", "skeleton w40") } else { ("skeleton w40", "skeleton w70") };
                view! {
                    <div class="entry">
                        <span class="when">{bar("skeleton")}</span>
                        {bar("skeleton dot")}
                        <div class="what gap">{bar(first)} {bar(second)}</div>
                    </div>
                }
            };
            view! { <div class="ledger">{[true, false, true].map(entry).collect_view()}</div> }.into_any()
        }
        Skeleton::Table => {
            let row = |_| view! { <div class="skeleton-row">{bar("skeleton w40")} {bar("skeleton w20")}</div> };
            (0..6).map(row).collect_view().into_any()
        }
        Skeleton::Document => view! {
            <div class="gap">
                {bar("skeleton tall w40")} {bar("skeleton w70")} {bar("skeleton")} {bar("skeleton w70")} {bar("skeleton w40")}
            </div>
        }
        .into_any(),
        Skeleton::Form => {
            let field = |_| view! { <div class="field">{bar("skeleton w20")} {bar("skeleton field-high")}</div> };
            view! { <div class="form">{(0..3).map(field).collect_view()}</div> }.into_any()
        }
    };
    view! { <div role="status" aria-busy="true" aria-label=words().loading>{inner}</div> }
}

/// Nothing here: a mark, one line, the next action.
#[component]
pub fn Empty(
    /// What there is none of: "No invoices yet".
    #[prop(into)]
    title: String,
    /// What would change that.
    #[prop(optional, into)]
    sub: String,
    /// Its mark: dashed for nothing yet, full for all done.
    #[prop(default = Mark::Draft)]
    mark: Mark,
    /// The mark's colour.
    #[prop(optional)]
    tone: Tone,
    /// The next action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <MarkView mark tone size=MarkSize::Large/>
            <h3>{title}</h3>
            {(!sub.is_empty()).then(|| view! { <p class="muted">{sub}</p> })}
            {children.map(|children| children())}
        </div>
    }
}

/// What can't be shown, and why; "Try again" where that may help.
#[component]
pub fn FailureView(
    /// Why.
    kind: FailureKind,
    /// Instead of the general line.
    #[prop(optional_no_strip)]
    detail: Option<String>,
    /// Tries again.
    #[prop(optional_no_strip)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let words = words();
    let (mark, tone, title, sub) = match kind {
        FailureKind::Offline => (Mark::Late, Tone::Critical, words.failed, words.offline),
        FailureKind::Broken => (Mark::Late, Tone::Critical, words.failed, words.broken),
        FailureKind::Forbidden => (Mark::Void, Tone::Neutral, words.forbidden, words.forbidden_why),
        FailureKind::Missing => (Mark::Void, Tone::Neutral, words.missing, words.missing_why),
    };
    let again = on_retry.filter(|_| matches!(kind, FailureKind::Offline | FailureKind::Broken));
    view! {
        <div class="empty" role="alert">
            <MarkView mark tone size=MarkSize::Large/>
            <h3>{title}</h3>
            <p class="muted">{detail.unwrap_or_else(|| sub.to_owned())}</p>
            {again.map(|retry| view! { <Button on_click=retry>{words.try_again}</Button> })}
        </div>
    }
}

/// Shows a resource in whichever state it is. While it is fetched again, what was there stays.
///
/// ```ignore
/// <Loaded resource=invoices skeleton=Skeleton::Table let:page>
///     <InvoiceTable page/>
/// </Loaded>
/// ```
#[component]
pub fn Loaded<T, E, F, V>(
    /// What is loaded.
    resource: Fetched<Result<T, E>>,
    /// Its shape while it loads.
    #[prop(optional)]
    skeleton: Skeleton,
    /// Whether there is nothing to show.
    #[prop(optional)]
    is_empty: Option<fn(&T) -> bool>,
    /// Shown then: an [`Empty`].
    #[prop(optional, into)]
    empty: ViewFn,
    /// Shows what has been loaded.
    children: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    E: Failure + Clone + Send + Sync + 'static,
    F: Fn(T) -> V + Send + 'static,
    V: IntoView + 'static,
{
    let retry = Callback::new(move |()| resource.refetch());
    move || match resource.get() {
        None => view! { <SkeletonView shape=skeleton/> }.into_any(),
        Some(Err(error)) => {
            view! { <FailureView kind=error.kind() detail=error.detail() on_retry=Some(retry)/> }.into_any()
        }
        Some(Ok(value)) if is_empty.is_some_and(|test| test(&value)) => empty.run(),
        Some(Ok(value)) => children(value).into_any(),
    }
}
