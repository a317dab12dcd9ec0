use chrono::NaiveDate;
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::money::{Currency, Money};
use domain::schedules::{OpenPart, ScheduleEntry};
use serde::Deserialize;
use sqlx::types::Json;

use crate::{Error, Result, Tx};

/// What is left of an instalment, as the trigger keeps it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PartRow {
    due_on: Option<NaiveDate>,
    left: i64,
}

impl PartRow {
    /// Of an invoice in this currency; none where there is no schedule.
    pub fn parts(rows: Option<Json<Vec<Self>>>, currency: Currency) -> Vec<OpenPart> {
        let rows = rows.map(|rows| rows.0).unwrap_or_default().into_iter();
        rows.map(|row| OpenPart { due_on: row.due_on, left: Money::new(row.left, currency) }).collect()
    }
}

/// Writes down which milestones of a locked, issued invoice are reached. What is due follows by itself.
pub async fn mark(tx: &mut Tx, id: InvoiceId, version: i64, schedule: &[ScheduleEntry]) -> Result<()> {
    let done = sqlx::query!(
        "update invoice set schedule = $3, version = version + 1
         where id = $1 and version = $2 and status in ('sent', 'viewed', 'partially_paid')",
        id.uuid(),
        version,
        Json(schedule) as Json<&[ScheduleEntry]>,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}
