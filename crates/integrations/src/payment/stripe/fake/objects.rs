//! Stripe's objects as its API answers with them, every published field included: what decodes here decodes
//! there.

use serde_json::{Value, json};

use super::form::{CheckoutForm, Form};

/// A new, open session.
pub fn session(id: &str, form: &Form, checkout: &CheckoutForm, created: i64) -> Value {
    let field = |name: &str| form.get(name);
    json!({
        "id": id,
        "object": "checkout.session",
        "adaptive_pricing": { "enabled": field("adaptive_pricing[enabled]").is_some_and(|flag| flag == "true") },
        "after_expiration": null,
        "allow_promotion_codes": null,
        "amount_subtotal": checkout.amount,
        "amount_total": checkout.amount,
        "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
        "billing_address_collection": null,
        "cancel_url": field("cancel_url"),
        "client_reference_id": field("client_reference_id"),
        "client_secret": null,
        "collected_information": null,
        "consent": null,
        "consent_collection": null,
        "created": created,
        "currency": checkout.currency,
        "currency_conversion": null,
        "custom_fields": [],
        "custom_text": {
            "after_submit": null, "shipping_address": null, "submit": null,
            "terms_of_service_acceptance": null
        },
        "customer": null,
        "customer_account": null,
        "customer_creation": "if_required",
        "customer_details": null,
        "customer_email": field("customer_email"),
        "discounts": [],
        "expires_at": checkout.expires_at,
        "integration_identifier": null,
        "invoice": null,
        "invoice_creation": {
            "enabled": false,
            "invoice_data": {
                "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null,
                "issuer": null, "metadata": {}, "rendering_options": null
            }
        },
        "livemode": false,
        "locale": field("locale"),
        "managed_payments": { "enabled": false },
        "metadata": metadata(form, "metadata"),
        "mode": "payment",
        "origin_context": null,
        "payment_intent": null,
        "payment_link": null,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": { "id": "pmc_1Fake", "parent": null },
        "payment_method_options": { "card": { "request_three_d_secure": "automatic" } },
        "payment_method_types": ["card", "sepa_debit"],
        "payment_status": "unpaid",
        "permissions": null,
        "phone_number_collection": { "enabled": false },
        "recovered_from": null,
        "saved_payment_method_options": null,
        "setup_intent": null,
        "shipping_address_collection": null,
        "shipping_cost": null,
        "shipping_options": [],
        "status": "open",
        "submit_type": null,
        "subscription": null,
        "success_url": field("success_url"),
        "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
        "ui_mode": "hosted",
        "url": format!("https://checkout.stripe.com/c/pay/{id}#fidkdWxOYHwnPyd1"),
        "wallet_options": null
    })
}

/// A payment nobody has tried to make yet.
pub fn payment_intent(id: &str, form: &Form, checkout: &CheckoutForm, created: i64) -> Value {
    json!({
        "id": id,
        "object": "payment_intent",
        "amount": checkout.amount,
        "amount_capturable": 0,
        "amount_details": { "tip": {} },
        "amount_received": 0,
        "application": null,
        "application_fee_amount": null,
        "automatic_payment_methods": null,
        "canceled_at": null,
        "cancellation_reason": null,
        "capture_method": "automatic_async",
        "client_secret": null,
        "confirmation_method": "automatic",
        "created": created,
        "currency": checkout.currency,
        "customer": null,
        "customer_account": null,
        "description": form.get("payment_intent_data[description]"),
        "excluded_payment_method_types": null,
        "last_payment_error": null,
        "latest_charge": null,
        "livemode": false,
        "managed_payments": { "enabled": false },
        "metadata": metadata(form, "payment_intent_data[metadata]"),
        "next_action": null,
        "on_behalf_of": null,
        "payment_method": null,
        "payment_method_configuration_details": null,
        "payment_method_options": { "card": {
            "installments": null, "mandate_options": null, "network": null,
            "request_three_d_secure": "automatic"
        } },
        "payment_method_types": ["card", "sepa_debit"],
        "processing": null,
        "receipt_email": null,
        "review": null,
        "setup_future_usage": null,
        "shipping": null,
        "source": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": null,
        "status": "requires_payment_method",
        "transfer_data": null,
        "transfer_group": null
    })
}

/// One try to take the money of a payment: `succeeded`, `pending` or `failed`.
pub fn charge(id: &str, intent: &Value, status: &str, details: &Value, created: i64) -> Value {
    let taken = if status == "succeeded" { intent["amount"].clone() } else { json!(0) };
    json!({
        "id": id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": taken,
        "amount_refunded": 0,
        "application": null,
        "application_fee": null,
        "application_fee_amount": null,
        "balance_transaction": null,
        "billing_details": {
            "address": {
                "city": null, "country": "DE", "line1": null, "line2": null, "postal_code": null,
                "state": null
            },
            "email": "jenny@example.com", "name": "Jenny Rosen", "phone": null, "tax_id": null
        },
        "calculated_statement_descriptor": "PORTICO",
        "captured": status == "succeeded",
        "created": created,
        "currency": intent["currency"],
        "customer": null,
        "description": intent["description"],
        "disputed": false,
        "failure_balance_transaction": null,
        "failure_code": null,
        "failure_message": null,
        "fraud_details": {},
        "livemode": false,
        "metadata": intent["metadata"],
        "on_behalf_of": null,
        "outcome": {
            "advice_code": null, "network_advice_code": null, "network_decline_code": null,
            "network_status": "approved_by_network", "reason": null, "risk_level": "normal",
            "seller_message": "Payment complete.", "type": "authorized"
        },
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method": "pm_1Fake",
        "payment_method_details": details,
        "receipt_email": null,
        "receipt_number": null,
        "receipt_url": "https://pay.stripe.com/receipts/payment/fake",
        "refunded": false,
        "review": null,
        "shipping": null,
        "source": null,
        "source_transfer": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": null,
        "status": status,
        "transfer_data": null,
        "transfer_group": null
    })
}

/// The details of a card: 4242 4242 4242 4242.
pub fn card() -> Value {
    json!({
        "type": "card",
        "card": {
            "amount_authorized": null, "authorization_code": null, "brand": "visa",
            "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
            "country": "US", "exp_month": 12, "exp_year": 2034,
            "extended_authorization": { "status": "disabled" },
            "fingerprint": "AOB934RVNwzk6xtn", "funding": "credit",
            "incremental_authorization": { "status": "unavailable" },
            "installments": null, "last4": "4242", "mandate": null,
            "multicapture": { "status": "unavailable" }, "network": "visa",
            "network_token": { "used": false },
            "network_transaction_id": "104102978678771",
            "overcapture": { "maximum_amount_capturable": 0, "status": "unavailable" },
            "regulated_status": "unregulated", "three_d_secure": null, "transaction_link_id": null,
            "wallet": null
        }
    })
}

/// The details of a bank account that is debited, which takes days.
pub fn sepa_debit() -> Value {
    json!({
        "type": "sepa_debit",
        "sepa_debit": {
            "bank_code": "37040044", "branch_code": "", "country": "DE", "expected_debit_date": null,
            "fingerprint": "B6quFKMvN2V4rUsO", "last4": "3000", "mandate": "mandate_1Fake"
        }
    })
}

/// A refund of a charge.
pub fn refund(id: &str, charge: &Value, amount: i64, metadata: &Value, created: i64) -> Value {
    json!({
        "id": id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": null,
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "customer": null,
        "customer_account": null,
        "destination_details": { "card": {
            "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"
        }, "type": "card" },
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "payment_method": null,
        "reason": "requested_by_customer",
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": "succeeded",
        "transfer_reversal": null
    })
}

/// A dispute of a charge, its money withdrawn by `movement`.
pub fn dispute(id: &str, charge: &Value, amount: i64, movement: &Value, created: i64) -> Value {
    json!({
        "id": id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [movement],
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {
            "access_activity_log": null, "billing_address": null, "cancellation_policy": null,
            "cancellation_policy_disclosure": null, "cancellation_rebuttal": null,
            "customer_communication": null, "customer_email_address": null, "customer_name": null,
            "customer_purchase_ip": null, "customer_signature": null, "duplicate_charge_documentation": null,
            "duplicate_charge_explanation": null, "duplicate_charge_id": null, "enhanced_evidence": {},
            "product_description": null, "receipt": null, "refund_policy": null,
            "refund_policy_disclosure": null, "refund_refusal_explanation": null, "service_date": null,
            "service_documentation": null, "shipping_address": null, "shipping_carrier": null,
            "shipping_date": null, "shipping_documentation": null, "shipping_tracking_number": null,
            "uncategorized_file": null, "uncategorized_text": null
        },
        "evidence_details": {
            "due_by": created + 10 * 86_400, "enhanced_eligibility": {}, "has_evidence": false,
            "past_due": false, "submission_count": 0
        },
        "is_charge_refundable": false,
        "livemode": false,
        "metadata": {},
        "network_reason_code": "83",
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": { "brand": "visa", "case_type": "chargeback", "network": "visa", "network_reason_code": "83" }, "type": "card"
        },
        "reason": "fraudulent",
        "status": "needs_response"
    })
}

/// What moves on the account's balance.
pub fn movement(id: &str, source: &str, amount: i64, currency: &Value, created: i64) -> Value {
    json!({
        "id": id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": created,
        "balance_type": "payments",
        "created": created,
        "currency": currency,
        "description": null,
        "exchange_rate": null,
        "fee": 1500,
        "fee_details": [{
            "amount": 1500, "application": null, "currency": currency, "description": "Dispute fee",
            "type": "stripe_fee"
        }],
        "net": amount - 1500,
        "reporting_category": if amount < 0 { "dispute" } else { "dispute_reversal" },
        "source": source,
        "status": "available",
        "type": "adjustment"
    })
}

/// A client whom Stripe keeps methods of.
pub fn customer(id: &str, form: &Form, created: i64) -> Value {
    json!({
        "id": id,
        "object": "customer",
        "address": null,
        "balance": 0,
        "created": created,
        "currency": null,
        "customer_account": null,
        "default_source": null,
        "delinquent": false,
        "description": null,
        "discount": null,
        "email": form.get("email"),
        "invoice_prefix": "7FE1103",
        "invoice_settings": {
            "custom_fields": null, "default_payment_method": null, "footer": null, "rendering_options": null
        },
        "livemode": false,
        "metadata": metadata(form, "metadata"),
        "name": form.get("name"),
        "next_invoice_sequence": 1,
        "phone": null,
        "preferred_locales": [],
        "shipping": null,
        "tax_exempt": "none",
        "test_clock": null
    })
}

/// A new, open session in `setup` mode.
pub fn setup_session(id: &str, form: &Form, intent: &str, expires_at: i64, created: i64) -> Value {
    let nothing = CheckoutForm { amount: 0, currency: form["currency"].clone(), expires_at };
    let mut session = session(id, form, &nothing, created);
    let setup = json!({
        "mode": "setup", "payment_status": "no_payment_required", "amount_subtotal": null, "amount_total": null,
        "customer": form["customer"], "customer_creation": null, "invoice_creation": null, "setup_intent": intent,
        "payment_method_collection": "always", "total_details": null, "adaptive_pricing": null,
    });
    for (field, value) in setup.as_object().into_iter().flatten() {
        session[field] = value.clone();
    }
    session
}

/// A setup whose method nobody has chosen yet.
pub fn setup_intent(id: &str, form: &Form, created: i64) -> Value {
    json!({
        "id": id,
        "object": "setup_intent",
        "application": null,
        "automatic_payment_methods": null,
        "cancellation_reason": null,
        "client_secret": null,
        "created": created,
        "customer": form["customer"],
        "customer_account": null,
        "description": null,
        "excluded_payment_method_types": null,
        "flow_directions": null,
        "last_setup_error": null,
        "latest_attempt": null,
        "livemode": false,
        "mandate": null,
        "metadata": metadata(form, "setup_intent_data[metadata]"),
        "next_action": null,
        "on_behalf_of": null,
        "payment_method": null,
        "payment_method_configuration_details": { "id": "pmc_1Fake", "parent": null },
        "payment_method_options": { "card": {
            "mandate_options": null, "network": null, "request_three_d_secure": "automatic"
        } },
        "payment_method_types": ["card", "sepa_debit"],
        "single_use_mandate": null,
        "status": "requires_payment_method",
        "usage": "off_session"
    })
}

/// A method that is kept of a customer.
pub fn payment_method(id: &str, customer: &Value, debit: bool, created: i64) -> Value {
    let mut method = json!({
        "id": id,
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": {
            "address": {
                "city": null, "country": "DE", "line1": null, "line2": null, "postal_code": null,
                "state": null
            },
            "email": "jenny@example.com", "name": "Jenny Rosen", "phone": null, "tax_id": null
        },
        "created": created,
        "customer": customer,
        "customer_account": null,
        "livemode": false,
        "metadata": {},
    });
    if debit {
        method["type"] = "sepa_debit".into();
        method["sepa_debit"] = json!({
            "bank_code": "37040044", "branch_code": "", "country": "DE", "fingerprint": "B6quFKMvN2V4rUsO",
            "generated_from": { "charge": null, "setup_attempt": null }, "last4": "3000"
        });
        return method;
    }
    method["type"] = "card".into();
    method["card"] = json!({
        "brand": "visa",
        "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
        "country": "US", "display_brand": "visa", "exp_month": 12, "exp_year": 2034,
        "fingerprint": "AOB934RVNwzk6xtn", "funding": "credit", "generated_from": null, "last4": "4242",
        "networks": { "available": ["visa"], "preferred": null }, "regulated_status": "unregulated",
        "three_d_secure_usage": { "supported": true }, "wallet": null
    });
    method
}

/// A payment that is made at once from a saved method.
pub fn off_session(id: &str, form: &Form, amount: i64, created: i64) -> Value {
    let checkout = CheckoutForm { amount, currency: form["currency"].clone(), expires_at: created };
    let mut intent = payment_intent(id, form, &checkout, created);
    let made = json!({
        "customer": form["customer"], "description": form.get("description"), "metadata": metadata(form, "metadata"),
        "payment_method": form["payment_method"], "payment_method_types": [form["payment_method_types[0]"]],
    });
    for (field, value) in made.as_object().into_iter().flatten() {
        intent[field] = value.clone();
    }
    intent
}

/// An event about an object as it is now.
pub fn event(id: &str, kind: &str, object: &Value, created: i64) -> Value {
    json!({
        "id": id,
        "object": "event",
        "api_version": crate::payment::stripe::API_VERSION.as_str(),
        "created": created,
        "data": { "object": object },
        "livemode": false,
        "pending_webhooks": 1,
        "request": { "id": null, "idempotency_key": null },
        "type": kind
    })
}

/// The error a payment remembers.
pub fn payment_error(kind: &str, code: &str, message: &str) -> Value {
    json!({
        "code": code,
        "decline_code": "generic_decline",
        "doc_url": format!("https://docs.stripe.com/error-codes/{}", code.replace('_', "-")),
        "message": message,
        "type": kind
    })
}

/// The fields of a form below `prefix`, as metadata.
fn metadata(form: &Form, prefix: &str) -> Value {
    let below = |key: &str| Some(key.strip_prefix(prefix)?.strip_prefix('[')?.strip_suffix(']')?.to_owned());
    form.iter().filter_map(|(key, value)| Some((below(key)?, Value::from(value.as_str())))).collect()
}
