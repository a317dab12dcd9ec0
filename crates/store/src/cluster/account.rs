//! The operating system's account that PostgreSQL runs as: it refuses to run as root.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Gid, Uid, User};

use super::ClusterError;

/// Whoever PostgreSQL runs as.
#[derive(Debug, Clone)]
pub(super) enum Account {
    /// We are an ordinary user, and so is PostgreSQL.
    Ourselves,
    /// We are root, and PostgreSQL isn't.
    Other { name: String, uid: Uid, gid: Gid },
}

impl Account {
    /// The owner of the existing database; for a new one the user `postgres`, or else the owner of the data folder.
    pub fn choose(data: &Path, cluster: &Path) -> Result<Self, ClusterError> {
        if !Uid::effective().is_root() {
            return Ok(Self::Ourselves);
        }
        let user =
            owner(cluster).or_else(|| User::from_name("postgres").ok().flatten()).or_else(|| owner(data));
        let user = user.ok_or_else(|| ClusterError::NoAccount { folder: data.to_owned() })?;
        Ok(Self::Other { name: user.name, uid: user.uid, gid: user.gid })
    }

    /// The numeric id.
    pub fn uid(&self) -> Uid {
        match self {
            Self::Ourselves => Uid::effective(),
            Self::Other { uid, .. } => *uid,
        }
    }

    /// A command that will run as this account, with nothing of our environment but the path.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        // Messages are read by us; the working folder may be closed to the account.
        command.env("LC_ALL", "C").current_dir("/").stdin(Stdio::null());
        if let Self::Other { uid, gid, .. } = self {
            // Also gives up root's other groups.
            command.uid(uid.as_raw()).gid(gid.as_raw());
        }
        command
    }

    /// Hands a file or folder over to the account.
    pub fn own(&self, path: &Path) -> Result<(), ClusterError> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Other { uid, gid, .. } => chown(path, Some(uid.as_raw()), Some(gid.as_raw()))
                .map_err(ClusterError::io("change the owner of", path)),
        }
    }

    /// Sees to it that the account can get to the data folder, which a root's folder often prevents.
    pub fn admit(&self, data: &Path) -> Result<(), ClusterError> {
        let Self::Other { name, gid, .. } = self else { return Ok(()) };
        if self.may_enter(data)? {
            return Ok(());
        }
        // The data folder is ours to open, as little as possible; those above it aren't.
        let mode = fs::metadata(data).map_err(ClusterError::io("read", data))?.permissions().mode();
        chown(data, None, Some(gid.as_raw())).map_err(ClusterError::io("change the group of", data))?;
        fs::set_permissions(data, fs::Permissions::from_mode(mode & 0o707 | 0o010))
            .map_err(ClusterError::io("change the mode of", data))?;
        let mut way: Vec<&Path> = data.ancestors().collect();
        way.reverse();
        for folder in way {
            if !self.may_enter(folder)? {
                return Err(ClusterError::Unreachable { user: name.clone(), closed: folder.to_owned() });
            }
        }
        Ok(())
    }

    /// Tries it, as the truth may lie in access lists and mounts.
    fn may_enter(&self, folder: &Path) -> Result<bool, ClusterError> {
        let shell = Path::new("/bin/sh");
        let mut command = self.command(shell);
        command.args(["-c", "cd \"$1\"", "sh"]).arg(folder).stderr(Stdio::null());
        Ok(command.status().map_err(ClusterError::io("run", shell))?.success())
    }
}

/// The owner of a folder, unless it is root or unknown.
fn owner(folder: &Path) -> Option<User> {
    let uid = Uid::from_raw(fs::metadata(folder).ok()?.uid());
    if uid.is_root() { None } else { User::from_uid(uid).ok().flatten() }
}
