use chrono::NaiveDate;
use domain::ids::Id;
use domain::invoices::{InvoiceId, InvoiceStatus};
use domain::money::{Currency, Money};
use domain::schedules::{ScheduleEntry, open_parts};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Disagreement, Finder, PAGE, Subject};
use crate::invoices::PartRow;
use crate::{Result, Tx};

/// Whether the instalments of issued invoices sum to their totals, and what is kept of them for lists and figures
/// is what follows from what is left of the whole.
pub(super) async fn verify(tx: &mut Tx, found: &mut Vec<Disagreement>) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let rows = sqlx::query!(
            r#"select id as "id: InvoiceId", status as "status: InvoiceStatus", currency as "currency: Currency", total_minor,
                 balance_minor as "balance_minor!", due_on, schedule as "schedule!: Json<Vec<ScheduleEntry>>",
                 open_parts as "open_parts: Json<Vec<PartRow>>"
               from invoice where id > $1 and schedule is not null and status <> 'draft' order by id limit $2"#,
            after,
            PAGE,
        )
        .fetch_all(tx.connection())
        .await?;
        let Some(last) = rows.last().map(|row| row.id.uuid()) else { return Ok(()) };
        after = last;
        for row in rows {
            let mut finder = Finder { subject: Subject::Invoice(row.id), found };
            let entries = row.schedule.0;
            let sum = entries.iter().map(|entry| i128::from(entry.amount.unwrap_or_default())).sum();
            finder.same("what its instalments come to", i128::from(row.total_minor), sum);
            let balance = if row.status.is_open() { row.balance_minor } else { 0 };
            let parts = open_parts(&entries, Money::new(balance, row.currency));
            let last: Option<NaiveDate> = entries.iter().filter_map(|entry| entry.due_on).max();
            let due_on = parts.first().map_or(last, |part| part.due_on);
            finder.same("when it is due", row.due_on, due_on);
            finder.same(
                "what is left of its instalments",
                PartRow::parts(row.open_parts, row.currency),
                parts,
            );
        }
    }
}
