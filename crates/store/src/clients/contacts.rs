//! People at clients.

use domain::clients::{ClientId, ContactId, NewContact};
use domain::ids::Id;
use domain::permission::Permission;
use domain::problem::Code;

use crate::error::OnConstraint;
use crate::{Result, Tx, fresh};

/// Adds a contact to a client. A new primary one takes the place of the old.
pub async fn insert(tx: &mut Tx, client: ClientId, new: &NewContact) -> Result<ContactId> {
    let id: ContactId = fresh(tx.now());
    let now = tx.now();
    if new.primary {
        sqlx::query!("update contact set is_primary = false where client_id = $1 and is_primary", client.uuid())
            .execute(tx.connection())
            .await?;
    }
    let permissions: Vec<String> = new
        .permissions
        .as_deref()
        .unwrap_or(Permission::CONTACT_DEFAULT)
        .iter()
        .map(|permission| permission.as_str().to_owned())
        .collect();
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
    .on_constraint("contact_organization_id_client_id_email_key", Code::AlreadyExists)?;
    Ok(id)
}
