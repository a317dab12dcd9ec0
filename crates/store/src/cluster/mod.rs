//! A private PostgreSQL in the data folder, for whoever has no server of their own.
//!
//! It is the ordinary PostgreSQL of the operating system, durable and with checksums, that listens on a socket in the
//! data folder and nowhere else. It lives as long as the [`Cluster`]: a fast shutdown when that is stopped or dropped,
//! and also when our process is killed, because a watchdog then sees the end of a pipe. Whatever is left of an earlier
//! life (a server, its lock files, shared memory that a last backend still holds) is cleared away at the next start.
//! If the server dies while we live, it is started again.
//!
//! Nothing here may weaken durability, except [`Options::fast`], which is for tests; nothing may open a TCP port.

mod access;
mod account;
mod create;
mod error;
mod folder;
mod installation;
mod keeper;
mod leftovers;
mod passwords;
mod roles;
mod server;
mod shared;

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::postgres::PgConnectOptions;

pub use error::ClusterError;
pub use roles::{APP, OWNER, ensure_database, ensure_roles};
pub use shared::SharedCluster;

use access::Access;
use folder::{Contention, Folder};
use installation::Installation;
use keeper::Keeper;
use server::Launch;

/// The name of the application's database.
pub const DATABASE: &str = "portico";

/// What takes time at a start, for a line on the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A new database is being made.
    Initializing,
    /// The server is starting.
    Starting,
    /// The server was not stopped properly and is replaying its log.
    Recovering,
    /// A server that an earlier, killed process left behind is being stopped.
    StoppingLeftover,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Initializing => "initializing a new database",
            Self::Starting => "starting the database",
            Self::Recovering => "recovering the database after a crash",
            Self::StoppingLeftover => "stopping a database that an earlier run left behind",
        })
    }
}

/// How to run a cluster.
#[derive(Clone)]
pub struct Options {
    /// Connections at one time, those of superusers included.
    pub max_connections: u16,
    /// Memory for PostgreSQL's page cache; the operating system's cache comes on top.
    pub shared_buffers_mb: u32,
    durable: bool,
    on_step: Arc<dyn Fn(Step) + Send + Sync>,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_connections: 100, shared_buffers_mb: 128, durable: true, on_step: Arc::new(|_| ()) }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("max_connections", &self.max_connections)
            .field("shared_buffers_mb", &self.shared_buffers_mb)
            .field("durable", &self.durable)
            .finish_non_exhaustive()
    }
}

impl Options {
    /// For tests: a crash of the machine may lose everything, and whoever can reach the socket gets in.
    pub fn fast() -> Self {
        Self { max_connections: 300, durable: false, ..Self::default() }
    }

    /// Calls `on_step` with what is being done; from another thread.
    #[must_use]
    pub fn on_step(self, on_step: impl Fn(Step) + Send + Sync + 'static) -> Self {
        Self { on_step: Arc::new(on_step), ..self }
    }

    fn tell(&self, step: Step) {
        (self.on_step)(step);
    }

    /// Settings that an administrator may override with `alter system`.
    fn settings(&self) -> String {
        let Self { max_connections, shared_buffers_mb, .. } = self;
        let mut settings = format!(
            "# Written by portico at every start; to change something, use `alter system`.\n\
             max_connections = {max_connections}\n\
             shared_buffers = {shared_buffers_mb}MB\n\
             random_page_cost = 1.1\n\
             wal_compression = on\n\
             jit = off\n\
             timezone = 'UTC'\n\
             log_timezone = 'UTC'\n\
             client_connection_check_interval = '5s'\n\
             log_line_prefix = ''\n\
             log_checkpoints = off\n\
             # Details and statements contain customers' data.\n\
             log_error_verbosity = terse\n\
             log_min_error_statement = panic\n"
        );
        if !self.durable {
            settings.push_str(
                "wal_level = minimal\nmax_wal_senders = 0\nmax_wal_size = 256MB\nautovacuum = off\n\
                 checkpoint_timeout = 1d\nlog_min_messages = fatal\n",
            );
        }
        settings
    }
}

/// A running private PostgreSQL. Stops it when dropped.
#[derive(Debug)]
pub struct Cluster {
    keeper: Keeper,
    access: Access,
    folder: Folder,
}

impl Cluster {
    /// Starts the cluster of a data folder, which is made if there is none, with the application's roles and its
    /// empty database. The folder is then ours alone.
    pub async fn start(data_dir: &Path, options: Options) -> Result<Self, ClusterError> {
        let data_dir = data_dir.to_owned();
        let prepare = move || {
            let (folder, lock) = Folder::open(&data_dir, Contention::Refuse)?;
            let installation = Installation::find(&folder.cluster())?;
            let passwords = create::open_or_create(&folder, &installation, &options)?;
            Ok::<_, ClusterError>((folder, lock, installation, passwords, options))
        };
        let (folder, lock, installation, passwords, options) = tokio::task::spawn_blocking(prepare)
            .await
            .expect("preparing does not panic and is never aborted")?;
        let keeper = Keeper::start(Launch { folder: folder.clone(), installation, options }, lock).await?;
        let access = Access::new(folder.clone(), passwords);
        access.ensure_roles().await?;
        ensure_database(&access.superuser("postgres"), DATABASE).await?;
        Ok(Self { keeper, access, folder })
    }

    /// Connects as the owner of the schema, for migrations.
    pub fn owner_options(&self) -> PgConnectOptions {
        self.access.owner(DATABASE)
    }

    /// Connects as the application, whom row policies bind.
    pub fn app_options(&self) -> PgConnectOptions {
        self.access.app(DATABASE)
    }

    /// The passwords in libpq's format, readable by whoever started us, as in
    /// `PGPASSFILE=… psql --host SOCKET --username portico_owner portico`.
    pub fn password_file(&self) -> PathBuf {
        self.folder.home("pgpass")
    }

    /// The folder of the socket: libpq's `host`.
    pub fn socket_folder(&self) -> &Path {
        &self.folder.socket
    }

    /// Ends all connections and stops the server, without blocking the runtime as a drop does.
    pub async fn stop(mut self) {
        self.keeper.stop().await;
    }
}

/// Makes the names in a folder durable.
fn sync_folder(folder: &Path) -> Result<(), ClusterError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(ClusterError::io("write", folder))
}
