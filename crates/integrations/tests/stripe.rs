//! Stripe's Checkout, against a server that speaks its protocol.

#![expect(clippy::unwrap_used, reason = "a failed `unwrap` is a failed test")]

use chrono::{DateTime, TimeDelta, Utc};
use domain::money::Money;
use domain::refunds::DisputeState;
use integrations::http;
use integrations::payment::stripe::fake::{FakeStripe, Form, Outage, RefundFate, WEBHOOK_SECRET};
use integrations::payment::stripe::{StripeConfig, StripeProvider};
use integrations::payment::{
    CheckoutRequest, InboundEvent, PaymentError, PaymentProvider, ProviderRefundState, ProviderState,
    RefundRequest, Webhook, WebhookError,
};
use secrecy::SecretString;
use serde_json::{Value, json};

fn now() -> DateTime<Utc> {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn money(minor: i64, currency: &str) -> Money {
    Money::new(minor, currency.parse().unwrap())
}

fn request(attempt: &str, amount: Money) -> CheckoutRequest {
    CheckoutRequest {
        attempt_id: attempt.into(),
        organization_id: "org_01jd".into(),
        amount,
        description: "Invoice 2026-0042 – Köhler & Söhne".into(),
        customer_email: Some("jörg+rechnung@example.com".into()),
        return_url: "https://portal.example/holm/pay/att_1?from=stripe&x=1".into(),
        cancel_url: "https://portal.example/holm/invoices/inv_1".into(),
        expires_at: now() + TimeDelta::hours(1),
        locale: "de-AT".into(),
    }
}

fn provider(config: StripeConfig) -> StripeProvider {
    StripeProvider::new(config, http::client().unwrap())
}

/// A fake with one open session of 120.00 EUR.
async fn opened() -> (FakeStripe, StripeProvider, String) {
    let fake = FakeStripe::start(now());
    let provider = provider(fake.config());
    let checkout = provider.start(&request("att_1", money(12_000, "EUR"))).await.unwrap();
    (fake, provider, checkout.reference)
}

#[tokio::test]
async fn the_request_is_right_field_by_field() {
    let fake = FakeStripe::start(now());
    let checkout = provider(fake.config()).start(&request("att_1", money(1_999, "EUR"))).await.unwrap();
    assert_eq!(fake.sessions(), std::slice::from_ref(&checkout.reference));
    assert!(checkout.url.starts_with("https://checkout.stripe.com/"), "{}", checkout.url);
    assert_eq!(checkout.expires_at, now() + TimeDelta::hours(1));

    let [sent] = fake.requests().try_into().unwrap();
    assert_eq!(sent.line, "POST /v1/checkout/sessions");
    assert_eq!(sent.idempotency_key.as_deref(), Some("att_1"));
    let expected = [
        ("adaptive_pricing[enabled]", "false"),
        ("cancel_url", "https://portal.example/holm/invoices/inv_1"),
        ("client_reference_id", "att_1"),
        ("customer_email", "jörg+rechnung@example.com"),
        ("expires_at", "1795266000"),
        ("line_items[0][price_data][currency]", "eur"),
        ("line_items[0][price_data][product_data][name]", "Invoice 2026-0042 – Köhler & Söhne"),
        ("line_items[0][price_data][unit_amount]", "1999"),
        ("line_items[0][quantity]", "1"),
        ("locale", "de"),
        ("metadata[attempt]", "att_1"),
        ("metadata[organization]", "org_01jd"),
        ("mode", "payment"),
        ("payment_intent_data[description]", "Invoice 2026-0042 – Köhler & Söhne"),
        ("payment_intent_data[metadata][attempt]", "att_1"),
        ("payment_intent_data[metadata][organization]", "org_01jd"),
        ("success_url", "https://portal.example/holm/pay/att_1?from=stripe&x=1"),
    ];
    let expected: Form = expected.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
    assert_eq!(sent.form, expected);
}

#[tokio::test]
async fn amounts_and_languages_go_as_stripe_counts_and_names_them() {
    let fake = FakeStripe::start(now());
    let provider = provider(fake.config());
    let cases = [
        (money(5_000, "JPY"), "5000", "jpy", "ja-JP", "ja"),
        (money(500, "ISK"), "50000", "isk", "en-GB", "en-GB"),
        (money(1_999, "EUR"), "1999", "eur", "fr-CA", "fr-CA"),
        (money(115, "USD"), "115", "usd", "pt", "pt"),
        (money(12_340, "KWD"), "12340", "kwd", "tlh", "auto"),
    ];
    for (number, (amount, unit_amount, currency, tag, locale)) in cases.into_iter().enumerate() {
        let attempt = format!("att_{number}");
        let request =
            CheckoutRequest { locale: tag.into(), customer_email: None, ..request(&attempt, amount) };
        let reference = provider.start(&request).await.unwrap().reference;
        let form = fake.requests().pop().unwrap().form;
        assert_eq!(form["line_items[0][price_data][unit_amount]"], unit_amount);
        assert_eq!(form["line_items[0][price_data][currency]"], currency);
        assert_eq!(form["locale"], locale);
        assert!(!form.contains_key("customer_email"));
        // And back again.
        fake.pay(&reference);
        assert_eq!(provider.fetch(&reference).await.unwrap().amount, amount);
    }
    let sent = fake.requests().len();
    for unpayable in [money(12_345, "KWD"), money(1_000, "IQD"), money(i64::MAX, "ISK")] {
        let refused = provider.start(&request("att_x", unpayable)).await;
        assert!(matches!(refused, Err(PaymentError::Amount(_))), "{refused:?}");
    }
    assert_eq!(fake.requests().len(), sent, "what Stripe can't count is not sent");
}

#[tokio::test]
async fn a_retry_over_a_broken_line_makes_one_session() {
    let fake = FakeStripe::start(now());
    let provider = provider(fake.config());
    fake.fail_next([Outage::AnswerLost, Outage::AnswerLost]);
    let first = provider.start(&request("att_1", money(5_000, "EUR"))).await.unwrap();
    let keys: Vec<_> = fake.requests().into_iter().map(|request| request.idempotency_key).collect();
    assert_eq!(keys, vec![Some("att_1".to_owned()); 3]);
    // The job runs again, after a crash.
    let again = provider.start(&request("att_1", money(5_000, "EUR"))).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(fake.sessions(), [first.reference]);

    let other = provider.start(&request("att_1", money(6_000, "EUR"))).await.unwrap_err();
    let PaymentError::Refused { code, message, .. } = &other else { panic!("{other:?}") };
    assert_eq!(code.as_deref(), Some("idempotency_error"));
    assert!(message.contains("same parameters"), "{message}");
    assert!(!other.is_transient());
    assert_eq!(fake.sessions().len(), 1);
}

#[tokio::test]
async fn trouble_is_waited_out_for_a_while() {
    let (fake, provider, reference) = opened().await;
    fake.fail_next([Outage::TooMany, Outage::Gateway]);
    provider.fetch(&reference).await.unwrap();

    let before = fake.requests().len();
    fake.fail_next([Outage::Trouble, Outage::Gateway, Outage::Trouble]);
    let error = provider.fetch(&reference).await.unwrap_err();
    assert_eq!(error, PaymentError::Unavailable("An unknown error occurred".into()));
    assert!(error.is_transient());
    assert_eq!(fake.requests().len(), before + 3);

    fake.fail_next([Outage::Garbled]);
    let error = provider.fetch(&reference).await.unwrap_err();
    assert!(matches!(error, PaymentError::Unreadable(_)), "{error:?}");
    assert!(error.is_transient());

    let url = fake.url().to_owned();
    drop(fake);
    let error = provider.fetch(&reference).await.unwrap_err();
    let PaymentError::Unavailable(reason) = &error else { panic!("{error:?}") };
    assert!(reason.contains("onnect") && !reason.contains(&url), "{reason}");
}

#[tokio::test]
async fn refusals_say_what_was_wrong() {
    let (fake, provider, reference) = opened().await;
    let refused = async |request: CheckoutRequest| match provider.start(&request).await.unwrap_err() {
        PaymentError::Refused { code, field, .. } => (code.unwrap_or_default(), field.unwrap_or_default()),
        other => panic!("{other:?}"),
    };
    let owned = |code: &str, field: &str| (code.to_owned(), field.to_owned());
    assert_eq!(refused(request("att_2", money(49, "EUR"))).await, owned("amount_too_small", ""));
    let amount = "line_items[0][price_data][unit_amount]";
    assert_eq!(refused(request("att_2", money(100_000_000, "EUR"))).await, owned("amount_too_large", amount));
    let base = || request("att_2", money(12_000, "EUR"));
    for minutes in [29, 24 * 60 + 1] {
        let request = CheckoutRequest { expires_at: now() + TimeDelta::minutes(minutes), ..base() };
        assert_eq!(refused(request).await, owned("invalid_request_error", "expires_at"), "{minutes} minutes");
    }
    for minutes in [30, 24 * 60] {
        let expires_at = now() + TimeDelta::minutes(minutes);
        let request = CheckoutRequest { attempt_id: format!("att_{minutes}"), expires_at, ..base() };
        assert_eq!(provider.start(&request).await.unwrap().expires_at, expires_at);
    }
    let request = CheckoutRequest { return_url: "/holm/pay".into(), ..base() };
    assert_eq!(refused(request).await, owned("url_invalid", "success_url"));
    let request = CheckoutRequest { customer_email: Some("nobody".into()), ..base() };
    assert_eq!(refused(request).await, owned("email_invalid", "customer_email"));
    let request = CheckoutRequest { attempt_id: String::new(), ..base() };
    assert_eq!(refused(request).await, owned("", "attempt_id"));

    assert_eq!(provider.fetch("cs_test_unknown").await, Err(PaymentError::NotFound));
    let sent = fake.requests().len();
    for unsafe_reference in ["", "../balance", "cs_1?expand[]=x", "cs_1/expire"] {
        assert_eq!(provider.fetch(unsafe_reference).await, Err(PaymentError::NotFound));
    }
    assert_eq!(fake.requests().len(), sent, "no such path is asked for");

    fake.pay(&reference);
    let closed = provider.start(&self::request("att_1", money(12_000, "EUR"))).await;
    assert_eq!(closed.unwrap().reference, reference, "a replay answers as the first time, paid or not");
}

#[tokio::test]
async fn the_connection_can_be_checked() {
    let (fake, good, _) = opened().await;
    assert!(!good.check().await.unwrap().livemode);
    let wrong = StripeConfig { secret_key: SecretString::from("sk_live_wrong"), ..fake.config() };
    let wrong = provider(wrong);
    assert_eq!(wrong.check().await, Err(PaymentError::Unauthorized));
    assert_eq!(wrong.start(&request("att_2", money(500, "EUR"))).await, Err(PaymentError::Unauthorized));
    assert!(!format!("{:?}", fake.config()).contains("sk_test"), "no key in logs");
}

#[tokio::test]
async fn a_card_pays_at_once_and_can_be_refunded() {
    let (fake, provider, reference) = opened().await;
    let open = provider.fetch(&reference).await.unwrap();
    assert_eq!((open.state, open.amount), (ProviderState::Open, money(12_000, "EUR")));
    assert_eq!((open.payment_reference, open.method), (None, None));

    fake.decline(&reference);
    let declined = provider.fetch(&reference).await.unwrap();
    assert_eq!(declined.state, ProviderState::Open, "another card may do");

    fake.pay(&reference);
    let paid = provider.fetch(&reference).await.unwrap();
    assert_eq!(paid.refunded(), money(0, "EUR"));
    assert_eq!((paid.state, paid.amount), (ProviderState::Succeeded, money(12_000, "EUR")));
    assert_eq!(paid.attempt_id.as_deref(), Some("att_1"));
    assert!(paid.payment_reference.unwrap().starts_with("pi_"));
    assert_eq!(paid.method.unwrap().to_string(), "Visa ···· 4242");
    let mut requests = fake.requests();
    assert_eq!(requests.pop().unwrap().line, "GET /v1/refunds");
    let sent = requests.pop().unwrap();
    assert_eq!(sent.line, format!("GET /v1/checkout/sessions/{reference}"));
    assert_eq!(sent.form["expand[0]"], "payment_intent.latest_charge");

    fake.refund(&reference, 2_000);
    assert_eq!(provider.fetch(&reference).await.unwrap().refunded(), money(2_000, "EUR"));
    fake.refund(&reference, 10_000);
    let refunded = provider.fetch(&reference).await.unwrap();
    assert_eq!((&refunded.state, refunded.refunded()), (&ProviderState::Succeeded, money(12_000, "EUR")));
    assert!(refunded.refunds.iter().all(|refund| refund.refund_id.is_none()), "started at Stripe");
}

#[tokio::test]
async fn a_direct_debit_is_not_paid_before_the_money_comes() {
    for arrives in [true, false] {
        let (fake, provider, reference) = opened().await;
        fake.process(&reference);
        let processing = provider.fetch(&reference).await.unwrap();
        assert_eq!(processing.state, ProviderState::Processing);
        assert_eq!(processing.method.unwrap().to_string(), "SEPA Direct Debit ···· 3000");
        assert_eq!(provider.expire(&reference).await.unwrap().state, ProviderState::Processing);
        let expected = if arrives {
            fake.succeed(&reference);
            ProviderState::Succeeded
        } else {
            fake.fail(&reference);
            ProviderState::Failed { reason: "The customer's bank account could not be debited.".into() }
        };
        assert_eq!(provider.fetch(&reference).await.unwrap().state, expected);
    }
}

fn refund(id: &str, payment: &str, minor: i64) -> RefundRequest {
    RefundRequest { refund_id: id.into(), payment_reference: payment.into(), amount: money(minor, "EUR") }
}

#[tokio::test]
async fn money_goes_back_once_however_often_it_is_asked_for() {
    let (fake, provider, reference) = opened().await;
    fake.pay(&reference);
    let payment = provider.fetch(&reference).await.unwrap().payment_reference.unwrap();
    fake.fail_next([Outage::AnswerLost]);
    let said = provider.refund(&refund("ref_1", &payment, 5_000)).await.unwrap();
    assert_eq!((said.refund_id.as_deref(), &said.state), (Some("ref_1"), &ProviderRefundState::Succeeded));
    assert_eq!(provider.refund(&refund("ref_1", &payment, 5_000)).await.unwrap(), said);
    assert_eq!(fake.refunds().len(), 1);
    let sent = fake.requests().into_iter().rfind(|request| request.line == "POST /v1/refunds").unwrap();
    assert_eq!(sent.idempotency_key.as_deref(), Some("ref_1"));
    let expected = [
        ("amount", "5000"),
        ("metadata[refund]", "ref_1"),
        ("payment_intent", payment.as_str()),
        ("reason", "requested_by_customer"),
    ];
    let expected: Form = expected.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
    assert_eq!(sent.form, expected);

    // The same key for another amount, and more than is left.
    for again in [refund("ref_1", &payment, 4_000), refund("ref_2", &payment, 7_001)] {
        let error = provider.refund(&again).await.unwrap_err();
        assert!(matches!(error, PaymentError::Refused { .. }), "{error:?}");
    }
    assert_eq!(provider.refund(&refund("ref_3", "pi_unknown", 1)).await, Err(PaymentError::NotFound));
    provider.refund(&refund("ref_4", &payment, 7_000)).await.unwrap();
    let error = provider.refund(&refund("ref_5", &payment, 1)).await.unwrap_err();
    assert!(
        matches!(&error, PaymentError::Refused { code: Some(code), .. } if code == "charge_already_refunded"),
        "{error:?}"
    );
    let all = provider.refunds(&payment).await.unwrap();
    let amounts: Vec<i64> = all.iter().map(|refund| refund.amount.minor()).collect();
    assert_eq!(amounts, [5_000, 7_000]);
}

#[tokio::test]
async fn refunds_take_their_time_and_fail() {
    let (fake, provider, reference) = opened().await;
    fake.pay(&reference);
    let payment = provider.fetch(&reference).await.unwrap().payment_reference.unwrap();
    fake.refunds_become([RefundFate::Pending, RefundFate::Fails]);
    let pending = provider.refund(&refund("ref_1", &payment, 100)).await.unwrap();
    assert_eq!(pending.state, ProviderRefundState::Pending);
    assert_eq!(provider.fetch(&reference).await.unwrap().refunded(), money(0, "EUR"));
    let failed = provider.refund(&refund("ref_2", &payment, 100)).await.unwrap();
    assert!(
        matches!(&failed.state, ProviderRefundState::Failed { reason } if reason.contains("expired or canceled card"))
    );
    fake.succeed_refund(&pending.reference);
    assert_eq!(provider.fetch(&reference).await.unwrap().refunded(), money(100, "EUR"));
    fake.fail_refund(&pending.reference);
    assert_eq!(provider.fetch(&reference).await.unwrap().refunded(), money(0, "EUR"));
}

#[tokio::test]
async fn long_lists_of_refunds_are_read_to_their_end() {
    let (fake, provider, reference) = opened().await;
    fake.pay(&reference);
    for _ in 0..120 {
        fake.refund(&reference, 100);
    }
    let said = provider.fetch(&reference).await.unwrap();
    assert_eq!((said.refunds.len(), said.refunded()), (120, money(12_000, "EUR")));
}

#[tokio::test]
async fn disputes_tell_where_the_money_is() {
    for (won, state) in [(true, DisputeState::Won), (false, DisputeState::Lost)] {
        let (fake, provider, reference) = opened().await;
        fake.pay(&reference);
        assert_eq!(provider.fetch(&reference).await.unwrap().disputes, []);
        let events = fake.dispute(&reference, 12_000);
        let kinds: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["charge.dispute.created", "charge.dispute.funds_withdrawn"]);
        let [dispute] = provider.fetch(&reference).await.unwrap().disputes.try_into().unwrap();
        assert_eq!((dispute.amount, dispute.state), (money(12_000, "EUR"), DisputeState::NeedsResponse));
        assert_eq!((dispute.due_by, dispute.withdrawn), (Some(now() + TimeDelta::days(10)), true));
        fake.close_dispute(&reference, won);
        let [dispute] = provider.fetch(&reference).await.unwrap().disputes.try_into().unwrap();
        assert_eq!((dispute.state, dispute.withdrawn), (state, !won));
    }
}

#[tokio::test]
async fn a_session_ends_by_time_or_by_hand_but_not_after_payment() {
    let (fake, provider, reference) = opened().await;
    assert!(fake.set_now(now() + TimeDelta::minutes(59)).is_empty());
    let events = fake.set_now(now() + TimeDelta::hours(1));
    assert_eq!(events[0]["type"], "checkout.session.expired");
    assert_eq!(provider.fetch(&reference).await.unwrap().state, ProviderState::Expired);

    let (fake, provider, reference) = opened().await;
    fake.fail_next([Outage::AnswerLost]);
    assert_eq!(
        provider.expire(&reference).await.unwrap().state,
        ProviderState::Expired,
        "though the answer was lost"
    );
    assert_eq!(provider.expire(&reference).await.unwrap().state, ProviderState::Expired, "twice is fine");
    assert_eq!(provider.expire("cs_unknown").await, Err(PaymentError::NotFound));
    drop(fake);

    let (fake, provider, reference) = opened().await;
    fake.pay(&reference);
    assert_eq!(provider.expire(&reference).await.unwrap().state, ProviderState::Succeeded);
}

#[tokio::test]
async fn what_arrived_is_told_and_what_is_unknown_is_not_guessed() {
    let (fake, provider, reference) = opened().await;
    fake.pay(&reference);
    let intent = fake.object(&reference)["payment_intent"].as_str().unwrap().to_owned();
    fake.tamper(&intent, |intent| intent["amount_received"] = json!(11_999));
    assert_eq!(provider.fetch(&reference).await.unwrap().amount, money(11_999, "EUR"));
    fake.tamper(&intent, |intent| intent["currency"] = json!("usd"));
    assert_eq!(provider.fetch(&reference).await.unwrap().amount, money(11_999, "USD"));

    fake.tamper(&reference, |session| session["payment_status"] = json!("unpaid"));
    for (status, expected) in [
        ("canceled", ProviderState::Canceled),
        ("requires_action", ProviderState::Processing),
        ("succeeded", ProviderState::Succeeded),
    ] {
        fake.tamper(&intent, |intent| intent["status"] = json!(status));
        assert_eq!(provider.fetch(&reference).await.unwrap().state, expected);
    }
    for (field, value) in [("status", "frozen"), ("payment_status", "no_payment_required")] {
        fake.tamper(&reference, |session| session[field] = json!(value));
        let error = provider.fetch(&reference).await.unwrap_err();
        assert!(matches!(&error, PaymentError::Unreadable(text) if text.contains(value)), "{error:?}");
        fake.tamper(&reference, |session| {
            session["status"] = json!("complete");
            session["payment_status"] = json!("paid");
        });
    }
}

#[tokio::test]
async fn webhooks_are_believed_only_with_a_fresh_signature() {
    let (fake, provider, reference) = opened().await;
    let events = fake.pay(&reference);
    let payment_reference = fake.object(&reference)["payment_intent"].as_str().unwrap().to_owned();
    let mut seen = Vec::new();
    for event in &events {
        let sent = fake.signed(event, now());
        let webhook = Webhook { signatures: &[Some(&sent.signature)], body: &sent.body };
        let event = provider.verify_webhook(webhook, now()).await.unwrap();
        assert_eq!(event.payment_reference.as_ref(), Some(&payment_reference));
        assert_eq!(event.attempt_id.as_deref(), Some("att_1"));
        assert_eq!((event.account, event.livemode), (None, false));
        seen.push((event.kind, event.reference));
        assert_ne!(event.event_id, "");
    }
    assert_eq!(seen.last(), Some(&("checkout.session.completed".to_owned(), Some(reference))));

    let sent = fake.signed(&events[0], now());
    let check = async |signature: Option<&str>, body: &[u8], later: i64| {
        let webhook = Webhook { signatures: &[signature], body };
        provider.verify_webhook(webhook, now() + TimeDelta::seconds(later)).await
    };
    let good = Some(sent.signature.as_str());
    assert!(check(good, &sent.body, 300).await.is_ok());
    assert_eq!(check(good, &sent.body, 301).await, Err(WebhookError::Stale));
    assert_eq!(check(good, &sent.body, -301).await, Err(WebhookError::Stale));
    assert_eq!(check(None, &sent.body, 0).await, Err(WebhookError::Unsigned));
    let reserialised = serde_json::to_vec(&serde_json::from_slice::<Value>(&sent.body).unwrap()).unwrap();
    assert_eq!(check(good, &reserialised, 0).await, Err(WebhookError::Forged));
    assert_eq!(provider.signature_headers(), ["Stripe-Signature"]);
}

#[tokio::test]
async fn a_webhook_secret_can_be_rotated_and_must_be_set() {
    let fake = FakeStripe::start(now());
    let event = json!({
        "id": "evt_1", "object": "event", "type": "charge.refunded", "livemode": false, "account": "acct_1",
        "data": { "object": { "id": "ch_1", "object": "charge", "payment_intent": "pi_1", "metadata": {} } }
    });
    let sent = fake.signed(&event, now());
    let check = async |secrets: &[&str]| -> Result<InboundEvent, WebhookError> {
        let webhook_secrets = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
        let provider = provider(StripeConfig { webhook_secrets, ..fake.config() });
        let webhook = Webhook { signatures: &[Some(&sent.signature)], body: &sent.body };
        provider.verify_webhook(webhook, now()).await
    };
    assert_eq!(check(&[]).await, Err(WebhookError::NotConfigured));
    assert_eq!(check(&["whsec_new"]).await, Err(WebhookError::Forged));
    let event = check(&["whsec_new", WEBHOOK_SECRET]).await.unwrap();
    assert_eq!(event, check(&[WEBHOOK_SECRET, "whsec_old"]).await.unwrap());
    assert_eq!(
        (event.account.as_deref(), event.payment_reference.as_deref()),
        (Some("acct_1"), Some("pi_1"))
    );
}

/// Stripe's own example objects, with no more changed than makes them one payment.
#[tokio::test]
async fn published_examples_decode() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/fixtures/stripe/resources.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("SKIPPED: Stripe's example objects are not at {path}");
        return;
    };
    let examples: Value = serde_json::from_str(&text).unwrap();
    let (fake, provider, reference) = opened().await;
    fake.pay(&reference);
    let intent = fake.object(&reference)["payment_intent"].as_str().unwrap().to_owned();
    let charge = fake.object(&intent)["latest_charge"].as_str().unwrap().to_owned();

    fake.tamper(&reference, |session| {
        *session = examples["checkout.session"].clone();
        session["id"] = json!(reference);
        session["currency"] = json!("usd");
        session["amount_total"] = json!(1_099);
        session["payment_intent"] = json!(intent);
    });
    fake.tamper(&intent, |object| {
        *object = examples["payment_intent"].clone();
        object["id"] = json!(intent);
        object["latest_charge"] = json!(charge);
    });
    fake.tamper(&charge, |object| {
        *object = examples["charge"].clone();
        object["id"] = json!(charge);
    });
    let payment = provider.fetch(&reference).await.unwrap();
    assert_eq!((payment.state, payment.amount), (ProviderState::Open, money(1_099, "USD")));
    assert_eq!(payment.method.unwrap().to_string(), "Visa ···· 4242");
    assert_eq!(payment.refunds, []);
    assert_eq!((payment.attempt_id, payment.payment_reference), (None, Some(intent)));

    let sent = fake.signed(&examples["event"], now());
    let webhook = Webhook { signatures: &[Some(&sent.signature)], body: &sent.body };
    let event = provider.verify_webhook(webhook, now()).await.unwrap();
    assert_eq!((event.kind.as_str(), event.reference), ("plan.created", None));

    // Every field Stripe publishes is one the fake has, so that what decodes here decodes there.
    let fresh = provider.start(&request("att_2", money(5_000, "EUR"))).await.unwrap().reference;
    fake.pay(&fresh);
    let fields = |object: &Value| object.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let intent = fake.object(&fresh)["payment_intent"].as_str().unwrap().to_owned();
    let charge = fake.object(&intent)["latest_charge"].as_str().unwrap().to_owned();
    fake.refund(&fresh, 100);
    fake.dispute(&fresh, 4_900);
    let (refund, dispute) = (fake.refunds().remove(0), fake.disputes().remove(0));
    for (name, ours) in [
        ("checkout.session", &fresh),
        ("payment_intent", &intent),
        ("charge", &charge),
        ("refund", &refund),
        ("dispute", &dispute),
    ] {
        let ours = fields(&fake.object(ours));
        // The list of refunds is in a charge only where it is asked for.
        let missing: Vec<_> = fields(&examples[name])
            .into_iter()
            .filter(|field| field != "refunds" && !ours.contains(field))
            .collect();
        assert!(missing.is_empty(), "{name} lacks {missing:?}");
    }
}
