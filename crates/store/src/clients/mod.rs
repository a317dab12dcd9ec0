//! Clients and their contacts.

pub mod contacts;
mod list;

pub use list::list;

use chrono::NaiveDate;
use domain::clients::{Client, ClientId, ClientKind, ClientPatch, NewClient};
use domain::ids::Id;
use domain::money::{Currency, Money};
use domain::problem::Code;
use domain::text::{Address, Line, Name, Note};
use sqlx::types::Json;

use crate::error::OnConstraint;
use crate::{Error, Result, Tx, fresh};

/// Creates a client, without its contact.
pub async fn insert(tx: &mut Tx, new: &NewClient) -> Result<ClientId> {
    let id: ClientId = fresh(tx.now());
    let now = tx.now();
    sqlx::query!(
        "insert into client (id, name, kind, external_id, phone, address, tax_number, internal_note, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.uuid(),
        new.name.as_str(),
        new.kind as _,
        new.external_id.as_str(),
        new.phone.as_str(),
        Json(&new.address) as Json<&Address>,
        new.tax_number.as_str(),
        new.internal_note.as_str(),
        now,
    )
    .execute(tx.connection())
    .await
    .on_constraint("client_external_id", Code::AlreadyExists)?;
    Ok(id)
}

/// A client with its contacts; what it owes is [`money`]'s to tell.
pub async fn find(tx: &mut Tx, id: ClientId) -> Result<Client> {
    let row = sqlx::query!(
        r#"select name as "name: Name", kind as "kind: ClientKind", external_id as "external_id: Line", phone as "phone: Line",
             address as "address: Json<Address>", tax_number as "tax_number: Line", internal_note as "internal_note: Note",
             archived_at, created_at, version
           from client where id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Client {
        id,
        name: row.name,
        kind: row.kind,
        external_id: row.external_id,
        phone: row.phone,
        address: row.address.0,
        tax_number: row.tax_number,
        internal_note: row.internal_note,
        archived_at: row.archived_at,
        created_at: row.created_at,
        owed: Vec::new(),
        overdue: Vec::new(),
        credit: Vec::new(),
        contacts: contacts::of_client(tx, id).await?,
        version: row.version,
    })
}

/// What documents need of a client.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// Its name.
    pub name: Name,
    /// Its address.
    pub address: Address,
    /// Its VAT ID or tax number.
    pub tax_number: Line,
    /// Whether it was archived: then nothing new goes to it.
    pub archived: bool,
}

/// What documents need of a client.
pub async fn addressee(tx: &mut Tx, id: ClientId) -> Result<Addressee> {
    let row = sqlx::query!(
        r#"select name as "name: Name", address as "address: Json<Address>", tax_number as "tax_number: Line",
             archived_at is not null as "archived!"
           from client where id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Addressee {
        name: row.name,
        address: row.address.0,
        tax_number: row.tax_number,
        archived: row.archived,
    })
}

/// What a client owes, what of that is overdue, and what it has left, one amount per currency.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// What it owes.
    pub owed: Vec<Money>,
    /// What of that is overdue.
    pub overdue: Vec<Money>,
    /// Unapplied credit.
    pub credit: Vec<Money>,
}

/// How a client stands on a day.
pub async fn standing(tx: &mut Tx, id: ClientId, today: NaiveDate) -> Result<Standing> {
    let balances = sqlx::query!(
        r#"select currency as "currency: Currency", owed_minor, credit_minor from client_balance
           where client_id = $1 order by currency"#,
        id.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    let overdue = sqlx::query!(
        r#"select currency as "currency: Currency", sum(case when open_parts is null then balance_minor
             else (select sum((part ->> 'left')::bigint) from jsonb_array_elements(open_parts) part
                   where (part ->> 'due_on')::date < $2) end)::bigint as "minor!" from invoice
           where client_id = $1 and status in ('sent', 'viewed', 'partially_paid') and due_on < $2
           group by currency order by currency"#,
        id.uuid(),
        today,
    )
    .fetch_all(tx.connection())
    .await?;
    let amounts = |amounts: &mut dyn Iterator<Item = (i64, Currency)>| -> Vec<Money> {
        amounts
            .filter(|(minor, _)| *minor != 0)
            .map(|(minor, currency)| Money::new(minor, currency))
            .collect()
    };
    Ok(Standing {
        owed: amounts(&mut balances.iter().map(|row| (row.owed_minor, row.currency))),
        overdue: amounts(&mut overdue.iter().map(|row| (row.minor, row.currency))),
        credit: amounts(&mut balances.iter().map(|row| (row.credit_minor, row.currency))),
    })
}

/// Changes what the patch names, if the version is still this one. Drafts show the new name and address.
pub async fn update(tx: &mut Tx, id: ClientId, version: i64, patch: &ClientPatch) -> Result<()> {
    let done = sqlx::query!(
        "update client set
           name = coalesce($3, name), kind = coalesce($4, kind), external_id = coalesce($5, external_id),
           phone = coalesce($6, phone), address = coalesce($7, address), tax_number = coalesce($8, tax_number),
           internal_note = coalesce($9, internal_note), version = version + 1
         where id = $1 and version = $2",
        id.uuid(),
        version,
        patch.name.as_ref().map(Name::as_str),
        patch.kind as _,
        patch.external_id.as_ref().map(Line::as_str),
        patch.phone.as_ref().map(Line::as_str),
        patch.address.clone().map(Json) as _,
        patch.tax_number.as_ref().map(Line::as_str),
        patch.internal_note.as_ref().map(Note::as_str),
    )
    .execute(tx.connection())
    .await
    .on_constraint("client_external_id", Code::AlreadyExists)?;
    if done.rows_affected() != 1 {
        return Err(missing_or_changed(tx, id).await?);
    }
    if patch.name.is_some() || patch.address.is_some() {
        sqlx::query!(
            "update invoice i set client_name = c.name, client_address = c.address
             from client c where c.id = $1 and i.client_id = c.id and i.status = 'draft'",
            id.uuid(),
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

async fn missing_or_changed(tx: &mut Tx, id: ClientId) -> Result<Error> {
    let there =
        sqlx::query_scalar!(r#"select exists (select from client where id = $1) as "there!""#, id.uuid())
            .fetch_one(tx.connection())
            .await?;
    Ok(if there { Error::VersionMismatch } else { Error::NotFound })
}

/// Archives a client; whether it wasn't before.
pub async fn archive(tx: &mut Tx, id: ClientId) -> Result<bool> {
    let now = tx.now();
    let done = sqlx::query!(
        "update client set archived_at = $2, version = version + 1 where id = $1 and archived_at is null",
        id.uuid(),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Brings a client back; whether it was archived before.
pub async fn restore(tx: &mut Tx, id: ClientId) -> Result<bool> {
    let done = sqlx::query!(
        "update client set archived_at = null, version = version + 1 where id = $1 and archived_at is not null",
        id.uuid(),
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps everybody else who moves this client's money about from doing so until the transaction ends: refunds,
/// credit notes, credit that is spent. Lock it before invoices and payments.
pub async fn lock(tx: &mut Tx, id: ClientId) -> Result<()> {
    // Not so strong that rows that refer to the client would have to wait.
    sqlx::query!("select id from client where id = $1 for no key update", id.uuid())
        .fetch_optional(tx.connection())
        .await?
        .map(drop)
        .ok_or(Error::NotFound)
}

/// A client's name, as far as the caller may see it.
pub async fn name(tx: &mut Tx, id: ClientId) -> Result<Name> {
    sqlx::query_scalar!(r#"select name as "name: Name" from client where id = $1"#, id.uuid())
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)
}
