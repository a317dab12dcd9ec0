//! Bringing what a business has in tables.

pub mod console;

use domain::imports::{ImportField, ImportKind, ImportReport, ImportRequest, ImportSummary};
use domain::page::Page;
use serde::Serialize;

use crate::api::{self, Answer, Intent};
use crate::t::imports as texts;

#[derive(Serialize)]
struct Part {
    cursor: Option<String>,
}

async fn list(cursor: Option<String>) -> Answer<Page<ImportSummary>> {
    api::get_with("/imports", &Part { cursor }).await
}

async fn find(id: &str) -> Answer<ImportReport> {
    api::get(&format!("/imports/{id}")).await
}

/// Says what an import would do, and does nothing.
async fn preview(body: &ImportRequest) -> Answer<ImportReport> {
    api::ask("/imports/preview", body).await
}

async fn perform(body: &ImportRequest, intent: Intent) -> Answer<ImportReport> {
    api::post("/imports", body, intent).await
}

async fn undo(id: &str) -> Answer<ImportReport> {
    api::act(&format!("/imports/{id}/undo"), Intent::new()).await
}

/// What a file holds, by its name; clients unless it says otherwise.
fn guess_kind(name: &str) -> ImportKind {
    let name = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&["line", "item", "position"]) {
        ImportKind::InvoiceLines
    } else if has(&["invoice", "rechnung", "bill"]) {
        ImportKind::Invoices
    } else if has(&["contact", "kontakt", "people", "person"]) {
        ImportKind::Contacts
    } else {
        ImportKind::Clients
    }
}

fn kind_text(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Clients => texts::kind::clients(),
        ImportKind::Contacts => texts::kind::contacts(),
        ImportKind::Invoices => texts::kind::invoices(),
        ImportKind::InvoiceLines => texts::kind::invoice_lines(),
    }
}

fn field_text(field: ImportField) -> &'static str {
    match field {
        ImportField::ExternalId => texts::field::external_id(),
        ImportField::Name => texts::field::name(),
        ImportField::FirstName => texts::field::first_name(),
        ImportField::LastName => texts::field::last_name(),
        ImportField::Email => texts::field::email(),
        ImportField::Phone => texts::field::phone(),
        ImportField::JobTitle => texts::field::job_title(),
        ImportField::Street => texts::field::street(),
        ImportField::Extra => texts::field::extra(),
        ImportField::PostalCode => texts::field::postal_code(),
        ImportField::City => texts::field::city(),
        ImportField::Region => texts::field::region(),
        ImportField::Country => texts::field::country(),
        ImportField::TaxNumber => texts::field::tax_number(),
        ImportField::InternalNote => texts::field::internal_note(),
        ImportField::Client => texts::field::client(),
        ImportField::Number => texts::field::number(),
        ImportField::IssuedOn => texts::field::issued_on(),
        ImportField::DueOn => texts::field::due_on(),
        ImportField::Currency => texts::field::currency(),
        ImportField::Total => texts::field::total(),
        ImportField::Reference => texts::field::reference(),
        ImportField::Note => texts::field::note(),
        ImportField::Invoice => texts::field::invoice(),
        ImportField::Description => texts::field::description(),
        ImportField::Detail => texts::field::detail(),
        ImportField::Quantity => texts::field::quantity(),
        ImportField::Unit => texts::field::unit(),
        ImportField::UnitPrice => texts::field::unit_price(),
        ImportField::TaxName => texts::field::tax_name(),
        ImportField::TaxRate => texts::field::tax_rate(),
    }
}

#[cfg(test)]
mod tests {
    use super::{ImportKind, guess_kind};

    #[test]
    fn kinds_are_guessed_by_name() {
        assert_eq!(guess_kind("invoice_lines.csv"), ImportKind::InvoiceLines);
        assert_eq!(guess_kind("Rechnungspositionen.csv"), ImportKind::InvoiceLines);
        assert_eq!(guess_kind("Invoices 2025.csv"), ImportKind::Invoices);
        assert_eq!(guess_kind("customers.csv"), ImportKind::Clients);
        assert_eq!(guess_kind("Kontakte.csv"), ImportKind::Contacts);
    }
}
