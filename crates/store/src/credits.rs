//! Credit notes.

use chrono::{DateTime, NaiveDate, Utc};
use domain::clients::ClientId;
use domain::credits::{
    CreditNote, CreditNoteFilter, CreditNoteId, CreditNoteLine, CreditNoteStatus, CreditNoteSummary,
};
use domain::identity::MemberId;
use domain::ids::Id;
use domain::invoices::{InvoiceId, Settlement};
use domain::money::{Currency, Money};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::payments::PaymentId;
use domain::text::{Address, Name, Note};
use domain::totals::{PriceMode, Totals};
use sqlx::types::Json;
use uuid::Uuid;

use crate::invoices::{self, Locked, go_on_after, next_number, sum};
use crate::ledger::{self, Entry};
use crate::{Cursor, Error, Result, Tx, fresh, payments};

/// How numbers of credit notes begin.
const PREFIX: &str = "CN-";

/// What is written on a credit note.
#[derive(Debug, Clone)]
pub struct Written<'a> {
    /// Why.
    pub reason: &'a Name,
    /// Words to the client.
    pub note: &'a Note,
    /// Its lines.
    pub lines: &'a [CreditNoteLine],
    /// What they come to.
    pub totals: &'a Totals,
}

/// Begins a draft for an invoice.
pub async fn insert(
    tx: &mut Tx,
    invoice: InvoiceId,
    client: ClientId,
    by: Option<MemberId>,
    written: &Written<'_>,
) -> Result<CreditNoteId> {
    let (id, now): (CreditNoteId, _) = (fresh(tx.now()), tx.now());
    sqlx::query!(
        "insert into credit_note (id, invoice_id, client_id, currency, reason, note, lines, totals, total_minor, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id.uuid(),
        invoice.uuid(),
        client.uuid(),
        written.totals.gross.currency() as _,
        written.reason.as_str(),
        written.note.as_str(),
        Json(written.lines) as Json<&[CreditNoteLine]>,
        Json(written.totals) as Json<&Totals>,
        written.totals.gross.minor(),
        by.map(Id::uuid),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(id)
}

/// Writes a draft of this version anew.
pub async fn update(tx: &mut Tx, id: CreditNoteId, version: i64, written: &Written<'_>) -> Result<()> {
    let done = sqlx::query!(
        "update credit_note set reason = $3, note = $4, lines = $5, totals = $6, total_minor = $7, version = version + 1
         where id = $1 and version = $2 and status = 'draft'",
        id.uuid(),
        version,
        written.reason.as_str(),
        written.note.as_str(),
        Json(written.lines) as Json<&[CreditNoteLine]>,
        Json(written.totals) as Json<&Totals>,
        written.totals.gross.minor(),
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}

/// Throws a draft away; whether it did.
pub async fn delete(tx: &mut Tx, id: CreditNoteId) -> Result<bool> {
    let done = sqlx::query!("delete from credit_note where id = $1 and status = 'draft'", id.uuid())
        .execute(tx.connection())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Issues a draft of this version: it takes the next number, and its invoice asks for less. What was paid and is
/// no longer asked for is the client's credit; what had been given up is owed again as far as it must. Client
/// and invoice are locked. Returns the number and the payments that were set free.
pub async fn issue(
    tx: &mut Tx,
    id: CreditNoteId,
    version: i64,
    invoice: &Locked,
    total: Money,
    issued_on: NaiveDate,
) -> Result<(String, Vec<(PaymentId, Money)>)> {
    let next = next_number(tx, "credit_note").await?;
    go_on_after(tx, "credit_note", next).await?;
    let number = format!("{PREFIX}{next}");
    let done = sqlx::query!(
        "update credit_note set status = 'issued', number = $3, issued_on = $4, version = version + 1
         where id = $1 and version = $2 and status = 'draft'",
        id.uuid(),
        version,
        number,
        issued_on,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() != 1 {
        return Err(Error::VersionMismatch);
    }
    let entry = Entry::CreditNote { credit_note_id: id, invoice_id: invoice.id, amount: total };
    ledger::append(tx, invoice.client_id, &[entry]).await?;
    let mut settled =
        Settlement { credited: sum(invoice.settled.credited.checked_add(total))?, ..invoice.settled };
    let currency = total.currency();
    let over = (-settled.rest(invoice.total)).max(0);
    let given_up = over.min(settled.written_off.minor());
    if given_up > 0 {
        settled.written_off = invoices::owe_again(tx, invoice, Money::new(given_up, currency)).await?;
    }
    let paid_over = Money::new(over - given_up, currency);
    let freed = payments::free(tx, invoice.client_id, invoice.id, id, paid_over).await?;
    settled.paid = sum(settled.paid.checked_sub(paid_over))?;
    invoices::settle(tx, invoice, &settled).await?;
    Ok((number, freed))
}

/// The totals of the credit notes that were issued for an invoice.
pub async fn totals_of(tx: &mut Tx, invoice: InvoiceId) -> Result<Vec<Totals>> {
    let rows = sqlx::query_scalar!(
        r#"select totals as "totals: Json<Totals>" from credit_note where invoice_id = $1 and status = 'issued' order by id"#,
        invoice.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|totals| totals.0).collect())
}

struct Row {
    id: CreditNoteId,
    number: Option<String>,
    status: CreditNoteStatus,
    invoice_id: InvoiceId,
    invoice_number: String,
    client_id: ClientId,
    client_name: Name,
    client_address: Json<Address>,
    issued_on: Option<NaiveDate>,
    reason: Name,
    note: Note,
    price_mode: PriceMode,
    lines: Json<Vec<CreditNoteLine>>,
    totals: Json<Totals>,
    created_at: DateTime<Utc>,
    version: i64,
}

/// One credit note, as far as the caller may see it.
pub async fn find(tx: &mut Tx, id: CreditNoteId) -> Result<CreditNote> {
    let row = sqlx::query_as!(
        Row,
        r#"select n.id as "id: CreditNoteId", n.number, n.status as "status: CreditNoteStatus", n.invoice_id as "invoice_id: InvoiceId",
             i.number as "invoice_number!", n.client_id as "client_id: ClientId", i.client_name as "client_name: Name",
             i.client_address as "client_address: Json<Address>", n.issued_on, n.reason as "reason: Name", n.note as "note: Note",
             i.price_mode as "price_mode: PriceMode", n.lines as "lines: Json<Vec<CreditNoteLine>>",
             n.totals as "totals: Json<Totals>", n.created_at, n.version
           from credit_note n join invoice i on i.organization_id = n.organization_id and i.id = n.invoice_id
           where n.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(CreditNote {
        id: row.id,
        number: row.number,
        status: row.status,
        invoice_id: row.invoice_id,
        invoice_number: row.invoice_number,
        client_id: row.client_id,
        client_name: row.client_name,
        client_address: row.client_address.0,
        issued_on: row.issued_on,
        reason: row.reason,
        note: row.note,
        price_mode: row.price_mode,
        lines: row.lines.0,
        totals: row.totals.0,
        created_at: row.created_at,
        version: row.version,
    })
}

struct SummaryRow {
    id: CreditNoteId,
    number: Option<String>,
    status: CreditNoteStatus,
    invoice_id: InvoiceId,
    invoice_number: String,
    client_id: ClientId,
    client_name: Name,
    issued_on: Option<NaiveDate>,
    reason: Name,
    currency: Currency,
    total_minor: i64,
}

/// A page of credit notes, newest first, as far as the caller may see them.
pub async fn list(tx: &mut Tx, filter: &CreditNoteFilter) -> Result<Page<CreditNoteSummary>> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let before: Option<Uuid> = Cursor::decode(filter.cursor.as_deref())?;
    let rows = sqlx::query_as!(
        SummaryRow,
        r#"select n.id as "id: CreditNoteId", n.number, n.status as "status: CreditNoteStatus", n.invoice_id as "invoice_id: InvoiceId",
             i.number as "invoice_number!", n.client_id as "client_id: ClientId", i.client_name as "client_name: Name", n.issued_on,
             n.reason as "reason: Name", n.currency as "currency: Currency", n.total_minor
           from credit_note n join invoice i on i.organization_id = n.organization_id and i.id = n.invoice_id
           where ($1::uuid is null or n.client_id = $1) and ($2::uuid is null or n.invoice_id = $2) and ($3::uuid is null or n.id < $3)
           order by n.id desc limit $4"#,
        filter.client_id.map(Id::uuid),
        filter.invoice_id.map(Id::uuid),
        before,
        i64::from(limit) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    let summary = |row: SummaryRow| CreditNoteSummary {
        id: row.id,
        number: row.number,
        status: row.status,
        invoice_id: row.invoice_id,
        invoice_number: row.invoice_number,
        client_id: row.client_id,
        client_name: row.client_name,
        issued_on: row.issued_on,
        reason: row.reason,
        total: Money::new(row.total_minor, row.currency),
    };
    let items = rows.into_iter().map(summary).collect();
    Ok(Page::from_overfull(items, limit, |last: &CreditNoteSummary| Cursor::encode(&last.id.uuid())))
}
