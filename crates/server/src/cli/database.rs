use std::str::FromStr;

use secrecy::ExposeSecret;
use server::config::Settings;
use store::cluster::{Cluster, Options};
use store::{ConnectOptions, Store};

use super::{Result, prepare};

/// The database of a command: somebody's server, or one of our own that lives as long as this.
pub struct Database {
    pub store: Store,
    cluster: Option<Cluster>,
}

impl Database {
    /// Connects as the application's role to a schema that is up to date.
    pub async fn open(settings: &Settings) -> Result<Self> {
        let (cluster, app) = migrated(settings).await?;
        let store = Store::connect(app, settings.database_connections).await?;
        Ok(Self { store, cluster })
    }

    /// Ends connections, then the private server.
    pub async fn close(self) {
        self.store.close().await;
        if let Some(cluster) = self.cluster {
            cluster.stop().await;
        }
    }
}

async fn migrated(settings: &Settings) -> Result<(Option<Cluster>, ConnectOptions)> {
    if let Some(url) = &settings.database_url {
        let app = ConnectOptions::from_str(url.expose_secret())
            .map_err(|error| format!("--database-url: {error}"))?;
        let owner = match &settings.migration_database_url {
            Some(url) => ConnectOptions::from_str(url.expose_secret())
                .map_err(|error| format!("--migration-database-url: {error}"))?,
            None => app.clone(),
        };
        store::migrate(&owner, app.get_username()).await?;
        return Ok((None, app));
    }
    std::fs::create_dir_all(&settings.data_dir).map_err(|error| format!("--data-dir: {error}"))?;
    let options = Options::default().on_step(|step| tracing::info!("{step}"));
    let cluster = Cluster::start(&settings.data_dir, options).await?;
    let app = cluster.app_options();
    store::migrate(&cluster.owner_options(), app.get_username()).await?;
    Ok((Some(cluster), app))
}

/// `portico migrate`.
pub async fn migrate_only(settings: &Settings) -> Result {
    prepare(settings)?;
    let (cluster, _) = migrated(settings).await?;
    tracing::info!("the schema is up to date");
    if let Some(cluster) = cluster {
        cluster.stop().await;
    }
    Ok(())
}
