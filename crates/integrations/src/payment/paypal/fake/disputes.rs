//! Disputes as PayPal keeps them.

use std::collections::HashMap;

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use super::world::{Answer, World, error, invalid};

/// The most disputes of a page.
const PAGE: usize = 50;

impl World {
    /// `GET /v1/customer/disputes`: a summary of each, the newest first.
    pub fn list_disputes(&self, query: &HashMap<String, String>) -> Answer {
        if self.disputes_forbidden {
            let text = "Authorization failed due to insufficient permissions.";
            return error(403, "NOT_AUTHORIZED", "PERMISSION_DENIED", "", text);
        }
        let known =
            ["disputed_transaction_id", "start_time", "page_size", "next_page_token", "dispute_state"];
        if let Some(unknown) = query.keys().find(|name| !known.contains(&name.as_str())) {
            return invalid(unknown, "INVALID_PARAMETER_SYNTAX");
        }
        if query.contains_key("start_time") && query.contains_key("disputed_transaction_id") {
            return invalid("start_time", "INVALID_PARAMETER_COMBINATION");
        }
        let size = match query.get("page_size").map(|size| size.parse::<usize>()) {
            None => 10,
            Some(Ok(size)) if (1..=PAGE).contains(&size) => size,
            Some(_) => return invalid("page_size", "INVALID_PARAMETER_VALUE"),
        };
        let transaction = query.get("disputed_transaction_id");
        let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        if transaction.is_some_and(|id| id.is_empty() || !id.bytes().all(plain)) {
            return invalid("disputed_transaction_id", "INVALID_PARAMETER_SYNTAX");
        }
        let of = |dispute: &&Value| {
            transaction
                .is_none_or(|id| dispute["disputed_transactions"][0]["seller_transaction_id"] == id.as_str())
        };
        let summary = |dispute: &Value| {
            let told = ["dispute_id", "create_time", "update_time", "reason", "status", "dispute_amount"];
            told.into_iter().map(|name| (name.to_owned(), dispute[name].clone())).collect::<Value>()
        };
        let items: Vec<Value> = self.disputes.values().rev().filter(of).take(size).map(summary).collect();
        (200, json!({ "items": items, "links": [] }))
    }

    /// `GET /v1/customer/disputes/{id}`.
    pub fn get_dispute(&self, id: &str) -> Answer {
        match self.disputes.get(id).filter(|_| !self.disputes_forbidden) {
            Some(dispute) => (200, dispute.clone()),
            None => error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID", "", "No such dispute."),
        }
    }

    fn now_text(&self) -> String {
        self.now.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// The payer contests a part of an order's capture.
    pub fn dispute(&mut self, order: &str, value: &str) -> Value {
        let capture = self.capture_of(order).clone();
        let id = format!("PP-D-{}", self.disputes.len() + 27_801);
        let now = self.now_text();
        let due = (self.now + TimeDelta::days(10)).to_rfc3339_opts(SecondsFormat::Millis, true);
        let dispute = json!({
            "dispute_id": id, "create_time": now, "update_time": now,
            "disputed_transactions": [{
                "buyer_transaction_id": "3BC38643YC807283D", "seller_transaction_id": capture["id"],
                "create_time": now, "transaction_status": "COMPLETED", "gross_amount": capture["amount"],
                "invoice_number": capture["invoice_id"], "custom": capture["custom_id"],
            }],
            "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED", "status": "WAITING_FOR_SELLER_RESPONSE",
            "dispute_amount": { "currency_code": capture["amount"]["currency_code"], "value": value },
            "dispute_life_cycle_stage": "INQUIRY", "dispute_channel": "INTERNAL",
            "seller_response_due_date": due,
        });
        self.disputes.insert(id, dispute.clone());
        self.event("CUSTOMER.DISPUTE.CREATED", "dispute", &dispute)
    }

    fn move_money(dispute: &mut Value, kind: &str, now: &str) {
        let movement = json!({
            "affected_party": "SELLER", "amount": dispute["dispute_amount"], "initiated_time": now, "type": kind,
            "reason": "DISPUTE_SETTLEMENT",
        });
        match dispute["money_movements"].as_array_mut() {
            Some(all) => all.push(movement),
            None => dispute["money_movements"] = json!([movement]),
        }
    }

    fn latest(&mut self) -> &mut Value {
        self.disputes.values_mut().next_back().expect("somebody disputed it")
    }

    /// The latest dispute becomes a claim, and PayPal takes the money meanwhile.
    pub fn escalate_dispute(&mut self) -> Value {
        let now = self.now_text();
        let dispute = self.latest();
        dispute["status"] = json!("UNDER_REVIEW");
        dispute["dispute_life_cycle_stage"] = json!("CHARGEBACK");
        Self::move_money(dispute, "DEBIT", &now);
        let dispute = dispute.clone();
        self.event("CUSTOMER.DISPUTE.UPDATED", "dispute", &dispute)
    }

    /// PayPal decides the latest dispute.
    pub fn resolve_dispute(&mut self, outcome: &str) -> Value {
        let now = self.now_text();
        let dispute = self.latest();
        let taken = dispute["money_movements"].as_array().is_some_and(|all| !all.is_empty());
        dispute["status"] = json!("RESOLVED");
        dispute["update_time"] = json!(now);
        dispute["dispute_outcome"] = json!({ "outcome_code": outcome });
        match (outcome, taken) {
            ("RESOLVED_BUYER_FAVOUR", taken) => {
                if !taken {
                    Self::move_money(dispute, "DEBIT", &now);
                }
                dispute["dispute_outcome"]["amount_refunded"] = dispute["dispute_amount"].clone();
            }
            (_, true) => Self::move_money(dispute, "CREDIT", &now),
            (_, false) => {}
        }
        let dispute = dispute.clone();
        self.event("CUSTOMER.DISPUTE.RESOLVED", "dispute", &dispute)
    }
}
