//! Trying an import, doing it, undoing it.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::events::{Event, Subject};
use domain::imports::{
    ImportField, ImportFileReport, ImportId, ImportKind, ImportReport, ImportRequest, ImportRow, RowOutcome,
};
use domain::money::Money;
use domain::problem::{Code, FieldError, Problem};
use store::imports as stored;
use store::{Tx, fresh};

use super::mapping;
use super::plan::{self, Files, Habits, Plan};
use super::read::{self, Table};
use super::rows::{self, Columns};
use crate::problem::{Failure, Result};

/// Rows of a file that a report tells of.
const DETAILS: usize = 1000;
/// Who did what the command did.
const COMMAND: &str = "portico import";

/// An import whose files have been read.
pub struct Prepared {
    request: Arc<ImportRequest>,
    tables: Arc<Vec<Table>>,
}

/// What a file's columns mean, and whether that was remembered.
type Mapping = (BTreeMap<String, ImportField>, bool);

/// Reads the files, before any transaction begins.
pub async fn prepare(request: Arc<ImportRequest>) -> Result<Prepared> {
    let reader = Arc::clone(&request);
    let tables =
        tokio::task::spawn_blocking(move || read_files(&reader)).await.map_err(Failure::internal)??;
    Ok(Prepared { request, tables: Arc::new(tables) })
}

fn read_files(request: &ImportRequest) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    let mut problem = Problem::new(Code::Validation);
    for (index, file) in request.files.iter().enumerate() {
        let mut refuse = |field: &str, code: &str, message: String| {
            problem.errors.push(FieldError {
                pointer: format!("/files/{index}/{field}"),
                code: code.to_owned().into(),
                message,
            });
        };
        if request.files[..index].iter().any(|other| other.kind == file.kind) {
            refuse("kind", "repeated", format!("there is a file of {} already", file.kind.as_str()));
            continue;
        }
        let table = match STANDARD.decode(&file.content) {
            Ok(bytes) => read::read(&bytes).map_err(|error| (error.code(), error.to_string())),
            Err(error) => Err(("invalid_base64", format!("must be base64: {error}"))),
        };
        match table {
            Ok(table) => {
                let wrong = file
                    .mapping
                    .as_ref()
                    .and_then(|given| mapping::check(file.kind, &table.headings, given).err());
                if let Some(message) = wrong {
                    refuse("mapping", "invalid_mapping", message);
                }
                tables.push(table);
            }
            Err((code, message)) => refuse("content", code, message),
        }
    }
    if problem.errors.is_empty() { Ok(tables) } else { Err(problem.into()) }
}

/// Works out what would happen; writes nothing.
pub async fn preview(tx: &mut Tx, prepared: &Prepared) -> Result<ImportReport> {
    Ok(work_out(tx, prepared).await?.1)
}

/// Does it.
pub async fn perform(tx: &mut Tx, prepared: &Prepared) -> Result<ImportReport> {
    stored::lock(tx).await?;
    let (plan, mut report, mappings) = work_out(tx, prepared).await?;
    let created: u64 = report.files.iter().map(|file| file.created).sum();
    if created == 0 {
        return Ok(report);
    }
    let id: ImportId = fresh(tx.now());
    report.id = Some(id);
    report.done_at = Some(tx.now());
    report.done_by = Some(tx.principal().map_or_else(|| COMMAND.to_owned(), |member| member.name.clone()));
    stored::insert(tx, id, &report).await?;
    write(tx, id, &plan, prepared.request.portal_access).await?;
    let tables = prepared.request.files.iter().zip(prepared.tables.iter()).zip(mappings);
    for ((file, table), (mapping, _)) in tables {
        stored::remember_mapping(tx, file.kind, &table.headings, &mapping).await?;
    }
    let done = Event::ImportDone { import_id: id, created: created.cast_signed() };
    store::events::record(tx, Subject::Organization, None, &done).await?;
    Ok(report)
}

async fn write(tx: &mut Tx, id: ImportId, plan: &Plan, portal_access: bool) -> Result<()> {
    let footer = store::organizations::find(tx).await?.document_footer;
    stored::insert_clients(tx, id, &plan.clients).await?;
    stored::insert_contacts(tx, id, portal_access, &plan.contacts).await?;
    stored::insert_invoices(tx, id, footer.as_str(), &plan.invoices).await?;
    stored::insert_lines(tx, &plan.lines).await?;
    stored::ledger_issue(tx, &plan.invoices).await?;
    let clients = plan.clients.iter().map(|client| {
        (Subject::Client(client.id), Some(client.id), Event::ClientCreated { name: client.name.clone() })
    });
    let contacts = plan.contacts.iter().map(|contact| {
        let event = Event::ContactCreated { contact_id: contact.id, name: contact.name.clone() };
        (Subject::Contact(contact.id), Some(contact.client_id), event)
    });
    let invoices = plan.invoices.iter().map(|invoice| {
        let (number, total) = (invoice.number.clone(), invoice.totals.gross);
        let event = Event::InvoiceImported { invoice_id: invoice.id, number, total };
        (Subject::Invoice(invoice.id), Some(invoice.client_id), event)
    });
    let events: Vec<_> = clients.chain(contacts).chain(invoices).collect();
    Ok(store::events::record_all(tx, &events).await?)
}

async fn work_out(tx: &mut Tx, prepared: &Prepared) -> Result<(Plan, ImportReport, Vec<Mapping>)> {
    let mut mappings = Vec::new();
    for (file, table) in prepared.request.files.iter().zip(prepared.tables.iter()) {
        mappings.push(match &file.mapping {
            Some(given) => (given.clone(), false),
            None => match stored::mapping(tx, file.kind, &table.headings).await? {
                Some(remembered) => (remembered, true),
                None => (mapping::guess(file.kind, &table.headings), false),
            },
        });
    }
    let (request, tables) = (Arc::clone(&prepared.request), Arc::clone(&prepared.tables));
    let meanings = mappings.clone();
    let files = tokio::task::spawn_blocking(move || understand(&request, &tables, &meanings));
    let files = files.await.map_err(Failure::internal)?;
    let known = stored::known(tx, &files.keys()).await?;
    let organization = store::organizations::find(tx).await?;
    let habits = Habits {
        currency: prepared.request.currency.unwrap_or(organization.currency),
        terms_days: organization.payment_terms_days,
        rounding: organization.rounding,
        price_mode: organization.price_mode,
        taxes: stored::taxes(tx).await?,
        now: tx.now(),
    };
    let mut plan = tokio::task::spawn_blocking(move || plan::draw_up(files, known, &habits))
        .await
        .map_err(Failure::internal)?;
    let report = report(prepared, &mut plan, &mappings)?;
    Ok((plan, report, mappings))
}

fn understand(request: &ImportRequest, tables: &[Table], mappings: &[Mapping]) -> Files {
    let mut files = Files::default();
    for ((file, table), (mapping, _)) in request.files.iter().zip(tables).zip(mappings) {
        let columns = Columns::new(table, file.kind, mapping, request.date_order);
        match file.kind {
            ImportKind::Clients => files.clients = Some(rows::clients(&columns)),
            ImportKind::Contacts => files.contacts = Some(rows::contacts(&columns)),
            ImportKind::Invoices => files.invoices = Some(rows::invoices(&columns)),
            ImportKind::InvoiceLines => files.lines = Some(rows::lines(&columns)),
        }
    }
    files
}

fn report(prepared: &Prepared, plan: &mut Plan, mappings: &[Mapping]) -> Result<ImportReport> {
    let mut rows: BTreeMap<ImportKind, Vec<ImportRow>> = std::mem::take(&mut plan.rows).into_iter().collect();
    let tables = prepared.request.files.iter().zip(prepared.tables.iter()).zip(mappings);
    let files = tables
        .map(|((file, table), (mapping, remembered))| {
            let mut details = rows.remove(&file.kind).unwrap_or_default();
            let count = |outcome| details.iter().filter(|row| row.outcome == outcome).count() as u64;
            let (created, duplicates, refused) =
                (count(RowOutcome::Create), count(RowOutcome::Duplicate), count(RowOutcome::Refuse));
            details.sort_by_key(|row| match row.outcome {
                RowOutcome::Refuse => 0,
                RowOutcome::Duplicate => 1,
                RowOutcome::Create => 2,
            });
            details.truncate(DETAILS);
            ImportFileReport {
                kind: file.kind,
                name: file.name.clone(),
                headings: table.headings.clone(),
                mapping: mapping.clone(),
                mapping_remembered: *remembered,
                encoding: table.encoding.to_owned(),
                separator: table.separator.to_string(),
                rows: table.rows.len() as u64,
                created,
                duplicates,
                refused,
                details,
            }
        })
        .collect();
    let mut invoiced: BTreeMap<_, Money> = BTreeMap::new();
    for invoice in &plan.invoices {
        let total = invoice.totals.gross;
        let sum = invoiced.entry(total.currency()).or_insert(Money::zero(total.currency()));
        *sum = sum.checked_add(total)?;
    }
    let invoiced = invoiced.into_values().collect();
    Ok(ImportReport { id: None, files, invoiced, done_at: None, undone_at: None, done_by: None })
}

/// Takes an import back, unless something it brought has been used since.
pub async fn undo(tx: &mut Tx, id: ImportId) -> Result<ImportReport> {
    stored::lock(tx).await?;
    let imported = stored::begin_undo(tx, id).await?;
    let used = stored::in_use(tx, id).await?;
    if !used.is_empty() {
        return Err(Problem::new(Code::ImportInUse).detail(format!("In use: {}.", used.join("; "))).into());
    }
    let archived = stored::remove(tx, id, &imported).await?;
    let mut events = vec![(Subject::Organization, None, Event::ImportUndone { import_id: id })];
    events.extend(imported.invoices.into_iter().map(|invoice| {
        let reason = "The import was undone.".to_owned();
        let event = Event::InvoiceVoided { invoice_id: invoice.id, number: invoice.number, reason };
        (Subject::Invoice(invoice.id), Some(invoice.client_id), event)
    }));
    events.extend(
        archived.into_iter().map(|client| (Subject::Client(client), Some(client), Event::ClientArchived {})),
    );
    store::events::record_all(tx, &events).await?;
    Ok(stored::find(tx, id).await?)
}
