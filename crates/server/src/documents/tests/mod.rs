//! PDFs and electronic invoices through the API.

mod credit_notes;
mod quotes;
mod statements;

use std::sync::{Arc, Mutex};

use actix_web::http::Method;
use async_trait::async_trait;
use integrations::mail::{MailError, Mailer, OutgoingMail, SentMail};
use serde_json::{Value, json};

use crate::testing::{Answer, Asker, TestApp};

fn path(invoice: &Value) -> String {
    format!("/invoices/{}", invoice["id"].as_str().unwrap())
}

async fn drafted(test: &TestApp, owner: &Asker) -> Value {
    let draft = json!({
        "client_id": test.acme().clients["one"],
        "reference": "PO 7",
        "lines": [{ "description": "Oak table", "quantity": "2", "unit": "pc", "unit_price": "95.00",
            "taxes": [{ "name": "VAT", "rate": "19" }] }],
    });
    test.post(owner, "/invoices", &draft).await.expect(201)
}

async fn sent(test: &TestApp, owner: &Asker) -> Value {
    let invoice = drafted(test, owner).await;
    let versioned = owner.clone().header("If-Match", invoice["version"].to_string());
    test.post(&versioned, &format!("{}/send", path(&invoice)), &json!({})).await.expect(200)
}

async fn paid(test: &TestApp, owner: &Asker, invoice: &Value) -> Value {
    let payment = json!({
        "invoice_id": invoice["id"], "amount": { "amount": 10_000, "currency": "EUR" }, "method": "bank_transfer",
        "received_on": "2026-03-02", "reference": "statement 7",
    });
    test.post(owner, "/payments", &payment).await.expect(201)
}

/// What an EN 16931 invoice needs of both sides.
async fn settle_in(test: &TestApp) {
    test.database()
        .execute(
            r#"update organization set tax_number = 'DE123456789', iban = 'DE89370400440532013000',
                 address = '{"street":"Weg 1","extra":"","postal_code":"20095","city":"Hamburg","region":"","country":"Germany"}';
               update client set tax_number = 'DE111111111',
                 address = '{"street":"Kai 2","extra":"","postal_code":"25813","city":"Husum","region":"","country":"Deutschland"}';"#,
        )
        .await;
}

fn pdf(answer: Answer) -> Vec<u8> {
    assert_eq!(answer.status.as_u16(), 200, "{:?}", answer.body);
    assert_eq!(answer.header("content-type").as_deref(), Some("application/pdf"));
    assert_eq!(answer.header("x-content-type-options").as_deref(), Some("nosniff"));
    assert!(answer.bytes.starts_with(b"%PDF-"));
    answer.bytes
}

#[actix_web::test]
async fn what_was_issued_never_changes() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner).await;
    let payment = paid(&test, &owner, &invoice).await;
    let receipt = format!("/payments/{}/receipt.pdf", payment["id"].as_str().unwrap());
    // Everything else is otherwise before anybody asks for the first time, and again after that.
    let change = |color: &'static str| {
        let (test, owner) = (&test, &owner);
        async move {
            let logo = include_bytes!("../../../../../docs/screenshots/portal-home.png").to_vec();
            test.send_bytes(Method::PUT, owner, "/organization/logo", Some(logo)).await.expect(200);
            test.database()
                .execute(&format!(
                    "update organization set name = 'Renamed {color}', brand_color = '#{color}', document_footer = 'New';
                     update client set name = 'Another';"
                ))
                .await;
        }
    };
    change("aa3300").await;
    let answer = test.get(&owner, &format!("{}/pdf", path(&invoice))).await;
    let disposition = answer.header("content-disposition").unwrap();
    assert_eq!(disposition, r#"inline; filename="Invoice 1.pdf""#);
    let first = pdf(answer);
    let first_receipt = pdf(test.get(&owner, &receipt).await);
    assert!(first != first_receipt);
    let text = String::from_utf8_lossy(&first).into_owned();
    assert!(text.contains("<rdf:li>acme</rdf:li>") && !text.contains("Renamed"), "as it was on issue");
    change("00aa33").await;
    test.database().execute("update invoice set note = 'changed', status = 'paid'").await;
    assert!(pdf(test.get(&owner, &format!("{}/pdf", path(&invoice))).await) == first);
    assert!(pdf(test.get(&owner, &receipt).await) == first_receipt);
    let id =
        test.database().texts("select id::text from document where invoice_id is not null").await.remove(0);
    let mut tx = test.worker("acme").await;
    let id = domain::ids::Id::from_uuid(id.parse().unwrap());
    assert!(
        store::documents::keep(&mut tx, id, b"other").await.unwrap() == first,
        "what was printed first is kept"
    );
    drop(tx);
    for statement in ["update document set pdf = 'x'", "update document set input = '{}'"] {
        // Fails unless the database itself refuses.
        let refused = format!(
            "do $$ begin {statement}; raise 'it was changed'; exception when restrict_violation then null; end $$"
        );
        test.database().execute(&refused).await;
    }
}

#[actix_web::test]
async fn clients_get_their_own_and_guests_the_one_they_were_sent() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let (invoice, other) = (sent(&test, &owner).await, sent(&test, &owner).await);
    let payment = paid(&test, &owner, &invoice).await;
    let (contact, stranger) = (test.contact("one").await, test.contact("two").await);
    let link = test.post(&owner, &format!("{}/copy-link", path(&invoice)), &()).await.expect(201);
    let token = link["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let guest = Asker::stranger().header("Portico-Guest", token);
    let address = |invoice: &Value| format!("/portal{}/pdf", path(invoice));
    let receipt = format!("/portal/payments/{}/receipt.pdf", payment["id"].as_str().unwrap());
    let bytes = pdf(test.get(&contact, &address(&invoice)).await);
    assert!(pdf(test.get(&guest, &address(&invoice)).await) == bytes);
    assert!(pdf(test.get(&owner, &format!("{}/pdf", path(&invoice))).await) == bytes);
    assert!(pdf(test.get(&contact, &receipt).await) == pdf(test.get(&guest, &receipt).await));
    assert_eq!(test.get(&guest, &address(&other)).await.problem(404), "not_found");
    for path in [address(&invoice), receipt] {
        assert_eq!(test.get(&stranger, &path).await.problem(404), "not_found");
    }
}

#[actix_web::test]
async fn a_draft_is_for_staff_and_is_not_kept() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let draft = drafted(&test, &owner).await;
    let printed = pdf(test.get(&owner, &format!("{}/pdf", path(&draft))).await);
    test.database().execute("update organization set name = 'Renamed'").await;
    assert!(pdf(test.get(&owner, &format!("{}/pdf", path(&draft))).await) != printed);
    assert_eq!(test.database().count("select count(*) from document").await, 0);
    let contact = test.contact("one").await;
    assert_eq!(test.get(&contact, &format!("/portal{}/pdf", path(&draft))).await.problem(404), "not_found");
    for format in ["facturx.xml", "ubl.xml"] {
        let refused = test.get(&owner, &format!("{}/{format}", path(&draft))).await;
        assert_eq!(refused.problem(409), "conflict");
    }
}

#[actix_web::test]
async fn an_invoice_that_qualifies_is_electronic_and_another_says_what_it_lacks() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let bare = sent(&test, &owner).await;
    let refused = test.get(&owner, &format!("{}/facturx.xml", path(&bare))).await.expect(409);
    let codes: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|error| error["code"].as_str().unwrap()).collect();
    for code in ["seller_country", "seller_vat_id", "buyer_country", "buyer_address"] {
        assert!(codes.contains(&code), "{code} is not in {codes:?}");
    }
    settle_in(&test).await;
    let invoice = sent(&test, &owner).await;
    for (format, root) in [("facturx.xml", "<rsm:CrossIndustryInvoice"), ("ubl.xml", "<Invoice")] {
        let answer = test.get(&owner, &format!("{}/{format}", path(&invoice))).await;
        assert_eq!(answer.status.as_u16(), 200, "{:?}", answer.body);
        assert_eq!(answer.header("content-type").as_deref(), Some("application/xml"));
        let xml = String::from_utf8(answer.bytes).unwrap();
        assert!(
            xml.contains(root) && xml.contains("226.10") && xml.contains("DE89370400440532013000"),
            "{xml}"
        );
    }
    let printed = pdf(test.get(&owner, &format!("{}/pdf", path(&invoice))).await);
    assert!(
        String::from_utf8_lossy(&printed).contains("<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>")
    );
}

/// A mail server that takes everything.
#[derive(Default)]
struct Taking(Mutex<Vec<OutgoingMail>>);

#[async_trait]
impl Mailer for Taking {
    async fn send(&self, mail: &OutgoingMail) -> Result<SentMail, MailError> {
        self.0.lock().unwrap().push(mail.clone());
        Ok(SentMail { response: "250 ok".to_owned() })
    }
}

#[actix_web::test]
async fn the_mail_that_sends_an_invoice_brings_it_along() {
    let mut test = TestApp::new().await;
    let server = Arc::new(Taking::default());
    test.app.mailer = Some(server.clone());
    let owner = test.staff("owner").await;
    let invoice = sent(&test, &owner).await;
    test.work().await;
    let mails = server.0.lock().unwrap().clone();
    assert_eq!(mails.len(), 1);
    let attached = &mails[0].attachments[0];
    assert_eq!(
        (attached.file_name.as_str(), attached.media_type.as_str()),
        ("Invoice 1.pdf", "application/pdf")
    );
    assert!(pdf(test.get(&owner, &format!("{}/pdf", path(&invoice))).await) == attached.bytes);
}
