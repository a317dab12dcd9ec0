//! Imports: what is here already, taking many rows at once, and giving them back.

mod insert;
mod known;
mod undo;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::ids::Id;
use domain::imports::{ImportField, ImportFilter, ImportId, ImportKind, ImportReport, ImportSummary};
use domain::page::{DEFAULT_LIMIT, Page};
use sqlx::types::Json;
use uuid::Uuid;

pub use insert::{
    NewClientRow, NewContactRow, NewInvoiceRow, NewLineRow, insert_clients, insert_contacts, insert_invoices,
    insert_lines, ledger_issue,
};
pub use known::{Keys, Known, KnownClient, KnownContact, KnownInvoice, known, taxes};
pub use undo::{Imported, ImportedInvoice, begin as begin_undo, in_use, remove};

use crate::{Cursor, Error, Result, Tx};

/// Lets one import of the organization at a time go on, until the transaction ends.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    let key = format!("import {}", tx.organization_id().uuid());
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", key)
        .execute(tx.connection())
        .await?;
    Ok(())
}

fn headings_key(headings: &[String]) -> String {
    serde_json::to_string(headings).expect("texts can be written as JSON")
}

/// What columns meant the last time a file had these headings.
pub async fn mapping(
    tx: &mut Tx,
    kind: ImportKind,
    headings: &[String],
) -> Result<Option<BTreeMap<String, ImportField>>> {
    let mapping = sqlx::query_scalar!(
        r#"select mapping as "mapping: Json<BTreeMap<String, ImportField>>" from import_mapping where kind = $1 and headings = $2"#,
        kind as _,
        headings_key(headings),
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(mapping.map(|mapping| mapping.0))
}

/// Remembers what columns meant.
pub async fn remember_mapping(
    tx: &mut Tx,
    kind: ImportKind,
    headings: &[String],
    mapping: &BTreeMap<String, ImportField>,
) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into import_mapping (kind, headings, mapping, updated_at) values ($1, $2, $3, $4)
         on conflict (organization_id, kind, headings) do update set mapping = excluded.mapping, updated_at = excluded.updated_at",
        kind as _,
        headings_key(headings),
        Json(mapping) as Json<&BTreeMap<String, ImportField>>,
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Keeps an import that was done, before what refers to it.
pub async fn insert(tx: &mut Tx, id: ImportId, report: &ImportReport) -> Result<()> {
    let files: Vec<String> = report.files.iter().map(|file| file.name.as_str().to_owned()).collect();
    let sum = |count: fn(&domain::imports::ImportFileReport) -> u64| {
        i32::try_from(report.files.iter().map(count).sum::<u64>()).unwrap_or(i32::MAX)
    };
    let now = tx.now();
    sqlx::query!(
        "insert into import (id, files, report, created, duplicates, refused, done_at, done_by) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.uuid(),
        &files,
        Json(report) as Json<&ImportReport>,
        sum(|file| file.created),
        sum(|file| file.duplicates),
        sum(|file| file.refused),
        now,
        report.done_by.as_deref().unwrap_or_default(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// What an import did.
pub async fn find(tx: &mut Tx, id: ImportId) -> Result<ImportReport> {
    let row = sqlx::query!(
        r#"select report as "report: Json<ImportReport>", undone_at from import where id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(ImportReport { undone_at: row.undone_at, ..row.report.0 })
}

struct SummaryRow {
    id: ImportId,
    files: Vec<String>,
    created: i32,
    duplicates: i32,
    refused: i32,
    done_at: DateTime<Utc>,
    undone_at: Option<DateTime<Utc>>,
    done_by: String,
}

/// Imports, newest first.
pub async fn list(tx: &mut Tx, filter: &ImportFilter) -> Result<Page<ImportSummary>> {
    let before: Option<Uuid> = Cursor::decode(filter.cursor.as_deref())?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let rows = sqlx::query_as!(
        SummaryRow,
        r#"select id as "id: ImportId", files, created, duplicates, refused, done_at, undone_at, done_by
           from import where $1::uuid is null or id < $1 order by id desc limit $2"#,
        before,
        i64::from(limit) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    let items = rows
        .into_iter()
        .map(|row| ImportSummary {
            id: row.id,
            files: row.files,
            created: row.created.into(),
            duplicates: row.duplicates.into(),
            refused: row.refused.into(),
            done_at: row.done_at,
            undone_at: row.undone_at,
            done_by: row.done_by,
        })
        .collect();
    Ok(Page::from_overfull(items, limit, |last: &ImportSummary| Cursor::encode(&last.id.uuid())))
}
