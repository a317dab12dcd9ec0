//! Reading Square's events. Only what tells whose payment to fetch.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;

use crate::payment::{InboundEvent, WebhookError};

/// How far ahead of ours the time of an event may be.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// How old an event may be: Square delivers for a day, and its signature covers no time but the event's own. An
/// event is kept once however often it comes.
const OLDEST: TimeDelta = TimeDelta::hours(25);

/// See <https://developer.squareup.com/docs/webhooks/v2webhook-events-tech-ref>.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "event_id")]
    id: String,
    #[serde(rename = "type")]
    kind: String,
    created_at: DateTime<Utc>,
    #[serde(default)]
    data: Data,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    object: Value,
}

/// Reads an event whose signature was checked.
pub(super) fn read(body: &[u8], livemode: bool, now: DateTime<Utc>) -> Result<InboundEvent, WebhookError> {
    let event: Event =
        serde_json::from_slice(body).map_err(|error| WebhookError::Malformed(error.to_string()))?;
    let age = now - event.created_at;
    if age < -AHEAD || age > OLDEST {
        return Err(WebhookError::Stale);
    }
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    let (payment, refund) = (&event.data.object["payment"], &event.data.object["refund"]);
    let (payment_reference, attempt_id) = match event.kind.split('.').next() {
        // A note of other sales is not the id of an attempt, and such payments are none of ours.
        Some("payment") => {
            let attempt = text(&payment["note"]).filter(|note| note.starts_with("att_"));
            (attempt.as_ref().and_then(|_| text(&payment["id"])), attempt)
        }
        Some("refund") => (text(&refund["payment_id"]), None),
        Some("dispute") => (text(&event.data.object["dispute"]["disputed_payment"]["payment_id"]), None),
        _ => (None, None),
    };
    Ok(InboundEvent {
        event_id: event.id,
        kind: event.kind,
        reference: None,
        payment_reference,
        attempt_id,
        account: None,
        livemode,
    })
}
