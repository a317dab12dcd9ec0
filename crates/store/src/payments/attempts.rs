//! Attempts to pay online.

use chrono::{DateTime, TimeDelta, Utc};
use domain::clients::{ClientId, ContactId};
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::money::{Currency, Money};
use domain::organizations::OrganizationId;
use domain::payments::{Attempt, AttemptId, AttemptShare, AttemptState, ConnectionId, PaymentId, Provider};
use domain::problem::Code;
use domain::saved_methods::{Decline, SavedMethodId};
use uuid::Uuid;

use crate::error::OnConstraint;
use crate::{Error, Result, Tx, fresh};

/// How long an attempt may go unlooked at while it is live.
pub const UNKNOWN_AFTER: TimeDelta = TimeDelta::minutes(15);
/// How often money that has come is looked at again, for refunds nobody told us of.
const REVISIT_EVERY: TimeDelta = TimeDelta::days(1);
/// For how long it is.
const REVISIT_FOR: TimeDelta = TimeDelta::days(90);

/// What a client set out to pay.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    /// Its id: the provider's idempotency key, and part of its return address.
    pub id: AttemptId,
    /// Who pays.
    pub client_id: ClientId,
    /// By which account.
    pub connection_id: ConnectionId,
    /// Its provider.
    pub provider: Provider,
    /// How much.
    pub amount: Money,
    /// What the provider shows.
    pub description: String,
    /// Prefilled at the provider.
    pub payer_email: Option<String>,
    /// Language of the provider's page.
    pub locale: String,
    /// Where the provider sends the client, sealed.
    pub return_url: Vec<u8>,
    /// Who started it, or whom the guest link was sent to.
    pub contact_id: Option<ContactId>,
    /// The method that is charged, where nobody sits before it.
    pub saved_method_id: Option<SavedMethodId>,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
    /// What it pays, in this order.
    pub shares: Vec<Share>,
}

/// A part of an attempt, frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its version, as the client saw it.
    pub version: i64,
    /// What it asked for then.
    pub total_minor: i64,
    /// What of the attempt is for it.
    pub amount_minor: i64,
}

/// An attempt as the organization works with it.
#[derive(Debug, Clone)]
pub struct Undertaking {
    /// Its id.
    pub id: AttemptId,
    /// Who pays.
    pub client_id: ClientId,
    /// By which account.
    pub connection_id: ConnectionId,
    /// Its provider.
    pub provider: Provider,
    /// How far it has come.
    pub state: AttemptState,
    /// How much.
    pub amount: Money,
    /// What the provider shows.
    pub description: String,
    /// Prefilled at the provider.
    pub payer_email: Option<String>,
    /// Language of the provider's page.
    pub locale: String,
    /// Where the provider sends the client, sealed.
    pub return_url: Vec<u8>,
    /// The checkout at the provider.
    pub provider_reference: Option<String>,
    /// The address of the provider's page.
    pub checkout_url: Option<String>,
    /// Why it waits for a person.
    pub attention: Option<String>,
    /// Who started it, or whom the guest link was sent to.
    pub contact_id: Option<ContactId>,
    /// The method that is charged, where nobody sits before it.
    pub saved_method_id: Option<SavedMethodId>,
    /// When it was started.
    pub started_at: DateTime<Utc>,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
    /// When the provider was last asked.
    pub checked_at: DateTime<Utc>,
}

/// The key under which attempts at the same invoices meet.
fn invoice_set(shares: &[Share]) -> String {
    let mut ids: Vec<String> = shares.iter().map(|share| share.invoice_id.to_string()).collect();
    ids.sort_unstable();
    ids.join(" ")
}

/// An id for an attempt to come.
pub fn new_id(tx: &Tx) -> AttemptId {
    fresh(tx.now())
}

/// Freezes an attempt. Refused with [`Code::AttemptOpen`] while one at the same invoices is live.
pub async fn insert(tx: &mut Tx, new: &NewAttempt) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into payment_attempt (id, client_id, connection_id, provider, invoice_set, currency, amount_minor, description,
           payer_email, locale, return_url, contact_id, started_at, expires_at, checked_at, saved_method_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $13, $15)",
        new.id.uuid(),
        new.client_id.uuid(),
        new.connection_id.uuid(),
        new.provider as _,
        invoice_set(&new.shares),
        new.amount.currency() as _,
        new.amount.minor(),
        new.description,
        new.payer_email,
        new.locale,
        new.return_url,
        new.contact_id.map(Id::uuid),
        now,
        new.expires_at,
        new.saved_method_id.map(Id::uuid),
    )
    .execute(tx.connection())
    .await
    .on_constraint("payment_attempt_live", Code::AttemptOpen)?;
    for (position, share) in (0..).zip(&new.shares) {
        sqlx::query!(
            "insert into payment_attempt_share (attempt_id, invoice_id, position, version, total_minor, amount_minor)
             values ($1, $2, $3, $4, $5, $6)",
            new.id.uuid(),
            share.invoice_id.uuid(),
            position,
            share.version,
            share.total_minor,
            share.amount_minor,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

/// Live attempts at any of these invoices, and whether each is at exactly these.
pub async fn live_on(tx: &mut Tx, invoices: &[InvoiceId]) -> Result<Vec<(AttemptId, bool)>> {
    let ids: Vec<Uuid> = invoices.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        r#"select a.id as "id: AttemptId",
             (select array_agg(s.invoice_id order by s.invoice_id) = (select array_agg(i order by i) from unnest($1::uuid[]) i)
              from payment_attempt_share s where s.organization_id = a.organization_id and s.attempt_id = a.id) as "same!"
           from payment_attempt a
           where a.state in ('open', 'processing') and exists (select from payment_attempt_share s
             where s.organization_id = a.organization_id and s.attempt_id = a.id and s.invoice_id = any ($1))
           order by a.id"#,
        &ids,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.same)).collect())
}

struct UndertakingRow {
    id: AttemptId,
    client_id: ClientId,
    connection_id: ConnectionId,
    provider: Provider,
    state: AttemptState,
    currency: Currency,
    amount_minor: i64,
    description: String,
    payer_email: Option<String>,
    locale: String,
    return_url: Vec<u8>,
    provider_reference: Option<String>,
    checkout_url: Option<String>,
    attention: Option<String>,
    contact_id: Option<ContactId>,
    saved_method_id: Option<SavedMethodId>,
    started_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    checked_at: DateTime<Utc>,
}

impl From<UndertakingRow> for Undertaking {
    fn from(row: UndertakingRow) -> Self {
        Self {
            id: row.id,
            client_id: row.client_id,
            connection_id: row.connection_id,
            provider: row.provider,
            state: row.state,
            amount: Money::new(row.amount_minor, row.currency),
            description: row.description,
            payer_email: row.payer_email,
            locale: row.locale,
            return_url: row.return_url,
            provider_reference: row.provider_reference,
            checkout_url: row.checkout_url,
            attention: row.attention,
            contact_id: row.contact_id,
            saved_method_id: row.saved_method_id,
            started_at: row.started_at,
            expires_at: row.expires_at,
            checked_at: row.checked_at,
        }
    }
}

macro_rules! undertaking {
    ($suffix:literal, $id:expr, $tx:expr) => {
        sqlx::query_as!(
            UndertakingRow,
            r#"select id as "id: AttemptId", client_id as "client_id: ClientId", connection_id as "connection_id: ConnectionId",
                 provider as "provider: Provider", state as "state: AttemptState", currency as "currency: Currency",
                 amount_minor, description, payer_email, locale, return_url, provider_reference, checkout_url, attention,
                 contact_id as "contact_id: ContactId", saved_method_id as "saved_method_id: SavedMethodId", started_at,
                 expires_at, checked_at
               from payment_attempt where id = $1"# + $suffix,
            $id.uuid(),
        )
        .fetch_optional($tx.connection())
        .await?
        .map(Into::into)
        .ok_or(Error::NotFound)
    };
}

/// An attempt, as it is now.
pub async fn get(tx: &mut Tx, id: AttemptId) -> Result<Undertaking> {
    undertaking!("", id, tx)
}

/// An attempt, locked until the transaction ends. Lock its invoices first.
pub async fn lock(tx: &mut Tx, id: AttemptId) -> Result<Undertaking> {
    undertaking!(" for update", id, tx)
}

/// What an attempt pays, in order.
pub async fn shares(tx: &mut Tx, id: AttemptId) -> Result<Vec<Share>> {
    Ok(sqlx::query_as!(
        Share,
        r#"select invoice_id as "invoice_id: InvoiceId", version, total_minor, amount_minor
           from payment_attempt_share where attempt_id = $1 order by position"#,
        id.uuid(),
    )
    .fetch_all(tx.connection())
    .await?)
}

/// An attempt as its client sees it; behind a guest link, with that invoice's share only.
pub async fn view(tx: &mut Tx, id: AttemptId) -> Result<Attempt> {
    let row = sqlx::query!(
        r#"select a.id as "id: AttemptId", a.state as "state: AttemptState", a.provider as "provider: Provider",
             a.currency as "currency: Currency", a.amount_minor, a.checkout_url, a.failure, a.started_at, a.expires_at,
             (select p.id from payment p where p.organization_id = a.organization_id and p.attempt_id = a.id) as "payment_id: PaymentId"
           from payment_attempt a where a.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let shares = sqlx::query!(
        r#"select s.invoice_id as "invoice_id: InvoiceId", i.number as "number!", s.amount_minor
           from payment_attempt_share s join invoice i on i.organization_id = s.organization_id and i.id = s.invoice_id
           where s.attempt_id = $1 order by s.position"#,
        id.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(Attempt {
        id: row.id,
        state: row.state,
        provider: row.provider,
        amount: Money::new(row.amount_minor, row.currency),
        shares: shares
            .into_iter()
            .map(|share| AttemptShare {
                invoice_id: share.invoice_id,
                number: share.number,
                amount: Money::new(share.amount_minor, row.currency),
            })
            .collect(),
        checkout_url: row.checkout_url.filter(|_| row.state == AttemptState::Open),
        failure: row.failure,
        started_at: row.started_at,
        expires_at: row.expires_at,
        payment_id: row.payment_id,
    })
}

/// The attempt and account behind a provider's page, if the caller may see it.
pub async fn by_reference(
    tx: &mut Tx,
    provider: Provider,
    reference: &str,
) -> Result<(AttemptId, ConnectionId)> {
    let row = sqlx::query!(
        r#"select id as "id: AttemptId", connection_id as "connection_id: ConnectionId"
           from payment_attempt where provider = $1 and provider_reference = $2"#,
        provider as _,
        reference,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok((row.id, row.connection_id))
}

/// The attempt that an account's event is about: by checkout, by money, or by the id that was sent along.
pub async fn of_event(
    tx: &mut Tx,
    connection: ConnectionId,
    reference: Option<&str>,
    payment_reference: Option<&str>,
    attempt: Option<AttemptId>,
) -> Result<Option<AttemptId>> {
    Ok(sqlx::query_scalar!(
        r#"select id as "id: AttemptId" from payment_attempt
           where connection_id = $1 and (provider_reference = $2 or payment_reference = $3 or id = $4)
           order by provider_reference = $2 desc nulls last, payment_reference = $3 desc nulls last limit 1"#,
        connection.uuid(),
        reference,
        payment_reference,
        attempt.map(Id::uuid),
    )
    .fetch_optional(tx.connection())
    .await?)
}

/// Whether any attempt of an account is live whose money isn't known yet.
pub async fn awaits_money(tx: &mut Tx, connection: ConnectionId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from payment_attempt
             where connection_id = $1 and state in ('open', 'processing') and payment_reference is null) as "awaits!""#,
        connection.uuid(),
    )
    .fetch_one(tx.connection())
    .await?)
}

/// Notes the provider's page. False if the attempt is not open any more: then nobody must pay there.
pub async fn opened(tx: &mut Tx, id: AttemptId, reference: &str, url: &str) -> Result<bool> {
    let done = sqlx::query!(
        "update payment_attempt set provider_reference = $2, checkout_url = $3
         where id = $1 and state = 'open' and (provider_reference is null or provider_reference = $2)",
        id.uuid(),
        reference,
        url,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes the turn to ask the provider, if nobody did since `before`.
pub async fn claim_check(tx: &mut Tx, id: AttemptId, before: DateTime<Utc>) -> Result<bool> {
    let now = tx.now();
    let done = sqlx::query!(
        "update payment_attempt set checked_at = $2
         where id = $1 and state in ('open', 'processing') and checked_at <= $3",
        id.uuid(),
        now,
        before,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What the provider said, as the attempt keeps it.
#[derive(Debug, Clone, Copy)]
pub struct Finding<'a> {
    /// How far it has come.
    pub state: AttemptState,
    /// The checkout it is about.
    pub reference: Option<&'a str>,
    /// The money it is about.
    pub payment_reference: Option<&'a str>,
    /// Why it failed.
    pub failure: Option<&'a str>,
    /// The kind of the bank's no, where it failed by that.
    pub decline: Option<Decline>,
    /// Why a person has to look.
    pub attention: Option<&'a str>,
}

/// Keeps what the provider said of an attempt that is locked.
pub async fn note(tx: &mut Tx, id: AttemptId, finding: Finding<'_>) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update payment_attempt set state = $2, provider_reference = coalesce(provider_reference, $3),
           payment_reference = coalesce($4, payment_reference), failure = $5, attention = $6, checked_at = $7, decline = $8,
           settled_at = case when $2 in ('open', 'processing') then null else coalesce(settled_at, $7::timestamptz) end
         where id = $1",
        id.uuid(),
        finding.state as _,
        finding.reference,
        finding.payment_reference,
        finding.failure,
        finding.attention,
        now,
        finding.decline as _,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Takes up to `limit` attempts nobody told us about, in a transaction of the system: live ones unlooked at
/// for [`UNKNOWN_AFTER`] or past their end, and money that has come, once a day, in case it went back.
pub async fn claim_unknown(tx: &mut Tx, limit: i64) -> Result<Vec<(OrganizationId, AttemptId)>> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"update payment_attempt set checked_at = $1
           where (organization_id, id) in (
             select organization_id, id from payment_attempt
             where (state in ('open', 'processing') and (checked_at < $2 or (expires_at <= $1 and checked_at < expires_at)))
               or (state = 'succeeded' and checked_at < $3 and settled_at > $4)
             order by checked_at limit $5 for update skip locked)
           returning organization_id as "organization_id: OrganizationId", id as "id: AttemptId""#,
        now,
        now - UNKNOWN_AFTER,
        now - REVISIT_EVERY,
        now - REVISIT_FOR,
        limit,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization_id, row.id)).collect())
}

/// Notes why an attempt waits for a person.
pub async fn attend(tx: &mut Tx, id: AttemptId, reason: &str) -> Result<()> {
    sqlx::query!("update payment_attempt set attention = $2 where id = $1", id.uuid(), reason)
        .execute(tx.connection())
        .await?;
    Ok(())
}
