//! All invoices that come again.

use domain::permission::Permission;
use domain::recurring::{RecurringInvoiceFilter, RecurringInvoiceSummary, RecurringState};
use leptos::prelude::*;
use ui::{ButtonKind, Column, Empty, Figure, Icon, LinkButton, Loaded, Pager, Skeleton, Tab, Table, Tabs};

use crate::clients::console::ClientChoice;
use crate::listing::{Export, Filters, count};
use crate::money::amount;
use crate::paged::Paged;
use crate::recurring::{self, StatePill};
use crate::session::ConsoleSession;
use crate::shell::console::Work;
use crate::t::recurring as texts;
use crate::{api, time};

/// A tab: what it shows, its label.
type View = (Option<RecurringState>, fn() -> &'static str);

const VIEWS: [View; 4] = [
    (None, texts::all),
    (Some(RecurringState::Active), texts::state::active),
    (Some(RecurringState::Paused), texts::state::paused),
    (Some(RecurringState::Ended), texts::state::ended),
];

/// A tab's name in the address.
fn name(state: Option<RecurringState>) -> &'static str {
    state.map_or("", RecurringState::as_str)
}

fn named(wanted: &str) -> Option<RecurringState> {
    VIEWS.into_iter().find_map(|(state, _)| state.filter(|state| state.as_str() == wanted))
}

/// `/console/recurring`
#[component]
pub fn RecurringInvoices() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let filters = Filters::here();
    let (state, client) = (filters.get("state"), filters.get("client"));
    let wanted = move || RecurringInvoiceFilter {
        state: state.with(|state| named(state)),
        client_id: client.with(|client| client.parse().ok()),
        ..RecurringInvoiceFilter::default()
    };
    let query = Signal::derive(move || api::query(&wanted()));
    let list = Paged::new(move |cursor| {
        let filter = RecurringInvoiceFilter { cursor, ..wanted() };
        async move { recurring::list(&filter).await }
    });
    let may_edit = session.may(Permission::EditInvoices);
    let new = move || {
        may_edit.then(|| {
            let href = Signal::derive(move || match client.get() {
                client if client.is_empty() => "/console/recurring/new".to_owned(),
                client => format!("/console/recurring/new?client={client}"),
            });
            view! {
                <LinkButton href kind=ButtonKind::Primary icon=Icon::Plus>
                    {texts::new()}
                </LinkButton>
            }
        })
    };
    let tabs = move || {
        let tabs = VIEWS
            .into_iter()
            .map(|(shown, label)| {
                let current = Signal::derive(move || state.with(|state| state == name(shown)));
                view! {
                    <Tab href=filters.address("state", name(shown)) current count=None>
                        {label()}
                    </Tab>
                }
            })
            .collect_view();
        view! { <Tabs label=texts::state_title()>{tabs}</Tabs> }
    };
    let empty = move || {
        if filters.any(&["client", "state"]) {
            view! { <Empty title=texts::none_found() sub=texts::none_found_sub()/> }
        } else {
            view! { <Empty title=texts::none() sub=texts::none_sub()/> }
        }
    };
    view! {
        <Work title=texts::title() actions=move || view! { <Export list="recurring-invoices" query/> {new()} }>
            <div class="listing">
                {tabs}
                {session
                    .may(Permission::ViewClients)
                    .then(|| {
                        view! {
                            <div class="filters">
                                <ClientChoice filters/>
                            </div>
                        }
                    })}
                <Loaded
                    resource=list.first
                    skeleton=Skeleton::Table
                    is_empty=|empty: &bool| *empty
                    empty
                    let:_
                >
                    <div class="listing">
                        <Table label=texts::title() columns=columns() rows=list.items/>
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

fn columns() -> Vec<Column<RecurringInvoiceSummary>> {
    let mut columns = columns_of_client();
    columns.insert(
        1,
        Column::wide(texts::client(), |row: &RecurringInvoiceSummary| row.client_name.to_string()),
    );
    columns
}

/// Columns where the client is known already.
pub fn columns_of_client() -> Vec<Column<RecurringInvoiceSummary>> {
    vec![
        Column::main(
            texts::name(),
            |row: &RecurringInvoiceSummary| row.name.to_string(),
            |row| format!("/console/recurring/{}", row.id),
        ),
        Column::meta(texts::every_title(), |row: &RecurringInvoiceSummary| recurring::rhythm(row.rhythm)),
        Column::meta(texts::next(), |row: &RecurringInvoiceSummary| {
            // A pause keeps the place, but no day is promised.
            let comes = row.state == RecurringState::Active;
            time::day_short(row.next_on.filter(|_| comes))
        }),
        Column::state(texts::state_title(), |row: &RecurringInvoiceSummary| {
            view! { <StatePill state=row.state stopped=row.attention.is_some()/> }
        }),
        Column::amount(texts::total(), |row: &RecurringInvoiceSummary| {
            view! { <Figure amount=amount(row.total)/> }
        }),
    ]
}
