//! Lines about the whole page. One at a time.

use leptos::prelude::*;

use crate::mark::{Mark, MarkView, Tone, classes};

/// The thin line at the top: demo, sandbox, viewing as someone else.
#[component]
pub fn Banner(
    /// Its mark.
    #[prop(default = Mark::Most)]
    mark: Mark,
    /// The mark's colour.
    #[prop(default = Tone::Caution)]
    tone: Tone,
    /// What to know.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="banner" role="note">
            <MarkView mark tone/>
            <span>{children()}</span>
        </div>
    }
}

/// Something about this page, within it.
#[component]
pub fn Notice(
    /// Its mark.
    mark: Mark,
    /// Its meaning.
    tone: Tone,
    /// What to know.
    children: Children,
) -> impl IntoView {
    let role = if tone == Tone::Critical { "alert" } else { "status" };
    view! {
        <div class=classes(&["banner", "in", tone.class()]) role=role>
            <MarkView mark tone/>
            {children()}
        </div>
    }
}
