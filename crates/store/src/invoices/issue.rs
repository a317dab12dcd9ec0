use std::collections::HashSet;

use chrono::NaiveDate;
use domain::ids::Id;
use domain::invoices::{InvoiceId, InvoiceStatus};
use domain::problem::Code;
use domain::schedules::ScheduleEntry;
use domain::text::{Address, Name, Note};
use domain::totals::{Rounding, Totals};
use sqlx::types::Json;

use crate::error::OnConstraint;
use crate::{Error, Result, Tx};

/// Takes the next number of the organization's invoices. Its row stays locked until the transaction
/// ends: whoever issues next waits, and a rollback gives the number back, so there are no gaps. Numbers
/// that imported invoices brought along are passed over.
pub async fn take_number(tx: &mut Tx, prefix: &str) -> Result<String> {
    let mut next = next_number(tx, "invoice").await?;
    // As a rule the first is free; after an import there may be thousands to pass over. Whole numbers are asked for
    // because one that is put together in the statement could use no index under the row policies.
    let mut ahead = 1;
    let free = loop {
        let tried: Vec<String> = (next..next + ahead).map(|number| format!("{prefix}{number}")).collect();
        let taken: HashSet<String> =
            sqlx::query_scalar!(r#"select number as "number!" from invoice where number = any ($1)"#, &tried)
                .fetch_all(tx.connection())
                .await?
                .into_iter()
                .collect();
        if let Some((free, _)) = (next..).zip(&tried).find(|(_, number)| !taken.contains(*number)) {
            break free;
        }
        next += ahead;
        ahead = 1000;
    };
    go_on_after(tx, "invoice", free).await?;
    Ok(format!("{prefix}{free}"))
}

/// The next number of a series, whose row stays locked.
pub(crate) async fn next_number(tx: &mut Tx, kind: &str) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        "insert into number_series (kind) values ($1)
         on conflict (organization_id, kind) do update set next = number_series.next
         returning next",
        kind,
    )
    .fetch_one(tx.connection())
    .await?)
}

/// Lets a series go on after a number that was taken.
pub(crate) async fn go_on_after(tx: &mut Tx, kind: &str, taken: i64) -> Result<()> {
    sqlx::query!("update number_series set next = $2 where kind = $1", kind, taken + 1)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// What is frozen when an invoice is issued.
#[derive(Debug, Clone)]
pub struct Issue<'a> {
    /// Its number.
    pub number: &'a str,
    /// What it is from now on: sent, or paid where nothing is to be paid.
    pub status: InvoiceStatus,
    /// Date on it.
    pub issued_on: NaiveDate,
    /// Until when it is to be paid; with a schedule that says so.
    pub due_on: Option<NaiveDate>,
    /// The instalments; none if it is paid at once.
    pub schedule: Option<&'a [ScheduleEntry]>,
    /// The client's name.
    pub client_name: &'a Name,
    /// The client's address.
    pub client_address: &'a Address,
    /// Foot of the document.
    pub footer: &'a Note,
    /// Where tax is rounded.
    pub rounding: Rounding,
    /// What it comes to.
    pub totals: &'a Totals,
}

/// Issues a draft of this version.
pub async fn issue(tx: &mut Tx, id: InvoiceId, version: i64, issue: &Issue<'_>) -> Result<()> {
    let now = tx.now();
    let done = sqlx::query!(
        "update invoice set number = $3, status = $4, listed_on = $5, issued_on = $5, due_on = $6, client_name = $7,
           client_address = $8, footer = $9, rounding = $10, totals = $11, total_minor = $12, sent_at = $13::timestamptz,
           paid_at = case when $4 = 'paid' then $13::timestamptz end, schedule = $14, version = version + 1
         where id = $1 and version = $2 and status = 'draft'",
        id.uuid(),
        version,
        issue.number,
        issue.status as _,
        issue.issued_on,
        issue.due_on,
        issue.client_name.as_str(),
        Json(issue.client_address) as Json<&Address>,
        issue.footer.as_str(),
        issue.rounding as _,
        Json(issue.totals) as Json<&Totals>,
        issue.totals.gross.minor(),
        now,
        issue.schedule.map(Json) as Option<Json<&[ScheduleEntry]>>,
    )
    .execute(tx.connection())
    .await
    .on_constraint("invoice_number", Code::Conflict)?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}

/// Withdraws an issued invoice for which nothing is paid; whether it did.
pub async fn void(tx: &mut Tx, id: InvoiceId, reason: &Name) -> Result<bool> {
    let now = tx.now();
    let done = sqlx::query!(
        "update invoice set status = 'void', voided_at = $2, void_reason = $3, version = version + 1
         where id = $1 and status in ('sent', 'viewed', 'paid') and paid_minor = 0 and credited_minor = 0
           and written_off_minor = 0",
        id.uuid(),
        now,
        reason.as_str(),
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}
