use domain::identity::MemberId;
use domain::ids::Id;
use domain::permission::Permission;
use domain::text::{EmailAddress, Name};

use crate::{Result, Tx};

/// A member who is told of something.
#[derive(Debug, Clone, PartialEq)]
pub struct Colleague {
    /// Their name.
    pub name: Name,
    /// Their address.
    pub email: EmailAddress,
}

/// Who hears what a client does with a quote: whoever began it, or else the owners.
pub async fn in_charge(tx: &mut Tx, author: Option<MemberId>) -> Result<Vec<Colleague>> {
    Ok(sqlx::query_as!(
        Colleague,
        r#"with author as (select id from member where id = $1 and removed_at is null)
           select m.name as "name: Name", m.email as "email: EmailAddress"
           from member m join role r on r.organization_id = m.organization_id and r.id = m.role_id
           where m.removed_at is null
             and (m.id in (select id from author) or (not exists (select from author) and r.key = 'owner'))
           order by m.id"#,
        author.map(Id::uuid),
    )
    .fetch_all(tx.connection())
    .await?)
}

/// Who may approve quotes.
pub async fn approvers(tx: &mut Tx) -> Result<Vec<Colleague>> {
    Ok(sqlx::query_as!(
        Colleague,
        r#"select m.name as "name: Name", m.email as "email: EmailAddress"
           from member m join role r on r.organization_id = m.organization_id and r.id = m.role_id
           where m.removed_at is null and $1 = any (r.permissions) order by m.id"#,
        Permission::ApproveQuotes.as_str(),
    )
    .fetch_all(tx.connection())
    .await?)
}
