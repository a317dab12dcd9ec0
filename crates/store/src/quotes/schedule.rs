use chrono::NaiveDate;
use domain::ids::Id;
use domain::quotes::QuoteId;

use crate::{Result, Tx};

/// Notes that the client is reminded of a version, if it still waits for a decision and nobody was reminded of
/// it before; whether it was noted.
pub async fn note_reminder(tx: &mut Tx, id: QuoteId, no: i32, today: NaiveDate) -> Result<bool> {
    let now = tx.now();
    let done = sqlx::query!(
        "update quote_version v set reminded_at = $3 from quote q
         where v.quote_id = $1 and v.no = $2 and v.reminded_at is null and q.organization_id = v.organization_id and q.id = $1
           and q.current_no = $2 and q.state in ('sent', 'viewed') and q.valid_until >= $4",
        id.uuid(),
        no,
        now,
        today,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that a version's last day has passed without a decision, once; whether it was noted.
pub async fn note_expiry(tx: &mut Tx, id: QuoteId, no: i32, today: NaiveDate) -> Result<bool> {
    let now = tx.now();
    let done = sqlx::query!(
        "update quote_version v set expired_at = $3 from quote q
         where v.quote_id = $1 and v.no = $2 and v.expired_at is null and q.organization_id = v.organization_id and q.id = $1
           and q.current_no = $2 and q.state in ('sent', 'viewed') and q.valid_until < $4",
        id.uuid(),
        no,
        now,
        today,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}
