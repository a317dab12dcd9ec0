//! Disputes: payments whose payers contest them with their banks.

use chrono::{DateTime, Utc};
use domain::refunds::DisputeState;
use serde::Deserialize;

use super::link::{Amount, unreadable};
use crate::payment::{PaymentError, ProviderDispute};

/// See <https://developer.squareup.com/reference/square/disputes-api/list-disputes>.
#[derive(Deserialize)]
pub(super) struct Page {
    #[serde(default)]
    pub disputes: Vec<Dispute>,
    pub cursor: Option<String>,
}

/// See <https://developer.squareup.com/reference/square/objects/Dispute>.
#[derive(Deserialize)]
pub(super) struct Dispute {
    id: String,
    amount_money: Amount,
    reason: Option<String>,
    state: String,
    due_at: Option<DateTime<Utc>>,
    disputed_payment: Option<DisputedPayment>,
    pub created_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct DisputedPayment {
    payment_id: Option<String>,
}

impl Dispute {
    /// Whether it is about a payment.
    pub(super) fn is_of(&self, payment: &str) -> bool {
        let disputed = self.disputed_payment.as_ref().and_then(|disputed| disputed.payment_id.as_deref());
        disputed == Some(payment)
    }

    /// What a dispute says. Square holds the amount from when a dispute begins until it is won; inquiries hold nothing.
    pub(super) fn said(self) -> Result<ProviderDispute, PaymentError> {
        let (state, withdrawn) = match self.state.as_str() {
            "INQUIRY_EVIDENCE_REQUIRED" => (DisputeState::NeedsResponse, false),
            "INQUIRY_PROCESSING" => (DisputeState::UnderReview, false),
            "INQUIRY_CLOSED" | "WON" => (DisputeState::Won, false),
            "EVIDENCE_REQUIRED" => (DisputeState::NeedsResponse, true),
            "PROCESSING" => (DisputeState::UnderReview, true),
            "LOST" | "ACCEPTED" => (DisputeState::Lost, true),
            other => return Err(unreadable(&format!("dispute state `{other}`"))),
        };
        Ok(ProviderDispute {
            reference: self.id,
            amount: self.amount_money.money()?,
            reason: self.reason.unwrap_or_else(|| "UNKNOWN".to_owned()).to_ascii_lowercase(),
            due_by: self.due_at.filter(|_| state == DisputeState::NeedsResponse),
            state,
            withdrawn,
        })
    }
}
