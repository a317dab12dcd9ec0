//! Keeps the server running, from a thread of its own, until told to stop.

use std::collections::VecDeque;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::signal::kill;
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::folder::Lock;
use super::leftovers::{self, SHUTDOWN};
use super::server::Launch;
use super::{ClusterError, Options, Step};

/// How long the last backends of a killed server may take to notice.
const BACKENDS_PATIENCE: Duration = Duration::from_mins(1);
/// The longest pause between attempts to bring back a server that died.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The thread. Dropping this stops the server and waits for its end.
#[derive(Debug)]
pub(super) struct Keeper {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Returns when the server accepts connections. The folder's lock is held until it has ended.
    pub async fn start(launch: Launch, lock: Lock) -> Result<Self, ClusterError> {
        let (ready, started) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let data = launch.folder.data().to_owned();
        let thread = thread::Builder::new().name("postgres".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime {
                Ok(runtime) => runtime.block_on(keep(&launch, ready, stopped)),
                Err(error) => {
                    // Nobody listens only if the caller gave up.
                    let _ = ready.send(Err(ClusterError::io("watch", launch.folder.data())(error)));
                }
            }
            drop(lock);
        });
        let thread = thread.map_err(ClusterError::io("start a thread for", &data))?;
        let keeper = Self { stop: Some(stop), thread: Some(thread) };
        started.await.unwrap_or_else(|_| Err(Launch::died("the thread watching it panicked")))?;
        Ok(keeper)
    }

    /// Stops the server and waits for its end.
    pub async fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic was printed when it happened, and there is nothing left to stop.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

type Ready = Option<oneshot::Sender<Result<(), ClusterError>>>;

/// Runs the server again and again; the end of `stop` is what ends it. Whether it ever came up is told to `ready`.
async fn keep(
    launch: &Launch,
    ready: oneshot::Sender<Result<(), ClusterError>>,
    mut stop: oneshot::Receiver<()>,
) {
    let mut ready = Some(ready);
    let begun = Instant::now();
    let mut pause = Duration::from_millis(200);
    loop {
        let since = Instant::now();
        let Err(error) = live(launch, &mut ready, &mut stop).await else { return };
        if let Some(waiting) = ready.take() {
            if !backends_remain(&error) || begun.elapsed() > BACKENDS_PATIENCE {
                // Nobody listens only if the caller gave up.
                let _ = waiting.send(Err(error));
                return;
            }
            ready = Some(waiting);
        } else {
            tracing::error!(%error, "the database ended unexpectedly and is started again");
            let healthy = since.elapsed() > LONGEST_PAUSE;
            pause = if healthy { Duration::from_millis(200) } else { (pause * 2).min(LONGEST_PAUSE) };
        }
        tokio::select! {
            _ = &mut stop => return,
            () = sleep(pause) => {}
        }
    }
}

/// One life of the server: `Ok` when it was told to stop, an error when it ended otherwise.
async fn live(
    launch: &Launch,
    ready: &mut Ready,
    stop: &mut oneshot::Receiver<()>,
) -> Result<(), ClusterError> {
    let program = launch.installation.program("postgres");
    leftovers::clear(&launch.folder, &launch.options)?;
    launch.options.tell(Step::Starting);
    let mut server = Command::from(launch.server()).spawn().map_err(ClusterError::io("run", &program))?;
    let pid = server.id().expect("a process that was not waited for has an id");
    let mut watchdog = match Command::from(launch.watchdog(pid)).spawn() {
        Ok(watchdog) => watchdog,
        Err(error) => {
            shut_down(&mut server).await;
            return Err(ClusterError::io("run", "/bin/sh".as_ref())(error));
        }
    };
    let stderr = server.stderr.take().expect("the command pipes it");
    let log = tokio::spawn(relay(stderr, launch.options.clone()));

    let mut waiting = true;
    let stopped = loop {
        tokio::select! {
            _ = server.wait() => break false,
            _ = &mut *stop => {
                shut_down(&mut server).await;
                break true;
            }
            () = sleep(Duration::from_millis(10)), if waiting => {
                if launch.folder.ready_server() == Some(pid) {
                    waiting = false;
                    if let Some(ready) = ready.take() {
                        // Nobody listens only if the caller gave up, and then `stop` is about to end.
                        let _ = ready.send(Ok(()));
                    }
                }
            }
        }
    };
    // Only now: it must not outlive the server, whose number others may get.
    let _ = watchdog.kill().await;
    if stopped {
        return Ok(());
    }
    // Backends that are still there hold the pipe open.
    let said = timeout(Duration::from_secs(1), log).await;
    Err(Launch::died(&said.ok().and_then(Result::ok).unwrap_or_default()))
}

async fn shut_down(server: &mut Child) {
    for (signal, patience) in SHUTDOWN {
        let Some(pid) = server.id().and_then(|id| i32::try_from(id).ok()) else { return };
        // It has not been waited for, so the number is still its own.
        let _ = kill(Pid::from_raw(pid), signal);
        if timeout(patience, server.wait()).await.is_ok() {
            return;
        }
    }
}

fn backends_remain(error: &ClusterError) -> bool {
    error.to_string().contains("pre-existing shared memory block")
}

/// Passes the server's log on to ours; answers its last lines.
async fn relay(stderr: ChildStderr, options: Options) -> String {
    let mut last = VecDeque::new();
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if line.contains("automatic recovery in progress") {
            options.tell(Step::Recovering);
        }
        match line.split_once(':').map(|(level, _)| level) {
            Some("PANIC") => tracing::error!(target: "postgres", "{line}"),
            Some("FATAL" | "WARNING") => tracing::warn!(target: "postgres", "{line}"),
            _ => tracing::debug!(target: "postgres", "{line}"),
        }
        if last.len() == 20 {
            last.pop_front();
        }
        last.push_back(line);
    }
    Vec::from(last).join("\n")
}
