//! Guest links, with and without an access code.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{as_shown, guest, mailed_token, path, portal, sent, versioned};
use crate::testing::{Asker, TestApp};

#[actix_web::test]
async fn a_mailed_link_opens_its_quote_and_leads_to_the_payment() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let other = sent(&test, &owner).await;
    let quote = sent(&test, &owner).await;
    let asker = guest(&mailed_token(&test).await);
    let document = test.get(&asker, "/portal/guest").await.expect(200);
    assert_eq!(document, json!({ "invoice_id": null, "quote_id": quote["id"], "code_needed": false }));
    test.get(&asker, &portal(&quote)).await.expect(200);
    assert_eq!(test.get(&asker, &portal(&other)).await.problem(404), "not_found");
    assert_eq!(test.get(&asker, "/portal/quotes").await.expect(200)["items"].as_array().unwrap().len(), 1);
    let outcome =
        test.post(&asker, &format!("{}/accept", portal(&quote)), &as_shown(&quote)).await.expect(200);
    let token = outcome["deposit_invoice_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let payer = guest(&token);
    let opened = test.get(&payer, "/portal/guest").await.expect(200);
    assert_eq!(opened["invoice_id"], outcome["deposit_invoice_id"]);
    // The link was sent to the contact, so signed in they are the same person.
    let contact = test.contact("one").await;
    let again =
        test.post(&contact, &format!("{}/accept", portal(&quote)), &as_shown(&quote)).await.expect(200);
    assert_eq!(again["decision"], outcome["decision"]);
    let feed = test.get(&owner, &format!("{}/activity", path(&quote))).await.expect(200);
    assert_eq!(feed["items"][0]["actor"]["kind"], "guest");
    // A link that staff handed on has no name: whoever declines says theirs.
    let link = test.post(&owner, &format!("{}/copy-link", path(&other)), &()).await.expect(200);
    let asker = guest(link["url"].as_str().unwrap().rsplit('/').next().unwrap());
    let decline = format!("{}/decline", portal(&other));
    assert_eq!(test.post(&asker, &decline, &json!({ "no": 1 })).await.problem(422), "validation");
    test.post(&asker, &decline, &json!({ "no": 1, "name": "Cleo" })).await.expect(200);
    test.post(&asker, &decline, &json!({ "no": 1, "name": "Cleo" })).await.expect(200);
}

#[actix_web::test]
async fn behind_an_access_code_a_link_opens_nothing_until_it_is_told() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let quote = sent(&test, &owner).await;
    let token = mailed_token(&test).await;
    let set = format!("{}/access-code", path(&quote));
    let short = test.put(&versioned(&owner, &quote), &set, &json!({ "code": "12345" })).await;
    assert_eq!(short.body["errors"][0]["pointer"], "/code");
    let quote = test.put(&versioned(&owner, &quote), &set, &json!({ "code": "birch-7" })).await.expect(200);
    assert_eq!(quote["access_code"], true);
    let asker = guest(&token);
    let document = test.get(&asker, "/portal/guest").await.expect(200);
    assert_eq!(document, json!({ "invoice_id": null, "quote_id": null, "code_needed": true }));
    assert_eq!(test.get(&asker, &portal(&quote)).await.problem(403), "forbidden");
    assert_eq!(test.get(&asker, "/portal/activity").await.expect(200)["items"], json!([]));
    assert_eq!(
        test.post(&asker, &format!("{}/accept", portal(&quote)), &as_shown(&quote)).await.problem(403),
        "forbidden"
    );
    let unlock = async |code: &str| {
        let body = json!({ "token": token, "code": code });
        test.post(&Asker::stranger(), "/auth/guest/unlock", &body).await
    };
    for _ in 0..4 {
        assert_eq!(unlock("wrong!").await.problem(401), "invalid_credentials");
    }
    let opened = unlock("birch-7").await.expect(200);
    assert_eq!(opened["quote_id"], quote["id"]);
    let inside = guest(opened["token"].as_str().unwrap());
    assert_eq!(test.get(&inside, "/portal/guest").await.expect(200)["quote_id"], quote["id"]);
    test.get(&inside, &portal(&quote)).await.expect(200);
    for _ in 0..5 {
        assert_eq!(unlock("wrong!").await.problem(401), "invalid_credentials");
    }
    let locked = unlock("birch-7").await;
    assert_eq!(locked.header("retry-after").as_deref(), Some("900"));
    assert_eq!(locked.problem(429), "locked_out");
    test.app.clock.advance(TimeDelta::minutes(15));
    unlock("birch-7").await.expect(200);
    // A day later, or with another code, one is asked again.
    let owner = test.staff("owner").await;
    let quote = test.get(&owner, &path(&quote)).await.expect(200);
    test.put(&versioned(&owner, &quote), &set, &json!({ "code": "maple-8" })).await.expect(200);
    assert_eq!(test.get(&inside, &portal(&quote)).await.problem(401), "unauthenticated");
    assert_eq!(unlock("birch-7").await.problem(401), "invalid_credentials");
    let body = json!({ "token": "made-up", "code": "maple-8" });
    assert_eq!(test.post(&Asker::stranger(), "/auth/guest/unlock", &body).await.problem(404), "link_invalid");
    let quote = test.get(&owner, &path(&quote)).await.expect(200);
    test.put(&versioned(&owner, &quote), &set, &json!({ "code": Value::Null })).await.expect(200);
    test.get(&asker, &portal(&quote)).await.expect(200);
}
