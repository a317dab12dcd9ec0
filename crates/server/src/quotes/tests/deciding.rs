//! Deciding otherwise, too late, or on what was changed meanwhile.

use futures_util::future::join;
use serde_json::json;

use super::{
    accept, as_shown, at, colleague, draft, drafted, kinds, path, portal, send, sent, subjects, versioned,
};
use crate::testing::{Asker, TestApp};

async fn valid_until(test: &TestApp, zone: &str) -> (Asker, serde_json::Value) {
    let owner = test.staff("owner").await;
    let settings = test.get(&owner, "/organization").await.expect(200);
    test.patch(&versioned(&owner, &settings), "/organization", &json!({ "time_zone": zone }))
        .await
        .expect(200);
    let mut body = draft(test.acme().clients["one"]);
    body["content"]["valid_until"] = "2026-03-10".into();
    let quote = test.post(&owner, "/quotes", &body).await.expect(201);
    let quote = send(test, &owner, &quote).await;
    (test.contact("one").await, quote)
}

#[actix_web::test]
async fn the_last_second_counts_in_the_organization_s_zone() {
    for (zone, last, over) in [
        ("Europe/Berlin", "2026-03-10T22:59:59.999999Z", "2026-03-10T23:00:00Z"),
        ("America/New_York", "2026-03-11T03:59:59Z", "2026-03-11T04:00:00Z"),
        ("Pacific/Kiritimati", "2026-03-10T09:59:59Z", "2026-03-10T10:00:00Z"),
    ] {
        let test = TestApp::new().await;
        valid_until(&test, zone).await;
        let (_, quote) = valid_until(&test, zone).await;
        let list = test.get(&test.contact("one").await, "/portal/quotes").await.expect(200);
        let (first, second) = (&list["items"][1], &list["items"][0]);
        assert_eq!(second["id"], quote["id"]);
        at(&test, last).await;
        let contact = test.contact("one").await;
        let shown = test.get(&contact, &portal(first)).await.expect(200);
        accept(&test, &contact, &shown).await;
        at(&test, over).await;
        let contact = test.contact("one").await;
        let late = test.post(&contact, &format!("{}/accept", portal(&quote)), &as_shown(&quote)).await;
        assert_eq!(late.problem(409), "quote_expired", "{zone}");
        assert_eq!(test.get(&contact, &portal(&quote)).await.expect(200)["state"], "expired");
        let owner = test.staff("owner").await;
        let expired = test.get(&owner, "/quotes?view=expired").await.expect(200);
        assert_eq!(expired["items"].as_array().unwrap().len(), 1);
        // The event is written once, by the job that is due.
        test.work().await;
        let story = kinds(&test, &owner, &format!("{}/activity", path(&quote))).await;
        assert_eq!(story.iter().filter(|kind| *kind == "quote.expired").count(), 1, "{story:?}");
        assert_eq!(test.database().count("select count(*) from event where kind = 'quote.expired'").await, 1);
    }
}

#[actix_web::test]
async fn reminders_come_once_per_version_in_the_morning_and_only_while_it_waits() {
    let test = TestApp::new().await;
    let (_, quote) = valid_until(&test, "Europe/Berlin").await;
    let (contact, other) = valid_until(&test, "Europe/Berlin").await;
    accept(&test, &contact, &other).await;
    let reminders =
        async || subjects(&test).await.iter().filter(|subject| subject.contains("is valid until")).count();
    // Three days before, at nine in Berlin.
    at(&test, "2026-03-07T07:59:59Z").await;
    assert_eq!(reminders().await, 0);
    at(&test, "2026-03-07T08:00:00Z").await;
    assert_eq!(reminders().await, 1);
    let mut tx = test.worker("acme").await;
    let payload = json!({ "quote_id": quote["id"], "no": 1 });
    store::jobs::enqueue(&mut tx, crate::quotes::jobs::REMIND, &payload, test.now(), None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(reminders().await, 1, "a job that runs twice reminds once");
}

#[actix_web::test]
async fn a_quote_can_be_declined_or_sent_back_once() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let quote = sent(&test, &owner).await;
    let decline = format!("{}/decline", portal(&quote));
    let body = json!({ "no": 1, "reason": "Too dear" });
    let decision = test.post(&contact, &decline, &body).await.expect(200);
    assert_eq!(
        (&decision["kind"], &decision["name"], &decision["words"]),
        (&json!("declined"), &json!("Contact one"), &json!("Too dear"))
    );
    assert_eq!(test.post(&contact, &decline, &body).await.expect(200), decision);
    assert_eq!(
        test.post(&contact, &format!("{}/accept", portal(&quote)), &as_shown(&quote)).await.problem(409),
        "quote_decided"
    );

    let quote = sent(&test, &owner).await;
    let changes = format!("{}/request-changes", portal(&quote));
    assert_eq!(
        test.post(&contact, &changes, &json!({ "no": 1, "words": "" })).await.problem(422),
        "validation"
    );
    test.post(&contact, &changes, &json!({ "no": 1, "words": "Ash instead" })).await.expect(200);
    let list = test.get(&owner, "/quotes?view=needs_us").await.expect(200);
    assert_eq!(
        (&list["items"][0]["id"], &list["items"][0]["state"]),
        (&quote["id"], &json!("changes_requested"))
    );
    assert_eq!(
        test.post(&contact, &format!("{}/accept", portal(&quote)), &as_shown(&quote)).await.problem(409),
        "quote_decided"
    );
    // A new version can be decided again.
    let next = test.post(&owner, &format!("{}/versions", path(&quote)), &()).await.expect(201);
    let next = send(&test, &owner, &next).await;
    assert_eq!(
        test.post(&contact, &format!("{}/accept", portal(&quote)), &as_shown(&quote)).await.problem(409),
        "quote_decided"
    );
    accept(&test, &contact, &next).await;
    let mails = subjects(&test).await;
    for subject in [
        "Contact one declined quote Q-1",
        "Contact one wants changes to quote Q-2",
        "Ana Client accepted quote Q-2",
    ] {
        assert!(mails.iter().any(|mail| mail == subject), "{subject}: {mails:?}");
    }
}

#[actix_web::test]
async fn two_who_decide_otherwise_at_once_make_one_decision() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let (ana, bea) = (test.contact("one").await, colleague(&test).await);
    for _ in 0..5 {
        let quote = sent(&test, &owner).await;
        let (yes, no) = (format!("{}/accept", portal(&quote)), format!("{}/decline", portal(&quote)));
        let (body, decline) = (as_shown(&quote), json!({ "no": 1 }));
        let (one, two) = join(test.post(&ana, &yes, &body), test.post(&bea, &no, &decline)).await;
        let (good, late) = if one.status == 200 { (one, two) } else { (two, one) };
        good.expect(200);
        assert_eq!(late.problem(409), "quote_decided");
    }
    assert_eq!(test.database().count("select count(*) from quote_decision").await, 5);
    assert_eq!(
        test.database().count("select count(*) from project").await,
        test.database().count("select count(*) from quote where state = 'accepted'").await
    );
}

#[actix_web::test]
async fn what_was_changed_or_withdrawn_meanwhile_is_not_decided() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let quote = sent(&test, &owner).await;
    let accept_it = format!("{}/accept", portal(&quote));
    for (field, value) in
        [("hash", json!("00")), ("no", json!(2)), ("total", json!({ "amount": 1, "currency": "EUR" }))]
    {
        let mut body = as_shown(&quote);
        body[field] = value;
        assert_eq!(test.post(&contact, &accept_it, &body).await.problem(409), "quote_changed", "{field}");
    }
    let mut body = as_shown(&quote);
    body["selection"] = json!({ "quantities": { "book": "3" } });
    let answer = test.post(&contact, &accept_it, &body).await;
    assert_eq!(answer.body["errors"][0]["pointer"], "/selection/quantities/book");
    let next = test.post(&owner, &format!("{}/versions", path(&quote)), &()).await.expect(201);
    let next = send(&test, &owner, &next).await;
    let answer = test.post(&contact, &accept_it, &as_shown(&quote)).await;
    assert_eq!(answer.body["current"]["no"], 2);
    assert_eq!(answer.problem(409), "quote_changed");
    assert_eq!(test.get(&contact, &portal(&quote)).await.expect(200)["state"], "sent");
    test.post(&owner, &format!("{}/withdraw", path(&quote)), &json!({ "reason": "Sold out" }))
        .await
        .expect(200);
    assert_eq!(test.post(&contact, &accept_it, &as_shown(&next)).await.problem(409), "quote_state");
    assert_eq!(test.get(&contact, &portal(&quote)).await.expect(200)["state"], "withdrawn");
    // A draft without a version sent: nothing to withdraw.
    let draft = drafted(&test, &owner).await;
    let answer = test.post(&owner, &format!("{}/withdraw", path(&draft)), &json!({ "reason": "x" })).await;
    assert_eq!(answer.problem(409), "quote_state");
    assert_eq!(test.database().count("select count(*) from quote_decision").await, 0);
}

#[actix_web::test]
async fn a_version_written_meanwhile_does_not_undo_an_acceptance() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let quote = sent(&test, &owner).await;
    test.post(&owner, &format!("{}/versions", path(&quote)), &()).await.expect(201);
    accept(&test, &contact, &quote).await;
    let next = test.get(&owner, &path(&quote)).await.expect(200);
    assert_eq!((&next["no"], &next["state"]), (&json!(2), &json!("accepted")));
    let answer = test.post(&versioned(&owner, &next), &format!("{}/send", path(&quote)), &json!({})).await;
    assert_eq!(answer.problem(409), "quote_state");
    assert_eq!(test.delete(&owner, &path(&quote)).await.status, 204);
    assert_eq!(test.get(&owner, &path(&quote)).await.expect(200)["decision"]["kind"], "accepted");
}
