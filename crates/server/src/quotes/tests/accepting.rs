//! Accepting: once, with all that follows.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    accept, accepted, as_shown, colleague, drafted, kinds, path, portal, send, sent, subjects, versioned,
};
use crate::testing::TestApp;

#[actix_web::test]
async fn project_and_deposit_come_with_the_acceptance() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let quote = sent(&test, &owner).await;
    let seen = test.get(&contact, &portal(&quote)).await.expect(200);
    assert_eq!((&seen["hash"], &seen["totals"]), (&quote["hash"], &quote["totals"]));
    let choice = json!({ "options": { "lamp": true }, "packages": { "worktop": "stone" }, "quantities": { "book": "4" } });
    let totals = test
        .post(&contact, &format!("{}/preview", portal(&quote)), &json!({ "selection": choice }))
        .await
        .expect(200);
    // 696.00 + 80.33 + 1050.00 at 19 %, 35.96 (39.96 less 10 %) at 7 %.
    assert_eq!(totals["net"]["amount"], 182_633 + 3_596);
    assert_eq!(totals["gross"]["amount"], 182_633 + 34_700 + 3_596 + 252);
    let mut body = as_shown(&quote);
    body["selection"] = choice;
    body["signature"] = json!({ "strokes": [[[10, 20], [30, 40]], [[500, 250]]] });
    let path = format!("{}/accept", portal(&quote));
    // The total that was shown for another choice is not accepted for this one.
    let mismatch = test.post(&contact, &path, &body).await;
    assert_eq!(mismatch.body["current"]["total"], totals["gross"]);
    assert_eq!(mismatch.problem(409), "quote_changed");
    body["total"] = totals["gross"].clone();
    let outcome = test.post(&contact, &path, &body).await.expect(200);
    assert_eq!(
        (&outcome["decision"]["kind"], &outcome["decision"]["total"]),
        (&json!("accepted"), &totals["gross"])
    );
    assert_eq!(outcome["decision"]["signature"], body["signature"]);
    assert_eq!(outcome["deposit_invoice_url"], Value::Null);

    let invoice = test
        .get(&contact, &format!("/portal/invoices/{}", outcome["deposit_invoice_id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!((&invoice["status"], &invoice["number"]), (&json!("sent"), &json!("1")));
    assert_eq!(invoice["totals"]["gross"], totals["deposit"]);
    let lines = invoice["lines"].as_array().unwrap();
    let rates: Vec<&str> = lines.iter().map(|line| line["taxes"][0]["rate"].as_str().unwrap()).collect();
    assert_eq!(rates, ["19", "7"]);
    assert_eq!(lines[0]["description"], "Deposit for quote Q-1");
    // Each tax has its share of the deposit: the gross of the set over the gross of the whole.
    assert_eq!(lines[1]["amount"]["amount"], 1_154);

    let project = test
        .get(&contact, &format!("/portal/projects/{}", outcome["project_id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(
        (&project["name"], &project["budget"], &project["kind"]),
        (&json!("A new kitchen"), &totals["gross"], &json!("project"))
    );
    assert_eq!(test.get(&owner, "/projects").await.expect(200)["items"][0], project);
    assert_eq!(
        test.get(&test.contact("two").await, "/portal/projects").await.expect(200)["items"],
        json!([])
    );

    let quote = test.get(&owner, &super::path(&quote)).await.expect(200);
    assert_eq!(
        (&quote["state"], &quote["contract"], &quote["billed"]),
        (&json!("accepted"), &totals["gross"], &totals["deposit"])
    );
    assert_eq!(quote["totals"], totals);
    assert_eq!(
        (&quote["invoices"][0]["part"], &quote["project_id"]),
        (&json!("deposit"), &outcome["project_id"])
    );
    assert_eq!(
        kinds(&test, &owner, &format!("{}/activity", super::path(&quote))).await,
        ["quote.accepted", "quote.sent", "quote.created"]
    );
    let all = kinds(&test, &contact, "/portal/activity").await;
    assert_eq!(all, ["invoice.sent", "project.created", "quote.accepted", "quote.sent"]);
    let mails = subjects(&test).await;
    assert!(mails.contains(&"Ana Client accepted quote Q-1".to_owned()), "{mails:?}");
    assert!(mails.contains(&"Invoice 1 from acme".to_owned()), "{mails:?}");
    let kept = test
        .database()
        .texts("select concat_ws(' ', address, consent, encode(shown_hash, 'hex')) from quote_decision")
        .await;
    assert_eq!(
        kept,
        [format!("127.0.0.1 I accept this quote and its terms. {}", quote["hash"].as_str().unwrap())]
    );
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn the_same_person_again_gets_the_same_and_others_learn_who_it_was() {
    let test = TestApp::new().await;
    let (quote, outcome) = accepted(&test).await;
    assert_eq!(accept(&test, &test.contact("one").await, &quote).await, outcome);
    let bea = colleague(&test).await;
    let late = test.post(&bea, &format!("{}/accept", portal(&quote)), &as_shown(&quote)).await;
    assert_eq!(
        late.body["current"],
        json!({ "kind": "accepted", "name": "Ana Client", "at": "2026-03-02T09:00:00Z", "no": 1 })
    );
    assert_eq!(late.problem(409), "quote_decided");
    let decline = json!({ "no": 1, "reason": "too dear" });
    for asker in [&bea, &test.contact("one").await] {
        assert_eq!(
            test.post(asker, &format!("{}/decline", portal(&quote)), &decline).await.problem(409),
            "quote_decided"
        );
    }
    for (what, expected) in [("project", 1), ("quote_decision", 1), ("invoice", 1)] {
        assert_eq!(test.database().count(&format!("select count(*) from {what}")).await, expected, "{what}");
    }
    let owner = test.staff("owner").await;
    for (operation, body) in [("withdraw", json!({ "reason": "x" })), ("versions", Value::Null)] {
        let path = format!("{}/{operation}", path(&quote));
        assert_eq!(test.post(&owner, &path, &body).await.problem(409), "quote_state", "{operation}");
    }
}

#[actix_web::test]
async fn twenty_at_once_make_one_project_and_one_deposit() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let quote = sent(&test, &owner).await;
    let (ana, bea) = (test.contact("one").await, colleague(&test).await);
    let (path, body) = (format!("{}/accept", portal(&quote)), as_shown(&quote));
    let answers = join_all((0..20).map(|turn| {
        let asker = if turn % 2 == 0 { &ana } else { &bea };
        test.post(asker, &path, &body)
    }))
    .await;
    let (good, late): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((good.len(), late.len()), (10, 10), "all of one person's, none of the other's");
    assert!(good.iter().all(|answer| answer.body == good[0].body));
    assert!(late.into_iter().all(|answer| answer.problem(409) == "quote_decided"));
    for (query, expected) in [
        ("select count(*) from project", 1),
        ("select count(*) from invoice where quote_part = 'deposit' and status = 'sent'", 1),
        ("select count(*) from quote_decision", 1),
        ("select count(*) from event where kind in ('quote.accepted', 'project.created')", 2),
        ("select next from number_series where kind = 'invoice'", 2),
    ] {
        assert_eq!(test.database().count(query).await, expected, "{query}");
    }
    test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn without_a_deposit_there_is_no_invoice_and_without_permission_no_decision() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let quote = drafted(&test, &owner).await;
    let mut body = super::draft(test.acme().clients["one"]);
    body["content"]["deposit"] = Value::Null;
    let quote = test.put(&versioned(&owner, &quote), &path(&quote), &body).await.expect(200);
    let quote = send(&test, &owner, &quote).await;
    let contact = test.contact("one").await;
    let organization = test.acme().id;
    let uuid = domain::ids::Id::uuid(organization);
    let take = |permissions: &str| {
        format!("update contact set permissions = '{permissions}' where organization_id = '{uuid}'")
    };
    test.database().execute(&take("{portal,money.view}")).await;
    assert_eq!(
        test.post(&contact, &format!("{}/accept", portal(&quote)), &as_shown(&quote)).await.problem(403),
        "forbidden"
    );
    test.database().execute(&take("{portal,money.view,work.approve}")).await;
    let outcome = accept(&test, &contact, &quote).await;
    assert_eq!(outcome["deposit_invoice_id"], Value::Null);
    assert_eq!(test.database().count("select count(*) from invoice").await, 0);
    let bad = json!({ "strokes": [[[1001, 0], [0, 0]]] });
    let mut body = as_shown(&quote);
    body["signature"] = bad;
    assert_eq!(
        test.post(&contact, &format!("{}/accept", portal(&quote)), &body).await.problem(422),
        "validation"
    );
}
