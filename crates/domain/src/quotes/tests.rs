//! Choices, sums, bills, and what differs.

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;

use super::billing::{Billed, BillingWords, accepted_lines, final_lines, share_of};
use super::*;
use crate::invoices::InvoiceLineInput;
use crate::money::{Currency, Money, Rate};
use crate::totals::{self, LineInput, PriceMode, Rounding};

fn counting(rounding: Rounding, price_mode: PriceMode) -> Counting {
    Counting { currency: Currency::EUR, rounding, price_mode }
}

fn usual() -> Counting {
    counting(Rounding::PerDocument, PriceMode::Exclusive)
}

fn words() -> BillingWords {
    BillingWords { discount: "Discount".to_owned(), rounding: "Rounding".to_owned() }
}

fn quote() -> QuoteContent {
    serde_json::from_value(json!({
        "title": "Boat", "deposit": { "percent": "30" },
        "groups": [{ "key": "sails", "title": "Sails", "packages": [
            { "key": "one", "title": "One", "default": true }, { "key": "two", "title": "Two" } ] }],
        "sections": [{ "key": "all", "lines": [
            { "key": "hull", "description": "Hull", "quantity": "1", "unit_price": "100.00" },
            { "key": "paint", "description": "Paint", "quantity": "2", "unit_price": "10.00",
              "take": { "kind": "optional", "default": true }, "adjustable": { "min": "1", "max": "3", "step": "0.5" } },
            { "key": "jib", "description": "Jib", "quantity": "1", "unit_price": "30.00", "take": { "kind": "package", "package": "one" } },
            { "key": "both", "description": "Jib and main", "quantity": "1", "unit_price": "70.00",
              "take": { "kind": "package", "package": "two" } },
        ] }],
    }))
    .unwrap()
}

fn selection(value: serde_json::Value) -> Selection {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_choice_takes_one_package_of_each_group_and_what_it_wants_of_the_rest() {
    let quote = quote();
    quote.check().unwrap();
    for (choice, gross) in [
        (json!({}), 15_000),
        (json!({ "options": { "paint": false } }), 13_000),
        (json!({ "packages": { "sails": "two" } }), 19_000),
        (json!({ "packages": { "sails": "two" }, "quantities": { "paint": "2.5" } }), 19_500),
        (json!({ "options": { "paint": false }, "quantities": { "paint": "3" } }), 13_000),
    ] {
        let choice = selection(choice);
        let totals = compute(&quote, &choice, usual()).unwrap();
        assert_eq!(totals.gross.minor(), gross, "{choice:?}");
        assert_eq!(totals.deposit.minor(), gross * 3 / 10);
        // Said in full, it is the same choice.
        assert_eq!(compute(&quote, &choice.complete(&quote).unwrap(), usual()).unwrap(), totals);
    }
}

#[test]
fn what_is_not_offered_cannot_be_chosen() {
    let key = |text: &str| text.parse().unwrap();
    for (choice, error) in [
        (json!({ "options": { "hull": false } }), SelectionError::NotOptional(key("hull"))),
        (json!({ "options": { "jib": true } }), SelectionError::NotOptional(key("jib"))),
        (json!({ "options": { "mast": true } }), SelectionError::NotOptional(key("mast"))),
        (json!({ "packages": { "masts": "one" } }), SelectionError::UnknownGroup(key("masts"))),
        (json!({ "packages": { "sails": "three" } }), SelectionError::UnknownPackage(key("sails"))),
        (json!({ "quantities": { "hull": "2" } }), SelectionError::NotAdjustable(key("hull"))),
        (json!({ "quantities": { "paint": "0.5" } }), SelectionError::Quantity(key("paint"))),
        (json!({ "quantities": { "paint": "3.5" } }), SelectionError::Quantity(key("paint"))),
        (json!({ "quantities": { "paint": "1.25" } }), SelectionError::Quantity(key("paint"))),
    ] {
        assert_eq!(selection(choice).complete(&quote()), Err(error));
    }
}

#[test]
fn a_deposit_is_no_more_than_the_whole_and_nothing_of_nothing() {
    let mut quote = quote();
    quote.deposit = Some(Deposit::Amount(Money::new(1_000_000, Currency::EUR)));
    assert_eq!(compute(&quote, &Selection::default(), usual()).unwrap().deposit.minor(), 15_000);
    quote.sections[0].lines[0].unit_price = "-500".parse().unwrap();
    let totals = compute(&quote, &Selection::default(), usual()).unwrap();
    assert_eq!((totals.gross.minor(), totals.deposit.minor()), (-45_000, 0));
    quote.deposit = Some(Deposit::Amount(Money::new(1, "USD".parse().unwrap())));
    quote.sections[0].lines[0].unit_price = "1".parse().unwrap();
    assert!(compute(&quote, &Selection::default(), usual()).is_err());
}

#[test]
fn the_margin_counts_what_is_taken() {
    let costs: Costs = serde_json::from_value(json!({ "hull": "60", "paint": "4", "both": "50" })).unwrap();
    let of = |choice| margin(&quote(), &costs, &selection(choice), usual()).unwrap();
    assert_eq!((of(json!({})).cost.minor(), of(json!({})).margin.minor()), (6_800, 8_200));
    let two = of(json!({ "packages": { "sails": "two" } }));
    assert_eq!((two.cost.minor(), two.margin.minor()), (11_800, 7_200));
}

#[test]
fn a_comparison_names_what_differs_and_nothing_else() {
    let (old, mut new) = (quote(), quote());
    let same = compare((1, &old, usual()), (2, &old, usual())).unwrap();
    assert!(same.fields.is_empty() && same.lines.is_empty());
    new.cover = "Ahoy".parse().unwrap();
    let moved = new.sections[0].lines.remove(0);
    new.sections.push(QuoteSection {
        key: "later".parse().unwrap(),
        title: "Later".parse().unwrap(),
        text: crate::text::Note::default(),
        lines: vec![moved],
    });
    let seen = compare((1, &old, usual()), (2, &new, usual())).unwrap();
    assert_eq!(seen.fields.len(), 1);
    assert_eq!((seen.fields[0].field.as_str(), &seen.fields[0].to), ("cover", &json!("Ahoy")));
    assert_eq!(seen.lines.len(), 1);
    assert_eq!((seen.lines[0].change, seen.lines[0].fields[0].field.as_str()), (Change::Changed, "section"));
    assert_eq!(seen.totals_from.gross, seen.totals_to.gross);
}

fn states(today: &str) -> [QuoteState; 3] {
    let (today, last) = (today.parse().unwrap(), Some("2026-03-10".parse().unwrap()));
    [QuoteState::Sent, QuoteState::Viewed, QuoteState::Accepted].map(|state| state.on(today, last))
}

#[test]
fn only_what_nobody_decided_expires() {
    assert_eq!(states("2026-03-10"), [QuoteState::Sent, QuoteState::Viewed, QuoteState::Accepted]);
    assert_eq!(states("2026-03-11"), [QuoteState::Expired, QuoteState::Expired, QuoteState::Accepted]);
}

prop_compose! {
    fn a_line(index: usize)(
        quantity in 1_i64..500, cents in 1_i64..200_000, off in prop::option::of(1_i64..5_000), taxes in 0_usize..4,
        take in 0_u8..4, taken: bool,
    ) -> QuoteLine {
        let rate = |text: &str, name: &str| json!({ "name": name, "rate": text });
        let taxes = [json!([]), json!([rate("19", "VAT")]), json!([rate("7", "VAT")]),
            json!([rate("5", "GST"), rate("9.975", "QST")])][taxes].clone();
        let take = match take {
            0 | 1 => json!({ "kind": "included" }),
            2 => json!({ "kind": "optional", "default": taken }),
            _ => json!({ "kind": "package", "package": if taken { "one" } else { "two" } }),
        };
        serde_json::from_value(json!({
            "key": format!("l{index}"), "description": "x", "quantity": Decimal::new(quantity, 2).to_string(),
            "unit_price": Decimal::new(cents, 2).to_string(), "taxes": taxes, "take": take,
            "discount_percent": off.map(|off| Decimal::new(off, 2).to_string()),
        }))
        .unwrap()
    }
}

prop_compose! {
    fn any_quote()(
        lines in (1_usize..8).prop_flat_map(|count| (0..count).map(a_line).collect::<Vec<_>>()),
        off in prop::option::of(0_i64..10_000), deposit in 0_i64..10_000,
    ) -> QuoteContent {
        let mut quote = quote();
        quote.sections[0].lines = lines;
        quote.discount = off.map(|off| totals::Discount::Percent(Rate::try_from(Decimal::new(off, 2)).unwrap()));
        quote.deposit = Some(Deposit::Percent(Rate::try_from(Decimal::new(deposit, 2)).unwrap()));
        quote
    }
}

fn gross(lines: &[InvoiceLineInput], counting: Counting) -> Money {
    let inputs: Vec<LineInput> = lines.iter().map(InvoiceLineInput::input).collect();
    totals::compute(&inputs, None, counting.currency, counting.rounding, counting.price_mode).unwrap().gross
}

proptest! {
    #[test]
    fn the_parts_of_any_choice_add_up(quote in any_quote(), two: bool, modes in (0_usize..2, 0_usize..2)) {
        let counting = counting(Rounding::ALL[modes.0], PriceMode::ALL[modes.1]);
        let choice = selection(json!({ "packages": { "sails": if two { "two" } else { "one" } } }));
        let sums = compute(&quote, &choice, counting).unwrap();
        let taken = sums.lines.iter().filter(|line| line.taken).map(|line| line.amount);
        prop_assert_eq!(Money::sum(taken, Currency::EUR).unwrap(), sums.subtotal);
        let taxes = Money::sum(sums.taxes.iter().map(|tax| tax.amount), Currency::EUR).unwrap();
        prop_assert_eq!(sums.net.checked_add(taxes).unwrap(), sums.gross);
        let before_tax = match counting.price_mode {
            PriceMode::Exclusive => sums.net,
            PriceMode::Inclusive => sums.gross,
        };
        prop_assert_eq!(sums.subtotal.checked_sub(sums.discount).unwrap(), before_tax);
        prop_assert!(sums.deposit.minor() <= sums.gross.minor() && !sums.deposit.is_negative());
    }

    #[test]
    fn deposit_parts_and_the_last_invoice_add_up_to_what_was_accepted(
        quote in any_quote(), modes in (0_usize..2, 0_usize..2), part in 1_i64..40,
    ) {
        let counting = counting(Rounding::ALL[modes.0], PriceMode::ALL[modes.1]);
        let sums = compute(&quote, &Selection::default(), counting).unwrap();
        let accepted = accepted_lines(&quote, &Selection::default(), Currency::EUR, &words()).unwrap();
        if counting.rounding == Rounding::PerDocument {
            // Lines alone say what the quote said with its discounts.
            prop_assert_eq!(gross(&accepted, counting), sums.gross);
        }
        let gross_prices = Counting { price_mode: PriceMode::Inclusive, ..counting };
        let mut billed = Vec::new();
        let parts = [sums.deposit, sums.gross.percent(Rate::try_from(Decimal::from(part)).unwrap())];
        for amount in parts.into_iter().filter(|amount| amount.is_positive()) {
            let lines = share_of(&accepted, counting, amount, "Part").unwrap();
            prop_assert_eq!(gross(&lines, gross_prices), amount);
            billed.push(Billed {
                description: "Less".to_owned(), lines: lines.iter().map(InvoiceLineInput::input).collect(),
                price_mode: PriceMode::Inclusive, rounding: counting.rounding, gross: amount,
            });
        }
        let before = Money::sum(billed.iter().map(|billed| billed.gross), Currency::EUR).unwrap();
        let last = final_lines(accepted, sums.gross, &billed, counting, &words()).unwrap();
        prop_assert_eq!(gross(&last, counting).checked_add(before).unwrap(), sums.gross);
        // What rounding loses is cents, and stands at the end.
        for line in last.iter().filter(|line| line.description.as_str() == "Rounding") {
            prop_assert!(line.unit_price.get().abs() <= Decimal::new(20, 2), "{}", line.unit_price);
        }
    }
}
