use super::*;

const FILES: [(&str, &str); 4] = [
    (
        "clients",
        "id,name,first name,last name,email\n1,Anton GmbH,Ada,Anton,ada@anton.example\n2,Berta AG,,,\n",
    ),
    ("contacts", "client,name,email\n2,Ben,ben@berta.example\nClient one of acme,Cid,cid@one.example\n"),
    ("invoices", "id,client,date,total\n10,1,2026-01-05,50.00\n11,Client one of acme,2026-01-06,60.00\n"),
    ("invoice_lines", "invoice,description,price\n10,Work,50.00\n11,Work,60.00\n"),
];

fn files() -> Vec<Value> {
    FILES.iter().map(|(kind, content)| file(kind, content)).collect()
}

#[actix_web::test]
async fn an_import_is_taken_back_and_done_anew() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    for round in 1..=2 {
        let report = import(&test, &owner, &files()).await;
        let created: Vec<i64> =
            (0..4).map(|file| report["files"][file]["created"].as_i64().unwrap()).collect();
        assert_eq!(created, [2, 2, 2, 2], "round {round}: {report:#}");
        test.app.clock.advance(chrono::TimeDelta::minutes(1));
        let path = format!("/imports/{}", report["id"].as_str().unwrap());
        let undone = test.post(&owner, &format!("{path}/undo"), &json!({})).await.expect(200);
        assert!(undone["undone_at"].is_string());
        assert_eq!(test.post(&owner, &format!("{path}/undo"), &json!({})).await.problem(409), "conflict");
        assert_eq!(test.get(&owner, &path).await.expect(200)["undone_at"], undone["undone_at"]);
        let contacts = test.database().texts("select email from contact where import_id is not null").await;
        assert_eq!(contacts, [""; 0]);
        // Anton was invoiced and stays, archived; Berta goes; what was here before stays as it was.
        let clients = test
            .database()
            .texts("select name || external_id || (archived_at is not null)::text from client where import_id is not null")
            .await;
        assert_eq!(clients, vec!["Anton GmbHtrue"; round]);
        let owed = test.database().texts("select sum(owed_minor)::text from client_balance").await;
        assert_eq!(owed, ["0"]);
        test.app.clock.advance(chrono::TimeDelta::minutes(1));
    }
    let numbers = test
        .database()
        .texts("select number || ' ' || status || external_id from invoice order by number")
        .await;
    assert_eq!(
        numbers,
        ["10 (undone 1) void", "10 (undone 2) void", "11 (undone 1) void", "11 (undone 2) void"]
    );
    let ledger = test
        .database()
        .texts("select kind || ' ' || count(*) || ' ' || sum(amount_minor) from ledger_entry group by kind order by kind")
        .await;
    assert_eq!(ledger, ["issue 4 22000", "void 4 22000"]);
}

#[actix_web::test]
async fn what_was_used_since_is_kept() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let report = import(&test, &owner, &files()).await;
    let undo = format!("/imports/{}/undo", report["id"].as_str().unwrap());
    for (use_it, leave_it, word) in [
        ("update invoice set version = 2 where number = '10'", "update invoice set version = 1 where number = '10'", "invoice 10"),
        (
            "update client set version = 2 where external_id = '2'",
            "update client set version = 1 where external_id = '2'",
            "client Berta AG",
        ),
        (
            "update contact set last_seen_at = now() where email = 'ben@berta.example'",
            "update contact set last_seen_at = null where email = 'ben@berta.example'",
            "contact Ben",
        ),
        (
            "insert into contact (organization_id, id, client_id, name, email, created_at)
             select organization_id, gen_random_uuid(), id, 'Zoe', 'zoe@anton.example', now() from client where external_id = '1'",
            "delete from contact where email = 'zoe@anton.example'",
            "client Anton GmbH",
        ),
        (
            "insert into invoice (organization_id, id, client_id, status, currency, listed_on, client_name, client_address, rounding,
               price_mode, totals, total_minor, created_at)
             select organization_id, gen_random_uuid(), id, 'draft', 'EUR', '2026-01-01', name, address, 'per_line', 'exclusive', '{}', 0, now()
             from client where external_id = '1'",
            "delete from invoice where status = 'draft'",
            "client Anton GmbH",
        ),
    ] {
        test.database().execute(use_it).await;
        let answer = test.post(&owner, &undo, &json!({})).await;
        let detail = answer.body["detail"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.problem(409), "import_in_use");
        assert!(detail.contains(word), "{detail}");
        test.database().execute(leave_it).await;
    }
    // A later import that builds on it has to be undone first.
    let later =
        import(&test, &owner, &[file("invoices", "id,client,date,total\n12,1,2026-01-07,5.00\n")]).await;
    assert_eq!(test.post(&owner, &undo, &json!({})).await.problem(409), "import_in_use");
    test.post(&owner, &format!("/imports/{}/undo", later["id"].as_str().unwrap()), &json!({}))
        .await
        .expect(200);
    test.post(&owner, &undo, &json!({})).await.expect(200);
}

#[actix_web::test]
async fn parallel_undos_take_it_back_once() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let report = import(&test, &owner, &files()).await;
    let undo = format!("/imports/{}/undo", report["id"].as_str().unwrap());
    let nothing = json!({});
    let all = futures_util::future::join_all((0..5).map(|_| test.post(&owner, &undo, &nothing))).await;
    let mut statuses: Vec<u16> = all.into_iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409]);
    let voids = test.database().texts("select count(*)::text from ledger_entry where kind = 'void'").await;
    assert_eq!(voids, ["2"]);
}
