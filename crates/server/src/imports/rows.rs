//! From cells to what they say: each row typed, or refused with its reason.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::str::FromStr;

use chrono::NaiveDate;
use domain::clients::ClientKind;
use domain::imports::{DateOrder, ImportField as F, ImportKind};
use domain::invoices::InvoiceLineInput;
use domain::money::{Currency, NumberError};
use domain::tax::{Rate, Tax};
use domain::text::{Address, EmailAddress, Line, Name, Note, TextError};
use rust_decimal::Decimal;

use super::mapping;
use super::parse::{self, DateTrouble, Decimals, Number, NumberTrouble};
use super::read::{Row, Table};

/// Why a row can't be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code.
    pub code: &'static str,
    /// In English, with the column.
    pub reason: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

/// What a row says.
type Read<T> = Result<T, Refusal>;

/// A row with its place.
#[derive(Debug)]
pub struct Source<T> {
    /// Line in the file.
    pub line: u64,
    /// The row in a few words.
    pub label: String,
    /// What it says.
    pub value: Read<T>,
}

/// A client, perhaps with its first contact.
#[derive(Debug)]
pub struct ClientRow {
    /// Number in the other system.
    pub external_id: Line,
    /// Name of the company or person.
    pub name: Name,
    /// Which of them.
    pub kind: ClientKind,
    /// Phone number.
    pub phone: Line,
    /// Address.
    pub address: Address,
    /// Tax number.
    pub tax_number: Line,
    /// For staff.
    pub internal_note: Note,
    /// Who is there.
    pub contact: Option<(Name, EmailAddress)>,
    /// A person was named, but without an address they can't become a contact.
    pub unreachable: bool,
}

/// A contact of some client.
#[derive(Debug)]
pub struct ContactRow {
    /// The client's number in the other system, or its name.
    pub client: String,
    /// Their name.
    pub name: Name,
    /// Their address.
    pub email: EmailAddress,
    /// Phone number.
    pub phone: Line,
    /// What they do.
    pub job_title: Line,
}

/// An invoice without its lines.
#[derive(Debug)]
pub struct InvoiceRow {
    /// Number in the other system.
    pub external_id: Line,
    /// Number as printed.
    pub number: Name,
    /// The client's number in the other system, or its name.
    pub client: String,
    /// Date on it.
    pub issued_on: NaiveDate,
    /// Until when it is to be paid.
    pub due_on: Option<NaiveDate>,
    /// Its currency, where the row names one.
    pub currency: Option<Currency>,
    /// What it comes to.
    pub total: Option<Decimal>,
    /// The client's reference.
    pub reference: Line,
    /// Words to the client.
    pub note: Note,
}

/// A line of some invoice.
#[derive(Debug)]
pub struct LineRow {
    /// What stands on the invoice. A tax without a name has an empty one.
    pub input: InvoiceLineInput,
    /// The currency that stands beside the price.
    pub currency: Option<Currency>,
}

/// A table with meanings.
pub struct Columns<'a> {
    table: &'a Table,
    kind: ImportKind,
    fields: HashMap<F, usize>,
    decimals: HashMap<F, Decimals>,
    file_decimals: Decimals,
    order: DateOrder,
}

impl<'a> Columns<'a> {
    /// Finds out what the columns' cells have in common.
    pub fn new(table: &'a Table, kind: ImportKind, mapping: &BTreeMap<String, F>, order: DateOrder) -> Self {
        let position = |heading: &String| table.headings.iter().position(|known| known == heading);
        let fields: HashMap<F, usize> =
            mapping.iter().filter_map(|(heading, field)| Some((*field, position(heading)?))).collect();
        let cells = |field: F| {
            let column = fields.get(&field).copied();
            table.rows.iter().filter_map(move |row| row.cells.get(column?))
        };
        let decimals: HashMap<F, Decimals> = [F::Total, F::Quantity, F::UnitPrice, F::TaxRate]
            .map(|field| (field, Decimals::of(cells(field))))
            .into();
        let file_decimals = decimals.values().fold(Decimals::Unknown, |all, column| all.and(*column));
        // Both dates of a file were written by the same program.
        let order = parse::date_order(order, cells(F::IssuedOn).chain(cells(F::DueOn)));
        Self { table, kind, fields, decimals, file_decimals, order }
    }

    fn cell<'r>(&self, row: &'r Row, field: F) -> &'r str {
        self.fields.get(&field).and_then(|index| row.cells.get(*index)).unwrap_or_default().trim()
    }

    fn heading(&self, field: F) -> &str {
        self.fields.get(&field).map_or(field.as_str(), |index| &self.table.headings[*index])
    }

    fn refuse(&self, field: F, code: &'static str, what: impl Display) -> Refusal {
        Refusal::new(code, format!("{}: {what}", self.heading(field)))
    }

    /// A text of one line: line breaks within the cell become commas.
    fn text<T: FromStr<Err = TextError>>(&self, row: &Row, field: F) -> Read<T> {
        let cell = one_line(self.cell(row, field));
        cell.parse().map_err(|error: TextError| self.refuse(field, error.code(), error))
    }

    fn note(&self, row: &Row, field: F) -> Read<Note> {
        self.cell(row, field).parse().map_err(|error: TextError| self.refuse(field, error.code(), error))
    }

    fn number(&self, row: &Row, field: F) -> Read<Option<Number>> {
        let cell = self.cell(row, field);
        if cell.is_empty() {
            return Ok(None);
        }
        let column = self.decimals.get(&field).copied().unwrap_or_default();
        column.read(self.file_decimals, cell).map(Some).map_err(|trouble| match trouble {
            NumberTrouble::Invalid => {
                self.refuse(field, "invalid_number", format!("{cell:?} is not a number"))
            }
            NumberTrouble::Ambiguous => {
                let text = format!(
                    "{cell:?} could be a thousand or a decimal; write it with decimals, e.g. 1234.00"
                );
                self.refuse(field, "ambiguous_number", text)
            }
        })
    }

    fn decimal<T: TryFrom<Decimal, Error = NumberError>>(&self, field: F, number: Decimal) -> Read<T> {
        number.try_into().map_err(|error: NumberError| self.refuse(field, error.code(), error))
    }

    fn date(&self, row: &Row, field: F) -> Read<Option<NaiveDate>> {
        let cell = self.cell(row, field);
        if cell.is_empty() {
            return Ok(None);
        }
        parse::date(self.order, cell).map(Some).map_err(|trouble| match trouble {
            DateTrouble::Invalid => {
                self.refuse(field, "invalid_date", format!("{cell:?} is not a date such as 2026-12-31"))
            }
            DateTrouble::Ambiguous => {
                let text = format!("{cell:?} can be read in two ways: does the day or the month come first?");
                self.refuse(field, "date_order_unclear", text)
            }
        })
    }

    fn currency(&self, row: &Row) -> Read<Option<Currency>> {
        let cell = self.cell(row, F::Currency).to_uppercase();
        let code = match cell.as_str() {
            "" => return Ok(None),
            "€" => "EUR",
            "£" => "GBP",
            "US$" => "USD",
            code => code,
        };
        code.parse()
            .map(Some)
            .map_err(|error: domain::money::CurrencyError| self.refuse(F::Currency, error.code(), error))
    }

    /// What makes any row of this kind impossible: its shape, or a column that nobody pointed at.
    fn check(&self, row: &Row) -> Read<()> {
        let (found, expected) = (row.cells.len(), self.table.headings.len());
        if found != expected {
            let hint = if row.cells.iter().any(|cell| cell.contains('\n')) {
                "; is a quotation mark missing?"
            } else {
                ""
            };
            let reason = format!("the row has {found} cells instead of {expected}{hint}");
            return Err(Refusal::new("wrong_number_of_cells", reason));
        }
        for group in mapping::needed(self.kind) {
            if !group.iter().any(|field| self.fields.contains_key(field)) {
                let names: Vec<&str> = group.iter().map(|field| field.as_str()).collect();
                return Err(Refusal::new(
                    "column_missing",
                    format!("no column holds {}", names.join(" or ")),
                ));
            }
        }
        Ok(())
    }

    fn required<'r>(&self, row: &'r Row, field: F) -> Read<&'r str> {
        let cell = self.cell(row, field);
        if cell.is_empty() { Err(self.refuse(field, "required", "must not be empty")) } else { Ok(cell) }
    }

    /// Reads all rows by one function.
    pub fn read<T>(
        &self,
        label: impl Fn(&Self, &Row) -> String,
        value: impl Fn(&Self, &Row) -> Read<T>,
    ) -> Vec<Source<T>> {
        let source = |row: &Row| Source {
            line: row.line,
            label: shorten(&label(self, row)),
            value: self.check(row).and_then(|()| value(self, row)),
        };
        self.table.rows.iter().map(source).collect()
    }
}

/// Reads clients.
pub fn clients(columns: &Columns<'_>) -> Vec<Source<ClientRow>> {
    columns.read(
        |columns, row| {
            let (name, person) = (columns.cell(row, F::Name), columns.person(row));
            if name.is_empty() { person } else { one_line(name).into_owned() }
        },
        |columns, row| {
            let person = columns.person(row);
            let (kind, name) = if columns.cell(row, F::Name).is_empty() {
                if person.is_empty() {
                    return Err(columns.refuse(
                        F::Name,
                        "required",
                        "neither a company nor a person is named",
                    ));
                }
                let name = person
                    .parse()
                    .map_err(|error: TextError| columns.refuse(F::LastName, error.code(), error))?;
                (ClientKind::Person, name)
            } else {
                (ClientKind::Company, columns.text::<Name>(row, F::Name)?)
            };
            let email = columns.email(row)?;
            let contact = match (&email, person.is_empty()) {
                (None, _) => None,
                // Nobody is named: the address has to speak for itself.
                (Some(email), true) => Some((email.as_str().parse(), email)),
                (Some(email), false) => Some((person.parse(), email)),
            };
            let contact = contact
                .map(|(name, email)| Ok((name?, email.clone())))
                .transpose()
                .map_err(|error: TextError| columns.refuse(F::LastName, error.code(), error))?;
            Ok(ClientRow {
                external_id: columns.text(row, F::ExternalId)?,
                name,
                kind,
                phone: columns.text(row, F::Phone)?,
                address: Address {
                    street: columns.text(row, F::Street)?,
                    extra: columns.text(row, F::Extra)?,
                    postal_code: columns.text(row, F::PostalCode)?,
                    city: columns.text(row, F::City)?,
                    region: columns.text(row, F::Region)?,
                    country: columns.text(row, F::Country)?,
                },
                tax_number: columns.text(row, F::TaxNumber)?,
                internal_note: columns.note(row, F::InternalNote)?,
                unreachable: contact.is_none() && kind == ClientKind::Company && !person.is_empty(),
                contact,
            })
        },
    )
}

/// Reads contacts.
pub fn contacts(columns: &Columns<'_>) -> Vec<Source<ContactRow>> {
    columns.read(
        |columns, row| {
            let (name, client) = (columns.contact_name(row), columns.cell(row, F::Client));
            format!("{} ({client})", if name.is_empty() { columns.cell(row, F::Email) } else { &name })
        },
        |columns, row| {
            let client = one_line(columns.required(row, F::Client)?).into_owned();
            columns.required(row, F::Email)?;
            let email = columns
                .email(row)?
                .ok_or_else(|| columns.refuse(F::Email, "required", "must not be empty"))?;
            let name = columns.contact_name(row);
            let name = if name.is_empty() { email.as_str() } else { &name };
            Ok(ContactRow {
                client,
                name: name
                    .parse()
                    .map_err(|error: TextError| columns.refuse(F::Name, error.code(), error))?,
                email,
                phone: columns.text(row, F::Phone)?,
                job_title: columns.text(row, F::JobTitle)?,
            })
        },
    )
}

/// Reads invoices.
pub fn invoices(columns: &Columns<'_>) -> Vec<Source<InvoiceRow>> {
    columns.read(
        |columns, row| columns.invoice_number(row).to_owned(),
        |columns, row| {
            let field = if columns.cell(row, F::Number).is_empty() { F::ExternalId } else { F::Number };
            columns.required(row, field)?;
            let total = columns.number(row, F::Total)?;
            let (named, beside) = (columns.currency(row)?, total.and_then(|total| total.currency));
            if let (Some(named), Some(beside)) = (named, beside)
                && named != beside
            {
                let what = format!("the amount is in {beside}, the row in {named}");
                return Err(columns.refuse(F::Total, "currency_mismatch", what));
            }
            let issued_on = columns.date(row, F::IssuedOn)?;
            let issued_on =
                issued_on.ok_or_else(|| columns.refuse(F::IssuedOn, "required", "must not be empty"))?;
            let due_on = columns.date(row, F::DueOn)?;
            if due_on.is_some_and(|due_on| due_on < issued_on) {
                return Err(columns.refuse(
                    F::DueOn,
                    "due_before_issue",
                    "lies before the date of the invoice",
                ));
            }
            Ok(InvoiceRow {
                external_id: columns.text(row, F::ExternalId)?,
                number: columns.text(row, field)?,
                client: one_line(columns.required(row, F::Client)?).into_owned(),
                issued_on,
                due_on,
                currency: named.or(beside),
                total: total.map(|total| total.value),
                reference: columns.text(row, F::Reference)?,
                note: columns.note(row, F::Note)?,
            })
        },
    )
}

/// Reads lines, each with the invoice it names.
pub fn lines(columns: &Columns<'_>) -> Vec<(String, Source<LineRow>)> {
    let rows = columns.read(
        |columns, row| {
            let (invoice, what) =
                (columns.cell(row, F::Invoice), one_line(columns.cell(row, F::Description)));
            format!("{invoice}: {what}")
        },
        |columns, row| {
            columns.required(row, F::Invoice)?;
            let required = |field| columns.refuse(field, "required", "must not be empty");
            let price = columns.number(row, F::UnitPrice)?.ok_or_else(|| required(F::UnitPrice))?;
            let quantity = columns.number(row, F::Quantity)?.map_or(Decimal::ONE, |quantity| quantity.value);
            let rate = columns.number(row, F::TaxRate)?.map(|rate| rate.value);
            let tax_name = String::from(columns.text::<Line>(row, F::TaxName)?);
            let taxes = match rate {
                // Without a name, nothing percent is no tax.
                None => Vec::new(),
                Some(rate) if rate.is_zero() && tax_name.is_empty() => Vec::new(),
                Some(rate) => vec![Tax { name: tax_name, rate: columns.decimal::<Rate>(F::TaxRate, rate)? }],
            };
            Ok(LineRow {
                input: InvoiceLineInput {
                    description: columns.text(row, F::Description)?,
                    detail: columns.note(row, F::Detail)?,
                    quantity: columns.decimal(F::Quantity, quantity)?,
                    unit: columns.text(row, F::Unit)?,
                    unit_price: columns.decimal(F::UnitPrice, price.value)?,
                    taxes,
                },
                currency: price.currency,
            })
        },
    );
    let key = |row: &Row| one_line(columns.cell(row, F::Invoice)).into_owned();
    columns.table.rows.iter().map(key).zip(rows).collect()
}

impl Columns<'_> {
    fn person(&self, row: &Row) -> String {
        let (first, last) = (self.cell(row, F::FirstName), self.cell(row, F::LastName));
        one_line(format!("{first} {last}").trim()).into_owned()
    }

    fn contact_name(&self, row: &Row) -> String {
        let person = self.person(row);
        if person.is_empty() { one_line(self.cell(row, F::Name)).into_owned() } else { person }
    }

    fn email(&self, row: &Row) -> Read<Option<EmailAddress>> {
        let cell = self.cell(row, F::Email);
        if cell.is_empty() {
            return Ok(None);
        }
        cell.parse().map(Some).map_err(|error: TextError| self.refuse(F::Email, error.code(), error))
    }

    fn invoice_number<'r>(&self, row: &'r Row) -> &'r str {
        let number = self.cell(row, F::Number);
        if number.is_empty() { self.cell(row, F::ExternalId) } else { number }
    }
}

fn one_line(cell: &str) -> Cow<'_, str> {
    if !cell.contains(['\n', '\r', '\t']) {
        return Cow::Borrowed(cell);
    }
    let lines = cell.lines().map(|line| line.replace(['\r', '\t'], " ").trim().to_owned());
    Cow::Owned(lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", "))
}

fn shorten(label: &str) -> String {
    let label = label.trim();
    match label.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &label[..end]),
        None => label.to_owned(),
    }
}
