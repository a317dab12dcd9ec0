//! An invoice beside its list.

use domain::invoices::Invoice;
use domain::money::Money;
use domain::permission::Permission;
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, Facts, Figure, FigureSize, Icon, LinkButton, Loaded, Mark, MoneyBar, MoneyPart,
    Notice, Panel, Section, Skeleton, TextLink, Tone, Totals,
};

use super::payment::RecordSheet;
use crate::activity::Feed;
use crate::invoices::{self, StatePill};
use crate::money::amount;
use crate::session::ConsoleSession;
use crate::t::schedules::{self as schedule_shared, console as schedule_texts};
use crate::t::{
    activity as activity_texts, credits as credit_texts, invoices as texts, recurring as recurring_texts,
};
use crate::time;

/// The open invoice.
#[component]
pub fn InvoicePanel(
    /// Which one.
    id: String,
    /// Closes it.
    #[prop(into)]
    on_close: Callback<()>,
    /// Something was done with it: the list is to be fetched anew.
    #[prop(into)]
    on_changed: Callback<()>,
) -> impl IntoView {
    let wanted = id.clone();
    let invoice = ui::Fetched::new(move || {
        let id = wanted.clone();
        async move { invoices::find(&id).await }
    });
    let changed = Callback::new(move |()| {
        invoice.refetch();
        on_changed.run(());
    });
    let known = move || invoice.get().and_then(Result::ok);
    let title = Memo::new(move |_| {
        known().and_then(|invoice| invoice.document.number).unwrap_or_else(|| texts::invoice().to_owned())
    });
    let state = move || {
        known().map(|Invoice { document, .. }| {
            view! { <StatePill status=document.status overdue=document.overdue due_on=document.due_on tint=true/> }
        })
    };
    let page = format!("/console/invoices/{id}");
    let foot = page.clone();
    view! {
        {move || {
            let (page, foot) = (page.clone(), foot.clone());
            view! {
                <Panel
                    title=title.get()
                    state=move || state
                    tools=move || {
                        view! {
                            <a class="icon-button" href=page aria-label=texts::open_page() title=texts::open_page()>
                                <ui::IconView icon=Icon::Open/>
                            </a>
                        }
                    }
                    foot=move || view! { <Foot invoice=Signal::derive(known) page=foot changed/> }
                    on_close
                >
                    <Loaded resource=invoice skeleton=Skeleton::Document let:invoice>
                        <Overview invoice/>
                    </Loaded>
                </Panel>
            }
        }}
    }
}

#[component]
fn Foot(invoice: Signal<Option<Invoice>>, page: String, changed: Callback<()>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let open = RwSignal::new(false);
    let payable = Memo::new(move |_| {
        session.may(Permission::RecordPayments)
            && invoice
                .with(|invoice| invoice.as_ref().is_some_and(|invoice| invoice.document.status.is_open()))
    });
    let record = move || {
        payable.get().then(|| {
            view! {
                <Button kind=ButtonKind::Primary on_click=move || open.set(true)>
                    {texts::record_payment()}
                </Button>
            }
        })
    };
    let sheet = move || invoice.get().map(|invoice| view! { <RecordSheet invoice open on_done=changed/> });
    view! {
        <LinkButton href=page>{texts::open_page()}</LinkButton>
        {record}
        {sheet}
    }
}

/// The one amount that matters now: what is left, or what it came to.
#[component]
pub fn Balance(
    /// The invoice.
    invoice: Invoice,
) -> impl IntoView {
    let document = invoice.document;
    let total = document.totals.gross;
    let open = document.status.is_open();
    let shown = if open { document.next_payment } else { total };
    let more_follows = open && document.next_payment != document.balance;
    let due = time::day(document.due_on);
    let sub = if !open {
        String::new()
    } else if more_follows {
        let left = amount(document.balance).text();
        if due.is_empty() { schedule_texts::next_of(&left) } else { schedule_texts::next_until(&due, &left) }
    } else if due.is_empty() {
        schedule_shared::waits().to_owned()
    } else if document.balance.minor() < total.minor() {
        texts::still_to_pay(&amount(total).text(), &due)
    } else {
        texts::to_pay_until(&due)
    };
    let less = [document.paid, document.credited, document.written_off];
    let bar = less.iter().any(|sum| sum.is_positive()).then(|| {
        let part = |label: &str, sum: Money, mark| {
            sum.is_positive().then(|| MoneyPart { label: label.to_owned(), amount: amount(sum), mark })
        };
        let parts = [
            part(texts::paid(), document.paid, Mark::Full),
            part(credit_texts::credited(), document.credited, Mark::Half),
            part(texts::state::written_off(), document.written_off, Mark::Void),
            part(texts::open(), document.balance, Mark::Empty),
        ];
        let parts = parts.into_iter().flatten().collect::<Vec<_>>();
        view! { <MoneyBar label=texts::paid_part(&amount(document.paid).text(), &amount(total).text()) parts bare=true/> }
    });
    let disputed = document.disputed.then(|| {
        view! {
            <Notice mark=Mark::Late tone=Tone::Critical>
                <span>{credit_texts::disputed()}</span>
            </Notice>
        }
    });
    let void = document.status == domain::invoices::InvoiceStatus::Void;
    view! {
        <div class="gap">
            <div>
                <p>
                    <Figure amount=amount(shown) size=FigureSize::Big void/>
                </p>
                {(!sub.is_empty()).then(|| view! { <p class="sub">{sub}</p> })}
            </div>
            {bar} {disputed}
        </div>
    }
}

/// Whom it is for, and when.
#[component]
pub fn Particulars(
    /// The invoice.
    invoice: Invoice,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let Invoice { document, recipients, internal_note, .. } = invoice;
    let name = document.client_name.to_string();
    let client = if session.may(Permission::ViewClients) {
        view! { <TextLink href=format!("/console/clients/{}", document.client_id)>{name}</TextLink> }
            .into_any()
    } else {
        name.into_any()
    };
    let mut facts = vec![(texts::client().to_owned(), client)];
    if !recipients.is_empty() {
        let list = recipients
            .into_iter()
            .map(|to| view! { <div>{to.name.to_string()} ", " {to.email.to_string()}</div> })
            .collect_view();
        facts.push((texts::to().to_owned(), list.into_any()));
    }
    let mut add = |label: &str, value: String| {
        if !value.is_empty() {
            facts.push((label.to_owned(), value.into_any()));
        }
    };
    add(texts::dated(), time::day(document.issued_on));
    add(texts::due(), time::day(document.due_on));
    add(texts::reference(), document.reference.to_string());
    add(texts::internal_note(), internal_note.to_string());
    if let Some(period) = document.recurring {
        let days = recurring_texts::span(&time::day(Some(period.from)), &time::day(Some(period.to)));
        let href = format!("/console/recurring/{}", period.recurring_invoice_id);
        let days = view! { <TextLink href>{days}</TextLink> };
        facts.push((recurring_texts::from_here().to_owned(), days.into_any()));
    }
    if let Some(late) = document.fee_for {
        let href = format!("/console/invoices/{}", late.invoice_id);
        let number = view! { <TextLink href>{texts::invoice_numbered(&late.number)}</TextLink> };
        facts.push((recurring_texts::fee_for().to_owned(), number.into_any()));
    }
    let less = [
        (texts::paid(), document.paid),
        (credit_texts::credited(), document.credited),
        (texts::state::written_off(), document.written_off),
    ];
    for (label, sum) in less.into_iter().filter(|(_, sum)| sum.is_positive()) {
        facts.push((label.to_owned(), view! { <Figure amount=amount(sum)/> }.into_any()));
    }
    view! { <Facts facts/> }
}

#[component]
fn Overview(invoice: Invoice) -> impl IntoView {
    let document = invoice.document.clone();
    let version = document.version;
    let lines = document
        .lines
        .iter()
        .map(|line| {
            let text = super::paper::quantity(&line.quantity.to_string(), line.unit.as_str());
            let text = if text == "1" {
                line.description.to_string()
            } else {
                format!("{}, {text}", line.description)
            };
            view! {
                <tr>
                    <td>{text}</td>
                    <td class="num">
                        <Figure amount=amount(line.amount)/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let (parts, sum) = super::paper::sums(&document.totals);
    view! {
        <Balance invoice=invoice.clone()/>
        <Particulars invoice/>
        <div>
            <table class="table plain keep column">
                <tbody>{lines}</tbody>
            </table>
            <Totals parts sum/>
        </div>
        <Section title=activity_texts::history()>
            <Feed path=format!("/invoices/{}", document.id) version=Signal::stored(version)/>
        </Section>
    }
}
