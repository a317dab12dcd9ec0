//! Money received, and who moves it.

pub mod console;
pub mod portal;

use domain::page::Page;
use domain::payments::{
    ConnectBankTransfer, ConnectPaypal, ConnectSandbox, ConnectSquare, ConnectStripe, ConnectionCheck,
    ConnectionId, InboundEvent, InboundEventId, Payment, PaymentConnection, PaymentFilter, PaymentId,
    PaymentTerms, Provider, RecordPayment,
};
use domain::refunds::{Refund, RefundPayment};
use serde::Serialize;

use crate::api::{self, Answer, Intent};
use crate::t::payments as texts;
use crate::t::ways::provider as provider_texts;
use domain::payments::ManualMethod;

/// Payments, newest first.
pub async fn list(filter: &PaymentFilter) -> Answer<Page<Payment>> {
    api::get_with("/payments", filter).await
}

/// One payment; `id` as it stands in the address.
async fn find(id: &str) -> Answer<Payment> {
    api::get(&format!("/payments/{id}")).await
}

/// Gives money back.
async fn refund(id: PaymentId, body: &RefundPayment, intent: Intent) -> Answer<Refund> {
    api::post(&format!("/payments/{id}/refunds"), body, intent).await
}

/// Records money received outside Portico.
pub async fn record(body: &RecordPayment, intent: Intent) -> Answer<Payment> {
    api::post("/payments", body, intent).await
}

/// The accounts with providers.
pub async fn connections() -> Answer<Vec<PaymentConnection>> {
    api::get("/payment-connections").await
}

/// Connects Stripe or changes its keys.
pub async fn connect_stripe(body: &ConnectStripe, version: Option<i64>) -> Answer<PaymentConnection> {
    api::put("/payment-connections/stripe", body, version).await
}

/// Connects PayPal or changes its keys.
pub async fn connect_paypal(body: &ConnectPaypal, version: Option<i64>) -> Answer<PaymentConnection> {
    api::put("/payment-connections/paypal", body, version).await
}

/// Connects Square or changes its keys.
pub async fn connect_square(body: &ConnectSquare, version: Option<i64>) -> Answer<PaymentConnection> {
    api::put("/payment-connections/square", body, version).await
}

/// Sets the account that clients transfer to.
pub async fn connect_bank_transfer(
    body: &ConnectBankTransfer,
    version: Option<i64>,
) -> Answer<PaymentConnection> {
    api::put("/payment-connections/bank-transfer", body, version).await
}

/// Asks a provider whether the keys work.
pub async fn check_connection(id: ConnectionId) -> Answer<ConnectionCheck> {
    api::act(&format!("/payment-connections/{id}/check"), Intent::new()).await
}

/// Says how an account is offered.
pub async fn set_terms(id: ConnectionId, body: &PaymentTerms, version: i64) -> Answer<PaymentConnection> {
    api::put(&format!("/payment-connections/{id}/terms"), body, Some(version)).await
}

/// Switches the sandbox on or off.
pub async fn connect_sandbox(enabled: bool, version: Option<i64>) -> Answer<PaymentConnection> {
    api::put("/payment-connections/sandbox", &ConnectSandbox { enabled }, version).await
}

#[derive(Serialize)]
struct Part {
    cursor: Option<String>,
}

/// What providers told us, newest first.
pub async fn inbound_events(cursor: Option<String>) -> Answer<Page<InboundEvent>> {
    api::get_with("/inbound-events", &Part { cursor }).await
}

/// Takes a provider's event again.
pub async fn replay(id: InboundEventId) -> Answer<InboundEvent> {
    api::act(&format!("/inbound-events/{id}/replay"), Intent::new()).await
}

/// How a payment came, as it is kept, in words: what staff recorded has a name in every language, a provider's stands as it is.
pub fn how(method: &str) -> String {
    match ManualMethod::ALL.into_iter().find(|known| known.as_str() == method) {
        Some(recorded) => method_text(recorded).to_owned(),
        None => method.to_owned(),
    }
}

/// A provider's name.
pub fn provider_name(provider: Provider) -> &'static str {
    match provider {
        Provider::Stripe => provider_texts::stripe(),
        Provider::Paypal => provider_texts::paypal(),
        Provider::Square => provider_texts::square(),
        Provider::BankTransfer => provider_texts::bank_transfer(),
        Provider::Sandbox => provider_texts::sandbox(),
        Provider::Manual => provider_texts::manual(),
    }
}

/// How money came, in words.
pub fn method_text(method: ManualMethod) -> &'static str {
    match method {
        ManualMethod::BankTransfer => texts::way::bank_transfer(),
        ManualMethod::Cash => texts::way::cash(),
        ManualMethod::Cheque => texts::way::cheque(),
        ManualMethod::Card => texts::way::card(),
        ManualMethod::Other => texts::way::another(),
    }
}
