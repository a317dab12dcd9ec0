//! What providers tell us, kept as it came, each event once.

use chrono::{DateTime, Utc};
use domain::ids::Id;
use domain::page::Page;
use domain::payments::{ConnectionId, InboundEvent, InboundEventId, InboundState, Provider};
use uuid::Uuid;

use crate::{Cursor, Error, Result, Tx, fresh};

/// A genuine event, as its provider signed it.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The account it came by.
    pub connection_id: ConnectionId,
    /// Its provider.
    pub provider: Provider,
    /// The provider's id of it.
    pub event_id: String,
    /// The provider's name of what happened.
    pub kind: String,
    /// The checkout it names.
    pub reference: Option<String>,
    /// The money it names.
    pub payment_reference: Option<String>,
    /// The attempt it names.
    pub attempt_id: Option<String>,
    /// The connected account it names.
    pub account: Option<String>,
    /// Whether money moved.
    pub livemode: bool,
    /// The body.
    pub body: String,
}

/// What a worker needs of an event.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its id.
    pub id: InboundEventId,
    /// The account it came by.
    pub connection_id: ConnectionId,
    /// What became of it.
    pub state: InboundState,
    /// The provider's name of what happened.
    pub kind: String,
    /// The checkout it names.
    pub reference: Option<String>,
    /// The money it names.
    pub payment_reference: Option<String>,
    /// The attempt it names.
    pub attempt_id: Option<String>,
    /// The connected account it names.
    pub account: Option<String>,
    /// Whether money moved.
    pub livemode: bool,
}

/// Keeps an event; none if it is known already.
pub async fn insert(tx: &mut Tx, new: &NewEvent) -> Result<Option<InboundEventId>> {
    let id: InboundEventId = fresh(tx.now());
    let now = tx.now();
    let done = sqlx::query!(
        "insert into inbound_event (id, connection_id, provider, event_id, kind, reference, payment_reference, attempt_id, account,
           livemode, body, received_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (organization_id, connection_id, event_id) do nothing",
        id.uuid(),
        new.connection_id.uuid(),
        new.provider as _,
        new.event_id,
        new.kind,
        new.reference,
        new.payment_reference,
        new.attempt_id,
        new.account,
        new.livemode,
        new.body,
        now,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    sqlx::query!(
        "update payment_connection set last_event_at = $2 where id = $1",
        new.connection_id.uuid(),
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(Some(id))
}

/// An event, for the worker.
pub async fn told(tx: &mut Tx, id: InboundEventId) -> Result<Told> {
    sqlx::query_as!(
        Told,
        r#"select id as "id: InboundEventId", connection_id as "connection_id: ConnectionId", state as "state: InboundState",
             kind, reference, payment_reference, attempt_id, account, livemode
           from inbound_event where id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)
}

/// Notes what became of an event. True if that is news.
pub async fn settle(
    tx: &mut Tx,
    id: InboundEventId,
    state: InboundState,
    error: Option<&str>,
) -> Result<bool> {
    let news = sqlx::query_scalar!(
        r#"update inbound_event e set state = $2, error = $3, attempts = e.attempts + 1
           from (select id, state, error from inbound_event where id = $1 for update) before
           where e.id = before.id
           returning (before.state, before.error) is distinct from (e.state, e.error) as "news!""#,
        id.uuid(),
        state as _,
        error,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(news)
}

/// Puts an event back to be worked on.
pub async fn reopen(tx: &mut Tx, id: InboundEventId) -> Result<()> {
    let done = sqlx::query!("update inbound_event set state = 'received' where id = $1", id.uuid())
        .execute(tx.connection())
        .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
}

struct Row {
    id: InboundEventId,
    provider: Provider,
    event_id: String,
    kind: String,
    state: InboundState,
    error: Option<String>,
    attempts: i32,
    received_at: DateTime<Utc>,
}

impl From<Row> for InboundEvent {
    fn from(row: Row) -> Self {
        let Row { id, provider, event_id, kind, state, error, attempts, received_at } = row;
        Self { id, provider, event_id, kind, state, error, attempts, received_at }
    }
}

/// A page of the inbox, newest first.
pub async fn list(tx: &mut Tx, limit: u16, cursor: Option<&str>) -> Result<Page<InboundEvent>> {
    let before: Option<Uuid> = Cursor::decode(cursor)?;
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id: InboundEventId", provider as "provider: Provider", event_id, kind, state as "state: InboundState",
             error, attempts, received_at
           from inbound_event where $1::uuid is null or id < $1 order by id desc limit $2"#,
        before,
        i64::from(limit) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    let items = rows.into_iter().map(Into::into).collect();
    Ok(Page::from_overfull(items, limit, |last: &InboundEvent| Cursor::encode(&last.id.uuid())))
}

/// One event.
pub async fn find(tx: &mut Tx, id: InboundEventId) -> Result<InboundEvent> {
    sqlx::query_as!(
        Row,
        r#"select id as "id: InboundEventId", provider as "provider: Provider", event_id, kind, state as "state: InboundState",
             error, attempts, received_at
           from inbound_event where id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .map(Into::into)
    .ok_or(Error::NotFound)
}
