use super::*;
use crate::testing::TestApp;

fn filling(seed: u64) -> Filling {
    Filling { seed, scale: 1, now: crate::testing::start() }
}

/// What a filling looks like from outside, without what chance alone decides.
async fn portrait(test: &TestApp) -> Vec<String> {
    test.database()
        .texts(
            "select concat_ws('|', o.slug, i.number, i.status, i.currency, i.total_minor, i.paid_minor, i.sent_at, i.viewed_at, i.client_name)
             from invoice i join organization o using (organization_id) order by o.slug, i.created_at, i.id",
        )
        .await
}

#[actix_web::test]
async fn a_year_of_four_businesses_adds_up() {
    let test = TestApp::empty(crate::testing::settings()).await;
    let now = test.now();
    assert!(!is_filled(&test.app.store, now).await.unwrap());
    let seen = std::sync::atomic::AtomicU64::new(0);
    let count = |more| {
        seen.fetch_add(more, std::sync::atomic::Ordering::Relaxed);
    };
    fill(&test.app, filling(1), count).await.unwrap();
    assert_eq!(seen.into_inner(), filling(1).invoices());
    assert!(is_filled(&test.app.store, now).await.unwrap());

    let texts = async |query: &str| test.database().texts(query).await;
    assert_eq!(
        texts("select concat_ws(' ', slug, trade, demo) from organization order by slug").await,
        [
            "garage-beranger repair_shop t",
            "holm-joinery contractor t",
            "studio-o agency t",
            "weiss-okonkwo law_firm t"
        ]
    );
    // Three currencies, one of them the yen; each organization has invoices in every state.
    assert_eq!(texts("select distinct currency from invoice order by 1").await, ["CHF", "EUR", "JPY"]);
    for status in ["draft", "sent", "viewed", "partially_paid", "paid", "written_off", "void"] {
        let query = format!("select count(distinct organization_id) from invoice where status = '{status}'");
        assert_eq!(test.database().count(&query).await, 4, "{status}");
    }
    for (what, expected) in [
        ("select count(*) from client", 80),
        ("select count(*) from client c where not exists (select from contact k where k.client_id = c.id and k.portal_access)", 0),
        ("select count(distinct organization_id) from member where account_id is not null", 4),
        ("select count(*) from (select from member m join role r on r.id = m.role_id group by m.organization_id, r.key) x", 20),
        ("select count(distinct organization_id) from contact where email = 'robin@lindqvist.example'", 2),
        ("select count(*) from payment_connection where provider = 'sandbox' and enabled", 4),
        // The numbers have no gap and end where the series goes on.
        (
            "select count(*) from (select max(regexp_replace(number, '\\D', '', 'g')::bigint) - 999 - count(*) as gap, organization_id
             from invoice where number is not null group by 2) x where gap <> 1",
            0,
        ),
        (
            "select count(*) from number_series s where kind = 'invoice' and next <> (select max(regexp_replace(number, '\\D', '', 'g')::bigint) + 1
             from invoice i where i.organization_id = s.organization_id)",
            0,
        ),
        // Every business has given something back, credited, given up, and been contested.
        ("select count(distinct organization_id) from refund where state = 'succeeded' and destination = 'source'", 4),
        ("select count(distinct organization_id) from refund where destination = 'credit'", 4),
        ("select count(distinct organization_id) from credit_note where status = 'issued'", 4),
        ("select count(distinct organization_id) from credit_note where status = 'draft'", 4),
        ("select count(distinct organization_id) from ledger_entry where of_credit and amount_minor > 0", 4),
        ("select count(distinct organization_id) from invoice where status = 'written_off'", 4),
        ("select count(distinct organization_id) from dispute where state = 'needs_response'", 4),
        // Each has read a bank's statement: some of its money is a payment, some waits, some is nobody's.
        ("select count(*) from payment_connection where provider = 'bank_transfer' and enabled", 4),
        ("select count(*) from bank_statement", 4),
        ("select count(distinct organization_id) from bank_transaction where state = 'open'", 4),
        ("select count(distinct organization_id) from bank_transaction where state = 'matched'", 4),
        ("select count(*) from bank_transaction where state = 'ignored'", 4),
        ("select count(distinct organization_id) from invoice where jsonb_array_length(open_parts) = 3 and due_on is not null", 4),
        // Nothing happened in the future, and nothing before what it follows.
        ("select count(*) from event where at > '2026-03-02T09:00:00Z'", 0),
        ("select count(*) from invoice where viewed_at < sent_at or paid_at < sent_at or voided_at < sent_at or due_on < issued_on", 0),
        ("select count(*) from invoice i join client c on c.id = i.client_id where c.created_at > i.created_at", 0),
        (
            "select count(*) from (select sent_at < lag(sent_at) over (partition by organization_id order by number) as wrong
             from invoice where number is not null) x where wrong",
            0,
        ),
    ] {
        assert_eq!(test.database().count(what).await, expected, "{what}");
    }
    for (id, _) in organizations::list(&mut test.app.store.begin_system(Reason::SetUp, now).await.unwrap())
        .await
        .unwrap()
        .items
    {
        let mut tx = test.app.store.begin_worker(id, Reason::SetUp, now).await.unwrap();
        assert_eq!(store::ledger::verify(&mut tx, &mut |_| ()).await.unwrap(), []);
    }
    // The mailbox holds receipts of each, and an invoice that has just gone out.
    test.work().await;
    assert_eq!(
        test.database()
            .count("select count(distinct organization_id) from mail where created_at < '2026-03-02'")
            .await,
        4
    );
    assert_eq!(test.database().count("select count(distinct organization_id) from guest_link").await, 4);
    assert_eq!(test.database().count("select count(*) from mail where state <> 'captured'").await, 0);
    // Every business has quotes in every state, and what follows from accepted ones.
    for state in
        ["draft", "sent", "viewed", "changes_requested", "accepted", "declined", "withdrawn", "converted"]
    {
        let query = format!("select count(distinct organization_id) from quote where state = '{state}'");
        assert_eq!(test.database().count(&query).await, 4, "{state}");
    }
    for (what, expected) in [
        ("select count(*) from quote", 14 * 4),
        (
            "select count(distinct organization_id) from quote where state in ('sent', 'viewed') and valid_until < '2026-03-02'",
            4,
        ),
        ("select count(distinct organization_id) from quote where current_no = 2", 4),
        ("select count(*) from project", 4 * 4),
        ("select count(*) from invoice where quote_part = 'deposit' and number is not null", 4 * 4),
        (
            "select count(*) from quote where changes_quote_id is not null and state = 'accepted' and project_id is not null",
            4,
        ),
        ("select count(*) from quote_question where answered_at is null", 4),
        // What comes again has run: on its days, once each, and goes on after now.
        ("select count(*) from recurring_invoice where name <> 'Maintenance'", 3 * 4),
        // Maintenance is charged to a saved card from today on.
        ("select count(*) from recurring_invoice where name = 'Maintenance'", 2 * 4),
        ("select count(distinct organization_id) from recurring_invoice where state = 'active'", 4),
        ("select count(*) from recurring_invoice where state = 'paused'", 2),
        ("select count(*) from recurring_invoice where state = 'ended'", 2),
        ("select count(*) from recurring_invoice r where name <> 'Maintenance' and (select count(*) from recurring_period p where p.recurring_invoice_id = r.id) < 2", 0),
        ("select count(*) from recurring_period p join invoice i on i.id = p.invoice_id where i.issued_on <> p.starts_on", 0),
        (
            "select count(*) from recurring_invoice r where next_index <> (select count(*) from recurring_period p where p.recurring_invoice_id = r.id)
               and state <> 'paused'",
            0,
        ),
        // Reminders in every state, late fees sent and waiting.
        ("select count(distinct organization_id) from reminder_rule", 4),
        ("select count(*) from (select from reminder group by organization_id having count(distinct days) < 3) x", 0),
        (
            "select count(*) from reminder r join invoice i on i.id = r.invoice_id where r.at < i.sent_at or r.at > coalesce(i.voided_at, 'infinity')",
            0,
        ),
        ("select count(distinct organization_id) from invoice_reminders where promised_on is not null", 4),
        ("select count(distinct organization_id) from invoice_reminders where paused", 4),
        ("select count(distinct organization_id) from late_fee_rule", 2),
    ] {
        assert_eq!(test.database().count(what).await, expected, "{what}");
    }
    // The first client of each has something to pay now, and something late.
    assert_eq!(
        test.database()
            .count(
                "select count(*) from client c where external_id = 'C-0001'
                   and exists (select from invoice i where i.client_id = c.id and status in ('sent', 'viewed') and due_on < '2026-03-02')
                   and exists (select from invoice i where i.client_id = c.id and status in ('sent', 'viewed') and due_on >= '2026-03-02')"
            )
            .await,
        4
    );
}

#[actix_web::test]
async fn one_seed_is_one_business() {
    let one = TestApp::empty(crate::testing::settings()).await;
    let same = TestApp::empty(crate::testing::settings()).await;
    let other = TestApp::empty(crate::testing::settings()).await;
    for (test, seed) in [(&one, 7), (&same, 7), (&other, 8)] {
        fill(&test.app, filling(seed), |_| ()).await.unwrap();
    }
    let portrait_of_one = portrait(&one).await;
    assert_eq!(portrait_of_one, portrait(&same).await);
    assert_ne!(portrait_of_one, portrait(&other).await);
}

#[actix_web::test]
async fn a_demo_that_was_interrupted_goes_on() {
    let test = TestApp::empty(crate::testing::settings()).await;
    let (whole, each) = (filling(1).invoices(), filling(1).invoices_each());
    // Stopped for good as soon as more than one business's invoices are there.
    let (seen, enough) = (std::sync::atomic::AtomicU64::new(0), tokio::sync::Notify::new());
    let count = |more| {
        if seen.fetch_add(more, std::sync::atomic::Ordering::Relaxed) + more > each {
            enough.notify_one();
        }
    };
    tokio::select! {
        filled = fill(&test.app, filling(1), count) => panic!("not interrupted: {filled:?}"),
        () = enough.notified() => {}
    }
    assert!(!is_filled(&test.app.store, test.now()).await.unwrap());
    // What is there is whole.
    let broken = format!(
        "select count(*) from (select from invoice group by organization_id having count(*) < {each}) x"
    );
    assert_eq!(test.database().count(&broken).await, 0);

    let seen = std::sync::atomic::AtomicU64::new(0);
    let count = |more| {
        seen.fetch_add(more, std::sync::atomic::Ordering::Relaxed);
    };
    fill(&test.app, filling(1), count).await.unwrap();
    assert!(is_filled(&test.app.store, test.now()).await.unwrap());
    assert_eq!(seen.into_inner(), whole);
    let made_up = test.database().count("select count(*) from invoice where quote_id is null").await;
    assert!(made_up >= i64::try_from(whole).unwrap(), "{made_up}");
}

#[actix_web::test]
async fn a_database_in_use_is_left_alone() {
    let test = TestApp::new().await;
    let refusal = is_filled(&test.app.store, test.now()).await.unwrap_err().to_string();
    assert!(refusal.contains("isn't the demo"), "{refusal}");
}

#[actix_web::test]
async fn links_lead_into_every_organization() {
    let test = TestApp::empty(crate::testing::settings()).await;
    fill(&test.app, filling(1), |_| ()).await.unwrap();
    let links = links(&test.app).await.unwrap();
    let stranger = crate::testing::Asker::stranger();
    for organization in &links.organizations {
        let token = organization.contact.link.split("token=").nth(1).unwrap();
        let body = serde_json::json!({ "token": token });
        let answer = test.post(&stranger, "/auth/portal/sessions", &body).await;
        assert!(answer.status.is_success(), "{answer:?}");
        let contact = stranger.clone().keep_cookies(&answer);
        let me = test.get(&contact, "/portal/me").await.expect(200);
        assert_eq!(me["email"], organization.contact.email);
        let owner = &organization.members[0];
        assert_eq!(owner.role, "owner");
        let body = serde_json::json!({ "email": owner.email, "password": links.password });
        let answer = test.post(&stranger, "/auth/console/sessions", &body).await;
        assert!(answer.status.is_success(), "{answer:?}");
    }
}
