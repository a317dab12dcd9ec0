//! What Portico is about, as types: identifiers, money, state machines, validation, the bodies of
//! requests and responses, and the catalogue of events.
//!
//! It does no I/O, reads no clock and draws no random number; time is a parameter. It is compiled
//! natively for the server and to WebAssembly for the two applications, so both sides validate and
//! add up with the same code. `OpenAPI` schemas sit behind the feature `openapi`, which the browser's
//! build leaves off, and nothing here may pull in the regex engine (it triples the smallest page).
//!
//! To add a feature: one file of its name with its ids, states, bodies and error enum; a variant for
//! each of its changes in [`events`]; a variant for each refusal in [`problem::Code`].

pub mod allocation;
pub mod automatic_charges;
pub mod bank;
pub mod clients;
#[cfg(feature = "sqlx")]
mod columns;
pub mod credits;
pub mod documents;
pub mod events;
pub mod identity;
pub mod ids;
pub mod imports;
pub mod invoices;
pub mod jobs;
pub mod late_fees;
pub mod mail;
pub mod money;
pub mod organizations;
pub mod page;
pub mod pages;
pub mod payments;
pub mod permission;
pub mod problem;
pub mod projects;
pub mod provider_amount;
pub mod quotes;
pub mod recurring;
pub mod refunds;
pub mod reminders;
pub mod saved_methods;
pub mod schedules;
pub mod statements;
pub mod tax;
pub mod text;
pub mod totals;
