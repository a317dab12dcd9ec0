use std::fs::{self, OpenOptions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use super::Plan;
use crate::Result;

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_mins(2);
/// The key that seals secrets: known here, because the provider's webhooks are signed here.
pub const MASTER_KEY: &str = "42424242424242424242424242424242424242424242424242424242424242aa";

/// A `portico serve` with a data folder of its own, in it a private PostgreSQL.
pub struct Installation {
    portico: PathBuf,
    folder: PathBuf,
    address: SocketAddr,
    child: Option<Child>,
}

/// A crash and what it took to be back.
#[derive(Debug, Clone, Copy)]
pub struct Outage {
    /// Whether PostgreSQL was killed, too.
    pub with_postgres: bool,
    /// From the kill to the first answer.
    pub lasted: Duration,
}

impl Installation {
    /// Fills a folder with the demo, if that is planned, and starts.
    pub async fn prepare(plan: &Plan) -> Result<Self> {
        fs::create_dir_all(&plan.folder)?;
        // PostgreSQL's account has to pass through it.
        fs::set_permissions(&plan.folder, fs::Permissions::from_mode(0o711))?;
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut this =
            Self { portico: plan.portico.clone(), folder: plan.folder.clone(), address, child: None };
        if plan.demo {
            let mut command = this.command("demo");
            command.arg("--fill-only").arg("--links-json").arg(this.links());
            succeeded(command).await?;
        }
        this.start().await?;
        Ok(this)
    }

    /// Where the demo says who can sign in.
    pub fn links(&self) -> PathBuf {
        self.folder.join("links.json")
    }

    /// Where it listens, after every start.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its data.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.portico);
        command.arg(name).arg("--data-dir").arg(self.data()).args(["--master-key", MASTER_KEY]);
        for variable in ["DATABASE_URL", "MIGRATION_DATABASE_URL", "PORTICO_CONFIG", "PORTICO_DATA_DIR"] {
            command.env_remove(variable);
        }
        command.kill_on_drop(true);
        command
    }

    /// Starts it and waits until it answers.
    pub async fn start(&mut self) -> Result<()> {
        let log = OpenOptions::new().create(true).append(true).open(self.folder.join("portico.log"))?;
        let many = u32::MAX.to_string();
        let mut command = self.command("serve");
        command
            .args([
                "--listen",
                &self.address.to_string(),
                "--public-url",
                &format!("http://{}/", self.address),
            ])
            .args(["--rate-limit", &many, "--auth-rate-limit", &many, "--log", "warn"])
            .stdout(Stdio::null())
            .stderr(log);
        let began = Instant::now();
        let mut child = command.spawn()?;
        while TcpStream::connect(self.address).await.is_err() {
            if let Some(status) = child.try_wait()? {
                return Err(format!("portico serve ended ({status}): see {}", self.folder.display()).into());
            }
            if began.elapsed() > PATIENCE {
                return Err("portico serve does not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.child = Some(child);
        Ok(())
    }

    /// Kills it as a power cut would, perhaps with all processes of PostgreSQL, and starts it again.
    pub async fn crash(&mut self, with_postgres: bool) -> Result<Outage> {
        let began = Instant::now();
        let mut child = self.child.take().ok_or("portico does not run")?;
        let postgres = if with_postgres { postgres_of(&self.data())? } else { Vec::new() };
        child.start_kill()?;
        for process in postgres {
            // One that has ended by itself meanwhile is as good.
            let _ = kill(process, Signal::SIGKILL);
        }
        child.wait().await?;
        self.start().await?;
        Ok(Outage { with_postgres, lasted: began.elapsed() })
    }

    /// Asks it to finish and waits.
    pub async fn stop(&mut self) -> Result<()> {
        let mut child = self.child.take().ok_or("portico does not run")?;
        if let Some(id) = child.id() {
            kill(Pid::from_raw(i32::try_from(id)?), Signal::SIGTERM)?;
        }
        let status = child.wait().await?;
        if status.success() { Ok(()) } else { Err(format!("portico serve: {status}").into()) }
    }

    /// What `portico verify` says; an error unless it agrees.
    pub async fn verify(&self) -> Result<Vec<String>> {
        let said = succeeded(self.command("verify")).await?;
        Ok(said.lines().map(ToOwned::to_owned).collect())
    }
}

/// The server and all that it started.
fn postgres_of(data: &Path) -> Result<Vec<Pid>> {
    let text = fs::read_to_string(data.join("postgres/cluster/postmaster.pid"))?;
    let postmaster: i32 = text.lines().next().unwrap_or_default().trim().parse()?;
    let mut all = vec![Pid::from_raw(postmaster)];
    for entry in fs::read_dir("/proc")? {
        let entry = entry?;
        let Ok(process) = entry.file_name().to_string_lossy().parse::<i32>() else { continue };
        let Ok(status) = fs::read_to_string(entry.path().join("status")) else { continue };
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
        if parent.is_some_and(|parent| parent.trim() == postmaster.to_string()) {
            all.push(Pid::from_raw(process));
        }
    }
    Ok(all)
}

/// What a command that must succeed writes.
async fn succeeded(mut command: Command) -> Result<String> {
    let output = command.output().await?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(format!("{:?}: {}\n{said}{why}", command.as_std(), output.status).into())
}
