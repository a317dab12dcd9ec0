use chrono::NaiveDate;
use domain::clients::ClientId;
use domain::ids::Id;
use domain::invoices::{InvoiceFilter, InvoiceId, InvoiceStatus, InvoiceSummary, InvoiceView};
use domain::money::{Currency, Money};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::schedules;
use domain::text::Name;
use sqlx::types::Json;
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use super::PartRow;
use super::find::balance;
use crate::{Cursor, Result, Tx};

#[derive(FromRow)]
struct Row {
    id: InvoiceId,
    number: Option<String>,
    status: InvoiceStatus,
    client_id: ClientId,
    client_name: Name,
    currency: Currency,
    listed_on: NaiveDate,
    issued_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    total_minor: i64,
    balance_minor: i64,
    open_parts: Option<Json<Vec<PartRow>>>,
    version: i64,
}

impl Row {
    fn summary(self, today: NaiveDate) -> InvoiceSummary {
        let balance = balance(self.status, self.balance_minor, self.currency);
        let open_parts = PartRow::parts(self.open_parts, self.currency);
        InvoiceSummary {
            id: self.id,
            number: self.number,
            status: self.status,
            overdue: self.status.is_open() && self.due_on.is_some_and(|due| due < today),
            client_id: self.client_id,
            client_name: self.client_name,
            issued_on: self.issued_on,
            due_on: self.due_on,
            total: Money::new(self.total_minor, self.currency),
            balance,
            next_payment: schedules::next_payment(&open_parts, balance, today),
            open_parts,
            version: self.version,
        }
    }
}

const SELECT: &str =
    "select id, number, status, client_id, client_name, currency, listed_on, issued_on, due_on, total_minor,
   balance_minor, open_parts, version from invoice where true";
/// Written out in full, as the partial indexes have it.
const OPEN: &str = " and status in ('sent', 'viewed', 'partially_paid')";

/// A page of invoices: the newest first, or of overdue ones the longest overdue first.
///
/// Each view walks an index of its own, so a page costs the same however many invoices there are; only a
/// search for text reads as far as it has to.
pub async fn list(tx: &mut Tx, filter: &InvoiceFilter, today: NaiveDate) -> Result<Page<InvoiceSummary>> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let after: Option<(NaiveDate, Uuid)> = Cursor::decode(filter.cursor.as_deref())?;
    let by_due_date = filter.view == InvoiceView::Overdue;
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(SELECT);
    match filter.view {
        InvoiceView::All => {}
        InvoiceView::Draft => drop(query.push(" and status = 'draft'")),
        InvoiceView::Open => drop(query.push(OPEN)),
        InvoiceView::Overdue => drop(query.push(OPEN).push(" and due_on < ").push_bind(today)),
        InvoiceView::Paid => drop(query.push(" and status = 'paid'")),
        InvoiceView::WrittenOff => drop(query.push(" and status = 'written_off'")),
        InvoiceView::Void => drop(query.push(" and status = 'void'")),
    }
    if let Some(client) = filter.client_id {
        query.push(" and client_id = ").push_bind(client.uuid());
    }
    if let Some(from) = filter.from {
        query.push(" and listed_on >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        query.push(" and listed_on <= ").push_bind(to);
    }
    if let Some(text) = filter.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        query.push(" and strpos(search, fold(").push_bind(text).push(")) > 0");
    }
    if let Some((date, id)) = after {
        query.push(if by_due_date { " and (due_on, id) > (" } else { " and (listed_on, id) < (" });
        query.push_bind(date).push(", ").push_bind(id).push(")");
    }
    query.push(if by_due_date {
        " order by due_on, id limit "
    } else {
        " order by listed_on desc, id desc limit "
    });
    query.push_bind(i64::from(limit) + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.connection()).await?;
    let key = |row: &Row| if by_due_date { row.due_on.unwrap_or(row.listed_on) } else { row.listed_on };
    let page = Page::from_overfull(rows, limit, |last| Cursor::encode(&(key(last), last.id.uuid())));
    Ok(page.map(|row| row.summary(today)))
}

/// What the client of this transaction has to pay, the most urgent first, and how many there are in all. What only
/// waits for a milestone asks for nothing yet.
pub async fn to_pay(tx: &mut Tx, today: NaiveDate, limit: u16) -> Result<(Vec<InvoiceSummary>, i64)> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(SELECT);
    query.push(OPEN).push(" and due_on is not null order by due_on, id limit ").push_bind(i64::from(limit));
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.connection()).await?;
    let count = if rows.len() < usize::from(limit) {
        i64::try_from(rows.len()).unwrap_or(i64::MAX)
    } else {
        sqlx::query_scalar!(
            r#"select count(*) as "count!" from invoice 
               where status in ('sent', 'viewed', 'partially_paid') and due_on is not null"#
        )
        .fetch_one(tx.connection())
        .await?
    };
    Ok((rows.into_iter().map(|row| row.summary(today)).collect(), count))
}
