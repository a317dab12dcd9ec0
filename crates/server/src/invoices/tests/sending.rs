//! Issuing, mailing and withdrawing.

use domain::invoices::{DraftInvoice, InvoiceId, SendInvoice};
use domain::problem::Code;
use futures_util::future::join_all;
use serde_json::{Value, json};
use store::Reason;

use super::super::{actions, send};
use super::{draft, drafted, mailed_link, path, sent, versioned};
use crate::problem::Failure;
use crate::testing::TestApp;

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
    assert_eq!(imported["number"], "1");
    test.database().execute("update invoice set number = '40'; update number_series set next = 1").await;
    let draft: DraftInvoice = serde_json::from_value(draft(test.acme().clients["one"])).unwrap();
    let mut drafts: Vec<InvoiceId> = Vec::new();
    let mut tx = test.worker("acme").await;
    for _ in 0..100 {
        drafts.push(actions::create(&mut tx, &draft).await.unwrap().document.id);
    }
    tx.commit().await.unwrap();
    // Without HTTP in between, all hundred really stand in the same queue.
    let issue = async |id: InvoiceId, fails: bool| loop {
        let done = async {
            let request = SendInvoice::default();
            let mut tx = test.app.store.begin_worker(test.acme().id, Reason::Operator, test.now()).await?;
            let invoice = send::send(&test.app, &mut tx, id, 1, &request).await?;
            if fails {
                // Rolled back after it took a number: the number must come back.
                return Ok(None);
            }
            tx.commit().await?;
            Ok::<_, Failure>(Some(invoice.document.number.unwrap().parse::<i64>().unwrap()))
        };
        match done.await {
            // The pool is small and the wait for a connection short: a busy server says so, and one asks again.
            Err(failure) if failure.problem().code == Code::Unavailable => {}
            other => break other.unwrap(),
        }
    };
    let issues = drafts.iter().enumerate().map(|(index, id)| issue(*id, index % 5 == 0));
    let mut numbers: Vec<i64> = join_all(issues).await.into_iter().flatten().collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=81).filter(|number| *number != 40).collect::<Vec<i64>>());
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
