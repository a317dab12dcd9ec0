//! Who is signed in, where.

use chrono::TimeDelta;
use domain::clients::ContactId;
use domain::identity::{AccountId, MemberId, SessionId};
use domain::ids::Id;
use domain::text::EmailAddress;

use crate::{Result, Tx, fresh};

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
        Holder::Member { account, member } => ("console", Some(account.uuid()), Some(member.uuid()), None, None),
        Holder::Contact { contact, viewed_by } => ("portal", None, None, Some(contact.uuid()), viewed_by.map(Id::uuid)),
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
