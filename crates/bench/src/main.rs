//! `just bench`: how fast the product answers, beside a bare handler and at a thousand times the size.
//!
//! Both servers are processes of their own, built alike, with as many threads and connections, on one durable
//! PostgreSQL; both are asked by one generator of load, in turn, in several rounds, of which the middle counts: other
//! work on the machine then meets both. The callers are real ones: a program with an API token, a client's browser.
//! Answers are compared before they are counted. A missed goal is a result, an answer that isn't a success an error.
//!
//! To measure something more, add it to [`asked::Asked`] and to the table in [`run`].

mod asked;
mod bare;
mod database;
mod http;
mod links;
mod load;
mod money;
mod report;
mod run;
mod server;
mod stats;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Error> = std::result::Result<T, E>;

/// Measures Portico.
#[derive(Debug, Parser)]
#[command(name = "portico-bench", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::Run,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the bare handler; the benchmark starts it by itself
    #[command(hide = true)]
    Bare(bare::Bare),
    /// Draw operations with money at random, kill the server twice meanwhile, and see that nothing is lost or doubled
    Crash(Crash),
}

/// How to crash.
#[derive(Debug, clap::Args)]
struct Crash {
    /// How many operations
    #[arg(long, default_value_t = 10_000)]
    operations: usize,

    /// Connections that ask at the same time
    #[arg(long, default_value_t = 8)]
    connections: usize,

    /// What the dice begin with; the clock if absent
    #[arg(long)]
    seed: Option<u64>,

    /// Begin with one empty organization instead of the demo's four
    #[arg(long)]
    empty: bool,

    /// Folder for the data, which is emptied before and kept afterwards
    #[arg(long)]
    folder: Option<PathBuf>,
}

impl Crash {
    #[expect(clippy::print_stdout, reason = "the report is what the run is for")]
    #[expect(clippy::disallowed_methods, reason = "what asks a server from outside has no clock to move")]
    async fn run(self) -> Result<()> {
        let folder = self.folder.unwrap_or_else(|| database::folder().with_file_name("crash"));
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let seed = self.seed.unwrap_or_else(|| chrono::Utc::now().timestamp().unsigned_abs());
        let report = ::bench::crash::run(&::bench::crash::Plan {
            portico: std::env::current_exe()?.with_file_name("portico"),
            folder,
            operations: self.operations,
            connections: self.connections,
            seed,
            demo: !self.empty,
        })
        .await?;
        println!("{report}");
        if report.wrong.is_empty() { Ok(()) } else { Err("something is wrong".into()) }
    }
}

#[expect(clippy::print_stderr, reason = "a command tells its user why it failed")]
fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("portico-bench: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        match cli.command {
            Some(Command::Bare(bare)) => bare::serve(bare).await,
            Some(Command::Crash(crash)) => crash.run().await,
            None => cli.run.run().await,
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("portico-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
