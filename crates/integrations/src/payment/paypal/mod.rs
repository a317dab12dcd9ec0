//! PayPal, by Orders v2: the client agrees on a page of PayPal's, and then we take the money.
//!
//! Things about PayPal that surprise:
//! - Agreeing pays nothing: an order that is `APPROVED` has to be captured. One that nobody captures lapses by
//!   itself, and can't be closed before; so calling off is not capturing.
//! - A capture may stay `PENDING` for days (eCheques, reviews), and be declined then.
//! - A refund may be `PENDING` too, and fail then. Refunds are kept with the order, and nowhere listed else.
//! - Amounts are texts, without decimals for some currencies that have them in ISO
//!   (`domain::provider_amount`).
//! - Disputes are listed only for apps with that permission, by the capture; whether money left our account only
//!   their movements tell.
//! - Webhooks are signed with a certificate. PayPal verifies them for us, at the price of one request each.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::money::{Currency, Money};
use domain::payments::Provider;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

use self::client::{Client, Request};
use super::{
    Checkout, CheckoutRequest, Connection, InboundEvent, PaymentError, PaymentProvider, ProviderDispute,
    ProviderPayment, ProviderRefund, ProviderState, RefundRequest, Webhook, WebhookError,
};

mod client;
mod dispute;
#[cfg(feature = "fake")]
pub mod fake;
mod order;
mod webhook;

pub use client::Tokens;

/// PayPal's API where money moves.
pub const LIVE_API: &str = "https://api-m.paypal.com";
/// PayPal's API where none does.
pub const SANDBOX_API: &str = "https://api-m.sandbox.paypal.com";

/// Why PayPal does not capture, and what became of the order says more.
const NOT_CAPTURED: &[&str] = &[
    "ORDER_ALREADY_CAPTURED",
    "ORDER_NOT_APPROVED",
    "INSTRUMENT_DECLINED",
    "PAYER_ACTION_REQUIRED",
    "PAYER_CANNOT_PAY",
    "TRANSACTION_REFUSED",
];

/// Tells the time; the application's clock.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// One account at PayPal.
#[derive(Debug, Clone)]
pub struct PaypalConfig {
    /// The app's client id.
    pub client_id: String,
    /// The app's secret.
    pub client_secret: SecretString,
    /// The id of the webhook, without which no event can be checked.
    pub webhook_id: Option<String>,
    /// Whether money moves.
    pub livemode: bool,
    /// Where the API is: [`LIVE_API`], [`SANDBOX_API`], or a test's own server.
    pub api: String,
}

/// PayPal as a [`PaymentProvider`].
pub struct PaypalProvider {
    client: Client,
    webhook_id: Option<String>,
    livemode: bool,
}

impl PaypalProvider {
    /// A provider for one account. The HTTP client is [`crate::http::client`]'s; tokens are shared by all.
    pub fn new(config: PaypalConfig, http: reqwest::Client, tokens: Tokens, clock: Clock) -> Self {
        Self {
            webhook_id: config.webhook_id.clone(),
            livemode: config.livemode,
            client: Client::new(config, http, tokens, clock),
        }
    }

    async fn order(&self, reference: &str) -> Result<ProviderPayment, PaymentError> {
        order::payment(self.client.get(&format!("/v2/checkout/orders/{}", safe(reference)?)).await?)
    }

    /// What is contested of a capture, the oldest first.
    async fn disputes(&self, capture: &str) -> Result<Vec<ProviderDispute>, PaymentError> {
        let path = format!("/v1/customer/disputes?disputed_transaction_id={}&page_size=50", safe(capture)?);
        let list: dispute::List = match self.client.get(&path).await {
            Ok(list) => list,
            // The app has no permission for disputes: payments are settled all the same.
            Err(PaymentError::Forbidden(message)) => {
                tracing::warn!(%message, "paypal does not let this app see disputes");
                return Ok(Vec::new());
            }
            Err(error) => return Err(error),
        };
        let mut disputes = Vec::new();
        for id in list.ids() {
            let found: dispute::Dispute =
                self.client.get(&format!("/v1/customer/disputes/{}", safe(&id)?)).await?;
            disputes.push(found.said()?);
        }
        Ok(disputes)
    }
}

#[async_trait]
impl PaymentProvider for PaypalProvider {
    fn kind(&self) -> Provider {
        Provider::Paypal
    }

    async fn start(&self, checkout: &CheckoutRequest) -> Result<Checkout, PaymentError> {
        let body = order::create(checkout)?;
        let order = self.client.post("/v2/checkout/orders", &body, &checkout.attempt_id).await?;
        order::checkout(order, checkout)
    }

    async fn fetch(&self, reference: &str) -> Result<ProviderPayment, PaymentError> {
        let mut payment = self.order(reference).await?;
        if let (ProviderState::Succeeded, Some(money)) = (&payment.state, &payment.payment_reference) {
            payment.disputes = self.disputes(money).await?;
        }
        Ok(payment)
    }

    async fn complete(&self, reference: &str, attempt_id: &str) -> Result<ProviderPayment, PaymentError> {
        let path = format!("/v2/checkout/orders/{}/capture", safe(reference)?);
        let id = format!("{attempt_id}-capture");
        match self.client.post::<Value>(&path, &json!({}), &id).await {
            // What became of it, its order says better than the answer; and an answer may have been lost.
            Ok(_) | Err(PaymentError::Unavailable(_)) => {}
            Err(PaymentError::Refused { code: Some(code), .. }) if NOT_CAPTURED.contains(&code.as_str()) => {}
            Err(error) => return Err(error),
        }
        let mut payment = self.fetch(reference).await?;
        // Agreed to, but what it should be paid with was declined: the client can choose something else.
        if payment.state == ProviderState::Approved {
            payment.state = ProviderState::Open;
        }
        Ok(payment)
    }

    async fn expire(&self, reference: &str) -> Result<ProviderPayment, PaymentError> {
        let mut payment = self.fetch(reference).await?;
        // Only we could capture it, and we won't.
        if matches!(payment.state, ProviderState::Open | ProviderState::Approved) {
            payment.state = ProviderState::Canceled;
        }
        Ok(payment)
    }

    async fn refund(&self, refund: &RefundRequest) -> Result<ProviderRefund, PaymentError> {
        let path = format!("/v2/payments/captures/{}/refund", safe(&refund.payment_reference)?);
        let body = json!({ "amount": order::amount(refund.amount)?, "custom_id": refund.refund_id });
        let said: order::Refund = self.client.post(&path, &body, &refund.refund_id).await?;
        said.said()
    }

    async fn refunds(&self, payment_reference: &str) -> Result<Vec<ProviderRefund>, PaymentError> {
        // PayPal has no list of a capture's refunds; the order that it belongs to tells.
        let capture: order::CaptureOrder =
            self.client.get(&format!("/v2/payments/captures/{}", safe(payment_reference)?)).await?;
        let order = capture.order_id().ok_or_else(|| order::unreadable("a capture without its order"))?;
        Ok(self.order(order).await?.refunds)
    }

    fn livemode(&self) -> bool {
        self.livemode
    }

    fn signature_headers(&self) -> &'static [&'static str] {
        webhook::HEADERS
    }

    async fn verify_webhook(
        &self,
        webhook: Webhook<'_>,
        now: DateTime<Utc>,
    ) -> Result<InboundEvent, WebhookError> {
        let webhook_id = self.webhook_id.as_ref().ok_or(WebhookError::NotConfigured)?;
        let signature = webhook::Signature::read(webhook, now)?;
        let request = Request {
            method: Method::POST,
            path: "/v1/notifications/verify-webhook-signature",
            body: Some(signature.question(webhook_id, webhook.body)?),
            id: None,
        };
        let verdict = match self.client.send(request).await {
            Ok(body) => client::read::<webhook::Verdict>(&body),
            // What it can't even make a signature of was not written by PayPal.
            Err(PaymentError::Refused { .. } | PaymentError::NotFound) => return Err(WebhookError::Forged),
            Err(error) => Err(error),
        };
        let verdict = verdict.map_err(|error| WebhookError::Unavailable(error.to_string()))?;
        if verdict.verification_status != "SUCCESS" {
            return Err(WebhookError::Forged);
        }
        webhook::read(webhook.body, self.livemode)
    }

    fn minimum(&self, _: Currency) -> Option<Money> {
        None
    }

    fn maximum(&self, _: Currency) -> Option<Money> {
        None
    }

    async fn check(&self) -> Result<Connection, PaymentError> {
        // A token that is at hand would say nothing about the keys.
        self.client.forget_token();
        match &self.webhook_id {
            Some(id) => {
                let found =
                    self.client.get::<Value>(&format!("/v1/notifications/webhooks/{}", safe(id)?)).await;
                if found == Err(PaymentError::NotFound) {
                    return Err(PaymentError::Refused {
                        code: None,
                        field: Some("webhook_id".to_owned()),
                        message: "there is no webhook of this id".to_owned(),
                    });
                }
                found?;
            }
            None => self.client.authenticate().await?,
        }
        Ok(Connection { livemode: self.livemode })
    }
}

/// A reference that is safe in a path. Ours come from PayPal by way of the database, but also from webhooks.
fn safe(reference: &str) -> Result<&str, PaymentError> {
    let safe = !reference.is_empty() && reference.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if safe { Ok(reference) } else { Err(PaymentError::NotFound) }
}
