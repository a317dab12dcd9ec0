use actix_web::get;
use actix_web::web::{Data, Json, Path};
use chrono::{DateTime, NaiveDate, Utc};
use domain::clients::{ClientId, ContactId};
use domain::ids::Id;
use domain::invoices::{
    Invoice, InvoiceDocument, InvoiceId, InvoiceLine, InvoiceStatus, LateInvoice, LineId, Recipient,
    RecurringPeriod, minimum_payment,
};
use domain::money::{Currency, Money, Quantity, UnitPrice};
use domain::recurring::RecurringInvoiceId;
use domain::tax::Tax;
use domain::text::{Address, EmailAddress, Line, Name, Note};
use domain::totals::{Discount, PriceMode, Rounding, Totals};
use sqlx::types::Json as Jsonb;

use super::{Failed, Known, balance};

#[derive(sqlx::FromRow)]
struct Head {
    id: InvoiceId,
    number: Option<String>,
    status: InvoiceStatus,
    client_id: ClientId,
    client_name: Name,
    client_address: Jsonb<Address>,
    currency: Currency,
    issued_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    reference: Line,
    note: Note,
    footer: Note,
    rounding: Rounding,
    price_mode: PriceMode,
    discount: Option<Jsonb<Discount>>,
    totals: Jsonb<Totals>,
    paid_minor: i64,
    credited_minor: i64,
    written_off_minor: i64,
    balance_minor: i64,
    disputed: bool,
    sent_at: Option<DateTime<Utc>>,
    viewed_at: Option<DateTime<Utc>>,
    paid_at: Option<DateTime<Utc>>,
    voided_at: Option<DateTime<Utc>>,
    recurring_invoice_id: Option<RecurringInvoiceId>,
    period_from: Option<NaiveDate>,
    period_to: Option<NaiveDate>,
    late_invoice_id: Option<InvoiceId>,
    late_number: Option<String>,
    version: i64,
    internal_note: Note,
    external_id: Line,
    imported: bool,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    id: LineId,
    description: Name,
    detail: Note,
    quantity: Quantity,
    unit: Line,
    unit_price: UnitPrice,
    taxes: Jsonb<Vec<Tax>>,
    amount_minor: i64,
}

#[derive(sqlx::FromRow)]
struct RecipientRow {
    id: ContactId,
    name: Name,
    email: EmailAddress,
}

/// An issued invoice with its lines and those who get it.
#[get("/api/v1/invoices/{id}")]
pub async fn invoice(id: Path<InvoiceId>, known: Data<Known>) -> Result<Json<Invoice>, Failed> {
    let organization = known.asked.organization.uuid();
    let head: Head = sqlx::query_as(
        "select id, number, status, client_id, client_name, client_address, currency, issued_on, due_on, reference, note,
           footer, rounding, price_mode, discount, totals, paid_minor, credited_minor, written_off_minor, balance_minor, disputed, sent_at, viewed_at, paid_at, voided_at,
           version, internal_note, external_id, import_id is not null as imported, recurring_invoice_id, period_from, period_to,
           late_invoice_id, late_number
         from invoice
         left join lateral (
           select p.recurring_invoice_id, p.starts_on as period_from, p.ends_on as period_to from recurring_period p
           where p.organization_id = invoice.organization_id and p.invoice_id = invoice.id) period on true
         left join lateral (
           select late.id as late_invoice_id, late.number as late_number
           from late_fee f join invoice late on late.organization_id = f.organization_id and late.id = f.invoice_id
           where f.organization_id = invoice.organization_id and f.fee_invoice_id = invoice.id limit 1) fee on true
         where organization_id = $1 and id = $2",
    )
    .bind(organization)
    .bind(id.uuid())
    .fetch_one(&known.pool)
    .await?;
    let lines: Vec<LineRow> = sqlx::query_as(
        "select id, description, detail, quantity, unit, unit_price, taxes, amount_minor
         from invoice_line where organization_id = $1 and invoice_id = $2 order by position",
    )
    .bind(organization)
    .bind(id.uuid())
    .fetch_all(&known.pool)
    .await?;
    let recipients: Vec<RecipientRow> = sqlx::query_as(
        "select id, name, email from contact
         where organization_id = $1 and client_id = $2 and portal_access and 'money.view' = any (permissions)
         order by is_primary desc, lower(name), id",
    )
    .bind(organization)
    .bind(head.client_id.uuid())
    .fetch_all(&known.pool)
    .await?;
    Ok(Json(written(head, lines, recipients, &known)))
}

fn written(head: Head, lines: Vec<LineRow>, recipients: Vec<RecipientRow>, known: &Known) -> Invoice {
    let balance = balance(head.status, head.balance_minor, head.currency);
    let lines = lines.into_iter().map(|line| InvoiceLine {
        id: line.id,
        description: line.description,
        detail: line.detail,
        quantity: line.quantity,
        unit: line.unit,
        unit_price: line.unit_price,
        taxes: line.taxes.0,
        amount: Money::new(line.amount_minor, head.currency),
    });
    let recipients =
        recipients.into_iter().map(|row| Recipient { contact_id: row.id, name: row.name, email: row.email });
    let document = InvoiceDocument {
        id: head.id,
        number: head.number,
        status: head.status,
        overdue: head.status.is_open() && head.due_on.is_some_and(|due| due < known.today()),
        client_id: head.client_id,
        client_name: head.client_name,
        client_address: head.client_address.0,
        currency: head.currency,
        issued_on: head.issued_on,
        due_on: head.due_on,
        // The invoices that are measured are paid at once.
        schedule: Vec::new(),
        reference: head.reference,
        note: head.note,
        footer: head.footer,
        rounding: head.rounding,
        price_mode: head.price_mode,
        discount: head.discount.map(|discount| discount.0),
        lines: lines.collect(),
        totals: head.totals.0,
        paid: Money::new(head.paid_minor, head.currency),
        credited: Money::new(head.credited_minor, head.currency),
        written_off: Money::new(head.written_off_minor, head.currency),
        disputed: head.disputed,
        balance,
        next_payment: balance,
        minimum_payment: minimum_payment(balance, known.partial_payments, known.minimum_partial_minor),
        sent_at: head.sent_at,
        viewed_at: head.viewed_at,
        paid_at: head.paid_at,
        voided_at: head.voided_at,
        recurring: head
            .recurring_invoice_id
            .zip(head.period_from.zip(head.period_to))
            .map(|(recurring_invoice_id, (from, to))| RecurringPeriod { recurring_invoice_id, from, to }),
        fee_for: head
            .late_invoice_id
            .zip(head.late_number)
            .map(|(invoice_id, number)| LateInvoice { invoice_id, number }),
        version: head.version,
    };
    Invoice {
        document,
        internal_note: head.internal_note,
        external_id: head.external_id,
        recipients: recipients.collect(),
        imported: head.imported,
    }
}
