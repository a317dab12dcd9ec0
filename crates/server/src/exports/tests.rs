use serde_json::json;

use crate::testing::{ACME, TestApp};

async fn row(test: &TestApp, path: &str) -> Vec<String> {
    let owner = test.staff("owner").await;
    let answer = test.get(&owner, path).await;
    assert_eq!(answer.status, 200, "{path}");
    assert_eq!(answer.headers.get("content-type").unwrap(), "text/csv; charset=utf-8");
    String::from_utf8(answer.bytes).unwrap().lines().map(ToOwned::to_owned).collect()
}

#[actix_web::test]
async fn lists_are_files_with_the_same_filters() {
    let test = TestApp::new().await;
    test.database().execute("update organization set invoice_prefix = 'R-'; update client set name = '=cmd()' where name like 'Client one%'").await;
    let owner = test.staff("owner").await;
    for minor in 1..=3 {
        let draft = json!({
            "client_id": test.tenants[ACME].clients["one"],
            "lines": [{ "description": "Work", "quantity": "1", "unit_price": format!("{minor}00.50") }],
        });
        let invoice = test.post(&owner, "/invoices", &draft).await.expect(201);
        let id = invoice["id"].as_str().unwrap();
        let issuer = owner.clone().header("If-Match", "\"1\"");
        test.post(&issuer, &format!("/invoices/{id}/send"), &json!({ "contact_ids": [] })).await.expect(200);
        if minor == 1 {
            let body = json!({
                "invoice_id": id, "amount": { "amount": 5000, "currency": "EUR" }, "method": "cash",
                "received_on": "2026-03-01", "reference": "+49 30",
            });
            test.post(&owner, "/payments", &body).await.expect(201);
        }
    }
    let rows = row(&test, "/invoices.csv").await;
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0], "Number,Status,Client,Date,Due,Currency,Total,Balance");
    assert_eq!(rows[3], "R-1,partially_paid,'=cmd(),2026-03-02,2026-03-16,EUR,100.50,50.50");
    assert_eq!(row(&test, "/invoices.csv?view=paid").await.len(), 1);
    assert_eq!(row(&test, "/invoices.csv?q=R-2").await.len(), 2);
    let rows = row(&test, "/payments.csv").await;
    assert_eq!(rows[1], "2026-03-01,'=cmd(),cash,'+49 30,R-1,EUR,50.00,0.00,0.00,0.00");
    let recurring = |name: &str, state: &str| {
        json!({
            "name": name, "client_id": test.tenants[ACME].clients["one"], "delivery": state,
            "schedule": { "rhythm": { "every": 3, "unit": "month" }, "starts_on": "2026-04-01" },
            "lines": [{ "description": "Care", "quantity": "2", "unit_price": "10.25" }],
        })
    };
    let first = test.post(&owner, "/recurring-invoices", &recurring("@SUM(1)", "draft")).await.expect(201);
    test.post(&owner, "/recurring-invoices", &recurring("Care", "send")).await.expect(201);
    test.post(&owner, &format!("/recurring-invoices/{}/pause", first["id"].as_str().unwrap()), &())
        .await
        .expect(200);
    let rows = row(&test, "/recurring-invoices.csv").await;
    assert_eq!(rows[0], "Name,Client,State,Every,Unit,Currency,Total,Next,Invoices,Stopped because");
    assert_eq!(rows[2], "'@SUM(1),'=cmd(),paused,3,month,EUR,20.50,2026-04-01,0,");
    assert_eq!(row(&test, "/recurring-invoices.csv?state=active").await.len(), 2);
    for path in ["/invoices.xlsx", "/payments.xlsx", "/recurring-invoices.xlsx"] {
        let answer = test.get(&owner, path).await;
        assert!(answer.status == 200 && answer.bytes.starts_with(b"PK\x03\x04"), "{path}");
    }
    let technician = test.staff("technician").await;
    assert_eq!(test.get(&technician, "/payments.csv").await.problem(403), "forbidden");
    assert_eq!(test.get(&technician, "/recurring-invoices.csv").await.problem(403), "forbidden");

    let statement =
        row(&test, &format!("/clients/{}/statement.csv", test.tenants[ACME].clients["one"])).await;
    assert_eq!(statement[0], "Date,Kind,Reference,Currency,Amount,Change,Balance");
    assert_eq!(statement[1], "2026-03-01,payment,cash,EUR,50.00,-50.00,-50.00");
    assert_eq!(statement[2], "2026-03-02,invoice,R-1,EUR,100.50,100.50,50.50");
    assert_eq!(statement.len(), 5);
}

#[actix_web::test]
async fn every_list_of_money_is_a_file_that_no_spreadsheet_runs() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    test.database().execute("update client set name = '@SUM(A1)' where name like 'Client one%'").await;
    let client = test.tenants[ACME].clients["one"];
    let line = json!({ "key": "a", "description": "Work", "quantity": "1", "unit_price": "100" });
    let quote = json!({
        "client_id": client,
        "content": { "title": "=HYPERLINK(1)", "sections": [{ "key": "s", "lines": [line] }] },
    });
    test.post(&owner, "/quotes", &quote).await.expect(201);
    let draft = json!({
        "client_id": client, "lines": [{ "description": "Work", "quantity": "1", "unit_price": "100" }],
    });
    let invoice = test.post(&owner, "/invoices", &draft).await.expect(201);
    let id = invoice["id"].as_str().unwrap();
    let issuer = owner.clone().header("If-Match", "\"1\"");
    test.post(&issuer, &format!("/invoices/{id}/send"), &json!({ "contact_ids": [] })).await.expect(200);
    let note = json!({ "amount": { "amount": 1000, "currency": "EUR" }, "reason": "-2+3" });
    test.post(&owner, &format!("/invoices/{id}/credit-notes"), &note).await.expect(201);
    let at = test.now().to_rfc3339();
    test.database()
        .execute(&format!(
            "select set_config('portico.organization', '{organization}', false);
             insert into bank_statement (id, name, format, report, imported_at)
               values ('{organization}', 'march.xml', 'camt053', '{{}}', '{at}');
             insert into bank_transaction (id, statement_id, account, fingerprint, booked_on, currency, amount_minor, reversal,
                 counterparty_name, remittance)
               values ('{organization}', '{organization}', 'DE89', 'f', '2026-03-01', 'JPY', 5000, false, '+Ana', E'\t=cmd()');
             insert into payment_connection (id, provider, enabled) values ('{organization}', 'sandbox', true);
             insert into inbound_event (id, connection_id, provider, event_id, kind, body, received_at)
               values ('{organization}', '{organization}', 'sandbox', E'\r=1', '=cmd()', '{{}}', '{at}');",
            organization = domain::ids::Id::uuid(test.tenants[ACME].id),
        ))
        .await;
    for (list, wanted) in [
        ("quotes", ",'=HYPERLINK(1),draft,'@SUM(A1),0,,,,EUR,100.00"),
        ("credit-notes", ",draft,'@SUM(A1),1,,'-2+3,EUR,10.00"),
        ("bank-transactions", "2026-03-01,DE89,'+Ana,,,'\t=cmd(),open,,JPY,5000"),
    ] {
        let rows = row(&test, &format!("/{list}.csv")).await;
        assert_eq!((rows.len(), rows[1].as_str()), (2, wanted), "{list}");
    }
    let events = test.get(&owner, "/inbound-events.csv").await;
    let text = String::from_utf8(events.bytes).unwrap();
    assert!(text.contains(",sandbox,\"'\r=1\",'=cmd(),received,0,"), "{text}");
    for list in ["quotes", "credit-notes", "bank-transactions", "inbound-events"] {
        let answer = test.get(&owner, &format!("/{list}.xlsx")).await;
        assert!(answer.status == 200 && answer.bytes.starts_with(b"PK\x03\x04"), "{list}");
        let technician = test.staff("technician").await;
        assert_eq!(test.get(&technician, &format!("/{list}.csv")).await.problem(403), "forbidden", "{list}");
    }
    // A filter that lets nothing through leaves the headings.
    assert_eq!(row(&test, "/quotes.csv?view=accepted").await.len(), 1);
    assert_eq!(row(&test, "/bank-transactions.csv?state=matched").await.len(), 1);
}
