//! Where the sandbox keeps its sessions.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;

use super::session::{SandboxRefund, SandboxSession};
use crate::payment::PaymentError;

/// Where the sandbox keeps its sessions: the organization's own database, so that a demo survives a restart.
///
/// An implementation is bound to one organization. Failures are [`PaymentError::State`].
#[async_trait]
pub trait SandboxState: Send + Sync {
    /// Keeps a new session. If its reference is taken, the one that is kept comes back instead.
    async fn insert(&self, session: SandboxSession) -> Result<SandboxSession, PaymentError>;

    /// The session of that reference.
    async fn get(&self, reference: &str) -> Result<Option<SandboxSession>, PaymentError>;

    /// Replaces a session whose version is still `read`. False if somebody was faster: read again and decide
    /// again.
    async fn update(&self, read: i64, session: &SandboxSession) -> Result<bool, PaymentError>;

    /// Keeps a refund of a session, if no more goes back in all than `at_most` of the smallest unit. If its id
    /// is taken, the one that is kept comes back instead; none if it would be too much.
    async fn refund(
        &self,
        refund: SandboxRefund,
        at_most: i64,
    ) -> Result<Option<SandboxRefund>, PaymentError>;

    /// The refunds of a session, oldest first.
    async fn refunds(&self, reference: &str) -> Result<Vec<SandboxRefund>, PaymentError>;
}

/// Sessions in memory, for tests.
#[derive(Debug, Default)]
pub struct MemoryState {
    sessions: Mutex<HashMap<String, SandboxSession>>,
    refunds: Mutex<Vec<SandboxRefund>>,
}

impl MemoryState {
    fn sessions(&self) -> Result<std::sync::MutexGuard<'_, HashMap<String, SandboxSession>>, PaymentError> {
        self.sessions.lock().map_err(|error| PaymentError::State(error.to_string()))
    }
}

#[async_trait]
impl SandboxState for MemoryState {
    async fn insert(&self, session: SandboxSession) -> Result<SandboxSession, PaymentError> {
        Ok(self.sessions()?.entry(session.reference.clone()).or_insert(session).clone())
    }

    async fn get(&self, reference: &str) -> Result<Option<SandboxSession>, PaymentError> {
        Ok(self.sessions()?.get(reference).cloned())
    }

    async fn update(&self, read: i64, session: &SandboxSession) -> Result<bool, PaymentError> {
        match self.sessions()?.get_mut(&session.reference) {
            Some(kept) if kept.version == read => {
                kept.clone_from(session);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn refund(
        &self,
        refund: SandboxRefund,
        at_most: i64,
    ) -> Result<Option<SandboxRefund>, PaymentError> {
        let mut all = self.refunds.lock().map_err(|error| PaymentError::State(error.to_string()))?;
        if let Some(kept) = all.iter().find(|kept| kept.refund_id == refund.refund_id) {
            return Ok(Some(kept.clone()));
        }
        let same = all.iter().filter(|kept| kept.reference == refund.reference);
        let gone: i64 = same.map(|kept| kept.amount.minor()).sum();
        if gone + refund.amount.minor() > at_most {
            return Ok(None);
        }
        all.push(refund.clone());
        Ok(Some(refund))
    }

    async fn refunds(&self, reference: &str) -> Result<Vec<SandboxRefund>, PaymentError> {
        let all = self.refunds.lock().map_err(|error| PaymentError::State(error.to_string()))?;
        Ok(all.iter().filter(|kept| kept.reference == reference).cloned().collect())
    }
}

#[async_trait]
impl<S: SandboxState + ?Sized> SandboxState for std::sync::Arc<S> {
    async fn insert(&self, session: SandboxSession) -> Result<SandboxSession, PaymentError> {
        (**self).insert(session).await
    }

    async fn get(&self, reference: &str) -> Result<Option<SandboxSession>, PaymentError> {
        (**self).get(reference).await
    }

    async fn update(&self, read: i64, session: &SandboxSession) -> Result<bool, PaymentError> {
        (**self).update(read, session).await
    }

    async fn refund(
        &self,
        refund: SandboxRefund,
        at_most: i64,
    ) -> Result<Option<SandboxRefund>, PaymentError> {
        (**self).refund(refund, at_most).await
    }

    async fn refunds(&self, reference: &str) -> Result<Vec<SandboxRefund>, PaymentError> {
        (**self).refunds(reference).await
    }
}
