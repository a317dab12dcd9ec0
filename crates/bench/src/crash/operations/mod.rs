//! What is done: each operation is one that staff or a client could ask for, with what they would know.

mod bill;
mod give_back;
mod pay;
mod quote;

use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::Run;
use super::caller::{Answer, Caller, Question};
use super::known::Bill;
use super::office::Office;
use crate::Result;

/// What became of an operation.
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused, as it has to be: the problem's code.
    Refused(String),
    /// There was nothing to do it with.
    Nothing,
}

/// Refusals that are right where others act at the same time, or the dice asked for too much.
const EXPECTED: [&str; 14] = [
    "conflict",
    "invoice_not_draft",
    "invoice_not_payable",
    "invoice_has_payments",
    "more_than_left",
    "quote_state",
    "quote_decided",
    "quote_changed",
    "attempt_open",
    "version_mismatch",
    "amount_not_allowed",
    "already_exists",
    "validation",
    "link_invalid",
];

impl Outcome {
    /// Of an answer; what must not be refused so is an error.
    fn of(answer: &Answer, what: &str) -> Result<Self> {
        if answer.ok() {
            return Ok(Self::Done);
        }
        if EXPECTED.contains(&answer.code()) {
            return Ok(Self::Refused(answer.code().to_owned()));
        }
        Err(format!("{what} was answered {}: {}", answer.status, answer.body).into())
    }
}

/// Kinds of operations and how often each is drawn.
const KINDS: [(&str, u32); 12] = [
    ("issue an invoice", 20),
    ("pay online", 24),
    ("look after an attempt", 8),
    ("repeat and mix webhooks", 8),
    ("record a payment", 14),
    ("refund", 6),
    ("spend credit", 6),
    ("credit note", 6),
    ("write off", 2),
    ("undo a write-off", 1),
    ("void", 2),
    ("quote, accepted, with a deposit", 3),
];

/// One of those who ask.
pub struct Worker {
    caller: Caller,
    run: Arc<Run>,
    dice: StdRng,
    name: usize,
    keys: usize,
}

impl Worker {
    /// With dice of its own.
    pub fn new(caller: Caller, run: Arc<Run>, seed: u64, name: usize) -> Self {
        let dice = StdRng::seed_from_u64(seed.wrapping_mul(1000).wrapping_add(name as u64));
        Self { caller, run, dice, name, keys: 0 }
    }

    /// Works until all operations are taken.
    pub async fn work(mut self) -> Result<()> {
        let run = Arc::clone(&self.run);
        let sum: u32 = KINDS.iter().map(|(_, weight)| weight).sum();
        while run.next().is_some() {
            let mut drawn = self.dice.random_range(0..sum);
            let (kind, _) = KINDS
                .into_iter()
                .find(|(_, weight)| {
                    let found = drawn < *weight;
                    drawn = drawn.saturating_sub(*weight);
                    found
                })
                .unwrap_or(KINDS[0]);
            let outcome = match kind {
                "issue an invoice" => self.issue().await,
                "pay online" => self.pay_online().await,
                "look after an attempt" => self.look_after().await,
                "repeat and mix webhooks" => self.mix_webhooks().await,
                "record a payment" => self.record().await,
                "refund" => self.refund().await,
                "spend credit" => self.spend_credit().await,
                "credit note" => self.credit_note().await,
                "write off" => self.write_off().await,
                "undo a write-off" => self.undo_write_off().await,
                "void" => self.void().await,
                _ => self.quote().await,
            };
            match outcome.map_err(|error| format!("{kind}: {error}"))? {
                Outcome::Done => run.known.count(kind, None),
                Outcome::Refused(code) => run.known.count(kind, Some(&code)),
                Outcome::Nothing => run.give_back(),
            }
        }
        Ok(())
    }

    fn office(&self, at: usize) -> &Office {
        &self.run.offices[at]
    }

    fn any_office(&mut self) -> usize {
        self.dice.random_range(0..self.run.offices.len())
    }

    /// A key that nobody else uses: what is asked again with it is done once.
    fn key(&mut self) -> String {
        self.keys += 1;
        format!("crash-{}-{}", self.name, self.keys)
    }

    /// Asks as staff.
    async fn staff(&mut self, office: usize, question: Question) -> Result<Answer> {
        let question = self.office(office).staff(question);
        self.caller.ask(&question).await
    }

    /// Asks as staff for something to be done, once.
    async fn once(&mut self, office: usize, path: String, body: &Value) -> Result<Answer> {
        let key = self.key();
        self.staff(office, Question::post(path, body).with("Idempotency-Key", key)).await
    }

    /// An invoice as it is now.
    async fn present(&mut self, bill: &Bill) -> Result<Value> {
        self.staff(bill.office, Question::get(format!("/api/v1/invoices/{}", bill.id))).await?.done()
    }

    /// A sum up to another, or all of it, or a little more.
    fn some_of(&mut self, minor: i64) -> i64 {
        match self.dice.random_range(0..10) {
            0..4 => minor,
            4..9 => self.dice.random_range(1..=minor.max(1)),
            _ => minor + self.dice.random_range(1..=5000),
        }
    }
}

/// An amount in JSON, in the currency of another.
fn amount(minor: i64, like: &Value) -> Value {
    json!({ "amount": minor, "currency": like["currency"] })
}

/// The minor units of an amount in JSON.
fn minor(value: &Value) -> i64 {
    value["amount"].as_i64().unwrap_or_default()
}

/// A text that must be there.
fn text(value: &Value) -> Result<String> {
    value.as_str().map(ToOwned::to_owned).ok_or_else(|| format!("a text is missing: {value}").into())
}
