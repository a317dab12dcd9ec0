//! The sandbox's own books: what a real provider would keep on its side.

use chrono::{DateTime, Utc};
use domain::ids::Id;
use domain::money::{Currency, Money};
use domain::payments::AttemptId;
use domain::refunds::RefundId;

use crate::{Result, Tx};

/// A payment page of the sandbox, with what its attempt asked for.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// Its id.
    pub reference: String,
    /// The attempt.
    pub attempt_id: AttemptId,
    /// How much, in the smallest unit of [`Checkout::currency`].
    pub amount_minor: i64,
    /// The currency.
    pub currency: Currency,
    /// What for.
    pub description: String,
    /// Where to go afterwards, sealed.
    pub return_url: Vec<u8>,
    /// Until when it can be paid.
    pub expires_at: DateTime<Utc>,
    /// How far it has come.
    pub progress: Progress,
}

/// What changes about a page. [`Progress::step`] is `open`, `second_step`, `processing`, `succeeded`,
/// `failed` or `expired`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The step it stands at.
    pub step: String,
    /// While processing: when it will be known.
    pub settles_at: Option<DateTime<Utc>>,
    /// While processing: what will be known.
    pub succeeds: Option<bool>,
    /// Why it failed.
    pub reason: Option<String>,
    /// Why the last card was not taken.
    pub declined: Option<String>,
    /// What it is paid with: kind, brand, last four digits.
    pub method: (Option<String>, Option<String>, Option<String>),
    /// Counts changes.
    pub version: i64,
}

/// Keeps a new page, unless its reference is taken.
pub async fn insert(tx: &mut Tx, reference: &str, attempt: AttemptId, version: i64) -> Result<()> {
    sqlx::query!(
        "insert into sandbox_checkout (reference, attempt_id, version) values ($1, $2, $3)
         on conflict (organization_id, reference) do nothing",
        reference,
        attempt.uuid(),
        version,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The page of that reference.
pub async fn find(tx: &mut Tx, reference: &str) -> Result<Option<Checkout>> {
    let row = sqlx::query!(
        r#"select c.reference, c.attempt_id as "attempt_id: AttemptId", a.amount_minor, a.currency as "currency: Currency",
             a.description, a.return_url, a.expires_at, c.progress, c.settles_at, c.succeeds, c.reason, c.declined,
             c.method_kind, c.method_brand, c.method_last4, c.version
           from sandbox_checkout c
           join payment_attempt a on a.organization_id = c.organization_id and a.id = c.attempt_id
           where c.reference = $1"#,
        reference,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Checkout {
        reference: row.reference,
        attempt_id: row.attempt_id,
        amount_minor: row.amount_minor,
        currency: row.currency,
        description: row.description,
        return_url: row.return_url,
        expires_at: row.expires_at,
        progress: Progress {
            step: row.progress,
            settles_at: row.settles_at,
            succeeds: row.succeeds,
            reason: row.reason,
            declined: row.declined,
            method: (row.method_kind, row.method_brand, row.method_last4),
            version: row.version,
        },
    }))
}

/// Moves a page on whose version is still `read`.
pub async fn update(tx: &mut Tx, reference: &str, read: i64, progress: &Progress) -> Result<bool> {
    let (kind, brand, last4) = &progress.method;
    let done = sqlx::query!(
        "update sandbox_checkout set progress = $3, settles_at = $4, succeeds = $5, reason = $6, declined = $7,
           method_kind = $8, method_brand = $9, method_last4 = $10, version = $11
         where reference = $1 and version = $2",
        reference,
        read,
        progress.step,
        progress.settles_at,
        progress.succeeds,
        progress.reason,
        progress.declined,
        kind.as_ref(),
        brand.as_ref(),
        last4.as_ref(),
        progress.version,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A refund of the sandbox.
#[derive(Debug, Clone)]
pub struct Refunded {
    /// The refund.
    pub refund_id: RefundId,
    /// The page it is of.
    pub reference: String,
    /// How much.
    pub amount: Money,
}

/// Gives back part of a page's money, if no more than `at_most` goes back in all. One that is known is given
/// back as it is kept; none if it would be too much.
pub async fn refund(tx: &mut Tx, new: &Refunded, at_most: i64) -> Result<Option<Refunded>> {
    sqlx::query!("select reference from sandbox_checkout where reference = $1 for update", new.reference)
        .fetch_optional(tx.connection())
        .await?;
    let kept = refunds(tx, &new.reference).await?;
    if let Some(same) = kept.iter().find(|kept| kept.refund_id == new.refund_id) {
        return Ok(Some(same.clone()));
    }
    let gone: i64 = kept.iter().map(|kept| kept.amount.minor()).sum();
    if gone + new.amount.minor() > at_most {
        return Ok(None);
    }
    sqlx::query!(
        "insert into sandbox_refund (refund_id, reference, amount_minor) values ($1, $2, $3)",
        new.refund_id.uuid(),
        new.reference,
        new.amount.minor(),
    )
    .execute(tx.connection())
    .await?;
    Ok(Some(new.clone()))
}

/// What of a page's money went back, oldest first.
pub async fn refunds(tx: &mut Tx, reference: &str) -> Result<Vec<Refunded>> {
    let rows = sqlx::query!(
        r#"select r.refund_id as "refund_id: RefundId", r.amount_minor, a.currency as "currency: Currency"
           from sandbox_refund r
           join sandbox_checkout c on c.organization_id = r.organization_id and c.reference = r.reference
           join payment_attempt a on a.organization_id = c.organization_id and a.id = c.attempt_id
           where r.reference = $1 order by r.position"#,
        reference,
    )
    .fetch_all(tx.connection())
    .await?;
    let refunded = |minor, currency, refund_id| Refunded {
        refund_id,
        reference: reference.to_owned(),
        amount: Money::new(minor, currency),
    };
    Ok(rows.into_iter().map(|row| refunded(row.amount_minor, row.currency, row.refund_id)).collect())
}
