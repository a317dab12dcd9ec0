//! Lists and figures.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{draft, path, sent, versioned};
use crate::testing::TestApp;

#[actix_web::test]
async fn overdue_follows_from_the_day_in_the_organization_s_zone() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner).await;
    assert_eq!(invoice["due_on"], "2026-03-16");
    let overdue = async || {
        let invoice = test.get(&test.staff("owner").await, &path(&invoice)).await.expect(200);
        let list = test.get(&test.staff("owner").await, "/invoices?view=overdue").await.expect(200);
        let figures = test.get(&test.staff("owner").await, "/invoices/figures").await.expect(200);
        let home = test.get(&test.contact("one").await, "/portal/home").await.expect(200);
        (
            invoice["overdue"].as_bool().unwrap(),
            list["items"].as_array().unwrap().len(),
            figures["overdue_count"].as_i64().unwrap(),
            home["invoices"][0]["overdue"].as_bool().unwrap(),
        )
    };
    // 22:59 UTC on the 16th is 23:59 in Berlin; a minute later it is the 17th there.
    let last = "2026-03-16T22:59:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    test.app.clock.advance(last - test.now());
    test.app.tokens.refresh(&test.app.store, &test.app.vault, test.now()).await.unwrap();
    assert_eq!(overdue().await, (false, 0, 0, false));
    test.app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(overdue().await, (true, 1, 1, true));
}

#[actix_web::test]
async fn views_filters_and_pages() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    for day in 1..=5 {
        let mut body = draft(test.acme().clients[if day % 2 == 0 { "two" } else { "one" }]);
        body["issued_on"] = format!("2026-02-0{day}").into();
        body["due_on"] = format!("2026-0{}-20", if day < 3 { 2 } else { 3 }).into();
        let invoice = test.post(&owner, "/invoices", &body).await.expect(201);
        if day < 5 {
            test.post(&versioned(&owner, &invoice), &format!("{}/send", path(&invoice)), &json!({}))
                .await
                .expect(200);
        }
    }
    let list = async |query: &str| -> Vec<String> {
        let page = test.get(&owner, &format!("/invoices{query}")).await.expect(200);
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["number"].as_str().unwrap_or("draft").to_owned())
            .collect()
    };
    assert_eq!(list("").await, ["draft", "4", "3", "2", "1"]);
    assert_eq!(list("?view=draft").await, ["draft"]);
    assert_eq!(list("?view=open").await, ["4", "3", "2", "1"]);
    assert_eq!(list("?view=overdue").await, ["1", "2"], "the longest overdue first");
    assert_eq!(list("?view=paid").await, Vec::<String>::new());
    assert_eq!(list(&format!("?client_id={}", test.acme().clients["two"])).await, ["4", "2"]);
    assert_eq!(list("?from=2026-02-02&to=2026-02-03").await, ["3", "2"]);
    assert_eq!(list("?q=CLIENT%20two").await, ["4", "2"]);
    for view in ["all", "open", "overdue"] {
        let mut seen = Vec::new();
        let mut query = format!("?view={view}&limit=1");
        loop {
            let page = test.get(&owner, &format!("/invoices{query}")).await.expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            query = format!("?view={view}&limit=1&cursor={next}");
        }
        let all = test.get(&owner, &format!("/invoices?view={view}")).await.expect(200);
        let all: Vec<Value> =
            all["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
        assert_eq!(seen, all, "{view}");
    }
    assert_eq!(test.get(&owner, "/invoices?view=late").await.problem(400), "malformed_parameter");
    assert_eq!(test.get(&test.staff("technician").await, "/invoices").await.problem(403), "forbidden");
    // Folding the figures changes none of them.
    let before = test.get(&owner, "/invoices/figures").await.expect(200);
    assert_eq!(
        (&before["owed_count"], &before["overdue_count"], &before["draft_count"]),
        (&json!(4), &json!(2), &json!(1))
    );
    let mut tx = test.app.store.begin_system(store::Reason::Jobs, test.now()).await.unwrap();
    store::invoices::fold_figures(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(test.database().count("select count(*) from figure_change").await, 0);
    assert_eq!(test.get(&owner, "/invoices/figures").await.expect(200), before);
    test.expect_the_ledger_to_agree().await;
}
