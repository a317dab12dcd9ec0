//! What clients and staff do at Stripe, and the events it makes of that, in their order.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::objects;
use super::world::World;

impl World {
    pub fn pay(&mut self, session: &str) -> Vec<Value> {
        let (intent, charge) = self.try_to_pay(session, "succeeded", &objects::card());
        self.complete(session, "paid");
        let received = self.object(&intent)["amount"].clone();
        self.set(&intent, &json!({ "status": "succeeded", "amount_received": received }));
        self.events(&[
            ("charge.succeeded", &charge),
            ("payment_intent.succeeded", &intent),
            ("checkout.session.completed", session),
        ])
    }

    pub fn decline(&mut self, session: &str) -> Vec<Value> {
        let (intent, charge) = self.try_to_pay(session, "failed", &objects::card());
        let error = objects::payment_error("card_error", "card_declined", "Your card was declined.");
        let failure = json!({ "failure_code": "card_declined", "failure_message": error["message"] });
        self.set(&charge, &failure);
        self.set(&intent, &json!({ "status": "requires_payment_method", "last_payment_error": error }));
        self.events(&[("charge.failed", &charge), ("payment_intent.payment_failed", &intent)])
    }

    pub fn process(&mut self, session: &str) -> Vec<Value> {
        let (intent, charge) = self.try_to_pay(session, "pending", &objects::sepa_debit());
        self.complete(session, "unpaid");
        self.set(&intent, &json!({ "status": "processing" }));
        self.events(&[
            ("charge.pending", &charge),
            ("payment_intent.processing", &intent),
            ("checkout.session.completed", session),
        ])
    }

    pub fn succeed(&mut self, session: &str) -> Vec<Value> {
        let (intent, charge) = self.processing(session);
        let amount = self.object(&intent)["amount"].clone();
        let taken =
            json!({ "status": "succeeded", "paid": true, "captured": true, "amount_captured": amount });
        self.set(&charge, &taken);
        self.set(&intent, &json!({ "status": "succeeded", "amount_received": amount }));
        self.set(session, &json!({ "payment_status": "paid" }));
        self.events(&[
            ("charge.succeeded", &charge),
            ("payment_intent.succeeded", &intent),
            ("checkout.session.async_payment_succeeded", session),
        ])
    }

    pub fn fail(&mut self, session: &str) -> Vec<Value> {
        let (intent, charge) = self.processing(session);
        let message = "The customer's bank account could not be debited.";
        let error =
            objects::payment_error("invalid_request_error", "payment_intent_payment_attempt_failed", message);
        let failure =
            json!({ "status": "failed", "failure_code": "debit_not_authorized", "failure_message": message });
        self.set(&charge, &failure);
        self.set(&intent, &json!({ "status": "requires_payment_method", "last_payment_error": error }));
        self.events(&[
            ("charge.failed", &charge),
            ("payment_intent.payment_failed", &intent),
            ("checkout.session.async_payment_failed", session),
        ])
    }

    /// `POST /v1/checkout/sessions/{id}/expire`, and what time does.
    pub fn expire(&mut self, session: &str) -> Result<Vec<Value>, Refusal> {
        let status = self.find(session)?["status"].clone();
        if status != "open" {
            let status = status.as_str().unwrap_or_default();
            let message = format!(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has \
                 a status of `{status}`."
            );
            return Err(Refusal::invalid("", "", &message));
        }
        self.set(session, &json!({ "status": "expired", "url": null }));
        Ok(self.events(&[("checkout.session.expired", session)]))
    }

    /// A try to pay an open session: its payment and the charge of this try.
    fn try_to_pay(&mut self, session: &str, status: &str, details: &Value) -> (String, String) {
        assert_eq!(self.object(session)["status"], "open", "Stripe lets nobody pay on a page that is closed");
        let intent = self.intent_of(session);
        let id = self.id("ch");
        let charge = objects::charge(&id, self.object(&intent), status, details, self.created());
        self.charges.insert(id.clone(), charge);
        self.set(
            &intent,
            &json!({ "latest_charge": id, "payment_method": "pm_1Fake", "last_payment_error": null }),
        );
        (intent, id)
    }

    /// The payment and the charge of a session whose money is on its way.
    fn processing(&mut self, session: &str) -> (String, String) {
        let intent = self.intent_of(session);
        assert_eq!(
            self.object(&intent)["status"],
            "processing",
            "only what is processing can come or bounce"
        );
        let charge = self.charge_of(&intent);
        (intent, charge)
    }

    pub fn charge_of(&self, intent: &str) -> String {
        self.object(intent)["latest_charge"].as_str().expect("somebody tried to pay").to_owned()
    }

    fn complete(&mut self, session: &str, payment_status: &str) {
        let email = self.object(session)["customer_email"].clone();
        let customer = json!({
            "address": {
                "city": null, "country": "DE", "line1": null, "line2": null, "postal_code": null,
                "state": null
            },
            "business_name": null, "email": email, "individual_name": null, "name": "Jenny Rosen",
            "phone": null,
            "tax_exempt": "none", "tax_ids": []
        });
        let done = json!({
            "status": "complete", "payment_status": payment_status, "url": null, "customer_details": customer
        });
        self.set(session, &done);
    }

    pub fn set(&mut self, id: &str, fields: &Value) {
        let object = self.object_mut(id);
        for (field, value) in fields.as_object().into_iter().flatten() {
            object[field] = value.clone();
        }
    }

    pub fn events(&mut self, what: &[(&str, &str)]) -> Vec<Value> {
        what.iter()
            .map(|(kind, id)| {
                let object = self.object(id).clone();
                self.event(kind, &object)
            })
            .collect()
    }
}
