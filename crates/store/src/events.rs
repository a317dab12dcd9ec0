//! Events: written with the change, read by feeds.

use chrono::{DateTime, Utc};
use domain::clients::ClientId;
use domain::events::{Activity, Event, EventId, Subject, Topic, Visibility};
use domain::ids::Id;
use domain::page::Page;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Actor, Cursor, Error, Result, Tx, fresh};

/// Writes an event about a subject, and the client it concerns, if any.
pub async fn record(
    tx: &mut Tx,
    subject: Subject,
    client_id: Option<ClientId>,
    event: &Event,
) -> Result<EventId> {
    let id: EventId = fresh(tx.now());
    insert(tx, &[(id, subject, client_id, event)]).await?;
    Ok(id)
}

/// Writes many events at once, as [`record`] would one by one.
pub async fn record_all(tx: &mut Tx, events: &[(Subject, Option<ClientId>, Event)]) -> Result<()> {
    let now = tx.now();
    for events in events.chunks(5_000) {
        let rows: Vec<_> =
            events.iter().map(|(subject, client, event)| (fresh(now), *subject, *client, event)).collect();
        insert(tx, &rows).await?;
    }
    Ok(())
}

async fn insert(tx: &mut Tx, rows: &[(EventId, Subject, Option<ClientId>, &Event)]) -> Result<()> {
    let (at, organization) = (tx.now(), tx.organization_id().uuid());
    let (actor_kind, actor_id) = match tx.actor() {
        Actor::Member(id) => ("member", Some(id.uuid())),
        Actor::Contact(id) => ("contact", Some(id.uuid())),
        Actor::Guest(_) => ("guest", None),
        Actor::System => ("system", None),
    };
    let actor_name = tx.actor_name().to_owned();
    let subject_of = |subject: Subject| match subject {
        Subject::Organization => ("organization", organization),
        Subject::Client(id) => ("client", id.uuid()),
        Subject::Contact(id) => ("contact", id.uuid()),
        Subject::Invoice(id) => ("invoice", id.uuid()),
        Subject::Payment(id) => ("payment", id.uuid()),
        Subject::Quote(id) => ("quote", id.uuid()),
        Subject::Project(id) => ("project", id.uuid()),
        Subject::RecurringInvoice(id) => ("recurring_invoice", id.uuid()),
        Subject::Member(id) => ("member", id.uuid()),
    };
    let visibility = |event: &Event| match event.visibility() {
        Visibility::Staff => "staff",
        Visibility::Client => "client",
    };
    let data = |event: &Event| {
        let whole = serde_json::to_value(event).ok();
        whole
            .and_then(|mut value| value.get_mut("data").map(serde_json::Value::take))
            .unwrap_or_else(|| serde_json::json!({}))
    };
    let ids: Vec<Uuid> = rows.iter().map(|row| row.0.uuid()).collect();
    let kinds: Vec<String> = rows.iter().map(|row| row.3.kind().to_owned()).collect();
    let visibilities: Vec<String> = rows.iter().map(|row| visibility(row.3).to_owned()).collect();
    let clients: Vec<Option<Uuid>> = rows.iter().map(|row| row.2.map(Id::uuid)).collect();
    let (subject_kinds, subjects): (Vec<String>, Vec<Uuid>) =
        rows.iter().map(|row| subject_of(row.1)).map(|(kind, id)| (kind.to_owned(), id)).unzip();
    let data: Vec<serde_json::Value> = rows.iter().map(|row| data(row.3)).collect();
    sqlx::query!(
        "insert into event (id, kind, visibility, client_id, subject_kind, subject_id, data, at, actor_kind, actor_id, actor_name)
         select row.*, $1, $2, $3, $4
         from unnest($5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::uuid[], $11::jsonb[]) row",
        at,
        actor_kind,
        actor_id,
        actor_name,
        &ids,
        &kinds,
        &visibilities,
        &clients as &[Option<Uuid>],
        &subject_kinds,
        &subjects,
        &data,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Which events a feed shows.
#[derive(Debug, Clone, Copy)]
pub enum Feed {
    /// Everything in the organization, for members.
    Organization,
    /// All that the reader's client may see, for contacts.
    Portal,
    /// Those of one client.
    Client(ClientId),
    /// Those about one object.
    Subject(Uuid),
}

/// A page of a feed, newest first.
pub async fn list(tx: &mut Tx, feed: Feed, limit: u16, cursor: Option<&str>) -> Result<Page<Activity>> {
    let before: Option<Uuid> = Cursor::decode(cursor)?;
    let before = before.unwrap_or(Uuid::max());
    let topics = readable(tx);
    let limit_and_one = i64::from(limit) + 1;
    let reader = tx.actor();
    // One statement for each feed, so that each walks its own index.
    macro_rules! feed {
        ($from:literal, $($subject:expr)?) => {
            sqlx::query_as!(
                Row,
                r#"select id as "id!", at as "at!", kind as "kind!", client_id as "client_id?",
                     (select name from client where client.id = client_id) as "client_name?", actor_kind as "actor_kind!",
                     actor_id as "actor_id?", actor_name as "actor_name!", data as "data!: Json<serde_json::Value>""#
                    + $from
                    + " order by id desc limit $3",
                before,
                &topics,
                limit_and_one,
                $($subject)?
            )
            .fetch_all(tx.connection())
            .await?
        };
    }
    let rows = match feed {
        // The newest of each topic: however much money moves, who may not see it doesn't wait for it to be skipped.
        Feed::Organization => feed!(
            " from unnest($2::text[]) readable
              cross join lateral (
                select event.* from event where topic = readable and id < $1 order by id desc limit $3
              ) event",
        ),
        Feed::Portal => feed!(" from event where id < $1 and topic = any ($2)",),
        Feed::Client(id) => {
            feed!(" from event where id < $1 and topic = any ($2) and client_id = $4", id.uuid())
        }
        Feed::Subject(id) => feed!(" from event where id < $1 and topic = any ($2) and subject_id = $4", id),
    };
    let items = rows.into_iter().map(|row| activity(row, reader)).collect::<Result<Vec<_>>>()?;
    Ok(Page::from_overfull(items, limit, |last| Cursor::encode(&last.id.uuid())))
}

/// Topics that the caller may read of; for a worker all.
fn readable(tx: &Tx) -> Vec<String> {
    let may = |topic: &&Topic| {
        tx.principal().is_none_or(|principal| topic.readers().iter().any(|reader| principal.may(*reader)))
    };
    Topic::ALL.iter().filter(may).map(|topic| topic.as_str().to_owned()).collect()
}

struct Row {
    id: Uuid,
    at: DateTime<Utc>,
    kind: String,
    client_id: Option<Uuid>,
    client_name: Option<String>,
    actor_kind: String,
    actor_id: Option<Uuid>,
    actor_name: String,
    data: Json<serde_json::Value>,
}

fn activity(row: Row, reader: Actor) -> Result<Activity> {
    let Row { id, at, kind, client_id, client_name, actor_kind, actor_id, actor_name, data } = row;
    let event =
        serde_json::from_value(serde_json::json!({ "kind": kind, "data": data.0 })).map_err(|error| {
            Error::Unreadable { table: "event", column: "data", value: format!("{id}: {error}") }
        })?;
    let actor = match actor_kind.as_str() {
        "member" => domain::events::Actor::Member { name: actor_name },
        "contact" => domain::events::Actor::Contact {
            name: actor_name,
            you: matches!(reader, Actor::Contact(contact) if Some(contact.uuid()) == actor_id),
        },
        "guest" => domain::events::Actor::Guest,
        _ => domain::events::Actor::System,
    };
    Ok(Activity { id: id.into(), at, actor, client_id: client_id.map(Into::into), client_name, event })
}
