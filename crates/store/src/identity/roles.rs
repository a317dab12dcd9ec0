//! Roles: permissions as data.

use domain::identity::RoleId;
use domain::ids::Id;
use domain::permission::{DefaultRole, Permission};

use crate::{Result, Tx, fresh};

/// Creates the five roles that every organization starts with; returns their ids in the order of [`DefaultRole::ALL`].
pub async fn insert_defaults(tx: &mut Tx) -> Result<[RoleId; 5]> {
    let ids = DefaultRole::ALL.map(|_| fresh::<RoleId>(tx.now()));
    for (id, role) in ids.into_iter().zip(DefaultRole::ALL) {
        let permissions: Vec<String> =
            role.permissions().into_iter().map(Permission::as_str).map(ToOwned::to_owned).collect();
        sqlx::query!(
            "insert into role (id, key, permissions) values ($1, $2, $3)",
            id.uuid(),
            role.key(),
            &permissions,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(ids)
}
