//! Invoices at the console: the list with a panel beside it, the editor, and the page of an issued one.

mod document;
pub(crate) mod draft;
mod editor;
pub(crate) mod items;
pub(crate) mod line;
mod list;
mod page;
mod panel;
pub(crate) mod paper;
mod payment;
mod send;
mod void;

use domain::invoices::InvoiceSummary;
use domain::permission::Permission;
use leptos::prelude::*;
use ui::{Column, Figure, Icon};

use super::StatePill;
use crate::money::amount;
use crate::shell::console::ConsoleEntry;
use crate::t::invoices as texts;
use crate::time;

pub use draft::number;
pub use list::Invoices;
pub use page::InvoicePage;

/// In the rail.
pub const ENTRY: ConsoleEntry = ConsoleEntry {
    icon: Icon::File,
    label: texts::title,
    path: "/console/invoices",
    permission: Permission::ViewInvoices,
};

/// Columns where the client is known already.
pub fn columns_of_client() -> Vec<Column<InvoiceSummary>> {
    vec![
        Column::main(texts::number(), name, |row: &InvoiceSummary| format!("/console/invoices/{}", row.id)),
        Column::meta(texts::due(), |row: &InvoiceSummary| time::day_short(row.due_on)),
        state_column(),
        amount_column(),
    ]
}

/// What an invoice is called: its number, or that it is a draft.
fn name(row: &InvoiceSummary) -> String {
    row.number.clone().unwrap_or_else(|| texts::state::draft().to_owned())
}

fn state_column() -> Column<InvoiceSummary> {
    Column::state(texts::state_title(), |row: &InvoiceSummary| {
        view! { <StatePill status=row.status overdue=row.overdue due_on=row.due_on/> }
    })
}

fn amount_column() -> Column<InvoiceSummary> {
    Column::amount(texts::amount(), |row: &InvoiceSummary| {
        let void = row.status == domain::invoices::InvoiceStatus::Void;
        view! { <Figure amount=amount(row.total) void/> }
    })
}
