use chrono::NaiveDate;
use domain::events::{Event, Subject};
use domain::ids::Id;
use domain::quotes::{QuoteContent, QuoteId, QuoteTotals};
use domain::text::{Address, Name, Note};
use domain::totals::Rounding;
use sqlx::types::Json;

use super::{Head, lock};
use crate::{Error, Result, Tx, events};

/// Takes the next number of the organization's quotes, under its row's lock: no gaps.
pub async fn take_number(tx: &mut Tx, prefix: &str) -> Result<String> {
    let next = sqlx::query_scalar!(
        "insert into number_series (kind, next) values ('quote', 2)
         on conflict (organization_id, kind) do update set next = number_series.next + 1
         returning next - 1",
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(format!("{prefix}{}", next.unwrap_or(1)))
}

/// What is frozen when a version is sent.
#[derive(Debug, Clone)]
pub struct Sending<'a> {
    /// The quote's number.
    pub number: &'a str,
    /// The version.
    pub no: i32,
    /// What it says, with its last day.
    pub content: &'a QuoteContent,
    /// Its last day.
    pub valid_until: NaiveDate,
    /// Where tax is rounded.
    pub rounding: Rounding,
    /// Foot of the document.
    pub footer: &'a Note,
    /// SHA-256 of what is shown.
    pub hash: &'a [u8; 32],
    /// What it comes to as offered.
    pub totals: &'a QuoteTotals,
    /// The client's name.
    pub client_name: &'a Name,
    /// The client's address.
    pub client_address: &'a Address,
    /// The day.
    pub today: NaiveDate,
}

/// Sends the version of a locked quote that is being written: it takes the place of the one before.
pub async fn send(tx: &mut Tx, id: QuoteId, sending: &Sending<'_>) -> Result<()> {
    let now = tx.now();
    let done = sqlx::query!(
        "update quote_version set content = $3, rounding = $4, footer = $5, shown_hash = $6, sent_at = $7
         where quote_id = $1 and no = $2 and sent_at is null",
        id.uuid(),
        sending.no,
        Json(sending.content) as Json<&QuoteContent>,
        sending.rounding as _,
        sending.footer.as_str(),
        &sending.hash[..],
        now,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() != 1 {
        return Err(Error::VersionMismatch);
    }
    sqlx::query!(
        "update quote set number = $2, state = 'sent', current_no = $3, draft_no = null, approval_pending = false, title = $4,
           valid_until = $5, client_name = $6, client_address = $7, total_minor = $8, deposit_minor = $9, listed_on = $10,
           sent_at = $11, viewed_at = null, decided_at = null, version = version + 1
         where id = $1",
        id.uuid(),
        sending.number,
        sending.no,
        sending.content.title.as_str(),
        sending.valid_until,
        sending.client_name.as_str(),
        Json(sending.client_address) as Json<&Address>,
        sending.totals.gross.minor(),
        sending.totals.deposit.minor(),
        sending.today,
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Notes that the client looked at a quote, with the organization's eyes. The first time is an event. Its
/// version stays: what the client was shown is still what there is to decide.
pub async fn record_view(tx: &mut Tx, id: QuoteId) -> Result<()> {
    let Head { client_id, number, .. } = lock(tx, id).await?.head;
    let now = tx.now();
    let done = sqlx::query!(
        "update quote set viewed_at = $2, state = case when state = 'sent' then 'viewed' else state end
         where id = $1 and viewed_at is null and current_no > 0",
        id.uuid(),
        now,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 {
        let event = Event::QuoteViewed { quote_id: id, number: number.unwrap_or_default() };
        events::record(tx, Subject::Quote(id), Some(client_id), &event).await?;
    }
    Ok(())
}

/// Takes a quote back that the client has not accepted; whether it did.
pub async fn withdraw(tx: &mut Tx, id: QuoteId) -> Result<bool> {
    let done = sqlx::query!(
        "update quote set state = 'withdrawn', version = version + 1
         where id = $1 and state in ('sent', 'viewed', 'changes_requested', 'declined')",
        id.uuid(),
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Sets or lifts the code that guest links ask for, by its hash.
pub async fn set_access_code(tx: &mut Tx, id: QuoteId, hash: Option<&str>) -> Result<()> {
    sqlx::query!(
        "update quote set access_code_hash = $2, version = version + 1 where id = $1",
        id.uuid(),
        hash
    )
    .execute(tx.connection())
    .await?;
    // Whoever was let in by the code before is asked again.
    sqlx::query!(
        "update guest_link set revoked_at = $2 where quote_id = $1 and unlocked and revoked_at is null",
        id.uuid(),
        tx.now(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
