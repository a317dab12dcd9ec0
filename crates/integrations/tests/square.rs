//! Square's payment links, against a server that speaks its protocol.

#![expect(clippy::unwrap_used, reason = "a failed `unwrap` is a failed test")]

use chrono::{DateTime, TimeDelta, Utc};
use domain::money::Money;
use domain::refunds::DisputeState;
use integrations::http;
use integrations::payment::square::fake::{FakeSquare, Outage, SIGNATURE_KEY, SignedEvent};
use integrations::payment::square::{SquareConfig, SquareProvider};
use integrations::payment::{
    CheckoutRequest, InboundEvent, PaymentError, PaymentProvider, ProviderRefundState, ProviderState,
    RefundRequest, Webhook, WebhookError,
};
use secrecy::SecretString;
use serde_json::{Value, json};

const URL: &str = "https://portal.example/api/v1/webhooks/payments/pco_1";

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
        customer_email: Some("jane@example.com".into()),
        return_url: "https://portal.example/holm/payments/att_1".into(),
        cancel_url: "https://portal.example/holm/payments/att_1?canceled=1".into(),
        expires_at: now() + TimeDelta::hours(1),
        locale: "en".into(),
    }
}

fn back(id: &str, payment: &str, amount: Money) -> RefundRequest {
    RefundRequest { refund_id: id.into(), payment_reference: payment.into(), amount }
}

fn provider(config: SquareConfig) -> SquareProvider {
    SquareProvider::new(config, http::client().unwrap())
}

/// A fake with one open link; the checkout's reference and the order.
async fn opened() -> (FakeSquare, SquareProvider, String, String) {
    let fake = FakeSquare::start(now());
    let provider = provider(fake.config(URL));
    let checkout = provider.start(&request("att_1", money(12_000, "USD"))).await.unwrap();
    let order = fake.orders().pop().unwrap();
    (fake, provider, checkout.reference, order)
}

#[tokio::test]
async fn the_request_is_right_field_by_field() {
    let (fake, _, reference, order) = opened().await;
    assert_eq!(reference, format!("{}.{order}", fake.links()[0]));
    let [sent] = fake.requests().try_into().unwrap();
    assert_eq!(sent.line, "POST /v2/online-checkout/payment-links");
    assert_eq!(
        serde_json::from_str::<Value>(&sent.body).unwrap(),
        json!({
            "idempotency_key": "att_1",
            "order": {
                "location_id": "LFAKEPORTICO",
                "reference_id": "att_1",
                "line_items": [{
                    "name": "Invoice 2026-0042 – Köhler & Söhne",
                    "quantity": "1",
                    "base_price_money": { "amount": 12_000, "currency": "USD" },
                }],
            },
            "checkout_options": { "redirect_url": "https://portal.example/holm/payments/att_1", "allow_tipping": false },
            "pre_populated_data": { "buyer_email": "jane@example.com" },
            "payment_note": "att_1",
        })
    );
    let refused = provider(fake.config(URL)).start(&request("att_2", money(1_000, "KWD"))).await.unwrap_err();
    assert!(matches!(refused, PaymentError::Amount(_)));
    assert_eq!(fake.requests().len(), 1, "nobody is asked for what can't be paid");
}

#[tokio::test]
async fn what_an_order_says() {
    let (fake, provider, reference, order) = opened().await;
    let open = provider.fetch(&reference).await.unwrap();
    assert_eq!(
        (open.state, open.amount, open.payment_reference),
        (ProviderState::Open, money(12_000, "USD"), None)
    );
    assert_eq!(open.attempt_id.as_deref(), Some("att_1"));
    // A card that fails leaves the page open for another.
    fake.pay(&order, "FAILED");
    assert_eq!(provider.fetch(&reference).await.unwrap().state, ProviderState::Open);
    fake.pay(&order, "PENDING");
    assert_eq!(provider.fetch(&reference).await.unwrap().state, ProviderState::Processing);
    fake.conclude(&order, "COMPLETED");
    let paid = provider.fetch(&reference).await.unwrap();
    assert_eq!((&paid.state, paid.amount), (&ProviderState::Succeeded, money(12_000, "USD")));
    assert_eq!(paid.method.as_ref().unwrap().to_string(), "Visa ···· 1111");
    // Called off too late: what was paid stays paid.
    assert_eq!(provider.expire(&reference).await.unwrap(), paid);
    for unknown in ["", "PL1", "PL1.OR9", "../x.y/z"] {
        assert_eq!(provider.fetch(unknown).await, Err(PaymentError::NotFound), "{unknown}");
    }
}

#[tokio::test]
async fn calling_off_deletes_the_link_once() {
    let (fake, provider, reference, _) = opened().await;
    fake.fail_next([Outage::AnswerLost]);
    for _ in 0..2 {
        assert_eq!(provider.expire(&reference).await.unwrap().state, ProviderState::Canceled);
    }
    assert!(fake.links().is_empty());
}

#[tokio::test]
async fn lost_answers_make_no_second_link() {
    let fake = FakeSquare::start(now());
    let provider = provider(fake.config(URL));
    fake.fail_next([Outage::AnswerLost, Outage::Trouble]);
    provider.start(&request("att_1", money(12_000, "USD"))).await.unwrap();
    assert_eq!((fake.links().len(), fake.requests().len()), (1, 3));
    let other = provider.start(&request("att_1", money(100, "USD"))).await.unwrap_err();
    assert!(
        matches!(&other, PaymentError::Refused { code: Some(code), .. } if code == "IDEMPOTENCY_KEY_REUSED")
    );
    fake.fail_next([Outage::Garbled]);
    let garbled = provider.start(&request("att_2", money(100, "USD"))).await;
    assert!(matches!(garbled, Err(PaymentError::Unreadable(_))));
    fake.fail_next([Outage::Trouble; 3]);
    let down = provider.start(&request("att_2", money(100, "USD"))).await;
    assert!(matches!(down, Err(PaymentError::Unavailable(_))));
}

#[tokio::test]
async fn money_goes_back_once() {
    let (fake, provider, reference, order) = opened().await;
    fake.pay(&order, "COMPLETED");
    let payment = provider.fetch(&reference).await.unwrap().payment_reference.unwrap();
    fake.fail_next([Outage::AnswerLost]);
    let first = back("ref_1", &payment, money(5_000, "USD"));
    let pending = provider.refund(&first).await.unwrap();
    assert_eq!((pending.amount, &pending.state), (money(5_000, "USD"), &ProviderRefundState::Pending));
    assert_eq!(pending.refund_id.as_deref(), Some("ref_1"));
    assert_eq!(provider.refund(&first).await.unwrap(), pending);
    let sent = fake.requests().pop().unwrap();
    assert_eq!(
        (sent.line.as_str(), serde_json::from_str::<Value>(&sent.body).unwrap()),
        (
            "POST /v2/refunds",
            json!({
                "idempotency_key": "ref_1",
                "payment_id": payment,
                "amount_money": { "amount": 5_000, "currency": "USD" },
                "reason": "ref_1",
            })
        )
    );
    let paid = provider.fetch(&reference).await.unwrap();
    assert_eq!((&paid.refunds[..], paid.refunded()), (&[pending.clone()][..], money(0, "USD")));
    let over = provider.refund(&back("ref_2", &payment, money(7_001, "USD"))).await.unwrap_err();
    assert!(
        matches!(&over, PaymentError::Refused { code: Some(code), .. } if code == "REFUND_AMOUNT_INVALID")
    );
    fake.conclude_refund(&pending.reference, "COMPLETED");
    assert_eq!(provider.fetch(&reference).await.unwrap().refunded(), money(5_000, "USD"));
    // Given back at Square, for reasons of theirs.
    let by_hand = fake.refund(&payment, &json!({ "amount": 7_000, "currency": "USD" }), "Came late");
    let listed = provider.refunds(&payment).await.unwrap();
    assert_eq!((&listed[1].reference, &listed[1].refund_id), (&by_hand, &None));
    for end in ["REJECTED", "FAILED"] {
        fake.conclude_refund(&by_hand, end);
        let refunds = provider.refunds(&payment).await.unwrap();
        assert!(matches!(refunds[1].state, ProviderRefundState::Failed { .. }), "{end}");
    }
    assert_eq!(provider.fetch(&reference).await.unwrap().refunded(), money(5_000, "USD"));
    fake.conclude_refund(&by_hand, "QUANTUM");
    assert!(matches!(provider.refunds(&payment).await, Err(PaymentError::Unreadable(_))));
    for unknown in ["PAY9", "", "../x"] {
        let request = back("ref_4", unknown, money(100, "USD"));
        assert_eq!(provider.refund(&request).await, Err(PaymentError::NotFound), "{unknown}");
        assert_eq!(provider.refunds(unknown).await, Err(PaymentError::NotFound), "{unknown}");
    }
}

async fn verify(
    provider: &SquareProvider,
    sent: &SignedEvent,
    at: DateTime<Utc>,
) -> Result<InboundEvent, WebhookError> {
    let signatures = [Some(sent.signature.as_str())];
    provider.verify_webhook(Webhook { signatures: &signatures, body: &sent.body }, at).await
}

#[tokio::test]
async fn webhooks_are_believed_with_the_right_key_for_the_right_address() {
    let (fake, provider, reference, order) = opened().await;
    let event = fake.pay(&order, "COMPLETED");
    let payment = provider.fetch(&reference).await.unwrap().payment_reference;
    let good = fake.signed(&event, URL);
    let told = verify(&provider, &good, now()).await.unwrap();
    assert_eq!((told.kind.as_str(), told.attempt_id.as_deref()), ("payment.updated", Some("att_1")));
    assert_eq!((told.payment_reference.as_ref(), told.reference), (payment.as_ref(), None));
    let refund = fake.event("refund.created", &json!({ "refund": { "id": "RF1", "payment_id": payment } }));
    let told = verify(&provider, &fake.signed(&refund, URL), now()).await.unwrap();
    assert_eq!((told.payment_reference, told.attempt_id), (payment, None));
    // Sales at the counter are none of ours.
    let other = fake.event("payment.updated", &json!({ "payment": { "id": "PAY9", "note": "two coffees" } }));
    let told = verify(&provider, &fake.signed(&other, URL), now()).await.unwrap();
    assert_eq!((told.payment_reference, told.attempt_id), (None, None));

    let compact = serde_json::to_vec(&serde_json::from_slice::<Value>(&good.body).unwrap()).unwrap();
    for sent in [fake.signed(&event, "https://evil.example/"), SignedEvent { body: compact, ..good.clone() }]
    {
        assert_eq!(verify(&provider, &sent, now()).await, Err(WebhookError::Forged));
    }
    let unreadable = SignedEvent { signature: "%%%".into(), ..good.clone() };
    assert_eq!(verify(&provider, &unreadable, now()).await, Err(WebhookError::Unsigned));
    let missing = provider.verify_webhook(Webhook { signatures: &[None], body: &good.body }, now()).await;
    assert_eq!(missing, Err(WebhookError::Unsigned));
    for later in [TimeDelta::hours(26), -TimeDelta::minutes(6)] {
        assert_eq!(verify(&provider, &good, now() + later).await, Err(WebhookError::Stale));
    }
    let keys = |keys: &[&str]| SquareConfig {
        signature_keys: keys.iter().map(|key| SecretString::from(*key)).collect(),
        ..fake.config(URL)
    };
    assert!(verify(&self::provider(keys(&["new-key-of-ours", SIGNATURE_KEY])), &good, now()).await.is_ok());
    assert_eq!(
        verify(&self::provider(keys(&["new-key-of-ours"])), &good, now()).await,
        Err(WebhookError::Forged)
    );
    for none in [&[][..], &[""]] {
        assert_eq!(verify(&self::provider(keys(none)), &good, now()).await, Err(WebhookError::NotConfigured));
    }
}

#[tokio::test]
async fn a_connection_can_be_checked() {
    let fake = FakeSquare::start(now());
    assert!(!provider(fake.config(URL)).check().await.unwrap().livemode);
    let wrong = SquareConfig { access_token: SecretString::from("guess"), ..fake.config(URL) };
    assert_eq!(provider(wrong).check().await, Err(PaymentError::Unauthorized));
    let elsewhere = SquareConfig { location_id: "L2".into(), ..fake.config(URL) };
    let refused = provider(elsewhere).check().await.unwrap_err();
    assert!(matches!(&refused, PaymentError::Refused { field: Some(field), .. } if field == "location_id"));
}

#[tokio::test]
async fn disputes_are_found_among_the_location_s() {
    let (fake, provider, reference, order) = opened().await;
    fake.pay(&order, "COMPLETED");
    let payment = provider.fetch(&reference).await.unwrap().payment_reference.unwrap();
    let other = provider.start(&request("att_2", money(900, "USD"))).await.unwrap();
    fake.pay(&fake.orders().pop().unwrap(), "COMPLETED");
    let theirs = provider.fetch(&other.reference).await.unwrap().payment_reference.unwrap();
    // More than a page, those of other payments among them.
    for _ in 0..3 {
        fake.dispute(&theirs, 300, "LOST");
    }
    fake.dispute(&payment, 5_000, "EVIDENCE_REQUIRED");
    let [found] = provider.fetch(&reference).await.unwrap().disputes.try_into().unwrap();
    assert_eq!((found.state, found.withdrawn), (DisputeState::NeedsResponse, true));
    assert_eq!((found.amount, found.reason.as_str()), (money(5_000, "USD"), "not_received"));
    assert_eq!(found.due_by, Some(now() + TimeDelta::days(14)));
    for (state, ours, withdrawn) in [
        ("INQUIRY_EVIDENCE_REQUIRED", DisputeState::NeedsResponse, false),
        ("INQUIRY_PROCESSING", DisputeState::UnderReview, false),
        ("INQUIRY_CLOSED", DisputeState::Won, false),
        ("PROCESSING", DisputeState::UnderReview, true),
        ("LOST", DisputeState::Lost, true),
        ("ACCEPTED", DisputeState::Lost, true),
        ("WON", DisputeState::Won, false),
    ] {
        fake.conclude_dispute(state);
        let [said] = provider.fetch(&reference).await.unwrap().disputes.try_into().unwrap();
        assert_eq!((said.state, said.withdrawn), (ours, withdrawn), "{state}");
    }
    fake.forbid_disputes();
    let said = provider.fetch(&reference).await.unwrap();
    assert_eq!((said.state, said.disputes), (ProviderState::Succeeded, Vec::new()));
}

#[tokio::test]
async fn events_of_disputes_name_their_payment() {
    let (fake, provider, reference, order) = opened().await;
    fake.pay(&order, "COMPLETED");
    let payment = provider.fetch(&reference).await.unwrap().payment_reference.unwrap();
    let event = fake.dispute(&payment, 5_000, "EVIDENCE_REQUIRED");
    let told = verify(&provider, &fake.signed(&event, URL), now()).await.unwrap();
    assert_eq!((told.kind.as_str(), told.payment_reference), ("dispute.created", Some(payment)));
}
