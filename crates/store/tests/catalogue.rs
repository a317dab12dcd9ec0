//! Reads PostgreSQL's catalogue: what keeps tenants apart must hold for every table there is, the ones
//! of tomorrow included.

use sqlx::postgres::PgConnection;
use sqlx::{Connection, Row};
use testkit::database::TestDatabase;

async fn owner(database: &TestDatabase) -> PgConnection {
    PgConnection::connect_with(&database.owner_options()).await.expect("the owner connects")
}

/// The first column of every row, each a complaint.
async fn complaints(connection: &mut PgConnection, query: &'static str) -> Vec<String> {
    sqlx::query(query)
        .fetch_all(connection)
        .await
        .expect("the catalogue can be read")
        .iter()
        .map(|row| row.get(0))
        .collect()
}

/// Fails the test unless the query finds something to look at: a check of nothing proves nothing.
async fn some(connection: &mut PgConnection, query: &'static str) {
    assert!(!complaints(connection, query).await.is_empty(), "nothing was looked at: {query}");
}

#[tokio::test]
async fn every_table_is_under_forced_policies() {
    let database = TestDatabase::create().await;
    let mut connection = owner(&database).await;
    let tables = "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'm', 'v')
       and relname <> '_sqlx_migrations'";
    some(&mut connection, tables).await;
    let unprotected = complaints(
        &mut connection,
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'm', 'v')
           and relname <> '_sqlx_migrations' and not (relrowsecurity and relforcerowsecurity)",
    )
    .await;
    assert_eq!(unprotected, Vec::<String>::new(), "tables without forced row policies");
    let wrong = complaints(
        &mut connection,
        "select c.relname || ': ' || coalesce(string_agg(p.policyname || ' ' || p.qual, '; '), 'no policy of the staff')
         from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
         left join pg_policies p on p.schemaname = 'public' and p.tablename = c.relname
           and (p.roles && '{portico_staff}' or p.roles && '{public}')
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
         group by c.relname
         having count(p.policyname) <> 1
           or not bool_and(p.qual = '(organization_id = current_organization())')",
    )
    .await;
    assert_eq!(wrong, Vec::<String>::new(), "tenant tables whose staff's policy isn't the tenant's");
    let wrong = complaints(
        &mut connection,
        "select tablename || '.' || policyname || ': ' || qual from pg_policies
         where schemaname = 'public' and roles && '{portico_portal}'
           and position('organization_id = current_organization()' in qual) = 0",
    )
    .await;
    assert_eq!(wrong, Vec::<String>::new(), "policies of the portal without the organization");
}

#[tokio::test]
async fn tenant_tables_lead_their_keys_with_the_organization() {
    let database = TestDatabase::create().await;
    let mut connection = owner(&database).await;
    let wrong = complaints(
        &mut connection,
        "select c.relname::text from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
         left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
           and (not a.attnotnull or k.conkey[1] is distinct from a.attnum)",
    )
    .await;
    assert_eq!(wrong, Vec::<String>::new());
}

#[tokio::test]
async fn references_between_tenant_tables_hold_the_organization() {
    let database = TestDatabase::create().await;
    let mut connection = owner(&database).await;
    // Plain references skip policies: one by id alone could point into another organization.
    let query = "select k.conrelid::regclass || ' ' || k.conname from pg_constraint k
         join pg_attribute here on here.attrelid = k.conrelid and here.attname = 'organization_id'
         join pg_attribute there on there.attrelid = k.confrelid and there.attname = 'organization_id'
         where k.contype = 'f' and k.connamespace = 'public'::regnamespace";
    some(&mut connection, query).await;
    let wrong = complaints(
        &mut connection,
        "select k.conrelid::regclass || ' ' || k.conname from pg_constraint k
         join pg_attribute here on here.attrelid = k.conrelid and here.attname = 'organization_id'
         join pg_attribute there on there.attrelid = k.confrelid and there.attname = 'organization_id'
         where k.contype = 'f' and k.connamespace = 'public'::regnamespace
           and not exists (select from generate_subscripts(k.conkey, 1) at
             where k.conkey[at] = here.attnum and k.confkey[at] = there.attnum)",
    )
    .await;
    assert_eq!(wrong, Vec::<String>::new());
    // An id in a tenant table that is no reference at all would be checked by nobody.
    let loose = complaints(
        &mut connection,
        "select c.relname || '.' || a.attname from pg_class c
         join pg_attribute o on o.attrelid = c.oid and o.attname = 'organization_id'
         join pg_attribute a on a.attrelid = c.oid and a.attname like '%\\_id' and a.atttypid = 'uuid'::regtype and a.attnum > 0
           and not a.attisdropped and a.attname <> 'organization_id'
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
           and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey))
         order by 1",
    )
    .await;
    // What an event tells of may be gone; the sandbox's books are the provider's.
    assert_eq!(loose, ["event.actor_id", "event.subject_id"]);
}

#[tokio::test]
async fn the_portal_s_role_reads_little_and_writes_nothing() {
    let database = TestDatabase::create().await;
    let mut connection = owner(&database).await;
    let writes = complaints(
        &mut connection,
        "select c.relname || ' ' || p from pg_class c, unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger']) p
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
           and (has_table_privilege('portico_portal', c.oid, p)
             or (p in ('insert', 'update', 'references') and has_any_column_privilege('portico_portal', c.oid, p)))",
    )
    .await;
    assert_eq!(writes, Vec::<String>::new());
    let notes = complaints(
        &mut connection,
        "select c.relname || '.' || a.attname from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
           and a.attname in ('internal_note', 'external_id', 'import_id', 'costs', 'access_code_hash', 'approval_pending', 'user_agent', 'created_by', 'recorded_by', 'secrets', 'hash', 'secret',
             'password_hash', 'totp_secret')
           and has_column_privilege('portico_portal', c.oid, a.attnum, 'select')
         order by 1",
    )
    .await;
    // Staff's contacts are imported, too; that alone says nothing.
    assert_eq!(notes, ["contact.import_id"]);
    let internal = complaints(
        &mut connection,
        "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'internal_note'",
    )
    .await;
    assert!(internal.len() >= 2, "{internal:?}");
    let readable = complaints(
        &mut connection,
        "select c.relname::text from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
           and has_any_column_privilege('portico_portal', c.oid, 'select')
           and not exists (select from pg_policies p where p.tablename = c.relname and p.roles && '{portico_portal}')",
    )
    .await;
    assert_eq!(readable, Vec::<String>::new(), "granted to the portal without a policy");
}

#[tokio::test]
async fn no_role_of_the_application_bypasses_policies() {
    let database = TestDatabase::create().await;
    let mut connection = owner(&database).await;
    let mighty = complaints(
        &mut connection,
        "select rolname::text from pg_roles where (rolsuper or rolbypassrls)
           and rolname in ('portico', 'portico_staff', 'portico_portal', 'portico_system', 'portico_gate')",
    )
    .await;
    assert_eq!(mighty, Vec::<String>::new());
    some(&mut connection, "select rolname::text from pg_roles where rolname in ('portico_staff', 'portico_portal', 'portico_system', 'portico_gate')").await;
    // Functions that see more than their caller: three, and only who may connect may call them.
    let definers = complaints(
        &mut connection,
        "select proname::text from pg_proc where prosecdef and pronamespace = 'public'::regnamespace order by 1",
    )
    .await;
    assert_eq!(definers, ["resolve_api_token", "resolve_guest_link", "resolve_session"]);
    let open = complaints(
        &mut connection,
        "select proname::text from pg_proc where prosecdef and pronamespace = 'public'::regnamespace
           and has_function_privilege('portico_portal', oid, 'execute')",
    )
    .await;
    assert_eq!(open, Vec::<String>::new());
}

#[tokio::test]
async fn the_ledger_is_only_added_to() {
    let database = TestDatabase::create().await;
    let organization = "00000000-0000-7000-8000-000000000001";
    database
        .execute(&format!(
            "select set_config('portico.organization', '{organization}', false);
             insert into organization (organization_id, slug, name, trade, time_zone, currency, language, brand_color, created_at)
               values ('{organization}', 'one', 'One', 'agency', 'UTC', 'EUR', 'en', '#000000', now());
             insert into client (id, name, kind, created_at) values ('{organization}', 'One', 'person', now());
             insert into payment (id, client_id, provider, method, currency, amount_minor, unapplied_minor, received_on, created_at)
               values ('{organization}', '{organization}', 'manual', 'Cash', 'EUR', 5, 5, now(), now());
             insert into ledger_entry (id, at, kind, client_id, payment_id, currency, amount_minor)
               values ('{organization}', now(), 'payment', '{organization}', '{organization}', 'EUR', 5);"
        ))
        .await;
    let mut system = PgConnection::connect_with(&database.app_options()).await.unwrap();
    sqlx::query("set role portico_system").execute(&mut system).await.unwrap();
    for change in ["update ledger_entry set amount_minor = 6", "delete from ledger_entry"] {
        let error = sqlx::query(change).execute(&mut system).await.unwrap_err();
        assert!(error.to_string().contains("ledger_entry is append-only"), "{change}: {error}");
    }
    let mut owner = owner(&database).await;
    let error = sqlx::query("truncate ledger_entry").execute(&mut owner).await.unwrap_err();
    assert!(error.to_string().contains("append-only"), "{error}");
    assert_eq!(database.count("select sum(amount_minor)::bigint from ledger_entry").await, 5);
    assert_eq!(database.count("select credit_minor from client_balance").await, 5);
}

#[tokio::test]
async fn a_version_of_a_quote_that_was_sent_stays_as_it_is() {
    let database = TestDatabase::create().await;
    let organization = "00000000-0000-7000-8000-000000000001";
    database
        .execute(&format!(
            "select set_config('portico.organization', '{organization}', false);
             insert into organization (organization_id, slug, name, trade, time_zone, currency, language, brand_color, created_at)
               values ('{organization}', 'one', 'One', 'agency', 'UTC', 'EUR', 'en', '#000000', now());
             insert into client (id, name, kind, created_at) values ('{organization}', 'One', 'person', now());
             insert into quote (id, client_id, number, state, currency, title, current_no, draft_no, valid_until, client_name,
                 client_address, total_minor, listed_on, sent_at, created_at)
               values ('{organization}', '{organization}', 'Q-1', 'sent', 'EUR', 'One', 1, 2, now(), 'One', '{{}}', 5, now(), now(), now());
             insert into quote_version (quote_id, no, content, costs, rounding, price_mode, shown_hash, sent_at)
               values ('{organization}', 1, '{{}}', '{{}}', 'per_line', 'exclusive', sha256('one'), now()),
                 ('{organization}', 2, '{{}}', '{{}}', 'per_line', 'exclusive', null, null);"
        ))
        .await;
    let mut system = PgConnection::connect_with(&database.app_options()).await.unwrap();
    sqlx::query("set role portico_system").execute(&mut system).await.unwrap();
    for change in [
        "update quote_version set content = '{\"title\": \"Two\"}' where no = 1",
        "update quote_version set sent_at = null, shown_hash = null where no = 1",
        "delete from quote_version where no = 1",
        "delete from quote",
    ] {
        let error = sqlx::query(change).execute(&mut system).await.unwrap_err();
        assert!(error.to_string().contains("cannot be changed"), "{change}: {error}");
    }
    // What is being written, and what is noted beside it, change freely.
    for change in [
        "update quote_version set reminded_at = now() where no = 1",
        "update quote_version set content = '{\"title\": \"Two\"}' where no = 2",
        "delete from quote_version where no = 2",
    ] {
        sqlx::query(change).execute(&mut system).await.unwrap();
    }
}
