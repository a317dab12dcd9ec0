use chrono::NaiveDate;
use domain::clients::ClientId;
use domain::events::{Event, Subject};
use domain::ids::Id;
use domain::invoices::{InvoiceId, InvoiceStatus, Settlement};
use domain::money::{Currency, Money, MoneyError};
use domain::schedules::{OpenPart, ScheduleEntry};
use sqlx::types::Json;
use uuid::Uuid;

use super::PartRow;
use crate::ledger::{self, Entry};
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
    /// What of that is settled.
    pub settled: Settlement,
    /// Until when it is to be paid; nothing while its next instalment waits for a milestone.
    pub due_on: Option<NaiveDate>,
    /// Its instalments; none if it is paid at once.
    pub schedule: Vec<ScheduleEntry>,
    /// What is left of them, in the order in which they are paid.
    pub open_parts: Vec<OpenPart>,
    /// Whether the client has opened it.
    pub viewed: bool,
    /// Its version.
    pub version: i64,
}

impl Locked {
    /// What is left to pay; below nothing for a credit that was imported.
    pub fn balance(&self) -> Money {
        Money::new(self.settled.rest(self.total), self.total.currency())
    }

    /// What money that has come may pay: what is left, and what was given up. Nothing of drafts and of what
    /// was withdrawn.
    pub fn payable(&self) -> Money {
        let currency = self.total.currency();
        match self.status {
            InvoiceStatus::Draft | InvoiceStatus::Void => Money::zero(currency),
            InvoiceStatus::Sent
            | InvoiceStatus::Viewed
            | InvoiceStatus::PartiallyPaid
            | InvoiceStatus::Paid
            | InvoiceStatus::WrittenOff => {
                let rest = self.settled.rest(self.total).saturating_add(self.settled.written_off.minor());
                Money::new(rest.max(0), currency)
            }
        }
    }
}

/// Locks invoices in the order of their ids, so that two who want the same ones wait instead of
/// deadlocking; those the caller can't see are left out.
pub async fn lock(tx: &mut Tx, ids: &[InvoiceId]) -> Result<Vec<Locked>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        r#"select id as "id: InvoiceId", client_id as "client_id: ClientId", coalesce(number, '') as "number!",
             status as "status: InvoiceStatus", currency as "currency: Currency", total_minor, paid_minor,
             credited_minor, written_off_minor, due_on,
             schedule as "schedule: Json<Vec<ScheduleEntry>>", open_parts as "open_parts: Json<Vec<PartRow>>",
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
            settled: Settlement {
                paid: Money::new(row.paid_minor, row.currency),
                credited: Money::new(row.credited_minor, row.currency),
                written_off: Money::new(row.written_off_minor, row.currency),
            },
            due_on: row.due_on,
            schedule: row.schedule.map(|schedule| schedule.0).unwrap_or_default(),
            open_parts: PartRow::parts(row.open_parts, row.currency),
            viewed: row.viewed,
            version: row.version,
        })
        .collect())
}

/// Notes how much of a locked invoice is settled now, in all. The ledger's entry of what changed is the
/// caller's, in the same transaction.
pub async fn settle(tx: &mut Tx, invoice: &Locked, settled: &Settlement) -> Result<InvoiceStatus> {
    let status = invoice
        .status
        .settle(invoice.total, settled, invoice.viewed)
        .map_err(|error| Error::Refused(error.code()))?;
    let now = tx.now();
    let done = sqlx::query!(
        "update invoice set status = $2, paid_minor = $3, credited_minor = $4, written_off_minor = $5, version = version + 1,
           paid_at = case when $2 = 'paid' then coalesce(paid_at, $6::timestamptz) end
         where id = $1 and version = $7 and currency = $8",
        invoice.id.uuid(),
        status as _,
        settled.paid.minor(),
        settled.credited.minor(),
        settled.written_off.minor(),
        now,
        invoice.version,
        settled.paid.currency() as _,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() != 1 {
        return Err(Error::VersionMismatch);
    }
    // What a credit note settles was not paid.
    let by_money = settled.paid.minor() > invoice.settled.paid.minor();
    if status == InvoiceStatus::Paid && invoice.status != InvoiceStatus::Paid && by_money {
        let event = Event::InvoicePaid { invoice_id: invoice.id, number: invoice.number.clone() };
        events::record(tx, Subject::Invoice(invoice.id), Some(invoice.client_id), &event).await?;
    }
    Ok(status)
}

/// Lets money pay a locked invoice. What was given up of it is owed again as far as it is paid now. The
/// allocation is the caller's.
pub async fn pay(tx: &mut Tx, invoice: &Locked, amount: Money) -> Result<()> {
    let owed = invoice.balance().minor().max(0);
    let undone = (amount.minor() - owed).clamp(0, invoice.settled.written_off.minor());
    let mut settled = invoice.settled;
    if undone > 0 {
        settled.written_off = owe_again(tx, invoice, Money::new(undone, amount.currency())).await?;
    }
    settled.paid = sum(settled.paid.checked_add(amount))?;
    settle(tx, invoice, &settled).await?;
    Ok(())
}

/// Takes money off a locked invoice, which owes it again. The allocation is the caller's.
pub async fn unpay(tx: &mut Tx, invoice: &Locked, amount: Money) -> Result<()> {
    let paid = sum(invoice.settled.paid.checked_sub(amount))?;
    settle(tx, invoice, &Settlement { paid, ..invoice.settled }).await?;
    Ok(())
}

/// Gives up what a locked invoice still asks for; how much that was.
pub async fn write_off(tx: &mut Tx, invoice: &Locked, reason: &str) -> Result<Money> {
    let amount = invoice.balance();
    ledger::append(tx, invoice.client_id, &[Entry::WriteOff { invoice_id: invoice.id, amount }]).await?;
    let written_off = sum(invoice.settled.written_off.checked_add(amount))?;
    settle(tx, invoice, &Settlement { written_off, ..invoice.settled }).await?;
    let event = Event::InvoiceWrittenOff {
        invoice_id: invoice.id,
        number: invoice.number.clone(),
        amount,
        reason: reason.to_owned(),
    };
    events::record(tx, Subject::Invoice(invoice.id), Some(invoice.client_id), &event).await?;
    Ok(amount)
}

/// Asks again for everything that was given up of a locked invoice.
pub async fn undo_write_off(tx: &mut Tx, invoice: &Locked) -> Result<()> {
    let written_off = owe_again(tx, invoice, invoice.settled.written_off).await?;
    settle(tx, invoice, &Settlement { written_off, ..invoice.settled }).await?;
    Ok(())
}

/// The opposite entry of giving up; what stays given up.
pub(crate) async fn owe_again(tx: &mut Tx, invoice: &Locked, amount: Money) -> Result<Money> {
    let opposite = sum(amount.checked_neg())?;
    ledger::append(tx, invoice.client_id, &[Entry::WriteOff { invoice_id: invoice.id, amount: opposite }])
        .await?;
    let event =
        Event::InvoiceWriteOffUndone { invoice_id: invoice.id, number: invoice.number.clone(), amount };
    events::record(tx, Subject::Invoice(invoice.id), Some(invoice.client_id), &event).await?;
    sum(invoice.settled.written_off.checked_sub(amount))
}

pub(crate) fn sum(result: Result<Money, MoneyError>) -> Result<Money> {
    result.map_err(|error| Error::Refused(error.code()))
}

/// Says whether payments of these invoices are contested.
pub async fn mark_disputed(tx: &mut Tx, ids: &[InvoiceId], disputed: bool) -> Result<()> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    sqlx::query!("update invoice set disputed = $2 where id = any ($1)", &ids, disputed)
        .execute(tx.connection())
        .await?;
    Ok(())
}
