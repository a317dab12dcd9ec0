//! The staff's first page: how the day stands.

use domain::automatic_charges::AutomaticCharge;
use domain::invoices::{InvoiceFigures, InvoiceFilter, InvoiceSummary, InvoiceView};
use domain::jobs::JobFilter;
use domain::payments::InboundState;
use domain::permission::Permission;
use domain::quotes::{QuoteFilter, QuoteSummary, QuoteView};
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, Empty, Entry, EntryState, Figure, FigureItem, FigureSize, Figures, Icon, Ledger,
    LinkButton, Loaded, Mark, MarkView, Notice, Section, Skeleton, SkeletonView, TextLink, Tone, When,
};

use crate::activity::{self, Entries};
use crate::api::{Answer, ApiError};
use crate::money::{Sums, amount};
use crate::quotes::console as quotes;
use crate::session::ConsoleSession;
use crate::shell::console::{ConsoleEntry, Work};
use crate::t::{
    activity as activity_texts, automatic_charges as charge_texts, common as common_texts,
    console::today as texts, delivery as delivery_texts, invoices as invoice_texts, kit as kit_texts,
    payments as payment_texts, quotes_console as quote_texts,
};
use crate::{automatic_charges, delivery, invoices, payments};

/// In the rail.
pub const ENTRY: ConsoleEntry = ConsoleEntry {
    icon: Icon::Today,
    label: common_texts::today,
    path: "/console",
    permission: Permission::Console,
};

/// How much of each kind the ledger shows; the rest is behind its link.
const SHOWN: u16 = 6;

/// How much of what happened shows beside it.
const LATELY: u16 = 8;

/// `/console`
#[component]
pub fn Today() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let title = ui::format::date(&ui::format::today(), ui::format::DateStyle::Long);
    let money = session.may(Permission::ViewInvoices);
    let figures = money.then(|| {
        let figures = ui::Fetched::new(invoices::figures);
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
                <Lately/>
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

/// Something to look at, in the order of the ledger.
#[derive(Clone)]
enum Need {
    /// Events of payment providers that don't fit.
    Quarantined(i64),
    /// Jobs that failed for good.
    Failed(i64),
    /// A charge of a saved method that failed.
    Charge(AutomaticCharge),
    /// An overdue invoice.
    Late(InvoiceSummary),
    /// There are more overdue invoices than are shown.
    MoreLate,
    /// A quote with a question, a wish for changes, or an approval that waits.
    Quote(QuoteSummary),
    /// An invoice that waits to be sent.
    Draft(InvoiceSummary),
}

/// A place where needs are found. Each is asked by itself: if one can't answer, the others still show.
#[derive(Clone, Copy)]
struct Source {
    name: fn() -> &'static str,
    needs: ui::Fetched<Answer<Vec<Need>>>,
}

/// Places that the member may look into.
fn sources(session: ConsoleSession) -> Vec<Source> {
    let of = |view| InvoiceFilter { view, limit: Some(SHOWN), ..InvoiceFilter::default() };
    let events = || {
        let needs = ui::Fetched::new(|| async {
            let events = payments::inbound_events(None).await?.items;
            let held = events.iter().filter(|event| event.state == InboundState::Quarantined).count();
            Ok(some(held).map(Need::Quarantined).into_iter().collect())
        });
        Source { name: payment_texts::events_title, needs }
    };
    let jobs = || {
        let needs = ui::Fetched::new(|| async {
            let failed = delivery::dead_jobs(&JobFilter::default()).await?.items.len();
            Ok(some(failed).map(Need::Failed).into_iter().collect())
        });
        Source { name: delivery_texts::jobs_title, needs }
    };
    let charges = || {
        let needs = ui::Fetched::new(|| async {
            let failed = automatic_charges::in_trouble(SHOWN).await?.items;
            Ok(failed.into_iter().map(Need::Charge).collect())
        });
        Source { name: charge_texts::ladder, needs }
    };
    let late = || {
        let needs = ui::Fetched::new(move || async move {
            let late = invoices::list(&of(InvoiceView::Overdue)).await?;
            let more = late.next.is_some().then_some(Need::MoreLate);
            Ok(late.items.into_iter().map(Need::Late).chain(more).collect())
        });
        Source { name: texts::overdue, needs }
    };
    let drafts = || {
        let needs = ui::Fetched::new(move || async move {
            Ok(invoices::list(&of(InvoiceView::Draft)).await?.items.into_iter().map(Need::Draft).collect())
        });
        Source { name: texts::drafts, needs }
    };
    let quotes = || {
        let needs = ui::Fetched::new(move || async move {
            let of = |view| QuoteFilter { view, limit: Some(SHOWN), ..QuoteFilter::default() };
            let mut found = quotes::list(&of(QuoteView::NeedsUs)).await?.items;
            if session.may(Permission::ApproveQuotes) {
                let known: Vec<_> = found.iter().map(|quote| quote.id).collect();
                let waiting = quotes::list(&of(QuoteView::AwaitingApproval)).await?.items;
                found.extend(waiting.into_iter().filter(|quote| !known.contains(&quote.id)));
            }
            Ok(found.into_iter().map(Need::Quote).collect())
        });
        Source { name: quote_texts::title, needs }
    };
    let invoices = session.may(Permission::ViewInvoices);
    [
        session.may(Permission::ManagePayments).then(events),
        session.may(Permission::ManageDelivery).then(jobs),
        session.may(Permission::ViewPayments).then(charges),
        invoices.then(late),
        session.may(Permission::ViewQuotes).then(quotes),
        (invoices && session.may(Permission::SendInvoices)).then(drafts),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A number that says something: more than none.
fn some(count: usize) -> Option<i64> {
    i64::try_from(count).ok().filter(|count| *count > 0)
}

#[component]
fn Needs() -> impl IntoView {
    let sources = sources(expect_context::<ConsoleSession>());
    let content = move || {
        let mut needs = Vec::new();
        let mut failures = Vec::new();
        for source in &sources {
            match source.needs.get() {
                // Nothing moves once it is shown, so what is there waits for what is still on its way.
                None => return view! { <SkeletonView shape=Skeleton::Ledger/> }.into_any(),
                Some(Ok(found)) => needs.extend(found),
                Some(Err(error)) => failures.push((*source, error)),
            }
        }
        if needs.is_empty() && failures.is_empty() {
            return view! { <Empty title=texts::nothing() sub=texts::nothing_sub() mark=Mark::Full tone=Tone::Accent/> }
                .into_any();
        }
        let failures = failures
            .into_iter()
            .map(|(source, error)| view! { <SourceFailure source error/> })
            .collect_view();
        let ledger = (!needs.is_empty()).then(|| view! { <NeedsLedger needs/> });
        view! { <div class="gap">{failures} {ledger}</div> }.into_any()
    };
    view! { <Section title=texts::needs_us()>{content}</Section> }
}

#[component]
fn SourceFailure(source: Source, error: ApiError) -> impl IntoView {
    let again = Callback::new(move |()| source.needs.refetch());
    view! {
        <Notice mark=Mark::Late tone=Tone::Critical>
            <span class="grow">{(source.name)()} ": " {error.text()}</span>
            <Button kind=ButtonKind::Quiet on_click=again>
                {kit_texts::try_again()}
            </Button>
        </Notice>
    }
}

#[component]
fn NeedsLedger(needs: Vec<Need>) -> impl IntoView {
    let today = ui::format::today();
    let more = needs.iter().any(|need| matches!(need, Need::MoreLate)).then(|| {
        view! { <p class="small"><TextLink href="/console/invoices?view=overdue">{texts::all_overdue()}</TextLink></p> }
    });
    let entries = needs.into_iter().filter_map(|need| entry(need, &today)).collect_view();
    view! {
        <div class="gap">
            <Ledger label=texts::needs_us()>{entries}</Ledger>
            {more}
        </div>
    }
}

/// A need's line; the rest of the overdue has none, it is behind a link.
fn entry(need: Need, today: &str) -> Option<AnyView> {
    let troubles = |count, href: &'static str, title: String, sub: &'static str| {
        view! {
            <Entry
                when=When::words(ui::format::number(count), "")
                mark=Mark::Late
                tone=Tone::Critical
                state=EntryState::Late
                href
                sub=move || sub
            >
                {title}
            </Entry>
        }
        .into_any()
    };
    Some(match need {
        Need::Quarantined(count) => {
            let title = texts::quarantined(count);
            troubles(count, "/console/payments/events", title, texts::quarantined_sub())
        }
        Need::Failed(count) => {
            troubles(count, "/console/mailbox/jobs", texts::failed(count), texts::failed_sub())
        }
        Need::Charge(charge) => {
            let balance = amount(charge.balance);
            let title = charge_texts::failed(&charge.number);
            let (client, why) = (charge.client_name.to_string(), automatic_charges::why(&charge));
            view! {
                <Entry
                    when=When::words("", "")
                    mark=Mark::Late
                    tone=Tone::Critical
                    href=format!("/console/invoices/{}", charge.invoice_id)
                    sub=move || view! { {title} ": " {why} }
                    act=move || view! { <Figure amount=balance/> }
                >
                    {client}
                </Entry>
            }
            .into_any()
        }
        Need::Late(invoice) => {
            let due = invoice.due_on.map(|due| due.to_string()).unwrap_or_default();
            let since = ui::format::from_day(&due, today);
            let number = invoice.number.unwrap_or_default();
            let balance = amount(invoice.next_payment);
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
            .into_any()
        }
        Need::MoreLate => return None,
        Need::Quote(quote) => {
            let total = amount(quote.total);
            let why = quotes::need(&quote);
            let client = quote.client_name.to_string();
            view! {
                <Entry
                    when=When::words("", "")
                    mark=Mark::Half
                    tone=Tone::Caution
                    href=format!("/console/quotes/{}", quote.id)
                    sub=move || view! { {client} ", " {why} }
                    act=move || view! { <Figure amount=total/> }
                >
                    {quote.title.to_string()}
                </Entry>
            }
            .into_any()
        }
        Need::Draft(invoice) => {
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
            .into_any()
        }
    })
}

/// What the team and its clients did.
#[component]
fn Lately() -> impl IntoView {
    let list = ui::Fetched::new(|| async { activity::feed("", None, LATELY).await.map(|page| page.items) });
    let empty = || view! { <Empty title=activity_texts::none() sub=activity_texts::none_sub()/> };
    let end = || view! { <TextLink href="/console/activity">{texts::all_activity()}</TextLink> };
    view! {
        <Section title=texts::lately() end>
            <Loaded resource=list is_empty=Vec::is_empty empty let:list>
                <Entries items=Signal::stored(list) named=true/>
            </Loaded>
        </Section>
    }
}
