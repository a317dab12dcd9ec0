//! Giving money back.

use domain::invoices::InvoiceId;
use domain::money::Money;
use domain::payments::Payment;
use domain::refunds::{InvoiceAfterRefund, RefundPayment, RefundState, RefundTo};
use domain::text::Name;
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonType, Form, MoneyField, RadioGroup, SelectField, SelectOption, Sheet,
    TextField, Toast, Toasts,
};

use super::payment::left;
use crate::api::Intent;
use crate::form::{Reading, Sending};
use crate::money::amount;
use crate::payments;
use crate::t::{common as common_texts, invoices as invoice_texts, payments as texts};

/// Asks how much goes back, where to, why, and what becomes of the invoices.
#[component]
pub fn RefundSheet(
    /// What was received.
    payment: Payment,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// It was given back, or is on its way.
    on_done: Callback<()>,
) -> impl IntoView {
    let payment = StoredValue::new(payment);
    view! {
        <Sheet open title=texts::refund()>
            <RefundForm payment=payment.get_value() open on_done/>
        </Sheet>
    }
}

#[component]
fn RefundForm(payment: Payment, open: RwSignal<bool>, on_done: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let currency = payment.amount.currency();
    let most = left(&payment);
    let back = RwSignal::new(Some(most));
    let to = RwSignal::new(RefundTo::Source.as_str().to_owned());
    let after = RwSignal::new(InvoiceAfterRefund::Reopen.as_str().to_owned());
    let invoice = RwSignal::new(String::new());
    let reason = RwSignal::new(String::new());
    let sending = Sending::new();
    let intent = Intent::new();
    let id = payment.id;
    let submit = move || {
        let mut reading = Reading::default();
        let minor = reading.take("/amount", back.get_untracked().ok_or_else(|| ("required", String::new())));
        let reason = reading.text::<Name>("/reason", reason);
        let (true, Some(minor), Some(reason)) = (reading.is_done(sending.errors), minor, reason) else {
            return;
        };
        let body = RefundPayment {
            amount: Money::new(minor, currency),
            to: to.get_untracked().parse().unwrap_or(RefundTo::Source),
            reason,
            invoices: after.get_untracked().parse().unwrap_or_default(),
            invoice_id: invoice.get_untracked().parse::<InvoiceId>().ok(),
        };
        sending.run(async move { payments::refund(id, &body, intent).await }, move |refund| {
            open.set(false);
            let money = amount(refund.amount).text();
            toasts.show(match refund.state {
                RefundState::Failed => Toast::failed(refund.failure.unwrap_or_default()),
                RefundState::Pending => Toast::done(texts::refund_on_its_way(&money)),
                RefundState::Succeeded => Toast::done(texts::refund_done(&money)),
            });
            on_done.run(());
        });
    };
    let whereto = vec![
        SelectOption::new(RefundTo::Source.as_str(), texts::to_source()),
        SelectOption::new(RefundTo::Credit.as_str(), texts::to_credit()),
    ];
    let paid_any = !payment.shares.is_empty();
    let several = (payment.shares.len() > 1).then(|| {
        let mut options = vec![SelectOption::new("", texts::any_invoice())];
        options.extend(payment.shares.iter().map(|share| {
            SelectOption::new(
                share.invoice_id.to_string(),
                format!("{}, {}", invoice_texts::invoice_numbered(&share.number), amount(share.amount).text()),
            )
        }));
        view! { <SelectField label=texts::from_invoice() value=invoice options pointer="/invoice_id" optional=true/> }
    });
    let invoices = paid_any.then(|| {
        let options = vec![
            SelectOption::new(InvoiceAfterRefund::Reopen.as_str(), texts::after_reopen()),
            SelectOption::new(InvoiceAfterRefund::CreditNote.as_str(), texts::after_credit_note()),
        ];
        view! { <RadioGroup label=texts::after() value=after options pointer="/invoices"/> }
    });
    let hint = texts::refund_at_most(&amount(Money::new(most, currency)).text());
    let label = move || match back.get() {
        Some(minor) => texts::refund_amount(&amount(Money::new(minor, currency)).text()),
        None => texts::refund().to_owned(),
    };
    view! {
        <div>
            <h2>{texts::refund()}</h2>
            <p class="sub">{texts::payment_of(payment.client_name.as_str())}</p>
        </div>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <MoneyField
                label=texts::amount()
                value=back
                currency=currency.code().to_owned()
                exponent=currency.exponent()
                pointer="/amount"
                hint
            />
            <RadioGroup label=texts::refund_to() value=to options=whereto pointer="/to"/>
            {several}
            {invoices}
            <TextField
                label=invoice_texts::reason()
                value=reason
                pointer="/reason"
                hint=invoice_texts::reason_hint()
            />
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {label}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}
