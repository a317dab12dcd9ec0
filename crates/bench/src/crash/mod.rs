//! `just crash`: thousands of operations with money, drawn at random and asked over several connections at once of a
//! `portico serve` that is killed twice meanwhile, the second time with its PostgreSQL.
//!
//! Whoever asks behaves as a good client does: what wasn't answered is asked again, with the same `Idempotency-Key`. In
//! the end `portico verify` must agree, and so must what was answered: every payment that the server thanked for is in
//! the books once, numbers have no gaps, receipts are one each ([`checks`]).
//!
//! The dice are seeded. Which of two that ask at once comes first isn't, so a seed gives the same kind of run, not the
//! same run.

mod caller;
mod checks;
mod installation;
mod known;
mod office;
mod operations;
mod report;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Result;
use caller::{Caller, Patience};
use installation::Installation;
use known::Known;
use office::Office;
use operations::Worker;
pub use report::Report;

/// How to run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The binary.
    pub portico: PathBuf,
    /// Where its data are; nothing is there yet.
    pub folder: PathBuf,
    /// How many operations.
    pub operations: usize,
    /// How many ask at the same time.
    pub connections: usize,
    /// What the dice begin with.
    pub seed: u64,
    /// Whether to begin with the demo's four organizations instead of an empty one.
    pub demo: bool,
}

/// What all who ask share.
pub(crate) struct Run {
    offices: Vec<Office>,
    known: Known,
    wanted: usize,
    begun: AtomicUsize,
}

impl Run {
    /// Takes the next operation's number; none when all are taken.
    fn next(&self) -> Option<usize> {
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        (number < self.wanted).then_some(number)
    }

    /// The operation that was taken came to nothing: another is wanted in its place.
    fn give_back(&self) {
        self.begun.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs it. What is wrong in the end is in the report; an error is what kept it from ending.
pub async fn run(plan: &Plan) -> Result<Report> {
    let mut installation = Installation::prepare(plan).await?;
    let offices = office::enter(&mut installation, plan).await?;
    let run = Arc::new(Run {
        offices,
        known: Known::default(),
        wanted: plan.operations,
        begun: AtomicUsize::new(0),
    });
    let patience = Arc::new(Patience::default());
    let began = Instant::now();
    let mut workers: JoinSet<Result<()>> = JoinSet::new();
    for number in 0..plan.connections {
        let caller = Caller::new(installation.address(), Arc::clone(&patience));
        let worker = Worker::new(caller, Arc::clone(&run), plan.seed, number);
        workers.spawn(worker.work());
    }
    let mut outages = Vec::new();
    for part in 1..=2 {
        while run.begun.load(Ordering::Relaxed) < plan.operations * part / 3 {
            if workers.is_empty() {
                break;
            }
            // Somebody who gave up ends the run at once.
            if let Some(ended) = workers.try_join_next() {
                ended??;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        outages.push(installation.crash(part == 2).await?);
    }
    while let Some(worker) = workers.join_next().await {
        worker??;
    }
    let took = began.elapsed();
    let mut caller = Caller::new(installation.address(), Arc::clone(&patience));
    let mut wrong = checks::by_asking(&mut caller, &run).await?;
    let last = checks::rest(&mut caller, &run).await?;
    installation.stop().await?;
    let agreed = installation.verify().await?;
    wrong.extend(checks::by_looking(&installation, &run).await?);
    Ok(Report {
        operations: plan.operations,
        connections: plan.connections,
        seed: plan.seed,
        took,
        outages,
        asked_again: patience.asked_again(),
        kinds: run.known.tally(),
        told: run.known.told(),
        rest: last,
        agreed,
        wrong,
    })
}
