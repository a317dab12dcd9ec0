//! Documents are printed whole, whatever stands on them.

#![expect(clippy::unwrap_used, reason = "a failed `unwrap` is a failed test")]

mod common;

use std::time::{Duration, Instant};

use common::{day, eur, in_instalments, invoice, joinery, kept, letter, line, tax, text_of};
use documents::{
    Acceptance, Brand, Entry, Kind, Language, Paper, Party, Preceding, Quote, QuoteGroup, QuoteLine,
    QuotePackage, QuoteSection, QuoteSums, Receipt, ReceiptShare, Statement, Take, TaxCategory,
};
use domain::statements::{Ageing, MovementKind};
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
    let mut entry = |at: u64, kind, reference: &str, amount: i64, change: i64| {
        balance += change;
        Entry {
            on: day("2026-01-01") + chrono::Days::new(at * 7),
            kind,
            reference: reference.to_owned(),
            amount: eur(amount),
            change: eur(change),
            balance: eur(balance),
        }
    };
    let mut entries = vec![
        entry(0, MovementKind::CreditNote, "CN-7", 5_000, -5_000),
        entry(0, MovementKind::CreditApplied, "H-1201", 2_000, 0),
        entry(1, MovementKind::CreditApplied, "H-1202", -2_000, 0),
        entry(1, MovementKind::WriteOff, "H-1190", 700, -700),
        entry(1, MovementKind::WriteOff, "H-1190", -700, 700),
        entry(2, MovementKind::Refund, "bank transfer", 1_000, 1_000),
        entry(2, MovementKind::Dispute, "Visa ···· 4242", 1_000, 1_000),
        entry(2, MovementKind::Void, "H-1191", 500, -500),
    ];
    for at in 1..=40 {
        entries.push(if at % 3 == 0 {
            entry(at, MovementKind::Payment, "bank transfer", 40_000, -40_000)
        } else {
            entry(at, MovementKind::Invoice, &format!("H-{}", 1200 + at), 21_500, 21_500)
        });
    }
    entries.push(entry(41, MovementKind::Payment, "", 100, -100));
    let closing = entries.last().unwrap().balance;
    Statement {
        letter: letter(language),
        from: day("2026-01-01"),
        to: day("2026-12-31"),
        opening: eur(12_000),
        entries,
        closing,
        credit: eur(2_000),
        ageing: Some(Ageing {
            current: eur(21_500),
            days_1_30: eur(21_500),
            days_31_60: eur(8_500),
            days_61_90: eur(0),
            days_over_90: eur(0),
        }),
    }
}

fn quote(language: Language) -> Quote {
    let printed = joinery(language);
    let offered = |line: &documents::Line, take: Take, taken| QuoteLine {
        description: line.description.clone(),
        detail: line.detail.clone(),
        quantity: line.quantity,
        unit: line.unit.clone(),
        unit_price: line.unit_price,
        discount: None,
        taxes: line.taxes.iter().map(|tax| tax.rate).collect(),
        choice: None,
        amount: line.amount,
        take,
        taken,
    };
    let section = |title: &str, text: &str, lines| QuoteSection {
        title: title.to_owned(),
        text: text.to_owned(),
        lines,
    };
    let mut floors = offered(&printed.lines[0], Take::Included, true);
    floors.choice = Some(("10".parse().unwrap(), "20".parse().unwrap()));
    floors.discount = Some("10".parse().unwrap());
    let package = |title: &str, amount, taken| QuotePackage {
        title: title.to_owned(),
        text: "Delivered, assembled and adjusted".to_owned(),
        amount: eur(amount),
        taken,
    };
    Quote {
        letter: printed.letter.clone(),
        number: "Q-77".to_owned(),
        version: 2,
        title: "Reception and lobby of the Hotel Clausen".to_owned(),
        issued_on: day("2026-09-01"),
        valid_until: Some(day("2026-09-30")),
        changes: String::new(),
        intro: "Dear Ms Clausen,\nthank you for showing us the lobby. This is what we would build."
            .to_owned(),
        currency: printed.currency,
        price_mode: PriceMode::Exclusive,
        groups: vec![QuoteGroup {
            title: "Wood".to_owned(),
            packages: vec![package("Oak", 334_750, true), package("Ash", 280_000, false)],
        }],
        sections: vec![
            section(
                "Lobby",
                "All of it can be done while guests come and go.",
                vec![floors, offered(&printed.lines[1], Take::Included, true)],
            ),
            section(
                "Reception",
                "",
                vec![
                    offered(&printed.lines[2], Take::Package("Oak".to_owned()), true),
                    offered(&printed.lines[3], Take::Optional, false),
                ],
            ),
        ],
        sums: QuoteSums {
            subtotal: printed.totals.subtotal,
            discount: printed.totals.discount,
            net: printed.totals.net,
            taxes: printed.totals.taxes,
            gross: printed.totals.gross,
            deposit: eur(250_000),
        },
        may_exceed: Some("10".parse().unwrap()),
        terms: "Delivery six weeks after acceptance. Prices hold until the date above.".to_owned(),
        acceptance: None,
    }
}

fn accepted(language: Language) -> Quote {
    let wave = (0..=60_u16).map(|at| (100 + at * 12, 150 + (at * 37) % 90)).collect();
    Quote {
        acceptance: Some(Acceptance {
            name: "Marthe Clausen".to_owned(),
            at: "2026-09-12T16:04:09+02:00".parse().unwrap(),
            consent: "I accept this quote in the name of Hotel Clausen and agree to the terms.".to_owned(),
            hash: "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef".to_owned(),
            strokes: vec![wave, vec![(820, 60)]],
        }),
        ..quote(language)
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
        note.intro = "The third chair came back".to_owned();
        says(&note.pdf().unwrap(), &format!("credit-note-{tag}.pdf"), &["H-1199", "third chair"]);
        says(&receipt(language).pdf().unwrap(), &format!("receipt-{tag}.pdf"), &["H-1241", "4242"]);
        says(&statement(language).pdf().unwrap(), &format!("statement-{tag}.pdf"), &["H-1201"]);
        says(&quote(language).pdf().unwrap(), &format!("quote-{tag}.pdf"), &["Q-77", "Reception"]);
        says(
            &accepted(language).pdf().unwrap(),
            &format!("accepted-{tag}.pdf"),
            &["Marthe Clausen", "16:04:09"],
        );
    }
    let german = joinery(Language::De).pdf().unwrap();
    says(&german, "invoice-de.pdf", &["Rechnung", "18. November 2026", "496,00 €", "Seite 1 von 1", "19 %"]);
    let english = joinery(Language::En).pdf().unwrap();
    says(&english, "invoice-en.pdf", &["Invoice", "€496.00", "Page 1 of 1", "by 18 November 2026"]);
    let moved = statement(Language::En).pdf().unwrap();
    let movements = [
        "Opening balance",
        "Credit note CN-7",
        "€20.00 of credit used for invoice H-1201",
        "€20.00 of invoice H-1202 became credit",
        "Invoice H-1190, written off",
        "Invoice H-1190, owed again",
        "Given back, bank transfer",
        "Payment disputed with the bank, Visa ···· 4242",
        "Invoice H-1191, withdrawn",
        "Credit for later",
    ];
    says(&moved, "statement-en.pdf", &movements);
}

#[test]
fn a_quote_says_what_is_offered_and_then_what_was_accepted() {
    let offer = quote(Language::En).pdf().unwrap();
    let words = [
        "Version",
        "10 to 20 m², as you choose",
        "Less 10% discount",
        "optional · not in the total",
        "Ash",
        "up to 10% more",
        "Deposit on acceptance",
        "Name and signature",
    ];
    says(&offer, "quote-en.pdf", &words);
    let yes = accepted(Language::En).pdf().unwrap();
    assert!(archivable(&yes));
    let words = [
        "ACCEPTED",
        "accepted on 12 September 2026",
        "optional · not chosen",
        "Acceptance",
        "12 September 2026, 16:04:09 (UTC+02:00)",
        "Q-77 · Version 2",
        "I accept this quote in the name of Hotel Clausen",
    ];
    says(&yes, "accepted-en.pdf", &words);
    if let Some(text) = text_of("accepted-en.pdf", &yes) {
        assert!(!text.contains("Place and date"), "what was signed online isn't signed on paper, too");
        assert!(
            text.replace(['\n', ' ', '\u{200b}'], "")
                .contains("5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef")
        );
    }
    // The same yes gives the same bytes; another is another document.
    assert!(accepted(Language::En).pdf().unwrap() == yes);
    let mut other = accepted(Language::En);
    other.acceptance.as_mut().unwrap().strokes.clear();
    assert!(other.pdf().unwrap() != yes);
}

#[test]
fn a_statement_of_nothing_and_one_in_the_client_s_favour() {
    let mut none = statement(Language::De);
    (none.entries, none.ageing, none.credit) = (Vec::new(), None, eur(0));
    (none.opening, none.closing) = (eur(-500), eur(-500));
    says(
        &none.pdf().unwrap(),
        "statement-none-de.pdf",
        &["In diesem Zeitraum gab es keine Bewegung.", "Zu Ihren Gunsten", "5,00 €"],
    );
}

/// What a designer looks at: long names, forty lines over two pages, other scripts, yen, several taxes.
#[test]
fn the_hard_ones_are_printed() {
    let long =
        "Internationale Gesellschaft für Wohnraumgestaltung und Innenausbau Nordfriesland mbH & Co. KG";
    let mut many = quote(Language::De);
    long.clone_into(&mut many.letter.recipient.name);
    many.sections[0].lines = (1..=40)
        .map(|at| {
            let mut line = many.sections[0].lines[at % 2].clone();
            line.description = format!("{at}. {}", line.description);
            line.taken = at % 7 != 0;
            line.take = if at % 7 == 0 { Take::Optional } else { Take::Included };
            line
        })
        .collect();
    says(&many.pdf().unwrap(), "quote-40-de.pdf", &["40. ", "Seite 2 von"]);

    let mut arabic = accepted(Language::Ar);
    "شركة النور للتجارة والمقاولات".clone_into(&mut arabic.letter.recipient.name);
    arabic.sections[0].lines[1].description = "חלון עץ אלון 120×80".to_owned();
    "خزانة حائط من خشب البلوط".clone_into(&mut arabic.sections[1].lines[0].description);
    assert!(archivable(&arabic.pdf().unwrap()));
    kept("accepted-hard-ar.pdf", &arabic.pdf().unwrap());
    let mut hebrew = statement(Language::En);
    "חברת האור בע״מ".clone_into(&mut hebrew.letter.recipient.name);
    kept("statement-hebrew.pdf", &hebrew.pdf().unwrap());

    let yen = |minor| domain::money::Money::new(minor, "JPY".parse().unwrap());
    let mut japanese = statement(Language::En);
    for entry in &mut japanese.entries {
        (entry.amount, entry.change, entry.balance) =
            (yen(entry.amount.minor()), yen(entry.change.minor()), yen(entry.balance.minor() * 1000));
    }
    (japanese.opening, japanese.closing) = (yen(12_000_000), yen(1_234_567_890));
    (japanese.credit, japanese.ageing) = (yen(0), None);
    "株式会社山田製作所".clone_into(&mut japanese.letter.recipient.name);
    says(&japanese.pdf().unwrap(), "statement-jpy.pdf", &["¥1,234,567,890", "¥40,000"]);

    let gst = |name: &str, rate: &str| documents::LineTax {
        name: name.to_owned(),
        rate: rate.parse().unwrap(),
        category: None,
        exemption: String::new(),
    };
    let mut taxed = line("Renovation", "1", ("", "C62"), "1140", gst("GST", "5"));
    taxed.taxes.push(gst("QST", "9.975"));
    let mut several = invoice(Language::En, vec![taxed], None, PriceMode::Exclusive);
    (several.kind, several.due_on, several.payee) = (Kind::CreditNote, None, None);
    long.clone_into(&mut several.intro);
    says(&several.pdf().unwrap(), "credit-note-taxes.pdf", &["€1,310.72", "5% + 9.975%", "QST"]);
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
