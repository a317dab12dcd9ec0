//! Quotes through the API, on both sides.

mod accepting;
mod billing;
mod deciding;
mod guests;
mod versions;
mod writing;

use domain::clients::ClientId;
use serde_json::{Value, json};

use crate::testing::{Asker, TestApp};

/// 12 h of work, an option, a quantity to choose, and two packages; 19 % and 7 %; a deposit of 30 %.
fn content() -> Value {
    let vat = json!([{ "name": "VAT", "rate": "19" }]);
    let reduced = json!([{ "name": "VAT", "rate": "7" }]);
    json!({
        "title": "A new kitchen",
        "cover": "Dear client,\n\nthis is what we **would** do.",
        "terms": "Wood moves.",
        "deposit": { "percent": "30" },
        "groups": [{ "key": "worktop", "title": "Worktop", "packages": [
            { "key": "oak", "title": "Oak", "default": true }, { "key": "stone", "title": "Stone" },
        ] }],
        "sections": [
            { "key": "work", "title": "Work", "lines": [
                { "key": "hours", "description": "Joiner", "quantity": "12", "unit": "h", "unit_price": "58.00", "taxes": vat },
                { "key": "lamp", "description": "Lamp", "quantity": "1", "unit_price": "80.33", "taxes": vat,
                  "take": { "kind": "optional", "default": false } },
                { "key": "book", "description": "Care book", "quantity": "2", "unit_price": "9.99", "taxes": reduced,
                  "adjustable": { "min": "0", "max": "10", "step": "2" }, "discount_percent": "10" },
            ] },
            { "key": "top", "title": "Worktop", "lines": [
                { "key": "oak-top", "description": "Oak worktop", "quantity": "2.5", "unit": "m", "unit_price": "315.00", "taxes": vat,
                  "take": { "kind": "package", "package": "oak" } },
                { "key": "stone-top", "description": "Granite worktop", "quantity": "2.5", "unit": "m", "unit_price": "420.00",
                  "taxes": vat, "take": { "kind": "package", "package": "stone" } },
            ] },
        ],
    })
}

fn draft(client: ClientId) -> Value {
    json!({
        "client_id": client, "internal_note": "do not tell", "content": content(),
        "costs": { "hours": "31.50", "oak-top": "123.45" },
    })
}

fn path(quote: &Value) -> String {
    format!("/quotes/{}", quote["id"].as_str().unwrap())
}

fn portal(quote: &Value) -> String {
    format!("/portal{}", path(quote))
}

fn versioned(asker: &Asker, quote: &Value) -> Asker {
    asker.clone().header("If-Match", quote["version"].to_string())
}

async fn drafted(test: &TestApp, asker: &Asker) -> Value {
    test.post(asker, "/quotes", &draft(test.acme().clients["one"])).await.expect(201)
}

async fn send(test: &TestApp, asker: &Asker, quote: &Value) -> Value {
    test.post(&versioned(asker, quote), &format!("{}/send", path(quote)), &json!({})).await.expect(200)
}

async fn sent(test: &TestApp, asker: &Asker) -> Value {
    let quote = drafted(test, asker).await;
    send(test, asker, &quote).await
}

/// What the client would accept as it is shown.
fn as_shown(quote: &Value) -> Value {
    json!({
        "no": quote["no"], "hash": quote["hash"], "total": quote["totals"]["gross"], "name": "Ana Client",
        "consent": "I accept this quote and its terms.",
    })
}

async fn accept(test: &TestApp, asker: &Asker, quote: &Value) -> Value {
    test.post(asker, &format!("{}/accept", portal(quote)), &as_shown(quote)).await.expect(200)
}

/// An accepted quote with its outcome.
async fn accepted(test: &TestApp) -> (Value, Value) {
    let owner = test.staff("owner").await;
    let quote = sent(test, &owner).await;
    let outcome = accept(test, &test.contact("one").await, &quote).await;
    (quote, outcome)
}

async fn kinds(test: &TestApp, asker: &Asker, path: &str) -> Vec<String> {
    let feed = test.get(asker, path).await.expect(200);
    feed["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
}

/// The mails of the organization, newest first, by subject.
async fn subjects(test: &TestApp) -> Vec<String> {
    test.work().await;
    let mails = test.get(&test.staff("owner").await, "/mails").await.expect(200);
    mails["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mail| mail["subject"].as_str().unwrap().to_owned())
        .collect()
}

/// Another contact of client `one`.
async fn colleague(test: &TestApp) -> Asker {
    use store::identity::sessions::{self, Holder};
    let mut tx = test.worker("acme").await;
    let new = serde_json::from_value(json!({
        "name": "Bea Colleague", "email": "bea@acme.example", "portal_access": true
    }));
    let contact =
        store::clients::contacts::insert(&mut tx, test.acme().clients["one"], &new.unwrap()).await.unwrap();
    let holder = Holder::Contact { contact, viewed_by: None };
    let email = "bea@acme.example".parse().unwrap();
    let day = chrono::TimeDelta::days(400);
    let session = sessions::insert(&mut tx, &holder, &email, day, "", "").await.unwrap();
    tx.commit().await.unwrap();
    test.signed_in(session, domain::permission::Audience::Portal)
}

/// Moves the clock to an instant; keys are renewed as the running server does.
async fn at(test: &TestApp, instant: &str) {
    let instant = instant.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    test.app.clock.advance(instant - test.now());
    test.app.tokens.refresh(&test.app.store, &test.app.vault, test.now()).await.unwrap();
}

fn guest(token: &str) -> Asker {
    Asker::stranger().header("Portico-Guest", token)
}

/// The token in the newest mail's link.
async fn mailed_token(test: &TestApp) -> String {
    test.newest_link().await.rsplit('/').next().unwrap().to_owned()
}
