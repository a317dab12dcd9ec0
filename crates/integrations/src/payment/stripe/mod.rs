//! Stripe, by its Checkout: the client pays on a page of Stripe's, so no card number comes near us.
//!
//! Requests and objects are those of `async-stripe` 1.0's crates; `client` carries them, so that every
//! request obeys [`crate::http`] and a retry repeats the attempt's own idempotency key. The reasons are in
//! `docs/decisions/0001-stripe-client.md`.
//!
//! Things about Stripe that surprise:
//! - Its smallest unit is not always ISO's (`domain::provider_amount`).
//! - A session's payment exists only once somebody tried to pay.
//! - `complete` means the client is done, not that money came: `payment_status` and the payment say that.
//! - A session that is not open can't be expired: an error there, the present state here.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::money::{Currency, Money};
use domain::payments::Provider;
use domain::provider_amount::stripe_minimum;
use secrecy::{ExposeSecret, SecretString};
use stripe_checkout::checkout_session::{
    ExpireCheckoutSession, ListCheckoutSession, RetrieveCheckoutSession,
};
use stripe_client_core::{ApiVersion, IdempotencyKey, RequestStrategy, StripeRequest};

use self::client::Client;
use super::{
    Checkout, CheckoutRequest, Connection, InboundEvent, PaymentError, PaymentProvider, ProviderPayment,
    ProviderRefund, ProviderState, RefundRequest, Webhook, WebhookError, signature,
};

mod checkout;
mod client;
#[cfg(feature = "fake")]
pub mod fake;
mod limits;
mod refund;
mod webhook;

/// Stripe's API.
pub const API: &str = "https://api.stripe.com";
/// The header that carries the signature of Stripe's webhooks.
pub const SIGNATURE_HEADER: &str = "Stripe-Signature";
/// The version of Stripe's API the types were made for; every request names it.
const API_VERSION: ApiVersion = stripe_client_core::VERSION;

/// One account at Stripe.
#[derive(Debug, Clone)]
pub struct StripeConfig {
    /// Secret or restricted key (`sk_…`, `rk_…`). A restricted one needs to write Checkout Sessions,
    /// charges and refunds, and to read payments and disputes.
    pub secret_key: SecretString,
    /// Signing secrets of the webhook (`whsec_…`): two while one is being rotated, none until it is set up.
    pub webhook_secrets: Vec<SecretString>,
    /// Where the API is: [`API`], or a test's own server.
    pub api: String,
}

/// Stripe as a [`PaymentProvider`].
pub struct StripeProvider {
    client: Client,
    webhook_secrets: Vec<SecretString>,
    livemode: bool,
}

impl StripeProvider {
    /// A provider for one account. The HTTP client is [`crate::http::client`]'s, shared by all of them.
    pub fn new(config: StripeConfig, http: reqwest::Client) -> Self {
        let key = config.secret_key.expose_secret();
        let livemode = !key.starts_with("sk_test_") && !key.starts_with("rk_test_");
        Self {
            livemode,
            webhook_secrets: config.webhook_secrets,
            client: Client::new(http, &config.api, config.secret_key),
        }
    }
}

#[async_trait]
impl PaymentProvider for StripeProvider {
    fn kind(&self) -> Provider {
        Provider::Stripe
    }

    async fn start(&self, checkout: &CheckoutRequest) -> Result<Checkout, PaymentError> {
        let key = idempotency_key(&checkout.attempt_id, "attempt_id")?;
        let request =
            checkout::create(checkout)?.customize().request_strategy(RequestStrategy::Idempotent(key));
        checkout::checkout(request.send(&self.client).await?)
    }

    async fn fetch(&self, reference: &str) -> Result<ProviderPayment, PaymentError> {
        let expand = vec!["payment_intent.latest_charge".to_owned()];
        let request = RetrieveCheckoutSession::new(safe_id(reference)?).expand(expand);
        let (mut payment, disputed) = checkout::payment(request.send(&self.client).await?)?;
        if let (ProviderState::Succeeded, Some(money)) = (&payment.state, payment.payment_reference.clone()) {
            payment.refunds = self.refunds(&money).await?;
            if disputed {
                payment.disputes = refund::disputes(&self.client, &money).await?;
            }
        }
        Ok(payment)
    }

    async fn refund(&self, refund: &RefundRequest) -> Result<ProviderRefund, PaymentError> {
        let request = refund::create(refund)?.customize();
        let key = idempotency_key(&refund.refund_id, "refund_id")?;
        let request = request.request_strategy(RequestStrategy::Idempotent(key));
        refund::said(request.send(&self.client).await?)
    }

    async fn refunds(&self, payment_reference: &str) -> Result<Vec<ProviderRefund>, PaymentError> {
        refund::list(&self.client, payment_reference).await
    }

    fn livemode(&self) -> bool {
        self.livemode
    }

    async fn expire(&self, reference: &str) -> Result<ProviderPayment, PaymentError> {
        match ExpireCheckoutSession::new(safe_id(reference)?).send(&self.client).await {
            // Refused when it is not open any more; unavailable when the answer may have been lost on its
            // way. Both times what it is now tells.
            Ok(_) | Err(PaymentError::Refused { .. } | PaymentError::Unavailable(_)) => {
                self.fetch(reference).await
            }
            Err(error) => Err(error),
        }
    }

    fn signature_headers(&self) -> &'static [&'static str] {
        &[SIGNATURE_HEADER]
    }

    async fn verify_webhook(
        &self,
        webhook: Webhook<'_>,
        now: DateTime<Utc>,
    ) -> Result<InboundEvent, WebhookError> {
        signature::verify(
            &self.webhook_secrets,
            webhook.signatures.first().copied().flatten(),
            webhook.body,
            now,
        )?;
        webhook::read(webhook.body)
    }

    fn minimum(&self, currency: Currency) -> Option<Money> {
        stripe_minimum(currency)
    }

    fn maximum(&self, currency: Currency) -> Option<Money> {
        limits::maximum(currency)
    }

    async fn check(&self) -> Result<Connection, PaymentError> {
        // Needs the very permission payments need, where reading the account would need one more.
        ListCheckoutSession::new().limit(1).send(&self.client).await?;
        Ok(Connection { livemode: self.livemode })
    }
}

/// A reference that is safe in a path. Ours come from Stripe by way of the database, but also from webhooks.
fn safe_id(reference: &str) -> Result<&str, PaymentError> {
    let safe = !reference.is_empty() && reference.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if safe { Ok(reference) } else { Err(PaymentError::NotFound) }
}

fn idempotency_key(id: &str, field: &str) -> Result<IdempotencyKey, PaymentError> {
    IdempotencyKey::new(id).map_err(|error| PaymentError::Refused {
        code: None,
        field: Some(field.to_owned()),
        message: error.to_string(),
    })
}
