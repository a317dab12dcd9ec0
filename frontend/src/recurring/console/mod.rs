//! Invoices that come again, at the console: the list, the page of one, writing it.

mod editor;
mod list;
mod page;
mod schedule;
mod section;

use domain::permission::Permission;
use ui::Icon;

use crate::shell::console::ConsoleEntry;
use crate::t::recurring as texts;

pub use editor::{EditRecurringPage, NewRecurringPage};
pub use list::RecurringInvoices;
pub use page::RecurringPage;
pub use section::RecurringOfClient;

/// In the rail.
pub const ENTRY: ConsoleEntry = ConsoleEntry {
    icon: Icon::Repeat,
    label: texts::title,
    path: "/console/recurring",
    permission: Permission::ViewInvoices,
};
