//! Withdrawing an issued invoice.

use domain::invoices::{Invoice, VoidInvoice};
use domain::text::Name;
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonType, Form, Sheet, TextField, Toast, Toasts};

use crate::api::Intent;
use crate::form::{Reading, Sending};
use crate::invoices;
use crate::t::{common as common_texts, invoices as texts};

/// Asks why. It can't be undone.
#[component]
pub fn VoidSheet(
    /// What is withdrawn.
    invoice: RwSignal<Option<Invoice>>,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Sheet open title=texts::void()>
            {move || invoice.get_untracked().map(|known| view! { <VoidForm known invoice open/> })}
        </Sheet>
    }
}

#[component]
fn VoidForm(known: Invoice, invoice: RwSignal<Option<Invoice>>, open: RwSignal<bool>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let reason = RwSignal::new(String::new());
    let sending = Sending::new();
    let intent = Intent::new();
    let id = known.document.id;
    let number = known.document.number.unwrap_or_default();
    let title = texts::void_question(&number);
    let submit = move || {
        let mut reading = Reading::default();
        let reason = reading.text::<Name>("/reason", reason);
        let (true, Some(reason)) = (reading.is_done(sending.errors), reason) else { return };
        let number = number.clone();
        sending.run(
            async move { invoices::void(id, &VoidInvoice { reason }, intent).await },
            move |changed| {
                open.set(false);
                invoice.set(Some(changed));
                toasts.show(Toast::done(texts::voided(&number)));
            },
        );
    };
    view! {
        <div>
            <h2>{title}</h2>
            <p class="muted">{texts::void_what_happens()}</p>
        </div>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <TextField label=texts::reason() value=reason pointer="/reason" hint=texts::reason_hint()/>
            <div class="line">
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
                <Button kind=ButtonKind::Danger button_type=ButtonType::Submit busy=sending.busy>
                    {texts::void()}
                </Button>
            </div>
        </Form>
    }
}
