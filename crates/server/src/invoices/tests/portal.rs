//! The client's side.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use super::{drafted, guest, kinds, mailed_link, path, sent, viewer};
use crate::testing::{Asker, TestApp};

#[actix_web::test]
async fn drafts_never_reach_the_portal() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let invoice = drafted(&test, &owner).await;
    for path in
        ["/portal/invoices", "/portal/invoices?view=draft", "/portal/invoices?q=client", "/portal/activity"]
    {
        assert_eq!(test.get(&contact, path).await.expect(200)["items"], json!([]), "{path}");
    }
    let home = test.get(&contact, "/portal/home").await.expect(200);
    assert_eq!(home, json!({ "invoices": [], "invoice_count": 0, "lately": [] }));
    let portal = format!("/portal{}", path(&invoice));
    assert_eq!(test.get(&contact, &portal).await.problem(404), "not_found");
    assert_eq!(test.get(&contact, &format!("{portal}/activity")).await.problem(404), "not_found");
    assert_eq!(test.post(&contact, &format!("{portal}/viewed"), &()).await.problem(404), "not_found");
    assert_eq!(
        test.post(&owner, &format!("{}/copy-link", path(&invoice)), &()).await.problem(409),
        "conflict"
    );
}

#[actix_web::test]
async fn the_client_sees_its_invoice_and_nobody_else_s() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner).await;
    let (contact, other) = (test.contact("one").await, test.contact("two").await);
    let portal = format!("/portal{}", path(&invoice));
    let seen = test.get(&contact, &portal).await.expect(200);
    assert_eq!(seen["totals"], invoice["totals"]);
    assert!(seen.get("internal_note").is_none() && !seen.to_string().contains("do not tell"));
    let home = test.get(&contact, "/portal/home").await.expect(200);
    assert_eq!((&home["invoices"][0]["number"], &home["invoice_count"]), (&json!("1"), &json!(1)));
    assert_eq!(home["lately"][0]["kind"], "invoice.sent");
    assert_eq!(
        kinds(&test, &contact, &format!("{portal}/activity")).await,
        ["invoice.sent"],
        "no staff events"
    );
    assert_eq!(test.get(&other, &portal).await.problem(404), "not_found");
    assert_eq!(test.get(&test.contact_of("globex", "one").await, &portal).await.problem(404), "not_found");
    assert_eq!(test.get(&other, "/portal/home").await.expect(200)["lately"], json!([]));
    let client = test.acme().clients["one"];
    assert_eq!(
        test.get(&other, &format!("/portal/invoices?client_id={client}")).await.expect(200)["items"],
        json!([])
    );
    // Without the permission to see money: forbidden, and nothing of it on the home page.
    test.database().execute("update contact set permissions = '{portal}'").await;
    for path in ["/portal/invoices", &portal, &format!("{portal}/activity")] {
        assert_eq!(test.get(&contact, path).await.problem(403), "forbidden", "{path}");
    }
    let home = test.get(&contact, "/portal/home").await.expect(200);
    assert_eq!(home, json!({ "invoices": [], "invoice_count": 0, "lately": [] }));
    assert_eq!(test.get(&contact, "/portal/activity").await.expect(200)["items"], json!([]));
}

#[actix_web::test]
async fn looking_is_noted_once_and_reading_changes_nothing() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let invoice = sent(&test, &owner).await;
    let portal = format!("/portal{}", path(&invoice));
    test.get(&contact, &portal).await.expect(200);
    assert_eq!(test.get(&owner, &path(&invoice)).await.expect(200)["status"], "sent");
    let viewed = format!("{portal}/viewed");
    let looks = join_all((0..4).map(|_| test.post(&contact, &viewed, &()))).await;
    assert!(looks.iter().all(|answer| answer.status == 204), "{looks:?}");
    let now = test.get(&owner, &path(&invoice)).await.expect(200);
    assert_eq!((&now["status"], &now["viewed_at"]), (&json!("viewed"), &json!("2026-03-02T09:00:00Z")));
    assert_eq!(now["version"], invoice["version"], "what was shown can still be paid");
    assert_eq!(
        kinds(&test, &contact, &format!("{portal}/activity")).await,
        ["invoice.viewed", "invoice.sent"]
    );
    assert_eq!(test.database().count("select count(*) from invoice_view").await, 4);
}

#[actix_web::test]
async fn a_member_who_views_as_a_contact_leaves_no_trace() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner).await;
    let viewer = viewer(&test).await;
    let portal = format!("/portal{}", path(&invoice));
    test.get(&viewer, &portal).await.expect(200);
    assert_eq!(test.post(&viewer, &format!("{portal}/viewed"), &()).await.status, 204);
    assert_eq!(test.get(&owner, &path(&invoice)).await.expect(200)["status"], "sent");
    assert_eq!(test.database().count("select count(*) from invoice_view").await, 0);
}

#[actix_web::test]
async fn a_guest_link_opens_one_document() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner).await;
    let link = mailed_link(&test, &owner).await;
    let other = sent(&test, &owner).await;
    let guest = guest(&link);
    let opened = json!({ "invoice_id": invoice["id"], "quote_id": null, "code_needed": false });
    assert_eq!(test.get(&guest, "/portal/guest").await.expect(200), opened);
    let portal = format!("/portal{}", path(&invoice));
    assert_eq!(test.get(&guest, &portal).await.expect(200)["number"], "1");
    assert_eq!(test.get(&guest, &format!("/portal{}", path(&other))).await.problem(404), "not_found");
    let list = test.get(&guest, "/portal/invoices").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(kinds(&test, &guest, "/portal/activity").await, ["invoice.sent"]);
    assert_eq!(
        test.get(&guest, &path(&invoice)).await.problem(401),
        "unauthenticated",
        "no door to the console"
    );
    assert_eq!(test.post(&guest, &format!("{portal}/viewed"), &()).await.status, 204);
    let feed = test.get(&owner, &format!("{}/activity", path(&invoice))).await.expect(200);
    assert_eq!(feed["items"][0]["actor"], json!({ "kind": "guest" }));
    assert_eq!(test.get(&test.contact("one").await, "/portal/guest").await.problem(404), "not_found");
    // The copied link is one more, and both end.
    let copied = test.post(&owner, &format!("{}/copy-link", path(&invoice)), &()).await.expect(201);
    let feed = test.get(&owner, "/activity").await.expect(200);
    assert_eq!(feed["items"][0]["kind"], "invoice.link_created");
    let copied = self::guest(copied["url"].as_str().unwrap());
    test.get(&copied, &portal).await.expect(200);
    test.app.clock.advance(TimeDelta::days(181));
    for gone in [&guest, &copied, &Asker::stranger().header("Portico-Guest", "made-up")] {
        assert_eq!(test.get(gone, "/portal/guest").await.problem(401), "unauthenticated");
    }
}
