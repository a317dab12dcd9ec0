use server::clock::Clock;
use server::config::Settings;
use store::{Reason, Store, ledger, organizations};

use super::database::Database;
use super::progress::Progress;
use super::{Result, prepare};

/// `portico verify`: compares what is kept for quick reading with the ledger and the lines; every
/// disagreement is a line, and any makes the command fail.
pub async fn run(settings: Settings) -> Result {
    prepare(&settings)?;
    let database = Database::open(&settings).await?;
    let outcome = verify(&database.store).await;
    database.close().await;
    match outcome? {
        0 => Ok(()),
        1 => Err("one disagreement".into()),
        count => Err(format!("{count} disagreements").into()),
    }
}

#[expect(clippy::print_stdout, reason = "what the command found is its output")]
async fn verify(store: &Store) -> Result<usize> {
    let now = Clock::System.now();
    let organizations = {
        let mut tx = store.begin_system(Reason::Operator, now).await?;
        organizations::list(&mut tx).await?.items
    };
    let mut disagreements = 0;
    for (id, slug) in organizations {
        let mut tx = store.begin_worker(id, Reason::Operator, now).await?;
        let rows = ledger::size(&mut tx).await?;
        let found = {
            let progress = Progress::new(slug.to_string(), rows);
            ledger::verify(&mut tx, &mut |rows| progress.advance(rows)).await?
        };
        match found.len() {
            0 => println!("{slug}: {rows} invoices, payments and clients agree with the ledger"),
            _ => println!("{slug}: not everything agrees with the ledger"),
        }
        for disagreement in &found {
            println!("  {disagreement}");
        }
        disagreements += found.len();
    }
    Ok(disagreements)
}
