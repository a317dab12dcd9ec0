use futures_util::future::join_all;

use super::*;

fn eur(minor: i64) -> Value {
    json!({ "amount": minor, "currency": "EUR" })
}

/// 30.00 of credit, from paying 150.00 on 120.00.
async fn overpaid(till: &Till) {
    let bill = till.bill(12_000, "EUR").await;
    let owner = till.test.staff("owner").await;
    let body = json!({ "invoice_id": bill.id, "amount": eur(15_000), "method": "bank_transfer", "received_on": "2026-03-02" });
    till.test.post(&owner, "/payments", &body).await.expect(201);
    assert_eq!(till.balance("EUR").await, "0 3000");
}

fn path(till: &Till, client: &str) -> String {
    format!("/clients/{}/credit/applications", till.test.acme().clients[client])
}

#[actix_web::test]
async fn over_payment_pays_the_next_invoice() {
    let till = Till::stripe().await;
    overpaid(&till).await;
    let bill = till.bill(5000, "EUR").await;
    let (attempt, _) = till.open(&bill).await;
    let advisor = till.test.staff("advisor").await;
    let credit = till.test.get(&advisor, &path(&till, "one").replace("/applications", "")).await.expect(200);
    assert_eq!(credit["credit"], json!([eur(3000)]));
    assert_eq!(
        (&credit["sources"][0]["origin"], &credit["sources"][0]["paid"]),
        (&json!("over_payment"), &eur(15_000))
    );
    let body = json!({ "invoice_id": bill.id, "amount": eur(2000) });
    let applied = till.test.post(&advisor, &path(&till, "one"), &body).await.expect(201);
    assert_eq!((&applied["balance"], &applied["credit"]), (&eur(3000), &eur(1000)));
    assert_eq!(till.stand(&bill).await, "partially_paid 2000");
    // Whoever was about to pay it all online is called off.
    till.test.work().await;
    assert_eq!(till.attempt(&attempt).await["state"], "expired");
    assert_eq!(till.events("payment.credit_applied").await, 1);
    // The client spends the rest.
    let body = json!({ "invoice_id": bill.id, "amount": eur(1000) });
    till.test.post(&till.contact, "/portal/credit/applications", &body).await.expect(201);
    assert_eq!(till.balance("EUR").await, "2000 0");
    assert_eq!(till.test.get(&till.contact, "/portal/credit").await.expect(200)["sources"], json!([]));
    till.check_books().await;
}

#[actix_web::test]
async fn twenty_at_once_spend_what_is_there() {
    let till = Till::stripe().await;
    overpaid(&till).await;
    let bill = till.bill(12_000, "EUR").await;
    let owner = till.test.staff("owner").await;
    let (path, body) = (path(&till, "one"), json!({ "invoice_id": bill.id, "amount": eur(1000) }));
    let answers = join_all((0..20).map(|_| till.test.post(&owner, &path, &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 3);
    assert!(
        answers
            .iter()
            .filter(|answer| answer.status != 201)
            .all(|answer| answer.body["code"] == "more_than_left")
    );
    assert_eq!(till.balance("EUR").await, "9000 0");
    till.check_books().await;

    overpaid_more(&till).await;
    let once = owner.header("Idempotency-Key", "spend");
    let answers = join_all((0..20).map(|_| till.test.post(&once, &path, &body))).await;
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 201 | 409)));
    till.test.post(&once, &path, &body).await.expect(201);
    assert_eq!(till.balance("EUR").await, "8000 2000");
    till.check_books().await;
}

async fn overpaid_more(till: &Till) {
    let bill = till.bill(100, "EUR").await;
    let owner = till.test.staff("owner").await;
    let body =
        json!({ "invoice_id": bill.id, "amount": eur(3100), "method": "cash", "received_on": "2026-03-02" });
    till.test.post(&owner, "/payments", &body).await.expect(201);
}

#[actix_web::test]
async fn credit_stays_within_its_client_currency_and_invoice() {
    let till = Till::stripe().await;
    overpaid(&till).await;
    let (small, yen) = (till.bill(1000, "EUR").await, till.bill(500, "JPY").await);
    let theirs = till.bill_of(ACME, "two", 1000, "EUR").await;
    let owner = till.test.staff("owner").await;
    let ask = async |client: &str, bill: &Bill, amount: Value| {
        let body = json!({ "invoice_id": bill.id, "amount": amount });
        till.test.post(&owner, &path(&till, client), &body).await
    };
    assert_eq!(ask("one", &small, eur(1001)).await.problem(409), "more_than_left");
    assert_eq!(ask("one", &small, eur(0)).await.problem(422), "amount_not_allowed");
    assert_eq!(ask("one", &yen, eur(100)).await.problem(422), "amount_not_allowed");
    assert_eq!(
        ask("one", &yen, json!({ "amount": 100, "currency": "JPY" })).await.problem(409),
        "more_than_left"
    );
    assert_eq!(ask("one", &theirs, eur(100)).await.problem(404), "not_found");
    assert_eq!(ask("two", &theirs, eur(100)).await.problem(409), "more_than_left");
    let body = json!({ "invoice_id": theirs.id, "amount": eur(100) });
    assert_eq!(
        till.test.post(&till.contact, "/portal/credit/applications", &body).await.problem(404),
        "not_found"
    );
    till.test.database().execute("update contact set permissions = array['portal', 'money.view']").await;
    let body = json!({ "invoice_id": small.id, "amount": eur(100) });
    assert_eq!(
        till.test.post(&till.contact, "/portal/credit/applications", &body).await.problem(403),
        "forbidden"
    );
    assert_eq!(till.balance("EUR").await, "1000 3000");
    till.check_books().await;
}

#[actix_web::test]
async fn a_guest_sees_no_credit() {
    let till = Till::stripe().await;
    overpaid(&till).await;
    let bill = till.bill(1000, "EUR").await;
    let owner = till.test.staff("owner").await;
    let link =
        till.test.post(&owner, &format!("/invoices/{}/copy-link", bill.id), &json!({})).await.expect(201);
    let token = text(&link["url"]).rsplit('/').next().unwrap().to_owned();
    let guest = Asker::stranger().header("Portico-Guest", &token);
    assert_eq!(till.test.get(&guest, "/portal/credit").await.expect(200)["credit"], json!([]));
    let body = json!({ "invoice_id": bill.id, "amount": eur(100) });
    assert_eq!(till.test.post(&guest, "/portal/credit/applications", &body).await.problem(403), "forbidden");
    assert_eq!(till.test.get(&guest, "/portal/statement").await.problem(404), "not_found");
}
