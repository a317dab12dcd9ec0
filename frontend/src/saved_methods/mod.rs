//! Saved payment methods: what clients save and take away, and what staff see of it.

pub mod console;
pub mod portal;

use domain::saved_methods::{Freshness, SavedMethod};
use leptos::prelude::*;
use ui::{Mark, Pill, Tone};

use crate::t::saved_methods as texts;

/// Until when a card is good, in words; nothing for what has no end.
pub fn until(method: &SavedMethod) -> Option<String> {
    method.expires.map(|end| texts::until(&format!("{:02}/{}", end.month, end.year)))
}

/// Whether it is the one that is charged, and how near a card's end is.
#[component]
pub fn MethodPills(
    /// Of which method.
    method: SavedMethod,
) -> impl IntoView {
    let end = match method.freshness {
        Freshness::Good => None,
        Freshness::Expiring => Some((Mark::Half, Tone::Caution, texts::expiring())),
        Freshness::Expired => Some((Mark::Late, Tone::Critical, texts::expired())),
    };
    let end = end.map(|(mark, tone, label)| view! { <Pill label mark tone/> });
    let charged = method
        .is_default
        .then(|| view! { <Pill label=texts::is_charged() mark=Mark::Full tone=Tone::Accent/> });
    view! { {end} {charged} }
}
