//! Payments: money received, what it pays, and what went back.

pub mod attempts;
mod back;
pub mod connections;
mod credit;
pub mod disputes;
pub mod inbox;
pub mod methods;
pub mod refunds;
pub mod sandbox;

pub use back::{
    LockedPayment, allocated, book_dispute, book_refund, client_of, ever_paid, free, lock, lock_around,
    lock_invoices, take_off, unbook_dispute, unbook_refund,
};
pub use credit::{apply_credit, credit_of};

use chrono::{DateTime, NaiveDate, Utc};
use domain::clients::{ClientId, ContactId};
use domain::identity::MemberId;
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::money::{Currency, Money};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::payments::{AttemptId, AttemptShare, Payment, PaymentFilter, PaymentId, Provider};
use domain::text::{EmailAddress, Language, Name};
use uuid::Uuid;

use crate::invoices::{self, Locked};
use crate::ledger::{self, Entry};
use crate::{Cursor, Error, Result, Tx, fresh};

/// Money that came.
#[derive(Debug, Clone)]
pub struct NewPayment {
    /// Who paid.
    pub client_id: ClientId,
    /// Who moved the money.
    pub provider: Provider,
    /// The provider's id of the money, which books it once.
    pub provider_reference: Option<String>,
    /// The attempt it came by.
    pub attempt_id: Option<AttemptId>,
    /// How it came.
    pub method: String,
    /// How much.
    pub amount: Money,
    /// What it pays; invoices that are locked. The rest is the client's credit.
    pub shares: Vec<(Locked, Money)>,
    /// When it came, in the organization's zone.
    pub received_on: NaiveDate,
    /// What staff wrote, or the provider's id of it.
    pub reference: String,
    /// The member who recorded it.
    pub recorded_by: Option<MemberId>,
}

/// Books money that came and lets it pay its invoices; none if the provider's money is booked already.
pub async fn insert(tx: &mut Tx, new: &NewPayment) -> Result<Option<PaymentId>> {
    let id: PaymentId = fresh(tx.now());
    let now = tx.now();
    let applied: i64 = new.shares.iter().map(|(_, amount)| amount.minor()).sum();
    let done = sqlx::query!(
        "insert into payment (id, client_id, provider, provider_reference, attempt_id, method, currency, amount_minor,
           unapplied_minor, received_on, reference, recorded_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (organization_id, provider, provider_reference) where provider_reference is not null do nothing",
        id.uuid(),
        new.client_id.uuid(),
        new.provider as _,
        new.provider_reference,
        new.attempt_id.map(Id::uuid),
        new.method,
        new.amount.currency() as _,
        new.amount.minor(),
        new.amount.minor() - applied,
        new.received_on,
        new.reference,
        new.recorded_by.map(Id::uuid),
        now,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    let mut entries = vec![Entry::Payment { payment_id: id, amount: new.amount }];
    entries.extend(new.shares.iter().map(|(invoice, amount)| Entry::Allocation {
        payment_id: id,
        invoice_id: invoice.id,
        amount: *amount,
    }));
    ledger::append(tx, new.client_id, &entries).await?;
    for (invoice, amount) in &new.shares {
        invoices::pay(tx, invoice, *amount).await?;
    }
    Ok(Some(id))
}

/// What came of an attempt, if anything did.
pub async fn of_attempt(tx: &mut Tx, attempt: AttemptId) -> Result<Option<PaymentId>> {
    Ok(sqlx::query_scalar!(
        r#"select id as "id: PaymentId" from payment where attempt_id = $1"#,
        attempt.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?)
}

struct Row {
    id: PaymentId,
    client_id: ClientId,
    client_name: Name,
    provider: Provider,
    method: String,
    currency: Currency,
    amount_minor: i64,
    refunded_minor: i64,
    disputed_minor: i64,
    unapplied_minor: i64,
    received_on: NaiveDate,
    created_at: DateTime<Utc>,
    reference: String,
}

async fn with_shares(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Payment>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.uuid()).collect();
    let shares = sqlx::query!(
        r#"select l.payment_id as "payment_id!: PaymentId", l.invoice_id as "invoice_id!: InvoiceId", i.number as "number!",
             l.currency as "currency: Currency", sum(l.amount_minor)::bigint as "amount_minor!"
           from ledger_entry l join invoice i on i.organization_id = l.organization_id and i.id = l.invoice_id
           where l.payment_id = any ($1) and l.kind = 'allocation'
           group by l.payment_id, l.invoice_id, i.number, l.currency having sum(l.amount_minor) > 0
           order by min(l.position)"#,
        &ids,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut refunds = refunds::of_payments(tx, &ids).await?;
    let mut disputes = disputes::of_payments(tx, &ids).await?;
    let mut payment = |row: Row| Payment {
        refunds: refunds.remove(&row.id).unwrap_or_default(),
        dispute: disputes.remove(&row.id),
        shares: shares
            .iter()
            .filter(|share| share.payment_id == row.id)
            .map(|share| AttemptShare {
                invoice_id: share.invoice_id,
                number: share.number.clone(),
                amount: Money::new(share.amount_minor, share.currency),
            })
            .collect(),
        id: row.id,
        client_id: row.client_id,
        client_name: row.client_name,
        provider: row.provider,
        method: row.method,
        amount: Money::new(row.amount_minor, row.currency),
        refunded: Money::new(row.refunded_minor, row.currency),
        disputed: Money::new(row.disputed_minor, row.currency),
        unapplied: Money::new(row.unapplied_minor, row.currency),
        received_on: row.received_on,
        created_at: row.created_at,
        reference: row.reference,
    };
    Ok(rows.into_iter().map(&mut payment).collect())
}

/// Whether the caller sees all of these invoices.
pub async fn sees_invoices(tx: &mut Tx, invoices: &[InvoiceId]) -> Result<bool> {
    let ids: Vec<Uuid> = invoices.iter().map(|id| id.uuid()).collect();
    let seen = sqlx::query_scalar!(r#"select count(*) as "count!" from invoice where id = any ($1)"#, &ids)
        .fetch_one(tx.connection())
        .await?;
    Ok(usize::try_from(seen) == Ok(ids.len()))
}

/// A page of payments, newest first: the organization's, or what the client may see.
pub async fn list(tx: &mut Tx, filter: &PaymentFilter) -> Result<Page<Payment>> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let before: Option<Uuid> = Cursor::decode(filter.cursor.as_deref())?;
    // Asked for first, so that the list itself walks one index in either case.
    let of_invoice = match filter.invoice_id {
        None => None,
        Some(invoice) => Some(
            sqlx::query_scalar!(
                r#"select distinct payment_id as "id!" from ledger_entry where invoice_id = $1 and kind = 'allocation'"#,
                invoice.uuid(),
            )
            .fetch_all(tx.connection())
            .await?,
        ),
    };
    let rows = sqlx::query_as!(
        Row,
        r#"select p.id as "id: PaymentId", p.client_id as "client_id: ClientId", c.name as "client_name: Name",
             p.provider as "provider: Provider", p.method, p.currency as "currency: Currency", p.amount_minor, p.refunded_minor,
             p.disputed_minor, p.unapplied_minor, p.received_on, p.created_at, p.reference
           from payment p join client c on c.organization_id = p.organization_id and c.id = p.client_id
           where ($1::uuid is null or p.client_id = $1) and ($2::uuid[] is null or p.id = any ($2))
             and ($3::uuid is null or p.id < $3)
           order by p.id desc limit $4"#,
        filter.client_id.map(Id::uuid),
        of_invoice.as_deref(),
        before,
        i64::from(limit) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    let items = with_shares(tx, rows).await?;
    Ok(Page::from_overfull(items, limit, |last| Cursor::encode(&last.id.uuid())))
}

/// One payment, as far as the caller may see it.
pub async fn find(tx: &mut Tx, id: PaymentId) -> Result<Payment> {
    let row = sqlx::query_as!(
        Row,
        r#"select p.id as "id: PaymentId", p.client_id as "client_id: ClientId", c.name as "client_name: Name",
             p.provider as "provider: Provider", p.method, p.currency as "currency: Currency", p.amount_minor, p.refunded_minor,
             p.disputed_minor, p.unapplied_minor, p.received_on, p.created_at, p.reference
           from payment p join client c on c.organization_id = p.organization_id and c.id = p.client_id
           where p.id = $1"#,
        id.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    with_shares(tx, row).await?.pop().ok_or(Error::NotFound)
}

/// Somebody who gets a receipt.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// The contact.
    pub id: ContactId,
    /// Their name.
    pub name: Name,
    /// Their address.
    pub email: EmailAddress,
    /// Their language, if they chose one.
    pub language: Option<Language>,
}

/// Who gets a receipt: the client's primary contact, and whoever paid.
pub async fn addressees(tx: &mut Tx, client: ClientId, payer: Option<ContactId>) -> Result<Vec<Addressee>> {
    Ok(sqlx::query_as!(
        Addressee,
        r#"select id as "id: ContactId", name as "name: Name", email as "email: EmailAddress", language as "language: Language"
           from contact where client_id = $1 and (is_primary or id = $2) order by id"#,
        client.uuid(),
        payer.map(Id::uuid),
    )
    .fetch_all(tx.connection())
    .await?)
}

/// A contact who is about to pay.
pub async fn payer(tx: &mut Tx, id: ContactId) -> Result<Addressee> {
    sqlx::query_as!(
        Addressee,
        r#"select id as "id: ContactId", name as "name: Name", email as "email: EmailAddress", language as "language: Language"
           from contact where id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)
}

/// To whom a guest link was sent, if it was sent to a contact.
pub async fn guest(tx: &mut Tx, token_hash: &[u8; 32]) -> Result<Option<ContactId>> {
    let row = sqlx::query!(
        r#"select contact_id as "contact_id: ContactId" from guest_link where hash = $1"#,
        &token_hash[..],
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.and_then(|row| row.contact_id))
}
