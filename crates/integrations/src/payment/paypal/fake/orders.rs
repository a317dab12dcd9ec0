//! Orders as PayPal keeps them, and what can be done with them.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::world::{Answer, World, error, invalid, unprocessable};

/// The fields an object may have; others are refused. Required ones first, up to `required`.
fn fields(object: &Value, at: &str, known: &[&str], required: usize) -> Result<(), Answer> {
    let Some(map) = object.as_object() else { return Err(invalid(at, "INVALID_PARAMETER_SYNTAX")) };
    if let Some(unknown) = map.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(invalid(&format!("{at}/{unknown}"), "UNKNOWN_FIELD"));
    }
    match known[..required].iter().find(|name| !map.contains_key(**name)) {
        Some(missing) => Err(invalid(&format!("{at}/{missing}"), "MISSING_REQUIRED_PARAMETER")),
        None => Ok(()),
    }
}

fn text<'a>(object: &'a Value, name: &str, most: usize) -> Result<&'a str, Answer> {
    match object[name].as_str() {
        Some(text) if (1..=most).contains(&text.chars().count()) => Ok(text),
        _ => Err(invalid(&format!("/{name}"), "INVALID_STRING_LENGTH")),
    }
}

/// Refuses amounts as PayPal does.
fn amount(value: &Value) -> Result<Decimal, Answer> {
    fields(value, "/amount", &["currency_code", "value"], 2)?;
    let (currency, text) = (text(value, "currency_code", 3)?, text(value, "value", 32)?);
    let decimals = match currency {
        "HUF" | "JPY" | "TWD" => 0,
        "AUD" | "BRL" | "CAD" | "CHF" | "CNY" | "CZK" | "DKK" | "EUR" | "GBP" | "HKD" | "ILS" | "MXN"
        | "MYR" | "NOK" | "NZD" | "PHP" | "PLN" | "SEK" | "SGD" | "THB" | "USD" => 2,
        _ => {
            return Err(unprocessable("CURRENCY_NOT_SUPPORTED", "Currency code is not currently supported."));
        }
    };
    let number = text.parse::<Decimal>().map_err(|_| invalid("/amount/value", "INVALID_PARAMETER_SYNTAX"))?;
    if number.scale() > decimals {
        return Err(unprocessable("DECIMAL_PRECISION", "The currency has fewer decimals."));
    }
    if number <= Decimal::ZERO {
        return Err(unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE", "Must be greater than zero."));
    }
    Ok(number)
}

fn check_order(order: &Value) -> Result<(), Answer> {
    fields(order, "", &["intent", "purchase_units", "payment_source"], 2)?;
    if order["intent"] != "CAPTURE" {
        return Err(invalid("/intent", "INVALID_PARAMETER_VALUE"));
    }
    let units = order["purchase_units"].as_array().map_or(&[][..], Vec::as_slice);
    let [unit] = units else { return Err(invalid("/purchase_units", "INVALID_ARRAY_MAX_ITEMS")) };
    fields(
        unit,
        "/purchase_units/0",
        &["amount", "custom_id", "invoice_id", "description", "reference_id"],
        1,
    )?;
    for (name, most) in [("custom_id", 127), ("invoice_id", 127), ("description", 127)] {
        if !unit[name].is_null() {
            text(unit, name, most)?;
        }
    }
    amount(&unit["amount"])?;
    fields(&order["payment_source"], "/payment_source", &["paypal"], 1)?;
    let source = &order["payment_source"]["paypal"];
    fields(source, "/payment_source/paypal", &["experience_context", "email_address"], 1)?;
    let context = &source["experience_context"];
    let known = ["return_url", "cancel_url", "user_action", "shipping_preference", "locale", "brand_name"];
    fields(context, "/payment_source/paypal/experience_context", &known, 2)?;
    for name in ["return_url", "cancel_url"] {
        if !text(context, name, 4000)?.starts_with("http") {
            return Err(invalid(name, "INVALID_PARAMETER_SYNTAX"));
        }
    }
    Ok(())
}

fn link(rel: &str, href: &str, method: &str) -> Value {
    json!({ "href": href, "rel": rel, "method": method })
}

fn number(amount: &Value) -> Decimal {
    amount["value"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// What has gone back of a capture, or is on its way.
fn gone(payments: &Value) -> Decimal {
    let refunds = payments["refunds"].as_array().into_iter().flatten();
    refunds.filter(|refund| refund["status"] != "FAILED").map(|refund| number(&refund["amount"])).sum()
}

/// Lets a capture's status say what has gone back of it.
fn note_gone(payments: &mut Value) {
    let (gone, all) = (gone(payments), number(&payments["captures"][0]["amount"]));
    let status = match gone {
        none if none == Decimal::ZERO => "COMPLETED",
        part if part < all => "PARTIALLY_REFUNDED",
        _ => "REFUNDED",
    };
    payments["captures"][0]["status"] = json!(status);
}

impl World {
    pub fn create(&mut self, order: &Value) -> Answer {
        if let Err(refusal) = check_order(order) {
            return refusal;
        }
        let id = self.id('O');
        let mut unit = order["purchase_units"][0].clone();
        unit["reference_id"] = json!("default");
        let kept = json!({
            "id": id, "intent": "CAPTURE", "status": "PAYER_ACTION_REQUIRED",
            "create_time": self.now.to_rfc3339(),
            "payment_source": { "paypal": {} },
            "purchase_units": [unit],
            "links": [
                link("self", &format!("https://api.sandbox.paypal.com/v2/checkout/orders/{id}"), "GET"),
                link("payer-action", &format!("https://www.sandbox.paypal.com/checkoutnow?token={id}"), "GET"),
            ],
        });
        self.orders.insert(id, kept.clone());
        (200, kept)
    }

    pub fn get(&self, id: &str) -> Answer {
        match self.orders.get(id) {
            Some(order) => (200, order.clone()),
            None => error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID", "", "No such order."),
        }
    }

    fn order(&mut self, id: &str) -> &mut Value {
        self.orders.get_mut(id).expect("the test made this order")
    }

    pub fn event(&mut self, kind: &str, resource_type: &str, resource: &Value) -> Value {
        let id = self.id('E');
        json!({
            "id": format!("WH-{id}"), "event_version": "1.0", "create_time": self.now.to_rfc3339(),
            "resource_type": resource_type, "event_type": kind, "resource": resource,
        })
    }

    pub fn approve(&mut self, id: &str) -> Value {
        let order = self.order(id);
        assert!(order["status"] == "PAYER_ACTION_REQUIRED" || order["status"] == "CREATED", "{order}");
        order["status"] = json!("APPROVED");
        order["payment_source"]["paypal"] =
            json!({ "email_address": "payer@example.com", "account_id": "QYR5Z8XDVJNXQ" });
        let order = order.clone();
        self.event("CHECKOUT.ORDER.APPROVED", "checkout-order", &order)
    }

    pub fn capture(&mut self, id: &str, body: &Value) -> Answer {
        if let Err(refusal) = fields(body, "", &[], 0) {
            return refusal;
        }
        let Some(order) = self.orders.get(id).cloned() else { return self.get(id) };
        match order["status"].as_str() {
            Some("APPROVED") => {}
            Some("COMPLETED") => {
                return unprocessable("ORDER_ALREADY_CAPTURED", "Order already captured.");
            }
            _ => {
                return unprocessable(
                    "ORDER_NOT_APPROVED",
                    "Payer has not yet approved the Order for payment.",
                );
            }
        }
        let unit = &order["purchase_units"][0];
        let taken = |other: &Value| {
            other["status"] == "COMPLETED"
                && other["purchase_units"][0]["invoice_id"] == unit["invoice_id"]
                && !unit["invoice_id"].is_null()
        };
        if self.orders.values().any(taken) {
            return unprocessable("DUPLICATE_INVOICE_ID", "Duplicate Invoice ID detected.");
        }
        if std::mem::take(&mut self.decline) {
            self.order(id)["status"] = json!("PAYER_ACTION_REQUIRED");
            return unprocessable("INSTRUMENT_DECLINED", "The instrument presented was declined.");
        }
        let capture_id = self.id('C');
        let mut capture = json!({
            "id": capture_id, "status": "COMPLETED", "amount": unit["amount"], "final_capture": true,
            "custom_id": unit["custom_id"], "invoice_id": unit["invoice_id"],
            "supplementary_data": { "related_ids": { "order_id": id } },
        });
        if self.pending {
            capture["status"] = json!("PENDING");
            capture["status_details"] = json!({ "reason": "ECHECK" });
        }
        let order = self.order(id);
        order["status"] = json!("COMPLETED");
        order["purchase_units"][0]["payments"] = json!({ "captures": [capture] });
        (201, order.clone())
    }

    pub fn capture_of(&mut self, order: &str) -> &mut Value {
        &mut self.order(order)["purchase_units"][0]["payments"]["captures"][0]
    }

    pub fn conclude(&mut self, order: &str, status: &str) -> Value {
        let capture = self.capture_of(order);
        assert_eq!(capture["status"], "PENDING");
        capture["status"] = json!(status);
        if status == "COMPLETED" {
            capture.as_object_mut().expect("a capture is an object").remove("status_details");
        }
        self.capture_event(order)
    }

    pub fn capture_event(&mut self, order: &str) -> Value {
        let capture = self.capture_of(order).clone();
        let kind = match capture["status"].as_str() {
            Some("PENDING") => "PAYMENT.CAPTURE.PENDING",
            Some("DECLINED") => "PAYMENT.CAPTURE.DENIED",
            _ => "PAYMENT.CAPTURE.COMPLETED",
        };
        self.event(kind, "capture", &capture)
    }

    fn order_of(&self, capture: &str) -> Option<String> {
        let captures = |order: &Value| order["purchase_units"][0]["payments"]["captures"][0]["id"] == capture;
        self.orders.iter().find(|(_, order)| captures(order)).map(|(id, _)| id.clone())
    }

    pub fn capture_by_id(&mut self, capture: &str) -> Answer {
        match self.order_of(capture) {
            Some(order) => (200, self.capture_of(&order).clone()),
            None => error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID", "", "No such capture."),
        }
    }

    pub fn refund(&mut self, capture: &str, body: &Value) -> Answer {
        let checked = fields(body, "", &["amount", "custom_id", "note_to_payer"], 0);
        if let Err(refusal) = checked.and_then(|()| amount(&body["amount"]).map(drop)) {
            return refusal;
        }
        if !body["custom_id"].is_null()
            && let Err(refusal) = text(body, "custom_id", 127)
        {
            return refusal;
        }
        let Some(order) = self.order_of(capture) else {
            return error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID", "", "No such capture.");
        };
        match self.give_back(&order, &body["amount"], &body["custom_id"]) {
            Ok(refund) => (201, refund),
            Err(refusal) => refusal,
        }
    }

    /// Money of an order's capture goes back.
    fn give_back(&mut self, order: &str, part: &Value, custom_id: &Value) -> Result<Value, Answer> {
        let refund_id = self.id('R');
        let capture = self.capture_of(order).clone();
        match capture["status"].as_str() {
            Some("COMPLETED" | "PARTIALLY_REFUNDED") => {}
            Some("REFUNDED") => {
                return Err(unprocessable("CAPTURE_FULLY_REFUNDED", "The capture is refunded already."));
            }
            _ => return Err(unprocessable("CAPTURE_STATUS_NOT_VALID", "The capture can't be refunded.")),
        }
        let status = if self.pending_refunds { "PENDING" } else { "COMPLETED" };
        let created = self.now.to_rfc3339();
        if capture["amount"]["currency_code"] != part["currency_code"] {
            return Err(unprocessable("CURRENCY_MISMATCH", "Must be the currency of the capture."));
        }
        let payments = &mut self.order(order)["purchase_units"][0]["payments"];
        if payments["refunds"].is_null() {
            payments["refunds"] = json!([]);
        }
        let before = gone(payments);
        let (all, part_value) = (number(&capture["amount"]), number(part));
        if before + part_value > all {
            return Err(unprocessable(
                "REFUND_AMOUNT_EXCEEDED",
                "The refund amount must be less than or equal to the capture.",
            ));
        }
        let href = format!(
            "https://api.sandbox.paypal.com/v2/payments/captures/{}",
            capture["id"].as_str().unwrap_or_default()
        );
        let refund = json!({
            "id": refund_id, "status": status, "amount": part, "custom_id": custom_id,
            "create_time": created, "invoice_id": capture["invoice_id"], "links": [link("up", &href, "GET")],
        });
        payments["refunds"].as_array_mut().expect("made above").push(refund.clone());
        note_gone(payments);
        Ok(refund)
    }

    pub fn conclude_refund(&mut self, order: &str, status: &str) -> Value {
        let payments = &mut self.order(order)["purchase_units"][0]["payments"];
        let refund = payments["refunds"].as_array_mut().and_then(|all| all.last_mut());
        let refund = refund.expect("the test gave something back");
        refund["status"] = json!(status);
        if status == "FAILED" {
            refund["status_details"] = json!({ "reason": "ECHECK" });
        }
        let refund = refund.clone();
        note_gone(payments);
        let kind = if status == "FAILED" { "PAYMENT.REFUND.FAILED" } else { "PAYMENT.CAPTURE.REFUNDED" };
        self.event(kind, "refund", &refund)
    }

    pub fn refund_by_hand(&mut self, order: &str, value: &str) -> Value {
        let capture = self.capture_of(order).clone();
        let amount = json!({ "currency_code": capture["amount"]["currency_code"], "value": value });
        let refund =
            self.give_back(order, &amount, &capture["custom_id"]).expect("the test gives back what came");
        self.event("PAYMENT.CAPTURE.REFUNDED", "refund", &refund)
    }
}
