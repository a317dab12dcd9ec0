//! Clears away what an earlier life of the server left behind. Only for the holder of the folder's lock.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::folder::Folder;
use super::{ClusterError, Options, Step};

/// How a server is asked to end, ever less politely: fast shutdown, immediate shutdown (which the next start recovers
/// from), and no longer asking.
pub(super) const SHUTDOWN: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_secs(30)),
    (Signal::SIGQUIT, Duration::from_secs(5)),
    (Signal::SIGKILL, Duration::from_secs(5)),
];

/// Stops a server that outlived its parent, and removes what would keep a new one from starting.
pub(super) fn clear(folder: &Folder, options: &Options) -> Result<(), ClusterError> {
    let pid_file = folder.pid_file();
    if let Ok(text) = fs::read_to_string(&pid_file) {
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        if let Some(pid) = first.trim().parse().ok().filter(|&pid| pid > 1).map(Pid::from_raw)
            && is_server(pid, &folder.cluster())
        {
            options.tell(Step::StoppingLeftover);
            stop(pid, &folder.cluster());
        }
        // The number may meanwhile belong to some other process, which PostgreSQL would take for a server. The rest
        // of the file is how it recognizes that a last backend still uses the shared memory, so the file stays; with
        // its parent's number, PostgreSQL knows that it is stale.
        if pid_file.exists() {
            let stale = format!("{}\n{rest}", std::process::id());
            fs::write(&pid_file, stale).map_err(ClusterError::io("write", &pid_file))?;
        }
    }
    let socket = folder.socket_file();
    let mut socket_lock = socket.clone().into_os_string();
    socket_lock.push(".lock");
    for path in [socket.as_path(), Path::new(&socket_lock)] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(ClusterError::io("remove", path)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn stop(pid: Pid, cluster: &Path) {
    for (signal, patience) in SHUTDOWN {
        // Fails when it has just ended, which the loop sees.
        let _ = kill(pid, signal);
        let since = Instant::now();
        while since.elapsed() < patience {
            if !is_server(pid, cluster) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Whether that process is the server of that cluster, rather than one that got its number later.
fn is_server(pid: Pid, cluster: &Path) -> bool {
    if Path::new("/proc/self/cwd").exists() {
        // A server works in its data directory.
        return fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder == cluster);
    }
    let output = Command::new("ps").args(["-o", "args=", "-p", &pid.to_string()]).output();
    output.is_ok_and(|output| {
        let args = String::from_utf8_lossy(&output.stdout).into_owned();
        args.contains("postgres") && args.contains(&*cluster.to_string_lossy())
    })
}
