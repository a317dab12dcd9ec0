//! All clients.

use domain::clients::{ClientFilter, ClientSummary};
use domain::permission::Permission;
use leptos::prelude::*;
use ui::{ButtonKind, Column, Empty, Icon, LinkButton, Loaded, Pager, Skeleton, Table};

use crate::clients;
use crate::listing::{FilterChip, FilterSearch, Filters};
use crate::money::Sums;
use crate::paged::Paged;
use crate::session::ConsoleSession;
use crate::shell::console::Work;
use crate::t::clients as texts;

/// `/console/clients`
#[component]
pub fn Clients() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let filters = Filters::here();
    let (archived, owing) = (filters.get("archived"), filters.get("owing"));
    let list = Paged::new(move |cursor| {
        let filter = ClientFilter {
            q: filters.option("q"),
            archived: archived.with(|value| value == "true"),
            owing: owing.with(|value| value == "true"),
            limit: None,
            cursor,
        };
        async move { clients::list(&filter).await }
    });
    let may_edit = session.may(Permission::EditClients);
    let actions = move || {
        may_edit.then(|| {
            view! {
                <LinkButton href="/console/clients/new".to_owned() kind=ButtonKind::Primary icon=Icon::Plus>
                    {texts::client()}
                </LinkButton>
            }
        })
    };
    let empty = move || {
        if filters.any(&["q", "archived", "owing"]) {
            view! { <Empty title=texts::none_found() sub=texts::none_found_sub()/> }.into_any()
        } else {
            let import = session.may(Permission::ImportData).then(|| {
                view! { <LinkButton href="/console/imports".to_owned()>{texts::import()}</LinkButton> }
            });
            view! { <Empty title=texts::none() sub=texts::none_sub()>{import}</Empty> }.into_any()
        }
    };
    let money = session.may(Permission::ViewInvoices);
    view! {
        <Work title=texts::title() actions>
            <div class="listing">
                <div class="filters">
                    <FilterSearch filters label=texts::search()/>
                    {money.then(|| view! { <FilterChip filters name="owing" label=texts::owing()/> })}
                    <FilterChip filters name="archived" label=texts::archived()/>
                </div>
                <Loaded
                    resource=list.first
                    skeleton=Skeleton::Table
                    is_empty=|empty: &bool| *empty
                    empty
                    let:_
                >
                    <div class="listing">
                        <Table label=texts::title() columns=columns(money) rows=list.items/>
                        <Pager
                            shown=Signal::derive(move || texts::shown(crate::listing::count(list.items)))
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

fn columns(money: bool) -> Vec<Column<ClientSummary>> {
    let mut columns = vec![
        Column::main(
            texts::client(),
            |row: &ClientSummary| row.name.to_string(),
            |row| format!("/console/clients/{}", row.id),
        ),
        Column::meta(texts::contact(), |row: &ClientSummary| {
            row.primary_contact.as_ref().map(ToString::to_string).unwrap_or_default()
        }),
        Column::wide(texts::email(), |row: &ClientSummary| {
            row.primary_email.as_ref().map(ToString::to_string).unwrap_or_default()
        }),
        Column::wide(texts::address::city(), |row: &ClientSummary| row.city.to_string()),
    ];
    if money {
        columns.push(Column::amount(texts::owed(), |row: &ClientSummary| {
            let sums = row.owed.clone();
            view! { <Sums sums/> }
        }));
    }
    columns
}
