use std::path::{Path, PathBuf};

use sqlx::{Connection, PgConnection};
use store::cluster::{Cluster, Options};
use tokio::process::Command;

use crate::Result;
use crate::links::Links;

/// A database of so many invoices on a private PostgreSQL, as `portico` runs it: durable, on a socket.
pub struct Database {
    folder: PathBuf,
    cluster: Cluster,
    /// How many invoices it holds.
    pub invoices: i64,
    /// Ways into it.
    pub links: Links,
}

impl Database {
    /// Starts the database in a folder and fills it with `scale` times the demo, unless it is filled.
    pub async fn start(portico: &Path, folder: &Path, scale: u32) -> Result<Self> {
        let cluster = Cluster::start(folder, Options::default()).await?;
        let links = folder.join("links.json");
        let mut fill = Command::new(portico);
        fill.arg("demo")
            .arg("--fill-only")
            .args(["--scale", &scale.to_string()])
            .arg("--links-json")
            .arg(&links);
        as_portico(&mut fill, folder, &cluster);
        let filled = fill.status().await?;
        if !filled.success() {
            return Err(format!("portico demo --fill-only: {filled}").into());
        }
        let links = serde_json::from_slice(&std::fs::read(&links)?)?;
        let mut owner = PgConnection::connect_with(&cluster.owner_options()).await?;
        // What autovacuum does within minutes; measuring shouldn't meet it in the middle of its work.
        let tended = folder.join("vacuumed");
        if !tended.exists() {
            sqlx::raw_sql("vacuum analyze").execute(&mut owner).await?;
            std::fs::write(&tended, "")?;
        }
        owner.close().await?;
        let mut app = PgConnection::connect_with(&cluster.app_options()).await?;
        sqlx::raw_sql("set role portico_system").execute(&mut app).await?;
        let invoices = sqlx::query_scalar("select count(*) from invoice").fetch_one(&mut app).await?;
        app.close().await?;
        Ok(Self { folder: folder.to_owned(), cluster, invoices, links })
    }

    /// Lets a command work on this database as the application's role.
    pub fn lend(&self, command: &mut Command) {
        as_portico(command, &self.folder, &self.cluster);
    }

    /// Where a program may write what it says.
    pub fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    /// A connection as the application's role.
    pub async fn connect(&self) -> Result<PgConnection> {
        Ok(PgConnection::connect_with(&self.cluster.app_options()).await?)
    }

    /// The key that the server seals secrets with.
    pub fn master_key(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.folder.join("master.key"))?)
    }

    /// Stops it.
    pub async fn stop(self) {
        self.cluster.stop().await;
    }
}

fn as_portico(command: &mut Command, folder: &Path, cluster: &Cluster) {
    // The address holds a password, so it goes where only the same user can read it.
    command.env("DATABASE_URL", url(&cluster.app_options())).env("PORTICO_DATA_DIR", folder);
    command.env("MIGRATION_DATABASE_URL", url(&cluster.owner_options()));
    command.env_remove("PORTICO_CONFIG").kill_on_drop(true);
}

fn url(options: &store::ConnectOptions) -> String {
    sqlx::ConnectOptions::to_url_lossy(options).into()
}

/// Where databases are kept between runs. What the migrations make of one is in its folder's name, so that a changed
/// schema begins anew.
pub fn folder() -> PathBuf {
    let cache = if nix::unistd::Uid::effective().is_root() {
        // Root's home is closed to the account that PostgreSQL runs as.
        PathBuf::from("/var/cache/portico")
    } else {
        let home = || std::env::home_dir().unwrap_or_else(std::env::temp_dir).join(".cache");
        std::env::var_os("XDG_CACHE_HOME").map_or_else(home, PathBuf::from).join("portico")
    };
    cache.join("bench")
}

/// The folder of the database of a scale, under `folder`; removes those of other migrations.
pub fn prepare(folder: &Path, scale: u32) -> Result<PathBuf> {
    let present = store::migrations_hash();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(&present) {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(folder.join(format!("{present}-{scale}")))
}
