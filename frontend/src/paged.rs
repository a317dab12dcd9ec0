//! A list that is fetched in parts.

use std::future::Future;
use std::time::Duration;

use domain::page::Page;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{Toast, Toasts};

use crate::api::{Answer, ApiError};

/// How long a worker usually takes, generously.
const SOON: Duration = Duration::from_secs(2);

/// A list and how to get more of it. Show it by `Loaded` over [`Paged::first`], with `Table rows=list.items` and a `Pager` inside.
pub struct Paged<T: 'static> {
    /// The first part: whether it is empty.
    pub first: ui::Fetched<Result<bool, ApiError>>,
    /// Everything fetched so far.
    pub items: RwSignal<Vec<T>>,
    /// More is on its way.
    pub busy: RwSignal<bool>,
    next: RwSignal<Option<String>>,
    more: Callback<()>,
}

impl<T> Clone for Paged<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Paged<T> {}

impl<T: Send + Sync + 'static> Paged<T> {
    /// A list whose parts `fetch` gets by their cursor. Signals that it reads before its first await (filters) fetch it anew.
    pub fn new<F, Fut>(fetch: F) -> Self
    where
        F: Fn(Option<String>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Answer<Page<T>>> + 'static,
    {
        let items = RwSignal::new(Vec::new());
        let next = RwSignal::new(None);
        let busy = RwSignal::new(false);
        let toasts = use_context::<Toasts>();
        let fetch_first = fetch.clone();
        let first = ui::Fetched::new(move || {
            let part = fetch_first(None);
            async move {
                let page = part.await?;
                let empty = page.items.is_empty();
                items.set(page.items);
                next.set(page.next);
                Ok(empty)
            }
        });
        let more = Callback::new(move |()| {
            if busy.get_untracked() {
                return;
            }
            busy.set(true);
            let cursor = next.get_untracked();
            let part = untrack(|| fetch(cursor.clone()));
            spawn_local(async move {
                let answer = part.await;
                busy.set(false);
                // A filter may have been changed meanwhile: then this is a part of another list.
                if next.get_untracked() != cursor {
                    return;
                }
                match answer {
                    Ok(page) => {
                        items.update(|items| items.extend(page.items));
                        next.set(page.next);
                    }
                    Err(error) => {
                        if let Some(toasts) = toasts {
                            toasts.show(Toast::failed(error.text()));
                        }
                    }
                }
            });
        });
        Self { first, items, busy, next, more }
    }

    /// Whether there is more.
    pub fn has_more(self) -> Signal<bool> {
        let next = self.next;
        Signal::derive(move || next.with(Option::is_some))
    }

    /// Fetches the next part.
    pub fn on_more(self) -> Callback<()> {
        self.more
    }

    /// Fetches the list anew, from its start.
    pub fn refetch(self) {
        self.first.refetch();
    }

    /// Fetches it now and once more in a moment: what was asked for is done by a worker, soon.
    pub fn refetch_soon(self) {
        self.refetch();
        let again = move || {
            // The page may have been left meanwhile.
            if self.items.try_with_untracked(|_| ()).is_some() {
                self.refetch();
            }
        };
        set_timeout(again, SOON);
    }
}
