//! Clients at the console: the list, a new one, and a client's page.

mod choice;
mod contacts;
mod details;
mod list;
mod new;
mod page;

use domain::permission::Permission;
use ui::Icon;

use crate::shell::console::ConsoleEntry;
use crate::t::clients as texts;

pub use choice::{ClientChoice, ClientField};
pub use list::Clients;
pub use new::NewClientPage;
pub use page::ClientPage;

/// In the rail.
pub const ENTRY: ConsoleEntry = ConsoleEntry {
    icon: Icon::Clients,
    label: texts::title,
    path: "/console/clients",
    permission: Permission::ViewClients,
};

/// The label of a client's field.
fn label(field: &str) -> Option<&'static str> {
    match field {
        "name" => Some(crate::t::common::name()),
        "kind" => Some(texts::kind()),
        "external_id" => Some(texts::external_id()),
        "phone" => Some(texts::phone()),
        "address" => Some(texts::address_title()),
        "tax_number" => Some(texts::tax_number()),
        "internal_note" => Some(texts::internal_note()),
        _ => None,
    }
}
