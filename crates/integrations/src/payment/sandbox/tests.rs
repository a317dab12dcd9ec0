use std::sync::Mutex;

use chrono::TimeDelta;

use domain::saved_methods::Decline;

use super::*;
use crate::payment::ProviderState;
use crate::payment::saved::SetupState;

/// A sandbox whose clock the test moves.
struct Sandbox {
    provider: SandboxProvider<Arc<MemoryState>>,
    now: Arc<Mutex<DateTime<Utc>>>,
}

fn money(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap())
}

fn sandbox() -> Sandbox {
    let now = Arc::new(Mutex::new("2026-11-21T12:00:00Z".parse().unwrap()));
    let clock = Arc::clone(&now);
    let provider = SandboxProvider::new(
        Arc::new(MemoryState::default()),
        "https://portal.example/holm-joinery/sandbox/",
        SecretString::from("sandbox secret"),
        Arc::new(move || *clock.lock().unwrap()),
    );
    Sandbox { provider, now }
}

impl Sandbox {
    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap()
    }

    fn pass(&self, time: TimeDelta) {
        *self.now.lock().unwrap() += time;
    }

    fn request(&self) -> CheckoutRequest {
        CheckoutRequest {
            attempt_id: "att_1".into(),
            organization_id: "org_1".into(),
            amount: money(12_000),
            description: "Invoice 2026-0001".into(),
            customer_email: None,
            return_url: "https://portal.example/return".into(),
            cancel_url: "https://portal.example/cancel".into(),
            expires_at: self.now() + TimeDelta::hours(1),
            locale: "en".into(),
        }
    }

    async fn start(&self) -> String {
        self.provider.start(&self.request()).await.unwrap().reference
    }

    async fn pay(&self, reference: &str, number: &str) -> Result<SandboxSession, SandboxError> {
        let card = SandboxCard { number: number.into(), expiry: "12/30".into(), cvc: "123".into() };
        self.provider.pay(reference, &card).await
    }

    async fn state(&self, reference: &str) -> ProviderState {
        self.provider.fetch(reference).await.unwrap().state
    }
}

#[tokio::test]
async fn one_attempt_has_one_page() {
    let sandbox = sandbox();
    let first = sandbox.provider.start(&sandbox.request()).await.unwrap();
    assert_eq!(first.url, "https://portal.example/holm-joinery/sandbox/sbx_att_1");
    sandbox.pay(&first.reference, "4242424242424242").await.unwrap();
    assert_eq!(sandbox.provider.start(&sandbox.request()).await.unwrap(), first);
    assert_eq!(
        sandbox.state(&first.reference).await,
        ProviderState::Succeeded,
        "starting again undoes nothing"
    );
    let nothing = CheckoutRequest { amount: money(0), ..sandbox.request() };
    assert!(matches!(sandbox.provider.start(&nothing).await, Err(PaymentError::Amount(_))));
    assert_eq!(sandbox.provider.fetch("sbx_att_2").await, Err(PaymentError::NotFound));
}

#[tokio::test]
async fn a_card_that_succeeds_pays_once() {
    let sandbox = sandbox();
    let reference = sandbox.start().await;
    sandbox.pay(&reference, "4242424242424242").await.unwrap();
    let payment = sandbox.provider.fetch(&reference).await.unwrap();
    assert_eq!(payment.state, ProviderState::Succeeded);
    assert_eq!(payment.amount, money(12_000));
    assert_eq!(payment.refunded(), money(0));
    assert_eq!(payment.attempt_id.as_deref(), Some("att_1"));
    assert_eq!(payment.method.unwrap().to_string(), "Visa ···· 4242");
    assert_eq!(sandbox.pay(&reference, "4242424242424242").await, Err(SandboxError::NotWaiting(NotWaiting)));
}

#[tokio::test]
async fn a_declined_card_leaves_the_page_open() {
    let sandbox = sandbox();
    let reference = sandbox.start().await;
    let session = sandbox.pay(&reference, "4000000000000002").await.unwrap();
    assert_eq!(session.failure.as_deref(), Some("Your card was declined."));
    assert_eq!(sandbox.state(&reference).await, ProviderState::Open);
    let session = sandbox.pay(&reference, "4000000000009995").await.unwrap();
    assert_eq!(session.failure.as_deref(), Some("Your card has insufficient funds."));
    let session = sandbox.pay(&reference, "5555555555554444").await.unwrap();
    assert_eq!((session.progress, session.failure), (Progress::Succeeded, None));
}

#[tokio::test]
async fn the_second_step_decides() {
    let sandbox = sandbox();
    let reference = sandbox.start().await;
    assert!(sandbox.provider.second_step(&reference, true).await.is_err(), "nothing to confirm yet");
    sandbox.pay(&reference, "4000002500003155").await.unwrap();
    assert_eq!(sandbox.state(&reference).await, ProviderState::Open, "not paid before it is confirmed");
    let refused = sandbox.provider.second_step(&reference, false).await.unwrap();
    assert_eq!((refused.progress, refused.method), (Progress::Open, None));
    sandbox.pay(&reference, "4000002500003155").await.unwrap();
    sandbox.provider.second_step(&reference, true).await.unwrap();
    assert_eq!(sandbox.state(&reference).await, ProviderState::Succeeded);
}

#[tokio::test]
async fn a_delayed_payment_settles_by_itself() {
    for (number, settled) in [("4000003720000278", true), ("4000000000000341", false)] {
        let sandbox = sandbox();
        let reference = sandbox.start().await;
        sandbox.pay(&reference, number).await.unwrap();
        assert_eq!(sandbox.state(&reference).await, ProviderState::Processing);
        // Closing the page does not stop money that is on its way, and neither does its expiry.
        assert_eq!(sandbox.provider.expire(&reference).await.unwrap().state, ProviderState::Processing);
        sandbox.pass(SETTLES_AFTER - TimeDelta::seconds(1));
        assert_eq!(sandbox.state(&reference).await, ProviderState::Processing);
        sandbox.pass(TimeDelta::seconds(1));
        let state = sandbox.state(&reference).await;
        assert_eq!(state == ProviderState::Succeeded, settled, "{state:?}");
        assert_eq!(matches!(state, ProviderState::Failed { .. }), !settled);
    }
}

#[tokio::test]
async fn a_page_expires_by_time_or_by_hand() {
    let sandbox = sandbox();
    let reference = sandbox.start().await;
    sandbox.pass(TimeDelta::hours(1));
    assert_eq!(sandbox.state(&reference).await, ProviderState::Expired);
    assert_eq!(sandbox.pay(&reference, "4242424242424242").await, Err(SandboxError::NotWaiting(NotWaiting)));

    let sandbox = self::sandbox();
    let reference = sandbox.start().await;
    assert_eq!(sandbox.provider.expire(&reference).await.unwrap().state, ProviderState::Expired);
    assert_eq!(
        sandbox.provider.expire(&reference).await.unwrap().state,
        ProviderState::Expired,
        "twice is fine"
    );
}

#[tokio::test]
async fn webhooks_are_signed_and_repeat_themselves() {
    let sandbox = sandbox();
    let reference = sandbox.start().await;
    let session = sandbox.pay(&reference, "4242424242424242").await.unwrap();
    let sent = sandbox.provider.webhook(&session);
    let read = async |signature: Option<&str>, body: &[u8]| {
        sandbox.provider.verify_webhook(Webhook { signatures: &[signature], body }, sandbox.now()).await
    };
    let event = read(Some(&sent.signature), &sent.body).await.unwrap();
    assert_eq!(event.kind, "checkout.succeeded");
    assert_eq!(event.reference.as_deref(), Some(reference.as_str()));
    assert_eq!(event.attempt_id.as_deref(), Some("att_1"));
    assert!(!event.livemode);
    sandbox.pass(TimeDelta::seconds(10));
    let again = sandbox.provider.webhook(&session);
    assert_eq!(read(Some(&again.signature), &again.body).await.unwrap().event_id, event.event_id);

    assert_eq!(read(None, &sent.body).await, Err(WebhookError::Unsigned));
    let forged = String::from_utf8(sent.body.clone()).unwrap().replace("att_1", "att_2");
    assert_eq!(read(Some(&sent.signature), forged.as_bytes()).await, Err(WebhookError::Forged));
    sandbox.pass(TimeDelta::minutes(6));
    assert_eq!(read(Some(&sent.signature), &sent.body).await, Err(WebhookError::Stale));
}

#[tokio::test]
async fn of_two_who_pay_at_once_one_does() {
    let sandbox = Arc::new(sandbox());
    let reference = sandbox.start().await;
    let tries = (0..20).map(|_| {
        let (sandbox, reference) = (Arc::clone(&sandbox), reference.clone());
        tokio::spawn(async move { sandbox.pay(&reference, "4242424242424242").await })
    });
    let mut paid = 0;
    for attempt in tries.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            Ok(_) => paid += 1,
            Err(error) => assert_eq!(error, SandboxError::NotWaiting(NotWaiting)),
        }
    }
    assert_eq!(paid, 1);
}

impl Sandbox {
    fn saving(&self) -> crate::payment::saved::SaveRequest {
        crate::payment::saved::SaveRequest {
            method_id: "spm_1".into(),
            organization_id: "org_1".into(),
            customer: "sbxcus_cli_1".into(),
            currency: "EUR".parse().unwrap(),
            return_url: "https://portal.example/saved".into(),
            expires_at: self.now() + TimeDelta::hours(1),
            locale: "en".into(),
        }
    }

    async fn save(&self, number: &str) -> Result<SandboxMethod, SandboxError> {
        let card = SandboxCard { number: number.into(), expiry: "12/30".into(), cvc: "123".into() };
        self.provider.save_card("spm_1", &card).await
    }

    fn charge(&self, attempt: &str) -> crate::payment::saved::ChargeRequest {
        crate::payment::saved::ChargeRequest {
            attempt_id: attempt.into(),
            organization_id: "org_1".into(),
            amount: money(12_000),
            description: "Invoice 2026-0001".into(),
            customer: "sbxcus_cli_1".into(),
            method: "sbxpm_spm_1".into(),
            kind: "card".into(),
            since: self.now(),
        }
    }
}

#[tokio::test]
async fn what_is_saved_is_charged_by_the_card_s_kind() {
    let declined = |decline| (false, Some(decline));
    for (number, confirms, expected) in [
        ("4242424242424242", false, (true, None)),
        ("4000002500003155", true, (true, None)),
        ("4000002760003184", true, declined(Decline::AuthenticationRequired)),
        ("4000000000000341", false, declined(Decline::Refused)),
    ] {
        let sandbox = sandbox();
        let page = sandbox.provider.save(&sandbox.saving()).await.unwrap();
        assert_eq!(page.url, "https://portal.example/holm-joinery/sandbox/saved/spm_1");
        assert_eq!(sandbox.provider.save(&sandbox.saving()).await.unwrap(), page, "one method has one page");
        sandbox.save(number).await.unwrap();
        if confirms {
            assert_eq!(sandbox.provider.saved(&page.reference).await.unwrap().state, SetupState::Open);
            sandbox.provider.confirm_card("spm_1", true).await.unwrap();
        }
        let said = sandbox.provider.saved(&page.reference).await.unwrap();
        assert!(matches!(said.state, SetupState::Saved(_)), "{said:?}");
        assert_eq!(sandbox.provider.methods("sbxcus_cli_1").await.unwrap().len(), 1);
        assert_eq!(sandbox.provider.find_charge(&sandbox.charge("att_1")).await.unwrap(), None);
        let charged = sandbox.provider.charge(&sandbox.charge("att_1")).await.unwrap();
        assert_eq!((charged.state == ProviderState::Succeeded, charged.decline), expected, "{number}");
        assert_eq!(sandbox.provider.charge(&sandbox.charge("att_1")).await.unwrap(), charged);
        assert_eq!(sandbox.provider.find_charge(&sandbox.charge("att_1")).await.unwrap(), Some(charged));
        sandbox.provider.detach("sbxpm_spm_1").await.unwrap();
        sandbox.provider.detach("sbxpm_spm_1").await.unwrap();
        let refused = sandbox.provider.charge(&sandbox.charge("att_2")).await;
        assert!(matches!(refused, Err(PaymentError::Refused { .. })), "{refused:?}");
        assert_eq!(sandbox.provider.methods("sbxcus_cli_1").await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_card_that_is_declined_is_not_saved_and_a_page_ends() {
    let sandbox = sandbox();
    let page = sandbox.provider.save(&sandbox.saving()).await.unwrap();
    let method = sandbox.save("4000000000000002").await.unwrap();
    assert_eq!(method.failure.as_deref(), Some("Your card was declined."));
    assert_eq!(sandbox.save("4111111111111111").await, Err(SandboxError::Card(CardError::NotATestCard)));
    assert!(sandbox.provider.confirm_card("spm_1", true).await.is_err(), "nothing to confirm");
    let early = sandbox.provider.charge(&sandbox.charge("att_1")).await;
    assert!(matches!(early, Err(PaymentError::Refused { .. })), "{early:?}");
    sandbox.pass(TimeDelta::hours(1));
    let said = sandbox.provider.saved(&page.reference).await.unwrap();
    assert!(matches!(said.state, SetupState::Failed { .. }), "{said:?}");
    assert_eq!(sandbox.save("4242424242424242").await, Err(SandboxError::NotWaiting(NotWaiting)));
    let sent = sandbox.provider.method_webhook(&sandbox.provider.method("spm_1").await.unwrap());
    let webhook = Webhook { signatures: &[Some(&sent.signature)], body: &sent.body };
    let event = sandbox.provider.verify_webhook(webhook, sandbox.now()).await.unwrap();
    assert_eq!((event.kind.as_str(), event.attempt_id.as_deref()), ("setup.expired", Some("spm_1")));
}
