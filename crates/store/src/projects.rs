//! Projects: as yet, what became of accepted quotes.

use chrono::{DateTime, Utc};
use domain::clients::ClientId;
use domain::ids::Id;
use domain::money::{Currency, Money};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::projects::{Project, ProjectFilter, ProjectId, ProjectKind, ProjectState};
use domain::quotes::QuoteId;
use domain::text::Name;
use uuid::Uuid;

use crate::{Cursor, Error, Result, Tx, fresh};

/// A project to begin.
#[derive(Debug, Clone)]
pub struct NewProject<'a> {
    /// Whom it is for.
    pub client_id: ClientId,
    /// Its name.
    pub name: &'a Name,
    /// What it is called.
    pub kind: ProjectKind,
    /// What was agreed.
    pub budget: Money,
    /// The quote it comes from.
    pub quote_id: QuoteId,
}

struct Row {
    id: ProjectId,
    client_id: ClientId,
    client_name: Name,
    name: Name,
    kind: ProjectKind,
    state: ProjectState,
    currency: Currency,
    budget_minor: i64,
    quote_id: Option<QuoteId>,
    created_at: DateTime<Utc>,
    version: i64,
}

impl From<Row> for Project {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            client_id: row.client_id,
            client_name: row.client_name,
            name: row.name,
            kind: row.kind,
            state: row.state,
            budget: Money::new(row.budget_minor, row.currency),
            quote_id: row.quote_id,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// Begins a project.
pub async fn insert(tx: &mut Tx, new: &NewProject<'_>) -> Result<ProjectId> {
    let now = tx.now();
    let id: ProjectId = fresh(now);
    sqlx::query!(
        "insert into project (id, client_id, name, kind, state, currency, budget_minor, quote_id, created_at)
         values ($1, $2, $3, $4, 'planned', $5, $6, $7, $8)",
        id.uuid(),
        new.client_id.uuid(),
        new.name.as_str(),
        new.kind as _,
        new.budget.currency() as _,
        new.budget.minor(),
        new.quote_id.uuid(),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(id)
}

/// Adds what an accepted change order changes to what was agreed.
pub async fn change_budget(tx: &mut Tx, id: ProjectId, by: Money) -> Result<()> {
    let done = sqlx::query!(
        "update project set budget_minor = budget_minor + $2, version = version + 1 where id = $1 and currency = $3",
        id.uuid(),
        by.minor(),
        by.currency() as _,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// A project, as far as the caller may see it.
pub async fn find(tx: &mut Tx, id: ProjectId) -> Result<Project> {
    let row = sqlx::query_as!(
        Row,
        r#"select p.id as "id: ProjectId", p.client_id as "client_id: ClientId", c.name as "client_name: Name", p.name as "name: Name",
             p.kind as "kind: ProjectKind", p.state as "state: ProjectState", p.currency as "currency: Currency", p.budget_minor,
             p.quote_id as "quote_id: QuoteId", p.created_at, p.version
           from project p join client c on c.organization_id = p.organization_id and c.id = p.client_id where p.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(row.into())
}

/// A page of projects, newest first.
pub async fn list(tx: &mut Tx, filter: &ProjectFilter) -> Result<Page<Project>> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let before: Option<Uuid> = Cursor::decode(filter.cursor.as_deref())?;
    let rows = sqlx::query_as!(
        Row,
        r#"select p.id as "id: ProjectId", p.client_id as "client_id: ClientId", c.name as "client_name: Name", p.name as "name: Name",
             p.kind as "kind: ProjectKind", p.state as "state: ProjectState", p.currency as "currency: Currency", p.budget_minor,
             p.quote_id as "quote_id: QuoteId", p.created_at, p.version
           from project p join client c on c.organization_id = p.organization_id and c.id = p.client_id
           where ($1::uuid is null or p.id < $1) and ($2::uuid is null or p.client_id = $2)
             and ($3::text is null or p.state = $3)
           order by p.id desc limit $4"#,
        before,
        filter.client_id.map(Id::uuid),
        filter.state as _,
        i64::from(limit) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    let items = rows.into_iter().map(Project::from).collect();
    Ok(Page::from_overfull(items, limit, |last: &Project| Cursor::encode(&last.id.uuid())))
}
