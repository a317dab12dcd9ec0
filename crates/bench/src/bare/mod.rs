//! The yardstick: the same questions, the same JSON, by actix and sqlx alone.
//!
//! No transaction, no caller, no permission, no policy that filters: it connects as a role that sees everything and is
//! told at its start whose rows to read. What `portico` answers more slowly than this is what all of that costs.

mod home;
mod invoice;
mod list;

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use actix_web::web::{Data, ServiceConfig};
use actix_web::{App, HttpServer, ResponseError, get};
use chrono::{NaiveDate, Utc};
use clap::Args;
use domain::clients::{ClientId, ContactId};
use domain::ids::Id;
use domain::invoices::{InvoiceStatus, InvoiceSummary};
use domain::money::Money;
use domain::organizations::OrganizationId;
use domain::text::TimeZone;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

/// What the bare handler is told.
#[derive(Debug, Clone, Args)]
pub struct Bare {
    /// Address and port to listen on
    #[arg(long)]
    listen: SocketAddr,
    /// Whose invoices
    #[arg(long)]
    organization: OrganizationId,
    /// Whose home
    #[arg(long)]
    client: ClientId,
    /// Who reads it
    #[arg(long)]
    contact: ContactId,
    /// Connections to keep to the database
    #[arg(long)]
    connections: u32,
    /// The database
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
}

/// What the handlers know.
struct Known {
    pool: PgPool,
    asked: Bare,
    zone: TimeZone,
    partial_payments: bool,
    minimum_partial_minor: i64,
}

impl Known {
    #[expect(clippy::disallowed_methods, reason = "a handler that is measured has no clock to move")]
    fn today(&self) -> NaiveDate {
        self.zone.today(Utc::now())
    }
}

/// Any failure: the benchmark ends with its first.
#[derive(Debug)]
struct Failed(sqlx::Error);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Failed {}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Self(error)
    }
}

#[get("/ready")]
async fn ready() -> &'static str {
    "ready"
}

fn routes(config: &mut ServiceConfig) {
    config.service(ready).service(list::list).service(invoice::invoice).service(home::home);
}

/// Serves until it is stopped.
pub async fn serve(asked: Bare) -> crate::Result<()> {
    let pool = PgPoolOptions::new()
        .max_connections(asked.connections)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql("set role portico_system").execute(connection).await?;
                Ok(())
            })
        })
        .connect_with(PgConnectOptions::from_str(&asked.database_url)?)
        .await?;
    let (zone, partial_payments, minimum_partial_minor) = sqlx::query_as(
        "select time_zone, partial_payments, minimum_partial_minor from organization where organization_id = $1",
    )
    .bind(asked.organization.uuid())
    .fetch_one(&pool)
    .await?;
    let listen = asked.listen;
    let known = Data::new(Known { pool, asked, zone, partial_payments, minimum_partial_minor });
    HttpServer::new(move || App::new().app_data(known.clone()).configure(routes))
        .bind(listen)?
        .keep_alive(Duration::from_secs(75))
        .run()
        .await?;
    Ok(())
}

/// An invoice as lists show it.
#[derive(sqlx::FromRow)]
struct Row {
    id: domain::invoices::InvoiceId,
    number: Option<String>,
    status: InvoiceStatus,
    client_id: ClientId,
    client_name: domain::text::Name,
    currency: domain::money::Currency,
    listed_on: NaiveDate,
    issued_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    total_minor: i64,
    balance_minor: i64,
    version: i64,
}

impl Row {
    fn summary(self, today: NaiveDate) -> InvoiceSummary {
        let balance = balance(self.status, self.balance_minor, self.currency);
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
            // The invoices that are measured are paid at once.
            next_payment: balance,
            open_parts: Vec::new(),
            version: self.version,
        }
    }
}

fn balance(status: InvoiceStatus, left: i64, currency: domain::money::Currency) -> Money {
    Money::new(if status == InvoiceStatus::Void { 0 } else { left }, currency)
}
