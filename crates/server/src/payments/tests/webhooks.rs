use actix_web::http::Method;
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use super::*;

#[actix_web::test]
async fn fifty_times_the_same_is_once() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (id, session) = till.open(&bill).await;
    let events = till.stripe.pay(&session);
    let completed = till.stripe.signed(events.last().unwrap(), till.test.now());
    let answers = join_all((0..50).map(|_| till.deliver(&completed))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(till.count("inbound_event").await, 1);
    till.test.work().await;
    // The other events of the same payment, and the same again later, with several workers at once.
    for event in &events {
        till.deliver(&till.stripe.signed(event, till.test.now())).await;
    }
    join_all((0..4).map(|_| till.test.work())).await;
    assert_eq!(till.count("payment").await, 1);
    assert_eq!(till.events("payment.received").await, 1);
    assert_eq!(till.events("invoice.paid").await, 1);
    assert_eq!(till.count("mail").await, 1);
    assert_eq!(till.count("inbound_event where state <> 'processed'").await, 0);
    assert_eq!(till.stand(&bill).await, "paid 12000");
    assert_eq!(till.balance("EUR").await, "0 0");
    let attempt = till.attempt(&id).await;
    assert_eq!((&attempt["state"], &attempt["checkout_url"]), (&json!("succeeded"), &json!(null)));
    let payment = till
        .test
        .get(&till.contact, &format!("/portal/payments/{}", text(&attempt["payment_id"])))
        .await
        .expect(200);
    assert_eq!(payment["method"], "Visa ···· 4242");
    assert_eq!(payment["received_on"], "2026-03-02");
    till.check_books().await;
}

#[actix_web::test]
async fn fifty_settlements_at_once_book_once() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (id, session) = till.open(&bill).await;
    till.stripe.pay(&session);
    let organization = till.test.acme().id;
    let settle = || {
        super::super::settle::settle_attempt(&till.test.app, organization, id.parse().unwrap(), None, None)
    };
    let outcomes = join_all((0..50).map(|_| settle())).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!((till.count("payment").await, till.count("mail").await), (1, 1));
    assert_eq!(till.events("payment.received").await, 1);
    till.check_books().await;
}

#[actix_web::test]
async fn the_receipt_says_what_was_paid() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    till.test.database().execute("update contact set language = 'de' where email = 'one@acme.example'").await;
    let (_, session) = till.open(&bill).await;
    assert_eq!(till.stripe.requests()[0].form.get("locale").map(String::as_str), Some("de"));
    till.tell(&till.stripe.pay(&session)).await;
    let mail = till.ask("select subject || ' ' || to_address || ' ' || body_text from mail").await;
    for part in [
        "Quittung: 120,00 EUR",
        "one@acme.example",
        "R-1",
        "Visa ···· 4242",
        "2. März 2026",
        &format!("/acme/invoices/{}", bill.id),
    ] {
        assert!(mail.contains(part), "{part} in {mail}");
    }
    assert!(!mail.contains("Guthaben"));
}

#[actix_web::test]
async fn late_news_changes_nothing() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (id, session) = till.open(&bill).await;
    let declined = till.stripe.decline(&session);
    let paid = till.stripe.pay(&session);
    till.tell(&paid).await;
    till.tell(&declined).await;
    assert_eq!(till.stand(&bill).await, "paid 12000");
    assert_eq!(till.attempt(&id).await["state"], "succeeded");
    assert_eq!(till.events("payment.failed").await, 0);
    till.check_books().await;
}

#[actix_web::test]
async fn a_declined_card_leaves_the_page_open() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (id, session) = till.open(&bill).await;
    till.tell(&till.stripe.decline(&session)).await;
    assert_eq!(till.stand(&bill).await, "sent 0");
    assert_eq!(till.attempt(&id).await["state"], "open");
    till.tell(&till.stripe.pay(&session)).await;
    assert_eq!(till.stand(&bill).await, "paid 12000");
}

#[actix_web::test]
async fn processing_is_not_paid() {
    let mut till = Till::stripe().await;
    let (first, second) = (till.bill(12_000, "EUR").await, till.bill(8_000, "EUR").await);
    let (id, session) = till.open(&first).await;
    till.tell(&till.stripe.process(&session)).await;
    assert_eq!(till.stand(&first).await, "sent 0");
    assert_eq!(till.attempt(&id).await["state"], "processing");
    assert_eq!((till.count("payment").await, till.count("mail").await), (0, 0));
    assert_eq!(till.events("payment.processing").await, 1);
    assert_eq!(till.start(&till.contact, &[&first], None).await.problem(409), "attempt_open");
    till.pass(TimeDelta::days(3)).await;
    till.tell(&till.stripe.succeed(&session)).await;
    assert_eq!(till.stand(&first).await, "paid 12000");

    let (id, session) = till.open(&second).await;
    till.tell(&till.stripe.process(&session)).await;
    till.tell(&till.stripe.fail(&session)).await;
    assert_eq!(till.stand(&second).await, "sent 0");
    let attempt = till.attempt(&id).await;
    assert_eq!(attempt["state"], "failed");
    assert!(text(&attempt["failure"]).contains("could not be debited"));
    assert_eq!(till.events("payment.failed").await, 1);
    till.start(&till.contact, &[&second], None).await.expect(201);
    till.check_books().await;
}

#[actix_web::test]
async fn what_is_not_signed_changes_nothing() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (_, session) = till.open(&bill).await;
    let events = till.stripe.pay(&session);
    let now = till.test.now();
    let before = till.ask("select row(c, a)::text from payment_connection c, payment_attempt a").await;
    let good = till.stripe.signed(&events[2], now);
    let forged = SignedEvent { signature: good.signature.replace("v1=", "v1=00"), body: good.body.clone() };
    let other =
        SignedEvent { signature: good.signature.clone(), body: till.stripe.signed(&events[1], now).body };
    let stale = till.stripe.signed(&events[2], now - TimeDelta::seconds(301));
    let future = till.stripe.signed(&events[2], now + TimeDelta::seconds(301));
    for event in [&forged, &other, &stale, &future] {
        assert_eq!(till.deliver(event).await.problem(400), "bad_signature");
    }
    let unsigned =
        till.test.send_bytes(Method::POST, &Asker::stranger(), &till.webhook, Some(good.body.clone())).await;
    assert_eq!(unsigned.problem(400), "bad_signature");
    let huge = SignedEvent { signature: good.signature.clone(), body: vec![b' '; (1 << 20) + 1] };
    assert_eq!(till.deliver(&huge).await.problem(413), "payload_too_large");
    let nowhere = "/webhooks/payments/pco_01h455vb4pex5vsknk084sn02q";
    assert_eq!(
        till.test
            .send_bytes(Method::POST, &Asker::stranger(), nowhere, Some(good.body.clone()))
            .await
            .problem(404),
        "not_found"
    );
    assert_eq!((till.count("inbound_event").await, till.count("job").await), (0, 0));
    assert_eq!(till.ask("select row(c, a)::text from payment_connection c, payment_attempt a").await, before);

    let late = till.stripe.signed(&events[2], now - TimeDelta::seconds(300));
    assert_eq!(till.deliver(&late).await.status, 200);
}

#[actix_web::test]
async fn without_a_secret_every_event_is_refused() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let owner = till.test.staff("owner").await.header("If-Match", "\"1\"");
    let connection = till
        .test
        .put(&owner, "/payment-connections/stripe", &json!({ "enabled": true, "webhook_secrets": [] }))
        .await
        .expect(200);
    assert_eq!(connection["webhook_secret_set"], false);
    let (_, session) = till.open(&bill).await;
    for event in till.stripe.pay(&session) {
        assert_eq!(
            till.deliver(&till.stripe.signed(&event, till.test.now())).await.problem(400),
            "bad_signature"
        );
    }
    assert_eq!(till.count("inbound_event").await, 0);
}

#[actix_web::test]
async fn wrong_money_waits_for_a_person() {
    let wrongs =
        [("amount_received", json!(11_999), json!(12_000)), ("currency", json!("usd"), json!("eur"))];
    for (field, wrong, right) in wrongs {
        let till = Till::stripe().await;
        let bill = till.bill(12_000, "EUR").await;
        let (id, session) = till.open(&bill).await;
        let events = till.stripe.pay(&session);
        let money = text(&till.stripe.object(&session)["payment_intent"]);
        till.stripe.tamper(&money, |intent| intent[field] = wrong);
        till.tell(&events).await;
        assert_eq!(till.stand(&bill).await, "sent 0", "{field}");
        assert_eq!((till.count("payment").await, till.count("mail").await), (0, 0));
        assert_eq!(till.count("inbound_event where state = 'quarantined' and error is not null").await, 3);
        assert_eq!(till.events("payment.needs_attention").await, 1, "one alert for one thing");
        assert_eq!(till.attempt(&id).await["state"], "processing");
        assert_eq!(till.start(&till.contact, &[&bill], None).await.problem(409), "attempt_open");

        // It is all in the inbox: once the matter is settled, the event is replayed.
        let owner = till.test.staff("owner").await;
        let inbox = till.test.get(&owner, "/inbound-events").await.expect(200);
        assert_eq!(inbox["items"][0]["state"], "quarantined");
        let replay = format!("/inbound-events/{}/replay", text(&inbox["items"][0]["id"]));
        till.test.post(&owner, &replay, &json!({})).await.expect(200);
        till.test.work().await;
        assert_eq!(till.events("payment.needs_attention").await, 1);
        till.stripe.tamper(&money, |intent| intent[field] = right);
        assert_eq!(till.test.post(&owner, &replay, &json!({})).await.expect(200)["state"], "received");
        till.test.work().await;
        assert_eq!(till.stand(&bill).await, "paid 12000");
        till.check_books().await;
        let advisor = till.test.staff("advisor").await;
        assert_eq!(till.test.post(&advisor, &replay, &json!({})).await.problem(403), "forbidden");
        let stranger = till.test.staff_of(GLOBEX, "owner").await;
        assert_eq!(till.test.post(&stranger, &replay, &json!({})).await.problem(404), "not_found");
    }
}

#[actix_web::test]
async fn wrong_money_that_went_back_frees_the_way() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (id, session) = till.open(&bill).await;
    let events = till.stripe.pay(&session);
    let money = text(&till.stripe.object(&session)["payment_intent"]);
    till.stripe.tamper(&money, |intent| intent["amount_received"] = json!(100));
    till.tell(&events).await;
    let back = till.stripe.refund(&session, 100);
    till.tell(&back).await;
    assert_eq!(till.attempt(&id).await["state"], "failed");
    till.start(&till.contact, &[&bill], None).await.expect(201);
    till.check_books().await;
}

#[actix_web::test]
async fn the_unknown_is_quarantined() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (_, session) = till.open(&bill).await;
    let mut event = till.stripe.pay(&session).pop().unwrap();
    event["id"] = json!("evt_else");
    event["data"]["object"]["id"] = json!("cs_test_else");
    event["data"]["object"]["client_reference_id"] = json!(null);
    event["data"]["object"]["metadata"] = json!({});
    event["data"]["object"]["payment_intent"] = json!("pi_else");
    till.tell(&[event]).await;
    assert_eq!(
        till.ask("select state || ' ' || error from inbound_event").await,
        "quarantined The event checkout.session.completed names cs_test_else, which is unknown here."
    );
    assert_eq!(till.events("payment.needs_attention").await, 1);
    assert_eq!(till.stand(&bill).await, "sent 0");

    // A connected account's event is not ours, and one about nothing of ours is no trouble.
    let mut foreign = till.stripe.expire(&till.stripe.sessions()[0]);
    assert!(foreign.is_empty(), "a paid session stays");
    foreign = vec![
        json!({
            "id": "evt_foreign", "object": "event", "type": "payment_intent.succeeded", "livemode": false, "account": "acct_else",
            "data": { "object": { "id": "pi_else", "object": "payment_intent" } },
        }),
        json!({
            "id": "evt_plan", "object": "event", "type": "plan.created", "livemode": false,
            "data": { "object": { "id": "price_1", "object": "plan" } },
        }),
    ];
    till.tell(&foreign).await;
    assert_eq!(
        till.ask("select state from inbound_event where event_id = 'evt_foreign'").await,
        "quarantined"
    );
    assert_eq!(till.ask("select state from inbound_event where event_id = 'evt_plan'").await, "processed");
}

#[actix_web::test]
async fn an_account_s_events_reach_its_own_organization_only() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let theirs = till.bill_of(GLOBEX, "one", 12_000, "EUR").await;
    // Globex has an account of its own, whose events it signs itself.
    let elsewhere = connect(&till.test, GLOBEX, &json!([WEBHOOK_SECRET])).await;
    let (id, session) = till.open(&bill).await;
    let events = till.stripe.pay(&session);
    for event in &events {
        let signed = till.stripe.signed(event, till.test.now());
        let provider = Asker::stranger().header("Stripe-Signature", &signed.signature);
        assert_eq!(
            till.test.send_bytes(Method::POST, &provider, &elsewhere, Some(signed.body)).await.status,
            200
        );
    }
    till.test.work().await;
    assert_eq!(till.count("inbound_event where state = 'quarantined'").await, 3);
    assert_eq!(
        (till.count("payment").await, till.stand(&bill).await.as_str(), till.stand(&theirs).await.as_str()),
        (0, "sent 0", "sent 0")
    );
    let globex = till.test.tenants[GLOBEX].id.uuid();
    assert_eq!(till.count(&format!("inbound_event where organization_id <> '{globex}'")).await, 0);
    assert_eq!(till.attempt(&id).await["state"], "open");
    // The same events by the right account do count.
    till.tell(&events).await;
    assert_eq!(till.stand(&bill).await, "paid 12000");
    let stranger = till.test.contact_of(GLOBEX, "one").await;
    assert_eq!(
        till.test.get(&stranger, &format!("/portal/payments/attempts/{id}")).await.problem(404),
        "not_found"
    );
}

#[actix_web::test]
async fn a_failing_provider_is_asked_again() {
    use integrations::payment::stripe::fake::Outage;
    let mut till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (_, session) = till.open(&bill).await;
    let event = till.stripe.pay(&session).pop().unwrap();
    till.stripe.fail_next([Outage::Gateway; 3]);
    till.tell(&[event]).await;
    assert_eq!(till.stand(&bill).await, "sent 0");
    assert_eq!(
        till.ask("select state || ' ' || attempts from inbound_event where error is not null").await,
        "received 1"
    );
    till.pass(TimeDelta::seconds(15)).await;
    till.test.work().await;
    assert_eq!(till.stand(&bill).await, "paid 12000");
    assert_eq!(
        till.ask("select state || ' ' || attempts from inbound_event where error is null").await,
        "processed 2"
    );
}

#[actix_web::test]
async fn with_every_webhook_lost_the_sweep_yields_the_right_books() {
    let mut till = Till::stripe().await;
    let (paid, debited, left, bounced) = (
        till.bill(12_000, "EUR").await,
        till.bill(8_000, "EUR").await,
        till.bill(5000, "JPY").await,
        till.bill(700, "EUR").await,
    );
    let (_, first) = till.open(&paid).await;
    let (_, second) = till.open(&debited).await;
    let (third_id, _) = till.open(&left).await;
    let (_, fourth) = till.open(&bounced).await;
    till.stripe.pay(&first);
    till.stripe.process(&second);
    till.stripe.process(&fourth);
    till.sweep().await;
    assert_eq!(till.stand(&paid).await, "sent 0", "not before its time");
    till.pass(TimeDelta::minutes(16)).await;
    till.sweep().await;
    assert_eq!(
        (till.stand(&paid).await.as_str(), till.stand(&debited).await.as_str()),
        ("paid 12000", "sent 0")
    );
    till.pass(TimeDelta::minutes(50)).await;
    till.stripe.succeed(&second);
    till.stripe.fail(&fourth);
    till.sweep().await;
    assert_eq!(till.stand(&debited).await, "paid 8000");
    assert_eq!(
        till.ask(&format!(
            "select state from payment_attempt where id = '{}'",
            third_id.parse::<domain::payments::AttemptId>().unwrap().uuid()
        ))
        .await,
        "expired"
    );
    assert_eq!(till.count("payment_attempt where state = 'failed'").await, 1);
    assert_eq!((till.stand(&left).await.as_str(), till.stand(&bounced).await.as_str()), ("sent 0", "sent 0"));
    assert_eq!(
        (till.count("payment").await, till.count("mail").await, till.count("inbound_event").await),
        (2, 2, 0)
    );
    // Money that went back the day after is found, too.
    till.stripe.refund(&first, 12_000);
    till.pass(TimeDelta::hours(25)).await;
    till.sweep().await;
    assert_eq!(till.stand(&paid).await, "sent 0");
    assert_eq!(till.balance("EUR").await, "12700 0");
    till.check_books().await;
}

#[actix_web::test]
async fn the_return_page_asks_the_provider() {
    let mut till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (id, session) = till.open(&bill).await;
    let asked = till.stripe.requests().len();
    till.pass(TimeDelta::seconds(3)).await;
    for _ in 0..5 {
        assert_eq!(till.attempt(&id).await["state"], "open");
    }
    assert_eq!(till.stripe.requests().len(), asked + 1, "no more often than every two seconds");
    till.stripe.pay(&session);
    till.pass(TimeDelta::seconds(2)).await;
    let answers = join_all((0..8).map(|_| till.attempt(&id))).await;
    assert!(answers.iter().any(|attempt| attempt["state"] == "succeeded"));
    assert_eq!(till.attempt(&id).await["state"], "succeeded");
    assert_eq!((till.count("payment").await, till.stand(&bill).await.as_str()), (1, "paid 12000"));
    till.check_books().await;
}
