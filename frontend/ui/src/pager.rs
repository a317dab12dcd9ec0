//! The foot of a list.

use leptos::prelude::*;

use crate::button::Button;
use crate::words::words;

/// How much is shown, and the button for more.
#[component]
pub fn Pager(
    /// How much is shown: "50 invoices since 1 Oct".
    #[prop(into)]
    shown: Signal<String>,
    /// Whether there is more.
    #[prop(into)]
    more: Signal<bool>,
    /// More is on its way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Fetches more.
    #[prop(into)]
    on_more: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="pager">
            <span class="muted" role="status">{move || shown.get()}</span>
            {move || more.get().then(|| view! { <Button busy on_click=on_more>{words().load_more}</Button> })}
        </div>
    }
}
