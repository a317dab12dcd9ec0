//! Where the sandbox keeps its sessions.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;

use super::method::SandboxMethod;
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

    /// Keeps a new method. If its id is taken, the one that is kept comes back instead.
    async fn insert_method(&self, method: SandboxMethod) -> Result<SandboxMethod, PaymentError>;

    /// The method of that id.
    async fn method(&self, id: &str) -> Result<Option<SandboxMethod>, PaymentError>;

    /// The client's methods that can be charged, by the id that [`super::customer_of`] names.
    async fn methods(&self, client: &str) -> Result<Vec<SandboxMethod>, PaymentError>;

    /// Replaces a method whose version is still `read`. False if somebody was faster.
    async fn update_method(&self, read: i64, method: &SandboxMethod) -> Result<bool, PaymentError>;
}

/// Sessions and one client's methods in memory, for tests.
#[derive(Debug, Default)]
pub struct MemoryState {
    sessions: Mutex<HashMap<String, SandboxSession>>,
    refunds: Mutex<Vec<SandboxRefund>>,
    methods: Mutex<Vec<SandboxMethod>>,
}

impl MemoryState {
    fn sessions(&self) -> Result<std::sync::MutexGuard<'_, HashMap<String, SandboxSession>>, PaymentError> {
        self.sessions.lock().map_err(|error| PaymentError::State(error.to_string()))
    }

    fn all_methods(&self) -> Result<std::sync::MutexGuard<'_, Vec<SandboxMethod>>, PaymentError> {
        self.methods.lock().map_err(|error| PaymentError::State(error.to_string()))
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

    async fn insert_method(&self, method: SandboxMethod) -> Result<SandboxMethod, PaymentError> {
        let mut all = self.all_methods()?;
        if let Some(kept) = all.iter().find(|kept| kept.method_id == method.method_id) {
            return Ok(kept.clone());
        }
        all.push(method.clone());
        Ok(method)
    }

    async fn method(&self, id: &str) -> Result<Option<SandboxMethod>, PaymentError> {
        Ok(self.all_methods()?.iter().find(|kept| kept.method_id == id).cloned())
    }

    async fn methods(&self, _: &str) -> Result<Vec<SandboxMethod>, PaymentError> {
        Ok(self.all_methods()?.iter().filter(|kept| kept.chargeable().is_some()).cloned().collect())
    }

    async fn update_method(&self, read: i64, method: &SandboxMethod) -> Result<bool, PaymentError> {
        match self.all_methods()?.iter_mut().find(|kept| kept.method_id == method.method_id) {
            Some(kept) if kept.version == read => {
                kept.clone_from(method);
                Ok(true)
            }
            _ => Ok(false),
        }
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

    async fn insert_method(&self, method: SandboxMethod) -> Result<SandboxMethod, PaymentError> {
        (**self).insert_method(method).await
    }

    async fn method(&self, id: &str) -> Result<Option<SandboxMethod>, PaymentError> {
        (**self).method(id).await
    }

    async fn methods(&self, client: &str) -> Result<Vec<SandboxMethod>, PaymentError> {
        (**self).methods(client).await
    }

    async fn update_method(&self, read: i64, method: &SandboxMethod) -> Result<bool, PaymentError> {
        (**self).update_method(read, method).await
    }
}
