//! What a page is complete without.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Answer;

/// Fetches something once, to be shown when it is there; the page says nothing of it until then, nor where it can't be had. For
/// what a page is about there are resources and `Loaded`.
pub fn quietly<T: Send + Sync + 'static>(
    call: impl Future<Output = Answer<T>> + 'static,
) -> ReadSignal<Option<T>> {
    let (found, set_found) = signal(None);
    spawn_local(async move {
        if let Ok(value) = call.await {
            // The page may have been left meanwhile.
            let _ = set_found.try_set(Some(value));
        }
    });
    found
}
