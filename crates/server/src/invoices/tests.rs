//! Invoices through the API, on both sides.

use chrono::TimeDelta;
use domain::clients::ClientId;
use domain::permission::Audience;
use futures_util::future::join_all;
use serde_json::{Value, json};
use store::identity::sessions::{self, Holder};

use crate::testing::{Asker, TestApp};

fn draft(client: ClientId) -> Value {
    json!({
        "client_id": client,
        "reference": "PO 7",
        "internal_note": "do not tell",
        "lines": [{ "description": "Work", "quantity": "12", "unit": "h", "unit_price": "95.00",
            "taxes": [{ "name": "GST", "rate": "5" }, { "name": "QST", "rate": "9.975" }] }],
    })
}

fn path(invoice: &Value) -> String {
    format!("/invoices/{}", invoice["id"].as_str().unwrap())
}

fn versioned(asker: &Asker, invoice: &Value) -> Asker {
    asker.clone().header("If-Match", invoice["version"].to_string())
}

async fn drafted(test: &TestApp, asker: &Asker) -> Value {
    test.post(asker, "/invoices", &draft(test.acme().clients["one"])).await.expect(201)
}

async fn sent(test: &TestApp, asker: &Asker) -> Value {
    let invoice = drafted(test, asker).await;
    test.post(&versioned(asker, &invoice), &format!("{}/send", path(&invoice)), &json!({})).await.expect(200)
}

/// The links of the newest mail, which is to the contact of client `one`.
async fn mailed_link(test: &TestApp, owner: &Asker) -> String {
    test.work().await;
    let mails = test.get(owner, "/mails").await.expect(200);
    let id = mails["items"][0]["id"].as_str().unwrap();
    test.get(owner, &format!("/mails/{id}")).await.expect(200)["links"][0].as_str().unwrap().to_owned()
}

fn guest(link: &str) -> Asker {
    Asker::stranger().header("Portico-Guest", link.rsplit('/').next().unwrap())
}

async fn kinds(test: &TestApp, asker: &Asker, path: &str) -> Vec<String> {
    let feed = test.get(asker, path).await.expect(200);
    feed["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
}

/// A member who looks at the portal as the contact of client `one`.
async fn viewer(test: &TestApp) -> Asker {
    let mut tx = test.worker("acme").await;
    let (contact, member) = (test.acme().contacts["one"], test.acme().members["owner"]);
    let holder = Holder::Contact { contact, viewed_by: Some(member) };
    let email = "owner@acme.example".parse().unwrap();
    let session = sessions::insert(&mut tx, &holder, &email, TimeDelta::hours(1), "", "").await.unwrap();
    tx.commit().await.unwrap();
    test.signed_in(session, Audience::Portal)
}

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
async fn sending_freezes_numbers_and_mails() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    test.database().execute("update organization set invoice_prefix = '2026-', document_footer = 'IBAN DE00', payment_terms_days = 10").await;
    let invoice = drafted(&test, &owner).await;
    let send = format!("{}/send", path(&invoice));
    assert_eq!(test.post(&owner, &send, &json!({})).await.problem(428), "precondition_required");
    let stale = test.post(&owner.clone().header("If-Match", "7"), &send, &json!({})).await;
    assert_eq!(stale.problem(412), "version_mismatch");
    let stranger = test.acme().contacts["two"];
    let wrong = test.post(&versioned(&owner, &invoice), &send, &json!({ "contact_ids": [stranger] })).await;
    assert_eq!(wrong.body["errors"][0]["pointer"], "/contact_ids/0");
    let issued =
        test.post(&versioned(&owner, &invoice), &send, &json!({ "message": "Thank you!" })).await.expect(200);
    assert_eq!(issued["number"], "2026-1");
    assert_eq!(issued["status"], "sent");
    assert_eq!((&issued["issued_on"], &issued["due_on"]), (&json!("2026-03-02"), &json!("2026-03-12")));
    assert_eq!(issued["footer"], "IBAN DE00");
    assert_eq!(issued["version"], 2);
    let again = test.post(&versioned(&owner, &issued), &send, &json!({})).await;
    assert_eq!(again.problem(409), "invoice_not_draft");
    let edit =
        test.put(&versioned(&owner, &issued), &path(&issued), &draft(test.acme().clients["one"])).await;
    assert_eq!(edit.problem(409), "invoice_not_draft");
    assert_eq!(test.delete(&owner, &path(&issued)).await.problem(409), "invoice_not_draft");
    let link = mailed_link(&test, &owner).await;
    assert!(link.starts_with(&test.app.url("/acme/i/")), "{link}");
    let mails = test.get(&owner, "/mails").await.expect(200);
    assert_eq!(mails["items"].as_array().unwrap().len(), 1);
    assert_eq!(mails["items"][0]["subject"], "Invoice 2026-1 from acme");
    let feed = test.get(&owner, &format!("{}/activity", path(&issued))).await.expect(200);
    assert_eq!(feed["items"][0]["kind"], "invoice.sent");
    assert_eq!(feed["items"][0]["data"]["to"], json!(["one@acme.example"]));
    let client = test.get(&owner, &format!("/clients/{}", test.acme().clients["one"])).await.expect(200);
    assert_eq!(client["owed"], json!([{ "amount": 131_072, "currency": "EUR" }]));
    assert_eq!(client["overdue"], json!([]));
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn drafts_without_lines_or_below_zero_stay_drafts_and_zero_is_paid() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let client = test.acme().clients["one"];
    let mut outcomes = Vec::new();
    for price in ["", "-1", "0"] {
        let lines = match price {
            "" => json!([]),
            price => json!([{ "description": "x", "quantity": "1", "unit_price": price }]),
        };
        let invoice =
            test.post(&owner, "/invoices", &json!({ "client_id": client, "lines": lines })).await.expect(201);
        let answer =
            test.post(&versioned(&owner, &invoice), &format!("{}/send", path(&invoice)), &json!({})).await;
        outcomes.push((answer.status.as_u16(), answer.body["status"].clone(), answer.body["number"].clone()));
    }
    assert_eq!(outcomes[0].0, 422);
    assert_eq!(outcomes[1].0, 422);
    assert_eq!(outcomes[2], (200, json!("paid"), json!("1")));
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn a_hundred_at_once_get_a_hundred_numbers_in_a_row() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    // An import brought number 40 along: it is passed over.
    let imported = sent(&test, &owner).await;
    test.database().execute("update invoice set number = '40'; update number_series set next = 1").await;
    let mut drafts = Vec::new();
    for _ in 0..100 {
        drafts.push(drafted(&test, &owner).await);
    }
    let sends = drafts.iter().enumerate().map(async |(index, invoice)| {
        // Each fifth is refused after it has asked: what it took must come back.
        let body =
            if index % 5 == 0 { json!({ "contact_ids": [test.acme().contacts["two"]] }) } else { json!({}) };
        loop {
            // The pool is small and the wait for a connection short: a busy server says so, and one asks again.
            let answer =
                test.post(&versioned(&owner, invoice), &format!("{}/send", path(invoice)), &body).await;
            if answer.status != 503 {
                break answer;
            }
        }
    });
    let answers = join_all(sends).await;
    let mut numbers: Vec<i64> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .map(|answer| answer.body["number"].as_str().unwrap().parse().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=81).filter(|number| *number != 40).collect::<Vec<i64>>());
    assert_eq!(imported["number"], "1");
    // A transaction that takes a number and is rolled back leaves no gap.
    let mut tx = test.worker("acme").await;
    assert_eq!(store::invoices::take_number(&mut tx, "").await.unwrap(), "82");
    drop(tx);
    assert_eq!(sent(&test, &owner).await["number"], "82");
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn sending_twice_at_once_sends_once() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = drafted(&test, &owner).await;
    let sender = versioned(&owner, &invoice);
    let keyed = sender.clone().header("Idempotency-Key", "send-1");
    let send = format!("{}/send", path(&invoice));
    let body = json!({});
    let both = join_all([&sender, &keyed, &keyed, &sender].map(|asker| test.post(asker, &send, &body))).await;
    let good = both.iter().filter(|answer| answer.status == 200).count();
    assert!((1..=2).contains(&good), "the one, and perhaps its replay: {both:?}");
    assert!(both.iter().all(|answer| [200, 409].contains(&answer.status.as_u16())), "{both:?}");
    test.work().await;
    assert_eq!(test.get(&owner, "/mails").await.expect(200)["items"].as_array().unwrap().len(), 1);
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn what_was_issued_stays_the_same_byte_for_byte() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let vat = json!([{ "name": "VAT", "rate": "19" }]);
    let line = json!({ "description": "x", "quantity": "1", "unit_price": "1.03", "taxes": vat });
    let body = json!({ "client_id": test.acme().clients["one"], "lines": [line, line, line] });
    let invoice = test.post(&owner, "/invoices", &body).await.expect(201);
    let other = test.post(&owner, "/invoices", &body).await.expect(201);
    assert_eq!(invoice["totals"]["gross"]["amount"], 368);
    test.post(&versioned(&owner, &invoice), &format!("{}/send", path(&invoice)), &json!({}))
        .await
        .expect(200);
    let contact = test.contact("one").await;
    let portal = format!("/portal{}", path(&invoice));
    let before = (test.get(&owner, &path(&invoice)).await.bytes, test.get(&contact, &portal).await.bytes);
    test.database().execute("update organization set rounding = 'per_line', document_footer = 'new', price_mode = 'inclusive'").await;
    let client = format!("/clients/{}", test.acme().clients["one"]);
    test.patch(
        &owner.clone().header("If-Match", "1"),
        &client,
        &json!({ "name": "Renamed", "address": { "city": "Bonn" } }),
    )
    .await
    .expect(200);
    let after = (test.get(&owner, &path(&invoice)).await.bytes, test.get(&contact, &portal).await.bytes);
    assert_eq!(before, after);
    // A draft follows.
    let other = test.get(&owner, &path(&other)).await.expect(200);
    assert_eq!(
        (&other["totals"]["gross"]["amount"], &other["client_name"]),
        (&json!(369), &json!("Renamed"))
    );
}

#[actix_web::test]
async fn only_unpaid_issued_invoices_are_voided() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = drafted(&test, &owner).await;
    let reason = json!({ "reason": "Wrong client" });
    let void = |invoice: &Value| format!("{}/void", path(invoice));
    assert_eq!(test.post(&owner, &void(&invoice), &reason).await.problem(409), "conflict");
    let invoice = sent(&test, &owner).await;
    assert_eq!(test.post(&owner, &void(&invoice), &json!({ "reason": "" })).await.problem(422), "validation");
    assert_eq!(
        test.post(&test.staff("advisor").await, &void(&invoice), &reason).await.problem(403),
        "forbidden"
    );
    let void_it = void(&invoice);
    let answers = join_all((0..5).map(|_| test.post(&owner, &void_it, &reason))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let voided = test.get(&owner, &path(&invoice)).await.expect(200);
    assert_eq!(
        (&voided["status"], &voided["number"], &voided["balance"]["amount"]),
        (&json!("void"), &json!("1"), &json!(0))
    );
    assert_eq!(sent(&test, &owner).await["number"], "2", "void keeps its number");
    let figures = test.get(&owner, "/invoices/figures").await.expect(200);
    assert_eq!((&figures["owed"][0]["amount"], &figures["owed_count"]), (&json!(131_072), &json!(1)));
    assert_eq!(
        test.post(&owner, &format!("{}/resend", path(&voided)), &json!({})).await.problem(409),
        "conflict"
    );
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn drafts_never_reach_the_portal() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let invoice = drafted(&test, &owner).await;
    for path in
        ["/portal/invoices", "/portal/invoices?view=draft", "/portal/invoices?q=client", "/portal/activity"]
    {
        assert_eq!(test.get(&contact, path).await.expect(200)["items"], json!([]), "{path}");
    }
    let home = test.get(&contact, "/portal/home").await.expect(200);
    assert_eq!(home, json!({ "invoices": [], "invoice_count": 0, "lately": [] }));
    let portal = format!("/portal{}", path(&invoice));
    assert_eq!(test.get(&contact, &portal).await.problem(404), "not_found");
    assert_eq!(test.get(&contact, &format!("{portal}/activity")).await.problem(404), "not_found");
    assert_eq!(test.post(&contact, &format!("{portal}/viewed"), &()).await.problem(404), "not_found");
    assert_eq!(
        test.post(&owner, &format!("{}/copy-link", path(&invoice)), &()).await.problem(409),
        "conflict"
    );
}

#[actix_web::test]
async fn the_client_sees_its_invoice_and_nobody_else_s() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner).await;
    let (contact, other) = (test.contact("one").await, test.contact("two").await);
    let portal = format!("/portal{}", path(&invoice));
    let seen = test.get(&contact, &portal).await.expect(200);
    assert_eq!(seen["totals"], invoice["totals"]);
    assert!(seen.get("internal_note").is_none() && !seen.to_string().contains("do not tell"));
    let home = test.get(&contact, "/portal/home").await.expect(200);
    assert_eq!((&home["invoices"][0]["number"], &home["invoice_count"]), (&json!("1"), &json!(1)));
    assert_eq!(home["lately"][0]["kind"], "invoice.sent");
    assert_eq!(
        kinds(&test, &contact, &format!("{portal}/activity")).await,
        ["invoice.sent"],
        "no staff events"
    );
    assert_eq!(test.get(&other, &portal).await.problem(404), "not_found");
    assert_eq!(test.get(&test.contact_of("globex", "one").await, &portal).await.problem(404), "not_found");
    assert_eq!(test.get(&other, "/portal/home").await.expect(200)["lately"], json!([]));
    let client = test.acme().clients["one"];
    assert_eq!(
        test.get(&other, &format!("/portal/invoices?client_id={client}")).await.expect(200)["items"],
        json!([])
    );
    // Without the permission to see money: forbidden, and nothing of it on the home page.
    test.database().execute("update contact set permissions = '{portal}'").await;
    for path in ["/portal/invoices", &portal, &format!("{portal}/activity")] {
        assert_eq!(test.get(&contact, path).await.problem(403), "forbidden", "{path}");
    }
    let home = test.get(&contact, "/portal/home").await.expect(200);
    assert_eq!(home, json!({ "invoices": [], "invoice_count": 0, "lately": [] }));
    assert_eq!(test.get(&contact, "/portal/activity").await.expect(200)["items"], json!([]));
}

#[actix_web::test]
async fn looking_is_noted_once_and_reading_changes_nothing() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let invoice = sent(&test, &owner).await;
    let portal = format!("/portal{}", path(&invoice));
    test.get(&contact, &portal).await.expect(200);
    assert_eq!(test.get(&owner, &path(&invoice)).await.expect(200)["status"], "sent");
    let viewed = format!("{portal}/viewed");
    let looks = join_all((0..4).map(|_| test.post(&contact, &viewed, &()))).await;
    assert!(looks.iter().all(|answer| answer.status == 204), "{looks:?}");
    let now = test.get(&owner, &path(&invoice)).await.expect(200);
    assert_eq!((&now["status"], &now["viewed_at"]), (&json!("viewed"), &json!("2026-03-02T09:00:00Z")));
    assert_eq!(now["version"], invoice["version"], "what was shown can still be paid");
    assert_eq!(
        kinds(&test, &contact, &format!("{portal}/activity")).await,
        ["invoice.viewed", "invoice.sent"]
    );
    assert_eq!(test.database().count("select count(*) from invoice_view").await, 4);
}

#[actix_web::test]
async fn a_member_who_views_as_a_contact_leaves_no_trace() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner).await;
    let viewer = viewer(&test).await;
    let portal = format!("/portal{}", path(&invoice));
    test.get(&viewer, &portal).await.expect(200);
    assert_eq!(test.post(&viewer, &format!("{portal}/viewed"), &()).await.status, 204);
    assert_eq!(test.get(&owner, &path(&invoice)).await.expect(200)["status"], "sent");
    assert_eq!(test.database().count("select count(*) from invoice_view").await, 0);
}

#[actix_web::test]
async fn a_guest_link_opens_one_document() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner).await;
    let link = mailed_link(&test, &owner).await;
    let other = sent(&test, &owner).await;
    let guest = guest(&link);
    assert_eq!(test.get(&guest, "/portal/guest").await.expect(200), json!({ "invoice_id": invoice["id"] }));
    let portal = format!("/portal{}", path(&invoice));
    assert_eq!(test.get(&guest, &portal).await.expect(200)["number"], "1");
    assert_eq!(test.get(&guest, &format!("/portal{}", path(&other))).await.problem(404), "not_found");
    let list = test.get(&guest, "/portal/invoices").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(kinds(&test, &guest, "/portal/activity").await, ["invoice.sent"]);
    assert_eq!(
        test.get(&guest, &path(&invoice)).await.problem(401),
        "unauthenticated",
        "no door to the console"
    );
    assert_eq!(test.post(&guest, &format!("{portal}/viewed"), &()).await.status, 204);
    let feed = test.get(&owner, &format!("{}/activity", path(&invoice))).await.expect(200);
    assert_eq!(feed["items"][0]["actor"], json!({ "kind": "guest" }));
    assert_eq!(test.get(&test.contact("one").await, "/portal/guest").await.problem(404), "not_found");
    // The copied link is one more, and both end.
    let copied = test.post(&owner, &format!("{}/copy-link", path(&invoice)), &()).await.expect(201);
    let copied = self::guest(copied["url"].as_str().unwrap());
    test.get(&copied, &portal).await.expect(200);
    test.app.clock.advance(TimeDelta::days(181));
    for gone in [&guest, &copied, &Asker::stranger().header("Portico-Guest", "made-up")] {
        assert_eq!(test.get(gone, "/portal/guest").await.problem(401), "unauthenticated");
    }
}

#[actix_web::test]
async fn mail_is_in_the_recipient_s_language_and_can_be_repeated() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    test.database().execute("update contact set language = 'de'").await;
    let invoice = sent(&test, &owner).await;
    test.work().await;
    let subject = async || {
        let mails = test.get(&owner, "/mails").await.expect(200);
        (mails["items"].as_array().unwrap().len(), mails["items"][0]["subject"].as_str().unwrap().to_owned())
    };
    assert_eq!(subject().await, (1, "Rechnung 1 von acme".to_owned()));
    test.post(&owner, &format!("{}/resend", path(&invoice)), &json!({})).await.expect(200);
    test.work().await;
    assert_eq!(subject().await, (2, "Rechnung 1 von acme".to_owned()));
    let mails = test.get(&owner, "/mails").await.expect(200);
    let mail =
        test.get(&owner, &format!("/mails/{}", mails["items"][0]["id"].as_str().unwrap())).await.expect(200);
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("1.310,72\u{a0}EUR") && text.contains("16. März 2026"), "{text}");
}

#[actix_web::test]
async fn overdue_follows_from_the_day_in_the_organization_s_zone() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner).await;
    assert_eq!(invoice["due_on"], "2026-03-16");
    let overdue = async || {
        let invoice = test.get(&test.staff("owner").await, &path(&invoice)).await.expect(200);
        let list = test.get(&test.staff("owner").await, "/invoices?view=overdue").await.expect(200);
        let figures = test.get(&test.staff("owner").await, "/invoices/figures").await.expect(200);
        let home = test.get(&test.contact("one").await, "/portal/home").await.expect(200);
        (
            invoice["overdue"].as_bool().unwrap(),
            list["items"].as_array().unwrap().len(),
            figures["overdue_count"].as_i64().unwrap(),
            home["invoices"][0]["overdue"].as_bool().unwrap(),
        )
    };
    // 22:59 UTC on the 16th is 23:59 in Berlin; a minute later it is the 17th there.
    let last = "2026-03-16T22:59:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    test.app.clock.advance(last - test.now());
    test.app.tokens.refresh(&test.app.store, &test.app.vault, test.now()).await.unwrap();
    assert_eq!(overdue().await, (false, 0, 0, false));
    test.app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(overdue().await, (true, 1, 1, true));
}

#[actix_web::test]
async fn views_filters_and_pages() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    for day in 1..=5 {
        let mut body = draft(test.acme().clients[if day % 2 == 0 { "two" } else { "one" }]);
        body["issued_on"] = format!("2026-02-0{day}").into();
        body["due_on"] = format!("2026-0{}-20", if day < 3 { 2 } else { 3 }).into();
        let invoice = test.post(&owner, "/invoices", &body).await.expect(201);
        if day < 5 {
            test.post(&versioned(&owner, &invoice), &format!("{}/send", path(&invoice)), &json!({}))
                .await
                .expect(200);
        }
    }
    let list = async |query: &str| -> Vec<String> {
        let page = test.get(&owner, &format!("/invoices{query}")).await.expect(200);
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["number"].as_str().unwrap_or("draft").to_owned())
            .collect()
    };
    assert_eq!(list("").await, ["draft", "4", "3", "2", "1"]);
    assert_eq!(list("?view=draft").await, ["draft"]);
    assert_eq!(list("?view=open").await, ["4", "3", "2", "1"]);
    assert_eq!(list("?view=overdue").await, ["1", "2"], "the longest overdue first");
    assert_eq!(list("?view=paid").await, Vec::<String>::new());
    assert_eq!(list(&format!("?client_id={}", test.acme().clients["two"])).await, ["4", "2"]);
    assert_eq!(list("?from=2026-02-02&to=2026-02-03").await, ["3", "2"]);
    assert_eq!(list("?q=CLIENT%20two").await, ["4", "2"]);
    for view in ["all", "open", "overdue"] {
        let mut seen = Vec::new();
        let mut query = format!("?view={view}&limit=1");
        loop {
            let page = test.get(&owner, &format!("/invoices{query}")).await.expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            query = format!("?view={view}&limit=1&cursor={next}");
        }
        let all = test.get(&owner, &format!("/invoices?view={view}")).await.expect(200);
        let all: Vec<Value> =
            all["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
        assert_eq!(seen, all, "{view}");
    }
    assert_eq!(test.get(&owner, "/invoices?view=late").await.problem(400), "malformed_parameter");
    assert_eq!(test.get(&test.staff("technician").await, "/invoices").await.problem(403), "forbidden");
    // Folding the figures changes none of them.
    let before = test.get(&owner, "/invoices/figures").await.expect(200);
    assert_eq!(
        (&before["owed_count"], &before["overdue_count"], &before["draft_count"]),
        (&json!(4), &json!(2), &json!(1))
    );
    let mut tx = test.app.store.begin_system(store::Reason::Jobs, test.now()).await.unwrap();
    store::invoices::fold_figures(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(test.database().count("select count(*) from open_figure_change").await, 0);
    assert_eq!(test.get(&owner, "/invoices/figures").await.expect(200), before);
    test.expect_the_ledger_to_agree().await;
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
