//! Finds the installed PostgreSQL.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::ClusterError;

/// What the SQL of this project needs.
const OLDEST: u32 = 14;

/// Folders that packages put PostgreSQL's programs in; `*` stands for one name.
const USUAL: &[&str] = &[
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/usr/local/pgsql/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// PostgreSQL's programs, of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Installation {
    pub bin: PathBuf,
    pub major: u32,
}

impl Installation {
    /// The newest that will do; for an existing database, the one of the version that made it.
    pub fn find(cluster: &Path) -> Result<Self, ClusterError> {
        Self::choose(&places(), cluster)
    }

    /// The program of that name.
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    fn choose(places: &[PathBuf], cluster: &Path) -> Result<Self, ClusterError> {
        let mut found: Vec<Self> = places.iter().filter_map(|bin| Self::read(bin)).collect();
        // Stable: of two with the same version, the one that was looked for first.
        found.sort_by_key(|installation| std::cmp::Reverse(installation.major));
        if let Some(wanted) = made_by(cluster) {
            let same = found.iter().find(|installation| installation.major == wanted).cloned();
            return same.ok_or_else(|| ClusterError::OtherVersion {
                wanted,
                found: found.into_iter().map(|installation| installation.bin).collect(),
                folder: cluster.to_owned(),
            });
        }
        match found.into_iter().next() {
            Some(newest) if newest.major >= OLDEST => Ok(newest),
            _ => Err(ClusterError::NotInstalled { oldest: OLDEST, searched: places.to_vec() }),
        }
    }

    fn read(bin: &Path) -> Option<Self> {
        if !bin.join("initdb").is_file() {
            return None;
        }
        let output = Command::new(bin.join("postgres")).arg("--version").output().ok()?;
        let major = major(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { bin: bin.to_owned(), major })
    }
}

/// `15` from `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`.
fn major(text: &str) -> Option<u32> {
    let version = text.split_once("(PostgreSQL) ")?.1;
    version.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

/// The major version that made the database in this folder, if there is one.
fn made_by(cluster: &Path) -> Option<u32> {
    fs::read_to_string(cluster.join("PG_VERSION")).ok()?.trim().parse().ok()
}

fn places() -> Vec<PathBuf> {
    if let Some(bin) = env::var_os("PORTICO_POSTGRES_BIN") {
        return vec![bin.into()];
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).filter(|folder| folder.join("initdb").is_file());
    on_path.chain(USUAL.iter().flat_map(|pattern| expand(pattern))).collect()
}

/// The folders that a pattern with one `*` stands for; the pattern itself when there are none, for the error's text.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else { return vec![pattern.into()] };
    let (folder, start) = before.rsplit_once('/').unwrap_or(("", before));
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(start))
        .map(|entry| entry.path().join(after.trim_start_matches('/')))
        .filter(|folder| folder.is_dir())
        .collect();
    found.sort();
    if found.is_empty() { vec![pattern.into()] } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn install(folder: &Path, version: &str) -> PathBuf {
        let bin = folder.join(version).join("bin");
        fs::create_dir_all(&bin).unwrap();
        fs::write(bin.join("initdb"), "").unwrap();
        fs::write(bin.join("postgres"), format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n"))
            .unwrap();
        fs::set_permissions(bin.join("postgres"), fs::Permissions::from_mode(0o755)).unwrap();
        bin
    }

    #[test]
    fn the_newest_is_chosen_and_an_old_one_refused() {
        let folder = tempfile::tempdir().unwrap();
        let [old, newest, middle] =
            ["9.6.24", "17.2 (Debian 17.2-1)", "15.20"].map(|v| install(folder.path(), v));
        let none = folder.path().join("none");

        let chosen = Installation::choose(&[old.clone(), middle, newest.clone()], &none).unwrap();
        assert_eq!(chosen, Installation { bin: newest, major: 17 });

        let refused = Installation::choose(&[old, none.clone()], &none).unwrap_err();
        assert!(matches!(refused, ClusterError::NotInstalled { .. }), "{refused}");
        assert!(refused.to_string().contains("PostgreSQL 14 or newer"), "{refused}");
    }

    #[test]
    fn an_existing_database_gets_its_own_version() {
        let folder = tempfile::tempdir().unwrap();
        let [newer, same] = ["18beta1", "15.20"].map(|version| install(folder.path(), version));
        fs::write(folder.path().join("PG_VERSION"), "15\n").unwrap();

        let chosen = Installation::choose(&[newer.clone(), same.clone()], folder.path()).unwrap();
        assert_eq!(chosen, Installation { bin: same, major: 15 });

        let refused = Installation::choose(&[newer], folder.path()).unwrap_err();
        assert!(refused.to_string().contains("made by PostgreSQL 15"), "{refused}");
    }
}
