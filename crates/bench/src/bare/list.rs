use actix_web::get;
use actix_web::web::{Data, Json};
use domain::ids::Id;
use domain::invoices::InvoiceSummary;
use domain::page::Page;
use store::Cursor;

use super::{Failed, Known, Row};

/// Invoices of a page: as many as the product shows where nothing is said.
const LIMIT: u16 = domain::page::DEFAULT_LIMIT;

/// The newest invoices.
#[get("/api/v1/invoices")]
pub async fn list(known: Data<Known>) -> Result<Json<Page<InvoiceSummary>>, Failed> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id, number, status, client_id, client_name, currency, listed_on, issued_on, due_on, total_minor,
           balance_minor, version from invoice where organization_id = $1 order by listed_on desc, id desc limit $2",
    )
    .bind(known.asked.organization.uuid())
    .bind(i64::from(LIMIT) + 1)
    .fetch_all(&known.pool)
    .await?;
    let today = known.today();
    let page = Page::from_overfull(rows, LIMIT, |last| Cursor::encode(&(last.listed_on, last.id.uuid())));
    Ok(Json(page.map(|row| row.summary(today))))
}
