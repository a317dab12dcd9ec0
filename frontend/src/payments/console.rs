//! Payments and what providers told us.

pub mod methods;
mod payment;
mod refund;

use domain::payments::{InboundEvent, InboundState, Payment, PaymentFilter};
use domain::permission::Permission;
use domain::refunds::RefundState;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, Column, Empty, Figure, Icon, Loaded, Mark, MarkView, Pager, Pill, Row, Skeleton, Tab, Table,
    Tabs, Toast, Toasts, Tone,
};

use crate::listing::{Export, count};
use crate::money::amount;
use crate::paged::Paged;
use crate::payments;
use crate::session::ConsoleSession;
use crate::shell::console::{ConsoleEntry, Work};
use crate::t::payments as texts;
use crate::t::ways::bank as bank_texts;
use crate::time::{self, Ago};

pub use payment::PaymentPage;

/// In the rail.
pub const ENTRY: ConsoleEntry = ConsoleEntry {
    icon: Icon::Money,
    label: texts::title,
    path: "/console/payments",
    permission: Permission::ViewPayments,
};

/// The pages of money received.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What came.
    Payments,
    /// What stands on the bank's statements.
    Bank,
    /// What providers told.
    Events,
}

/// The way between them.
#[component]
pub fn Parts(
    /// The one shown.
    current: Part,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let events = session.may(Permission::ManagePayments).then(|| {
        view! {
            <Tab href="/console/payments/events" current=current == Part::Events count=None>
                {texts::tab_events()}
            </Tab>
        }
    });
    view! {
        <Tabs label=texts::title()>
            <Tab href="/console/payments" current=current == Part::Payments count=None>
                {texts::tab_payments()}
            </Tab>
            <Tab href="/console/payments/bank" current=current == Part::Bank count=None>
                {bank_texts::tab()}
            </Tab>
            {events}
        </Tabs>
    }
}

/// `/console/payments`
#[component]
pub fn Payments() -> impl IntoView {
    let list = Paged::new(move |cursor| {
        let filter = PaymentFilter { cursor, ..PaymentFilter::default() };
        async move { payments::list(&filter).await }
    });
    let empty = || view! { <Empty title=texts::none() sub=texts::none_sub()/> };
    view! {
        <Work title=texts::title() actions=|| view! { <Export list="payments" query=String::new()/> }>
            <div class="listing">
                <Parts current=Part::Payments/>
                <Loaded resource=list.first skeleton=Skeleton::Table is_empty=|empty: &bool| *empty empty let:_>
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

fn columns() -> Vec<Column<Payment>> {
    vec![
        Column::main(
            texts::client(),
            |row: &Payment| row.client_name.to_string(),
            |row| format!("/console/payments/{}", row.id),
        ),
        Column::meta(texts::received(), |row: &Payment| time::day_short(Some(row.received_on))),
        Column::wide(texts::pays(), |row: &Payment| {
            row.shares.iter().map(|share| share.number.clone()).collect::<Vec<_>>().join(", ")
        }),
        Column::state(texts::how(), |row: &Payment| {
            let lost = row.refunds.iter().any(|refund| refund.state == RefundState::Failed);
            if row.dispute.as_ref().is_some_and(|dispute| dispute.state.is_open()) {
                view! { <Pill label=texts::disputed() mark=Mark::Late tone=Tone::Critical/> }.into_any()
            } else if lost {
                view! { <Pill label=texts::refund_failed() mark=Mark::Late tone=Tone::Critical/> }.into_any()
            } else if row.refunded.is_positive() {
                let label = texts::refunded(&amount(row.refunded).text());
                view! { <Pill label mark=Mark::Void/> }.into_any()
            } else if row.unapplied.is_positive() {
                let label = texts::credit(&amount(row.unapplied).text());
                view! { <Pill label mark=Mark::Most tone=Tone::Caution/> }.into_any()
            } else {
                view! { <Pill label=payments::how(&row.method) mark=Mark::Full tone=Tone::Positive/> }
                    .into_any()
            }
        }),
        Column::amount(texts::amount(), |row: &Payment| view! { <Figure amount=amount(row.amount)/> }),
    ]
}

/// `/console/payments/events`
#[component]
pub fn InboundEvents() -> impl IntoView {
    let list = Paged::new(|cursor| async move { payments::inbound_events(cursor).await });
    let empty = || view! { <Empty title=texts::events_none() sub=texts::events_none_sub()/> };
    let rows =
        move || list.items.get().into_iter().map(|event| view! { <EventRow event list/> }).collect_view();
    view! {
        <Work title=texts::events_title() actions=|| view! { <Export list="inbound-events" query=String::new()/> }>
            <div class="listing">
                <Parts current=Part::Events/>
                <Loaded resource=list.first skeleton=Skeleton::Table is_empty=|empty: &bool| *empty empty let:_>
                    <div class="listing">
                        <ul class="rows">{rows}</ul>
                        <Pager
                            shown=Signal::derive(move || texts::events_shown(count(list.items)))
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

#[component]
fn EventRow(event: InboundEvent, list: Paged<InboundEvent>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let busy = RwSignal::new(false);
    let (mark, tone, label) = match event.state {
        InboundState::Received => (Mark::Quarter, Tone::Caution, texts::state::received()),
        InboundState::Processed => (Mark::Full, Tone::Neutral, texts::state::processed()),
        InboundState::Quarantined => (Mark::Late, Tone::Critical, texts::state::quarantined()),
    };
    let id = event.id;
    let replay = move || {
        busy.set(true);
        spawn_local(async move {
            let answer = payments::replay(id).await;
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    toasts.show(Toast::done(texts::replayed()));
                    list.refetch_soon();
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    let again = (event.state != InboundState::Processed).then(|| {
        view! {
            <Button busy on_click=replay>
                {texts::replay()}
            </Button>
        }
    });
    let sub = event.error.unwrap_or(event.event_id);
    view! {
        <Row title=event.kind sub lead=move || view! { <MarkView mark tone/> }>
            <div class="line">
                <span>{label}</span>
                <Ago at=event.received_at/>
                {again}
            </div>
        </Row>
    }
}
