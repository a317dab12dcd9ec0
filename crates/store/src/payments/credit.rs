//! A client's credit: money that pays nothing yet, by the payment it lies in.

use chrono::NaiveDate;
use domain::clients::ClientId;
use domain::credits::{CreditOrigin, CreditSource, CreditTaken};
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::money::{Currency, Money};
use domain::payments::PaymentId;

use crate::invoices::{self, Locked};
use crate::ledger::{self, Entry};
use crate::{Result, Tx};

/// Payments that are shown as sources of credit.
const SOURCES: i64 = 100;

/// What is left of a client's credit and where it lies, the oldest first; as far as the caller may see it.
pub async fn credit_of(tx: &mut Tx, client: ClientId) -> Result<(Vec<Money>, Vec<CreditSource>)> {
    let balances = sqlx::query!(
        r#"select currency as "currency: Currency", credit_minor from client_balance
           where client_id = $1 and credit_minor > 0 order by currency"#,
        client.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    let rows = sqlx::query!(
        r#"select p.id as "id: PaymentId", p.method, p.received_on as "received_on: NaiveDate", p.currency as "currency: Currency",
             p.amount_minor, p.unapplied_minor, freed.of_note as "of_note?", freed.number as "number?"
           from payment p
           left join lateral (
             select n.id is not null as of_note, coalesce(n.number, i.number) as number
             from ledger_entry l
             left join credit_note n on n.organization_id = l.organization_id and n.id = l.credit_note_id
             left join invoice i on i.organization_id = l.organization_id and i.id = l.invoice_id
             where l.organization_id = p.organization_id and l.payment_id = p.id and l.kind = 'allocation' and l.of_credit
               and l.amount_minor < 0
             order by l.position desc limit 1) freed on true
           where p.client_id = $1 and p.unapplied_minor > 0 order by p.id limit $2"#,
        client.uuid(),
        SOURCES,
    )
    .fetch_all(tx.connection())
    .await?;
    let sources = rows.into_iter().map(|row| CreditSource {
        payment_id: row.id,
        method: row.method,
        received_on: row.received_on,
        paid: Money::new(row.amount_minor, row.currency),
        left: Money::new(row.unapplied_minor, row.currency),
        origin: match row.of_note {
            None => CreditOrigin::OverPayment,
            Some(false) => CreditOrigin::TakenOff,
            Some(true) => CreditOrigin::CreditNote,
        },
        number: row.number,
    });
    let credit = balances.into_iter().map(|row| Money::new(row.credit_minor, row.currency)).collect();
    Ok((credit, sources.collect()))
}

/// Spends a client's credit on a locked invoice, from the oldest payment on; its client is locked, too. Returns
/// what was taken, which is less than `amount` if there is less.
pub async fn apply_credit(tx: &mut Tx, invoice: &Locked, amount: Money) -> Result<Vec<CreditTaken>> {
    let rows = sqlx::query!(
        // What is on its way back to its payer is not there to be spent.
        r#"select id as "id: PaymentId", (unapplied_minor - (select coalesce(sum(amount_minor), 0)::bigint from refund r
             where r.organization_id = p.organization_id and r.payment_id = p.id and r.state = 'pending')) as "unapplied_minor!"
           from payment p where client_id = $1 and currency = $2 and unapplied_minor > 0 order by id for update"#,
        invoice.client_id.uuid(),
        amount.currency() as _,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut left = amount.minor();
    let mut taken = Vec::new();
    let mut entries = Vec::new();
    let invoice_id: InvoiceId = invoice.id;
    for row in rows {
        let part = Money::new(left.min(row.unapplied_minor), amount.currency());
        if !part.is_positive() {
            continue;
        }
        left -= part.minor();
        taken.push(CreditTaken { payment_id: row.id, amount: part });
        entries.push(Entry::Credit { payment_id: row.id, invoice_id, credit_note_id: None, amount: part });
        sqlx::query!(
            "update payment set unapplied_minor = unapplied_minor - $2 where id = $1",
            row.id.uuid(),
            part.minor(),
        )
        .execute(tx.connection())
        .await?;
    }
    ledger::append(tx, invoice.client_id, &entries).await?;
    let spent = Money::new(amount.minor() - left, amount.currency());
    if spent.is_positive() {
        invoices::pay(tx, invoice, spent).await?;
    }
    Ok(taken)
}
