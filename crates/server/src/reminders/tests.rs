use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::remind;
use crate::testing::{Asker, TestApp};

/// The ladder of most tests: three days before, a week and three weeks after.
async fn ladder(test: &TestApp, asker: &Asker) {
    let rules = json!({ "rules": [
        { "days": 21, "tone": "final" },
        { "days": -3, "tone": "upcoming" },
        { "days": 7, "tone": "friendly", "message": "We miss you." },
    ] });
    let kept = test.put(asker, "/reminder-rules", &rules).await.expect(200);
    assert_eq!(kept["rules"][0]["days"], -3);
}

/// An invoice of the 2nd of March, due on the 16th.
async fn sent(test: &TestApp, asker: &Asker) -> Value {
    let draft = json!({
        "client_id": test.acme().clients["one"], "issued_on": "2026-03-02", "due_on": "2026-03-16",
        "lines": [{ "description": "Work", "quantity": "1", "unit_price": "100" }],
    });
    let draft = test.post(asker, "/invoices", &draft).await.expect(201);
    let path = format!("/invoices/{}/send", draft["id"].as_str().unwrap());
    let versioned = asker.clone().header("If-Match", draft["version"].to_string());
    let sent = test.post(&versioned, &path, &json!({})).await.expect(200);
    test.work().await;
    sent
}

fn path(invoice: &Value) -> String {
    format!("/invoices/{}/reminders", invoice["id"].as_str().unwrap())
}

/// Lets the clock jump there, and the worker do what is due. Access doesn't outlive that: the owner signs in anew.
async fn look(test: &TestApp, at: &str) -> Asker {
    let at: DateTime<Utc> = at.parse().unwrap();
    test.advance(at - test.now()).await;
    remind::round(&test.app).await.unwrap();
    test.work().await;
    test.staff("owner").await
}

/// Subjects of the mails that remind.
async fn mails(test: &TestApp) -> Vec<String> {
    let subjects = "select subject from mail where subject not like 'Invoice % from %' and subject not like 'Receipt%' order by id";
    test.database().texts(subjects).await
}

#[actix_web::test]
async fn each_step_is_mailed_once_at_nine_in_the_client_s_zone() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    ladder(&test, &owner).await;
    let invoice = sent(&test, &owner).await;
    let number = invoice["number"].as_str().unwrap().to_owned();
    let before = test.get(&owner, &path(&invoice)).await.expect(200);
    assert_eq!(before["next_on"], "2026-03-13");
    assert_eq!(
        before["upcoming"],
        json!([
            { "on": "2026-03-13", "days": -3, "tone": "upcoming" },
            { "on": "2026-03-23", "days": 7, "tone": "friendly" },
            { "on": "2026-04-06", "days": 21, "tone": "final" },
        ])
    );
    // Berlin: 09:00 is 08:00Z in winter time.
    look(&test, "2026-03-13T07:59:59Z").await;
    assert_eq!(mails(&test).await, [""; 0]);
    look(&test, "2026-03-13T08:00:00Z").await;
    let owner = look(&test, "2026-03-13T08:01:00Z").await;
    assert_eq!(mails(&test).await, [format!("Invoice {number} is due on 16 March 2026")]);

    let client = format!("/clients/{}/reminders", test.acme().clients["one"]);
    let zone = json!({ "paused": false, "time_zone": "America/New_York" });
    test.put(&owner, &client, &zone).await.expect(200);
    // New York has summer time by then: 13:00Z.
    look(&test, "2026-03-23T12:59:00Z").await;
    assert_eq!(mails(&test).await.len(), 1);
    let owner = look(&test, "2026-03-23T13:00:00Z").await;
    assert_eq!(mails(&test).await[1], format!("Did you overlook invoice {number}?"));
    let mail = test.newest_mail().await;
    assert!(mail["text"].as_str().unwrap().contains("We miss you."), "{mail}");
    let opened =
        Asker::stranger().header("Portico-Guest", test.newest_link().await.rsplit('/').next().unwrap());
    assert_eq!(test.get(&opened, "/portal/guest").await.expect(200)["invoice_id"], invoice["id"]);
    let past = test.get(&owner, &path(&invoice)).await.expect(200);
    assert_eq!((past["past"].as_array().unwrap().len(), &past["next_on"]), (2, &json!("2026-04-06")));
}

#[actix_web::test]
async fn what_was_missed_is_caught_up_with_one_mail() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    ladder(&test, &owner).await;
    let invoice = sent(&test, &owner).await;
    look(&test, "2026-04-20T12:00:00Z").await;
    look(&test, "2026-04-21T12:00:00Z").await;
    assert_eq!(
        mails(&test).await,
        [format!("Last reminder of invoice {}", invoice["number"].as_str().unwrap())]
    );
    let owner = test.staff("owner").await;
    let reminders = test.get(&owner, &path(&invoice)).await.expect(200);
    let mailed: Vec<_> =
        reminders["past"].as_array().unwrap().iter().map(|it| it["mailed"].clone()).collect();
    assert_eq!(
        (mailed, &reminders["next_on"]),
        (vec![json!(false), json!(false), json!(true)], &Value::Null)
    );
}

#[actix_web::test]
async fn a_new_step_leaves_the_past_alone() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    sent(&test, &owner).await;
    let owner = look(&test, "2026-04-20T12:00:00Z").await;
    ladder(&test, &owner).await;
    look(&test, "2026-04-21T12:00:00Z").await;
    assert_eq!(mails(&test).await, [""; 0]);
}

#[actix_web::test]
async fn nobody_is_reminded_of_what_is_paid_void_paused_or_promised() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    ladder(&test, &owner).await;
    let (paid, void, paused, promised) = (
        sent(&test, &owner).await,
        sent(&test, &owner).await,
        sent(&test, &owner).await,
        sent(&test, &owner).await,
    );
    let payment = json!({ "invoice_id": paid["id"], "amount": { "amount": 10000, "currency": "EUR" },
        "method": "bank_transfer", "received_on": "2026-03-02", "reference": "" });
    test.post(&owner, "/payments", &payment).await.expect(201);
    let withdrawn = owner.clone().header("If-Match", void["version"].to_string());
    test.post(
        &withdrawn,
        &format!("/invoices/{}/void", void["id"].as_str().unwrap()),
        &json!({ "reason": "wrong" }),
    )
    .await
    .expect(200);
    test.put(&owner, &path(&paused), &json!({ "paused": true })).await.expect(200);
    let kept = test.put(&owner, &path(&promised), &json!({ "promised_on": "2026-03-25" })).await.expect(200);
    // What the promise puts off to one day is one mail.
    assert_eq!(kept["next_on"], "2026-03-26");
    assert_eq!(
        kept["upcoming"],
        json!([
            { "on": "2026-03-26", "days": 7, "tone": "friendly" },
            { "on": "2026-04-06", "days": 21, "tone": "final" },
        ])
    );
    look(&test, "2026-03-25T12:00:00Z").await;
    assert_eq!(mails(&test).await, [""; 0]);
    let owner = look(&test, "2026-03-26T08:00:00Z").await;
    assert_eq!(
        mails(&test).await,
        [format!("Did you overlook invoice {}?", promised["number"].as_str().unwrap())]
    );

    let client = format!("/clients/{}/reminders", test.acme().clients["one"]);
    test.put(&owner, &client, &json!({ "paused": true })).await.expect(200);
    test.put(&owner, &path(&paused), &json!({ "paused": false })).await.expect(200);
    let owner = look(&test, "2026-04-30T12:00:00Z").await;
    assert_eq!(mails(&test).await.len(), 1);
    assert_eq!(
        test.put(&owner, &path(&paused), &json!({ "promised_on": "2026-04-29" })).await.expect(422)["errors"]
            [0]["code"],
        "in_past"
    );
}
