use clap::Args;
use server::App;
use server::clock::Clock;
use server::config::Settings;

use super::database::Database;
use super::{Result, prepare, stop_signal};

/// `portico serve`.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    settings: Settings,

    /// Answer requests only; `portico work` elsewhere does the background work
    #[arg(long, env = "PORTICO_NO_WORKER")]
    no_worker: bool,
}

impl Serve {
    pub async fn run(self) -> Result {
        prepare(&self.settings)?;
        let stop = stop_signal()?;
        let database = Database::open(&self.settings).await?;
        let outcome = run(&database, self.settings, stop, !self.no_worker).await;
        database.close().await;
        outcome
    }
}

/// Serves until told to stop, with or without a worker beside it.
pub async fn run(
    database: &Database,
    settings: Settings,
    stop: tokio::sync::watch::Receiver<bool>,
    with_worker: bool,
) -> Result {
    let vault = settings.vault()?;
    let app = App::new(database.store.clone(), Clock::System, settings, vault).await?;
    tracing::info!("listening on http://{}, open {}", app.settings.listen, app.settings.public_url);
    let worker = with_worker.then(|| tokio::spawn(server::worker::run(app.clone(), stop.clone())));
    let listen = app.settings.listen;
    server::serve::serve(app, stop).await.map_err(|error| format!("--listen {listen}: {error}"))?;
    if let Some(worker) = worker {
        worker.await?;
    }
    Ok(())
}

/// `portico work`.
pub async fn work(settings: Settings) -> Result {
    prepare(&settings)?;
    let stop = stop_signal()?;
    let database = Database::open(&settings).await?;
    let vault = settings.vault()?;
    let app = App::new(database.store.clone(), Clock::System, settings, vault).await?;
    tracing::info!("doing background work");
    server::worker::run(app, stop).await;
    database.close().await;
    Ok(())
}
