//! The client's quotes in a table.

use domain::permission::Permission;
use domain::quotes::QuoteSummary;
use leptos::prelude::*;
use ui::format::{DateStyle, date};
use ui::{Column, Empty, Figure, Icon, Loaded, Pager, Skeleton, Table};

use super::StatePill;
use crate::money::amount;
use crate::paged::Paged;
use crate::session::{PortalSession, set_page_title};
use crate::shell::portal::PortalEntry;
use crate::t::quotes as texts;

/// In the tab bar.
pub const ENTRY: PortalEntry = PortalEntry {
    icon: Icon::File,
    label: texts::title,
    path: "/quotes",
    also: None,
    permission: Permission::ViewMoney,
};

/// `/{organization}/quotes`
#[component]
pub fn Quotes() -> impl IntoView {
    set_page_title(texts::title());
    let list = Paged::new(super::list);
    view! {
        <div class="listing">
            <header class="gap">
                <h1>{texts::title()}</h1>
            </header>
            <Loaded
                resource=list.first
                skeleton=Skeleton::Table
                is_empty=|empty: &bool| *empty
                empty=move || {
                    view! { <Empty title=texts::list::none() sub=texts::list::none_sub()/> }.into_any()
                }
                let:_
            >
                <QuoteTable list/>
            </Loaded>
        </div>
    }
}

#[component]
fn QuoteTable(list: Paged<QuoteSummary>) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let day = |day: Option<chrono::NaiveDate>| {
        day.map(|day| date(&day.to_string(), DateStyle::Medium)).unwrap_or_default()
    };
    let columns = vec![
        Column::main(
            texts::list::what(),
            |row: &QuoteSummary| row.title.to_string(),
            move |row| session.path(&format!("/quotes/{}", row.id)),
        ),
        Column::meta(texts::list::number(), |row: &QuoteSummary| row.number.clone().unwrap_or_default()),
        Column::wide(texts::page::valid_until(), move |row: &QuoteSummary| day(row.valid_until)),
        Column::state(texts::list::state(), |row: &QuoteSummary| {
            view! { <StatePill state=row.state valid_until=row.valid_until/> }
        }),
        Column::amount(texts::page::total(), |row: &QuoteSummary| {
            view! { <Figure amount=amount(row.total)/> }
        }),
    ];
    let shown = move || texts::list::shown(i64::try_from(list.items.with(Vec::len)).unwrap_or(i64::MAX));
    view! {
        <div class="listing">
            <Table label=texts::title() columns rows=list.items/>
            <Pager
                shown=Signal::derive(shown)
                more=list.has_more()
                busy=list.busy
                on_more=list.on_more()
            />
        </div>
    }
}
