//! Documents to print, and what a PDF says.

#![allow(dead_code, reason = "each test uses some of it")]

use std::path::PathBuf;
use std::process::Command;

use chrono::NaiveDate;
use documents::{
    Brand, Instalment, Invoice, Kind, Language, Letter, Line, LineTax, Paper, Party, Payee, TaxCategory,
};
use domain::money::Money;
use domain::totals::{self, Discount, LineInput, PriceMode, Rounding, Tax};

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap())
}

pub fn seller() -> Party {
    Party {
        name: "Holm & Søn Joinery".to_owned(),
        address: serde_json::from_value(serde_json::json!({
            "street": "Norderstraße 12", "postal_code": "25813", "city": "Husum", "country": "Germany" }))
        .unwrap(),
        country_code: "DE".to_owned(),
        vat_id: "DE123456789".to_owned(),
        tax_number: "15/123/45678".to_owned(),
        registration: "HRB 1234".to_owned(),
        email: "office@holm.example".to_owned(),
        phone: "+49 4841 555 01".to_owned(),
    }
}

pub fn buyer() -> Party {
    Party {
        name: "Hotel Clausen".to_owned(),
        address: serde_json::from_value(serde_json::json!({
            "street": "Hafenstraße 57", "extra": "Büro", "postal_code": "25839", "city": "Husum", "country": "Germany" }))
        .unwrap(),
        country_code: "DE".to_owned(),
        vat_id: "DE111111111".to_owned(),
        email: "buchhaltung@clausen.example".to_owned(),
        ..Party::default()
    }
}

pub fn letter(language: Language) -> Letter {
    Letter {
        language,
        paper: Paper::A4,
        brand: Brand { color: "#2d6a6a".to_owned(), logo: None },
        sender: seller(),
        recipient: buyer(),
        footer: "Holm & Søn Joinery · Amtsgericht Flensburg HRB 1234 · Managing director: Søren Holm\nAll goods remain our property until they are paid in full.".to_owned(),
        draft: false,
    }
}

/// A tax of a rate and category.
pub fn tax(rate: &str, category: TaxCategory) -> LineTax {
    let exemption = match category {
        TaxCategory::Standard | TaxCategory::Zero => "",
        TaxCategory::Exempt => "Exempt under § 4 No. 21 UStG",
        TaxCategory::ReverseCharge => "Reverse charge: the tax is owed by the recipient",
        TaxCategory::IntraCommunity => "Intra-Community supply, free of tax",
        TaxCategory::Export => "Export, free of tax",
        TaxCategory::OutOfScope => "Not subject to VAT",
    };
    let name =
        if category == TaxCategory::Standard { "VAT".to_owned() } else { format!("VAT {}", category.code()) };
    LineTax { name, rate: rate.parse().unwrap(), category: Some(category), exemption: exemption.to_owned() }
}

pub fn line(description: &str, quantity: &str, unit: (&str, &str), price: &str, tax: LineTax) -> Line {
    Line {
        description: description.to_owned(),
        detail: String::new(),
        quantity: quantity.parse().unwrap(),
        unit: unit.0.to_owned(),
        unit_code: unit.1.to_owned(),
        unit_price: price.parse().unwrap(),
        taxes: vec![tax],
        adjustments: Vec::new(),
        amount: eur(0),
    }
}

/// The lines as an invoice, added up as the product does it.
pub fn invoice(
    language: Language,
    lines: Vec<Line>,
    discount: Option<Discount>,
    price_mode: PriceMode,
) -> Invoice {
    rounded(language, lines, discount, price_mode, Rounding::PerDocument)
}

pub fn rounded(
    language: Language,
    mut lines: Vec<Line>,
    discount: Option<Discount>,
    price_mode: PriceMode,
    rounding: Rounding,
) -> Invoice {
    let inputs: Vec<LineInput> = lines
        .iter()
        .map(|line| LineInput {
            quantity: line.quantity,
            unit_price: line.unit_price,
            taxes: line.taxes.iter().map(|tax| Tax { name: tax.name.clone(), rate: tax.rate }).collect(),
        })
        .collect();
    let totals = totals::compute(&inputs, discount, eur(0).currency(), rounding, price_mode).unwrap();
    for (line, amount) in lines.iter_mut().zip(&totals.lines) {
        line.amount = *amount;
    }
    Invoice {
        letter: letter(language),
        kind: Kind::Invoice,
        number: "H-1240".to_owned(),
        issued_on: day("2026-11-04"),
        due_on: Some(day("2026-11-18")),
        schedule: Vec::new(),
        delivered: Some((day("2026-10-01"), day("2026-10-31"))),
        reference: "Job 888".to_owned(),
        preceding: None,
        currency: eur(0).currency(),
        price_mode,
        lines,
        adjustments: Vec::new(),
        totals,
        prepaid: eur(0),
        intro: String::new(),
        note: "Thank you for the good work together. The doors will be adjusted in spring, free of charge."
            .to_owned(),
        payee: Some(Payee {
            iban: "DE89 3704 0044 0532 0130 00".to_owned(),
            bic: "COBADEFFXXX".to_owned(),
            ..Payee::default()
        }),
    }
}

/// An ordinary invoice.
pub fn joinery(language: Language) -> Invoice {
    let vat = || tax("19", TaxCategory::Standard);
    let mut lines = vec![
        line("Sanding and oiling of floors", "15.5", ("m²", "MTK"), "32", vat()),
        line("Built-in wardrobe", "1", ("pc", "H87"), "3205.50", vat()),
        line("Reception desk in oak", "1", ("pc", "H87"), "3347.50", vat()),
        line("Books on the care of wood", "3", ("pc", "H87"), "18.69", tax("7", TaxCategory::Standard)),
    ];
    "Sliding doors, interior to drawing\nOak, oiled twice".clone_into(&mut lines[1].detail);
    invoice(language, lines, Some(Discount::Percent("3".parse().unwrap())), PriceMode::Exclusive)
}

/// Where PDFs of tests stay, to be looked at.
pub fn kept(name: &str, bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// The text of a PDF by poppler; none, said aloud, where that isn't installed.
pub fn text_of(name: &str, pdf: &[u8]) -> Option<String> {
    let path = kept(name, pdf);
    match Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8(output.stdout).unwrap())
        }
        Err(error) => {
            eprintln!("SKIPPED reading {}: pdftotext (poppler-utils): {error}", path.display());
            None
        }
    }
}

/// An invoice of the joinery in three instalments, the last of which waits.
pub fn in_instalments(language: Language) -> Invoice {
    let mut invoice = joinery(language);
    let total = invoice.totals.gross.minor();
    let instalment = |label: &str, due_on: Option<&str>, days, amount| Instalment {
        label: label.to_owned(),
        due_on: due_on.map(day),
        days,
        amount: eur(amount),
    };
    invoice.schedule = vec![
        instalment("Deposit", Some("2026-11-18"), None, 100_000),
        instalment("", Some("2026-12-18"), None, 200_000),
        instalment("The kitchen is fitted", None, Some(14), total - 300_000),
    ];
    invoice
}
