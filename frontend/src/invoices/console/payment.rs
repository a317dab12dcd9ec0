//! Recording money that came outside Portico.

use domain::invoices::Invoice;
use domain::money::Money;
use domain::payments::{ManualMethod, RecordPayment};
use domain::text::Line;
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonType, DateField, Form, MoneyField, SelectField, SelectOption, Sheet, TextField,
    Toast, Toasts,
};

use crate::api::Intent;
use crate::form::{Reading, Sending};
use crate::money::amount;
use crate::payments::{self, method_text};
use crate::t::{common as common_texts, invoices as texts};

/// Asks how much came, how and when.
#[component]
pub fn RecordSheet(
    /// What is paid.
    invoice: Invoice,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// It was recorded.
    on_done: Callback<()>,
) -> impl IntoView {
    let invoice = StoredValue::new(invoice);
    view! {
        <Sheet open title=texts::record_payment()>
            <RecordForm invoice=invoice.get_value() open on_done/>
        </Sheet>
    }
}

#[component]
fn RecordForm(invoice: Invoice, open: RwSignal<bool>, on_done: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let document = invoice.document;
    let currency = document.currency;
    let paid = RwSignal::new(Some(document.balance.minor()));
    let method = RwSignal::new(ManualMethod::BankTransfer.as_str().to_owned());
    let received_on = RwSignal::new(ui::format::today());
    let reference = RwSignal::new(String::new());
    let sending = Sending::new();
    let intent = Intent::new();
    let methods: Vec<SelectOption> = ManualMethod::ALL
        .into_iter()
        .map(|method| SelectOption::new(method.as_str(), method_text(method)))
        .collect();
    let id = document.id;
    let submit = move || {
        let mut reading = Reading::default();
        let missing = || ("required", String::new());
        let minor = reading.take("/amount", paid.get_untracked().ok_or_else(missing));
        let day = reading.take("/received_on", received_on.get_untracked().parse().map_err(|_| missing()));
        let reference = reading.text::<Line>("/reference", reference);
        let (true, Some(minor), Some(received_on), Some(reference)) =
            (reading.is_done(sending.errors), minor, day, reference)
        else {
            return;
        };
        let chosen = method.get_untracked();
        let method = ManualMethod::ALL
            .into_iter()
            .find(|known| known.as_str() == chosen)
            .unwrap_or(ManualMethod::Other);
        let body = RecordPayment {
            invoice_id: id,
            amount: Money::new(minor, currency),
            method,
            received_on,
            reference,
            send_receipt: None,
        };
        sending.run(async move { payments::record(&body, intent).await }, move |payment| {
            open.set(false);
            toasts.show(Toast::done(texts::payment_recorded(&amount(payment.amount).text())));
            on_done.run(());
        });
    };
    let sub = format!(
        "{}, {}",
        document.number.as_deref().map_or_else(|| texts::invoice().to_owned(), texts::invoice_numbered),
        document.client_name
    );
    view! {
        <div>
            <h2>{texts::record_payment()}</h2>
            <p class="sub">{sub}</p>
        </div>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <div class="pair">
                <MoneyField
                    label=texts::amount()
                    value=paid
                    currency=currency.code().to_owned()
                    exponent=currency.exponent()
                    pointer="/amount"
                    hint=texts::over_is_credit()
                />
                <DateField label=texts::received_on() value=received_on pointer="/received_on"/>
            </div>
            <SelectField label=texts::method() value=method options=methods pointer="/method"/>
            <TextField label=texts::statement_reference() value=reference pointer="/reference" optional=true/>
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {move || match paid.get() {
                        Some(minor) => texts::record_amount(&amount(Money::new(minor, currency)).text()),
                        None => texts::record_payment().to_owned(),
                    }}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}
