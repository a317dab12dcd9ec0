use hyper::header::SET_COOKIE;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use store::cluster::{Cluster, Options};

use super::Plan;
use super::caller::{Answer, Caller, Patience, Question};
use super::installation::{Installation, MASTER_KEY};
use crate::Result;
use crate::sandbox::{SIGNATURE, Signer};

/// What a program of the staff needs for all that is done here.
const SCOPES: [&str; 16] = [
    "console",
    "organization.manage",
    "clients.view",
    "clients.edit",
    "invoices.view",
    "invoices.edit",
    "invoices.send",
    "invoices.void",
    "invoices.credit",
    "invoices.write_off",
    "quotes.view",
    "quotes.edit",
    "quotes.approve",
    "payments.view",
    "payments.record",
    "payments.refund",
];
const MANAGE: [&str; 2] = ["payments.manage", "delivery.manage"];
/// Clients of an organization that begins empty.
const CLIENTS: usize = 12;
const PASSWORD: &str = "correct horse battery";

/// An organization, and the way in.
#[derive(Debug)]
pub struct Office {
    /// Its name in addresses.
    pub slug: String,
    /// Its id, as the database has it.
    pub id: uuid::Uuid,
    /// Its clients.
    pub clients: Vec<String>,
    token: String,
    connection: String,
    sandbox: Option<Signer>,
}

impl Office {
    /// A question of its staff.
    pub fn staff(&self, question: Question) -> Question {
        question.with("Authorization", format!("Bearer {}", self.token))
    }

    /// An event as the sandbox signs it.
    pub fn webhook(&self, event: &Value) -> Result<Question> {
        let body = event.to_string().into_bytes();
        let signer = self.sandbox.as_ref().ok_or("the sandbox's secret isn't known yet")?;
        let signature = signer.sign(&body);
        Ok(Question::post(signer.path(), &Value::Null).bytes(body).with(SIGNATURE, signature))
    }
}

/// Signs in everywhere and sees to it that there is somebody to bill and a way to pay.
pub async fn enter(installation: &mut Installation, plan: &Plan) -> Result<Vec<Office>> {
    let mut caller = Caller::new(installation.address(), std::sync::Arc::new(Patience::default()));
    let consoles = if plan.demo {
        let links: Value = serde_json::from_slice(&std::fs::read(installation.links())?)?;
        let mut consoles = Vec::new();
        for organization in links["organizations"].as_array().into_iter().flatten() {
            let body = json!({ "email": organization["members"][0]["email"], "password": links["password"] });
            consoles
                .push(cookies(&caller.ask(&Question::post("/api/v1/auth/console/sessions", &body)).await?));
        }
        consoles
    } else {
        vec![found(&mut caller).await?]
    };
    let mut offices = Vec::new();
    for console in consoles {
        offices.push(open(&mut caller, &console).await?);
    }
    // The secret of the sandbox's webhooks leaves the database for nobody: it is read with the server's own key.
    installation.stop().await?;
    read_secrets(installation, &mut offices).await?;
    installation.start().await?;
    Ok(offices)
}

async fn found(caller: &mut Caller) -> Result<String> {
    let body = json!({
        "organization_name": "Crash & Sons", "slug": "crash", "trade": "contractor", "time_zone": "Europe/Berlin",
        "currency": "EUR", "language": "en", "owner_name": "Ann Owner", "owner_email": "owner@crash.example",
        "password": PASSWORD,
    });
    let answer = caller.ask(&Question::post("/api/v1/auth/set-up", &body)).await?;
    if answer.ok() { Ok(cookies(&answer)) } else { Err(answer.body.to_string().into()) }
}

async fn open(caller: &mut Caller, console: &str) -> Result<Office> {
    let asked = |question: Question| question.with("Cookie", console);
    let me = caller.ask(&asked(Question::get("/api/v1/me"))).await?.done()?;
    let scopes: Vec<&str> = SCOPES.into_iter().chain(MANAGE).collect();
    let body = json!({ "name": "Crash", "scopes": scopes, "expires_in_days": 1 });
    let made = caller.ask(&asked(Question::post("/api/v1/api-tokens", &body))).await?.done()?;
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned).ok_or("a text is missing");
    let organization: domain::organizations::OrganizationId =
        text(&me["organization"]["id"])?.parse().map_err(|_| "the organization's id can't be read")?;
    let mut office = Office {
        slug: text(&me["organization"]["slug"])?,
        id: domain::ids::Id::uuid(organization),
        clients: Vec::new(),
        token: text(&made["secret"])?,
        connection: String::new(),
        sandbox: None,
    };
    let known = caller.ask(&office.staff(Question::get("/api/v1/payment-connections"))).await?.done()?;
    let sandbox = known.as_array().into_iter().flatten().find(|found| found["provider"] == "sandbox");
    office.connection = if let Some(found) = sandbox {
        text(&found["id"])?
    } else {
        let on = Question::put("/api/v1/payment-connections/sandbox", &json!({ "enabled": true }));
        text(&caller.ask(&office.staff(on)).await?.done()?["id"])?
    };
    let page = caller.ask(&office.staff(Question::get("/api/v1/clients?limit=100"))).await?.done()?;
    let clients = page["items"].as_array().into_iter().flatten();
    office.clients = clients.filter_map(|client| client["id"].as_str().map(ToOwned::to_owned)).collect();
    for number in office.clients.len()..CLIENTS {
        let body = json!({
            "name": format!("Client {number}"),
            "contact": { "name": format!("Contact {number}"), "email": format!("contact{number}@crash.example"), "primary": true },
        });
        let made = caller.ask(&office.staff(Question::post("/api/v1/clients", &body))).await?.done()?;
        office.clients.push(text(&made["id"])?);
    }
    Ok(office)
}

async fn read_secrets(installation: &Installation, offices: &mut [Office]) -> Result<()> {
    let cluster = Cluster::start(&installation.data(), Options::default()).await?;
    let mut connection = PgConnection::connect_with(&cluster.app_options()).await?;
    sqlx::raw_sql("set role portico_system").execute(&mut connection).await?;
    for office in offices {
        let signer = Signer::read(&mut connection, office.id, &office.connection, MASTER_KEY).await?;
        office.sandbox = Some(signer);
    }
    connection.close().await?;
    cluster.stop().await;
    Ok(())
}

/// What a browser sends back of the cookies it was given.
fn cookies(answer: &Answer) -> String {
    let given = answer.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs: Vec<&str> = given.filter_map(|cookie| cookie.split(';').next()).collect();
    pairs.join("; ")
}
