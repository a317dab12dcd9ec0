use std::path::PathBuf;
use std::time::Instant;

use super::*;

/// The tables of a music shop, where this machine has them.
fn tables() -> Option<Vec<Value>> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");
    let folders = std::env::var_os("PORTICO_FIXTURES").map(PathBuf::from).into_iter().chain([
        PathBuf::from(beside).join("shared/fixtures"),
        PathBuf::from(beside).join("../shared/fixtures"),
    ]);
    let folder = folders.map(|folder| folder.join("chinook")).find(|folder| folder.is_dir())?;
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    Some(vec![
        file("clients", read("customers.csv")),
        file("invoices", read("invoices.csv")),
        file("invoice_lines", read("invoice_lines.csv")),
    ])
}

#[actix_web::test]
async fn a_music_shop_moves_in() {
    let Some(files) = tables() else {
        eprintln!("SKIPPED: no folder chinook in ../shared/fixtures or PORTICO_FIXTURES");
        return;
    };
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let before = counts(&test).await;
    let tried = preview(&test, &owner, &files).await;
    assert_eq!(counts(&test).await, before, "trying writes nothing");
    for (file, rows) in [(0, 59), (1, 412), (2, 2240)] {
        let file = &tried["files"][file];
        assert_eq!(
            (&file["rows"], &file["created"], &file["refused"]),
            (&json!(rows), &json!(rows), &json!(0)),
            "{file:#}"
        );
    }
    assert_eq!(tried["invoiced"], json!([{ "amount": 232_860, "currency": "EUR" }]));

    let begun = Instant::now();
    let done = import(&test, &owner, &files).await;
    let took = begun.elapsed();
    assert!(took.as_secs_f64() < 2.0, "{took:?}");
    assert_eq!(done["invoiced"], tried["invoiced"]);
    check(&test).await;
    // A shop's customers are people or companies; people are called by their names.
    let people = test
        .database()
        .texts("select name || ' ' || kind from client where external_id in ('1', '2') order by external_id")
        .await;
    assert_eq!(people, ["Embraer - Empresa Brasileira de Aeronáutica S.A. company", "Leonie Köhler person"]);
    let contact = test
        .database()
        .texts("select k.name from contact k join client c on c.id = k.client_id where k.email = 'luisg@embraer.com.br' and c.external_id = '1'")
        .await;
    assert_eq!(contact, ["Luís Gonçalves"]);

    let filled = counts(&test).await;
    let again = import(&test, &owner, &files).await;
    assert_eq!(again["id"], json!(null));
    for file in 0..3 {
        assert_eq!(again["files"][file]["duplicates"], again["files"][file]["rows"]);
    }
    assert_eq!(counts(&test).await, filled, "twice adds nothing");

    let undo = format!("/imports/{}/undo", done["id"].as_str().unwrap());
    test.post(&owner, &undo, &json!({})).await.expect(200);
    let owed = test.database().texts("select sum(owed_minor)::text from client_balance").await;
    assert_eq!(owed, ["0"]);
    let anew = import(&test, &owner, &files).await;
    assert_eq!(anew["files"][1]["created"], 412, "{:#}", anew["files"][1]["details"][0]);
    check(&test).await;
}

/// What is there after an import: all of it, to the cent.
async fn check(test: &TestApp) {
    let live = test
        .database()
        .texts(
            "select concat_ws(' ', count(*), sum(total_minor), count(distinct client_id),
               bool_and(total_minor = (select sum(amount_minor) from invoice_line l where l.invoice_id = i.id)),
               bool_and(total_minor = (select sum(amount_minor) from ledger_entry l where l.invoice_id = i.id and l.kind = 'issue')),
               (select count(*) from invoice_line l join invoice j on j.id = l.invoice_id where j.status <> 'void'),
               (select sum(owed_minor) from client_balance))
             from invoice i where status <> 'void'",
        )
        .await;
    assert_eq!(live, ["412 232860 59 t t 2240 232860"]);
    let contacts = test
        .database()
        .texts(
            "select count(*)::text from contact k join client c on c.id = k.client_id
             where k.import_id is not null and k.is_primary and c.archived_at is null",
        )
        .await;
    assert_eq!(contacts, ["59"]);
}
