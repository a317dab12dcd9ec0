//! Commands and what they share: settings, the database, signals.

mod database;
mod demo;
mod import;
mod openapi;
mod progress;
mod serve;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use server::config::{self, Settings};

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T = (), E = Error> = std::result::Result<T, E>;

/// The client portal for service businesses, on a machine of your own.
#[derive(Debug, Parser)]
#[command(name = "portico", version, arg_required_else_help = true, args_override_self = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer requests and do background work
    #[command(args_override_self = true)]
    Serve(serve::Serve),
    /// Do background work only
    #[command(args_override_self = true)]
    Work(Settings),
    /// Bring the database's schema up to date
    #[command(args_override_self = true)]
    Migrate(Settings),
    /// Try it: fills an empty database with four made-up organizations, and serves it
    #[command(args_override_self = true)]
    Demo(demo::Demo),
    /// Bring in clients, contacts and invoices from CSV files
    #[command(args_override_self = true)]
    Import(import::Import),
    /// Check that every balance is what the ledger and the lines of invoices come to
    #[command(args_override_self = true)]
    Verify(Settings),
    /// Print the description of the API
    Openapi,
}

/// Runs the command; a failure is one line a cause.
pub fn main() -> ExitCode {
    let arguments = match config::with_file(std::env::args().collect()) {
        Ok(arguments) => arguments,
        Err(error) => return fail(&error),
    };
    let cli = Cli::parse_from(arguments);
    // One provider of cryptography for everything that speaks TLS.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return fail(&std::io::Error::other("a provider of cryptography is installed already"));
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Serve(command) => command.run().await,
            Command::Work(settings) => serve::work(settings).await,
            Command::Migrate(settings) => database::migrate_only(&settings).await,
            Command::Demo(command) => command.run().await,
            Command::Import(command) => command.run().await,
            Command::Verify(settings) => verify::run(settings).await,
            Command::Openapi => openapi::print(),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error.as_ref()),
    }
}

#[expect(clippy::print_stderr, reason = "a command tells its user why it failed")]
fn fail(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    eprintln!("portico: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
    ExitCode::FAILURE
}

/// Starts logging and checks settings that depend on each other.
fn prepare(settings: &Settings) -> Result {
    settings.check()?;
    server::logging::start(&settings.log, settings.log_json)?;
    Ok(())
}

/// Turns true at Ctrl-C or SIGTERM; a second one ends the process at once.
fn stop_signal() -> Result<tokio::sync::watch::Receiver<bool>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (sender, receiver) = tokio::sync::watch::channel(false);
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::spawn(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        tracing::info!("stopping: finishing what has begun");
        let _ = sender.send(true);
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        std::process::exit(130);
    });
    Ok(receiver)
}
