//! Bringing in a statement: read outside of any transaction, kept inside one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::bank::{
    BankStatement, CreditorReference, RefusedEntry, StatementColumns, StatementField, StatementFormat,
    UploadBankStatement,
};
use domain::events::{Event, Subject};
use domain::money::Currency;
use domain::payments::Provider;
use domain::problem::Problem;
use integrations::bank::{Entry, Statement, camt053};
use sha2::{Digest, Sha256};
use store::bank::NewTransaction;
use store::payments::connections;
use store::{Tx, bank, events};

use super::columns::{self, Defaults};
use crate::imports::read::{self, MAX_BYTES};
use crate::payments::received::MOST;
use crate::problem::{Failure, Result};

/// How many refusals are told.
const REFUSALS: usize = 100;
/// The most characters that are kept of what a bank wrote.
const TEXT: usize = 1000;

/// What the organization's settings say where a file is silent.
pub struct Habits {
    currency: Currency,
    account: Option<String>,
}

/// Reads the settings.
pub async fn habits(tx: &mut Tx, upload: &UploadBankStatement) -> Result<Habits> {
    let accounts = connections::list(tx).await?;
    let ours = accounts
        .into_iter()
        .find(|account| account.provider == Provider::BankTransfer)
        .and_then(|account| account.settings.0.bank_account)
        .map(|account| account.iban);
    Ok(Habits {
        currency: upload.currency.unwrap_or(store::organizations::find(tx).await?.currency),
        account: upload.iban.clone().or(ours).map(|iban| iban.as_str().to_owned()),
    })
}

/// A statement that has been read.
pub struct Content {
    format: StatementFormat,
    mapping: BTreeMap<String, StatementField>,
    statement: Statement,
}

/// Reads a file, whichever it is.
pub async fn read(upload: Arc<UploadBankStatement>, habits: Habits) -> Result<Content> {
    tokio::task::spawn_blocking(move || read_now(&upload, habits)).await.map_err(Failure::internal)?
}

fn read_now(upload: &UploadBankStatement, habits: Habits) -> Result<Content> {
    let refuse = |code: &'static str, message: String| Problem::invalid("/content", code, message);
    let bytes = STANDARD
        .decode(&upload.content)
        .map_err(|error| refuse("invalid_base64", format!("must be base64: {error}")))?;
    if bytes.len() > MAX_BYTES {
        return Err(refuse("too_large", "must be at most 10 MB".to_owned()).into());
    }
    if camt053::is_xml(&bytes) {
        let statement =
            camt053::read(&bytes).map_err(|error| refuse("not_a_statement", error.to_string()))?;
        return Ok(Content { format: StatementFormat::Camt053, mapping: BTreeMap::new(), statement });
    }
    let table = read::read(&bytes).map_err(|error| refuse(error.code(), error.to_string()))?;
    let mapping = upload.mapping.clone().unwrap_or_else(|| columns::guess(&table.headings));
    columns::check(&table.headings, &mapping).map_err(|message| {
        let columns = StatementColumns { headings: table.headings.clone(), mapping: mapping.clone() };
        Problem::invalid("/mapping", "invalid_mapping", message).current(serde_json::json!(columns))
    })?;
    let account = habits
        .account
        .ok_or_else(|| Problem::invalid("/iban", "required", "say which account this is: a table doesn't"))?;
    let defaults = Defaults { date_order: upload.date_order, currency: habits.currency, account };
    let statement = columns::read(&table, &mapping, &defaults);
    Ok(Content { format: StatementFormat::Csv, mapping, statement })
}

/// Brings in a statement within a transaction that goes on; a request reads it outside of its own.
pub async fn import(tx: &mut Tx, upload: UploadBankStatement) -> Result<BankStatement> {
    let habits = habits(tx, &upload).await?;
    let upload = Arc::new(upload);
    let content = read(Arc::clone(&upload), habits).await?;
    keep(tx, &upload, &content).await
}

/// Keeps what is new of a statement.
pub async fn keep(tx: &mut Tx, upload: &UploadBankStatement, content: &Content) -> Result<BankStatement> {
    let Statement { entries, refused, pending } = &content.statement;
    let mut refused: Vec<RefusedEntry> = refused
        .iter()
        .map(|entry| RefusedEntry {
            line: entry.place,
            code: entry.code.to_owned(),
            reason: cut(&entry.reason),
        })
        .collect();
    let large = entries.iter().filter(|entry| entry.amount.minor().unsigned_abs() > MOST.unsigned_abs());
    refused.extend(large.map(|entry| RefusedEntry {
        line: entry.place,
        code: "amount".to_owned(),
        reason: "nobody pays that much".to_owned(),
    }));
    refused.truncate(REFUSALS);
    let mut new = Vec::new();
    let mut outgoing = 0;
    for (entry, fingerprint) in entries.iter().zip(fingerprints(entries)) {
        if entry.amount.minor().unsigned_abs() > MOST.unsigned_abs() || entry.amount.is_zero() {
            continue;
        }
        if entry.amount.is_negative() && !entry.reversal {
            outgoing += 1;
            continue;
        }
        new.push(transaction(entry, fingerprint));
    }
    let accounts: BTreeSet<&String> = entries.iter().map(|entry| &entry.account).collect();
    let mut statement = BankStatement {
        id: bank::new_statement_id(tx),
        name: upload.name.clone(),
        format: content.format,
        accounts: accounts.into_iter().cloned().collect(),
        mapping: content.mapping.clone(),
        added: 0,
        duplicates: 0,
        outgoing,
        pending: i64::try_from(*pending).unwrap_or(i64::MAX),
        refused,
        imported_at: tx.now(),
    };
    bank::insert_statement(tx, &statement).await?;
    let added = bank::insert(tx, statement.id, &new).await?;
    statement.added = i64::try_from(added).unwrap_or(i64::MAX);
    statement.duplicates = i64::try_from(new.len()).unwrap_or(i64::MAX) - statement.added;
    bank::report(tx, &statement).await?;
    let event = Event::BankStatementImported { statement_id: statement.id, added: statement.added };
    events::record(tx, Subject::Organization, None, &event).await?;
    Ok(statement)
}

/// As PostgreSQL and a page can hold it.
fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(TEXT).collect()
}

fn transaction(entry: &Entry, fingerprint: String) -> NewTransaction {
    NewTransaction {
        account: cut(&entry.account),
        fingerprint,
        entry_reference: entry.reference.as_deref().map(cut),
        booked_on: entry.booked_on,
        amount: entry.amount,
        reversal: entry.reversal,
        counterparty_name: cut(&entry.counterparty_name),
        counterparty_iban: entry.counterparty_iban.as_deref().map(cut),
        // In the standard's form where it is one, so that it compares; as it came where it isn't.
        creditor_reference: entry.creditor_reference.as_deref().map(|text| {
            text.parse::<CreditorReference>().map_or_else(|_| cut(text), |it| it.as_str().to_owned())
        }),
        remittance: cut(&entry.remittance),
    }
}

/// What tells each entry from all others of its account. Banks reuse references, so day and amount belong to
/// them; without a reference, everything that is told does. Equal ones in one file are several transactions.
fn fingerprints(entries: &[Entry]) -> Vec<String> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        let mut hash = Sha256::new();
        let mut add = |part: &str| {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        };
        add(&entry.booked_on.to_string());
        add(&entry.amount.to_string());
        if let Some(reference) = &entry.reference {
            add(reference);
        } else {
            let rest = [
                &entry.counterparty_name,
                entry.counterparty_iban.as_deref().unwrap_or_default(),
                entry.creditor_reference.as_deref().unwrap_or_default(),
                &entry.remittance,
            ];
            rest.into_iter().for_each(&mut add);
        }
        let base = hex::encode(hash.finalize());
        let count = seen.entry(format!("{} {base}", entry.account)).or_default();
        *count += 1;
        all.push(format!("{base} {count}"));
    }
    all
}
