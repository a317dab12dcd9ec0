use chrono::TimeDelta;

use super::*;

#[actix_web::test]
async fn money_that_went_back_reopens_the_invoice() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (id, session) = till.open(&bill).await;
    let paid = till.stripe.pay(&session);
    till.tell(&paid).await;
    till.tell(&till.stripe.refund(&session, 2000)).await;
    assert_eq!(till.stand(&bill).await, "partially_paid 10000");
    assert_eq!(till.balance("EUR").await, "2000 0");
    till.tell(&till.stripe.refund(&session, 10_000)).await;
    assert_eq!(till.stand(&bill).await, "sent 0");
    assert_eq!(till.events("payment.refunded").await, 2);
    till.check_books().await;

    // Nothing that comes late makes it paid again.
    for event in &paid {
        let mut again = event.clone();
        again["id"] = serde_json::json!(format!("{}_again", text(&event["id"])));
        till.tell(&[again]).await;
    }
    assert_eq!(till.stand(&bill).await, "sent 0");
    assert_eq!(
        (
            till.count("payment").await,
            till.count("mail where subject like 'Receipt%'").await,
            till.events("payment.received").await
        ),
        (1, 1, 1)
    );
    let payment = text(&till.attempt(&id).await["payment_id"]);
    let payment = till.test.get(&till.contact, &format!("/portal/payments/{payment}")).await.expect(200);
    assert_eq!(
        (&payment["refunded"]["amount"], &payment["shares"]),
        (&serde_json::json!(12_000), &serde_json::json!([]))
    );
    till.check_books().await;
}

#[actix_web::test]
async fn a_refund_that_is_heard_of_first_ends_the_same() {
    let mut till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (_, session) = till.open(&bill).await;
    let paid = till.stripe.pay(&session);
    let back = till.stripe.refund(&session, 12_000);
    till.tell(&back).await;
    assert_eq!(till.stand(&bill).await, "sent 0");
    till.tell(&paid).await;
    assert_eq!(till.stand(&bill).await, "sent 0");
    assert_eq!(
        (till.count("payment where refunded_minor = 12000").await, till.events("payment.refunded").await),
        (1, 1)
    );
    assert_eq!(till.count("mail where subject like 'Receipt%'").await, 0, "no thanks for what has gone back");
    assert_eq!(till.events("payment.needs_attention").await, 0);
    // The first event named the money only, before anybody knew whose it was: it was put off, not lost.
    till.pass(TimeDelta::minutes(1)).await;
    till.test.work().await;
    assert_eq!(till.count("inbound_event where state <> 'processed'").await, 0);
    assert_eq!(till.balance("EUR").await, "12000 0");
    till.check_books().await;
}

#[actix_web::test]
async fn what_went_back_comes_from_credit_first() {
    let till = Till::stripe().await;
    let (one, two) = (till.bill(12_000, "EUR").await, till.bill(8000, "EUR").await);
    till.start(&till.contact, &[&one, &two], None).await.expect(201);
    let session = till.stripe.sessions().pop().unwrap();
    till.void(&two).await;
    till.tell(&till.stripe.pay(&session)).await;
    assert_eq!(till.balance("EUR").await, "0 8000");
    till.tell(&till.stripe.refund(&session, 9000)).await;
    assert_eq!(till.stand(&one).await, "partially_paid 11000");
    assert_eq!(till.balance("EUR").await, "1000 0");
    till.check_books().await;
}

#[actix_web::test]
async fn money_for_a_voided_invoice_becomes_credit() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (id, session) = till.open(&bill).await;
    // The client was faster than the job that calls the attempt off.
    till.void(&bill).await;
    till.stripe.pay(&session);
    till.test.work().await;
    assert_eq!(till.stand(&bill).await, "void 0");
    assert_eq!(till.balance("EUR").await, "0 12000");
    assert_eq!(till.attempt(&id).await["state"], "succeeded");
    assert_eq!(till.events("payment.needs_attention").await, 1);
    assert_eq!((till.count("payment where unapplied_minor = 12000").await, till.count("mail").await), (1, 1));
    assert!(
        till.ask("select body_text from mail").await.contains("120.00\u{a0}EUR of it is kept as your credit")
    );
    till.check_books().await;
}

#[actix_web::test]
async fn voiding_closes_the_page() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (id, session) = till.open(&bill).await;
    till.void(&bill).await;
    till.test.work().await;
    assert_eq!(till.stripe.object(&session)["status"], "expired");
    assert_eq!(till.attempt(&id).await["state"], "expired");
    assert_eq!(till.count("job").await, 0);
    till.check_books().await;
}
