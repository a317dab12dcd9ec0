//! Invoices: drafts, issued documents, lists of them, links to them, and what settles them.

mod draft;
mod figures;
mod find;
pub mod guest_links;
mod issue;
mod list;
mod schedule;
mod settle;
pub mod tax_rates;
mod views;

pub use draft::{Computed, delete, insert, update};
pub use figures::{figures, fold_figures};
pub(crate) use find::balance;
pub use find::{find, find_document, is_issued, recipients};
pub use issue::{Issue, issue, take_number, void};
pub(crate) use issue::{go_on_after, next_number};
pub use list::{list, to_pay};
pub(crate) use schedule::PartRow;
pub use schedule::mark;
pub use settle::{Locked, lock, mark_disputed, pay, settle, undo_write_off, unpay, write_off};
pub(crate) use settle::{owe_again, sum};
pub use views::record_view;
