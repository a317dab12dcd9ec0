//! Clients and their contacts.

pub mod contacts;

use domain::clients::{ClientId, NewClient};
use domain::ids::Id;
use domain::problem::Code;
use domain::text::Address;
use sqlx::types::Json;

use crate::error::OnConstraint;
use crate::{Result, Tx, fresh};

/// Creates a client, without its contact.
pub async fn insert(tx: &mut Tx, new: &NewClient) -> Result<ClientId> {
    let id: ClientId = fresh(tx.now());
    let now = tx.now();
    sqlx::query!(
        "insert into client (id, name, kind, external_id, phone, address, tax_number, internal_note, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.uuid(),
        new.name.as_str(),
        new.kind as _,
        new.external_id.as_str(),
        new.phone.as_str(),
        Json(&new.address) as Json<&Address>,
        new.tax_number.as_str(),
        new.internal_note.as_str(),
        now,
    )
    .execute(tx.connection())
    .await
    .on_constraint("client_external_id", Code::AlreadyExists)?;
    Ok(id)
}
