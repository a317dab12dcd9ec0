//! A quote's own address.

use domain::quotes::Quote;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::{Loaded, Skeleton};

use super::calls;
use super::document::Document;

/// `/console/quotes/{id}`, with `no` for an older version.
#[component]
pub fn QuotePage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let no = Memo::new(move |_| query.read().get("no").and_then(|no| no.parse::<i32>().ok()));
    move || {
        let (id, no) = (id.get(), no.get());
        let quote = ui::Fetched::new(move || {
            let id = id.clone();
            async move { calls::find(&id, no).await }
        });
        move || match quote.get() {
            Some(Ok(known)) => Either::Left(view! { <Whole known/> }),
            _ => Either::Right(view! {
                <main class="work">
                    <Loaded resource=quote skeleton=Skeleton::Document let:_>
                        ""
                    </Loaded>
                </main>
            }),
        }
    }
}

#[component]
fn Whole(known: Quote) -> impl IntoView {
    let quote = RwSignal::new(Some(known));
    view! { <Document quote/> }
}
