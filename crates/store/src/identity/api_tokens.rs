//! Programs' tokens.

use chrono::{DateTime, TimeDelta, Utc};
use domain::identity::{ApiToken, ApiTokenId, MemberId};
use domain::ids::Id;
use domain::page::Page;
use domain::permission::Permission;
use domain::text::Name;
use uuid::Uuid;

use super::roles::{names, permissions};
use crate::{Cursor, Error, Result, Tx, fresh};

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    /// Whose it is.
    pub member: MemberId,
    /// What it is for.
    pub name: &'a Name,
    /// Its first characters.
    pub hint: &'a str,
    /// Its hash.
    pub hash: &'a [u8],
    /// What it may do.
    pub scopes: &'a [Permission],
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Makes a token.
pub async fn insert(tx: &mut Tx, new: &NewToken<'_>) -> Result<ApiTokenId> {
    let id: ApiTokenId = fresh(tx.now());
    let now = tx.now();
    sqlx::query!(
        "insert into api_token (id, member_id, name, hint, hash, scopes, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.uuid(),
        new.member.uuid(),
        new.name.as_str(),
        new.hint,
        new.hash,
        &names(new.scopes),
        now,
        new.expires_at,
    )
    .execute(tx.connection())
    .await?;
    Ok(id)
}

/// The tokens of a member, or of all, newest first.
pub async fn list(
    tx: &mut Tx,
    member: Option<MemberId>,
    limit: u16,
    cursor: Option<&str>,
) -> Result<Page<ApiToken>> {
    let before: Option<Uuid> = Cursor::decode(cursor)?;
    let rows = sqlx::query!(
        r#"select t.id as "id: ApiTokenId", t.name as "name: Name", t.hint, t.scopes, m.name as "created_by: Name", t.created_at,
             t.expires_at, t.last_used_at, t.revoked_at
           from api_token t join member m on m.organization_id = t.organization_id and m.id = t.member_id
           where ($1::uuid is null or t.member_id = $1) and ($2::uuid is null or t.id < $2)
           order by t.id desc limit $3"#,
        member.map(Id::uuid),
        before,
        i64::from(limit) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    let items = rows
        .into_iter()
        .map(|row| ApiToken {
            id: row.id,
            name: row.name,
            hint: row.hint,
            scopes: permissions(&row.scopes),
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        })
        .collect();
    Ok(Page::from_overfull(items, limit, |last: &ApiToken| Cursor::encode(&last.id.uuid())))
}

/// Whose token it is, its name, and whether it was revoked before.
pub async fn find(tx: &mut Tx, id: ApiTokenId) -> Result<(MemberId, Name, bool)> {
    let row = sqlx::query!(
        r#"select member_id as "member_id: MemberId", name as "name: Name", revoked_at is not null as "revoked!"
           from api_token where id = $1 for update"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok((row.member_id, row.name, row.revoked))
}

/// Revokes a token.
pub async fn revoke(tx: &mut Tx, id: ApiTokenId) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update api_token set revoked_at = $2 where id = $1 and revoked_at is null", id.uuid(), now)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Notes a token's use, unless one was noted a moment ago, in a transaction of the system.
pub async fn note_use(tx: &mut Tx, hash: &[u8], every: TimeDelta) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update api_token set last_used_at = $2 where hash = $1 and (last_used_at is null or last_used_at <= $3)",
        hash,
        now,
        now - every,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
