//! The server's process.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::folder::{Folder, PORT};
use super::installation::Installation;
use super::{ClusterError, Options};

/// Waits for the other end of its input to close, which happens however our process ends, and asks the server for a
/// fast shutdown. A terminal's Ctrl-C must not end it before us.
const WATCHDOG: &str = r#"trap '' HUP INT QUIT TERM; read -r _; kill -INT "$1""#;

/// All that is needed to start the server of a folder.
#[derive(Debug, Clone)]
pub(super) struct Launch {
    pub folder: Folder,
    pub installation: Installation,
    pub options: Options,
}

impl Launch {
    /// The server, in the foreground of a process group of its own: Ctrl-C is for us, who let requests finish first.
    pub fn server(&self) -> Command {
        let mut command = self.folder.account.command(&self.installation.program("postgres"));
        command.arg("-D").arg(self.folder.cluster()).process_group(0);
        let durable = if self.options.durable { "on" } else { "off" };
        // These are ours to decide, so they are where no file overrides them.
        for setting in [
            "listen_addresses=".to_owned(),
            format!("port={PORT}"),
            format!("unix_socket_directories={}", self.folder.socket.display()),
            "unix_socket_permissions=0777".to_owned(), // its folder is closed to others
            format!("fsync={durable}"),
            format!("full_page_writes={durable}"),
            format!("synchronous_commit={durable}"),
            "logging_collector=off".to_owned(),
            "log_destination=stderr".to_owned(),
        ] {
            command.arg("-c").arg(setting);
        }
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// A process that stops the server when ours is gone.
    pub fn watchdog(&self, server: u32) -> Command {
        self.shell(WATCHDOG, server, &[])
    }

    /// A script that runs as the server's account, apart from us; its first argument is the server's process id.
    pub fn shell(&self, script: &str, server: u32, more: &[&Path]) -> Command {
        let mut command = self.folder.account.command(Path::new("/bin/sh"));
        command.args(["-c", script, "sh", &server.to_string()]).args(more).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// The error for a server that ended by itself, with its last words.
    pub fn died(said: &str) -> ClusterError {
        let said = said.trim();
        let output = if said.is_empty() { "it ended without a word" } else { said };
        ClusterError::Program { program: "postgres", output: output.to_owned() }
    }
}
