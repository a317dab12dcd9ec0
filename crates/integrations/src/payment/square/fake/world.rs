//! What the fake remembers, and how it answers.

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::LOCATION_ID;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// The request is carried out, and the answer is lost.
    AnswerLost,
    /// Square has trouble and does nothing.
    Trouble,
    /// An answer that is no JSON, with status 200.
    Garbled,
}

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method and path.
    pub line: String,
    /// Its body.
    pub body: String,
}

/// Status and body.
pub type Answer = (u16, Value);

pub struct World {
    pub now: DateTime<Utc>,
    pub requests: Vec<Request>,
    pub outages: VecDeque<Outage>,
    /// By id; ids grow, so this is their order of creation.
    pub links: BTreeMap<String, Value>,
    pub orders: BTreeMap<String, Value>,
    pub payments: BTreeMap<String, Value>,
    pub refunds: BTreeMap<String, Value>,
    pub disputes: BTreeMap<String, Value>,
    /// Whether the token may not see disputes.
    pub disputes_forbidden: bool,
    /// What was answered to idempotency keys: path, body, answer.
    answers: HashMap<String, (String, Value, Answer)>,
    counter: u32,
}

/// Square's error body.
pub fn error(status: u16, category: &str, code: &str, field: &str, detail: &str) -> Answer {
    (status, json!({ "errors": [{ "category": category, "code": code, "detail": detail, "field": field }] }))
}

pub fn bad(code: &str, field: &str) -> Answer {
    error(400, "INVALID_REQUEST_ERROR", code, field, "The field is not as it must be.")
}

/// The fields an object may have; others are refused. Required ones first, up to `required`.
fn fields(object: &Value, at: &str, known: &[&str], required: usize) -> Result<(), Answer> {
    let Some(map) = object.as_object() else { return Err(bad("EXPECTED_OBJECT", at)) };
    if let Some(unknown) = map.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(bad("BAD_REQUEST", &format!("{at}.{unknown}")));
    }
    match known[..required].iter().find(|name| !map.contains_key(**name)) {
        Some(missing) => Err(bad("MISSING_REQUIRED_PARAMETER", &format!("{at}.{missing}"))),
        None => Ok(()),
    }
}

fn text(object: &Value, name: &str, most: usize) -> Result<(), Answer> {
    match object[name].as_str() {
        Some(text) if (1..=most).contains(&text.chars().count()) => Ok(()),
        _ => Err(bad("VALUE_TOO_LONG", name)),
    }
}

fn money(value: &Value) -> Result<(), Answer> {
    fields(value, "amount_money", &["amount", "currency"], 2)?;
    if value["amount"].as_i64().is_none_or(|amount| amount <= 0) {
        return Err(bad("EXPECTED_INTEGER", "amount_money.amount"));
    }
    match value["currency"].as_str() {
        Some("AUD" | "CAD" | "EUR" | "GBP" | "JPY" | "USD") => Ok(()),
        _ => Err(bad("INVALID_ENUM_VALUE", "amount_money.currency")),
    }
}

fn check_link(body: &Value) -> Result<(), Answer> {
    let known =
        ["idempotency_key", "order", "checkout_options", "payment_note", "pre_populated_data", "description"];
    fields(body, "", &known, 2)?;
    text(body, "idempotency_key", 192)?;
    text(body, "payment_note", 500)?;
    let order = &body["order"];
    fields(order, "order", &["location_id", "line_items", "reference_id"], 2)?;
    text(order, "reference_id", 40)?;
    if order["location_id"] != LOCATION_ID {
        return Err(error(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", "location_id", "No such location."));
    }
    for item in order["line_items"].as_array().into_iter().flatten() {
        fields(item, "line_items", &["name", "quantity", "base_price_money"], 3)?;
        text(item, "name", 512)?;
        if item["quantity"] != "1" {
            return Err(bad("INVALID_VALUE", "line_items.quantity"));
        }
        money(&item["base_price_money"])?;
    }
    if order["line_items"].as_array().is_none_or(Vec::is_empty) {
        return Err(bad("MISSING_REQUIRED_PARAMETER", "order.line_items"));
    }
    fields(&body["checkout_options"], "checkout_options", &["redirect_url", "allow_tipping"], 1)?;
    text(&body["checkout_options"], "redirect_url", 2048)?;
    if !body["pre_populated_data"].is_null() {
        fields(&body["pre_populated_data"], "pre_populated_data", &["buyer_email"], 0)?;
    }
    Ok(())
}

impl World {
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            requests: Vec::new(),
            outages: VecDeque::new(),
            links: BTreeMap::new(),
            orders: BTreeMap::new(),
            payments: BTreeMap::new(),
            refunds: BTreeMap::new(),
            disputes: BTreeMap::new(),
            disputes_forbidden: false,
            answers: HashMap::new(),
            counter: 0,
        }
    }

    pub fn id(&mut self, kind: &str) -> String {
        self.counter += 1;
        format!("{kind}{:04}FAKE", self.counter)
    }

    /// Does something once for the body's idempotency key, and gives the same answer again.
    pub fn once(&mut self, path: &str, body: &Value, act: impl FnOnce(&mut Self) -> Answer) -> Answer {
        let Some(key) = body["idempotency_key"].as_str() else {
            return bad("MISSING_REQUIRED_PARAMETER", "idempotency_key");
        };
        if let Some((known_path, known_body, answer)) = self.answers.get(key) {
            if known_path == path && known_body == body {
                return answer.clone();
            }
            return bad("IDEMPOTENCY_KEY_REUSED", "idempotency_key");
        }
        let answer = act(self);
        if answer.0 < 300 {
            self.answers.insert(key.to_owned(), (path.to_owned(), body.clone(), answer.clone()));
        }
        answer
    }

    pub fn create(&mut self, body: &Value) -> Answer {
        if let Err(refusal) = check_link(body) {
            return refusal;
        }
        let (link_id, order_id) = (self.id("PL"), self.id("OR"));
        let price = body["order"]["line_items"][0]["base_price_money"].clone();
        let order = json!({
            "id": order_id, "location_id": LOCATION_ID, "state": "DRAFT", "version": 1,
            "reference_id": body["order"]["reference_id"], "total_money": price,
            "line_items": body["order"]["line_items"], "note": body["payment_note"],
        });
        let link = json!({
            "id": link_id, "version": 1, "order_id": order_id, "url": format!("https://sandbox.square.link/u/{link_id}"),
            "created_at": self.now.to_rfc3339(), "payment_note": body["payment_note"],
        });
        self.orders.insert(order_id, order);
        self.links.insert(link_id, link.clone());
        (200, json!({ "payment_link": link }))
    }

    pub fn delete(&mut self, id: &str) -> Answer {
        let Some(link) = self.links.remove(id) else {
            return error(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", "id", "No such link.");
        };
        let order = link["order_id"].as_str().unwrap_or_default();
        let order = self.orders.get_mut(order).expect("a link has its order");
        if order["state"] == "DRAFT" {
            order["state"] = json!("CANCELED");
        }
        (200, json!({ "id": id, "cancelled_order_id": link["order_id"] }))
    }

    pub fn pay(&mut self, order_id: &str, status: &str) -> Value {
        let id = self.id("PAY");
        let order = self.orders.get_mut(order_id).expect("the test made this order");
        let payment = json!({
            "id": id, "status": status, "order_id": order_id, "location_id": LOCATION_ID,
            "amount_money": order["total_money"], "note": order["note"], "source_type": "CARD",
            "card_details": { "card": { "card_brand": "VISA", "last_4": "1111" }, "errors": [] },
        });
        order["state"] = json!("OPEN");
        let tender = json!({ "id": id, "payment_id": id, "type": "CARD" });
        match order["tenders"].as_array_mut() {
            Some(tenders) => tenders.push(tender),
            None => order["tenders"] = json!([tender]),
        }
        self.payments.insert(id, payment.clone());
        self.event("payment.updated", &json!({ "payment": payment }))
    }

    pub fn conclude(&mut self, order_id: &str, status: &str) -> Value {
        let payment = self.payments.values_mut().rfind(|payment| payment["order_id"] == order_id);
        let payment = payment.expect("the test paid this order");
        payment["status"] = json!(status);
        let payment = payment.clone();
        self.event("payment.updated", &json!({ "payment": payment }))
    }

    pub fn event(&mut self, kind: &str, object: &Value) -> Value {
        let id = self.id("EV");
        json!({
            "merchant_id": "MFAKE", "type": kind, "event_id": id, "created_at": self.now.to_rfc3339(),
            "data": { "type": kind.split('.').next(), "id": "x", "object": object },
        })
    }

    pub fn refund(&mut self, body: &Value) -> Answer {
        let known = ["idempotency_key", "payment_id", "amount_money", "reason"];
        let checked = fields(body, "", &known, 3)
            .and_then(|()| money(&body["amount_money"]))
            .and_then(|()| text(body, "idempotency_key", 45))
            .and_then(|()| if body["reason"].is_null() { Ok(()) } else { text(body, "reason", 192) });
        if let Err(refusal) = checked {
            return refusal;
        }
        let id = self.id("RF");
        let Some(payment) = body["payment_id"].as_str().and_then(|id| self.payments.get_mut(id)) else {
            return error(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", "payment_id", "No such payment.");
        };
        let part = &body["amount_money"];
        if payment["status"] != "COMPLETED" || payment["amount_money"]["currency"] != part["currency"] {
            return bad("BAD_REQUEST", "payment_id");
        }
        let back = |refund: &&Value| {
            refund["payment_id"] == payment["id"]
                && matches!(refund["status"].as_str(), Some("PENDING" | "COMPLETED"))
        };
        let before: i64 = self
            .refunds
            .values()
            .filter(back)
            .filter_map(|refund| refund["amount_money"]["amount"].as_i64())
            .sum();
        let all = before + part["amount"].as_i64().unwrap_or(0);
        if all > payment["amount_money"]["amount"].as_i64().unwrap_or(0) {
            return error(
                400,
                "REFUND_ERROR",
                "REFUND_AMOUNT_INVALID",
                "amount_money",
                "More than was paid.",
            );
        }
        match payment["refund_ids"].as_array_mut() {
            Some(ids) => ids.push(json!(id)),
            None => payment["refund_ids"] = json!([id]),
        }
        let refund = json!({
            "id": id, "status": "PENDING", "amount_money": part, "payment_id": body["payment_id"],
            "order_id": payment["order_id"], "location_id": LOCATION_ID, "reason": body["reason"],
            "created_at": self.now.to_rfc3339(),
        });
        self.refunds.insert(id, refund.clone());
        (200, json!({ "refund": refund }))
    }

    pub fn conclude_refund(&mut self, id: &str, status: &str) -> Value {
        let refund = self.refunds.get_mut(id).expect("the test made this refund");
        refund["status"] = json!(status);
        let refund = refund.clone();
        self.event("refund.updated", &json!({ "refund": refund }))
    }
}
