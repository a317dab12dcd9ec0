//! Disputes as Square keeps them.

use std::collections::HashMap;

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use super::LOCATION_ID;
use super::world::{Answer, World, bad, error};

/// Disputes of a page: few, so that tests turn them.
const PAGE: usize = 2;
/// The states there are.
const STATES: &[&str] = &[
    "INQUIRY_EVIDENCE_REQUIRED",
    "INQUIRY_PROCESSING",
    "INQUIRY_CLOSED",
    "EVIDENCE_REQUIRED",
    "PROCESSING",
    "WON",
    "LOST",
    "ACCEPTED",
];

impl World {
    /// `GET /v2/disputes`.
    pub fn list_disputes(&self, query: &HashMap<String, String>) -> Answer {
        if self.disputes_forbidden {
            let text = "The merchant has not given your application sufficient permissions.";
            return error(403, "AUTHENTICATION_ERROR", "INSUFFICIENT_SCOPES", "", text);
        }
        if let Some(unknown) =
            query.keys().find(|name| !["cursor", "states", "location_id"].contains(&name.as_str()))
        {
            return bad("BAD_REQUEST", unknown);
        }
        if query.get("location_id").is_some_and(|location| location != LOCATION_ID) {
            return error(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", "location_id", "No such location.");
        }
        let start =
            match query.get("cursor").map(|cursor| cursor.strip_prefix("after=").map(str::parse::<usize>)) {
                None => 0,
                Some(Some(Ok(start))) => start,
                Some(_) => return bad("INVALID_CURSOR", "cursor"),
            };
        let page: Vec<&Value> = self.disputes.values().skip(start).take(PAGE).collect();
        if page.is_empty() {
            return (200, json!({}));
        }
        let mut answer = json!({ "disputes": page });
        if self.disputes.len() > start + PAGE {
            // Not safe in an address as it stands.
            answer["cursor"] = json!(format!("after={}", start + PAGE));
        }
        (200, answer)
    }

    /// A payer contests a part of a payment with their bank.
    pub fn dispute(&mut self, payment: &str, minor: i64, state: &str) -> Value {
        assert!(STATES.contains(&state), "{state}");
        let id = self.id("DP");
        let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let payment = &self.payments[payment];
        let dispute = json!({
            "id": id, "dispute_id": id, "state": state, "reason": "NOT_RECEIVED", "card_brand": "VISA",
            "amount_money": { "amount": minor, "currency": payment["amount_money"]["currency"] },
            "disputed_payment": { "payment_id": payment["id"] }, "location_id": LOCATION_ID,
            "due_at": time(self.now + TimeDelta::days(14)), "created_at": time(self.now), "updated_at": time(self.now),
            "reported_at": time(self.now), "version": 1,
        });
        self.disputes.insert(id, dispute.clone());
        self.event("dispute.created", &json!({ "dispute": dispute }))
    }

    /// The latest dispute gets another state.
    pub fn conclude_dispute(&mut self, state: &str) -> Value {
        assert!(STATES.contains(&state), "{state}");
        let dispute = self.disputes.values_mut().next_back().expect("somebody disputed it");
        dispute["state"] = json!(state);
        dispute["version"] = json!(dispute["version"].as_i64().unwrap_or(0) + 1);
        let dispute = dispute.clone();
        self.event("dispute.state.updated", &json!({ "dispute": dispute }))
    }
}
