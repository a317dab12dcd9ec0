//! Toasts: what has been done, and the way back.

use std::time::Duration;

use leptos::prelude::*;

use crate::button::IconButton;
use crate::icon::Icon;
use crate::mark::{Mark, MarkView, Tone};
use crate::words::words;

/// What a toast says.
#[derive(Debug, Clone)]
pub struct Toast {
    /// What happened.
    pub text: String,
    /// Its mark.
    pub mark: Mark,
    /// The mark's colour.
    pub tone: Tone,
    /// Takes it back.
    pub undo: Option<Callback<()>>,
}

impl Toast {
    /// Something is done.
    pub fn done(text: impl Into<String>) -> Self {
        Self { text: text.into(), mark: Mark::Full, tone: Tone::Positive, undo: None }
    }

    /// Something did not work.
    pub fn failed(text: impl Into<String>) -> Self {
        Self { text: text.into(), mark: Mark::Late, tone: Tone::Critical, undo: None }
    }

    /// With a way back.
    #[must_use]
    pub fn undo(mut self, undo: impl Into<Callback<()>>) -> Self {
        self.undo = Some(undo.into());
        self
    }
}

/// The toasts of the application; get it with `expect_context::<Toasts>()`.
#[derive(Debug, Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<(u32, Toast)>>,
    last: StoredValue<u32>,
}

/// Provides [`Toasts`] to everything below; the shell calls it once and shows [`ToastHost`].
pub fn provide_toasts() -> Toasts {
    let toasts = Toasts { list: RwSignal::new(Vec::new()), last: StoredValue::new(0) };
    provide_context(toasts);
    toasts
}

impl Toasts {
    /// Shows a toast: six seconds, twelve when it can be undone, failures until closed.
    pub fn show(self, toast: Toast) {
        let id = self.last.get_value() + 1;
        self.last.set_value(id);
        let seconds = match (toast.tone, toast.undo) {
            (Tone::Critical, _) => None,
            (_, Some(_)) => Some(12),
            (_, None) => Some(6),
        };
        // One at a time is readable: a newer one takes the older one's place.
        self.list.set(vec![(id, toast)]);
        if let Some(seconds) = seconds {
            set_timeout(move || self.close(id), Duration::from_secs(seconds));
        }
    }

    fn close(self, id: u32) {
        self.list.update(|list| list.retain(|(known, _)| *known != id));
    }
}

/// Where toasts appear. It is always there, so that screen readers announce what comes into it.
#[component]
pub fn ToastHost() -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let shown = move || {
        toasts
            .list
            .get()
            .into_iter()
            .map(|(id, toast)| {
                let close = Callback::new(move |()| toasts.close(id));
                let undo = toast.undo.map(|undo| {
                    let click = move |_| {
                        toasts.close(id);
                        undo.run(());
                    };
                    view! { <button type="button" on:click=click>{words().undo}</button> }
                });
                view! {
                    <div class="toast">
                        <MarkView mark=toast.mark tone=toast.tone/>
                        <span>{toast.text}</span>
                        {undo}
                        <IconButton icon=Icon::Close label=words().close on_click=close/>
                    </div>
                }
            })
            .collect_view()
    };
    view! { <div class="toasts" role="status" aria-live="polite">{shown}</div> }
}
