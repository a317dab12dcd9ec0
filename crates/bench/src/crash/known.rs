use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rand::Rng;
use rand::rngs::StdRng;

/// An issued invoice.
#[derive(Debug)]
pub struct Bill {
    /// Whose: the place in the run's offices.
    pub office: usize,
    /// Its id.
    pub id: String,
    /// Its client.
    pub client: String,
    /// Its number, as it was answered.
    pub number: String,
    /// A link that opens it, once there is one.
    pub guest: OnceLock<String>,
}

/// Money that is in the books, as the answer said.
#[derive(Debug)]
pub struct Booked {
    /// Whose.
    pub office: usize,
    /// The payment's id.
    pub id: String,
    /// Our own reference on it; empty for the sandbox's.
    pub reference: String,
    /// How much.
    pub minor: i64,
}

/// An attempt to pay by the sandbox.
#[derive(Debug)]
pub struct Try {
    /// Whose.
    pub office: usize,
    /// Its id.
    pub id: String,
    /// The link of one who may look at it.
    pub guest: String,
    /// How much.
    pub minor: i64,
    /// Whether the sandbox said that the money is there.
    pub taken: OnceLock<()>,
}

/// Money that was given back, as the answer said.
#[derive(Debug)]
pub struct GivenBack {
    /// Whose.
    pub office: usize,
    /// Of which payment.
    pub payment: String,
    /// The refund's id.
    pub id: String,
}

/// A number that was answered: whose, of which series.
pub type Numbered = (usize, &'static str, String);

#[derive(Debug, Default)]
struct Lists {
    bills: Vec<Arc<Bill>>,
    booked: Vec<Arc<Booked>>,
    tries: Vec<Arc<Try>>,
    given_back: Vec<GivenBack>,
    numbers: Vec<Numbered>,
    deposits: Vec<(usize, String)>,
    tally: BTreeMap<&'static str, [usize; 2]>,
    refusals: BTreeMap<String, usize>,
}

/// What was answered so far: what there is to go on with, and what must be in the books in the end.
#[derive(Debug, Default)]
pub struct Known(Mutex<Lists>);

/// How much of it was answered.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// Issued invoices.
    pub bills: usize,
    /// Payments recorded by hand.
    pub recorded: usize,
    /// Payments of which the sandbox said that the money is there.
    pub taken: usize,
    /// Refunds.
    pub given_back: usize,
}

impl Known {
    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An invoice was issued.
    pub fn bill(&self, bill: Bill) {
        let mut lists = self.lists();
        lists.numbers.push((bill.office, "invoice", bill.number.clone()));
        lists.bills.push(Arc::new(bill));
    }

    /// Money was booked.
    pub fn book(&self, booked: Booked) {
        self.lists().booked.push(Arc::new(booked));
    }

    /// Somebody began to pay; one who joined gets the attempt that is known.
    pub fn attempt(&self, new: Try) -> Arc<Try> {
        let mut lists = self.lists();
        if let Some(known) = lists.tries.iter().find(|known| known.id == new.id) {
            return Arc::clone(known);
        }
        let new = Arc::new(new);
        lists.tries.push(Arc::clone(&new));
        new
    }

    /// Money was given back, or will be.
    pub fn give_back(&self, given: GivenBack) {
        self.lists().given_back.push(given);
    }

    /// Something else got a number.
    pub fn number(&self, office: usize, series: &'static str, number: String) {
        self.lists().numbers.push((office, series, number));
    }

    /// A quote was accepted, and its deposit billed.
    pub fn deposit(&self, office: usize, quote: String) {
        self.lists().deposits.push((office, quote));
    }

    /// An operation was answered; with a code, where it was refused.
    pub fn count(&self, kind: &'static str, refused: Option<&str>) {
        let mut lists = self.lists();
        lists.tally.entry(kind).or_default()[usize::from(refused.is_some())] += 1;
        if let Some(code) = refused {
            *lists.refusals.entry(code.to_owned()).or_default() += 1;
        }
    }

    /// Any invoice; the newest are the likelier ones, so that several meet at the same.
    pub fn any_bill(&self, dice: &mut StdRng) -> Option<Arc<Bill>> {
        any(&self.lists().bills, dice)
    }

    /// Any payment.
    pub fn any_booked(&self, dice: &mut StdRng) -> Option<Arc<Booked>> {
        any(&self.lists().booked, dice)
    }

    /// Any attempt.
    pub fn any_try(&self, dice: &mut StdRng) -> Option<Arc<Try>> {
        any(&self.lists().tries, dice)
    }

    /// All invoices.
    pub fn bills(&self) -> Vec<Arc<Bill>> {
        self.lists().bills.clone()
    }

    /// All payments.
    pub fn booked(&self) -> Vec<Arc<Booked>> {
        self.lists().booked.clone()
    }

    /// All attempts.
    pub fn tries(&self) -> Vec<Arc<Try>> {
        self.lists().tries.clone()
    }

    /// All refunds: whose, of which payment, and their ids.
    pub fn given_back(&self) -> Vec<(usize, String, String)> {
        let lists = self.lists();
        lists.given_back.iter().map(|one| (one.office, one.payment.clone(), one.id.clone())).collect()
    }

    /// All numbers.
    pub fn numbers(&self) -> Vec<Numbered> {
        self.lists().numbers.clone()
    }

    /// All accepted quotes with a deposit.
    pub fn deposits(&self) -> Vec<(usize, String)> {
        self.lists().deposits.clone()
    }

    /// How often each kind was done and refused, and the codes of refusals.
    pub fn tally(&self) -> (BTreeMap<&'static str, [usize; 2]>, BTreeMap<String, usize>) {
        let lists = self.lists();
        (lists.tally.clone(), lists.refusals.clone())
    }

    /// How much was answered.
    pub fn told(&self) -> Told {
        let lists = self.lists();
        Told {
            bills: lists.bills.len(),
            recorded: lists.booked.len(),
            taken: lists.tries.iter().filter(|one| one.taken.get().is_some()).count(),
            given_back: lists.given_back.len(),
        }
    }
}

fn any<T>(all: &[Arc<T>], dice: &mut StdRng) -> Option<Arc<T>> {
    if all.is_empty() {
        return None;
    }
    // Half of the time one of the last forty.
    let from = if dice.random_bool(0.5) { all.len().saturating_sub(40) } else { 0 };
    Some(Arc::clone(&all[dice.random_range(from..all.len())]))
}
