//! What an import would do, row by row. Nothing is read or written here: it works on the files' rows and
//! on what is known to be here already, so trying an import and doing it come to the same.

mod clients;
mod directory;
mod invoices;

use chrono::{DateTime, Utc};
use domain::imports::{ImportKind, ImportRow, RowOutcome};
use domain::money::Currency;
use domain::tax::Tax;
use domain::totals::{PriceMode, Rounding};
use store::imports::{Keys, Known, NewClientRow, NewContactRow, NewInvoiceRow, NewLineRow};

use self::directory::Directory;
use super::rows::{ClientRow, ContactRow, InvoiceRow, LineRow, Refusal, Source};

/// The rows of all files, by kind; `None` where no such file is given.
#[derive(Debug, Default)]
pub struct Files {
    /// Clients.
    pub clients: Option<Vec<Source<ClientRow>>>,
    /// Contacts.
    pub contacts: Option<Vec<Source<ContactRow>>>,
    /// Invoices.
    pub invoices: Option<Vec<Source<InvoiceRow>>>,
    /// Lines, each with the invoice it names.
    pub lines: Option<Vec<(String, Source<LineRow>)>>,
}

/// The organization's habits, which fill in what files leave out.
#[derive(Debug)]
pub struct Habits {
    /// Currency of amounts whose row names none.
    pub currency: Currency,
    /// Days to pay.
    pub terms_days: u16,
    /// Where tax is rounded.
    pub rounding: Rounding,
    /// Whether prices include tax.
    pub price_mode: PriceMode,
    /// Its taxes, which name those that have only a rate.
    pub taxes: Vec<Tax>,
    /// When it happens.
    pub now: DateTime<Utc>,
}

/// What is to be written, and what to report.
#[derive(Debug, Default)]
pub struct Plan {
    /// Clients to create.
    pub clients: Vec<NewClientRow>,
    /// Contacts to create.
    pub contacts: Vec<NewContactRow>,
    /// Invoices to create.
    pub invoices: Vec<NewInvoiceRow>,
    /// Their lines.
    pub lines: Vec<NewLineRow>,
    /// What happens to each row of each kind of file, in the file's order.
    pub rows: Vec<(ImportKind, Vec<ImportRow>)>,
}

impl Files {
    /// By what their rows could be here already.
    pub fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        for row in self.clients.iter().flatten().filter_map(|source| source.value.as_ref().ok()) {
            keys.client_external_ids.push(row.external_id.to_string());
            keys.client_names.push(directory::name_key(row.name.as_str()));
            keys.emails.extend(row.contact.iter().map(|(_, email)| email.to_string()));
        }
        let contacts = self.contacts.iter().flatten().filter_map(|source| source.value.as_ref().ok());
        for row in contacts {
            keys.emails.push(row.email.to_string());
            keys.client_external_ids.push(row.client.clone());
            keys.client_names.push(directory::name_key(&row.client));
        }
        for row in self.invoices.iter().flatten().filter_map(|source| source.value.as_ref().ok()) {
            keys.invoice_external_ids.push(row.external_id.to_string());
            keys.invoice_numbers.push(row.number.to_string());
            keys.client_external_ids.push(row.client.clone());
            keys.client_names.push(directory::name_key(&row.client));
        }
        for (invoice, _) in self.lines.iter().flatten() {
            keys.invoice_external_ids.push(invoice.clone());
            keys.invoice_numbers.push(invoice.clone());
        }
        for list in [
            &mut keys.client_external_ids,
            &mut keys.client_names,
            &mut keys.emails,
            &mut keys.invoice_external_ids,
            &mut keys.invoice_numbers,
        ] {
            list.sort_unstable();
            list.dedup();
        }
        keys
    }
}

/// Decides about every row.
pub fn draw_up(files: Files, known: Known, habits: &Habits) -> Plan {
    let mut plan = Plan::default();
    let mut directory = Directory::new(known.clients, &known.contacts);
    if let Some(rows) = files.clients {
        let rows = rows.into_iter().map(|source| plan.client(&mut directory, source, habits)).collect();
        plan.rows.push((ImportKind::Clients, rows));
    }
    if let Some(rows) = files.contacts {
        let rows = rows.into_iter().map(|source| plan.contact(&mut directory, source, habits)).collect();
        plan.rows.push((ImportKind::Contacts, rows));
    }
    invoices::draw_up(&mut plan, &directory, files.invoices, files.lines, &known.invoices, habits);
    plan
}

/// Why a row of a file was decided on as it was.
#[derive(Debug)]
enum Verdict {
    Create(Option<Refusal>),
    Duplicate(Refusal),
    Refuse(Refusal),
}

fn report(line: u64, label: String, verdict: Verdict) -> ImportRow {
    let (outcome, why) = match verdict {
        Verdict::Create(why) => (RowOutcome::Create, why),
        Verdict::Duplicate(why) => (RowOutcome::Duplicate, Some(why)),
        Verdict::Refuse(why) => (RowOutcome::Refuse, Some(why)),
    };
    let (code, reason) = why.map(|why| (why.code.to_owned(), why.reason)).unzip();
    ImportRow { line, outcome, label, reason, code }
}
