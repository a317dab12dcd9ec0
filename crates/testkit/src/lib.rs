//! What tests of several crates share. A development dependency only: nothing that ships may use it.
//!
//! [`TestDatabase`] gives a test a migrated database of its own; see [`database`] for how that is quick.

pub mod database;

pub use database::TestDatabase;
