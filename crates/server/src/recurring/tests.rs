use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::bill;
use crate::testing::{Asker, TestApp};

fn hosting(test: &TestApp, starts_on: &str) -> Value {
    json!({
        "name": "Hosting",
        "client_id": test.acme().clients["one"],
        "schedule": { "rhythm": { "every": 1, "unit": "month" }, "starts_on": starts_on },
        "note": "For {period}",
        "lines": [{ "description": "Hosting", "detail": "{period}", "quantity": "1", "unit_price": "31.00",
            "taxes": [{ "name": "VAT", "rate": "19" }] }],
    })
}

async fn begun(test: &TestApp, asker: &Asker, body: &Value) -> (String, Value) {
    let made = test.post(asker, "/recurring-invoices", body).await.expect(201);
    (format!("/recurring-invoices/{}", made["id"].as_str().unwrap()), made)
}

/// Lets the scheduler look, as it does every minute, and does what it asks for.
async fn look(test: &TestApp) {
    bill::round(&test.app).await.unwrap();
    test.work().await;
}

async fn until(test: &TestApp, day: &str) {
    let day: NaiveDate = day.parse().unwrap();
    let noon = day.and_hms_opt(12, 0, 0).unwrap().and_utc();
    test.advance(noon - test.now()).await;
}

/// First days of the periods that were billed. Whoever asks signs in anew: access doesn't outlive the clock's jumps.
async fn days(test: &TestApp, path: &str) -> Vec<String> {
    let asker = &test.staff("owner").await;
    let periods = test.get(asker, &format!("{path}/periods")).await.expect(200);
    let days = periods["items"].as_array().unwrap().iter().map(|it| it["from"].as_str().unwrap().to_owned());
    days.rev().collect()
}

#[actix_web::test]
async fn a_year_is_billed_month_by_month() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let (path, made) = begun(&test, &owner, &hosting(&test, "2026-03-31")).await;
    let upcoming =
        json!(["2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31"]);
    assert_eq!(made["upcoming"], upcoming);
    for _ in 0..365 {
        test.advance(TimeDelta::days(1)).await;
        look(&test).await;
        look(&test).await;
    }
    assert_eq!(
        days(&test, &path).await,
        [
            "2026-03-31",
            "2026-04-30",
            "2026-05-31",
            "2026-06-30",
            "2026-07-31",
            "2026-08-31",
            "2026-09-30",
            "2026-10-31",
            "2026-11-30",
            "2026-12-31",
            "2027-01-31",
            "2027-02-28",
        ]
    );
    let owner = test.staff("owner").await;
    let invoices = test.get(&owner, "/invoices?limit=100").await.expect(200);
    let invoices = invoices["items"].as_array().unwrap();
    assert_eq!(invoices.len(), 12);
    assert_eq!(
        (&invoices[0]["issued_on"], &invoices[11]["issued_on"]),
        (&json!("2027-02-28"), &json!("2026-03-31"))
    );
    let first =
        test.get(&owner, &format!("/invoices/{}", invoices[11]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(first["note"], "For 31 March 2026 \u{2013} 29 April 2026");
    assert_eq!(first["totals"]["gross"]["amount"], 3689);
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn days_that_were_missed_come_in_order_and_once_from_two_workers() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let body = json!({ "rhythm": { "every": 1, "unit": "week" }, "starts_on": "2026-03-02" });
    let mut weekly = hosting(&test, "2026-03-02");
    weekly["schedule"] = body;
    let (path, _) = begun(&test, &owner, &weekly).await;
    until(&test, "2026-03-24").await;
    let looks = (0..4).map(|_| async {
        bill::round(&test.app).await.unwrap();
        crate::worker::work_once(&test.app).await.unwrap();
    });
    futures_util::future::join_all(looks).await;
    look(&test).await;
    assert_eq!(days(&test, &path).await, ["2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23"]);
    let numbers = test.database().texts("select number from invoice order by issued_on").await;
    assert!(numbers.is_sorted() && numbers.len() == 4, "{numbers:?}");
}

#[actix_web::test]
async fn month_ends_survive_three_days_down_and_two_processes() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let mut body = hosting(&test, "2026-03-31");
    body["terms_days"] = json!(10);
    let (path, _) = begun(&test, &owner, &body).await;
    // Each process looks and works by itself, at the same time; around February's end none does for three days.
    let process = || async {
        bill::round(&test.app).await.unwrap();
        while crate::worker::work_once(&test.app).await.unwrap() > 0 {}
    };
    for day in
        ["2026-03-31", "2026-04-30", "2026-05-31", "2026-12-31", "2027-01-31", "2027-02-26", "2027-03-01"]
    {
        until(&test, day).await;
        futures_util::future::join(process(), process()).await;
    }
    assert_eq!(days(&test, &path).await[10..], ["2027-01-31", "2027-02-28"]);
    until(&test, "2027-03-31").await;
    futures_util::future::join(process(), process()).await;
    let days = days(&test, &path).await;
    assert_eq!(days.len(), 13);
    assert_eq!(days[10..], ["2027-01-31", "2027-02-28", "2027-03-31"]);
    // Rightly dated, though it was made a day late, and told once.
    let dates = "select concat_ws(' ', issued_on, due_on, (created_at at time zone 'UTC')::date) from invoice order by issued_on";
    assert_eq!(test.database().texts(dates).await[11], "2027-02-28 2027-03-10 2027-03-01");
    let mails = "select count(*) from mail where subject like 'Invoice % from %'";
    let addressees = "select count(*) from contact where client_id = (select client_id from recurring_invoice) and portal_access";
    let addressees = test.database().count(addressees).await;
    assert_eq!(test.database().count(mails).await, 13 * addressees);
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn an_invoice_says_what_it_comes_from_to_staff_and_client() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let (path, made) = begun(&test, &owner, &hosting(&test, "2026-03-02")).await;
    look(&test).await;
    let periods = test.get(&owner, &format!("{path}/periods")).await.expect(200);
    let period = &periods["items"][0];
    assert_eq!(
        (&period["status"], &period["overdue"], &period["total"]["amount"], &period["due_on"]),
        (&json!("sent"), &json!(false), &json!(3689), &json!("2026-03-16"))
    );
    let invoice = period["invoice_id"].as_str().unwrap();
    let origin = json!({ "recurring_invoice_id": made["id"], "from": "2026-03-02", "to": "2026-04-01" });
    let seen = test.get(&owner, &format!("/invoices/{invoice}")).await.expect(200);
    assert_eq!(seen["recurring"], origin);
    let contact = test.contact("one").await;
    let theirs = test.get(&contact, &format!("/portal/invoices/{invoice}")).await.expect(200);
    assert_eq!((&theirs["recurring"], &theirs["fee_for"]), (&origin, &Value::Null));
    let feed = test.get(&owner, &format!("{path}/activity")).await.expect(200);
    let kinds: Vec<_> = feed["items"].as_array().unwrap().iter().map(|item| item["kind"].clone()).collect();
    assert_eq!(kinds, ["recurring_invoice.billed", "recurring_invoice.created"]);

    until(&test, "2026-03-20").await;
    let owner = test.staff("owner").await;
    let periods = test.get(&owner, &format!("{path}/periods")).await.expect(200);
    assert_eq!(periods["items"][0]["overdue"], true);
}

#[actix_web::test]
async fn parts_of_a_month_are_billed_by_the_day() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let mut body = hosting(&test, "2026-03-15");
    body["schedule"]["anchor_on"] = json!("2026-04-01");
    body["schedule"]["ends_on"] = json!("2026-04-10");
    body["delivery"] = json!("draft");
    let (path, _) = begun(&test, &owner, &body).await;
    until(&test, "2026-06-01").await;
    look(&test).await;
    let owner = test.staff("owner").await;
    let ended = test.get(&owner, &path).await.expect(200);
    assert_eq!((&ended["state"], &ended["upcoming"]), (&json!("ended"), &json!([])));
    let prices = test
        .database()
        .texts("select unit_price::text || ' ' || detail from invoice_line order by unit_price")
        .await;
    assert_eq!(
        prices,
        [
            "10.333333 1 April 2026 \u{2013} 10 April 2026\n10 of 30 days",
            "17 15 March 2026 \u{2013} 31 March 2026\n17 of 31 days"
        ]
    );
    assert_eq!(test.database().count("select count(*) from invoice where status = 'draft'").await, 2);
}

#[actix_web::test]
async fn a_pause_is_never_billed_and_the_end_is_the_end() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let (path, made) = begun(&test, &owner, &hosting(&test, "2026-03-10")).await;
    let step = async |step: &str| {
        let owner = test.staff("owner").await;
        test.post(&owner, &format!("{path}/{step}"), &()).await
    };
    step("pause").await.expect(200);
    until(&test, "2026-05-20").await;
    look(&test).await;
    assert_eq!(days(&test, &path).await, [""; 0]);
    let resumed = step("resume").await.expect(200);
    assert_eq!(resumed["upcoming"][0], "2026-06-10");
    until(&test, "2026-06-10").await;
    look(&test).await;
    assert_eq!(days(&test, &path).await, ["2026-06-10"]);

    let owner = test.staff("owner").await;
    let now = test.get(&owner, &path).await.expect(200);
    let versioned = |version: &Value| owner.clone().header("If-Match", version.to_string());
    assert_eq!(
        test.put(&versioned(&made["version"]), &path, &hosting(&test, "2026-03-10")).await.problem(412),
        "version_mismatch"
    );
    let moved = test.put(&versioned(&now["version"]), &path, &hosting(&test, "2026-03-11")).await.expect(422);
    assert_eq!(
        (&moved["errors"][0]["pointer"], &moved["errors"][0]["code"]),
        (&json!("/schedule"), &json!("already_billed"))
    );
    let mut shorter = hosting(&test, "2026-03-10");
    shorter["schedule"]["ends_on"] = json!("2026-07-08");
    let refused = test.put(&versioned(&now["version"]), &path, &shorter).await.expect(422);
    assert_eq!(refused["errors"][0]["pointer"], "/schedule/ends_on");
    shorter["schedule"]["ends_on"] = json!("2026-07-09");
    assert_eq!(test.put(&versioned(&now["version"]), &path, &shorter).await.expect(200)["state"], "ended");
    assert_eq!(step("resume").await.problem(409), "conflict");
    step("end").await.expect(200);
}

#[actix_web::test]
async fn what_can_t_be_billed_stops_and_says_why() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let (path, _) = begun(&test, &owner, &hosting(&test, "2026-03-10")).await;
    let client = format!("/clients/{}", test.acme().clients["one"]);
    test.post(&owner, &format!("{client}/archive"), &()).await;
    until(&test, "2026-03-10").await;
    look(&test).await;
    let owner = test.staff("owner").await;
    let stopped = test.get(&owner, &path).await.expect(200);
    assert_eq!(stopped["state"], "paused");
    assert_eq!(stopped["attention"], "client_id: must not be archived: restore the client first");
    let feed = test.get(&owner, "/activity").await.expect(200);
    assert_eq!(feed["items"][0]["kind"], "recurring_invoice.paused");
    assert_eq!(test.database().count("select count(*) from job where state = 'dead'").await, 0);
    assert_eq!(
        test.post(&owner, &format!("{path}/resume"), &()).await.expect(422)["errors"][0]["pointer"],
        "/client_id"
    );
}

#[actix_web::test]
async fn wrong_ones_are_refused_by_field() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let refused = async |change: fn(&mut Value)| {
        let mut body = hosting(&test, "2026-03-10");
        change(&mut body);
        let problem = test.post(&owner, "/recurring-invoices", &body).await.expect(422);
        problem["errors"][0]["pointer"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused(|body| body["lines"] = json!([])).await, "/lines");
    assert_eq!(
        refused(|body| body["schedule"]["rhythm"]["every"] = json!(0)).await,
        "/schedule/rhythm/every"
    );
    assert_eq!(refused(|body| body["schedule"]["ends_on"] = json!("2026-03-09")).await, "/schedule");
    assert_eq!(refused(|body| body["lines"][0]["quantity"] = json!("-1")).await, "/lines");
    assert_eq!(
        refused(|body| body["client_id"] = json!("cli_01h455vb4pex5vsknk084sn02q")).await,
        "/client_id"
    );
    let advisor = test.staff("technician").await;
    assert_eq!(
        test.post(&advisor, "/recurring-invoices", &hosting(&test, "2026-03-10")).await.problem(403),
        "forbidden"
    );
}
