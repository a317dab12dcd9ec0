//! Methods that are saved in `setup` mode, and payments that are made from them off-session.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::back::page;
use super::form::{self, Form};
use super::objects;
use super::world::World;

/// What a client saves, by what becomes of it when it is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saves {
    /// 4242 4242 4242 4242.
    Card,
    /// 4000 0000 0000 0341: can be saved, and is declined when it is charged.
    CardDeclinedLater,
    /// 4000 0000 0000 9995, as if the account had been emptied after it was saved.
    CardWithoutFunds,
    /// 4000 0027 6000 3184: asks its holder each time.
    CardThatAsks,
    /// A bank account that is debited, which takes days.
    Debit,
}

impl Saves {
    /// Code, code of the decline and message, where a bank says no.
    fn refusal(self) -> Option<(&'static str, &'static str, &'static str)> {
        match self {
            Self::Card | Self::Debit => None,
            Self::CardDeclinedLater => Some(("card_declined", "generic_decline", "Your card was declined.")),
            Self::CardWithoutFunds => {
                Some(("card_declined", "insufficient_funds", "Your card has insufficient funds."))
            }
            Self::CardThatAsks => Some((
                "authentication_required",
                "authentication_required",
                "Your card was declined. This transaction requires authentication.",
            )),
        }
    }
}

fn missing(field: &str, kind: &str, id: &str) -> Refusal {
    Refusal::invalid("resource_missing", field, &format!("No such {kind}: '{id}'"))
}

fn only_known(form: &Form, fields: &[&str]) -> Result<(), Refusal> {
    match form.keys().find(|key| !fields.contains(&key.as_str())) {
        None => Ok(()),
        Some(unknown) => {
            let message = format!("Received unknown parameter: {unknown}");
            Err(Refusal::invalid("parameter_unknown", unknown, &message))
        }
    }
}

impl World {
    /// `POST /v1/customers`.
    pub fn create_customer(&mut self, form: &Form) -> Result<Value, Refusal> {
        only_known(form, &["name", "email", "metadata[client]", "metadata[organization]"])?;
        let id = self.id("cus");
        let customer = objects::customer(&id, form, self.created());
        self.customers.insert(id, customer.clone());
        Ok(customer)
    }

    /// `POST /v1/checkout/sessions` in `setup` mode.
    pub fn create_setup(&mut self, form: &Form) -> Result<Value, Refusal> {
        let expires_at = form::check_setup(form, self.now)?;
        let customer = &form["customer"];
        if !self.customers.contains_key(customer) {
            return Err(missing("customer", "customer", customer));
        }
        let (id, intent) = (self.id("cs_test"), self.id("seti"));
        let setup = objects::setup_intent(&intent, form, self.created());
        self.setups.insert(intent.clone(), setup);
        let session = objects::setup_session(&id, form, &intent, expires_at, self.created());
        self.sessions.insert(id, session.clone());
        Ok(session)
    }

    /// `GET /v1/customers/{id}/payment_methods`, newest first.
    pub fn list_methods(&self, customer: &str, query: &Form) -> Result<Value, Refusal> {
        only_known(query, &["limit", "starting_after"])?;
        if !self.customers.contains_key(customer) {
            let message = format!("No such customer: '{customer}'");
            return Err(Refusal::new(404, "invalid_request_error", "resource_missing", "customer", &message));
        }
        let of = self.methods.values().rev().filter(|method| method["customer"] == customer);
        Ok(page(of, query, &format!("/v1/customers/{customer}/payment_methods")))
    }

    /// `POST /v1/payment_methods/{id}/detach`.
    pub fn detach(&mut self, id: &str) -> Result<Value, Refusal> {
        let Some(method) = self.methods.get(id) else {
            let message = format!("No such PaymentMethod: '{id}'");
            return Err(Refusal::new(
                404,
                "invalid_request_error",
                "resource_missing",
                "payment_method",
                &message,
            ));
        };
        if method["customer"].is_null() {
            let message =
                "The payment method you provided is not attached to a customer so detachment is impossible.";
            return Err(Refusal::invalid("", "", message));
        }
        self.set(id, &json!({ "customer": null }));
        Ok(self.object(id).clone())
    }

    /// `POST /v1/payment_intents`, confirmed at once and off-session.
    pub fn charge(&mut self, form: &Form) -> Result<Value, Refusal> {
        const FIELDS: [&str; 11] = [
            "amount",
            "confirm",
            "currency",
            "customer",
            "description",
            "expand[0]",
            "metadata[attempt]",
            "metadata[organization]",
            "off_session",
            "payment_method",
            "payment_method_types[0]",
        ];
        only_known(form, &FIELDS)?;
        let amount = form::charged(form)?;
        let text = |field: &str| form.get(field).cloned().unwrap_or_default();
        let (customer, method) = (text("customer"), text("payment_method"));
        if !self.customers.contains_key(&customer) {
            return Err(missing("customer", "customer", &customer));
        }
        let Some(kept) = self.methods.get(&method).cloned() else {
            return Err(missing("payment_method", "PaymentMethod", &method));
        };
        if kept["customer"] != customer.as_str() {
            let message = format!(
                "The customer does not have a payment method with the ID {method}. The payment method must be attached to \
                 the customer."
            );
            return Err(Refusal::invalid("", "payment_method", &message));
        }
        if kept["type"] != text("payment_method_types[0]").as_str() {
            let message = format!(
                "The PaymentMethod provided ({}) is not allowed for this PaymentIntent.",
                kept["type"]
            );
            return Err(Refusal::invalid("", "payment_method", &message));
        }
        if text("off_session") != "true" || text("confirm") != "true" {
            let message = "This fake charges off-session and at once.";
            return Err(Refusal::invalid("", "confirm", message));
        }
        let saves = self.behaviours[&method];
        let (id, charge) = (self.id("pi"), self.id("ch"));
        let intent = objects::off_session(&id, form, amount, self.created());
        let (status, details) = match saves {
            Saves::Debit => ("pending", objects::sepa_debit()),
            _ if saves.refusal().is_some() => ("failed", objects::card()),
            _ => ("succeeded", objects::card()),
        };
        self.charges
            .insert(charge.clone(), objects::charge(&charge, &intent, status, &details, self.created()));
        self.intents.insert(id.clone(), intent);
        self.set(&id, &json!({ "latest_charge": charge }));
        match (saves, saves.refusal()) {
            (_, Some((code, decline, message))) => {
                let mut error = objects::payment_error("card_error", code, message);
                error["decline_code"] = decline.into();
                self.set(&id, &json!({ "status": "requires_payment_method", "last_payment_error": error, "payment_method": null }));
                self.set(&charge, &json!({ "failure_code": code, "failure_message": message }));
                let mut body = json!({ "error": error });
                body["error"]["charge"] = charge.into();
                body["error"]["payment_intent"] = self.object(&id).clone();
                body["error"]["payment_method"] = kept;
                return Err(Refusal { status: 402, body });
            }
            (Saves::Debit, None) => self.set(&id, &json!({ "status": "processing" })),
            (_, None) => self.set(&id, &json!({ "status": "succeeded", "amount_received": amount })),
        }
        self.retrieve_intent(&id, form)
    }

    /// `GET /v1/payment_intents/{id}`, and what a POST answers with.
    pub fn retrieve_intent(&self, id: &str, query: &Form) -> Result<Value, Refusal> {
        let Some(intent) = self.intents.get(id) else {
            let message = format!("No such payment_intent: '{id}'");
            return Err(Refusal::new(404, "invalid_request_error", "resource_missing", "intent", &message));
        };
        let mut intent = intent.clone();
        for (_, path) in query.iter().filter(|(key, _)| key.starts_with("expand[")) {
            self.expand(&mut intent, path)?;
        }
        Ok(intent)
    }

    /// `GET /v1/payment_intents`, newest first.
    pub fn list_intents(&self, query: &Form) -> Result<Value, Refusal> {
        only_known(query, &["created[gte]", "customer", "limit", "starting_after"])?;
        let since: i64 = query.get("created[gte]").and_then(|text| text.parse().ok()).unwrap_or_default();
        let customer = query.get("customer").map(String::as_str);
        let found = self.intents.values().rev().filter(|intent| {
            intent["created"].as_i64() >= Some(since)
                && customer.is_none_or(|customer| intent["customer"] == customer)
        });
        Ok(page(found, query, "/v1/payment_intents"))
    }

    /// `POST /v1/payment_intents/{id}/cancel`.
    pub fn cancel(&mut self, id: &str) -> Result<Value, Refusal> {
        let status = self.retrieve_intent(id, &Form::new())?["status"].clone();
        if !matches!(
            status.as_str(),
            Some("requires_payment_method" | "requires_action" | "requires_confirmation")
        ) {
            let message = format!(
                "You cannot cancel this PaymentIntent because it has a status of {}.",
                status.as_str().unwrap_or_default()
            );
            return Err(Refusal::invalid("payment_intent_unexpected_state", "", &message));
        }
        self.set(
            id,
            &json!({ "status": "canceled", "cancellation_reason": null, "canceled_at": self.created() }),
        );
        Ok(self.object(id).clone())
    }

    /// The client saves something on a page in `setup` mode.
    pub fn save(&mut self, session: &str, saves: Saves) -> Vec<Value> {
        assert_eq!(
            self.object(session)["status"],
            "open",
            "Stripe lets nobody save on a page that is closed"
        );
        let customer = self.object(session)["customer"].clone();
        let setup = self.object(session)["setup_intent"].as_str().expect("it is in setup mode").to_owned();
        let id = self.id("pm");
        let method = objects::payment_method(&id, &customer, saves == Saves::Debit, self.created());
        self.methods.insert(id.clone(), method);
        self.behaviours.insert(id.clone(), saves);
        self.set(&setup, &json!({ "status": "succeeded", "payment_method": id }));
        self.set(session, &json!({ "status": "complete", "url": null }));
        self.events(&[
            ("payment_method.attached", &id),
            ("setup_intent.succeeded", &setup),
            ("checkout.session.completed", session),
        ])
    }

    /// The client takes a method away at Stripe, or staff do.
    pub fn lose(&mut self, method: &str) -> Vec<Value> {
        self.detach(method).expect("it was attached");
        self.events(&[("payment_method.detached", method)])
    }

    /// What becomes of a method when it is charged from now on.
    pub fn becomes(&mut self, method: &str, saves: Saves) {
        self.behaviours.insert(method.to_owned(), saves);
    }

    /// The events of a payment that was made off-session, in their order.
    pub fn charge_events(&mut self, intent: &str) -> Vec<Value> {
        let charge = self.charge_of(intent);
        let (first, second) = match self.object(intent)["status"].as_str() {
            Some("succeeded") => ("charge.succeeded", "payment_intent.succeeded"),
            Some("processing") => ("charge.pending", "payment_intent.processing"),
            _ => ("charge.failed", "payment_intent.payment_failed"),
        };
        self.events(&[("payment_intent.created", intent), (first, &charge), (second, intent)])
    }

    /// A debit that was processing arrives, or bounces.
    pub fn settle_debit(&mut self, intent: &str, arrives: bool) -> Vec<Value> {
        assert_eq!(self.object(intent)["status"], "processing", "only what is processing can come or bounce");
        let charge = self.charge_of(intent);
        let amount = self.object(intent)["amount"].clone();
        if arrives {
            self.set(
                &charge,
                &json!({ "status": "succeeded", "paid": true, "captured": true, "amount_captured": amount }),
            );
            self.set(intent, &json!({ "status": "succeeded", "amount_received": amount }));
            return self.events(&[("charge.succeeded", &charge), ("payment_intent.succeeded", intent)]);
        }
        let message = "The customer's bank account could not be debited.";
        let error =
            objects::payment_error("invalid_request_error", "payment_intent_payment_attempt_failed", message);
        self.set(&charge, &json!({ "status": "failed", "failure_code": "debit_not_authorized", "failure_message": message }));
        self.set(intent, &json!({ "status": "requires_payment_method", "last_payment_error": error }));
        self.events(&[("charge.failed", &charge), ("payment_intent.payment_failed", intent)])
    }
}
