//! The sandbox's books in the organization's database.

use async_trait::async_trait;
use domain::clients::ClientId;
use domain::money::Money;
use domain::organizations::OrganizationId;
use domain::payments::AttemptId;
use integrations::payment::sandbox::{Progress, SandboxMethod, SandboxRefund, SandboxSession, SandboxState};
use integrations::payment::{Method, PaymentError};
use store::payments::sandbox;
use store::{Reason, Tx};

use super::checkout;
use crate::App;
use crate::saved_methods::sandbox_state as methods;

/// Where one organization's sandbox keeps its pages.
pub struct SandboxBooks {
    app: App,
    organization: OrganizationId,
}

impl SandboxBooks {
    /// The books of an organization.
    pub fn new(app: App, organization: OrganizationId) -> Self {
        Self { app, organization }
    }

    async fn begin(&self) -> Result<Tx, PaymentError> {
        let now = self.app.clock.now();
        self.app.store.begin_worker(self.organization, Reason::Sandbox, now).await.map_err(failed)
    }

    async fn read(&self, tx: &mut Tx, reference: &str) -> Result<Option<SandboxSession>, PaymentError> {
        let kept = sandbox::find(tx, reference).await.map_err(failed)?;
        kept.map(|kept| self.session(kept)).transpose()
    }

    fn session(&self, kept: sandbox::Checkout) -> Result<SandboxSession, PaymentError> {
        let return_url =
            checkout::open_return_url(&self.app, kept.attempt_id, &kept.return_url).map_err(failed)?;
        let sandbox::Progress { step, settles_at, succeeds, reason, decline, declined, method, version } =
            kept.progress;
        let progress = match (step.as_str(), settles_at, succeeds, reason) {
            ("open", ..) => Progress::Open,
            ("second_step", ..) => Progress::SecondStep,
            ("processing", Some(settles_at), Some(succeeds), _) => {
                Progress::Processing { settles_at, succeeds }
            }
            ("succeeded", ..) => Progress::Succeeded,
            ("failed", _, _, Some(reason)) => Progress::Failed { reason, decline },
            ("expired", ..) => Progress::Expired,
            _ => return Err(PaymentError::State(format!("{} stands at an unknown step", kept.reference))),
        };
        let (kind, brand, last4) = method;
        Ok(SandboxSession {
            reference: kept.reference,
            attempt_id: kept.attempt_id.to_string(),
            organization_id: self.organization.to_string(),
            amount: Money::new(kept.amount_minor, kept.currency),
            description: kept.description,
            cancel_url: checkout::cancel_url(&return_url),
            return_url,
            expires_at: kept.expires_at,
            progress,
            failure: declined,
            method: kind.map(|kind| Method { kind, brand, last4 }),
            version,
        })
    }
}

#[async_trait]
impl SandboxState for SandboxBooks {
    async fn insert(&self, session: SandboxSession) -> Result<SandboxSession, PaymentError> {
        let attempt: AttemptId = session.attempt_id.parse().map_err(failed)?;
        let mut tx = self.begin().await?;
        sandbox::insert(&mut tx, &session.reference, attempt, session.version).await.map_err(failed)?;
        let kept = self.read(&mut tx, &session.reference).await?;
        tx.commit().await.map_err(failed)?;
        kept.ok_or_else(|| PaymentError::State("a page was not kept".to_owned()))
    }

    async fn get(&self, reference: &str) -> Result<Option<SandboxSession>, PaymentError> {
        let mut tx = self.begin().await?;
        self.read(&mut tx, reference).await
    }

    async fn update(&self, read: i64, session: &SandboxSession) -> Result<bool, PaymentError> {
        let mut tx = self.begin().await?;
        let done =
            sandbox::update(&mut tx, &session.reference, read, &kept(session)).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(done)
    }

    async fn refund(
        &self,
        refund: SandboxRefund,
        at_most: i64,
    ) -> Result<Option<SandboxRefund>, PaymentError> {
        let new = sandbox::Refunded {
            refund_id: refund.refund_id.parse().map_err(failed)?,
            reference: refund.reference,
            amount: refund.amount,
        };
        let mut tx = self.begin().await?;
        let kept = sandbox::refund(&mut tx, &new, at_most).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(kept.map(refunded))
    }

    async fn refunds(&self, reference: &str) -> Result<Vec<SandboxRefund>, PaymentError> {
        let mut tx = self.begin().await?;
        let kept = sandbox::refunds(&mut tx, reference).await.map_err(failed)?;
        Ok(kept.into_iter().map(refunded).collect())
    }

    async fn insert_method(&self, method: SandboxMethod) -> Result<SandboxMethod, PaymentError> {
        let id = methods::id(&method.method_id)?;
        let mut tx = self.begin().await?;
        sandbox::insert_method(&mut tx, id, method.version).await.map_err(failed)?;
        let kept = sandbox::method(&mut tx, id).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        let kept = kept.ok_or_else(|| PaymentError::State("a method was not kept".to_owned()))?;
        methods::method(&self.app, kept)
    }

    async fn method(&self, id: &str) -> Result<Option<SandboxMethod>, PaymentError> {
        let mut tx = self.begin().await?;
        let kept = sandbox::method(&mut tx, methods::id(id)?).await.map_err(failed)?;
        kept.map(|kept| methods::method(&self.app, kept)).transpose()
    }

    async fn methods(&self, client: &str) -> Result<Vec<SandboxMethod>, PaymentError> {
        let client: ClientId = client.parse().map_err(|_| PaymentError::NotFound)?;
        let mut tx = self.begin().await?;
        let kept = sandbox::methods(&mut tx, client).await.map_err(failed)?;
        kept.into_iter().map(|kept| methods::method(&self.app, kept)).collect()
    }

    async fn update_method(&self, read: i64, method: &SandboxMethod) -> Result<bool, PaymentError> {
        let mut tx = self.begin().await?;
        let id = methods::id(&method.method_id)?;
        let kept = sandbox::method(&mut tx, id).await.map_err(failed)?.ok_or(PaymentError::NotFound)?;
        let done =
            sandbox::update_method(&mut tx, read, &methods::row(kept, method)).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(done)
    }
}

fn refunded(kept: sandbox::Refunded) -> SandboxRefund {
    SandboxRefund { refund_id: kept.refund_id.to_string(), reference: kept.reference, amount: kept.amount }
}

/// A session as the table has it.
fn kept(session: &SandboxSession) -> sandbox::Progress {
    let (mut reason, mut decline) = (None, None);
    let (step, settles_at, succeeds) = match &session.progress {
        Progress::Open => ("open", None, None),
        Progress::SecondStep => ("second_step", None, None),
        Progress::Processing { settles_at, succeeds } => ("processing", Some(*settles_at), Some(*succeeds)),
        Progress::Succeeded => ("succeeded", None, None),
        Progress::Failed { reason: why, decline: kind } => {
            (reason, decline) = (Some(why.clone()), *kind);
            ("failed", None, None)
        }
        Progress::Expired => ("expired", None, None),
    };
    let method = session.method.clone();
    sandbox::Progress {
        step: step.to_owned(),
        settles_at,
        succeeds,
        reason,
        decline,
        declined: session.failure.clone(),
        method: method.map_or((None, None, None), |method| (Some(method.kind), method.brand, method.last4)),
        version: session.version,
    }
}

fn failed(error: impl std::fmt::Display) -> PaymentError {
    PaymentError::State(error.to_string())
}
