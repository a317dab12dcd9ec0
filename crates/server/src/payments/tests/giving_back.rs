use chrono::TimeDelta;
use futures_util::future::join_all;
use integrations::payment::stripe::fake::{Outage, RefundFate};

use super::*;

/// Money received by Stripe for a whole invoice: the payment's id and the session.
async fn paid(till: &Till, bill: &Bill) -> (String, String) {
    let (attempt, session) = till.open(bill).await;
    till.tell(&till.stripe.pay(&session)).await;
    (text(&till.attempt(&attempt).await["payment_id"]), session)
}

fn back(minor: i64, to: &str) -> Value {
    json!({ "amount": { "amount": minor, "currency": "EUR" }, "to": to, "reason": "Came broken" })
}

async fn refund(till: &Till, payment: &str, body: &Value) -> Answer {
    let owner = till.test.staff("owner").await;
    till.test.post(&owner, &format!("/payments/{payment}/refunds"), body).await
}

#[actix_web::test]
async fn money_goes_back_to_where_it_came_from() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let (payment, _) = paid(&till, &bill).await;
    let answer = refund(&till, &payment, &back(6000, "source")).await.expect(201);
    assert_eq!((&answer["state"], &answer["to"]), (&json!("succeeded"), &json!("source")));
    let sent = till.stripe.requests().into_iter().find(|request| request.line == "POST /v1/refunds").unwrap();
    let id = text(&answer["id"]);
    assert_eq!(sent.idempotency_key.as_deref(), Some(id.as_str()));
    assert_eq!(sent.form.get("amount").map(String::as_str), Some("6000"));
    assert_eq!(sent.form.get("metadata[refund]"), Some(&id));
    assert_eq!(till.stand(&bill).await, "partially_paid 4000");
    assert_eq!(till.balance("EUR").await, "6000 0");
    // Stripe tells of it, too: nothing is counted twice.
    till.tell(&till.stripe.refund_events(&till.stripe.refunds()[0])).await;
    assert_eq!(till.stand(&bill).await, "partially_paid 4000");
    assert_eq!((till.count("refund").await, till.events("payment.refunded").await), (1, 1));
    let owner = till.test.staff("owner").await;
    let shown = till.test.get(&owner, &format!("/payments/{payment}")).await.expect(200);
    assert_eq!(shown["refunded"]["amount"], 6000);
    assert_eq!(shown["refunds"][0]["id"], answer["id"]);
    assert_eq!(till.test.get(&owner, &format!("/refunds/{id}")).await.expect(200), answer);
    let mine = till.test.get(&till.contact, &format!("/portal/payments/{payment}")).await.expect(200);
    assert_eq!(mine["refunds"][0]["reason"], "Came broken");
    let mail = till.ask("select subject || ' ' || body_text from mail order by id desc limit 1").await;
    for part in ["60.00 EUR given back", "Visa ···· 4242", "Came broken"] {
        assert!(mail.contains(part), "{part} in {mail}");
    }
    assert_eq!(till.count("job where kind = 'refund'").await, 1, "the job looks after it, and finds it done");
    till.check_books().await;
}

#[actix_web::test]
async fn two_who_give_back_sixty_of_a_hundred_at_once() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let (payment, _) = paid(&till, &bill).await;
    let body = back(6000, "source");
    let answers = join_all((0..2).map(|_| refund(&till, &payment, &body))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let refused = answers.iter().find(|answer| answer.status == 409).unwrap();
    assert_eq!(refused.body["code"], "more_than_left");
    assert_eq!(refused.body["current"]["left"]["amount"], 4000);
    assert_eq!(till.stripe.refunds().len(), 1);
    assert_eq!(till.ask("select refunded_minor from payment").await, "6000");
    till.check_books().await;
}

#[actix_web::test]
async fn the_same_request_twenty_times_is_one_refund() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let (payment, _) = paid(&till, &bill).await;
    let owner = till.test.staff("owner").await.header("Idempotency-Key", "r1");
    let (path, body) = (format!("/payments/{payment}/refunds"), back(1000, "source"));
    let answers = join_all((0..20).map(|_| till.test.post(&owner, &path, &body))).await;
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 201 | 409)), "{answers:?}");
    assert_eq!(till.test.post(&owner, &path, &body).await.expect(201)["state"], "succeeded");
    assert_eq!((till.count("refund").await, till.stripe.refunds().len()), (1, 1));
    till.check_books().await;
}

#[actix_web::test]
async fn a_provider_that_refuses_leaves_everything_as_it_was() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let (payment, session) = paid(&till, &bill).await;
    // Known at once, and as an error.
    till.stripe.refunds_become([RefundFate::Fails]);
    let failed = refund(&till, &payment, &back(6000, "source")).await.expect(201);
    assert_eq!(failed["state"], "failed");
    assert!(text(&failed["failure"]).contains("expired or canceled card"), "{failed}");
    let intent = text(&till.stripe.object(&session)["payment_intent"]);
    till.stripe.tamper(&intent, |intent| intent["latest_charge"] = json!(null));
    let failed = refund(&till, &payment, &back(6000, "source")).await.expect(201);
    assert_eq!(failed["state"], "failed");
    assert_eq!(till.stand(&bill).await, "paid 10000");
    assert_eq!(till.balance("EUR").await, "0 0");
    assert_eq!(till.events("payment.refund_failed").await, 2);
    assert_eq!(till.events("payment.needs_attention").await, 2);
    assert_eq!(till.events("payment.refunded").await, 0);
    // What failed doesn't count against what can be given back.
    assert_eq!(refund(&till, &payment, &back(10_001, "source")).await.problem(409), "more_than_left");
    till.check_books().await;
}

#[actix_web::test]
async fn a_refund_that_takes_its_time_is_booked_when_it_is_there() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let (payment, _) = paid(&till, &bill).await;
    till.stripe.refunds_become([RefundFate::Pending, RefundFate::Pending]);
    assert_eq!(refund(&till, &payment, &back(6000, "source")).await.expect(201)["state"], "pending");
    assert_eq!(till.stand(&bill).await, "paid 10000");
    // What is on its way counts.
    assert_eq!(refund(&till, &payment, &back(6000, "source")).await.problem(409), "more_than_left");
    refund(&till, &payment, &back(4000, "source")).await.expect(201);
    let [first, second] = till.stripe.refunds().try_into().unwrap();
    till.tell(&till.stripe.succeed_refund(&first)).await;
    assert_eq!(till.stand(&bill).await, "partially_paid 4000");
    till.tell(&till.stripe.fail_refund(&second)).await;
    assert_eq!(till.stand(&bill).await, "partially_paid 4000");
    assert_eq!(till.ask("select string_agg(state, ' ' order by id) from refund").await, "succeeded failed");
    till.check_books().await;
    // It came back from the bank after all: the money is the client's credit, and nothing is paid by itself.
    till.tell(&till.stripe.fail_refund(&first)).await;
    assert_eq!(till.stand(&bill).await, "partially_paid 4000");
    assert_eq!(till.balance("EUR").await, "6000 6000");
    assert_eq!(till.ask("select refunded_minor from payment").await, "0");
    till.check_books().await;
}

#[actix_web::test]
async fn a_crash_before_the_answer_is_mended_by_the_job() {
    let mut till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let (payment, _) = paid(&till, &bill).await;
    // Three tries: the first is carried out, and its answer is lost.
    till.stripe.fail_next([Outage::AnswerLost, Outage::Trouble, Outage::Trouble]);
    assert_eq!(refund(&till, &payment, &back(6000, "source")).await.expect(201)["state"], "pending");
    assert_eq!(till.stripe.refunds().len(), 1);
    assert_eq!(till.stand(&bill).await, "paid 10000");
    till.pass(TimeDelta::minutes(2)).await;
    till.test.work().await;
    assert_eq!(till.stand(&bill).await, "partially_paid 4000");
    // Here Stripe never heard of it, and the job died as well: the sweep comes again.
    till.stripe.fail_next([Outage::Trouble; 3]);
    refund(&till, &payment, &back(1000, "source")).await.expect(201);
    till.test.database().execute("delete from job").await;
    till.pass(TimeDelta::minutes(16)).await;
    till.sweep().await;
    assert_eq!(till.stand(&bill).await, "partially_paid 3000");
    assert_eq!(till.stripe.refunds().len(), 2);
    till.check_books().await;
}

#[actix_web::test]
async fn staff_choose_what_becomes_of_the_invoice() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let (payment, _) = paid(&till, &bill).await;
    let mut body = back(2500, "source");
    body["invoices"] = json!("credit_note");
    refund(&till, &payment, &body).await.expect(201);
    // It asks for less now, so nothing is owed again.
    assert_eq!(till.stand(&bill).await, "paid 7500");
    assert_eq!(till.ask("select credited_minor from invoice").await, "2500");
    assert_eq!(
        till.ask("select number || ' ' || total_minor || ' ' || reason from credit_note").await,
        "CN-1 2500 Came broken"
    );
    assert_eq!(till.balance("EUR").await, "0 0");
    assert_eq!(till.events("invoice.paid").await, 1);
    till.check_books().await;
}

#[actix_web::test]
async fn money_is_kept_as_credit() {
    let till = Till::stripe().await;
    let (one, two) = (till.bill(10_000, "EUR").await, till.bill(5000, "EUR").await);
    till.start(&till.contact, &[&one, &two], None).await.expect(201);
    till.tell(&till.stripe.pay(&till.stripe.sessions()[0])).await;
    let payment = till.test.get(&till.contact, "/portal/payments").await.expect(200);
    let payment = text(&payment["items"][0]["id"]);
    let mut body = back(3000, "credit");
    body["invoice_id"] = json!(one.id);
    let answer = refund(&till, &payment, &body).await.expect(201);
    assert_eq!((&answer["state"], &answer["to"]), (&json!("succeeded"), &json!("credit")));
    assert_eq!(till.stand(&one).await, "partially_paid 7000");
    assert_eq!(till.balance("EUR").await, "3000 3000");
    assert!(till.stripe.refunds().is_empty());
    body["amount"]["amount"] = json!(7001);
    assert_eq!(refund(&till, &payment, &body).await.problem(409), "more_than_left");
    let credit = till.test.get(&till.contact, "/portal/credit").await.expect(200);
    assert_eq!(credit["credit"], json!([{ "amount": 3000, "currency": "EUR" }]));
    assert_eq!(
        (&credit["sources"][0]["origin"], &credit["sources"][0]["number"]),
        (&json!("taken_off"), &json!("R-1"))
    );
    // Back to the source it comes out of the credit first.
    refund(&till, &payment, &back(4000, "source")).await.expect(201);
    assert_eq!(till.balance("EUR").await, "4000 0");
    assert_eq!(till.stand(&two).await, "partially_paid 4000");
    till.check_books().await;
}

#[actix_web::test]
async fn what_was_recorded_by_hand_is_given_back_by_hand() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let owner = till.test.staff("owner").await;
    let body = json!({
        "invoice_id": bill.id, "amount": { "amount": 12_000, "currency": "EUR" }, "method": "cash", "received_on": "2026-03-02",
    });
    let payment = text(&till.test.post(&owner, "/payments", &body).await.expect(201)["id"]);
    assert_eq!(till.count("mail where subject like 'Receipt%'").await, 1);
    assert_eq!(refund(&till, &payment, &back(5000, "source")).await.expect(201)["state"], "succeeded");
    assert_eq!(till.stand(&bill).await, "partially_paid 7000");
    assert_eq!(till.balance("EUR").await, "3000 0");
    assert!(till.stripe.requests().is_empty());
    for (minor, currency, code) in [(0, "EUR", 422), (-1, "EUR", 422), (1, "USD", 422), (7001, "EUR", 409)] {
        let body =
            json!({ "amount": { "amount": minor, "currency": currency }, "to": "source", "reason": "x" });
        refund(&till, &payment, &body).await.expect(code);
    }
    // The first receipt was wanted; this one isn't.
    let quiet = json!({
        "invoice_id": bill.id, "amount": { "amount": 3000, "currency": "EUR" }, "method": "bank_transfer",
        "received_on": "2026-03-02", "send_receipt": false,
    });
    till.test.post(&owner, "/payments", &quiet).await.expect(201);
    assert_eq!(till.count("mail where subject like 'Receipt%'").await, 1);
    let advisor = till.test.staff("advisor").await;
    let path = format!("/payments/{payment}/refunds");
    assert_eq!(till.test.post(&advisor, &path, &back(1, "source")).await.problem(403), "forbidden");
    let stranger = till.test.staff_of(GLOBEX, "owner").await;
    assert_eq!(till.test.post(&stranger, &path, &back(1, "source")).await.problem(404), "not_found");
    till.check_books().await;
}

#[actix_web::test]
async fn receipts_name_ways_of_paying_in_the_reader_s_language() {
    let till = Till::stripe().await;
    till.test.database().execute("update contact set language = 'de' where email = 'one@acme.example'").await;
    let bill = till.bill(10_000, "EUR").await;
    let owner = till.test.staff("owner").await;
    let body = json!({
        "invoice_id": bill.id, "amount": { "amount": 10_000, "currency": "EUR" }, "method": "bank_transfer", "received_on": "2026-03-02",
    });
    till.test.post(&owner, "/payments", &body).await.expect(201);
    let mail = till.ask("select body_text from mail").await;
    assert!(mail.contains("(Überweisung)") && !mail.contains("bank_transfer"), "{mail}");
}

#[actix_web::test]
async fn the_sandbox_gives_back_no_more_than_it_took() {
    let till = Till::sandbox().await;
    let bill = till.bill(10_000, "EUR").await;
    let attempt = till.start(&till.contact, &[&bill], None).await.expect(201);
    let reference = text(&attempt["checkout_url"]).rsplit('/').next().unwrap().to_owned();
    let card = json!({ "number": "4242424242424242", "expiry": "12/30", "cvc": "123" });
    till.test.post(&till.contact, &format!("/portal/sandbox/{reference}/pay"), &card).await.expect(200);
    till.test.work().await;
    let payment = text(&till.attempt(&text(&attempt["id"])).await["payment_id"]);
    assert_eq!(refund(&till, &payment, &back(6000, "source")).await.expect(201)["state"], "succeeded");
    assert_eq!(refund(&till, &payment, &back(6000, "source")).await.problem(409), "more_than_left");
    assert_eq!(till.stand(&bill).await, "partially_paid 4000");
    assert_eq!(till.ask("select sum(amount_minor) from sandbox_refund").await, "6000");
    till.sweep().await;
    till.check_books().await;
}
