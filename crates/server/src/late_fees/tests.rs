use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::charge;
use crate::testing::{Asker, TestApp};

/// One percent of what is open, thirty days after it was due.
fn percent() -> Value {
    json!({ "after_days": 30, "charge": { "percent": "1" }, "delivery": "send" })
}

async fn rules(test: &TestApp, asker: &Asker, rules: Value) -> Vec<Value> {
    let kept = test.put(asker, "/late-fee-rules", &json!({ "rules": rules })).await.expect(200);
    kept["rules"].as_array().unwrap().clone()
}

/// An invoice over 1,234.56 EUR of the 2nd of March, due on the 16th: thirty days later is the 15th of April.
async fn late(test: &TestApp, asker: &Asker) -> Value {
    let draft = json!({
        "client_id": test.acme().clients["one"], "issued_on": "2026-03-02", "due_on": "2026-03-16",
        "lines": [{ "description": "Work", "quantity": "1", "unit_price": "1037.45", "taxes": [{ "name": "VAT", "rate": "19" }] }],
    });
    let draft = test.post(asker, "/invoices", &draft).await.expect(201);
    assert_eq!(draft["totals"]["gross"]["amount"], 123_457);
    let path = format!("/invoices/{}/send", draft["id"].as_str().unwrap());
    let versioned = asker.clone().header("If-Match", draft["version"].to_string());
    let sent = test.post(&versioned, &path, &json!({})).await.expect(200);
    test.work().await;
    sent
}

/// Lets the clock jump there, and two workers do what is due, twice. The owner signs in anew.
async fn look(test: &TestApp, at: &str) -> Asker {
    let at: DateTime<Utc> = at.parse().unwrap();
    test.advance(at - test.now()).await;
    let process = || async {
        charge::round(&test.app).await.unwrap();
        while crate::worker::work_once(&test.app).await.unwrap() > 0 {}
    };
    for _ in 0..2 {
        futures_util::future::join(process(), process()).await;
    }
    test.work().await;
    test.staff("owner").await
}

async fn fees(test: &TestApp, asker: &Asker, invoice: &Value) -> Vec<Value> {
    let path = format!("/invoices/{}/late-fees", invoice["id"].as_str().unwrap());
    test.get(asker, &path).await.expect(200).as_array().unwrap().clone()
}

/// Day and amount of each.
async fn charged(test: &TestApp, asker: &Asker, invoice: &Value) -> Vec<(String, Option<i64>)> {
    let fees = fees(test, asker, invoice).await;
    fees.iter()
        .map(|fee| (fee["day"].as_str().unwrap().to_owned(), fee["amount"]["amount"].as_i64()))
        .collect()
}

fn on(day: &str, amount: i64) -> (String, Option<i64>) {
    (day.to_owned(), Some(amount))
}

fn nothing_on(day: &str) -> (String, Option<i64>) {
    (day.to_owned(), None)
}

#[actix_web::test]
async fn a_fee_is_an_invoice_of_its_own_and_the_late_one_stays_as_it_was() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    assert_eq!(test.get(&owner, "/late-fee-rules").await.expect(200), json!({ "rules": [] }));
    rules(&test, &owner, json!([percent()])).await;
    let invoice = late(&test, &owner).await;
    let path = format!("/invoices/{}", invoice["id"].as_str().unwrap());
    let before = test.get(&owner, &path).await.expect(200);
    // Midnight in Berlin is 22:00Z in summer time.
    let owner = look(&test, "2026-04-14T21:59:00Z").await;
    assert_eq!(charged(&test, &owner, &invoice).await, []);
    let owner = look(&test, "2026-04-14T22:00:00Z").await;
    assert_eq!(charged(&test, &owner, &invoice).await, [on("2026-04-15", 1_235)]);
    let owner = look(&test, "2026-05-31T12:00:00Z").await;
    let all = fees(&test, &owner, &invoice).await;
    assert_eq!(all.len(), 1);

    let fee =
        test.get(&owner, &format!("/invoices/{}", all[0]["invoice_id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&fee["number"], &fee["status"]), (&all[0]["number"], &json!("sent")));
    assert_eq!((&fee["issued_on"], &fee["due_on"]), (&json!("2026-04-15"), &json!("2026-04-29")));
    assert_eq!(fee["fee_for"], json!({ "invoice_id": invoice["id"], "number": invoice["number"] }));
    let line = &fee["lines"][0];
    assert_eq!(line["description"], format!("Late fee for invoice {}", invoice["number"].as_str().unwrap()));
    assert_eq!(line["detail"], "15 April 2026: 1\u{a0}% of 1,234.57\u{a0}EUR still open");
    assert_eq!((&line["taxes"], &fee["totals"]["gross"]["amount"]), (&json!([]), &json!(1_235)));
    let after = test.get(&owner, &path).await.expect(200);
    for frozen in ["lines", "totals", "balance", "due_on", "version"] {
        assert_eq!(after[frozen], before[frozen], "{frozen}");
    }
    let subject = test.newest_mail().await["subject"].as_str().unwrap().to_owned();
    assert!(subject.starts_with(&format!("Invoice {} from ", fee["number"].as_str().unwrap())), "{subject}");
    let contact = test.contact("one").await;
    let theirs = format!("/portal/invoices/{}", fee["id"].as_str().unwrap());
    assert_eq!(test.get(&contact, &theirs).await.expect(200)["fee_for"]["number"], invoice["number"]);
    let feed = test.get(&owner, &format!("{path}/activity")).await.expect(200);
    assert_eq!(feed["items"][0]["kind"], "invoice.late_fee_charged");
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn each_period_is_charged_once_however_long_nobody_looked() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let mut each = percent();
    each["repeat"] = json!({ "every_days": 30, "at_most": 4 });
    rules(&test, &owner, json!([each])).await;
    let invoice = late(&test, &owner).await;
    let owner = look(&test, "2026-04-15T12:00:00Z").await;
    // Down for a day that matters and two besides, then for two periods; what was paid meanwhile isn't charged.
    let payment = json!({ "invoice_id": invoice["id"], "amount": { "amount": 23_457, "currency": "EUR" },
        "method": "bank_transfer", "received_on": "2026-04-15", "reference": "" });
    test.post(&owner, "/payments", &payment).await.expect(201);
    look(&test, "2026-05-13T12:00:00Z").await;
    look(&test, "2026-05-16T12:00:00Z").await;
    let owner = look(&test, "2026-12-24T12:00:00Z").await;
    assert_eq!(
        charged(&test, &owner, &invoice).await,
        [on("2026-04-15", 1_235), on("2026-05-15", 1_000), on("2026-06-14", 1_000), on("2026-07-14", 1_000)]
    );
    // One invoice for what one run charged, with a line for each day, of the day it was made. A fee bears no fee.
    let heads = "select concat_ws(' ', issued_on, total_minor, (select count(*) from invoice_line l where l.invoice_id = i.id))
      from invoice i order by issued_on, number";
    assert_eq!(
        test.database().texts(heads).await,
        ["2026-03-02 123457 1", "2026-04-15 1235 1", "2026-05-16 1000 1", "2026-12-24 2000 2"]
    );
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn an_amount_is_charged_once_and_waits_as_a_draft() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let fixed = |currency: &str| json!({ "after_days": 30, "charge": { "amount": { "amount": 4000, "currency": currency } }, "delivery": "draft" });
    rules(&test, &owner, json!([fixed("EUR"), fixed("JPY")])).await;
    let invoice = late(&test, &owner).await;
    let owner = look(&test, "2026-06-01T12:00:00Z").await;
    let all = fees(&test, &owner, &invoice).await;
    assert_eq!(charged(&test, &owner, &invoice).await, [on("2026-04-15", 4_000)]);
    assert_eq!(all[0]["number"], Value::Null);
    let draft = format!("/invoices/{}", all[0]["invoice_id"].as_str().unwrap());
    assert_eq!(test.get(&owner, &draft).await.expect(200)["status"], "draft");
    // The client knows nothing of it yet, and what was thrown away doesn't come again.
    let contact = test.contact("one").await;
    assert_eq!(test.get(&contact, &format!("/portal{draft}")).await.status, 404);
    test.delete(&owner, &draft).await.expect(204);
    let owner = look(&test, "2026-07-01T12:00:00Z").await;
    assert_eq!(fees(&test, &owner, &invoice).await[0]["invoice_id"], Value::Null);
    assert_eq!(test.database().count("select count(*) from invoice").await, 1);
}

#[actix_web::test]
async fn nothing_is_charged_of_what_is_paid_void_disputed_or_paused() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let mut each = percent();
    each["repeat"] = json!({ "every_days": 10, "at_most": 3 });
    rules(&test, &owner, json!([each])).await;
    let (paid, void, disputed) =
        (late(&test, &owner).await, late(&test, &owner).await, late(&test, &owner).await);
    let (paused, promised) = (late(&test, &owner).await, late(&test, &owner).await);
    let payment = json!({ "invoice_id": paid["id"], "amount": { "amount": 123_457, "currency": "EUR" },
        "method": "bank_transfer", "received_on": "2026-03-02", "reference": "" });
    test.post(&owner, "/payments", &payment).await.expect(201);
    let withdrawn = owner.clone().header("If-Match", void["version"].to_string());
    let reason = json!({ "reason": "wrong" });
    test.post(&withdrawn, &format!("/invoices/{}/void", void["id"].as_str().unwrap()), &reason)
        .await
        .expect(200);
    let contested = format!(
        "update invoice set disputed = true where number = '{}'",
        disputed["number"].as_str().unwrap()
    );
    test.database().execute(&contested).await;
    let reminders = |invoice: &Value| format!("/invoices/{}/reminders", invoice["id"].as_str().unwrap());
    test.put(&owner, &reminders(&paused), &json!({ "paused": true })).await.expect(200);
    test.put(&owner, &reminders(&promised), &json!({ "promised_on": "2026-04-26" })).await.expect(200);

    let owner = look(&test, "2026-04-26T12:00:00Z").await;
    for invoice in [&paid, &void, &promised] {
        assert_eq!(charged(&test, &owner, invoice).await, [], "{}", invoice["number"]);
    }
    // What a pause or a dispute covers is never charged, also once it is over.
    let covered = [nothing_on("2026-04-15"), nothing_on("2026-04-25")];
    assert_eq!(charged(&test, &owner, &disputed).await, covered);
    assert_eq!(charged(&test, &owner, &paused).await, covered);
    test.database().execute("update invoice set disputed = false").await;
    test.put(&owner, &reminders(&paused), &json!({ "paused": false })).await.expect(200);
    // A promise that was broken saved nothing.
    let owner = look(&test, "2026-04-27T12:00:00Z").await;
    assert_eq!(charged(&test, &owner, &promised).await, [on("2026-04-15", 1_235), on("2026-04-25", 1_235)]);
    let client = format!("/clients/{}/reminders", test.acme().clients["one"]);
    test.put(&owner, &client, &json!({ "paused": true })).await.expect(200);
    let owner = look(&test, "2026-05-06T12:00:00Z").await;
    for invoice in [&disputed, &paused, &promised] {
        assert_eq!(charged(&test, &owner, invoice).await[2], nothing_on("2026-05-05"));
    }
    assert_eq!(charged(&test, &owner, &paid).await, []);
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn a_rule_counts_from_its_day_and_charges_nothing_twice_when_it_is_changed() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = late(&test, &owner).await;
    // It was late by more than the rule asks for before there was one.
    let owner_later = look(&test, "2026-04-20T12:00:00Z").await;
    rules(&test, &owner_later, json!([percent()])).await;
    let owner = look(&test, "2026-04-21T12:00:00Z").await;
    assert_eq!(charged(&test, &owner, &invoice).await, []);

    let mut rule =
        rules(&test, &owner, json!([{ "after_days": 40, "charge": { "percent": "1" }, "delivery": "send" }]))
            .await
            .remove(0);
    let owner = look(&test, "2026-04-25T12:00:00Z").await;
    assert_eq!(charged(&test, &owner, &invoice).await, [on("2026-04-25", 1_235)]);
    // The same rule, dearer, later and more often: the first time is over.
    rule["after_days"] = json!(50);
    rule["charge"] = json!({ "percent": "2" });
    rule["repeat"] = json!({ "every_days": 10, "at_most": 2 });
    let kept = rules(&test, &owner, json!([rule])).await;
    assert_eq!(kept, [rule]);
    let owner = look(&test, "2026-06-30T12:00:00Z").await;
    assert_eq!(charged(&test, &owner, &invoice).await, [on("2026-04-25", 1_235), on("2026-05-15", 2_469)]);
    assert!(rules(&test, &owner, json!([])).await.is_empty());
    assert_eq!(fees(&test, &owner, &invoice).await.len(), 2);
}

#[actix_web::test]
async fn wrong_rules_are_refused_by_field() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let refused = async |change: fn(&mut Value)| {
        let mut rule = percent();
        change(&mut rule);
        let problem = test.put(&owner, "/late-fee-rules", &json!({ "rules": [rule] })).await.expect(422);
        problem["errors"][0]["pointer"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused(|rule| rule["after_days"] = json!(0)).await, "/rules/0/after_days");
    assert_eq!(refused(|rule| rule["charge"] = json!({ "percent": "0" })).await, "/rules/0");
    assert_eq!(refused(|rule| rule["charge"] = json!({ "percent": "101" })).await, "/rules/0/charge/percent");
    assert_eq!(
        refused(|rule| rule["repeat"] = json!({ "every_days": 10, "at_most": 1 })).await,
        "/rules/0/repeat/at_most"
    );
    assert_eq!(refused(|rule| rule["id"] = json!("lfr_01h455vb4pex5vsknk084sn02q")).await, "/rules/0/id");
    let five = json!({ "rules": vec![percent(); 5] });
    assert_eq!(
        test.put(&owner, "/late-fee-rules", &five).await.expect(422)["errors"][0]["pointer"],
        "/rules"
    );
    let advisor = test.staff("advisor").await;
    assert_eq!(
        test.put(&advisor, "/late-fee-rules", &json!({ "rules": [] })).await.problem(403),
        "forbidden"
    );
    let unknown = "/invoices/inv_01h455vb4pex5vsknk084sn02q/late-fees";
    assert_eq!(test.get(&owner, unknown).await.status, 404);
}
