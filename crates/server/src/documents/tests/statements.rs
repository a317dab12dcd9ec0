use serde_json::json;

use super::{paid, pdf, sent};
use crate::testing::{ACME, TestApp};

#[actix_web::test]
async fn a_statement_is_printed_for_a_span_and_the_same_again() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner).await;
    paid(&test, &owner, &invoice).await;
    let client = test.tenants[ACME].clients["one"];
    let address = format!("/clients/{client}/statement.pdf");
    let query = "?from=2026-01-01&to=2026-03-31";
    let answer = test.get(&owner, &format!("{address}{query}")).await;
    let named = answer.header("content-disposition").unwrap();
    assert_eq!(named, r#"inline; filename="Statement 2026-03-31.pdf""#);
    let printed = pdf(answer);
    assert!(pdf(test.get(&owner, &format!("{address}{query}")).await) == printed);
    assert!(pdf(test.get(&owner, &format!("{address}?from=2026-01-01&to=2026-02-01")).await) != printed);
    assert_eq!(
        test.database().count("select count(*) from document where input::text like '%opening%'").await,
        0
    );
    // Its client gets the same; another client one of its own, and a guest none.
    let contact = test.contact("one").await;
    assert!(pdf(test.get(&contact, &format!("/portal/statement.pdf{query}")).await) == printed);
    let other = test.contact("two").await;
    assert!(pdf(test.get(&other, &format!("/portal/statement.pdf{query}")).await) != printed);
    let link =
        test.post(&owner, &format!("/invoices/{}/copy-link", invoice["id"].as_str().unwrap()), &()).await;
    let token = link.expect(201)["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let guest = crate::testing::Asker::stranger().header("Portico-Guest", token);
    assert_eq!(test.get(&guest, "/portal/statement.pdf").await.problem(404), "not_found");
    // In the language of the contact who asks.
    test.database().execute("update contact set language = 'de' where email like 'one@%'").await;
    assert!(pdf(test.get(&contact, &format!("/portal/statement.pdf{query}")).await) != printed);
    for (query, status) in [
        ("?from=2026-03-01&to=2026-02-01", 422),
        ("?to=99999-01-01", 400),
        ("?to=2300-01-01", 422),
        ("?currency=XXX", 400),
    ] {
        test.get(&owner, &format!("{address}{query}")).await.expect(status);
    }
}

#[actix_web::test]
async fn a_statement_too_long_to_be_read_is_for_csv() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    sent(&test, &owner).await;
    test.database()
        .execute(&format!(
            "select set_config('portico.organization', '{}', false);
             insert into ledger_entry (id, at, kind, client_id, invoice_id, currency, amount_minor)
             select gen_random_uuid(), '2026-03-01T10:00:00Z', 'write_off', client_id, invoice_id, 'EUR', case when n % 2 = 0 then 1 else -1 end
             from ledger_entry, generate_series(1, 2000) n where kind = 'issue';",
            domain::ids::Id::uuid(test.tenants[ACME].id),
        ))
        .await;
    let address = format!("/clients/{}/statement.pdf", test.tenants[ACME].clients["one"]);
    let refused = test.get(&owner, &address).await;
    assert_eq!(
        refused.body["errors"][0],
        json!({
            "pointer": "from", "code": "too_many",
            "message": "must leave at most 2000 movements: take a shorter time, or CSV",
        })
    );
    assert_eq!(refused.problem(422), "validation");
}
