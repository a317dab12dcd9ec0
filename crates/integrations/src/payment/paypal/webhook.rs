//! PayPal's events. Whether one is genuine PayPal itself is asked; of what it tells, only whose payment to
//! fetch is read.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::payment::{InboundEvent, Webhook, WebhookError};

/// The headers that carry a signature, in the order of [`Signature`]'s fields.
pub(super) const HEADERS: &[&str] = &[
    "PayPal-Transmission-Id",
    "PayPal-Transmission-Time",
    "PayPal-Transmission-Sig",
    "PayPal-Cert-Url",
    "PayPal-Auth-Algo",
];
/// How far ahead a transmission's time may be.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// How old a transmission may be: PayPal delivers for three days, and nowhere says that a later try gets a later
/// time. An event is kept once however often it comes, so an old one that is played back does nothing.
const OLDEST: TimeDelta = TimeDelta::hours(73);

/// A signature, its shape checked.
#[derive(Debug)]
pub(super) struct Signature<'a> {
    id: &'a str,
    time: &'a str,
    text: &'a str,
    certificate: &'a str,
    algorithm: &'a str,
}

impl<'a> Signature<'a> {
    /// Reads the headers and looks at the time, before PayPal is troubled.
    pub(super) fn read(webhook: Webhook<'a>, now: DateTime<Utc>) -> Result<Self, WebhookError> {
        let [Some(id), Some(time), Some(signature), Some(certificate), Some(algorithm)] = webhook.signatures
        else {
            return Err(WebhookError::Unsigned);
        };
        let sent_at = DateTime::parse_from_rfc3339(time).map_err(|_| WebhookError::Unsigned)?;
        let age = now - sent_at.to_utc();
        if age < -AHEAD || age > OLDEST {
            return Err(WebhookError::Stale);
        }
        Ok(Self { id, time, text: signature, certificate, algorithm })
    }

    /// The question whether it fits a body. The body goes in byte for byte: written anew it would have another
    /// signature.
    pub(super) fn question(&self, webhook_id: &str, body: &[u8]) -> Result<String, WebhookError> {
        let malformed = |error: serde_json::Error| WebhookError::Malformed(error.to_string());
        // One whole value, so that it can't say something else in the question around it.
        serde_json::from_slice::<IgnoredAny>(body).map_err(malformed)?;
        let event =
            std::str::from_utf8(body).map_err(|error| WebhookError::Malformed(error.to_string()))?.trim();
        let mut question = json!({
            "auth_algo": self.algorithm,
            "cert_url": self.certificate,
            "transmission_id": self.id,
            "transmission_sig": self.text,
            "transmission_time": self.time,
            "webhook_id": webhook_id,
        })
        .to_string();
        question.pop();
        Ok(format!("{question},\"webhook_event\":{event}}}"))
    }
}

/// The answer.
#[derive(Deserialize)]
pub(super) struct Verdict {
    pub verification_status: String,
}

/// See <https://developer.paypal.com/api/rest/webhooks/event-names/>.
#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "event_type")]
    kind: String,
    #[serde(default)]
    resource: Value,
}

/// Reads an event whose signature was checked.
pub(super) fn read(body: &[u8], livemode: bool) -> Result<InboundEvent, WebhookError> {
    let event: Event =
        serde_json::from_slice(body).map_err(|error| WebhookError::Malformed(error.to_string()))?;
    let resource = &event.resource;
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    let mut told = InboundEvent {
        event_id: event.id,
        reference: None,
        payment_reference: None,
        attempt_id: None,
        account: None,
        livemode,
        kind: event.kind,
    };
    match told.kind.as_str() {
        kind if kind.starts_with("CHECKOUT.ORDER.") => {
            told.reference = text(&resource["id"]);
            told.attempt_id = text(&resource["purchase_units"][0]["custom_id"]);
        }
        // Their resource is the refund, which names the capture by a link.
        "PAYMENT.CAPTURE.REFUNDED"
        | "PAYMENT.CAPTURE.REVERSED"
        | "PAYMENT.REFUND.PENDING"
        | "PAYMENT.REFUND.FAILED" => {
            told.payment_reference = parent_capture(resource);
            // A refund of ours carries its own id there.
            told.attempt_id = text(&resource["custom_id"]).filter(|id| id.starts_with("att_"));
        }
        kind if kind.starts_with("PAYMENT.CAPTURE.") => {
            told.payment_reference = text(&resource["id"]);
            told.reference = text(&resource["supplementary_data"]["related_ids"]["order_id"]);
            told.attempt_id = text(&resource["custom_id"]);
        }
        kind if kind.starts_with("CUSTOMER.DISPUTE.") => {
            let disputed = &resource["disputed_transactions"][0];
            told.payment_reference = text(&disputed["seller_transaction_id"]);
            told.attempt_id = text(&disputed["custom"]);
        }
        // Everything else an account may be told of is not about payments of ours.
        _ => {}
    }
    Ok(told)
}

fn parent_capture(refund: &Value) -> Option<String> {
    let links = refund["links"].as_array()?;
    let up = links.iter().find(|link| link["rel"] == "up")?["href"].as_str()?;
    let (_, id) = up.rsplit_once("/captures/")?;
    Some(id.to_owned())
}
