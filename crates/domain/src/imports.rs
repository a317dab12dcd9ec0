//! Bringing what a business has in tables: clients, contacts, invoices and their lines.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::id;
use crate::money::{Currency, Money};
use crate::text::Name;

id!(
    /// An import: some files, taken in one transaction.
    ImportId,
    "imp"
);

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum ImportKind {
    /// Clients, each perhaps with a contact in the same row.
    Clients,
    /// Contacts of clients.
    Contacts,
    /// Invoices, without their lines.
    Invoices,
    /// Lines of invoices.
    InvoiceLines,
}

impl ImportKind {
    /// All kinds, in the order in which they are taken.
    pub const ALL: [Self; 4] = [Self::Clients, Self::Contacts, Self::Invoices, Self::InvoiceLines];

    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clients => "clients",
            Self::Contacts => "contacts",
            Self::Invoices => "invoices",
            Self::InvoiceLines => "invoice_lines",
        }
    }

    /// What a column of such a file can mean.
    pub fn fields(self) -> &'static [ImportField] {
        use ImportField as F;
        match self {
            Self::Clients => &[
                F::ExternalId,
                F::Name,
                F::FirstName,
                F::LastName,
                F::Email,
                F::Phone,
                F::Street,
                F::Extra,
                F::PostalCode,
                F::City,
                F::Region,
                F::Country,
                F::TaxNumber,
                F::InternalNote,
            ],
            Self::Contacts => {
                &[F::Client, F::FirstName, F::LastName, F::Name, F::Email, F::Phone, F::JobTitle]
            }
            Self::Invoices => &[
                F::ExternalId,
                F::Number,
                F::Client,
                F::IssuedOn,
                F::DueOn,
                F::Currency,
                F::Total,
                F::Reference,
                F::Note,
            ],
            Self::InvoiceLines => &[
                F::Invoice,
                F::Description,
                F::Detail,
                F::Quantity,
                F::Unit,
                F::UnitPrice,
                F::TaxName,
                F::TaxRate,
            ],
        }
    }
}

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $text:literal;)*) => {
        /// What a column can mean.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum ImportField { $($(#[$doc])* $variant,)* }

        impl ImportField {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The name in mappings.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

fields! {
    /// The row's number in the other system.
    ExternalId = "external_id";
    /// Name of the client or contact.
    Name = "name";
    /// A person's first name.
    FirstName = "first_name";
    /// A person's last name.
    LastName = "last_name";
    /// E-mail address.
    Email = "email";
    /// Phone number.
    Phone = "phone";
    /// What a contact does.
    JobTitle = "job_title";
    /// Street and number.
    Street = "street";
    /// Second line of the address.
    Extra = "extra";
    /// Post code.
    PostalCode = "postal_code";
    /// City.
    City = "city";
    /// State or region.
    Region = "region";
    /// Country.
    Country = "country";
    /// Tax number.
    TaxNumber = "tax_number";
    /// Note for staff.
    InternalNote = "internal_note";
    /// The client's number in the other system, or its name.
    Client = "client";
    /// An invoice's number, as printed.
    Number = "number";
    /// Date on the invoice.
    IssuedOn = "issued_on";
    /// Due date.
    DueOn = "due_on";
    /// Currency.
    Currency = "currency";
    /// What the invoice comes to; checked against its lines.
    Total = "total";
    /// The client's reference.
    Reference = "reference";
    /// Words to the client.
    Note = "note";
    /// The invoice's number in the other system, or its printed number.
    Invoice = "invoice";
    /// What was delivered.
    Description = "description";
    /// More about it.
    Detail = "detail";
    /// How much.
    Quantity = "quantity";
    /// Unit.
    Unit = "unit";
    /// Price of one.
    UnitPrice = "unit_price";
    /// Name of the tax.
    TaxName = "tax_name";
    /// Tax in percent.
    TaxRate = "tax_rate";
}

/// Order of day, month and year in dates that don't tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// Found out from the file; a file that can be read both ways is refused with the question.
    #[default]
    Guess,
    /// 31/12/2026.
    DayFirst,
    /// 12/31/2026.
    MonthFirst,
}

/// A file of an import.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportFile {
    /// What it holds.
    pub kind: ImportKind,
    /// Its name, for reports.
    pub name: Name,
    /// Its bytes in base64, at most 10 MB of them. UTF-8 with or without mark, or Latin-1; commas, semicolons or tabs.
    #[cfg_attr(feature = "openapi", schema(example = "TmFtZSxFLW1haWwKQW5uLGFubkBleGFtcGxlLmNvbQo="))]
    pub content: String,
    /// Column heading → meaning. Guessed, or remembered from a file with the same headings, if absent.
    #[serde(default)]
    pub mapping: Option<BTreeMap<String, ImportField>>,
}

/// An import, to be tried or done. `POST /imports/preview` writes nothing; `POST /imports` does it.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportRequest {
    /// One to four files, each kind once.
    #[validate(length(min = 1, max = 4), nested)]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 4))]
    pub files: Vec<ImportFile>,
    /// Currency of amounts whose row names none; the organization's if absent.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// How to read dates.
    #[serde(default)]
    pub date_order: DateOrder,
    /// Whether contacts that are created may sign in to the portal.
    #[serde(default)]
    pub portal_access: bool,
}

/// What happens to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RowOutcome {
    /// It becomes something new.
    Create,
    /// It is here already; nothing happens.
    Duplicate,
    /// It can't be taken.
    Refuse,
}

/// One row of a file and what happens to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportRow {
    /// Line in the file, the heading being line 1; of a row with quoted line breaks, its first.
    pub line: u64,
    /// What happens.
    pub outcome: RowOutcome,
    /// The row in a few words.
    pub label: String,
    /// Why it is refused or what it duplicates, in English, with the column.
    pub reason: Option<String>,
    /// Stable code of the reason.
    pub code: Option<String>,
}

/// What happens with a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportFileReport {
    /// What it holds.
    pub kind: ImportKind,
    /// Its name.
    pub name: Name,
    /// Its headings.
    pub headings: Vec<String>,
    /// What each heading was taken for.
    pub mapping: BTreeMap<String, ImportField>,
    /// Whether the mapping was remembered from an earlier import.
    pub mapping_remembered: bool,
    /// The encoding that was found.
    pub encoding: String,
    /// The separator that was found.
    pub separator: String,
    /// Rows in the file.
    pub rows: u64,
    /// Of which become something new.
    pub created: u64,
    /// Of which are here already.
    pub duplicates: u64,
    /// Of which can't be taken.
    pub refused: u64,
    /// Refused rows, then duplicates, then the rest; the first thousand.
    pub details: Vec<ImportRow>,
}

/// What an import does. `POST /imports/preview`, `GET /imports/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportReport {
    /// Its id, once it is done.
    pub id: Option<ImportId>,
    /// File by file.
    pub files: Vec<ImportFileReport>,
    /// What the new invoices come to, one amount per currency.
    pub invoiced: Vec<Money>,
    /// When it was done.
    pub done_at: Option<DateTime<Utc>>,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
    /// Who did it.
    pub done_by: Option<String>,
}

/// An import in the list. `GET /imports`, newest first. `POST /imports/{id}/undo` takes it back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportSummary {
    /// Its id.
    pub id: ImportId,
    /// Names of its files.
    pub files: Vec<String>,
    /// Rows that became something new.
    pub created: i64,
    /// Rows that were here already.
    pub duplicates: i64,
    /// Rows that could not be taken.
    pub refused: i64,
    /// When it was done.
    pub done_at: DateTime<Utc>,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
    /// Who did it.
    pub done_by: String,
}

/// Filters of the list of imports.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct ImportFilter {
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}
