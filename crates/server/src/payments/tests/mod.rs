//! Paying, from the click to the books, against a Stripe on loopback and the real database.

mod automatic_charges;
mod connections;
mod credit;
mod disputes;
mod giving_back;
mod instalments;
mod methods;
mod notes;
mod paying;
mod paypal;
mod random;
mod refunds;
mod sandbox;
mod saved_methods;
mod square;
mod staff;
mod webhooks;

use chrono::TimeDelta;
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::money::Money;
use integrations::payment::stripe::fake::{FakeStripe, SECRET_KEY, SignedEvent, WEBHOOK_SECRET};
use serde_json::{Value, json};

use crate::testing::{ACME, Answer, Asker, GLOBEX, TestApp, settings, start};

/// An issued invoice.
#[derive(Debug, Clone)]
struct Bill {
    id: String,
    uuid: uuid::Uuid,
}

/// A server whose first organization takes payments.
struct Till {
    test: TestApp,
    stripe: FakeStripe,
    /// The contact of client `one`.
    contact: Asker,
    /// Where the provider's events go.
    webhook: String,
}

impl Till {
    /// With Stripe.
    async fn stripe() -> Self {
        let stripe = FakeStripe::start(start());
        let mut settings = settings();
        settings.stripe_url = stripe.url().parse().unwrap();
        let test = TestApp::with(settings).await;
        number(&test).await;
        let webhook = connect(&test, ACME, &json!([WEBHOOK_SECRET])).await;
        let contact = test.contact("one").await;
        Self { test, stripe, contact, webhook }
    }

    /// With the sandbox.
    async fn sandbox() -> Self {
        let stripe = FakeStripe::start(start());
        let test = TestApp::new().await;
        number(&test).await;
        let owner = test.staff("owner").await;
        let connection =
            test.put(&owner, "/payment-connections/sandbox", &json!({ "enabled": true })).await.expect(201);
        let contact = test.contact("one").await;
        Self { webhook: path_of(&connection["webhook_url"]), test, stripe, contact }
    }

    /// An issued invoice of client `one`, in the smallest unit.
    async fn bill(&self, minor: i64, currency: &str) -> Bill {
        self.bill_of(ACME, "one", minor, currency).await
    }

    async fn bill_of(&self, slug: &'static str, client: &str, minor: i64, currency: &str) -> Bill {
        let owner = self.test.staff_of(slug, "owner").await;
        let price = Money::new(minor, currency.parse().unwrap()).to_decimal();
        let draft = json!({
            "client_id": self.test.tenants[slug].clients[client], "currency": currency,
            "lines": [{ "description": "Work", "quantity": "1", "unit_price": price.to_string() }],
        });
        let id = text(&self.test.post(&owner, "/invoices", &draft).await.expect(201)["id"]);
        let issuer = owner.header("If-Match", "\"1\"");
        // Issued without a mail, so that a test counts its own.
        let issued = self
            .test
            .post(&issuer, &format!("/invoices/{id}/send"), &json!({ "contact_ids": [] }))
            .await
            .expect(200);
        assert_eq!(issued["balance"]["amount"], minor);
        let uuid = id.parse::<InvoiceId>().unwrap().uuid();
        Bill { id, uuid }
    }

    /// Withdraws an invoice.
    async fn void(&self, bill: &Bill) {
        let owner = self.test.staff("owner").await;
        let path = format!("/invoices/{}/void", bill.id);
        self.test.post(&owner, &path, &json!({ "reason": "A mistake" })).await.expect(200);
    }

    /// Starts to pay.
    async fn start(&self, asker: &Asker, bills: &[&Bill], amount: Option<(i64, &str)>) -> Answer {
        let mut invoices = Vec::new();
        for bill in bills {
            invoices.push(json!({ "invoice_id": bill.id, "version": self.version(bill).await }));
        }
        let amount = amount.map(|(minor, currency)| json!({ "amount": minor, "currency": currency }));
        self.test.post(asker, "/portal/payments", &json!({ "invoices": invoices, "amount": amount })).await
    }

    /// Starts to pay one invoice whole; the attempt and the session at Stripe.
    async fn open(&self, bill: &Bill) -> (String, String) {
        let attempt = self.start(&self.contact, &[bill], None).await.expect(201);
        (text(&attempt["id"]), self.stripe.sessions().pop().unwrap_or_default())
    }

    async fn version(&self, bill: &Bill) -> i64 {
        let version = self.ask(&format!("select version from invoice where id = '{}'", bill.uuid)).await;
        version.parse().unwrap()
    }

    /// Delivers a webhook.
    async fn deliver(&self, event: &SignedEvent) -> Answer {
        let provider = Asker::stranger().header("Stripe-Signature", &event.signature);
        self.test
            .send_bytes(actix_web::http::Method::POST, &provider, &self.webhook, Some(event.body.clone()))
            .await
    }

    /// Delivers events as Stripe does, and lets the worker apply them.
    async fn tell(&self, events: &[Value]) {
        for event in events {
            assert_eq!(self.deliver(&self.stripe.signed(event, self.test.now())).await.status, 200);
        }
        self.test.work().await;
    }

    /// What the worker's regular round does.
    async fn sweep(&self) {
        super::sweep(&self.test.app).await.unwrap();
        self.test.work().await;
    }

    async fn attempt(&self, id: &str) -> Value {
        self.test.get(&self.contact, &format!("/portal/payments/attempts/{id}")).await.expect(200)
    }

    /// Lets time pass; whoever is signed in stays so.
    async fn pass(&mut self, time: TimeDelta) {
        self.test.app.clock.advance(time);
        self.stripe.set_now(self.test.now());
        self.contact = self.test.contact("one").await;
    }

    async fn ask(&self, question: &str) -> String {
        self.test.database().texts(&format!("select ({question})::text")).await.pop().unwrap_or_default()
    }

    /// Rows of a table.
    async fn count(&self, of: &str) -> i64 {
        self.ask(&format!("select count(*) from {of}")).await.parse().unwrap()
    }

    async fn events(&self, kind: &str) -> i64 {
        self.count(&format!("event where kind = '{kind}'")).await
    }

    /// An invoice's status and what is paid of it.
    async fn stand(&self, bill: &Bill) -> String {
        self.ask(&format!("select status || ' ' || paid_minor from invoice where id = '{}'", bill.uuid)).await
    }

    /// What client `one` owes and has left, in a currency.
    async fn balance(&self, currency: &str) -> String {
        let client = self.test.acme().clients["one"].uuid();
        self.ask(&format!(
            "select owed_minor || ' ' || credit_minor from client_balance where client_id = '{client}' and currency = '{currency}'"
        ))
        .await
    }

    /// Everything that is kept agrees with the ledger.
    async fn check_books(&self) {
        for slug in [ACME, GLOBEX] {
            let mut tx = self.test.worker(slug).await;
            let wrong = store::ledger::verify(&mut tx, &mut |_| {}).await.unwrap();
            assert!(wrong.is_empty(), "{wrong:#?}");
        }
    }
}

/// Connects Stripe for an organization; the path of its webhook.
async fn connect(test: &TestApp, slug: &'static str, webhook_secrets: &Value) -> String {
    let owner = test.staff_of(slug, "owner").await;
    let body = json!({ "secret_key": SECRET_KEY, "webhook_secrets": webhook_secrets, "enabled": true });
    let connection = test.put(&owner, "/payment-connections/stripe", &body).await.expect(201);
    path_of(&connection["webhook_url"])
}

/// Lets invoices be called and so on.
async fn number(test: &TestApp) {
    test.database().execute("update organization set invoice_prefix = 'R-'").await;
}

fn path_of(url: &Value) -> String {
    let url = text(url);
    url.split_once("/api/v1").map(|(_, path)| path.to_owned()).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is a text")).to_owned()
}
