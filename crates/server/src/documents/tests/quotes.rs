use std::sync::Arc;

use serde_json::{Value, json};

use super::{Taking, pdf};
use crate::testing::{Asker, TestApp};

fn address(quote: &Value) -> String {
    format!("/quotes/{}", quote["id"].as_str().unwrap())
}

fn versioned(asker: &Asker, quote: &Value) -> Asker {
    asker.clone().header("If-Match", quote["version"].to_string())
}

async fn drafted(test: &TestApp, owner: &Asker) -> Value {
    let vat = json!([{ "name": "VAT", "rate": "19" }]);
    let draft = json!({
        "client_id": test.acme().clients["one"], "internal_note": "do not tell",
        "content": {
            "title": "A new kitchen", "deposit": { "percent": "30" },
            "groups": [{ "key": "worktop", "title": "Worktop", "packages": [
                { "key": "oak", "title": "Oak", "default": true }, { "key": "stone", "title": "Stone" },
            ] }],
            "sections": [{ "key": "work", "title": "Work", "lines": [
                { "key": "hours", "description": "Joiner", "quantity": "12", "unit": "h", "unit_price": "58.00", "taxes": vat,
                  "adjustable": { "min": "8", "max": "20", "step": "1" }, "discount_percent": "10" },
                { "key": "lamp", "description": "Lamp", "quantity": "1", "unit_price": "80.33", "taxes": vat,
                  "take": { "kind": "optional", "default": false } },
                { "key": "oak-top", "description": "Oak worktop", "quantity": "1", "unit_price": "315", "taxes": vat,
                  "take": { "kind": "package", "package": "oak" } },
                { "key": "stone-top", "description": "Granite worktop", "quantity": "1", "unit_price": "420", "taxes": vat,
                  "take": { "kind": "package", "package": "stone" } },
            ] }],
        },
        "costs": { "hours": "31.57" },
    });
    test.post(owner, "/quotes", &draft).await.expect(201)
}

async fn sent(test: &TestApp, owner: &Asker) -> Value {
    let quote = drafted(test, owner).await;
    test.post(&versioned(owner, &quote), &format!("{}/send", address(&quote)), &json!({})).await.expect(200)
}

async fn accept(test: &TestApp, asker: &Asker, quote: &Value) {
    let shown = test.get(asker, &format!("/portal{}", address(quote))).await.expect(200);
    let body = json!({
        "no": shown["no"], "hash": shown["hash"], "total": shown["totals"]["gross"], "name": "Ana Client",
        "consent": "I accept this quote.", "signature": { "strokes": [[[10, 20], [300, 200], [500, 40]]] },
    });
    test.post(asker, &format!("/portal{}/accept", address(quote)), &body).await.expect(200);
}

async fn documents(test: &TestApp) -> Vec<String> {
    test.database()
        .texts("select file_name from document where quote_id is not null or decision_id is not null order by id")
        .await
}

#[actix_web::test]
async fn each_version_is_a_document_and_its_acceptance_another() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let contact = test.contact("one").await;
    let draft = drafted(&test, &owner).await;
    // A draft is printed anew, for staff alone.
    let pdf_of = |quote: &Value| format!("{}/pdf", address(quote));
    let first = pdf(test.get(&owner, &pdf_of(&draft)).await);
    test.database().execute("update organization set name = 'Renamed'").await;
    assert!(pdf(test.get(&owner, &pdf_of(&draft)).await) != first);
    assert_eq!(test.get(&contact, &format!("/portal{}", pdf_of(&draft))).await.problem(404), "not_found");
    assert!(documents(&test).await.is_empty());

    let send = format!("{}/send", address(&draft));
    let quote = test.post(&versioned(&owner, &draft), &send, &json!({})).await.expect(200);
    assert_eq!(documents(&test).await, ["Quote Q-1.pdf"]);
    let portal = format!("/portal{}", pdf_of(&quote));
    test.database().execute("update organization set name = 'Again another'").await;
    let offered = pdf(test.get(&contact, &portal).await);
    assert!(pdf(test.get(&owner, &pdf_of(&quote)).await) == offered);
    let text = String::from_utf8_lossy(&offered).into_owned();
    assert!(text.contains("Renamed") && !text.contains("Again another"), "as it was when it was sent");

    // A new version is being written: the client still has the old one.
    let next = test.post(&owner, &format!("{}/versions", address(&quote)), &()).await.expect(201);
    assert!(pdf(test.get(&owner, &pdf_of(&quote)).await) != offered, "staff see the draft");
    assert!(pdf(test.get(&contact, &portal).await) == offered);
    assert_eq!(test.get(&contact, &format!("{portal}?no=2")).await.problem(404), "not_found");
    let again = test.post(&versioned(&owner, &next), &send, &json!({})).await.expect(200);
    let newer = pdf(test.get(&contact, &portal).await);
    assert!(newer != offered);
    assert!(pdf(test.get(&contact, &format!("{portal}?no=1")).await) == offered, "the old version stays");

    accept(&test, &contact, &again).await;
    assert_eq!(documents(&test).await, ["Quote Q-1.pdf", "Quote Q-1-v2.pdf", "Quote Q-1-v2-accepted.pdf"]);
    let answer = test.get(&contact, &portal).await;
    assert_eq!(
        answer.header("content-disposition").unwrap(),
        r#"inline; filename="Quote Q-1-v2-accepted.pdf""#
    );
    let accepted = pdf(answer);
    assert!(accepted != newer);
    test.database().execute("update organization set name = 'Third'").await;
    assert!(pdf(test.get(&owner, &pdf_of(&quote)).await) == accepted);
    assert_eq!(test.get(&contact, &format!("{portal}?no=9")).await.problem(404), "not_found");
}

#[actix_web::test]
async fn a_quote_is_its_client_s_and_who_was_sent_the_link_s() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let (quote, other) = (sent(&test, &owner).await, sent(&test, &owner).await);
    let portal = format!("/portal{}/pdf", address(&quote));
    assert_eq!(test.get(&test.contact("two").await, &portal).await.problem(404), "not_found");
    let link = test.post(&owner, &format!("{}/copy-link", address(&quote)), &()).await.expect(200);
    let token = link["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let guest = |token: &str| Asker::stranger().header("Portico-Guest", token);
    let bytes = pdf(test.get(&guest(&token), &portal).await);
    let elsewhere = format!("/portal{}/pdf", address(&other));
    assert_eq!(test.get(&guest(&token), &elsewhere).await.problem(404), "not_found");

    // Behind an access code the link gives nothing until the code was told.
    let present = test.get(&owner, &address(&quote)).await.expect(200);
    let code = json!({ "code": "birch-7" });
    test.put(&versioned(&owner, &present), &format!("{}/access-code", address(&quote)), &code)
        .await
        .expect(200);
    assert_eq!(test.get(&guest(&token), &portal).await.problem(403), "forbidden");
    let body = json!({ "token": token, "code": "birch-7" });
    let opened = test.post(&Asker::stranger(), "/auth/guest/unlock", &body).await.expect(200);
    assert!(pdf(test.get(&guest(opened["token"].as_str().unwrap()), &portal).await) == bytes);
}

#[actix_web::test]
async fn the_mail_brings_a_quote_along_unless_a_code_keeps_it() {
    let mut test = TestApp::new().await;
    let server = Arc::new(Taking::default());
    test.app.mailer = Some(server.clone());
    let owner = test.staff("owner").await;
    let quote = sent(&test, &owner).await;
    test.work().await;
    let mail = server.0.lock().unwrap().last().unwrap().clone();
    assert_eq!(mail.attachments[0].file_name, "Quote Q-1.pdf");
    assert!(pdf(test.get(&owner, &format!("{}/pdf", address(&quote))).await) == mail.attachments[0].bytes);

    let kept = drafted(&test, &owner).await;
    let code = json!({ "code": "birch-7" });
    let kept = test
        .put(&versioned(&owner, &kept), &format!("{}/access-code", address(&kept)), &code)
        .await
        .expect(200);
    test.post(&versioned(&owner, &kept), &format!("{}/send", address(&kept)), &json!({})).await.expect(200);
    test.work().await;
    let mail = server.0.lock().unwrap().last().unwrap().clone();
    assert!(mail.subject.contains("Q-2") && mail.attachments.is_empty(), "{}", mail.subject);
}

#[actix_web::test]
async fn what_only_staff_may_know_is_not_on_it() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let quote = sent(&test, &owner).await;
    accept(&test, &test.contact("one").await, &quote).await;
    for input in test.database().texts("select input::text from document").await {
        for secret in ["do not tell", "31.57"] {
            assert!(!input.contains(secret), "{secret} is in {input}");
        }
    }
}
