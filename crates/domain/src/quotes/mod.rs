//! Quotes: what is offered, in versions, what of it the client takes, and what follows from it.

pub mod billing;
mod bodies;
mod compare;
mod content;
mod selection;
#[cfg(test)]
mod tests;
mod totals;
mod views;

pub use bodies::{
    AcceptQuote, Answer, Ask, BillQuote, DeclineQuote, DraftQuote, PreviewQuote, PreviewSelection,
    QuoteSettings, QuoteSettingsInput, RequestChanges, ReturnQuote, SendQuote, SetAccessCode, Signature,
    UnlockGuest, WithdrawQuote,
};
pub use compare::{Change, FieldChange, LineChange, QuoteComparison, Side, compare};
pub use content::{
    Adjustable, Costs, Deposit, MAX_LINES, Package, PackageGroup, QuoteContent, QuoteLine, QuoteSection, Take,
};
pub use selection::{Chosen, Selection, SelectionError};
pub use totals::{Counting, Margin, QuoteLineTotal, QuoteTotals, QuoteTotalsError, compute, margin};
pub use views::{
    Accepted, Approval, ChangeOrder, Decision, DecisionKind, Question, Quote, QuoteDocument, QuoteFigures,
    QuoteFilter, QuoteInvoice, QuoteLink, QuotePart, QuoteSummary, QuoteView, Unlocked, VersionFilter,
    VersionPair, VersionSummary,
};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id;
use crate::problem::Code;

id!(
    /// A quote.
    QuoteId,
    "quo"
);
id!(
    /// A client's decision on a version.
    DecisionId,
    "qde"
);
id!(
    /// A question about a quote.
    QuestionId,
    "qqu"
);

/// How far a quote has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum QuoteState {
    /// Being written; the client doesn't see it.
    Draft,
    /// Mailed to the client.
    Sent,
    /// The client has opened it.
    Viewed,
    /// The client wants something changed: a new version is wanted.
    ChangesRequested,
    /// The client accepted.
    Accepted,
    /// The client declined.
    Declined,
    /// Taken back by staff.
    Withdrawn,
    /// Accepted, and all of it is billed.
    Converted,
    /// Sent or viewed, and its last day has passed. Never stored: it follows from the date.
    Expired,
}

impl QuoteState {
    /// What it is on a day: an offer nobody decided on expires after its last day.
    #[must_use]
    pub fn on(self, today: NaiveDate, valid_until: Option<NaiveDate>) -> Self {
        match self {
            Self::Sent | Self::Viewed if valid_until.is_some_and(|last| last < today) => Self::Expired,
            other => other,
        }
    }

    /// Whether the client can decide.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Viewed)
    }

    /// Whether the client has accepted it.
    pub fn is_accepted(self) -> bool {
        matches!(self, Self::Accepted | Self::Converted)
    }

    /// Whether a new version can be written: it was sent, and not accepted.
    pub fn takes_new_version(self) -> bool {
        match self {
            Self::Sent | Self::Viewed | Self::ChangesRequested | Self::Declined | Self::Expired => true,
            Self::Draft | Self::Accepted | Self::Withdrawn | Self::Converted => false,
        }
    }
}

/// Why a quote can't do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// Nothing is being written.
    #[error("nothing of it is being written: begin a new version first")]
    NotDraft,
    /// A version is being written already.
    #[error("a new version is being written already")]
    HasDraft,
    /// Drafts, accepted and withdrawn quotes get no new version.
    #[error("only a quote that was sent and not accepted can get a new version")]
    NoNewVersion,
    /// Only what waits for the client can be withdrawn.
    #[error("only a quote that was sent and not accepted can be withdrawn")]
    NotWithdrawable,
    /// Only what was sent can be seen by the client.
    #[error("send the quote first")]
    NotSent,
    /// It waits for an approval.
    #[error("it waits for approval: approve or return it first")]
    ApprovalPending,
    /// It doesn't.
    #[error("it doesn't wait for approval")]
    NoApproval,
    /// Only accepted quotes are billed and changed by change orders.
    #[error("only an accepted quote can be billed or changed")]
    NotAccepted,
    /// All of it is billed.
    #[error("all that was accepted has been billed")]
    AllBilled,
    /// The last day has passed.
    #[error("its last day has passed: ask for a new version")]
    Expired,
    /// Declined, withdrawn, or a change was asked for.
    #[error("it can no longer be decided")]
    Closed,
    /// A question was answered already.
    #[error("this question has been answered")]
    Answered,
    /// A change order is part of the accepted quote's project and stays with its client and currency.
    #[error("a change order has the client and currency of the quote it changes")]
    OtherClient,
}

impl QuoteError {
    /// The code it is answered with.
    pub fn code(self) -> Code {
        match self {
            Self::Expired => Code::QuoteExpired,
            _ => Code::QuoteState,
        }
    }
}
