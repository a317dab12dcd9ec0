use futures_util::future::join_all;

use super::*;

fn eur(minor: i64) -> Value {
    json!({ "amount": minor, "currency": "EUR" })
}

async fn draft(till: &Till, bill: &Bill, minor: Option<i64>) -> Answer {
    let owner = till.test.staff("owner").await;
    let body = json!({ "amount": minor.map(eur), "reason": "Came broken" });
    till.test.post(&owner, &format!("/invoices/{}/credit-notes", bill.id), &body).await
}

async fn issue(till: &Till, note: &Value, body: &Value) -> Answer {
    let owner = till.test.staff("owner").await.header("If-Match", note["version"].to_string());
    till.test.post(&owner, &format!("/credit-notes/{}/issue", text(&note["id"])), body).await
}

async fn pay(till: &Till, bill: &Bill, minor: i64) {
    let owner = till.test.staff("owner").await;
    let body = json!({
        "invoice_id": bill.id, "amount": eur(minor), "method": "cash", "received_on": "2026-03-02", "send_receipt": false,
    });
    till.test.post(&owner, "/payments", &body).await.expect(201);
}

#[actix_web::test]
async fn an_open_invoice_asks_for_less() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let note = draft(&till, &bill, Some(2500)).await.expect(201);
    assert_eq!((&note["status"], &note["number"]), (&json!("draft"), &json!(null)));
    assert_eq!(till.balance("EUR").await, "10000 0", "a draft changes nothing");
    let id = text(&note["id"]);
    assert_eq!(
        till.test.get(&till.contact, &format!("/portal/credit-notes/{id}")).await.problem(404),
        "not_found"
    );
    let issued = issue(&till, &note, &json!({})).await.expect(200);
    assert_eq!((&issued["number"], &issued["issued_on"]), (&json!("CN-1"), &json!("2026-03-02")));
    assert_eq!(till.stand(&bill).await, "sent 0");
    assert_eq!(till.balance("EUR").await, "7500 0");
    let mine = till.test.get(&till.contact, &format!("/portal/credit-notes/{id}")).await.expect(200);
    assert_eq!(mine["totals"]["gross"], eur(2500));
    let list = till.test.get(&till.contact, "/portal/credit-notes").await.expect(200);
    assert_eq!(list["items"][0]["number"], "CN-1");
    let invoice = till.test.get(&till.contact, &format!("/portal/invoices/{}", bill.id)).await.expect(200);
    assert_eq!((&invoice["credited"], &invoice["balance"]), (&eur(2500), &eur(7500)));
    let mail = till.ask("select subject || ' ' || body_text from mail").await;
    for part in [
        "Credit note CN-1",
        "25.00\u{a0}EUR of invoice R-1",
        "75.00\u{a0}EUR of the invoice is left",
        "/acme/i/",
    ] {
        assert!(mail.contains(part), "{part} in {mail}");
    }
    // What is left can be paid, and no more credited than is left.
    assert_eq!(draft(&till, &bill, Some(7501)).await.problem(409), "more_than_left");
    let owner = till.test.staff("owner").await;
    let void = format!("/invoices/{}/void", bill.id);
    let refused = till.test.post(&owner, &void, &json!({ "reason": "A mistake" })).await.expect(409);
    assert!(text(&refused["detail"]).contains("issue a credit note"), "{refused}");
    pay(&till, &bill, 7500).await;
    assert_eq!(till.stand(&bill).await, "paid 7500");
    assert_eq!(till.balance("EUR").await, "0 0");
    till.check_books().await;
}

#[actix_web::test]
async fn what_was_paid_becomes_credit_or_goes_back() {
    let till = Till::stripe().await;
    let (one, two) = (till.bill(10_000, "EUR").await, till.bill(8000, "EUR").await);
    pay(&till, &one, 10_000).await;
    let note = draft(&till, &one, Some(4000)).await.expect(201);
    issue(&till, &note, &json!({})).await.expect(200);
    assert_eq!(till.stand(&one).await, "paid 6000");
    assert_eq!(till.balance("EUR").await, "8000 4000");
    let credit = till.test.get(&till.contact, "/portal/credit").await.expect(200);
    assert_eq!(
        (&credit["sources"][0]["origin"], &credit["sources"][0]["number"]),
        (&json!("credit_note"), &json!("CN-1"))
    );
    till.check_books().await;
    // By card it goes back by the provider.
    let (_, session) = till.open(&two).await;
    till.tell(&till.stripe.pay(&session)).await;
    let note = draft(&till, &two, None).await.expect(201);
    issue(&till, &note, &json!({ "freed": "refund" })).await.expect(200);
    assert_eq!(till.ask("select state from refund").await, "pending");
    till.test.app.clock.advance(TimeDelta::minutes(2));
    till.test.work().await;
    assert_eq!(till.stripe.refunds().len(), 1);
    assert_eq!(till.stand(&two).await, "paid 0");
    assert_eq!(till.balance("EUR").await, "0 4000");
    assert_eq!(till.events("credit_note.issued").await, 2);
    till.check_books().await;
}

#[actix_web::test]
async fn notes_of_an_invoice_stay_within_it() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    let mut notes = Vec::new();
    for _ in 0..3 {
        notes.push(draft(&till, &bill, Some(4000)).await.expect(201));
    }
    let body = json!({ "send": false });
    let answers = join_all(notes.iter().map(|note| issue(&till, note, &body))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 409]);
    assert_eq!(
        till.ask("select string_agg(number, ' ' order by number) from credit_note").await,
        "CN-1 CN-2"
    );
    // The one that is left is written anew, and takes the rest.
    let left = notes.iter().zip(&answers).find(|(_, answer)| answer.status == 409).unwrap().0;
    let owner = till.test.staff("owner").await.header("If-Match", "\"1\"");
    let path = format!("/credit-notes/{}", text(&left["id"]));
    let note = till.test.put(&owner, &path, &json!({ "reason": "All of it" })).await.expect(200);
    assert_eq!(note["totals"]["gross"], eur(2000));
    assert_eq!(issue(&till, left, &body).await.problem(412), "version_mismatch");
    issue(&till, &note, &body).await.expect(200);
    assert_eq!(till.stand(&bill).await, "paid 0");
    assert_eq!(till.events("invoice.paid").await, 0, "nobody paid");
    assert_eq!(till.test.delete(&owner, &path).await.problem(409), "conflict");
    assert_eq!(draft(&till, &bill, None).await.problem(409), "more_than_left");
    till.check_books().await;
}

#[actix_web::test]
async fn lines_are_taken_back_as_they_were_written() {
    let till = Till::stripe().await;
    let owner = till.test.staff("owner").await;
    let invoice = json!({
        "client_id": till.test.acme().clients["one"], "currency": "EUR",
        "lines": [
            { "description": "Work", "quantity": "12", "unit_price": "95.00", "taxes": [{ "name": "GST", "rate": "5" }, { "name": "QST", "rate": "9.975" }] },
            { "description": "Parts", "quantity": "1", "unit_price": "10.00" },
        ],
    });
    let invoice = till.test.post(&owner, "/invoices", &invoice).await.expect(201);
    let path = format!("/invoices/{}", text(&invoice["id"]));
    let body = json!({ "lines": [{ "line_id": invoice["lines"][0]["id"] }], "reason": "Not done" });
    assert_eq!(till.test.post(&owner, &format!("{path}/credit-notes"), &body).await.problem(409), "conflict");
    let issuer = owner.clone().header("If-Match", "\"1\"");
    till.test.post(&issuer, &format!("{path}/send"), &json!({ "contact_ids": [] })).await.expect(200);
    let note = till.test.post(&owner, &format!("{path}/credit-notes"), &body).await.expect(201);
    assert_eq!(note["totals"]["gross"], eur(131_072));
    assert_eq!(note["totals"]["taxes"][1]["amount"], eur(11_372));
    assert_eq!(note["lines"][0]["quantity"], "12");
    for (field, value, code) in [
        ("lines", json!([{ "line_id": invoice["lines"][0]["id"], "quantity": "13" }]), "/lines/0/quantity"),
        ("lines", json!([{ "line_id": "lin_01h455vb4pex5vsknk084sn02q" }]), "/lines/0/line_id"),
    ] {
        let mut wrong = body.clone();
        wrong[field] = value;
        let refused = till.test.post(&owner, &format!("{path}/credit-notes"), &wrong).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], code);
    }
    issue(&till, &note, &json!({ "send": false })).await.expect(200);
    assert_eq!(till.balance("EUR").await, "1000 0");
    till.check_books().await;
}

#[actix_web::test]
async fn what_is_given_up_is_owed_again_when_money_comes() {
    let till = Till::stripe().await;
    let bill = till.bill(10_000, "EUR").await;
    pay(&till, &bill, 4000).await;
    let (_, session) = till.open(&bill).await;
    let owner = till.test.staff("owner").await;
    let path = format!("/invoices/{}/write-off", bill.id);
    let body = json!({ "reason": "Bankrupt" });
    let advisor = till.test.staff("advisor").await;
    assert_eq!(till.test.post(&advisor, &path, &body).await.problem(403), "forbidden");
    let written = till.test.post(&owner, &path, &body).await.expect(200);
    assert_eq!((&written["status"], &written["written_off"]), (&json!("written_off"), &eur(6000)));
    assert_eq!(written["balance"], eur(0));
    assert_eq!(till.balance("EUR").await, "0 0");
    assert_eq!(till.test.post(&owner, &path, &body).await.problem(409), "conflict");
    till.test.work().await;
    assert_eq!(till.stripe.object(&session)["status"], "expired");
    let list = till.test.get(&owner, "/invoices?view=written_off").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    till.check_books().await;
    // Some comes after all, and a little more than was given up.
    pay(&till, &bill, 2500).await;
    assert_eq!(till.stand(&bill).await, "written_off 6500");
    pay(&till, &bill, 4000).await;
    assert_eq!(till.stand(&bill).await, "paid 10000");
    assert_eq!(till.balance("EUR").await, "0 500");
    assert_eq!(till.events("invoice.write_off_undone").await, 2);
    assert_eq!(till.test.delete(&owner, &path).await.problem(409), "conflict");
    till.check_books().await;

    let other = till.bill(5000, "EUR").await;
    let path = format!("/invoices/{}/write-off", other.id);
    till.test.post(&owner, &path, &body).await.expect(200);
    let again = till.test.delete(&owner, &path).await.expect(200);
    assert_eq!((&again["status"], &again["balance"]), (&json!("sent"), &eur(5000)));
    // A credit note of what was given up takes the place of giving up.
    till.test.post(&owner, &path, &body).await.expect(200);
    let note = draft(&till, &other, Some(2000)).await.expect(201);
    issue(&till, &note, &json!({ "send": false })).await.expect(200);
    assert_eq!(
        till.ask(&format!("select written_off_minor from invoice where id = '{}'", other.uuid)).await,
        "3000"
    );
    till.check_books().await;
}
