//! Makes a new cluster, and the settings that every cluster starts with.

use std::fs;
use std::io::Write;
use std::path::Path;

use secrecy::ExposeSecret;

use super::folder::Folder;
use super::installation::Installation;
use super::passwords::{Passwords, write_private};
use super::roles::SUPERUSER;
use super::{ClusterError, Options, Step, sync_folder};

/// The passwords of the cluster, which is made if there is none.
pub(super) fn open_or_create(
    folder: &Folder,
    installation: &Installation,
    options: &Options,
) -> Result<Passwords, ClusterError> {
    let passwords = if folder.cluster().exists() {
        Passwords::read(folder)?
    } else {
        options.tell(Step::Initializing);
        create(folder, installation, options)?
    };
    let settings = folder.cluster().join("portico.conf");
    write_private(&settings, |file| file.write_all(options.settings().as_bytes()))?;
    folder.account.own(&settings)?;
    Ok(passwords)
}

/// Under another name first: what a crash leaves half-made is never taken for a database.
fn create(
    folder: &Folder,
    installation: &Installation,
    options: &Options,
) -> Result<Passwords, ClusterError> {
    let new = folder.home("cluster.new");
    if new.exists() {
        fs::remove_dir_all(&new).map_err(ClusterError::io("remove", &new))?;
    }
    let passwords = Passwords::create(folder)?;
    initdb(folder, installation, options, &new, &passwords)?;

    let access = new.join("pg_hba.conf");
    let method = if options.durable { "scram-sha-256" } else { "trust" };
    fs::write(&access, format!("local all all {method}\n")).map_err(ClusterError::io("write", &access))?;
    // Read first to last: what an administrator sets with `alter system` comes after ours and wins.
    let settings = new.join("postgresql.conf");
    append(&settings, "\ninclude_if_exists = 'portico.conf'  # rewritten at every start\n")?;

    fs::rename(&new, folder.cluster()).map_err(ClusterError::io("rename", &new))?;
    sync_folder(&folder.home(""))?;
    Ok(passwords)
}

fn initdb(
    folder: &Folder,
    installation: &Installation,
    options: &Options,
    new: &Path,
    passwords: &Passwords,
) -> Result<(), ClusterError> {
    let password_file = folder.home("initdb-password");
    write_private(&password_file, |file| writeln!(file, "{}", passwords.superuser.expose_secret()))?;
    folder.account.own(&password_file)?;

    let program = installation.program("initdb");
    let mut command = folder.account.command(&program);
    command.arg("--pgdata").arg(new).arg("--pwfile").arg(&password_file);
    command.args(["--username", SUPERUSER, "--auth", "scram-sha-256", "--encoding", "UTF8"]);
    command.args(["--data-checksums", "--no-instructions"]);
    // Order by code point: the same everywhere, and no upgrade of the system's locales can corrupt an index. Lists
    // for people name the collation they want.
    if installation.major >= 17 {
        command.args(["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]);
    } else if cfg!(target_os = "macos") {
        command.args(["--locale", "C", "--lc-ctype", "UTF-8"]);
    } else {
        command.args(["--locale", "C.UTF-8"]);
    }
    if !options.durable {
        command.arg("--no-sync");
    }
    let output = command.output().map_err(ClusterError::io("run", &program));
    fs::remove_file(&password_file).map_err(ClusterError::io("remove", &password_file))?;
    let output = output?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(ClusterError::Program { program: "initdb", output: said })
}

fn append(path: &Path, text: &str) -> Result<(), ClusterError> {
    let file = fs::File::options().append(true).open(path);
    file.and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    })
    .map_err(ClusterError::io("write", path))
}
