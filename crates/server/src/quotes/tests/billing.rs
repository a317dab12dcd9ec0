//! Invoices of accepted quotes, and change orders.

use serde_json::{Value, json};

use super::{accept, accepted, draft, kinds, path, portal, send, sent, versioned};
use crate::testing::{Asker, TestApp};

async fn bill(test: &TestApp, owner: &Asker, quote: &Value, body: &Value) -> crate::testing::Answer {
    test.post(owner, &format!("{}/invoices", path(quote)), body).await
}

#[actix_web::test]
async fn the_last_invoice_takes_off_the_deposit_and_all_add_up() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let (quote, _) = accepted(&test).await;
    let part = bill(&test, &owner, &quote, &json!({ "percent": "33.3" })).await.expect(201);
    assert_eq!(part["lines"][0]["description"], "Part of quote Q-1 (33.3 %)");
    let last = bill(&test, &owner, &quote, &json!({})).await.expect(201);
    let total = quote["totals"]["gross"]["amount"].as_i64().unwrap();
    let of = |invoice: &Value| invoice["totals"]["gross"]["amount"].as_i64().unwrap();
    let deposit = quote["totals"]["deposit"]["amount"].as_i64().unwrap();
    assert_eq!(deposit + of(&part) + of(&last), total);
    let lines: Vec<&str> =
        last["lines"].as_array().unwrap().iter().map(|line| line["description"].as_str().unwrap()).collect();
    assert_eq!(lines[..4], ["Joiner", "Care book", "Discount 10 %: Care book", "Oak worktop"]);
    assert_eq!(lines[4], "Less deposit, invoice 1");
    assert!(lines.contains(&"Less part, invoice –"), "{lines:?}");
    let quote = test.get(&owner, &path(&quote)).await.expect(200);
    assert_eq!((&quote["state"], &quote["billed"]), (&json!("converted"), &quote["totals"]["gross"]));
    let parts: Vec<&str> = quote["invoices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|invoice| invoice["part"].as_str().unwrap())
        .collect();
    assert_eq!(parts, ["deposit", "part", "final"]);
    // Drafts of invoices are none of the client's business.
    let seen = test.get(&test.contact("one").await, &portal(&quote)).await.expect(200);
    assert_eq!(seen["invoices"].as_array().unwrap().len(), 1);
    assert_eq!(kinds(&test, &owner, &format!("{}/activity", path(&quote))).await[0], "quote.converted");
    assert_eq!(bill(&test, &owner, &quote, &json!({})).await.problem(409), "quote_state");
    for invoice in [&part, &last] {
        let path = format!("/invoices/{}", invoice["id"].as_str().unwrap());
        test.post(&versioned(&owner, invoice), &format!("{path}/send"), &json!({})).await.expect(200);
    }
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn more_than_was_accepted_is_billed_only_by_saying_so() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let open = sent(&test, &owner).await;
    assert_eq!(bill(&test, &owner, &open, &json!({})).await.problem(409), "quote_state");
    let (quote, _) = accepted(&test).await;
    bill(&test, &owner, &quote, &json!({ "percent": "70" })).await.expect(201);
    let over = bill(&test, &owner, &quote, &json!({ "percent": "1" })).await;
    assert_eq!(
        over.body["current"]["left"]["amount"].as_i64().map(|left| left.abs() <= 1),
        Some(true),
        "{}",
        over.body
    );
    assert_eq!(over.problem(409), "quote_exceeded");
    bill(&test, &owner, &quote, &json!({ "percent": "1", "exceed": true })).await.expect(201);
    assert_eq!(bill(&test, &owner, &quote, &json!({ "percent": "0" })).await.problem(422), "validation");
    // Where the client agreed to some more beforehand, that much needs no saying.
    let mut body = draft(test.acme().clients["one"]);
    body["content"]["may_exceed_percent"] = "10".into();
    let quote = test.post(&owner, "/quotes", &body).await.expect(201);
    let quote = send(&test, &owner, &quote).await;
    accept(&test, &test.contact("one").await, &quote).await;
    bill(&test, &owner, &quote, &json!({ "percent": "80" })).await.expect(201);
    assert_eq!(
        bill(&test, &owner, &quote, &json!({ "percent": "0.5" })).await.problem(409),
        "quote_exceeded"
    );
    assert_eq!(
        bill(&test, &test.staff("technician").await, &quote, &json!({})).await.problem(403),
        "forbidden"
    );
}

#[actix_web::test]
async fn a_change_order_changes_the_contract_when_it_is_accepted() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let (quote, outcome) = accepted(&test).await;
    let order = |price: &str| {
        json!({ "client_id": test.acme().clients["one"], "changes_quote_id": quote["id"], "content": {
            "title": "Another shelf", "sections": [{ "key": "a", "lines": [
                { "key": "shelf", "description": "Shelf", "quantity": "1", "unit_price": price }] }] } })
    };
    let mut wrong = order("1");
    wrong["client_id"] = json!(test.acme().clients["two"]);
    let answer = test.post(&owner, "/quotes", &wrong).await;
    assert_eq!(answer.body["errors"][0]["pointer"], "/changes_quote_id");
    let agreed = quote["totals"]["gross"]["amount"].as_i64().unwrap();
    let mut contract = agreed;
    for (price, delta) in [("250.00", 25_000), ("-100.00", -10_000)] {
        let change = test.post(&owner, "/quotes", &order(price)).await.expect(201);
        let change = send(&test, &owner, &change).await;
        let accepted = accept(&test, &contact, &change).await;
        assert_eq!(accepted["project_id"], outcome["project_id"]);
        contract += delta;
        let project = format!("/projects/{}", outcome["project_id"].as_str().unwrap());
        assert_eq!(test.get(&owner, &project).await.expect(200)["budget"]["amount"], contract);
        let base = test.get(&contact, &portal(&quote)).await.expect(200);
        assert_eq!(base["contract"]["amount"], contract);
    }
    let base = test.get(&owner, &path(&quote)).await.expect(200);
    assert_eq!(base["change_orders"].as_array().unwrap().len(), 2);
    assert_eq!(test.database().count("select count(*) from project").await, 1);
    // A quote of less than nothing is only possible as a change.
    let mut alone = order("-100.00");
    alone["changes_quote_id"] = Value::Null;
    let alone = test.post(&owner, "/quotes", &alone).await.expect(201);
    let answer = test.post(&versioned(&owner, &alone), &format!("{}/send", path(&alone)), &json!({})).await;
    assert_eq!(answer.problem(422), "validation");
}
