//! A server on loopback that speaks Stripe's protocol as far as Checkout and saved methods need it.
//!
//! It refuses what Stripe refuses, in Stripe's words: wrong key, missing version, unknown or wrong fields, an
//! idempotency key that comes back with other parameters. It remembers sessions and payments, and a test
//! plays the client ([`FakeStripe::pay`] and so on), which answers with the events Stripe would send, in
//! their order. What is *not* here was left out on purpose: no sending of webhooks, since a test decides
//! when, how often and in which order they come ([`FakeStripe::signed`]).

use std::sync::{Arc, Mutex, MutexGuard};

use actix_web::web;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::Value;

use super::StripeConfig;
use crate::payment::loopback::Loopback;
use crate::payment::signature;

mod answer;
mod back;
mod form;
mod http;
mod objects;
mod play;
mod saved;
mod world;

pub use form::Form;
pub use saved::Saves;
pub use world::{Outage, RefundFate, Request};

use world::World;

/// The key the fake accepts.
pub const SECRET_KEY: &str = "sk_test_fake_51Portico";
/// The secret of the fake's webhooks.
pub const WEBHOOK_SECRET: &str = "whsec_fake";

/// A running fake. It stops when dropped.
pub struct FakeStripe {
    world: Arc<Mutex<World>>,
    server: Loopback,
}

/// A webhook as Stripe delivers it.
#[derive(Debug, Clone)]
pub struct SignedEvent {
    /// Value of the `Stripe-Signature` header.
    pub signature: String,
    /// The body it belongs to.
    pub body: Vec<u8>,
}

impl FakeStripe {
    /// Starts a fake whose time is `now`, on a port of its own. Works inside and outside of an async runtime.
    pub fn start(now: DateTime<Utc>) -> Self {
        let world = Arc::new(Mutex::new(World::new(now)));
        let shared = web::Data::from(Arc::clone(&world));
        let server = Loopback::start(move |config| {
            config.app_data(shared.clone()).configure(http::routes);
        });
        Self { world, server }
    }

    /// Its address, for [`StripeConfig::api`].
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// The configuration of an account at this fake.
    pub fn config(&self) -> StripeConfig {
        StripeConfig {
            secret_key: SecretString::from(SECRET_KEY),
            webhook_secrets: vec![SecretString::from(WEBHOOK_SECRET)],
            api: self.url().to_owned(),
        }
    }

    /// Moves its time. Sessions whose end has come are expired, and the events of that come back.
    pub fn set_now(&self, now: DateTime<Utc>) -> Vec<Value> {
        self.world().set_now(now)
    }

    /// The next requests go wrong in this way, one each.
    pub fn fail_next(&self, outages: impl IntoIterator<Item = Outage>) {
        self.world().outages.extend(outages);
    }

    /// Every request since the start, refused ones too.
    pub fn requests(&self) -> Vec<Request> {
        self.world().requests.clone()
    }

    /// The ids of all sessions, oldest first.
    pub fn sessions(&self) -> Vec<String> {
        self.world().sessions.keys().cloned().collect()
    }

    /// The session, payment, charge, refund, dispute, customer, setup or method of that id, as the API shows it.
    pub fn object(&self, id: &str) -> Value {
        self.world().object(id).clone()
    }

    /// Changes an object behind everyone's back, for what Stripe would never do.
    pub fn tamper(&self, id: &str, change: impl FnOnce(&mut Value)) {
        change(self.world().object_mut(id));
    }

    /// The client pays by card, at once.
    pub fn pay(&self, session: &str) -> Vec<Value> {
        self.world().pay(session)
    }

    /// The client tries a card that is declined; the session stays open.
    pub fn decline(&self, session: &str) -> Vec<Value> {
        self.world().decline(session)
    }

    /// The client pays by direct debit, which takes days.
    pub fn process(&self, session: &str) -> Vec<Value> {
        self.world().process(session)
    }

    /// A direct debit that was processing arrives.
    pub fn succeed(&self, session: &str) -> Vec<Value> {
        self.world().succeed(session)
    }

    /// A direct debit that was processing bounces.
    pub fn fail(&self, session: &str) -> Vec<Value> {
        self.world().fail(session)
    }

    /// The session's time is up, or staff closed it at Stripe.
    pub fn expire(&self, session: &str) -> Vec<Value> {
        self.world().expire(session).unwrap_or_default()
    }

    /// Staff give money back at Stripe, in Stripe's unit.
    pub fn refund(&self, session: &str, amount: i64) -> Vec<Value> {
        self.world().refund(session, amount)
    }

    /// What becomes of the next refunds that are asked for, one each; those after succeed at once.
    pub fn refunds_become(&self, fates: impl IntoIterator<Item = RefundFate>) {
        self.world().refund_fates.extend(fates);
    }

    /// The ids of all refunds, oldest first.
    pub fn refunds(&self) -> Vec<String> {
        self.world().refunds.keys().cloned().collect()
    }

    /// The ids of all disputes, oldest first.
    pub fn disputes(&self) -> Vec<String> {
        self.world().disputes.keys().cloned().collect()
    }

    /// The events Stripe sends of a refund that was made by its API.
    pub fn refund_events(&self, refund: &str) -> Vec<Value> {
        self.world().refund_events(refund)
    }

    /// A refund that was pending arrives.
    pub fn succeed_refund(&self, refund: &str) -> Vec<Value> {
        self.world().succeed_refund(refund)
    }

    /// A refund comes back from the bank.
    pub fn fail_refund(&self, refund: &str) -> Vec<Value> {
        self.world().fail_refund(refund)
    }

    /// The payer contests the charge with their bank, in Stripe's unit.
    pub fn dispute(&self, session: &str, amount: i64) -> Vec<Value> {
        self.world().dispute(session, amount)
    }

    /// The bank decides the dispute.
    pub fn close_dispute(&self, session: &str, won: bool) -> Vec<Value> {
        self.world().close_dispute(session, won)
    }

    /// The client saves something on a page in `setup` mode.
    pub fn save(&self, session: &str, saves: Saves) -> Vec<Value> {
        self.world().save(session, saves)
    }

    /// What becomes of a method when it is charged from now on.
    pub fn method_becomes(&self, method: &str, saves: Saves) {
        self.world().becomes(method, saves);
    }

    /// A method is taken away at Stripe.
    pub fn lose_method(&self, method: &str) -> Vec<Value> {
        self.world().lose(method)
    }

    /// The ids of all methods, oldest first.
    pub fn methods(&self) -> Vec<String> {
        self.world().methods.keys().cloned().collect()
    }

    /// The ids of all payments that somebody tried to make, oldest first.
    pub fn payments(&self) -> Vec<String> {
        self.world().intents.keys().cloned().collect()
    }

    /// The events Stripe sends of a payment that was made by its API.
    pub fn charge_events(&self, intent: &str) -> Vec<Value> {
        self.world().charge_events(intent)
    }

    /// A debit of a saved method arrives, or bounces.
    pub fn settle_debit(&self, intent: &str, arrives: bool) -> Vec<Value> {
        self.world().settle_debit(intent, arrives)
    }

    /// Forgets all idempotency keys, as Stripe does after a day.
    pub fn forget_keys(&self) {
        self.world().forget_keys();
    }

    /// An event as it is delivered at an instant, signed as Stripe signs.
    pub fn signed(&self, event: &Value, at: DateTime<Utc>) -> SignedEvent {
        // Stripe sends its events indented; whoever verifies a re-serialised body fails on this.
        let body = serde_json::to_vec_pretty(event).expect("JSON serialises");
        let signature = signature::sign(&[SecretString::from(WEBHOOK_SECRET)], &body, at);
        SignedEvent { signature, body }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no test panics while it holds the fake")
    }
}
