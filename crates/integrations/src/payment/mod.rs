//! Online payment: one trait, [`PaymentProvider`], for whoever moves the money.
//!
//! The shape is a *checkout*: the client is sent to a page of the provider's, and what came of it is fetched
//! from the provider afterwards. A webhook only says "look again": [`PaymentProvider::fetch`] is the truth,
//! for the webhook, the return page and the sweep alike.
//!
//! Amounts are [`Money`] in ISO's minor unit; a provider's own idea of decimals stays in its module.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::money::{Currency, Money};
use domain::payments::Provider;
use domain::saved_methods::{Decline, label};
use thiserror::Error;

#[cfg(feature = "fake")]
mod loopback;
pub mod paypal;
pub mod sandbox;
pub mod saved;
pub mod signature;
pub mod square;
pub mod stripe;
mod transport;

/// Key of the metadata under which providers keep the attempt's id.
pub const ATTEMPT_KEY: &str = "attempt";
/// Key of the metadata under which providers keep the id of a refund that was started here.
pub const REFUND_KEY: &str = "refund";
/// Key of the metadata under which providers keep the organization's id.
pub const ORGANIZATION_KEY: &str = "organization";

/// What the client is asked to pay.
///
/// A checkout that is started again for the same attempt must be equal in every field: providers answer an
/// idempotency key they know with the first result, and refuse it with other parameters. So `expires_at`
/// comes from the attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutRequest {
    /// The attempt's id: also the idempotency key, and how the provider's objects are found again.
    pub attempt_id: String,
    /// The organization's id, for the provider's own lists.
    pub organization_id: String,
    /// How much.
    pub amount: Money,
    /// What for, as the client reads it: `Invoice 2026-0042`.
    pub description: String,
    /// Prefilled on the provider's page.
    pub customer_email: Option<String>,
    /// Where the provider sends the client afterwards.
    pub return_url: String,
    /// Where the provider sends a client who turns back.
    pub cancel_url: String,
    /// Until when the page can be used. Stripe wants 30 minutes to 24 hours from now.
    pub expires_at: DateTime<Utc>,
    /// BCP 47 tag of the client's language.
    pub locale: String,
}

/// A page on which a client can pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// The provider's id of it.
    pub reference: String,
    /// Its address.
    pub url: String,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
}

/// What a provider says about a checkout now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderPayment {
    /// The checkout's id.
    pub reference: String,
    /// The attempt it was started for, as the provider kept it.
    pub attempt_id: Option<String>,
    /// The provider's id of the payment, once there is one (`pi_…`).
    pub payment_reference: Option<String>,
    /// How far it has come.
    pub state: ProviderState,
    /// What was paid, or is asked for while nothing is.
    pub amount: Money,
    /// What it was paid with.
    pub method: Option<Method>,
    /// Why a bank did not let it be charged, where it failed by that.
    pub decline: Option<Decline>,
    /// Everything that was given back of it, or tried to be, by whomever; the oldest first.
    pub refunds: Vec<ProviderRefund>,
    /// What its payer contested with their bank; the oldest first.
    pub disputes: Vec<ProviderDispute>,
}

impl ProviderPayment {
    /// What of it has gone back.
    pub fn refunded(&self) -> Money {
        let back = self.refunds.iter().filter(|refund| refund.state == ProviderRefundState::Succeeded);
        let minor = back.fold(0_i64, |sum, refund| sum.saturating_add(refund.amount.minor()));
        Money::new(minor, self.amount.currency())
    }
}

/// What is to go back to whoever paid.
///
/// A refund that is asked for again must be equal in every field: its id is the idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// Our id of it: also the idempotency key, and how it is found again at the provider.
    pub refund_id: String,
    /// The provider's id of the payment (`pi_…`).
    pub payment_reference: String,
    /// How much.
    pub amount: Money,
}

/// What a provider says about a refund now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRefund {
    /// The provider's id of it.
    pub reference: String,
    /// Our id of it; absent if it was started at the provider.
    pub refund_id: Option<String>,
    /// How much.
    pub amount: Money,
    /// How far it has come.
    pub state: ProviderRefundState,
}

/// How far a refund has come at its provider. One that succeeded may still fail: the bank sends it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderRefundState {
    /// Under way.
    Pending,
    /// The money has left.
    Succeeded,
    /// It did not leave, or came back.
    Failed {
        /// Why, in the provider's words.
        reason: String,
    },
}

/// What a provider says about a dispute now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderDispute {
    /// The provider's id of it.
    pub reference: String,
    /// How much is contested.
    pub amount: Money,
    /// The bank's kind of reason: `fraudulent`, `product_not_received`.
    pub reason: String,
    /// How far it has come.
    pub state: domain::refunds::DisputeState,
    /// Until when evidence can be handed in, while it can.
    pub due_by: Option<DateTime<Utc>>,
    /// Whether the contested amount is out of our account.
    pub withdrawn: bool,
}

/// How far a payment has come at its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderState {
    /// The client can still pay. A card that was declined leaves it here.
    Open,
    /// The client has agreed, and the money comes when we take it: [`PaymentProvider::complete`].
    Approved,
    /// The client has done their part; the money is on its way, and may still not come.
    Processing,
    /// The money has come.
    Succeeded,
    /// It did not come, and won't by this checkout.
    Failed {
        /// Why, in the provider's words.
        reason: String,
    },
    /// Nobody paid in time.
    Expired,
    /// Called off at the provider.
    Canceled,
}

/// What was paid with. [`std::fmt::Display`] gives `Visa ···· 4242`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// The provider's kind of method: `card`, `sepa_debit`, `ideal`.
    pub kind: String,
    /// The card's brand: `visa`.
    pub brand: Option<String>,
    /// The last four digits of card or account.
    pub last4: Option<String>,
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&label(&self.kind, self.brand.as_deref(), self.last4.as_deref()))
    }
}

/// What a working connection says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// Whether money moves. False for test keys and for the sandbox.
    pub livemode: bool,
}

/// A webhook as it came.
#[derive(Debug, Clone, Copy)]
pub struct Webhook<'a> {
    /// The values of the headers that [`PaymentProvider::signature_headers`] names, in that order.
    pub signatures: &'a [Option<&'a str>],
    /// The body, byte for byte: re-serialised JSON has another signature.
    pub body: &'a [u8],
}

/// What an authentic webhook tells: whose payment to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundEvent {
    /// The provider's id of the event: the same on every delivery.
    pub event_id: String,
    /// The provider's name of what happened: `checkout.session.completed`.
    pub kind: String,
    /// The checkout it is about, if the event names it.
    pub reference: Option<String>,
    /// The payment it is about, if the event names it.
    pub payment_reference: Option<String>,
    /// The attempt it is about, or the saved method, if the object carries it: the id's prefix tells which.
    pub attempt_id: Option<String>,
    /// The connected account it belongs to; absent for the account that owns the webhook.
    pub account: Option<String>,
    /// Whether money moved.
    pub livemode: bool,
}

/// Why a provider did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PaymentError {
    /// The key is wrong or has expired.
    #[error("the payment provider does not accept the key")]
    Unauthorized,
    /// The key may not do this: a restricted key lacks a permission.
    #[error("the key lacks a permission at the payment provider: {0}")]
    Forbidden(String),
    /// There is no such checkout in this account.
    #[error("the payment provider does not know this checkout")]
    NotFound,
    /// The provider refused the request; the same again is refused again.
    #[error("the payment provider refused the request: {message}")]
    Refused {
        /// The provider's code of it.
        code: Option<String>,
        /// The field it is about.
        field: Option<String>,
        /// Its explanation.
        message: String,
    },
    /// A bank did not let a saved method be charged. Whoever charges asks again what has become of it.
    #[error("the bank declined: {message}")]
    Declined {
        /// The provider's id of the payment that failed.
        reference: Option<String>,
        /// Its explanation.
        message: String,
    },
    /// This amount can't be paid by this provider: its currency has another smallest unit there.
    #[error("the payment provider can't take {0}")]
    Amount(String),
    /// The provider was not reached, or had trouble of its own.
    #[error("the payment provider can't be reached: {0}")]
    Unavailable(String),
    /// The provider's answer was not understood, so what it did is unknown.
    #[error("the payment provider's answer was not understood: {0}")]
    Unreadable(String),
    /// What the provider's own records are kept in failed (the sandbox's).
    #[error("the sandbox's records can't be used: {0}")]
    State(String),
}

impl PaymentError {
    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::Unreadable(_) | Self::State(_) => true,
            Self::Unauthorized
            | Self::Forbidden(_)
            | Self::NotFound
            | Self::Refused { .. }
            | Self::Declined { .. }
            | Self::Amount(_) => false,
        }
    }
}

/// Why a webhook is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WebhookError {
    /// No signing secret is set, so nothing can be checked.
    #[error("no signing secret is set for this webhook")]
    NotConfigured,
    /// There is no signature, or none that can be read.
    #[error("the webhook has no readable signature")]
    Unsigned,
    /// No signature fits the body and a secret of ours.
    #[error("the webhook's signature does not fit")]
    Forged,
    /// Signed too long ago, or in the future.
    #[error("the webhook was signed at a time too far from now")]
    Stale,
    /// Signed, but not an event as the provider documents it.
    #[error("the webhook is not an event: {0}")]
    Malformed(String),
    /// Who has to be asked about the signature can't be reached; the same webhook may be believed later.
    #[error("the webhook can't be checked now: {0}")]
    Unavailable(String),
}

/// Whoever moves the money.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// Which one.
    fn kind(&self) -> Provider;

    /// Opens a page to pay on. Asked twice for one attempt, there is still one page.
    async fn start(&self, checkout: &CheckoutRequest) -> Result<Checkout, PaymentError>;

    /// What has become of a checkout.
    async fn fetch(&self, reference: &str) -> Result<ProviderPayment, PaymentError>;

    /// Closes a page nobody may pay on any more. One that is paid or closed already stays as it is, and that
    /// is what comes back.
    async fn expire(&self, reference: &str) -> Result<ProviderPayment, PaymentError>;

    /// Gives money back. Asked twice for one refund, it goes back once.
    async fn refund(&self, refund: &RefundRequest) -> Result<ProviderRefund, PaymentError>;

    /// Everything that was given back of a payment, or tried to be; the oldest first.
    async fn refunds(&self, payment_reference: &str) -> Result<Vec<ProviderRefund>, PaymentError>;

    /// Whether its keys move money.
    fn livemode(&self) -> bool;

    /// Takes the money of a checkout that is [`ProviderState::Approved`], and says what has become of it. Asked
    /// twice, it is taken once. Most providers take it by themselves, and there is nothing to do.
    async fn complete(&self, reference: &str, attempt_id: &str) -> Result<ProviderPayment, PaymentError> {
        let _ = attempt_id;
        self.fetch(reference).await
    }

    /// Itself as one that keeps methods and charges them without their holder, if it does.
    fn saves_methods(&self) -> Option<&dyn saved::SavesMethods> {
        None
    }

    /// The headers that carry a webhook's signature.
    fn signature_headers(&self) -> &'static [&'static str];

    /// Checks a webhook's signature and age, and only then reads it. Some providers have to be asked.
    async fn verify_webhook(
        &self,
        webhook: Webhook<'_>,
        now: DateTime<Utc>,
    ) -> Result<InboundEvent, WebhookError>;

    /// The least that can be paid in a currency, if there is a limit.
    fn minimum(&self, currency: Currency) -> Option<Money>;

    /// The most that can be paid in a currency, if there is a limit.
    fn maximum(&self, currency: Currency) -> Option<Money>;

    /// Whether the keys work: the set-up page's "check connection".
    async fn check(&self) -> Result<Connection, PaymentError>;
}
