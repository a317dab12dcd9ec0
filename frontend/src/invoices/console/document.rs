//! The page of an issued invoice.

use domain::invoices::{Invoice, InvoiceStatus};
use domain::payments::{Payment, PaymentFilter};
use domain::permission::Permission;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, ButtonKind, Figure, Icon, Loaded, Mark, MarkView, Menu, MenuItem, Row, Section, Skeleton, Toast,
    Toasts, Tone,
};

use super::panel::{Balance, Particulars};
use super::paper::{Paper, Sheet, SheetLine, quantity};
use super::payment::RecordSheet;
use super::send::SendSheet;
use super::void::VoidSheet;
use crate::activity::Feed;
use crate::credits::console::{GivingUp, Notes, UndoSheet, WriteOffSheet};
use crate::invoices::{self, StatePill};
use crate::money::amount;
use crate::payments::console::methods::{Payable, WaysToPay};
use crate::reminders::console::RemindersOfInvoice;
use crate::schedules::console::Schedule;
use crate::session::{ConsoleSession, set_page_title};
use crate::t::{activity as activity_texts, credits as credit_texts, invoices as texts};
use crate::{browser, payments, time};

/// What stands on an issued invoice's paper.
fn sheet(invoice: &Invoice) -> Sheet {
    let document = &invoice.document;
    Sheet {
        number: document.number.clone(),
        status: document.status,
        client: document.client_name.to_string(),
        address: crate::address::lines(&document.client_address),
        issued_on: document.issued_on,
        due_on: document.due_on,
        instalments: document.schedule.len(),
        reference: document.reference.to_string(),
        lines: document
            .lines
            .iter()
            .map(|line| SheetLine {
                description: line.description.to_string(),
                detail: line.detail.to_string(),
                quantity: quantity(&line.quantity.to_string(), line.unit.as_str()),
                unit_price: line.unit_price.to_string(),
            })
            .collect(),
        totals: document.totals.clone(),
        price_mode: document.price_mode,
        note: document.note.to_string(),
        footer: document.footer.to_string(),
        currency: document.currency,
    }
}

/// An invoice that is no longer written, or that the role may only read.
#[component]
pub fn Document(
    /// The invoice; always there while this is shown.
    invoice: RwSignal<Option<Invoice>>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let refetch = Callback::new(move |()| {
        let Some(id) =
            invoice.with_untracked(|known| known.as_ref().map(|known| known.document.id.to_string()))
        else {
            return;
        };
        spawn_local(async move {
            match invoices::find(&id).await {
                Ok(found) => invoice.set(Some(found)),
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    });
    let version = Signal::derive(move || {
        invoice.with(|known| known.as_ref().map_or(0, |known| known.document.version))
    });
    let giving = GivingUp::new();
    let (recording, sending, voiding) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let body = move || {
        invoice.get().map(|known| {
            let id = known.document.id;
            set_page_title(&heading(&known));
            view! {
                <Head invoice=known.clone() recording sending voiding giving/>
                <div class="columns two">
                    <div class="stack">
                        <Paper sheet=sheet(&known)/>
                    </div>
                    <div class="stack">
                        <div class="gap">
                            <Balance invoice=known.clone()/>
                            <Particulars invoice=known.clone()/>
                        </div>
                        <Schedule
                            invoice=known.clone()
                            on_changed=Callback::new(move |changed| invoice.set(Some(changed)))
                        />
                        <Payments invoice=known.clone()/>
                        {known
                            .document
                            .status
                            .is_open()
                            .then(|| view! { <WaysToPay payable=Payable::Invoice(id)/> })}
                        <RemindersOfInvoice invoice=known.clone() on_changed=refetch/>
                        <Notes invoice=known.clone() crediting=giving.crediting on_changed=refetch/>
                        <Section title=activity_texts::history()>
                            <Feed path=format!("/invoices/{id}") version/>
                        </Section>
                    </div>
                </div>
                <WriteOffSheet invoice=known.clone() open=giving.writing_off on_done=refetch/>
                <UndoSheet invoice=known.clone() open=giving.undoing on_done=refetch/>
                <RecordSheet invoice=known open=recording on_done=refetch/>
            }
        })
    };
    view! {
        <main class="work">{body}</main>
        <SendSheet invoice open=sending on_sent=move |(sent,): (Invoice,)| invoice.set(Some(sent))/>
        <VoidSheet invoice open=voiding/>
    }
}

fn heading(invoice: &Invoice) -> String {
    invoice.document.number.as_deref().map_or_else(|| texts::draft().to_owned(), texts::invoice_numbered)
}

#[component]
fn Head(
    invoice: Invoice,
    recording: RwSignal<bool>,
    sending: RwSignal<bool>,
    voiding: RwSignal<bool>,
    giving: GivingUp,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let document = invoice.document.clone();
    let mut items = Vec::new();
    let (id, name) = (document.id, heading(&invoice));
    let download = move |()| {
        let name = name.clone();
        spawn_local(async move {
            if let Err(error) = invoices::save_pdf(id, &name).await {
                toasts.show(Toast::failed(error.text()));
            }
        });
    };
    items.push(MenuItem::new(Icon::Download, texts::download(), Callback::new(download)));
    let issued = !matches!(document.status, InvoiceStatus::Draft | InvoiceStatus::Void);
    if issued && session.may(Permission::SendInvoices) {
        let copy = move |()| {
            spawn_local(async move {
                let toast = match invoices::copy_link(id).await {
                    Ok(link) if browser::copy(&link.url).await => Toast::done(texts::link_copied()),
                    // Without https there is no clipboard; then it stays to be copied by hand.
                    Ok(link) => Toast::failed(link.url),
                    Err(error) => Toast::failed(error.text()),
                };
                toasts.show(toast);
            });
        };
        items.push(MenuItem::new(Icon::Copy, texts::copy_link(), Callback::new(copy)));
        items.push(MenuItem::new(
            Icon::Mail,
            texts::send_again(),
            Callback::new(move |()| sending.set(true)),
        ));
    }
    let open = document.status.is_open();
    if issued && session.may(Permission::CreditInvoices) {
        let credit = Callback::new(move |()| giving.crediting.set(true));
        items.push(MenuItem::new(Icon::File, credit_texts::credit(), credit));
    }
    if open && session.may(Permission::WriteOffInvoices) {
        let write_off = Callback::new(move |()| giving.writing_off.set(true));
        items.push(MenuItem::new(Icon::Close, credit_texts::write_off(), write_off));
    }
    if document.status == InvoiceStatus::WrittenOff && session.may(Permission::WriteOffInvoices) {
        let undo = Callback::new(move |()| giving.undoing.set(true));
        items.push(MenuItem::new(Icon::Undo, credit_texts::undo_write_off(), undo));
    }
    if issued && document.paid.is_zero() && session.may(Permission::VoidInvoices) {
        items.push(
            MenuItem::new(Icon::Trash, texts::void(), Callback::new(move |()| voiding.set(true))).danger(),
        );
    }
    let record = (document.status.is_open() && session.may(Permission::RecordPayments)).then(|| {
        view! {
            <Button kind=ButtonKind::Primary on_click=move || recording.set(true)>
                {texts::record_payment()}
            </Button>
        }
    });
    let menu = (!items.is_empty()).then(|| view! { <Menu label=texts::more() items/> });
    view! {
        <header class="head">
            <h1>{heading(&invoice)}</h1>
            <StatePill status=document.status overdue=document.overdue due_on=document.due_on tint=true/>
            <span class="end">{record} {menu}</span>
        </header>
    }
}

/// What was paid, and how.
#[component]
fn Payments(invoice: Invoice) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let id = invoice.document.id;
    let some = invoice.document.paid.is_positive() && session.may(Permission::ViewPayments);
    some.then(|| {
        let list = ui::Fetched::new(move || async move {
            let filter = PaymentFilter { invoice_id: Some(id), ..PaymentFilter::default() };
            payments::list(&filter).await.map(|page| page.items)
        });
        view! {
            <Section title=texts::payments()>
                <Loaded resource=list skeleton=Skeleton::Table let:list>
                    <ul class="rows">
                        {list
                            .into_iter()
                            .map(|payment| view! { <PaymentRow payment id/> })
                            .collect_view()}
                    </ul>
                </Loaded>
            </Section>
        }
    })
}

#[component]
fn PaymentRow(payment: Payment, id: domain::invoices::InvoiceId) -> impl IntoView {
    // What of it pays this invoice; the rest pays others or is credit.
    let share = payment
        .shares
        .iter()
        .find(|share| share.invoice_id == id)
        .map_or(payment.amount, |share| share.amount);
    let mut sub = vec![time::day(Some(payment.received_on))];
    if !payment.reference.is_empty() {
        sub.push(payment.reference.clone());
    }
    view! {
        <Row
            title=payments::how(&payment.method)
            href=format!("/console/payments/{}", payment.id)
            sub=sub.join(" · ")
            lead=|| view! { <MarkView mark=Mark::Full tone=Tone::Positive/> }
        >
            <Figure amount=amount(share)/>
        </Row>
    }
}
