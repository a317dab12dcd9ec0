//! Bank transfers: what a payer needs to know, what a bank's statement tells, and which invoices it pays.

mod account;
pub mod epc;
mod reference;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

pub use account::{AccountError, Bic, Iban};
pub use reference::{CreditorReference, ReferenceError};

use crate::clients::ClientId;
use crate::id;
use crate::imports::DateOrder;
use crate::invoices::InvoiceId;
use crate::money::{Currency, Money};
use crate::payments::PaymentId;
use crate::text::{Line, Name, Note};

id!(
    /// A statement of a bank that was read.
    BankStatementId,
    "bst"
);
id!(
    /// Money on a bank's statement.
    BankTransactionId,
    "btx"
);

/// The organization's account at a bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BankAccount {
    /// Whose it is, as the bank knows them.
    pub holder: Name,
    /// Its number.
    pub iban: Iban,
    /// The bank's code, which payers outside of the European Economic Area need.
    pub bic: Option<Bic>,
    /// The bank's name.
    pub bank_name: Line,
    /// Words to the payer.
    pub note: Note,
}

/// How to pay invoices by bank transfer. `GET /portal/bank-transfer`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BankTransferInstructions {
    /// To whom.
    pub holder: Name,
    /// To which account.
    pub iban: Iban,
    /// The same in groups of four.
    pub iban_printed: String,
    /// At which bank.
    pub bic: Option<Bic>,
    /// Its name.
    pub bank_name: Line,
    /// How much.
    pub amount: Money,
    /// The structured reference (ISO 11649) that tells whom the money is from and what for; several invoices have none in common.
    pub reference: Option<CreditorReference>,
    /// The same in groups of four.
    pub reference_printed: Option<String>,
    /// The text for several invoices, and for banks without a field for structured references: the invoices' numbers.
    pub remittance: String,
    /// Words to the payer.
    pub note: Note,
    /// What the QR code says (EPC069-12); absent unless the amount is in euros.
    pub qr_payload: Option<String>,
    /// The QR code as an SVG image.
    pub qr_svg: Option<String>,
}

/// What a file with a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum StatementFormat {
    /// ISO 20022 `camt.053`, any version.
    Camt053,
    /// A table.
    Csv,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $text:literal;)*) => {
        /// What a column of a statement can mean.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum StatementField { $($(#[$doc])* $variant,)* }

        impl StatementField {
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
    /// When it was booked.
    BookedOn = "booked_on";
    /// How much; below zero, if it went out.
    Amount = "amount";
    /// How much came in.
    Credit = "credit";
    /// How much went out.
    Debit = "debit";
    /// Currency.
    Currency = "currency";
    /// Who paid.
    Name = "name";
    /// Their account.
    Iban = "iban";
    /// What for.
    Remittance = "remittance";
    /// The bank's own reference of the entry, unlike all others.
    EntryReference = "entry_reference";
}

/// Brings in a bank's statement. `POST /bank-statements`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UploadBankStatement {
    /// The file's name.
    pub name: Name,
    /// Its bytes in base64, at most 10 MB of them: `camt.053` or CSV, which is found out.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "RGF0ZTtBbW91bnQ7TmFtZTtUZXh0CjIwMjYtMDMtMDE7MSwwMDtBbm47Ui0xCg==")
    )]
    pub content: String,
    /// CSV only: column heading → meaning; guessed if absent.
    #[serde(default)]
    pub mapping: Option<BTreeMap<String, StatementField>>,
    /// CSV only: how to read dates.
    #[serde(default)]
    pub date_order: DateOrder,
    /// CSV only: currency of amounts whose row names none; the organization's if absent.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// CSV only: the account, as far as the file doesn't say; the one clients pay to if absent.
    #[serde(default)]
    pub iban: Option<Iban>,
}

/// What a table's columns are, as far as is known: `current` of the problem `invalid_mapping`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementColumns {
    /// The headings, in order.
    pub headings: Vec<String>,
    /// What each is taken for.
    pub mapping: BTreeMap<String, StatementField>,
}

/// A row or entry that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusedEntry {
    /// Line of a table, the heading being line 1; otherwise the entry's place, from 1.
    pub line: u64,
    /// Stable code of the reason.
    pub code: String,
    /// Why, in English.
    pub reason: String,
}

/// What came of a statement. `POST /bank-statements`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BankStatement {
    /// Its id.
    pub id: BankStatementId,
    /// The file's name.
    pub name: Name,
    /// What it is.
    pub format: StatementFormat,
    /// The accounts it is about.
    pub accounts: Vec<String>,
    /// CSV only: what each heading was taken for.
    pub mapping: BTreeMap<String, StatementField>,
    /// Transactions that are new.
    pub added: i64,
    /// Transactions that were known, from this statement or another.
    pub duplicates: i64,
    /// Money that went out; it is not kept, except what is a reversal.
    pub outgoing: i64,
    /// Entries the bank has not booked yet; they come again in a later statement.
    pub pending: i64,
    /// What can't be taken: the first hundred.
    pub refused: Vec<RefusedEntry>,
    /// When it was read.
    pub imported_at: DateTime<Utc>,
}

/// What became of money on a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum BankTransactionState {
    /// Nobody has said what it pays.
    Open,
    /// It is a payment.
    Matched,
    /// It has nothing to do with invoices.
    Ignored,
}

/// Money on a bank's statement. `GET /bank-transactions`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BankTransaction {
    /// Its id.
    pub id: BankTransactionId,
    /// The statement it came with first.
    pub statement_id: BankStatementId,
    /// The organization's account: its IBAN, or how the bank names it.
    pub account: String,
    /// When it was booked.
    pub booked_on: NaiveDate,
    /// How much; below zero for a reversal that took money back.
    pub amount: Money,
    /// Whether the bank took back an earlier entry.
    pub reversal: bool,
    /// Who paid, as their bank named them.
    pub counterparty_name: String,
    /// Their account.
    pub counterparty_iban: Option<String>,
    /// The structured reference they gave.
    pub creditor_reference: Option<String>,
    /// What they wrote.
    pub remittance: String,
    /// What became of it.
    pub state: BankTransactionState,
    /// The payment it became.
    pub payment_id: Option<PaymentId>,
    /// What it may pay, the likeliest first, at most five; only while it is open.
    pub suggestions: Vec<MatchSuggestion>,
}

/// How sure a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Worth a look.
    Low,
    /// Likely.
    Medium,
    /// The payer named the invoice, and the amount is what it asks for.
    High,
}

/// Why something is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MatchReason {
    /// The structured reference is the invoice's.
    Reference,
    /// The text names the invoice's number.
    Number,
    /// The amount is what the invoice asks for.
    Amount,
    /// The amount is what several invoices of the client ask for together.
    Sum,
    /// It is less than is asked for.
    Partial,
    /// It is more than is asked for; the rest becomes credit.
    OverPayment,
    /// The payer is called like the client.
    Name,
    /// The client has paid from this account before.
    KnownAccount,
}

/// A part of money that goes to an invoice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SuggestedAllocation {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its number.
    pub number: String,
    /// What it still asks for.
    pub balance: Money,
    /// How much of the money would go to it.
    pub amount: Money,
}

/// What money may be for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MatchSuggestion {
    /// Whose payment it would be.
    pub client_id: ClientId,
    /// Their name.
    pub client_name: Name,
    /// What it would pay: ready to be sent to `POST /bank-transactions/{id}/match`.
    pub allocations: Vec<SuggestedAllocation>,
    /// What would be left, as the client's credit.
    pub credit: Money,
    /// How sure this is.
    pub confidence: Confidence,
    /// Why it is suggested.
    pub reasons: Vec<MatchReason>,
}

/// What of the money goes to which invoice.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BankAllocation {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// How much of the money goes to it; not more than it asks for.
    pub amount: Money,
}

/// Says what money is for. `POST /bank-transactions/{id}/match`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MatchBankTransaction {
    /// One to fifty invoices of one client. What is left becomes the client's credit.
    #[validate(length(min = 1, max = 50))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 50))]
    pub allocations: Vec<BankAllocation>,
    /// Whether the client's primary contact gets a receipt by mail; they do if absent.
    #[serde(default)]
    pub send_receipt: Option<bool>,
}

/// Filters of the list of bank transactions.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct BankTransactionFilter {
    /// In one state only.
    pub state: Option<BankTransactionState>,
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}
