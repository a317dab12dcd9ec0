use chrono::{DateTime, NaiveDate, Utc};
use domain::clients::ContactId;
use domain::ids::Id;
use domain::invoices::GuestLinkId;
use domain::money::{Currency, Money};
use domain::projects::ProjectId;
use domain::quotes::{Decision, DecisionId, DecisionKind, QuoteId, Selection, Signature};
use domain::text::{Name, Note};
use sqlx::types::Json;

use crate::{Result, Tx, fresh};

/// What decides, in one statement.
#[derive(Debug, Clone, Copy)]
pub struct Deciding {
    /// The quote.
    pub id: QuoteId,
    /// The version that was shown.
    pub no: i32,
    /// What is decided.
    pub kind: DecisionKind,
    /// What is accepted; what was offered, otherwise.
    pub total: Money,
    /// What is due at once.
    pub deposit: Money,
    /// The day in the organization's zone.
    pub today: NaiveDate,
}

/// Decides, if that version is the present one, nobody decided before and its last day hasn't passed: one
/// conditional statement, so of two who decide at once one waits for the other and then finds it decided.
/// Whether it did.
pub async fn decide(tx: &mut Tx, deciding: &Deciding) -> Result<bool> {
    let now = tx.now();
    let done = sqlx::query!(
        "update quote set state = $3, decided_at = $4, total_minor = $5, deposit_minor = $6, version = version + 1,
           viewed_at = coalesce(viewed_at, $4)
         where id = $1 and current_no = $2 and state in ('sent', 'viewed') and valid_until >= $7",
        deciding.id.uuid(),
        deciding.no,
        deciding.kind as _,
        now,
        deciding.total.minor(),
        deciding.deposit.minor(),
        deciding.today,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A decision with what it stands on.
#[derive(Debug, Clone)]
pub struct NewDecision<'a> {
    /// What was decided.
    pub deciding: Deciding,
    /// Full name of who did.
    pub name: &'a Name,
    /// The contact, or whom the guest link was sent to.
    pub contact_id: Option<ContactId>,
    /// The guest link.
    pub guest_link_id: Option<GuestLinkId>,
    /// The reason, or what is to change.
    pub words: &'a Note,
    /// The choice, said in full.
    pub selection: &'a Selection,
    /// SHA-256 of what was shown.
    pub shown_hash: &'a [u8],
    /// The sentence agreed to.
    pub consent: &'a str,
    /// The drawn signature.
    pub signature: Option<&'a Signature>,
    /// The network address they came from.
    pub address: &'a str,
    /// Their browser, in its own words.
    pub user_agent: &'a str,
}

/// Keeps a decision.
pub async fn insert_decision(tx: &mut Tx, new: &NewDecision<'_>) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into quote_decision (id, quote_id, no, kind, at, name, contact_id, guest_link_id, words, selection, total_minor,
           deposit_minor, shown_hash, consent, signature, address, user_agent)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        fresh::<DecisionId>(now).uuid(),
        new.deciding.id.uuid(),
        new.deciding.no,
        new.deciding.kind as _,
        now,
        new.name.as_str(),
        new.contact_id.map(Id::uuid),
        new.guest_link_id.map(Id::uuid),
        new.words.as_str(),
        Json(new.selection) as Json<&Selection>,
        new.deciding.total.minor(),
        new.deciding.deposit.minor(),
        new.shown_hash,
        new.consent,
        new.signature.map(Json) as Option<Json<&Signature>>,
        new.address,
        new.user_agent,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// A decision and whose it is, with the organization's eyes.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The decision.
    pub decision: Decision,
    /// The contact who decided.
    pub contact_id: Option<ContactId>,
    /// The guest link by which it was decided.
    pub guest_link_id: Option<GuestLinkId>,
}

struct Row {
    id: DecisionId,
    kind: DecisionKind,
    at: DateTime<Utc>,
    name: Name,
    words: Note,
    selection: Json<Selection>,
    total_minor: i64,
    deposit_minor: i64,
    shown_hash: Vec<u8>,
    consent: String,
    signature: Option<Json<Signature>>,
}

/// What was decided on a version, as far as the caller may see it.
pub async fn find_decision(
    tx: &mut Tx,
    id: QuoteId,
    no: i32,
    currency: Currency,
) -> Result<Option<Decision>> {
    let row = sqlx::query_as!(
        Row,
        r#"select id as "id: DecisionId", kind as "kind: DecisionKind", at, name as "name: Name", words as "words: Note",
             selection as "selection: Json<Selection>", total_minor, deposit_minor, shown_hash, consent,
             signature as "signature: Json<Signature>"
           from quote_decision where quote_id = $1 and no = $2"#,
        id.uuid(),
        no,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Decision {
        id: row.id,
        kind: row.kind,
        no,
        at: row.at,
        name: row.name,
        words: row.words,
        selection: row.selection.0,
        total: Money::new(row.total_minor, currency),
        deposit: Money::new(row.deposit_minor, currency),
        hash: hex(&row.shown_hash),
        consent: row.consent,
        signature: row.signature.map(|signature| signature.0),
    }))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text doesn't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Decided {
    /// What was decided on a version and by whom, with the organization's eyes.
    pub async fn find(tx: &mut Tx, id: QuoteId, no: i32, currency: Currency) -> Result<Option<Self>> {
        let Some(decision) = find_decision(tx, id, no, currency).await? else { return Ok(None) };
        let row = sqlx::query!(
            r#"select contact_id as "contact_id: ContactId", guest_link_id as "guest_link_id: GuestLinkId"
               from quote_decision where id = $1"#,
            decision.id.uuid(),
        )
        .fetch_one(tx.connection())
        .await?;
        Ok(Some(Self { decision, contact_id: row.contact_id, guest_link_id: row.guest_link_id }))
    }
}

/// Says to which project an accepted quote belongs.
pub async fn join_project(tx: &mut Tx, id: QuoteId, project: ProjectId) -> Result<()> {
    sqlx::query!("update quote set project_id = $2 where id = $1", id.uuid(), project.uuid())
        .execute(tx.connection())
        .await?;
    Ok(())
}
