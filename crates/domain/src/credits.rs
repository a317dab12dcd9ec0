//! Credit: notes that take back what an invoice asked for, money that pays nothing yet, and what is given up.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::clients::ClientId;
use crate::id;
use crate::invoices::{InvoiceId, LineId};
use crate::money::{Money, Quantity, UnitPrice};
use crate::payments::PaymentId;
use crate::problem::Code;
use crate::tax::Tax;
use crate::text::{Address, Line, Name, Note};
use crate::totals::{PriceMode, Totals};

mod note;

pub use note::{Credited, credit};

id!(
    /// A credit note.
    CreditNoteId,
    "crn"
);

/// How far a credit note has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum CreditNoteStatus {
    /// Being written; the client doesn't see it.
    Draft,
    /// Issued: the invoice asks for less.
    Issued,
}

impl CreditNoteStatus {
    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Issued => "issued",
        }
    }
}

impl std::str::FromStr for CreditNoteStatus {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Draft, Self::Issued].into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}

/// A line of the invoice that is taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreditLine {
    /// The invoice's line.
    pub line_id: LineId,
    /// How much of it; all of it if absent.
    #[serde(default)]
    pub quantity: Option<Quantity>,
}

/// A credit note as it is written: lines, or an amount, or without either all that is left of the invoice.
/// `POST /invoices/{id}/credit-notes`, and anew by `PUT /credit-notes/{id}` with `If-Match`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftCreditNote {
    /// These lines.
    #[serde(default)]
    #[validate(length(max = 500), nested)]
    pub lines: Vec<CreditLine>,
    /// This much, with tax, split as the invoice's taxes are.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Why; the client sees it.
    pub reason: Name,
    /// Words to the client, on the credit note.
    #[serde(default)]
    pub note: Note,
}

/// A line as it stands on a credit note; amounts are above zero: they are what is taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreditNoteLine {
    /// The invoice's line; absent where an amount is taken back.
    pub line_id: Option<LineId>,
    /// What is taken back.
    pub description: Name,
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

/// A credit note. `GET /credit-notes/{id}`, `GET /portal/credit-notes/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreditNote {
    /// Its id.
    pub id: CreditNoteId,
    /// Its number; drafts have none.
    pub number: Option<String>,
    /// How far it has come.
    pub status: CreditNoteStatus,
    /// The invoice it takes back from.
    pub invoice_id: InvoiceId,
    /// The invoice's number.
    pub invoice_number: String,
    /// Whom it is for.
    pub client_id: ClientId,
    /// The client's name, as on the invoice.
    pub client_name: Name,
    /// The client's address, as on the invoice.
    pub client_address: Address,
    /// Date on it.
    pub issued_on: Option<NaiveDate>,
    /// Why.
    pub reason: Name,
    /// Words to the client.
    pub note: Note,
    /// Whether the prices include tax, as on the invoice.
    pub price_mode: PriceMode,
    /// Its lines.
    pub lines: Vec<CreditNoteLine>,
    /// What they come to; above zero.
    pub totals: Totals,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// Version for `If-Match`.
    pub version: i64,
}

/// A credit note in a list. `GET /credit-notes`, `GET /portal/credit-notes`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreditNoteSummary {
    /// Its id.
    pub id: CreditNoteId,
    /// Its number; drafts have none.
    pub number: Option<String>,
    /// How far it has come.
    pub status: CreditNoteStatus,
    /// The invoice it takes back from.
    pub invoice_id: InvoiceId,
    /// The invoice's number.
    pub invoice_number: String,
    /// Whom it is for.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: Name,
    /// Date on it.
    pub issued_on: Option<NaiveDate>,
    /// Why.
    pub reason: Name,
    /// What it comes to; above zero.
    pub total: Money,
}

/// Filters of the list of credit notes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct CreditNoteFilter {
    /// Of one client only.
    pub client_id: Option<ClientId>,
    /// Of one invoice only.
    pub invoice_id: Option<InvoiceId>,
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// What becomes of money that an issued credit note sets free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FreedMoney {
    /// It is the client's credit.
    #[default]
    Credit,
    /// It goes back to where it came from.
    Refund,
}

/// Issues a draft. `POST /credit-notes/{id}/issue` with `If-Match`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct IssueCreditNote {
    /// What becomes of what was paid already and is no longer asked for.
    pub freed: FreedMoney,
    /// Whether the client's contacts get a mail; they do if absent.
    pub send: Option<bool>,
}

/// Spends a client's credit on an invoice. `POST /clients/{id}/credit/applications`,
/// `POST /portal/credit/applications`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApplyCredit {
    /// The open invoice.
    pub invoice_id: InvoiceId,
    /// How much, at most what is owed and what is there.
    pub amount: Money,
}

/// What applying credit came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreditApplied {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// How much.
    pub amount: Money,
    /// What is left to pay on the invoice.
    pub balance: Money,
    /// What is left of the credit, in this currency.
    pub credit: Money,
    /// The payments it was taken from, and how much of each.
    pub taken: Vec<CreditTaken>,
}

/// Credit that was taken from one payment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreditTaken {
    /// The payment.
    pub payment_id: PaymentId,
    /// How much of it.
    pub amount: Money,
}

/// How a payment came to pay less than it brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CreditOrigin {
    /// More came than was owed, or for an invoice that was withdrawn.
    OverPayment,
    /// It was taken off an invoice, by staff.
    TakenOff,
    /// A credit note set it free.
    CreditNote,
}

/// Credit of a client, by the payment it lies in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreditSource {
    /// The payment.
    pub payment_id: PaymentId,
    /// How it was paid.
    pub method: String,
    /// When.
    pub received_on: NaiveDate,
    /// What the payment brought.
    pub paid: Money,
    /// What of it is credit now.
    pub left: Money,
    /// How it came to be credit.
    pub origin: CreditOrigin,
    /// The number of the invoice or credit note that set it free.
    pub number: Option<String>,
}

/// A client's credit. `GET /clients/{id}/credit`, `GET /portal/credit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClientCredit {
    /// What is left, one amount per currency.
    pub credit: Vec<Money>,
    /// Where it lies, the oldest first: the order in which it is spent. At most a hundred.
    pub sources: Vec<CreditSource>,
}

/// Gives up what an invoice still asks for. `POST /invoices/{id}/write-off`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WriteOffInvoice {
    /// Why; for staff only.
    pub reason: Name,
}

/// Why something can't be credited.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CreditError {
    /// Neither issued nor with anything on it.
    #[error("only an issued invoice can be credited")]
    NotIssued,
    /// More than is left of the invoice, after earlier credit notes.
    #[error("credit at most {0}: earlier credit notes count")]
    TooMuch(Money),
    /// Lines and an amount.
    #[error("name lines or an amount, not both")]
    LinesAndAmount,
    /// A line of another invoice.
    #[error("must be a line of the invoice")]
    UnknownLine(usize),
    /// More of a line than is on the invoice, or less than nothing of it.
    #[error("must be more than nothing and at most the invoice's quantity")]
    Quantity(usize),
    /// Nothing.
    #[error("credit more than nothing")]
    NotPositive,
    /// Another currency.
    #[error("credit in the invoice's currency")]
    CurrencyMismatch,
    /// Numbers too large.
    #[error(transparent)]
    Money(#[from] crate::money::MoneyError),
    /// There is less credit than that.
    #[error("there is a credit of {0}")]
    TooLittle(Money),
    /// The credit note was issued.
    #[error("only a draft can be changed, issued or deleted")]
    NotDraft,
    /// Nothing is left to give up, or nothing was.
    #[error("{0}")]
    WriteOff(&'static str),
}

impl CreditError {
    /// The code it is answered with.
    pub fn code(&self) -> Code {
        match self {
            Self::NotIssued | Self::NotDraft | Self::WriteOff(_) => Code::Conflict,
            Self::TooMuch(_) | Self::TooLittle(_) => Code::MoreThanLeft,
            Self::LinesAndAmount | Self::UnknownLine(_) | Self::Quantity(_) => Code::Validation,
            Self::NotPositive | Self::CurrencyMismatch => Code::AmountNotAllowed,
            Self::Money(error) => error.code(),
        }
    }

    /// The field it is about, as a JSON pointer.
    pub fn pointer(&self) -> Option<String> {
        match self {
            Self::UnknownLine(index) => Some(format!("/lines/{index}/line_id")),
            Self::Quantity(index) => Some(format!("/lines/{index}/quantity")),
            Self::LinesAndAmount | Self::NotPositive | Self::CurrencyMismatch | Self::TooLittle(_) => {
                Some("/amount".to_owned())
            }
            Self::NotIssued | Self::NotDraft | Self::TooMuch(_) | Self::Money(_) | Self::WriteOff(_) => None,
        }
    }
}
