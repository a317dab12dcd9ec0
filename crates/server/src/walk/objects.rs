//! One object of every kind that a path can name, belonging to an organization's client `one`.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::ids::Id;
use domain::permission::Audience;
use store::identity::sessions::{self, Holder};

use crate::testing::{Asker, TestApp};

/// The segment before a path's parameter, and how such ids begin.
pub const KINDS: &[(&str, &str)] = &[
    ("api-tokens", "tok_"),
    ("attempts", "att_"),
    ("bank-transactions", "btx_"),
    ("clients", "cli_"),
    ("contacts", "con_"),
    ("credit-notes", "crn_"),
    ("imports", "imp_"),
    ("inbound-events", "inb_"),
    ("invoices", "inv_"),
    ("jobs", "job_"),
    ("mails", "mai_"),
    ("members", "mem_"),
    ("payment-connections", "pco_"),
    ("payments", "pay_"),
    ("refunds", "ref_"),
    ("projects", "prj_"),
    ("questions", "qqu_"),
    ("quotes", "quo_"),
    ("recurring-invoices", "rec_"),
    ("roles", "rol_"),
    ("sandbox", "sbx_att_"),
    ("sandbox-setups", "spm_"),
    ("saved-methods", "spm_"),
    ("sessions", "ses_"),
    ("tax-rates", "tax_"),
];

/// Makes them; ids by segment.
pub async fn make(test: &TestApp, slug: &'static str) -> BTreeMap<&'static str, String> {
    let tenant = &test.tenants[slug];
    let (organization, client) = (tenant.id.uuid(), tenant.clients["one"].uuid());
    let (member, contact) = (tenant.members["advisor"].uuid(), tenant.contacts["one"].uuid());
    let at = test.now().to_rfc3339();
    let ids: BTreeMap<&str, uuid::Uuid> = KINDS
        .iter()
        .map(|(kind, _)| (*kind, store::fresh::<domain::events::EventId>(test.now()).uuid()))
        .collect();
    let id = |kind: &str| ids[kind];
    let attempt = domain::payments::AttemptId::from_uuid(id("attempts"));
    let reference = format!("sbx_{attempt}");
    let zero = r#"{"lines":[],"subtotal":{"amount":100,"currency":"EUR"},"discount":{"amount":0,"currency":"EUR"},"net":{"amount":100,"currency":"EUR"},"taxes":[],"gross":{"amount":100,"currency":"EUR"}}"#;
    let (invoice, payment, connection) = (id("invoices"), id("payments"), id("payment-connections"));
    let statements = format!(
        "select set_config('portico.organization', '{organization}', false);
         insert into api_token (id, member_id, name, hint, hash, scopes, created_at)
           values ('{token}', '{member}', 'program', 'ptk_abc', sha256('walk'), '{{}}', '{at}');
         insert into import (id, files, report, created, duplicates, refused, done_at, done_by)
           values ('{import}', '{{}}', '{{\"files\":[],\"invoiced\":[]}}', 0, 0, 0, '{at}', 'somebody');
         insert into mail (id, to_name, to_address, subject, body_text, body_html, language, created_at)
           values ('{mail}', 'Ana', 'ana@example.com', 'Hello', '', '', 'en', '{at}');
         insert into job (id, kind, payload, state, run_at, created_at) values ('{job}', 'send_mail', '{{}}', 'dead', '{at}', '{at}');
         insert into bank_statement (id, name, format, report, imported_at)
           values ('{transaction}', 'march.xml', 'camt053', '{{}}', '{at}');
         insert into bank_transaction (id, statement_id, account, fingerprint, booked_on, currency, amount_minor, reversal,
             counterparty_name, remittance)
           values ('{transaction}', '{transaction}', 'DE89370400440532013000', 'f', '2026-03-01', 'EUR', 100, false, 'Ana', 'W-1');
         insert into tax_rate (id, name, rate) values ('{tax}', 'VAT', 19);
         insert into role (id, name, permissions) values ('{role}', 'Apprentice', '{{console}}');
         insert into session (id, audience, email, contact_id, created_at, last_seen_at, expires_at)
           values ('{session}', 'portal', 'one@{slug}.example', '{contact}', '{at}', '{at}', '{at}'::timestamptz + interval '1 day');
         insert into payment_connection (id, provider, enabled) values ('{connection}', 'sandbox', true);
         insert into inbound_event (id, connection_id, provider, event_id, kind, body, received_at)
           values ('{inbound}', '{connection}', 'sandbox', 'evt_1', 'checkout.session.completed', '{{}}', '{at}');
         insert into invoice (id, client_id, number, status, currency, listed_on, issued_on, due_on, client_name, client_address,
             rounding, price_mode, totals, total_minor, sent_at, created_at)
           values ('{invoice}', '{client}', 'W-1', 'sent', 'EUR', '2026-03-01', '2026-03-01', '2026-03-15', 'Client one', '{{}}',
             'per_document', 'exclusive', '{zero}', 100, '{at}', '{at}');
         insert into recurring_invoice (id, client_id, name, input, currency, total_minor, created_at)
           values ('{recurring}', '{client}', 'Hosting', '{recurring_input}', 'EUR', 100, '{at}');
         insert into ledger_entry (id, at, kind, client_id, invoice_id, currency, amount_minor)
           values (gen_random_uuid(), '{at}', 'issue', '{client}', '{invoice}', 'EUR', 100);
         insert into payment (id, client_id, provider, method, currency, amount_minor, unapplied_minor, received_on, created_at)
           values ('{payment}', '{client}', 'manual', 'Cash', 'EUR', 50, 50, '2026-03-01', '{at}');
         insert into ledger_entry (id, at, kind, client_id, payment_id, currency, amount_minor)
           values (gen_random_uuid(), '{at}', 'payment', '{client}', '{payment}', 'EUR', 50);
         insert into credit_note (id, invoice_id, client_id, number, status, currency, issued_on, reason, lines, totals, total_minor, created_at)
           values ('{note}', '{invoice}', '{client}', 'CN-1', 'issued', 'EUR', '2026-03-01', 'A mistake', '[]', '{zero}', 100, '{at}');
         insert into refund (id, payment_id, client_id, currency, amount_minor, destination, state, created_at, checked_at, settled_at)
           values ('{refund}', '{payment}', '{client}', 'EUR', 5, 'source', 'failed', '{at}', '{at}', '{at}');
         insert into payment_attempt (id, client_id, connection_id, provider, state, invoice_set, currency, amount_minor,
             description, locale, provider_reference, return_url, contact_id, started_at, expires_at, checked_at)
           values ('{attempt_id}', '{client}', '{connection}', 'sandbox', 'expired', '{invoice}', 'EUR', 100,
             'Invoice W-1', 'en', '{reference}', 'sealed', '{contact}', '{at}', '{at}', '{at}');
         insert into quote (id, client_id, number, state, currency, title, current_no, valid_until, client_name, client_address,
             total_minor, listed_on, sent_at, created_at)
           values ('{quote}', '{client}', 'W-1', 'sent', 'EUR', 'Walk', 1, '2026-04-01', 'Client one', '{{}}', 100, '2026-03-01', '{at}',
             '{at}');
         insert into quote_version (quote_id, no, content, costs, rounding, price_mode, shown_hash, sent_at)
           values ('{quote}', 1, '{{\"title\": \"Walk\"}}', '{{}}', 'per_document', 'exclusive', sha256('walk'), '{at}');
         insert into quote_question (id, quote_id, no, question, asked_by, asked_at)
           values ('{question}', '{quote}', 1, 'How far?', 'Contact one', '{at}');
         insert into project (id, client_id, name, kind, state, currency, budget_minor, created_at)
           values ('{project}', '{client}', 'Walk', 'project', 'planned', 'EUR', 100, '{at}');
         insert into saved_payment_method (id, client_id, connection_id, provider, state, is_default, kind, brand, last4, mandate,
             accepted_at, accepted_by, accepted_name, accepted_from, customer_reference, method_reference, setup_ends_at, checked_at)
           values ('{method}', '{client}', '{connection}', 'sandbox', 'active', true, 'card', 'visa', '4242', 'Charge it', '{at}',
             '{contact}', 'Contact one', '127.0.0.1', 'sbxcus_one', 'sbxpm_one', '{at}', '{at}');
         insert into saved_payment_method (id, client_id, connection_id, provider, mandate, accepted_at, accepted_by, accepted_name,
             accepted_from, setup_ends_at, checked_at)
           values ('{setup}', '{client}', '{connection}', 'sandbox', 'Charge it', '{at}', '{contact}', 'Contact one', '127.0.0.1',
             '{at}', '{at}');
         insert into sandbox_method (saved_method_id, version) values ('{setup}', 1);
         insert into automatic_charge (invoice_id, client_id, recurring_invoice_id, state, failure, tries, changed_at)
           values ('{invoice}', '{client}', '{recurring}', 'failed', 'Your card was declined.', 4, '{at}');
         insert into payment_attempt_share (attempt_id, invoice_id, position, version, total_minor, amount_minor)
           values ('{attempt_id}', '{invoice}', 1, 1, 100, 100);",
        token = id("api-tokens"),
        import = id("imports"),
        mail = id("mails"),
        job = id("jobs"),
        tax = id("tax-rates"),
        transaction = id("bank-transactions"),
        role = id("roles"),
        session = id("sessions"),
        inbound = id("inbound-events"),
        note = id("credit-notes"),
        refund = id("refunds"),
        attempt_id = id("attempts"),
        method = id("saved-methods"),
        setup = id("sandbox-setups"),
        quote = id("quotes"),
        question = id("questions"),
        project = id("projects"),
        recurring = id("recurring-invoices"),
        recurring_input = serde_json::json!({
            "name": "Hosting", "client_id": tenant.clients["one"],
            "schedule": { "rhythm": { "every": 1, "unit": "month" }, "starts_on": "2026-04-01" },
            "lines": [{ "description": "Hosting", "quantity": "1", "unit_price": "1" }],
        }),
    );
    test.database().execute(&statements).await;
    KINDS
        .iter()
        .map(|(kind, prefix)| {
            let named = match *kind {
                "clients" => tenant.clients["one"].to_string(),
                "contacts" => tenant.contacts["one"].to_string(),
                "members" => tenant.members["advisor"].to_string(),
                "sandbox" => reference.clone(),
                other => {
                    let text = domain::events::EventId::from_uuid(id(other)).to_string();
                    text.replacen("evt_", prefix, 1)
                }
            };
            (*kind, named)
        })
        .collect()
}

/// Leaves technicians and contacts nothing but their own account.
pub async fn take_all_permissions(test: &TestApp, slug: &'static str) {
    let organization = test.tenants[slug].id.uuid();
    test.database()
        .execute(&format!(
            "update role set permissions = '{{console}}' where organization_id = '{organization}' and key = 'technician';
             update contact set permissions = '{{portal}}' where organization_id = '{organization}';"
        ))
        .await;
}

/// A member who looks at the portal as the contact of client `one`.
pub async fn viewer(test: &TestApp, slug: &'static str) -> Asker {
    let tenant = &test.tenants[slug];
    let mut tx = test.worker(slug).await;
    let holder =
        Holder::Contact { contact: tenant.contacts["one"], viewed_by: Some(tenant.members["owner"]) };
    let email = "owner@acme.example".parse().unwrap();
    let session = sessions::insert(&mut tx, &holder, &email, TimeDelta::hours(1), "", "").await.unwrap();
    tx.commit().await.unwrap();
    test.signed_in(session, Audience::Portal)
}
