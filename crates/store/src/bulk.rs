//! Many rows at once, by `COPY`: what `portico demo` fills a database with.
//!
//! PostgreSQL refuses `COPY` into tables under row policies, so rows go into a temporary table first and
//! from there, under the policies, to where they belong. Triggers run as always: balances and figures
//! come out right.

use std::fmt::{Display, Write};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use domain::ids::Id;
use serde::Serialize;
use sqlx::AssertSqlSafe;

use crate::{Result, Tx};

macro_rules! tables {
    ($($(#[$doc:meta])* $variant:ident = $table:literal, $columns:literal;)*) => {
        /// A table that can be filled, with the columns of its rows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Table { $($(#[$doc])* $variant,)* }

        impl Table {
            fn name(self) -> &'static str {
                match self { $(Self::$variant => $table,)* }
            }

            fn columns(self) -> &'static str {
                match self { $(Self::$variant => $columns,)* }
            }
        }
    };
}

tables! {
    /// Rates of tax.
    TaxRates = "tax_rate", "id, name, rate, is_default";
    /// Clients.
    Clients = "client", "id, name, kind, external_id, phone, address, tax_number, internal_note, created_at";
    /// Contacts.
    Contacts = "contact", "id, client_id, name, email, phone, job_title, is_primary, portal_access, permissions, \
        invited_at, last_seen_at, created_at";
    /// Invoices.
    Invoices = "invoice", "id, client_id, number, status, currency, listed_on, issued_on, due_on, reference, note, \
        client_name, client_address, footer, rounding, price_mode, totals, total_minor, paid_minor, sent_at, viewed_at, \
        paid_at, voided_at, void_reason, created_by, created_at, version";
    /// Their lines.
    InvoiceLines = "invoice_line", "id, invoice_id, position, description, detail, quantity, unit, unit_price, taxes, \
        amount_minor";
    /// Who looked at them.
    InvoiceViews = "invoice_view", "id, invoice_id, contact_id, at";
    /// Payments.
    Payments = "payment", "id, client_id, provider, provider_reference, method, currency, amount_minor, unapplied_minor, \
        received_on, reference, recorded_by, created_at";
    /// The ledger.
    Ledger = "ledger_entry", "id, at, kind, client_id, invoice_id, payment_id, currency, amount_minor";
    /// Reminders.
    Reminders = "reminder", "invoice_id, days, at, mailed";
    /// Invoices that come again.
    RecurringInvoices = "recurring_invoice", "id, client_id, name, input, currency, total_minor, state, next_index, next_on, \
        created_at";
    /// What they have billed.
    RecurringPeriods = "recurring_period", "recurring_invoice_id, index, starts_on, ends_on, invoice_id, billed_at";
    /// Events.
    Events = "event", "id, at, kind, visibility, client_id, subject_kind, subject_id, actor_kind, actor_id, actor_name, data";
}

/// Rows on their way, in the text format of `COPY`.
#[derive(Debug)]
pub struct Rows {
    table: Table,
    text: String,
    begun: bool,
}

impl Rows {
    /// No rows yet.
    pub fn of(table: Table) -> Self {
        Self { table, text: String::new(), begun: false }
    }

    fn next(&mut self) -> &mut String {
        if self.begun {
            self.text.push('\t');
        }
        self.begun = true;
        &mut self.text
    }

    /// A text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let into = self.next();
        for c in text.chars() {
            match c {
                '\\' => into.push_str("\\\\"),
                '\n' => into.push_str("\\n"),
                '\r' => into.push_str("\\r"),
                '\t' => into.push_str("\\t"),
                c => into.push(c),
            }
        }
        self
    }

    /// Nothing.
    pub fn null(&mut self) -> &mut Self {
        self.next().push_str("\\N");
        self
    }

    /// A number or a truth: something without special characters.
    pub fn plain(&mut self, value: impl Display) -> &mut Self {
        // Writing to a text doesn't fail.
        let _ = write!(self.next(), "{value}");
        self
    }

    /// An id.
    pub fn id(&mut self, id: impl Id) -> &mut Self {
        self.plain(id.uuid())
    }

    /// A date.
    pub fn date(&mut self, date: NaiveDate) -> &mut Self {
        self.plain(date)
    }

    /// An instant.
    pub fn at(&mut self, at: DateTime<Utc>) -> &mut Self {
        self.plain(at.to_rfc3339_opts(SecondsFormat::Micros, true))
    }

    /// A value that may be absent.
    pub fn maybe<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T) -> &mut Self) -> &mut Self {
        match value {
            Some(value) => write(self, value),
            None => self.null(),
        }
    }

    /// A value as JSON.
    pub fn json(&mut self, value: &impl Serialize) -> &mut Self {
        let text = serde_json::to_string(value).expect("the domain's types can be written as JSON");
        self.text(&text)
    }

    /// Ends the row.
    pub fn end(&mut self) {
        self.text.push('\n');
        self.begun = false;
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// Puts rows where they belong, in the organization of this transaction; returns how many.
///
/// The temporary tables stay until the transaction ends: making them anew for each batch would take locks that
/// a long transaction runs out of.
pub async fn load(tx: &mut Tx, rows: Rows) -> Result<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let (table, columns) = (rows.table.name(), rows.table.columns());
    // All parts of these statements are constants of this file.
    let statement = |text: String| sqlx::query(AssertSqlSafe(text));
    statement(format!(
        "create temporary table if not exists bulk_{table} on commit drop as select {columns} from {table} with no data"
    ))
    .execute(tx.connection())
    .await?;
    let mut copy = tx.connection().copy_in_raw(&format!("copy bulk_{table} from stdin")).await?;
    copy.send(rows.text.into_bytes()).await?;
    copy.finish().await?;
    let done = statement(format!("insert into {table} ({columns}) select {columns} from bulk_{table}"))
        .execute(tx.connection())
        .await?;
    statement(format!("truncate bulk_{table}")).execute(tx.connection()).await?;
    Ok(done.rows_affected())
}
