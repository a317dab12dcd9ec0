use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use server::App;
use server::clock::Clock;
use server::config::Settings;
use server::demo::{self, Filling, Links};
use url::Url;

use super::database::Database;
use super::progress::Progress;
use super::{Result, prepare, serve, stop_signal};

/// `portico demo`.
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    settings: Settings,

    /// Port to serve on: short for `--listen 127.0.0.1:PORT --public-url http://localhost:PORT`
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,

    /// The same seed makes up the same businesses
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// How many times as much as usual; 1000 makes a million invoices
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=4000))]
    scale: u32,

    /// Fill the database, write the links into the file if one is given, and end
    #[arg(long)]
    fill_only: bool,

    /// Write the links into a file, too
    #[arg(long, value_name = "FILE")]
    links_json: Option<PathBuf>,
}

impl Demo {
    pub async fn run(mut self) -> Result {
        if self.settings.production {
            return Err("--production: the demo is made up and pays in a sandbox".into());
        }
        if let Some(port) = self.port {
            self.settings.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            if self.settings.public_url.as_str() == Settings::DEFAULT_PUBLIC_URL {
                self.settings.public_url = Url::parse(&format!("http://localhost:{port}"))?;
            }
        }
        prepare(&self.settings)?;
        let stop = stop_signal()?;
        let database = Database::open(&self.settings).await?;
        let outcome = self.work(&database, stop).await;
        database.close().await;
        outcome
    }

    async fn work(self, database: &Database, stop: tokio::sync::watch::Receiver<bool>) -> Result {
        let now = Clock::System.now();
        let app =
            App::new(database.store.clone(), Clock::System, self.settings.clone(), self.settings.vault()?)
                .await?;
        if !demo::is_filled(&database.store, now).await? {
            let filling = Filling { seed: self.seed, scale: self.scale, now };
            let progress = Progress::new("making up invoices", filling.invoices());
            let filled = demo::fill(&app, filling, |more| progress.advance(more));
            let mut stopped = stop.clone();
            let filled = tokio::select! {
                filled = filled => filled,
                _ = stopped.wait_for(|stop| *stop) => {
                    return Err("stopped while filling: the same command goes on with the businesses that are missing".into());
                }
            };
            drop(progress);
            filled?;
        }
        if self.fill_only && self.links_json.is_none() {
            return Ok(());
        }
        let links = demo::links(&app).await?;
        if let Some(path) = &self.links_json {
            let json = serde_json::to_vec_pretty(&links)?;
            std::fs::write(path, json)
                .map_err(|error| format!("--links-json {}: {error}", path.display()))?;
        }
        if self.fill_only {
            return Ok(());
        }
        show(&links);
        serve::run(database, self.settings, stop, true).await
    }
}

#[expect(clippy::print_stdout, reason = "the links are what people start the demo for")]
fn show(links: &Links) {
    println!("{}", describe(links));
}

fn describe(links: &Links) -> String {
    let mut text = String::new();
    // Writing to a text doesn't fail.
    for organization in &links.organizations {
        let contact = &organization.contact;
        let _ = writeln!(text, "\n{}", organization.name);
        let _ = writeln!(text, "  client   {} ({}), signs in once by", contact.name, contact.client);
        let _ = writeln!(text, "           {}", contact.link);
        for (index, member) in organization.members.iter().enumerate() {
            let side = if index == 0 { "staff" } else { "" };
            let _ = writeln!(text, "  {side:<8} {:<34} {} ({})", member.email, member.name, member.role);
        }
    }
    let Links { url, console, password, switcher, .. } = links;
    let _ = write!(
        text,
        "\nStaff sign in at {console} with the password: {password}\n\
         {switcher} is a contact of two organizations; a link to sign in with is mailed to the console's mailbox.\n\
         Everything is made up, payments go to a sandbox, mail stays in the mailbox. Open {url}\n"
    );
    text
}
