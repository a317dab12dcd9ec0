use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, ValueEnum};
use domain::imports::{
    DateOrder, ImportField, ImportFile, ImportFileReport, ImportId, ImportKind, ImportReport, ImportRequest,
    RowOutcome,
};
use domain::money::Currency;
use domain::text::Slug;
use server::clock::Clock;
use server::config::Settings;
use server::imports::actions;
use store::{Reason, Tx};

use super::database::Database;
use super::{Result, prepare};

/// Rows of each outcome that are printed of a file.
const PRINTED: usize = 20;

/// `portico import`.
#[derive(Debug, Args)]
#[command(after_help = "\
Files are CSV with headings: UTF-8, UTF-16 or Windows-1252, separated by commas, semicolons or tabs.
What headings mean is guessed; a mapping in TOML says it where the guess is wrong:

  [clients]
  \"Customer no.\" = \"external_id\"
  \"Firm\" = \"name\"

Meanings of clients: external_id name first_name last_name email phone street extra postal_code city region country
tax_number internal_note; of contacts: client first_name last_name name email phone job_title; of invoices: external_id
number client issued_on due_on currency total reference note; of lines ([invoice_lines]): invoice description detail
quantity unit unit_price tax_name tax_rate.

Exit code 1: nothing could be taken, or something went wrong.")]
pub struct Import {
    #[command(flatten)]
    settings: Settings,

    /// The organization's name in addresses
    #[arg(long, value_name = "SLUG")]
    organization: Slug,

    /// File of clients, each row perhaps with a contact
    #[arg(long, value_name = "FILE")]
    clients: Option<PathBuf>,

    /// File of contacts
    #[arg(long, value_name = "FILE")]
    contacts: Option<PathBuf>,

    /// File of invoices
    #[arg(long, value_name = "FILE")]
    invoices: Option<PathBuf>,

    /// File of invoices' lines
    #[arg(long, value_name = "FILE")]
    lines: Option<PathBuf>,

    /// What columns mean, in TOML
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,

    /// Currency of amounts that name none; the organization's if absent
    #[arg(long, value_name = "CODE")]
    currency: Option<Currency>,

    /// How dates such as 03/04/2026 are meant
    #[arg(long, value_name = "ORDER")]
    date_order: Option<Order>,

    /// Let the new contacts sign in to the portal
    #[arg(long)]
    portal_access: bool,

    /// Say what would happen, and write nothing
    #[arg(long)]
    dry_run: bool,

    /// Take an earlier import back
    #[arg(long, value_name = "IMPORT", conflicts_with_all = ["clients", "contacts", "invoices", "lines", "dry_run"])]
    undo: Option<ImportId>,
}

/// Which comes first in a date.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Order {
    DayFirst,
    MonthFirst,
}

type Mappings = BTreeMap<ImportKind, BTreeMap<String, ImportField>>;

impl Import {
    pub async fn run(self) -> Result {
        prepare(&self.settings)?;
        let request = if self.undo.is_some() { None } else { Some(Arc::new(self.request()?)) };
        let database = Database::open(&self.settings).await?;
        let outcome = self.work(&database, request).await;
        database.close().await;
        outcome
    }

    #[expect(clippy::print_stdout, reason = "the report is what the command is for")]
    async fn work(&self, database: &Database, request: Option<Arc<ImportRequest>>) -> Result {
        let Some(request) = request else {
            let mut tx = self.begin(database).await?;
            let id = self.undo.ok_or("--undo: needs an import")?;
            actions::undo(&mut tx, id).await?;
            tx.commit().await?;
            println!("The import {id} is undone.");
            return Ok(());
        };
        // Files are read before the transaction begins.
        let prepared = actions::prepare(request).await?;
        let mut tx = self.begin(database).await?;
        let report = if self.dry_run {
            actions::preview(&mut tx, &prepared).await?
        } else {
            actions::perform(&mut tx, &prepared).await?
        };
        tx.commit().await?;
        println!("{}", describe(&report, (!self.dry_run).then_some(&self.organization)));
        let taken = report.files.iter().any(|file| file.created + file.duplicates > 0);
        let rows: u64 = report.files.iter().map(|file| file.rows).sum();
        if taken || rows == 0 { Ok(()) } else { Err("no row could be taken".into()) }
    }

    async fn begin(&self, database: &Database) -> Result<Tx> {
        let now = Clock::System.now();
        let mut tx = database.store.begin_system(Reason::Operator, now).await?;
        let organization = store::organizations::by_slug(&mut tx, &self.organization)
            .await
            .map_err(|error| format!("--organization {}: {error}", self.organization))?;
        drop(tx);
        Ok(database.store.begin_worker(organization, Reason::Operator, now).await?)
    }

    fn request(&self) -> Result<ImportRequest> {
        let mut mappings = self.mappings()?;
        let given = [
            (ImportKind::Clients, &self.clients),
            (ImportKind::Contacts, &self.contacts),
            (ImportKind::Invoices, &self.invoices),
            (ImportKind::InvoiceLines, &self.lines),
        ];
        let mut files = Vec::new();
        for (kind, path) in given {
            let Some(path) = path else { continue };
            files.push(ImportFile {
                kind,
                name: path
                    .file_name()
                    .unwrap_or(path.as_os_str())
                    .to_string_lossy()
                    .into_owned()
                    .try_into()?,
                content: STANDARD.encode(read(path)?),
                mapping: mappings.remove(&kind),
            });
        }
        if files.is_empty() {
            return Err("give at least one of --clients, --contacts, --invoices, --lines, or --undo".into());
        }
        if let Some(kind) = mappings.keys().next() {
            return Err(format!("--mapping: [{}] is for a file that isn't given", kind.as_str()).into());
        }
        let date_order = self.date_order.map_or(DateOrder::Guess, |order| match order {
            Order::DayFirst => DateOrder::DayFirst,
            Order::MonthFirst => DateOrder::MonthFirst,
        });
        Ok(ImportRequest { files, currency: self.currency, date_order, portal_access: self.portal_access })
    }

    fn mappings(&self) -> Result<Mappings> {
        let Some(path) = &self.mapping else { return Ok(Mappings::new()) };
        let text = String::from_utf8(read(path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The report in words; without an organization, of a dry run.
fn describe(report: &ImportReport, organization: Option<&Slug>) -> String {
    let mut text = String::new();
    // Writing to a text doesn't fail.
    for file in &report.files {
        let _ = describe_file(&mut text, file);
    }
    let sums: Vec<String> =
        report.invoiced.iter().map(|sum| format!("{} {}", sum.to_decimal(), sum.currency())).collect();
    if !sums.is_empty() {
        let _ = writeln!(text, "New invoices come to {}.", sums.join(", "));
    }
    let end = match (report.id, organization) {
        (Some(id), Some(slug)) => {
            format!("Done. To take it back: portico import --organization {slug} --undo {id}")
        }
        (None, Some(_)) => "Nothing was written: nothing is new.".to_owned(),
        (_, None) => "Nothing was written: this was a dry run.".to_owned(),
    };
    text + &end
}

fn describe_file(text: &mut String, file: &ImportFileReport) -> std::fmt::Result {
    let separator = if file.separator == "\t" { "tab" } else { &file.separator };
    let (rows, created, known, refused) = (file.rows, file.created, file.duplicates, file.refused);
    writeln!(text, "{} ({}, separator {separator})", file.name, file.encoding)?;
    let meaning = |heading: &String| file.mapping.get(heading).map_or("(left out)", |field| field.as_str());
    let columns: Vec<String> =
        file.headings.iter().map(|heading| format!("{heading} → {}", meaning(heading))).collect();
    writeln!(text, "  {}", columns.join(", "))?;
    writeln!(text, "  {rows} rows: {created} new, {known} here already, {refused} refused")?;
    for outcome in [RowOutcome::Refuse, RowOutcome::Duplicate] {
        let rows = || file.details.iter().filter(|row| row.outcome == outcome);
        for row in rows().take(PRINTED) {
            let mark = if outcome == RowOutcome::Refuse { "refused" } else { "known" };
            writeln!(
                text,
                "  line {}: {mark}: {}: {}",
                row.line,
                row.label,
                row.reason.as_deref().unwrap_or_default()
            )?;
        }
        let total = if outcome == RowOutcome::Refuse { refused } else { known };
        if total > PRINTED as u64 {
            writeln!(text, "  … and {} more", total - PRINTED as u64)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_are_written_as_the_help_says() {
        let text = "[clients]\n\"Customer no.\" = \"external_id\"\n[invoice_lines]\nPrice = \"unit_price\"\n";
        let mappings: Mappings = toml::from_str(text).unwrap();
        assert_eq!(mappings[&ImportKind::Clients]["Customer no."], ImportField::ExternalId);
        assert_eq!(mappings[&ImportKind::InvoiceLines]["Price"], ImportField::UnitPrice);
        assert!(toml::from_str::<Mappings>("[customers]\nA = \"name\"").is_err());
        assert!(toml::from_str::<Mappings>("[clients]\nA = \"nonsense\"").is_err());
    }

    #[test]
    fn the_report_can_be_read() {
        let file = serde_json::json!({
            "kind": "clients", "name": "k.csv", "headings": ["Firma", "X"], "mapping": { "Firma": "name" }, "mapping_remembered": false,
            "encoding": "UTF-8", "separator": ";", "rows": 3, "created": 1, "duplicates": 1, "refused": 1, "details": [
                { "line": 4, "outcome": "refuse", "label": "Ann", "reason": "Mail: must be an e-mail address", "code": "invalid_email" },
                { "line": 3, "outcome": "duplicate", "label": "Bob", "reason": "Bob is here already", "code": "client_exists" },
                { "line": 2, "outcome": "create", "label": "Cid", "reason": null, "code": null }
            ]
        });
        let report = serde_json::from_value(
            serde_json::json!({ "files": [file], "invoiced": [{ "amount": 1234, "currency": "EUR" }] }),
        );
        let text = describe(&report.unwrap(), None);
        insta::assert_snapshot!(text, @r"
        k.csv (UTF-8, separator ;)
          Firma → name, X → (left out)
          3 rows: 1 new, 1 here already, 1 refused
          line 4: refused: Ann: Mail: must be an e-mail address
          line 3: known: Bob: Bob is here already
        New invoices come to 12.34 EUR.
        Nothing was written: this was a dry run.
        ");
    }
}
