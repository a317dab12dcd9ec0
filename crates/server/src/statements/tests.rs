use serde_json::{Value, json};

use crate::testing::{ACME, Asker, TestApp};

async fn issue(test: &TestApp, owner: &Asker, price: &str, on: &str, due: &str) -> Value {
    let draft = json!({
        "client_id": test.tenants[ACME].clients["one"], "issued_on": on, "due_on": due, "currency": "EUR",
        "lines": [{ "description": "Work", "quantity": "1", "unit_price": price }],
    });
    let id = test.post(owner, "/invoices", &draft).await.expect(201)["id"].clone();
    let issuer = owner.clone().header("If-Match", "\"1\"");
    let path = format!("/invoices/{}/send", id.as_str().unwrap());
    test.post(&issuer, &path, &json!({ "contact_ids": [] })).await.expect(200);
    id
}

fn eur(minor: i64) -> Value {
    json!({ "amount": minor, "currency": "EUR" })
}

#[actix_web::test]
async fn a_statement_adds_up_and_knows_how_late_it_is() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let client = test.tenants[ACME].clients["one"];
    let old = issue(&test, &owner, "100.00", "2025-11-01", "2025-11-15").await;
    let first = issue(&test, &owner, "50.00", "2026-01-10", "2026-01-20").await;
    issue(&test, &owner, "30.00", "2026-02-01", "2026-02-28").await;
    issue(&test, &owner, "20.00", "2026-03-02", "2026-03-16").await;
    let pay = async |id: &Value, minor: i64, on: &str| {
        let body = json!({ "invoice_id": id, "amount": eur(minor), "method": "cash", "received_on": on });
        test.post(&owner, "/payments", &body).await.expect(201)
    };
    pay(&old, 4000, "2025-12-01").await;
    let paid = pay(&first, 7000, "2026-02-10").await;
    let path = format!("/payments/{}/refunds", paid["id"].as_str().unwrap());
    let body = json!({ "amount": eur(500), "to": "source", "reason": "Too much" });
    test.post(&owner, &path, &body).await.expect(201);
    let body = json!({ "invoice_id": old, "amount": eur(1000) });
    test.post(&owner, &format!("/clients/{client}/credit/applications"), &body).await.expect(201);

    let of = async |query: &str| {
        test.get(&owner, &format!("/clients/{client}/statement{query}")).await.expect(200)
    };
    let all = of("?from=2025-01-01&to=2026-03-02").await;
    assert_eq!((&all["opening"], &all["closing"]), (&eur(0), &eur(9500)));
    assert_eq!((&all["owed"], &all["credit"]), (&eur(10_000), &eur(500)));
    let kinds: Vec<&str> =
        all["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["invoice", "payment", "invoice", "invoice", "payment", "invoice", "refund", "credit_applied"]
    );
    let balances: Vec<i64> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["balance"]["amount"].as_i64().unwrap())
        .collect();
    assert_eq!(balances, [10_000, 6000, 11_000, 14_000, 7000, 9000, 9500, 9500]);
    assert_eq!(
        all["ageing"],
        json!({
            "current": eur(2000), "days_1_30": eur(3000), "days_31_60": eur(0), "days_61_90": eur(0),
            "days_over_90": eur(5000),
        })
    );
    // A part begins with what was owed before, and ends with what is owed then.
    let part = of("?from=2026-02-01&to=2026-02-28").await;
    assert_eq!((&part["opening"], &part["closing"]), (&eur(11_000), &eur(7000)));
    assert_eq!(part["ageing"]["current"], eur(3000));
    // Pages go on where the last one ended.
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = of(&format!("?from=2025-01-01&limit=3{cursor}")).await;
        paged.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(json!(paged), all["items"]);
    // The client reads the same.
    let contact = test.contact("one").await;
    let mine = test.get(&contact, "/portal/statement?from=2025-01-01&to=2026-03-02").await.expect(200);
    assert_eq!(mine, all);
    let other = test.contact("two").await;
    assert_eq!(test.get(&other, "/portal/statement").await.expect(200)["items"], json!([]));
    for (query, code) in
        [("?from=2026-03-01&to=2026-02-01", 422), ("?to=99999-01-01", 400), ("?to=2300-01-01", 422)]
    {
        test.get(&owner, &format!("/clients/{client}/statement{query}")).await.expect(code);
    }
    // What a statement says is what the ledger's balance says.
    let balance = test
        .database()
        .texts(&format!(
            "select (owed_minor - credit_minor)::text from client_balance where client_id = '{}'",
            domain::ids::Id::uuid(client)
        ))
        .await;
    assert_eq!(balance, ["9500"]);
}

#[actix_web::test]
async fn ten_thousand_movements_are_no_more_work_than_ten() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let client = test.tenants[ACME].clients["one"];
    issue(&test, &owner, "1.00", "2026-03-01", "2026-03-15").await;
    test.database()
        .execute(&format!(
            "select set_config('portico.organization', '{}', false);
             insert into ledger_entry (id, at, kind, client_id, invoice_id, currency, amount_minor)
             select gen_random_uuid(), '2026-03-01T10:00:00Z', 'write_off', client_id, invoice_id, 'EUR', case when n % 2 = 0 then 1 else -1 end
             from ledger_entry, generate_series(1, 10000) n where kind = 'issue';
             analyze ledger_entry;",
            domain::ids::Id::uuid(test.tenants[ACME].id),
        ))
        .await;
    let plan = test
        .database()
        .texts(&format!(
            "explain select * from ledger_entry where organization_id = '{}' and client_id = '{}' and currency = 'EUR'
               and booked_on >= '2026-03-01' and (booked_on, position) > ('2026-03-01', 9000) order by booked_on, position limit 51",
            domain::ids::Id::uuid(test.tenants[ACME].id),
            domain::ids::Id::uuid(client),
        ))
        .await
        .join("\n");
    assert!(plan.contains("ledger_entry_client") && !plan.contains("Sort"), "{plan}");
    let started = std::time::Instant::now();
    let statement = test.get(&owner, &format!("/clients/{client}/statement")).await.expect(200);
    assert_eq!(statement["closing"], eur(100));
    assert_eq!(statement["items"].as_array().unwrap().len(), 50);
    assert!(started.elapsed() < std::time::Duration::from_secs(2), "{:?}", started.elapsed());
    let file = test.get(&owner, &format!("/clients/{client}/statement.csv")).await;
    assert_eq!(file.bytes.split(|byte| *byte == b'\n').count(), 10_003);
}
