//! Asking for money, and giving it up.

use std::sync::OnceLock;

use rand::Rng;
use serde_json::{Value, json};

use super::{Outcome, Question, Result, Worker, amount, minor, text};
use crate::crash::known::Bill;

impl Worker {
    fn line(&mut self) -> Value {
        let quantity = ["1", "2", "0.5", "3.25", "12"][self.dice.random_range(0..5)];
        let price = format!("{}.{:02}", self.dice.random_range(1..900), self.dice.random_range(0..100));
        let taxes = match self.dice.random_range(0..4) {
            0 => json!([]),
            1 => json!([{ "name": "VAT", "rate": "19" }]),
            2 => json!([{ "name": "VAT", "rate": "7" }]),
            _ => json!([{ "name": "GST", "rate": "5" }, { "name": "QST", "rate": "9.975" }]),
        };
        json!({ "description": "Work", "quantity": quantity, "unit_price": price, "taxes": taxes })
    }

    /// Drafts an invoice and issues it.
    pub(super) async fn issue(&mut self) -> Result<Outcome> {
        let office = self.any_office();
        let clients = &self.run.offices[office].clients;
        let client = clients[self.dice.random_range(0..clients.len())].clone();
        let lines: Vec<Value> = (0..self.dice.random_range(1..=4)).map(|_| self.line()).collect();
        let mut draft = json!({ "client_id": client, "lines": lines });
        if self.dice.random_bool(0.2) {
            draft["discount"] = json!({ "percent": "7.5" });
        }
        let made = self.once(office, "/api/v1/invoices".to_owned(), &draft).await?.done()?;
        let id = text(&made["id"])?;
        let sent = self.send(office, &id, &made["version"]).await?;
        self.run.known.bill(Bill {
            office,
            id,
            client,
            number: text(&sent["number"])?,
            guest: OnceLock::new(),
        });
        Ok(Outcome::Done)
    }

    /// Issues a draft.
    async fn send(&mut self, office: usize, id: &str, version: &Value) -> Result<Value> {
        let key = self.key();
        let question = Question::post(format!("/api/v1/invoices/{id}/send"), &json!({}))
            .with("If-Match", format!("\"{version}\""))
            .with("Idempotency-Key", key);
        self.staff(office, question).await?.done()
    }

    /// Gives up what an invoice still asks for.
    pub(super) async fn write_off(&mut self) -> Result<Outcome> {
        let Some(bill) = self.run.known.any_bill(&mut self.dice) else { return Ok(Outcome::Nothing) };
        let path = format!("/api/v1/invoices/{}/write-off", bill.id);
        let answer = self.once(bill.office, path, &json!({ "reason": "Not worth the trouble" })).await?;
        Outcome::of(&answer, "a write-off")
    }

    /// Asks again for what was given up.
    pub(super) async fn undo_write_off(&mut self) -> Result<Outcome> {
        let Some(bill) = self.run.known.any_bill(&mut self.dice) else { return Ok(Outcome::Nothing) };
        let question = Question::delete(format!("/api/v1/invoices/{}/write-off", bill.id));
        let answer = self.staff(bill.office, question).await?;
        Outcome::of(&answer, "undoing a write-off")
    }

    /// Withdraws an invoice.
    pub(super) async fn void(&mut self) -> Result<Outcome> {
        let Some(bill) = self.run.known.any_bill(&mut self.dice) else { return Ok(Outcome::Nothing) };
        let path = format!("/api/v1/invoices/{}/void", bill.id);
        let answer = self.once(bill.office, path, &json!({ "reason": "Written to the wrong one" })).await?;
        Outcome::of(&answer, "voiding")
    }

    /// Drafts a credit note, for all, an amount or a line, and issues it.
    pub(super) async fn credit_note(&mut self) -> Result<Outcome> {
        let Some(bill) = self.run.known.any_bill(&mut self.dice) else { return Ok(Outcome::Nothing) };
        let present = self.present(&bill).await?;
        let gross = &present["totals"]["gross"];
        let mut body = json!({ "reason": "A complaint" });
        match self.dice.random_range(0..3) {
            0 => {}
            1 => body["amount"] = amount(self.dice.random_range(1..=minor(gross).max(1)), gross),
            _ => body["lines"] = json!([{ "line_id": present["lines"][0]["id"] }]),
        }
        let path = format!("/api/v1/invoices/{}/credit-notes", bill.id);
        let drafted = self.once(bill.office, path, &body).await?;
        if !drafted.ok() {
            return Outcome::of(&drafted, "drafting a credit note");
        }
        let freed = if self.dice.random_bool(0.3) { "refund" } else { "credit" };
        let path = format!("/api/v1/credit-notes/{}/issue", text(&drafted.body["id"])?);
        let key = self.key();
        let question = Question::post(path, &json!({ "freed": freed }))
            .with("If-Match", format!("\"{}\"", drafted.body["version"]))
            .with("Idempotency-Key", key);
        let issued = self.staff(bill.office, question).await?;
        if issued.ok() {
            self.run.known.number(bill.office, "credit_note", text(&issued.body["number"])?);
        }
        Outcome::of(&issued, "issuing a credit note")
    }
}
