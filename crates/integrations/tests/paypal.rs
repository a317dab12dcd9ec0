//! PayPal's orders, against a server that speaks its protocol.

#![expect(clippy::unwrap_used, reason = "a failed `unwrap` is a failed test")]

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::money::Money;
use domain::refunds::DisputeState;
use integrations::http;
use integrations::payment::paypal::fake::{CLIENT_ID, FakePaypal, Outage, SignedEvent, WEBHOOK_ID};
use integrations::payment::paypal::{PaypalConfig, PaypalProvider, Tokens};
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
        customer_email: Some("jörg@example.com".into()),
        return_url: "https://portal.example/holm/payments/att_1?x=1".into(),
        cancel_url: "https://portal.example/holm/payments/att_1?canceled=1".into(),
        expires_at: now() + TimeDelta::hours(1),
        locale: "de-AT".into(),
    }
}

fn provider_at(config: PaypalConfig, tokens: &Tokens, now: DateTime<Utc>) -> PaypalProvider {
    PaypalProvider::new(config, http::client().unwrap(), tokens.clone(), Arc::new(move || now))
}

fn provider(config: PaypalConfig) -> PaypalProvider {
    provider_at(config, &Tokens::default(), now())
}

fn back(id: &str, payment: &str, amount: Money) -> RefundRequest {
    RefundRequest { refund_id: id.into(), payment_reference: payment.into(), amount }
}

/// A fake with one open order.
async fn opened(amount: Money) -> (FakePaypal, PaypalProvider, String) {
    let fake = FakePaypal::start(now());
    let provider = provider(fake.config());
    let checkout = provider.start(&request("att_1", amount)).await.unwrap();
    (fake, provider, checkout.reference)
}

/// A fake with 120.00 EUR that were paid.
async fn paid() -> (FakePaypal, PaypalProvider, String) {
    let (fake, provider, reference) = opened(money(12_000, "EUR")).await;
    fake.approve(&reference);
    provider.complete(&reference, "att_1").await.unwrap();
    (fake, provider, reference)
}

fn lines(fake: &FakePaypal) -> Vec<String> {
    fake.requests().into_iter().map(|request| request.line).collect()
}

#[tokio::test]
async fn the_request_is_right_field_by_field() {
    let fake = FakePaypal::start(now());
    let checkout = provider(fake.config()).start(&request("att_1", money(1_999, "EUR"))).await.unwrap();
    assert_eq!(fake.orders(), std::slice::from_ref(&checkout.reference));
    assert!(
        checkout.url.starts_with("https://www.sandbox.paypal.com/checkoutnow?token="),
        "{}",
        checkout.url
    );
    assert_eq!(checkout.expires_at, now() + TimeDelta::hours(1));
    let [token, order] = fake.requests().try_into().unwrap();
    assert_eq!(
        (token.line.as_str(), token.body.as_str()),
        ("POST /v1/oauth2/token", "grant_type=client_credentials")
    );
    assert_eq!((order.line.as_str(), order.id.as_deref()), ("POST /v2/checkout/orders", Some("att_1")));
    assert_eq!(
        serde_json::from_str::<Value>(&order.body).unwrap(),
        json!({
            "intent": "CAPTURE",
            "purchase_units": [{
                "custom_id": "att_1",
                "invoice_id": "att_1",
                "description": "Invoice 2026-0042 – Köhler & Söhne",
                "amount": { "currency_code": "EUR", "value": "19.99" },
            }],
            "payment_source": { "paypal": {
                "email_address": "jörg@example.com",
                "experience_context": {
                    "return_url": "https://portal.example/holm/payments/att_1?x=1",
                    "cancel_url": "https://portal.example/holm/payments/att_1?canceled=1",
                    "user_action": "PAY_NOW",
                    "shipping_preference": "NO_SHIPPING",
                    "locale": "de-AT",
                },
            } },
        })
    );
}

#[tokio::test]
async fn amounts_are_written_as_paypal_counts() {
    for (minor, currency, text) in
        [(5_000, "JPY", "5000"), (123_400, "HUF", "1234"), (50_000, "TWD", "500"), (115, "USD", "1.15")]
    {
        let (fake, provider, reference) = opened(money(minor, currency)).await;
        assert_eq!(fake.order(&reference)["purchase_units"][0]["amount"]["value"], text);
        fake.approve(&reference);
        let payment = provider.complete(&reference, "att_1").await.unwrap();
        assert_eq!((payment.state, payment.amount), (ProviderState::Succeeded, money(minor, currency)));
    }
    // Refused here, so that nobody is sent to a page that can't be paid on: not one request is made.
    let fake = FakePaypal::start(now());
    for amount in [money(1_000, "KWD"), money(12_345, "HUF"), money(1_000, "ISK")] {
        let refused = provider(fake.config()).start(&request("att_1", amount)).await.unwrap_err();
        assert!(matches!(refused, PaymentError::Amount(_)), "{refused}");
    }
    assert_eq!(lines(&fake), Vec::<String>::new());
}

#[tokio::test]
async fn one_token_serves_until_it_ends() {
    let fake = FakePaypal::start(now());
    let tokens = Tokens::default();
    let at = |later: i64| provider_at(fake.config(), &tokens, now() + TimeDelta::seconds(later));
    let count = || lines(&fake).iter().filter(|line| line.ends_with("token")).count();
    for attempt in ["att_1", "att_2"] {
        at(0).start(&request(attempt, money(100, "EUR"))).await.unwrap();
    }
    at(32_339).fetch(&fake.orders()[0]).await.unwrap();
    assert_eq!(count(), 1);
    // A minute before its end another one is asked for.
    at(32_340).fetch(&fake.orders()[0]).await.unwrap();
    assert_eq!(count(), 2);
    // One that was withdrawn before is replaced, once.
    fake.withdraw_tokens();
    at(32_340).start(&request("att_3", money(100, "EUR"))).await.unwrap();
    assert_eq!((count(), fake.orders().len()), (3, 3));
    // Another secret is another account.
    let wrong = PaypalConfig { client_secret: SecretString::from("something else"), ..fake.config() };
    let refused = provider_at(wrong, &tokens, now()).fetch(&fake.orders()[0]).await;
    assert_eq!(refused, Err(PaymentError::Unauthorized));
}

#[tokio::test]
async fn agreeing_pays_nothing_until_the_money_is_taken() {
    let (fake, provider, reference) = opened(money(12_000, "EUR")).await;
    let open = provider.fetch(&reference).await.unwrap();
    assert_eq!(
        (open.state, open.amount, open.payment_reference),
        (ProviderState::Open, money(12_000, "EUR"), None)
    );
    assert_eq!(open.attempt_id.as_deref(), Some("att_1"));
    // Taken too early: PayPal refuses, and the page is still open.
    assert_eq!(provider.complete(&reference, "att_1").await.unwrap().state, ProviderState::Open);
    fake.approve(&reference);
    assert_eq!(provider.fetch(&reference).await.unwrap().state, ProviderState::Approved);
    let first = provider.complete(&reference, "att_1").await.unwrap();
    assert_eq!(first.state, ProviderState::Succeeded);
    assert_eq!(first.method.as_ref().unwrap().to_string(), "PayPal");
    assert!(first.payment_reference.is_some());
    assert_eq!(provider.complete(&reference, "att_1").await.unwrap(), first);
    // Even somebody who asks with another id gets nothing a second time.
    assert_eq!(provider.complete(&reference, "att_2").await.unwrap(), first);
    assert_eq!(provider.fetch(&reference).await.unwrap(), first);
    assert_eq!(provider.expire(&reference).await.unwrap(), first);
}

#[tokio::test]
async fn lost_answers_do_not_pay_twice() {
    let fake = FakePaypal::start(now());
    let provider = provider(fake.config());
    fake.fail_next([Outage::AnswerLost, Outage::Trouble]);
    let reference = provider.start(&request("att_1", money(12_000, "EUR"))).await.unwrap().reference;
    assert_eq!(fake.orders(), std::slice::from_ref(&reference));
    fake.approve(&reference);
    fake.fail_next([Outage::AnswerLost, Outage::TooMany]);
    let payment = provider.complete(&reference, "att_1").await.unwrap();
    assert_eq!(payment.state, ProviderState::Succeeded);
    let captures = lines(&fake).iter().filter(|line| line.ends_with("/capture")).count();
    assert_eq!(captures, 3);

    fake.fail_next([Outage::Trouble; 3]);
    let down = provider.fetch(&reference).await.unwrap_err();
    assert!(matches!(down, PaymentError::Unavailable(_)) && down.is_transient());
    fake.fail_next([Outage::Garbled]);
    assert!(matches!(provider.fetch(&reference).await, Err(PaymentError::Unreadable(_))));
    // The same attempt with another amount is refused, not paid.
    let other = provider.start(&request("att_1", money(100, "EUR"))).await.unwrap_err();
    assert!(
        matches!(&other, PaymentError::Refused { code: Some(code), .. } if code == "DUPLICATE_REQUEST_ID")
    );
    assert!(!other.is_transient());
}

#[tokio::test]
async fn pending_declined_and_chosen_anew() {
    let (fake, provider, reference) = opened(money(12_000, "EUR")).await;
    fake.approve(&reference);
    fake.decline_next();
    assert_eq!(provider.complete(&reference, "att_1").await.unwrap().state, ProviderState::Open);
    fake.approve(&reference);
    fake.keep_pending(true);
    let pending = provider.complete(&reference, "att_1").await.unwrap();
    assert_eq!(pending.state, ProviderState::Processing);
    fake.deny(&reference);
    let failed = provider.fetch(&reference).await.unwrap();
    assert_eq!(failed.state, ProviderState::Failed { reason: "PayPal says ECHECK.".to_owned() });

    let (fake, provider, reference) = opened(money(12_000, "EUR")).await;
    fake.approve(&reference);
    fake.keep_pending(true);
    provider.complete(&reference, "att_1").await.unwrap();
    fake.settle(&reference);
    assert_eq!(provider.fetch(&reference).await.unwrap().state, ProviderState::Succeeded);
}

#[tokio::test]
async fn calling_off_is_not_taking() {
    let (fake, provider, reference) = opened(money(12_000, "EUR")).await;
    assert_eq!(provider.expire(&reference).await.unwrap().state, ProviderState::Canceled);
    fake.approve(&reference);
    assert_eq!(provider.expire(&reference).await.unwrap().state, ProviderState::Canceled);
    assert_eq!(fake.order(&reference)["status"], "APPROVED");
    for unknown in ["5O190127TN364715T", "", "../../v1/oauth2/token", "a b"] {
        assert_eq!(provider.fetch(unknown).await, Err(PaymentError::NotFound), "{unknown}");
    }
}

#[tokio::test]
async fn money_goes_back_once() {
    let (fake, provider, reference) = paid().await;
    let capture = provider.fetch(&reference).await.unwrap().payment_reference.unwrap();
    fake.fail_next([Outage::AnswerLost]);
    let first = back("ref_1", &capture, money(5_000, "EUR"));
    let refund = provider.refund(&first).await.unwrap();
    assert_eq!((refund.amount, &refund.state), (money(5_000, "EUR"), &ProviderRefundState::Succeeded));
    assert_eq!(refund.refund_id.as_deref(), Some("ref_1"));
    assert_eq!(provider.refund(&first).await.unwrap(), refund);
    let sent = fake.requests().into_iter().rfind(|request| request.line.ends_with("/refund")).unwrap();
    assert_eq!(
        (sent.id.as_deref(), serde_json::from_str::<Value>(&sent.body).unwrap()),
        (
            Some("ref_1"),
            json!({ "amount": { "currency_code": "EUR", "value": "50.00" }, "custom_id": "ref_1" })
        )
    );
    let payment = provider.fetch(&reference).await.unwrap();
    assert_eq!((&payment.state, payment.refunded()), (&ProviderState::Succeeded, money(5_000, "EUR")));
    assert_eq!(payment.refunds, std::slice::from_ref(&refund));
    assert_eq!(provider.refunds(&capture).await.unwrap(), [refund]);
    let over = provider.refund(&back("ref_2", &capture, money(7_001, "EUR"))).await.unwrap_err();
    assert!(
        matches!(&over, PaymentError::Refused { code: Some(code), .. } if code == "REFUND_AMOUNT_EXCEEDED")
    );
    let other = provider.refund(&back("ref_3", &capture, money(100, "USD"))).await.unwrap_err();
    assert!(matches!(&other, PaymentError::Refused { code: Some(code), .. } if code == "CURRENCY_MISMATCH"));
    for unknown in ["0000", "", "../x"] {
        let request = back("ref_4", unknown, money(1, "EUR"));
        assert_eq!(provider.refund(&request).await, Err(PaymentError::NotFound), "{unknown}");
        assert_eq!(provider.refunds(unknown).await, Err(PaymentError::NotFound), "{unknown}");
    }
    // Given back at PayPal: it carries the payment's id there, and none of a refund of ours.
    fake.refund(&reference, "70.00");
    let payment = provider.fetch(&reference).await.unwrap();
    assert_eq!(payment.refunded(), money(12_000, "EUR"));
    assert_eq!(payment.refunds[1].refund_id, None);
    let none_left = provider.refund(&back("ref_5", &capture, money(1, "EUR"))).await.unwrap_err();
    assert!(
        matches!(&none_left, PaymentError::Refused { code: Some(code), .. } if code == "CAPTURE_FULLY_REFUNDED")
    );
}

#[tokio::test]
async fn what_is_on_its_way_back_is_not_back() {
    let (fake, provider, reference) = paid().await;
    let capture = provider.fetch(&reference).await.unwrap().payment_reference.unwrap();
    fake.keep_refunds_pending(true);
    for (id, end, state, refunded) in [
        ("ref_1", "COMPLETED", ProviderRefundState::Succeeded, 5_000),
        ("ref_2", "FAILED", ProviderRefundState::Failed { reason: "PayPal says ECHECK.".into() }, 5_000),
        ("ref_3", "COMPLETED", ProviderRefundState::Succeeded, 10_000),
    ] {
        let pending = provider.refund(&back(id, &capture, money(5_000, "EUR"))).await.unwrap();
        assert_eq!(pending.state, ProviderRefundState::Pending);
        let event = fake.conclude_refund(&reference, end);
        let told = verify(&provider, &fake.signed(&event, now()), now()).await.unwrap();
        assert_eq!((told.payment_reference.as_ref(), told.attempt_id), (Some(&capture), None));
        let payment = provider.fetch(&reference).await.unwrap();
        let last = payment.refunds.last().unwrap();
        assert_eq!((last.refund_id.as_deref(), &last.state), (Some(id), &state));
        assert_eq!(payment.refunded(), money(refunded, "EUR"));
    }
    let strange = |order: &mut Value| {
        order["purchase_units"][0]["payments"]["refunds"][0]["status"] = json!("QUANTUM");
    };
    fake.tamper(&reference, strange);
    assert!(matches!(provider.refunds(&capture).await, Err(PaymentError::Unreadable(_))));
}

#[tokio::test]
async fn what_is_unheard_of_is_not_guessed() {
    let (fake, provider, reference) = paid().await;
    let wrong = async |change: &dyn Fn(&mut Value)| {
        let before = fake.order(&reference);
        fake.tamper(&reference, |order| change(order));
        let answer = provider.fetch(&reference).await;
        fake.tamper(&reference, |order| *order = before);
        answer
    };
    let capture = "/purchase_units/0/payments/captures/0";
    for (at, value) in [
        (format!("{capture}/status"), json!("QUANTUM")),
        (format!("{capture}/amount/currency_code"), json!("EURO")),
        (format!("{capture}/amount/value"), json!("1,20")),
        ("/purchase_units".to_owned(), json!([])),
        ("/purchase_units/0/payments".to_owned(), json!({})),
    ] {
        let answer = wrong(&|order| *order.pointer_mut(&at).unwrap() = value.clone()).await;
        assert!(matches!(answer, Err(PaymentError::Unreadable(_))), "{at}: {answer:?}");
    }
    let other = wrong(&|order| {
        order["purchase_units"][0]["payments"]["captures"][0]["amount"]["value"] = json!("119.99");
    });
    assert_eq!(other.await.unwrap().amount, money(11_999, "EUR"));
}

async fn verify(
    provider: &PaypalProvider,
    sent: &SignedEvent,
    at: DateTime<Utc>,
) -> Result<InboundEvent, WebhookError> {
    let signatures = sent.signatures();
    provider.verify_webhook(Webhook { signatures: &signatures, body: &sent.body }, at).await
}

#[tokio::test]
async fn webhooks_are_believed_when_paypal_says_so() {
    let (fake, provider, reference) = opened(money(12_000, "EUR")).await;
    let approved = fake.approve(&reference);
    provider.complete(&reference, "att_1").await.unwrap();
    let capture = provider.fetch(&reference).await.unwrap().payment_reference;
    let completed = fake.capture_event(&reference);
    let refunded = fake.refund(&reference, "1.00");
    let told = async |event: &Value| verify(&provider, &fake.signed(event, now()), now()).await.unwrap();
    let event = told(&approved).await;
    assert_eq!(
        (event.kind.as_str(), event.reference.as_ref()),
        ("CHECKOUT.ORDER.APPROVED", Some(&reference))
    );
    assert_eq!(
        (event.attempt_id.as_deref(), event.payment_reference, event.livemode),
        (Some("att_1"), None, false)
    );
    let event = told(&completed).await;
    assert_eq!((event.reference, &event.payment_reference), (Some(reference), &capture));
    assert_eq!(event.attempt_id.as_deref(), Some("att_1"));
    let event = told(&refunded).await;
    assert_eq!((event.reference, event.payment_reference), (None, capture));
    let other = json!({ "id": "WH-9", "event_type": "BILLING.PLAN.CREATED", "resource": { "id": "P-1" } });
    let event = told(&other).await;
    assert_eq!((event.reference, event.payment_reference, event.attempt_id), (None, None, None));
}

#[tokio::test]
async fn forged_webhooks_are_not_believed() {
    let (fake, provider, reference) = opened(money(12_000, "EUR")).await;
    let good = fake.signed(&fake.approve(&reference), now());
    assert!(verify(&provider, &good, now()).await.is_ok());
    let changed = |index: usize, value: &str| {
        let mut sent = good.clone();
        sent.headers[index].1 = value.to_owned();
        sent
    };
    let compact = serde_json::to_vec(&serde_json::from_slice::<Value>(&good.body).unwrap()).unwrap();
    let other = String::from_utf8(good.body.clone()).unwrap().replace("att_1", "att_2").into_bytes();
    for sent in [
        changed(0, "t-other"),
        changed(1, "2026-11-21T12:00:01Z"),
        changed(2, "sdeadbeef"),
        changed(3, "https://evil.example/cert.pem"),
        changed(4, "NONE"),
        SignedEvent { body: compact, ..good.clone() },
        SignedEvent { body: other, ..good.clone() },
    ] {
        assert_eq!(verify(&provider, &sent, now()).await, Err(WebhookError::Forged), "{sent:?}");
    }
    // What can't be genuine doesn't trouble PayPal at all.
    let before = fake.requests().len();
    for (sent, error) in [
        (changed(1, "yesterday"), WebhookError::Unsigned),
        (changed(1, "2026-11-21T12:05:01Z"), WebhookError::Stale),
        (changed(1, "2026-11-18T10:59:59Z"), WebhookError::Stale),
    ] {
        assert_eq!(verify(&provider, &sent, now()).await, Err(error));
    }
    let mut unsigned = good.signatures();
    unsigned[2] = None;
    for signatures in [&unsigned[..], &[]] {
        let answer = provider.verify_webhook(Webhook { signatures, body: &good.body }, now()).await;
        assert_eq!(answer, Err(WebhookError::Unsigned));
    }
    // A body that would end the question and go on with an answer of its own.
    for body in [&b"{}, \"auth_algo\": \"x\""[..], b"", b"{\"id\"", b"{}{}", b"\xff"] {
        let sent = SignedEvent { body: body.to_vec(), ..good.clone() };
        assert!(matches!(verify(&provider, &sent, now()).await, Err(WebhookError::Malformed(_))));
    }
    assert_eq!(fake.requests().len(), before);
    fake.fail_next([Outage::Trouble]);
    assert!(matches!(verify(&provider, &good, now()).await, Err(WebhookError::Unavailable(_))));
    let nobody = self::provider(PaypalConfig { webhook_id: None, ..fake.config() });
    assert_eq!(verify(&nobody, &good, now()).await, Err(WebhookError::NotConfigured));
    let elsewhere = self::provider(PaypalConfig { webhook_id: Some("OTHER".into()), ..fake.config() });
    assert_eq!(verify(&elsewhere, &good, now()).await, Err(WebhookError::Forged));
}

#[tokio::test]
async fn a_connection_can_be_checked() {
    let fake = FakePaypal::start(now());
    let check = async |config: PaypalConfig| provider(config).check().await;
    assert!(!check(fake.config()).await.unwrap().livemode);
    assert_eq!(
        lines(&fake),
        ["POST /v1/oauth2/token".to_owned(), format!("GET /v1/notifications/webhooks/{WEBHOOK_ID}")]
    );
    assert!(
        check(PaypalConfig { webhook_id: None, livemode: true, ..fake.config() }).await.unwrap().livemode
    );
    let refused = check(PaypalConfig { webhook_id: Some("0000".into()), ..fake.config() }).await.unwrap_err();
    assert!(matches!(&refused, PaymentError::Refused { field: Some(field), .. } if field == "webhook_id"));
    for config in [
        PaypalConfig { client_id: "somebody".into(), ..fake.config() },
        PaypalConfig {
            client_secret: SecretString::from("guess"),
            client_id: CLIENT_ID.into(),
            ..fake.config()
        },
    ] {
        assert_eq!(check(config).await, Err(PaymentError::Unauthorized));
    }
}

#[tokio::test]
async fn disputes_are_told_with_where_their_money_is() {
    let (fake, provider, reference) = paid().await;
    assert_eq!(provider.fetch(&reference).await.unwrap().disputes, []);
    fake.dispute(&reference, "50.00");
    let [opened] = provider.fetch(&reference).await.unwrap().disputes.try_into().unwrap();
    assert_eq!((opened.state, opened.withdrawn), (DisputeState::NeedsResponse, false));
    assert_eq!(
        (opened.amount, opened.reason.as_str()),
        (money(5_000, "EUR"), "merchandise_or_service_not_received")
    );
    assert_eq!(opened.due_by, Some(now() + TimeDelta::days(10)));
    let asked = lines(&fake);
    assert!(asked[asked.len() - 2].starts_with("GET /v1/customer/disputes"));
    fake.escalate_dispute();
    let [claimed] = provider.fetch(&reference).await.unwrap().disputes.try_into().unwrap();
    assert_eq!((claimed.state, claimed.withdrawn, claimed.due_by), (DisputeState::UnderReview, true, None));
    fake.resolve_dispute("RESOLVED_SELLER_FAVOUR");
    let [won] = provider.fetch(&reference).await.unwrap().disputes.try_into().unwrap();
    assert_eq!((won.state, won.withdrawn), (DisputeState::Won, false));
    // A second one, lost; the oldest comes first.
    fake.dispute(&reference, "20.00");
    fake.resolve_dispute("RESOLVED_BUYER_FAVOUR");
    let [first, second] = provider.fetch(&reference).await.unwrap().disputes.try_into().unwrap();
    assert_eq!(first.reference, won.reference);
    assert_eq!(
        (second.state, second.withdrawn, second.amount),
        (DisputeState::Lost, true, money(2_000, "EUR"))
    );
    fake.resolve_dispute("CANCELED_BY_BUYER");
    let [_, canceled] = provider.fetch(&reference).await.unwrap().disputes.try_into().unwrap();
    assert_eq!((canceled.state, canceled.withdrawn), (DisputeState::Won, false));
}

#[tokio::test]
async fn an_app_that_may_not_see_disputes_still_takes_payments() {
    let (fake, provider, reference) = paid().await;
    fake.dispute(&reference, "50.00");
    fake.forbid_disputes();
    let said = provider.fetch(&reference).await.unwrap();
    assert_eq!((said.state, said.disputes), (ProviderState::Succeeded, Vec::new()));
}

#[tokio::test]
async fn events_of_disputes_name_payment_and_attempt() {
    let (fake, provider, reference) = paid().await;
    let event = fake.signed(&fake.dispute(&reference, "50.00"), now());
    let told = verify(&provider, &event, now()).await.unwrap();
    let payment = provider.fetch(&reference).await.unwrap().payment_reference;
    assert_eq!((told.kind.as_str(), told.payment_reference), ("CUSTOMER.DISPUTE.CREATED", payment));
    assert_eq!(told.attempt_id.as_deref(), Some("att_1"));
}
