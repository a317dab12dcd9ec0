//! Roles: permissions as data.

use domain::identity::{Role, RoleId, RoleInput};
use domain::ids::Id;
use domain::permission::{DefaultRole, Permission};
use domain::problem::Code;

use crate::error::OnConstraint;
use crate::{Error, Result, Tx, fresh};

/// Permissions as roles and tokens keep them.
pub(super) fn names(permissions: &[Permission]) -> Vec<String> {
    permissions.iter().map(|permission| permission.as_str().to_owned()).collect()
}

/// Permissions as they were kept; one that an older version knew is none.
pub(super) fn permissions(names: &[String]) -> Vec<Permission> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

/// Creates the five roles that every organization starts with; returns their ids in the order of [`DefaultRole::ALL`].
pub async fn insert_defaults(tx: &mut Tx) -> Result<[RoleId; 5]> {
    let ids = DefaultRole::ALL.map(|_| fresh::<RoleId>(tx.now()));
    for (id, role) in ids.into_iter().zip(DefaultRole::ALL) {
        sqlx::query!(
            "insert into role (id, key, permissions) values ($1, $2, $3)",
            id.uuid(),
            role.key(),
            &names(&role.permissions()),
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(ids)
}

/// Creates a role of the organization's own.
pub async fn insert(tx: &mut Tx, input: &RoleInput) -> Result<RoleId> {
    let id: RoleId = fresh(tx.now());
    sqlx::query!(
        "insert into role (id, name, permissions) values ($1, $2, $3)",
        id.uuid(),
        input.name.as_str(),
        &names(&input.permissions),
    )
    .execute(tx.connection())
    .await?;
    Ok(id)
}

/// All roles: the five that every organization starts with, most powerful first, then its own as they came to be.
pub async fn list(tx: &mut Tx) -> Result<Vec<Role>> {
    let defaults = DefaultRole::ALL.map(|role| role.key().to_owned());
    let rows = sqlx::query!(
        r#"select r.id as "id: RoleId", r.key, r.name, r.permissions, r.version,
             (select count(*) from member m where m.role_id = r.id and m.removed_at is null) as "members!"
           from role r order by array_position($1::text[], r.key) nulls last, r.id"#,
        &defaults[..],
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Role {
            id: row.id,
            key: row.key,
            name: row.name,
            permissions: permissions(&row.permissions),
            members: row.members,
            version: row.version,
        })
        .collect())
}

/// Holds a role until the transaction ends: what it allows doesn't change while somebody is given it.
pub async fn hold(tx: &mut Tx, id: RoleId) -> Result<()> {
    sqlx::query!("select id from role where id = $1 for update", id.uuid())
        .fetch_optional(tx.connection())
        .await?;
    Ok(())
}

/// A role.
pub async fn find(tx: &mut Tx, id: RoleId) -> Result<Role> {
    let row = sqlx::query!(
        r#"select r.id as "id: RoleId", r.key, r.name, r.permissions, r.version,
             (select count(*) from member m where m.role_id = r.id and m.removed_at is null) as "members!"
           from role r where r.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Role {
        id: row.id,
        key: row.key,
        name: row.name,
        permissions: permissions(&row.permissions),
        members: row.members,
        version: row.version,
    })
}

/// Replaces a role's name and permissions, if the version is still this one.
pub async fn update(tx: &mut Tx, id: RoleId, version: i64, input: &RoleInput) -> Result<()> {
    let done = sqlx::query!(
        "update role set name = $3, permissions = $4, version = version + 1 where id = $1 and version = $2",
        id.uuid(),
        version,
        input.name.as_str(),
        &names(&input.permissions),
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}

/// Removes a role that nobody has or had.
pub async fn delete(tx: &mut Tx, id: RoleId) -> Result<()> {
    sqlx::query!("delete from role where id = $1", id.uuid())
        .execute(tx.connection())
        .await
        .on_constraint("member_organization_id_role_id_fkey", Code::Conflict)?;
    Ok(())
}
