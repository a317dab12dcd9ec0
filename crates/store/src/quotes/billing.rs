use chrono::NaiveDate;
use domain::ids::Id;
use domain::invoices::{InvoiceId, InvoiceStatus};
use domain::money::{Currency, Money, Quantity, UnitPrice};
use domain::projects::ProjectId;
use domain::quotes::{ChangeOrder, QuoteId, QuoteInvoice, QuotePart, QuoteState};
use domain::tax::Tax;
use domain::text::Name;
use domain::totals::{LineInput, PriceMode, Rounding};
use sqlx::types::Json;

use crate::invoices::balance;
use crate::{Error, Result, Tx};

/// A quote's invoices in the order in which they were written, as far as the caller may see them.
pub async fn invoices_of(tx: &mut Tx, quote: QuoteId) -> Result<Vec<QuoteInvoice>> {
    let rows = sqlx::query!(
        r#"select id as "id: InvoiceId", number, status as "status: InvoiceStatus", quote_part as "part!: QuotePart",
             currency as "currency: Currency", total_minor, balance_minor as "balance_minor!"
           from invoice where quote_id = $1 order by id"#,
        quote.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| QuoteInvoice {
            id: row.id,
            number: row.number,
            status: row.status,
            part: row.part,
            total: Money::new(row.total_minor, row.currency),
            balance: balance(row.status, row.balance_minor, row.currency),
        })
        .collect())
}

/// Says what an invoice bills of a quote.
pub async fn link_invoice(
    tx: &mut Tx,
    invoice: InvoiceId,
    quote: QuoteId,
    project: Option<ProjectId>,
    part: QuotePart,
) -> Result<()> {
    let done = sqlx::query!(
        "update invoice set quote_id = $2, project_id = $3, quote_part = $4 where id = $1",
        invoice.uuid(),
        quote.uuid(),
        project.map(Id::uuid),
        part as _,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// An invoice that bills a part of a quote, with what the last one needs to take it off.
#[derive(Debug, Clone)]
pub struct BilledInvoice {
    /// Its number; drafts have none.
    pub number: Option<String>,
    /// What it bills.
    pub part: QuotePart,
    /// What it comes to.
    pub gross: Money,
    /// Whether its prices include tax.
    pub price_mode: PriceMode,
    /// Where its tax is rounded.
    pub rounding: Rounding,
    /// Its lines.
    pub lines: Vec<LineInput>,
}

/// What was billed of a quote, drafts included, withdrawn invoices not.
pub async fn billed(tx: &mut Tx, quote: QuoteId) -> Result<Vec<BilledInvoice>> {
    let heads = sqlx::query!(
        r#"select id, number, quote_part as "part!: QuotePart", currency as "currency: Currency", total_minor,
             price_mode as "price_mode: PriceMode", rounding as "rounding: Rounding"
           from invoice where quote_id = $1 and status <> 'void' order by id"#,
        quote.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    let mut all = Vec::new();
    for head in heads {
        let lines = sqlx::query!(
            r#"select quantity as "quantity: Quantity", unit_price as "unit_price: UnitPrice", taxes as "taxes: Json<Vec<Tax>>"
               from invoice_line where invoice_id = $1 order by position"#,
            head.id,
        )
        .fetch_all(tx.connection())
        .await?;
        all.push(BilledInvoice {
            number: head.number,
            part: head.part,
            gross: Money::new(head.total_minor, head.currency),
            price_mode: head.price_mode,
            rounding: head.rounding,
            lines: lines
                .into_iter()
                .map(|line| LineInput {
                    quantity: line.quantity,
                    unit_price: line.unit_price,
                    taxes: line.taxes.0,
                })
                .collect(),
        });
    }
    Ok(all)
}

/// Notes that all of an accepted quote is billed.
pub async fn mark_converted(tx: &mut Tx, id: QuoteId) -> Result<()> {
    sqlx::query!(
        "update quote set state = 'converted', version = version + 1 where id = $1 and state = 'accepted'",
        id.uuid()
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The change orders of a quote that the caller may see, oldest first.
pub async fn change_orders(tx: &mut Tx, id: QuoteId, today: NaiveDate) -> Result<Vec<ChangeOrder>> {
    let rows = sqlx::query!(
        r#"select id as "id: QuoteId", number, title as "title: Name", state as "state: QuoteState", valid_until,
             currency as "currency: Currency", total_minor
           from quote where changes_quote_id = $1 order by id"#,
        id.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ChangeOrder {
            id: row.id,
            number: row.number,
            title: row.title,
            state: row.state.on(today, row.valid_until),
            total: Money::new(row.total_minor, row.currency),
        })
        .collect())
}
