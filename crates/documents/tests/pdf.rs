//! Documents are printed whole, whatever stands on them.

#![expect(clippy::unwrap_used, reason = "a failed `unwrap` is a failed test")]

mod common;

use std::time::{Duration, Instant};

use common::{day, eur, in_instalments, invoice, joinery, kept, letter, line, tax, text_of};
use documents::{
    Ageing, Brand, Entry, Kind, Language, Paper, Party, Preceding, Quote, QuoteLine, Receipt, ReceiptShare,
    Statement, TaxCategory,
};
use domain::totals::PriceMode;
use proptest::prelude::*;

/// A picture of one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xe8\xd2~\x04\0\x02\xda\x01\x98\xae\xef$M\0\0\0\0IEND\xaeB`\x82";

fn archivable(pdf: &[u8]) -> bool {
    pdf.windows(19).any(|window| window == b"<pdfaid:part>3</pdf")
}

fn says(pdf: &[u8], name: &str, wanted: &[&str]) {
    let Some(text) = text_of(name, pdf) else { return };
    for wanted in wanted {
        assert!(text.contains(wanted), "{wanted} is not in {name}:\n{text}");
    }
}

fn receipt(language: Language) -> Receipt {
    Receipt {
        letter: letter(language),
        reference: "pi_3Nq".to_owned(),
        received_on: day("2026-11-12"),
        method: "Visa ···· 4242".to_owned(),
        amount: eur(900_000),
        shares: vec![
            ReceiptShare { number: "H-1240".to_owned(), amount: eur(838_831) },
            ReceiptShare { number: "H-1241".to_owned(), amount: eur(50_000) },
        ],
        credit: eur(11_169),
    }
}

fn statement(language: Language) -> Statement {
    let mut balance = 12_000;
    let entries = (1..=40)
        .map(|at: i64| {
            let amount = if at % 3 == 0 { -40_000 } else { 21_500 };
            balance += amount;
            let description = if at % 3 == 0 {
                "Payment, bank transfer".to_owned()
            } else {
                format!("Invoice H-{}", 1200 + at)
            };
            Entry {
                on: day("2026-01-01") + chrono::Days::new(at.unsigned_abs() * 7),
                description,
                amount: eur(amount),
                balance: eur(balance),
            }
        })
        .collect();
    Statement {
        letter: letter(language),
        from: day("2026-01-01"),
        to: day("2026-12-31"),
        opening: eur(12_000),
        entries,
        closing: eur(balance),
        ageing: Some(Ageing {
            not_due: eur(21_500),
            days_30: eur(21_500),
            days_60: eur(8_500),
            days_90: eur(0),
            older: eur(0),
        }),
    }
}

fn quote(language: Language) -> Quote {
    let printed = joinery(language);
    let offered = |line: &documents::Line, optional| QuoteLine {
        description: line.description.clone(),
        detail: line.detail.clone(),
        quantity: line.quantity,
        unit: line.unit.clone(),
        unit_price: line.unit_price,
        amount: line.amount,
        optional,
    };
    Quote {
        letter: printed.letter.clone(),
        number: "Q-77".to_owned(),
        issued_on: day("2026-09-01"),
        valid_until: Some(day("2026-09-30")),
        reference: String::new(),
        intro: "Dear Ms Clausen,\nthank you for showing us the lobby. This is what we would build."
            .to_owned(),
        currency: printed.currency,
        price_mode: PriceMode::Exclusive,
        sections: vec![
            ("Lobby".to_owned(), printed.lines[..2].iter().map(|line| offered(line, false)).collect()),
            ("Reception".to_owned(), printed.lines[2..].iter().map(|line| offered(line, true)).collect()),
        ],
        totals: printed.totals,
        deposit: Some(eur(250_000)),
        terms: "Delivery six weeks after acceptance. Prices hold until the date above.".to_owned(),
    }
}

#[test]
fn every_document_prints_in_every_language() {
    for language in Language::ALL {
        let tag = language.as_str();
        let printed = joinery(language).pdf().unwrap();
        assert!(archivable(&printed));
        says(&printed, &format!("invoice-{tag}.pdf"), &["H-1240", "Hotel Clausen", "Job 888"]);
        let mut note = joinery(language);
        note.kind = Kind::CreditNote;
        note.preceding = Some(Preceding { number: "H-1199".to_owned(), issued_on: day("2026-08-01") });
        says(&note.pdf().unwrap(), &format!("credit-note-{tag}.pdf"), &["H-1199"]);
        says(&receipt(language).pdf().unwrap(), &format!("receipt-{tag}.pdf"), &["H-1241", "4242"]);
        says(&statement(language).pdf().unwrap(), &format!("statement-{tag}.pdf"), &["H-1201"]);
        says(&quote(language).pdf().unwrap(), &format!("quote-{tag}.pdf"), &["Q-77", "Reception"]);
    }
    let german = joinery(Language::De).pdf().unwrap();
    says(&german, "invoice-de.pdf", &["Rechnung", "18. November 2026", "496,00 €", "Seite 1 von 1", "19 %"]);
    let english = joinery(Language::En).pdf().unwrap();
    says(&english, "invoice-en.pdf", &["Invoice", "€496.00", "Page 1 of 1", "by 18 November 2026"]);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let once = joinery(Language::En).pdf().unwrap();
    for _ in 0..3 {
        // Others in between must not show.
        receipt(Language::De).pdf().unwrap();
        assert!(joinery(Language::En).pdf().unwrap() == once);
    }
    let handles: Vec<_> =
        (0..4).map(|_| std::thread::spawn(|| joinery(Language::En).pdf().unwrap())).collect();
    for handle in handles {
        assert!(handle.join().unwrap() == once);
    }
    let mut other = joinery(Language::En);
    other.number = "H-1241".to_owned();
    assert!(other.pdf().unwrap() != once);
}

#[test]
fn four_hundred_lines_run_over_pages_with_repeated_heads() {
    let lines = (1..=400)
        .map(|at| line(&format!("Position {at}"), "2", ("h", "HUR"), "85", tax("19", TaxCategory::Standard)));
    let long = invoice(Language::En, lines.collect(), None, PriceMode::Exclusive);
    long.pdf().unwrap();
    let begun = Instant::now();
    let pdf = long.pdf().unwrap();
    let took = begun.elapsed();
    eprintln!("400 lines: {took:?}, {} bytes", pdf.len());
    assert!(took < Duration::from_secs(30), "{took:?}");
    let Some(text) = text_of("long.pdf", &pdf) else { return };
    let pages: Vec<&str> = text.split('\u{c}').filter(|page| !page.trim().is_empty()).collect();
    assert!(pages.len() > 8);
    for (at, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page {} of {}", at + 1, pages.len())), "{page}");
        if page.contains("Position") {
            assert!(page.contains("Unit price"), "{page}");
        }
    }
    assert!(text.contains("Position 400"));
}

#[test]
fn what_is_odd_is_printed_too() {
    let mut empty = invoice(Language::En, Vec::new(), None, PriceMode::Exclusive);
    empty.letter.sender = Party { name: "A".to_owned(), ..Party::default() };
    empty.letter.recipient = Party::default();
    empty.letter.footer = String::new();
    empty.letter.draft = true;
    (empty.number, empty.reference, empty.note) = (String::new(), String::new(), String::new());
    (empty.payee, empty.due_on, empty.delivered) = (None, None, None);
    says(&empty.pdf().unwrap(), "empty.pdf", &["Nothing is on it yet."]);

    let mut odd = joinery(Language::En);
    odd.letter.paper = Paper::UsLetter;
    odd.letter.recipient.name =
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(3);
    odd.lines[0].description = "W".repeat(300);
    odd.lines[0].unit = "x".repeat(200);
    odd.lines[1].detail = "many words ".repeat(700);
    odd.letter.footer = "foot\n".repeat(12);
    odd.number = "N".repeat(60);
    odd.note = "paragraph\n\n".repeat(80);
    let pdf = odd.pdf().unwrap();
    kept("odd.pdf", &pdf);
    assert!(archivable(&pdf));
}

#[test]
fn names_of_any_script_are_printed() {
    let names = [
        "Ελένη Παπαδοπούλου",
        "Щербина и сыновья",
        "Nguyễn Văn Ánh",
        "شركة النور للتجارة",
        "חברת האור בע״מ",
        "株式会社山田製作所",
        "홍길동 상사",
        "北京天安门有限公司",
        "臺灣電腦",
        "บริษัท สยาม",
        "भारत उद्योग",
        "বাংলা",
        "தமிழ்",
        "ქართული",
        "Հայաստան",
        "አማርኛ",
        "ភាសាខ្មែរ",
    ];
    let lines = names
        .iter()
        .map(|name| line(name, "1", ("", "C62"), "10", tax("19", TaxCategory::Standard)))
        .collect();
    let mut printed = invoice(Language::En, lines, None, PriceMode::Exclusive);
    printed.letter.recipient.name = "شركة النور للتجارة".to_owned();
    let pdf = printed.pdf().unwrap();
    assert!(archivable(&pdf), "every glyph exists");
    says(
        &pdf,
        "scripts.pdf",
        &[
            "Ελένη",
            "Щербина",
            "株式会社山田製作所",
            "홍길동",
            "北京天安门",
            "臺灣電腦",
            "ქართული",
            "Հայաստան",
        ],
    );
}

#[test]
fn a_bad_logo_is_left_out() {
    let mut printed = joinery(Language::En);
    let plain = printed.pdf().unwrap();
    let mut with = |logo: &[u8]| {
        printed.letter.brand = Brand { color: "#8a2be2".to_owned(), logo: Some(logo.to_vec()) };
        printed.pdf().unwrap()
    };
    let none = with(b"");
    let good = with(PIXEL);
    assert!(good != none && good != plain);
    let mut cut = PIXEL.to_vec();
    cut.truncate(45);
    for bad in [
        &b"no picture"[..],
        &cut,
        b"\xff\xd8\xff\xe0broken",
        b"<svg xmlns='http://www.w3.org/2000/svg'><path d='",
    ] {
        assert!(with(bad) == none, "the name stands in its place");
    }
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='200' height='60'><rect width='200' height='60' rx='12' fill='#8a2be2'/><text x='10' y='40'>Holm</text></svg>";
    let vector = with(svg);
    kept("logo.pdf", &vector);
    assert!(vector != none);
}

#[test]
fn a_draft_is_marked() {
    let mut draft = joinery(Language::De);
    draft.letter.draft = true;
    let pdf = draft.pdf().unwrap();
    says(&pdf, "draft.pdf", &["ENTWURF"]);
    assert!(!pdf.windows(12).any(|window| window == b"factur-x.xml"), "a draft is no electronic invoice");
}

/// What would be markup, code or escapes in Typst, JSON or XML.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "#",
        "#eval(\"1\")",
        "#read(\"sheet.json\")",
        "#panic()",
        "*",
        "_",
        "`",
        "```",
        "$",
        "$ x $",
        "\\",
        "\"",
        "]",
        "[",
        "}",
        "{",
        "= ",
        "//",
        "/*",
        "<label>",
        "@ref",
        "~",
        "--",
        "\\u{41}",
        "\n",
        "\u{0}",
        "&amp;",
        "</x>",
        "]]>",
        "\u{202e}",
        "e\u{301}\u{315}",
        "#set page(width: 1pt)",
        "{name}",
        "{rate}",
        "{}",
        "\u{1f600}",
        "ا",
        "א",
        "字",
        "\u{200d}",
        "\u{feff}",
    ]);
    prop_oneof![prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat()), any::<String>(),]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn no_text_becomes_markup_or_stops_the_press(texts in prop::collection::vec(hostile(), 9), arabic: bool) {
        let mut printed = joinery(if arabic { Language::Ar } else { Language::En });
        let mut texts = texts.into_iter();
        let mut next = || texts.next().unwrap();
        printed.letter.sender.name = next();
        printed.letter.recipient.name = next();
        printed.letter.footer = next();
        printed.number = next();
        printed.reference = next();
        printed.note = next();
        printed.lines[0].description = next();
        printed.lines[0].detail = next();
        printed.lines[1].unit = next();
        printed.totals.taxes[0].name.clone_from(&printed.lines[0].detail);
        let pdf = printed.pdf();
        prop_assert!(pdf.is_ok(), "{:?}", pdf.err());
    }
}

#[test]
fn what_looks_like_markup_is_printed_as_written() {
    let mut printed = joinery(Language::En);
    let texts = [
        "#eval(\"1+1\")",
        "*not bold*",
        "$x^2$",
        "#panic(\"no\")",
        "\\u{41}",
        "= no heading",
        "<label> @ref",
    ];
    printed.note = texts.join("\n");
    says(&printed.pdf().unwrap(), "markup.pdf", &texts);
}

#[test]
fn a_schedule_says_what_is_due_when_instead_of_one_day() {
    let invoice = in_instalments(Language::En);
    let pdf = invoice.pdf().unwrap();
    kept("instalments.pdf", &pdf);
    says(
        &pdf,
        "instalments",
        &[
            "in 3 instalments",
            "Payment schedule",
            "Deposit, 18 November 2026",
            "€1,000.00",
            "The kitchen is fitted, 14 days after it is reached",
        ],
    );
    let german = in_instalments(Language::De).pdf().unwrap();
    says(&german, "raten", &["Zahlungsplan", "in 3 Raten", "14 Tage nach Erreichen"]);
    // What was frozen before there were schedules is still read.
    let mut old = serde_json::to_value(joinery(Language::En)).unwrap();
    old.as_object_mut().unwrap().remove("schedule");
    assert_eq!(serde_json::from_value::<documents::Invoice>(old).unwrap(), joinery(Language::En));
}
