//! A server on loopback that speaks PayPal's protocol as far as orders need it.
//!
//! It refuses what PayPal refuses: no token or an old one, another content type, fields it does not know,
//! amounts with decimals a currency doesn't have there, a capture before the client agreed, more back than came, a
//! request id that comes back with another body. A test plays the client and PayPal's own side ([`FakePaypal::approve`] and
//! so on), which answers with the events PayPal would send; when, how often and in which order they come, the
//! test decides ([`FakePaypal::signed`]).

use std::sync::{Arc, Mutex, MutexGuard};

use actix_web::web;
use chrono::{DateTime, SecondsFormat, Utc};
use secrecy::SecretString;
use serde_json::Value;

use super::PaypalConfig;
use crate::payment::loopback::Loopback;

mod disputes;
mod http;
mod orders;
mod world;

pub use world::{Outage, Request};

use world::World;

/// The client id the fake accepts.
pub const CLIENT_ID: &str = "AfakePaypalClientIdOfPortico";
/// The secret the fake accepts.
pub const CLIENT_SECRET: &str = "EfakePaypalSecretOfPortico";
/// The id of the fake's webhook.
pub const WEBHOOK_ID: &str = "8PT597110X687430LKGECATA";

/// A running fake. It stops when dropped.
pub struct FakePaypal {
    world: Arc<Mutex<World>>,
    server: Loopback,
}

/// A webhook as PayPal delivers it.
#[derive(Debug, Clone)]
pub struct SignedEvent {
    /// The headers with the signature.
    pub headers: Vec<(&'static str, String)>,
    /// The body they belong to.
    pub body: Vec<u8>,
}

impl SignedEvent {
    /// The headers' values in the order in which a provider asks for them.
    pub fn signatures(&self) -> Vec<Option<&str>> {
        self.headers.iter().map(|(_, value)| Some(value.as_str())).collect()
    }
}

impl FakePaypal {
    /// Starts a fake whose time is `now`, on a port of its own.
    pub fn start(now: DateTime<Utc>) -> Self {
        let world = Arc::new(Mutex::new(World::new(now)));
        let shared = web::Data::from(Arc::clone(&world));
        let server = Loopback::start(move |config| {
            config.app_data(shared.clone()).configure(http::routes);
        });
        Self { world, server }
    }

    /// Its address, for [`PaypalConfig::api`].
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// The configuration of an account at this fake.
    pub fn config(&self) -> PaypalConfig {
        PaypalConfig {
            client_id: CLIENT_ID.to_owned(),
            client_secret: SecretString::from(CLIENT_SECRET),
            webhook_id: Some(WEBHOOK_ID.to_owned()),
            livemode: false,
            api: self.url().to_owned(),
        }
    }

    /// Moves its time: tokens end after nine hours.
    pub fn set_now(&self, now: DateTime<Utc>) {
        self.world().now = now;
    }

    /// The next requests, those for tokens aside, go wrong in this way, one each.
    pub fn fail_next(&self, outages: impl IntoIterator<Item = Outage>) {
        self.world().outages.extend(outages);
    }

    /// Withdraws all tokens.
    pub fn withdraw_tokens(&self) {
        self.world().tokens.clear();
    }

    /// Every request since the start, refused ones too.
    pub fn requests(&self) -> Vec<Request> {
        self.world().requests.clone()
    }

    /// The ids of all orders, oldest first.
    pub fn orders(&self) -> Vec<String> {
        self.world().orders.keys().cloned().collect()
    }

    /// An order as the API shows it.
    pub fn order(&self, id: &str) -> Value {
        self.world().orders[id].clone()
    }

    /// Changes an order behind everyone's back, for what PayPal would never do.
    pub fn tamper(&self, id: &str, change: impl FnOnce(&mut Value)) {
        change(self.world().orders.get_mut(id).expect("the test made this order"));
    }

    /// The client agrees to pay.
    pub fn approve(&self, order: &str) -> Value {
        self.world().approve(order)
    }

    /// From now on captures stay pending (or no longer do).
    pub fn keep_pending(&self, pending: bool) {
        self.world().pending = pending;
    }

    /// The next capture is declined: the client has to choose something else to pay with.
    pub fn decline_next(&self) {
        self.world().decline = true;
    }

    /// A pending capture comes.
    pub fn settle(&self, order: &str) -> Value {
        self.world().conclude(order, "COMPLETED")
    }

    /// A pending capture is declined.
    pub fn deny(&self, order: &str) -> Value {
        self.world().conclude(order, "DECLINED")
    }

    /// The event that tells of a capture as it is now.
    pub fn capture_event(&self, order: &str) -> Value {
        self.world().capture_event(order)
    }

    /// From now on refunds stay pending (or no longer do).
    pub fn keep_refunds_pending(&self, pending: bool) {
        self.world().pending_refunds = pending;
    }

    /// An order's latest refund comes to be `COMPLETED` or `FAILED`.
    pub fn conclude_refund(&self, order: &str, status: &str) -> Value {
        self.world().conclude_refund(order, status)
    }

    /// Staff give money back at PayPal, written as PayPal writes amounts.
    pub fn refund(&self, order: &str, value: &str) -> Value {
        self.world().refund_by_hand(order, value)
    }

    /// The payer contests a part of an order, written as PayPal writes amounts.
    pub fn dispute(&self, order: &str, value: &str) -> Value {
        self.world().dispute(order, value)
    }

    /// The latest dispute becomes a claim, and PayPal takes the money meanwhile.
    pub fn escalate_dispute(&self) -> Value {
        self.world().escalate_dispute()
    }

    /// PayPal decides the latest dispute: `RESOLVED_BUYER_FAVOUR`, `RESOLVED_SELLER_FAVOUR`, ….
    pub fn resolve_dispute(&self, outcome: &str) -> Value {
        self.world().resolve_dispute(outcome)
    }

    /// From now on the app may not see disputes.
    pub fn forbid_disputes(&self) {
        self.world().disputes_forbidden = true;
    }

    /// An event as it is delivered at an instant.
    pub fn signed(&self, event: &Value, at: DateTime<Utc>) -> SignedEvent {
        // Indented, so that whoever writes the body anew before it is verified fails.
        let body = serde_json::to_vec_pretty(event).expect("JSON serialises");
        let time = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let id = format!("t-{}", event["id"].as_str().unwrap_or_default());
        let signature = world::signature(&id, &time, WEBHOOK_ID, &body);
        let headers = vec![
            ("PayPal-Transmission-Id", id),
            ("PayPal-Transmission-Time", time),
            ("PayPal-Transmission-Sig", signature),
            ("PayPal-Cert-Url", world::CERTIFICATE.to_owned()),
            ("PayPal-Auth-Algo", world::ALGORITHM.to_owned()),
        ];
        SignedEvent { headers, body }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no test panics while it holds the fake")
    }
}
