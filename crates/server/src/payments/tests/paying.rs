use chrono::TimeDelta;
use futures_util::future::join_all;
use integrations::payment::stripe::fake::Outage;
use serde_json::json;

use super::*;

#[actix_web::test]
async fn the_provider_is_told_what_was_frozen() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let answer = till.start(&till.contact, &[&bill], None).await.expect(201);
    assert_eq!(answer["state"], "open");
    assert_eq!(answer["amount"], json!({ "amount": 12_000, "currency": "EUR" }));
    assert_eq!(answer["shares"][0]["number"], "R-1");
    assert!(text(&answer["checkout_url"]).starts_with("https://checkout.stripe.com/"));
    let [sent] = till.stripe.requests().try_into().unwrap();
    let id = text(&answer["id"]);
    let page = format!("http://localhost:8080/acme/payments/{id}");
    assert_eq!(sent.idempotency_key.as_deref(), Some(id.as_str()));
    for (field, value) in [
        ("line_items[0][price_data][unit_amount]", "12000"),
        ("line_items[0][price_data][currency]", "eur"),
        ("line_items[0][price_data][product_data][name]", "Invoice R-1"),
        ("client_reference_id", id.as_str()),
        ("success_url", page.as_str()),
        ("cancel_url", &format!("{page}?canceled=1")),
        ("customer_email", "one@acme.example"),
    ] {
        assert_eq!(sent.form.get(field).map(String::as_str), Some(value), "{field}");
    }
    assert_eq!(till.events("payment.started").await, 1);
}

#[actix_web::test]
async fn amounts_go_as_the_provider_counts() {
    let till = Till::stripe().await;
    for (minor, currency, sent) in [(5000, "JPY", "5000"), (500, "ISK", "50000"), (1999, "EUR", "1999")] {
        let bill = till.bill(minor, currency).await;
        let (_, session) = till.open(&bill).await;
        let request = till.stripe.requests().pop().unwrap();
        assert_eq!(request.form.get("line_items[0][price_data][unit_amount]").unwrap(), sent);
        till.tell(&till.stripe.pay(&session)).await;
        assert_eq!(till.stand(&bill).await, format!("paid {minor}"));
        assert_eq!(till.balance(currency).await, "0 0");
    }
    till.check_books().await;
}

#[actix_web::test]
async fn what_the_provider_refuses_is_refused_before() {
    let till = Till::stripe().await;
    // Forty cents are below Stripe's minimum, and a fils that isn't a multiple of ten can't be told to it.
    for (minor, currency) in [(40, "EUR"), (12_345, "KWD"), (100_000_000, "EUR")] {
        let bill = till.bill(minor, currency).await;
        assert_eq!(till.start(&till.contact, &[&bill], None).await.problem(422), "amount_not_allowed");
    }
    assert!(till.stripe.requests().is_empty());
    assert_eq!(till.count("payment_attempt").await, 0);
}

#[actix_web::test]
async fn clicking_twice_in_two_tabs_opens_one_page() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let colleague = till.test.contact("one").await;
    let askers = [&till.contact, &till.contact, &colleague, &colleague];
    let bills = [&bill];
    let answers = join_all(askers.map(|asker| till.start(asker, &bills, None))).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert!(statuses.iter().all(|status| matches!(status, 200 | 201)), "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1);
    assert!(answers.iter().all(|answer| answer.body["checkout_url"] == answers[0].body["checkout_url"]));
    assert_eq!(till.stripe.sessions().len(), 1);
    assert_eq!(till.count("payment_attempt").await, 1);
}

#[actix_web::test]
async fn what_overlaps_waits() {
    let till = Till::stripe().await;
    till.test
        .database()
        .execute("update organization set partial_payments = true, minimum_partial_minor = 1000")
        .await;
    let (one, two) = (till.bill(12_000, "EUR").await, till.bill(8_000, "EUR").await);
    let (id, _) = till.open(&one).await;
    for answer in [
        till.start(&till.contact, &[&one], Some((5000, "EUR"))).await,
        till.start(&till.contact, &[&one, &two], None).await,
    ] {
        let refused = answer.expect(409);
        assert_eq!(refused["code"], "attempt_open");
        assert_eq!(refused["current"]["id"], id);
    }
    till.start(&till.contact, &[&two], None).await.expect(201);
    // Called off, the way is free.
    let path = format!("/portal/payments/attempts/{id}/cancel");
    assert_eq!(till.test.post(&till.contact, &path, &json!({})).await.expect(200)["state"], "expired");
    till.start(&till.contact, &[&one], Some((5000, "EUR"))).await.expect(201);
    let other = till.test.contact("two").await;
    assert_eq!(till.test.post(&other, &path, &json!({})).await.problem(404), "not_found");
}

#[actix_web::test]
async fn only_what_was_shown_is_paid() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let body = |id: &str, version: i64| json!({ "invoices": [{ "invoice_id": id, "version": version }] });
    let path = "/portal/payments";
    let shown = till.version(&bill).await;
    let stale = till.test.post(&till.contact, path, &body(&bill.id, 7)).await.expect(409);
    assert_eq!(stale["code"], "conflict");
    assert_eq!(stale["current"]["invoices"][0]["version"], shown);
    assert_eq!(stale["current"]["invoices"][0]["balance"]["amount"], 12_000);
    let other = till.test.contact("two").await;
    assert_eq!(till.test.post(&other, path, &body(&bill.id, shown)).await.problem(404), "not_found");
    let twice = json!({ "invoices": [{ "invoice_id": bill.id, "version": shown }, { "invoice_id": bill.id, "version": shown }] });
    assert_eq!(till.test.post(&till.contact, path, &twice).await.problem(422), "validation");
    assert_eq!(
        till.test.post(&till.contact, path, &json!({ "invoices": [] })).await.problem(422),
        "validation"
    );
    till.test.database().execute("update contact set permissions = array['portal', 'money.view']").await;
    assert_eq!(till.test.post(&till.contact, path, &body(&bill.id, shown)).await.problem(403), "forbidden");
    assert_eq!(
        till.test.post(&Asker::stranger(), path, &body(&bill.id, shown)).await.problem(401),
        "unauthenticated"
    );
    till.test.database().execute("update contact set permissions = array['portal', 'money.pay']").await;
    till.void(&bill).await;
    assert_eq!(
        till.test.post(&till.contact, path, &body(&bill.id, shown)).await.problem(409),
        "invoice_not_payable"
    );
}

#[actix_web::test]
async fn parts_are_paid_where_the_organization_allows() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let pay = async |minor| till.start(&till.contact, &[&bill], Some((minor, "EUR"))).await;
    assert_eq!(pay(5000).await.problem(422), "amount_not_allowed");
    till.test
        .database()
        .execute("update organization set partial_payments = true, minimum_partial_minor = 1000")
        .await;
    for minor in [999, 12_001, 0, -5, i64::MAX] {
        assert_eq!(pay(minor).await.problem(422), "amount_not_allowed", "{minor}");
    }
    assert_eq!(
        till.start(&till.contact, &[&bill], Some((5000, "USD"))).await.problem(422),
        "amount_not_allowed"
    );
    pay(5000).await.expect(201);
    till.tell(&till.stripe.pay(&till.stripe.sessions()[0])).await;
    assert_eq!(till.stand(&bill).await, "partially_paid 5000");
    // The rest may be below the minimum.
    pay(6500).await.expect(201);
    till.tell(&till.stripe.pay(&till.stripe.sessions()[1])).await;
    pay(500).await.expect(201);
    till.tell(&till.stripe.pay(&till.stripe.sessions()[2])).await;
    assert_eq!(till.stand(&bill).await, "paid 12000");
    till.check_books().await;
}

#[actix_web::test]
async fn several_invoices_are_paid_at_once() {
    let till = Till::stripe().await;
    let (one, two) = (till.bill(12_000, "EUR").await, till.bill(8_000, "EUR").await);
    let yen = till.bill(500, "JPY").await;
    assert_eq!(till.start(&till.contact, &[&one, &yen], None).await.problem(422), "amount_not_allowed");
    let attempt = till.start(&till.contact, &[&two, &one], None).await.expect(201);
    assert_eq!(attempt["amount"]["amount"], 20_000);
    till.tell(&till.stripe.pay(&till.stripe.sessions()[0])).await;
    assert_eq!(
        (till.stand(&one).await.as_str(), till.stand(&two).await.as_str()),
        ("paid 12000", "paid 8000")
    );
    let paid = till.test.get(&till.contact, "/portal/payments").await.expect(200);
    assert_eq!(paid["items"][0]["shares"].as_array().unwrap().len(), 2);
    till.check_books().await;
}

#[actix_web::test]
async fn a_lost_answer_opens_no_second_page() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    till.stripe.fail_next([Outage::AnswerLost, Outage::Trouble]);
    till.open(&bill).await;
    assert_eq!(till.stripe.sessions().len(), 1);
    assert_eq!(till.stripe.requests().len(), 3);
}

#[actix_web::test]
async fn a_crash_before_the_page_is_mended_by_asking_again() {
    let mut till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let (id, _) = till.open(&bill).await;
    till.test
        .database()
        .execute("update payment_attempt set provider_reference = null, checkout_url = null")
        .await;
    till.pass(TimeDelta::minutes(10)).await;
    let again = till.start(&till.contact, &[&bill], None).await.expect(200);
    assert_eq!(again["id"], id);
    assert!(again["checkout_url"].is_string());
    assert_eq!(till.stripe.sessions().len(), 1);
    // Without anybody asking, the money still finds its attempt, by the id that went along.
    till.test
        .database()
        .execute("update payment_attempt set provider_reference = null, checkout_url = null")
        .await;
    till.tell(&till.stripe.pay(&till.stripe.sessions()[0])).await;
    assert_eq!(till.stand(&bill).await, "paid 12000");
}

#[actix_web::test]
async fn a_page_that_never_opened_is_given_up() {
    let mut till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    till.open(&bill).await;
    till.test
        .database()
        .execute("update payment_attempt set provider_reference = null, checkout_url = null")
        .await;
    till.pass(TimeDelta::minutes(16)).await;
    till.start(&till.contact, &[&bill], None).await.expect(201);
    assert_eq!(till.count("payment_attempt where state = 'expired'").await, 1);
}

#[actix_web::test]
async fn a_provider_that_is_down_leaves_nothing_in_the_way() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    till.stripe.fail_next([Outage::Trouble; 3]);
    assert_eq!(till.start(&till.contact, &[&bill], None).await.problem(502), "provider_failed");
    assert_eq!(till.count("payment_attempt where state = 'failed' and failure is not null").await, 1);
    till.start(&till.contact, &[&bill], None).await.expect(201);
    till.check_books().await;
}

#[actix_web::test]
async fn a_repeated_request_goes_on_with_the_same_attempt() {
    let till = Till::stripe().await;
    let bill = till.bill(12_000, "EUR").await;
    let contact = till.contact.clone().header("Idempotency-Key", "click-1");
    let body = json!({ "invoices": [{ "invoice_id": bill.id, "version": till.version(&bill).await }] });
    let first = till.test.post(&contact, "/portal/payments", &body).await.expect(201);
    till.tell(&till.stripe.pay(&till.stripe.sessions()[0])).await;
    let again = till.test.post(&contact, "/portal/payments", &body).await.expect(200);
    assert_eq!((&again["id"], &again["state"]), (&first["id"], &json!("succeeded")));
    let other = json!({ "invoices": [{ "invoice_id": bill.id, "version": 99 }] });
    assert_eq!(
        till.test.post(&contact, "/portal/payments", &other).await.problem(422),
        "idempotency_key_reused"
    );
}

#[actix_web::test]
async fn a_guest_pays_the_one_invoice_of_the_link() {
    let till = Till::stripe().await;
    let (bill, other) = (till.bill(12_000, "EUR").await, till.bill(8_000, "EUR").await);
    let token = crate::secret_token::SecretToken::generate("");
    till.test
        .database()
        .execute(&format!(
            "insert into guest_link (organization_id, id, hash, client_id, invoice_id, contact_id, created_at, expires_at)
             select organization_id, gen_random_uuid(), '\\x{}', client_id, id, '{}', now(), '2030-01-01' from invoice where id = '{}'",
            hex::encode(token.hash),
            till.test.acme().contacts["one"].uuid(),
            bill.uuid,
        ))
        .await;
    let guest = Asker::stranger().header("Portico-Guest", &token.text);
    assert_eq!(till.start(&guest, &[&other], None).await.problem(404), "not_found");
    let attempt = till.start(&guest, &[&bill], None).await.expect(201);
    let page = format!("http://localhost:8080/acme/i/{}/payments/{}", token.text, text(&attempt["id"]));
    assert_eq!(till.stripe.requests()[0].form.get("success_url"), Some(&page));
    // The link's token is nowhere in the database.
    assert_eq!(
        till.count(&format!("payment_attempt a where position('{}' in a::text) > 0", token.text)).await,
        0
    );
    till.tell(&till.stripe.pay(&till.stripe.sessions()[0])).await;
    let path = format!("/portal/payments/attempts/{}", text(&attempt["id"]));
    let paid = till.test.get(&guest, &path).await.expect(200);
    assert_eq!(paid["state"], "succeeded");
    till.test.get(&guest, &format!("/portal/payments/{}", text(&paid["payment_id"]))).await.expect(200);
    assert_eq!(till.count("mail where to_address = 'one@acme.example'").await, 1);
    // A payment of something else stays out of sight.
    till.start(&till.contact, &[&other], None).await.expect(201);
    till.tell(&till.stripe.pay(&till.stripe.sessions()[1])).await;
    assert_eq!(
        till.test.get(&guest, "/portal/payments").await.expect(200)["items"].as_array().unwrap().len(),
        1
    );
}
