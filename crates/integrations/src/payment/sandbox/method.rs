//! A method saved at the sandbox, and what can happen to it. Pure: time and card are parameters.

use chrono::{DateTime, Utc};
use domain::saved_methods::CardExpiry;

use super::card::{Outcome, TestCard};
use super::session::NotWaiting;
use crate::payment::saved::{ProviderMethod, ProviderSetup, SaveRequest, SetupState};

/// How far saving has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MethodProgress {
    /// Waiting for a card.
    Open,
    /// Waiting for the holder to confirm this card.
    SecondStep(SavedCard),
    /// It can be charged.
    Saved(SavedCard),
    /// Nobody saved one in time.
    Expired,
    /// It was taken away.
    Detached(SavedCard),
}

/// A card that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavedCard {
    /// Which one.
    pub card: TestCard,
    /// Until when its holder says it is good.
    pub expires: CardExpiry,
}

/// A method, as [`super::SandboxState`] keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxMethod {
    /// The saved method's id.
    pub method_id: String,
    /// Where to go afterwards.
    pub return_url: String,
    /// Until when one can be saved.
    pub expires_at: DateTime<Utc>,
    /// How far it has come.
    pub progress: MethodProgress,
    /// Why the last card was not taken.
    pub failure: Option<String>,
    /// Counts changes: an update names the version it read.
    pub version: i64,
}

impl SandboxMethod {
    /// A new one.
    pub fn new(request: &SaveRequest) -> Self {
        Self {
            method_id: request.method_id.clone(),
            return_url: request.return_url.clone(),
            expires_at: request.expires_at,
            progress: MethodProgress::Open,
            failure: None,
            version: 1,
        }
    }

    /// The page's reference. It follows from the method, so a method can't have two.
    pub fn reference(&self) -> String {
        format!("sbxset_{}", self.method_id)
    }

    /// The method after what time alone has changed.
    #[must_use]
    pub fn at(self, now: DateTime<Utc>) -> Self {
        match self.progress {
            MethodProgress::Open | MethodProgress::SecondStep(_) if now >= self.expires_at => {
                self.moved(MethodProgress::Expired)
            }
            MethodProgress::Open
            | MethodProgress::SecondStep(_)
            | MethodProgress::Saved(_)
            | MethodProgress::Expired
            | MethodProgress::Detached(_) => self,
        }
    }

    /// Saves a card. One that is declined leaves the page open, with the reason.
    pub fn save(self, card: TestCard, expires: CardExpiry) -> Result<Self, NotWaiting> {
        if self.progress != MethodProgress::Open {
            return Err(NotWaiting);
        }
        let kept = SavedCard { card, expires };
        let (progress, failure) = match card.outcome {
            Outcome::Declined(reason) => (MethodProgress::Open, Some(reason.to_owned())),
            Outcome::NeedsSecondStep | Outcome::AlwaysNeedsSecondStep => {
                (MethodProgress::SecondStep(kept), None)
            }
            Outcome::Succeeds | Outcome::SucceedsLater | Outcome::FailsLater => {
                (MethodProgress::Saved(kept), None)
            }
        };
        Ok(Self { failure, ..self.moved(progress) })
    }

    /// The holder's answer to their bank.
    pub fn second_step(self, confirm: bool) -> Result<Self, NotWaiting> {
        let MethodProgress::SecondStep(kept) = self.progress else { return Err(NotWaiting) };
        if confirm {
            return Ok(self.moved(MethodProgress::Saved(kept)));
        }
        let failure = Some("We are unable to authenticate your payment method.".to_owned());
        Ok(Self { failure, ..self.moved(MethodProgress::Open) })
    }

    /// Takes it away; a page that is open is closed.
    #[must_use]
    pub fn detach(self) -> Self {
        match self.progress {
            MethodProgress::Saved(kept) => self.moved(MethodProgress::Detached(kept)),
            MethodProgress::Open | MethodProgress::SecondStep(_) => self.moved(MethodProgress::Expired),
            MethodProgress::Expired | MethodProgress::Detached(_) => self,
        }
    }

    /// What a provider says about its page.
    pub fn setup(&self) -> ProviderSetup {
        ProviderSetup {
            reference: self.reference(),
            method_id: Some(self.method_id.clone()),
            state: match self.progress {
                MethodProgress::Open | MethodProgress::SecondStep(_) => SetupState::Open,
                MethodProgress::Saved(kept) | MethodProgress::Detached(kept) => {
                    SetupState::Saved(self.kept(kept))
                }
                MethodProgress::Expired => {
                    SetupState::Failed { reason: "The page was closed before anything was saved.".to_owned() }
                }
            },
        }
    }

    /// What can be charged.
    pub fn chargeable(&self) -> Option<ProviderMethod> {
        match self.progress {
            MethodProgress::Saved(kept) => Some(self.kept(kept)),
            MethodProgress::Open
            | MethodProgress::SecondStep(_)
            | MethodProgress::Expired
            | MethodProgress::Detached(_) => None,
        }
    }

    fn kept(&self, kept: SavedCard) -> ProviderMethod {
        ProviderMethod {
            reference: format!("sbxpm_{}", self.method_id),
            method: kept.card.method(),
            expires: Some(kept.expires),
        }
    }

    fn moved(self, progress: MethodProgress) -> Self {
        Self { progress, version: self.version + 1, ..self }
    }
}
