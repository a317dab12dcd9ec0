//! Whatever staff and clients do, in whatever order: the books agree afterwards.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::*;

/// What happens next; answers of 4xx are as good as any, 5xx are not.
async fn step(till: &Till, chance: &mut StdRng, bills: &mut Vec<Bill>) {
    let owner = till.test.staff("owner").await;
    let minor = chance.random_range(1..6000_i64);
    let amount = json!({ "amount": minor, "currency": "EUR" });
    if bills.is_empty() || chance.random_range(0..4) == 0 {
        bills.push(till.bill(chance.random_range(1..9000), "EUR").await);
        return;
    }
    let bill = bills[chance.random_range(0..bills.len())].clone();
    let payments =
        till.test.get(&owner, "/payments?limit=100").await.expect(200)["items"].as_array().unwrap().clone();
    let payment =
        (!payments.is_empty()).then(|| text(&payments[chance.random_range(0..payments.len())]["id"]));
    let invoices = if chance.random() { "reopen" } else { "credit_note" };
    let answer = match (chance.random_range(0..9), payment) {
        (0..2, _) => {
            let body = json!({
                "invoice_id": bill.id, "amount": amount, "method": "cash", "received_on": "2026-03-02", "send_receipt": false,
            });
            till.test.post(&owner, "/payments", &body).await
        }
        (2, _) => {
            let answer = till.start(&till.contact, &[&bill], None).await;
            if answer.status == 201 {
                till.tell(&till.stripe.pay(&till.stripe.sessions().pop().unwrap())).await;
            }
            answer
        }
        (3..5, Some(payment)) => {
            let to = if chance.random() { "source" } else { "credit" };
            let body = json!({ "amount": amount, "to": to, "reason": "x", "invoices": invoices });
            till.test.post(&owner, &format!("/payments/{payment}/refunds"), &body).await
        }
        // Nothing to give back yet.
        (3..5, None) => return,
        (5, _) => {
            let body = json!({ "reason": "x", "amount": chance.random::<bool>().then_some(amount) });
            let note = till.test.post(&owner, &format!("/invoices/{}/credit-notes", bill.id), &body).await;
            if note.status != 201 {
                return;
            }
            let issuer = owner.header("If-Match", "\"1\"");
            let freed = if chance.random() { "credit" } else { "refund" };
            let path = format!("/credit-notes/{}/issue", text(&note.body["id"]));
            till.test.post(&issuer, &path, &json!({ "freed": freed, "send": false })).await
        }
        (6, _) => {
            let path = format!("/invoices/{}/write-off", bill.id);
            if chance.random_range(0..3) == 0 {
                till.test.delete(&owner, &path).await
            } else {
                till.test.post(&owner, &path, &json!({ "reason": "x" })).await
            }
        }
        (7, _) => {
            let body = json!({ "invoice_id": bill.id, "amount": amount });
            till.test.post(&till.contact, "/portal/credit/applications", &body).await
        }
        _ => till.test.post(&owner, &format!("/invoices/{}/void", bill.id), &json!({ "reason": "x" })).await,
    };
    assert!(answer.status.as_u16() < 500, "{answer:?}");
}

async fn run(seed: u64) {
    let till = Till::stripe().await;
    let mut chance = StdRng::seed_from_u64(seed);
    let mut bills = Vec::new();
    for _ in 0..60 {
        step(&till, &mut chance, &mut bills).await;
        if chance.random_range(0..6) == 0 {
            till.test.app.clock.advance(TimeDelta::seconds(20));
            till.test.work().await;
            till.check_books().await;
        }
    }
    till.test.app.clock.advance(TimeDelta::minutes(2));
    till.test.work().await;
    assert_eq!(till.count("refund where state = 'pending'").await, 0);
    assert!(till.count("ledger_entry").await > 20, "something happened");
    till.check_books().await;
}

#[actix_web::test]
async fn whatever_happens_the_books_agree() {
    for seed in [1, 20_260_302, 77] {
        run(seed).await;
    }
}
