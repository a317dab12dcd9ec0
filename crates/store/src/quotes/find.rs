use chrono::{DateTime, NaiveDate, Utc};
use domain::clients::ClientId;
use domain::identity::MemberId;
use domain::ids::Id;
use domain::money::{Currency, Money};
use domain::projects::ProjectId;
use domain::quotes::{Approval, Costs, Counting, QuoteContent, QuoteId, QuoteState};
use domain::text::{Address, Name, Note};
use domain::totals::{PriceMode, Rounding};
use sqlx::types::Json;

use crate::{Error, Result, Tx};

/// What both sides may see of a quote, without what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Its id.
    pub id: QuoteId,
    /// Its number, once it was sent.
    pub number: Option<String>,
    /// How far it has come, whatever the day.
    pub state: QuoteState,
    /// Whom it is for.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: Name,
    /// The client's address.
    pub client_address: Address,
    /// Its currency.
    pub currency: Currency,
    /// What it comes to: as accepted, else as offered.
    pub total: Money,
    /// The newest version that was sent; 0 if none was.
    pub current_no: i32,
    /// Its last day.
    pub valid_until: Option<NaiveDate>,
    /// When the client first opened the newest version.
    pub viewed_at: Option<DateTime<Utc>>,
    /// The quote that it changes.
    pub changes_quote_id: Option<QuoteId>,
    /// What the work is.
    pub project_id: Option<ProjectId>,
    /// Its version, for `If-Match`.
    pub version: i64,
}

/// A quote that nobody else changes until the transaction ends, with what only staff may see.
#[derive(Debug, Clone, PartialEq)]
pub struct Locked {
    /// What both sides may see.
    pub head: Head,
    /// For staff only.
    pub internal_note: Note,
    /// The version being written.
    pub draft_no: Option<i32>,
    /// Whether that waits for an approval.
    pub approval_pending: bool,
    /// Whether guest links ask for a code.
    pub access_code: bool,
    /// Who began it.
    pub created_by: Option<MemberId>,
}

/// A version of a quote.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Its number within the quote.
    pub no: i32,
    /// What it says.
    pub content: QuoteContent,
    /// How it counts.
    pub counting: Counting,
    /// Foot of the document.
    pub footer: Note,
    /// SHA-256 of what is shown, once it was sent.
    pub hash: Option<Vec<u8>>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
}

/// A quote, as far as the caller may see it.
pub async fn head(tx: &mut Tx, id: QuoteId) -> Result<Head> {
    // These columns are all that the portal's role may read.
    let row = sqlx::query!(
        r#"select number, state as "state: QuoteState", client_id as "client_id: ClientId", client_name as "client_name: Name",
             client_address as "client_address: Json<Address>", currency as "currency: Currency", total_minor, current_no,
             valid_until, viewed_at, changes_quote_id as "changes_quote_id: QuoteId", project_id as "project_id: ProjectId", version
           from quote where id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Head {
        id,
        number: row.number,
        state: row.state,
        client_id: row.client_id,
        client_name: row.client_name,
        client_address: row.client_address.0,
        currency: row.currency,
        total: Money::new(row.total_minor, row.currency),
        current_no: row.current_no,
        valid_until: row.valid_until,
        viewed_at: row.viewed_at,
        changes_quote_id: row.changes_quote_id,
        project_id: row.project_id,
        version: row.version,
    })
}

/// Locks a quote, with the organization's eyes.
pub async fn lock(tx: &mut Tx, id: QuoteId) -> Result<Locked> {
    let row = sqlx::query!(
        r#"select internal_note as "internal_note: Note", draft_no, approval_pending, access_code_hash is not null as "access_code!",
             created_by as "created_by: MemberId"
           from quote where id = $1 for update"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Locked {
        head: head(tx, id).await?,
        internal_note: row.internal_note,
        draft_no: row.draft_no,
        approval_pending: row.approval_pending,
        access_code: row.access_code,
        created_by: row.created_by,
    })
}

/// All versions that the caller may see, newest first.
pub async fn versions(tx: &mut Tx, id: QuoteId) -> Result<Vec<Version>> {
    let currency = head(tx, id).await?.currency;
    let rows = sqlx::query!(
        r#"select no, content as "content: Json<QuoteContent>", rounding as "rounding: Rounding", price_mode as "price_mode: PriceMode",
             footer as "footer: Note", shown_hash, sent_at
           from quote_version where quote_id = $1 order by no desc"#,
        id.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Version {
            no: row.no,
            content: row.content.0,
            counting: Counting { currency, rounding: row.rounding, price_mode: row.price_mode },
            footer: row.footer,
            hash: row.shown_hash,
            sent_at: row.sent_at,
        })
        .collect())
}

/// One version, as far as the caller may see it.
pub async fn version(tx: &mut Tx, id: QuoteId, no: i32) -> Result<Version> {
    let currency = head(tx, id).await?.currency;
    let row = sqlx::query!(
        r#"select content as "content: Json<QuoteContent>", rounding as "rounding: Rounding", price_mode as "price_mode: PriceMode",
             footer as "footer: Note", shown_hash, sent_at
           from quote_version where quote_id = $1 and no = $2"#,
        id.uuid(),
        no,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Version {
        no,
        content: row.content.0,
        counting: Counting { currency, rounding: row.rounding, price_mode: row.price_mode },
        footer: row.footer,
        hash: row.shown_hash,
        sent_at: row.sent_at,
    })
}

/// The number of the newest version that the caller may see.
pub async fn newest_visible(tx: &mut Tx, id: QuoteId) -> Result<i32> {
    sqlx::query_scalar!("select max(no) from quote_version where quote_id = $1", id.uuid())
        .fetch_one(tx.connection())
        .await?
        .ok_or(Error::NotFound)
}

/// What a version's lines cost us, with the organization's eyes.
pub async fn costs(tx: &mut Tx, id: QuoteId, no: i32) -> Result<Costs> {
    let costs = sqlx::query_scalar!(
        r#"select costs as "costs: Json<Costs>" from quote_version where quote_id = $1 and no = $2"#,
        id.uuid(),
        no,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(costs.0)
}

/// How a version's approval stands, where one was asked for.
pub async fn approval(tx: &mut Tx, id: QuoteId, no: i32) -> Result<Option<Approval>> {
    let row = sqlx::query!(
        r#"select v.approval_requested_at as requested_at, r.name as "requested_by?: Name", v.approved_at,
             a.name as "approved_by?: Name", v.return_note, (q.approval_pending and q.draft_no = v.no) as "pending!"
           from quote_version v join quote q on q.id = v.quote_id
           left join member r on r.id = v.approval_requested_by left join member a on a.id = v.approved_by
           where v.quote_id = $1 and v.no = $2"#,
        id.uuid(),
        no,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.and_then(|row| {
        Some(Approval {
            pending: row.pending,
            requested_at: row.requested_at?,
            requested_by: row.requested_by,
            approved_at: row.approved_at,
            approved_by: row.approved_by,
            return_note: row.return_note,
        })
    }))
}
