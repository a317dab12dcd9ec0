//! Links that open one invoice without signing in.

use chrono::{DateTime, TimeDelta, Utc};
use domain::clients::{ClientId, ContactId};
use domain::ids::Id;
use domain::invoices::{GuestLinkId, InvoiceId};

use crate::{Result, Tx, fresh};

/// How long a link works.
pub const LIFETIME: TimeDelta = TimeDelta::days(180);

/// Keeps a link by its hash; returns until when it works.
pub async fn insert(
    tx: &mut Tx,
    hash: &[u8; 32],
    client: ClientId,
    invoice: InvoiceId,
    contact: Option<ContactId>,
) -> Result<DateTime<Utc>> {
    let now = tx.now();
    let expires_at = now + LIFETIME;
    sqlx::query!(
        "insert into guest_link (id, hash, client_id, invoice_id, contact_id, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        fresh::<GuestLinkId>(now).uuid(),
        &hash[..],
        client.uuid(),
        invoice.uuid(),
        contact.map(Id::uuid),
        now,
        expires_at,
    )
    .execute(tx.connection())
    .await?;
    Ok(expires_at)
}

/// Counts that a link was opened, with the organization's eyes.
pub async fn count_opening(tx: &mut Tx, hash: &[u8; 32]) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update guest_link set opened = opened + 1, last_opened_at = $2 where hash = $1",
        &hash[..],
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
