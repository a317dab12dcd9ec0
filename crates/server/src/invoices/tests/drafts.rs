//! Writing drafts.

use serde_json::{Value, json};

use super::{draft, drafted, kinds, path, versioned};
use crate::testing::TestApp;

#[actix_web::test]
async fn a_draft_is_written_changed_and_thrown_away() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = drafted(&test, &owner).await;
    assert_eq!(invoice["status"], "draft");
    assert_eq!(invoice["number"], Value::Null);
    assert_eq!(invoice["totals"]["gross"], json!({ "amount": 131_072, "currency": "EUR" }));
    assert_eq!(invoice["balance"], invoice["totals"]["gross"]);
    assert_eq!(invoice["client_name"], "Client one of acme");
    assert_eq!(invoice["recipients"][0]["email"], "one@acme.example");
    let mut wanted = draft(test.acme().clients["two"]);
    wanted["lines"][0]["quantity"] = "1".into();
    assert_eq!(test.put(&owner, &path(&invoice), &wanted).await.problem(428), "precondition_required");
    let editor = versioned(&owner, &invoice);
    let changed = test.put(&editor, &path(&invoice), &wanted).await.expect(200);
    assert_eq!(changed["version"], 2);
    assert_eq!(changed["client_name"], "Client two of acme");
    assert_eq!(changed["totals"]["gross"]["amount"], 10_923);
    assert_eq!(changed["lines"].as_array().unwrap().len(), 1);
    // What both want alike doesn't conflict.
    wanted["reference"] = "PO 8".into();
    let stale = test.put(&editor, &path(&invoice), &wanted).await;
    assert_eq!(stale.body["current"], json!({ "reference": "PO 7", "version": 2 }));
    assert_eq!(stale.problem(412), "version_mismatch");
    assert_eq!(test.delete(&owner, &path(&invoice)).await.status, 204);
    assert_eq!(test.get(&owner, &path(&invoice)).await.problem(404), "not_found");
    assert_eq!(test.delete(&owner, &path(&invoice)).await.problem(404), "not_found");
    let feed = kinds(&test, &owner, &format!("/clients/{}/activity", test.acme().clients["two"])).await;
    assert_eq!(feed, ["invoice.deleted", "invoice.changed"]);
}

#[actix_web::test]
async fn the_server_computes_and_refuses_what_can_t_be() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let client = test.acme().clients["one"];
    let line = |quantity: &str, price: &str| json!({ "description": "x", "quantity": quantity, "unit_price": price });
    let twice = json!([{ "name": "VAT", "rate": "7" }, { "name": "VAT", "rate": "7.0" }]);
    let mut taxed = line("1", "1");
    taxed["taxes"] = twice;
    for (change, status, pointer) in [
        (json!({ "client_id": test.tenants["globex"].clients["one"] }), 422, "/client_id"),
        (json!({ "lines": [line("1", "1"), taxed] }), 422, "/lines/1/taxes"),
        (json!({ "lines": [line("999999999", "999999999999")] }), 422, "/lines"),
        (json!({ "discount": { "amount": { "amount": 1, "currency": "EUR" } } }), 422, "/discount"),
        (
            json!({ "discount": { "amount": { "amount": 1, "currency": "USD" } }, "lines": [line("1", "1")] }),
            422,
            "/discount",
        ),
        (json!({ "issued_on": "2026-03-02", "due_on": "2026-03-01" }), 422, "/due_on"),
        (json!({ "issued_on": "0026-03-02" }), 422, "/issued_on"),
        (json!({ "lines": [line("1.5.", "1")] }), 422, "/lines/0/quantity"),
        (json!({ "totals": {} }), 422, ""),
        (json!({ "lines": vec![line("1", "1"); 501] }), 422, "/lines"),
    ] {
        let mut body = json!({ "client_id": client });
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = test.post(&owner, "/invoices", &body).await;
        assert_eq!(answer.status, status, "{change} {}", answer.body);
        assert!(
            answer.body["errors"][0]["pointer"].as_str().unwrap().starts_with(pointer),
            "{}",
            answer.body
        );
    }
    let preview = json!({ "currency": "EUR", "rounding": "per_line", "price_mode": "exclusive",
        "lines": vec![json!({ "description": "x", "quantity": "1", "unit_price": "1.03", "taxes": [{ "name": "VAT", "rate": "19" }] }); 3] });
    let totals = test.post(&owner, "/invoices/preview", &preview).await.expect(200);
    assert_eq!(totals["gross"]["amount"], 369);
    let advisor = test.staff("parts").await;
    let invoice = drafted(&test, &advisor).await;
    let send = format!("{}/send", path(&invoice));
    assert_eq!(test.post(&versioned(&advisor, &invoice), &send, &json!({})).await.problem(403), "forbidden");
}

#[actix_web::test]
async fn tax_rates_are_the_organization_s() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let vat = json!({ "name": "VAT", "rate": "19", "is_default": true });
    let rate = test.post(&owner, "/tax-rates", &vat).await.expect(201);
    assert_eq!(
        (&rate["name"], &rate["rate"], &rate["is_default"]),
        (&json!("VAT"), &json!("19"), &json!(true))
    );
    assert_eq!(test.post(&owner, "/tax-rates", &vat).await.problem(409), "already_exists");
    let advisor = test.staff("advisor").await;
    assert_eq!(test.post(&advisor, "/tax-rates", &vat).await.problem(403), "forbidden");
    assert_eq!(test.get(&advisor, "/tax-rates").await.expect(200), json!([rate]));
    assert_eq!(test.get(&test.staff_of("globex", "owner").await, "/tax-rates").await.expect(200), json!([]));
    assert_eq!(
        test.post(&owner, "/tax-rates", &json!({ "name": "X", "rate": "100.1" })).await.problem(422),
        "validation"
    );
    let path = format!("/tax-rates/{}", rate["id"].as_str().unwrap());
    assert_eq!(test.delete(&owner, &path).await.status, 204);
    assert_eq!(test.delete(&owner, &path).await.problem(404), "not_found");
}
