//! Roles and databases: what a superuser prepares before migrations run.

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};

/// The cluster's superuser, used for this only.
pub(super) const SUPERUSER: &str = "postgres";
/// The role that owns the schema and runs migrations.
pub const OWNER: &str = "portico_owner";
/// The role that the application connects as.
pub const APP: &str = "portico";

/// Serializes those who prepare the same server.
const LOCK: i64 = 0x706f_7274_6963_6f00;

/// Creates the roles that don't exist yet, with these passwords; gives all of them the attributes and memberships
/// they have to have. `superuser` is a connection as one.
pub async fn ensure_roles(
    superuser: &mut PgConnection,
    owner_password: &SecretString,
    app_password: &SecretString,
) -> sqlx::Result<()> {
    let mut transaction = superuser.begin().await?;
    sqlx::query(
        "select pg_advisory_xact_lock($1), set_config('portico.owner_password', $2, true),
                set_config('portico.app_password', $3, true)",
    )
    .bind(LOCK)
    .bind(owner_password.expose_secret())
    .bind(app_password.expose_secret())
    .execute(&mut *transaction)
    .await?;
    sqlx::raw_sql(include_str!("roles.sql")).execute(&mut *transaction).await?;
    transaction.commit().await
}

/// Creates a database for the owner's migrations unless it exists. `superuser` connects as one, to any database.
pub async fn ensure_database(superuser: &PgConnectOptions, name: &str) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect_with(superuser).await?;
    let exists = "select exists (select from pg_database where datname = $1)";
    let exists: bool = sqlx::query_scalar(exists).bind(name).fetch_one(&mut connection).await?;
    if !exists {
        let create = format!(r#"create database "{}" owner {OWNER}"#, name.replace('"', r#""""#));
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut connection).await?;
    }
    connection.close().await?;

    // Since version 15 this is how a database starts; older ones let everybody create tables.
    let mut inside = PgConnection::connect_with(&superuser.clone().database(name)).await?;
    sqlx::raw_sql(
        "alter schema public owner to pg_database_owner; revoke create on schema public from public",
    )
    .execute(&mut inside)
    .await?;
    inside.close().await
}
