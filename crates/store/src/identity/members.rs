//! The staff.

use domain::identity::{AccountId, Member, MemberId, MemberPatch, RoleId};
use domain::ids::Id;
use domain::organizations::OrganizationId;
use domain::page::Page;
use domain::problem::Code;
use domain::text::{EmailAddress, Name};
use uuid::Uuid;

use crate::error::OnConstraint;
use crate::{Cursor, Error, Result, Tx, fresh};

/// Adds a member: invited, or with an account and so joined at once.
pub async fn insert(
    tx: &mut Tx,
    name: &Name,
    email: &EmailAddress,
    role: RoleId,
    account: Option<AccountId>,
) -> Result<MemberId> {
    let id: MemberId = fresh(tx.now());
    let now = tx.now();
    sqlx::query!(
        "insert into member (id, account_id, role_id, name, email, invited_at, joined_at)
         values ($1, $2, $3, $4, $5, $6::timestamptz, case when $2::uuid is null then null else $6::timestamptz end)",
        id.uuid(),
        account.map(Id::uuid),
        role.uuid(),
        name.as_str(),
        email.as_str(),
        now,
    )
    .execute(tx.connection())
    .await
    .on_constraint("member_organization_id_email_key", Code::AlreadyExists)?;
    Ok(id)
}

/// What an account is a member of.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The membership.
    pub member_id: MemberId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The organization's name.
    pub organization_name: Name,
}

/// All that an account is a member of, the one it last signed in to first, in a transaction of the system.
pub async fn memberships(tx: &mut Tx, account: AccountId) -> Result<Vec<Membership>> {
    let memberships = sqlx::query_as!(
        Membership,
        r#"select m.id as "member_id: MemberId", m.organization_id as "organization_id: OrganizationId",
             o.name as "organization_name: Name"
           from member m join organization o on o.organization_id = m.organization_id
           where m.account_id = $1 and m.removed_at is null
           order by (select max(s.last_seen_at) from session s where s.account_id = $1 and s.member_id = m.id) desc nulls last,
             m.joined_at, m.id"#,
        account.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(memberships)
}

/// A page of the staff, in the order in which they were invited.
pub async fn list(tx: &mut Tx, limit: u16, cursor: Option<&str>) -> Result<Page<Member>> {
    let after: Option<Uuid> = Cursor::decode(cursor)?;
    let items = sqlx::query_as!(
        Member,
        r#"select id as "id: MemberId", name as "name: Name", email as "email: EmailAddress", role_id as "role_id: RoleId",
             joined_at is not null as "joined!", removed_at, version
           from member where $1::uuid is null or id > $1 order by id limit $2"#,
        after,
        i64::from(limit) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(Page::from_overfull(items, limit, |last| Cursor::encode(&last.id.uuid())))
}

/// A member.
pub async fn find(tx: &mut Tx, id: MemberId) -> Result<Member> {
    sqlx::query_as!(
        Member,
        r#"select id as "id: MemberId", name as "name: Name", email as "email: EmailAddress", role_id as "role_id: RoleId",
             joined_at is not null as "joined!", removed_at, version
           from member where id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)
}

/// The account that a member signs in with, once they have joined.
pub async fn account_of(tx: &mut Tx, id: MemberId) -> Result<Option<AccountId>> {
    sqlx::query_scalar!(r#"select account_id as "id: AccountId" from member where id = $1"#, id.uuid())
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)
}

/// Changes what the patch names, if the version is still this one.
pub async fn update(tx: &mut Tx, id: MemberId, version: i64, patch: &MemberPatch) -> Result<()> {
    let now = tx.now();
    let done = sqlx::query!(
        "update member set name = coalesce($3, name), role_id = coalesce($4, role_id),
           removed_at = case when $5::boolean is null then removed_at when $5 then coalesce(removed_at, $6) else null end,
           version = version + 1
         where id = $1 and version = $2",
        id.uuid(),
        version,
        patch.name.as_ref().map(Name::as_str),
        patch.role_id.map(Id::uuid),
        patch.removed,
        now,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}

/// Changes a member's own name.
pub async fn rename(tx: &mut Tx, id: MemberId, name: &Name) -> Result<()> {
    sqlx::query!(
        "update member set name = $2, version = version + 1 where id = $1",
        id.uuid(),
        name.as_str()
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Accepts an invitation: from now on the account is this member. False if somebody did before, or the
/// member was removed.
pub async fn join(tx: &mut Tx, id: MemberId, account: AccountId, name: &Name) -> Result<bool> {
    let now = tx.now();
    let done = sqlx::query!(
        "update member set account_id = $2, name = $3, joined_at = $4, version = version + 1
         where id = $1 and account_id is null and removed_at is null",
        id.uuid(),
        account.uuid(),
        name.as_str(),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether somebody else is an owner who can sign in. Locks the role, so that two owners can't remove each other.
pub async fn has_other_owner(tx: &mut Tx, id: MemberId) -> Result<bool> {
    let role = sqlx::query_scalar!(r#"select id as "id: RoleId" from role where key = 'owner' for update"#)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    let other = sqlx::query_scalar!(
        r#"select exists (
             select from member where role_id = $1 and id <> $2 and removed_at is null and joined_at is not null
           ) as "other!""#,
        role.uuid(),
        id.uuid(),
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(other)
}

/// The organization in whose name an address is mailed about its account, in a transaction of the system: the
/// first it joined, or, in the same one statement, any at all where the address is unknown.
pub async fn mailing_organization(tx: &mut Tx, email: &EmailAddress) -> Result<Option<OrganizationId>> {
    let id = sqlx::query_scalar!(
        r#"select coalesce(
             (select m.organization_id from account a join member m on m.account_id = a.id and m.removed_at is null
              where a.email = $1 order by m.joined_at, m.id limit 1),
             (select organization_id from organization order by organization_id limit 1)) as "id: OrganizationId""#,
        email.as_str(),
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(id)
}
