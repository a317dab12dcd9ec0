//! A quote that a client accepts, with a deposit to pay at once.

use std::sync::OnceLock;

use rand::Rng;
use serde_json::json;

use super::{Outcome, Question, Result, Worker, text};
use crate::crash::known::Bill;

impl Worker {
    /// Writes, sends and accepts a quote; two accept at the same time, and it is accepted once.
    pub(super) async fn quote(&mut self) -> Result<Outcome> {
        let office = self.any_office();
        let clients = &self.run.offices[office].clients;
        let client = clients[self.dice.random_range(0..clients.len())].clone();
        let price = format!("{}.{:02}", self.dice.random_range(100..9000), self.dice.random_range(0..100));
        let draft = json!({
            "client_id": client,
            "content": {
                "title": "A quote", "deposit": { "percent": "30" },
                "sections": [{ "key": "all", "lines": [{
                    "key": "work", "description": "Work", "quantity": "1", "unit_price": price,
                    "taxes": [{ "name": "VAT", "rate": "19" }],
                }] }],
            },
        });
        let made = self.once(office, "/api/v1/quotes".to_owned(), &draft).await?.done()?;
        let id = text(&made["id"])?;
        let key = self.key();
        let question = Question::post(format!("/api/v1/quotes/{id}/send"), &json!({}))
            .with("If-Match", format!("\"{}\"", made["version"]))
            .with("Idempotency-Key", key);
        let sent = self.staff(office, question).await?.done()?;
        self.run.known.number(office, "quote", text(&sent["number"])?);
        let question = Question::post(format!("/api/v1/quotes/{id}/copy-link"), &json!({}));
        let link = self.staff(office, question).await?.done()?;
        let guest = text(&link["url"])?.rsplit('/').next().unwrap_or_default().to_owned();
        let question = Question::get(format!("/api/v1/portal/quotes/{id}"));
        let shown = self.caller.ask(&question.with("Portico-Guest", guest.clone())).await?.done()?;
        let body = json!({
            "no": shown["no"], "hash": shown["hash"], "total": shown["totals"]["gross"], "name": "Zoe Client",
            "consent": "I accept this quote.",
        });
        let question = Question::post(format!("/api/v1/portal/quotes/{id}/accept"), &body)
            .with("Portico-Guest", guest.clone());
        let (mine, other) = (question.clone().with("Idempotency-Key", self.key()), question);
        let mut double = self.caller.another();
        let (first, second) = tokio::join!(self.caller.ask(&mine), double.ask(&other));
        let (first, second) = (first?.done()?, second?.done()?);
        let deposit = text(&first["deposit_invoice_id"])?;
        if second["deposit_invoice_id"] != first["deposit_invoice_id"] {
            return Err(format!("quote {id} was billed twice: {first} and {second}").into());
        }
        self.run.known.deposit(office, id);
        let invoice = Bill { office, id: deposit, client, number: String::new(), guest: OnceLock::new() };
        let number = text(&self.present(&invoice).await?["number"])?;
        self.run.known.bill(Bill { number, ..invoice });
        Ok(Outcome::Done)
    }
}
