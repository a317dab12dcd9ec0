//! Money that goes back: refunds, and disputes.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::form::Form;
use super::objects;
use super::world::{RefundFate, World};

impl World {
    /// `POST /v1/refunds`.
    pub fn create_refund(&mut self, form: &Form) -> Result<Value, Refusal> {
        const FIELDS: [&str; 4] = ["amount", "metadata[refund]", "payment_intent", "reason"];
        if let Some(unknown) = form.keys().find(|key| !FIELDS.contains(&key.as_str())) {
            let message = format!("Received unknown parameter: {unknown}");
            return Err(Refusal::invalid("parameter_unknown", unknown, &message));
        }
        let intent = form.get("payment_intent").map(String::as_str).unwrap_or_default();
        let Some(charge) = self.intents.get(intent).and_then(|intent| intent["latest_charge"].as_str())
        else {
            let message = format!("No such payment_intent: '{intent}'");
            return Err(Refusal::new(
                404,
                "invalid_request_error",
                "resource_missing",
                "payment_intent",
                &message,
            ));
        };
        let charge = charge.to_owned();
        let left = self.unrefunded(&charge);
        if left == 0 {
            let message = format!("Charge {charge} has already been refunded.");
            return Err(Refusal::invalid("charge_already_refunded", "", &message));
        }
        let amount: i64 = form.get("amount").and_then(|text| text.parse().ok()).unwrap_or(left);
        if amount <= 0 {
            return Err(Refusal::invalid("parameter_invalid_integer", "amount", "Invalid positive integer"));
        }
        if amount > left {
            let message =
                format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})");
            return Err(Refusal::invalid("", "amount", &message));
        }
        if self.object(&charge)["disputed"] == true {
            let message = "The charge has been charged back; cannot issue a refund.";
            return Err(Refusal::invalid("charge_disputed", "", message));
        }
        let metadata = form.get("metadata[refund]").map_or(json!({}), |id| json!({ "refund": id }));
        let id = self.add_refund(&charge, amount, &metadata);
        match self.refund_fates.pop_front() {
            None => {}
            Some(RefundFate::Pending) => {
                self.set(&id, &json!({ "status": "pending", "pending_reason": "processing" }));
            }
            Some(RefundFate::Fails) => drop(self.fail_refund(&id)),
        }
        Ok(self.object(&id).clone())
    }

    /// `GET /v1/refunds`, newest first.
    pub fn list_refunds(&self, query: &Form) -> Result<Value, Refusal> {
        list(self.refunds.values(), query, "/v1/refunds")
    }

    /// `GET /v1/disputes`, newest first.
    pub fn list_disputes(&self, query: &Form) -> Result<Value, Refusal> {
        list(self.disputes.values(), query, "/v1/disputes")
    }

    /// Staff give money back at Stripe.
    pub fn refund(&mut self, session: &str, amount: i64) -> Vec<Value> {
        let intent = self.intent_of(session);
        let charge = self.charge_of(&intent);
        assert!(amount > 0 && amount <= self.unrefunded(&charge), "Stripe refunds no more than was captured");
        let id = self.add_refund(&charge, amount, &json!({}));
        self.refund_events(&id)
    }

    /// The events of a refund that was made.
    pub fn refund_events(&mut self, id: &str) -> Vec<Value> {
        let charge = charge_id(self.object(id));
        self.events(&[("refund.created", id), ("charge.refunded", &charge)])
    }

    /// A refund that was pending arrives.
    pub fn succeed_refund(&mut self, id: &str) -> Vec<Value> {
        assert_eq!(self.object(id)["status"], "pending", "only what is pending can arrive");
        self.set(id, &json!({ "status": "succeeded", "pending_reason": null }));
        self.events(&[("refund.updated", id)])
    }

    /// A refund comes back from the bank, whatever it was before.
    pub fn fail_refund(&mut self, id: &str) -> Vec<Value> {
        let refund = self.object(id).clone();
        let (charge, amount) = (charge_id(&refund), refund["amount"].as_i64().unwrap_or_default());
        let refunded = self.object(&charge)["amount_refunded"].as_i64().unwrap_or_default() - amount;
        self.set(&charge, &json!({ "amount_refunded": refunded, "refunded": false }));
        let reason = "expired_or_canceled_card";
        self.set(id, &json!({ "status": "failed", "failure_reason": reason, "pending_reason": null }));
        self.events(&[("refund.failed", id)])
    }

    /// The payer contests the charge; Stripe takes the money at once.
    pub fn dispute(&mut self, session: &str, amount: i64) -> Vec<Value> {
        let intent = self.intent_of(session);
        let charge = self.charge_of(&intent);
        let (id, movement) = (self.id("dp"), self.id("txn"));
        let movement =
            objects::movement(&movement, &id, -amount, &self.object(&charge)["currency"], self.created());
        let dispute = objects::dispute(&id, self.object(&charge), amount, &movement, self.created());
        self.disputes.insert(id.clone(), dispute);
        self.set(&charge, &json!({ "disputed": true }));
        self.events(&[("charge.dispute.created", &id), ("charge.dispute.funds_withdrawn", &id)])
    }

    /// The bank decides the charge's dispute.
    pub fn close_dispute(&mut self, session: &str, won: bool) -> Vec<Value> {
        let intent = self.intent_of(session);
        let charge = self.charge_of(&intent);
        let open = self.disputes.iter().rev().find(|(_, dispute)| dispute["charge"] == charge.as_str());
        let (id, dispute) =
            open.map(|(id, dispute)| (id.clone(), dispute.clone())).expect("somebody disputed it");
        if !won {
            self.set(&id, &json!({ "status": "lost" }));
            return self.events(&[("charge.dispute.closed", &id)]);
        }
        let movement = self.id("txn");
        let amount = dispute["amount"].as_i64().unwrap_or_default();
        let back = objects::movement(&movement, &id, amount, &dispute["currency"], self.created());
        let movements = json!([dispute["balance_transactions"][0], back]);
        self.set(&id, &json!({ "status": "won", "balance_transactions": movements }));
        self.events(&[("charge.dispute.funds_reinstated", &id), ("charge.dispute.closed", &id)])
    }

    fn unrefunded(&self, charge: &str) -> i64 {
        let of = |field: &str| self.object(charge)[field].as_i64().unwrap_or_default();
        of("amount_captured") - of("amount_refunded")
    }

    fn add_refund(&mut self, charge: &str, amount: i64, metadata: &Value) -> String {
        let refunded = self.object(charge)["amount_refunded"].as_i64().unwrap_or_default() + amount;
        let all = self.unrefunded(charge) == amount;
        self.set(charge, &json!({ "amount_refunded": refunded, "refunded": all }));
        let id = self.id("re");
        let refund = objects::refund(&id, self.object(charge), amount, metadata, self.created());
        self.refunds.insert(id.clone(), refund);
        id
    }
}

fn charge_id(refund: &Value) -> String {
    refund["charge"].as_str().expect("every refund is of a charge").to_owned()
}

fn list<'a>(
    all: impl DoubleEndedIterator<Item = &'a Value>,
    query: &Form,
    url: &str,
) -> Result<Value, Refusal> {
    const FIELDS: [&str; 3] = ["limit", "payment_intent", "starting_after"];
    if let Some(unknown) = query.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        let message = format!("Received unknown parameter: {unknown}");
        return Err(Refusal::invalid("parameter_unknown", unknown, &message));
    }
    let of = query.get("payment_intent");
    let newest = all.rev().filter(|object| of.is_none_or(|of| object["payment_intent"] == of.as_str()));
    Ok(page(newest, query, url))
}

/// A page of a list, newest first.
pub(super) fn page<'a>(newest: impl Iterator<Item = &'a Value>, query: &Form, url: &str) -> Value {
    let limit: usize = query.get("limit").and_then(|text| text.parse().ok()).unwrap_or(10);
    let after = query.get("starting_after");
    let mut rest = newest.skip_while(|object| after.is_some_and(|after| object["id"] != after.as_str()));
    if after.is_some() {
        rest.next();
    }
    let mut data: Vec<&Value> = rest.take(limit + 1).collect();
    let has_more = data.len() > limit;
    data.truncate(limit);
    json!({ "object": "list", "url": url, "has_more": has_more, "data": data })
}
