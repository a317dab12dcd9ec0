//! Versions, what differs between them, and questions.

use serde_json::{Value, json};

use super::{content, kinds, path, portal, send, sent, subjects, versioned};
use crate::testing::TestApp;

#[actix_web::test]
async fn a_new_version_takes_the_place_of_the_old_and_says_what_differs() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let quote = sent(&test, &owner).await;
    let compare =
        |asker: &str| format!("{}/compare", if asker == "portal" { portal(&quote) } else { path(&quote) });
    assert_eq!(test.get(&contact, &compare("portal")).await.problem(404), "not_found");
    let next = test.post(&owner, &format!("{}/versions", path(&quote)), &()).await.expect(201);
    assert_eq!(
        test.post(&owner, &format!("{}/versions", path(&quote)), &()).await.problem(409),
        "quote_state"
    );
    let mut changed = content();
    changed["title"] = "A smaller kitchen".into();
    changed["sections"][0]["lines"][0]["quantity"] = "10".into();
    changed["sections"][0]["lines"].as_array_mut().unwrap().remove(1);
    changed["sections"][1]["lines"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "key": "sink", "description": "Sink", "quantity": "1", "unit_price": "200" }));
    let body =
        json!({ "client_id": test.acme().clients["one"], "content": changed, "costs": { "hours": "31.5" } });
    let next = test.put(&versioned(&owner, &next), &path(&quote), &body).await.expect(200);
    // Lists show what was sent until the new version is.
    let list = test.get(&contact, "/portal/quotes").await.expect(200);
    assert_eq!(
        (&list["items"][0]["title"], &list["items"][0]["total"]),
        (&json!("A new kitchen"), &quote["totals"]["gross"])
    );
    let mut other = body.clone();
    other["client_id"] = json!(test.acme().clients["two"]);
    let answer = test.put(&versioned(&owner, &next), &path(&quote), &other).await;
    assert_eq!(answer.body["errors"][0]["code"], "fixed");
    let next = send(&test, &owner, &next).await;
    assert_eq!((&next["no"], &next["number"], &next["draft_no"]), (&json!(2), &json!("Q-1"), &Value::Null));

    let newest = test.get(&contact, &portal(&quote)).await.expect(200);
    assert_eq!(
        (&newest["no"], &newest["superseded"], &newest["totals"]),
        (&json!(2), &json!(false), &next["totals"])
    );
    let old = test.get(&contact, &format!("{}?no=1", portal(&quote))).await.expect(200);
    assert_eq!(
        (&old["superseded"], &old["current_no"], &old["hash"]),
        (&json!(true), &json!(2), &quote["hash"])
    );
    assert_eq!(old["totals"], quote["totals"]);
    let versions = test.get(&contact, &format!("{}/versions", portal(&quote))).await.expect(200);
    assert_eq!(
        versions[1],
        json!({ "no": 1, "sent_at": "2026-03-02T09:00:00Z", "valid_until": "2026-04-01",
        "total": quote["totals"]["gross"], "superseded": true, "decision": null })
    );

    for asker in ["portal", "staff"] {
        let who = if asker == "portal" { &contact } else { &owner };
        let seen = test.get(who, &format!("{}?from=1&to=2", compare(asker))).await.expect(200);
        assert_eq!(
            seen["fields"],
            json!([{ "field": "title", "from": "A new kitchen", "to": "A smaller kitchen" }])
        );
        let lines: Vec<(&str, &str)> = seen["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| (line["key"].as_str().unwrap(), line["change"].as_str().unwrap()))
            .collect();
        assert_eq!(lines, [("hours", "changed"), ("sink", "added"), ("lamp", "removed")]);
        assert_eq!(seen["lines"][0]["fields"], json!([{ "field": "quantity", "from": "12", "to": "10" }]));
        assert_eq!((&seen["totals_from"], &seen["totals_to"]), (&quote["totals"], &next["totals"]));
        assert_eq!(test.get(who, &compare(asker)).await.expect(200), seen, "the newest two");
    }
    assert_eq!(
        kinds(&test, &contact, &format!("{}/activity", portal(&quote))).await,
        ["quote.sent", "quote.superseded", "quote.sent"]
    );
    assert!(subjects(&test).await[0].starts_with("New version: A smaller kitchen: quote Q-1"));
    // A version that is thrown away leaves what was sent.
    let draft = test.post(&owner, &format!("{}/versions", path(&quote)), &()).await.expect(201);
    assert_eq!(draft["no"], 3);
    assert_eq!(test.delete(&owner, &path(&quote)).await.status, 204);
    assert_eq!(test.delete(&owner, &path(&quote)).await.problem(409), "quote_state");
    assert_eq!(test.get(&owner, &path(&quote)).await.expect(200)["no"], 2);
}

#[actix_web::test]
async fn questions_go_both_ways_and_are_counted() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let quote = sent(&test, &owner).await;
    let ask = format!("{}/questions", portal(&quote));
    let answer = test.post(&contact, &ask, &json!({ "line": "nothing", "question": "Why?" })).await;
    assert_eq!(answer.body["errors"][0]["pointer"], "/line");
    let question =
        test.post(&contact, &ask, &json!({ "line": "lamp", "question": "Which bulb?" })).await.expect(201);
    assert_eq!((&question["asked_by"], &question["line"]), (&json!("Contact one"), &json!("lamp")));
    let list = test.get(&owner, "/quotes?view=needs_us").await.expect(200);
    assert_eq!((&list["items"][0]["questions"], &list["items"][0]["open_questions"]), (&json!(1), &json!(1)));
    assert_eq!(test.get(&owner, "/quotes/figures").await.expect(200)["open_question_count"], 1);
    assert_eq!(subjects(&test).await[0], "Contact one asks about quote Q-1");
    let path = format!("/questions/{}/answer", question["id"].as_str().unwrap());
    let globex = test.staff_of("globex", "owner").await;
    assert_eq!(test.post(&globex, &path, &json!({ "answer": "E27" })).await.problem(404), "not_found");
    let answered = test.post(&owner, &path, &json!({ "answer": "E27" })).await.expect(200);
    assert_eq!(answered["answered_by"], "owner of acme");
    assert_eq!(test.post(&owner, &path, &json!({ "answer": "E14" })).await.problem(409), "quote_state");
    assert_eq!(subjects(&test).await[0], "Your question about quote Q-1");
    let seen = test.get(&contact, &portal(&quote)).await.expect(200);
    assert_eq!(
        (&seen["questions"][0]["answer"], &seen["questions"][0]["answered_by"]),
        (&json!("E27"), &json!("acme"))
    );
    assert_eq!(
        kinds(&test, &contact, &format!("{}/activity", portal(&quote))).await,
        ["quote.answered", "quote.questioned", "quote.sent"]
    );
}
