//! Disputes: payments that their payers contest, with PayPal or with their bank.

use chrono::{DateTime, Utc};
use domain::refunds::DisputeState;
use serde::Deserialize;

use super::order::{Amount, unreadable};
use crate::payment::{PaymentError, ProviderDispute};

/// See <https://developer.paypal.com/docs/api/customer-disputes/v1/#disputes_list>. The newest first.
#[derive(Deserialize)]
pub(super) struct List {
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    dispute_id: String,
}

/// See <https://developer.paypal.com/docs/api/customer-disputes/v1/#disputes_get>.
#[derive(Deserialize)]
pub(super) struct Dispute {
    #[serde(rename = "dispute_id")]
    id: String,
    reason: Option<String>,
    status: String,
    #[serde(rename = "dispute_amount")]
    amount: Amount,
    #[serde(rename = "dispute_outcome")]
    outcome: Option<Outcome>,
    #[serde(default)]
    money_movements: Vec<Movement>,
    seller_response_due_date: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Outcome {
    outcome_code: Option<String>,
    amount_refunded: Option<Amount>,
}

#[derive(Deserialize)]
struct Movement {
    affected_party: Option<String>,
    amount: Option<Amount>,
    #[serde(rename = "type")]
    kind: Option<String>,
    reason: Option<String>,
}

impl List {
    /// The disputes' ids, the oldest first.
    pub(super) fn ids(self) -> Vec<String> {
        self.items.into_iter().rev().map(|item| item.dispute_id).collect()
    }
}

impl Dispute {
    /// Whether its money is out of our account, as far as movements tell; fees are none of the payment's.
    fn moved(&self) -> Result<Option<bool>, PaymentError> {
        let settlements: Vec<&Movement> = self
            .money_movements
            .iter()
            .filter(|movement| movement.reason.as_deref().is_none_or(|reason| !reason.ends_with("FEE")))
            .collect();
        if settlements.is_empty() {
            return Ok(None);
        }
        let mut ours = 0_i64;
        for movement in settlements {
            let Some(amount) = &movement.amount else { continue };
            let minor = amount.money()?.minor();
            match (movement.affected_party.as_deref(), movement.kind.as_deref()) {
                (Some("SELLER"), Some("DEBIT")) => ours = ours.saturating_sub(minor),
                (Some("SELLER"), Some("CREDIT")) => ours = ours.saturating_add(minor),
                _ => {}
            }
        }
        Ok(Some(ours < 0))
    }

    /// What a dispute says.
    pub(super) fn said(self) -> Result<ProviderDispute, PaymentError> {
        let moved = self.moved()?;
        let outcome = self.outcome.as_ref();
        let (state, withdrawn) = match self.status.as_str() {
            "OPEN" | "WAITING_FOR_SELLER_RESPONSE" => (DisputeState::NeedsResponse, moved == Some(true)),
            "WAITING_FOR_BUYER_RESPONSE" | "UNDER_REVIEW" | "OTHER" => {
                (DisputeState::UnderReview, moved == Some(true))
            }
            // Whoever is said to be in the right: what counts is where the money ends. PayPal may pay for us.
            "RESOLVED" => {
                let code = outcome.and_then(|outcome| outcome.outcome_code.as_deref());
                let lost = matches!(code, Some("RESOLVED_BUYER_FAVOUR" | "ACCEPTED"));
                let withdrawn = moved.unwrap_or(lost);
                (if withdrawn { DisputeState::Lost } else { DisputeState::Won }, withdrawn)
            }
            other => return Err(unreadable(&format!("dispute status `{other}`"))),
        };
        let contested = self.amount.money()?;
        // Of what was contested, a part may have gone back in the end.
        let refunded = match outcome.and_then(|outcome| outcome.amount_refunded.as_ref()) {
            Some(amount) if state == DisputeState::Lost => Some(amount.money()?),
            _ => None,
        };
        let refunded =
            refunded.filter(|amount| amount.currency() == contested.currency() && amount.is_positive());
        Ok(ProviderDispute {
            reference: self.id,
            amount: refunded.unwrap_or(contested),
            reason: self.reason.unwrap_or_else(|| "OTHER".to_owned()).to_ascii_lowercase(),
            due_by: self.seller_response_due_date.filter(|_| state == DisputeState::NeedsResponse),
            state,
            withdrawn,
        })
    }
}
