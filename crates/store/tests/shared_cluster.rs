//! The tests' own cluster: started by the first, used by all, gone after the last.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use sqlx::postgres::PgConnection;
use sqlx::{Connection, raw_sql};
use store::cluster::SharedCluster;

async fn run(cluster: &SharedCluster, statement: &'static str) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect_with(&cluster.superuser_options("postgres")).await?;
    raw_sql(statement).execute(&mut connection).await?;
    connection.close().await
}

/// As if nobody had said for long that they are still there.
async fn let_idle(folder: &Path) {
    let home = folder.join("postgres");
    let since = Instant::now();
    while home.join("cluster/postmaster.pid").exists() {
        assert!(since.elapsed() < Duration::from_secs(30), "the server stays though nobody uses it");
        let in_use = File::options().write(true).open(home.join("in-use")).unwrap();
        in_use.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn the_first_prepares_while_others_wait_and_the_last_need_not_tidy_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = SharedCluster::join(folder.path()).await.unwrap();
    assert!(first.is_first());
    let second = tokio::spawn({
        let folder = folder.path().to_owned();
        async move { SharedCluster::join(&folder).await.unwrap() }
    });
    run(&first, "create table prepared ()").await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!second.is_finished(), "the second came in before the first was done");
    first.admit_others();
    let second = second.await.unwrap();
    assert!(!second.is_first());
    run(&second, "select from prepared").await.unwrap();

    let_idle(folder.path()).await;
    assert!(run(&second, "select from prepared").await.is_err());
    let next = SharedCluster::join(folder.path()).await.unwrap();
    assert!(next.is_first(), "whoever finds no server starts it");
    run(&next, "select from prepared").await.unwrap();
    drop(next);
    let_idle(folder.path()).await;
}
