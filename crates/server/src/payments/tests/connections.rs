use serde_json::json;

use super::*;

#[actix_web::test]
async fn keys_are_kept_and_never_shown() {
    let till = Till::stripe().await;
    let owner = till.test.staff("owner").await;
    let shown = till.test.get(&owner, "/payment-connections").await;
    assert!(!String::from_utf8(shown.bytes.clone()).unwrap().contains(SECRET_KEY));
    let shown = shown.expect(200);
    assert_eq!(shown[0]["key_hint"], "…tico");
    assert_eq!(shown[0]["webhook_secret_set"], true);
    let id = text(&shown[0]["id"]);
    assert_eq!(shown[0]["webhook_url"], format!("http://localhost:8080/api/v1/webhooks/payments/{id}"));
    assert_eq!(
        till.count(
            "payment_connection where secrets is null or position('sk_test' in encode(secrets, 'escape')) > 0"
        )
        .await,
        0
    );

    let path = "/payment-connections/stripe";
    let body = json!({ "enabled": false });
    assert_eq!(till.test.put(&owner, path, &body).await.problem(428), "precondition_required");
    let stale = till.test.put(&owner.clone().header("If-Match", "\"9\""), path, &body).await.expect(412);
    assert_eq!(stale["current"]["version"], 1);
    let changed = till.test.put(&owner.clone().header("If-Match", "\"1\""), path, &body).await;
    assert_eq!(changed.header("etag").as_deref(), Some("\"2\""));
    assert_eq!(changed.expect(200)["key_hint"], "…tico", "absent keys stay");
    assert_eq!(till.events("payment_connection.changed").await, 2);

    for (body, pointer) in [
        (json!({ "enabled": true, "secret_key": "pk_test_1234567890" }), "/secret_key"),
        (json!({ "enabled": true, "secret_key": "sk_test_12345\r\nX: 1" }), "/secret_key"),
        (json!({ "enabled": true, "webhook_secrets": ["whsec_"] }), "/webhook_secrets/0"),
    ] {
        let refused =
            till.test.put(&owner.clone().header("If-Match", "\"2\""), path, &body).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    let stranger = till.test.staff_of(GLOBEX, "owner").await;
    let refused = till.test.put(&stranger, path, &json!({ "enabled": true })).await.expect(422);
    assert_eq!(refused["errors"][0]["code"], "required");
    let advisor = till.test.staff("advisor").await;
    assert_eq!(till.test.get(&advisor, "/payment-connections").await.problem(403), "forbidden");
}

#[actix_web::test]
async fn a_check_asks_the_provider() {
    let till = Till::stripe().await;
    let owner = till.test.staff("owner").await;
    let id = text(&till.test.get(&owner, "/payment-connections").await.expect(200)[0]["id"]);
    let path = format!("/payment-connections/{id}/check");
    let checked = till.test.post(&owner, &path, &json!({})).await.expect(200);
    assert_eq!(checked, json!({ "livemode": false, "webhook_secret_set": true }));
    let body = json!({ "enabled": true, "secret_key": "sk_test_somebody_elses" });
    till.test
        .put(&owner.clone().header("If-Match", "\"1\""), "/payment-connections/stripe", &body)
        .await
        .expect(200);
    assert_eq!(till.test.post(&owner, &path, &json!({})).await.problem(502), "provider_failed");
    let stranger = till.test.staff_of(GLOBEX, "owner").await;
    assert_eq!(till.test.post(&stranger, &path, &json!({})).await.problem(404), "not_found");
}

#[actix_web::test]
async fn production_has_no_sandbox() {
    let mut production = settings();
    production.production = true;
    let test = TestApp::with(production).await;
    let owner = test.staff("owner").await;
    assert_eq!(
        test.put(&owner, "/payment-connections/sandbox", &json!({ "enabled": true })).await.problem(409),
        "conflict"
    );
}

#[actix_web::test]
async fn without_a_provider_nothing_is_paid_online() {
    let till = Till::stripe().await;
    let owner = till.test.staff("owner").await.header("If-Match", "\"1\"");
    till.test.put(&owner, "/payment-connections/stripe", &json!({ "enabled": false })).await.expect(200);
    let bill = till.bill(12_000, "EUR").await;
    assert_eq!(till.start(&till.contact, &[&bill], None).await.problem(409), "conflict");
    assert_eq!(till.count("payment_attempt").await, 0);
}
