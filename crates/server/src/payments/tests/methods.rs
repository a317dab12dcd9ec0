//! How ways to pay are offered, and to whom.

use super::*;

/// A server whose first organization has Stripe, the sandbox and a bank account.
struct Ways {
    till: Till,
    owner: Asker,
    ids: std::collections::BTreeMap<String, String>,
}

impl Ways {
    async fn open() -> Self {
        let till = Till::stripe().await;
        let owner = till.test.staff("owner").await;
        let account = json!({ "holder": "Holm", "iban": "DE89370400440532013000", "enabled": true });
        till.test.put(&owner, "/payment-connections/bank-transfer", &account).await.expect(201);
        till.test.put(&owner, "/payment-connections/sandbox", &json!({ "enabled": true })).await.expect(201);
        let list = till.test.get(&owner, "/payment-connections").await.expect(200);
        let ids =
            list.as_array().unwrap().iter().map(|it| (text(&it["provider"]), text(&it["id"]))).collect();
        Self { till, owner, ids }
    }

    async fn terms(&self, provider: &str, terms: &Value) -> Answer {
        let list = self.till.test.get(&self.owner, "/payment-connections").await.expect(200);
        let found = list.as_array().unwrap().iter().find(|it| it["provider"] == provider).unwrap().clone();
        let owner = self.owner.clone().header("If-Match", format!("\"{}\"", found["version"]));
        self.till.test.put(&owner, &format!("/payment-connections/{}/terms", text(&found["id"])), terms).await
    }

    /// What the client is offered for an invoice.
    async fn offered(&self, bill: &Bill) -> Vec<String> {
        let path = format!("/portal/payment-methods?invoices={}", bill.id);
        let list = self.till.test.get(&self.till.contact, &path).await.expect(200);
        list.as_array().unwrap().iter().map(|method| text(&method["provider"])).collect()
    }

    async fn choose(&self, path: &str, methods: &Value) -> Value {
        let body = json!({ "methods": methods });
        self.till.test.put(&self.owner, &format!("{path}/payment-methods"), &body).await.expect(200)
    }

    async fn pay(&self, bill: &Bill, provider: Option<&str>) -> Answer {
        let body = json!({
            "invoices": [{ "invoice_id": bill.id, "version": self.till.version(bill).await }],
            "connection_id": provider.map(|provider| self.ids[provider].clone()),
        });
        self.till.test.post(&self.till.contact, "/portal/payments", &body).await
    }
}

#[actix_web::test]
async fn an_invoice_s_choice_wins_over_its_client_s_and_that_over_the_organization_s() {
    let ways = Ways::open().await;
    let bill = ways.till.bill(10_000, "EUR").await;
    let (client, invoice) =
        (format!("/clients/{}", ways.till.test.acme().clients["one"]), format!("/invoices/{}", bill.id));
    // What is paid at once comes first.
    assert_eq!(ways.offered(&bill).await, ["stripe", "sandbox", "bank_transfer"]);
    ways.terms("sandbox", &json!({ "offered": false })).await.expect(200);
    assert_eq!(ways.offered(&bill).await, ["stripe", "bank_transfer"]);
    let refused = ways.pay(&bill, Some("sandbox")).await.expect(422);
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
        (&json!("/connection_id"), &json!("not_offered"))
    );

    let chosen = ways.choose(&client, &json!(["sandbox", "bank_transfer"])).await;
    assert_eq!(
        chosen,
        json!({
            "own": ["bank_transfer", "sandbox"], "inherited": ["stripe", "bank_transfer"],
            "available": ["stripe", "sandbox", "bank_transfer"],
        })
    );
    assert_eq!(ways.offered(&bill).await, ["sandbox", "bank_transfer"]);
    let refused = ways.pay(&bill, Some("stripe")).await.expect(422);
    assert_eq!(refused["errors"][0]["code"], "not_offered");
    assert_eq!(ways.till.stripe.sessions().len(), 0, "nobody was asked");

    let chosen = ways.choose(&invoice, &json!(["stripe"])).await;
    assert_eq!(chosen["inherited"], json!(["sandbox", "bank_transfer"]));
    assert_eq!(ways.offered(&bill).await, ["stripe"]);
    let path = format!("/portal/bank-transfer?invoices={}", bill.id);
    assert_eq!(ways.till.test.get(&ways.till.contact, &path).await.problem(409), "conflict");
    // Two invoices are paid by what both take.
    let other = ways.till.bill(5_000, "EUR").await;
    let both = format!("/portal/payment-methods?invoices={},{}", bill.id, other.id);
    assert_eq!(ways.till.test.get(&ways.till.contact, &both).await.expect(200), json!([]));
    // Nothing at all is a choice, too.
    ways.choose(&invoice, &json!([])).await;
    assert_eq!(ways.offered(&bill).await, Vec::<String>::new());
    assert_eq!(ways.pay(&bill, None).await.problem(409), "conflict");
    // Taken back step by step.
    assert_eq!(ways.choose(&invoice, &Value::Null).await["own"], Value::Null);
    ways.choose(&client, &Value::Null).await;
    assert_eq!(ways.offered(&bill).await, ["stripe", "bank_transfer"]);
    assert_eq!(ways.pay(&bill, None).await.expect(201)["provider"], "stripe");
    assert_eq!(ways.till.events("invoice.payment_methods_changed").await, 3);
    assert_eq!(ways.till.events("client.changed").await, 2);
}

#[actix_web::test]
async fn limits_are_told_and_kept_before_anybody_is_sent_away() {
    let ways = Ways::open().await;
    let euros = |minor: i64| json!({ "amount": minor, "currency": "EUR" });
    let terms = json!({
        "minimum": euros(5_000), "maximum": euros(9_000), "fee": { "percent": "1.5", "fixed": euros(25) },
    });
    let changed = ways.terms("stripe", &terms).await.expect(200);
    assert_eq!((&changed["terms"]["minimum"], &changed["terms"]["offered"]), (&euros(5_000), &json!(true)));
    let bill = ways.till.bill(4_999, "EUR").await;
    let path = format!("/portal/payment-methods?invoices={}", bill.id);
    let told = ways.till.test.get(&ways.till.contact, &path).await.expect(200)[0].clone();
    assert_eq!((&told["minimum"], &told["maximum"]), (&euros(5_000), &euros(9_000)));
    assert_eq!(told["fee"], json!({ "percent": "1.5", "fixed": euros(25) }));
    let refused = ways.pay(&bill, Some("stripe")).await.expect(422);
    assert_eq!(refused["code"], "amount_not_allowed");
    assert!(text(&refused["detail"]).contains("pay at least 50.00 EUR in this way"), "{refused}");
    let large = ways.till.bill(9_001, "EUR").await;
    let refused = ways.pay(&large, Some("stripe")).await.expect(422);
    assert!(text(&refused["detail"]).contains("pay at most 90.00 EUR in this way"), "{refused}");
    assert_eq!(ways.till.stripe.sessions().len(), 0, "nobody was asked");
    assert_eq!(ways.till.count("payment_attempt").await, 0);
    // In another currency they say nothing.
    let dollars = ways.till.bill(100, "USD").await;
    ways.pay(&dollars, Some("stripe")).await.expect(201);
    // A bank transfer has limits of its own.
    ways.terms("bank_transfer", &json!({ "minimum": euros(6_000) })).await.expect(200);
    let path = format!("/portal/bank-transfer?invoices={}", bill.id);
    assert_eq!(ways.till.test.get(&ways.till.contact, &path).await.problem(422), "amount_not_allowed");
    let path = format!("/portal/bank-transfer?invoices={}", large.id);
    ways.till.test.get(&ways.till.contact, &path).await.expect(200);
}

#[actix_web::test]
async fn terms_and_choices_that_make_no_sense_are_refused() {
    let ways = Ways::open().await;
    let money = |minor: i64, currency: &str| json!({ "amount": minor, "currency": currency });
    for (terms, pointer) in [
        (json!({ "minimum": money(0, "EUR") }), "/minimum"),
        (json!({ "minimum": money(2, "EUR"), "maximum": money(1, "EUR") }), "/maximum"),
        (json!({ "minimum": money(2, "EUR"), "maximum": money(3, "USD") }), "/maximum"),
        (json!({ "fee": { "percent": "1", "fixed": money(-1, "EUR") } }), "/fee/fixed"),
    ] {
        let refused = ways.terms("stripe", &terms).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    let too_much = json!({ "fee": { "percent": "101" } });
    assert_eq!(ways.terms("stripe", &too_much).await.problem(422), "validation");
    let path = format!("/payment-connections/{}/terms", ways.ids["stripe"]);
    let stale = ways.owner.clone().header("If-Match", "\"9\"");
    assert_eq!(ways.till.test.put(&stale, &path, &json!({})).await.problem(412), "version_mismatch");
    assert_eq!(
        ways.till.test.put(&ways.owner, &path, &json!({})).await.problem(428),
        "precondition_required"
    );

    let client = format!("/clients/{}/payment-methods", ways.till.test.acme().clients["one"]);
    for methods in [json!(["paypal"]), json!(["manual"])] {
        let body = json!({ "methods": methods });
        let refused = ways.till.test.put(&ways.owner, &client, &body).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/methods/0");
    }
    // What isn't theirs isn't there; who may not change clients may not choose.
    let stranger = ways.till.test.staff_of(GLOBEX, "owner").await;
    assert_eq!(ways.till.test.get(&stranger, &client).await.problem(404), "not_found");
    let technician = ways.till.test.staff("technician").await;
    let refused = ways.till.test.put(&technician, &client, &json!({ "methods": [] })).await;
    assert_eq!(refused.problem(403), "forbidden");
    let theirs = ways.till.bill_of(ACME, "two", 1_000, "EUR").await;
    for path in ["payment-methods", "bank-transfer"] {
        let path = format!("/portal/{path}?invoices={}", theirs.id);
        assert_eq!(ways.till.test.get(&ways.till.contact, &path).await.problem(404), "not_found");
    }
}
