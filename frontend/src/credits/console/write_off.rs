//! Giving up what an invoice still asks for, and asking for it again.

use domain::credits::WriteOffInvoice;
use domain::invoices::Invoice;
use domain::text::Name;
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonType, Form, Sheet, TextField, Toast, Toasts};

use crate::api::Intent;
use crate::credits;
use crate::form::{Reading, Sending};
use crate::money::amount;
use crate::t::{common as common_texts, credits as texts, invoices as invoice_texts};

/// Asks why.
#[component]
pub fn WriteOffSheet(
    /// What is given up.
    invoice: Invoice,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// It was written off.
    on_done: Callback<()>,
) -> impl IntoView {
    let invoice = StoredValue::new(invoice);
    view! {
        <Sheet open title=texts::write_off()>
            <WriteOffForm invoice=invoice.get_value() open on_done/>
        </Sheet>
    }
}

#[component]
fn WriteOffForm(invoice: Invoice, open: RwSignal<bool>, on_done: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let reason = RwSignal::new(String::new());
    let sending = Sending::new();
    let intent = Intent::new();
    let id = invoice.document.id;
    let money = amount(invoice.document.balance).text();
    let number = invoice.document.number.unwrap_or_default();
    let title = texts::write_off_question(&money, &number);
    let submit = move || {
        let mut reading = Reading::default();
        let reason = reading.text::<Name>("/reason", reason);
        let (true, Some(reason)) = (reading.is_done(sending.errors), reason) else { return };
        let number = number.clone();
        sending.run(
            async move { credits::write_off(id, &WriteOffInvoice { reason }, intent).await },
            move |_| {
                open.set(false);
                toasts.show(Toast::done(texts::written_off(&number)));
                on_done.run(());
            },
        );
    };
    view! {
        <div>
            <h2>{title}</h2>
            <p class="muted">{texts::write_off_what_happens()}</p>
        </div>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <TextField
                label=invoice_texts::reason()
                value=reason
                pointer="/reason"
                hint=invoice_texts::internal_note_hint()
            />
            <div class="line">
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
                <Button kind=ButtonKind::Danger button_type=ButtonType::Submit busy=sending.busy>
                    {texts::write_off()}
                </Button>
            </div>
        </Form>
    }
}

/// Asks whether what was given up is owed again.
#[component]
pub fn UndoSheet(
    /// What was written off.
    invoice: Invoice,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// It is owed again.
    on_done: Callback<()>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let id = invoice.document.id;
    let number = StoredValue::new(invoice.document.number.unwrap_or_default());
    let money = StoredValue::new(amount(invoice.document.written_off).text());
    let sending = Sending::new();
    let submit = move || {
        sending.run(async move { credits::undo_write_off(id).await }, move |()| {
            open.set(false);
            toasts.show(Toast::done(texts::write_off_undone(&number.get_value())));
            on_done.run(());
        });
    };
    view! {
        <Sheet open title=texts::undo_write_off()>
            <div>
                <h2>{texts::undo_write_off()}</h2>
                <p class="muted">{texts::undo_what_happens(&money.get_value(), &number.get_value())}</p>
            </div>
            <Form errors=sending.errors busy=sending.busy on_submit=submit>
                <div class="line">
                    <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                        {texts::undo_write_off()}
                    </Button>
                    <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                        {common_texts::cancel()}
                    </Button>
                </div>
            </Form>
        </Sheet>
    }
}
