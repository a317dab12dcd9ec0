//! Everything that happened in the organization.

use leptos::prelude::*;

use super::Feed;
use crate::shell::console::Work;
use crate::t::activity as texts;

/// `/console/activity`
#[component]
pub fn ActivityPage() -> impl IntoView {
    view! {
        <Work title=texts::title()>
            <Feed path="" version=Signal::stored(0)/>
        </Work>
    }
}
