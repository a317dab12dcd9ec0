//! Pages whose code is fetched when they are first asked for, so that it isn't part of everybody's first load.
//!
//! [`chunks!`] names them; those of one chunk come together. `scripts/wasm-bindgen` takes the module apart where it is used.

use std::cell::Cell;
use std::future::Future;

use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
use ui::{Fetched, Loaded, Skeleton};

use crate::api::ApiError;
use crate::browser;

/// A page's component, once its code is there.
pub type Arrived = Result<fn() -> AnyView, SplitLoaderError>;

/// The pages of each chunk as functions for routes: `chunks! { "portal"; quotes: quote_page = QuotePage; }` makes
/// `quote_page()`, the page [`arriving`] with whatever else is in `quotes`.
///
/// A chunk's functions are exported, so they stay in every module that this crate is linked into. The feature of the
/// application's name keeps them out of the other one.
macro_rules! chunks {
    ($application:literal; $($chunk:ident: $($name:ident = $page:path),+;)+) => {
        $($(
            #[cfg(feature = $application)]
            fn $name() -> AnyView {
                #[leptos::wasm_split::wasm_split($chunk, wasm_split_path = leptos::wasm_split, fallible)]
                fn $name() -> crate::later::Arrived {
                    Ok(|| $page().into_any())
                }
                crate::later::arriving($name)
            }
            #[cfg(not(feature = $application))]
            fn $name() -> AnyView {
                $page().into_any()
            }
        )+)+
    };
}
pub(crate) use chunks;

/// A page from when its code is asked for: its shape first, then itself.
///
/// After a failure the whole document is loaded anew: a server that has been renewed has no more pieces of the old application.
pub fn arriving<Fut: Future<Output = Arrived> + 'static>(fetch: fn() -> Fut) -> AnyView {
    let again = Cell::new(false);
    let page = Fetched::new(move || {
        if again.replace(true) {
            browser::reload();
        }
        let arrives = fetch();
        async move { arrives.await.map_err(|_| ApiError::Offline) }
    });
    view! {
        <Loaded resource=page skeleton=Skeleton::Document let:page>
            {untrack(page)}
        </Loaded>
    }
    .into_any()
}
