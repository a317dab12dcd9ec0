use std::sync::Arc;

use serde_json::{Value, json};

use super::{Taking, path, pdf, sent, settle_in};
use crate::testing::{Asker, TestApp};

fn note_path(note: &Value) -> String {
    format!("/credit-notes/{}", note["id"].as_str().unwrap())
}

async fn drafted(test: &TestApp, owner: &Asker, invoice: &Value) -> Value {
    let body =
        json!({ "reason": "One table was scratched", "amount": { "amount": 5000, "currency": "EUR" } });
    test.post(owner, &format!("{}/credit-notes", path(invoice)), &body).await.expect(201)
}

async fn issued(test: &TestApp, owner: &Asker, invoice: &Value) -> Value {
    let note = drafted(test, owner, invoice).await;
    let versioned = owner.clone().header("If-Match", note["version"].to_string());
    test.post(&versioned, &format!("{}/issue", note_path(&note)), &json!({})).await.expect(200)
}

#[actix_web::test]
async fn a_credit_note_is_frozen_when_it_is_issued() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner).await;
    let draft = drafted(&test, &owner, &invoice).await;
    let address = format!("{}/pdf", note_path(&draft));
    pdf(test.get(&owner, &address).await);
    assert_eq!(
        test.database().count("select count(*) from document where credit_note_id is not null").await,
        0
    );
    let contact = test.contact("one").await;
    assert_eq!(test.get(&contact, &format!("/portal{address}")).await.problem(404), "not_found");

    let note = issued(&test, &owner, &invoice).await;
    assert_eq!(
        test.database().count("select count(*) from document where credit_note_id is not null").await,
        1
    );
    test.database()
        .execute("update organization set name = 'Renamed'; update client set name = 'Another'")
        .await;
    let address = format!("{}/pdf", note_path(&note));
    let answer = test.get(&owner, &address).await;
    assert_eq!(answer.header("content-disposition").unwrap(), r#"inline; filename="Credit note CN-1.pdf""#);
    let first = pdf(answer);
    assert!(!String::from_utf8_lossy(&first).contains("Renamed"), "as it was on issue");
    test.database().execute("update organization set brand_color = '#00aa33'").await;
    assert!(pdf(test.get(&owner, &address).await) == first);

    // Its client has it, and whoever was sent the invoice; nobody else.
    let portal = format!("/portal{address}");
    assert!(pdf(test.get(&contact, &portal).await) == first);
    let link = test.post(&owner, &format!("{}/copy-link", path(&invoice)), &()).await.expect(201);
    let token = link["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let guest = Asker::stranger().header("Portico-Guest", token);
    assert!(pdf(test.get(&guest, &portal).await) == first);
    let other = sent(&test, &owner).await;
    let link = test.post(&owner, &format!("{}/copy-link", path(&other)), &()).await.expect(201);
    let token = link["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let elsewhere = Asker::stranger().header("Portico-Guest", token);
    for asker in [&elsewhere, &test.contact("two").await] {
        assert_eq!(test.get(asker, &portal).await.problem(404), "not_found");
    }
}

#[actix_web::test]
async fn a_credit_note_of_all_is_electronic_where_its_invoice_is() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    settle_in(&test).await;
    let invoice = sent(&test, &owner).await;
    let note = test
        .post(&owner, &format!("{}/credit-notes", path(&invoice)), &json!({ "reason": "Not wanted" }))
        .await
        .expect(201);
    let versioned = owner.clone().header("If-Match", note["version"].to_string());
    test.post(&versioned, &format!("{}/issue", note_path(&note)), &json!({})).await.expect(200);
    let printed = pdf(test.get(&owner, &format!("{}/pdf", note_path(&note))).await);
    assert!(
        String::from_utf8_lossy(&printed).contains("<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>")
    );
}

#[actix_web::test]
async fn the_mail_that_sends_a_credit_note_brings_it_along() {
    let mut test = TestApp::new().await;
    let server = Arc::new(Taking::default());
    test.app.mailer = Some(server.clone());
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner).await;
    test.work().await;
    let note = issued(&test, &owner, &invoice).await;
    test.work().await;
    let mails = server.0.lock().unwrap().clone();
    let attached = &mails.last().unwrap().attachments[0];
    assert_eq!(attached.file_name, "Credit note CN-1.pdf");
    assert!(pdf(test.get(&owner, &format!("{}/pdf", note_path(&note))).await) == attached.bytes);
}
