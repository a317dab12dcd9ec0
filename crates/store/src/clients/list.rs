use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::clients::{ClientFilter, ClientId, ClientKind, ClientSummary};
use domain::ids::Id;
use domain::money::{Currency, Money};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::text::{Address, EmailAddress, Name};
use sqlx::types::Json;
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::{Cursor, Result, Tx};

#[derive(FromRow)]
struct Row {
    id: ClientId,
    sort_name: String,
    name: Name,
    kind: ClientKind,
    address: Json<Address>,
    archived_at: Option<DateTime<Utc>>,
    primary_contact: Option<Name>,
    primary_email: Option<EmailAddress>,
}

/// A page of clients by name. Only with `money` it tells what they owe.
pub async fn list(tx: &mut Tx, filter: &ClientFilter, money: bool) -> Result<Page<ClientSummary>> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let after: Option<(String, Uuid)> = Cursor::decode(filter.cursor.as_deref())?;
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(
        "select c.id, c.sort_name, c.name, c.kind, c.address, c.archived_at, p.name as primary_contact, p.email as primary_email
         from client c left join contact p on p.organization_id = c.organization_id and p.client_id = c.id and p.is_primary
         where c.archived_at is ",
    );
    query.push(if filter.archived { "not null" } else { "null" });
    if let Some((name, id)) = after {
        query.push(" and (c.sort_name, c.id) > (").push_bind(name).push(", ").push_bind(id).push(")");
    }
    if filter.owing {
        query.push(
            " and exists (select from client_balance b where b.organization_id = c.organization_id
                and b.client_id = c.id and b.owed_minor > 0)",
        );
    }
    if let Some(text) = filter.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        query.push(" and (strpos(c.search, fold(").push_bind(text).push(
            ")) > 0 or exists (select from contact k where k.organization_id = c.organization_id and k.client_id = c.id
                and strpos(k.search, fold(",
        );
        query.push_bind(text).push(")) > 0))");
    }
    query.push(" order by c.sort_name, c.id limit ").push_bind(i64::from(limit) + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.connection()).await?;
    let page = Page::from_overfull(rows, limit, |last| Cursor::encode(&(&last.sort_name, last.id.uuid())));
    let ids: Vec<Uuid> = page.items.iter().map(|row| row.id.uuid()).collect();
    let mut owed = if money { owed(tx, &ids).await? } else { HashMap::new() };
    Ok(page.map(|row| ClientSummary {
        id: row.id,
        name: row.name,
        kind: row.kind,
        city: row.address.0.city,
        country: row.address.0.country,
        primary_contact: row.primary_contact,
        primary_email: row.primary_email,
        owed: owed.remove(&row.id).unwrap_or_default(),
        archived_at: row.archived_at,
    }))
}

async fn owed(tx: &mut Tx, clients: &[Uuid]) -> Result<HashMap<ClientId, Vec<Money>>> {
    let rows = sqlx::query!(
        r#"select client_id as "client_id: ClientId", currency as "currency: Currency", owed_minor from client_balance
           where client_id = any ($1) and owed_minor <> 0 order by currency"#,
        clients,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut owed: HashMap<ClientId, Vec<Money>> = HashMap::new();
    for row in rows {
        owed.entry(row.client_id).or_default().push(Money::new(row.owed_minor, row.currency));
    }
    Ok(owed)
}
