//! Banks' statements and the money on them.

mod candidates;

use chrono::NaiveDate;
use domain::bank::{
    BankStatement, BankStatementId, BankTransaction, BankTransactionFilter, BankTransactionId,
    BankTransactionState,
};
use domain::identity::MemberId;
use domain::ids::Id;
use domain::money::{Currency, Money};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::payments::PaymentId;
use sqlx::types::Json;
use uuid::Uuid;

pub use candidates::{Candidate, candidates, known_payers};

use crate::{Actor, Cursor, Error, Result, Tx, fresh};

/// Money on a statement, not yet known to be new.
#[derive(Debug, Clone)]
pub struct NewTransaction {
    /// The organization's account.
    pub account: String,
    /// What tells it from all others of the account.
    pub fingerprint: String,
    /// The bank's own reference.
    pub entry_reference: Option<String>,
    /// When it was booked.
    pub booked_on: NaiveDate,
    /// How much.
    pub amount: Money,
    /// Whether the bank took back an earlier entry.
    pub reversal: bool,
    /// Who paid.
    pub counterparty_name: String,
    /// Their account.
    pub counterparty_iban: Option<String>,
    /// The structured reference.
    pub creditor_reference: Option<String>,
    /// What was written.
    pub remittance: String,
}

/// An id for a statement to come.
pub fn new_statement_id(tx: &Tx) -> BankStatementId {
    fresh(tx.now())
}

fn member(tx: &Tx) -> Option<MemberId> {
    match tx.actor() {
        Actor::Member(id) => Some(id),
        Actor::Contact(_) | Actor::Guest(_) | Actor::System => None,
    }
}

/// Keeps a statement, before its transactions.
pub async fn insert_statement(tx: &mut Tx, statement: &BankStatement) -> Result<()> {
    let by = member(tx).map(Id::uuid);
    sqlx::query!(
        "insert into bank_statement (id, name, format, report, imported_by, imported_at) values ($1, $2, $3, $4, $5, $6)",
        statement.id.uuid(),
        statement.name.as_str(),
        statement.format as _,
        Json(statement) as Json<&BankStatement>,
        by,
        statement.imported_at,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Keeps what came of a statement.
pub async fn report(tx: &mut Tx, statement: &BankStatement) -> Result<()> {
    sqlx::query!(
        "update bank_statement set report = $2 where id = $1",
        statement.id.uuid(),
        Json(statement) as Json<&BankStatement>,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Keeps those transactions that are new; how many they were.
pub async fn insert(tx: &mut Tx, statement: BankStatementId, new: &[NewTransaction]) -> Result<u64> {
    let now = tx.now();
    let ids: Vec<Uuid> = new.iter().map(|_| fresh::<BankTransactionId>(now).uuid()).collect();
    let accounts: Vec<&str> = new.iter().map(|row| row.account.as_str()).collect();
    let fingerprints: Vec<&str> = new.iter().map(|row| row.fingerprint.as_str()).collect();
    let references: Vec<Option<&str>> = new.iter().map(|row| row.entry_reference.as_deref()).collect();
    let days: Vec<NaiveDate> = new.iter().map(|row| row.booked_on).collect();
    let currencies: Vec<&str> = new.iter().map(|row| row.amount.currency().code()).collect();
    let amounts: Vec<i64> = new.iter().map(|row| row.amount.minor()).collect();
    let reversals: Vec<bool> = new.iter().map(|row| row.reversal).collect();
    let names: Vec<&str> = new.iter().map(|row| row.counterparty_name.as_str()).collect();
    let ibans: Vec<Option<&str>> = new.iter().map(|row| row.counterparty_iban.as_deref()).collect();
    let structured: Vec<Option<&str>> = new.iter().map(|row| row.creditor_reference.as_deref()).collect();
    let texts: Vec<&str> = new.iter().map(|row| row.remittance.as_str()).collect();
    let done = sqlx::query!(
        "insert into bank_transaction (id, statement_id, account, fingerprint, entry_reference, booked_on, currency, amount_minor,
           reversal, counterparty_name, counterparty_iban, creditor_reference, remittance)
         select id, $1, account, fingerprint, reference, day, currency, amount, reversal, name, iban, structured, text
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[], $7::text[], $8::bigint[], $9::boolean[],
           $10::text[], $11::text[], $12::text[], $13::text[])
           as t (id, account, fingerprint, reference, day, currency, amount, reversal, name, iban, structured, text)
         order by day, id
         on conflict (organization_id, account, fingerprint) do nothing",
        statement.uuid(),
        &ids,
        &accounts as &[&str],
        &fingerprints as &[&str],
        &references as &[Option<&str>],
        &days,
        &currencies as &[&str],
        &amounts,
        &reversals,
        &names as &[&str],
        &ibans as &[Option<&str>],
        &structured as &[Option<&str>],
        &texts as &[&str],
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected())
}

struct Row {
    id: BankTransactionId,
    statement_id: BankStatementId,
    account: String,
    booked_on: NaiveDate,
    currency: Currency,
    amount_minor: i64,
    reversal: bool,
    counterparty_name: String,
    counterparty_iban: Option<String>,
    creditor_reference: Option<String>,
    remittance: String,
    state: BankTransactionState,
    payment_id: Option<PaymentId>,
}

impl From<Row> for BankTransaction {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            statement_id: row.statement_id,
            account: row.account,
            booked_on: row.booked_on,
            amount: Money::new(row.amount_minor, row.currency),
            reversal: row.reversal,
            counterparty_name: row.counterparty_name,
            counterparty_iban: row.counterparty_iban,
            creditor_reference: row.creditor_reference,
            remittance: row.remittance,
            state: row.state,
            payment_id: row.payment_id,
            suggestions: Vec::new(),
        }
    }
}

/// A page of transactions, newest first, without suggestions.
pub async fn list(tx: &mut Tx, filter: &BankTransactionFilter) -> Result<Page<BankTransaction>> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let before: Option<Uuid> = Cursor::decode(filter.cursor.as_deref())?;
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id: BankTransactionId", statement_id as "statement_id: BankStatementId", account, booked_on,
             currency as "currency: Currency", amount_minor, reversal, counterparty_name, counterparty_iban, creditor_reference,
             remittance, state as "state: BankTransactionState", payment_id as "payment_id: PaymentId"
           from bank_transaction where ($1::text is null or state = $1) and ($2::uuid is null or id < $2)
           order by id desc limit $3"#,
        filter.state as _,
        before,
        i64::from(limit) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    let items = rows.into_iter().map(Into::into).collect();
    Ok(Page::from_overfull(items, limit, |last: &BankTransaction| Cursor::encode(&last.id.uuid())))
}

/// One transaction, without suggestions.
pub async fn find(tx: &mut Tx, id: BankTransactionId) -> Result<BankTransaction> {
    let row = sqlx::query_as!(
        Row,
        r#"select id as "id: BankTransactionId", statement_id as "statement_id: BankStatementId", account, booked_on,
             currency as "currency: Currency", amount_minor, reversal, counterparty_name, counterparty_iban, creditor_reference,
             remittance, state as "state: BankTransactionState", payment_id as "payment_id: PaymentId"
           from bank_transaction where id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?;
    row.map(Into::into).ok_or(Error::NotFound)
}

/// One transaction, locked until the end, so that two who decide about it come one after the other.
pub async fn lock(tx: &mut Tx, id: BankTransactionId) -> Result<BankTransaction> {
    sqlx::query_scalar!("select id from bank_transaction where id = $1 for update", id.uuid())
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    find(tx, id).await
}

/// Notes what became of an open transaction that is locked: a payment, or nothing.
pub async fn decide(tx: &mut Tx, id: BankTransactionId, payment: Option<PaymentId>) -> Result<()> {
    let (by, now) = (member(tx).map(Id::uuid), tx.now());
    let state = if payment.is_some() { BankTransactionState::Matched } else { BankTransactionState::Ignored };
    sqlx::query!(
        "update bank_transaction set state = $2, payment_id = $3, decided_by = $4, decided_at = $5 where id = $1",
        id.uuid(),
        state as _,
        payment.map(Id::uuid),
        by,
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Opens a transaction again that was ignored; it is locked.
pub async fn reopen(tx: &mut Tx, id: BankTransactionId) -> Result<()> {
    sqlx::query!(
        "update bank_transaction set state = 'open', decided_by = null, decided_at = null where id = $1 and state = 'ignored'",
        id.uuid(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
