//! All quotes.

use domain::permission::Permission;
use domain::quotes::{QuoteFilter, QuoteSummary, QuoteView};
use leptos::prelude::*;
use ui::{ButtonKind, Column, Empty, Figure, Icon, LinkButton, Loaded, Pager, Skeleton, Tab, Table, Tabs};

use super::{StatePill, calls};
use crate::api;
use crate::clients::console::ClientChoice;
use crate::listing::{Export, FilterSearch, Filters, count};
use crate::money::amount;
use crate::paged::Paged;
use crate::session::ConsoleSession;
use crate::shell::console::Work;
use crate::t::quotes_console as texts;
use crate::time;

/// A tab: what it shows, its name in the address, its label.
type View = (QuoteView, &'static str, fn() -> &'static str);

const VIEWS: [View; 9] = [
    (QuoteView::All, "", texts::tab::all),
    (QuoteView::NeedsUs, "needs_us", texts::tab::needs_us),
    (QuoteView::AwaitingApproval, "awaiting_approval", texts::tab::awaiting_approval),
    (QuoteView::Draft, "draft", texts::tab::draft),
    (QuoteView::Open, "open", texts::tab::open),
    (QuoteView::Accepted, "accepted", texts::tab::accepted),
    (QuoteView::Declined, "declined", texts::tab::declined),
    (QuoteView::Expired, "expired", texts::tab::expired),
    (QuoteView::Withdrawn, "withdrawn", texts::tab::withdrawn),
];

fn view_named(name: &str) -> QuoteView {
    VIEWS.into_iter().find(|(_, known, _)| *known == name).map_or(QuoteView::All, |(view, ..)| view)
}

/// `/console/quotes`
#[component]
pub fn Quotes() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let filters = Filters::here();
    let (view, q, client) = (filters.get("view"), filters.get("q"), filters.get("client"));
    let wanted = move || QuoteFilter {
        view: view.with(|view| view_named(view)),
        client_id: client.with(|client| client.parse().ok()),
        q: Some(q.get()).filter(|q| !q.is_empty()),
        ..QuoteFilter::default()
    };
    let list = Paged::new(move |cursor| {
        let filter = QuoteFilter { cursor, ..wanted() };
        async move { calls::list(&filter).await }
    });
    let query = Signal::derive(move || api::query(&wanted()));
    let may_view_clients = session.may(Permission::ViewClients);
    let may_edit = session.may(Permission::EditQuotes);
    let new = move || {
        may_edit.then(|| {
            let href = Signal::derive(move || match client.get() {
                client if client.is_empty() => "/console/quotes/new".to_owned(),
                client => format!("/console/quotes/new?client={client}"),
            });
            view! {
                <LinkButton href kind=ButtonKind::Primary icon=Icon::Plus>
                    {texts::quote()}
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
        view! { <Tabs label=texts::state_title()>{tabs}</Tabs> }
    };
    let empty = move || {
        if filters.any(&["q", "client", "view"]) {
            view! { <Empty title=texts::none_found() sub=texts::none_found_sub()/> }
        } else {
            view! { <Empty title=texts::none() sub=texts::none_sub()/> }
        }
    };
    view! {
        <Work title=texts::title() actions=move || view! { <Export list="quotes" query/> {new()} }>
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

fn columns() -> Vec<Column<QuoteSummary>> {
    vec![
        Column::main(
            texts::quote_title(),
            |row: &QuoteSummary| row.title.to_string(),
            |row: &QuoteSummary| format!("/console/quotes/{}", row.id),
        ),
        Column::meta(texts::client(), |row: &QuoteSummary| row.client_name.to_string()),
        Column::meta(texts::number(), |row: &QuoteSummary| row.number.clone().unwrap_or_default()),
        Column::meta(texts::valid_until(), |row: &QuoteSummary| time::day_short(row.valid_until)),
        Column::meta(texts::open_questions(), |row: &QuoteSummary| match row.open_questions {
            0 => String::new(),
            count => texts::questions_open(count),
        }),
        Column::state(texts::state_title(), |row: &QuoteSummary| {
            view! { <StatePill state=row.state waits=row.approval_pending/> }
        }),
        Column::amount(texts::total(), |row: &QuoteSummary| view! { <Figure amount=amount(row.total)/> }),
    ]
}
