//! What moves money: many invoices issued at once, a provider's event that comes fifty times, a statement of ten
//! thousand movements, documents printed.

use std::time::{Duration, Instant};

use bench::sandbox::{SIGNATURE, Signer, event};
use hyper::Method;
use hyper::header::{HeaderName, IF_MATCH};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tokio::task::JoinSet;

use crate::Result;
use crate::database::Database;
use crate::http::{Connection, Target};
use crate::links::staff;
use crate::report::Report;

/// Invoices that are issued at the same time.
const AT_ONCE: usize = 100;
/// How often the same event comes at the same time.
const STORM: usize = 50;
/// Movements of the long statement.
const MOVEMENTS: i64 = 10_000;
/// The most movements of a printed one.
const PRINTED: i64 = 2000;
/// How many ask for documents at the same time.
const READERS: usize = 4;
/// The client with the long statement.
const LONG: &str = "Ten thousand movements";
const SCOPES: [&str; 8] = [
    "console",
    "clients.view",
    "clients.edit",
    "invoices.view",
    "invoices.edit",
    "invoices.send",
    "payments.view",
    "payments.manage",
];

/// Measures all of it at a server.
pub async fn measure(server: &Target, database: &Database, report: &mut Report) -> Result<()> {
    let staff = staff(&database.links, server, &SCOPES).await?;
    report.once("money", None);
    let issued = issue(&staff, report).await?;
    print(&staff, &issued, report).await?;
    storm(server, &staff, &issued[0], database, report).await?;
    statement(&staff, database, report).await
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(ToOwned::to_owned).ok_or_else(|| format!("a text is missing: {value}").into())
}

async fn made(target: &Target, path: &str, body: &Value) -> Result<Value> {
    Ok(serde_json::from_slice(&target.post(path, body).await?.body)?)
}

fn draft(client: &Value) -> Value {
    let line = json!({
        "description": "Work", "quantity": "2", "unit_price": "95.50", "taxes": [{ "name": "VAT", "rate": "19" }],
    });
    json!({ "client_id": client, "lines": [line.clone(), line.clone(), line] })
}

/// Issues so many invoices at the same time; their numbers must follow each other. Returns their ids.
async fn issue(staff: &Target, report: &mut Report) -> Result<Vec<String>> {
    let clients = staff.get("/api/v1/clients?limit=20").await?;
    let clients = clients["items"].as_array().ok_or("there are no clients")?;
    let mut drafts = Vec::new();
    for client in clients.iter().cycle().take(AT_ONCE) {
        let made = made(staff, "/api/v1/invoices", &draft(&client["id"])).await?;
        drafts.push((text(&made["id"])?, made["version"].to_string()));
    }
    let mut connections = Vec::new();
    for (_, version) in &drafts {
        let target = staff.clone().with(IF_MATCH, &format!("\"{version}\""))?;
        connections.push(Connection::open(&target).await?);
    }
    let began = Instant::now();
    let mut senders: JoinSet<Result<u64>> = JoinSet::new();
    for ((id, _), mut connection) in drafts.clone().into_iter().zip(connections) {
        senders.spawn(async move {
            let path = format!("/api/v1/invoices/{id}/send");
            let sent = connection.send(Method::POST, &path, Some(&json!({}))).await?;
            let sent: Value = serde_json::from_slice(&sent.body)?;
            let number = text(&sent["number"])?;
            let digits = number.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            Ok(digits.parse()?)
        });
    }
    let mut numbers = Vec::new();
    while let Some(number) = senders.join_next().await {
        numbers.push(number??);
    }
    let took = began.elapsed();
    numbers.sort_unstable();
    if numbers.windows(2).any(|two| two[1] != two[0] + 1) {
        return Err(
            format!("{AT_ONCE} invoices issued at once have gaps in their numbers: {numbers:?}").into()
        );
    }
    report.each(&format!("  {AT_ONCE} invoices issued at once, numbers without gaps"), AT_ONCE, took);
    Ok(drafts.into_iter().map(|(id, _)| id).collect())
}

/// Prints documents that nobody asked for before, and reads what is kept.
async fn print(staff: &Target, issued: &[String], report: &mut Report) -> Result<()> {
    for name in ["  PDFs printed", "  PDFs that are kept"] {
        let began = Instant::now();
        let mut readers: JoinSet<Result<()>> = JoinSet::new();
        for part in issued.chunks(issued.len().div_ceil(READERS)) {
            let (part, staff) = (part.to_vec(), staff.clone());
            readers.spawn(async move {
                let mut connection = Connection::open(&staff).await?;
                for id in part {
                    let pdf =
                        connection.send(Method::GET, &format!("/api/v1/invoices/{id}/pdf"), None).await?;
                    if !pdf.body.starts_with(b"%PDF-") {
                        return Err(format!("the document of {id} is no PDF").into());
                    }
                }
                Ok(())
            });
        }
        while let Some(reader) = readers.join_next().await {
            reader??;
        }
        report.each(name, issued.len(), began.elapsed());
    }
    Ok(())
}

/// A client pays, and the provider tells of it fifty times at once: one payment.
async fn storm(
    server: &Target,
    staff: &Target,
    invoice: &str,
    database: &Database,
    report: &mut Report,
) -> Result<()> {
    let me = staff.get("/api/v1/me").await?;
    let organization: domain::organizations::OrganizationId =
        text(&me["organization"]["id"])?.parse().map_err(|_| "the organization's id can't be read")?;
    let known = staff.get("/api/v1/payment-connections").await?;
    let sandbox = known.as_array().into_iter().flatten().find(|found| found["provider"] == "sandbox");
    let sandbox = text(&sandbox.ok_or("the demo has no sandbox")?["id"])?;
    let mut connection = database.look().await?;
    let id = domain::ids::Id::uuid(organization);
    let signer = Signer::read(&mut connection, id, &sandbox, &database.master_key()?).await?;
    connection.close().await?;

    let link = made(staff, &format!("/api/v1/invoices/{invoice}/copy-link"), &json!({})).await?;
    let token = text(&link["url"])?.rsplit('/').next().unwrap_or_default().to_owned();
    let guest = server.clone().with(HeaderName::from_static("portico-guest"), &token)?;
    let shown = guest.get(&format!("/api/v1/portal/invoices/{invoice}")).await?;
    let body = json!({
        "invoices": [{ "invoice_id": invoice, "version": shown["version"] }], "connection_id": sandbox,
    });
    let attempt = text(&made(&guest, "/api/v1/portal/payments", &body).await?["id"])?;
    let card = json!({ "number": "4242424242424242", "expiry": "12/40", "cvc": "123" });
    let page = format!("/api/v1/portal/sandbox/sbx_{attempt}/pay");
    guest.post(&page, &card).await?;

    let event = event(&attempt, 9, "checkout.succeeded");
    let signature = signer.sign(event.to_string().as_bytes());
    let provider = server.clone().with(HeaderName::from_static(SIGNATURE), &signature)?;
    let mut connections = Vec::new();
    for _ in 0..STORM {
        connections.push(Connection::open(&provider).await?);
    }
    let began = Instant::now();
    let mut senders: JoinSet<Result<()>> = JoinSet::new();
    for mut connection in connections {
        let (path, event) = (signer.path(), event.clone());
        senders.spawn(async move {
            connection.send(Method::POST, &path, Some(&event)).await?;
            Ok(())
        });
    }
    while let Some(sender) = senders.join_next().await {
        sender??;
    }
    let took = began.elapsed();
    // The worker takes what was kept; the payment must be there once, before and after that.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let payments = staff.get(&format!("/api/v1/payments?invoice_id={invoice}")).await?;
    let count = payments["items"].as_array().map_or(0, Vec::len);
    if count != 1 {
        return Err(format!("one payment told of {STORM} times is in the books {count} times").into());
    }
    report.each(&format!("  the same event {STORM} times at once, one payment"), STORM, took);
    Ok(())
}

/// A statement of ten thousand movements: a page, the whole as CSV, as much as is printed.
async fn statement(staff: &Target, database: &Database, report: &mut Report) -> Result<()> {
    let found = staff.get("/api/v1/clients?q=Ten+thousand").await?;
    let found = found["items"].as_array().into_iter().flatten().find(|client| client["name"] == LONG);
    let client = match found {
        Some(client) => text(&client["id"])?,
        None => grow(staff, database).await?,
    };
    let path = format!("/api/v1/clients/{client}");
    let timed = async |path: String| -> Result<(usize, Duration)> {
        let began = Instant::now();
        let answer = staff.ask(&path).await?;
        let lines = String::from_utf8_lossy(&answer.body).lines().count();
        Ok((lines, began.elapsed()))
    };
    let (_, took) = timed(format!("{path}/statement")).await?;
    report.once(&format!("  statement of {MOVEMENTS} movements, a page"), Some(took));
    let (lines, took) = timed(format!("{path}/statement.csv")).await?;
    if lines < usize::try_from(MOVEMENTS)? {
        return Err(format!("the statement has {lines} lines").into());
    }
    report.once("  the whole as CSV", Some(took));
    let (_, took) = timed(format!("{path}/statement.pdf?to=2001-01-01&from=2001-01-01")).await?;
    report.once(&format!("  {PRINTED} movements as PDF"), Some(took));
    Ok(())
}

/// Makes the client: the movements go straight into the ledger, where they come to nothing. The oldest day holds as
/// many as a statement prints.
async fn grow(staff: &Target, database: &Database) -> Result<String> {
    let client = text(&made(staff, "/api/v1/clients", &json!({ "name": LONG })).await?["id"])?;
    let drafted = made(staff, "/api/v1/invoices", &draft(&json!(client))).await?;
    let id = text(&drafted["id"])?;
    let issuer = staff.clone().with(IF_MATCH, &format!("\"{}\"", drafted["version"]))?;
    issuer.post(&format!("/api/v1/invoices/{id}/send"), &json!({ "contact_ids": [] })).await?;
    let mut connection = database.look().await?;
    let client_id: domain::clients::ClientId = client.parse().map_err(|_| "the client's id can't be read")?;
    sqlx::query(
        "insert into ledger_entry (organization_id, id, at, kind, client_id, invoice_id, currency, amount_minor)
         select organization_id, gen_random_uuid(), case when n <= $2 then timestamptz '2001-01-01 12:00Z' else at end, 'write_off',
           client_id, invoice_id, currency, case when n % 2 = 0 then 1 else -1 end
         from ledger_entry, generate_series(1, $3) n where kind = 'issue' and client_id = $1",
    )
    .bind(domain::ids::Id::uuid(client_id))
    .bind(PRINTED)
    .bind(MOVEMENTS)
    .execute(&mut connection)
    .await?;
    connection.close().await?;
    Ok(client)
}

impl Database {
    /// A connection that sees all organizations.
    async fn look(&self) -> Result<PgConnection> {
        let mut connection = self.connect().await?;
        sqlx::raw_sql("set role portico_system").execute(&mut connection).await?;
        Ok(connection)
    }
}
