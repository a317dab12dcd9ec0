//! Something fetched, for [`crate::Loaded`] to show.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fetched once, and anew whenever a signal changes that `fetch` reads before its first await, or when [`Self::refetch`] is called.
/// Until the new answer is there, the one before stays.
///
/// The framework's own resources also stream from a server and suspend views. None of that happens here, and each type they hold
/// costs three kilobytes of the download.
pub struct Fetched<T: 'static> {
    value: RwSignal<Option<T>>,
    again: Trigger,
}

impl<T> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fetched<T> {}

impl<T: Send + Sync + 'static> Fetched<T> {
    /// Begins to fetch.
    pub fn new<Fut: Future<Output = T> + 'static>(fetch: impl Fn() -> Fut + 'static) -> Self {
        let (value, again) = (RwSignal::new(None), Trigger::new());
        let latest = StoredValue::new(0_u32);
        run_anew(
            again,
            Box::new(move || {
                let answer = fetch();
                latest.update_value(|latest| *latest += 1);
                let mine = latest.get_value();
                spawn_local(async move {
                    let answer = answer.await;
                    // It may be asked something else by now, or the page may have been left.
                    if latest.try_get_value() == Some(mine) {
                        value.try_set(Some(answer));
                    }
                });
            }),
        );
        Self { value, again }
    }

    /// What was fetched; nothing before the first answer.
    pub fn get(self) -> Option<T>
    where
        T: Clone,
    {
        self.value.get()
    }

    /// Looks at what was fetched.
    pub fn with<U>(self, look: impl FnOnce(&Option<T>) -> U) -> U {
        self.value.with(look)
    }

    /// Fetches it anew.
    pub fn refetch(self) {
        self.again.notify();
    }
}

/// Apart, so that it is compiled once.
fn run_anew(again: Trigger, run: Box<dyn Fn()>) {
    Effect::new(move |_| {
        again.track();
        run();
    });
}
