//! The staff's first page: how the day stands.

use domain::invoices::{InvoiceFigures, InvoiceFilter, InvoiceSummary, InvoiceView};
use domain::jobs::JobFilter;
use domain::payments::InboundState;
use domain::permission::Permission;
use leptos::prelude::*;
use ui::{
    ButtonKind, Empty, Entry, EntryState, Figure, FigureItem, FigureSize, Figures, Icon, Ledger, LinkButton,
    Loaded, Mark, MarkView, Section, Skeleton, TextLink, Tone, When,
};

use crate::api::Answer;
use crate::money::{Sums, amount};
use crate::session::ConsoleSession;
use crate::shell::console::{ConsoleEntry, Work};
use crate::t::{common as common_texts, console::today as texts, invoices as invoice_texts};
use crate::{delivery, invoices, payments};

/// In the rail.
pub const ENTRY: ConsoleEntry = ConsoleEntry {
    icon: Icon::Today,
    label: common_texts::today,
    path: "/console",
    permission: Permission::Console,
};

/// How much of each kind the ledger shows; the rest is behind its link.
const SHOWN: u16 = 6;

/// `/console`
#[component]
pub fn Today() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let title = ui::format::date(&ui::format::today(), ui::format::DateStyle::Long);
    let money = session.may(Permission::ViewInvoices);
    let figures = money.then(|| {
        let figures = LocalResource::new(invoices::figures);
        view! {
            <Loaded resource=figures skeleton=Skeleton::Document let:figures>
                <MoneyFigures figures/>
            </Loaded>
        }
    });
    let invoice = session.may(Permission::EditInvoices).then(|| {
        view! {
            <LinkButton href="/console/invoices/new".to_owned() kind=ButtonKind::Primary icon=Icon::Plus>
                {invoice_texts::invoice()}
            </LinkButton>
        }
    });
    view! {
        <Work title actions=move || invoice>
            {figures}
            <div class="columns two">
                <Needs/>
                {money.then(|| view! { <LatelyPaid/> })}
            </div>
        </Work>
    }
}

#[component]
fn MoneyFigures(figures: InvoiceFigures) -> impl IntoView {
    let late = figures.overdue_count > 0;
    let late = move || late.then(|| view! { <MarkView mark=Mark::Late tone=Tone::Critical/> });
    let paid = figures.paid_week_count > 0;
    let paid = move || paid.then(|| view! { <MarkView mark=Mark::Full tone=Tone::Positive/> });
    let size = FigureSize::Middle;
    view! {
        <Figures>
            <FigureItem label=texts::owed() sub=move || texts::invoices(figures.owed_count)>
                <Sums sums=figures.owed size/>
            </FigureItem>
            <FigureItem
                label=texts::overdue()
                sub=move || view! { {late()} {texts::invoices(figures.overdue_count)} }
            >
                <Sums sums=figures.overdue size/>
            </FigureItem>
            <FigureItem
                label=texts::paid_week()
                sub=move || view! { {paid()} {texts::payments(figures.paid_week_count)} }
            >
                <Sums sums=figures.paid_week size/>
            </FigureItem>
            <FigureItem label=texts::drafts() sub=texts::drafts_sub>{ui::format::number(figures.draft_count)}</FigureItem>
        </Figures>
    }
}

/// What somebody has to look at.
#[derive(Clone, Default)]
struct Waiting {
    late: Vec<InvoiceSummary>,
    more_late: bool,
    drafts: Vec<InvoiceSummary>,
    /// Events of payment providers that don't fit.
    quarantined: i64,
    /// Jobs that failed for good.
    failed: i64,
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.late.is_empty() && self.drafts.is_empty() && self.quarantined == 0 && self.failed == 0
    }

    async fn load(session: ConsoleSession) -> Answer<Self> {
        let mut waiting = Self::default();
        if session.may(Permission::ViewInvoices) {
            let of = |view| InvoiceFilter { view, limit: Some(SHOWN), ..InvoiceFilter::default() };
            let late = invoices::list(&of(InvoiceView::Overdue)).await?;
            waiting.more_late = late.next.is_some();
            waiting.late = late.items;
            if session.may(Permission::SendInvoices) {
                waiting.drafts = invoices::list(&of(InvoiceView::Draft)).await?.items;
            }
        }
        if session.may(Permission::ManagePayments) {
            let events = payments::inbound_events(None).await?.items;
            let held = events.iter().filter(|event| event.state == InboundState::Quarantined).count();
            waiting.quarantined = i64::try_from(held).unwrap_or(i64::MAX);
        }
        if session.may(Permission::ManageDelivery) {
            let failed = delivery::dead_jobs(&JobFilter::default()).await?.items.len();
            waiting.failed = i64::try_from(failed).unwrap_or(i64::MAX);
        }
        Ok(waiting)
    }
}

#[component]
fn Needs() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let waiting = LocalResource::new(move || Waiting::load(session));
    let empty = || {
        view! { <Empty title=texts::nothing() sub=texts::nothing_sub() mark=Mark::Full tone=Tone::Accent/> }
    };
    view! {
        <Section title=texts::needs_us()>
            <Loaded resource=waiting skeleton=Skeleton::Ledger is_empty=Waiting::is_empty empty let:waiting>
                <NeedsLedger waiting/>
            </Loaded>
        </Section>
    }
}

#[component]
fn NeedsLedger(waiting: Waiting) -> impl IntoView {
    let today = ui::format::today();
    let quarantined = (waiting.quarantined > 0).then(|| {
        view! {
            <Entry
                when=When::words(ui::format::number(waiting.quarantined), "")
                mark=Mark::Late
                tone=Tone::Critical
                state=EntryState::Late
                href="/console/payments/events"
                sub=texts::quarantined_sub
            >
                {texts::quarantined(waiting.quarantined)}
            </Entry>
        }
    });
    let failed = (waiting.failed > 0).then(|| {
        view! {
            <Entry
                when=When::words(ui::format::number(waiting.failed), "")
                mark=Mark::Late
                tone=Tone::Critical
                state=EntryState::Late
                href="/console/mailbox/jobs"
                sub=texts::failed_sub
            >
                {texts::failed(waiting.failed)}
            </Entry>
        }
    });
    let late = waiting
        .late
        .into_iter()
        .map(|invoice| {
            let due = invoice.due_on.map(|due| due.to_string()).unwrap_or_default();
            let since = ui::format::from_day(&due, &today);
            let number = invoice.number.clone().unwrap_or_default();
            let balance = amount(invoice.balance);
            view! {
                <Entry
                    when=When::date(&due)
                    mark=Mark::Late
                    tone=Tone::Critical
                    state=EntryState::Late
                    href=format!("/console/invoices/{}", invoice.id)
                    sub=move || {
                        view! { {invoice_texts::invoice_numbered(&number)} ", " {texts::was_due(&since)} }
                    }
                    act=move || view! { <Figure amount=balance/> }
                >
                    {invoice.client_name.to_string()}
                </Entry>
            }
        })
        .collect_view();
    let drafts = waiting
        .drafts
        .into_iter()
        .map(|invoice| {
            let total = amount(invoice.total);
            view! {
                <Entry
                    when=When::words("", "")
                    mark=Mark::Draft
                    href=format!("/console/invoices/{}", invoice.id)
                    sub=texts::draft_sub
                    act=move || view! { <Figure amount=total/> }
                >
                    {invoice.client_name.to_string()}
                </Entry>
            }
        })
        .collect_view();
    let more = waiting.more_late.then(|| {
        view! { <p class="small"><TextLink href="/console/invoices?view=overdue">{texts::all_overdue()}</TextLink></p> }
    });
    view! {
        <div class="gap">
            <Ledger label=texts::needs_us()>{quarantined} {failed} {late} {drafts}</Ledger>
            {more}
        </div>
    }
}

/// Money that came in.
#[component]
fn LatelyPaid() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    session.may(Permission::ViewPayments).then(|| {
        let list = LocalResource::new(|| async {
            let filter = domain::payments::PaymentFilter { limit: Some(SHOWN), ..Default::default() };
            payments::list(&filter).await.map(|page| page.items)
        });
        let empty = || view! { <Empty title=crate::t::payments::none() sub=crate::t::payments::none_sub()/> };
        let end = || view! { <TextLink href="/console/payments">{texts::all_payments()}</TextLink> };
        view! {
            <Section title=texts::lately() end>
                <Loaded
                    resource=list
                    is_empty=Vec::is_empty
                    empty
                    let:list
                >
                    <Received list/>
                </Loaded>
            </Section>
        }
    })
}

#[component]
fn Received(list: Vec<domain::payments::Payment>) -> impl IntoView {
    let now = ui::format::now_ms();
    let entries = list
        .into_iter()
        .map(|payment| {
            let href = payment.shares.first().map_or_else(
                || format!("/console/clients/{}", payment.client_id),
                |share| format!("/console/invoices/{}", share.invoice_id),
            );
            let sub = format!("{} · {}", payment.client_name, payments::how(&payment.method));
            view! {
                <Entry
                    when=When::instant(payment.created_at.timestamp_millis(), now)
                    mark=Mark::Full
                    tone=Tone::Positive
                    href
                    sub=move || sub
                >
                    <Figure amount=amount(payment.amount)/>
                </Entry>
            }
        })
        .collect_view();
    view! {
        <Ledger label=texts::lately() kind=ui::LedgerKind::History>
            {entries}
        </Ledger>
    }
}
