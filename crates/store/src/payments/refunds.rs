//! Refunds: what staff or a provider gave back of a payment, or tried to.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clients::ClientId;
use domain::identity::MemberId;
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::money::{Currency, Money};
use domain::organizations::OrganizationId;
use domain::payments::PaymentId;
use domain::refunds::{InvoiceAfterRefund, Refund, RefundId, RefundState, RefundTo};
use uuid::Uuid;

use crate::{Error, Result, Tx, fresh};

/// How long a refund may go unlooked at while it is pending.
pub const UNKNOWN_AFTER: TimeDelta = TimeDelta::minutes(15);

/// A refund that begins, or is heard of.
#[derive(Debug, Clone)]
pub struct NewRefund {
    /// Of which payment.
    pub payment_id: PaymentId,
    /// Who had paid.
    pub client_id: ClientId,
    /// How much.
    pub amount: Money,
    /// Where to.
    pub to: RefundTo,
    /// What becomes of the invoices.
    pub invoices: InvoiceAfterRefund,
    /// Of what pays this one only.
    pub invoice_id: Option<InvoiceId>,
    /// How far it is.
    pub state: RefundState,
    /// Why.
    pub reason: String,
    /// The provider's id of it, if it was started there.
    pub provider_reference: Option<String>,
    /// The member who began it.
    pub requested_by: Option<MemberId>,
}

/// A refund as the organization works with it.
#[derive(Debug, Clone)]
pub struct Undertaking {
    /// Its id: the provider's idempotency key.
    pub id: RefundId,
    /// Of which payment.
    pub payment_id: PaymentId,
    /// Who had paid.
    pub client_id: ClientId,
    /// How much.
    pub amount: Money,
    /// What becomes of the invoices.
    pub invoices: InvoiceAfterRefund,
    /// Of what pays this one only.
    pub invoice_id: Option<InvoiceId>,
    /// How far it is.
    pub state: RefundState,
    /// Why.
    pub reason: String,
    /// The provider's id of it, once it is known.
    pub provider_reference: Option<String>,
}

/// Keeps a refund.
pub async fn insert(tx: &mut Tx, new: &NewRefund) -> Result<RefundId> {
    let id: RefundId = fresh(tx.now());
    let now = tx.now();
    sqlx::query!(
        "insert into refund (id, payment_id, client_id, currency, amount_minor, destination, invoices, invoice_id, state, reason,
           provider_reference, requested_by, created_at, checked_at, settled_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, case when $9 <> 'pending' then $13::timestamptz end)",
        id.uuid(),
        new.payment_id.uuid(),
        new.client_id.uuid(),
        new.amount.currency() as _,
        new.amount.minor(),
        new.to as _,
        new.invoices as _,
        new.invoice_id.map(Id::uuid),
        new.state as _,
        new.reason,
        new.provider_reference,
        new.requested_by.map(Id::uuid),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(id)
}

struct UndertakingRow {
    id: RefundId,
    payment_id: PaymentId,
    client_id: ClientId,
    currency: Currency,
    amount_minor: i64,
    invoices: InvoiceAfterRefund,
    invoice_id: Option<InvoiceId>,
    state: RefundState,
    reason: String,
    provider_reference: Option<String>,
}

impl From<UndertakingRow> for Undertaking {
    fn from(row: UndertakingRow) -> Self {
        Self {
            id: row.id,
            payment_id: row.payment_id,
            client_id: row.client_id,
            amount: Money::new(row.amount_minor, row.currency),
            invoices: row.invoices,
            invoice_id: row.invoice_id,
            state: row.state,
            reason: row.reason,
            provider_reference: row.provider_reference,
        }
    }
}

/// A refund, as it is now.
pub async fn get(tx: &mut Tx, id: RefundId) -> Result<Undertaking> {
    sqlx::query_as!(
        UndertakingRow,
        r#"select id as "id: RefundId", payment_id as "payment_id: PaymentId", client_id as "client_id: ClientId",
             currency as "currency: Currency", amount_minor, invoices as "invoices: InvoiceAfterRefund",
             invoice_id as "invoice_id: InvoiceId", state as "state: RefundState", reason, provider_reference
           from refund where id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .map(Into::into)
    .ok_or(Error::NotFound)
}

/// The refund of a payment that a provider tells of: by our id, or by the provider's.
pub async fn told(
    tx: &mut Tx,
    payment: PaymentId,
    id: Option<RefundId>,
    reference: &str,
) -> Result<Option<Undertaking>> {
    Ok(sqlx::query_as!(
        UndertakingRow,
        r#"select id as "id: RefundId", payment_id as "payment_id: PaymentId", client_id as "client_id: ClientId",
             currency as "currency: Currency", amount_minor, invoices as "invoices: InvoiceAfterRefund",
             invoice_id as "invoice_id: InvoiceId", state as "state: RefundState", reason, provider_reference
           from refund where payment_id = $1 and (id = $2 or provider_reference = $3)
           order by id = $2 desc nulls last limit 1"#,
        payment.uuid(),
        id.map(Id::uuid),
        reference,
    )
    .fetch_optional(tx.connection())
    .await?
    .map(Into::into))
}

/// Notes how far a refund is. The payment is locked.
pub async fn note(
    tx: &mut Tx,
    id: RefundId,
    state: RefundState,
    reference: Option<&str>,
    failure: Option<&str>,
) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update refund set state = $2, provider_reference = coalesce(provider_reference, $3), failure = $4, checked_at = $5,
           settled_at = case when $2 = 'pending' then null when state = $2 then settled_at else $5::timestamptz end
         where id = $1",
        id.uuid(),
        state as _,
        reference,
        failure,
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Takes up to `limit` refunds that nobody told us more about, in a transaction of the system.
pub async fn claim_unknown(tx: &mut Tx, limit: i64) -> Result<Vec<(OrganizationId, RefundId)>> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"update refund set checked_at = $1
           where (organization_id, id) in (
             select organization_id, id from refund where state = 'pending' and checked_at < $2
             order by checked_at limit $3 for update skip locked)
           returning organization_id as "organization_id: OrganizationId", id as "id: RefundId""#,
        now,
        now - UNKNOWN_AFTER,
        limit,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization_id, row.id)).collect())
}

struct Row {
    id: RefundId,
    payment_id: PaymentId,
    currency: Currency,
    amount_minor: i64,
    destination: RefundTo,
    state: RefundState,
    reason: String,
    invoices: InvoiceAfterRefund,
    failure: Option<String>,
    created_at: DateTime<Utc>,
    settled_at: Option<DateTime<Utc>>,
}

/// The refunds of some payments, the oldest first, as far as the caller may see them.
pub(super) async fn of_payments(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<PaymentId, Vec<Refund>>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id: RefundId", payment_id as "payment_id: PaymentId", currency as "currency: Currency", amount_minor,
             destination as "destination: RefundTo", state as "state: RefundState", reason,
             invoices as "invoices: InvoiceAfterRefund", failure, created_at, settled_at
           from refund where payment_id = any ($1) order by id"#,
        ids,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut of: HashMap<PaymentId, Vec<Refund>> = HashMap::new();
    for row in rows {
        of.entry(row.payment_id).or_default().push(Refund {
            id: row.id,
            payment_id: row.payment_id,
            amount: Money::new(row.amount_minor, row.currency),
            to: row.destination,
            state: row.state,
            reason: row.reason,
            invoices: row.invoices,
            failure: row.failure,
            created_at: row.created_at,
            settled_at: row.settled_at,
        });
    }
    Ok(of)
}

/// A refund of a payment, as everybody sees it.
pub async fn view(tx: &mut Tx, payment: PaymentId, id: RefundId) -> Result<Refund> {
    let of = of_payments(tx, &[payment.uuid()]).await?.remove(&payment).unwrap_or_default();
    of.into_iter().find(|refund| refund.id == id).ok_or(Error::NotFound)
}
