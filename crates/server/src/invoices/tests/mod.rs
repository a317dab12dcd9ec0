//! Invoices through the API, on both sides.

mod drafts;
mod lists;
mod portal;
mod schedules;
mod sending;
mod verifying;

use chrono::TimeDelta;
use domain::clients::ClientId;
use domain::permission::Audience;
use serde_json::{Value, json};
use store::identity::sessions::{self, Holder};

use crate::testing::{Asker, TestApp};

fn draft(client: ClientId) -> Value {
    json!({
        "client_id": client,
        "reference": "PO 7",
        "internal_note": "do not tell",
        "lines": [{ "description": "Work", "quantity": "12", "unit": "h", "unit_price": "95.00",
            "taxes": [{ "name": "GST", "rate": "5" }, { "name": "QST", "rate": "9.975" }] }],
    })
}

fn path(invoice: &Value) -> String {
    format!("/invoices/{}", invoice["id"].as_str().unwrap())
}

fn versioned(asker: &Asker, invoice: &Value) -> Asker {
    asker.clone().header("If-Match", invoice["version"].to_string())
}

async fn drafted(test: &TestApp, asker: &Asker) -> Value {
    test.post(asker, "/invoices", &draft(test.acme().clients["one"])).await.expect(201)
}

async fn sent(test: &TestApp, asker: &Asker) -> Value {
    let invoice = drafted(test, asker).await;
    test.post(&versioned(asker, &invoice), &format!("{}/send", path(&invoice)), &json!({})).await.expect(200)
}

/// The links of the newest mail, which is to the contact of client `one`.
async fn mailed_link(test: &TestApp, owner: &Asker) -> String {
    test.work().await;
    let mails = test.get(owner, "/mails").await.expect(200);
    let id = mails["items"][0]["id"].as_str().unwrap();
    test.get(owner, &format!("/mails/{id}")).await.expect(200)["links"][0].as_str().unwrap().to_owned()
}

fn guest(link: &str) -> Asker {
    Asker::stranger().header("Portico-Guest", link.rsplit('/').next().unwrap())
}

async fn kinds(test: &TestApp, asker: &Asker, path: &str) -> Vec<String> {
    let feed = test.get(asker, path).await.expect(200);
    feed["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
}

/// A member who looks at the portal as the contact of client `one`.
async fn viewer(test: &TestApp) -> Asker {
    let mut tx = test.worker("acme").await;
    let (contact, member) = (test.acme().contacts["one"], test.acme().members["owner"]);
    let holder = Holder::Contact { contact, viewed_by: Some(member) };
    let email = "owner@acme.example".parse().unwrap();
    let session = sessions::insert(&mut tx, &holder, &email, TimeDelta::hours(1), "", "").await.unwrap();
    tx.commit().await.unwrap();
    test.signed_in(session, Audience::Portal)
}
