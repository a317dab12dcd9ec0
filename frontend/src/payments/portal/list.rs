//! What the client has paid.

use domain::payments::Payment;
use leptos::prelude::*;
use ui::format::{DateStyle, date};
use ui::{Column, Empty, Figure, Loaded, Mark, Pager, Pill, Skeleton, Table, Tone};

use super::receipt::SaveReceipt;
use crate::invoices::portal::money::{MoneyHead, Part};
use crate::money::amount;
use crate::paged::Paged;
use crate::payments::how;
use crate::session::{PortalSession, set_page_title};
use crate::t::portal::{invoice as invoice_texts, money as money_texts, receipts as texts};

/// `/{organization}/payments`
#[component]
pub fn Payments() -> impl IntoView {
    set_page_title(money_texts::receipts());
    let list = Paged::new(super::list);
    let empty = || view! { <Empty title=texts::none() sub=texts::none_sub()/> };
    view! {
        <div class="listing">
            <MoneyHead current=Signal::stored(Part::Payments)/>
            <Loaded resource=list.first skeleton=Skeleton::Table is_empty=|empty: &bool| *empty empty let:_>
                <PaymentTable list/>
            </Loaded>
        </div>
    }
}

#[component]
fn PaymentTable(list: Paged<Payment>) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let pays =
        |row: &Payment| row.shares.iter().map(|share| share.number.as_str()).collect::<Vec<_>>().join(", ");
    let columns = vec![
        Column::main(
            texts::pays(),
            move |row: &Payment| {
                // Of money that pays nothing yet, the way it came is all there is to say.
                if row.shares.is_empty() { how(&row.method) } else { invoice_texts::title(&pays(row)) }
            },
            move |row| match row.shares.first() {
                Some(share) => session.path(&format!("/invoices/{}", share.invoice_id)),
                None => session.path("/payments"),
            },
        ),
        Column::meta(texts::when(), |row: &Payment| date(&row.received_on.to_string(), DateStyle::Medium)),
        Column::wide(texts::how(), |row: &Payment| how(&row.method)),
        Column::state("", |row: &Payment| special(row)),
        Column::wide("", |row: &Payment| view! { <SaveReceipt id=row.id/> }),
        Column::amount(texts::amount(), |row: &Payment| view! { <Figure amount=amount(row.amount)/> }),
    ];
    let shown = move || texts::shown(i64::try_from(list.items.with(Vec::len)).unwrap_or(i64::MAX));
    view! {
        <div class="listing">
            <Table label=money_texts::receipts() columns rows=list.items/>
            <Pager shown=Signal::derive(shown) more=list.has_more() busy=list.busy on_more=list.on_more()/>
        </div>
    }
}

/// What is out of the ordinary about a payment: paid back, or more than was owed.
fn special(payment: &Payment) -> AnyView {
    if payment.refunded.is_positive() {
        let whole = payment.refunded.minor() >= payment.amount.minor();
        let (mark, label) =
            if whole { (Mark::Void, texts::refunded()) } else { (Mark::Most, texts::partly_refunded()) };
        return view! { <Pill label mark tone=Tone::Neutral/> }.into_any();
    }
    if payment.unapplied.is_positive() {
        let credit = amount(payment.unapplied).text();
        return view! { <span class="small muted">{texts::credit(&credit)}</span> }.into_any();
    }
    ().into_any()
}
