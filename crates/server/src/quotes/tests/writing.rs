//! Writing quotes, and what the client never sees of it.

use serde_json::{Value, json};

use super::{as_shown, content, draft, drafted, kinds, path, portal, send, sent, subjects, versioned};
use crate::testing::TestApp;

#[actix_web::test]
async fn a_quote_is_written_changed_and_thrown_away() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let quote = drafted(&test, &owner).await;
    assert_eq!(
        (&quote["state"], &quote["number"], &quote["draft_no"]),
        (&json!("draft"), &Value::Null, &json!(1))
    );
    // 696.00 + 787.50 at 19 %, 17.98 (19.98 less 10 %) at 7 %.
    assert_eq!(quote["totals"]["net"]["amount"], 150_148);
    assert_eq!(quote["totals"]["gross"]["amount"], 150_148 + 28_187 + 126);
    assert_eq!(quote["totals"]["deposit"]["amount"], 53_538);
    assert_eq!(quote["margin"]["cost"]["amount"], 37_800 + 30_863);
    assert_eq!(
        quote["selection"],
        json!({
            "options": { "lamp": false }, "packages": { "worktop": "oak" }, "quantities": { "book": "2" }
        })
    );
    let mut wanted = draft(test.acme().clients["two"]);
    wanted["content"]["title"] = "Another kitchen".into();
    assert_eq!(test.put(&owner, &path(&quote), &wanted).await.problem(428), "precondition_required");
    let editor = versioned(&owner, &quote);
    let changed = test.put(&editor, &path(&quote), &wanted).await.expect(200);
    assert_eq!((&changed["version"], &changed["client_name"]), (&json!(2), &json!("Client two of acme")));
    wanted["internal_note"] = "something else".into();
    let stale = test.put(&editor, &path(&quote), &wanted).await;
    assert_eq!(stale.body["current"], json!({ "internal_note": "do not tell", "version": 2 }));
    assert_eq!(stale.problem(412), "version_mismatch");
    assert_eq!(test.delete(&owner, &path(&quote)).await.status, 204);
    assert_eq!(test.get(&owner, &path(&quote)).await.problem(404), "not_found");
    let feed = kinds(&test, &owner, &format!("/clients/{}/activity", test.acme().clients["two"])).await;
    assert_eq!(feed, ["quote.deleted", "quote.changed"]);
}

#[actix_web::test]
async fn what_makes_no_sense_is_refused_by_field() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let client = test.acme().clients["one"];
    for (pointer, change) in [
        (
            "/content/sections/0/lines/0/take/package",
            json!([{ "key": "a", "lines": [
            { "key": "x", "description": "x", "quantity": "1", "unit_price": "1", "take": { "kind": "package", "package": "gold" } }] }]),
        ),
        (
            "/content/sections/0/lines/1/key",
            json!([{ "key": "a", "lines": [
            { "key": "x", "description": "x", "quantity": "1", "unit_price": "1" },
            { "key": "x", "description": "y", "quantity": "1", "unit_price": "1" }] }]),
        ),
        (
            "/content/sections/0/lines/0/adjustable",
            json!([{ "key": "a", "lines": [
            { "key": "x", "description": "x", "quantity": "3", "unit_price": "1",
              "adjustable": { "min": "0", "max": "4", "step": "2" } }] }]),
        ),
        (
            "/content/sections/0/lines/0/adjustable/step",
            json!([{ "key": "a", "lines": [
            { "key": "x", "description": "x", "quantity": "3", "unit_price": "1",
              "adjustable": { "min": "0", "max": "4", "step": "0" } }] }]),
        ),
        (
            "/content/sections/0/lines/0/key",
            json!([{ "key": "a", "lines": [
            { "key": "Not A Key", "description": "x", "quantity": "3", "unit_price": "1" }] }]),
        ),
        (
            "/content/sections/0/lines/0/taxes",
            json!([{ "key": "a", "lines": [
            { "key": "x", "description": "x", "quantity": "3", "unit_price": "1",
              "taxes": [{ "name": "V", "rate": "7" }, { "name": "V", "rate": "7.0" }] }] }]),
        ),
        (
            "/content/sections",
            json!([{ "key": "a", "lines": [
            { "key": "x", "description": "x", "quantity": "999999999", "unit_price": "999999999999" }] }]),
        ),
        (
            "/content/sections",
            json!([{ "key": "a", "lines": (0..201).map(|index| json!(
            { "key": format!("l{index}"), "description": "x", "quantity": "1", "unit_price": "1" })).collect::<Vec<_>>() }]),
        ),
    ] {
        let body = json!({ "client_id": client, "content": { "title": "x", "sections": change } });
        let answer = test.post(&owner, "/quotes", &body).await;
        let pointers: Vec<&str> = answer.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(pointers, [pointer], "{}", answer.body);
        assert_eq!(answer.status, 422);
    }
    for (pointer, field, value) in [
        ("/client_id", "client_id", json!(test.tenants["globex"].clients["one"])),
        ("/costs/nothing", "costs", json!({ "nothing": "1" })),
        ("/changes_quote_id", "changes_quote_id", json!("quo_01h455vb4pex5vsknk084sn02q")),
    ] {
        let mut body = draft(client);
        body[field] = value;
        let answer = test.post(&owner, "/quotes", &body).await;
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{}", answer.body);
    }
    let mut groups = content();
    groups["groups"][0]["packages"][1]["default"] = true.into();
    let body = json!({ "client_id": client, "content": groups });
    let answer = test.post(&owner, "/quotes", &body).await;
    assert_eq!(answer.body["errors"][0]["code"], "no_default");
    // An empty one, or one of the past, can be written but not sent.
    for (pointer, content) in [
        ("/content/sections", json!({ "title": "x" })),
        ("/content/valid_until", {
            let mut past = content();
            past["valid_until"] = "2026-03-01".into();
            past
        }),
    ] {
        let quote = test
            .post(&owner, "/quotes", &json!({ "client_id": client, "content": content }))
            .await
            .expect(201);
        let answer =
            test.post(&versioned(&owner, &quote), &format!("{}/send", path(&quote)), &json!({})).await;
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{}", answer.body);
    }
    let preview = json!({ "counting": { "currency": "EUR", "rounding": "per_line", "price_mode": "exclusive" },
        "content": content(), "selection": { "options": { "lamp": true } } });
    let totals = test.post(&owner, "/quotes/preview", &preview).await.expect(200);
    assert_eq!(totals["net"]["amount"], 150_148 + 8_033);
}

#[actix_web::test]
async fn drafts_and_costs_never_reach_the_portal() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let quote = drafted(&test, &owner).await;
    for path in [
        "/portal/quotes",
        "/portal/quotes?view=draft",
        "/portal/quotes?view=awaiting_approval",
        "/portal/activity",
    ] {
        assert_eq!(test.get(&contact, path).await.expect(200)["items"], json!([]), "{path}");
    }
    for rest in ["", "/versions", "/compare", "/activity", "?no=1"] {
        let path = format!("{}{rest}", portal(&quote));
        assert_eq!(test.get(&contact, &path).await.problem(404), "not_found", "{path}");
    }
    let answer = test
        .post(
            &contact,
            &format!("{}/accept", portal(&quote)),
            &json!({
        "no": 1, "hash": "x", "total": quote["totals"]["gross"], "name": "x", "consent": "x" }),
        )
        .await;
    assert_eq!(answer.problem(404), "not_found");
    let quote = send(&test, &owner, &quote).await;
    assert_eq!(quote["number"], "Q-1");
    for rest in ["", "/versions", "/activity", "?no=1"] {
        let seen = test.get(&contact, &format!("{}{rest}", portal(&quote))).await.expect(200).to_string();
        for secret in
            ["do not tell", "31.5", "123.45", "costs", "margin", "internal_note", "approval", "created_by"]
        {
            assert!(!seen.contains(secret), "{rest}: {secret}");
        }
    }
    let list = test.get(&contact, "/portal/quotes").await.expect(200);
    assert_eq!(
        (&list["items"][0]["number"], &list["items"][0]["approval_pending"]),
        (&json!("Q-1"), &json!(false))
    );
    // The next version is being written: the client still sees, and may still accept, what was sent.
    let next = test.post(&owner, &format!("{}/versions", path(&quote)), &()).await.expect(201);
    assert_eq!((&next["no"], &next["draft_no"], &next["current_no"]), (&json!(2), &json!(2), &json!(1)));
    assert_eq!(test.get(&contact, &format!("{}?no=2", portal(&quote))).await.problem(404), "not_found");
    assert_eq!(test.get(&contact, &portal(&quote)).await.expect(200)["no"], 1);
    assert_eq!(
        test.get(&contact, &format!("{}/versions", portal(&quote)))
            .await
            .expect(200)
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for other in [test.contact("two").await, test.contact_of("globex", "one").await] {
        assert_eq!(test.get(&other, &portal(&quote)).await.problem(404), "not_found");
        assert_eq!(
            test.post(&other, &format!("{}/accept", portal(&quote)), &as_shown(&quote)).await.problem(404),
            "not_found"
        );
    }
    assert_eq!(
        test.get(&test.staff_of("globex", "owner").await, &path(&quote)).await.problem(404),
        "not_found"
    );
}

#[actix_web::test]
async fn sending_gives_numbers_without_gaps_mails_and_notes_the_first_look() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let quote = sent(&test, &owner).await;
    assert_eq!(quote["content"]["valid_until"], "2026-04-01", "thirty days from the day");
    assert_eq!(sent(&test, &owner).await["number"], "Q-2");
    let again = test.post(&versioned(&owner, &quote), &format!("{}/send", path(&quote)), &json!({})).await;
    assert_eq!(again.problem(409), "quote_state");
    assert!(subjects(&test).await.contains(&"A new kitchen: quote Q-1 from acme".to_owned()));
    for _ in 0..2 {
        assert_eq!(test.post(&contact, &format!("{}/viewed", portal(&quote)), &()).await.status, 204);
    }
    assert_eq!(test.get(&owner, &path(&quote)).await.expect(200)["state"], "viewed");
    assert_eq!(
        kinds(&test, &owner, &format!("{}/activity", path(&quote))).await,
        ["quote.viewed", "quote.sent", "quote.created"]
    );
    assert_eq!(
        kinds(&test, &contact, &format!("{}/activity", portal(&quote))).await,
        ["quote.viewed", "quote.sent"]
    );
    let figures = test.get(&owner, "/quotes/figures").await.expect(200);
    assert_eq!((&figures["open_count"], &figures["draft_count"]), (&json!(2), &json!(0)));
}

#[actix_web::test]
async fn above_the_threshold_somebody_else_sends() {
    let test = TestApp::new().await;
    let (owner, advisor) = (test.staff("owner").await, test.staff("advisor").await);
    let settings = test.get(&owner, "/quote-settings").await.expect(200);
    let wanted =
        json!({ "prefix": "A-", "valid_days": 14, "remind_days": 2, "approval_above_minor": 100_000 });
    assert_eq!(
        test.put(&versioned(&advisor, &settings), "/quote-settings", &wanted).await.problem(403),
        "forbidden"
    );
    let settings = test.put(&versioned(&owner, &settings), "/quote-settings", &wanted).await.expect(200);
    assert_eq!((&settings["version"], &settings["prefix"]), (&json!(2), &json!("A-")));
    let stale = owner.clone().header("If-Match", "1");
    assert_eq!(test.put(&stale, "/quote-settings", &wanted).await.problem(412), "version_mismatch");

    let quote = drafted(&test, &advisor).await;
    assert_eq!(quote["needs_approval"], true);
    let quote = send(&test, &advisor, &quote).await;
    assert_eq!(
        (&quote["state"], &quote["number"], &quote["approval"]["pending"]),
        (&json!("draft"), &Value::Null, &json!(true))
    );
    assert_eq!(
        test.post(&versioned(&advisor, &quote), &format!("{}/send", path(&quote)), &json!({}))
            .await
            .problem(409),
        "quote_state"
    );
    let list = test.get(&owner, "/quotes?view=awaiting_approval").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(test.get(&test.contact("one").await, "/portal/quotes").await.expect(200)["items"], json!([]));
    let mails = subjects(&test).await;
    assert!(
        mails.iter().all(|subject| subject == "advisor of acme asks for your approval: A new kitchen"),
        "{mails:?}"
    );
    assert_eq!(mails.len(), 2, "owner and manager");
    let back = format!("{}/return", path(&quote));
    assert_eq!(test.post(&advisor, &back, &json!({ "note": "Too cheap" })).await.problem(403), "forbidden");
    let quote = test.post(&owner, &back, &json!({ "note": "Too cheap" })).await.expect(200);
    assert_eq!(
        (&quote["approval"]["pending"], &quote["approval"]["return_note"]),
        (&json!(false), &json!("Too cheap"))
    );
    assert_eq!(test.post(&owner, &back, &json!({ "note": "Again" })).await.problem(409), "quote_state");
    let quote = send(&test, &advisor, &quote).await;
    let quote = send(&test, &owner, &quote).await;
    assert_eq!(
        (&quote["state"], &quote["number"], &quote["approval"]["approved_by"]),
        (&json!("sent"), &json!("A-1"), &json!("owner of acme"))
    );
    assert_eq!(quote["content"]["valid_until"], "2026-03-16");
    let story = kinds(&test, &owner, &format!("{}/activity", path(&quote))).await;
    assert_eq!(
        story,
        [
            "quote.sent",
            "quote.approved",
            "quote.approval_requested",
            "quote.returned",
            "quote.approval_requested",
            "quote.created"
        ]
    );
}
