//! Imports as the API does them: nasty files of our own, and the tables of a music shop.

mod chinook;
mod undo;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::testing::{Asker, TestApp};

/// A file of a request.
fn file(kind: &str, content: impl AsRef<[u8]>) -> Value {
    json!({ "kind": kind, "name": format!("{kind}.csv"), "content": STANDARD.encode(content) })
}

/// A request of files.
fn request(files: &[Value]) -> Value {
    json!({ "files": files })
}

/// `line outcome code` of each reported row of a file, in order of lines.
fn outcomes(report: &Value, file: usize) -> Vec<String> {
    let mut rows: Vec<(u64, String)> = report["files"][file]["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let line = row["line"].as_u64().unwrap();
            let code = row["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
            (line, format!("{line} {}{code}", row["outcome"].as_str().unwrap()))
        })
        .collect();
    rows.sort_by_key(|row| row.0);
    rows.into_iter().map(|row| row.1).collect()
}

/// Tables that an import touches, and some that it must not.
const TABLES: [&str; 12] = [
    "client",
    "contact",
    "invoice",
    "invoice_line",
    "ledger_entry",
    "client_balance",
    "event",
    "import",
    "import_mapping",
    "job",
    "mail",
    "idempotency_key",
];

/// How many rows there are in each.
async fn counts(test: &TestApp) -> Vec<String> {
    let each = TABLES.map(|table| format!("select '{table} ' || count(*) from {table}"));
    test.database().texts(&each.join(" union all ")).await
}

async fn import(test: &TestApp, owner: &Asker, files: &[Value]) -> Value {
    test.post(owner, "/imports", &request(files)).await.expect(200)
}

async fn preview(test: &TestApp, owner: &Asker, files: &[Value]) -> Value {
    test.post(owner, "/imports/preview", &request(files)).await.expect(200)
}

#[actix_web::test]
async fn clients_are_taken_known_or_refused() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let csv = "Nr;Firma;Vorname;Nachname;E-Mail;Straße;Notiz\n\
        K1;\"Weber; Söhne\";Eva;Weber;eva@weber.example;\"Hof 1\nHaus B\";\"Zeile 1\nZeile 2\"\n\
        K2;;Jon;Doe;jon@doe.example;;\n\
        K2;Other;;;;;\n\
        ;Weber; Söhne;Ute;Weber;;;\n\
        ;weber; söhne\n\
        K5;;;;nobody@named.example;;\n\
        K6;Broken;;;not-an-address;;\n\
        ;;Jon;Doe;JON@doe.example;;\n\
        ;;Jon;Doe;jon2@doe.example;;\n\
        K9;Silent;Sid;Silent;;;\n\
        ;\"client ONE of acme\";Ned;New;ned@one.example;;\n\
        ;Client two of acme;;;;;\n";
    let first = preview(&test, &owner, &[file("clients", csv)]).await;
    let expected = [
        "2 create",
        "5 create",
        "6 duplicate client_exists",
        "7 refuse wrong_number_of_cells",
        "8 refuse wrong_number_of_cells",
        "9 refuse required",
        "10 refuse invalid_email",
        "11 duplicate client_exists",
        "12 create",
        "13 create contact_left_out",
        "14 create contact_added",
        "15 duplicate client_exists",
    ];
    assert_eq!(outcomes(&first, 0), expected);
    let report = import(&test, &owner, &[file("clients", csv)]).await;
    assert_eq!(outcomes(&report, 0), expected);
    assert_eq!(report["files"][0]["created"], 5);
    assert_eq!(report["files"][0]["separator"], ";");

    let rows = test
        .database()
        .texts(
            "select concat_ws('|', c.name, c.kind, c.external_id, c.address ->> 'street', c.internal_note, k.name, k.email, k.is_primary)
             from client c left join contact k on k.client_id = c.id and k.import_id is not null
             where c.import_id is not null or k.import_id is not null order by c.name, c.external_id desc",
        )
        .await;
    assert_eq!(
        rows,
        [
            "Client one of acme|company|||for staff only|Ned New|ned@one.example|f",
            "Jon Doe|person|K2|||Jon Doe|jon@doe.example|t",
            "Jon Doe|person||||Jon Doe|jon2@doe.example|t",
            "Silent|company|K9||",
            "Weber; Söhne|company|K1|Hof 1, Haus B|Zeile 1\nZeile 2|Eva Weber|eva@weber.example|t",
        ]
    );
    // Nobody may sign in unless the request says so.
    let access = test
        .database()
        .texts("select portal_access::text from contact where email = 'ned@one.example'")
        .await;
    assert_eq!(access, ["false"]);
}

#[actix_web::test]
async fn contacts_find_their_client_by_number_or_name() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let clients = "id,name\n7,Twin\n8,Twin\n9,Solo\n";
    let contacts = "client,contact name,email,title\n\
        7,Ann,ann@x.example,Boss\n\
        solo,Bob,bob@x.example,\n\
        Twin,Cid,cid@x.example,\n\
        Nobody,Dan,dan@x.example,\n\
        9,Bob again,BOB@x.example,\n\
        Client one of acme,,one@acme.example,\n\
        9,Eve,,\n\
        9,,eve@x.example,\n";
    let mut body = request(&[file("clients", clients), file("contacts", contacts)]);
    body["portal_access"] = json!(true);
    let report = test.post(&owner, "/imports", &body).await.expect(200);
    assert_eq!(
        outcomes(&report, 1),
        [
            "2 create",
            "3 create",
            "4 refuse ambiguous_client",
            "5 refuse unknown_client",
            "6 duplicate contact_exists",
            "7 duplicate contact_exists",
            "8 refuse required",
            "9 create",
        ]
    );
    let rows = test
        .database()
        .texts(
            "select concat_ws('|', name, email, job_title, is_primary, portal_access, cardinality(permissions))
             from contact where import_id is not null order by email",
        )
        .await;
    assert_eq!(
        rows,
        ["Ann|ann@x.example|Boss|t|t|6", "Bob|bob@x.example||t|t|6", "eve@x.example|eve@x.example||f|t|6"]
    );
}

#[actix_web::test]
async fn invoices_must_come_to_what_they_say() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let invoices = "Rechnungsnr.;Kunde;Datum;Fällig am;Währung;Gesamtbetrag\n\
        R1;Client one of acme;31.01.2026;;;1.190,00\n\
        R2;Client one of acme;31.01.2026;28.02.2026;JPY;1.000,00\n\
        R3;Client two of acme;01.02.2026;;;119,00\n\
        R4;Client two of acme;01.02.2026;;;99,99\n\
        R5;Client two of acme;01.02.2026;;;10,00\n\
        R6;Client two of acme;01.02.2026;31.01.2026;;10,00\n\
        R7;Nobody;01.02.2026;;;10,00\n\
        R8;Client two of acme;30.02.2026;;;10,00\n\
        R9;Client two of acme;01.02.2026;;;0,00\n\
        R10;Client two of acme;01.02.2026;;;-5,00\n\
        R1;Client two of acme;01.02.2026;;;5,00\n\
        R11;Client two of acme;01.02.2026;;;\"€ 12,34\"\n\
        R12;Client two of acme;01.02.2026;;EUR;$ 5\n\
        R13;Client two of acme;01.02.2026;;EUR;5 CHF\n\
        R14;Client two of acme;01.02.2026;;;1,005\n";
    let lines = "Rechnung;Bezeichnung;Menge;Einzelpreis;MwSt\n\
        R1;Netto;10;100,00;19 %\n\
        R2;円;1;1.000;0\n\
        R3;Brutto;1;119,00;19\n\
        R4;Zu wenig;1;99,98;\n\
        R5;Unleserlich;x;10,00;\n\
        R5;Sonst gut;1;0,00;\n\
        R9;Geschenk;1;0,00;\n\
        R10;Gutschrift;-1;5,00;\n\
        R11;Dinge;2;6,17;\n\
        R12;Dinge;1;5,00;\n\
        R13;Dinge;1;5,00;\n\
        R14;Dinge;1;1,00;\n\
        R99;Verirrt;1;1,00;\n";
    let files = [file("invoices", invoices), file("invoice_lines", lines)];
    let before = counts(&test).await;
    let tried = preview(&test, &owner, &files).await;
    assert_eq!(counts(&test).await, before, "trying writes nothing");
    let expected = [
        "2 create",
        "3 create",
        "4 create",
        "5 refuse total_differs",
        "6 refuse line_refused",
        "7 refuse due_before_issue",
        "8 refuse unknown_client",
        "9 refuse invalid_date",
        "10 create",
        "11 refuse negative_total",
        "12 duplicate repeated_in_file",
        "13 create",
        "14 create",
        "15 refuse currency_mismatch",
        "16 refuse too_many_decimals",
    ];
    assert_eq!(outcomes(&tried, 0), expected);
    assert_eq!(
        outcomes(&tried, 1),
        [
            "2 create",
            "3 create",
            "4 create",
            "5 refuse invoice_refused",
            "6 refuse invalid_number",
            "7 refuse invoice_refused",
            "8 create",
            "9 refuse invoice_refused",
            "10 create",
            "11 create",
            "12 refuse invoice_refused",
            "13 refuse invoice_refused",
            "14 refuse unknown_invoice",
        ]
    );
    let refused =
        tried["files"][0]["details"].as_array().unwrap().iter().find(|row| row["line"] == 5).unwrap();
    assert_eq!(refused["reason"], "the total is 99.99 EUR, but the lines come to 99.98 EUR");
    assert_eq!(
        tried["invoiced"],
        json!([{ "amount": 132_634, "currency": "EUR" }, { "amount": 1000, "currency": "JPY" }])
    );

    let done = import(&test, &owner, &files).await;
    assert_eq!(outcomes(&done, 0), expected);
    let rows = test
        .database()
        .texts(
            "select concat_ws('|', number, status, currency, issued_on, due_on, total_minor, price_mode, sent_at is null, paid_at is null,
               totals -> 'taxes' -> 0 ->> 'name', (select sum(amount_minor) from ledger_entry l where l.invoice_id = i.id and kind = 'issue'))
             from invoice i order by number",
        )
        .await;
    assert_eq!(
        rows,
        [
            "R1|sent|EUR|2026-01-31|2026-02-14|119000|exclusive|t|t|Tax|119000",
            "R11|sent|EUR|2026-02-01|2026-02-15|1234|exclusive|t|t|1234",
            "R12|sent|EUR|2026-02-01|2026-02-15|500|exclusive|t|t|500",
            "R2|sent|JPY|2026-01-31|2026-02-28|1000|exclusive|t|t|1000",
            "R3|sent|EUR|2026-02-01|2026-02-15|11900|inclusive|t|t|Tax|11900",
            "R9|paid|EUR|2026-02-01|2026-02-15|0|exclusive|t|f",
        ]
    );
    let owed = test.database().texts("select concat_ws(' ', currency, sum(owed_minor)) from client_balance group by currency order by 1").await;
    assert_eq!(owed, ["EUR 132634", "JPY 1000"]);
    // No mail was caused by any of this.
    assert_eq!(
        test.database().texts("select id::text from mail union all select id::text from job").await,
        [""; 0]
    );
}

#[actix_web::test]
async fn without_lines_the_total_is_the_line() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let csv = "Invoice,Client,Date,Total\n41,Client one of acme,12/31/2025,\"1,234.50\"\n42,Client one of acme,1/2/2026,\n";
    let report = import(&test, &owner, &[file("invoices", csv)]).await;
    assert_eq!(outcomes(&report, 0), ["2 create", "3 refuse required"]);
    let rows = test
        .database()
        .texts("select concat_ws('|', description, quantity, unit_price, amount_minor, taxes::text) from invoice_line")
        .await;
    assert_eq!(rows, ["Invoice 41|1|1234.5|123450|[]"]);

    // The same number with another total is another invoice: it is not taken for the one that is here.
    let again = "Invoice,Client,Date,Total\n41,Client one of acme,12/31/2025,1234.50\n41,Client two of acme,12/31/2025,1234.50\n";
    let report = preview(&test, &owner, &[file("invoices", again)]).await;
    assert_eq!(outcomes(&report, 0), ["2 duplicate invoice_exists", "3 refuse number_taken"]);
}

#[actix_web::test]
async fn what_can_be_read_in_two_ways_is_asked() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let csv = "Invoice,Client,Date,Total\n1,Client one of acme,03/04/2026,5.00\n2,Client one of acme,05/04/2026,6.00\n";
    let asked = preview(&test, &owner, &[file("invoices", csv)]).await;
    assert_eq!(outcomes(&asked, 0), ["2 refuse date_order_unclear", "3 refuse date_order_unclear"]);
    for (order, expected) in
        [("day_first", ["2026-04-03", "2026-04-05"]), ("month_first", ["2026-03-04", "2026-05-04"])]
    {
        let mut body = request(&[file("invoices", csv)]);
        body["date_order"] = json!(order);
        let report = test.post(&owner, "/imports", &body).await.expect(200);
        let dates = test
            .database()
            .texts("select issued_on::text from invoice where status <> 'void' order by number")
            .await;
        assert_eq!(dates, expected);
        let undo = format!("/imports/{}/undo", report["id"].as_str().unwrap());
        test.post(&owner, &undo, &json!({})).await.expect(200);
    }
    let amounts = "Invoice,Client,Date,Total\n1,Client one of acme,2026-04-03,1.500\n";
    let asked = preview(&test, &owner, &[file("invoices", amounts)]).await;
    assert_eq!(outcomes(&asked, 0), ["2 refuse ambiguous_number"]);
}

#[actix_web::test]
async fn files_that_are_no_tables_are_refused() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let refused = async |files: &[Value]| {
        let problem = test.post(&owner, "/imports/preview", &request(files)).await.expect(422);
        let error = &problem["errors"][0];
        format!("{} {}", error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())
    };
    assert_eq!(refused(&[file("clients", b"PK\x03\x04\x00\x00")]).await, "/files/0/content not_a_text");
    assert_eq!(refused(&[file("clients", b"\n \n")]).await, "/files/0/content empty_file");
    assert_eq!(
        refused(&[file("clients", vec![b'a'; 10 * 1024 * 1024 + 1])]).await,
        "/files/0/content too_large"
    );
    assert_eq!(refused(&[file("clients", b"a"), file("clients", b"a")]).await, "/files/1/kind repeated");
    let mut broken = file("clients", b"a");
    broken["content"] = json!("%%%");
    assert_eq!(refused(&[broken]).await, "/files/0/content invalid_base64");
    let mut mapped = file("clients", b"a,b\n1,2\n");
    mapped["mapping"] = json!({ "c": "name" });
    assert_eq!(refused(&[mapped]).await, "/files/0/mapping invalid_mapping");
    assert_eq!(test.post(&owner, "/imports", &request(&[])).await.problem(422), "validation");
    // A text of no known headings is a table, whose rows can't be taken until somebody maps them.
    let unknown = preview(&test, &owner, &[file("clients", b"x,y\n1,2\n")]).await;
    assert_eq!(outcomes(&unknown, 0), ["2 refuse column_missing"]);
    assert_eq!(unknown["files"][0]["headings"], json!(["x", "y"]));
}

#[actix_web::test]
async fn mappings_are_adjusted_and_remembered() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let csv = b"Wer,Wo\nAnton,Ulm\n".as_slice();
    let mut mapped = file("clients", csv);
    mapped["mapping"] = json!({ "Wer": "name", "Wo": "city" });
    preview(&test, &owner, &[mapped.clone()]).await;
    let guessed = preview(&test, &owner, &[file("clients", csv)]).await;
    assert_eq!(guessed["files"][0]["mapping"], json!({}), "trying teaches nothing");
    import(&test, &owner, &[mapped]).await;
    let next = import(&test, &owner, &[file("clients", b"Wer,Wo\nBerta,Bonn\n")]).await;
    assert_eq!(next["files"][0]["mapping_remembered"], true);
    assert_eq!(next["files"][0]["mapping"], json!({ "Wer": "name", "Wo": "city" }));
    let cities = test
        .database()
        .texts("select address ->> 'city' from client where import_id is not null order by name")
        .await;
    assert_eq!(cities, ["Ulm", "Bonn"]);
    // What one organization taught, another doesn't know.
    let other = test.staff_of(crate::testing::GLOBEX, "owner").await;
    let foreign = preview(&test, &other, &[file("clients", csv)]).await;
    assert_eq!(foreign["files"][0]["mapping_remembered"], false);
}

#[actix_web::test]
async fn imports_are_listed_and_belong_to_who_may() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let empty = test.get(&owner, "/imports").await.expect(200);
    assert_eq!(empty["items"], json!([]));
    for name in ["Anton", "Berta", "Cäsar"] {
        import(&test, &owner, &[file("clients", format!("name\n{name}\n"))]).await;
        test.app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let page = test.get(&owner, "/imports?limit=2").await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let next = format!("/imports?limit=2&cursor={}", page["next"].as_str().unwrap());
    let rest = test.get(&owner, &next).await.expect(200);
    let first = &rest["items"][0];
    assert_eq!(
        (&first["created"], &first["done_by"], &first["files"]),
        (&json!(1), &json!("owner of acme"), &json!(["clients.csv"]))
    );
    let path = format!("/imports/{}", first["id"].as_str().unwrap());
    assert_eq!(test.get(&owner, &path).await.expect(200)["files"][0]["details"][0]["label"], "Anton");

    let other = test.staff_of(crate::testing::GLOBEX, "owner").await;
    assert_eq!(test.get(&other, &path).await.problem(404), "not_found");
    assert_eq!(test.post(&other, &format!("{path}/undo"), &json!({})).await.problem(404), "not_found");
    let technician = test.staff("technician").await;
    for answer in [
        test.get(&technician, "/imports").await,
        test.get(&technician, &path).await,
        test.post(&technician, "/imports", &request(&[file("clients", "name\nX\n")])).await,
        test.post(&technician, "/imports/preview", &request(&[file("clients", "name\nX\n")])).await,
        test.post(&technician, &format!("{path}/undo"), &json!({})).await,
    ] {
        assert_eq!(answer.problem(403), "forbidden");
    }
}

#[actix_web::test]
async fn a_repeated_request_imports_once_and_parallel_ones_don_t_double() {
    let test = TestApp::new().await;
    let owner = test.staff("owner").await;
    let body = request(&[file("clients", "id,name,email\n1,Anton,a@x.example\n2,Berta,b@x.example\n")]);
    let once = owner.clone().header("Idempotency-Key", "k1");
    let first = test.post(&once, "/imports", &body).await.expect(200);
    let again = test.post(&once, "/imports", &body).await;
    assert_eq!(again.header("idempotent-replayed").as_deref(), Some("true"));
    assert_eq!(again.expect(200), first);

    let rows: String = (0..200).map(|n| format!("x{n},Client {n},c{n}@x.example\n")).collect();
    let body = request(&[file("clients", format!("id,name,email\n{rows}"))]);
    let all = futures_util::future::join_all((0..6).map(|_| test.post(&owner, "/imports", &body))).await;
    let created: Vec<i64> =
        all.into_iter().map(|answer| answer.expect(200)["files"][0]["created"].as_i64().unwrap()).collect();
    assert_eq!(created.iter().sum::<i64>(), 200, "{created:?}");
    assert_eq!(created.iter().filter(|count| **count > 0).count(), 1);
}
