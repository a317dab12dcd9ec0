//! Invoices: what was done, what it costs, until when, and how far it is paid.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::clients::{ClientId, ContactId};
use crate::id;
use crate::money::{Currency, Money};
use crate::recurring::RecurringInvoiceId;
use crate::schedules::{Instalment, InstalmentInput, MAX_INSTALMENTS, OpenPart};
use crate::tax::Tax;
use crate::text::{Address, EmailAddress, Line, Name, Note};
use crate::totals::{Discount, LineInput, PriceMode, Quantity, Rounding, Totals, UnitPrice};

mod status;

pub use status::{InvoiceError, InvoiceStatus, Settlement, minimum_payment};

id!(
    /// An invoice.
    InvoiceId,
    "inv"
);
id!(
    /// A line of an invoice.
    LineId,
    "lin"
);

id!(
    /// A link that opens an invoice.
    GuestLinkId,
    "gst"
);
id!(
    /// A look at an invoice.
    InvoiceViewId,
    "ivw"
);

/// A line as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InvoiceLineInput {
    /// What was done or delivered.
    pub description: Name,
    /// More about it.
    #[serde(default)]
    pub detail: Note,
    /// How much of it.
    pub quantity: Quantity,
    /// Unit of the quantity, e.g. `h`; may be empty.
    #[serde(default)]
    pub unit: Line,
    /// Price of one, in the currency's major unit.
    pub unit_price: UnitPrice,
    /// Taxes on it, at most four.
    #[serde(default)]
    #[validate(length(max = 4))]
    pub taxes: Vec<Tax>,
}

impl InvoiceLineInput {
    /// What the totals need of it.
    pub fn input(&self) -> LineInput {
        LineInput { quantity: self.quantity, unit_price: self.unit_price, taxes: self.taxes.clone() }
    }
}

/// A draft as it is written. `POST /invoices`, and whole again by `PUT /invoices/{id}` with `If-Match`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftInvoice {
    /// Whom it is for.
    pub client_id: ClientId,
    /// The organization's currency if absent.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Date on the invoice; the day of sending if absent.
    #[serde(default)]
    pub issued_on: Option<NaiveDate>,
    /// Until when it is to be paid; the organization's terms from the date of issue if absent. Not with a schedule.
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
    /// Instalments that it is paid in, at most 36; none if it is paid at once.
    #[serde(default)]
    #[validate(length(max = MAX_INSTALMENTS), nested)]
    pub schedule: Vec<InstalmentInput>,
    /// The client's own reference, e.g. an order number.
    #[serde(default)]
    pub reference: Line,
    /// Words to the client, on the invoice.
    #[serde(default)]
    pub note: Note,
    /// For staff only; never shown to the client.
    #[serde(default)]
    pub internal_note: Note,
    /// Whether the unit prices include tax; the organization's habit if absent.
    #[serde(default)]
    pub price_mode: Option<PriceMode>,
    /// Discount on the whole invoice.
    #[serde(default)]
    pub discount: Option<Discount>,
    /// Its lines, at most 500. A draft may have none.
    #[serde(default)]
    #[validate(length(max = 500), nested)]
    pub lines: Vec<InvoiceLineInput>,
}

/// Asks what lines would come to. `POST /invoices/preview`; the editor computes the same by itself.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PreviewInvoice {
    /// The currency.
    pub currency: Currency,
    /// Where tax is rounded.
    pub rounding: Rounding,
    /// Whether the unit prices include tax.
    pub price_mode: PriceMode,
    /// Discount on the whole.
    #[serde(default)]
    pub discount: Option<Discount>,
    /// The lines.
    #[validate(length(max = 500), nested)]
    pub lines: Vec<InvoiceLineInput>,
}

/// A line as it stands on an invoice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceLine {
    /// Its id.
    pub id: LineId,
    /// What was done or delivered.
    pub description: Name,
    /// More about it.
    pub detail: Note,
    /// How much of it.
    pub quantity: Quantity,
    /// Unit of the quantity.
    pub unit: Line,
    /// Price of one.
    pub unit_price: UnitPrice,
    /// Taxes on it.
    pub taxes: Vec<Tax>,
    /// Quantity × price, rounded.
    pub amount: Money,
}

impl InvoiceLine {
    /// What the totals need of it.
    pub fn input(&self) -> LineInput {
        LineInput { quantity: self.quantity, unit_price: self.unit_price, taxes: self.taxes.clone() }
    }
}

/// An invoice as staff see it. `GET /invoices/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invoice {
    /// What the client sees of it, too.
    #[serde(flatten)]
    pub document: InvoiceDocument,
    /// For staff only.
    pub internal_note: Note,
    /// Its number in another system.
    pub external_id: Line,
    /// To whom it would be sent: contacts with portal access or, without any, the primary one.
    pub recipients: Vec<Recipient>,
    /// Whether the import it came from can name it.
    pub imported: bool,
}

impl Invoice {
    /// A draft as its author would write it again.
    pub fn written(&self) -> DraftInvoice {
        let document = &self.document;
        let line = |line: &InvoiceLine| InvoiceLineInput {
            description: line.description.clone(),
            detail: line.detail.clone(),
            quantity: line.quantity,
            unit: line.unit.clone(),
            unit_price: line.unit_price,
            taxes: line.taxes.clone(),
        };
        DraftInvoice {
            client_id: document.client_id,
            currency: Some(document.currency),
            issued_on: document.issued_on,
            due_on: document.due_on,
            schedule: document.schedule.iter().map(Instalment::written).collect(),
            reference: document.reference.clone(),
            note: document.note.clone(),
            internal_note: self.internal_note.clone(),
            price_mode: Some(document.price_mode),
            discount: document.discount,
            lines: document.lines.iter().map(line).collect(),
        }
    }
}

/// Somebody an invoice goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recipient {
    /// The contact.
    pub contact_id: ContactId,
    /// Their name.
    pub name: Name,
    /// Their address.
    pub email: EmailAddress,
}

/// An invoice as a document: the same for staff and client. `GET /portal/invoices/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceDocument {
    /// Its id.
    pub id: InvoiceId,
    /// Its number; drafts have none.
    pub number: Option<String>,
    /// How far it has come.
    pub status: InvoiceStatus,
    /// Whether it is open and its due date has passed in the organization's zone.
    pub overdue: bool,
    /// Whom it is for.
    pub client_id: ClientId,
    /// The client's name, frozen on issue.
    pub client_name: Name,
    /// The client's address, frozen on issue.
    pub client_address: Address,
    /// Its currency.
    pub currency: Currency,
    /// Date on the invoice.
    pub issued_on: Option<NaiveDate>,
    /// Until when it is to be paid: the next instalment, if it has a schedule; nothing while that waits for a milestone.
    pub due_on: Option<NaiveDate>,
    /// Its instalments, as they were written; none if it is paid at once.
    pub schedule: Vec<Instalment>,
    /// The client's own reference.
    pub reference: Line,
    /// Words to the client.
    pub note: Note,
    /// Foot of the document, frozen on issue.
    pub footer: Note,
    /// Where tax is rounded, frozen on issue.
    pub rounding: Rounding,
    /// Whether the unit prices include tax.
    pub price_mode: PriceMode,
    /// Discount on the whole.
    pub discount: Option<Discount>,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
    /// What they come to.
    pub totals: Totals,
    /// What has been paid.
    pub paid: Money,
    /// What credit notes take back.
    pub credited: Money,
    /// What was given up.
    pub written_off: Money,
    /// Whether a payment of it is contested by its payer's bank.
    pub disputed: bool,
    /// What is left to pay.
    pub balance: Money,
    /// What is asked for now: all instalments that are due, or the next; without a schedule the balance.
    pub next_payment: Money,
    /// The least that may be paid now, where a part is allowed; else what is asked for.
    pub minimum_payment: Money,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the client first opened it.
    pub viewed_at: Option<DateTime<Utc>>,
    /// When nothing was left to pay.
    pub paid_at: Option<DateTime<Utc>>,
    /// When it was withdrawn.
    pub voided_at: Option<DateTime<Utc>>,
    /// The days it is for, where it comes again.
    pub recurring: Option<RecurringPeriod>,
    /// The invoice that was paid late, where this is the fee for it.
    pub fee_for: Option<LateInvoice>,
    /// Version for `If-Match` and for starting a payment.
    pub version: i64,
}

/// The period of an invoice that comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecurringPeriod {
    /// What made it.
    pub recurring_invoice_id: RecurringInvoiceId,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
}

/// An invoice for which a fee is charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LateInvoice {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its number.
    pub number: String,
}

/// An invoice in a list. `GET /invoices`, `GET /portal/invoices`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceSummary {
    /// Its id.
    pub id: InvoiceId,
    /// Its number; drafts have none.
    pub number: Option<String>,
    /// How far it has come.
    pub status: InvoiceStatus,
    /// Whether it is open and late.
    pub overdue: bool,
    /// Whom it is for.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: Name,
    /// Date on the invoice.
    pub issued_on: Option<NaiveDate>,
    /// Until when it is to be paid: the next instalment, if it has a schedule; nothing while that waits for a milestone.
    pub due_on: Option<NaiveDate>,
    /// What it comes to.
    pub total: Money,
    /// What is left to pay.
    pub balance: Money,
    /// What is asked for now: all instalments that are due, or the next; without a schedule the balance.
    pub next_payment: Money,
    /// What is left of its instalments, in the order in which they are paid; none without a schedule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_parts: Vec<OpenPart>,
    /// Version for starting a payment.
    pub version: i64,
}

/// Which invoices a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InvoiceView {
    /// All of them.
    #[default]
    All,
    /// Drafts.
    Draft,
    /// Issued with something left to pay.
    Open,
    /// Open and late.
    Overdue,
    /// Paid.
    Paid,
    /// Given up.
    WrittenOff,
    /// Withdrawn.
    Void,
}

/// Filters of the list of invoices.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct InvoiceFilter {
    /// Which of them.
    pub view: InvoiceView,
    /// Of one client only.
    pub client_id: Option<ClientId>,
    /// Part of a number, reference or the client's name.
    pub q: Option<String>,
    /// Dated on or after.
    pub from: Option<NaiveDate>,
    /// Dated on or before.
    pub to: Option<NaiveDate>,
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// Sums over all open invoices, one per currency. `GET /invoices/figures`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceFigures {
    /// What clients owe.
    pub owed: Vec<Money>,
    /// How many invoices that is.
    pub owed_count: i64,
    /// What of that is late.
    pub overdue: Vec<Money>,
    /// How many invoices that is.
    pub overdue_count: i64,
    /// Received in the last seven days.
    pub paid_week: Vec<Money>,
    /// How many payments that was.
    pub paid_week_count: i64,
    /// How many drafts wait.
    pub draft_count: i64,
}

/// Sends a draft. `POST /invoices/{id}/send` with `If-Match`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SendInvoice {
    /// To these contacts of the client instead of the usual ones.
    pub contact_ids: Option<Vec<ContactId>>,
    /// Words in the mail.
    pub message: Note,
}

/// Withdraws an issued invoice. `POST /invoices/{id}/void`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VoidInvoice {
    /// Why; the client sees it.
    pub reason: Name,
}

/// A link that opens one invoice without signing in. `POST /invoices/{id}/copy-link`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceLink {
    /// Whoever has it sees the invoice and may pay it. Shown once.
    pub url: String,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// What a guest link opens. `GET /portal/guest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GuestDocument {
    /// The invoice, where it opens one.
    pub invoice_id: Option<InvoiceId>,
    /// The quote, where it opens one.
    pub quote_id: Option<crate::quotes::QuoteId>,
    /// Whether an access code is needed before anything can be seen: `POST /auth/guest/unlock`.
    pub code_needed: bool,
}

/// A tax rate to choose from. `GET /tax-rates`, `POST /tax-rates`, `DELETE /tax-rates/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaxRate {
    /// Its id.
    pub id: TaxRateId,
    /// Name and percentage, as they will stand on lines.
    #[serde(flatten)]
    pub tax: Tax,
    /// Put on new lines by itself.
    pub is_default: bool,
}

id!(
    /// A tax rate of the organization.
    TaxRateId,
    "tax"
);

/// A new tax rate.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTaxRate {
    /// Its name, e.g. `VAT`.
    pub name: Name,
    /// Its percentage.
    pub rate: crate::tax::Rate,
    /// Put on new lines by itself.
    #[serde(default)]
    pub is_default: bool,
}
