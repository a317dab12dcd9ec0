//! Money that goes back: refunds that staff start, and disputes that payers start with their banks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::id;
use crate::invoices::InvoiceId;
use crate::money::Money;
use crate::payments::PaymentId;
use crate::text::Name;

id!(
    /// A refund.
    RefundId,
    "ref"
);
id!(
    /// A dispute.
    DisputeId,
    "dis"
);

/// Where money goes that is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum RefundTo {
    /// To where it came from: by the provider, or by hand where it was recorded by hand.
    Source,
    /// It stays here, as the client's credit.
    Credit,
}

impl RefundTo {
    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Credit => "credit",
        }
    }
}

impl std::str::FromStr for RefundTo {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Source, Self::Credit].into_iter().find(|to| to.as_str() == text).ok_or(())
    }
}

/// What becomes of the invoices that the money had paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum InvoiceAfterRefund {
    /// They are owed again.
    #[default]
    Reopen,
    /// They stay settled: a credit note takes the money's place.
    CreditNote,
}

impl InvoiceAfterRefund {
    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reopen => "reopen",
            Self::CreditNote => "credit_note",
        }
    }
}

impl std::str::FromStr for InvoiceAfterRefund {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Reopen, Self::CreditNote].into_iter().find(|after| after.as_str() == text).ok_or(())
    }
}

/// How far a refund has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum RefundState {
    /// The provider is asked or works on it; the books stand as before.
    Pending,
    /// The money has gone back.
    Succeeded,
    /// It did not, or came back.
    Failed,
}

impl RefundState {
    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

impl std::str::FromStr for RefundState {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Pending, Self::Succeeded, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// Gives money back. `POST /payments/{id}/refunds`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundPayment {
    /// How much, in the payment's currency.
    pub amount: Money,
    /// Where to.
    pub to: RefundTo,
    /// Why; the client sees it.
    pub reason: Name,
    /// What becomes of the invoices the money had paid.
    #[serde(default)]
    pub invoices: InvoiceAfterRefund,
    /// Taken from what pays this invoice only; without it, first from what pays none, then from what was
    /// allocated last.
    #[serde(default)]
    pub invoice_id: Option<InvoiceId>,
}

/// A refund. `POST /payments/{id}/refunds`, and on its payment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// Of which payment.
    pub payment_id: PaymentId,
    /// How much.
    pub amount: Money,
    /// Where to.
    pub to: RefundTo,
    /// How far it has come.
    pub state: RefundState,
    /// Why; empty if it was started at the provider.
    pub reason: String,
    /// What becomes of the invoices the money had paid.
    pub invoices: InvoiceAfterRefund,
    /// Why it failed, in the provider's words.
    pub failure: Option<String>,
    /// When it was started, or first heard of.
    pub created_at: DateTime<Utc>,
    /// When it was known to have succeeded or failed.
    pub settled_at: Option<DateTime<Utc>>,
}

/// How far a dispute has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum DisputeState {
    /// Evidence can be handed in at the provider.
    NeedsResponse,
    /// The bank looks at it.
    UnderReview,
    /// The money is ours.
    Won,
    /// It is the payer's.
    Lost,
}

impl DisputeState {
    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeedsResponse => "needs_response",
            Self::UnderReview => "under_review",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// Whether it is still to be decided.
    pub fn is_open(self) -> bool {
        match self {
            Self::NeedsResponse | Self::UnderReview => true,
            Self::Won | Self::Lost => false,
        }
    }
}

impl std::str::FromStr for DisputeState {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::NeedsResponse, Self::UnderReview, Self::Won, Self::Lost]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// A payment that its payer contests with their bank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dispute {
    /// Its id.
    pub id: DisputeId,
    /// How far it has come.
    pub state: DisputeState,
    /// How much is contested.
    pub amount: Money,
    /// The bank's kind of reason, e.g. `fraudulent`.
    pub reason: String,
    /// Until when evidence can be handed in.
    pub due_by: Option<DateTime<Utc>>,
    /// Whether the provider has taken the money out of the account.
    pub withdrawn: bool,
    /// When it was first heard of.
    pub opened_at: DateTime<Utc>,
    /// When it was decided.
    pub closed_at: Option<DateTime<Utc>>,
}
