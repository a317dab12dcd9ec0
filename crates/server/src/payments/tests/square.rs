//! The same rules with Square, where disputes are found by location.

use actix_web::http::Method;
use integrations::payment::square::SIGNATURE_HEADER;
use integrations::payment::square::fake::{ACCESS_TOKEN, FakeSquare, LOCATION_ID, SIGNATURE_KEY};

use super::*;

#[actix_web::test]
async fn a_dispute_at_square_is_seen_and_its_money_follows() {
    let square = FakeSquare::start(start());
    let mut settings = settings();
    settings.square_url = Some(square.url().parse().unwrap());
    let test = TestApp::with(settings).await;
    number(&test).await;
    let owner = test.staff("owner").await;
    let body = json!({
        "environment": "sandbox", "access_token": ACCESS_TOKEN, "location_id": LOCATION_ID,
        "signature_keys": [SIGNATURE_KEY], "enabled": true,
    });
    let connection = test.put(&owner, "/payment-connections/square", &body).await.expect(201);
    let address = text(&connection["webhook_url"]);
    let contact = test.contact("one").await;
    let stripe = FakeStripe::start(start());
    let till = Till { webhook: path_of(&connection["webhook_url"]), test, stripe, contact };
    let tell = async |event: &Value| {
        let signed = square.signed(event, &address);
        let asker = Asker::stranger().header(SIGNATURE_HEADER, &signed.signature);
        let answer = till.test.send_bytes(Method::POST, &asker, &till.webhook, Some(signed.body)).await;
        assert_eq!(answer.status, 200);
        till.test.work().await;
    };
    let bill = till.bill(12_000, "USD").await;
    till.start(&till.contact, &[&bill], None).await.expect(201);
    tell(&square.pay(&square.orders()[0], "COMPLETED")).await;
    assert_eq!(till.stand(&bill).await, "paid 12000");
    let payment = square.payments()[0].clone();
    tell(&square.dispute(&payment, 12_000, "EVIDENCE_REQUIRED")).await;
    assert_eq!(till.stand(&bill).await, "sent 0");
    assert_eq!(till.ask("select state || ' ' || withdrawn_minor from dispute").await, "needs_response 12000");
    till.check_books().await;
    tell(&square.conclude_dispute("WON")).await;
    assert_eq!(till.stand(&bill).await, "paid 12000");
    assert_eq!(till.count("inbound_event where state <> 'processed'").await, 0);
    till.check_books().await;
}
