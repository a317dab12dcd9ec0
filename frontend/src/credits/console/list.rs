//! All credit notes.

use domain::credits::{CreditNoteFilter, CreditNoteStatus, CreditNoteSummary};
use leptos::prelude::*;
use ui::{Column, Empty, Figure, Loaded, Mark, Pager, Pill, Skeleton, Table, Tone};

use crate::clients::console::ClientChoice;
use crate::listing::{Export, Filters, count};
use crate::money::amount;
use crate::paged::Paged;
use crate::session::ConsoleSession;
use crate::shell::console::Work;
use crate::t::{credits as texts, invoices as invoice_texts};
use crate::{api, credits, time};

/// `/console/credit-notes`
#[component]
pub fn CreditNotes() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let filters = Filters::here();
    let client = filters.get("client");
    let wanted = move || CreditNoteFilter {
        client_id: client.with(|client| client.parse().ok()),
        ..CreditNoteFilter::default()
    };
    let list = Paged::new(move |cursor| {
        let filter = CreditNoteFilter { cursor, ..wanted() };
        async move { credits::list(&filter).await }
    });
    let query = Signal::derive(move || api::query(&wanted()));
    let may_view_clients = session.may(domain::permission::Permission::ViewClients);
    let empty = || view! { <Empty title=texts::none() sub=texts::none_sub()/> };
    view! {
        <Work title=texts::notes() actions=move || view! { <Export list="credit-notes" query/> }>
            <div class="listing">
                <div class="filters">{may_view_clients.then(|| view! { <ClientChoice filters/> })}</div>
                <Loaded resource=list.first skeleton=Skeleton::Table is_empty=|empty: &bool| *empty empty let:_>
                    <div class="listing">
                        <Table label=texts::notes() columns=columns() rows=list.items/>
                        <Pager
                            shown=Signal::derive(move || texts::shown(count(list.items)))
                            more=list.has_more()
                            busy=list.busy
                            on_more=list.on_more()
                        />
                    </div>
                </Loaded>
            </div>
        </Work>
    }
}

fn columns() -> Vec<Column<CreditNoteSummary>> {
    vec![
        Column::main(
            texts::note(),
            |row: &CreditNoteSummary| match &row.number {
                Some(number) => texts::note_numbered(number),
                None => invoice_texts::draft().to_owned(),
            },
            |row| format!("/console/invoices/{}", row.invoice_id),
        ),
        Column::meta(invoice_texts::client(), |row: &CreditNoteSummary| row.client_name.to_string()),
        Column::meta(texts::of_invoice(), |row: &CreditNoteSummary| row.invoice_number.clone()),
        Column::meta(invoice_texts::dated(), |row: &CreditNoteSummary| time::day_short(row.issued_on)),
        Column::wide(invoice_texts::reason(), |row: &CreditNoteSummary| row.reason.to_string()),
        Column::state(invoice_texts::state_title(), |row: &CreditNoteSummary| match row.status {
            CreditNoteStatus::Draft => {
                view! { <Pill label=invoice_texts::draft() mark=Mark::Draft tone=Tone::Neutral/> }
            }
            CreditNoteStatus::Issued => {
                view! { <Pill label=texts::state_issued() mark=Mark::Full tone=Tone::Neutral/> }
            }
        }),
        Column::amount(invoice_texts::amount(), |row: &CreditNoteSummary| {
            view! { <Figure amount=amount(row.total)/> }
        }),
    ]
}
