//! The checker finds what was made wrong on purpose.

use domain::ids::Id;
use store::ledger::{self, Subject};

use super::{drafted, sent};
use crate::testing::TestApp;

/// What the checker finds after statements that no function of the product would run.
async fn found(test: &TestApp, statements: &str) -> Vec<(Subject, &'static str)> {
    test.database().execute(statements).await;
    let mut tx = test.worker("acme").await;
    let found = ledger::verify(&mut tx, &mut |_| {}).await.unwrap();
    found.into_iter().map(|disagreement| (disagreement.subject, disagreement.what)).collect()
}

#[actix_web::test]
async fn every_kept_value_is_compared() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let client = Subject::Client(test.acme().clients["one"]);
    let invoice = sent(&test, &owner).await;
    drafted(&test, &owner).await;
    let invoice = Subject::Invoice(invoice["id"].as_str().unwrap().parse().unwrap());
    test.expect_the_ledger_to_agree().await;
    for (wrong, right, expected) in [
        (
            "update invoice set paid_minor = 40 where status = 'sent'",
            "update invoice set paid_minor = 0 where status = 'sent'",
            vec![(invoice, "the status"), (invoice, "what is paid")],
        ),
        (
            "update invoice set total_minor = 131071 where status = 'sent'",
            "update invoice set total_minor = 131072 where status = 'sent'",
            vec![(invoice, "the total"), (invoice, "the total")],
        ),
        (
            "update invoice_line set amount_minor = 1 where invoice_id in (select id from invoice where status = 'sent')",
            "update invoice_line set amount_minor = 114000",
            vec![(invoice, "what its lines come to")],
        ),
        (
            "update invoice set status = 'viewed' where status = 'sent'",
            "update invoice set status = 'sent' where status = 'viewed'",
            vec![(invoice, "the status")],
        ),
        (
            "update client_balance set owed_minor = owed_minor + 1",
            "update client_balance set owed_minor = owed_minor - 1",
            vec![(client, "what is owed")],
        ),
        (
            "update client_balance set credit_minor = 1",
            "update client_balance set credit_minor = 0",
            vec![(client, "the credit")],
        ),
        (
            "update figure_change set sum_minor = sum_minor + 1 where kind = 'open'",
            "update figure_change set sum_minor = sum_minor - 1 where kind = 'open'",
            vec![(Subject::Figures, "what is left to pay")],
        ),
        (
            "update invoice set currency = 'USD' where status = 'sent'",
            "update invoice set currency = 'EUR' where status = 'sent'",
            vec![(invoice, "entries of another currency or client"), (invoice, "the sums on it")],
        ),
    ] {
        let found = found(&test, wrong).await;
        assert_eq!(found, expected, "{wrong}");
        test.database().execute(right).await;
        test.expect_the_ledger_to_agree().await;
    }
}

#[actix_web::test]
async fn payments_are_compared_with_their_entries() {
    let test = TestApp::new().await;
    let organization = test.acme().id.uuid();
    let client = test.acme().clients["one"].uuid();
    let payment = store::fresh::<domain::payments::PaymentId>(test.now());
    let found = found(
        &test,
        &format!(
            "select set_config('portico.organization', '{organization}', false);
             insert into payment (id, client_id, provider, method, currency, amount_minor, unapplied_minor, received_on, created_at)
               values ('{payment}', '{client}', 'manual', 'Cash', 'EUR', 50, 40, '2026-03-01', now());
             insert into ledger_entry (id, at, kind, client_id, payment_id, currency, amount_minor)
               values (gen_random_uuid(), now(), 'payment', '{client}', '{payment}', 'EUR', 49);
             insert into ledger_entry (id, at, kind, client_id, payment_id, currency, amount_minor)
               values (gen_random_uuid(), now(), 'refund', '{client}', '{payment}', 'USD', 2);",
            payment = payment.uuid(),
        ),
    )
    .await;
    let subject = Subject::Payment(payment);
    assert_eq!(
        found,
        [
            (subject, "the amount"),
            (subject, "what was refunded"),
            (subject, "what is unapplied"),
            (subject, "entries of another currency or client"),
        ]
    );
}
