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
//! - A charge of a saved method that is declined is an error (402) *and* a payment, which stays waiting for another
//!   method for ever. Its error names it.

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
use stripe_shared::{Customer, PaymentIntent, PaymentMethod};
use stripe_types::List;

use self::client::Client;
use super::saved::{
    ChargeRequest, CustomerRequest, ProviderMethod, ProviderSetup, SaveRequest, SavesMethods,
};
use super::{
    ATTEMPT_KEY, Checkout, CheckoutRequest, Connection, InboundEvent, PaymentError, PaymentProvider,
    ProviderPayment, ProviderRefund, ProviderState, RefundRequest, Webhook, WebhookError, signature,
};

mod checkout;
mod client;
#[cfg(feature = "fake")]
pub mod fake;
mod limits;
mod refund;
mod saved;
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
    /// charges and refunds, and to read payments and disputes; for saved methods, also to write customers, payment
    /// methods and payments.
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

    /// A payment with its refunds and, where there were any, its disputes.
    async fn with_what_went_back(
        &self,
        mut payment: ProviderPayment,
        disputed: bool,
    ) -> Result<ProviderPayment, PaymentError> {
        if let (ProviderState::Succeeded, Some(money)) = (&payment.state, payment.payment_reference.clone()) {
            payment.refunds = self.refunds(&money).await?;
            if disputed {
                payment.disputes = refund::disputes(&self.client, &money).await?;
            }
        }
        Ok(payment)
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
        let (payment, disputed) = if is_charge(reference) {
            saved::payment(saved::retrieve(safe_id(reference)?).customize().send(&self.client).await?)?
        } else {
            let expand = vec!["payment_intent.latest_charge".to_owned()];
            let request = RetrieveCheckoutSession::new(safe_id(reference)?).expand(expand);
            checkout::payment(request.send(&self.client).await?)?
        };
        self.with_what_went_back(payment, disputed).await
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
        let closed = if is_charge(reference) {
            let request = saved::cancel(safe_id(reference)?).customize::<PaymentIntent>();
            request.send(&self.client).await.map(drop)
        } else {
            ExpireCheckoutSession::new(safe_id(reference)?).send(&self.client).await.map(drop)
        };
        match closed {
            // Refused when it is not open any more; unavailable when the answer may have been lost on its
            // way. Both times what it is now tells.
            Ok(()) | Err(PaymentError::Refused { .. } | PaymentError::Unavailable(_)) => {
                self.fetch(reference).await
            }
            Err(error) => Err(error),
        }
    }

    fn saves_methods(&self) -> Option<&dyn SavesMethods> {
        Some(self)
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

#[async_trait]
impl SavesMethods for StripeProvider {
    async fn customer(&self, customer: &CustomerRequest) -> Result<String, PaymentError> {
        let key = idempotency_key(&customer.client_id, "client_id")?;
        let request = saved::customer(customer).customize::<Customer>();
        let made = request.request_strategy(RequestStrategy::Idempotent(key)).send(&self.client).await?;
        Ok(made.id.to_string())
    }

    async fn save(&self, save: &SaveRequest) -> Result<Checkout, PaymentError> {
        let key = idempotency_key(&save.method_id, "method_id")?;
        let request = saved::save(save).customize().request_strategy(RequestStrategy::Idempotent(key));
        checkout::checkout(request.send(&self.client).await?)
    }

    async fn saved(&self, reference: &str) -> Result<ProviderSetup, PaymentError> {
        let expand = vec!["setup_intent.payment_method".to_owned()];
        let request = RetrieveCheckoutSession::new(safe_id(reference)?).expand(expand);
        saved::setup(request.send(&self.client).await?)
    }

    async fn methods(&self, customer: &str) -> Result<Vec<ProviderMethod>, PaymentError> {
        let customer = safe_id(customer)?;
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let request = saved::methods(customer, after.as_deref()).customize::<List<PaymentMethod>>();
            let page = request.send(&self.client).await?;
            all.extend(page.data.iter().map(saved::kept));
            after = page.data.last().filter(|_| page.has_more).map(|last| last.id.to_string());
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    async fn detach(&self, method: &str) -> Result<(), PaymentError> {
        let request = saved::detach(safe_id(method)?).customize::<PaymentMethod>();
        match request.send(&self.client).await {
            // Refused when it is attached to nobody any more.
            Ok(_) | Err(PaymentError::Refused { .. } | PaymentError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn charge(&self, charge: &ChargeRequest) -> Result<ProviderPayment, PaymentError> {
        let key = idempotency_key(&charge.attempt_id, "attempt_id")?;
        let request = saved::charge(charge)?.customize::<PaymentIntent>();
        match request.request_strategy(RequestStrategy::Idempotent(key)).send(&self.client).await {
            Ok(intent) => {
                let (payment, disputed) = saved::payment(intent)?;
                self.with_what_went_back(payment, disputed).await
            }
            Err(PaymentError::Declined { reference: Some(reference), .. }) => self.fetch(&reference).await,
            Err(error) => Err(error),
        }
    }

    async fn find_charge(&self, charge: &ChargeRequest) -> Result<Option<ProviderPayment>, PaymentError> {
        let customer = safe_id(&charge.customer)?;
        let mut after: Option<String> = None;
        loop {
            let request = saved::payments(customer, charge.since, after.as_deref());
            let page = request.customize::<List<PaymentIntent>>().send(&self.client).await?;
            let ours = |intent: &&PaymentIntent| intent.metadata.get(ATTEMPT_KEY) == Some(&charge.attempt_id);
            if let Some(found) = page.data.iter().find(ours) {
                return self.fetch(found.id.as_ref()).await.map(Some);
            }
            after = page.data.last().filter(|_| page.has_more).map(|last| last.id.to_string());
            if after.is_none() {
                return Ok(None);
            }
        }
    }
}

/// Whether a reference is a payment from a saved method, and no page's.
fn is_charge(reference: &str) -> bool {
    reference.starts_with("pi_")
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
