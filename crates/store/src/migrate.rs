use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};

use crate::Result;

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// Brings the schema up to date, as the role that owns it, and lets `app_role` become Portico's roles.
///
/// Two that start at once wait for each other: the migrator holds an advisory lock.
pub async fn migrate(owner: &PgConnectOptions, app_role: &str) -> Result<()> {
    let mut connection = PgConnection::connect_with(owner).await?;
    MIGRATOR.run(&mut connection).await?;
    // Identifiers can't be parameters; `format('%I')` quotes them.
    let grants: Vec<String> = sqlx::query_scalar(
        "select format('grant %I to %I', r, $1)
         from unnest(array['portico_staff', 'portico_portal', 'portico_system']) r
         where not pg_has_role($1, r, 'member')
         union all
         select format('grant execute on function %s to %I', p.oid::regprocedure, $1) from pg_proc p
         where p.proname in ('resolve_session', 'resolve_api_token', 'resolve_guest_link')
           and not has_function_privilege($1, p.oid, 'execute')",
    )
    .bind(app_role)
    .fetch_all(&mut connection)
    .await?;
    for grant in grants {
        sqlx::query(AssertSqlSafe(grant)).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(())
}

/// Names the present set of migrations, for templates of test databases.
pub fn migrations_hash() -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for migration in MIGRATOR.iter() {
        hash.update(&*migration.checksum);
    }
    hex::encode(&hash.finalize()[..8])
}
