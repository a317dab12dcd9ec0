//! A migrated database for each test, in a few dozen milliseconds.
//!
//! Tests run in processes of their own, so what they share lives outside of them: a PostgreSQL that is started by
//! whichever test comes first and ends a minute or two after the last, and in it a template that migrations have run
//! in, named by their hash. A test's database is a copy of the template and goes with the test;
//! those of killed tests are swept when the server starts next.
//!
//! With `PORTICO_TEST_DATABASE_URL`, a superuser's, that server is used instead. Roles that it lacks are created with
//! the password `portico-test`.
//!
//! Roles and the server's settings are common to all tests: a test must not change them.

use std::env;
use std::error::Error;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use nix::sys::statvfs::statvfs;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};
use store::cluster::{self, SharedCluster};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

const URL: &str = "PORTICO_TEST_DATABASE_URL";
const PASSWORD: &str = "portico-test";
/// Serializes those who make the template.
const LOCK: i64 = 0x706f_7274_6963_6f01;
/// Templates of other branches to keep.
const TEMPLATES_KEPT: i64 = 3;

type Failure = Box<dyn Error + Send + Sync>;

/// A database that belongs to one test. Dropping this drops it, even with connections open.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    owner: PgConnectOptions,
    app: PgConnectOptions,
}

impl TestDatabase {
    /// Makes one. Panics when that is impossible, as no test can go on then.
    pub async fn create() -> Self {
        let (reply, created) = oneshot::channel();
        ask(Request::Create(reply));
        let created =
            created.await.expect("the thread that makes them answers, unless it has panicked aloud");
        created.unwrap_or_else(|failure| panic!("no test database: {failure}"))
    }

    /// Connects as the owner of the schema.
    pub fn owner_options(&self) -> PgConnectOptions {
        self.owner.clone()
    }

    /// Connects as the application: the role `portico`, whom row policies bind.
    pub fn app_options(&self) -> PgConnectOptions {
        self.app.clone()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (reply, dropped) = sync_channel(1);
        ask(Request::Drop(self.name.clone(), reply));
        // The process often ends next, and would take the thread with it. What fails is swept later.
        let _ = dropped.recv_timeout(Duration::from_secs(10));
    }
}

/// What tests want of the one thread that creates and drops databases, over one connection for the whole process.
enum Request {
    Create(oneshot::Sender<Result<TestDatabase, String>>),
    Drop(String, SyncSender<()>),
}

fn ask(request: Request) {
    static THREAD: OnceLock<UnboundedSender<Request>> = OnceLock::new();
    let thread = THREAD.get_or_init(|| {
        let (sender, requests) = unbounded_channel();
        std::thread::Builder::new()
            .name("test databases".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("threads and files are not exhausted").block_on(serve(requests));
            })
            .expect("threads are not exhausted");
        sender
    });
    // If the thread has panicked, whoever waits for its answer sees that.
    let _ = thread.send(request);
}

async fn serve(mut requests: UnboundedReceiver<Request>) {
    let mut server = Server::open().await.map_err(|failure| chain(&*failure));
    while let Some(request) = requests.recv().await {
        match request {
            Request::Create(reply) => {
                let created = match &mut server {
                    Ok(server) => server.create().await.map_err(|failure| chain(&failure)),
                    Err(failure) => Err(failure.clone()),
                };
                // A test that was cancelled gets its database dropped, later.
                if let Err(Ok(unwanted)) = reply.send(created) {
                    std::thread::spawn(move || drop(unwanted));
                }
            }
            Request::Drop(name, reply) => {
                if let Ok(server) = &mut server {
                    // Left to the next sweep if it fails.
                    let _ = server.drop_database(&name).await;
                }
                let _ = reply.send(());
            }
        }
    }
}

/// An error and what caused it, in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Where the databases are.
enum Place {
    Shared(SharedCluster),
    Given(PgConnectOptions),
}

impl Place {
    fn superuser(&self, database: &str) -> PgConnectOptions {
        match self {
            Self::Shared(cluster) => cluster.superuser_options(database),
            Self::Given(superuser) => superuser.clone().database(database),
        }
    }

    fn owner(&self, database: &str) -> PgConnectOptions {
        match self {
            Self::Shared(cluster) => cluster.owner_options(database),
            Self::Given(given) => {
                given.clone().database(database).username(cluster::OWNER).password(PASSWORD)
            }
        }
    }

    fn app(&self, database: &str) -> PgConnectOptions {
        match self {
            Self::Shared(cluster) => cluster.app_options(database),
            Self::Given(given) => given.clone().database(database).username(cluster::APP).password(PASSWORD),
        }
    }

    async fn ensure_roles(&self, connection: &mut PgConnection) -> Result<(), Failure> {
        match self {
            Self::Shared(cluster) => cluster.ensure_roles().await?,
            Self::Given(_) => cluster::ensure_roles(connection, &PASSWORD.into(), &PASSWORD.into()).await?,
        }
        Ok(())
    }
}

/// A server with the template of the present migrations.
struct Server {
    place: Place,
    connection: PgConnection,
    template: String,
    /// How the template is copied, as a clause.
    strategy: &'static str,
}

impl Server {
    async fn open() -> Result<Self, Failure> {
        let place = match env::var(URL) {
            Ok(url) => Place::Given(url.parse()?),
            Err(_) => Place::Shared(SharedCluster::join(&folder()).await?),
        };
        let mut connection = PgConnection::connect_with(&place.superuser("postgres")).await?;
        let template = format!("portico_template_{}", store::migrations_hash());
        let version = "select current_setting('server_version_num')::int";
        let version: i32 = sqlx::query_scalar(version).fetch_one(&mut connection).await?;
        // Without fsync, copying files is four times as quick as the default of newer versions: 60 ms, not 250.
        let copies = matches!(place, Place::Shared(_)) && version >= 150_000;
        let strategy = if copies { "strategy file_copy" } else { "" };
        let mut server = Self { place, connection, template, strategy };
        if matches!(&server.place, Place::Shared(cluster) if cluster.is_first()) {
            server.sweep(Duration::ZERO).await?;
        }
        if !server.exists(&server.template.clone()).await? {
            server.make_template().await?;
        }
        if let Place::Shared(cluster) = &mut server.place {
            cluster.admit_others();
        }
        Ok(server)
    }

    async fn create(&mut self) -> sqlx::Result<TestDatabase> {
        let name = format!("portico_test_{}", uuid::Uuid::new_v4().simple());
        let Self { template, strategy, .. } = &self;
        self.run(format!("create database {name} template {template} owner {} {strategy}", cluster::OWNER))
            .await?;
        Ok(TestDatabase { owner: self.place.owner(&name), app: self.place.app(&name), name })
    }

    async fn drop_database(&mut self, name: &str) -> sqlx::Result<()> {
        self.run(format!("drop database if exists {name} with (force)")).await
    }

    /// Runs the migrations in a database that gets the template's name when they have succeeded.
    async fn make_template(&mut self) -> Result<(), Failure> {
        sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut self.connection).await?;
        let template = self.template.clone();
        if !self.exists(&template).await? {
            self.place.ensure_roles(&mut self.connection).await?;
            self.sweep(Duration::from_hours(1)).await?;
            let making = template.replace("template", "making");
            self.drop_database(&making).await?;
            cluster::ensure_database(&self.place.superuser("postgres"), &making).await?;
            store::migrate(&self.place.owner(&making), cluster::APP).await?;
            // A database with connections can't be copied.
            self.run(format!("alter database {making} with is_template true allow_connections false"))
                .await?;
            self.run(format!("alter database {making} rename to {template}")).await?;
        }
        sqlx::query("select pg_advisory_unlock($1)").bind(LOCK).execute(&mut self.connection).await?;
        Ok(())
    }

    /// Drops tests' databases of that age, whose tests must have been killed, and the oldest templates.
    async fn sweep(&mut self, age: Duration) -> sqlx::Result<()> {
        let old: Vec<String> = sqlx::query_scalar(
            "select datname from pg_database where datname like 'portico\\_test\\_%'
                and (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification <= now() - make_interval(secs => $1)",
        )
        .bind(age.as_secs_f64())
        .fetch_all(&mut self.connection)
        .await?;
        for name in old {
            self.drop_database(&name).await?;
        }
        let templates: Vec<String> = sqlx::query_scalar(
            "select datname from pg_database where datname like 'portico\\_template\\_%' and datname <> $1
             order by oid desc offset $2",
        )
        .bind(&self.template)
        .bind(TEMPLATES_KEPT)
        .fetch_all(&mut self.connection)
        .await?;
        for name in templates {
            self.run(format!("alter database {name} with is_template false")).await?;
            self.drop_database(&name).await?;
        }
        Ok(())
    }

    async fn exists(&mut self, name: &str) -> sqlx::Result<bool> {
        let question = "select exists (select from pg_database where datname = $1)";
        sqlx::query_scalar(question).bind(name).fetch_one(&mut self.connection).await
    }

    async fn run(&mut self, statement: String) -> sqlx::Result<()> {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut self.connection).await.map(drop)
    }
}

/// Where the server's files are: in memory if there is room, where a test takes a quarter of the time (57 ms, not 220,
/// for a process that creates, asks and drops, on an ext4 without journal), or else in the cache folder.
fn folder() -> PathBuf {
    let us = nix::unistd::Uid::effective();
    let memory = PathBuf::from(format!("/dev/shm/portico-test-pg-{us}"));
    let ours = match fs::symlink_metadata(&memory) {
        // Anybody can create a folder there.
        Ok(present) => present.is_dir() && present.uid() == us.as_raw(),
        Err(_) => has_room(Path::new("/dev/shm")),
    };
    if ours {
        return memory;
    }
    let home = || env::home_dir().unwrap_or_else(env::temp_dir).join(".cache");
    let cache = env::var_os("XDG_CACHE_HOME").map_or_else(home, PathBuf::from).join("portico/test-pg");
    if us.is_root() {
        // Root's home is closed to the account that PostgreSQL runs as.
        Path::new("/var/cache/portico").join(cache.strip_prefix("/").unwrap_or(&cache))
    } else {
        cache
    }
}

/// The server needs 80 MB and each test that runs 10 MB, on top of PostgreSQL's own use of that place.
fn has_room(folder: &Path) -> bool {
    const WANTED: u128 = 2 << 30;
    statvfs(folder)
        .is_ok_and(|room| u128::from(room.blocks_available()) * u128::from(room.fragment_size()) > WANTED)
}

impl TestDatabase {
    /// Runs statements as the system's role, which sees all organizations: for arranging and looking where
    /// no function of the product does. Panics with PostgreSQL's words.
    pub async fn execute(&self, statements: &str) {
        let mut connection = self.system().await;
        sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))
            .execute(&mut connection)
            .await
            .unwrap_or_else(|error| panic!("{error}\n{statements}"));
    }

    /// Runs statements as the owner of the schema, who sees no rows: for switching off what guards them.
    pub async fn execute_as_owner(&self, statements: &str) {
        let mut connection =
            PgConnection::connect_with(&self.owner).await.expect("the owner of the schema connects");
        sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))
            .execute(&mut connection)
            .await
            .unwrap_or_else(|error| panic!("{error}\n{statements}"));
    }

    /// The texts that a query of one column answers, as the system's role; a null is an empty one.
    pub async fn texts(&self, query: &str) -> Vec<String> {
        let mut connection = self.system().await;
        let texts: Vec<Option<String>> = sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
            .fetch_all(&mut connection)
            .await
            .unwrap_or_else(|error| panic!("{error}\n{query}"));
        texts.into_iter().map(Option::unwrap_or_default).collect()
    }

    /// The one number that a query answers, as the system's role.
    pub async fn count(&self, query: &str) -> i64 {
        let mut connection = self.system().await;
        sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
            .fetch_one(&mut connection)
            .await
            .unwrap_or_else(|error| panic!("{error}\n{query}"))
    }

    async fn system(&self) -> PgConnection {
        let mut connection =
            PgConnection::connect_with(&self.app).await.expect("the application's role connects");
        sqlx::raw_sql("set role portico_system")
            .execute(&mut connection)
            .await
            .expect("it may become the system's");
        connection
    }
}
