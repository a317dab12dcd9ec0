//! Quotes: what is written, what was sent, what clients decided, and what is billed of it.

mod billing;
mod decide;
mod draft;
mod find;
pub mod guest_links;
mod list;
mod questions;
mod schedule;
mod send;
mod settings;
mod staff;

pub use billing::{BilledInvoice, billed, change_orders, invoices_of, link_invoice, mark_converted};
pub use decide::{Decided, Deciding, NewDecision, decide, find_decision, insert_decision, join_project};
pub use draft::{Step, Written, begin_version, delete, insert, set_approval, update};
pub use find::{Head, Locked, Version, approval, costs, head, lock, newest_visible, version, versions};
pub use list::{figures, list};
pub use questions::{answer, ask, find_question, questions_of};
pub use schedule::{note_expiry, note_reminder};
pub use send::{Sending, record_view, send, set_access_code, take_number, withdraw};
pub use settings::{find_settings, update_settings};
pub use staff::{Colleague, approvers, in_charge};
