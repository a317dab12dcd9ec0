//! Paying by instalments: what may be paid, and which instalments it pays.

use super::*;

impl Till {
    /// An issued invoice of 100.00 in three parts: at once, in April, and when the roof is on.
    async fn in_thirds(&self) -> Bill {
        let owner = self.test.staff("owner").await;
        let draft = json!({
            "client_id": self.test.acme().clients["one"],
            "lines": [{ "description": "Roof", "quantity": "1", "unit_price": "100.00" }],
            "schedule": [
                { "part": "rest", "due": { "days_after_issue": 0 } },
                { "part": "rest", "due": { "on": "2026-04-01" } },
                { "part": "rest", "due": { "milestone": { "name": "The roof is on" } } },
            ],
        });
        let id = text(&self.test.post(&owner, "/invoices", &draft).await.expect(201)["id"]);
        let issuer = owner.header("If-Match", "\"1\"");
        let path = format!("/invoices/{id}/send");
        self.test.post(&issuer, &path, &json!({ "contact_ids": [] })).await.expect(200);
        let uuid = id.parse::<InvoiceId>().unwrap().uuid();
        Bill { id, uuid }
    }

    /// What is left of each instalment.
    async fn left(&self, bill: &Bill) -> Vec<i64> {
        let invoice =
            self.test.get(&self.contact, &format!("/portal/invoices/{}", bill.id)).await.expect(200);
        let instalments = invoice["schedule"].as_array().unwrap().iter();
        instalments.map(|instalment| instalment["left"]["amount"].as_i64().unwrap()).collect()
    }

    async fn parts(&self, least: i64) {
        let change =
            format!("update organization set partial_payments = true, minimum_partial_minor = {least}");
        self.test.database().execute(&change).await;
    }
}

#[actix_web::test]
async fn whole_instalments_are_paid_where_no_parts_are_taken() {
    let till = Till::stripe().await;
    let bill = till.in_thirds().await;
    for amount in [3333, 3335, 9999, 10_001, 0] {
        let answer = till.start(&till.contact, &[&bill], Some((amount, "EUR"))).await;
        assert_eq!(answer.problem(422), "amount_not_allowed");
    }
    let attempt = till.start(&till.contact, &[&bill], Some((3334, "EUR"))).await.expect(201);
    assert_eq!(attempt["shares"][0]["amount"]["amount"], 3334);
    let session = till.stripe.sessions().pop().unwrap();
    till.tell(&till.stripe.pay(&session)).await;
    assert_eq!(till.stand(&bill).await, "partially_paid 3334");
    assert_eq!(till.left(&bill).await, [0, 3333, 3333]);
    till.check_books().await;
    // The next one and the one after, though that still waits.
    till.start(&till.contact, &[&bill], Some((6666, "EUR"))).await.expect(201);
    let session = till.stripe.sessions().pop().unwrap();
    till.tell(&till.stripe.pay(&session)).await;
    assert_eq!(till.stand(&bill).await, "paid 10000");
    till.check_books().await;
}

#[actix_web::test]
async fn parts_are_taken_from_the_oldest_instalment_on() {
    let till = Till::stripe().await;
    till.parts(1000).await;
    let bill = till.in_thirds().await;
    let low = till.start(&till.contact, &[&bill], Some((999, "EUR"))).await;
    assert_eq!(low.problem(422), "amount_not_allowed");
    till.start(&till.contact, &[&bill], Some((4000, "EUR"))).await.expect(201);
    let session = till.stripe.sessions().pop().unwrap();
    till.tell(&till.stripe.pay(&session)).await;
    assert_eq!(till.left(&bill).await, [0, 2667, 3333]);
    till.check_books().await;
    // A refund that reopens it owes the last that was paid again.
    let owner = till.test.staff("owner").await;
    let payment = till.test.get(&owner, "/payments").await.expect(200)["items"][0].clone();
    let body = json!({ "amount": { "amount": 1000, "currency": "EUR" }, "to": "credit", "reason": "Too early", "invoices": "reopen" });
    till.test.post(&owner, &format!("/payments/{}/refunds", text(&payment["id"])), &body).await.expect(201);
    till.test.work().await;
    assert_eq!(till.left(&bill).await, [334, 3333, 3333]);
    till.check_books().await;
}

#[actix_web::test]
async fn several_invoices_are_paid_by_the_days_of_their_instalments() {
    let till = Till::stripe().await;
    till.parts(100).await;
    let (bill, plain) = (till.in_thirds().await, till.bill(2000, "EUR").await);
    // The plain one is due on the 16th: after the first instalment and before the second.
    let attempt = till.start(&till.contact, &[&plain, &bill], Some((6334, "EUR"))).await.expect(201);
    let shares: Vec<(&str, i64)> = attempt["shares"]
        .as_array()
        .unwrap()
        .iter()
        .map(|share| (share["number"].as_str().unwrap(), share["amount"]["amount"].as_i64().unwrap()))
        .collect();
    assert_eq!(shares, [("R-1", 4334), ("R-2", 2000)]);
    let session = till.stripe.sessions().pop().unwrap();
    till.tell(&till.stripe.pay(&session)).await;
    assert_eq!(till.left(&bill).await, [0, 2333, 3333]);
    assert_eq!(till.stand(&plain).await, "paid 2000");
    till.check_books().await;
}
