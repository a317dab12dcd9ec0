use chrono::NaiveDate;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ids::Id;
use crate::invoices::{InvoiceId, InvoiceStatus, LineId};
use crate::money::Currency;
use crate::tax::Tax;
use crate::text::{Address, Line, Note};
use crate::totals::Rounding;

/// Quantity, price and taxes of a line.
type Written<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn id(number: usize) -> LineId {
    LineId::from_uuid(Uuid::from_u128(number as u128 + 1))
}

/// An invoice of lines of quantity, price and taxes.
fn invoice(
    lines: &[Written<'_>],
    discount: Option<Discount>,
    rounding: Rounding,
    price_mode: PriceMode,
) -> Option<InvoiceDocument> {
    let zero = Money::zero(Currency::EUR);
    let mut written: Vec<InvoiceLine> = lines
        .iter()
        .enumerate()
        .map(|(number, (quantity, price, taxes))| InvoiceLine {
            id: id(number),
            description: "Work".parse().unwrap(),
            detail: Note::default(),
            quantity: quantity.parse().unwrap(),
            unit: Line::default(),
            unit_price: price.parse().unwrap(),
            taxes: taxes
                .iter()
                .map(|(name, rate)| Tax { name: (*name).to_owned(), rate: rate.parse().unwrap() })
                .collect(),
            amount: zero,
        })
        .collect();
    let inputs: Vec<LineInput> = written.iter().map(InvoiceLine::input).collect();
    let totals = compute(&inputs, discount, Currency::EUR, rounding, price_mode).ok()?;
    for (line, amount) in written.iter_mut().zip(&totals.lines) {
        line.amount = *amount;
    }
    Some(InvoiceDocument {
        id: InvoiceId::from_uuid(Uuid::nil()),
        number: Some("R-1".to_owned()),
        status: InvoiceStatus::Sent,
        overdue: false,
        client_id: crate::clients::ClientId::from_uuid(Uuid::nil()),
        client_name: "Client".parse().unwrap(),
        client_address: Address::default(),
        currency: Currency::EUR,
        issued_on: NaiveDate::from_ymd_opt(2026, 3, 1),
        due_on: NaiveDate::from_ymd_opt(2026, 3, 15),
        schedule: Vec::new(),
        reference: Line::default(),
        note: Note::default(),
        footer: Note::default(),
        rounding,
        price_mode,
        discount,
        lines: written,
        paid: zero,
        credited: zero,
        written_off: zero,
        disputed: false,
        balance: totals.gross,
        next_payment: totals.gross,
        minimum_payment: totals.gross,
        totals,
        sent_at: None,
        viewed_at: None,
        paid_at: None,
        voided_at: None,
        recurring: None,
        fee_for: None,
        version: 2,
    })
}

fn asked(lines: &[(usize, Option<&str>)], amount: Option<i64>) -> DraftCreditNote {
    DraftCreditNote {
        lines: lines
            .iter()
            .map(|(line, quantity)| CreditLine {
                line_id: id(*line),
                quantity: quantity.map(|quantity| quantity.parse().unwrap()),
            })
            .collect(),
        amount: amount.map(eur),
        reason: "A mistake".parse().unwrap(),
        note: Note::default(),
    }
}

/// Net, each tax's amount, gross.
fn figures(totals: &Totals) -> (i64, Vec<i64>, i64) {
    let taxes = totals.taxes.iter().map(|tax| tax.amount.minor()).collect();
    (totals.net.minor(), taxes, totals.gross.minor())
}

const VAT: &[(&str, &str)] = &[("VAT", "19")];

#[test]
fn whole_is_the_invoice() {
    let lines: &[Written<'_>] = &[("12", "95.00", &[("GST", "5"), ("QST", "9.975")])];
    let invoice = invoice(lines, None, Rounding::PerDocument, PriceMode::Exclusive).unwrap();
    let (lines, totals) = credit(Credited { invoice: &invoice, before: &[] }, &asked(&[], None)).unwrap();
    assert_eq!(totals, invoice.totals);
    assert_eq!((lines.len(), lines[0].line_id), (1, Some(id(0))));
    let again = credit(Credited { invoice: &invoice, before: &[totals] }, &asked(&[], None));
    assert_eq!(again, Err(CreditError::TooMuch(eur(0))));
}

#[test]
fn an_amount_bears_the_invoice_s_taxes() {
    let lines: &[Written<'_>] = &[("1", "100.00", VAT), ("1", "50.00", &[("VAT", "7")])];
    let invoice = invoice(lines, None, Rounding::PerDocument, PriceMode::Exclusive).unwrap();
    assert_eq!(figures(&invoice.totals), (15_000, vec![1900, 350], 17_250));
    let of = |before| Credited { invoice: &invoice, before };
    let (lines, half) = credit(of(&[]), &asked(&[], Some(8_625))).unwrap();
    assert_eq!(figures(&half), (7500, vec![950, 175], 8_625));
    assert_eq!((lines[0].amount, lines[0].taxes.len()), (eur(7500), 2));
    let before = [half];
    assert_eq!(credit(of(&before), &asked(&[], Some(8_626))), Err(CreditError::TooMuch(eur(8_625))));
    assert_eq!(credit(of(&[]), &asked(&[], Some(0))), Err(CreditError::NotPositive));
    let dollars = DraftCreditNote { amount: Some(Money::new(5, Currency::USD)), ..asked(&[], None) };
    assert_eq!(credit(of(&[]), &dollars), Err(CreditError::CurrencyMismatch));
}

#[test]
fn lines_one_by_one_come_to_the_whole() {
    // Per document the tax of all three is 0.59; of each it is 0.20.
    let lines: &[Written<'_>] = &[("1", "1.03", VAT); 3];
    let invoice = invoice(lines, None, Rounding::PerDocument, PriceMode::Exclusive).unwrap();
    let mut before = Vec::new();
    let mut comes_to = Vec::new();
    for line in 0..3 {
        let of = Credited { invoice: &invoice, before: &before };
        let (_, totals) = credit(of, &asked(&[(line, None)], None)).unwrap();
        comes_to.push(totals.gross.minor());
        before.push(totals);
    }
    assert_eq!(comes_to, [123, 123, 122]);
    let left = Credited { invoice: &invoice, before: &before }.left().unwrap();
    assert_eq!(figures(&left), (0, vec![0], 0));
}

#[test]
fn a_part_of_a_line_takes_its_part_of_the_discount() {
    let lines: &[Written<'_>] = &[("4", "25.00", VAT), ("1", "100.00", VAT)];
    for (discount, expected) in
        [(Discount::Amount(eur(2000)), 4500), (Discount::Percent("10".parse().unwrap()), 4500)]
    {
        let invoice = invoice(lines, Some(discount), Rounding::PerDocument, PriceMode::Exclusive).unwrap();
        let of = Credited { invoice: &invoice, before: &[] };
        let (_, totals) = credit(of, &asked(&[(0, Some("2"))], None)).unwrap();
        assert_eq!((totals.subtotal, totals.net), (eur(5000), eur(expected)));
    }
}

#[test]
fn what_is_not_on_the_invoice_is_refused() {
    let lines: &[Written<'_>] = &[("4", "25.00", VAT), ("-1", "10.00", VAT)];
    let invoice = invoice(lines, None, Rounding::PerDocument, PriceMode::Exclusive).unwrap();
    let of = Credited { invoice: &invoice, before: &[] };
    let refused = |lines: &[(usize, Option<&str>)], amount| credit(of, &asked(lines, amount)).unwrap_err();
    assert_eq!(refused(&[(7, None)], None), CreditError::UnknownLine(0));
    assert_eq!(refused(&[(0, Some("1")), (0, Some("1"))], None), CreditError::UnknownLine(1));
    for quantity in ["4.000001", "0", "-1"] {
        assert_eq!(refused(&[(0, Some(quantity))], None), CreditError::Quantity(0));
    }
    assert_eq!(refused(&[(1, None)], None), CreditError::NotPositive);
    assert_eq!(refused(&[(0, None)], Some(5)), CreditError::LinesAndAmount);
}

#[test]
fn rounding_mirrors() {
    // What is taken back is what was asked for, cent by cent, and with the other sign.
    let line = |quantity: &str| LineInput {
        quantity: quantity.parse().unwrap(),
        unit_price: "0.335".parse().unwrap(),
        taxes: vec![Tax { name: "VAT".to_owned(), rate: "7.5".parse().unwrap() }],
    };
    for (rounding, mode) in
        [(Rounding::PerLine, PriceMode::Exclusive), (Rounding::PerDocument, PriceMode::Inclusive)]
    {
        let of = |quantity| compute(&[line(quantity)], None, Currency::EUR, rounding, mode).unwrap();
        let (there, back) = (of("3"), of("-3"));
        assert_eq!(there.net.minor(), -back.net.minor());
        assert_eq!(there.gross.minor(), -back.gross.minor());
        assert_eq!(there.taxes[0].amount.minor(), -back.taxes[0].amount.minor());
    }
}

proptest! {
    #[test]
    fn all_notes_together_are_the_invoice(
        lines in prop::collection::vec((1_u32..400, 1_u32..90_000, 0_usize..4), 1..6),
        percent in prop::option::of(0_u32..90),
        per_line: bool,
        inclusive: bool,
        steps in prop::collection::vec((0_usize..6, 1_i64..60, any::<bool>()), 0..8),
    ) {
        let sets: [&[(&str, &str)]; 4] = [&[], VAT, &[("VAT", "7")], &[("GST", "5"), ("QST", "9.975")]];
        let texts: Vec<(String, String, usize)> = lines
            .iter()
            .map(|(quantity, price, set)| {
                (format!("{}.{:02}", quantity / 100, quantity % 100), format!("{}.{:02}", price / 100, price % 100), *set)
            })
            .collect();
        let written: Vec<Written<'_>> =
            texts.iter().map(|(quantity, price, set)| (quantity.as_str(), price.as_str(), sets[*set])).collect();
        let discount = percent.map(|percent| Discount::Percent(percent.to_string().parse().unwrap()));
        let rounding = if per_line { Rounding::PerLine } else { Rounding::PerDocument };
        let mode = if inclusive { PriceMode::Inclusive } else { PriceMode::Exclusive };
        let invoice = invoice(&written, discount, rounding, mode).unwrap();
        let mut before: Vec<Totals> = Vec::new();
        for (line, part, by_line) in steps {
            let of = Credited { invoice: &invoice, before: &before };
            let wanted = if by_line {
                asked(&[(line, None)], None)
            } else {
                asked(&[], Some(invoice.totals.gross.minor() * part / 100))
            };
            if let Ok((_, totals)) = credit(of, &wanted) {
                let tax = Money::sum(totals.taxes.iter().map(|tax| tax.amount), Currency::EUR).unwrap();
                prop_assert_eq!(totals.net.checked_add(tax).unwrap(), totals.gross);
                before.push(totals);
            }
        }
        if let Ok((_, last)) = credit(Credited { invoice: &invoice, before: &before }, &asked(&[], None)) {
            before.push(last);
        }
        let left = Credited { invoice: &invoice, before: &before }.left().unwrap();
        prop_assert!(left.gross.is_zero() && left.net.is_zero(), "{:?}", left);
        prop_assert!(left.taxes.iter().all(|tax| tax.amount.is_zero()), "{:?}", left);
    }
}
