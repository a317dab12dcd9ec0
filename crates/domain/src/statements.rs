//! Statements of account: what moved between a client and the organization, and what is owed in the end.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::clients::ClientId;
use crate::credits::CreditNoteId;
use crate::invoices::InvoiceId;
use crate::money::{Currency, Money};
use crate::payments::{LedgerEntryId, PaymentId};
use crate::text::Name;

/// What a movement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// An invoice was issued: more is owed.
    Invoice,
    /// An invoice was withdrawn: less is owed.
    Void,
    /// Money came: less is owed.
    Payment,
    /// A credit note was issued: less is owed.
    CreditNote,
    /// Money went back: more is owed.
    Refund,
    /// The bank took disputed money, or gave it back.
    Dispute,
    /// What was owed is given up, or is not any more.
    WriteOff,
    /// Credit pays an invoice, or is taken off it: nothing more or less is owed.
    CreditApplied,
}

impl MovementKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Invoice,
        Self::Void,
        Self::Payment,
        Self::CreditNote,
        Self::Refund,
        Self::Dispute,
        Self::WriteOff,
        Self::CreditApplied,
    ];

    /// Its name, as it travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Void => "void",
            Self::Payment => "payment",
            Self::CreditNote => "credit_note",
            Self::Refund => "refund",
            Self::Dispute => "dispute",
            Self::WriteOff => "write_off",
            Self::CreditApplied => "credit_applied",
        }
    }

    /// What it is called in the ledger.
    pub fn of_entry(kind: &str) -> Option<Self> {
        match kind {
            "issue" => Some(Self::Invoice),
            "allocation" => Some(Self::CreditApplied),
            other => Self::ALL.into_iter().find(|movement| movement.as_str() == other),
        }
    }
}

/// One movement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Movement {
    /// The ledger's entry.
    pub id: LedgerEntryId,
    /// The day it counts for.
    pub on: NaiveDate,
    /// What it is.
    pub kind: MovementKind,
    /// The invoice, where it is about one.
    pub invoice_id: Option<InvoiceId>,
    /// The payment, where it is about one.
    pub payment_id: Option<PaymentId>,
    /// The credit note, where it is about one.
    pub credit_note_id: Option<CreditNoteId>,
    /// Number of the document, or how money came.
    pub reference: String,
    /// How much it is.
    pub amount: Money,
    /// What it changes about what is owed: above zero, more is.
    pub change: Money,
    /// What is owed after it; below zero, the client has credit.
    pub balance: Money,
}

/// What is owed by how late it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ageing {
    /// Not due yet.
    pub current: Money,
    /// Late by one to thirty days.
    pub days_1_30: Money,
    /// By 31 to 60.
    pub days_31_60: Money,
    /// By 61 to 90.
    pub days_61_90: Money,
    /// By more than 90.
    pub days_over_90: Money,
}

/// A statement of account. `GET /clients/{id}/statement`, `GET /portal/statement`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Statement {
    /// Whose.
    pub client_id: ClientId,
    /// Their name.
    pub client_name: Name,
    /// Its currency.
    pub currency: Currency,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// What was owed before the first day, less credit.
    pub opening: Money,
    /// What is owed after the last day, less credit.
    pub closing: Money,
    /// What invoices ask for at the end.
    pub owed: Money,
    /// What pays nothing yet at the end.
    pub credit: Money,
    /// What is owed, by how late it is on the last day.
    pub ageing: Ageing,
    /// The movements, the oldest first.
    pub items: Vec<Movement>,
    /// Give this as `cursor` to get the next part; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What a statement is of.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct StatementFilter {
    /// The first day; ninety days before the last if absent.
    pub from: Option<NaiveDate>,
    /// The last day; today if absent.
    pub to: Option<NaiveDate>,
    /// The currency; the organization's if absent.
    pub currency: Option<Currency>,
    /// Movements of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// What a printed statement is of: all movements of a span.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct StatementPeriod {
    /// The first day; ninety days before the last if absent.
    pub from: Option<NaiveDate>,
    /// The last day; today if absent.
    pub to: Option<NaiveDate>,
    /// The currency; the organization's if absent.
    pub currency: Option<Currency>,
}

impl From<StatementPeriod> for StatementFilter {
    fn from(period: StatementPeriod) -> Self {
        let StatementPeriod { from, to, currency } = period;
        Self { from, to, currency, limit: None, cursor: None }
    }
}
