use chrono::TimeDelta;
use serde_json::json;

use super::*;

fn card(number: &str) -> Value {
    json!({ "number": number, "expiry": "12/30", "cvc": "123" })
}

impl Till {
    /// An open attempt, and the path of its page.
    async fn page(&self, bill: &Bill) -> (String, String) {
        let attempt = self.start(&self.contact, &[bill], None).await.expect(201);
        let url = text(&attempt["checkout_url"]);
        let (_, reference) = url.split_once("http://localhost:8080/acme/sandbox/").unwrap();
        (text(&attempt["id"]), format!("/portal/sandbox/{reference}"))
    }

    async fn pay(&self, page: &str, number: &str) -> Answer {
        self.test.post(&self.contact, &format!("{page}/pay"), &card(number)).await
    }
}

#[actix_web::test]
async fn a_card_that_works_pays() {
    let till = Till::sandbox().await;
    let bill = till.bill(12_000, "EUR").await;
    let (id, page) = till.page(&bill).await;
    let shown = till.test.get(&till.contact, &page).await.expect(200);
    assert_eq!((&shown["state"], &shown["description"]), (&json!("open"), &json!("Invoice R-1")));
    assert_eq!(shown["return_url"], format!("http://localhost:8080/acme/payments/{id}"));
    assert_eq!(till.pay(&page, "4242 4242 4242 4242").await.expect(200)["state"], "succeeded");
    // It came by the same way as a real provider's: signed, kept, applied by a worker.
    assert_eq!(
        till.ask("select kind || ' ' || state from inbound_event").await,
        "checkout.succeeded received"
    );
    till.test.work().await;
    assert_eq!(till.attempt(&id).await["state"], "succeeded");
    assert_eq!(till.stand(&bill).await, "paid 12000");
    assert_eq!((till.count("mail").await, till.events("payment.received").await), (1, 1));
    assert_eq!(till.pay(&page, "4242424242424242").await.problem(409), "conflict");
    till.check_books().await;
}

#[actix_web::test]
async fn declined_then_paid() {
    let till = Till::sandbox().await;
    let bill = till.bill(12_000, "EUR").await;
    let (id, page) = till.page(&bill).await;
    let declined = till.pay(&page, "4000000000000002").await.expect(200);
    assert_eq!(
        (&declined["state"], &declined["failure"]),
        (&json!("open"), &json!("Your card was declined."))
    );
    till.test.work().await;
    assert_eq!(till.attempt(&id).await["state"], "open");
    for (number, pointer) in [("4111111111111111", "/number"), ("1", "/number")] {
        assert_eq!(till.pay(&page, number).await.expect(422)["errors"][0]["pointer"], pointer);
    }
    till.pay(&page, "5555555555554444").await.expect(200);
    till.test.work().await;
    assert_eq!(till.stand(&bill).await, "paid 12000");
    assert_eq!(till.count("sandbox_checkout c where position('4111' in c::text) > 0").await, 0);
}

#[actix_web::test]
async fn the_second_step() {
    let till = Till::sandbox().await;
    let bill = till.bill(12_000, "EUR").await;
    let (_, page) = till.page(&bill).await;
    let step = format!("{page}/second-step");
    assert_eq!(
        till.test.post(&till.contact, &step, &json!({ "confirm": true })).await.problem(409),
        "conflict"
    );
    assert_eq!(till.pay(&page, "4000002500003155").await.expect(200)["second_step"], true);
    till.test.work().await;
    assert_eq!(till.stand(&bill).await, "sent 0");
    let refused = till.test.post(&till.contact, &step, &json!({ "confirm": false })).await.expect(200);
    assert_eq!((&refused["state"], &refused["second_step"]), (&json!("open"), &json!(false)));
    till.pay(&page, "4000002500003155").await.expect(200);
    assert_eq!(
        till.test.post(&till.contact, &step, &json!({ "confirm": true })).await.expect(200)["state"],
        "succeeded"
    );
    till.test.work().await;
    assert_eq!(till.stand(&bill).await, "paid 12000");
    assert_eq!(till.count("payment").await, 1);
    till.check_books().await;
}

#[actix_web::test]
async fn a_delayed_card_stays_processing_until_it_settles() {
    let mut till = Till::sandbox().await;
    for (number, state, stand) in
        [("4000003720000278", "succeeded", "paid 12000"), ("4000000000000341", "failed", "sent 0")]
    {
        let bill = till.bill(12_000, "EUR").await;
        let (id, page) = till.page(&bill).await;
        assert_eq!(till.pay(&page, number).await.expect(200)["state"], "processing");
        till.test.work().await;
        till.pass(TimeDelta::seconds(30)).await;
        assert_eq!(till.attempt(&id).await["state"], "processing");
        assert_eq!(till.stand(&bill).await, "sent 0");
        till.pass(TimeDelta::seconds(30)).await;
        assert_eq!(till.attempt(&id).await["state"], state);
        assert_eq!(till.stand(&bill).await, stand);
    }
    till.check_books().await;
}

#[actix_web::test]
async fn turning_back_closes_the_page() {
    let till = Till::sandbox().await;
    let bill = till.bill(12_000, "EUR").await;
    let (id, page) = till.page(&bill).await;
    assert_eq!(
        till.test.post(&till.contact, &format!("{page}/cancel"), &json!({})).await.expect(200)["state"],
        "expired"
    );
    till.test.work().await;
    assert_eq!(till.attempt(&id).await["state"], "expired");
    assert_eq!(till.pay(&page, "4242424242424242").await.problem(409), "conflict");
    till.start(&till.contact, &[&bill], None).await.expect(201);
}

#[actix_web::test]
async fn the_page_is_its_client_s() {
    let till = Till::sandbox().await;
    let bill = till.bill(12_000, "EUR").await;
    let (_, page) = till.page(&bill).await;
    for stranger in [till.test.contact("two").await, till.test.contact_of(GLOBEX, "one").await] {
        assert_eq!(till.test.get(&stranger, &page).await.problem(404), "not_found");
        assert_eq!(
            till.test.post(&stranger, &format!("{page}/pay"), &card("4242424242424242")).await.problem(404),
            "not_found"
        );
    }
    assert_eq!(till.test.get(&Asker::stranger(), &page).await.problem(401), "unauthenticated");
    // Nobody can forge the sandbox's word.
    let forged = SignedEvent { signature: "t=1772442000,v1=00".to_owned(), body: b"{}".to_vec() };
    assert_eq!(till.deliver(&forged).await.problem(400), "bad_signature");
    till.test.database().execute("update contact set permissions = array['portal', 'money.view']").await;
    till.test.get(&till.contact, &page).await.expect(200);
    assert_eq!(till.pay(&page, "4242424242424242").await.problem(403), "forbidden");
}
