use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

use crate::Result;
use crate::database::Database;
use crate::http::Target;

/// How long a server may take before it answers for the first time.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server in a process of its own.
pub struct Server {
    child: Child,
    /// How it is asked, by a stranger.
    pub target: Target,
    /// From its start to its first answer.
    pub start: Duration,
}

impl Server {
    /// Starts `portico serve` on a database, as it comes except that nobody's requests are counted.
    pub async fn portico(portico: &Path, database: &Database) -> Result<Self> {
        let mut command = Command::new(portico);
        // One program asks thousands of times a second here, which the limit is there to refuse.
        command.args([
            "serve",
            "--rate-limit",
            &u32::MAX.to_string(),
            "--auth-rate-limit",
            &u32::MAX.to_string(),
        ]);
        Self::start(command, database, "portico", "/readyz").await
    }

    /// Starts the bare handler on a database.
    pub async fn bare(arguments: &[String], database: &Database) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("bare").args(arguments);
        Self::start(command, database, "bare", "/ready").await
    }

    async fn start(mut command: Command, database: &Database, name: &str, ready: &str) -> Result<Self> {
        let address = free_address()?;
        let log = database.log(name);
        let failed = |what: &str| format!("{name} {what}: see {}", log.display());
        command.args(["--listen", &address.to_string()]).stderr(File::create(&log)?);
        database.lend(&mut command);
        let target = Target::new(address);
        let began = Instant::now();
        let mut child = command.spawn()?;
        while target.ask(ready).await.is_err() {
            if child.try_wait()?.is_some() {
                return Err(failed("ended").into());
            }
            if began.elapsed() > PATIENCE {
                return Err(failed("does not answer").into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(Self { child, target, start: began.elapsed() })
    }

    /// Memory that the process holds now, in bytes, where the system tells (Linux).
    pub fn resident(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        resident(&status)
    }

    /// Asks it to finish and waits.
    pub async fn stop(mut self) -> Result<()> {
        if let Some(id) = self.child.id() {
            kill(Pid::from_raw(i32::try_from(id)?), Signal::SIGTERM)?;
        }
        self.child.wait().await?;
        Ok(())
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Reads the resident set from Linux's `/proc/PID/status`, which counts in KiB.
fn resident(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u32>().ok().map(|kib| f64::from(kib) * 1024.0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_resident_set_is_read_from_linux_s_own_words() {
        let status = "Name:\tportico\nVmPeak:\t  999999 kB\nVmRSS:\t   45312 kB\nThreads:\t7\n";
        assert_eq!(super::resident(status), Some(46_399_488.0));
        assert_eq!(super::resident("Name:\tportico\n"), None);
    }
}
