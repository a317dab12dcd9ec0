use chrono::{DateTime, NaiveDate, Utc};
use domain::clients::{ClientId, ContactId};
use domain::ids::Id;
use domain::invoices::{
    Invoice, InvoiceDocument, InvoiceId, InvoiceLine, InvoiceStatus, LateInvoice, LineId, Recipient,
    RecurringPeriod, minimum_payment,
};
use domain::money::{Currency, Money, Quantity, UnitPrice};
use domain::organizations::Organization;
use domain::permission::Permission;
use domain::recurring::RecurringInvoiceId;
use domain::schedules::{self, ScheduleEntry};
use domain::tax::Tax;
use domain::text::{Address, EmailAddress, Line, Name, Note};
use domain::totals::{Discount, LineInput, PriceMode, Rounding, Totals};
use sqlx::types::Json;

use crate::{Error, Result, Tx};

struct Row {
    number: Option<String>,
    status: InvoiceStatus,
    client_id: ClientId,
    client_name: Name,
    client_address: Json<Address>,
    currency: Currency,
    issued_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    schedule: Option<Json<Vec<ScheduleEntry>>>,
    reference: Line,
    note: Note,
    footer: Note,
    rounding: Rounding,
    price_mode: PriceMode,
    discount: Option<Json<Discount>>,
    totals: Json<Totals>,
    total_minor: i64,
    paid_minor: i64,
    credited_minor: i64,
    written_off_minor: i64,
    balance_minor: i64,
    disputed: bool,
    sent_at: Option<DateTime<Utc>>,
    viewed_at: Option<DateTime<Utc>>,
    paid_at: Option<DateTime<Utc>>,
    voided_at: Option<DateTime<Utc>>,
    version: i64,
    recurring_invoice_id: Option<RecurringInvoiceId>,
    period_from: Option<NaiveDate>,
    period_to: Option<NaiveDate>,
    late_invoice_id: Option<InvoiceId>,
    late_number: Option<String>,
    internal_note: Note,
    external_id: Line,
    imported: bool,
}

/// What is kept of an invoice, with what only staff may know or nothing in its place.
macro_rules! row {
    ($tx:expr, $id:expr, $internal:literal) => {
        sqlx::query_as!(
            Row,
            r#"select number, status as "status: InvoiceStatus", client_id as "client_id: ClientId", client_name as "client_name: Name",
             client_address as "client_address: Json<Address>", currency as "currency: Currency", issued_on, due_on,
             schedule as "schedule: Json<Vec<ScheduleEntry>>", reference as "reference: Line", note as "note: Note", footer as "footer: Note", rounding as "rounding: Rounding",
             price_mode as "price_mode: PriceMode", discount as "discount: Json<Discount>", totals as "totals: Json<Totals>",
             total_minor, paid_minor, credited_minor, written_off_minor, balance_minor as "balance_minor!", disputed, sent_at,
             viewed_at, paid_at, voided_at, version, recurring_invoice_id as "recurring_invoice_id?: RecurringInvoiceId",
             period_from as "period_from?", period_to as "period_to?", late_invoice_id as "late_invoice_id?: InvoiceId",
             late_number as "late_number?", "# + $internal
                + " from invoice
                left join lateral (
                  select p.recurring_invoice_id, p.starts_on as period_from, p.ends_on as period_to from recurring_period p
                  where p.organization_id = invoice.organization_id and p.invoice_id = invoice.id) period on true
                left join lateral (
                  select late.id as late_invoice_id, late.number as late_number
                  from late_fee f join invoice late on late.organization_id = f.organization_id and late.id = f.invoice_id
                  where f.organization_id = invoice.organization_id and f.fee_invoice_id = invoice.id limit 1) fee on true
                where id = $1",
            $id.uuid(),
        )
        .fetch_optional($tx.connection())
        .await?
        .ok_or(Error::NotFound)?
    };
}

/// An invoice as a document, as far as the caller may see it. A draft shows what the organization's
/// present settings make of it; an issued one shows what was frozen.
pub async fn find_document(
    tx: &mut Tx,
    id: InvoiceId,
    organization: &Organization,
) -> Result<InvoiceDocument> {
    // These columns are all that the portal's role may read.
    let row =
        row!(tx, id, r#"'' as "internal_note!: Note", '' as "external_id!: Line", false as "imported!""#);
    Ok(whole(tx, id, organization, row).await?.document)
}

/// An invoice with its lines, to nobody yet.
async fn whole(tx: &mut Tx, id: InvoiceId, organization: &Organization, row: Row) -> Result<Invoice> {
    let lines = lines(tx, id, row.currency).await?;
    let today = organization.time_zone.today(tx.now());
    let (discount, mut totals) = (row.discount.map(|discount| discount.0), row.totals.0);
    let (mut rounding, mut footer, mut total) = (row.rounding, row.footer, row.total_minor);
    if row.status == InvoiceStatus::Draft {
        let inputs: Vec<LineInput> = lines.iter().map(InvoiceLine::input).collect();
        (rounding, footer) = (organization.rounding, organization.document_footer.clone());
        // A discount or a sum may not fit the new way of rounding; then the draft stays as it was saved.
        if let Ok(present) =
            domain::totals::compute(&inputs, discount, row.currency, rounding, row.price_mode)
        {
            total = present.gross.minor();
            totals = present;
        }
    }
    let paid = Money::new(row.paid_minor, row.currency);
    // A draft's total follows the present settings, and nothing takes away from it yet.
    let left = if row.status == InvoiceStatus::Draft { total } else { row.balance_minor };
    let balance = balance(row.status, left, row.currency);
    let mut schedule = row.schedule.map(|schedule| schedule.0).unwrap_or_default();
    if row.status == InvoiceStatus::Draft {
        // As it would be issued now; parts that don't fit the total yet have no amounts.
        let issued_on = row.issued_on.unwrap_or(today);
        schedule = schedules::freeze(&schedule, totals.gross, issued_on).unwrap_or(schedule);
    }
    let parts = schedules::open_parts(&schedule, balance);
    let next_payment = schedules::next_payment(&parts, balance, today);
    let document = InvoiceDocument {
        id,
        number: row.number,
        status: row.status,
        overdue: row.status.is_open() && row.due_on.is_some_and(|due| due < today),
        client_id: row.client_id,
        client_name: row.client_name,
        client_address: row.client_address.0,
        currency: row.currency,
        issued_on: row.issued_on,
        due_on: row.due_on,
        schedule: schedules::shown(&schedule, balance, today),
        reference: row.reference,
        note: row.note,
        footer,
        rounding,
        price_mode: row.price_mode,
        discount,
        lines,
        totals,
        paid,
        credited: Money::new(row.credited_minor, row.currency),
        written_off: Money::new(row.written_off_minor, row.currency),
        disputed: row.disputed,
        balance,
        next_payment,
        minimum_payment: minimum_payment(
            next_payment,
            organization.partial_payments,
            organization.minimum_partial_minor,
        ),
        sent_at: row.sent_at,
        viewed_at: row.viewed_at,
        paid_at: row.paid_at,
        voided_at: row.voided_at,
        recurring: row
            .recurring_invoice_id
            .zip(row.period_from.zip(row.period_to))
            .map(|(recurring_invoice_id, (from, to))| RecurringPeriod { recurring_invoice_id, from, to }),
        fee_for: row
            .late_invoice_id
            .zip(row.late_number)
            .map(|(invoice_id, number)| LateInvoice { invoice_id, number }),
        version: row.version,
    };
    Ok(Invoice {
        document,
        internal_note: row.internal_note,
        external_id: row.external_id,
        recipients: Vec::new(),
        imported: row.imported,
    })
}

/// What is left to pay: nothing of what was withdrawn.
pub(crate) fn balance(status: InvoiceStatus, balance_minor: i64, currency: Currency) -> Money {
    match status {
        InvoiceStatus::Void => Money::zero(currency),
        InvoiceStatus::Draft
        | InvoiceStatus::Sent
        | InvoiceStatus::Viewed
        | InvoiceStatus::PartiallyPaid
        | InvoiceStatus::Paid
        | InvoiceStatus::WrittenOff => Money::new(balance_minor, currency),
    }
}

async fn lines(tx: &mut Tx, invoice: InvoiceId, currency: Currency) -> Result<Vec<InvoiceLine>> {
    let rows = sqlx::query!(
        r#"select id as "id: LineId", description as "description: Name", detail as "detail: Note", quantity as "quantity: Quantity",
             unit as "unit: Line", unit_price as "unit_price: UnitPrice", taxes as "taxes: Json<Vec<Tax>>", amount_minor
           from invoice_line where invoice_id = $1 order by position"#,
        invoice.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| InvoiceLine {
            id: row.id,
            description: row.description,
            detail: row.detail,
            quantity: row.quantity,
            unit: row.unit,
            unit_price: row.unit_price,
            taxes: row.taxes.0,
            amount: Money::new(row.amount_minor, currency),
        })
        .collect())
}

/// An invoice as staff see it.
pub async fn find(tx: &mut Tx, id: InvoiceId, organization: &Organization) -> Result<Invoice> {
    let row = row!(
        tx,
        id,
        r#"internal_note as "internal_note!: Note", external_id as "external_id!: Line", import_id is not null as "imported!""#
    );
    let invoice = whole(tx, id, organization, row).await?;
    let recipients = recipients(tx, invoice.document.client_id, None).await?;
    Ok(Invoice { recipients: recipients.into_iter().map(|(recipient, _)| recipient).collect(), ..invoice })
}

/// To whom a client's invoices go, with their languages: these contacts, or those who may sign in and see
/// money, or else the primary one.
pub async fn recipients(
    tx: &mut Tx,
    client: ClientId,
    only: Option<&[ContactId]>,
) -> Result<Vec<(Recipient, Option<domain::text::Language>)>> {
    let contacts = crate::clients::contacts::of_client(tx, client).await?;
    let mut chosen: Vec<_> = match only {
        Some(only) => contacts.iter().filter(|contact| only.contains(&contact.id)).collect(),
        None => contacts
            .iter()
            .filter(|contact| contact.portal_access && contact.permissions.contains(&Permission::ViewMoney))
            .collect(),
    };
    if only.is_none() && chosen.is_empty() {
        chosen.extend(contacts.iter().find(|contact| contact.primary));
    }
    Ok(chosen
        .into_iter()
        .map(|contact| {
            let (name, email): (Name, EmailAddress) = (contact.name.clone(), contact.email.clone());
            (Recipient { contact_id: contact.id, name, email }, contact.language)
        })
        .collect())
}

/// Whether an invoice is out: neither a draft nor unknown to the caller.
pub async fn is_issued(tx: &mut Tx, id: InvoiceId) -> Result<bool> {
    sqlx::query_scalar!(r#"select status <> 'draft' as "issued!" from invoice where id = $1"#, id.uuid())
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)
}
