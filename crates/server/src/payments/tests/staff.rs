use futures_util::future::join_all;
use serde_json::json;

use super::*;

fn transfer(bill: &Bill, minor: i64) -> Value {
    json!({
        "invoice_id": bill.id, "amount": { "amount": minor, "currency": "EUR" }, "method": "bank_transfer",
        "received_on": "2026-03-02", "reference": "statement 7",
    })
}

#[actix_web::test]
async fn more_than_is_owed_becomes_credit() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let advisor = till.test.staff("advisor").await;
    let payment = till.test.post(&advisor, "/payments", &transfer(&bill, 15_000)).await.expect(201);
    assert_eq!(payment["unapplied"]["amount"], 3000);
    assert_eq!(payment["shares"][0]["amount"]["amount"], 12_000);
    assert_eq!((&payment["provider"], &payment["reference"]), (&json!("manual"), &json!("statement 7")));
    assert_eq!(till.stand(&bill).await, "paid 12000");
    assert_eq!(till.balance("EUR").await, "0 3000");
    assert_eq!(
        till.test.post(&advisor, "/payments", &transfer(&bill, 100)).await.problem(409),
        "invoice_not_payable"
    );
    till.check_books().await;

    let path = format!("/payments/{}", text(&payment["id"]));
    assert_eq!(till.test.get(&advisor, &path).await.expect(200), payment);
    let other = till.bill_of(GLOBEX, "one", 500, "EUR").await;
    for (filter, found) in [
        (String::new(), 1),
        (format!("?invoice_id={}", bill.id), 1),
        (format!("?invoice_id={}", other.id), 0),
        (format!("?client_id={}", till.test.acme().clients["one"]), 1),
        (format!("?client_id={}", till.test.acme().clients["two"]), 0),
    ] {
        let list = till.test.get(&advisor, &format!("/payments{filter}")).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), found, "{filter}");
    }
    let mine = till.test.get(&till.contact, &format!("/portal{path}")).await.expect(200);
    assert_eq!(mine["amount"]["amount"], 15_000);
    let others = till.test.contact("two").await;
    assert_eq!(till.test.get(&others, &format!("/portal{path}")).await.problem(404), "not_found");
    let stranger = till.test.staff_of(GLOBEX, "owner").await;
    assert_eq!(till.test.get(&stranger, &path).await.problem(404), "not_found");
    let technician = till.test.staff("technician").await;
    assert_eq!(till.test.get(&technician, &path).await.problem(403), "forbidden");
    assert_eq!(till.test.post(&technician, "/payments", &transfer(&bill, 1)).await.problem(403), "forbidden");
}

#[actix_web::test]
async fn what_cannot_be_is_refused_by_field() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let theirs = till.bill_of(GLOBEX, "one", 12_000, "EUR").await;
    let owner = till.test.staff("owner").await;
    let with = |field: &str, value: Value| {
        let mut body = transfer(&bill, 12_000);
        body[field] = value;
        body
    };
    // In Berlin it is the second of March all over the test.
    for (date, code) in
        [("2026-03-03", "in_future"), ("1999-12-31", "too_early"), ("-0044-03-15", "too_early")]
    {
        let refused =
            till.test.post(&owner, "/payments", &with("received_on", json!(date))).await.expect(422);
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!("/received_on"), &json!(code))
        );
    }
    for (minor, currency) in [(0, "EUR"), (-1, "EUR"), (i64::MAX, "EUR"), (100, "USD")] {
        let body = with("amount", json!({ "amount": minor, "currency": currency }));
        assert_eq!(
            till.test.post(&owner, "/payments", &body).await.problem(422),
            "amount_not_allowed",
            "{minor}"
        );
    }
    assert_eq!(
        till.test.post(&owner, "/payments", &with("invoice_id", json!(theirs.id))).await.problem(404),
        "not_found"
    );
    assert_eq!(
        till.test.post(&owner, "/payments", &with("invoice_id", json!("pay_1"))).await.problem(422),
        "validation"
    );
    assert_eq!(till.count("payment").await, 0);
}

#[actix_web::test]
async fn recorded_twice_at_once_is_recorded_once() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let owner = till.test.staff("owner").await.header("Idempotency-Key", "k1");
    let body = transfer(&bill, 5000);
    let answers = join_all((0..6).map(|_| till.test.post(&owner, "/payments", &body))).await;
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 201 | 409)));
    assert_eq!(till.test.post(&owner, "/payments", &body).await.status, 201);
    assert_eq!(till.count("payment").await, 1);
    assert_eq!(till.stand(&bill).await, "partially_paid 5000");
    till.check_books().await;
}

#[actix_web::test]
async fn parallel_records_add_up() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let owner = till.test.staff("owner").await;
    let body = transfer(&bill, 5000);
    let answers = join_all((0..4).map(|_| till.test.post(&owner, "/payments", &body))).await;
    let taken = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(taken, 3, "the third fills the invoice, the fourth finds it paid");
    assert_eq!(
        (till.stand(&bill).await.as_str(), till.balance("EUR").await.as_str()),
        ("paid 12000", "0 3000")
    );
    till.check_books().await;
}

#[actix_web::test]
async fn recording_closes_the_page_and_late_money_becomes_credit() {
    let till = Till::stripe().await;
    let (one, two) = (till.bill(12_000, "EUR").await, till.bill(8000, "EUR").await);
    let owner = till.test.staff("owner").await;
    let (_, session) = till.open(&one).await;
    till.test.post(&owner, "/payments", &transfer(&one, 12_000)).await.expect(201);
    till.test.work().await;
    assert_eq!(till.stripe.object(&session)["status"], "expired");
    // Here the client is faster: two charges succeed, and the later one is the client's credit.
    let (_, session) = till.open(&two).await;
    till.test.post(&owner, "/payments", &transfer(&two, 8000)).await.expect(201);
    till.tell(&till.stripe.pay(&session)).await;
    assert_eq!(till.stand(&two).await, "paid 8000");
    assert_eq!(till.balance("EUR").await, "0 8000");
    assert_eq!(till.events("payment.needs_attention").await, 1);
    till.check_books().await;
}
