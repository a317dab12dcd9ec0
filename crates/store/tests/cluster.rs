//! The private PostgreSQL, from first start to every way in which it or we can be killed.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use store::cluster::{Cluster, ClusterError, Options, Step};

const FOLDER: &str = "PORTICO_CLUSTER_TEST_FOLDER";

async fn ask(options: PgConnectOptions, question: &'static str) -> String {
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let answer = sqlx::query_scalar(question).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    answer
}

async fn tell(options: PgConnectOptions, statements: &'static str) {
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn server(folder: &Path) -> Option<Pid> {
    let text = fs::read_to_string(folder.join("postgres/cluster/postmaster.pid")).ok()?;
    Some(Pid::from_raw(text.lines().next()?.trim().parse().ok()?))
}

fn lives(process: Pid) -> bool {
    kill(process, None).is_ok()
}

async fn within(patience: Duration, what: &str, mut happened: impl AsyncFnMut() -> bool) {
    let since = Instant::now();
    while !happened().await {
        assert!(since.elapsed() < patience, "waited {patience:?} in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Options that note their steps.
fn noting(steps: &Arc<Mutex<Vec<Step>>>) -> Options {
    let steps = Arc::clone(steps);
    Options::default().on_step(move |step| steps.lock().unwrap().push(step))
}

#[tokio::test]
async fn data_survives_a_restart_and_settings_are_safe() {
    let folder = tempfile::tempdir().unwrap();
    let steps = Arc::default();
    let cluster = Cluster::start(folder.path(), noting(&steps)).await.unwrap();
    let owner = cluster.owner_options();
    tell(owner.clone(), "create table kept (note text); insert into kept values ('still here')").await;
    for (setting, value) in [
        ("show listen_addresses", ""),
        ("show fsync", "on"),
        ("show full_page_writes", "on"),
        ("show synchronous_commit", "on"),
        ("show data_checksums", "on"),
        ("show server_encoding", "UTF8"),
        ("show password_encryption", "scram-sha-256"),
        ("select setting from pg_settings where name = 'max_connections'", "100"),
    ] {
        assert_eq!(ask(owner.clone(), setting).await, value, "{setting}");
    }
    let process = server(folder.path()).unwrap();
    cluster.stop().await;
    assert!(!lives(process));
    assert_eq!(server(folder.path()), None, "a clean shutdown removes the process id");

    let cluster = Cluster::start(folder.path(), noting(&steps)).await.unwrap();
    assert_eq!(ask(cluster.owner_options(), "select note from kept").await, "still here");
    assert_eq!(*steps.lock().unwrap(), [Step::Initializing, Step::Starting, Step::Starting]);
    let process = server(folder.path()).unwrap();
    drop(cluster);
    assert!(!lives(process), "dropping the cluster stops it");
}

#[tokio::test]
async fn nobody_gets_in_without_the_password_or_gets_more_than_the_role_may() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(folder.path(), Options::default()).await.unwrap();

    for (role, password) in [("portico", ""), ("portico", "portico"), ("postgres", "postgres")] {
        let guess = cluster.app_options().username(role).password(password);
        let refused = PgConnection::connect_with(&guess).await.unwrap_err();
        let code =
            refused.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        assert_eq!(code.as_deref(), Some("28P01"), "{refused}");
    }
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&cluster.password_file()), 0o600);
    assert_eq!(mode(cluster.socket_folder()), 0o700);
    assert_eq!(mode(&folder.path().join("postgres")), 0o700);

    let attributes = "select string_agg(concat_ws(' ', rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, \
         rolreplication, rolinherit, rolcanlogin), ', ' order by rolname) from pg_roles where rolname like 'portico%'";
    assert_eq!(
        ask(cluster.app_options(), attributes).await,
        "portico f f f f f f t, portico_gate f f f f f t f, portico_owner f f f f f t t, \
         portico_portal f f f f f t f, portico_staff f f f f f t f, portico_system f f f f f t f"
    );
    // What migrations need of the owner: its schema, and handing a function to the gate.
    tell(
        cluster.owner_options(),
        "create table secret (); grant select on secret to portico_staff; grant create on schema public to portico_gate;
         create function door() returns int language sql security definer as 'select 1';
         alter function door() owner to portico_gate; revoke create on schema public from portico_gate;",
    )
    .await;
    let mut app = PgConnection::connect_with(&cluster.app_options()).await.unwrap();
    let read = "select count(*) from secret";
    assert!(
        sqlx::query(read).execute(&mut app).await.is_err(),
        "without a role, the application may do nothing"
    );
    assert!(sqlx::query("create table own ()").execute(&mut app).await.is_err());
    assert!(sqlx::query("set role portico_gate").execute(&mut app).await.is_err());
    assert!(sqlx::query("set role portico_owner").execute(&mut app).await.is_err());
    sqlx::query("set role portico_staff").execute(&mut app).await.unwrap();
    sqlx::query(read).execute(&mut app).await.unwrap();
}

#[tokio::test]
async fn a_second_start_on_the_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(folder.path(), Options::default()).await.unwrap();
    let refused = Cluster::start(folder.path(), Options::default()).await.unwrap_err();
    assert!(matches!(refused, ClusterError::InUse { pid: Some(_), .. }), "{refused}");
    let text = refused.to_string();
    assert!(
        text.contains("in use by another portico") && text.contains(&std::process::id().to_string()),
        "{text}"
    );
    assert_eq!(ask(cluster.app_options(), "select 'unharmed'").await, "unharmed");
}

#[tokio::test]
async fn a_killed_server_comes_back_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let steps = Arc::default();
    let cluster = Cluster::start(folder.path(), noting(&steps)).await.unwrap();
    tell(cluster.owner_options(), "create table kept (note text); insert into kept values ('committed')")
        .await;
    let first = server(folder.path()).unwrap();
    kill(first, Signal::SIGKILL).unwrap();
    within(Duration::from_secs(20), "the server to come back", async || {
        server(folder.path()) != Some(first)
            && PgConnection::connect_with(&cluster.app_options()).await.is_ok()
    })
    .await;
    assert_eq!(ask(cluster.owner_options(), "select note from kept").await, "committed");
    assert!(steps.lock().unwrap().contains(&Step::Recovering));
    let second = server(folder.path()).unwrap();
    cluster.stop().await;
    assert!(!lives(second));
}

#[tokio::test]
async fn another_process_with_the_servers_old_number_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    Cluster::start(folder.path(), Options::default()).await.unwrap().stop().await;
    // As after a reboot or in a new container: files of a server that is gone, whose number a stranger has.
    let mut stranger = Command::new("sleep").arg("60").spawn().unwrap();
    let cluster = folder.path().join("postgres/cluster");
    let text = format!("{}\n{}\n1700000000\n5432\n\n\n  1 2\nready\n", stranger.id(), cluster.display());
    fs::write(cluster.join("postmaster.pid"), &text).unwrap();
    let owner = fs::metadata(&cluster).unwrap();
    chown(cluster.join("postmaster.pid"), Some(owner.uid()), Some(owner.gid())).unwrap();
    fs::write(folder.path().join("postgres/socket/.s.PGSQL.5432.lock"), &text).unwrap();

    let started = Cluster::start(folder.path(), Options::default()).await.unwrap();
    assert_eq!(ask(started.app_options(), "select 'here'").await, "here");
    started.stop().await;
    assert_eq!(stranger.try_wait().unwrap(), None, "the stranger still runs");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[tokio::test]
async fn a_half_made_database_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("postgres");
    Cluster::start(folder.path(), Options::default()).await.unwrap().stop().await;
    fs::rename(data.join("cluster"), data.join("cluster.new")).unwrap();
    fs::remove_file(data.join("cluster.new/global/pg_control")).unwrap();

    let cluster = Cluster::start(folder.path(), Options::default()).await.unwrap();
    assert_eq!(ask(cluster.app_options(), "select 'whole'").await, "whole");
    cluster.stop().await;
    fs::remove_file(data.join("pgpass")).unwrap();
    let refused = Cluster::start(folder.path(), Options::default()).await.unwrap_err();
    assert!(matches!(refused, ClusterError::NoPasswords(_)), "a database is never replaced: {refused}");
}

#[tokio::test]
async fn a_damaged_database_says_why_it_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    Cluster::start(folder.path(), Options::default()).await.unwrap().stop().await;
    fs::write(folder.path().join("postgres/cluster/postgresql.conf"), "nonsense = 1\n").unwrap();
    let refused = Cluster::start(folder.path(), Options::default()).await.unwrap_err();
    assert!(refused.to_string().contains("unrecognized configuration parameter \"nonsense\""), "{refused}");
}

/// Starts a process that starts the cluster, and answers when it runs.
fn start_in_another_process(folder: &Path) -> std::process::Child {
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "hold_a_cluster", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    assert!(
        lines.any(|line| line.unwrap().contains("the cluster runs")),
        "the other process started no cluster"
    );
    parent
}

#[tokio::test]
#[ignore = "is the process that others start and kill"]
async fn hold_a_cluster() {
    let folder = std::env::var_os(FOLDER).expect("run by other tests only");
    let _cluster = Cluster::start(Path::new(&folder), Options::default()).await.unwrap();
    println!("the cluster runs");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn the_server_goes_with_a_killed_parent() {
    let folder = tempfile::tempdir().unwrap();
    let mut parent = start_in_another_process(folder.path());
    let process = server(folder.path()).unwrap();
    assert!(lives(process));
    parent.kill().unwrap();
    parent.wait().unwrap();
    within(Duration::from_secs(5), "the server to stop", async || !lives(process)).await;

    let cluster = Cluster::start(folder.path(), Options::default()).await.unwrap();
    assert_eq!(ask(cluster.app_options(), "select 'here'").await, "here");
}

#[tokio::test]
async fn parent_and_server_killed_together_leave_a_folder_that_starts() {
    let folder = tempfile::tempdir().unwrap();
    let mut parent = start_in_another_process(folder.path());
    kill(server(folder.path()).unwrap(), Signal::SIGKILL).unwrap();
    parent.kill().unwrap();
    parent.wait().unwrap();

    let steps = Arc::default();
    let cluster = Cluster::start(folder.path(), noting(&steps)).await.unwrap();
    assert_eq!(ask(cluster.app_options(), "select 'here'").await, "here");
    assert!(steps.lock().unwrap().contains(&Step::Recovering));
}

#[tokio::test]
async fn a_server_that_outlived_its_parent_is_stopped_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut parent = start_in_another_process(folder.path());
    let process = server(folder.path()).unwrap();
    kill(watchdog_of(process), Signal::SIGKILL).unwrap();
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert!(
        UnixStream::connect(folder.path().join("postgres/socket/.s.PGSQL.5432")).is_ok(),
        "nobody stopped it"
    );

    let steps = Arc::default();
    let cluster = Cluster::start(folder.path(), noting(&steps)).await.unwrap();
    assert_eq!(steps.lock().unwrap()[0], Step::StoppingLeftover);
    // It is the system's first process that has to notice its end.
    within(Duration::from_secs(5), "the server to be gone", async || !lives(process)).await;
    assert_eq!(ask(cluster.app_options(), "select 'here'").await, "here");
}

/// The shell whose last argument is the server's number.
fn watchdog_of(process: Pid) -> Pid {
    let output = Command::new("ps").args(["-eo", "pid=,args="]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line =
        text.lines().find(|line| line.contains("/bin/sh -c trap") && line.ends_with(&format!(" {process}")));
    Pid::from_raw(line.unwrap().split_whitespace().next().unwrap().parse().unwrap())
}
