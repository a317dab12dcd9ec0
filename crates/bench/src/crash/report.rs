use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::checks::Rest;
use super::installation::Outage;
use super::known::Told;

/// How a run went.
#[derive(Debug)]
pub struct Report {
    /// How many operations were wanted.
    pub operations: usize,
    /// By how many at a time.
    pub connections: usize,
    /// What the dice began with.
    pub seed: u64,
    /// How long it took, outages included.
    pub took: Duration,
    /// The crashes.
    pub(crate) outages: Vec<Outage>,
    /// Questions that had to be asked again.
    pub asked_again: usize,
    /// How often each kind was done and refused, and why.
    pub(crate) kinds: (BTreeMap<&'static str, [usize; 2]>, BTreeMap<String, usize>),
    /// What was answered.
    pub(crate) told: Told,
    /// What is in the books.
    pub(crate) rest: Rest,
    /// What `portico verify` said.
    pub agreed: Vec<String>,
    /// What is wrong.
    pub wrong: Vec<String>,
}

impl Report {
    /// How many operations were done or refused.
    pub fn answered(&self) -> usize {
        self.kinds.0.values().flatten().sum()
    }

    /// How many were refused.
    pub fn refused(&self) -> usize {
        self.kinds.0.values().map(|[_, refused]| refused).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<34}{:>8}{:>9}", "", "done", "refused")?;
        for (kind, [done, refused]) in &self.kinds.0 {
            writeln!(f, "{kind:<34}{done:>8}{refused:>9}")?;
        }
        writeln!(f)?;
        let codes: Vec<String> = self.kinds.1.iter().map(|(code, times)| format!("{code} {times}")).collect();
        writeln!(f, "refused as: {}", codes.join(", "))?;
        writeln!(
            f,
            "{} operations over {} connections in {:.0} s (seed {}), {} questions asked again",
            self.answered(),
            self.connections,
            self.took.as_secs_f64(),
            self.seed,
            self.asked_again,
        )?;
        for outage in &self.outages {
            let what = if outage.with_postgres { "portico and PostgreSQL" } else { "portico" };
            writeln!(f, "{what} killed; answering again after {:.1} s", outage.lasted.as_secs_f64())?;
        }
        let Told { bills, recorded, taken, given_back } = self.told;
        writeln!(
            f,
            "answered: {bills} invoices issued, {recorded} payments recorded, {taken} taken by the sandbox, {given_back} refunds"
        )?;
        let Rest { payments, invoices, events } = self.rest;
        writeln!(
            f,
            "in the books: {invoices} invoices, {payments} payments, {events} events of the provider"
        )?;
        for line in &self.agreed {
            writeln!(f, "verify: {line}")?;
        }
        match self.wrong.as_slice() {
            [] => write!(f, "nothing is wrong"),
            wrong => {
                writeln!(f, "WRONG:")?;
                for one in wrong {
                    writeln!(f, "  {one}")?;
                }
                Ok(())
            }
        }
    }
}
