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
mod report;
mod run;
mod server;
mod stats;
mod table;

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
