//! Links that were mailed, each good once. Only transactions of the system see them.

use chrono::TimeDelta;
use domain::clients::ContactId;
use domain::identity::{AccountId, MemberId};
use domain::ids::Id;
use domain::organizations::OrganizationId;
use domain::text::EmailAddress;

use crate::{Result, Tx};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A contact signs in.
    PortalSignIn,
    /// A member sets a new password.
    PasswordReset,
    /// Somebody joins the staff.
    Invitation,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::PortalSignIn => "portal_sign_in",
            Self::PasswordReset => "password_reset",
            Self::Invitation => "invitation",
        }
    }
}

/// What a link leads to.
#[derive(Debug, Clone)]
pub struct Target {
    /// The address it was mailed to.
    pub email: EmailAddress,
    /// The account, where one is meant.
    pub account: Option<AccountId>,
    /// The organization, where one is meant.
    pub organization: Option<OrganizationId>,
    /// The member, where one is meant.
    pub member: Option<MemberId>,
    /// The contact, where one in particular is meant.
    pub contact: Option<ContactId>,
    /// Path to open afterwards; empty for the home page.
    pub next: String,
}

impl Target {
    /// Nothing but an address.
    pub fn of(email: EmailAddress) -> Self {
        Self { email, account: None, organization: None, member: None, contact: None, next: String::new() }
    }
}

/// Keeps a link's hash.
pub async fn insert(
    tx: &mut Tx,
    purpose: Purpose,
    hash: &[u8],
    target: &Target,
    lifetime: TimeDelta,
) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into one_time_token (hash, purpose, email, account_id, subject_organization_id, subject_member_id,
           subject_contact_id, next, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        hash,
        purpose.as_str(),
        target.email.as_str(),
        target.account.map(Id::uuid),
        target.organization.map(Id::uuid),
        target.member.map(Id::uuid),
        target.contact.map(Id::uuid),
        target.next,
        now,
        now + lifetime,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Where a good link leads, without using it.
pub async fn find(tx: &mut Tx, purpose: Purpose, hash: &[u8]) -> Result<Option<Target>> {
    let now = tx.now();
    let target = sqlx::query_as!(
        Target,
        r#"select email as "email: EmailAddress", account_id as "account: AccountId",
             subject_organization_id as "organization: OrganizationId", subject_member_id as "member: MemberId",
             subject_contact_id as "contact: ContactId", next
           from one_time_token where hash = $1 and purpose = $2 and used_at is null and expires_at > $3"#,
        hash,
        purpose.as_str(),
        now,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(target)
}

/// Uses a link, if it is good. Of two at once, one does.
pub async fn consume(tx: &mut Tx, purpose: Purpose, hash: &[u8]) -> Result<Option<Target>> {
    let now = tx.now();
    let target = sqlx::query_as!(
        Target,
        r#"update one_time_token set used_at = $3 where hash = $1 and purpose = $2 and used_at is null and expires_at > $3
           returning email as "email: EmailAddress", account_id as "account: AccountId",
             subject_organization_id as "organization: OrganizationId", subject_member_id as "member: MemberId",
             subject_contact_id as "contact: ContactId", next"#,
        hash,
        purpose.as_str(),
        now,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(target)
}

/// Makes all open links of a purpose useless that were mailed to an account.
pub async fn void_for_account(tx: &mut Tx, purpose: Purpose, account: AccountId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update one_time_token set used_at = $3 where account_id = $1 and purpose = $2 and used_at is null",
        account.uuid(),
        purpose.as_str(),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Makes all open links of a purpose useless that were mailed to a member.
pub async fn void_for_member(tx: &mut Tx, purpose: Purpose, member: MemberId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update one_time_token set used_at = $3 where subject_member_id = $1 and purpose = $2 and used_at is null",
        member.uuid(),
        purpose.as_str(),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
