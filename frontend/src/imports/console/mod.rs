//! The import at the console: files in, what they would do row by row, done, undone.

mod files;
mod history;
mod new;
mod report;

use domain::permission::Permission;
use ui::Icon;

use crate::shell::console::ConsoleEntry;
use crate::t::imports as texts;

pub use history::ImportPage;
pub use new::Imports;

/// In the rail.
pub const ENTRY: ConsoleEntry = ConsoleEntry {
    icon: Icon::Upload,
    label: texts::title,
    path: "/console/imports",
    permission: Permission::ImportData,
};
