//! The passwords of the cluster's roles.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use rand::Rng;
use rand::distr::Alphanumeric;
use secrecy::{ExposeSecret, SecretString};

use super::folder::Folder;
use super::roles::{APP, OWNER, SUPERUSER};
use super::{ClusterError, sync_folder};

/// One password for each role that can log in.
#[derive(Debug, Clone)]
pub(super) struct Passwords {
    pub superuser: SecretString,
    pub owner: SecretString,
    pub app: SecretString,
}

impl Passwords {
    /// Reads what belongs to the existing database.
    pub fn read(folder: &Folder) -> Result<Self, ClusterError> {
        let path = folder.home("pgpass");
        let text = SecretString::from(fs::read_to_string(&path).unwrap_or_default());
        let of = |role: &str| {
            let mut lines = text.expose_secret().lines();
            lines.find_map(|line| Some(line.strip_prefix(&start(role))?.into()))
        };
        let passwords = (of(SUPERUSER), of(OWNER), of(APP));
        let (Some(superuser), Some(owner), Some(app)) = passwords else {
            return Err(ClusterError::NoPasswords(path));
        };
        Ok(Self { superuser, owner, app })
    }

    /// Makes new ones and keeps them, for us alone, before a database depends on them.
    pub fn create(folder: &Folder) -> Result<Self, ClusterError> {
        let made = Self { superuser: random(), owner: random(), app: random() };
        let path = folder.home("pgpass");
        let new = folder.home("pgpass.new");
        write_private(&new, |file| {
            for (role, password) in [(SUPERUSER, &made.superuser), (OWNER, &made.owner), (APP, &made.app)] {
                writeln!(file, "{}{}", start(role), password.expose_secret())?;
            }
            Ok(())
        })?;
        fs::rename(&new, &path).map_err(ClusterError::io("write", &path))?;
        sync_folder(&folder.home(""))?;
        Ok(made)
    }
}

/// What precedes the password in a line of libpq's password file: any host, any port, any database, this role.
fn start(role: &str) -> String {
    format!("*:*:*:{role}:")
}

fn random() -> SecretString {
    // 190 bits.
    rand::rng().sample_iter(Alphanumeric).take(32).map(char::from).collect::<String>().into()
}

/// Writes a file that nobody but us can read, safely on disk when this returns.
pub(super) fn write_private(
    path: &std::path::Path,
    write: impl FnOnce(&mut File) -> std::io::Result<()>,
) -> Result<(), ClusterError> {
    // A leftover may have another mode.
    let _ = fs::remove_file(path);
    let mut options = File::options();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| {
        write(&mut file)?;
        file.sync_all()
    })
    .map_err(ClusterError::io("write", path))
}
