//! Where the sandbox keeps its sessions.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;

use super::session::SandboxSession;
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
}

/// Sessions in memory, for tests.
#[derive(Debug, Default)]
pub struct MemoryState {
    sessions: Mutex<HashMap<String, SandboxSession>>,
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
}
