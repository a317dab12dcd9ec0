//! Buttons that save a file.

use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{Button, ButtonKind, Icon, Toast, Toasts};

use crate::api;
use crate::t::common as texts;

/// Saves a document as PDF. It is fetched like everything else, so it works long after signing in, and for guests.
#[component]
pub fn PdfButton(
    /// Where it is, below the API.
    #[prop(into)]
    path: Signal<String>,
    /// What the file is called, without its ending.
    #[prop(into)]
    name: Signal<String>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let busy = RwSignal::new(false);
    let save = move || {
        busy.set(true);
        let (path, name) = (path.get_untracked(), format!("{}.pdf", name.get_untracked()));
        spawn_local(async move {
            let answer = api::download(&path, &name).await;
            busy.try_set(false);
            if let Err(error) = answer {
                toasts.show(Toast::failed(error.text()));
            }
        });
    };
    view! {
        <Button kind=ButtonKind::Secondary icon=Icon::Download busy on_click=save>
            {texts::pdf()}
        </Button>
    }
}
