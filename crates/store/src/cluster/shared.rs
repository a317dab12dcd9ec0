//! A cluster that many short-lived processes use together: the tests'.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;

use super::access::Access;
use super::create;
use super::folder::{Contention, Folder, Lock};
use super::installation::Installation;
use super::leftovers;
use super::passwords::Passwords;
use super::server::Launch;
use super::{ClusterError, Options};

/// Ends the server when nobody has touched the file for a minute or two.
const IDLE: &str = r#"while sleep 3; do kill -0 "$1" || exit; [ -n "$(find "$2" -mmin -2)" ] || break; done; kill -INT "$1""#;
/// How often a process says that it is still there.
const TOUCH_EVERY: Duration = Duration::from_secs(20);

/// A process's part in a shared cluster. Whoever comes first starts the server; it ends by itself a minute or two
/// after the last process that used it.
#[derive(Debug)]
pub struct SharedCluster {
    access: Access,
    lock: Option<Lock>,
}

impl SharedCluster {
    /// Starts or joins the cluster of a folder, which is used for this only.
    ///
    /// It is as [`Options::fast`] says: nothing precious belongs in it.
    pub async fn join(folder: &Path) -> Result<Self, ClusterError> {
        let folder = folder.to_owned();
        let join = move || join(&folder);
        let (access, lock) =
            tokio::task::spawn_blocking(join).await.expect("joining does not panic and is never aborted")?;
        Ok(Self { access, lock })
    }

    /// Whether this call started the server: what is in it is left from earlier runs then, and the others wait.
    pub fn is_first(&self) -> bool {
        self.lock.is_some()
    }

    /// Ends the others' wait.
    pub fn admit_others(&mut self) {
        self.lock = None;
    }

    /// Creates the roles that are missing.
    pub async fn ensure_roles(&self) -> Result<(), ClusterError> {
        Ok(self.access.ensure_roles().await?)
    }

    /// Connects to a database as the server's superuser.
    pub fn superuser_options(&self, database: &str) -> PgConnectOptions {
        self.access.superuser(database)
    }

    /// Connects to a database as the owner of the schema.
    pub fn owner_options(&self, database: &str) -> PgConnectOptions {
        self.access.owner(database)
    }

    /// Connects to a database as the application.
    pub fn app_options(&self, database: &str) -> PgConnectOptions {
        self.access.app(database)
    }
}

fn join(path: &Path) -> Result<(Access, Option<Lock>), ClusterError> {
    let (folder, lock) = Folder::open(path, Contention::Wait)?;
    let in_use = folder.home("in-use");
    touch(&in_use)?;
    thread::spawn({
        let in_use = in_use.clone();
        // Ends with the process, or when the folder is removed under it.
        move || {
            while touch(&in_use).is_ok() {
                thread::sleep(TOUCH_EVERY);
            }
        }
    });
    if folder.ready_server().is_some() && UnixStream::connect(folder.socket_file()).is_ok() {
        let passwords = Passwords::read(&folder)?;
        return Ok((Access::new(folder, passwords), None));
    }
    let passwords = start(&folder, &in_use)?;
    Ok((Access::new(folder, passwords), Some(lock)))
}

fn start(folder: &Folder, in_use: &Path) -> Result<Passwords, ClusterError> {
    let cluster = folder.cluster();
    let installation = match Installation::find(&cluster) {
        Err(ClusterError::OtherVersion { .. }) => {
            fs::remove_dir_all(&cluster).map_err(ClusterError::io("remove", &cluster))?;
            Installation::find(&cluster)?
        }
        found => found?,
    };
    let options = Options::fast();
    let passwords = create::open_or_create(folder, &installation, &options)?;
    leftovers::clear(folder, &options)?;
    let launch = Launch { folder: folder.clone(), installation, options };

    let log = folder.home("log");
    let program = launch.installation.program("postgres");
    let file = fs::File::create(&log).map_err(ClusterError::io("write", &log))?;
    let mut server = launch.server().stderr(file).spawn().map_err(ClusterError::io("run", &program))?;
    while launch.folder.ready_server() != Some(server.id()) {
        if server.try_wait().map_err(ClusterError::io("wait for", &program))?.is_some() {
            return Err(Launch::died(&fs::read_to_string(&log).unwrap_or_default()));
        }
        thread::sleep(Duration::from_millis(10));
    }
    let mut idle = launch.shell(IDLE, server.id(), &[in_use]);
    idle.stdin(Stdio::null()).spawn().map_err(ClusterError::io("run", "/bin/sh".as_ref()))?;
    Ok(passwords)
}

/// Renews the file's time of change.
fn touch(path: &Path) -> Result<(), ClusterError> {
    fs::write(path, "used\n").map_err(ClusterError::io("write", path))
}
