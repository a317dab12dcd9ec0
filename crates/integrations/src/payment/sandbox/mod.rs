//! A provider that moves no money: test cards for demos and for trying things out.
//!
//! It has no network. Its payment page is one of the portal's, its records are in the organization's database
//! ([`SandboxState`]), and after every change it signs a webhook of its own ([`SandboxProvider::webhook`])
//! that takes the same way in as a real one. It is up to the server to refuse it in production and to mark
//! its page.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::money::{Currency, Money};
use domain::payments::{Provider, SandboxCard};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::saved::SavesMethods;
use super::{
    Checkout, CheckoutRequest, Connection, InboundEvent, PaymentError, PaymentProvider, ProviderPayment,
    ProviderRefund, RefundRequest, Webhook, WebhookError, signature,
};

mod card;
mod method;
mod saving;
mod session;
mod state;
#[cfg(test)]
mod tests;

pub use card::{CardError, Outcome, TEST_CARDS, TestCard};
pub use method::{MethodProgress, SandboxMethod, SavedCard};
pub use saving::customer_of;
pub use session::{NotWaiting, Progress, SETTLES_AFTER, SandboxRefund, SandboxSession};
pub use state::{MemoryState, SandboxState};

/// The header that carries the signature of the sandbox's webhooks.
pub const SIGNATURE_HEADER: &str = "Portico-Sandbox-Signature";

/// How often a change is tried again when somebody else changed the session in between.
const CHANGE_ATTEMPTS: u32 = 5;

/// Tells the time; the application's clock.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The sandbox of one organization.
pub struct SandboxProvider<S> {
    state: S,
    page: String,
    webhook_secret: SecretString,
    clock: Clock,
}

/// A webhook ready to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedWebhook {
    /// Value of [`SIGNATURE_HEADER`].
    pub signature: String,
    /// The body it belongs to.
    pub body: Vec<u8>,
}

/// Why the sandbox's page did not accept what was entered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SandboxError {
    /// Something is wrong with the card as typed.
    #[error(transparent)]
    Card(#[from] CardError),
    /// It is paid, closed, or at another step.
    #[error(transparent)]
    NotWaiting(#[from] NotWaiting),
    /// There is no such session, or it could not be read or written.
    #[error(transparent)]
    Payment(#[from] PaymentError),
}

/// The event of a webhook, as it is signed.
#[derive(Debug, Serialize, Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    reference: String,
    payment_reference: Option<String>,
    attempt: String,
}

impl<S: SandboxState> SandboxProvider<S> {
    /// A sandbox whose payment page for a reference is `{page}/{reference}`.
    pub fn new(state: S, page: impl Into<String>, webhook_secret: SecretString, clock: Clock) -> Self {
        let page = page.into().trim_end_matches('/').to_owned();
        Self { state, page, webhook_secret, clock }
    }

    /// The session behind a payment page, as of now.
    pub async fn session(&self, reference: &str) -> Result<SandboxSession, PaymentError> {
        self.change(reference, Ok).await
    }

    /// Pays with a card. A card that is declined is no error: the session stays open and tells why.
    pub async fn pay(&self, reference: &str, form: &SandboxCard) -> Result<SandboxSession, SandboxError> {
        let now = (self.clock)();
        let (card, _) = TestCard::read(form, now)?;
        self.change(reference, |session| session.pay(&card, now).map_err(SandboxError::from)).await
    }

    /// Gives the holder's answer to their bank.
    pub async fn second_step(&self, reference: &str, confirm: bool) -> Result<SandboxSession, SandboxError> {
        self.change(reference, |session| session.second_step(confirm).map_err(SandboxError::from)).await
    }

    /// The signed webhook that tells of a session's latest change; the same event however often it is made.
    pub fn webhook(&self, session: &SandboxSession) -> SignedWebhook {
        let kind = match &session.progress {
            Progress::Open if session.failure.is_some() => "checkout.declined",
            Progress::Open => "checkout.opened",
            Progress::SecondStep => "checkout.second_step",
            Progress::Processing { .. } => "checkout.processing",
            Progress::Succeeded => "checkout.succeeded",
            Progress::Failed { .. } => "checkout.failed",
            Progress::Expired => "checkout.expired",
        };
        let event = Event {
            id: format!("evt_{}_{}", session.reference, session.version),
            kind: kind.to_owned(),
            reference: session.reference.clone(),
            payment_reference: session.payment_reference(),
            attempt: session.attempt_id.clone(),
        };
        self.sign(&event)
    }

    fn sign(&self, event: &Event) -> SignedWebhook {
        let body = serde_json::to_vec(event).expect("strings always serialise");
        let secrets = std::slice::from_ref(&self.webhook_secret);
        SignedWebhook { signature: signature::sign(secrets, &body, (self.clock)()), body }
    }

    /// Reads a session, lets time pass over it, applies a change, and keeps the result if nobody was faster.
    async fn change<E: From<PaymentError>>(
        &self,
        reference: &str,
        apply: impl Fn(SandboxSession) -> Result<SandboxSession, E>,
    ) -> Result<SandboxSession, E> {
        for _ in 0..CHANGE_ATTEMPTS {
            let kept = self.state.get(reference).await?.ok_or(PaymentError::NotFound)?;
            let read = kept.version;
            let changed = apply(kept.at((self.clock)()))?;
            if changed.version == read || self.state.update(read, &changed).await? {
                return Ok(changed);
            }
        }
        Err(PaymentError::State("the session is being changed by somebody else".to_owned()).into())
    }
}

#[async_trait]
impl<S: SandboxState> PaymentProvider for SandboxProvider<S> {
    fn kind(&self) -> Provider {
        Provider::Sandbox
    }

    async fn start(&self, checkout: &CheckoutRequest) -> Result<Checkout, PaymentError> {
        if checkout.amount.minor() <= 0 {
            return Err(PaymentError::Amount(checkout.amount.to_string()));
        }
        let kept = self.state.insert(SandboxSession::new(checkout)).await?;
        Ok(Checkout {
            url: format!("{}/{}", self.page, kept.reference),
            expires_at: kept.expires_at,
            reference: kept.reference,
        })
    }

    async fn fetch(&self, reference: &str) -> Result<ProviderPayment, PaymentError> {
        let payment = self.session(reference).await?.payment();
        let refunds = self.state.refunds(reference).await?.iter().map(SandboxRefund::said).collect();
        Ok(ProviderPayment { refunds, ..payment })
    }

    async fn refund(&self, refund: &RefundRequest) -> Result<ProviderRefund, PaymentError> {
        let session = self.session(&session_of(&refund.payment_reference)?).await?;
        if session.progress != Progress::Succeeded || refund.amount.currency() != session.amount.currency() {
            return Err(refused("Only what was paid can be given back."));
        }
        let new = SandboxRefund {
            refund_id: refund.refund_id.clone(),
            reference: session.reference,
            amount: refund.amount,
        };
        let kept = self.state.refund(new, session.amount.minor()).await?;
        kept.map(|kept| kept.said()).ok_or_else(|| refused("No more can be given back than was paid."))
    }

    async fn refunds(&self, payment_reference: &str) -> Result<Vec<ProviderRefund>, PaymentError> {
        let kept = self.state.refunds(&session_of(payment_reference)?).await?;
        Ok(kept.iter().map(SandboxRefund::said).collect())
    }

    fn livemode(&self) -> bool {
        false
    }

    async fn expire(&self, reference: &str) -> Result<ProviderPayment, PaymentError> {
        let session = self.change::<PaymentError>(reference, |session| Ok(session.expire())).await?;
        Ok(session.payment())
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
            std::slice::from_ref(&self.webhook_secret),
            webhook.signatures.first().copied().flatten(),
            webhook.body,
            now,
        )?;
        let event: Event = serde_json::from_slice(webhook.body)
            .map_err(|error| WebhookError::Malformed(error.to_string()))?;
        Ok(InboundEvent {
            event_id: event.id,
            kind: event.kind,
            reference: Some(event.reference),
            payment_reference: event.payment_reference,
            attempt_id: Some(event.attempt),
            account: None,
            livemode: false,
        })
    }

    fn minimum(&self, _: Currency) -> Option<Money> {
        None
    }

    fn maximum(&self, _: Currency) -> Option<Money> {
        None
    }

    async fn check(&self) -> Result<Connection, PaymentError> {
        // Reads a reference no attempt can have: what counts is whether the records answer.
        self.state.get("sbx_").await?;
        Ok(Connection { livemode: false })
    }
}

/// The session behind a payment.
fn session_of(payment_reference: &str) -> Result<String, PaymentError> {
    let attempt = payment_reference.strip_prefix("sbxpay_").ok_or(PaymentError::NotFound)?;
    Ok(format!("sbx_{attempt}"))
}

fn refused(message: &str) -> PaymentError {
    PaymentError::Refused { code: None, field: None, message: message.to_owned() }
}
