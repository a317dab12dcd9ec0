//! Bodies of responses, and filters of lists.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Costs, Counting, DecisionId, Margin, QuestionId, QuoteContent, QuoteId, QuoteState, QuoteTotals,
    Selection, Signature,
};
use crate::clients::ClientId;
use crate::invoices::{InvoiceId, InvoiceStatus, Recipient};
use crate::money::Money;
use crate::projects::ProjectId;
use crate::text::{Address, Name, Note, PartKey};

/// A version of a quote as a document: the same for staff and client. `GET /portal/quotes/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteDocument {
    /// Its id.
    pub id: QuoteId,
    /// Its number; without one, nothing was sent yet.
    pub number: Option<String>,
    /// How far the quote has come.
    pub state: QuoteState,
    /// The version that this is, from 1.
    pub no: i32,
    /// The newest version that was sent; 0 if none was.
    pub current_no: i32,
    /// Whether a newer version took this one's place.
    pub superseded: bool,
    /// Whom it is for.
    pub client_id: ClientId,
    /// The client's name, frozen by sending.
    pub client_name: Name,
    /// The client's address, frozen by sending.
    pub client_address: Address,
    /// How it counts, frozen by sending.
    pub counting: Counting,
    /// What it says.
    pub content: QuoteContent,
    /// Foot of the document, frozen by sending.
    pub footer: Note,
    /// The choice said in full: what was accepted, else what is offered.
    pub selection: Selection,
    /// What it comes to with that choice.
    pub totals: QuoteTotals,
    /// SHA-256 of what is shown, in hexadecimal digits: `accept` sends it back. Absent before sending.
    pub hash: Option<String>,
    /// When this version was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the client first opened the newest version.
    pub viewed_at: Option<DateTime<Utc>>,
    /// What the client decided on this version.
    pub decision: Option<Decision>,
    /// The accepted quote that this one changes.
    pub changes_quote_id: Option<QuoteId>,
    /// What the work will be, once accepted.
    pub project_id: Option<ProjectId>,
    /// Its invoices, as far as the reader may see them.
    pub invoices: Vec<QuoteInvoice>,
    /// Accepted change orders and open ones.
    pub change_orders: Vec<ChangeOrder>,
    /// What is agreed in all: this quote and its accepted change orders; absent before acceptance.
    pub contract: Option<Money>,
    /// Questions and answers, oldest first.
    pub questions: Vec<Question>,
    /// Version for `If-Match`.
    pub version: i64,
}

/// A quote as staff see it. `GET /quotes/{id}`: what is being written, else the newest version sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// What the client sees of it, too.
    #[serde(flatten)]
    pub document: QuoteDocument,
    /// For staff only.
    pub internal_note: Note,
    /// The version being written, if any.
    pub draft_no: Option<i32>,
    /// What we pay for one of a line, by the line's key.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub costs: Costs,
    /// What we keep with the shown choice.
    pub margin: Margin,
    /// How this version's approval stands, where one was asked for.
    pub approval: Option<Approval>,
    /// Whether sending by this member would ask for approval.
    pub needs_approval: bool,
    /// Whether guest links ask for a code.
    pub access_code: bool,
    /// To whom it would be sent.
    pub recipients: Vec<Recipient>,
    /// What was billed of it, drafts included.
    pub billed: Money,
}

/// How an internal approval stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Approval {
    /// Whether it still waits.
    pub pending: bool,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// Who asked.
    pub requested_by: Option<Name>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// Who approved.
    pub approved_by: Option<Name>,
    /// What was said when it was given back.
    pub return_note: Option<String>,
}

/// What the client decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decision {
    /// Its id.
    pub id: DecisionId,
    /// What.
    pub kind: DecisionKind,
    /// On which version.
    pub no: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// Full name of who did.
    pub name: Name,
    /// The reason, or what is to change.
    pub words: Note,
    /// The choice, said in full.
    pub selection: Selection,
    /// What it came to.
    pub total: Money,
    /// What was to be paid at once.
    pub deposit: Money,
    /// SHA-256 of what was shown.
    pub hash: String,
    /// The sentence agreed to.
    pub consent: String,
    /// The drawn signature.
    pub signature: Option<Signature>,
}

/// What a client can decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum DecisionKind {
    /// Yes.
    Accepted,
    /// No.
    Declined,
    /// Not so.
    ChangesRequested,
}

/// The outcome of accepting. `POST /portal/quotes/{id}/accept`; the same person again gets the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accepted {
    /// The decision.
    pub decision: Decision,
    /// The project that came of it, or to which the change order belongs.
    pub project_id: ProjectId,
    /// The invoice to pay now, where a deposit is due.
    pub deposit_invoice_id: Option<InvoiceId>,
    /// For guests: a link that opens that invoice.
    pub deposit_invoice_url: Option<String>,
}

/// What an invoice bills of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum QuotePart {
    /// What was due on acceptance.
    Deposit,
    /// A part.
    Part,
    /// All that was left.
    Final,
}

/// An invoice of a quote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteInvoice {
    /// Its id.
    pub id: InvoiceId,
    /// Its number; drafts have none.
    pub number: Option<String>,
    /// How far it has come.
    pub status: InvoiceStatus,
    /// What it bills.
    pub part: QuotePart,
    /// What it comes to.
    pub total: Money,
    /// What is left to pay.
    pub balance: Money,
}

/// A change order, or a quote that became one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeOrder {
    /// Its id.
    pub id: QuoteId,
    /// Its number.
    pub number: Option<String>,
    /// What it is about.
    pub title: Name,
    /// How far it has come.
    pub state: QuoteState,
    /// By how much it changes the contract.
    pub total: Money,
}

/// A question about a quote, and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Question {
    /// Its id.
    pub id: QuestionId,
    /// The version it was asked about.
    pub no: i32,
    /// The line it is about, by key; the whole if absent.
    pub line: Option<PartKey>,
    /// The question.
    pub question: Note,
    /// Who asked.
    pub asked_by: Name,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// The answer.
    pub answer: Option<Note>,
    /// Who answered; to clients, in the organization's name.
    pub answered_by: Option<Name>,
    /// When.
    pub answered_at: Option<DateTime<Utc>>,
}

/// A version in the list of a quote's versions, newest first. `GET /quotes/{id}/versions`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionSummary {
    /// Its number within the quote, from 1.
    pub no: i32,
    /// When it was sent; absent while it is being written.
    pub sent_at: Option<DateTime<Utc>>,
    /// Its last day.
    pub valid_until: Option<NaiveDate>,
    /// What it comes to as offered.
    pub total: Money,
    /// Whether a newer one took its place.
    pub superseded: bool,
    /// What the client decided on it.
    pub decision: Option<DecisionKind>,
}

/// A quote in a list. `GET /quotes`, `GET /portal/quotes`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteSummary {
    /// Its id.
    pub id: QuoteId,
    /// Its number.
    pub number: Option<String>,
    /// What it is about.
    pub title: Name,
    /// How far it has come.
    pub state: QuoteState,
    /// Whom it is for.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: Name,
    /// What it comes to: as accepted, else as offered.
    pub total: Money,
    /// The newest version that was sent; 0 if none was.
    pub current_no: i32,
    /// Its last day.
    pub valid_until: Option<NaiveDate>,
    /// When it was last sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the client decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// All questions.
    pub questions: i64,
    /// Those without an answer.
    pub open_questions: i64,
    /// Whether it waits for an internal approval; always false in the portal.
    pub approval_pending: bool,
    /// The quote that it changes.
    pub changes_quote_id: Option<QuoteId>,
    /// Version for `If-Match`.
    pub version: i64,
}

/// Which quotes a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuoteView {
    /// All of them.
    #[default]
    All,
    /// Never sent.
    Draft,
    /// Waiting for an internal approval.
    AwaitingApproval,
    /// Waiting for the client.
    Open,
    /// The client wants changes, or has asked something that nobody answered.
    NeedsUs,
    /// Accepted, billed or not.
    Accepted,
    /// Declined.
    Declined,
    /// Nobody decided in time.
    Expired,
    /// Taken back.
    Withdrawn,
}

/// Filters of the list of quotes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct QuoteFilter {
    /// Which of them.
    pub view: QuoteView,
    /// Of one client only.
    pub client_id: Option<ClientId>,
    /// Part of a number, title or the client's name.
    pub q: Option<String>,
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// Which version of a quote.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct VersionFilter {
    /// Its number; the newest that the caller may see if absent.
    pub no: Option<i32>,
}

/// Which two versions of a quote are compared; the newest two that the caller may see if absent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct VersionPair {
    /// The older.
    pub from: Option<i32>,
    /// The newer.
    pub to: Option<i32>,
}

/// What waits, and for whom. `GET /quotes/figures`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteFigures {
    /// What clients could accept today, one amount per currency, as offered.
    pub open: Vec<Money>,
    /// How many quotes that is.
    pub open_count: i64,
    /// Accepted in the last thirty days, one amount per currency.
    pub accepted_month: Vec<Money>,
    /// How many quotes that is.
    pub accepted_month_count: i64,
    /// How many drafts were never sent.
    pub draft_count: i64,
    /// How many wait for an internal approval.
    pub awaiting_approval_count: i64,
    /// In how many the client wants changes.
    pub changes_requested_count: i64,
    /// How many questions nobody answered.
    pub open_question_count: i64,
    /// How many are accepted and not billed to the end.
    pub to_bill_count: i64,
}

/// A link that opens one quote without signing in. `POST /quotes/{id}/copy-link`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteLink {
    /// Whoever has it, and the access code where there is one, sees the quote and may decide. Shown once.
    pub url: String,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// A guest link that was unlocked. `POST /auth/guest/unlock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unlocked {
    /// A token for `Portico-Guest` in place of the link's, for a day.
    pub token: String,
    /// The quote that it opens.
    pub quote_id: QuoteId,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}
