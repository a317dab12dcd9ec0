//! Who is signed in, where.

use chrono::{DateTime, TimeDelta, Utc};
use domain::clients::ContactId;
use domain::identity::{AccountId, MemberId, Session, SessionId};
use domain::ids::Id;
use domain::organizations::OrganizationId;
use domain::permission::Audience;
use domain::text::EmailAddress;
use uuid::Uuid;

use crate::{Error, Result, Tx, fresh};

/// Whose session it is.
#[derive(Debug, Clone)]
pub enum Holder {
    /// A member's, of the console.
    Member {
        /// The account that signed in.
        account: AccountId,
        /// The membership it stands in.
        member: MemberId,
    },
    /// A contact's, of the portal.
    Contact {
        /// The contact it stands in.
        contact: ContactId,
        /// The member who looks at the portal as this contact.
        viewed_by: Option<MemberId>,
    },
}

/// Begins a session in the organization of this transaction.
pub async fn insert(
    tx: &mut Tx,
    holder: &Holder,
    email: &EmailAddress,
    lifetime: TimeDelta,
    address: &str,
    user_agent: &str,
) -> Result<SessionId> {
    let id: SessionId = fresh(tx.now());
    let now = tx.now();
    let (audience, account, member, contact, viewed_by) = match holder {
        Holder::Member { account, member } => {
            ("console", Some(account.uuid()), Some(member.uuid()), None, None)
        }
        Holder::Contact { contact, viewed_by } => {
            ("portal", None, None, Some(contact.uuid()), viewed_by.map(Id::uuid))
        }
    };
    sqlx::query!(
        "insert into session (id, audience, account_id, email, member_id, contact_id, viewed_by, created_at, last_seen_at,
           expires_at, address, user_agent)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11)",
        id.uuid(),
        audience,
        account,
        email.as_str(),
        member,
        contact,
        viewed_by,
        now,
        now + lifetime,
        address,
        user_agent,
    )
    .execute(tx.connection())
    .await?;
    Ok(id)
}

/// A session that is still good, across organizations.
#[derive(Debug, Clone)]
pub struct Live {
    /// Its id.
    pub id: SessionId,
    /// The organization it stands in.
    pub organization_id: OrganizationId,
    /// Which side's it is.
    pub audience: Audience,
    /// The account, of a member's.
    pub account_id: Option<AccountId>,
    /// The member who looks at the portal as its contact.
    pub viewed_by: Option<MemberId>,
    /// The address that signed in.
    pub email: EmailAddress,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Whose sessions: they span organizations.
#[derive(Debug, Clone)]
pub enum Owner {
    /// A member's account.
    Account(AccountId),
    /// A contact's address.
    Address(EmailAddress),
}

impl Owner {
    fn keys(&self) -> (Option<Uuid>, Option<&str>) {
        match self {
            Self::Account(id) => (Some(id.uuid()), None),
            Self::Address(email) => (None, Some(email.as_str())),
        }
    }
}

/// A session, if it is still good, in a transaction of the system.
pub async fn find_live(tx: &mut Tx, id: SessionId) -> Result<Option<Live>> {
    let now = tx.now();
    let row = sqlx::query!(
        r#"select s.organization_id as "organization_id: OrganizationId", s.audience, s.account_id as "account_id: AccountId",
             s.viewed_by as "viewed_by: MemberId", s.email as "email: EmailAddress", s.expires_at
           from session s
           left join member m on m.organization_id = s.organization_id and m.id = coalesce(s.member_id, s.viewed_by)
           left join contact c on c.organization_id = s.organization_id and c.id = s.contact_id
           where s.id = $1 and s.revoked_at is null and s.expires_at > $2 and m.removed_at is null
             and (c.id is null or c.portal_access or s.viewed_by is not null)"#,
        id.uuid(),
        now,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Live {
        id,
        organization_id: row.organization_id,
        audience: if row.audience == "portal" { Audience::Portal } else { Audience::Console },
        account_id: row.account_id,
        viewed_by: row.viewed_by,
        email: row.email,
        expires_at: row.expires_at,
    }))
}

/// Notes that a session was renewed, and from where.
pub async fn seen(tx: &mut Tx, id: SessionId, address: &str, user_agent: &str) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update session set last_seen_at = $2, address = $3, user_agent = $4 where id = $1",
        id.uuid(),
        now,
        address,
        user_agent,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Makes a member's session stand in another membership, in a transaction of the system.
pub async fn stand_in_member(
    tx: &mut Tx,
    id: SessionId,
    organization: OrganizationId,
    member: MemberId,
) -> Result<()> {
    sqlx::query!(
        "update session set organization_id = $2, member_id = $3 where id = $1 and audience = 'console'",
        id.uuid(),
        organization.uuid(),
        member.uuid(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Makes a contact's session stand in another contact, in a transaction of the system.
pub async fn stand_in_contact(
    tx: &mut Tx,
    id: SessionId,
    organization: OrganizationId,
    contact: ContactId,
) -> Result<()> {
    sqlx::query!(
        "update session set organization_id = $2, contact_id = $3 where id = $1 and audience = 'portal' and viewed_by is null",
        id.uuid(),
        organization.uuid(),
        contact.uuid(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Somebody's sessions that are still good, newest first, in a transaction of the system.
pub async fn list(tx: &mut Tx, owner: &Owner, current: SessionId) -> Result<Vec<Session>> {
    let now = tx.now();
    let (account, email) = owner.keys();
    let rows = sqlx::query!(
        r#"select id as "id: SessionId", created_at, last_seen_at, expires_at, address, user_agent from session
           where revoked_at is null and expires_at > $3
             and (account_id = $1 or (audience = 'portal' and email = $2 and viewed_by is null))
           order by id desc"#,
        account,
        email,
        now,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Session {
            id: row.id,
            current: row.id == current,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
            address: row.address,
            user_agent: row.user_agent,
        })
        .collect())
}

/// Ends one of somebody's sessions, in a transaction of the system.
pub async fn end_one(tx: &mut Tx, owner: &Owner, id: SessionId) -> Result<()> {
    let now = tx.now();
    let (account, email) = owner.keys();
    let done = sqlx::query!(
        "update session set revoked_at = $4
         where id = $3 and revoked_at is null and expires_at > $4
           and (account_id = $1 or (audience = 'portal' and email = $2 and viewed_by is null))",
        account,
        email,
        id.uuid(),
        now,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Ends all of somebody's sessions, but perhaps one, in a transaction of the system.
pub async fn end_all(tx: &mut Tx, owner: &Owner, but: Option<SessionId>) -> Result<()> {
    let now = tx.now();
    let (account, email) = owner.keys();
    sqlx::query!(
        "update session set revoked_at = $4
         where revoked_at is null and id is distinct from $3
           and (account_id = $1 or (audience = 'portal' and email = $2 and viewed_by is null))",
        account,
        email,
        but.map(Id::uuid),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Ends a session: signed out, or its renewal was stolen.
pub async fn end(tx: &mut Tx, id: SessionId) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update session set revoked_at = $2 where id = $1 and revoked_at is null", id.uuid(), now)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Ends the sessions in which a member stands or views the portal.
pub async fn end_of_member(tx: &mut Tx, member: MemberId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update session set revoked_at = $2 where (member_id = $1 or viewed_by = $1) and revoked_at is null",
        member.uuid(),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
