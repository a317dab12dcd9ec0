use chrono::{DateTime, NaiveDate, Utc};
use domain::clients::{ClientId, ClientKind, ContactId};
use domain::ids::Id;
use domain::imports::ImportId;
use domain::invoices::{InvoiceId, InvoiceStatus, LineId};
use domain::payments::LedgerEntryId;
use domain::permission::Permission;
use domain::problem::Code;
use domain::totals::{PriceMode, Rounding, Totals};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use crate::error::OnConstraint;
use crate::{Actor, Result, Tx, fresh};

/// Rows of one statement: enough that statements don't count, few enough that memory doesn't.
const BATCH: usize = 5_000;

/// A client to be taken.
#[derive(Debug)]
pub struct NewClientRow {
    /// Its id.
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// Company or person.
    pub kind: ClientKind,
    /// Its number in the other system.
    pub external_id: String,
    /// Phone number.
    pub phone: String,
    /// Address.
    pub address: domain::text::Address,
    /// Tax number.
    pub tax_number: String,
    /// For staff only.
    pub internal_note: String,
}

/// A contact to be taken.
#[derive(Debug)]
pub struct NewContactRow {
    /// Their id.
    pub id: ContactId,
    /// Their client.
    pub client_id: ClientId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Phone number.
    pub phone: String,
    /// What they do.
    pub job_title: String,
    /// Whether mails go to them first.
    pub primary: bool,
}

/// An issued invoice to be taken.
#[derive(Debug)]
pub struct NewInvoiceRow {
    /// Its id.
    pub id: InvoiceId,
    /// Its client.
    pub client_id: ClientId,
    /// The client's name and address, as they are now.
    pub client_name: String,
    /// The client's address.
    pub client_address: domain::text::Address,
    /// Its number as printed.
    pub number: String,
    /// Its number in the other system.
    pub external_id: String,
    /// Sent, or paid if it comes to nothing.
    pub status: InvoiceStatus,
    /// Date on it.
    pub issued_on: NaiveDate,
    /// Until when it is to be paid.
    pub due_on: NaiveDate,
    /// The client's reference.
    pub reference: String,
    /// Words to the client.
    pub note: String,
    /// Where tax was rounded.
    pub rounding: Rounding,
    /// Whether prices include tax.
    pub price_mode: PriceMode,
    /// What it comes to.
    pub totals: Totals,
}

/// A line to be taken.
#[derive(Debug)]
pub struct NewLineRow {
    /// Its invoice.
    pub invoice_id: InvoiceId,
    /// Its place on the invoice, from 1.
    pub position: i32,
    /// What stands there.
    pub input: domain::invoices::InvoiceLineInput,
    /// Quantity × price.
    pub amount_minor: i64,
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("the domain's types can be written as JSON")
}

/// A column of a batch.
fn column<R, T>(rows: &[R], cell: impl FnMut(&R) -> T) -> Vec<T> {
    rows.iter().map(cell).collect()
}

/// Takes clients.
pub async fn insert_clients(tx: &mut Tx, import: ImportId, rows: &[NewClientRow]) -> Result<()> {
    let now = tx.now();
    for rows in rows.chunks(BATCH) {
        sqlx::query!(
            "insert into client (id, name, kind, external_id, phone, address, tax_number, internal_note, import_id, created_at)
             select r.*, $1, $2
             from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::text[], $10::text[]) r",
            import.uuid(),
            now,
            &column(rows, |row| row.id.uuid()),
            &column(rows, |row| row.name.clone()),
            &column(rows, |row| row.kind.as_str().to_owned()),
            &column(rows, |row| row.external_id.clone()),
            &column(rows, |row| row.phone.clone()),
            &column(rows, |row| json(&row.address)),
            &column(rows, |row| row.tax_number.clone()),
            &column(rows, |row| row.internal_note.clone()),
        )
        .execute(tx.connection())
        .await
        .on_constraint("client_external_id", Code::Conflict)?;
    }
    Ok(())
}

/// Takes contacts, with the usual permissions.
pub async fn insert_contacts(
    tx: &mut Tx,
    import: ImportId,
    portal_access: bool,
    rows: &[NewContactRow],
) -> Result<()> {
    let now = tx.now();
    let permissions: Vec<String> =
        column(Permission::CONTACT_DEFAULT, |permission| permission.as_str().to_owned());
    for rows in rows.chunks(BATCH) {
        sqlx::query!(
            "insert into contact (id, client_id, name, email, phone, job_title, is_primary, import_id, portal_access, permissions, created_at)
             select r.*, $1, $2, $3, $4
             from unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::boolean[]) r",
            import.uuid(),
            portal_access,
            &permissions,
            now,
            &column(rows, |row| row.id.uuid()),
            &column(rows, |row| row.client_id.uuid()),
            &column(rows, |row| row.name.clone()),
            &column(rows, |row| row.email.clone()),
            &column(rows, |row| row.phone.clone()),
            &column(rows, |row| row.job_title.clone()),
            &column(rows, |row| row.primary),
        )
        .execute(tx.connection())
        .await
        .on_constraint("contact_organization_id_client_id_email_key", Code::Conflict)?;
    }
    Ok(())
}

/// Takes issued invoices, without their lines and without the ledger.
pub async fn insert_invoices(
    tx: &mut Tx,
    import: ImportId,
    footer: &str,
    rows: &[NewInvoiceRow],
) -> Result<()> {
    let now = tx.now();
    let created_by = match tx.actor() {
        Actor::Member(id) => Some(id.uuid()),
        Actor::Contact(_) | Actor::Guest(_) | Actor::System => None,
    };
    let paid_at = |row: &NewInvoiceRow| (row.status == InvoiceStatus::Paid).then_some(now);
    for rows in rows.chunks(BATCH) {
        sqlx::query!(
            "insert into invoice (id, client_id, client_name, client_address, number, external_id, status, currency, listed_on,
               issued_on, due_on, reference, note, rounding, price_mode, totals, total_minor, paid_at, footer, import_id, created_by, created_at)
             select r.id, r.client_id, r.client_name, r.client_address, r.number, r.external_id, r.status, r.currency, r.issued_on,
               r.issued_on, r.due_on, r.reference, r.note, r.rounding, r.price_mode, r.totals, r.total_minor, r.paid_at, $1, $2, $3, $4
             from unnest($5::uuid[], $6::uuid[], $7::text[], $8::jsonb[], $9::text[], $10::text[], $11::text[], $12::text[], $13::date[],
               $14::date[], $15::text[], $16::text[], $17::text[], $18::text[], $19::jsonb[], $20::bigint[], $21::timestamptz[])
               r (id, client_id, client_name, client_address, number, external_id, status, currency, issued_on,
               due_on, reference, note, rounding, price_mode, totals, total_minor, paid_at)",
            footer,
            import.uuid(),
            created_by,
            now,
            &column(rows, |row| row.id.uuid()),
            &column(rows, |row| row.client_id.uuid()),
            &column(rows, |row| row.client_name.clone()),
            &column(rows, |row| json(&row.client_address)),
            &column(rows, |row| row.number.clone()),
            &column(rows, |row| row.external_id.clone()),
            &column(rows, |row| row.status.as_str().to_owned()),
            &column(rows, |row| row.totals.gross.currency().code().to_owned()),
            &column(rows, |row| row.issued_on),
            &column(rows, |row| row.due_on),
            &column(rows, |row| row.reference.clone()),
            &column(rows, |row| row.note.clone()),
            &column(rows, |row| row.rounding.as_str().to_owned()),
            &column(rows, |row| row.price_mode.as_str().to_owned()),
            &column(rows, |row| json(&row.totals)),
            &column(rows, |row| row.totals.gross.minor()),
            &column(rows, paid_at) as &[Option<DateTime<Utc>>],
        )
        .execute(tx.connection())
        .await
        .on_constraint("invoice_number", Code::Conflict)
        .on_constraint("invoice_external_id", Code::Conflict)?;
    }
    Ok(())
}

/// Takes lines.
pub async fn insert_lines(tx: &mut Tx, rows: &[NewLineRow]) -> Result<()> {
    let now = tx.now();
    for rows in rows.chunks(BATCH) {
        sqlx::query!(
            "insert into invoice_line (id, invoice_id, position, description, detail, quantity, unit, unit_price, taxes, amount_minor)
             select * from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::text[], $6::numeric[], $7::text[], $8::numeric[],
               $9::jsonb[], $10::bigint[])",
            &column(rows, |_| fresh::<LineId>(now).uuid()),
            &column(rows, |row| row.invoice_id.uuid()),
            &column(rows, |row| row.position),
            &column(rows, |row| row.input.description.as_str().to_owned()),
            &column(rows, |row| row.input.detail.as_str().to_owned()),
            &column(rows, |row| Decimal::from(row.input.quantity)),
            &column(rows, |row| row.input.unit.as_str().to_owned()),
            &column(rows, |row| Decimal::from(row.input.unit_price)),
            &column(rows, |row| json(&row.input.taxes)),
            &column(rows, |row| row.amount_minor),
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

/// Writes into the ledger that invoices of many clients ask for their totals.
pub async fn ledger_issue(tx: &mut Tx, rows: &[NewInvoiceRow]) -> Result<()> {
    let now = tx.now();
    let asking: Vec<&NewInvoiceRow> = rows.iter().filter(|row| row.totals.gross.is_positive()).collect();
    for rows in asking.chunks(BATCH) {
        sqlx::query!(
            "insert into ledger_entry (id, client_id, invoice_id, currency, amount_minor, kind, at)
             select r.*, 'issue', $1 from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[]) r",
            now,
            &column(rows, |_| fresh::<LedgerEntryId>(now).uuid()),
            &column(rows, |row| row.client_id.uuid()),
            &column(rows, |row| row.id.uuid()),
            &column(rows, |row| row.totals.gross.currency().code().to_owned()),
            &column(rows, |row| row.totals.gross.minor()),
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}
