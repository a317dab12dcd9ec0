use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::testing::TestApp;

async fn kinds(test: &TestApp, asker: &crate::testing::Asker, path: &str) -> Vec<String> {
    let feed = test.get(asker, path).await.expect(200);
    feed["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn a_client_is_created_with_its_first_contact() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let new = json!({
        "name": "Köhler & Söhne", "kind": "company", "external_id": "K-7", "address": { "city": "Ulm", "country": "Germany" },
        "internal_note": "pays late", "contact": { "name": "Zoë Köhler", "email": "Zoe@Koehler.example" },
    });
    let client = test.post(&owner, "/clients", &new).await.expect(201);
    assert_eq!(client["name"], "Köhler & Söhne");
    assert_eq!(client["internal_note"], "pays late");
    assert_eq!(client["contacts"][0]["primary"], true);
    assert_eq!(client["contacts"][0]["email"], "zoe@koehler.example");
    assert_eq!(client["contacts"][0]["portal_access"], false);
    assert_eq!(client["owed"], json!([]));
    let path = format!("/clients/{}", client["id"].as_str().unwrap());
    let found = test.get(&owner, &path).await;
    assert_eq!(found.header("etag").as_deref(), Some("\"1\""));
    assert_eq!(found.expect(200), client);
    assert_eq!(
        kinds(&test, &owner, &format!("{path}/activity")).await,
        ["contact.created", "client.created"]
    );
    // The number in another system belongs to one client.
    assert_eq!(test.post(&owner, "/clients", &new).await.problem(409), "already_exists");
}

#[actix_web::test]
async fn wrong_clients_are_refused_by_field() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    for (body, pointer, code) in [
        (json!({ "name": " " }), "/name", "invalid"),
        (json!({}), "", "required"),
        (json!({ "name": "A", "fax": "1" }), "", "unknown_field"),
        (json!({ "name": "A", "contact": { "name": "B", "email": "b" } }), "/contact/email", "invalid"),
        (
            json!({ "name": "A", "contact": { "name": "B", "email": "b@c.example", "permissions": ["invoices.void"] } }),
            "/contact/permissions",
            "not_a_portal_permission",
        ),
    ] {
        let answer = test.post(&owner, "/clients", &body).await;
        assert_eq!(answer.body["errors"][0]["code"], code, "{body}");
        assert!(answer.body["errors"][0]["pointer"].as_str().unwrap().starts_with(pointer), "{body}");
        assert_eq!(answer.problem(422), "validation", "{body}");
    }
    assert_eq!(
        test.post(&test.staff("technician").await, "/clients", &json!({ "name": "A" })).await.problem(403),
        "forbidden"
    );
}

#[actix_web::test]
async fn the_list_finds_pages_and_sorts() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    for name in ["Ébène", "ebene 2", "Zulu", "alpha"] {
        test.post(&owner, "/clients", &json!({ "name": name })).await.expect(201);
    }
    let names = |page: &Value| -> Vec<String> {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut all = Vec::new();
    let mut path = "/clients?limit=2".to_owned();
    loop {
        let page = test.get(&owner, &path).await.expect(200);
        all.extend(names(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/clients?limit=2&cursor={next}");
    }
    assert_eq!(all.len(), 6);
    let mut sorted = all.clone();
    sorted.sort_by_key(|name| name.to_lowercase());
    sorted.dedup();
    assert_eq!(all, sorted, "each once, by name");
    assert_eq!(names(&test.get(&owner, "/clients?q=EBENE").await.expect(200)), ["ebene 2", "Ébène"]);
    assert_eq!(
        names(&test.get(&owner, "/clients?q=one@acme").await.expect(200)),
        ["Client one of acme"],
        "by e-mail"
    );
    assert_eq!(names(&test.get(&owner, "/clients?q=globex").await.expect(200)), Vec::<String>::new());
    assert_eq!(names(&test.get(&owner, "/clients?archived=true").await.expect(200)), Vec::<String>::new());
    assert_eq!(test.get(&owner, "/clients?order=name").await.problem(400), "malformed_parameter");
    let technician = test.staff("technician").await;
    assert_eq!(test.get(&technician, "/clients?owing=true").await.problem(403), "forbidden");
    test.get(&technician, "/clients").await.expect(200);
}

#[actix_web::test]
async fn an_edit_names_the_version_it_edits() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let path = format!("/clients/{}", test.acme().clients["one"]);
    let patch = json!({ "name": "New name", "phone": "1" });
    assert_eq!(test.patch(&owner, &path, &patch).await.problem(428), "precondition_required");
    let first = owner.clone().header("If-Match", "\"1\"");
    let changed = test.patch(&first, &path, &patch).await;
    assert_eq!(changed.header("etag").as_deref(), Some("\"2\""));
    assert_eq!(changed.expect(200)["name"], "New name");
    // The phone number is the same as wanted, so it isn't in the way.
    let stale = test.patch(&first, &path, &json!({ "name": "Other", "phone": "1" })).await;
    assert_eq!(stale.body["current"], json!({ "name": "New name", "version": 2 }));
    assert_eq!(stale.problem(412), "version_mismatch");
    let feed = test.get(&owner, &format!("{path}/activity")).await.expect(200);
    assert_eq!(feed["items"][0]["kind"], "client.changed");
    assert_eq!(feed["items"][0]["data"], json!({ "fields": ["name", "phone"] }));
    assert_eq!(feed["items"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn two_edits_at_once_are_one() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await.header("If-Match", "\"1\"");
    let path = format!("/clients/{}", test.acme().clients["one"]);
    let bodies: Vec<Value> = (0..8).map(|n| json!({ "name": format!("Name {n}") })).collect();
    let answers = join_all(bodies.iter().map(|body| test.patch(&owner, &path, body))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
}

#[actix_web::test]
async fn double_submit_makes_one_client() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await.header("Idempotency-Key", "k1");
    let body = json!({ "name": "Twice" });
    let answers = join_all((0..6).map(|_| test.post(&owner, "/clients", &body))).await;
    assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status.as_u16())), "{answers:?}");
    let again = test.post(&owner, "/clients", &body).await;
    assert_eq!(again.header("idempotent-replayed").as_deref(), Some("true"));
    again.expect(201);
    let found = test.get(&owner, "/clients?q=twice").await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let other = test.post(&owner, "/clients", &json!({ "name": "Other" })).await;
    assert_eq!(other.problem(422), "idempotency_key_reused");
}

#[actix_web::test]
async fn archived_clients_leave_the_list_and_their_contacts_the_portal() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let path = format!("/clients/{}", test.acme().clients["one"]);
    test.get(&contact, "/portal/home").await.expect(200);
    let archived = test.post(&owner, &format!("{path}/archive"), &()).await.expect(200);
    assert_eq!(archived["archived_at"], "2026-03-02T09:00:00Z");
    test.post(&owner, &format!("{path}/archive"), &()).await.expect(200);
    assert_eq!(kinds(&test, &owner, &format!("{path}/activity")).await, ["client.archived"], "once");
    assert_eq!(test.get(&contact, "/portal/home").await.problem(401), "unauthenticated");
    assert_eq!(test.get(&owner, "/clients").await.expect(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        test.get(&owner, "/clients?archived=true").await.expect(200)["items"].as_array().unwrap().len(),
        1
    );
    let invite = format!("/contacts/{}/invite", test.acme().contacts["one"]);
    assert_eq!(test.post(&owner, &invite, &()).await.problem(409), "conflict");
    test.post(&owner, &format!("{path}/restore"), &()).await.expect(200);
    test.get(&contact, "/portal/home").await.expect(200);
}

#[actix_web::test]
async fn one_contact_is_primary() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let client = format!("/clients/{}", test.acme().clients["one"]);
    let new = json!({ "name": "Ana", "email": "ana@example.com", "primary": true });
    let ana = test.post(&owner, &format!("{client}/contacts"), &new).await.expect(201);
    assert_eq!(test.post(&owner, &format!("{client}/contacts"), &new).await.problem(409), "already_exists");
    let primary = async || {
        let found = test.get(&owner, &client).await.expect(200);
        let contacts = found["contacts"].as_array().unwrap().clone();
        assert_eq!(contacts.iter().filter(|contact| contact["primary"] == true).count(), 1);
        contacts[0]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(primary().await, "Ana");
    // The former primary contact's version is still good.
    let old = format!("/contacts/{}", test.acme().contacts["one"]);
    let edit = owner.clone().header("If-Match", "1");
    assert_eq!(
        test.patch(&owner, &old, &json!({ "primary": true })).await.problem(428),
        "precondition_required"
    );
    test.patch(&edit, &old, &json!({ "primary": true })).await.expect(200);
    assert_eq!(primary().await, "Contact one");
    let stale = test.patch(&edit, &old, &json!({ "phone": "2" })).await;
    assert_eq!(stale.body["current"], json!({ "phone": "", "version": 2 }));
    assert_eq!(stale.problem(412), "version_mismatch");
    let ana = format!("/contacts/{}", ana["id"].as_str().unwrap());
    let other = test.staff_of("globex", "owner").await;
    assert_eq!(test.delete(&other, &ana).await.problem(404), "not_found");
    assert_eq!(test.delete(&owner, &ana).await.status, 204);
    assert_eq!(test.delete(&owner, &ana).await.problem(404), "not_found");
    assert_eq!(
        kinds(&test, &owner, &format!("{client}/activity")).await,
        ["contact.removed", "contact.changed", "contact.created"]
    );
}

#[actix_web::test]
async fn another_address_ends_the_sessions() {
    let test = TestApp::new().await;
    let (owner, contact) = (test.staff("owner").await, test.contact("one").await);
    let path = format!("/contacts/{}", test.acme().contacts["one"]);
    let edit = |version: i64| owner.clone().header("If-Match", version.to_string());
    test.patch(&edit(1), &path, &json!({ "phone": "5" })).await.expect(200);
    test.get(&contact, "/portal/home").await.expect(200);
    test.patch(&edit(2), &path, &json!({ "email": "new@example.com" })).await.expect(200);
    assert_eq!(test.get(&contact, "/portal/home").await.problem(401), "unauthenticated");
    // Not even the old address brings the session back.
    test.patch(&edit(3), &path, &json!({ "email": "one@acme.example" })).await.expect(200);
    assert_eq!(test.get(&contact, "/portal/home").await.problem(401), "unauthenticated");
}

#[actix_web::test]
async fn an_invitation_lets_in_and_is_mailed_in_the_contact_s_language() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let client = format!("/clients/{}/contacts", test.acme().clients["one"]);
    let new = json!({ "name": "Jörg", "email": "joerg@example.com", "language": "de" });
    let contact = test.post(&owner, &client, &new).await.expect(201);
    let path = format!("/contacts/{}/invite", contact["id"].as_str().unwrap());
    let invited = test.post(&owner, &path, &()).await.expect(200);
    assert_eq!(invited["portal_access"], true);
    assert_eq!(invited["invited_at"], "2026-03-02T09:00:00Z");
    test.work().await;
    let mails = test.get(&owner, "/mails").await.expect(200);
    assert_eq!(mails["items"][0]["to"], "joerg@example.com");
    assert_eq!(mails["items"][0]["subject"], "acme lädt Sie in sein Portal ein");
    let mail =
        test.get(&owner, &format!("/mails/{}", mails["items"][0]["id"].as_str().unwrap())).await.expect(200);
    let link = mail["links"][0].as_str().unwrap();
    assert!(link.starts_with(&test.app.url("/acme/sign-in/link?token=")), "{link}");
}

#[actix_web::test]
async fn the_feed_keeps_money_from_those_who_may_not_see_it() {
    let test = TestApp::new().await;
    let (owner, technician) = (test.staff("owner").await, test.staff("technician").await);
    let client = test.acme().clients["one"];
    test.post(&owner, "/invoices", &json!({ "client_id": client })).await.expect(201);
    let path = format!("/clients/{client}/activity");
    assert_eq!(kinds(&test, &owner, &path).await, ["invoice.created"]);
    assert_eq!(kinds(&test, &technician, &path).await, Vec::<String>::new());
}
