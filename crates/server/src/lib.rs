//! The server behind `portico`: what happens when somebody asks for something.
//!
//! A feature is a folder of its name: `actions` (what it does, in an open transaction, shared by
//! handlers, jobs and webhooks), `http` (how it is called), `jobs` (what happens later). A handler reads
//! its inputs, opens the transaction with a caller and a permission, calls one action, commits and
//! answers. It never calls a vendor and never sends mail: actions enqueue jobs in the same transaction.
//!
//! To add a feature: its folder with `http::routes`, a line in [`api::routes`], its job kinds in
//! [`worker`]. Tests of HTTP are at the bottom of the handlers' files and go through `testing::TestApp`.

pub mod activity;
pub mod api;
mod app;
pub mod automatic_charges;
pub mod bank;
pub mod clients;
pub mod clock;
pub mod config;
pub mod credits;
pub mod demo;
pub mod documents;
pub mod exports;
pub mod health;
pub mod http;
pub mod identity;
pub mod imports;
pub mod invoices;
pub mod late_fees;
pub mod logging;
pub mod mail;
pub mod organizations;
pub mod pages;
pub mod payments;
mod picture;
pub mod problem;
pub mod projects;
pub mod quotes;
pub mod recurring;
pub mod reminders;
pub mod saved_methods;
pub mod secret_token;
pub mod serve;
pub mod statements;
pub mod vault;
pub mod worker;

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod walk;

pub use app::App;
