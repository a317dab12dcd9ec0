//! Invoices: drafts, issued documents, lists of them, and what settles them.

mod settle;

pub use settle::{Locked, lock, settle};
