use chrono::NaiveDate;
use domain::ids::Id;
use domain::money::Currency;
use domain::quotes::{Costs, DraftQuote, QuoteContent, QuoteId, QuoteTotals};
use domain::text::{Address, Name};
use domain::totals::{PriceMode, Rounding};
use sqlx::types::Json;

use crate::{Actor, Error, Result, Tx, fresh};

/// What a quote is written with beside what its author wrote.
#[derive(Debug, Clone)]
pub struct Written<'a> {
    /// What the author wrote.
    pub draft: &'a DraftQuote,
    /// Its currency.
    pub currency: Currency,
    /// Whether unit prices include tax.
    pub price_mode: PriceMode,
    /// Where tax is rounded, until it is sent.
    pub rounding: Rounding,
    /// What it comes to as offered.
    pub totals: &'a QuoteTotals,
    /// The client's name.
    pub client_name: &'a Name,
    /// The client's address.
    pub client_address: &'a Address,
    /// Its place in lists, until it is sent.
    pub listed_on: NaiveDate,
}

/// Begins a quote with its first version.
pub async fn insert(tx: &mut Tx, written: &Written<'_>) -> Result<QuoteId> {
    let now = tx.now();
    let id: QuoteId = fresh(now);
    let author = match tx.actor() {
        Actor::Member(id) => Some(id.uuid()),
        Actor::Contact(_) | Actor::Guest(_) | Actor::System => None,
    };
    let draft = written.draft;
    sqlx::query!(
        "insert into quote (id, client_id, state, currency, title, internal_note, draft_no, client_name, client_address,
           total_minor, deposit_minor, changes_quote_id, listed_on, created_by, created_at)
         values ($1, $2, 'draft', $3, $4, $5, 1, $6, $7, $8, $9, $10, $11, $12, $13)",
        id.uuid(),
        draft.client_id.uuid(),
        written.currency as _,
        draft.content.title.as_str(),
        draft.internal_note.as_str(),
        written.client_name.as_str(),
        Json(written.client_address) as Json<&Address>,
        written.totals.gross.minor(),
        written.totals.deposit.minor(),
        draft.changes_quote_id.map(Id::uuid),
        written.listed_on,
        author,
        now,
    )
    .execute(tx.connection())
    .await?;
    insert_version(tx, id, 1, &draft.content, &draft.costs, written.rounding, written.price_mode).await?;
    Ok(id)
}

async fn insert_version(
    tx: &mut Tx,
    id: QuoteId,
    no: i32,
    content: &QuoteContent,
    costs: &Costs,
    rounding: Rounding,
    price_mode: PriceMode,
) -> Result<()> {
    sqlx::query!(
        "insert into quote_version (quote_id, no, content, costs, rounding, price_mode) values ($1, $2, $3, $4, $5, $6)",
        id.uuid(),
        no,
        Json(content) as Json<&QuoteContent>,
        Json(costs) as Json<&Costs>,
        rounding as _,
        price_mode as _,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Writes the version anew that is being written. What lists show of a quote that was sent stays as sent.
pub async fn update(tx: &mut Tx, id: QuoteId, no: i32, version: i64, written: &Written<'_>) -> Result<()> {
    let draft = written.draft;
    let done = sqlx::query!(
        "update quote set version = version + 1, internal_note = $4, client_id = $5, currency = $6, approval_pending = false,
           title = case when current_no = 0 then $7 else title end,
           client_name = case when current_no = 0 then $8 else client_name end,
           client_address = case when current_no = 0 then $9 else client_address end,
           total_minor = case when current_no = 0 then $10 else total_minor end,
           deposit_minor = case when current_no = 0 then $11 else deposit_minor end
         where id = $1 and draft_no = $2 and version = $3",
        id.uuid(),
        no,
        version,
        draft.internal_note.as_str(),
        draft.client_id.uuid(),
        written.currency as _,
        draft.content.title.as_str(),
        written.client_name.as_str(),
        Json(written.client_address) as Json<&Address>,
        written.totals.gross.minor(),
        written.totals.deposit.minor(),
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() != 1 {
        return Err(Error::VersionMismatch);
    }
    sqlx::query!(
        "update quote_version set content = $3, costs = $4, rounding = $5, price_mode = $6 where quote_id = $1 and no = $2",
        id.uuid(),
        no,
        Json(&draft.content) as Json<&QuoteContent>,
        Json(&draft.costs) as Json<&Costs>,
        written.rounding as _,
        written.price_mode as _,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Begins a new version as a copy of another; returns its number. The quote is locked.
pub async fn begin_version(tx: &mut Tx, id: QuoteId, from: i32) -> Result<i32> {
    let no = sqlx::query_scalar!(
        r#"insert into quote_version (quote_id, no, content, costs, rounding, price_mode)
           select quote_id, (select max(no) + 1 from quote_version where quote_id = $1), content || '{"valid_until": null}',
             costs, rounding, price_mode
           from quote_version where quote_id = $1 and no = $2
           returning no"#,
        id.uuid(),
        from,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    sqlx::query!("update quote set draft_no = $2, version = version + 1 where id = $1", id.uuid(), no)
        .execute(tx.connection())
        .await?;
    Ok(no)
}

/// Throws away what is being written: the quote if it was never sent, else its new version. It is locked.
pub async fn delete(tx: &mut Tx, id: QuoteId, draft_no: i32) -> Result<()> {
    sqlx::query!("delete from quote where id = $1 and current_no = 0", id.uuid())
        .execute(tx.connection())
        .await?;
    sqlx::query!("delete from quote_version where quote_id = $1 and no = $2", id.uuid(), draft_no)
        .execute(tx.connection())
        .await?;
    sqlx::query!(
        "update quote set draft_no = null, approval_pending = false, version = version + 1 where id = $1",
        id.uuid()
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// What happens to the approval of what is being written.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// It is asked for.
    Request,
    /// It is given.
    Approve,
    /// It is refused, with what is to be done.
    Return(&'a Name),
}

/// Notes a step of an approval. The quote is locked.
pub async fn set_approval(tx: &mut Tx, id: QuoteId, no: i32, step: Step<'_>) -> Result<()> {
    let now = tx.now();
    let member = match tx.actor() {
        Actor::Member(id) => Some(id.uuid()),
        Actor::Contact(_) | Actor::Guest(_) | Actor::System => None,
    };
    match step {
        Step::Request => {
            sqlx::query!(
                "update quote_version set approval_requested_by = $3, approval_requested_at = $4, approved_by = null,
                   approved_at = null, return_note = null
                 where quote_id = $1 and no = $2",
                id.uuid(),
                no,
                member,
                now,
            )
            .execute(tx.connection())
            .await?;
        }
        Step::Approve => {
            sqlx::query!(
                "update quote_version set approved_by = $3, approved_at = $4 where quote_id = $1 and no = $2",
                id.uuid(),
                no,
                member,
                now,
            )
            .execute(tx.connection())
            .await?;
        }
        Step::Return(note) => {
            sqlx::query!(
                "update quote_version set return_note = $3 where quote_id = $1 and no = $2",
                id.uuid(),
                no,
                note.as_str(),
            )
            .execute(tx.connection())
            .await?;
        }
    }
    let pending = matches!(step, Step::Request);
    sqlx::query!(
        "update quote set approval_pending = $2, version = version + 1 where id = $1",
        id.uuid(),
        pending
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
