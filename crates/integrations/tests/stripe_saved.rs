//! Saved methods and off-session charges at Stripe, against a server that speaks its protocol.

#![expect(clippy::unwrap_used, reason = "a failed `unwrap` is a failed test")]

use chrono::{DateTime, TimeDelta, Utc};
use domain::money::Money;
use domain::saved_methods::{CardExpiry, Decline};
use integrations::http;
use integrations::payment::saved::{ChargeRequest, CustomerRequest, SaveRequest, SavesMethods, SetupState};
use integrations::payment::stripe::StripeProvider;
use integrations::payment::stripe::fake::{FakeStripe, Form, Outage, Saves};
use integrations::payment::{
    PaymentError, PaymentProvider, ProviderState, RefundRequest, Webhook, paypal, square,
};

fn now() -> DateTime<Utc> {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn money(minor: i64, currency: &str) -> Money {
    Money::new(minor, currency.parse().unwrap())
}

fn customer() -> CustomerRequest {
    CustomerRequest {
        client_id: "cli_1".into(),
        organization_id: "org_1".into(),
        name: "Köhler & Söhne".into(),
        email: Some("jörg@example.com".into()),
    }
}

fn page(customer: &str) -> SaveRequest {
    SaveRequest {
        method_id: "spm_1".into(),
        organization_id: "org_1".into(),
        customer: customer.into(),
        currency: "EUR".parse().unwrap(),
        return_url: "https://portal.example/holm/saved-methods/spm_1".into(),
        expires_at: now() + TimeDelta::hours(1),
        locale: "de-AT".into(),
    }
}

/// A fake at which a customer has saved one method.
struct Kept {
    fake: FakeStripe,
    provider: StripeProvider,
    customer: String,
    session: String,
    method: String,
}

impl Kept {
    async fn new(saves: Saves) -> Self {
        let fake = FakeStripe::start(now());
        let provider = StripeProvider::new(fake.config(), http::client().unwrap());
        let saver = provider.saves_methods().unwrap();
        let customer = saver.customer(&customer()).await.unwrap();
        let session = saver.save(&page(&customer)).await.unwrap().reference;
        fake.save(&session, saves);
        let method = fake.methods().pop().unwrap();
        Self { fake, provider, customer, session, method }
    }

    fn saver(&self) -> &dyn SavesMethods {
        self.provider.saves_methods().unwrap()
    }

    fn charge(&self, attempt: &str, kind: &str) -> ChargeRequest {
        ChargeRequest {
            attempt_id: attempt.into(),
            organization_id: "org_1".into(),
            amount: money(12_000, "EUR"),
            description: "Rechnung 2026-0042 – Köhler".into(),
            customer: self.customer.clone(),
            method: self.method.clone(),
            kind: kind.into(),
            since: now(),
        }
    }

    fn sent(&self, line: &str) -> Form {
        self.fake.requests().into_iter().rfind(|sent| sent.line == line).unwrap().form
    }
}

fn form<const N: usize>(fields: [(&str, &str); N]) -> Form {
    fields.into_iter().map(|(key, value)| (key.into(), value.into())).collect()
}

#[tokio::test]
async fn saving_is_asked_for_field_by_field() {
    let fake = FakeStripe::start(now());
    let provider = StripeProvider::new(fake.config(), http::client().unwrap());
    let saver = provider.saves_methods().unwrap();
    let id = saver.customer(&customer()).await.unwrap();
    assert!(id.starts_with("cus_"));
    assert_eq!(saver.customer(&customer()).await.unwrap(), id, "asked twice, there is one");
    let checkout = saver.save(&page(&id)).await.unwrap();
    assert_eq!(saver.save(&page(&id)).await.unwrap(), checkout);
    assert_eq!(fake.sessions(), std::slice::from_ref(&checkout.reference));
    assert!(checkout.url.starts_with("https://checkout.stripe.com/"));
    assert_eq!(checkout.expires_at, now() + TimeDelta::hours(1));

    let [new, _, session, _] = fake.requests().try_into().unwrap();
    assert_eq!((new.line.as_str(), new.idempotency_key.as_deref()), ("POST /v1/customers", Some("cli_1")));
    let expected = [
        ("email", "jörg@example.com"),
        ("metadata[client]", "cli_1"),
        ("metadata[organization]", "org_1"),
        ("name", "Köhler & Söhne"),
    ];
    assert_eq!(new.form, form(expected));
    assert_eq!(session.line, "POST /v1/checkout/sessions");
    assert_eq!(session.idempotency_key.as_deref(), Some("spm_1"));
    let expected = [
        ("cancel_url", "https://portal.example/holm/saved-methods/spm_1"),
        ("client_reference_id", "spm_1"),
        ("currency", "eur"),
        ("customer", id.as_str()),
        ("expires_at", "1795266000"),
        ("locale", "de"),
        ("metadata[organization]", "org_1"),
        ("metadata[saved_method]", "spm_1"),
        ("mode", "setup"),
        ("setup_intent_data[metadata][organization]", "org_1"),
        ("setup_intent_data[metadata][saved_method]", "spm_1"),
        ("success_url", "https://portal.example/holm/saved-methods/spm_1"),
    ];
    assert_eq!(session.form, form(expected));

    let open = saver.saved(&checkout.reference).await.unwrap();
    assert_eq!((open.state, open.method_id.as_deref()), (SetupState::Open, Some("spm_1")));
    let unknown = SaveRequest { method_id: "spm_2".into(), ..page("cus_unknown") };
    let refused = saver.save(&unknown).await.unwrap_err();
    assert!(
        matches!(&refused, PaymentError::Refused { code: Some(code), field: Some(field), .. }
            if code == "resource_missing" && field == "customer"),
        "{refused:?}"
    );
    fake.set_now(now() + TimeDelta::hours(2));
    let ended = saver.saved(&checkout.reference).await.unwrap();
    assert!(matches!(ended.state, SetupState::Failed { .. }), "{ended:?}");
}

#[tokio::test]
async fn what_is_saved_says_what_it_is() {
    let kept = Kept::new(Saves::Card).await;
    let said = kept.saver().saved(&kept.session).await.unwrap();
    assert_eq!(
        kept.sent(&format!("GET /v1/checkout/sessions/{}", kept.session))["expand[0]"],
        "setup_intent.payment_method"
    );
    let SetupState::Saved(method) = said.state else { panic!("{said:?}") };
    assert_eq!((method.reference.as_str(), method.method.kind.as_str()), (kept.method.as_str(), "card"));
    assert_eq!(method.method.to_string(), "Visa ···· 4242");
    assert_eq!(method.expires, Some(CardExpiry { year: 2034, month: 12 }));
    assert_eq!(kept.saver().methods(&kept.customer).await.unwrap(), [method]);
    assert_eq!(kept.sent(&format!("GET /v1/customers/{}/payment_methods", kept.customer))["limit"], "100");

    kept.saver().detach(&kept.method).await.unwrap();
    kept.saver().detach(&kept.method).await.unwrap();
    kept.saver().detach("pm_unknown").await.unwrap();
    assert_eq!(kept.saver().methods(&kept.customer).await.unwrap(), []);
    assert_eq!(kept.saver().methods("cus_unknown").await, Err(PaymentError::NotFound));
    let sent = kept.fake.requests().len();
    for unsafe_id in ["", "../balance", "pm_1/detach?x"] {
        assert_eq!(kept.saver().detach(unsafe_id).await, Err(PaymentError::NotFound));
    }
    assert_eq!(kept.fake.requests().len(), sent, "no such path is asked for");

    let debit = Kept::new(Saves::Debit).await;
    let said = debit.saver().saved(&debit.session).await.unwrap();
    let SetupState::Saved(method) = said.state else { panic!("{said:?}") };
    assert_eq!((method.method.to_string().as_str(), method.expires), ("SEPA Direct Debit ···· 3000", None));
}

#[tokio::test]
async fn a_charge_is_asked_for_field_by_field_and_made_once() {
    let kept = Kept::new(Saves::Card).await;
    kept.fake.fail_next([Outage::AnswerLost, Outage::AnswerLost]);
    let charged = kept.saver().charge(&kept.charge("att_1", "card")).await.unwrap();
    assert_eq!((&charged.state, charged.amount), (&ProviderState::Succeeded, money(12_000, "EUR")));
    assert_eq!(charged.payment_reference.as_ref(), Some(&charged.reference));
    assert_eq!(charged.attempt_id.as_deref(), Some("att_1"));
    assert_eq!(
        (charged.method.clone().unwrap().to_string().as_str(), charged.decline),
        ("Visa ···· 4242", None)
    );
    let keys: Vec<_> = kept
        .fake
        .requests()
        .into_iter()
        .filter(|sent| sent.line == "POST /v1/payment_intents")
        .map(|sent| sent.idempotency_key)
        .collect();
    assert_eq!(keys, vec![Some("att_1".to_owned()); 3]);
    let expected = [
        ("amount", "12000"),
        ("confirm", "true"),
        ("currency", "eur"),
        ("customer", kept.customer.as_str()),
        ("description", "Rechnung 2026-0042 – Köhler"),
        ("expand[0]", "latest_charge"),
        ("metadata[attempt]", "att_1"),
        ("metadata[organization]", "org_1"),
        ("off_session", "true"),
        ("payment_method", kept.method.as_str()),
        ("payment_method_types[0]", "card"),
    ];
    assert_eq!(kept.sent("POST /v1/payment_intents"), form(expected));
    assert_eq!(kept.saver().charge(&kept.charge("att_1", "card")).await.unwrap(), charged);
    assert_eq!(kept.fake.payments(), std::slice::from_ref(&charged.reference));
    assert_eq!(kept.provider.fetch(&charged.reference).await.unwrap(), charged);
    // Money that came is not called off, and goes back like any other.
    assert_eq!(kept.provider.expire(&charged.reference).await.unwrap(), charged);
    let back = RefundRequest {
        refund_id: "ref_1".into(),
        payment_reference: charged.reference.clone(),
        amount: money(2_000, "EUR"),
    };
    kept.provider.refund(&back).await.unwrap();
    assert_eq!(kept.provider.fetch(&charged.reference).await.unwrap().refunded(), money(2_000, "EUR"));
    // The króna is counted in hundredths there.
    let crowns = ChargeRequest { amount: money(500, "ISK"), ..kept.charge("att_2", "card") };
    assert_eq!(kept.saver().charge(&crowns).await.unwrap().amount, money(500, "ISK"));
    assert_eq!(kept.sent("POST /v1/payment_intents")["amount"], "50000");
}

#[tokio::test]
async fn a_bank_s_no_has_a_kind() {
    for (saves, decline, words) in [
        (Saves::CardDeclinedLater, Decline::Refused, "Your card was declined."),
        (Saves::CardWithoutFunds, Decline::InsufficientFunds, "Your card has insufficient funds."),
        (
            Saves::CardThatAsks,
            Decline::AuthenticationRequired,
            "Your card was declined. This transaction requires authentication.",
        ),
    ] {
        let kept = Kept::new(saves).await;
        let said = kept.saver().charge(&kept.charge("att_1", "card")).await.unwrap();
        assert_eq!(said.state, ProviderState::Failed { reason: words.into() });
        assert_eq!((said.decline, said.attempt_id.as_deref()), (Some(decline), Some("att_1")));
        // The answer stays the same, though the card may do by now: another try has another key.
        kept.fake.method_becomes(&kept.method, Saves::Card);
        assert_eq!(kept.saver().charge(&kept.charge("att_1", "card")).await.unwrap(), said);
        let again = kept.saver().charge(&kept.charge("att_2", "card")).await.unwrap();
        assert_eq!(again.state, ProviderState::Succeeded);
        // What failed can be called off for good.
        assert_eq!(kept.provider.expire(&said.reference).await.unwrap().state, ProviderState::Canceled);
    }
}

#[tokio::test]
async fn a_debit_takes_days() {
    for arrives in [true, false] {
        let kept = Kept::new(Saves::Debit).await;
        let said = kept.saver().charge(&kept.charge("att_1", "sepa_debit")).await.unwrap();
        assert_eq!(said.state, ProviderState::Processing);
        assert_eq!(kept.provider.expire(&said.reference).await.unwrap().state, ProviderState::Processing);
        kept.fake.settle_debit(&said.reference, arrives);
        let settled = kept.provider.fetch(&said.reference).await.unwrap();
        if arrives {
            assert_eq!((settled.state, settled.amount), (ProviderState::Succeeded, money(12_000, "EUR")));
        } else {
            let reason = "The customer's bank account could not be debited.".to_owned();
            assert_eq!(
                (settled.state, settled.decline),
                (ProviderState::Failed { reason }, Some(Decline::Refused))
            );
        }
    }
}

#[tokio::test]
async fn what_stripe_refuses_is_refused() {
    let kept = Kept::new(Saves::Card).await;
    let refused = async |charge: ChargeRequest| match kept.saver().charge(&charge).await.unwrap_err() {
        PaymentError::Refused { field, .. } => field.unwrap_or_default(),
        other => panic!("{other:?}"),
    };
    let base = || kept.charge("att_1", "card");
    assert_eq!(refused(kept.charge("att_1", "sepa_debit")).await, "payment_method");
    assert_eq!(refused(ChargeRequest { customer: "cus_unknown".into(), ..base() }).await, "customer");
    assert_eq!(refused(ChargeRequest { method: "pm_unknown".into(), ..base() }).await, "payment_method");
    assert_eq!(refused(ChargeRequest { amount: money(49, "EUR"), ..base() }).await, "");
    assert_eq!(refused(ChargeRequest { amount: money(100_000_000, "EUR"), ..base() }).await, "amount");
    kept.saver().detach(&kept.method).await.unwrap();
    assert_eq!(refused(base()).await, "payment_method");
    let unpayable = ChargeRequest { amount: money(12_345, "KWD"), ..base() };
    assert!(matches!(kept.saver().charge(&unpayable).await, Err(PaymentError::Amount(_))));
    kept.fake.fail_next([Outage::Trouble, Outage::Gateway, Outage::TooMany]);
    assert!(kept.saver().charge(&base()).await.unwrap_err().is_transient());
    assert_eq!(kept.fake.payments(), Vec::<String>::new());
    assert_eq!(kept.provider.fetch("pi_unknown").await, Err(PaymentError::NotFound));
}

#[tokio::test]
async fn a_charge_is_found_when_its_key_is_forgotten() {
    let kept = Kept::new(Saves::Card).await;
    assert_eq!(kept.saver().find_charge(&kept.charge("att_1", "card")).await.unwrap(), None);
    let charged = kept.saver().charge(&kept.charge("att_1", "card")).await.unwrap();
    // More than a page of others lies above it.
    for number in 0..105 {
        kept.saver().charge(&kept.charge(&format!("att_x{number}"), "card")).await.unwrap();
    }
    kept.fake.forget_keys();
    let found = kept.saver().find_charge(&kept.charge("att_1", "card")).await.unwrap();
    assert_eq!(found, Some(charged));
    assert_eq!(kept.saver().find_charge(&kept.charge("att_2", "card")).await.unwrap(), None);
    let later = ChargeRequest { since: now() + TimeDelta::hours(1), ..kept.charge("att_1", "card") };
    assert_eq!(kept.saver().find_charge(&later).await.unwrap(), None, "made before it was asked for");
}

#[tokio::test]
async fn events_say_whose_they_are() {
    let kept = Kept::new(Saves::Card).await;
    let second = SaveRequest { method_id: "spm_2".into(), ..page(&kept.customer) };
    let session = kept.saver().save(&second).await.unwrap().reference;
    let read = async |event: &serde_json::Value| {
        let sent = kept.fake.signed(event, now());
        let webhook = Webhook { signatures: &[Some(&sent.signature)], body: &sent.body };
        kept.provider.verify_webhook(webhook, now()).await.unwrap()
    };
    let [attached, setup, done] = kept.fake.save(&session, Saves::Card).try_into().unwrap();
    let method = kept.fake.methods().pop().unwrap();
    let event = read(&attached).await;
    assert_eq!((event.kind.as_str(), event.reference), ("payment_method.attached", Some(method)));
    let event = read(&setup).await;
    assert_eq!(
        (event.kind.as_str(), event.attempt_id.as_deref(), event.reference),
        ("setup_intent.succeeded", Some("spm_2"), None)
    );
    let event = read(&done).await;
    assert_eq!((event.attempt_id.as_deref(), event.reference), (Some("spm_2"), Some(session)));
    let charged = kept.saver().charge(&kept.charge("att_1", "card")).await.unwrap();
    for event in kept.fake.charge_events(&charged.reference) {
        let event = read(&event).await;
        assert_eq!(
            (event.attempt_id.as_deref(), event.payment_reference.as_ref()),
            (Some("att_1"), Some(&charged.reference)),
            "{}",
            event.kind
        );
    }
}

/// Who can't save methods says so by type: there is nothing to call.
#[tokio::test]
async fn who_saves_nothing_says_so() {
    fn saves(provider: &dyn PaymentProvider) -> bool {
        provider.saves_methods().is_some()
    }
    let http = http::client().unwrap();
    let paypal = paypal::PaypalProvider::new(
        paypal::PaypalConfig {
            client_id: String::new(),
            client_secret: secrecy::SecretString::from(""),
            webhook_id: None,
            livemode: false,
            api: paypal::SANDBOX_API.to_owned(),
        },
        http.clone(),
        paypal::Tokens::default(),
        std::sync::Arc::new(now),
    );
    let square = square::SquareProvider::new(
        square::SquareConfig {
            access_token: secrecy::SecretString::from(""),
            location_id: String::new(),
            signature_keys: Vec::new(),
            notification_url: String::new(),
            livemode: false,
            api: square::SANDBOX_API.to_owned(),
        },
        http,
    );
    assert!(!saves(&paypal) && !saves(&square));
}
