use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpResponse, get};
use domain::bank::BankTransactionFilter;
use domain::clients::ClientId;
use domain::credits::CreditNoteFilter;
use domain::invoices::InvoiceFilter;
use domain::payments::{InboundEventFilter, PaymentFilter};
use domain::permission::Permission;
use domain::problem::Problem;
use domain::quotes::QuoteFilter;
use domain::recurring::RecurringInvoiceFilter;
use domain::statements::StatementFilter;
use futures_util::{StreamExt, stream};
use store::{Tx, clients, organizations, statements};
use utoipa_actix_web::service_config::ServiceConfig;

use super::listing::Listing;
use super::sheet::{Book, Cell, csv};
use crate::App;
use crate::http::{Filter, Key, PortalUser, Staff};
use crate::problem::{Failure, Result};
use crate::statements::{own, span};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(invoices_csv)
        .service(invoices_xlsx)
        .service(payments_csv)
        .service(payments_xlsx)
        .service(recurring_invoices_csv)
        .service(recurring_invoices_xlsx)
        .service(quotes_csv)
        .service(quotes_xlsx)
        .service(credit_notes_csv)
        .service(credit_notes_xlsx)
        .service(bank_transactions_csv)
        .service(bank_transactions_xlsx)
        .service(inbound_events_csv)
        .service(inbound_events_xlsx)
        .service(client_statement_csv)
        .service(portal_statement_csv);
}

/// Get invoices as CSV: all that the filter lets through.
///
/// Cells that a spreadsheet would take for formulas begin with a quote.
#[utoipa::path(tag = "exports", params(InvoiceFilter), responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
#[get("/invoices.csv")]
async fn invoices_csv(staff: Staff, filter: Filter<InvoiceFilter>, app: Data<App>) -> Result<HttpResponse> {
    let (tx, listing) = invoices(&staff, filter.0, &app).await?;
    as_csv(tx, listing, "invoices.csv").await
}

/// Get invoices as XLSX: all that the filter lets through.
#[utoipa::path(tag = "exports", params(InvoiceFilter), responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = "4XX", body = Problem)))]
#[get("/invoices.xlsx")]
async fn invoices_xlsx(staff: Staff, filter: Filter<InvoiceFilter>, app: Data<App>) -> Result<HttpResponse> {
    let (tx, listing) = invoices(&staff, filter.0, &app).await?;
    as_xlsx(tx, listing, "invoices.xlsx").await
}

async fn invoices(staff: &Staff, filter: InvoiceFilter, app: &App) -> Result<(Tx, Listing)> {
    let mut tx = app.store.begin(staff, Permission::ViewInvoices).await?;
    let today = organizations::today(&mut tx).await?;
    Ok((tx, Listing::Invoices(filter, today)))
}

/// Get payments as CSV: all that the filter lets through.
///
/// Cells that a spreadsheet would take for formulas begin with a quote.
#[utoipa::path(tag = "exports", params(PaymentFilter), responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
#[get("/payments.csv")]
async fn payments_csv(staff: Staff, filter: Filter<PaymentFilter>, app: Data<App>) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    as_csv(tx, Listing::Payments(filter.0), "payments.csv").await
}

/// Get payments as XLSX: all that the filter lets through.
#[utoipa::path(tag = "exports", params(PaymentFilter), responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = "4XX", body = Problem)))]
#[get("/payments.xlsx")]
async fn payments_xlsx(staff: Staff, filter: Filter<PaymentFilter>, app: Data<App>) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    as_xlsx(tx, Listing::Payments(filter.0), "payments.xlsx").await
}

/// Get invoices that come again as CSV: all that the filter lets through.
///
/// Cells that a spreadsheet would take for formulas begin with a quote.
#[utoipa::path(tag = "exports", params(RecurringInvoiceFilter), responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
#[get("/recurring-invoices.csv")]
async fn recurring_invoices_csv(
    staff: Staff,
    filter: Filter<RecurringInvoiceFilter>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    as_csv(tx, Listing::Recurring(filter.0), "recurring-invoices.csv").await
}

/// Get invoices that come again as XLSX: all that the filter lets through.
#[utoipa::path(tag = "exports", params(RecurringInvoiceFilter), responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = "4XX", body = Problem)))]
#[get("/recurring-invoices.xlsx")]
async fn recurring_invoices_xlsx(
    staff: Staff,
    filter: Filter<RecurringInvoiceFilter>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    as_xlsx(tx, Listing::Recurring(filter.0), "recurring-invoices.xlsx").await
}

/// Get quotes as CSV: all that the filter lets through.
///
/// Cells that a spreadsheet would take for formulas begin with a quote.
#[utoipa::path(tag = "exports", params(QuoteFilter), responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
#[get("/quotes.csv")]
async fn quotes_csv(staff: Staff, filter: Filter<QuoteFilter>, app: Data<App>) -> Result<HttpResponse> {
    let (tx, listing) = quotes(&staff, filter.0, &app).await?;
    as_csv(tx, listing, "quotes.csv").await
}

/// Get quotes as XLSX: all that the filter lets through.
#[utoipa::path(tag = "exports", params(QuoteFilter), responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = "4XX", body = Problem)))]
#[get("/quotes.xlsx")]
async fn quotes_xlsx(staff: Staff, filter: Filter<QuoteFilter>, app: Data<App>) -> Result<HttpResponse> {
    let (tx, listing) = quotes(&staff, filter.0, &app).await?;
    as_xlsx(tx, listing, "quotes.xlsx").await
}

async fn quotes(staff: &Staff, filter: QuoteFilter, app: &App) -> Result<(Tx, Listing)> {
    let mut tx = app.store.begin(staff, Permission::ViewQuotes).await?;
    let today = organizations::today(&mut tx).await?;
    Ok((tx, Listing::Quotes(filter, today)))
}

/// Get credit notes as CSV: all that the filter lets through.
///
/// Cells that a spreadsheet would take for formulas begin with a quote.
#[utoipa::path(tag = "exports", params(CreditNoteFilter), responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
#[get("/credit-notes.csv")]
async fn credit_notes_csv(
    staff: Staff,
    filter: Filter<CreditNoteFilter>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let (tx, listing) = credit_notes(&staff, filter.0, &app).await?;
    as_csv(tx, listing, "credit-notes.csv").await
}

/// Get credit notes as XLSX: all that the filter lets through.
#[utoipa::path(tag = "exports", params(CreditNoteFilter), responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = "4XX", body = Problem)))]
#[get("/credit-notes.xlsx")]
async fn credit_notes_xlsx(
    staff: Staff,
    filter: Filter<CreditNoteFilter>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let (tx, listing) = credit_notes(&staff, filter.0, &app).await?;
    as_xlsx(tx, listing, "credit-notes.xlsx").await
}

async fn credit_notes(staff: &Staff, filter: CreditNoteFilter, app: &App) -> Result<(Tx, Listing)> {
    let tx = app.store.begin(staff, Permission::ViewInvoices).await?;
    Ok((tx, Listing::CreditNotes(filter)))
}

/// Get money on the bank's statements as CSV: all that the filter lets through.
///
/// Cells that a spreadsheet would take for formulas begin with a quote.
#[utoipa::path(tag = "exports", params(BankTransactionFilter), responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
#[get("/bank-transactions.csv")]
async fn bank_transactions_csv(
    staff: Staff,
    filter: Filter<BankTransactionFilter>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let (tx, listing) = bank_transactions(&staff, filter.0, &app).await?;
    as_csv(tx, listing, "bank-transactions.csv").await
}

/// Get money on the bank's statements as XLSX: all that the filter lets through.
#[utoipa::path(tag = "exports", params(BankTransactionFilter), responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = "4XX", body = Problem)))]
#[get("/bank-transactions.xlsx")]
async fn bank_transactions_xlsx(
    staff: Staff,
    filter: Filter<BankTransactionFilter>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let (tx, listing) = bank_transactions(&staff, filter.0, &app).await?;
    as_xlsx(tx, listing, "bank-transactions.xlsx").await
}

async fn bank_transactions(staff: &Staff, filter: BankTransactionFilter, app: &App) -> Result<(Tx, Listing)> {
    let tx = app.store.begin(staff, Permission::ViewPayments).await?;
    Ok((tx, Listing::BankTransactions(filter)))
}

/// Get events from payment providers as CSV: all that the filter lets through.
///
/// Cells that a spreadsheet would take for formulas begin with a quote.
#[utoipa::path(tag = "exports", params(InboundEventFilter), responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
#[get("/inbound-events.csv")]
async fn inbound_events_csv(
    staff: Staff,
    filter: Filter<InboundEventFilter>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let (tx, listing) = inbound_events(&staff, filter.0, &app).await?;
    as_csv(tx, listing, "inbound-events.csv").await
}

/// Get events from payment providers as XLSX: all that the filter lets through.
#[utoipa::path(tag = "exports", params(InboundEventFilter), responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = "4XX", body = Problem)))]
#[get("/inbound-events.xlsx")]
async fn inbound_events_xlsx(
    staff: Staff,
    filter: Filter<InboundEventFilter>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let (tx, listing) = inbound_events(&staff, filter.0, &app).await?;
    as_xlsx(tx, listing, "inbound-events.xlsx").await
}

async fn inbound_events(staff: &Staff, filter: InboundEventFilter, app: &App) -> Result<(Tx, Listing)> {
    let tx = app.store.begin(staff, Permission::ManagePayments).await?;
    Ok((tx, Listing::InboundEvents(filter)))
}

/// Get a client's statement of account as CSV: all movements of the span.
#[utoipa::path(tag = "statements", params(StatementFilter), responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
#[get("/clients/{id}/statement.csv")]
async fn client_statement_csv(
    staff: Staff,
    id: Key<ClientId>,
    filter: Filter<StatementFilter>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    let listing = statement(&mut tx, *id, &filter).await?;
    as_csv(tx, listing, "statement.csv").await
}

/// Get your company's statement of account as CSV: all movements of the span.
#[utoipa::path(tag = "statements", params(StatementFilter), responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
#[get("/portal/statement.csv")]
async fn portal_statement_csv(
    user: PortalUser,
    filter: Filter<StatementFilter>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    let client = own(&tx)?;
    let listing = statement(&mut tx, client, &filter).await?;
    as_csv(tx, listing, "statement.csv").await
}

async fn statement(tx: &mut Tx, client: ClientId, filter: &StatementFilter) -> Result<Listing> {
    clients::name(tx, client).await?;
    let span = span(tx, client, filter).await?;
    let opening = statements::ends(tx, span).await?.opening;
    Ok(Listing::Statement { span, opening, cursor: filter.cursor.clone() })
}

fn attachment(name: &str) -> ContentDisposition {
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name.to_owned())],
    }
}

/// Page by page: what was sent is forgotten. The first is read before anything is answered, so that a list that
/// can't be read is refused like any other.
async fn as_csv(mut tx: Tx, mut listing: Listing, name: &str) -> Result<HttpResponse> {
    let headings: Vec<Cell> = listing.headings().iter().map(|heading| Cell::text(*heading)).collect();
    let (rows, more) = listing.next(&mut tx).await?;
    let first = csv([&headings].into_iter().chain(&rows)).map_err(Failure::internal)?;
    let rest = stream::try_unfold(more.then_some((tx, listing)), async |state| {
        let Some((mut tx, mut listing)) = state else { return Ok::<_, Failure>(None) };
        let (rows, more) = listing.next(&mut tx).await?;
        let bytes = csv(&rows).map_err(Failure::internal)?;
        Ok(Some((Bytes::from(bytes), more.then_some((tx, listing)))))
    });
    let lines = stream::once(std::future::ready(Ok(Bytes::from(first)))).chain(rest);
    let mut answer = HttpResponse::Ok();
    Ok(answer.content_type("text/csv; charset=utf-8").insert_header(attachment(name)).streaming(lines))
}

async fn as_xlsx(mut tx: Tx, mut listing: Listing, name: &str) -> Result<HttpResponse> {
    let mut book = Book::new(listing.headings()).map_err(Failure::internal)?;
    loop {
        let (rows, more) = listing.next(&mut tx).await?;
        for row in &rows {
            book.add(row).map_err(Failure::internal)?;
        }
        if !more {
            break;
        }
    }
    drop(tx);
    // Packing takes its time.
    let bytes =
        web::block(move || book.finish()).await.map_err(Failure::internal)?.map_err(Failure::internal)?;
    Ok(HttpResponse::Ok().content_type(XLSX).insert_header(attachment(name)).body(bytes))
}
