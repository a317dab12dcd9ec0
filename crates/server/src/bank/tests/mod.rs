//! Bank transfers, from the instructions to the books, against the real database.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::testing::{Answer, Asker, GLOBEX, TestApp};

const IBAN: &str = "DE89370400440532013000";

/// A server whose first organization has a bank account.
struct Desk {
    test: TestApp,
    owner: Asker,
    contact: Asker,
}

impl Desk {
    async fn open() -> Self {
        let test = TestApp::new().await;
        test.database().execute("update organization set invoice_prefix = 'R-'").await;
        let owner = test.staff("owner").await;
        let account = json!({
            "holder": "Holm & Søn", "iban": "de89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX", "enabled": true,
        });
        let connection = test.put(&owner, "/payment-connections/bank-transfer", &account).await.expect(201);
        assert_eq!(connection["settings"]["bank_account"]["iban"], IBAN);
        let contact = test.contact("one").await;
        Self { test, owner, contact }
    }

    /// An issued invoice of a client.
    async fn bill(&self, client: &str, price: &str, currency: &str) -> String {
        let draft = json!({
            "client_id": self.test.acme().clients[client], "currency": currency,
            "lines": [{ "description": "Work", "quantity": "1", "unit_price": price }],
        });
        let id = text(&self.test.post(&self.owner, "/invoices", &draft).await.expect(201)["id"]);
        let issuer = self.owner.clone().header("If-Match", "\"1\"");
        let path = format!("/invoices/{id}/send");
        self.test.post(&issuer, &path, &json!({ "contact_ids": [] })).await.expect(200);
        id
    }

    async fn upload(&self, content: &str) -> Answer {
        let body = json!({ "name": "march", "content": STANDARD.encode(content) });
        self.test.post(&self.owner, "/bank-statements", &body).await
    }

    /// Brings in a table of day, amount, payer, text.
    async fn rows(&self, rows: &[(&str, &str, &str)]) -> Value {
        let lines: String =
            rows.iter().map(|(amount, name, text)| format!("2026-03-01;{amount};{name};{text}\n")).collect();
        self.upload(&format!("Date;Amount;Name;Text\n{lines}")).await.expect(201)
    }

    async fn open_transactions(&self) -> Vec<Value> {
        let page = self.test.get(&self.owner, "/bank-transactions?state=open").await.expect(200);
        page["items"].as_array().unwrap().clone()
    }

    async fn pair(&self, transaction: &Value, parts: &[(&str, i64)]) -> Answer {
        let parts: Vec<Value> = parts
            .iter()
            .map(|(invoice, minor)| json!({ "invoice_id": invoice, "amount": { "amount": minor, "currency": "EUR" } }))
            .collect();
        let path = format!("/bank-transactions/{}/match", text(&transaction["id"]));
        self.test.post(&self.owner, &path, &json!({ "allocations": parts })).await
    }

    async fn status(&self, invoice: &str) -> String {
        text(&self.test.get(&self.owner, &format!("/invoices/{invoice}")).await.expect(200)["status"])
    }

    async fn count(&self, of: &str) -> String {
        self.test.database().texts(&format!("select count(*)::text from {of}")).await.pop().unwrap()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is a text")).to_owned()
}

/// A camt.053 statement of credits: amount, payer, structured reference, bank's reference.
fn camt(credits: &[(&str, &str, &str, &str)]) -> String {
    let entry = |(amount, name, reference, own): &(&str, &str, &str, &str)| {
        format!(
            "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
             <BookgDt><Dt>2026-03-01</Dt></BookgDt><AcctSvcrRef>{own}</AcctSvcrRef><NtryDtls><TxDtls>
             <RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr></RltdPties>
             <RmtInf><Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>"
        )
    };
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt>
         <Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>{}</Stmt></BkToCstmrStmt></Document>",
        credits.iter().map(entry).collect::<String>()
    )
}

#[actix_web::test]
async fn clients_learn_how_to_transfer() {
    let desk = Desk::open().await;
    let bill = desk.bill("one", "120.00", "EUR").await;
    let path = format!("/portal/bank-transfer?invoices={bill}");
    let told = desk.test.get(&desk.contact, &path).await.expect(200);
    assert_eq!(told["iban_printed"], "DE89 3704 0044 0532 0130 00");
    assert_eq!((&told["holder"], &told["bic"]), (&json!("Holm & Søn"), &json!("COBADEFFXXX")));
    assert_eq!(told["amount"], json!({ "amount": 12_000, "currency": "EUR" }));
    let reference = text(&told["reference"]);
    assert!(reference.starts_with("RF") && reference.ends_with("R1"), "{reference}");
    assert_eq!(
        told["qr_payload"],
        format!("BCD\n002\n1\nSCT\nCOBADEFFXXX\nHolm & Søn\n{IBAN}\nEUR120\n\n{reference}")
    );
    assert!(text(&told["qr_svg"]).starts_with("<svg "));
    let methods = desk.test.get(&desk.contact, "/portal/payment-methods").await.expect(200);
    assert_eq!((&methods[0]["provider"], &methods[0]["online"]), (&json!("bank_transfer"), &json!(false)));
    assert_eq!(methods.as_array().unwrap().len(), 1);

    // Other currencies have the instructions, and no code.
    let dollars = desk.bill("one", "10.00", "USD").await;
    let told =
        desk.test.get(&desk.contact, &format!("/portal/bank-transfer?invoices={dollars}")).await.expect(200);
    assert_eq!((&told["qr_payload"], &told["qr_svg"]), (&Value::Null, &Value::Null));
    // Nobody else's invoice, none that is paid, and nothing while it is switched off.
    let theirs = desk.bill("two", "10.00", "EUR").await;
    let path_of_theirs = format!("/portal/bank-transfer?invoices={theirs}");
    assert_eq!(desk.test.get(&desk.contact, &path_of_theirs).await.problem(404), "not_found");
    let account = json!({ "holder": "Holm", "iban": IBAN, "enabled": false });
    let owner = desk.owner.clone().header("If-Match", "\"1\"");
    desk.test.put(&owner, "/payment-connections/bank-transfer", &account).await.expect(200);
    assert_eq!(desk.test.get(&desk.contact, &path).await.problem(409), "conflict");
    assert_eq!(desk.test.get(&desk.contact, "/portal/payment-methods").await.expect(200), json!([]));
}

#[actix_web::test]
async fn several_invoices_are_one_transfer() {
    let desk = Desk::open().await;
    let (first, second) = (desk.bill("one", "120.00", "EUR").await, desk.bill("one", "30.00", "EUR").await);
    let ask =
        async |query: &str| desk.test.get(&desk.contact, &format!("/portal/bank-transfer?{query}")).await;
    let told = ask(&format!("invoices={first},{second}")).await.expect(200);
    assert_eq!(told["amount"], json!({ "amount": 15_000, "currency": "EUR" }));
    assert_eq!((&told["reference"], &told["remittance"]), (&Value::Null, &json!("R-1, R-2")));
    assert!(text(&told["qr_payload"]).ends_with("EUR150\n\n\nR-1, R-2"));
    // The numbers lead the money to both.
    desk.rows(&[("150.00", "Client one", "R-1, R-2")]).await;
    let [money] = desk.open_transactions().await.try_into().unwrap();
    let numbers: Vec<&Value> = money["suggestions"][0]["allocations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| &part["number"])
        .collect();
    assert_eq!(numbers, ["R-1", "R-2"]);
    // A part only where the organization takes parts, and never more than is owed.
    assert_eq!(ask(&format!("invoices={first}&amount=5000")).await.problem(422), "amount_not_allowed");
    desk.test
        .database()
        .execute("update organization set partial_payments = true, minimum_partial_minor = 1000")
        .await;
    assert_eq!(ask(&format!("invoices={first}&amount=5000")).await.expect(200)["amount"]["amount"], 5_000);
    for amount in ["999", "12001", "0", "-1"] {
        let refused = ask(&format!("invoices={first}&amount={amount}")).await;
        assert_eq!(refused.problem(422), "amount_not_allowed", "{amount}");
    }
    let dollars = desk.bill("one", "10.00", "USD").await;
    assert_eq!(ask(&format!("invoices={first},{dollars}")).await.problem(422), "amount_not_allowed");
    for nothing in ["", "invoices=", "invoices=x", &format!("invoices={first}&amount=x")] {
        assert_eq!(ask(nothing).await.problem(400), "malformed_parameter", "{nothing}");
    }
}

#[actix_web::test]
async fn mistyped_accounts_are_refused() {
    let desk = Desk::open().await;
    let stranger = desk.test.staff_of(GLOBEX, "owner").await;
    for (body, pointer) in [
        (json!({ "holder": "A", "iban": "DE89370400440532013001", "enabled": true }), "/iban"),
        (json!({ "holder": "A", "iban": IBAN, "bic": "X", "enabled": true }), "/bic"),
        (json!({ "holder": "", "iban": IBAN, "enabled": true }), "/holder"),
    ] {
        let refused = desk.test.put(&stranger, "/payment-connections/bank-transfer", &body).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    let id = text(&desk.test.get(&desk.owner, "/payment-connections").await.expect(200)[0]["id"]);
    let checked = desk.test.post(&desk.owner, &format!("/payment-connections/{id}/check"), &json!({})).await;
    assert_eq!(checked.problem(409), "conflict");
    // It is no page to be sent to.
    let bill = desk.bill("one", "10.00", "EUR").await;
    let start = json!({ "invoices": [{ "invoice_id": bill, "version": 2 }], "connection_id": id });
    let refused = desk.test.post(&desk.contact, "/portal/payments", &start).await.expect(422);
    assert_eq!(refused["errors"][0]["pointer"], "/connection_id");
}

#[actix_web::test]
async fn a_reference_leads_the_money_home() {
    let desk = Desk::open().await;
    let bill = desk.bill("one", "120.00", "EUR").await;
    let told =
        desk.test.get(&desk.contact, &format!("/portal/bank-transfer?invoices={bill}")).await.expect(200);
    let statement = camt(&[("120.00", "Somebody", &text(&told["reference"]), "T1")]);
    let report = desk.upload(&statement).await.expect(201);
    assert_eq!(
        (&report["format"], &report["added"], &report["accounts"]),
        (&json!("camt053"), &json!(1), &json!([IBAN]))
    );
    let [money] = desk.open_transactions().await.try_into().unwrap();
    let suggestion = &money["suggestions"][0];
    assert_eq!(suggestion["confidence"], "high");
    assert_eq!(suggestion["reasons"], json!(["reference", "amount"]));
    assert_eq!(suggestion["allocations"][0]["invoice_id"], bill);
    // What is suggested is what is confirmed.
    let matched = desk.pair(&money, &[(&bill, 12_000)]).await.expect(200);
    assert_eq!((&matched["state"], &matched["suggestions"]), (&json!("matched"), &json!([])));
    assert_eq!(desk.status(&bill).await, "paid");
    let payment = format!("/payments/{}", text(&matched["payment_id"]));
    let payment = desk.test.get(&desk.owner, &payment).await.expect(200);
    assert_eq!((&payment["method"], &payment["provider"]), (&json!("bank_transfer"), &json!("manual")));
    assert_eq!((&payment["received_on"], &payment["reference"]), (&json!("2026-03-01"), &told["reference"]));
    assert_eq!(desk.count("event where kind = 'bank.transaction_matched'").await, "1");
    assert_eq!(desk.count("mail where subject like 'Receipt%'").await, "1");
    desk.test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn the_same_money_comes_once() {
    let desk = Desk::open().await;
    let twins = [("10.00", "Ana", "x"), ("10.00", "Ana", "x"), ("-5.00", "Rent", "y")];
    let first = desk.rows(&twins).await;
    assert_eq!(
        (&first["added"], &first["duplicates"], &first["outgoing"]),
        (&json!(2), &json!(0), &json!(1))
    );
    let again = desk.rows(&twins).await;
    assert_eq!((&again["added"], &again["duplicates"]), (&json!(0), &json!(2)));
    let longer = desk.rows(&[("7.00", "Ben", "z"), twins[0], twins[1], twins[0]]).await;
    assert_eq!((&longer["added"], &longer["duplicates"]), (&json!(2), &json!(2)));
    // A bank that uses one reference for two days means two things.
    let march = camt(&[("1.00", "A", "", "SAME")]);
    desk.upload(&march).await.expect(201);
    let april = desk.upload(&march.replace("2026-03-01", "2026-04-01")).await.expect(201);
    assert_eq!(april["added"], 1);
    let answers = join_all((0..8).map(|_| desk.upload(&march))).await;
    assert!(answers.into_iter().all(|answer| answer.expect(201)["added"] == 0));
    assert_eq!(desk.count("bank_transaction").await, "6");
}

#[actix_web::test]
async fn money_becomes_one_payment_whoever_confirms_it() {
    let desk = Desk::open().await;
    let bill = desk.bill("one", "120.00", "EUR").await;
    desk.rows(&[("120.00", "Client one", "R-1")]).await;
    let [money] = desk.open_transactions().await.try_into().unwrap();
    let parts = [(bill.as_str(), 12_000)];
    let answers = join_all((0..10).map(|_| desk.pair(&money, &parts))).await;
    let taken = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((taken, desk.count("payment").await.as_str()), (1, "1"));
    assert!(answers.iter().all(|answer| answer.status == 200 || answer.status == 409));
    let path = format!("/bank-transactions/{}/ignore", text(&money["id"]));
    let late = desk.test.post(&desk.owner, &path, &json!({})).await.expect(409);
    assert_eq!(late["current"]["state"], "matched");
    // A payment is given back, not forgotten.
    let path = format!("/bank-transactions/{}/reopen", text(&money["id"]));
    assert_eq!(desk.test.post(&desk.owner, &path, &json!({})).await.problem(409), "conflict");
    assert_eq!(desk.count("mail where subject like 'Receipt%'").await, "1");
    desk.test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn over_payment_becomes_credit_and_wrong_matches_are_refused() {
    let desk = Desk::open().await;
    let (first, second) = (desk.bill("one", "120.00", "EUR").await, desk.bill("one", "30.00", "EUR").await);
    let (theirs, dollars) = (desk.bill("two", "10.00", "EUR").await, desk.bill("one", "10.00", "USD").await);
    desk.rows(&[("170.00", "Client one", "")]).await;
    let [money] = desk.open_transactions().await.try_into().unwrap();
    let refuse = async |parts: &[(&str, i64)], status: u16, pointer: &str| {
        let refused = desk.pair(&money, parts).await.expect(status);
        assert_eq!(refused["errors"][0]["pointer"], json!(pointer), "{refused}");
    };
    refuse(&[(&first, 12_001)], 422, "/allocations/0/amount").await;
    refuse(&[(&first, 0)], 422, "/allocations/0/amount").await;
    refuse(&[(&first, 1), (&first, 1)], 422, "/allocations").await;
    refuse(&[(&first, 1), (&theirs, 1)], 422, "/allocations/1/invoice_id").await;
    assert_eq!(desk.pair(&money, &[(&dollars, 1)]).await.problem(422), "amount_not_allowed");
    assert_eq!(desk.pair(&money, &[]).await.problem(422), "validation");
    let nowhere = "inv_01h455vb4pex5vsknk084sn02q";
    assert_eq!(desk.pair(&money, &[(nowhere, 1)]).await.problem(404), "not_found");
    assert_eq!(desk.count("payment").await, "0");

    desk.pair(&money, &[(&first, 12_000), (&second, 3_000)]).await.expect(200);
    assert_eq!(
        (desk.status(&first).await, desk.status(&second).await),
        ("paid".to_owned(), "paid".to_owned())
    );
    let credit = "client_balance where currency = 'EUR' and credit_minor = 2000";
    assert_eq!(desk.count(credit).await, "1");
    desk.rows(&[("10.00", "Ana", "R-1")]).await;
    let [late] = desk.open_transactions().await.try_into().unwrap();
    assert_eq!(desk.pair(&late, &[(&first, 1_000)]).await.problem(409), "invoice_not_payable");
    desk.test.expect_the_ledger_to_agree().await;
}

#[actix_web::test]
async fn reversals_and_presents_are_ignored_by_hand() {
    let desk = Desk::open().await;
    let bill = desk.bill("one", "120.00", "EUR").await;
    let back = camt(&[("120.00", "A", "", "B1")])
        .replace("CRDT", "DBIT")
        .replace("<Sts>", "<RvslInd>true</RvslInd><Sts>");
    assert_eq!(desk.upload(&back).await.expect(201)["added"], 1);
    let [money] = desk.open_transactions().await.try_into().unwrap();
    assert_eq!((&money["reversal"], &money["amount"]["amount"]), (&json!(true), &json!(-12_000)));
    assert_eq!(money["suggestions"], json!([]));
    assert_eq!(desk.pair(&money, &[(&bill, 12_000)]).await.problem(409), "conflict");
    let path = format!("/bank-transactions/{}/ignore", text(&money["id"]));
    let ignored = desk.test.post(&desk.owner, &path, &json!({})).await.expect(200);
    assert_eq!(ignored["state"], "ignored");
    assert_eq!(desk.open_transactions().await.len(), 0);
    let page = desk.test.get(&desk.owner, "/bank-transactions?state=ignored").await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    // Taken back, as often as somebody likes.
    let path = format!("/bank-transactions/{}/reopen", text(&money["id"]));
    for _ in 0..2 {
        let reopened = desk.test.post(&desk.owner, &path, &json!({})).await.expect(200);
        assert_eq!(reopened["state"], "open");
    }
    assert_eq!(desk.count("event where kind = 'bank.transaction_reopened'").await, "1");
    // A technician sees no money.
    let technician = desk.test.staff("technician").await;
    assert_eq!(desk.test.get(&technician, "/bank-transactions").await.problem(403), "forbidden");
}

#[actix_web::test]
async fn files_that_are_no_statements_are_refused() {
    let desk = Desk::open().await;
    for (content, pointer, code) in [
        ("", "/content", "empty_file"),
        ("<html>", "/content", "not_a_statement"),
        ("PK\u{3}\u{4}\0", "/content", "not_a_text"),
        ("Name;Text\nA;B\n", "/mapping", "invalid_mapping"),
    ] {
        let refused = desk.upload(content).await.expect(422);
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!(pointer), &json!(code))
        );
    }
    // The columns are told, so that a page can ask what they mean.
    let refused = desk.upload("Name;Text;Datum\nA;B;C\n").await.expect(422);
    assert_eq!(
        refused["current"],
        json!({ "headings": ["Name", "Text", "Datum"], "mapping": { "Name": "name", "Text": "remittance", "Datum": "booked_on" } })
    );
    let body = json!({ "name": "x", "content": "%%%" });
    let refused = desk.test.post(&desk.owner, "/bank-statements", &body).await.expect(422);
    assert_eq!(refused["errors"][0]["code"], "invalid_base64");
    // A table doesn't say whose account it is.
    let stranger = desk.test.staff_of(GLOBEX, "owner").await;
    let table = json!({ "name": "x", "content": STANDARD.encode("Date;Amount\n2026-03-01;1,00\n") });
    let refused = desk.test.post(&stranger, "/bank-statements", &table).await.expect(422);
    assert_eq!(refused["errors"][0]["pointer"], "/iban");
    // With columns named by hand.
    let odd = json!({
        "name": "x", "content": STANDARD.encode("A;B\n2026-03-01;1,00\n2026-03-02;x\n"), "iban": IBAN,
        "mapping": { "A": "booked_on", "B": "amount" },
    });
    let report = desk.test.post(&stranger, "/bank-statements", &odd).await.expect(201);
    assert_eq!((&report["added"], &report["refused"][0]["line"]), (&json!(1), &json!(3)));
    assert_eq!(desk.count("bank_statement").await, "1");
}
