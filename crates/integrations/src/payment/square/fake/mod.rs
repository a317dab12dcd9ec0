//! A server on loopback that speaks Square's protocol as far as payment links need it.
//!
//! It refuses what Square refuses: another token, no version, another content type, fields it does not know,
//! another location, amounts that are no integers, an idempotency key that comes back with another body. A test
//! plays the client ([`FakeSquare::pay`] and so on), which answers with the events Square would send.

use std::sync::{Arc, Mutex, MutexGuard};

use actix_web::web;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::Mac;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{SquareConfig, mac};
use crate::payment::loopback::Loopback;

mod disputes;
mod http;
mod world;

pub use world::{Outage, Request};

use world::World;

/// The token the fake accepts.
pub const ACCESS_TOKEN: &str = "EAAAfakeSquareTokenOfPortico";
/// The fake's location.
pub const LOCATION_ID: &str = "LFAKEPORTICO";
/// The key the fake signs its webhooks with.
pub const SIGNATURE_KEY: &str = "fakeSquareSignatureKey";

/// A running fake. It stops when dropped.
pub struct FakeSquare {
    world: Arc<Mutex<World>>,
    server: Loopback,
}

/// A webhook as Square delivers it.
#[derive(Debug, Clone)]
pub struct SignedEvent {
    /// Value of the header with the signature.
    pub signature: String,
    /// The body it belongs to.
    pub body: Vec<u8>,
}

impl FakeSquare {
    /// Starts a fake whose time is `now`, on a port of its own.
    pub fn start(now: DateTime<Utc>) -> Self {
        let world = Arc::new(Mutex::new(World::new(now)));
        let shared = web::Data::from(Arc::clone(&world));
        let server = Loopback::start(move |config| {
            config.app_data(shared.clone()).configure(http::routes);
        });
        Self { world, server }
    }

    /// Its address, for [`SquareConfig::api`].
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// The configuration of an account at this fake whose webhook is sent to an address.
    pub fn config(&self, notification_url: &str) -> SquareConfig {
        SquareConfig {
            access_token: SecretString::from(ACCESS_TOKEN),
            location_id: LOCATION_ID.to_owned(),
            signature_keys: vec![SecretString::from(SIGNATURE_KEY)],
            notification_url: notification_url.to_owned(),
            livemode: false,
            api: self.url().to_owned(),
        }
    }

    /// The next requests go wrong in this way, one each.
    pub fn fail_next(&self, outages: impl IntoIterator<Item = Outage>) {
        self.world().outages.extend(outages);
    }

    /// Every request since the start, refused ones too.
    pub fn requests(&self) -> Vec<Request> {
        self.world().requests.clone()
    }

    /// The ids of all links that are not deleted, oldest first.
    pub fn links(&self) -> Vec<String> {
        self.world().links.keys().cloned().collect()
    }

    /// The ids of all orders, oldest first.
    pub fn orders(&self) -> Vec<String> {
        self.world().orders.keys().cloned().collect()
    }

    /// The client pays an order by card, or begins a payment that takes days.
    pub fn pay(&self, order: &str, status: &str) -> Value {
        self.world().pay(order, status)
    }

    /// A payment of an order gets another status.
    pub fn conclude(&self, order: &str, status: &str) -> Value {
        self.world().conclude(order, status)
    }

    /// Staff give money back at Square; the refund's id.
    pub fn refund(&self, payment: &str, amount: &Value, reason: &str) -> String {
        let body = json!({ "idempotency_key": "by hand", "payment_id": payment, "amount_money": amount, "reason": reason });
        let (status, answer) = self.world().refund(&body);
        assert_eq!(status, 200, "{answer}");
        answer["refund"]["id"].as_str().expect("a refund has its id").to_owned()
    }

    /// A refund comes to be `COMPLETED`, `REJECTED` or `FAILED`.
    pub fn conclude_refund(&self, refund: &str, status: &str) -> Value {
        self.world().conclude_refund(refund, status)
    }

    /// A payer contests a part of a payment with their bank.
    pub fn dispute(&self, payment: &str, minor: i64, state: &str) -> Value {
        self.world().dispute(payment, minor, state)
    }

    /// The latest dispute gets another state.
    pub fn conclude_dispute(&self, state: &str) -> Value {
        self.world().conclude_dispute(state)
    }

    /// From now on the token may not see disputes.
    pub fn forbid_disputes(&self) {
        self.world().disputes_forbidden = true;
    }

    /// The ids of all payments, oldest first.
    pub fn payments(&self) -> Vec<String> {
        self.world().payments.keys().cloned().collect()
    }

    /// An event of that kind about an object, as Square would send it.
    pub fn event(&self, kind: &str, object: &Value) -> Value {
        self.world().event(kind, object)
    }

    /// An event as it is delivered to an address.
    pub fn signed(&self, event: &Value, notification_url: &str) -> SignedEvent {
        // Indented, so that whoever verifies a re-serialised body fails.
        let body = serde_json::to_vec_pretty(event).expect("JSON serialises");
        let mac = mac(&SecretString::from(SIGNATURE_KEY), notification_url, &body);
        SignedEvent { signature: STANDARD.encode(mac.finalize().into_bytes()), body }
    }

    /// A payment's object, as events carry it.
    pub fn payment(&self, id: &str) -> Value {
        json!({ "payment": self.world().payments[id] })
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no test panics while it holds the fake")
    }
}
