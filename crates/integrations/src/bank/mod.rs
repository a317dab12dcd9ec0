//! What banks send: statements of accounts. Nothing is asked of a bank; a person brings the file.

pub mod camt053;

use chrono::NaiveDate;
use domain::money::Money;

/// Money on a statement, booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the file, from 1.
    pub place: u64,
    /// The account: its IBAN, or how the bank names it.
    pub account: String,
    /// The bank's own reference of it.
    pub reference: Option<String>,
    /// When it was booked.
    pub booked_on: NaiveDate,
    /// How much; below zero, if it went out.
    pub amount: Money,
    /// Whether the bank took back an earlier entry.
    pub reversal: bool,
    /// The other side, as its bank named it.
    pub counterparty_name: String,
    /// The other side's account.
    pub counterparty_iban: Option<String>,
    /// A structured reference, if one was given.
    pub creditor_reference: Option<String>,
    /// What was written.
    pub remittance: String,
}

/// An entry that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its place in the file.
    pub place: u64,
    /// Stable code of the reason.
    pub code: &'static str,
    /// The reason, in English.
    pub reason: String,
}

/// What a file tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    /// What was booked, in and out, in the file's order.
    pub entries: Vec<Entry>,
    /// What can't be taken.
    pub refused: Vec<Refused>,
    /// How many entries the bank has not booked yet.
    pub pending: u64,
}
