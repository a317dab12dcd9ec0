//! The staff.

use domain::identity::{AccountId, MemberId, RoleId};
use domain::ids::Id;
use domain::problem::Code;
use domain::text::{EmailAddress, Name};

use crate::error::OnConstraint;
use crate::{Result, Tx, fresh};

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
