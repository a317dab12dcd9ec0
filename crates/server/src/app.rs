use std::sync::Arc;

use integrations::mail::{Mailer, SmtpMailer};
use store::Store;

use crate::clock::Clock;
use crate::config::Settings;
use crate::documents::Press;
use crate::http::Limits;
use crate::identity::tokens::AccessTokens;
use crate::problem::{Failure, Result};
use crate::vault::Vault;

/// What every request and job can reach.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// How this installation is set up.
    pub settings: Arc<Settings>,
    /// Secrets at rest.
    pub vault: Vault,
    /// Access tokens.
    pub tokens: AccessTokens,
    /// How often one may ask.
    pub limits: Arc<Limits>,
    /// The mail server; without one, mail stays in the mailbox.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Prints documents.
    pub press: Press,
    /// Makes requests to vendors.
    pub outside: integrations::http::Client,
    /// PayPal's tokens, shared by all its accounts here.
    pub paypal_tokens: integrations::payment::paypal::Tokens,
}

impl App {
    /// Puts the parts together and makes sure that there is a key to sign with.
    pub async fn new(store: Store, clock: Clock, settings: Settings, vault: Vault) -> Result<Self> {
        let mailer = match &settings.smtp_url {
            Some(url) => Some(Arc::new(SmtpMailer::new(url).map_err(Failure::internal)?) as Arc<dyn Mailer>),
            None => None,
        };
        let tokens = AccessTokens::default();
        tokens.refresh(&store, &vault, clock.now()).await?;
        let limits = Arc::new(Limits::new(settings.rate_limit, settings.auth_rate_limit));
        let outside = integrations::http::client().map_err(Failure::internal)?;
        Ok(Self {
            store,
            clock,
            settings: Arc::new(settings),
            vault,
            tokens,
            limits,
            mailer,
            press: Press::default(),
            outside,
            paypal_tokens: integrations::payment::paypal::Tokens::default(),
        })
    }

    /// An address of this installation: the public URL and a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.settings.public_url.as_str().trim_end_matches('/'))
    }

    /// What isn't real here, as far as the installation decides it.
    pub fn notice(&self, sandbox_payments: bool, demo: bool) -> domain::organizations::Notice {
        domain::organizations::Notice { sandbox_payments, mailbox_only: self.mailer.is_none(), demo }
    }
}
