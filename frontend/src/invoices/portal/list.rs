//! The client's invoices in a table.

use domain::invoices::{InvoiceSummary, InvoiceView};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use ui::format::{DateStyle, date};
use ui::{Column, Empty, Figure, Loaded, Mark, Pager, Skeleton, Table, Tone};

use super::StatePill;
use super::money::{MoneyHead, Part};
use crate::money::amount;
use crate::paged::Paged;
use crate::session::{PortalSession, set_page_title};
use crate::t::portal::{invoice as invoice_texts, money as texts};

/// `/{organization}/invoices?view=…`: what is to pay, unless the address says otherwise.
#[component]
pub fn Invoices() -> impl IntoView {
    set_page_title(texts::title());
    let query = use_query_map();
    let view = Memo::new(move |_| match query.read().get_str("view") {
        Some("all") => InvoiceView::All,
        Some("paid") => InvoiceView::Paid,
        _ => InvoiceView::Open,
    });
    let list = Paged::new(move |cursor| super::list(view.get(), cursor));
    let empty = move || match view.get() {
        InvoiceView::All => view! { <Empty title=texts::none() sub=texts::none_sub()/> },
        InvoiceView::Paid => view! { <Empty title=texts::none_paid() sub=texts::none_paid_sub()/> },
        _ => view! {
            <Empty title=texts::none_open() sub=texts::none_open_sub() mark=Mark::Full tone=Tone::Accent/>
        },
    };
    view! {
        <div class="listing">
            <MoneyHead current=Signal::derive(move || Part::Invoices(view.get()))/>
            <Loaded
                resource=list.first
                skeleton=Skeleton::Table
                is_empty=|empty: &bool| *empty
                empty=move || empty().into_any()
                let:_
            >
                <InvoiceTable list open=Signal::derive(move || view.get() == InvoiceView::Open)/>
            </Loaded>
        </div>
    }
}

#[component]
fn InvoiceTable(list: Paged<InvoiceSummary>, open: Signal<bool>) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let short = |day: Option<chrono::NaiveDate>| {
        day.map(|day| date(&day.to_string(), DateStyle::Medium)).unwrap_or_default()
    };
    let columns = move || {
        let is_open = open.get();
        vec![
            Column::main(
                texts::number(),
                |row: &InvoiceSummary| invoice_texts::title(row.number.as_deref().unwrap_or_default()),
                move |row| session.path(&format!("/invoices/{}", row.id)),
            ),
            Column::meta(texts::due(), move |row: &InvoiceSummary| short(row.due_on)),
            Column::wide(texts::dated(), move |row: &InvoiceSummary| short(row.issued_on)),
            Column::state(texts::state(), |row: &InvoiceSummary| {
                view! { <StatePill status=row.status overdue=row.overdue due=row.due_on/> }
            }),
            // What is left is what matters of an open one; of the others, what they came to.
            Column::amount(
                if is_open { texts::left() } else { texts::total() },
                move |row: &InvoiceSummary| {
                    let sum = if is_open { row.balance } else { row.total };
                    view! { <Figure amount=amount(sum)/> }
                },
            ),
        ]
    };
    let shown = move || texts::shown(i64::try_from(list.items.with(Vec::len)).unwrap_or(i64::MAX));
    view! {
        <div class="listing">
            {move || view! { <Table label=texts::title() columns=columns() rows=list.items/> }}
            <Pager
                shown=Signal::derive(shown)
                more=list.has_more()
                busy=list.busy
                on_more=list.on_more()
            />
        </div>
    }
}
