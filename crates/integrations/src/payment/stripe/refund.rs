//! Between our words and Stripe's: refunds, and disputes.

use std::collections::HashMap;

use domain::provider_amount::stripe_amount;
use domain::refunds::DisputeState;
use stripe_core::dispute::ListDispute;
use stripe_core::refund::{CreateRefund, CreateRefundReason, ListRefund};
use stripe_shared::{Dispute, DisputeStatus, Refund};

use super::checkout::{instant, money, our_currency, unreadable};
use super::client::Client;
use crate::payment::{
    PaymentError, ProviderDispute, ProviderRefund, ProviderRefundState, REFUND_KEY, RefundRequest,
};

/// Objects of a page; the most Stripe gives.
const PAGE: i64 = 100;

/// The request to give money back.
pub(super) fn create(refund: &RefundRequest) -> Result<CreateRefund, PaymentError> {
    let amount = stripe_amount(refund.amount).map_err(|error| PaymentError::Amount(error.to_string()))?;
    Ok(CreateRefund::new()
        .payment_intent(refund.payment_reference.clone())
        .amount(amount)
        .reason(CreateRefundReason::RequestedByCustomer)
        .metadata(HashMap::from([(REFUND_KEY.to_owned(), refund.refund_id.clone())])))
}

/// What a refund says.
pub(super) fn said(refund: Refund) -> Result<ProviderRefund, PaymentError> {
    let state = match refund.status.as_deref() {
        Some("succeeded") => ProviderRefundState::Succeeded,
        Some("pending" | "requires_action") => ProviderRefundState::Pending,
        Some("failed") => {
            let reason = refund.failure_reason.unwrap_or_else(|| "unknown".to_owned()).replace('_', " ");
            ProviderRefundState::Failed { reason: format!("The refund failed at the bank: {reason}.") }
        }
        Some("canceled") => {
            ProviderRefundState::Failed { reason: "The refund was called off at Stripe.".to_owned() }
        }
        other => return Err(unreadable(&format!("refund status `{}`", other.unwrap_or_default()))),
    };
    Ok(ProviderRefund {
        reference: refund.id.to_string(),
        refund_id: refund.metadata.and_then(|mut metadata| metadata.remove(REFUND_KEY)),
        amount: money(refund.amount, our_currency(&refund.currency)?)?,
        state,
    })
}

/// All refunds of a payment, the oldest first.
pub(super) async fn list(client: &Client, payment: &str) -> Result<Vec<ProviderRefund>, PaymentError> {
    let mut all = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut request = ListRefund::new().payment_intent(payment).limit(PAGE);
        if let Some(after) = &after {
            request = request.starting_after(after.clone());
        }
        let page = request.send(client).await?;
        after = page.data.last().filter(|_| page.has_more).map(|last| last.id.to_string());
        for refund in page.data {
            all.push(said(refund)?);
        }
        if after.is_none() {
            break;
        }
    }
    // Stripe lists the newest first.
    all.reverse();
    Ok(all)
}

/// All disputes of a payment, the oldest first. There is rarely more than one.
pub(super) async fn disputes(client: &Client, payment: &str) -> Result<Vec<ProviderDispute>, PaymentError> {
    let page = ListDispute::new().payment_intent(payment).limit(PAGE).send(client).await?;
    page.data.into_iter().rev().map(dispute).collect()
}

fn dispute(dispute: Dispute) -> Result<ProviderDispute, PaymentError> {
    let state = match dispute.status {
        DisputeStatus::NeedsResponse | DisputeStatus::WarningNeedsResponse => DisputeState::NeedsResponse,
        DisputeStatus::UnderReview | DisputeStatus::WarningUnderReview => DisputeState::UnderReview,
        DisputeStatus::Won | DisputeStatus::WarningClosed | DisputeStatus::Prevented => DisputeState::Won,
        DisputeStatus::Lost => DisputeState::Lost,
        other => return Err(unreadable(&format!("dispute status `{other}`"))),
    };
    // What is withdrawn stands in the account's own currency, which need not be the charge's: the sign tells.
    let movements = dispute.balance_transactions.iter().map(|movement| movement.amount.signum());
    Ok(ProviderDispute {
        reference: dispute.id.to_string(),
        amount: money(dispute.amount, our_currency(&dispute.currency)?)?,
        reason: dispute.reason,
        due_by: dispute.evidence_details.due_by.map(instant).transpose()?,
        withdrawn: movements.sum::<i64>() < 0,
        state,
    })
}
