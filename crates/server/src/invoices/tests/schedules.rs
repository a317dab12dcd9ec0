//! Payment schedules: written, frozen, due part by part, and what waits for a milestone.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use store::ledger;

use super::{kinds, path, versioned};
use crate::reminders::remind;
use crate::testing::{Asker, TestApp};

fn eur(minor: i64) -> Value {
    json!({ "amount": minor, "currency": "EUR" })
}

/// A draft of 100.00 with this schedule.
fn draft(test: &TestApp, schedule: &Value) -> Value {
    json!({
        "client_id": test.acme().clients["one"], "schedule": schedule,
        "lines": [{ "description": "Roof", "quantity": "1", "unit_price": "100.00" }],
    })
}

/// Three equal parts: at once, in April, and when the roof is on.
fn thirds() -> Value {
    json!([
        { "label": "Deposit", "part": "rest", "due": { "days_after_issue": 0 } },
        { "part": "rest", "due": { "on": "2026-04-01" } },
        { "part": "rest", "due": { "milestone": { "name": "The roof is on", "days": 14 } } },
    ])
}

async fn sent(test: &TestApp, asker: &Asker, schedule: &Value) -> Value {
    let invoice = test.post(asker, "/invoices", &draft(test, schedule)).await.expect(201);
    test.post(&versioned(asker, &invoice), &format!("{}/send", path(&invoice)), &json!({})).await.expect(200)
}

/// Amount, day, rest and state of each instalment.
fn instalments(invoice: &Value) -> Vec<(i64, String, i64, String)> {
    let of = |instalment: &Value| {
        let text = |key: &str| instalment[key].as_str().unwrap_or_default().to_owned();
        let minor = |key: &str| instalment[key]["amount"].as_i64().unwrap_or_default();
        (minor("amount"), text("due_on"), minor("left"), text("state"))
    };
    invoice["schedule"].as_array().unwrap().iter().map(of).collect()
}

fn instalment(amount: i64, due: &str, left: i64, state: &str) -> (i64, String, i64, String) {
    (amount, due.to_owned(), left, state.to_owned())
}

async fn pay(test: &TestApp, asker: &Asker, invoice: &Value, minor: i64) {
    let body = json!({ "invoice_id": invoice["id"], "amount": eur(minor), "method": "cash", "received_on": "2026-03-02" });
    test.post(asker, "/payments", &body).await.expect(201);
}

/// Lets the clock jump there; access doesn't outlive that.
async fn at(test: &TestApp, at: &str) -> Asker {
    let at: DateTime<Utc> = at.parse().unwrap();
    test.advance(at - test.now()).await;
    test.staff("owner").await
}

fn mark(instalment: u16, reached_on: Option<&str>) -> Value {
    json!({ "instalment": instalment, "reached_on": reached_on })
}

#[actix_web::test]
async fn it_is_frozen_and_paid_the_oldest_first() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner, &thirds()).await;
    assert_eq!(
        instalments(&invoice),
        [
            instalment(3334, "2026-03-02", 3334, "due"),
            instalment(3333, "2026-04-01", 3333, "upcoming"),
            instalment(3333, "", 3333, "waiting"),
        ]
    );
    assert_eq!((&invoice["due_on"], &invoice["next_payment"]), (&json!("2026-03-02"), &eur(3334)));
    assert_eq!(invoice["minimum_payment"], eur(3334));
    test.expect_the_ledger_to_agree().await;

    pay(&test, &owner, &invoice, 5000).await;
    let paid = test.get(&owner, &path(&invoice)).await.expect(200);
    assert_eq!(instalments(&paid)[0], instalment(3334, "2026-03-02", 0, "settled"));
    assert_eq!(instalments(&paid)[1], instalment(3333, "2026-04-01", 1667, "upcoming"));
    assert_eq!((&paid["due_on"], &paid["next_payment"]), (&json!("2026-04-01"), &eur(1667)));
    assert_eq!((&paid["balance"], &paid["overdue"]), (&eur(5000), &json!(false)));
    test.expect_the_ledger_to_agree().await;

    pay(&test, &owner, &invoice, 5000).await;
    let paid = test.get(&owner, &path(&invoice)).await.expect(200);
    assert_eq!((&paid["status"], &paid["due_on"]), (&json!("paid"), &json!("2026-04-01")));
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn only_what_is_due_is_late_everywhere() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let client = test.acme().clients["one"];
    sent(&test, &owner, &thirds()).await;
    let owner = at(&test, "2026-04-02T10:00:00Z").await;
    let list = test.get(&owner, "/invoices?view=overdue").await.expect(200);
    assert_eq!(list["items"][0]["overdue"], true);
    assert_eq!((&list["items"][0]["next_payment"], &list["items"][0]["balance"]), (&eur(6667), &eur(10_000)));
    assert_eq!(list["items"][0]["open_parts"].as_array().unwrap().len(), 3);
    let figures = test.get(&owner, "/invoices/figures").await.expect(200);
    assert_eq!((&figures["owed"], &figures["owed_count"]), (&json!([eur(10_000)]), &json!(1)));
    assert_eq!((&figures["overdue"], &figures["overdue_count"]), (&json!([eur(6667)]), &json!(1)));
    let standing = test.get(&owner, &format!("/clients/{client}")).await.expect(200);
    assert_eq!(standing["overdue"], json!([eur(6667)]));
    let statement = format!("/clients/{client}/statement?from=2026-03-01&to=2026-04-02");
    let statement = test.get(&owner, &statement).await.expect(200);
    // The first is 31 days late, the second one, and what waits isn't.
    let ageing = &statement["ageing"];
    assert_eq!(
        (&ageing["current"], &ageing["days_1_30"], &ageing["days_31_60"]),
        (&eur(3333), &eur(3333), &eur(3334))
    );
    let home = test.get(&test.contact("one").await, "/portal/home").await.expect(200);
    assert_eq!((&home["invoices"][0]["next_payment"], &home["invoice_count"]), (&eur(6667), &json!(1)));

    // What only waits asks for nothing: it is owed, but nobody needs to do anything.
    let invoice = list["items"][0].clone();
    pay(&test, &owner, &invoice, 6667).await;
    let home = test.get(&test.contact("one").await, "/portal/home").await.expect(200);
    assert_eq!((&home["invoices"], &home["invoice_count"]), (&json!([]), &json!(0)));
    let figures = test.get(&owner, "/invoices/figures").await.expect(200);
    assert_eq!((&figures["owed"], &figures["overdue_count"]), (&json!([eur(3333)]), &json!(0)));
    assert_eq!(test.get(&owner, "/invoices?view=overdue").await.expect(200)["items"], json!([]));
    let open = test.get(&owner, "/invoices?view=open").await.expect(200);
    assert_eq!((&open["items"][0]["due_on"], &open["items"][0]["overdue"]), (&Value::Null, &json!(false)));
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn a_schedule_that_does_not_fit_is_refused() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let at_once = json!({ "days_after_issue": 0 });
    let with_day = json!({ "due_on": "2026-04-01" });
    for (schedule, more, pointer) in [
        (json!([{ "part": { "percent": "0" }, "due": at_once }]), json!({}), "/schedule/0/part"),
        (
            json!([{ "part": { "amount": { "amount": 5, "currency": "USD" } }, "due": at_once }]),
            json!({}),
            "/schedule/0/part",
        ),
        (json!([{ "part": { "amount": eur(-5) }, "due": at_once }]), json!({}), "/schedule/0/part"),
        (json!([{ "part": "rest", "due": { "days_after_issue": 4000 } }]), json!({}), "/schedule/0/due"),
        (json!([{ "part": "rest", "due": { "on": "1066-10-14" } }]), json!({}), "/schedule/0/due"),
        (json!([{ "part": "rest", "due": at_once }]), with_day, "/due_on"),
    ] {
        let mut body = draft(&test, &schedule);
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = test.post(&owner, "/invoices", &body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (422, &json!("validation")), "{schedule}");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{schedule}");
    }
    // Whether the parts fit the whole is asked when it is issued: until then lines come and go.
    for (schedule, pointer, code) in [
        (json!([{ "part": { "percent": "30" }, "due": at_once }]), "/schedule", "too_little"),
        (json!([{ "part": { "amount": eur(20_000) }, "due": at_once }]), "/schedule", "too_much"),
        (
            json!([{ "part": { "amount": eur(10_000) }, "due": at_once }, { "part": "rest", "due": at_once }]),
            "/schedule/1/part",
            "out_of_range",
        ),
        (json!([{ "part": "rest", "due": { "on": "2026-03-01" } }]), "/schedule/0/due", "before_issue"),
    ] {
        let invoice = test.post(&owner, "/invoices", &draft(&test, &schedule)).await.expect(201);
        assert_eq!(invoice["schedule"][0]["amount"], Value::Null, "{schedule}");
        let answer =
            test.post(&versioned(&owner, &invoice), &format!("{}/send", path(&invoice)), &json!({})).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (422, &json!("validation")), "{schedule}");
        let error = &answer.body["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{schedule}");
    }
    // A schedule comes and goes with the draft.
    let invoice = test.post(&owner, "/invoices", &draft(&test, &thirds())).await.expect(201);
    assert_eq!(instalments(&invoice)[0], instalment(3334, "2026-03-02", 3334, "due"));
    let changed =
        test.put(&versioned(&owner, &invoice), &path(&invoice), &draft(&test, &json!([]))).await.expect(200);
    assert_eq!(changed["schedule"], json!([]));
    let stale = test.put(&versioned(&owner, &invoice), &path(&invoice), &draft(&test, &thirds())).await;
    assert_eq!(stale.problem(412), "version_mismatch");
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn a_reached_milestone_is_asked_for_once() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let drafted = test.post(&owner, "/invoices", &draft(&test, &thirds())).await.expect(201);
    let milestones = |invoice: &Value| format!("{}/milestones", path(invoice));
    let early =
        test.put(&versioned(&owner, &drafted), &milestones(&drafted), &mark(2, Some("2026-03-02"))).await;
    assert_eq!(early.problem(409), "conflict");
    let invoice = sent(&test, &owner, &thirds()).await;
    let (asker, path_of) = (versioned(&owner, &invoice), milestones(&invoice));
    for (body, pointer) in [
        (mark(0, Some("2026-03-02")), "/instalment"),
        (mark(3, Some("2026-03-02")), "/instalment"),
        (mark(2, Some("2026-03-03")), "/reached_on"),
        (mark(2, Some("2026-03-01")), "/reached_on"),
    ] {
        let answer = test.put(&asker, &path_of, &body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (422, &json!("validation")), "{body}");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{body}");
    }
    assert_eq!(test.put(&owner, &path_of, &mark(2, None)).await.problem(428), "precondition_required");
    let stale = owner.clone().header("If-Match", "1");
    assert_eq!(
        test.put(&stale, &path_of, &mark(2, Some("2026-03-02"))).await.problem(412),
        "version_mismatch"
    );

    let reached = test.put(&asker, &path_of, &mark(2, Some("2026-03-02"))).await.expect(200);
    assert_eq!(instalments(&reached)[2], instalment(3333, "2026-03-16", 3333, "upcoming"));
    // The same again, e.g. by somebody else: nothing new.
    test.put(&asker, &path_of, &mark(2, Some("2026-03-02"))).await.expect(200);
    test.work().await;
    let subjects = "select subject from mail where subject like '%roof%'";
    assert_eq!(test.database().texts(subjects).await, ["Invoice 1: The roof is on"]);
    let contact = test.contact("one").await;
    let feed = format!("/portal{}/activity", path(&invoice));
    assert_eq!(kinds(&test, &contact, &feed).await[0], "invoice.milestone_reached");
    // It is due before the April instalment now, and what comes pays it first.
    pay(&test, &owner, &invoice, 5000).await;
    let paid = test.get(&owner, &path(&invoice)).await.expect(200);
    let left: Vec<i64> = instalments(&paid).iter().map(|(_, _, left, _)| *left).collect();
    assert_eq!(left, [0, 3333, 1667]);
    assert_eq!((&paid["due_on"], &paid["next_payment"]), (&json!("2026-03-16"), &eur(1667)));
    test.expect_the_ledger_to_agree().await;

    let back = test.put(&versioned(&owner, &paid), &path_of, &mark(2, None)).await.expect(200);
    let left: Vec<i64> = instalments(&back).iter().map(|(_, _, left, _)| *left).collect();
    assert_eq!(left, [0, 1667, 3333]);
    assert_eq!(kinds(&test, &contact, &feed).await[0], "invoice.milestone_reopened");
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn each_instalment_is_reminded_of_by_itself() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let rules = json!({ "rules": [{ "days": 7, "tone": "friendly" }] });
    test.put(&owner, "/reminder-rules", &rules).await.expect(200);
    let invoice = sent(&test, &owner, &thirds()).await;
    test.work().await;
    let reminded = async |day: &str| {
        let owner = at(&test, day).await;
        remind::round(&test.app).await.unwrap();
        test.work().await;
        let bodies = "select body_text from mail where subject like 'Did you overlook%' order by id";
        (test.database().texts(bodies).await, owner)
    };
    let (mails, owner) = reminded("2026-03-09T12:00:00Z").await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("33.34"), "{}", mails[0]);
    pay(&test, &owner, &invoice, 3334).await;
    let (mails, owner) = reminded("2026-04-08T12:00:00Z").await;
    assert_eq!(mails.len(), 2);
    assert!(mails[1].contains("33.33"), "{}", mails[1]);
    // The rest waits: nobody is reminded of it.
    pay(&test, &owner, &invoice, 3333).await;
    assert_eq!(reminded("2026-08-08T12:00:00Z").await.0.len(), 2);
}

#[actix_web::test]
async fn what_is_kept_of_it_is_compared() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    sent(&test, &owner, &thirds()).await;
    test.expect_the_ledger_to_agree().await;
    let tamper = async |change: &str| {
        test.database().execute_as_owner("alter table invoice disable trigger invoice_schedule_update").await;
        test.database().execute(&format!("update invoice set {change}")).await;
        test.database().execute_as_owner("alter table invoice enable trigger invoice_schedule_update").await;
        let mut tx = test.worker("acme").await;
        let found = ledger::verify(&mut tx, &mut |_| {}).await.unwrap();
        found.into_iter().map(|disagreement| disagreement.what).collect::<Vec<_>>()
    };
    let found = tamper("schedule = jsonb_set(schedule, '{2,amount}', '3332')").await;
    assert_eq!(found, ["what its instalments come to", "what is left of its instalments"]);
    let found = tamper("schedule = jsonb_set(schedule, '{2,amount}', '3333'), due_on = '2027-01-01'").await;
    assert!(found.contains(&"when it is due"), "{found:?}");
}
