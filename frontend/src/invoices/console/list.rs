//! All invoices, and the one that is open beside them.

use domain::invoices::{InvoiceFilter, InvoiceStatus, InvoiceSummary, InvoiceView};
use domain::permission::Permission;
use leptos::prelude::*;
use ui::{ButtonKind, Column, Empty, Icon, LinkButton, Loaded, Pager, Skeleton, Tab, Table, Tabs};

use super::panel::InvoicePanel;
use super::{amount_column, state_column};
use crate::api;
use crate::clients::console::ClientChoice;
use crate::listing::{Export, FilterSearch, Filters, count};
use crate::paged::Paged;
use crate::session::ConsoleSession;
use crate::shell::console::Work;
use crate::t::{credits as credit_texts, invoices as texts};
use crate::{invoices, time};

/// A tab: what it shows, its name in the address, its label.
type View = (InvoiceView, &'static str, fn() -> &'static str);

const VIEWS: [View; 7] = [
    (InvoiceView::All, "", texts::tab::all),
    (InvoiceView::Draft, "draft", texts::tab::draft),
    (InvoiceView::Open, "open", texts::tab::open),
    (InvoiceView::Overdue, "overdue", texts::tab::overdue),
    (InvoiceView::Paid, "paid", texts::tab::paid),
    (InvoiceView::WrittenOff, "written_off", texts::state::written_off),
    (InvoiceView::Void, "void", texts::tab::void),
];

fn view_named(name: &str) -> InvoiceView {
    VIEWS.into_iter().find(|(_, known, _)| *known == name).map_or(InvoiceView::All, |(view, ..)| view)
}

/// `/console/invoices`
#[component]
pub fn Invoices() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let filters = Filters::here();
    let (view, q, client, open) =
        (filters.get("view"), filters.get("q"), filters.get("client"), filters.get("open"));
    let wanted = move || InvoiceFilter {
        view: view.with(|view| view_named(view)),
        client_id: client.with(|client| client.parse().ok()),
        q: Some(q.get()).filter(|q| !q.is_empty()),
        ..InvoiceFilter::default()
    };
    let query = Signal::derive(move || api::query(&wanted()));
    let list = Paged::new(move |cursor| {
        let filter = InvoiceFilter { cursor, ..wanted() };
        async move { invoices::list(&filter).await }
    });
    let may_view_clients = session.may(Permission::ViewClients);
    let may_edit = session.may(Permission::EditInvoices);
    let new = move || {
        may_edit.then(|| {
            let href = Signal::derive(move || match client.get() {
                client if client.is_empty() => "/console/invoices/new".to_owned(),
                client => format!("/console/invoices/new?client={client}"),
            });
            view! {
                <LinkButton href kind=ButtonKind::Primary icon=Icon::Plus>
                    {texts::invoice()}
                </LinkButton>
            }
        })
    };
    let tabs = move || {
        let tabs = VIEWS
            .into_iter()
            .map(|(_, name, label)| {
                let current = Signal::derive(move || view.with(|view| view == name));
                view! {
                    <Tab href=filters.address("view", name) current count=None>
                        {label()}
                    </Tab>
                }
            })
            .collect_view();
        view! {
            <Tabs label=texts::state_title()>
                {tabs}
                <Tab href="/console/credit-notes" current=false count=None>
                    {credit_texts::notes()}
                </Tab>
            </Tabs>
        }
    };
    let empty = move || {
        if filters.any(&["q", "client", "view"]) {
            view! { <Empty title=texts::none_found() sub=texts::none_found_sub()/> }
        } else {
            view! { <Empty title=texts::none() sub=texts::none_sub()/> }
        }
    };
    let selected =
        Callback::new(move |(row,): (InvoiceSummary,)| open.with(|open| *open == row.id.to_string()));
    let panel = move || {
        let id = open.get();
        (!id.is_empty()).then(|| {
            let on_close = move || filters.set("open", "");
            view! { <InvoicePanel id on_close on_changed=move || list.refetch()/> }
        })
    };
    view! {
        <Work title=texts::title() actions=move || view! { <Export list="invoices" query/> {new()} }>
            <div class="listing">
                {tabs} <div class="filters">
                    <FilterSearch filters label=texts::search()/>
                    {may_view_clients.then(|| view! { <ClientChoice filters/> })}
                </div>
                <Loaded
                    resource=list.first
                    skeleton=Skeleton::Table
                    is_empty=|empty: &bool| *empty
                    empty
                    let:_
                >
                    <div class="listing">
                        <Table label=texts::title() columns=columns(filters) rows=list.items selected/>
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
        {panel}
    }
}

fn columns(filters: Filters) -> Vec<Column<InvoiceSummary>> {
    vec![
        Column::beside(
            texts::client(),
            |row: &InvoiceSummary| row.client_name.to_string(),
            move |row| match row.status {
                // A draft is to be written, not looked at.
                InvoiceStatus::Draft => format!("/console/invoices/{}", row.id),
                _ => untrack(|| filters.address("open", &row.id.to_string())),
            },
        ),
        Column::meta(texts::number(), |row: &InvoiceSummary| row.number.clone().unwrap_or_default()),
        Column::meta(texts::due(), |row: &InvoiceSummary| time::day_short(row.due_on)),
        state_column(),
        amount_column(),
    ]
}
