//! Invoices that come again, and the periods they were made for.

use chrono::{DateTime, NaiveDate, Utc};
use domain::clients::ClientId;
use domain::ids::Id;
use domain::invoices::{InvoiceId, InvoiceStatus};
use domain::money::{Currency, Money};
use domain::organizations::OrganizationId;
use domain::page::{DEFAULT_LIMIT, Page};
use domain::recurring::{
    BilledPeriod, Period, RecurringInvoiceFilter, RecurringInvoiceId, RecurringInvoiceInput,
    RecurringInvoiceSummary, RecurringState,
};
use domain::text::Name;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Cursor, Error, Result, Tx, fresh};

/// One as the scheduler and its editor need it.
#[derive(Debug, Clone)]
pub struct Recurring {
    /// Its id.
    pub id: RecurringInvoiceId,
    /// What was written.
    pub input: RecurringInvoiceInput,
    /// The client's name.
    pub client_name: Name,
    /// Its currency.
    pub currency: Currency,
    /// Whether invoices come.
    pub state: RecurringState,
    /// Why it stopped by itself.
    pub attention: Option<String>,
    /// The number of the next period.
    pub next_index: u32,
    /// The day of the next invoice.
    pub next_on: Option<NaiveDate>,
    /// Its version.
    pub version: i64,
}

/// Where a schedule stands.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    /// Whether invoices come.
    pub state: RecurringState,
    /// The number of the next period.
    pub next_index: u32,
    /// The day of the next invoice.
    pub next_on: Option<NaiveDate>,
}

/// Begins one.
pub async fn insert(
    tx: &mut Tx,
    input: &RecurringInvoiceInput,
    total: Money,
    at: Position,
) -> Result<RecurringInvoiceId> {
    let id: RecurringInvoiceId = fresh(tx.now());
    let now = tx.now();
    sqlx::query!(
        "insert into recurring_invoice (id, client_id, name, input, currency, total_minor, state, next_index, next_on, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.uuid(),
        input.client_id.uuid(),
        input.name.as_str(),
        Json(input) as Json<&RecurringInvoiceInput>,
        total.currency() as _,
        total.minor(),
        at.state as _,
        signed(at.next_index),
        at.next_on,
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(id)
}

/// Writes it anew, if the version is still this one.
pub async fn update(
    tx: &mut Tx,
    id: RecurringInvoiceId,
    version: i64,
    input: &RecurringInvoiceInput,
    total: Money,
    at: Position,
) -> Result<()> {
    let done = sqlx::query!(
        "update recurring_invoice set client_id = $3, name = $4, input = $5, currency = $6, total_minor = $7, state = $8,
           next_index = $9, next_on = $10, attention = null, version = version + 1
         where id = $1 and version = $2",
        id.uuid(),
        version,
        input.client_id.uuid(),
        input.name.as_str(),
        Json(input) as Json<&RecurringInvoiceInput>,
        total.currency() as _,
        total.minor(),
        at.state as _,
        signed(at.next_index),
        at.next_on,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}

/// Moves a locked one on: what it says stays as it is, and so does its version unless a person did it.
pub async fn advance(
    tx: &mut Tx,
    id: RecurringInvoiceId,
    at: Position,
    attention: Option<&str>,
    by_a_person: bool,
) -> Result<()> {
    sqlx::query!(
        "update recurring_invoice set state = $2, next_index = $3, next_on = $4, attention = $5, version = version + $6
         where id = $1",
        id.uuid(),
        at.state as _,
        signed(at.next_index),
        at.next_on,
        attention,
        i64::from(by_a_person),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

fn signed(index: u32) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

/// One of them, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: RecurringInvoiceId) -> Result<Recurring> {
    sqlx::query!("select id from recurring_invoice where id = $1 for update", id.uuid())
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    find(tx, id).await
}

/// One of them.
pub async fn find(tx: &mut Tx, id: RecurringInvoiceId) -> Result<Recurring> {
    let row = sqlx::query!(
        r#"select r.input as "input: Json<RecurringInvoiceInput>", c.name as "client_name: Name", r.currency as "currency: Currency",
             r.state as "state: RecurringState", r.attention, r.next_index, r.next_on, r.version
           from recurring_invoice r join client c on c.organization_id = r.organization_id and c.id = r.client_id
           where r.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Recurring {
        id,
        input: row.input.0,
        client_name: row.client_name,
        currency: row.currency,
        state: row.state,
        attention: row.attention,
        next_index: row.next_index.unsigned_abs(),
        next_on: row.next_on,
        version: row.version,
    })
}

/// A page of them, newest first.
pub async fn list(tx: &mut Tx, filter: &RecurringInvoiceFilter) -> Result<Page<RecurringInvoiceSummary>> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let before: Option<Uuid> = Cursor::decode(filter.cursor.as_deref())?;
    let rows = sqlx::query!(
        r#"select r.id as "id: RecurringInvoiceId", r.name as "name: Name", r.client_id as "client_id: ClientId",
             c.name as "client_name: Name", r.state as "state: RecurringState", r.attention,
             r.input as "input: Json<RecurringInvoiceInput>", r.currency as "currency: Currency", r.total_minor, r.next_on,
             (select count(*) from recurring_period p
              where p.organization_id = r.organization_id and p.recurring_invoice_id = r.id) as "billed!"
           from recurring_invoice r join client c on c.organization_id = r.organization_id and c.id = r.client_id
           where ($1::uuid is null or r.id < $1) and ($2::uuid is null or r.client_id = $2)
             and ($3::text is null or r.state = $3)
           order by r.id desc limit $4"#,
        before,
        filter.client_id.map(Id::uuid),
        filter.state as _,
        i64::from(limit) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    let items = rows
        .into_iter()
        .map(|row| RecurringInvoiceSummary {
            id: row.id,
            name: row.name,
            client_id: row.client_id,
            client_name: row.client_name,
            state: row.state,
            attention: row.attention,
            rhythm: row.input.0.schedule.rhythm,
            total: Money::new(row.total_minor, row.currency),
            next_on: row.next_on,
            billed: row.billed,
        })
        .collect();
    Ok(Page::from_overfull(items, limit, |last: &RecurringInvoiceSummary| Cursor::encode(&last.id.uuid())))
}

/// Those of all organizations whose next day has come anywhere on Earth; the worker looks again in the
/// organization's own zone.
pub async fn due(
    tx: &mut Tx,
    latest: NaiveDate,
    limit: i64,
) -> Result<Vec<(OrganizationId, RecurringInvoiceId)>> {
    let rows = sqlx::query!(
        r#"select organization_id as "organization_id: OrganizationId", id as "id: RecurringInvoiceId" from recurring_invoice
           where state = 'active' and next_on is not null and next_on <= $1 order by next_on limit $2"#,
        latest,
        limit,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization_id, row.id)).collect())
}

/// Notes that a period was billed.
pub async fn note_period(
    tx: &mut Tx,
    id: RecurringInvoiceId,
    period: &Period,
    invoice: InvoiceId,
) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into recurring_period (recurring_invoice_id, index, starts_on, ends_on, invoice_id, billed_at)
         values ($1, $2, $3, $4, $5, $6)",
        id.uuid(),
        signed(period.index),
        period.from,
        period.last(),
        invoice.uuid(),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The last day that was billed, if any.
pub async fn billed_until(tx: &mut Tx, id: RecurringInvoiceId) -> Result<Option<NaiveDate>> {
    Ok(sqlx::query_scalar!(
        "select max(ends_on) from recurring_period where recurring_invoice_id = $1",
        id.uuid()
    )
    .fetch_one(tx.connection())
    .await?)
}

struct PeriodRow {
    index: i32,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    invoice_id: Option<InvoiceId>,
    number: Option<String>,
    status: Option<InvoiceStatus>,
    due_on: Option<NaiveDate>,
    currency: Option<Currency>,
    total_minor: Option<i64>,
    billed_at: DateTime<Utc>,
}

/// Periods that were billed, the latest first.
pub async fn periods(
    tx: &mut Tx,
    id: RecurringInvoiceId,
    today: NaiveDate,
    limit: u16,
    cursor: Option<&str>,
) -> Result<Page<BilledPeriod>> {
    let before: Option<i32> = Cursor::decode(cursor)?;
    let rows = sqlx::query_as!(
        PeriodRow,
        r#"select p.index, p.starts_on, p.ends_on, p.invoice_id as "invoice_id: InvoiceId", i.number as "number?",
             i.status as "status?: InvoiceStatus", i.due_on as "due_on?", i.currency as "currency?: Currency",
             i.total_minor as "total_minor?", p.billed_at
           from recurring_period p
             left join invoice i on i.organization_id = p.organization_id and i.id = p.invoice_id
           where p.recurring_invoice_id = $1 and ($2::integer is null or p.index < $2) order by p.index desc limit $3"#,
        id.uuid(),
        before,
        i64::from(limit) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    let items = rows
        .into_iter()
        .map(|row| BilledPeriod {
            index: row.index.unsigned_abs(),
            from: row.starts_on,
            to: row.ends_on,
            invoice_id: row.invoice_id,
            number: row.number,
            status: row.status,
            overdue: row.status.is_some_and(InvoiceStatus::is_open)
                && row.due_on.is_some_and(|due| due < today),
            due_on: row.due_on,
            total: row.total_minor.zip(row.currency).map(|(minor, currency)| Money::new(minor, currency)),
            billed_at: row.billed_at,
        })
        .collect();
    Ok(Page::from_overfull(items, limit, |last: &BilledPeriod| Cursor::encode(&signed(last.index))))
}
