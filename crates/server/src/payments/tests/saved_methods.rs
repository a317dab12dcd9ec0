use chrono::TimeDelta;
use integrations::payment::stripe::fake::Saves;
use serde_json::json;

use super::*;

impl Till {
    /// What the client agrees to.
    async fn mandate(&self) -> Value {
        self.test.get(&self.contact, "/portal/saved-methods").await.expect(200)["mandate"].clone()
    }

    /// Begins to save a method; its id and the address of its page.
    async fn begin_saving(&self) -> (String, String) {
        let body = json!({ "mandate": self.mandate().await });
        let saving = self.test.post(&self.contact, "/portal/saved-methods", &body).await.expect(201);
        (text(&saving["id"]), text(&saving["setup_url"]))
    }

    /// Saves a method at Stripe; its id here and there.
    pub(super) async fn save(&self, saves: Saves) -> (String, String) {
        let (id, _) = self.begin_saving().await;
        let session = self.stripe.sessions().pop().unwrap();
        self.tell(&self.stripe.save(&session, saves)).await;
        (id, self.stripe.methods().pop().unwrap())
    }

    async fn methods(&self) -> Vec<Value> {
        let known = self.test.get(&self.contact, "/portal/saved-methods").await.expect(200);
        known["methods"].as_array().unwrap().clone()
    }

    async fn method(&self, id: &str) -> Value {
        self.test.get(&self.contact, &format!("/portal/saved-methods/{id}")).await.expect(200)
    }
}

#[actix_web::test]
async fn a_method_is_saved_with_the_client_s_consent() {
    let till = Till::stripe().await;
    assert_eq!(till.methods().await, Vec::<Value>::new());
    let mandate = till.mandate().await;
    assert!(text(&mandate).starts_with("I allow acme to charge this payment method"), "{mandate}");
    let (id, url) = till.begin_saving().await;
    assert!(url.starts_with("https://checkout.stripe.com/"), "{url}");
    assert_eq!(till.method(&id).await["state"], "pending");
    // Stripe tells of the method before it tells that the page is done, and all of it more than once.
    let session = till.stripe.sessions().pop().unwrap();
    let mut events = till.stripe.save(&session, Saves::Card);
    till.tell(&events).await;
    events.reverse();
    till.tell(&events).await;
    assert_eq!(till.count("inbound_event where state <> 'processed'").await, 0);
    let [method] = till.methods().await.try_into().unwrap();
    assert_eq!(
        (&method["label"], &method["is_default"], &method["freshness"]),
        (&json!("Visa ···· 4242"), &json!(true), &json!("good"))
    );
    assert_eq!(method["expires"], json!({ "year": 2034, "month": 12 }));
    assert_eq!((&method["mandate"], &method["accepted_by"]), (&mandate, &json!("Contact one")));
    assert_eq!(
        till.ask("select accepted_from || ' ' || last4 || ' ' || accepted_at from saved_payment_method")
            .await,
        "127.0.0.1 4242 2026-03-02 09:00:00+00"
    );
    assert_eq!(till.events("payment_method.saved").await, 1);
    // The whole row holds no more of a card than this, and no key.
    assert_eq!(
        till.count("saved_payment_method m where m::text ~ '4242424242|sk_test|whsec|seti_'").await,
        0
    );
    // Staff see brand and last four digits.
    let owner = till.test.staff("owner").await;
    let path = format!("/clients/{}/saved-methods", till.test.acme().clients["one"]);
    assert_eq!(till.test.get(&owner, &path).await.expect(200)[0]["label"], "Visa ···· 4242");
    let two = format!("/clients/{}/saved-methods", till.test.acme().clients["two"]);
    assert_eq!(till.test.get(&owner, &two).await.expect(200), json!([]));
}

#[actix_web::test]
async fn the_request_to_stripe_is_right() {
    let till = Till::stripe().await;
    let (id, _) = till.begin_saving().await;
    let [customer, session] = till.stripe.requests().try_into().unwrap();
    assert_eq!(
        (customer.line.as_str(), session.line.as_str()),
        ("POST /v1/customers", "POST /v1/checkout/sessions")
    );
    let client = till.test.acme().clients["one"].to_string();
    assert_eq!(customer.idempotency_key.as_deref(), Some(client.as_str()));
    assert_eq!(customer.form["name"], "Client one of acme");
    assert_eq!(session.idempotency_key.as_deref(), Some(id.as_str()));
    assert_eq!((session.form["mode"].as_str(), session.form["currency"].as_str()), ("setup", "eur"));
    assert_eq!(session.form["setup_intent_data[metadata][saved_method]"], id);
    assert_eq!(session.form["success_url"], format!("http://localhost:8080/acme/saved-methods/{id}"));
    // Of a client there is one customer, whatever is saved.
    till.begin_saving().await;
    let made = till.stripe.requests().into_iter().filter(|sent| sent.line == "POST /v1/customers");
    assert_eq!(made.count(), 1);
}

#[actix_web::test]
async fn the_return_page_and_the_sweep_do_without_webhooks() {
    let mut till = Till::stripe().await;
    let (first, _) = till.begin_saving().await;
    till.stripe.save(&till.stripe.sessions()[0], Saves::Card);
    till.pass(TimeDelta::seconds(3)).await;
    assert_eq!(till.method(&first).await["state"], "active");
    let (second, _) = till.begin_saving().await;
    let (third, _) = till.begin_saving().await;
    till.stripe.save(&till.stripe.sessions()[1], Saves::Debit);
    // The third page is left open until it ends.
    till.pass(TimeDelta::hours(2)).await;
    crate::saved_methods::sweep(&till.test.app).await.unwrap();
    till.test.work().await;
    let labels: Vec<Value> = till.methods().await.iter().map(|method| method["label"].clone()).collect();
    assert_eq!(labels, [json!("SEPA Direct Debit ···· 3000"), json!("Visa ···· 4242")]);
    assert_eq!(till.method(&second).await["is_default"], true);
    let ended = till.method(&third).await;
    assert_eq!(
        (&ended["state"], &ended["failure"]),
        (&json!("failed"), &json!("The page was closed before anything was saved."))
    );
    assert_eq!(till.events("payment_method.saved").await, 2);
}

#[actix_web::test]
async fn what_is_wrong_is_refused() {
    let till = Till::stripe().await;
    let refused = async |body: Value| till.test.post(&till.contact, "/portal/saved-methods", &body).await;
    let changed = refused(json!({ "mandate": "I agree to nothing" })).await;
    assert_eq!(changed.body["current"]["mandate"], till.mandate().await);
    assert_eq!(changed.problem(409), "conflict");
    assert_eq!(refused(json!({ "mandate": "" })).await.expect(422)["errors"][0]["pointer"], "/mandate");
    let unknown =
        json!({ "mandate": till.mandate().await, "connection_id": "pco_01h455vb4pex5vsknk084sn02q" });
    assert_eq!(refused(unknown).await.expect(422)["errors"][0]["pointer"], "/connection_id");
    // The same text in the other language is the same consent.
    let german = domain::saved_methods::mandate(domain::text::Language::De, "acme");
    refused(json!({ "mandate": german })).await.expect(201);
    // Nobody is bound where nobody saves.
    let owner = till.test.staff("owner").await.header("If-Match", "\"1\"");
    till.test.put(&owner, "/payment-connections/stripe", &json!({ "enabled": false })).await.expect(200);
    assert_eq!(till.mandate().await, json!(null));
    assert_eq!(refused(json!({ "mandate": german })).await.problem(409), "conflict");
    // A guest's link opens one invoice, not the client's account.
    till.test.database().execute("update payment_connection set enabled = true").await;
    let bill = till.bill(12_000, "EUR").await;
    let owner = till.test.staff("owner").await;
    let link = till.test.post(&owner, &format!("/invoices/{}/copy-link", bill.id), &()).await.expect(201);
    let token = text(&link["url"]).rsplit('/').next().unwrap().to_owned();
    let guest = Asker::stranger().header("Portico-Guest", token);
    till.save(Saves::Card).await;
    let seen = till.test.get(&guest, "/portal/saved-methods").await.expect(200);
    assert_eq!(seen, json!({ "methods": [], "mandate": null }));
    let body = json!({ "mandate": german });
    assert_eq!(till.test.post(&guest, "/portal/saved-methods", &body).await.problem(403), "forbidden");
}

#[actix_web::test]
async fn a_provider_that_fails_leaves_nothing_behind() {
    use integrations::payment::stripe::fake::Outage;
    let till = Till::stripe().await;
    till.begin_saving().await;
    till.stripe.fail_next([Outage::Trouble, Outage::Trouble, Outage::Trouble]);
    let body = json!({ "mandate": till.mandate().await });
    let failed = till.test.post(&till.contact, "/portal/saved-methods", &body).await;
    assert_eq!(failed.problem(502), "provider_failed");
    assert_eq!(till.count("saved_payment_method where state = 'failed'").await, 1);
    assert_eq!(till.methods().await, Vec::<Value>::new());
}

#[actix_web::test]
async fn one_is_charged_and_the_next_takes_its_place() {
    let till = Till::stripe().await;
    let (first, _) = till.save(Saves::Card).await;
    let (second, at_stripe) = till.save(Saves::Debit).await;
    let path = |id: &str| format!("/portal/saved-methods/{id}");
    // What is saved last is charged.
    assert_eq!(till.methods().await[0]["id"], second.as_str());
    let chosen = till.test.post(&till.contact, &format!("{}/default", path(&first)), &()).await.expect(200);
    assert_eq!(chosen["is_default"], true);
    till.test.post(&till.contact, &format!("{}/default", path(&second)), &()).await.expect(200);
    assert_eq!(till.events("payment_method.made_default").await, 2);
    assert_eq!(till.test.delete(&till.contact, &path(&second)).await.status, 204);
    assert_eq!(till.test.delete(&till.contact, &path(&second)).await.problem(409), "conflict");
    till.test.work().await;
    assert_eq!(till.stripe.object(&at_stripe)["customer"], json!(null), "Stripe forgets it");
    let [left] = till.methods().await.try_into().unwrap();
    assert_eq!((&left["id"], &left["is_default"]), (&json!(first), &json!(true)));
    // News of what was removed bring nothing back.
    till.tell(&[]).await;
    assert_eq!(till.method(&second).await["state"], "removed");
    assert_eq!(till.events("payment_method.removed").await, 1);
    for stranger in [till.test.contact("two").await, till.test.contact_of(GLOBEX, "one").await] {
        assert_eq!(till.test.get(&stranger, &path(&first)).await.problem(404), "not_found");
        assert_eq!(till.test.delete(&stranger, &path(&first)).await.problem(404), "not_found");
        let default = format!("{}/default", path(&first));
        assert_eq!(till.test.post(&stranger, &default, &()).await.problem(404), "not_found");
    }
    till.test.database().execute("update contact set permissions = array['portal', 'money.view']").await;
    assert_eq!(till.test.delete(&till.contact, &path(&first)).await.problem(403), "forbidden");
}

#[actix_web::test]
async fn what_stripe_loses_is_gone_here() {
    let till = Till::stripe().await;
    let (id, at_stripe) = till.save(Saves::Card).await;
    till.tell(&till.stripe.lose_method(&at_stripe)).await;
    assert_eq!(till.method(&id).await["state"], "removed");
    assert_eq!(till.methods().await, Vec::<Value>::new());
    // Another account's events touch nothing, and ours that name nothing of ours alert nobody.
    assert_eq!(till.events("payment.needs_attention").await, 0);
}

fn card(number: &str) -> Value {
    json!({ "number": number, "expiry": "12/30", "cvc": "123" })
}

#[actix_web::test]
async fn the_sandbox_saves_test_cards() {
    let till = Till::sandbox().await;
    let (id, url) = till.begin_saving().await;
    assert_eq!(url, format!("http://localhost:8080/acme/sandbox/saved/{id}"));
    let page = format!("/portal/sandbox-setups/{id}");
    let shown = till.test.get(&till.contact, &page).await.expect(200);
    assert_eq!((&shown["open"], &shown["second_step"]), (&json!(true), &json!(false)));
    let save =
        async |number: &str| till.test.post(&till.contact, &format!("{page}/save"), &card(number)).await;
    assert_eq!(save("4111111111111111").await.expect(422)["errors"][0]["pointer"], "/number");
    let declined = save("4000000000000002").await.expect(200);
    assert_eq!((&declined["open"], &declined["failure"]), (&json!(true), &json!("Your card was declined.")));
    assert_eq!(save("4000002760003184").await.expect(200)["second_step"], true);
    let step = format!("{page}/second-step");
    let refused = till.test.post(&till.contact, &step, &json!({ "confirm": false })).await.expect(200);
    assert_eq!((&refused["open"], &refused["second_step"]), (&json!(true), &json!(false)));
    till.test.work().await;
    assert_eq!(till.methods().await, Vec::<Value>::new());
    assert_eq!(save("4242 4242 4242 4242").await.expect(200)["open"], false);
    assert_eq!(save("4242 4242 4242 4242").await.problem(409), "conflict");
    till.test.work().await;
    let [method] = till.methods().await.try_into().unwrap();
    assert_eq!((&method["label"], &method["is_default"]), (&json!("Visa ···· 4242"), &json!(true)));
    for stranger in [till.test.contact("two").await, till.test.contact_of(GLOBEX, "one").await] {
        assert_eq!(till.test.get(&stranger, &page).await.problem(404), "not_found");
    }
}
