//! Saved payment methods, and clients as providers' customers.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::clients::{ClientId, ContactId};
use domain::ids::Id;
use domain::organizations::OrganizationId;
use domain::payments::{ConnectionId, Provider};
use domain::saved_methods::{CardExpiry, Freshness, SavedMethod, SavedMethodId, SavedMethodState, label};
use domain::text::Name;

use crate::{Error, Result, Tx, fresh};

/// How long a page may go unlooked at on which a method is saved.
const UNKNOWN_AFTER: TimeDelta = TimeDelta::minutes(15);

/// A method to be, with what the client agreed to.
#[derive(Debug, Clone)]
pub struct NewMethod {
    /// Its id: the provider's idempotency key.
    pub id: SavedMethodId,
    /// Whose it is.
    pub client_id: ClientId,
    /// With which account.
    pub connection_id: ConnectionId,
    /// Its provider.
    pub provider: Provider,
    /// The mandate, word for word.
    pub mandate: String,
    /// Who agreed.
    pub accepted_by: ContactId,
    /// Their name.
    pub accepted_name: String,
    /// From which network address.
    pub accepted_from: String,
    /// Until when it can be saved.
    pub ends_at: DateTime<Utc>,
}

/// A method as the organization works with it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its id.
    pub id: SavedMethodId,
    /// Whose it is.
    pub client_id: ClientId,
    /// With which account.
    pub connection_id: ConnectionId,
    /// How far it has come.
    pub state: SavedMethodState,
    /// Whether it is the one that is charged.
    pub is_default: bool,
    /// The provider's kind of method.
    pub kind: Option<String>,
    /// The card's brand.
    pub brand: Option<String>,
    /// The last four digits.
    pub last4: Option<String>,
    /// Who agreed to it.
    pub accepted_by: Option<ContactId>,
    /// The provider's id of the client.
    pub customer_reference: Option<String>,
    /// The provider's page on which it is saved.
    pub setup_reference: Option<String>,
    /// That page's address.
    pub setup_url: Option<String>,
    /// Until when that page can be used.
    pub setup_ends_at: DateTime<Utc>,
    /// The provider's id of it.
    pub method_reference: Option<String>,
}

impl Kept {
    /// As people know it.
    pub fn label(&self) -> String {
        label(self.kind.as_deref().unwrap_or_default(), self.brand.as_deref(), self.last4.as_deref())
    }
}

/// What a provider says of a method.
#[derive(Debug, Clone)]
pub struct Said<'a> {
    /// Its id of it.
    pub reference: &'a str,
    /// Its kind.
    pub kind: &'a str,
    /// The card's brand.
    pub brand: Option<&'a str>,
    /// The last four digits.
    pub last4: Option<&'a str>,
    /// Until when a card is good.
    pub expires: Option<CardExpiry>,
}

/// An id for a method to come.
pub fn new_id(tx: &Tx) -> SavedMethodId {
    fresh(tx.now())
}

/// Keeps a method that is about to be saved.
pub async fn insert(tx: &mut Tx, new: &NewMethod) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into saved_payment_method (id, client_id, connection_id, provider, mandate, accepted_at, accepted_by, accepted_name,
           accepted_from, setup_ends_at, checked_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $6)",
        new.id.uuid(),
        new.client_id.uuid(),
        new.connection_id.uuid(),
        new.provider as _,
        new.mandate,
        now,
        new.accepted_by.uuid(),
        new.accepted_name,
        new.accepted_from,
        new.ends_at,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

macro_rules! kept {
    ($rest:literal, $($parameter:expr),*) => {
        sqlx::query_as!(
            Kept,
            r#"select id as "id: SavedMethodId", client_id as "client_id: ClientId", connection_id as "connection_id: ConnectionId",
                 state as "state: SavedMethodState", is_default, kind, brand, last4, accepted_by as "accepted_by: ContactId",
                 customer_reference, setup_reference, setup_url, setup_ends_at, method_reference
               from saved_payment_method "# + $rest,
            $($parameter),*
        )
    };
}

/// A method, as it is now.
pub async fn get(tx: &mut Tx, id: SavedMethodId) -> Result<Kept> {
    kept!("where id = $1", id.uuid()).fetch_optional(tx.connection()).await?.ok_or(Error::NotFound)
}

/// A method, locked until the transaction ends. Lock its client first.
pub async fn lock(tx: &mut Tx, id: SavedMethodId) -> Result<Kept> {
    kept!("where id = $1 for update", id.uuid()).fetch_optional(tx.connection()).await?.ok_or(Error::NotFound)
}

/// The method of a client that is charged.
pub async fn default_of(tx: &mut Tx, client: ClientId) -> Result<Option<Kept>> {
    Ok(kept!("where client_id = $1 and is_default", client.uuid()).fetch_optional(tx.connection()).await?)
}

/// The method that an account's event is about: by the page on which it is saved, by itself, or by the id sent along.
pub async fn of_event(
    tx: &mut Tx,
    connection: ConnectionId,
    reference: Option<&str>,
    id: Option<SavedMethodId>,
) -> Result<Option<SavedMethodId>> {
    Ok(sqlx::query_scalar!(
        r#"select id as "id: SavedMethodId" from saved_payment_method
           where connection_id = $1 and (setup_reference = $2 or method_reference = $2 or id = $3) limit 1"#,
        connection.uuid(),
        reference,
        id.map(Id::uuid),
    )
    .fetch_optional(tx.connection())
    .await?)
}

struct Row {
    id: SavedMethodId,
    provider: Provider,
    state: SavedMethodState,
    is_default: bool,
    kind: Option<String>,
    brand: Option<String>,
    last4: Option<String>,
    expires_year: Option<i16>,
    expires_month: Option<i16>,
    mandate: String,
    accepted_at: DateTime<Utc>,
    accepted_name: Name,
    failure: Option<String>,
}

impl Row {
    fn view(self, today: NaiveDate) -> SavedMethod {
        let expires =
            self.expires_year.zip(self.expires_month).map(|(year, month)| CardExpiry { year, month });
        SavedMethod {
            id: self.id,
            provider: self.provider,
            state: self.state,
            is_default: self.is_default,
            label: self.kind.map(|kind| label(&kind, self.brand.as_deref(), self.last4.as_deref())),
            expires,
            freshness: expires.map_or(Freshness::Good, |expires| expires.freshness(today)),
            mandate: self.mandate,
            accepted_at: self.accepted_at,
            accepted_by: self.accepted_name,
            failure: self.failure,
        }
    }
}

macro_rules! rows {
    ($rest:literal, $($parameter:expr),*) => {
        sqlx::query_as!(
            Row,
            r#"select id as "id: SavedMethodId", provider as "provider: Provider", state as "state: SavedMethodState", is_default,
                 kind, brand, last4, expires_year, expires_month, mandate, accepted_at, accepted_name as "accepted_name: Name",
                 failure
               from saved_payment_method "# + $rest,
            $($parameter),*
        )
    };
}

/// What of a client can be charged, the default first, then the newest; what the caller may see.
pub async fn list(tx: &mut Tx, client: ClientId, today: NaiveDate) -> Result<Vec<SavedMethod>> {
    let rows =
        rows!("where client_id = $1 and state = 'active' order by is_default desc, id desc", client.uuid())
            .fetch_all(tx.connection())
            .await?;
    Ok(rows.into_iter().map(|row| row.view(today)).collect())
}

/// One method, if the caller may see it.
pub async fn find(tx: &mut Tx, id: SavedMethodId, today: NaiveDate) -> Result<SavedMethod> {
    let row = rows!("where id = $1", id.uuid()).fetch_optional(tx.connection()).await?;
    row.map(|row| row.view(today)).ok_or(Error::NotFound)
}

/// Notes the provider's page. False if nothing is to be saved by it any more.
pub async fn opened(
    tx: &mut Tx,
    id: SavedMethodId,
    customer: &str,
    reference: &str,
    url: &str,
) -> Result<bool> {
    let done = sqlx::query!(
        "update saved_payment_method set customer_reference = $2, setup_reference = $3, setup_url = $4
         where id = $1 and state = 'pending' and (setup_reference is null or setup_reference = $3)",
        id.uuid(),
        customer,
        reference,
        url,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps what the provider saved; it can be charged from now on.
pub async fn activate(tx: &mut Tx, id: SavedMethodId, said: &Said<'_>) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update saved_payment_method set state = 'active', method_reference = $2, kind = $3, brand = $4, last4 = $5,
           expires_year = $6, expires_month = $7, failure = null, setup_url = null, checked_at = $8
         where id = $1 and state <> 'removed'",
        id.uuid(),
        said.reference,
        said.kind,
        said.brand,
        said.last4,
        said.expires.map(|expires| expires.year),
        said.expires.map(|expires| expires.month),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Notes that nothing was saved, and why.
pub async fn fail(tx: &mut Tx, id: SavedMethodId, reason: &str) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update saved_payment_method set state = 'failed', failure = $2, setup_url = null, checked_at = $3
         where id = $1 and state = 'pending'",
        id.uuid(),
        reason,
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Makes one of a locked client's methods the one that is charged.
pub async fn make_default(tx: &mut Tx, client: ClientId, id: SavedMethodId) -> Result<()> {
    sqlx::query!(
        "update saved_payment_method set is_default = false where client_id = $1 and is_default",
        client.uuid()
    )
    .execute(tx.connection())
    .await?;
    let done = sqlx::query!(
        "update saved_payment_method set is_default = true where id = $1 and client_id = $2 and state = 'active'",
        id.uuid(),
        client.uuid(),
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Takes one of a locked client's methods away; the newest that is left is charged instead, if it was the default.
pub async fn remove(tx: &mut Tx, method: &Kept) -> Result<()> {
    sqlx::query!(
        "update saved_payment_method set state = 'removed', is_default = false, setup_url = null where id = $1",
        method.id.uuid(),
    )
    .execute(tx.connection())
    .await?;
    if method.is_default {
        sqlx::query!(
            "update saved_payment_method set is_default = true
             where id = (select id from saved_payment_method where client_id = $1 and state = 'active' order by id desc limit 1)",
            method.client_id.uuid(),
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

/// Takes the turn to ask the provider of a method that is about to be saved, if nobody did since `before`.
pub async fn claim_check(tx: &mut Tx, id: SavedMethodId, before: DateTime<Utc>) -> Result<bool> {
    let now = tx.now();
    let done = sqlx::query!(
        "update saved_payment_method set checked_at = $2 where id = $1 and state = 'pending' and checked_at <= $3",
        id.uuid(),
        now,
        before,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes up to `limit` methods nobody told us about, in a transaction of the system.
pub async fn claim_unknown(tx: &mut Tx, limit: i64) -> Result<Vec<(OrganizationId, SavedMethodId)>> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"update saved_payment_method set checked_at = $1
           where (organization_id, id) in (
             select organization_id, id from saved_payment_method where state = 'pending' and checked_at < $2
             order by checked_at limit $3 for update skip locked)
           returning organization_id as "organization_id: OrganizationId", id as "id: SavedMethodId""#,
        now,
        now - UNKNOWN_AFTER,
        limit,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization_id, row.id)).collect())
}

/// The provider's id of a client, if it has one.
pub async fn customer(tx: &mut Tx, connection: ConnectionId, client: ClientId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "select reference from payment_customer where connection_id = $1 and client_id = $2",
        connection.uuid(),
        client.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?)
}

/// Keeps the provider's id of a client; the one that is known already stays.
pub async fn keep_customer(
    tx: &mut Tx,
    connection: ConnectionId,
    client: ClientId,
    reference: &str,
) -> Result<String> {
    Ok(sqlx::query_scalar!(
        "insert into payment_customer as c (connection_id, client_id, reference) values ($1, $2, $3)
         on conflict (organization_id, connection_id, client_id) do update set reference = c.reference
         returning reference",
        connection.uuid(),
        client.uuid(),
        reference,
    )
    .fetch_one(tx.connection())
    .await?)
}
