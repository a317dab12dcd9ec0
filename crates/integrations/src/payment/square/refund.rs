//! Refunds: what is asked of Square, and what its answers mean.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::link::{self, Amount};
use crate::payment::{PaymentError, ProviderRefund, ProviderRefundState, RefundRequest};

/// See <https://developer.squareup.com/reference/square/refunds-api/refund-payment>.
#[derive(Deserialize)]
pub(super) struct Answer {
    refund: Refund,
}

#[derive(Deserialize)]
struct Refund {
    id: String,
    status: Option<String>,
    amount_money: Amount,
    reason: Option<String>,
    created_at: Option<DateTime<Utc>>,
}

impl Answer {
    /// What a refund says.
    pub(super) fn said(self) -> Result<ProviderRefund, PaymentError> {
        let Refund { id, status, amount_money, reason, .. } = self.refund;
        let state = match status.as_deref() {
            Some("COMPLETED") => ProviderRefundState::Succeeded,
            Some("PENDING") | None => ProviderRefundState::Pending,
            Some("REJECTED") => {
                ProviderRefundState::Failed { reason: "Square rejected the refund.".to_owned() }
            }
            Some("FAILED") => {
                ProviderRefundState::Failed { reason: "The refund failed at Square.".to_owned() }
            }
            Some(other) => return Err(link::unreadable(&format!("refund status `{other}`"))),
        };
        Ok(ProviderRefund {
            reference: id,
            // Staff at Square write reasons of their own.
            refund_id: reason.filter(|reason| reason.starts_with("ref_")),
            amount: amount_money.money()?,
            state,
        })
    }
}

/// Asks for money to go back.
pub(super) fn create(refund: &RefundRequest) -> Result<Value, PaymentError> {
    Ok(json!({
        "idempotency_key": refund.refund_id,
        "payment_id": link::safe(&refund.payment_reference)?,
        "amount_money": link::amount(refund.amount)?,
        "reason": refund.refund_id,
    }))
}

/// What refunds say, the oldest first.
pub(super) fn all(mut answers: Vec<Answer>) -> Result<Vec<ProviderRefund>, PaymentError> {
    answers.sort_by_key(|answer| answer.refund.created_at);
    answers.into_iter().map(Answer::said).collect()
}
