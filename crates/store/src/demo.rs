//! What only the demo asks of the database.

use domain::clients::ContactId;
use domain::text::{EmailAddress, Name, Slug};

use crate::{Result, Tx};

/// What an installation holds, as far as the demo cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// Nothing but these made-up businesses; none in an empty database.
    Demo(Vec<Slug>),
    /// Something that isn't made up.
    Other,
}

/// Looks, in a transaction of the system.
pub async fn contents(tx: &mut Tx) -> Result<Contents> {
    let rows = sqlx::query!(r#"select slug as "slug: Slug", demo from organization"#)
        .fetch_all(tx.connection())
        .await?;
    Ok(if rows.iter().all(|row| row.demo) {
        Contents::Demo(rows.into_iter().map(|row| row.slug).collect())
    } else {
        Contents::Other
    })
}

/// Sets where the organization's numbers go on.
pub async fn continue_numbers_at(tx: &mut Tx, next: i64) -> Result<()> {
    sqlx::query!(
        "insert into number_series (kind, next) values ('invoice', $1)
         on conflict (organization_id, kind) do update set next = excluded.next",
        next,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Somebody to sign in as.
#[derive(Debug)]
pub struct Face {
    /// The contact.
    pub id: ContactId,
    /// Their name.
    pub name: Name,
    /// Their address.
    pub email: EmailAddress,
    /// Their client's name.
    pub client: Name,
}

/// The primary contact of the client with this number, in the organization of this transaction.
pub async fn face(tx: &mut Tx, external_id: &str) -> Result<Option<Face>> {
    let row = sqlx::query!(
        r#"select k.id as "id: ContactId", k.name as "name: Name", k.email as "email: EmailAddress", c.name as "client: Name"
           from client c join contact k on k.client_id = c.id and k.is_primary where c.external_id = $1"#,
        external_id,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Face { id: row.id, name: row.name, email: row.email, client: row.client }))
}

/// A member to sign in as.
#[derive(Debug)]
pub struct Colleague {
    /// Their name.
    pub name: Name,
    /// Their address.
    pub email: EmailAddress,
    /// Key of their role.
    pub role: String,
}

/// The members of the organization of this transaction, the owner first.
pub async fn colleagues(tx: &mut Tx) -> Result<Vec<Colleague>> {
    let rows = sqlx::query!(
        r#"select m.name as "name: Name", m.email as "email: EmailAddress", r.key
           from member m join role r on r.id = m.role_id where m.removed_at is null
           order by array_position(array['owner', 'manager', 'advisor', 'parts', 'technician'], r.key), m.id"#
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| Colleague { name: row.name, email: row.email, role: row.key }).collect())
}
