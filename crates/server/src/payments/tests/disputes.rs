use super::*;

#[actix_web::test]
async fn a_dispute_is_seen_and_its_money_follows() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let (attempt, session) = till.open(&bill).await;
    till.tell(&till.stripe.pay(&session)).await;
    let payment = text(&till.attempt(&attempt).await["payment_id"]);
    till.tell(&till.stripe.dispute(&session, 10_000)).await;
    assert_eq!(till.stand(&bill).await, "sent 0");
    assert_eq!(till.balance("EUR").await, "10000 0");
    let owner = till.test.staff("owner").await;
    let shown = till.test.get(&owner, &format!("/payments/{payment}")).await.expect(200);
    assert_eq!(shown["disputed"]["amount"], 10_000);
    assert_eq!(
        (&shown["dispute"]["state"], &shown["dispute"]["withdrawn"]),
        (&json!("needs_response"), &json!(true))
    );
    assert_eq!(shown["dispute"]["due_by"], "2026-03-12T09:00:00Z");
    let invoice = till.test.get(&owner, &format!("/invoices/{}", bill.id)).await.expect(200);
    assert_eq!(invoice["disputed"], true);
    assert_eq!((till.events("payment.disputed").await, till.events("payment.needs_attention").await), (1, 1));
    // What a bank holds can't be given back by us.
    let body = json!({ "amount": { "amount": 1, "currency": "EUR" }, "to": "source", "reason": "x" });
    let refused = till.test.post(&owner, &format!("/payments/{payment}/refunds"), &body).await;
    assert_eq!(refused.problem(409), "more_than_left");
    till.check_books().await;

    till.tell(&till.stripe.close_dispute(&session, true)).await;
    assert_eq!(till.stand(&bill).await, "paid 10000");
    assert_eq!(till.balance("EUR").await, "0 0");
    assert_eq!(till.ask("select disputed from invoice").await, "false");
    let shown = till.test.get(&owner, &format!("/payments/{payment}")).await.expect(200);
    assert_eq!((&shown["dispute"]["state"], &shown["disputed"]["amount"]), (&json!("won"), &json!(0)));
    till.check_books().await;
}

#[actix_web::test]
async fn a_lost_dispute_stays_owed() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let (_, session) = till.open(&bill).await;
    till.tell(&till.stripe.pay(&session)).await;
    let opened = till.stripe.dispute(&session, 4000);
    till.tell(&till.stripe.close_dispute(&session, false)).await;
    assert_eq!(till.stand(&bill).await, "partially_paid 6000");
    // What comes late changes nothing.
    till.tell(&opened).await;
    assert_eq!(till.ask("select state || ' ' || withdrawn_minor from dispute").await, "lost 4000");
    assert_eq!(till.stand(&bill).await, "partially_paid 6000");
    assert_eq!(till.ask("select disputed from invoice").await, "false");
    till.check_books().await;
}

#[actix_web::test]
async fn what_was_paid_meanwhile_leaves_the_money_as_credit() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let (_, session) = till.open(&bill).await;
    till.tell(&till.stripe.pay(&session)).await;
    till.tell(&till.stripe.dispute(&session, 10_000)).await;
    let (_, again) = till.open(&bill).await;
    till.tell(&till.stripe.pay(&again)).await;
    assert_eq!(till.stand(&bill).await, "paid 10000");
    till.tell(&till.stripe.close_dispute(&session, true)).await;
    assert_eq!(till.balance("EUR").await, "0 10000");
    till.check_books().await;
}

#[actix_web::test]
async fn real_money_and_tests_are_kept_apart() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let (_, session) = till.open(&bill).await;
    let mut events = till.stripe.pay(&session);
    for event in &mut events {
        event["livemode"] = json!(true);
    }
    till.tell(&events).await;
    assert_eq!(till.stand(&bill).await, "sent 0");
    assert_eq!(
        till.count("inbound_event where state = 'quarantined' and error like '%real money%'").await,
        3
    );
    assert_eq!(till.events("payment.needs_attention").await, 3);
    till.check_books().await;
}
