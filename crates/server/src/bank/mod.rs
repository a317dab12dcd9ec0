//! Bank transfers: telling clients how, reading the bank's statements, and finding what the money is for.
//!
//! A statement's money is kept once, however often it is brought. What it pays is suggested, and a person
//! confirms it: then it is booked by the very path of money that staff record by hand.

mod columns;
mod decide;
mod http;
mod instructions;
mod matching;
mod statement;
#[cfg(test)]
mod tests;

pub use decide::{ignore, pair};
pub use http::routes;
pub use matching::suggest;
pub use statement::import;
