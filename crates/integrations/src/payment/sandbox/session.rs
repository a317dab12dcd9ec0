//! A payment page of the sandbox, and what can happen to it. Pure: time and card are parameters.

use chrono::{DateTime, TimeDelta, Utc};
use domain::money::Money;
use domain::saved_methods::Decline;
use thiserror::Error;

use super::card::{Outcome, TestCard};
use crate::payment::{
    CheckoutRequest, Method, ProviderPayment, ProviderRefund, ProviderRefundState, ProviderState,
};

/// How long a delayed method stays processing: long enough to be seen, short enough to be waited for in a
/// demo.
pub const SETTLES_AFTER: TimeDelta = TimeDelta::seconds(60);

/// How far a session has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Waiting for a card.
    Open,
    /// Waiting for the holder to confirm.
    SecondStep,
    /// Waiting for the money, until an instant known from the start.
    Processing {
        /// When it will be known.
        settles_at: DateTime<Utc>,
        /// Whether it will come.
        succeeds: bool,
    },
    /// Paid.
    Succeeded,
    /// It did not come.
    Failed {
        /// Why.
        reason: String,
        /// The kind of the bank's no, where a saved method was charged.
        decline: Option<Decline>,
    },
    /// Nobody paid in time, or it was closed.
    Expired,
}

/// A payment page of the sandbox, as [`super::SandboxState`] keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxSession {
    /// Its id, made from the attempt's.
    pub reference: String,
    /// The attempt it was started for.
    pub attempt_id: String,
    /// The organization that is paid.
    pub organization_id: String,
    /// How much.
    pub amount: Money,
    /// What for.
    pub description: String,
    /// Where to go afterwards.
    pub return_url: String,
    /// Where to go instead.
    pub cancel_url: String,
    /// Until when it can be paid.
    pub expires_at: DateTime<Utc>,
    /// How far it has come.
    pub progress: Progress,
    /// Why the last card was not taken.
    pub failure: Option<String>,
    /// What it is paid with.
    pub method: Option<Method>,
    /// Counts changes: an update names the version it read.
    pub version: i64,
}

/// Money the sandbox gave back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxRefund {
    /// Our id of it.
    pub refund_id: String,
    /// The session it is of.
    pub reference: String,
    /// How much.
    pub amount: Money,
}

impl SandboxRefund {
    /// What a provider says about it: it is done at once.
    pub fn said(&self) -> ProviderRefund {
        ProviderRefund {
            reference: format!("sbx_{}", self.refund_id),
            refund_id: Some(self.refund_id.clone()),
            amount: self.amount,
            state: ProviderRefundState::Succeeded,
        }
    }
}

/// The session is not waiting for this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this payment page is not waiting for that any more")]
pub struct NotWaiting;

impl SandboxSession {
    /// A new one. Its reference follows from the attempt, so an attempt can't have two.
    pub fn new(request: &CheckoutRequest) -> Self {
        Self {
            reference: format!("sbx_{}", request.attempt_id),
            attempt_id: request.attempt_id.clone(),
            organization_id: request.organization_id.clone(),
            amount: request.amount,
            description: request.description.clone(),
            return_url: request.return_url.clone(),
            cancel_url: request.cancel_url.clone(),
            expires_at: request.expires_at,
            progress: Progress::Open,
            failure: None,
            method: None,
            version: 1,
        }
    }

    /// The session after what time alone has changed.
    #[must_use]
    pub fn at(self, now: DateTime<Utc>) -> Self {
        let progress = match &self.progress {
            Progress::Open | Progress::SecondStep if now >= self.expires_at => Progress::Expired,
            Progress::Processing { settles_at, succeeds: true } if now >= *settles_at => Progress::Succeeded,
            Progress::Processing { settles_at, succeeds: false } if now >= *settles_at => {
                Progress::Failed { reason: "The bank did not transfer the money.".to_owned(), decline: None }
            }
            Progress::Open
            | Progress::SecondStep
            | Progress::Processing { .. }
            | Progress::Succeeded
            | Progress::Failed { .. }
            | Progress::Expired => return self,
        };
        self.moved(progress)
    }

    /// Pays with a card. A card that is declined leaves the session open, with the reason.
    pub fn pay(self, card: &TestCard, now: DateTime<Utc>) -> Result<Self, NotWaiting> {
        if self.progress != Progress::Open {
            return Err(NotWaiting);
        }
        let settles_at = now + SETTLES_AFTER;
        let (progress, failure) = match card.outcome {
            Outcome::Succeeds => (Progress::Succeeded, None),
            Outcome::Declined(reason) => (Progress::Open, Some(reason.to_owned())),
            Outcome::NeedsSecondStep | Outcome::AlwaysNeedsSecondStep => (Progress::SecondStep, None),
            Outcome::SucceedsLater => (Progress::Processing { settles_at, succeeds: true }, None),
            Outcome::FailsLater => (Progress::Processing { settles_at, succeeds: false }, None),
        };
        let method = failure.is_none().then(|| card.method());
        Ok(Self { failure, method, ..self.moved(progress) })
    }

    /// Charges a card that was saved, without its holder: there is an end at once, or a wait.
    pub fn charge(self, card: &TestCard, now: DateTime<Utc>) -> Result<Self, NotWaiting> {
        if self.progress != Progress::Open {
            return Err(NotWaiting);
        }
        let failed =
            |decline, reason: &str| Progress::Failed { reason: reason.to_owned(), decline: Some(decline) };
        let progress = match card.outcome {
            Outcome::Succeeds | Outcome::NeedsSecondStep => Progress::Succeeded,
            Outcome::SucceedsLater => {
                Progress::Processing { settles_at: now + SETTLES_AFTER, succeeds: true }
            }
            Outcome::AlwaysNeedsSecondStep => failed(
                Decline::AuthenticationRequired,
                "Your card was declined. This transaction requires authentication.",
            ),
            Outcome::FailsLater => failed(Decline::Refused, "Your card was declined."),
            Outcome::Declined(reason) => failed(Decline::Refused, reason),
        };
        Ok(Self { method: Some(card.method()), ..self.moved(progress) })
    }

    /// The holder's answer to their bank.
    pub fn second_step(self, confirm: bool) -> Result<Self, NotWaiting> {
        if self.progress != Progress::SecondStep {
            return Err(NotWaiting);
        }
        if confirm {
            return Ok(self.moved(Progress::Succeeded));
        }
        let failure = Some("We are unable to authenticate your payment method.".to_owned());
        Ok(Self { failure, method: None, ..self.moved(Progress::Open) })
    }

    /// Closes the page, if it is still waiting for somebody.
    #[must_use]
    pub fn expire(self) -> Self {
        match self.progress {
            Progress::Open | Progress::SecondStep => self.moved(Progress::Expired),
            Progress::Processing { .. }
            | Progress::Succeeded
            | Progress::Failed { .. }
            | Progress::Expired => self,
        }
    }

    /// The provider's id of the payment, once somebody has paid.
    pub fn payment_reference(&self) -> Option<String> {
        match self.progress {
            Progress::Open | Progress::SecondStep | Progress::Expired => None,
            Progress::Processing { .. } | Progress::Succeeded | Progress::Failed { .. } => {
                Some(format!("sbxpay_{}", self.attempt_id))
            }
        }
    }

    /// What a provider says about it.
    pub fn payment(&self) -> ProviderPayment {
        ProviderPayment {
            reference: self.reference.clone(),
            attempt_id: Some(self.attempt_id.clone()),
            payment_reference: self.payment_reference(),
            state: match &self.progress {
                Progress::Open | Progress::SecondStep => ProviderState::Open,
                Progress::Processing { .. } => ProviderState::Processing,
                Progress::Succeeded => ProviderState::Succeeded,
                Progress::Failed { reason, .. } => ProviderState::Failed { reason: reason.clone() },
                Progress::Expired => ProviderState::Expired,
            },
            amount: self.amount,
            method: self.method.clone(),
            decline: match self.progress {
                Progress::Failed { decline, .. } => decline,
                Progress::Open
                | Progress::SecondStep
                | Progress::Processing { .. }
                | Progress::Succeeded
                | Progress::Expired => None,
            },
            refunds: Vec::new(),
            disputes: Vec::new(),
        }
    }

    fn moved(self, progress: Progress) -> Self {
        Self { progress, version: self.version + 1, ..self }
    }
}
