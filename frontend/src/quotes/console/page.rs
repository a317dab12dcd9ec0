//! A quote's own address: the editor for what is being written, the document for everything else.

use domain::permission::Permission;
use domain::quotes::Quote;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::{Loaded, Skeleton};

use super::calls;
use super::document::Document;
use super::editor::Editor;
use crate::session::ConsoleSession;

/// `/console/quotes/{id}`, with `no` for an older version, and `/console/quotes/new`
#[component]
pub fn QuotePage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let no = Memo::new(move |_| query.read().get("no").and_then(|no| no.parse::<i32>().ok()));
    move || {
        let (id, no) = (id.get(), no.get());
        if id == "new" {
            return Either::Left(view! { <Whole known=None/> });
        }
        let quote = ui::Fetched::new(move || {
            let id = id.clone();
            async move { calls::find(&id, no).await }
        });
        Either::Right(move || match quote.get() {
            // The editor brings a panel of its own beside the page, so it can't stand inside of one.
            Some(Ok(known)) => Either::Left(view! { <Whole known=Some(known)/> }),
            _ => Either::Right(view! {
                <main class="work">
                    <Loaded resource=quote skeleton=Skeleton::Document let:_>
                        ""
                    </Loaded>
                </main>
            }),
        })
    }
}

#[component]
fn Whole(known: Option<Quote>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let quote = RwSignal::new(known);
    // What waits for an approval is not written meanwhile.
    let writing = Memo::new(move |_| {
        session.may(Permission::EditQuotes)
            && quote.with(|quote| {
                quote.as_ref().is_none_or(|quote| {
                    quote.draft_no == Some(quote.document.no)
                        && !quote.approval.as_ref().is_some_and(|approval| approval.pending)
                })
            })
    });
    move || {
        if writing.get() {
            Either::Left(view! { <Editor quote/> })
        } else {
            Either::Right(view! { <Document quote/> })
        }
    }
}
