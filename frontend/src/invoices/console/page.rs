//! An invoice's own address: the editor for a draft, the document for everything else.

use domain::invoices::{Invoice, InvoiceStatus};
use domain::permission::Permission;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use ui::{Loaded, Skeleton};

use super::document::Document;
use super::editor::Editor;
use crate::invoices;
use crate::session::ConsoleSession;

/// `/console/invoices/{id}` and `/console/invoices/new`
#[component]
pub fn InvoicePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    move || {
        let id = id.get();
        if id == "new" {
            return Either::Left(view! { <Whole known=None/> });
        }
        let invoice = ui::Fetched::new(move || {
            let id = id.clone();
            async move { invoices::find(&id).await }
        });
        let whole = move || match invoice.get() {
            // The editor brings a panel of its own beside the page, so it can't stand inside of one.
            Some(Ok(known)) => Either::Left(view! { <Whole known=Some(known)/> }),
            _ => Either::Right(view! {
                <main class="work">
                    <Loaded resource=invoice skeleton=Skeleton::Document let:_>
                        ""
                    </Loaded>
                </main>
            }),
        };
        Either::Right(whole)
    }
}

#[component]
fn Whole(known: Option<Invoice>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let invoice = RwSignal::new(known);
    let writing = Memo::new(move |_| {
        invoice.with(|invoice| {
            session.may(Permission::EditInvoices)
                && invoice.as_ref().is_none_or(|invoice| invoice.document.status == InvoiceStatus::Draft)
        })
    });
    move || {
        if writing.get() {
            Either::Left(view! { <Editor invoice/> })
        } else {
            Either::Right(view! { <Document invoice/> })
        }
    }
}
