//! Links that open one invoice without signing in.

use chrono::{DateTime, TimeDelta, Utc};
use domain::clients::{ClientId, ContactId};
use domain::ids::Id;
use domain::invoices::{GuestDocument, GuestLinkId, InvoiceId};
use domain::quotes::QuoteId;

use crate::{Error, Result, Tx, fresh};

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

/// Counts that a link was opened, with the organization's eyes; tells what it opens.
pub async fn count_opening(tx: &mut Tx, hash: &[u8; 32]) -> Result<GuestDocument> {
    let now = tx.now();
    let row = sqlx::query!(
        r#"update guest_link g set opened = opened + 1, last_opened_at = $2 where hash = $1
           returning invoice_id as "invoice_id: InvoiceId", quote_id as "quote_id: QuoteId",
             not unlocked and exists (select from quote q where q.id = g.quote_id and q.access_code_hash is not null)
               as "code_needed!""#,
        &hash[..],
        now
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    // Before the code was given, the link doesn't tell what it opens.
    let open = !row.code_needed;
    Ok(GuestDocument {
        invoice_id: row.invoice_id.filter(|_| open),
        quote_id: row.quote_id.filter(|_| open),
        code_needed: row.code_needed,
    })
}
