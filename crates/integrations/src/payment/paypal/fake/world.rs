//! What the fake remembers, and how it answers.

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// Where the fake says its certificate is.
pub const CERTIFICATE: &str =
    "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270";
/// How the fake says it signs.
pub const ALGORITHM: &str = "SHA256withRSA";

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// The request is carried out, and the answer is lost.
    AnswerLost,
    /// PayPal has trouble and does nothing.
    Trouble,
    /// Too many requests.
    TooMany,
    /// An answer that is no JSON, with status 200.
    Garbled,
}

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method and path.
    pub line: String,
    /// `PayPal-Request-Id`.
    pub id: Option<String>,
    /// Its body.
    pub body: String,
}

/// Status and body.
pub type Answer = (u16, Value);

pub struct World {
    pub now: DateTime<Utc>,
    /// Tokens and their ends.
    pub tokens: HashMap<String, DateTime<Utc>>,
    pub requests: Vec<Request>,
    pub outages: VecDeque<Outage>,
    /// By id; ids grow, so this is their order of creation.
    pub orders: BTreeMap<String, Value>,
    /// By id, in their order of creation.
    pub disputes: BTreeMap<String, Value>,
    /// Whether the app may not see disputes.
    pub disputes_forbidden: bool,
    /// Whether captures stay pending.
    pub pending: bool,
    /// Whether refunds stay pending.
    pub pending_refunds: bool,
    /// Whether the next capture is declined.
    pub decline: bool,
    /// What was answered to request ids: path, body, answer.
    answers: HashMap<String, (String, String, Answer)>,
    counter: u32,
}

/// PayPal's error body with one detail.
pub fn error(status: u16, name: &str, issue: &str, field: &str, description: &str) -> Answer {
    let body = json!({
        "name": name, "message": "The request was refused.", "debug_id": "f1e2d3c4b5a69",
        "details": [{ "field": field, "issue": issue, "description": description, "location": "body" }],
    });
    (status, body)
}

/// What can't be done with an order as it is.
pub fn unprocessable(issue: &str, description: &str) -> Answer {
    error(422, "UNPROCESSABLE_ENTITY", issue, "", description)
}

/// Another shape than the API's.
pub fn invalid(field: &str, issue: &str) -> Answer {
    error(
        400,
        "INVALID_REQUEST",
        issue,
        field,
        "The value of a field does not conform to the expected format.",
    )
}

/// The fake's signature: PayPal's covers the same four things with a certificate.
pub fn signature(id: &str, time: &str, webhook_id: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"the fake's certificate").expect("HMAC takes every key");
    for part in [id.as_bytes(), time.as_bytes(), webhook_id.as_bytes(), body] {
        mac.update(part);
        mac.update(b"|");
    }
    format!("s{}", hex::encode(mac.finalize().into_bytes()))
}

impl World {
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            tokens: HashMap::new(),
            requests: Vec::new(),
            outages: VecDeque::new(),
            orders: BTreeMap::new(),
            disputes: BTreeMap::new(),
            disputes_forbidden: false,
            pending: false,
            pending_refunds: false,
            decline: false,
            answers: HashMap::new(),
            counter: 0,
        }
    }

    /// An id like PayPal's: 17 capitals and digits.
    pub fn id(&mut self, kind: char) -> String {
        self.counter += 1;
        format!("{:04}FAKEPAYPAL{kind}00", self.counter)
    }

    pub fn token(&mut self) -> Value {
        self.counter += 1;
        let token = format!("A21AAFakeToken{}", self.counter);
        self.tokens.insert(token.clone(), self.now + TimeDelta::seconds(32_400));
        json!({ "access_token": token, "token_type": "Bearer", "expires_in": 32_400, "app_id": "APP-80W284485P519543T",
            "scope": "https://uri.paypal.com/services/applications/webhooks", "nonce": "fake" })
    }

    pub fn knows_token(&self, token: &str) -> bool {
        self.tokens.get(token).is_some_and(|ends_at| self.now < *ends_at)
    }

    /// Does something once for a request id, and gives the same answer again.
    pub fn once(
        &mut self,
        path: &str,
        id: Option<&str>,
        body: &str,
        act: impl FnOnce(&mut Self) -> Answer,
    ) -> Answer {
        let Some(id) = id else { return act(self) };
        if let Some((known_path, known_body, answer)) = self.answers.get(id) {
            if known_path == path && known_body == body {
                return answer.clone();
            }
            return unprocessable(
                "DUPLICATE_REQUEST_ID",
                "The value of PayPal-Request-Id header has already been used.",
            );
        }
        let answer = act(self);
        // What was refused may be asked again, mended, with the same id.
        if answer.0 < 300 {
            self.answers.insert(id.to_owned(), (path.to_owned(), body.to_owned(), answer.clone()));
        }
        answer
    }
}
