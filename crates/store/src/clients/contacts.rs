//! People at clients.

use chrono::{DateTime, Utc};
use domain::clients::{ClientId, Contact, ContactId, ContactPatch, NewContact};
use domain::ids::Id;
use domain::permission::Permission;
use domain::problem::Code;
use domain::text::{EmailAddress, Language, Line, Name};

use crate::error::OnConstraint;
use crate::{Error, Result, Tx, fresh};

struct Row {
    id: ContactId,
    client_id: ClientId,
    name: Name,
    email: EmailAddress,
    phone: Line,
    job_title: Line,
    language: Option<Language>,
    is_primary: bool,
    portal_access: bool,
    permissions: Vec<String>,
    invited_at: Option<DateTime<Utc>>,
    last_seen_at: Option<DateTime<Utc>>,
    version: i64,
}

impl From<Row> for Contact {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            client_id: row.client_id,
            name: row.name,
            email: row.email,
            phone: row.phone,
            job_title: row.job_title,
            language: row.language,
            primary: row.is_primary,
            portal_access: row.portal_access,
            // A permission that an older version knew opens nothing.
            permissions: row.permissions.iter().filter_map(|name| name.parse().ok()).collect(),
            invited_at: row.invited_at,
            last_seen_at: row.last_seen_at,
            version: row.version,
        }
    }
}

fn names(permissions: &[Permission]) -> Vec<String> {
    permissions.iter().map(|permission| permission.as_str().to_owned()).collect()
}

/// Adds a contact to a client. A new primary one takes the place of the old.
pub async fn insert(tx: &mut Tx, client: ClientId, new: &NewContact) -> Result<ContactId> {
    let id: ContactId = fresh(tx.now());
    let now = tx.now();
    if new.primary {
        no_primary(tx, client).await?;
    }
    let permissions = names(new.permissions.as_deref().unwrap_or(Permission::CONTACT_DEFAULT));
    sqlx::query!(
        "insert into contact (id, client_id, name, email, phone, job_title, language, is_primary, portal_access, permissions, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id.uuid(),
        client.uuid(),
        new.name.as_str(),
        new.email.as_str(),
        new.phone.as_str(),
        new.job_title.as_str(),
        new.language as _,
        new.primary,
        new.portal_access,
        &permissions,
        now,
    )
    .execute(tx.connection())
    .await
    .on_constraint("contact_primary", Code::Conflict)
    .on_constraint("contact_organization_id_client_id_email_key", Code::AlreadyExists)?;
    Ok(id)
}

/// Takes the primary contact's rank. Its version stays: whoever edits the rest of it doesn't conflict.
async fn no_primary(tx: &mut Tx, client: ClientId) -> Result<()> {
    sqlx::query!("update contact set is_primary = false where client_id = $1 and is_primary", client.uuid())
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// The contacts of a client, the primary one first, then by name.
pub async fn of_client(tx: &mut Tx, client: ClientId) -> Result<Vec<Contact>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id: ContactId", client_id as "client_id: ClientId", name as "name: Name", email as "email: EmailAddress",
             phone as "phone: Line", job_title as "job_title: Line", language as "language: Language", is_primary, portal_access,
             permissions, invited_at, last_seen_at, version
           from contact where client_id = $1 order by is_primary desc, lower(name), id"#,
        client.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// One contact.
pub async fn find(tx: &mut Tx, id: ContactId) -> Result<Contact> {
    let row = sqlx::query_as!(
        Row,
        r#"select id as "id: ContactId", client_id as "client_id: ClientId", name as "name: Name", email as "email: EmailAddress",
             phone as "phone: Line", job_title as "job_title: Line", language as "language: Language", is_primary, portal_access,
             permissions, invited_at, last_seen_at, version
           from contact where id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(row.into())
}

/// Changes what the patch names, if the version is still this one.
pub async fn update(tx: &mut Tx, contact: &Contact, version: i64, patch: &ContactPatch) -> Result<()> {
    if contact.version != version {
        return Err(Error::VersionMismatch);
    }
    if patch.primary == Some(true) && !contact.primary {
        no_primary(tx, contact.client_id).await?;
    }
    let permissions = patch.permissions.as_deref().map(names);
    let done = sqlx::query!(
        "update contact set
           name = coalesce($3, name), email = coalesce($4, email), phone = coalesce($5, phone),
           job_title = coalesce($6, job_title), language = coalesce($7, language), is_primary = coalesce($8, is_primary),
           portal_access = coalesce($9, portal_access), permissions = coalesce($10, permissions), version = version + 1
         where id = $1 and version = $2",
        contact.id.uuid(),
        version,
        patch.name.as_ref().map(Name::as_str),
        patch.email.as_ref().map(EmailAddress::as_str),
        patch.phone.as_ref().map(Line::as_str),
        patch.job_title.as_ref().map(Line::as_str),
        patch.language as _,
        patch.primary,
        patch.portal_access,
        permissions.as_deref(),
    )
    .execute(tx.connection())
    .await
    .on_constraint("contact_primary", Code::Conflict)
    .on_constraint("contact_organization_id_client_id_email_key", Code::AlreadyExists)?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}

/// Ends the sessions that stand in a contact; members who look on as it keep theirs.
pub async fn end_sessions(tx: &mut Tx, id: ContactId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update session set revoked_at = $2 where contact_id = $1 and viewed_by is null and revoked_at is null",
        id.uuid(),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Gives a contact access to the portal, if it has none yet.
pub async fn let_in(tx: &mut Tx, id: ContactId) -> Result<()> {
    sqlx::query!(
        "update contact set portal_access = true, version = version + 1 where id = $1 and not portal_access",
        id.uuid(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Removes a contact, its sessions and its links to documents.
pub async fn delete(tx: &mut Tx, id: ContactId) -> Result<()> {
    let done = sqlx::query!("delete from contact where id = $1", id.uuid()).execute(tx.connection()).await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
}
