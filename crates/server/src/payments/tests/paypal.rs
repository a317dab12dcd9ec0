//! The same rules with PayPal, where the money has to be taken.

use actix_web::http::Method;
use futures_util::future::join_all;
use integrations::payment::paypal::fake::{
    CLIENT_ID, CLIENT_SECRET, FakePaypal, Outage, SignedEvent, WEBHOOK_ID,
};

use super::*;

/// A server whose first organization takes payments by PayPal.
struct Counter {
    till: Till,
    paypal: FakePaypal,
}

impl Counter {
    async fn open() -> Self {
        let paypal = FakePaypal::start(start());
        let stripe = FakeStripe::start(start());
        let mut settings = settings();
        settings.paypal_url = Some(paypal.url().parse().unwrap());
        let test = TestApp::with(settings).await;
        number(&test).await;
        let owner = test.staff("owner").await;
        let body = json!({
            "environment": "sandbox", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
            "webhook_id": WEBHOOK_ID, "enabled": true,
        });
        let answer = test.put(&owner, "/payment-connections/paypal", &body).await;
        assert!(!String::from_utf8_lossy(&answer.bytes).contains(CLIENT_SECRET));
        let connection = answer.expect(201);
        assert_eq!(
            (&connection["key_hint"], &connection["webhook_secret_set"]),
            (&json!("…tico"), &json!(true))
        );
        let contact = test.contact("one").await;
        let till = Till { webhook: path_of(&connection["webhook_url"]), test, stripe, contact };
        Self { till, paypal }
    }

    /// Starts to pay an invoice whole: the attempt and the order.
    async fn begin(&self, bill: &Bill) -> (String, String) {
        let attempt = self.till.start(&self.till.contact, &[bill], None).await.expect(201);
        assert_eq!(attempt["provider"], "paypal");
        assert!(text(&attempt["checkout_url"]).starts_with("https://www.sandbox.paypal.com/"));
        (text(&attempt["id"]), self.paypal.orders().pop().unwrap())
    }

    async fn send(&self, event: &SignedEvent) -> Answer {
        let asker =
            event.headers.iter().fold(Asker::stranger(), |asker, (name, value)| asker.header(name, value));
        self.till.test.send_bytes(Method::POST, &asker, &self.till.webhook, Some(event.body.clone())).await
    }

    fn signed(&self, event: &Value) -> SignedEvent {
        self.paypal.signed(event, self.till.test.now())
    }

    async fn told(&self, events: &[&Value]) {
        for event in events {
            assert_eq!(self.send(&self.signed(event)).await.status, 200);
        }
        self.till.test.work().await;
    }

    async fn pass(&mut self, time: TimeDelta) {
        self.till.pass(time).await;
        self.paypal.set_now(self.till.test.now());
    }

    fn captures(&self) -> usize {
        self.paypal.requests().iter().filter(|request| request.line.ends_with("/capture")).count()
    }
}

#[actix_web::test]
async fn fifty_times_the_same_is_taken_once() {
    let counter = Counter::open().await;
    let till = &counter.till;
    let bill = till.bill(12_000, "EUR").await;
    let (id, order) = counter.begin(&bill).await;
    let approved = counter.signed(&counter.paypal.approve(&order));
    let answers = join_all((0..50).map(|_| counter.send(&approved))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!((till.count("inbound_event").await, counter.captures()), (1, 0));
    join_all((0..4).map(|_| till.test.work())).await;
    assert_eq!(counter.captures(), 1);
    let completed = counter.paypal.capture_event(&order);
    counter.told(&[&completed, &completed]).await;
    assert_eq!((till.count("payment").await, till.count("mail").await), (1, 1));
    assert_eq!((till.events("payment.received").await, till.events("invoice.paid").await), (1, 1));
    assert_eq!(till.count("inbound_event where state <> 'processed'").await, 0);
    assert_eq!(till.stand(&bill).await, "paid 12000");
    let attempt = till.attempt(&id).await;
    assert_eq!(attempt["state"], "succeeded");
    assert_eq!(till.ask("select method || ' ' || provider from payment").await, "PayPal paypal");
    till.check_books().await;
}

#[actix_web::test]
async fn fifty_who_look_at_once_take_it_once() {
    let counter = Counter::open().await;
    let till = &counter.till;
    let bill = till.bill(12_000, "EUR").await;
    let (id, order) = counter.begin(&bill).await;
    counter.paypal.approve(&order);
    let organization = till.test.acme().id;
    let look = || {
        super::super::settle::settle_attempt(&till.test.app, organization, id.parse().unwrap(), None, None)
    };
    let outcomes = join_all((0..50).map(|_| look())).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!((till.count("payment").await, till.count("mail").await), (1, 1));
    till.check_books().await;
}

#[actix_web::test]
async fn events_in_the_wrong_order_end_right() {
    let counter = Counter::open().await;
    let till = &counter.till;
    let bill = till.bill(12_000, "EUR").await;
    let (id, order) = counter.begin(&bill).await;
    let approved = counter.paypal.approve(&order);
    assert_eq!(till.attempt(&id).await["state"], "open");
    // The return page asks at most every two seconds, so here the events alone do it.
    counter.told(&[&approved]).await;
    let completed = counter.paypal.capture_event(&order);
    let refunded = counter.paypal.refund(&order, "120.00");
    counter.told(&[&refunded, &completed, &approved]).await;
    assert_eq!(till.stand(&bill).await.split(' ').nth(1), Some("0"), "refunded never returns to paid");
    assert_eq!(till.ask("select refunded_minor from payment").await, "12000");
    assert_eq!(till.count("inbound_event where state = 'quarantined'").await, 0);
    till.check_books().await;
}

#[actix_web::test]
async fn a_pending_capture_is_not_paid() {
    let mut counter = Counter::open().await;
    let (first, second) = (counter.till.bill(12_000, "EUR").await, counter.till.bill(8_000, "EUR").await);
    counter.paypal.keep_pending(true);
    let (id, order) = counter.begin(&first).await;
    let approved = counter.paypal.approve(&order);
    counter.told(&[&approved]).await;
    let till = &counter.till;
    assert_eq!(till.attempt(&id).await["state"], "processing");
    assert_eq!((till.stand(&first).await.as_str(), till.count("payment").await), ("sent 0", 0));
    assert_eq!((till.count("mail").await, till.events("payment.processing").await), (0, 1));
    assert_eq!(till.start(&till.contact, &[&first], None).await.problem(409), "attempt_open");
    counter.pass(TimeDelta::days(3)).await;
    let settled = counter.paypal.settle(&order);
    counter.told(&[&settled]).await;
    assert_eq!(counter.till.stand(&first).await, "paid 12000");

    let (id, order) = counter.begin(&second).await;
    let approved = counter.paypal.approve(&order);
    counter.told(&[&approved]).await;
    let denied = counter.paypal.deny(&order);
    counter.told(&[&denied]).await;
    assert_eq!(counter.till.attempt(&id).await["state"], "failed");
    assert_eq!(counter.till.stand(&second).await, "sent 0");
    counter.begin(&second).await;
    counter.till.check_books().await;
}

#[actix_web::test]
async fn what_paypal_does_not_vouch_for_changes_nothing() {
    let counter = Counter::open().await;
    let till = &counter.till;
    let bill = till.bill(12_000, "EUR").await;
    let (_, order) = counter.begin(&bill).await;
    let event = counter.paypal.approve(&order);
    let good = counter.signed(&event);
    let before = till.ask("select row(c, a)::text from payment_connection c, payment_attempt a").await;
    let mut forged = good.clone();
    forged.headers[2].1 = "sdeadbeef".to_owned();
    let other = SignedEvent { body: b"{\"id\":\"WH-1\",\"event_type\":\"X\"}".to_vec(), ..good.clone() };
    let stale = counter.paypal.signed(&event, till.test.now() - TimeDelta::days(4));
    let future = counter.paypal.signed(&event, till.test.now() + TimeDelta::seconds(301));
    let unsigned = SignedEvent { headers: Vec::new(), ..good.clone() };
    for event in [&forged, &other, &stale, &future, &unsigned] {
        assert_eq!(counter.send(event).await.problem(400), "bad_signature");
    }
    // While PayPal can't be asked, it has to send again.
    counter.paypal.fail_next([Outage::Trouble]);
    assert_eq!(counter.send(&good).await.problem(503), "unavailable");
    assert_eq!((till.count("inbound_event").await, till.count("job").await), (0, 0));
    assert_eq!(till.ask("select row(c, a)::text from payment_connection c, payment_attempt a").await, before);
    assert_eq!(counter.send(&good).await.status, 200);
}

#[actix_web::test]
async fn wrong_money_waits_for_a_person() {
    for (value, currency, taken) in
        [("119.99", "EUR", true), ("120.00", "USD", true), ("119.99", "EUR", false)]
    {
        let counter = Counter::open().await;
        let till = &counter.till;
        let bill = till.bill(12_000, "EUR").await;
        let (_, order) = counter.begin(&bill).await;
        let mut event = counter.paypal.approve(&order);
        if taken {
            counter.paypal.keep_pending(true);
            counter.told(&[&event]).await;
            event = counter.paypal.settle(&order);
        }
        counter.paypal.tamper(&order, |order| {
            let unit = &mut order["purchase_units"][0];
            let amount =
                if taken { &mut unit["payments"]["captures"][0]["amount"] } else { &mut unit["amount"] };
            *amount = json!({ "value": value, "currency_code": currency });
        });
        counter.told(&[&event]).await;
        assert_eq!((till.count("payment").await, till.stand(&bill).await.as_str()), (0, "sent 0"));
        assert_eq!(till.count("inbound_event where state = 'quarantined'").await, 1);
        assert_eq!(till.events("payment.needs_attention").await, 1);
        assert_eq!(counter.captures(), usize::from(taken), "what was not asked for is not taken");
    }
}

#[actix_web::test]
async fn the_sweep_alone_takes_the_money() {
    let mut counter = Counter::open().await;
    let bill = counter.till.bill(12_000, "EUR").await;
    let (_, order) = counter.begin(&bill).await;
    counter.paypal.approve(&order);
    counter.pass(TimeDelta::minutes(16)).await;
    counter.till.sweep().await;
    assert_eq!(counter.till.stand(&bill).await, "paid 12000");
    assert_eq!(counter.captures(), 1);
    counter.till.check_books().await;
}

#[actix_web::test]
async fn nobody_s_order_is_closed_when_its_time_is_over() {
    let mut counter = Counter::open().await;
    let bill = counter.till.bill(12_000, "EUR").await;
    let (id, order) = counter.begin(&bill).await;
    counter.pass(TimeDelta::minutes(61)).await;
    counter.till.sweep().await;
    assert_eq!(counter.till.attempt(&id).await["state"], "expired");
    // Agreed to too late: nothing is taken.
    let approved = counter.paypal.approve(&order);
    counter.told(&[&approved]).await;
    assert_eq!((counter.captures(), counter.till.count("payment").await), (0, 0));
    assert_eq!(counter.till.stand(&bill).await, "sent 0");
    counter.begin(&bill).await;
}

#[actix_web::test]
async fn a_voided_invoice_is_not_paid() {
    let counter = Counter::open().await;
    let till = &counter.till;
    let bill = till.bill(12_000, "EUR").await;
    let (id, order) = counter.begin(&bill).await;
    till.void(&bill).await;
    till.test.work().await;
    assert_eq!(till.attempt(&id).await["state"], "expired");
    let approved = counter.paypal.approve(&order);
    counter.told(&[&approved]).await;
    assert_eq!((counter.captures(), till.count("payment").await), (0, 0));
    till.check_books().await;
}

#[actix_web::test]
async fn money_paypal_does_not_take_is_refused_before_the_redirect() {
    let counter = Counter::open().await;
    let till = &counter.till;
    for (minor, currency) in [(12_340, "KWD"), (12_345, "HUF")] {
        let bill = till.bill(minor, currency).await;
        let refused = till.start(&till.contact, &[&bill], None).await.problem(422);
        assert_eq!(refused, "amount_not_allowed", "{currency}");
    }
    assert!(counter.paypal.requests().is_empty());
    let bill = till.bill(5_000, "JPY").await;
    counter.begin(&bill).await;
    let sent = counter.paypal.requests().pop().unwrap().body;
    assert!(sent.contains(r#""value":"5000""#), "{sent}");
    let methods = |currency: &str| format!("/portal/payment-methods?currency={currency}");
    assert_eq!(till.test.get(&till.contact, &methods("KWD")).await.expect(200), json!([]));
    let known = till.test.get(&till.contact, &methods("HUF")).await.expect(200);
    assert_eq!((&known[0]["provider"], &known[0]["online"]), (&json!("paypal"), &json!(true)));
}

#[actix_web::test]
async fn the_client_chooses_by_what_to_pay() {
    let counter = Counter::open().await;
    let till = &counter.till;
    let owner = till.test.staff("owner").await;
    till.test.put(&owner, "/payment-connections/sandbox", &json!({ "enabled": true })).await.expect(201);
    let methods = till.test.get(&till.contact, "/portal/payment-methods").await.expect(200);
    let named = |at: usize| (text(&methods[at]["provider"]), text(&methods[at]["connection_id"]));
    assert_eq!((named(0).0.as_str(), named(1).0.as_str()), ("paypal", "sandbox"));
    let bill = till.bill(12_000, "EUR").await;
    let start = |connection: &str| json!({ "invoices": [{ "invoice_id": bill.id, "version": 2 }], "connection_id": connection });
    let nobody =
        till.test.post(&till.contact, "/portal/payments", &start("pco_01h455vb4pex5vsknk084sn02q")).await;
    assert_eq!(nobody.expect(422)["errors"][0]["pointer"], "/connection_id");
    let attempt = till.test.post(&till.contact, "/portal/payments", &start(&named(1).1)).await.expect(201);
    assert_eq!(attempt["provider"], "sandbox");
}

#[actix_web::test]
async fn a_check_says_which_key_is_wrong() {
    let counter = Counter::open().await;
    let till = &counter.till;
    let owner = till.test.staff("owner").await;
    let id = text(&till.test.get(&owner, "/payment-connections").await.expect(200)[0]["id"]);
    let check = format!("/payment-connections/{id}/check");
    let checked = till.test.post(&owner, &check, &json!({})).await.expect(200);
    assert_eq!(checked, json!({ "livemode": false, "webhook_secret_set": true }));
    let put = async |version: &str, body: Value| {
        let owner = owner.clone().header("If-Match", version);
        till.test.put(&owner, "/payment-connections/paypal", &body).await
    };
    let wrong =
        json!({ "environment": "sandbox", "client_secret": "somebody-elses-secret", "enabled": true });
    put("\"1\"", wrong).await.expect(200);
    let refused = till.test.post(&owner, &check, &json!({})).await.expect(502);
    assert!(text(&refused["detail"]).contains("does not accept the key"), "{refused}");
    let body = json!({ "environment": "sandbox", "client_id": "has blanks in it", "enabled": true });
    assert_eq!(put("\"2\"", body).await.expect(422)["errors"][0]["pointer"], "/client_id");
    let stranger = till.test.staff_of(GLOBEX, "owner").await;
    let body = json!({ "environment": "live", "client_id": CLIENT_ID, "enabled": true });
    let refused = till.test.put(&stranger, "/payment-connections/paypal", &body).await.expect(422);
    assert_eq!(refused["errors"][0]["pointer"], "/client_secret");
}

#[actix_web::test]
async fn money_goes_back_once_and_when_paypal_says_so() {
    let mut counter = Counter::open().await;
    let bill = counter.till.bill(12_000, "EUR").await;
    let (id, order) = counter.begin(&bill).await;
    let approved = counter.paypal.approve(&order);
    counter.told(&[&approved]).await;
    let payment = text(&counter.till.attempt(&id).await["payment_id"]);
    let give_back = async |counter: &Counter, minor: i64| {
        let owner = counter.till.test.staff("owner").await;
        let body = json!({ "amount": { "amount": minor, "currency": "EUR" }, "reason": "Came late", "to": "source" });
        counter.till.test.post(&owner, &format!("/payments/{payment}/refunds"), &body).await.expect(201)
    };
    let refunds = |counter: &Counter| {
        counter.paypal.requests().iter().filter(|request| request.line.ends_with("/refund")).count()
    };
    // The answers are lost: whether it was done is unknown, and the job finds out.
    counter.paypal.fail_next([Outage::AnswerLost, Outage::Trouble, Outage::Trouble]);
    let refund = give_back(&counter, 5_000).await;
    assert_eq!((&refund["state"], refunds(&counter)), (&json!("pending"), 3));
    assert_eq!(counter.till.stand(&bill).await, "paid 12000");
    counter.pass(TimeDelta::minutes(2)).await;
    counter.till.test.work().await;
    assert_eq!(refunds(&counter), 3, "what PayPal knows of is not asked for again");
    assert_eq!(counter.till.stand(&bill).await, "partially_paid 7000");
    assert_eq!(counter.till.ask("select string_agg(state, ' ') from refund").await, "succeeded");

    counter.paypal.keep_refunds_pending(true);
    for (end, stand, attention) in
        [("FAILED", "partially_paid 7000", 1), ("COMPLETED", "partially_paid 5000", 1)]
    {
        assert_eq!(give_back(&counter, 2_000).await["state"], "pending");
        assert_eq!(counter.till.stand(&bill).await, "partially_paid 7000");
        let event = counter.paypal.conclude_refund(&order, end);
        counter.told(&[&event, &event]).await;
        assert_eq!(counter.till.stand(&bill).await, stand);
        assert_eq!(counter.till.events("payment.needs_attention").await, attention);
    }
    // Staff give the rest back at PayPal.
    counter.paypal.keep_refunds_pending(false);
    let event = counter.paypal.refund(&order, "50.00");
    counter.told(&[&event]).await;
    assert_eq!(counter.till.stand(&bill).await, "sent 0");
    assert_eq!(counter.till.ask("select refunded_minor from payment").await, "12000");
    assert_eq!(counter.till.count("refund where state = 'succeeded'").await, 3);
    counter.till.check_books().await;
}

#[actix_web::test]
async fn a_dispute_at_paypal_is_seen_and_its_money_follows() {
    let counter = Counter::open().await;
    let till = &counter.till;
    let bill = till.bill(12_000, "EUR").await;
    let (_, order) = counter.begin(&bill).await;
    counter.told(&[&counter.paypal.approve(&order)]).await;
    assert_eq!(till.stand(&bill).await, "paid 12000");
    // While the payer only asks, the money stays.
    counter.told(&[&counter.paypal.dispute(&order, "50.00")]).await;
    assert_eq!(till.stand(&bill).await, "paid 12000");
    assert_eq!(till.ask("select state || ' ' || withdrawn_minor from dispute").await, "needs_response 0");
    assert_eq!(till.ask("select disputed from invoice").await, "true");
    assert_eq!(till.events("payment.needs_attention").await, 1);
    counter.told(&[&counter.paypal.escalate_dispute()]).await;
    assert_eq!(till.stand(&bill).await, "partially_paid 7000");
    till.check_books().await;
    let resolved = counter.paypal.resolve_dispute("RESOLVED_SELLER_FAVOUR");
    counter.told(&[&resolved, &resolved]).await;
    assert_eq!(till.stand(&bill).await, "paid 12000");
    assert_eq!(till.ask("select state || ' ' || withdrawn_minor from dispute").await, "won 0");
    assert_eq!(till.count("inbound_event where state <> 'processed'").await, 0);
    till.check_books().await;
}
