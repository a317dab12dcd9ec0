use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::Method;
use tokio::task::JoinSet;

use crate::Result;
use crate::http::{Connection, Target};
use crate::stats::Sample;

/// What is asked, of whom.
#[derive(Debug, Clone)]
pub struct Load {
    /// The server, and who asks.
    pub target: Target,
    /// What is asked for, in turn.
    pub paths: Arc<[String]>,
}

/// How hard.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Connections that each wait for an answer before they ask again.
    pub connections: usize,
    /// For how long.
    pub time: Duration,
}

/// Asks until the time is over. An answer that isn't a success, or none, ends it all with an error.
pub async fn drive(load: &Load, effort: Effort) -> Result<Sample> {
    let mut askers: JoinSet<Result<Vec<Duration>>> = JoinSet::new();
    let began = Instant::now();
    for number in 0..effort.connections {
        let Load { target, paths } = load.clone();
        askers.spawn(async move {
            let mut connection = Connection::open(&target).await?;
            let mut times = Vec::new();
            // Each begins elsewhere, so that they don't ask for the same at the same time.
            for path in paths.iter().cycle().skip(number * paths.len() / effort.connections) {
                let asked = Instant::now();
                connection.send(Method::GET, path, None).await?;
                let now = Instant::now();
                times.push(now - asked);
                if now - began >= effort.time {
                    break;
                }
            }
            Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(asker) = askers.join_next().await {
        times.extend(asker??);
    }
    Ok(Sample::of(times, began.elapsed()))
}
