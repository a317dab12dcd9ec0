use std::fmt;
use std::path::{Path, PathBuf};

/// Why the private PostgreSQL doesn't run. The texts are for whoever started `portico`, and say what to do.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No PostgreSQL was found.
    #[error(
        "PostgreSQL {oldest} or newer is not installed (looked in {}); install it (on Debian and Ubuntu: apt install \
         postgresql), name its bin folder in PORTICO_POSTGRES_BIN, or use a server of your own with DATABASE_URL",
        List(.searched)
    )]
    NotInstalled {
        /// The oldest version that will do.
        oldest: u32,
        /// Where it was looked for.
        searched: Vec<PathBuf>,
    },
    /// The database was made by a major version that isn't installed.
    #[error(
        "the database in {} was made by PostgreSQL {wanted}, which is not installed (found: {}); install \
         PostgreSQL {wanted}, or bring the database to a newer version with pg_upgrade",
        .folder.display(), List(.found)
    )]
    OtherVersion {
        /// The major version that made the database.
        wanted: u32,
        /// The programs that were found.
        found: Vec<PathBuf>,
        /// Where the database is.
        folder: PathBuf,
    },
    /// Another process uses the data folder.
    #[error(
        "the data folder {} is in use by another portico{}; stop that one, or give this one a folder of its own",
        .folder.display(), .pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// The process using it, when it could be read.
        pid: Option<u32>,
    },
    /// Started by root, with nobody to run PostgreSQL as.
    #[error(
        "PostgreSQL refuses to run as root, and there is no user `postgres` to run it as; create that user, let an \
         ordinary user own {}, or start portico as an ordinary user", .folder.display()
    )]
    NoAccount {
        /// The data folder.
        folder: PathBuf,
    },
    /// The account that PostgreSQL runs as can't get to the data folder.
    #[error(
        "PostgreSQL runs as the user `{user}`, who may not enter {}; choose a data folder elsewhere, for instance \
         /var/lib/portico, or allow it with: chmod o+x {}", .closed.display(), .closed.display()
    )]
    Unreachable {
        /// The account's name.
        user: String,
        /// The first folder on the way that is closed to it.
        closed: PathBuf,
    },
    /// The folder for the socket belongs to somebody else.
    #[error(
        "the path of {} is too long for a socket, and {} belongs to another user; remove it, or choose a shorter path",
        .wanted.display(), .taken.display()
    )]
    SocketFolderTaken {
        /// Where the socket would be by itself.
        wanted: PathBuf,
        /// The short folder that was to replace it.
        taken: PathBuf,
    },
    /// The passwords that belong to an existing database are gone.
    #[error(
        "{} is missing or damaged: it holds the passwords of the database beside it; restore both from the same backup",
        .0.display()
    )]
    NoPasswords(PathBuf),
    /// A program of PostgreSQL failed, or the server didn't come up.
    #[error("{program} failed: {output}")]
    Program {
        /// The program.
        program: &'static str,
        /// What it said last.
        output: String,
    },
    /// A file or process could not be worked with.
    #[error("cannot {doing} {}", .path.display())]
    Io {
        /// What was being done, as an infinitive.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the operating system answered.
        source: std::io::Error,
    },
    /// The server runs, but its roles and database could not be set up.
    #[error("cannot prepare the database's roles")]
    Prepare(#[from] sqlx::Error),
}

impl ClusterError {
    /// For `map_err`: names what was being done to which file.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}

/// Paths in a sentence.
struct List<'a>(&'a [PathBuf]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing");
        }
        for (position, path) in self.0.iter().enumerate() {
            write!(f, "{}{}", if position == 0 { "" } else { ", " }, path.display())?;
        }
        Ok(())
    }
}
