//! Reading Stripe's events. Only what tells whose payment to fetch: the object inside may be older than the
//! truth.

use serde::Deserialize;
use serde_json::Value;

use crate::payment::saved::SAVED_METHOD_KEY;
use crate::payment::{ATTEMPT_KEY, InboundEvent, WebhookError};

/// The envelope. See <https://docs.stripe.com/api/events/object>.
#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    livemode: bool,
    account: Option<String>,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

/// What sessions, setups, methods, payments, charges, refunds and disputes have in common.
#[derive(Deserialize)]
struct Object {
    id: Option<String>,
    #[serde(rename = "object")]
    kind: String,
    client_reference_id: Option<String>,
    payment_intent: Option<Value>,
    metadata: Option<serde_json::Map<String, Value>>,
}

/// Reads an event whose signature was checked.
pub(super) fn read(body: &[u8]) -> Result<InboundEvent, WebhookError> {
    let event: Event =
        serde_json::from_slice(body).map_err(|error| WebhookError::Malformed(error.to_string()))?;
    let object = event.data.object;
    let in_metadata = || {
        let metadata = object.metadata.as_ref()?;
        metadata.get(ATTEMPT_KEY).or_else(|| metadata.get(SAVED_METHOD_KEY))?.as_str().map(str::to_owned)
    };
    let attempt_id = object.client_reference_id.clone().or_else(in_metadata);
    let (reference, payment_reference) = match object.kind.as_str() {
        "checkout.session" => (object.id, object.payment_intent.as_ref().and_then(id_of)),
        "payment_intent" => (None, object.id),
        // A saved method is known by its own id, once it is saved.
        "payment_method" => (object.id, None),
        _ => (None, object.payment_intent.as_ref().and_then(id_of)),
    };
    Ok(InboundEvent {
        event_id: event.id,
        kind: event.kind,
        reference,
        payment_reference,
        attempt_id,
        account: event.account,
        livemode: event.livemode,
    })
}

/// The id of something that is given as its id or, expanded, as an object.
fn id_of(value: &Value) -> Option<String> {
    value.as_str().or_else(|| value.get("id")?.as_str()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_object(kind: &str, object: &Value) -> InboundEvent {
        let event = json!({
            "id": "evt_1", "object": "event", "api_version": "2026-09-30.endive", "created": 1_700_000_000,
            "data": { "object": object, "previous_attributes": {} }, "livemode": true, "pending_webhooks": 1,
            "request": { "id": null, "idempotency_key": null }, "type": kind,
        });
        read(&serde_json::to_vec(&event).unwrap()).unwrap()
    }

    #[test]
    fn each_object_says_whose_payment_it_is() {
        let session = json!({
            "id": "cs_1", "object": "checkout.session", "client_reference_id": "att_1",
            "payment_intent": null,
        });
        let event = read_object("checkout.session.expired", &session);
        assert_eq!((event.event_id.as_str(), event.kind.as_str()), ("evt_1", "checkout.session.expired"));
        assert_eq!((event.reference.as_deref(), event.payment_reference), (Some("cs_1"), None));
        assert_eq!((event.attempt_id.as_deref(), event.livemode), (Some("att_1"), true));

        let intent = json!({ "id": "pi_1", "object": "payment_intent", "metadata": { "attempt": "att_1" } });
        let event = read_object("payment_intent.succeeded", &intent);
        assert_eq!((event.reference, event.payment_reference.as_deref()), (None, Some("pi_1")));
        assert_eq!(event.attempt_id.as_deref(), Some("att_1"));

        for intent in [json!("pi_1"), json!({ "id": "pi_1", "object": "payment_intent" })] {
            let charge =
                json!({ "id": "ch_1", "object": "charge", "metadata": {}, "payment_intent": intent });
            let event = read_object("charge.refunded", &charge);
            assert_eq!((event.reference, event.payment_reference.as_deref()), (None, Some("pi_1")));
            assert_eq!(event.attempt_id, None);
        }

        let setup =
            json!({ "id": "seti_1", "object": "setup_intent", "metadata": { "saved_method": "spm_1" } });
        let event = read_object("setup_intent.succeeded", &setup);
        assert_eq!((event.reference, event.payment_reference), (None, None));
        assert_eq!(event.attempt_id.as_deref(), Some("spm_1"));

        let method = json!({ "id": "pm_1", "object": "payment_method", "metadata": {} });
        let event = read_object("payment_method.detached", &method);
        assert_eq!((event.reference.as_deref(), event.attempt_id), (Some("pm_1"), None));

        // Something we never subscribed to is still an event, and nobody's payment.
        let event =
            read_object("plan.created", &json!({ "id": "price_1", "object": "plan", "metadata": null }));
        assert_eq!((event.reference, event.payment_reference, event.attempt_id), (None, None, None));
    }

    #[test]
    fn what_is_no_event_says_so() {
        for body in ["", "[]", "{}", r#"{"id":"evt_1","type":"x","livemode":false,"data":{}}"#] {
            assert!(matches!(read(body.as_bytes()), Err(WebhookError::Malformed(_))), "{body}");
        }
    }
}
