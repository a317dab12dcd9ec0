use chrono::NaiveDate;
use domain::clients::ClientId;
use domain::events::{Event, Subject};
use domain::ids::Id;
use domain::invoices::{InvoiceId, InvoiceStatus};
use domain::money::{Currency, Money};
use uuid::Uuid;

use crate::{Error, Result, Tx, events};

/// An invoice that nobody else changes until the transaction ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Locked {
    /// The invoice.
    pub id: InvoiceId,
    /// Its client.
    pub client_id: ClientId,
    /// Its number; empty for a draft.
    pub number: String,
    /// How far it has come.
    pub status: InvoiceStatus,
    /// What it comes to.
    pub total: Money,
    /// What has been paid.
    pub paid: Money,
    /// Until when it is to be paid.
    pub due_on: Option<NaiveDate>,
    /// Whether the client has opened it.
    pub viewed: bool,
    /// Its version.
    pub version: i64,
}

impl Locked {
    /// What is left to pay; below nothing for a credit that was imported.
    pub fn balance(&self) -> Money {
        self.total
            .checked_sub(self.paid)
            .expect("a constraint keeps what is paid at or above zero, in one currency")
    }
}

/// Locks invoices in the order of their ids, so that two who want the same ones wait instead of
/// deadlocking; those the caller can't see are left out.
pub async fn lock(tx: &mut Tx, ids: &[InvoiceId]) -> Result<Vec<Locked>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        r#"select id as "id: InvoiceId", client_id as "client_id: ClientId", coalesce(number, '') as "number!",
             status as "status: InvoiceStatus", currency as "currency: Currency", total_minor, paid_minor, due_on,
             viewed_at is not null as "viewed!", version
           from invoice where id = any ($1) order by id for update"#,
        &ids,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Locked {
            id: row.id,
            client_id: row.client_id,
            number: row.number,
            status: row.status,
            total: Money::new(row.total_minor, row.currency),
            paid: Money::new(row.paid_minor, row.currency),
            due_on: row.due_on,
            viewed: row.viewed,
            version: row.version,
        })
        .collect())
}

/// Notes how much of a locked invoice is paid now, in all: more after an allocation, less after a
/// refund. The allocation's ledger entry is the caller's, in the same transaction.
pub async fn settle(tx: &mut Tx, invoice: &Locked, paid: Money) -> Result<InvoiceStatus> {
    let status = invoice
        .status
        .settle(invoice.total, paid, invoice.viewed)
        .map_err(|error| Error::Refused(error.code()))?;
    let now = tx.now();
    let done = sqlx::query!(
        "update invoice set status = $2, paid_minor = $3, version = version + 1,
           paid_at = case when $2 = 'paid' then coalesce(paid_at, $4::timestamptz) end
         where id = $1 and version = $5 and currency = $6",
        invoice.id.uuid(),
        status as _,
        paid.minor(),
        now,
        invoice.version,
        paid.currency() as _,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() != 1 {
        return Err(Error::VersionMismatch);
    }
    if status == InvoiceStatus::Paid && invoice.status != InvoiceStatus::Paid {
        let event = Event::InvoicePaid { invoice_id: invoice.id, number: invoice.number.clone() };
        events::record(tx, Subject::Invoice(invoice.id), Some(invoice.client_id), &event).await?;
    }
    Ok(status)
}
