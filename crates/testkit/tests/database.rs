//! Databases of tests: apart from each other, as the application sees them, and gone afterwards.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::time::Instant;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use testkit::TestDatabase;

async fn connect(options: PgConnectOptions) -> PgConnection {
    PgConnection::connect_with(&options).await.unwrap()
}

async fn count(options: PgConnectOptions, question: &'static str) -> i64 {
    sqlx::query_scalar(question).fetch_one(&mut connect(options).await).await.unwrap()
}

#[tokio::test]
async fn each_test_has_a_migrated_database_of_its_own() {
    let [one, other] = [TestDatabase::create().await, TestDatabase::create().await];
    let mut owner = connect(one.owner_options()).await;
    sqlx::raw_sql("create table mine ()").execute(&mut owner).await.unwrap();
    let tables = "select count(*) from pg_tables where tablename = 'mine'";
    assert_eq!(count(one.app_options(), tables).await, 1);
    assert_eq!(count(other.app_options(), tables).await, 0);
    assert!(count(other.owner_options(), "select count(*) from _sqlx_migrations where success").await > 0);
}

#[tokio::test]
async fn the_application_is_no_more_than_its_role() {
    let database = TestDatabase::create().await;
    let powers = "select count(*) from pg_roles where rolname = session_user
        and (rolsuper or rolbypassrls or rolinherit or rolcreaterole or rolcreatedb)";
    assert_eq!(count(database.app_options(), powers).await, 0);
    let mut app = connect(database.app_options()).await;
    assert!(
        sqlx::query("select 1 from organization").execute(&mut app).await.is_err(),
        "it may read nothing by itself"
    );
    sqlx::query("set role portico_staff").execute(&mut app).await.unwrap();
    sqlx::query("select 1 from organization").execute(&mut app).await.unwrap();
}

#[tokio::test]
async fn a_database_goes_with_its_test_even_when_it_is_in_use() {
    let witness = TestDatabase::create().await;
    let database = TestDatabase::create().await;
    let options = database.app_options();
    let mut open = connect(options.clone()).await;
    drop(database);
    assert!(sqlx::query("select 1").execute(&mut open).await.is_err());
    let mut connection = connect(witness.app_options()).await;
    let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(options.get_database())
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(!exists);
}

/// `cargo nextest run -p testkit a_hundred --run-ignored all --no-capture`
#[tokio::test]
#[ignore = "is a measurement"]
async fn a_hundred_databases() {
    TestDatabase::create().await;
    let since = Instant::now();
    for _ in 0..100 {
        let database = TestDatabase::create().await;
        count(database.app_options(), "select count(*) from pg_tables").await;
    }
    println!("a database, a question, and its end: {:?} each", since.elapsed() / 100);
}
