//! Paying by the sandbox: as a client with a link, and as a provider whose events come twice, late or in disorder.

use std::sync::{Arc, OnceLock};

use rand::Rng;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Outcome, Question, Result, Worker, amount, minor, text};
use crate::crash::known::{Bill, Try};
use crate::sandbox::event;

/// Cards and how often each is used: good ones, one that asks twice, ones that take their time, one that is declined.
const CARDS: [(&str, u32); 5] = [
    ("4242424242424242", 12),
    ("4000002500003155", 3),
    ("4000003720000278", 2),
    ("4000000000000341", 1),
    ("4000000000000002", 2),
];

/// What providers say of a payment.
const TOLD: [&str; 5] =
    ["checkout.succeeded", "checkout.processing", "checkout.failed", "checkout.expired", "checkout.opened"];

impl Worker {
    /// The link of a client to an invoice: made once.
    async fn guest(&mut self, bill: &Bill) -> Result<String> {
        if let Some(known) = bill.guest.get() {
            return Ok(known.clone());
        }
        let question = Question::post(format!("/api/v1/invoices/{}/copy-link", bill.id), &json!({}));
        let link = self.staff(bill.office, question).await?.done()?;
        let token = text(&link["url"])?.rsplit('/').next().unwrap_or_default().to_owned();
        Ok(bill.guest.get_or_init(|| token).clone())
    }

    /// Begins to pay an invoice, or joins who does, and pays on the provider's page, most times.
    pub(super) async fn pay_online(&mut self) -> Result<Outcome> {
        let Some(bill) = self.run.known.any_bill(&mut self.dice) else { return Ok(Outcome::Nothing) };
        let guest = self.guest(&bill).await?;
        let path = format!("/api/v1/portal/invoices/{}", bill.id);
        let present =
            self.caller.ask(&Question::get(path).with("Portico-Guest", guest.clone())).await?.done()?;
        let owed = &present["balance"];
        if minor(owed) <= 0 {
            return Ok(Outcome::Nothing);
        }
        let mut body = json!({ "invoices": [{ "invoice_id": bill.id, "version": present["version"] }] });
        if self.dice.random_bool(0.4) {
            body["amount"] = amount(self.some_of(minor(owed)), owed);
        }
        let key = self.key();
        let question = Question::post("/api/v1/portal/payments", &body)
            .with("Portico-Guest", guest.clone())
            .with("Idempotency-Key", key);
        let answer = self.caller.ask(&question).await?;
        let begun = match (answer.ok(), answer.code()) {
            (true, _) => &answer.body,
            // Somebody else pays it already: the page leads there.
            (false, "attempt_open") if answer.body["current"]["id"].is_string() => &answer.body["current"],
            (false, _) => return Outcome::of(&answer, "beginning to pay"),
        };
        let attempt = self.run.known.attempt(Try {
            office: bill.office,
            id: text(&begun["id"])?,
            guest,
            minor: minor(&begun["amount"]),
            taken: OnceLock::new(),
        });
        // Without a page yet, whoever began is just having it opened. Or the browser is closed; perhaps somebody comes back.
        if begun["checkout_url"].is_null() || self.dice.random_bool(0.15) {
            return Ok(Outcome::Done);
        }
        self.pay(&attempt).await
    }

    /// Pays on the sandbox's page, and comes back from there or not.
    async fn pay(&mut self, attempt: &Arc<Try>) -> Result<Outcome> {
        let all: u32 = CARDS.iter().map(|(_, weight)| weight).sum();
        let mut drawn = self.dice.random_range(0..all);
        let card = CARDS
            .iter()
            .find(|(_, weight)| {
                let found = drawn < *weight;
                drawn = drawn.saturating_sub(*weight);
                found
            })
            .map_or(CARDS[0].0, |(card, _)| card);
        let page = format!("/api/v1/portal/sandbox/sbx_{}", attempt.id);
        let form = json!({ "number": card, "expiry": "12/40", "cvc": "123" });
        let question = Question::post(format!("{page}/pay"), &form);
        let mut answer = self.caller.ask(&question.with("Portico-Guest", attempt.guest.clone())).await?;
        if answer.ok() && answer.body["second_step"] == true {
            let confirm = json!({ "confirm": self.dice.random_bool(0.8) });
            let question = Question::post(format!("{page}/second-step"), &confirm);
            answer = self.caller.ask(&question.with("Portico-Guest", attempt.guest.clone())).await?;
        }
        if answer.ok() && answer.body["state"] == "succeeded" {
            let _ = attempt.taken.set(());
        }
        let outcome = Outcome::of(&answer, "paying on the sandbox's page")?;
        if self.dice.random_bool(0.3) {
            self.storm(attempt).await?;
        }
        if self.dice.random_bool(0.5) {
            self.look(attempt).await?;
        }
        Ok(outcome)
    }

    /// The page that the provider leads back to: fetches how far it has come.
    pub(super) async fn look(&mut self, attempt: &Try) -> Result<Value> {
        let path = format!("/api/v1/portal/payments/attempts/{}", attempt.id);
        self.caller.ask(&Question::get(path).with("Portico-Guest", attempt.guest.clone())).await?.done()
    }

    /// Comes back to an attempt: looks, pays after all, or turns back.
    pub(super) async fn look_after(&mut self) -> Result<Outcome> {
        let Some(attempt) = self.run.known.any_try(&mut self.dice) else { return Ok(Outcome::Nothing) };
        match self.dice.random_range(0..4) {
            0 => {
                let path = format!("/api/v1/portal/payments/attempts/{}/cancel", attempt.id);
                let question = Question::post(path, &json!({})).with("Portico-Guest", attempt.guest.clone());
                let answer = self.caller.ask(&question).await?;
                Outcome::of(&answer, "turning back")
            }
            1 => {
                let looked = self.look(&attempt).await?;
                if looked["checkout_url"].is_string() { self.pay(&attempt).await } else { Ok(Outcome::Done) }
            }
            _ => self.look(&attempt).await.map(|_| Outcome::Done),
        }
    }

    /// Sends what a provider may send of any attempt, old ones too: repeated, and in any order.
    pub(super) async fn mix_webhooks(&mut self) -> Result<Outcome> {
        let Some(attempt) = self.run.known.any_try(&mut self.dice) else { return Ok(Outcome::Nothing) };
        self.storm(&attempt).await?;
        Ok(Outcome::Done)
    }

    /// Two or three events of an attempt, each up to four times, over connections of their own at the same time.
    async fn storm(&mut self, attempt: &Try) -> Result<()> {
        let mut senders: JoinSet<Result<()>> = JoinSet::new();
        for _ in 0..self.dice.random_range(2..=3) {
            let (number, kind) = (self.dice.random_range(1..6), TOLD[self.dice.random_range(0..TOLD.len())]);
            let webhook = self.office(attempt.office).webhook(&event(&attempt.id, number, kind))?;
            for _ in 0..self.dice.random_range(1..=4) {
                let (mut caller, webhook) = (self.caller.another(), webhook.clone());
                senders.spawn(async move {
                    caller.ask(&webhook).await?.done()?;
                    Ok(())
                });
            }
        }
        while let Some(sender) = senders.join_next().await {
            sender??;
        }
        Ok(())
    }
}
