//! Paying, from the click to the books, against a Stripe on loopback and the real database.

mod connections;
mod paying;
mod refunds;
mod sandbox;
mod staff;
mod webhooks;

use chrono::TimeDelta;
use domain::ids::Id;
use integrations::payment::stripe::fake::{FakeStripe, SECRET_KEY, SignedEvent, WEBHOOK_SECRET};
use serde_json::{Value, json};

use crate::testing::{ACME, Answer, Asker, TestApp, settings, start};

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
        let webhook = connect(&test, ACME, &json!([WEBHOOK_SECRET])).await;
        let contact = test.contact("one").await;
        Self { test, stripe, contact, webhook }
    }

    /// With the sandbox.
    async fn sandbox() -> Self {
        let stripe = FakeStripe::start(start());
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        let connection = test.put(&owner, "/payment-connections/sandbox", &json!({ "enabled": true })).await.expect(201);
        let contact = test.contact("one").await;
        Self { webhook: path_of(&connection["webhook_url"]), test, stripe, contact }
    }

    /// An issued invoice of client `one`, in the smallest unit.
    async fn bill(&self, minor: i64, currency: &str) -> Bill {
        self.bill_of(ACME, "one", minor, currency).await
    }

    async fn bill_of(&self, slug: &'static str, client: &str, minor: i64, currency: &str) -> Bill {
        let tenant = &self.test.tenants[slug];
        let id: domain::invoices::InvoiceId = store::fresh(self.test.now());
        let (organization, client, uuid) = (tenant.id.uuid(), tenant.clients[client].uuid(), id.uuid());
        let entry: domain::payments::LedgerEntryId = store::fresh(self.test.now());
        self.test
            .database()
            .execute(&format!(
                "insert into invoice (organization_id, id, client_id, number, status, currency, listed_on, issued_on, due_on,
                   client_name, client_address, rounding, price_mode, totals, total_minor, created_at, sent_at)
                 select '{organization}', '{uuid}', '{client}', 'R-' || (count(*) + 1), 'sent', '{currency}', '2026-03-01', '2026-03-01',
                   '2026-03-15', 'One', '{{}}', 'per_document', 'exclusive', '{{}}', {minor}, now(), now()
                 from invoice where organization_id = '{organization}';
                 insert into ledger_entry (organization_id, id, at, kind, client_id, invoice_id, currency, amount_minor)
                 values ('{organization}', '{}', now(), 'issue', '{client}', '{uuid}', '{currency}', {minor})",
                entry.uuid()
            ))
            .await;
        Bill { id: id.to_string(), uuid }
    }

    /// Withdraws an invoice, as voiding does.
    async fn void(&self, bill: &Bill) {
        let entry: domain::payments::LedgerEntryId = store::fresh(self.test.now());
        self.test
            .database()
            .execute(&format!(
                "update invoice set status = 'void', voided_at = now(), version = version + 1 where id = '{0}';
                 insert into ledger_entry (organization_id, id, at, kind, client_id, invoice_id, currency, amount_minor)
                 select organization_id, '{1}', now(), 'void', client_id, id, currency, total_minor from invoice where id = '{0}'",
                bill.uuid,
                entry.uuid()
            ))
            .await;
        let mut tx = self.test.worker(ACME).await;
        super::expire_attempts_of(&mut tx, bill.uuid.into()).await.unwrap();
        tx.commit().await.unwrap();
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
        self.test.send_bytes(actix_web::http::Method::POST, &provider, &self.webhook, Some(event.body.clone())).await
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

    /// Every sum that is kept equals the sum of its entries.
    async fn check_books(&self) {
        let wrong = self
            .ask(
                "select coalesce(string_agg(what, ', '), '') from (
                   select 'invoice ' || i.number as what from invoice i
                   where i.paid_minor <> (select coalesce(sum(amount_minor), 0) from ledger_entry l
                       where l.organization_id = i.organization_id and l.invoice_id = i.id and l.kind = 'allocation')
                     or (i.status = 'paid') <> (i.paid_minor >= i.total_minor and i.status <> 'void')
                   union all
                   select 'payment ' || p.id from payment p
                   where concat_ws(' ', p.amount_minor, p.refunded_minor, p.unapplied_minor) <> (
                     select concat_ws(' ', coalesce(sum(amount_minor) filter (where kind = 'payment'), 0),
                       coalesce(sum(amount_minor) filter (where kind = 'refund'), 0),
                       coalesce(sum(case kind when 'payment' then amount_minor else -amount_minor end), 0))
                     from ledger_entry l where l.organization_id = p.organization_id and l.payment_id = p.id)
                   union all
                   select 'balance ' || b.client_id from client_balance b
                   where b.credit_minor < 0 or concat_ws(' ', b.owed_minor, b.credit_minor) <> (
                     select concat_ws(' ', coalesce(sum(case kind when 'issue' then amount_minor when 'void' then -amount_minor
                         when 'allocation' then -amount_minor else 0 end), 0),
                       coalesce(sum(case kind when 'payment' then amount_minor when 'allocation' then -amount_minor
                         when 'refund' then -amount_minor else 0 end), 0))
                     from ledger_entry l where l.organization_id = b.organization_id and l.client_id = b.client_id
                       and l.currency = b.currency)) wrong",
            )
            .await;
        assert_eq!(wrong, "");
    }
}

/// Connects Stripe for an organization; the path of its webhook.
async fn connect(test: &TestApp, slug: &'static str, webhook_secrets: &Value) -> String {
    let owner = test.staff_of(slug, "owner").await;
    let body = json!({ "secret_key": SECRET_KEY, "webhook_secrets": webhook_secrets, "enabled": true });
    let connection = test.put(&owner, "/payment-connections/stripe", &body).await.expect(201);
    path_of(&connection["webhook_url"])
}

fn path_of(url: &Value) -> String {
    let url = text(url);
    url.split_once("/api/v1").map(|(_, path)| path.to_owned()).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is a text")).to_owned()
}
