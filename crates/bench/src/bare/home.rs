use actix_web::get;
use actix_web::web::{Data, Json};
use chrono::{DateTime, Utc};
use domain::events::{Activity, Actor, PortalHome};
use domain::ids::Id;
use serde_json::json;
use sqlx::types::Json as Jsonb;
use uuid::Uuid;

use super::{Failed, Known, Row};

/// How many invoices the product's home shows.
const TO_PAY: u16 = 20;

#[derive(sqlx::FromRow)]
struct EventRow {
    id: Uuid,
    at: DateTime<Utc>,
    kind: String,
    client_id: Option<Uuid>,
    client_name: Option<String>,
    actor_kind: String,
    actor_id: Option<Uuid>,
    actor_name: String,
    data: Jsonb<serde_json::Value>,
}

/// What a client has to pay, and what happened lately.
#[get("/api/v1/portal/home")]
pub async fn home(known: Data<Known>) -> Result<Json<PortalHome>, Failed> {
    let (organization, client) = (known.asked.organization.uuid(), known.asked.client.uuid());
    let rows: Vec<Row> = sqlx::query_as(
        "select id, number, status, client_id, client_name, currency, listed_on, issued_on, due_on, total_minor,
           balance_minor, version from invoice
         where organization_id = $1 and client_id = $2 and status in ('sent', 'viewed', 'partially_paid')
         order by due_on, id limit $3",
    )
    .bind(organization)
    .bind(client)
    .bind(i64::from(TO_PAY))
    .fetch_all(&known.pool)
    .await?;
    let invoice_count = if rows.len() < usize::from(TO_PAY) {
        i64::try_from(rows.len()).unwrap_or(i64::MAX)
    } else {
        sqlx::query_scalar(
            "select count(*) from invoice
             where organization_id = $1 and client_id = $2 and status in ('sent', 'viewed', 'partially_paid')",
        )
        .bind(organization)
        .bind(client)
        .fetch_one(&known.pool)
        .await?
    };
    let events: Vec<EventRow> = sqlx::query_as(
        "select id, at, kind, client_id,
           (select name from client c where c.organization_id = $1 and c.id = client_id) as client_name,
           actor_kind, actor_id, actor_name, data
         from event where organization_id = $1 and client_id = $2 and visibility = 'client' order by id desc limit 10",
    )
    .bind(organization)
    .bind(client)
    .fetch_all(&known.pool)
    .await?;
    let today = known.today();
    let invoices = rows.into_iter().map(|row| row.summary(today)).collect();
    let lately = events.into_iter().map(|event| activity(event, &known)).collect::<Result<_, _>>()?;
    Ok(Json(PortalHome { invoices, invoice_count, lately }))
}

fn activity(row: EventRow, known: &Known) -> Result<Activity, Failed> {
    let event = serde_json::from_value(json!({ "kind": row.kind, "data": row.data.0 }))
        .map_err(|error| sqlx::Error::Decode(error.into()))?;
    let name = row.actor_name;
    let actor = match row.actor_kind.as_str() {
        "member" => Actor::Member { name },
        "contact" => Actor::Contact { name, you: row.actor_id == Some(known.asked.contact.uuid()) },
        "guest" => Actor::Guest,
        _ => Actor::System,
    };
    Ok(Activity {
        id: row.id.into(),
        at: row.at,
        actor,
        client_id: row.client_id.map(Into::into),
        client_name: row.client_name,
        event,
    })
}
