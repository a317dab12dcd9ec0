use domain::bank::{BankStatementId, BankTransactionId};
use domain::ids::Id;
use domain::invoices::InvoiceId;
use uuid::Uuid;

use super::*;

fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn client(number: u128) -> ClientId {
    ClientId::from_uuid(Uuid::from_u128(number))
}

/// An invoice of client `of`, due in the order of its place.
fn invoice(place: u128, number: &str, of: u128, name: &str, minor: i64) -> Candidate {
    Candidate {
        id: InvoiceId::from_uuid(Uuid::from_u128(100 + place)),
        number: number.to_owned(),
        due_on: "2026-03-01".parse().unwrap(),
        client_id: client(of),
        client_name: name.parse().unwrap(),
        balance: euros(minor),
    }
}

fn money(minor: i64, name: &str, text: &str) -> BankTransaction {
    BankTransaction {
        id: BankTransactionId::from_uuid(Uuid::nil()),
        statement_id: BankStatementId::from_uuid(Uuid::nil()),
        account: String::new(),
        booked_on: "2026-03-05".parse().unwrap(),
        amount: euros(minor),
        reversal: false,
        counterparty_name: name.to_owned(),
        counterparty_iban: None,
        creditor_reference: None,
        remittance: text.to_owned(),
        state: BankTransactionState::Open,
        payment_id: None,
        suggestions: Vec::new(),
    }
}

fn books() -> Matcher {
    let invoices = vec![
        invoice(1, "2026-0042", 1, "Köhler & Söhne GmbH", 119_000),
        invoice(2, "2026-0043", 1, "Köhler & Söhne GmbH", 5_000),
        invoice(3, "2026-0044", 1, "Köhler & Söhne GmbH", 2_500),
        invoice(4, "2026-0050", 2, "Ana Silva", 119_000),
        invoice(5, "7", 3, "Bo", 900),
    ];
    Matcher::new(invoices, vec![("PT50".to_owned(), client(2))])
}

/// Each suggestion in one line.
fn lines(money: &BankTransaction) -> Vec<String> {
    let line = |it: &MatchSuggestion| {
        let parts: Vec<String> =
            it.allocations.iter().map(|part| format!("{}:{}", part.number, part.amount.minor())).collect();
        format!("{:?} {} +{} {:?}", it.confidence, parts.join(" "), it.credit.minor(), it.reasons)
    };
    books().suggest(money).iter().map(line).collect()
}

#[test]
fn a_reference_and_the_amount_are_believed() {
    let reference = CreditorReference::of_invoice("2026-0042", books().candidates[0].id);
    let structured = BankTransaction {
        creditor_reference: Some(reference.as_str().to_owned()),
        ..money(119_000, "X", "")
    };
    assert_eq!(lines(&structured)[0], "High 2026-0042:119000 +0 [Reference, Amount]");
    // Printed in groups, in the text, between other words; of two that ask for as much, it is the named one.
    let written = money(119_000, "", &format!("SVWZ+{} danke", reference.to_string().to_lowercase()));
    assert_eq!(lines(&written)[0], "High 2026-0042:119000 +0 [Reference, Amount]");
    // One character wrong is no reference, and names nothing.
    let broken = money(119_000, "", &reference.as_str().replace("0042", "0043"));
    assert!(lines(&broken).iter().all(|line| line.starts_with("Low ") && !line.contains("Reference")));
}

#[test]
fn a_number_in_the_text() {
    for text in ["Rechnung 2026-0042", "re.20260042!", "RG 2026/0042 vom 1.3.", "2026 0042"] {
        assert_eq!(
            lines(&money(119_000, "", text))[0],
            "High 2026-0042:119000 +0 [Number, Amount]",
            "{text}"
        );
    }
    assert_eq!(
        lines(&money(100_000, "Koehler", "2026-0042"))[0],
        "Medium 2026-0042:100000 +0 [Number, Partial]"
    );
    assert_eq!(lines(&money(6_000, "", "2026-0043"))[0], "Medium 2026-0043:5000 +1000 [Number, OverPayment]");
    // A part of a longer number is another number.
    assert!(lines(&money(119_000, "", "12026-00421")).iter().all(|line| !line.contains("Number")));
    // A number that short stands everywhere: the amount has to fit, and even then it isn't sure.
    assert_eq!(lines(&money(900, "", "house 7"))[0], "Medium 7:900 +0 [Number, Amount]");
    assert_eq!(lines(&money(800, "", "house 7"))[0], "Low 7:800 +0 [Number, Partial]");
}

#[test]
fn several_invoices_at_once() {
    assert_eq!(
        lines(&money(124_000, "", "2026-0042 und 2026-0043"))[0],
        "High 2026-0042:119000 2026-0043:5000 +0 [Number, Sum]"
    );
    // Named, but the amount is that of one of them.
    let one = lines(&money(5_000, "", "2026-0042, 2026-0043"));
    assert_eq!(one[0], "High 2026-0043:5000 +0 [Number, Amount]");
    // Not named: the client's invoices that make the sum.
    let by_name = lines(&money(7_500, "KOHLER UND SOHNE", ""));
    assert!(by_name.is_empty(), "another name: {by_name:?}");
    let by_name = lines(&money(7_500, "Söhne, Köhler", ""));
    assert_eq!(by_name[0], "Medium 2026-0043:5000 2026-0044:2500 +0 [Sum, Name]");
    let all = lines(&money(126_500, "Köhler & Söhne", ""));
    assert_eq!(all[0], "Medium 2026-0042:119000 2026-0043:5000 2026-0044:2500 +0 [Sum, Name]");
}

#[test]
fn an_amount_alone_is_a_guess_that_the_payer_s_name_or_account_makes_likelier() {
    let stranger = lines(&money(119_000, "Somebody", "hello"));
    assert_eq!(stranger.len(), 2);
    assert!(stranger.iter().all(|line| line.starts_with("Low ") && line.ends_with("[Amount]")));
    assert_eq!(lines(&money(119_000, "SILVA ANA", ""))[0], "Medium 2026-0050:119000 +0 [Amount, Name]");
    let known = BankTransaction { counterparty_iban: Some("PT50".to_owned()), ..money(119_000, "", "") };
    assert_eq!(lines(&known)[0], "Medium 2026-0050:119000 +0 [Amount, KnownAccount]");
    let other = BankTransaction { amount: euros(1), ..known };
    assert_eq!(lines(&other)[0], "Low 2026-0050:1 +0 [Partial, KnownAccount]");
}

#[test]
fn nothing_is_suggested_for_what_fits_nothing() {
    assert_eq!(lines(&money(31_337, "Somebody", "a present")), Vec::<String>::new());
    let dollars =
        BankTransaction { amount: Money::new(119_000, Currency::USD), ..money(1, "Ana Silva", "2026-0050") };
    assert_eq!(lines(&dollars), Vec::<String>::new());
}
