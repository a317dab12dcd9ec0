//! The sandbox's own books: what a real provider would keep on its side.

use chrono::{DateTime, Utc};
use domain::clients::ClientId;
use domain::ids::Id;
use domain::money::{Currency, Money};
use domain::payments::AttemptId;
use domain::refunds::RefundId;
use domain::saved_methods::{CardExpiry, Decline, SavedMethodId};
use domain::text::Slug;

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
    /// The kind of the bank's no, where a saved method was charged.
    pub decline: Option<Decline>,
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
             c.decline as "decline: Decline",
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
            decline: row.decline,
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
           method_kind = $8, method_brand = $9, method_last4 = $10, version = $11, decline = $12
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
        progress.decline as _,
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

/// A method saved at the sandbox. [`Method::step`] is `open`, `second_step`, `saved`, `expired` or `detached`.
#[derive(Debug, Clone)]
pub struct Method {
    /// The saved method.
    pub id: SavedMethodId,
    /// The organization's name in addresses.
    pub slug: Slug,
    /// Until when one can be saved.
    pub ends_at: DateTime<Utc>,
    /// The step it stands at.
    pub step: String,
    /// The test card's number and its end, once there is one.
    pub card: Option<(String, CardExpiry)>,
    /// Why the last card was not taken.
    pub declined: Option<String>,
    /// Counts changes.
    pub version: i64,
}

/// Keeps a new method, unless it is known.
pub async fn insert_method(tx: &mut Tx, id: SavedMethodId, version: i64) -> Result<()> {
    sqlx::query!(
        "insert into sandbox_method (saved_method_id, version) values ($1, $2)
         on conflict (organization_id, saved_method_id) do nothing",
        id.uuid(),
        version,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Methods by their id, or a client's that can be charged.
async fn methods_where(
    tx: &mut Tx,
    id: Option<SavedMethodId>,
    client: Option<ClientId>,
) -> Result<Vec<Method>> {
    let rows = sqlx::query!(
        r#"select s.saved_method_id as "id: SavedMethodId", o.slug as "slug: Slug", m.setup_ends_at, s.progress, s.card,
             s.expires_year, s.expires_month, s.declined, s.version
           from sandbox_method s
             join saved_payment_method m on m.organization_id = s.organization_id and m.id = s.saved_method_id
             join organization o on o.organization_id = s.organization_id
           where s.saved_method_id = $1 or (m.client_id = $2 and s.progress = 'saved')
           order by s.saved_method_id"#,
        id.map(Id::uuid),
        client.map(Id::uuid),
    )
    .fetch_all(tx.connection())
    .await?;
    let methods = rows.into_iter().map(|row| Method {
        id: row.id,
        slug: row.slug,
        ends_at: row.setup_ends_at,
        step: row.progress,
        card: row
            .card
            .zip(row.expires_year.zip(row.expires_month))
            .map(|(card, (year, month))| (card, CardExpiry { year, month })),
        declined: row.declined,
        version: row.version,
    });
    Ok(methods.collect())
}

/// One method.
pub async fn method(tx: &mut Tx, id: SavedMethodId) -> Result<Option<Method>> {
    Ok(methods_where(tx, Some(id), None).await?.pop())
}

/// A client's methods that can be charged.
pub async fn methods(tx: &mut Tx, client: ClientId) -> Result<Vec<Method>> {
    methods_where(tx, None, Some(client)).await
}

/// Moves a method on whose version is still `read`.
pub async fn update_method(tx: &mut Tx, read: i64, method: &Method) -> Result<bool> {
    let (card, expires) = method.card.clone().unzip();
    let done = sqlx::query!(
        "update sandbox_method set progress = $3, card = $4, expires_year = $5, expires_month = $6, declined = $7, version = $8
         where saved_method_id = $1 and version = $2",
        method.id.uuid(),
        read,
        method.step,
        card,
        expires.map(|expires| expires.year),
        expires.map(|expires| expires.month),
        method.declined,
        method.version,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}
