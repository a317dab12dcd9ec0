use chrono::TimeDelta;
use integrations::payment::stripe::fake::{Outage, Saves};
use serde_json::json;

use super::*;
use crate::automatic_charges;
use crate::recurring::bill;

/// Lets the worker look after everything, as it does every minute.
async fn look(till: &Till) {
    bill::round(&till.test.app).await.unwrap();
    till.test.work().await;
    automatic_charges::round(&till.test.app).await.unwrap();
    till.test.work().await;
}

impl Till {
    /// A monthly invoice of 120.00 EUR from 10 March on; its path.
    async fn hosting(&self) -> String {
        let owner = self.test.staff("owner").await;
        let body = json!({
            "name": "Hosting", "client_id": self.test.acme().clients["one"], "terms_days": 14,
            "schedule": { "rhythm": { "every": 1, "unit": "month" }, "starts_on": "2026-03-10" },
            "lines": [{ "description": "Hosting", "quantity": "1", "unit_price": "120" }],
        });
        let made = self.test.post(&owner, "/recurring-invoices", &body).await.expect(201);
        format!("/recurring-invoices/{}", text(&made["id"]))
    }

    /// Lets it be charged.
    async fn charge(&self, path: &str, body: &Value) -> Answer {
        let owner = self.test.staff("owner").await;
        let path = format!("{path}/automatic-charge");
        let now = self.test.get(&owner, &path).await.expect(200);
        let owner = owner.header("If-Match", now["version"].to_string());
        self.test.put(&owner, &path, body).await
    }

    /// The same, charged when it is issued.
    async fn charged_hosting(&self) -> String {
        let path = self.hosting().await;
        self.charge(&path, &json!({ "enabled": true })).await.expect(200);
        path
    }

    async fn until(&mut self, instant: &str) {
        let instant: chrono::DateTime<chrono::Utc> = instant.parse().unwrap();
        self.pass(instant - self.test.now()).await;
        look(self).await;
    }

    /// How the charge stands: state, tries, day of the next.
    async fn charge_state(&self) -> String {
        self.ask("select concat_ws(' ', state, tries, next_at::date) from automatic_charge order by invoice_id limit 1")
            .await
    }

    async fn first_invoice(&self) -> String {
        self.ask("select concat_ws(' ', number, status, paid_minor) from invoice order by number limit 1")
            .await
    }

    /// Subjects of mails that ask for another method.
    async fn asked_for(&self) -> i64 {
        self.count("mail where subject like '%could not be charged'").await
    }
}

#[actix_web::test]
async fn an_invoice_is_charged_when_it_is_issued() {
    let mut till = Till::stripe().await;
    till.save(Saves::Card).await;
    let path = till.charged_hosting().await;
    let owner = till.test.staff("owner").await;
    let set = till.test.get(&owner, &format!("{path}/automatic-charge")).await.expect(200);
    assert_eq!((&set["enabled"], &set["method"]["label"]), (&json!(true), &json!("Visa ···· 4242")));
    till.until("2026-03-10T12:00:00Z").await;
    assert_eq!(till.first_invoice().await, "R-1 paid 12000");
    assert_eq!(till.charge_state().await, "succeeded 1");
    let [payment] = till.stripe.payments().try_into().unwrap();
    let sent =
        till.stripe.requests().into_iter().find(|sent| sent.line == "POST /v1/payment_intents").unwrap();
    let attempt = till
        .ask("select 'att' from payment_attempt where state = 'succeeded' and saved_method_id is not null")
        .await;
    assert_eq!(attempt, "att");
    assert_eq!(sent.idempotency_key, Some(sent.form["metadata[attempt]"].clone()));
    assert_eq!((sent.form["amount"].as_str(), sent.form["off_session"].as_str()), ("12000", "true"));
    assert_eq!(sent.form["description"], "Invoice R-1");
    // Stripe's own events, late and in any order, change nothing.
    let mut events = till.stripe.charge_events(&payment);
    events.reverse();
    till.tell(&events).await;
    look(&till).await;
    assert_eq!((till.count("payment").await, till.count("payment_attempt").await), (1, 1));
    assert_eq!(till.count("mail where subject like 'Receipt%'").await, 1);
    assert_eq!(till.count("inbound_event where state <> 'processed'").await, 0);
    assert_eq!(till.events("payment.received").await, 1);
    till.check_books().await;
}

#[actix_web::test]
async fn instalments_are_charged_when_they_are_due() {
    let mut till = Till::stripe().await;
    till.save(Saves::Card).await;
    let owner = till.test.staff("owner").await;
    let client = &till.test.acme().clients["one"].clone();
    let lines = json!([{ "description": "Hosting", "quantity": "1", "unit_price": "120" }]);
    let recurring = json!({
        "name": "Hosting", "client_id": client, "delivery": "draft", "lines": lines,
        "schedule": { "rhythm": { "every": 1, "unit": "year" }, "starts_on": "2026-03-01" },
    });
    let made = till.test.post(&owner, "/recurring-invoices", &recurring).await.expect(201);
    let path = format!("/recurring-invoices/{}", text(&made["id"]));
    till.charge(&path, &json!({ "enabled": true })).await.expect(200);
    look(&till).await;
    let draft = till.test.get(&owner, "/invoices?view=draft").await.expect(200)["items"][0].clone();
    let invoice = format!("/invoices/{}", text(&draft["id"]));
    let thirds = json!({
        "client_id": client, "lines": lines,
        "schedule": [
            { "part": "rest", "due": { "on": "2026-03-05" } },
            { "part": "rest", "due": { "on": "2026-03-07" } },
            { "part": "rest", "due": { "on": "2026-03-09" } },
        ],
    });
    let editor = owner.clone().header("If-Match", "\"1\"");
    till.test.put(&editor, &invoice, &thirds).await.expect(200);
    let editor = owner.clone().header("If-Match", "\"2\"");
    till.test.post(&editor, &format!("{invoice}/send"), &json!({ "contact_ids": [] })).await.expect(200);
    look(&till).await;
    // It counts from the issue; what isn't due is left alone all the same.
    assert_eq!(till.charge_state().await, "waiting 0 2026-03-05");
    // The first is paid by hand before its day, which passes without a charge.
    let by_hand = json!({
        "invoice_id": draft["id"], "amount": { "amount": 4000, "currency": "EUR" }, "method": "bank_transfer",
        "received_on": "2026-03-01",
    });
    till.test.post(&owner, "/payments", &by_hand).await.expect(201);
    till.until("2026-03-05T12:00:00Z").await;
    assert_eq!(till.first_invoice().await, "R-1 partially_paid 4000");
    assert_eq!(till.charge_state().await, "waiting 0 2026-03-07");
    till.until("2026-03-07T12:00:00Z").await;
    assert_eq!(till.first_invoice().await, "R-1 partially_paid 8000");
    assert_eq!(till.charge_state().await, "waiting 0 2026-03-09");
    till.until("2026-03-09T12:00:00Z").await;
    assert_eq!(till.first_invoice().await, "R-1 paid 12000");
    assert_eq!(till.charge_state().await, "succeeded 1");
    assert_eq!(till.stripe.payments().len(), 2);
    till.check_books().await;
}

#[actix_web::test]
async fn many_workers_charge_once() {
    let mut till = Till::stripe().await;
    till.save(Saves::Card).await;
    till.charged_hosting().await;
    till.pass(TimeDelta::days(8)).await;
    bill::round(&till.test.app).await.unwrap();
    let workers = (0..6).map(|_| async {
        automatic_charges::round(&till.test.app).await.unwrap();
        crate::worker::work_once(&till.test.app).await.unwrap();
        automatic_charges::round(&till.test.app).await.unwrap();
        crate::worker::work_once(&till.test.app).await.unwrap();
    });
    futures_util::future::join_all(workers).await;
    look(&till).await;
    assert_eq!(till.first_invoice().await, "R-1 paid 12000");
    assert_eq!((till.stripe.payments().len(), till.count("payment").await), (1, 1));
    assert_eq!(till.count("mail where subject like 'Receipt%'").await, 1);
    till.check_books().await;
}

#[actix_web::test]
async fn a_worker_that_dies_charges_once() {
    let mut till = Till::stripe().await;
    till.save(Saves::Card).await;
    till.charged_hosting().await;
    // Whatever Stripe says is lost: the worker can't tell this from having died.
    till.pass(TimeDelta::days(8)).await;
    bill::round(&till.test.app).await.unwrap();
    crate::worker::work_once(&till.test.app).await.unwrap();
    till.stripe.fail_next([Outage::AnswerLost, Outage::AnswerLost, Outage::AnswerLost]);
    crate::worker::work_once(&till.test.app).await.unwrap();
    assert_eq!(till.charge_state().await, "trying 1");
    assert_eq!(till.ask("select state from payment_attempt").await, "open");
    assert_eq!(till.stripe.payments().len(), 1, "Stripe did it");
    // Two days later its keys are forgotten: asking again would charge again, so it is looked for.
    till.stripe.forget_keys();
    till.pass(TimeDelta::days(2)).await;
    look(&till).await;
    assert_eq!(till.first_invoice().await, "R-1 paid 12000");
    assert_eq!((till.stripe.payments().len(), till.count("payment").await), (1, 1));
    assert_eq!(till.charge_state().await, "succeeded 1");
    till.check_books().await;
}

#[actix_web::test]
async fn the_sweep_alone_makes_a_charge_that_was_frozen() {
    let mut till = Till::stripe().await;
    till.save(Saves::Card).await;
    till.charged_hosting().await;
    till.pass(TimeDelta::days(8)).await;
    bill::round(&till.test.app).await.unwrap();
    crate::worker::work_once(&till.test.app).await.unwrap();
    till.stripe.fail_next([Outage::Trouble, Outage::Trouble, Outage::Trouble]);
    crate::worker::work_once(&till.test.app).await.unwrap();
    assert_eq!(till.stripe.payments().len(), 0, "Stripe did nothing");
    // The job is lost, too.
    till.test.database().execute("delete from job").await;
    till.pass(TimeDelta::minutes(20)).await;
    till.sweep().await;
    assert_eq!(till.first_invoice().await, "R-1 paid 12000");
    assert_eq!(till.stripe.payments().len(), 1);
    till.check_books().await;
}

#[actix_web::test]
async fn a_decline_climbs_the_ladder_and_another_card_ends_it() {
    let mut till = Till::stripe().await;
    till.save(Saves::CardWithoutFunds).await;
    till.charged_hosting().await;
    till.until("2026-03-10T12:00:00Z").await;
    assert_eq!(till.charge_state().await, "waiting 1 2026-03-11");
    assert_eq!(till.first_invoice().await, "R-1 sent 0");
    let mail = till.ask("select body_text from mail where subject like '%could not be charged'").await;
    for part in
        ["120.00", "R-1", "Visa ···· 4242", "insufficient funds", "11 March 2026", "/acme/saved-methods"]
    {
        assert!(mail.contains(part), "{part} in {mail}");
    }
    let owner = till.test.staff("owner").await;
    let trouble = till.test.get(&owner, "/automatic-charges?view=trouble").await.expect(200);
    let charge = &trouble["items"][0];
    assert_eq!(
        (&charge["number"], &charge["decline"], &charge["failure"], &charge["balance"]["amount"]),
        (
            &json!("R-1"),
            &json!("insufficient_funds"),
            &json!("Your card has insufficient funds."),
            &json!(12000)
        )
    );
    // A day too early nothing happens; each day of the ladder one try.
    for (day, state) in [
        ("2026-03-11T11:00:00Z", "waiting 1 2026-03-11"),
        ("2026-03-11T13:00:00Z", "waiting 2 2026-03-13"),
        ("2026-03-12T13:00:00Z", "waiting 2 2026-03-13"),
        ("2026-03-13T13:00:00Z", "waiting 3 2026-03-15"),
        ("2026-03-15T13:00:00Z", "failed 4"),
        ("2026-03-20T13:00:00Z", "failed 4"),
    ] {
        till.until(day).await;
        look(&till).await;
        assert_eq!(till.charge_state().await, state, "{day}");
    }
    assert_eq!((till.stripe.payments().len(), till.asked_for().await), (4, 4));
    assert_eq!(till.events("payment.charge_failed").await, 4);
    // Another card is charged at once.
    till.save(Saves::Card).await;
    look(&till).await;
    assert_eq!(till.first_invoice().await, "R-1 paid 12000");
    assert_eq!(till.charge_state().await, "succeeded 5");
    let trouble = till.test.get(&till.test.staff("owner").await, "/automatic-charges?view=trouble").await;
    assert_eq!(trouble.expect(200)["items"], json!([]));
    till.check_books().await;
}

#[actix_web::test]
async fn a_bank_that_asks_its_holder_sends_them_to_the_invoice() {
    let mut till = Till::stripe().await;
    till.save(Saves::CardThatAsks).await;
    till.charged_hosting().await;
    till.until("2026-03-10T12:00:00Z").await;
    assert_eq!(till.ask("select decline from payment_attempt").await, "authentication_required");
    let mail = till.ask("select body_text from mail where subject like '%could not be charged'").await;
    assert!(mail.contains("/acme/i/") && mail.contains("Please pay it yourself"), "{mail}");
    // They are about to when the next try is due: whoever pays by hand goes first.
    till.pass(TimeDelta::hours(23) + TimeDelta::minutes(45)).await;
    let uuid: uuid::Uuid = till.ask("select id from invoice").await.parse().unwrap();
    let bill = Bill { id: InvoiceId::from_uuid(uuid).to_string(), uuid };
    let (_, session) = till.open(&bill).await;
    till.until("2026-03-11T12:05:00Z").await;
    assert_eq!(till.charge_state().await, "waiting 1 2026-03-11");
    till.tell(&till.stripe.pay(&session)).await;
    // Then nothing is left to charge.
    till.until("2026-03-11T13:10:00Z").await;
    assert_eq!(till.charge_state().await, "stopped 1");
    assert_eq!((till.count("payment").await, till.asked_for().await), (1, 1));
    assert_eq!(till.stripe.payments().len(), 2, "the charge that was declined, and theirs");
    till.check_books().await;
}

#[actix_web::test]
async fn a_debit_is_on_its_way_before_it_pays_or_bounces() {
    for arrives in [true, false] {
        let mut till = Till::stripe().await;
        till.save(Saves::Debit).await;
        till.charged_hosting().await;
        till.until("2026-03-10T12:00:00Z").await;
        assert_eq!(
            (till.first_invoice().await, till.charge_state().await),
            ("R-1 sent 0".into(), "trying 1".into())
        );
        assert_eq!(till.events("payment.processing").await, 1);
        // Meanwhile nobody pays the same by hand.
        let uuid: uuid::Uuid = till.ask("select id from invoice").await.parse().unwrap();
        let bill = Bill { id: InvoiceId::from_uuid(uuid).to_string(), uuid };
        assert_eq!(till.start(&till.contact, &[&bill], None).await.problem(409), "attempt_open");
        let [payment] = till.stripe.payments().try_into().unwrap();
        till.pass(TimeDelta::days(3)).await;
        till.tell(&till.stripe.settle_debit(&payment, arrives)).await;
        look(&till).await;
        if arrives {
            assert_eq!(till.first_invoice().await, "R-1 paid 12000");
            assert_eq!(till.count("mail where subject like 'Receipt%'").await, 1);
        } else {
            // The day of the next try is over: it is made tomorrow.
            assert_eq!(till.charge_state().await, "waiting 1 2026-03-14");
            assert_eq!(till.asked_for().await, 1);
        }
        till.check_books().await;
    }
}

#[actix_web::test]
async fn days_later_or_when_it_is_due() {
    for (body, before, on) in [
        (json!({ "enabled": true, "days": 3 }), "2026-03-13T07:59:00Z", "2026-03-13T08:01:00Z"),
        (json!({ "enabled": true, "counts_from": "due" }), "2026-03-24T07:59:00Z", "2026-03-24T08:01:00Z"),
    ] {
        let mut till = Till::stripe().await;
        till.save(Saves::Card).await;
        let path = till.hosting().await;
        till.charge(&path, &body).await.expect(200);
        till.until("2026-03-10T12:00:00Z").await;
        till.until(before).await;
        assert_eq!(till.first_invoice().await, "R-1 sent 0", "{body}");
        till.until(on).await;
        assert_eq!(till.first_invoice().await, "R-1 paid 12000", "{body}");
    }
}

#[actix_web::test]
async fn what_is_paid_void_or_contested_is_not_charged() {
    for stop in ["paid", "void", "disputed", "off"] {
        let mut till = Till::stripe().await;
        till.save(Saves::Card).await;
        let path = till.hosting().await;
        till.charge(&path, &json!({ "enabled": true, "days": 2 })).await.expect(200);
        till.until("2026-03-10T12:00:00Z").await;
        let uuid: uuid::Uuid = till.ask("select id from invoice").await.parse().unwrap();
        let bill = Bill { id: InvoiceId::from_uuid(uuid).to_string(), uuid };
        match stop {
            "paid" => {
                let (_, session) = till.open(&bill).await;
                till.tell(&till.stripe.pay(&session)).await;
            }
            "void" => till.void(&bill).await,
            "disputed" => till.test.database().execute("update invoice set disputed = true").await,
            _ => drop(till.charge(&path, &json!({ "enabled": false })).await.expect(200)),
        }
        till.until("2026-03-13T12:00:00Z").await;
        assert_eq!(till.charge_state().await, "stopped 0", "{stop}");
        let charged =
            till.stripe.requests().into_iter().filter(|sent| sent.line == "POST /v1/payment_intents");
        assert_eq!((charged.count(), till.asked_for().await), (0, 0), "{stop}");
        till.check_books().await;
    }
}

#[actix_web::test]
async fn without_a_method_the_client_is_asked_for_one() {
    let mut till = Till::stripe().await;
    till.charged_hosting().await;
    till.test
        .database()
        .execute("update contact set portal_access = false where email = 'one@acme.example'")
        .await;
    till.until("2026-03-10T12:00:00Z").await;
    assert_eq!(till.charge_state().await, "waiting 1 2026-03-11");
    let mail = till.ask("select body_text from mail where subject like '%could not be charged'").await;
    // Whoever has no way into the portal gets a link to the invoice.
    assert!(mail.contains("no payment method is saved") && mail.contains("/acme/i/"), "{mail}");
    till.test.database().execute("update contact set portal_access = true").await;
    till.contact = till.test.contact("one").await;
    till.save(Saves::Card).await;
    look(&till).await;
    assert_eq!(till.first_invoice().await, "R-1 paid 12000");
}

#[actix_web::test]
async fn a_method_that_was_removed_is_not_charged() {
    let mut till = Till::stripe().await;
    let (id, _) = till.save(Saves::Card).await;
    till.charged_hosting().await;
    till.test.delete(&till.contact, &format!("/portal/saved-methods/{id}")).await;
    till.until("2026-03-10T12:00:00Z").await;
    assert_eq!(till.charge_state().await, "waiting 1 2026-03-11");
    assert_eq!(till.stripe.payments().len(), 0);
}

#[actix_web::test]
async fn a_draft_is_charged_once_a_person_sent_it() {
    let mut till = Till::stripe().await;
    till.save(Saves::Card).await;
    let owner = till.test.staff("owner").await;
    let path = till.charged_hosting().await;
    let mut body = till.test.get(&owner, &path).await.expect(200);
    let version = body["version"].to_string();
    for field in ["id", "client_name", "state", "attention", "totals", "upcoming", "version"] {
        body.as_object_mut().unwrap().remove(field);
    }
    body["delivery"] = json!("draft");
    till.test.put(&owner.header("If-Match", version), &path, &body).await.expect(200);
    till.until("2026-03-10T12:00:00Z").await;
    assert_eq!(till.count("automatic_charge").await, 0);
    let uuid: uuid::Uuid = till.ask("select id from invoice").await.parse().unwrap();
    let owner = till.test.staff("owner").await.header("If-Match", "\"1\"");
    let send = format!("/invoices/{}/send", InvoiceId::from_uuid(uuid));
    till.test.post(&owner, &send, &json!({})).await.expect(200);
    look(&till).await;
    assert_eq!(till.first_invoice().await, "R-1 paid 12000");
}

#[actix_web::test]
async fn the_sandbox_charges_what_it_saved() {
    for (number, state) in [
        ("4242424242424242", "succeeded 1"),
        ("4000000000000341", "waiting 1 2026-03-11"),
        ("4000002760003184", "waiting 1 2026-03-11"),
        ("4000003720000278", "trying 1"),
    ] {
        let mut till = Till::sandbox().await;
        let mandate =
            till.test.get(&till.contact, "/portal/saved-methods").await.expect(200)["mandate"].clone();
        let saving = till
            .test
            .post(&till.contact, "/portal/saved-methods", &json!({ "mandate": mandate }))
            .await
            .expect(201);
        let page = format!("/portal/sandbox-setups/{}", text(&saving["id"]));
        let card = json!({ "number": number, "expiry": "12/30", "cvc": "123" });
        let saved = till.test.post(&till.contact, &format!("{page}/save"), &card).await.expect(200);
        if saved["second_step"] == true {
            let step = format!("{page}/second-step");
            till.test.post(&till.contact, &step, &json!({ "confirm": true })).await.expect(200);
        }
        till.test.work().await;
        till.charged_hosting().await;
        till.until("2026-03-10T12:00:00Z").await;
        assert_eq!(till.charge_state().await, state, "{number}");
        if number == "4000002760003184" {
            assert_eq!(till.ask("select decline from automatic_charge").await, "authentication_required");
        }
        till.until("2026-03-10T13:00:00Z").await;
        till.sweep().await;
        let paid = matches!(number, "4242424242424242" | "4000003720000278");
        assert_eq!(till.count("payment").await, i64::from(paid), "{number}");
        till.check_books().await;
    }
}

#[actix_web::test]
async fn settings_are_checked_and_versioned() {
    let till = Till::stripe().await;
    let path = till.hosting().await;
    let refused = till.charge(&path, &json!({ "enabled": true, "days": 61 })).await;
    assert_eq!(refused.expect(422)["errors"][0]["pointer"], "/days");
    till.charge(&path, &json!({ "enabled": true })).await.expect(200);
    let owner = till.test.staff("owner").await;
    let charge = format!("{path}/automatic-charge");
    let stale = owner.clone().header("If-Match", "\"1\"");
    assert_eq!(
        till.test.put(&stale, &charge, &json!({ "enabled": false })).await.problem(412),
        "version_mismatch"
    );
    assert_eq!(
        till.test.put(&owner, &charge, &json!({ "enabled": false })).await.problem(428),
        "precondition_required"
    );
    let technician = till.test.staff("technician").await;
    assert_eq!(till.test.get(&technician, &charge).await.problem(403), "forbidden");
    assert_eq!(till.events("recurring_invoice.charge_changed").await, 1);

    let settings = till.test.get(&owner, "/charge-settings").await.expect(200);
    assert_eq!(settings, json!({ "retry_days": [1, 3, 5], "version": 1 }));
    let first = owner.clone().header("If-Match", "\"1\"");
    for wrong in [json!([3, 1]), json!([0]), json!([1, 2, 3, 4, 5, 6, 7, 8, 9])] {
        let refused = till.test.put(&first, "/charge-settings", &json!({ "retry_days": wrong })).await;
        assert_eq!(refused.expect(422)["errors"][0]["pointer"], "/retry_days");
    }
    let changed = till.test.put(&first, "/charge-settings", &json!({ "retry_days": [2] })).await.expect(200);
    assert_eq!(changed, json!({ "retry_days": [2], "version": 2 }));
    let again = till.test.put(&first, "/charge-settings", &json!({ "retry_days": [] })).await;
    assert_eq!(again.problem(412), "version_mismatch");
}

#[actix_web::test]
async fn a_ladder_of_its_own() {
    let mut till = Till::stripe().await;
    let owner = till.test.staff("owner").await.header("If-Match", "\"1\"");
    till.test.put(&owner, "/charge-settings", &json!({ "retry_days": [2] })).await.expect(200);
    let (_, method) = till.save(Saves::CardDeclinedLater).await;
    till.charged_hosting().await;
    till.until("2026-03-10T12:00:00Z").await;
    assert_eq!(till.charge_state().await, "waiting 1 2026-03-12");
    // The bank changes its mind.
    till.stripe.method_becomes(&method, Saves::Card);
    till.until("2026-03-12T12:00:00Z").await;
    assert_eq!(till.charge_state().await, "succeeded 2");
    till.check_books().await;
}
