//! Money that staff record, give back, or move.

use chrono::{Days, NaiveDate, Utc};
use rand::Rng;
use serde_json::json;

use super::{Outcome, Question, Result, Worker, amount, minor, text};
use crate::crash::known::{Booked, GivenBack};

#[expect(clippy::disallowed_methods, reason = "what asks a server from outside has no clock to move")]
fn today() -> NaiveDate {
    Utc::now().date_naive()
}

impl Worker {
    /// Records money that came by hand: a part, all, or too much.
    pub(super) async fn record(&mut self) -> Result<Outcome> {
        let Some(bill) = self.run.known.any_bill(&mut self.dice) else { return Ok(Outcome::Nothing) };
        let present = self.present(&bill).await?;
        let owed = &present["balance"];
        if minor(owed) <= 0 {
            return Ok(Outcome::Nothing);
        }
        let paid = self.some_of(minor(owed));
        let day = today() - Days::new(self.dice.random_range(1..30));
        let reference = format!("{} {}", self.name, self.keys);
        let body = json!({
            "invoice_id": bill.id, "amount": amount(paid, owed), "method": "bank_transfer", "received_on": day,
            "reference": reference,
        });
        let answer = self.once(bill.office, "/api/v1/payments".to_owned(), &body).await?;
        if answer.ok() {
            let id = text(&answer.body["id"])?;
            self.run.known.book(Booked { office: bill.office, id, reference, minor: paid });
        }
        Outcome::of(&answer, "recording a payment")
    }

    /// Gives some of a payment back, to where it came from or as credit.
    pub(super) async fn refund(&mut self) -> Result<Outcome> {
        let (office, id) = if self.dice.random_bool(0.5) {
            let Some(booked) = self.run.known.any_booked(&mut self.dice) else { return Ok(Outcome::Nothing) };
            (booked.office, booked.id.clone())
        } else {
            let Some(attempt) = self.run.known.any_try(&mut self.dice) else { return Ok(Outcome::Nothing) };
            let looked = self.look(&attempt).await?;
            let Some(id) = looked["payment_id"].as_str() else { return Ok(Outcome::Nothing) };
            (attempt.office, id.to_owned())
        };
        let present = self.staff(office, Question::get(format!("/api/v1/payments/{id}"))).await?.done()?;
        let paid = &present["amount"];
        let left = minor(paid) - minor(&present["refunded"]);
        if left <= 0 {
            return Ok(Outcome::Nothing);
        }
        let back = self.some_of(left);
        let body = json!({
            "amount": amount(back, paid), "reason": "A complaint",
            "to": if self.dice.random_bool(0.6) { "source" } else { "credit" },
            "invoices": if self.dice.random_bool(0.7) { "reopen" } else { "credit_note" },
        });
        let answer = self.once(office, format!("/api/v1/payments/{id}/refunds"), &body).await?;
        if answer.ok() {
            let refund = text(&answer.body["id"])?;
            self.run.known.give_back(GivenBack { office, payment: id, id: refund });
        }
        Outcome::of(&answer, "a refund")
    }

    /// Lets a client's credit pay an invoice.
    pub(super) async fn spend_credit(&mut self) -> Result<Outcome> {
        let Some(bill) = self.run.known.any_bill(&mut self.dice) else { return Ok(Outcome::Nothing) };
        let path = format!("/api/v1/clients/{}/credit", bill.client);
        let credit = self.staff(bill.office, Question::get(path)).await?.done()?;
        let present = self.present(&bill).await?;
        let owed = &present["balance"];
        let there = credit["credit"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|sum| sum["currency"] == owed["currency"])
            .map_or(0, minor);
        if there <= 0 || minor(owed) <= 0 {
            return Ok(Outcome::Nothing);
        }
        let spent = self.some_of(there.min(minor(owed)));
        let body = json!({ "invoice_id": bill.id, "amount": amount(spent, owed) });
        let path = format!("/api/v1/clients/{}/credit/applications", bill.client);
        let answer = self.once(bill.office, path, &body).await?;
        Outcome::of(&answer, "spending credit")
    }
}
