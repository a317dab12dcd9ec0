//! What lies where in the data folder.
//!
//! ```text
//! portico.lock           held by the one process that uses the folder
//! postgres/              belongs to the account that PostgreSQL runs as
//!   cluster/             PostgreSQL's own data directory
//!   socket/              where it listens, unless the path is too long for that
//!   pgpass               the passwords, in the format of libpq's password file
//! ```

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::ClusterError;
use super::account::Account;

/// A socket's path has to fit into 104 bytes on some systems and 108 on others, with a zero at its end.
const LONGEST_SOCKET_PATH: usize = 103;
/// Part of the socket's name only, as there is no TCP.
pub(super) const PORT: u16 = 5432;

/// A data folder, and the account that the server's part of it belongs to.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    data: PathBuf,
    pub account: Account,
    /// Where the server listens.
    pub socket: PathBuf,
}

/// Keeps others away from a data folder while it lives; the operating system lets go of it if we are killed.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// What to do when another process holds the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contention {
    Refuse,
    Wait,
}

impl Folder {
    /// Takes hold of a data folder, creating it if needed, alone.
    pub fn open(data: &Path, contention: Contention) -> Result<(Self, Lock), ClusterError> {
        if !data.exists() {
            data.parent()
                .map_or(Ok(()), fs::create_dir_all)
                .map_err(ClusterError::io("create the folder of", data))?;
            let made = DirBuilder::new().recursive(true).mode(0o700).create(data);
            made.map_err(ClusterError::io("create the data folder", data))?;
        }
        let data = data.canonicalize().map_err(ClusterError::io("find", data))?;
        let lock = Lock::take(&data, contention)?;
        let home = data.join("postgres");
        let account = Account::choose(&data, &home.join("cluster"))?;
        account.admit(&data)?;
        private_folder(&home, &account)?;
        let socket = socket_folder(&home, &account)?;
        Ok((Self { data, account, socket }, lock))
    }

    /// The data folder itself.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// A name in the part that belongs to the server's account.
    pub fn home(&self, name: &str) -> PathBuf {
        self.data.join("postgres").join(name)
    }

    /// PostgreSQL's data directory.
    pub fn cluster(&self) -> PathBuf {
        self.home("cluster")
    }

    /// The file that PostgreSQL keeps its process id in.
    pub fn pid_file(&self) -> PathBuf {
        self.cluster().join("postmaster.pid")
    }

    /// The process of a server that says it accepts connections. A killed one can't take that back.
    pub fn ready_server(&self) -> Option<u32> {
        let text = fs::read_to_string(self.pid_file()).ok()?;
        let mut lines = text.lines().map(str::trim);
        let process = lines.next()?.parse().ok()?;
        // Line 8 is the state.
        (lines.nth(6) == Some("ready")).then_some(process)
    }

    /// The socket itself.
    pub fn socket_file(&self) -> PathBuf {
        self.socket.join(socket_name())
    }
}

impl Lock {
    fn take(data: &Path, contention: Contention) -> Result<Self, ClusterError> {
        let path = data.join("portico.lock");
        let mut options = File::options();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(ClusterError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) if contention == Contention::Wait => {
                file.lock().map_err(ClusterError::io("lock", &path))?;
            }
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Only for the message; the lock itself is what counts.
                let pid = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                return Err(ClusterError::InUse { folder: data.to_owned(), pid });
            }
            Err(TryLockError::Error(source)) => return Err(ClusterError::io("lock", &path)(source)),
        }
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        written.map_err(ClusterError::io("write", &path))?;
        Ok(Self { _file: file })
    }
}

/// A folder that only the account can look into.
pub(super) fn private_folder(path: &Path, account: &Account) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => account.own(path),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(ClusterError::io("create", path)(error)),
    }
}

fn socket_name() -> String {
    format!(".s.PGSQL.{PORT}")
}

/// In the data folder; if its path is too long, in a short one that is found again by its name.
fn socket_folder(home: &Path, account: &Account) -> Result<PathBuf, ClusterError> {
    let wanted = home.join("socket");
    // PostgreSQL takes a list of folders; a comma or quote would need quoting.
    let fits = wanted.join(socket_name()).as_os_str().len() <= LONGEST_SOCKET_PATH
        && wanted.to_str().is_some_and(|path| !path.contains([',', '"', '\'']));
    let folder = if fits {
        wanted.clone()
    } else {
        let digest = hex::encode(Sha256::digest(home.as_os_str().as_encoded_bytes()));
        short_base(account).join(format!("portico-{}", &digest[..16]))
    };
    private_folder(&folder, account)?;
    // Anybody can create such a name in /tmp, so see whose it is.
    let taken = fs::symlink_metadata(&folder).map_err(ClusterError::io("read", &folder))?;
    if taken.is_dir() && taken.uid() == account.uid().as_raw() && taken.mode() & 0o777 == 0o700 {
        Ok(folder)
    } else {
        Err(ClusterError::SocketFolderTaken { wanted, taken: folder })
    }
}

fn short_base(account: &Account) -> PathBuf {
    let runtime = match account {
        Account::Ourselves => std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from),
        Account::Other { .. } => Some(PathBuf::from("/run")),
    };
    let writable = |folder: &PathBuf| folder.as_os_str().len() < 40 && folder.is_dir();
    runtime.filter(writable).unwrap_or_else(|| PathBuf::from("/tmp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_user_of_the_folder_is_refused_by_name() {
        let data = tempfile::tempdir().unwrap();
        let first = Folder::open(data.path(), Contention::Refuse).unwrap();
        let refused = Folder::open(data.path(), Contention::Refuse).unwrap_err();
        assert!(
            matches!(refused, ClusterError::InUse { pid: Some(pid), .. } if pid == std::process::id()),
            "{refused}"
        );
        drop(first);
        Folder::open(data.path(), Contention::Refuse).unwrap();
    }

    #[test]
    fn a_long_path_gets_a_short_socket() {
        let data = tempfile::tempdir().unwrap();
        let long = data.path().join("a".repeat(120));
        let (folder, _lock) = Folder::open(&long, Contention::Refuse).unwrap();
        assert!(
            folder.socket_file().as_os_str().len() <= LONGEST_SOCKET_PATH,
            "{}",
            folder.socket_file().display()
        );
        assert!(!folder.socket.starts_with(&long));
        fs::remove_dir(folder.socket).unwrap();
    }

    #[test]
    fn a_socket_folder_of_somebody_else_is_refused() {
        let data = tempfile::tempdir().unwrap();
        let long = data.path().join("b".repeat(120));
        let (folder, lock) = Folder::open(&long, Contention::Refuse).unwrap();
        drop(lock);
        fs::remove_dir(&folder.socket).unwrap();
        std::os::unix::fs::symlink(data.path(), &folder.socket).unwrap();
        let refused = Folder::open(&long, Contention::Refuse).unwrap_err();
        assert!(matches!(refused, ClusterError::SocketFolderTaken { .. }), "{refused}");
        fs::remove_file(folder.socket).unwrap();
    }
}
