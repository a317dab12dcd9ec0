//! Statements of banks, in the versions and habits that are about.

#![expect(clippy::unwrap_used, reason = "a failed `unwrap` is a failed test")]

use integrations::bank::camt053::{ReadError, is_xml, read};
use integrations::bank::{Entry, Statement};

/// A statement of version 2 around its entries.
fn v2(entries: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
        <GrpHdr><MsgId>1</MsgId><CreDtTm>2026-03-02T06:00:00</CreDtTm></GrpHdr>
        <Stmt><Id>S1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>{entries}</Stmt>
        </BkToCstmrStmt></Document>"#
    )
}

fn entries(file: &str) -> Vec<Entry> {
    let Statement { entries, refused, .. } = read(file.as_bytes()).unwrap();
    assert_eq!(refused, []);
    entries
}

#[test]
fn a_credit_of_version_2() {
    let file = v2(r#"<Ntry><Amt Ccy="EUR">1190.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
        <BookgDt><Dt>2026-03-01</Dt></BookgDt><ValDt><Dt>2026-03-02</Dt></ValDt><AcctSvcrRef>2026030112345</AcctSvcrRef>
        <NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
        <AmtDtls><TxAmt><Amt Ccy="EUR">1190.00</Amt></TxAmt></AmtDtls>
        <RltdPties><Dbtr><Nm>Köhler &amp; Söhne</Nm></Dbtr><DbtrAcct><Id><IBAN>DE71110220330123456789</IBAN></Id></DbtrAcct>
        <Cdtr><Nm>Holm</Nm></Cdtr></RltdPties>
        <RmtInf><Ustrd>Rechnung 2026-0042</Ustrd><Ustrd>vielen
           Dank</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"#);
    let [entry] = entries(&file).try_into().unwrap();
    assert_eq!(entry.account, "DE89370400440532013000");
    assert_eq!(entry.reference.as_deref(), Some("2026030112345"));
    assert_eq!(entry.booked_on.to_string(), "2026-03-01");
    assert_eq!(entry.amount.to_string(), "1190.00 EUR");
    assert_eq!(entry.counterparty_name, "Köhler & Söhne");
    assert_eq!(entry.counterparty_iban.as_deref(), Some("DE71110220330123456789"));
    assert_eq!(entry.remittance, "Rechnung 2026-0042 vielen Dank");
    assert_eq!((entry.creditor_reference, entry.reversal), (None, false));
}

#[test]
fn a_credit_of_version_8_with_prefixes_and_a_structured_reference() {
    let file = r#"<c:Document xmlns:c="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><c:BkToCstmrStmt><c:Stmt>
        <c:Acct><c:Id><c:Othr><c:Id>4711</c:Id></c:Othr></c:Id></c:Acct>
        <c:Ntry><c:Amt Ccy="EUR">12.30</c:Amt><c:CdtDbtInd>CRDT</c:CdtDbtInd><c:Sts><c:Cd>BOOK</c:Cd></c:Sts>
        <c:BookgDt><c:DtTm>2026-03-01T23:59:00+01:00</c:DtTm></c:BookgDt>
        <c:NtryDtls><c:TxDtls><c:Refs><c:AcctSvcrRef>T1</c:AcctSvcrRef></c:Refs><c:Amt Ccy="EUR">12.30</c:Amt>
        <c:RltdPties><c:Dbtr><c:Pty><c:Nm>Ana</c:Nm></c:Pty></c:Dbtr></c:RltdPties>
        <c:RmtInf><c:Strd><c:CdtrRefInf><c:Tp><c:CdOrPrtry><c:Cd>SCOR</c:Cd></c:CdOrPrtry></c:Tp>
        <c:Ref>RF18539007547034</c:Ref></c:CdtrRefInf></c:Strd></c:RmtInf></c:TxDtls></c:NtryDtls></c:Ntry>
        </c:Stmt></c:BkToCstmrStmt></c:Document>"#;
    let [entry] = entries(file).try_into().unwrap();
    assert_eq!((entry.account.as_str(), entry.reference.as_deref()), ("4711", Some("T1")));
    assert_eq!(entry.counterparty_name, "Ana");
    assert_eq!(entry.creditor_reference.as_deref(), Some("RF18539007547034"));
    assert_eq!(entry.booked_on.to_string(), "2026-03-01");
}

fn batch(amounts: [&str; 2]) -> String {
    let detail = |amount: &str, name: &str| {
        format!(
            "<TxDtls><Refs><AcctSvcrRef>B</AcctSvcrRef></Refs>{amount}<RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties>
             <RmtInf><Ustrd>for {name}</Ustrd></RmtInf></TxDtls>"
        )
    };
    v2(&format!(
        r#"<Ntry><Amt Ccy="EUR">150.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-01</Dt></BookgDt>
        <AcctSvcrRef>B</AcctSvcrRef><NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>{}{}</NtryDtls></Ntry>"#,
        detail(amounts[0], "Ana"),
        detail(amounts[1], "Ben"),
    ))
}

#[test]
fn a_batch_is_its_details() {
    let old = |amount: &str| format!(r#"<AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls>"#);
    let new = |amount: &str| format!(r#"<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>"#);
    for write in [&old as &dyn Fn(&str) -> String, &new] {
        let [ana, ben] = entries(&batch([&write("100.00"), &write("50.00")])).try_into().unwrap();
        assert_eq!((ana.counterparty_name.as_str(), ana.amount.minor()), ("Ana", 10_000));
        assert_eq!((ben.counterparty_name.as_str(), ben.amount.minor()), ("Ben", 5_000));
        assert_eq!((ana.reference.as_deref(), ben.reference.as_deref()), (Some("B/B/1"), Some("B/B/2")));
        assert_eq!(ben.remittance, "for Ben");
    }
    // Details that don't add up, or have no amounts: one sum, with everything that was written.
    for amounts in [[new("100.00"), new("60.00")], [String::new(), String::new()]] {
        let [sum] = entries(&batch([&amounts[0], &amounts[1]])).try_into().unwrap();
        assert_eq!((sum.amount.minor(), sum.reference.as_deref()), (15_000, Some("B")));
        assert_eq!(sum.remittance, "for Ana for Ben");
    }
}

#[test]
fn debits_reversals_and_returns() {
    let entry = |extra: &str, detail: &str| {
        v2(&format!(
            r#"<Ntry><Amt Ccy="EUR">5</Amt><CdtDbtInd>DBIT</CdtDbtInd>{extra}<Sts>BOOK</Sts><BookgDt><Dt>2026-03-01</Dt></BookgDt>
            <NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Us</Nm></Dbtr><Cdtr><Nm>Them</Nm></Cdtr></RltdPties>{detail}</TxDtls></NtryDtls>
            <AddtlNtryInf>FEE</AddtlNtryInf></Ntry>"#
        ))
    };
    let [plain] = entries(&entry("", "")).try_into().unwrap();
    assert_eq!((plain.amount.minor(), plain.reversal), (-500, false));
    assert_eq!((plain.counterparty_name.as_str(), plain.remittance.as_str()), ("Them", "FEE"));
    let [reversed] = entries(&entry("<RvslInd>true</RvslInd>", "")).try_into().unwrap();
    assert!(reversed.reversal);
    let [returned] = entries(&entry("", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>")).try_into().unwrap();
    assert!(returned.reversal);
}

#[test]
fn what_is_not_booked_waits_and_what_is_wrong_is_told() {
    let entry = |amount: &str, currency: &str, direction: &str, status: &str, date: &str| {
        format!(
            r#"<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts>{status}</Sts>{date}</Ntry>"#
        )
    };
    let day = "<BookgDt><Dt>2026-03-01</Dt></BookgDt>";
    let file = v2(&[
        entry("1", "EUR", "CRDT", "PDNG", day),
        entry("1.005", "EUR", "CRDT", "BOOK", day),
        entry("1", "EURO", "CRDT", "BOOK", day),
        entry("1", "EUR", "UP", "BOOK", day),
        entry("1", "EUR", "CRDT", "BOOK", ""),
        entry("-1", "EUR", "CRDT", "BOOK", day),
        entry("79228162514264337593543950335", "EUR", "CRDT", "BOOK", day),
        entry("5000", "JPY", "CRDT", "BOOK", day),
    ]
    .concat());
    let statement = read(file.as_bytes()).unwrap();
    let codes: Vec<_> = statement.refused.iter().map(|refused| (refused.place, refused.code)).collect();
    assert_eq!(
        codes,
        [(2, "amount"), (3, "currency"), (4, "direction"), (5, "no_date"), (6, "amount"), (7, "amount")]
    );
    assert_eq!((statement.pending, statement.entries.len()), (1, 1));
    assert_eq!(statement.entries[0].amount.to_string(), "5000 JPY");
}

#[test]
fn encodings() {
    let file = v2(r#"<Ntry><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
        <BookgDt><Dt>2026-03-01</Dt></BookgDt><AddtlNtryInf>Köhler</AddtlNtryInf></Ntry>"#);
    let latin = file.replace("UTF-8", "ISO-8859-1");
    let latin: Vec<u8> = latin.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(file.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let marked = [b"\xef\xbb\xbf", file.as_bytes()].concat();
    for bytes in [latin, utf16, marked] {
        assert!(is_xml(&bytes));
        assert_eq!(read(&bytes).unwrap().entries[0].remittance, "Köhler");
    }
    assert!(!is_xml(b"Date;Amount\n") && !is_xml(b""));
}

#[test]
fn what_is_no_statement_is_refused() {
    let refused = |text: &str| read(text.as_bytes()).unwrap_err();
    for text in ["", "<", "<a>", "<a></b>", "<a>&undefined;</a>"] {
        assert!(matches!(refused(text), ReadError::Xml(_)), "{text}");
    }
    assert_eq!(
        refused("<Document><BkToCstmrDbtCdtNtfctn/></Document>").to_string(),
        "is not a camt.053 statement, but BkToCstmrDbtCdtNtfctn"
    );
    assert!(matches!(refused("<html/>"), ReadError::NotAStatement(_)));
    // Entities that grow, and files from elsewhere.
    let bomb = r#"<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]><Document>&c;</Document>"#;
    assert!(matches!(refused(bomb), ReadError::Xml(_)));
    let outside = r#"<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Document>&b;</Document>"#;
    assert!(matches!(refused(outside), ReadError::Xml(_)));
    // Deep enough to exhaust a stack, if anything recursed.
    let deep = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    assert!(read(deep.as_bytes()).is_err());
    assert_eq!(read(v2("").as_bytes()), Ok(Statement::default()));
}
