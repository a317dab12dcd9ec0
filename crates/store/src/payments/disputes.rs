//! Payments that their payers contest with their banks.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::clients::ClientId;
use domain::ids::Id;
use domain::money::{Currency, Money};
use domain::payments::PaymentId;
use domain::refunds::{Dispute, DisputeId, DisputeState};
use uuid::Uuid;

use crate::{Result, Tx, fresh};

/// A dispute, as its provider tells it.
#[derive(Debug, Clone)]
pub struct Told {
    /// The provider's id of it.
    pub reference: String,
    /// How much is contested.
    pub amount: Money,
    /// How far it has come.
    pub state: DisputeState,
    /// The bank's kind of reason.
    pub reason: String,
    /// Until when evidence can be handed in.
    pub due_by: Option<DateTime<Utc>>,
    /// What of the amount is out of the account.
    pub withdrawn: Money,
}

/// A dispute, as it stood.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Its id.
    pub id: DisputeId,
    /// How far it had come.
    pub state: DisputeState,
    /// What of the amount was out of the account.
    pub withdrawn: Money,
}

/// The dispute of a payment that a provider tells of. The payment is locked.
pub async fn known(tx: &mut Tx, payment: PaymentId, reference: &str) -> Result<Option<Known>> {
    let row = sqlx::query!(
        r#"select id as "id: DisputeId", state as "state: DisputeState", currency as "currency: Currency", withdrawn_minor
           from dispute where payment_id = $1 and provider_reference = $2"#,
        payment.uuid(),
        reference,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Known {
        id: row.id,
        state: row.state,
        withdrawn: Money::new(row.withdrawn_minor, row.currency),
    }))
}

/// Keeps what a provider tells of a dispute.
pub async fn keep(tx: &mut Tx, payment: PaymentId, client: ClientId, told: &Told) -> Result<DisputeId> {
    let (id, now): (DisputeId, _) = (fresh(tx.now()), tx.now());
    Ok(sqlx::query_scalar!(
        r#"insert into dispute as d (id, payment_id, client_id, currency, amount_minor, provider_reference, state, reason, due_by,
             withdrawn_minor, opened_at, closed_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, case when $7 in ('won', 'lost') then $11::timestamptz end)
           on conflict (organization_id, payment_id, provider_reference) do update
             set amount_minor = excluded.amount_minor, state = excluded.state, reason = excluded.reason, due_by = excluded.due_by,
               withdrawn_minor = excluded.withdrawn_minor,
               closed_at = case when excluded.closed_at is not null then coalesce(d.closed_at, excluded.closed_at) end
           returning id as "id: DisputeId""#,
        id.uuid(),
        payment.uuid(),
        client.uuid(),
        told.amount.currency() as _,
        told.amount.minor(),
        told.reference,
        told.state as _,
        told.reason,
        told.due_by,
        told.withdrawn.minor(),
        now,
    )
    .fetch_one(tx.connection())
    .await?)
}

struct Row {
    id: DisputeId,
    payment_id: PaymentId,
    currency: Currency,
    amount_minor: i64,
    state: DisputeState,
    reason: String,
    due_by: Option<DateTime<Utc>>,
    withdrawn_minor: i64,
    opened_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
}

/// The latest dispute of each of some payments, as far as the caller may see them.
pub(super) async fn of_payments(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<PaymentId, Dispute>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id: DisputeId", payment_id as "payment_id: PaymentId", currency as "currency: Currency", amount_minor,
             state as "state: DisputeState", reason, due_by, withdrawn_minor, opened_at, closed_at
           from dispute where payment_id = any ($1) order by id"#,
        ids,
    )
    .fetch_all(tx.connection())
    .await?;
    let dispute = |row: Row| Dispute {
        id: row.id,
        state: row.state,
        amount: Money::new(row.amount_minor, row.currency),
        reason: row.reason,
        due_by: row.due_by,
        withdrawn: row.withdrawn_minor > 0,
        opened_at: row.opened_at,
        closed_at: row.closed_at,
    };
    Ok(rows.into_iter().map(|row| (row.payment_id, dispute(row))).collect())
}
