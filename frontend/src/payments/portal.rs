//! The client's payments: starting and cancelling one, what became of it, and the list of them.

pub mod list;
pub mod outcome;
mod receipt;
pub mod returned;
pub mod sandbox;
pub mod sandbox_card;

use domain::invoices::InvoiceId;
use domain::money::Currency;
use domain::page::{MAX_LIMIT, Page};
use domain::payments::{
    Attempt, AttemptId, InvoiceIds, Payment, PaymentFilter, PaymentId, PaymentMethod, PaymentMethodFilter,
    SandboxCard, SandboxCheckout, SandboxSecondStep, StartPayment,
};
use leptos::prelude::window;

use crate::api::{self, Answer, ApiError, Intent};
use crate::browser;

/// Starts to pay.
pub async fn start(body: &StartPayment, intent: Intent) -> Answer<Attempt> {
    api::post("/portal/payments", body, intent).await
}

/// The ways by which all of these invoices can be paid.
pub async fn methods(currency: Currency, invoices: Vec<InvoiceId>) -> Answer<Vec<PaymentMethod>> {
    let filter = PaymentMethodFilter { currency: Some(currency), invoices: Some(InvoiceIds(invoices)) };
    api::get_with("/portal/payment-methods", &filter).await
}

/// Calls a payment off that was started.
pub async fn cancel(id: AttemptId) -> Answer<Attempt> {
    api::act(&format!("/portal/payments/attempts/{id}/cancel"), Intent::new()).await
}

async fn attempt(id: AttemptId) -> Answer<Attempt> {
    api::get(&format!("/portal/payments/attempts/{id}")).await
}

async fn save_receipt(id: PaymentId, name: &str) -> Answer<()> {
    api::download(&format!("/portal/payments/{id}/receipt.pdf"), &format!("{name}.pdf")).await
}

async fn list(cursor: Option<String>) -> Answer<Page<Payment>> {
    api::get_with("/portal/payments", &PaymentFilter { cursor, ..PaymentFilter::default() }).await
}

/// Payments of one invoice, for the details of the one just made.
async fn of_invoice(invoice_id: InvoiceId) -> Answer<Page<Payment>> {
    let filter =
        PaymentFilter { invoice_id: Some(invoice_id), limit: Some(MAX_LIMIT), ..PaymentFilter::default() };
    api::get_with("/portal/payments", &filter).await
}

async fn checkout(reference: &str) -> Answer<SandboxCheckout> {
    api::get(&format!("/portal/sandbox/{}", browser::escape(reference))).await
}

async fn pay_by_card(reference: &str, card: &SandboxCard) -> Answer<SandboxCheckout> {
    api::ask(&format!("/portal/sandbox/{}/pay", browser::escape(reference)), card).await
}

async fn second_step(reference: &str, confirm: bool) -> Answer<SandboxCheckout> {
    let path = format!("/portal/sandbox/{}/second-step", browser::escape(reference));
    api::ask(&path, &SandboxSecondStep { confirm }).await
}

/// The payment that keeps another from being started, as the refusal brings it.
pub fn open_attempt(error: &ApiError) -> Option<Attempt> {
    let ApiError::Refused(refusal) = error else { return None };
    refusal.current()
}

/// Leaves for the page where an attempt is paid.
pub fn go_to_checkout(attempt: &Attempt) {
    match &attempt.checkout_url {
        Some(url) => leave_for(url),
        // It needs no page any more: the page of the payment knows why.
        None => browser::reload(),
    }
}

/// Leaves for another page. Where it is one of ours, a guest takes along what lets them in; another site never gets it.
pub fn leave_for(url: &str) {
    let origin = window().location().origin().unwrap_or_default();
    let ours = url.strip_prefix(origin.as_str()).is_some_and(|rest| rest.starts_with('/'))
        || browser::local(url).is_some();
    match browser::fragment("guest").filter(|_| ours && !url.contains('#')) {
        Some(token) => browser::open(&format!("{url}#guest={token}")),
        None => browser::open(url),
    }
}
