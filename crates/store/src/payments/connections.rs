//! Accounts with payment providers.

use chrono::{DateTime, Utc};
use domain::ids::Id;
use domain::organizations::OrganizationId;
use domain::payments::{ConnectionId, ConnectionSettings, PaymentConnection, PaymentTerms, Provider};
use domain::text::Slug;
use sqlx::types::Json;

use crate::{Error, Result, Tx, fresh};

/// An account as it is used: with its sealed secrets.
#[derive(Debug, Clone)]
pub struct Account {
    /// The organization that is paid.
    pub organization_id: OrganizationId,
    /// The organization's name in addresses.
    pub slug: Slug,
    /// Its id.
    pub id: ConnectionId,
    /// The provider.
    pub provider: Provider,
    /// Whether clients can pay by it.
    pub enabled: bool,
    /// What is set beside the keys.
    pub settings: Json<ConnectionSettings>,
    /// How it is offered.
    pub terms: Json<PaymentTerms>,
    /// Its keys, sealed.
    pub secrets: Option<Vec<u8>>,
    /// The end of the key.
    pub key_hint: Option<String>,
    /// Whether events can be checked.
    pub webhook_secret_set: bool,
    /// When the last genuine event came.
    pub last_event_at: Option<DateTime<Utc>>,
    /// Its version.
    pub version: i64,
}

/// What changes when an account is connected or changed.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Whether clients can pay by it.
    pub enabled: bool,
    /// What is set beside the keys.
    pub settings: ConnectionSettings,
    /// Its keys, sealed for this id.
    pub secrets: Vec<u8>,
    /// The end of the key.
    pub key_hint: Option<String>,
    /// Whether events can be checked.
    pub webhook_secret_set: bool,
}

impl Account {
    /// What settings show, with the address for the provider's events.
    pub fn view(self, webhook_url: String) -> PaymentConnection {
        PaymentConnection {
            id: self.id,
            provider: self.provider,
            enabled: self.enabled,
            settings: self.settings.0,
            terms: self.terms.0,
            key_hint: self.key_hint,
            webhook_secret_set: self.webhook_secret_set,
            webhook_url,
            last_event_at: self.last_event_at,
            version: self.version,
        }
    }
}

/// The accounts of the organization: those that are paid at once first, and of these what really moves money.
pub async fn list(tx: &mut Tx) -> Result<Vec<Account>> {
    Ok(sqlx::query_as!(
        Account,
        r#"select c.organization_id as "organization_id: OrganizationId", o.slug as "slug: Slug", c.id as "id: ConnectionId",
             c.provider as "provider: Provider", c.enabled,
             c.settings as "settings: Json<ConnectionSettings>", c.terms as "terms: Json<PaymentTerms>", c.secrets, c.key_hint, c.webhook_secret_set, c.last_event_at, c.version
           from payment_connection c join organization o using (organization_id)
           order by c.provider = 'bank_transfer', c.provider = 'sandbox', c.id"#
    )
    .fetch_all(tx.connection())
    .await?)
}

/// One account. The system's transactions see those of all organizations.
pub async fn find(tx: &mut Tx, id: ConnectionId) -> Result<Account> {
    sqlx::query_as!(
        Account,
        r#"select c.organization_id as "organization_id: OrganizationId", o.slug as "slug: Slug", c.id as "id: ConnectionId",
             c.provider as "provider: Provider", c.enabled,
             c.settings as "settings: Json<ConnectionSettings>", c.terms as "terms: Json<PaymentTerms>", c.secrets, c.key_hint, c.webhook_secret_set, c.last_event_at, c.version
           from payment_connection c join organization o using (organization_id)
           where c.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)
}

/// An id for an account to come: its secrets are sealed for it before it is stored.
pub fn new_id(tx: &Tx) -> ConnectionId {
    fresh(tx.now())
}

/// Connects an account. An organization has one per provider.
pub async fn insert(tx: &mut Tx, id: ConnectionId, provider: Provider, keys: &Keys) -> Result<()> {
    let done = sqlx::query!(
        "insert into payment_connection (id, provider, enabled, secrets, key_hint, webhook_secret_set, settings)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (organization_id, provider) do nothing",
        id.uuid(),
        provider as _,
        keys.enabled,
        keys.secrets,
        keys.key_hint,
        keys.webhook_secret_set,
        Json(&keys.settings) as Json<&ConnectionSettings>,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}

/// Changes an account, if the version is still this one.
pub async fn update(tx: &mut Tx, id: ConnectionId, version: i64, keys: &Keys) -> Result<()> {
    let done = sqlx::query!(
        "update payment_connection set enabled = $3, secrets = $4, key_hint = $5, webhook_secret_set = $6, settings = $7,
           version = version + 1
         where id = $1 and version = $2",
        id.uuid(),
        version,
        keys.enabled,
        keys.secrets,
        keys.key_hint,
        keys.webhook_secret_set,
        Json(&keys.settings) as Json<&ConnectionSettings>,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}

/// Says how an account is offered, if the version is still this one.
pub async fn set_terms(tx: &mut Tx, id: ConnectionId, version: i64, terms: &PaymentTerms) -> Result<()> {
    let done = sqlx::query!(
        "update payment_connection set terms = $3, version = version + 1 where id = $1 and version = $2",
        id.uuid(),
        version,
        Json(terms) as Json<&PaymentTerms>,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}
