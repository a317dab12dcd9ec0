use chrono::NaiveDate;
use domain::ids::Id;
use domain::invoices::{DraftInvoice, InvoiceId, InvoiceLineInput, LineId};
use domain::money::Currency;
use domain::schedules::{self, ScheduleEntry};
use domain::text::{Address, Name};
use domain::totals::{Discount, PriceMode, Rounding, Totals};
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Actor, Error, Result, Tx, fresh};

/// What an invoice is written with beside what its author wrote.
#[derive(Debug, Clone)]
pub struct Computed {
    /// Its currency.
    pub currency: Currency,
    /// Whether unit prices include tax.
    pub price_mode: PriceMode,
    /// Where tax is rounded.
    pub rounding: Rounding,
    /// What it comes to.
    pub totals: Totals,
    /// The client's name.
    pub client_name: Name,
    /// The client's address.
    pub client_address: Address,
    /// Its place in lists: the date on it, or the day it was begun.
    pub listed_on: NaiveDate,
}

/// Creates a draft.
pub async fn insert(tx: &mut Tx, draft: &DraftInvoice, computed: &Computed) -> Result<InvoiceId> {
    let id: InvoiceId = fresh(tx.now());
    let now = tx.now();
    let author = match tx.actor() {
        Actor::Member(id) => Some(id.uuid()),
        Actor::Contact(_) | Actor::Guest(_) | Actor::System => None,
    };
    sqlx::query!(
        "insert into invoice (id, client_id, status, currency, listed_on, issued_on, due_on, reference, note, internal_note,
           client_name, client_address, rounding, price_mode, discount, totals, total_minor, created_by, created_at, schedule)
         values ($1, $2, 'draft', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        id.uuid(),
        draft.client_id.uuid(),
        computed.currency as _,
        computed.listed_on,
        draft.issued_on,
        draft.due_on,
        draft.reference.as_str(),
        draft.note.as_str(),
        draft.internal_note.as_str(),
        computed.client_name.as_str(),
        Json(&computed.client_address) as Json<&Address>,
        computed.rounding as _,
        computed.price_mode as _,
        draft.discount.as_ref().map(Json) as Option<Json<&Discount>>,
        Json(&computed.totals) as Json<&Totals>,
        computed.totals.gross.minor(),
        author,
        now,
        schedule(draft).map(Json) as Option<Json<Vec<ScheduleEntry>>>,
    )
    .execute(tx.connection())
    .await?;
    insert_lines(tx, id, &draft.lines, &computed.totals).await?;
    Ok(id)
}

/// Writes a draft anew, if it is still one and its version is this one. Its place in lists stays, unless
/// it has a date of its own.
pub async fn update(
    tx: &mut Tx,
    id: InvoiceId,
    version: i64,
    draft: &DraftInvoice,
    computed: &Computed,
) -> Result<()> {
    let done = sqlx::query!(
        "update invoice set client_id = $3, currency = $4, listed_on = coalesce($5, listed_on), issued_on = $5, due_on = $6,
           reference = $7, note = $8, internal_note = $9, client_name = $10, client_address = $11, rounding = $12,
           price_mode = $13, discount = $14, totals = $15, total_minor = $16, schedule = $17, version = version + 1
         where id = $1 and version = $2 and status = 'draft'",
        id.uuid(),
        version,
        draft.client_id.uuid(),
        computed.currency as _,
        draft.issued_on,
        draft.due_on,
        draft.reference.as_str(),
        draft.note.as_str(),
        draft.internal_note.as_str(),
        computed.client_name.as_str(),
        Json(&computed.client_address) as Json<&Address>,
        computed.rounding as _,
        computed.price_mode as _,
        draft.discount.as_ref().map(Json) as Option<Json<&Discount>>,
        Json(&computed.totals) as Json<&Totals>,
        computed.totals.gross.minor(),
        schedule(draft).map(Json) as Option<Json<Vec<ScheduleEntry>>>,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() != 1 {
        return Err(Error::VersionMismatch);
    }
    sqlx::query!("delete from invoice_line where invoice_id = $1", id.uuid())
        .execute(tx.connection())
        .await?;
    insert_lines(tx, id, &draft.lines, &computed.totals).await
}

/// A draft's schedule as it is kept, if it has one.
fn schedule(draft: &DraftInvoice) -> Option<Vec<ScheduleEntry>> {
    (!draft.schedule.is_empty()).then(|| schedules::draft(&draft.schedule))
}

async fn insert_lines(
    tx: &mut Tx,
    invoice: InvoiceId,
    lines: &[InvoiceLineInput],
    totals: &Totals,
) -> Result<()> {
    let now = tx.now();
    let ids: Vec<Uuid> = lines.iter().map(|_| fresh::<LineId>(now).uuid()).collect();
    let descriptions: Vec<String> = lines.iter().map(|line| line.description.to_string()).collect();
    let details: Vec<String> = lines.iter().map(|line| line.detail.to_string()).collect();
    let quantities: Vec<Decimal> = lines.iter().map(|line| line.quantity.get()).collect();
    let units: Vec<String> = lines.iter().map(|line| line.unit.to_string()).collect();
    let prices: Vec<Decimal> = lines.iter().map(|line| line.unit_price.get()).collect();
    let taxes: Vec<serde_json::Value> = lines.iter().map(|line| serde_json::json!(line.taxes)).collect();
    let amounts: Vec<i64> = totals.lines.iter().map(|amount| amount.minor()).collect();
    sqlx::query!(
        "insert into invoice_line (id, invoice_id, position, description, detail, quantity, unit, unit_price, taxes, amount_minor)
         select id, $1, position, description, detail, quantity, unit, unit_price, taxes, amount_minor
         from unnest($2::uuid[], $3::text[], $4::text[], $5::numeric[], $6::text[], $7::numeric[], $8::jsonb[], $9::bigint[])
           with ordinality as line (id, description, detail, quantity, unit, unit_price, taxes, amount_minor, position)",
        invoice.uuid(),
        &ids,
        &descriptions,
        &details,
        &quantities,
        &units,
        &prices,
        &taxes,
        &amounts,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Throws a draft away, if it is still one; whether it was.
pub async fn delete(tx: &mut Tx, id: InvoiceId) -> Result<bool> {
    let done = sqlx::query!("delete from invoice where id = $1 and status = 'draft'", id.uuid())
        .execute(tx.connection())
        .await?;
    Ok(done.rows_affected() == 1)
}
