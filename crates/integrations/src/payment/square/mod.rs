//! Square, by its payment links: the client pays on a page of Square's, and the link's order tells.
//!
//! Things about Square that surprise:
//! - A link has no end. One that is deleted may still be paid on by who has it open, so what was paid counts
//!   whatever became of the link.
//! - Events name a payment and its order, never the link. The attempt's id travels as the payment's note.
//! - A refund is pending first, and comes to pass or is rejected later. Ours carry their id as the reason, for
//!   the idempotency key is not told again.
//! - Disputes are listed by location only, not by payment.
//! - A webhook's signature covers the address it was sent to, as Square knows it.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::money::{Currency, Money};
use domain::payments::Provider;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;

use self::client::Client;
use super::{
    Checkout, CheckoutRequest, Connection, InboundEvent, PaymentError, PaymentProvider, ProviderDispute,
    ProviderPayment, ProviderRefund, ProviderState, RefundRequest, Webhook, WebhookError,
};

mod client;
mod dispute;
#[cfg(feature = "fake")]
pub mod fake;
mod link;
mod refund;
mod webhook;

/// Square's API where money moves.
pub const LIVE_API: &str = "https://connect.squareup.com";
/// Square's API where none does.
pub const SANDBOX_API: &str = "https://connect.squareupsandbox.com";
/// The version of Square's API that every request names.
pub const API_VERSION: &str = "2025-10-16";
/// The most pages of disputes that are looked through; a location with more has other worries.
const DISPUTE_PAGES: usize = 40;
/// The header that carries the signature of Square's webhooks.
pub const SIGNATURE_HEADER: &str = "x-square-hmacsha256-signature";

/// One account at Square.
#[derive(Debug, Clone)]
pub struct SquareConfig {
    /// Access token.
    pub access_token: SecretString,
    /// The location that sells.
    pub location_id: String,
    /// Signature keys of the webhook: two while one is being rotated, none until it is set up.
    pub signature_keys: Vec<SecretString>,
    /// Where the webhook is sent, as it was told to Square.
    pub notification_url: String,
    /// Whether money moves.
    pub livemode: bool,
    /// Where the API is: [`LIVE_API`], [`SANDBOX_API`], or a test's own server.
    pub api: String,
}

/// Square as a [`PaymentProvider`].
pub struct SquareProvider {
    client: Client,
    location_id: String,
    signature_keys: Vec<SecretString>,
    notification_url: String,
    livemode: bool,
}

impl SquareProvider {
    /// A provider for one account. The HTTP client is [`crate::http::client`]'s, shared by all of them.
    pub fn new(config: SquareConfig, http: reqwest::Client) -> Self {
        Self {
            client: Client::new(http, &config.api, config.access_token),
            location_id: config.location_id,
            signature_keys: config.signature_keys,
            notification_url: config.notification_url,
            livemode: config.livemode,
        }
    }

    async fn payment(&self, id: &str) -> Result<link::Payment, PaymentError> {
        let answer: link::PaymentAnswer =
            self.client.get(&format!("/v2/payments/{}", link::safe(id)?)).await?;
        Ok(answer.payment)
    }

    async fn refunds_of(&self, payment: &link::Payment) -> Result<Vec<ProviderRefund>, PaymentError> {
        let mut answers = Vec::new();
        for id in &payment.refund_ids {
            let path = format!("/v2/refunds/{}", link::safe(id)?);
            answers.push(self.client.get::<refund::Answer>(&path).await?);
        }
        refund::all(answers)
    }

    /// What is contested of a payment, the oldest first.
    async fn disputes_of(&self, payment: &str) -> Result<Vec<ProviderDispute>, PaymentError> {
        let mut found = Vec::new();
        let mut cursor = None::<String>;
        for _ in 0..DISPUTE_PAGES {
            let mut path = format!("/v2/disputes?location_id={}", link::safe(&self.location_id)?);
            if let Some(cursor) = &cursor {
                path.push_str("&cursor=");
                path.extend(url::form_urlencoded::byte_serialize(cursor.as_bytes()));
            }
            let page: dispute::Page = match self.client.get(&path).await {
                Ok(page) => page,
                // The token has no permission for disputes: payments are settled all the same.
                Err(PaymentError::Forbidden(message)) => {
                    tracing::warn!(%message, "square does not let this token see disputes");
                    return Ok(Vec::new());
                }
                Err(error) => return Err(error),
            };
            found.extend(page.disputes.into_iter().filter(|dispute| dispute.is_of(payment)));
            cursor = page.cursor.filter(|cursor| !cursor.is_empty());
            if cursor.is_none() {
                break;
            }
        }
        found.sort_by_key(|dispute| dispute.created_at);
        found.into_iter().map(dispute::Dispute::said).collect()
    }
}

#[async_trait]
impl PaymentProvider for SquareProvider {
    fn kind(&self) -> Provider {
        Provider::Square
    }

    async fn start(&self, checkout: &CheckoutRequest) -> Result<Checkout, PaymentError> {
        let body = link::create(checkout, &self.location_id)?;
        link::checkout(self.client.post("/v2/online-checkout/payment-links", &body).await?, checkout)
    }

    async fn fetch(&self, reference: &str) -> Result<ProviderPayment, PaymentError> {
        let (_, order_id) = link::parts(reference)?;
        let order: link::OrderAnswer = self.client.get(&format!("/v2/orders/{order_id}")).await?;
        let mut payments = Vec::new();
        for id in order.payments() {
            payments.push(self.payment(&id).await?);
        }
        let mut said = link::payment(reference, order, &payments)?;
        let paid = payments.iter().find(|payment| said.payment_reference.as_ref() == Some(&payment.id));
        if let Some(paid) = paid {
            said.refunds = self.refunds_of(paid).await?;
            if said.state == ProviderState::Succeeded {
                said.disputes = self.disputes_of(&paid.id).await?;
            }
        }
        Ok(said)
    }

    async fn expire(&self, reference: &str) -> Result<ProviderPayment, PaymentError> {
        let (link_id, _) = link::parts(reference)?;
        match self.client.delete(&format!("/v2/online-checkout/payment-links/{link_id}")).await {
            // Deleted before, or its answer was lost: what the order is now tells.
            Ok(()) | Err(PaymentError::NotFound | PaymentError::Unavailable(_)) => {}
            Err(error) => return Err(error),
        }
        let mut payment = self.fetch(reference).await?;
        // The page is gone even where its order is still open.
        if payment.state == ProviderState::Open {
            payment.state = ProviderState::Canceled;
        }
        Ok(payment)
    }

    async fn refund(&self, refund: &RefundRequest) -> Result<ProviderRefund, PaymentError> {
        let body = refund::create(refund)?;
        self.client.post::<refund::Answer>("/v2/refunds", &body).await?.said()
    }

    async fn refunds(&self, payment_reference: &str) -> Result<Vec<ProviderRefund>, PaymentError> {
        self.refunds_of(&self.payment(payment_reference).await?).await
    }

    fn livemode(&self) -> bool {
        self.livemode
    }

    fn signature_headers(&self) -> &'static [&'static str] {
        &[SIGNATURE_HEADER]
    }

    async fn verify_webhook(
        &self,
        webhook: Webhook<'_>,
        now: DateTime<Utc>,
    ) -> Result<InboundEvent, WebhookError> {
        let keys: Vec<_> = self.signature_keys.iter().filter(|key| !key.expose_secret().is_empty()).collect();
        if keys.is_empty() {
            return Err(WebhookError::NotConfigured);
        }
        let signature = webhook.signatures.first().copied().flatten().ok_or(WebhookError::Unsigned)?;
        let signature = STANDARD.decode(signature).map_err(|_| WebhookError::Unsigned)?;
        let mut authentic = false;
        for key in keys {
            let mac = mac(key, &self.notification_url, webhook.body);
            authentic |= mac.verify_slice(&signature).is_ok();
        }
        if !authentic {
            return Err(WebhookError::Forged);
        }
        webhook::read(webhook.body, self.livemode, now)
    }

    fn minimum(&self, currency: Currency) -> Option<Money> {
        link::minimum(currency)
    }

    fn maximum(&self, _: Currency) -> Option<Money> {
        None
    }

    async fn check(&self) -> Result<Connection, PaymentError> {
        let path = format!("/v2/locations/{}", link::safe(&self.location_id)?);
        match self.client.get::<Value>(&path).await {
            Ok(_) => Ok(Connection { livemode: self.livemode }),
            Err(PaymentError::NotFound) => Err(PaymentError::Refused {
                code: None,
                field: Some("location_id".to_owned()),
                message: "there is no location of this id".to_owned(),
            }),
            Err(error) => Err(error),
        }
    }
}

/// The MAC over the address and the body.
fn mac(key: &SecretString, url: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes())
        .expect("HMAC takes keys of every length");
    mac.update(url.as_bytes());
    mac.update(body);
    mac
}
