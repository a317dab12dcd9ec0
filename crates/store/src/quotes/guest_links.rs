//! Links that open one quote without signing in, perhaps with an access code.

use chrono::{DateTime, TimeDelta, Utc};
use domain::clients::{ClientId, ContactId};
use domain::ids::Id;
use domain::invoices::GuestLinkId;
use domain::organizations::OrganizationId;
use domain::quotes::QuoteId;

use crate::{Result, Tx, fresh};

/// How long a link works.
pub const LIFETIME: TimeDelta = TimeDelta::days(180);
/// How long a link works that the access code gave.
pub const UNLOCKED_FOR: TimeDelta = TimeDelta::days(1);
/// Wrong codes until the link is locked for a while.
pub const TRIES: i32 = 5;
/// How long that is.
pub const LOCKED_FOR: TimeDelta = TimeDelta::minutes(15);

/// A link to be kept by its hash.
#[derive(Debug, Clone)]
pub struct NewLink<'a> {
    /// SHA-256 of its token.
    pub hash: &'a [u8; 32],
    /// The client.
    pub client_id: ClientId,
    /// The quote.
    pub quote_id: QuoteId,
    /// To whom it goes.
    pub contact_id: Option<ContactId>,
    /// Whether the access code was given already.
    pub unlocked: bool,
}

/// Keeps a link; returns until when it works.
pub async fn insert(tx: &mut Tx, new: &NewLink<'_>) -> Result<DateTime<Utc>> {
    let now = tx.now();
    let expires_at = now + if new.unlocked { UNLOCKED_FOR } else { LIFETIME };
    sqlx::query!(
        "insert into guest_link (id, hash, client_id, quote_id, contact_id, unlocked, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        fresh::<GuestLinkId>(now).uuid(),
        &new.hash[..],
        new.client_id.uuid(),
        new.quote_id.uuid(),
        new.contact_id.map(Id::uuid),
        new.unlocked,
        now,
        expires_at,
    )
    .execute(tx.connection())
    .await?;
    Ok(expires_at)
}

/// Whose link it is, with the organization's eyes.
pub async fn holder(tx: &mut Tx, hash: &[u8; 32]) -> Result<Option<(GuestLinkId, Option<ContactId>)>> {
    let row = sqlx::query!(
        r#"select id as "id: GuestLinkId", contact_id as "contact_id: ContactId" from guest_link where hash = $1"#,
        &hash[..],
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| (row.id, row.contact_id)))
}

/// A link at which somebody tries a code.
#[derive(Debug)]
pub struct Trial {
    /// Its organization.
    pub organization_id: OrganizationId,
    /// Its client.
    pub client_id: ClientId,
    /// Its quote.
    pub quote_id: QuoteId,
    /// To whom it went.
    pub contact_id: Option<ContactId>,
    /// Hash of the code.
    pub code_hash: String,
}

/// What a try meets.
#[derive(Debug)]
pub enum Door {
    /// A link with a code. The try counts as wrong until [`succeeded`] says otherwise.
    Open(Trial),
    /// Too many wrong ones; until when.
    Locked(DateTime<Utc>),
    /// No such link, or it asks for no code.
    Nowhere,
}

/// Counts a try before the code is looked at, in a transaction of the system: so that many at once are no
/// more than many one by one.
pub async fn try_code(tx: &mut Tx, hash: &[u8; 32]) -> Result<Door> {
    let now = tx.now();
    let row = sqlx::query!(
        r#"select g.id, g.organization_id as "organization_id: OrganizationId", g.client_id as "client_id: ClientId",
             q.id as "quote_id: QuoteId", g.contact_id as "contact_id: ContactId", q.access_code_hash, g.code_failures, g.code_locked_until
           from guest_link g join quote q on q.organization_id = g.organization_id and q.id = g.quote_id
           where g.hash = $1 and g.revoked_at is null and g.expires_at > $2 and not g.unlocked for update of g"#,
        &hash[..],
        now,
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(Door::Nowhere) };
    let Some(code_hash) = row.access_code_hash else { return Ok(Door::Nowhere) };
    if let Some(until) = row.code_locked_until.filter(|until| *until > now) {
        return Ok(Door::Locked(until));
    }
    let failures = row.code_failures + 1;
    let locked_until = (failures % TRIES == 0).then(|| now + LOCKED_FOR);
    sqlx::query!(
        "update guest_link set code_failures = $2, code_locked_until = $3 where id = $1",
        row.id,
        failures,
        locked_until,
    )
    .execute(tx.connection())
    .await?;
    Ok(Door::Open(Trial {
        organization_id: row.organization_id,
        client_id: row.client_id,
        quote_id: row.quote_id,
        contact_id: row.contact_id,
        code_hash,
    }))
}

/// Forgets the wrong tries at a link: the code was right.
pub async fn succeeded(tx: &mut Tx, hash: &[u8; 32]) -> Result<()> {
    sqlx::query!(
        "update guest_link set code_failures = 0, code_locked_until = null where hash = $1",
        &hash[..],
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
