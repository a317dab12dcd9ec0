use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::Result;
use crate::asked::{Asked, Callers, same};
use crate::database::{self, Database};
use crate::load::{Effort, Load, drive};
use crate::report::{Report, count};
use crate::server::Server;
use crate::stats::{Rounds, median};

/// Connections to the database: what `portico serve` keeps, where nothing is said.
const CONNECTIONS: u32 = 16;
/// How often a start is measured.
const STARTS: usize = 5;

/// How to measure.
#[derive(Debug, Args)]
pub struct Run {
    /// How many times the demo the big database is; 1000 makes a million invoices
    #[arg(long, default_value_t = 1000)]
    scale: u32,

    /// Rounds of each comparison
    #[arg(long, default_value_t = 7)]
    rounds: u32,

    /// Seconds that each side is asked in each round
    #[arg(long, default_value_t = 2)]
    seconds: u64,

    /// Connections that ask at the same time
    #[arg(long, default_value_t = 16)]
    connections: usize,

    /// What to measure, several with commas between; everything if absent
    #[arg(long, value_delimiter = ',')]
    only: Vec<Asked>,

    /// With `--only`: what moves money, too
    #[arg(long)]
    money: bool,

    /// Folder in which the databases are kept between runs
    #[arg(long, default_value_os_t = database::folder())]
    folder: PathBuf,
}

impl Run {
    #[expect(clippy::print_stdout, reason = "the table is what the benchmark is for")]
    pub async fn run(self) -> Result<()> {
        let portico = std::env::current_exe()?.with_file_name("portico");
        let small = Database::start(&portico, &database::prepare(&self.folder, 1)?, 1).await?;
        let big =
            Database::start(&portico, &database::prepare(&self.folder, self.scale)?, self.scale).await?;
        let wanted = if self.only.is_empty() { Asked::value_variants() } else { self.only.as_slice() };
        let mut report = Report::default();
        let server = Server::portico(&portico, &big).await?;
        let mut callers = Callers::enter(&server.target, &big.links).await?;
        let arguments = {
            let mut arguments = callers.introduce().await?;
            arguments.extend(["--connections".to_owned(), CONNECTIONS.to_string()]);
            arguments
        };

        let bare = Server::bare(&arguments, &big).await?;
        report.part(&format!("{} invoices", count_of(big.invoices)), "portico", "bare");
        let mut memory = [f64::NAN; 2];
        for asked in wanted.iter().copied().filter(|asked| asked.has_bare()) {
            say(&format!("{}, beside the bare handler", asked.name()));
            let ours = callers.load(asked).await?;
            let theirs = Load { target: ours.target.at(&bare.target), paths: ours.paths.clone() };
            same(&ours, &theirs).await?;
            report.beside(asked.name(), &self.alternate([&ours, &theirs]).await?);
            memory = [&server, &bare].map(Server::resident).map(|bytes| bytes.unwrap_or(f64::NAN));
        }
        report.memory(memory);

        say("starts");
        let (mut starts, mut bare_starts) = (vec![server.start], vec![bare.start]);
        server.stop().await?;
        bare.stop().await?;
        for _ in 1..STARTS {
            let (server, bare) =
                (Server::portico(&portico, &big).await?, Server::bare(&arguments, &big).await?);
            starts.push(server.start);
            bare_starts.push(bare.start);
            server.stop().await?;
            bare.stop().await?;
        }
        let [ours, theirs] =
            [starts, bare_starts].map(|starts| median(starts.iter().map(Duration::as_secs_f64)));
        report.start(ours, theirs);

        let (few, many) = (Server::portico(&portico, &small).await?, Server::portico(&portico, &big).await?);
        let mut of_few = Callers::enter(&few.target, &small.links).await?;
        callers = callers.move_to(&many.target);
        let [few_count, many_count] = [small.invoices, big.invoices].map(count_of);
        report.part("invoices", &few_count, &many_count);
        for asked in wanted.iter().copied() {
            say(&format!("{}, few invoices beside many", asked.name()));
            let loads = [&of_few.load(asked).await?, &callers.load(asked).await?];
            report.growth(asked.name(), &self.alternate(loads).await?);
        }
        few.stop().await?;
        if self.only.is_empty() || self.money {
            say("what moves money");
            crate::money::measure(&many.target, &big, &mut report).await?;
        }
        many.stop().await?;
        small.stop().await;
        big.stop().await;
        println!("{report}");
        println!(
            "{} connections ask {} rounds of {} s; the numbers are the rounds' medians, ratios are taken within rounds.",
            self.connections, self.rounds, self.seconds
        );
        Ok(())
    }

    /// Asks two sides in turn, each first as often as the other.
    async fn alternate(&self, loads: [&Load; 2]) -> Result<Rounds> {
        let effort = Effort { connections: self.connections, time: Duration::from_secs(self.seconds) };
        for load in loads {
            drive(load, effort).await?;
        }
        let mut rounds = Rounds::default();
        for round in 0..self.rounds {
            rounds.push(if round % 2 == 0 {
                let first = drive(loads[0], effort).await?;
                [first, drive(loads[1], effort).await?]
            } else {
                let second = drive(loads[1], effort).await?;
                [drive(loads[0], effort).await?, second]
            });
        }
        Ok(rounds)
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^52 invoices")]
fn count_of(invoices: i64) -> String {
    count(invoices as f64)
}

#[expect(clippy::print_stderr, reason = "a command tells its user how far it is")]
fn say(what: &str) {
    eprintln!("measuring: {what}");
}
