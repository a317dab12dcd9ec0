//! What money on a statement may pay.

use chrono::NaiveDate;
use domain::clients::ClientId;
use domain::invoices::InvoiceId;
use domain::money::{Currency, Money};
use domain::text::Name;

use crate::{Result, Tx};

/// The most open invoices that are looked at, the newest of each currency; more than that is no list to match by.
const MOST: i64 = 20_000;

/// An invoice with something left to pay.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The invoice.
    pub id: InvoiceId,
    /// Its number.
    pub number: String,
    /// When it is due; far off while it waits for a milestone.
    pub due_on: NaiveDate,
    /// Whose it is.
    pub client_id: ClientId,
    /// Their name now.
    pub client_name: Name,
    /// What is left to pay.
    pub balance: Money,
}

/// Open invoices in one of these currencies.
pub async fn candidates(tx: &mut Tx, currencies: &[Currency]) -> Result<Vec<Candidate>> {
    let codes: Vec<&str> = currencies.iter().map(Currency::code).collect();
    let rows = sqlx::query!(
        r#"select i.id as "id: InvoiceId", i.number as "number!", coalesce(i.due_on, '9999-12-31') as "due_on!", i.client_id as "client_id: ClientId",
             c.name as "client_name: Name", i.currency as "currency: Currency", i.total_minor - i.paid_minor as "balance!"
           from invoice i join client c on c.organization_id = i.organization_id and c.id = i.client_id
           where i.status in ('sent', 'viewed', 'partially_paid') and i.currency = any ($1)
             and i.number is not null and i.total_minor > i.paid_minor
           order by i.listed_on desc, i.id desc limit $2"#,
        &codes as &[&str],
        MOST,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Candidate {
            id: row.id,
            number: row.number,
            due_on: row.due_on,
            client_id: row.client_id,
            client_name: row.client_name,
            balance: Money::new(row.balance, row.currency),
        })
        .collect())
}

/// Whose payments came from these accounts before: account and client.
pub async fn known_payers(tx: &mut Tx, ibans: &[String]) -> Result<Vec<(String, ClientId)>> {
    let rows = sqlx::query!(
        r#"select distinct t.counterparty_iban as "iban!", p.client_id as "client_id: ClientId"
           from bank_transaction t
           join payment p on p.organization_id = t.organization_id and p.id = t.payment_id
           where t.state = 'matched' and t.counterparty_iban = any ($1)"#,
        ibans,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.iban, row.client_id)).collect())
}
