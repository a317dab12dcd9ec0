//! What holds for every document.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::PriceMode::{Exclusive, Inclusive};
use super::Rounding::{PerDocument, PerLine};
use super::tests::{line, total};
use super::*;

fn decimal<T: TryFrom<Decimal>>(mantissa: i64, scale: u32) -> Option<T> {
    T::try_from(Decimal::new(mantissa, scale)).ok()
}

/// Lines of every kind: credits, free ones, fractions of cents, up to `taxes` of four taxes.
fn lines(taxes: usize) -> impl Strategy<Value = Vec<LineInput>> {
    let rates = [("VAT", "19"), ("VAT", "7"), ("GST", "5"), ("QST", "9.975")];
    let taxes = prop::sample::subsequence(rates.to_vec(), 0..=taxes).prop_shuffle();
    let one = (-9_999_999_i64..9_999_999, 0_u32..=6, -9_999_999_i64..9_999_999, 0_u32..=6, taxes);
    let one = one.prop_map(|(quantity, places, price, price_places, taxes)| LineInput {
        quantity: decimal(quantity, places).unwrap(),
        unit_price: decimal(price, price_places).unwrap(),
        ..line("1", "1", &taxes)
    });
    prop::collection::vec(one, 0..12)
}

fn settings() -> impl Strategy<Value = (Rounding, PriceMode)> {
    (prop::sample::select(&Rounding::ALL[..]), prop::sample::select(&PriceMode::ALL[..]))
}

/// A percentage, or an amount that is this share of the subtotal.
fn discount(lines: &[LineInput], percent: bool, share: i64) -> Discount {
    let rate: Rate = decimal(share, 4).unwrap();
    let subtotal = total(lines, None, PerLine, Exclusive).subtotal;
    if percent { Discount::Percent(rate) } else { Discount::Amount(subtotal.percent(rate)) }
}

fn negated(money: Money) -> Money {
    money.checked_neg().unwrap()
}

proptest! {
    #[test]
    fn everything_adds_up(
        lines in lines(4), (rounding, mode) in settings(), percent: bool, share in 0_i64..=1_000_000,
    ) {
        let totals = total(&lines, Some(discount(&lines, percent, share)), rounding, mode);
        let sum = |amounts: Vec<Money>| Money::sum(amounts, Currency::EUR).unwrap();
        prop_assert_eq!(sum(totals.lines.clone()), totals.subtotal);
        let taxes = sum(totals.taxes.iter().map(|tax| tax.amount).collect());
        prop_assert_eq!(totals.net.checked_add(taxes).unwrap(), totals.gross);
        let kept = match mode { Exclusive => totals.net, Inclusive => totals.gross };
        prop_assert_eq!(kept.checked_add(totals.discount).unwrap(), totals.subtotal);
    }

    #[test]
    fn each_rate_adds_up(
        lines in lines(1), (rounding, mode) in settings(), percent: bool, share in 0_i64..=1_000_000,
    ) {
        // With one tax a line, what bears a tax is one part of the document, and its parts are known.
        let lines: Vec<LineInput> = lines.into_iter().filter(|line| !line.taxes.is_empty()).collect();
        let discount = discount(&lines, percent, share);
        let totals = total(&lines, Some(discount), rounding, mode);
        let bases = Money::sum(totals.taxes.iter().map(|tax| tax.base), Currency::EUR).unwrap();
        prop_assert_eq!(bases, totals.net);
        let gross = totals.taxes.iter().map(|tax| tax.base.checked_add(tax.amount).unwrap());
        prop_assert_eq!(Money::sum(gross, Currency::EUR).unwrap(), totals.gross);
        for tax in &totals.taxes {
            if (rounding, mode) == (PerDocument, Exclusive) {
                prop_assert_eq!(tax.amount, tax.base.percent(tax.rate));
            }
        }
    }

    #[test]
    fn a_discount_takes_from_each_rate_what_is_due(
        lines in lines(1), percent: bool, share in 0_i64..=1_000_000,
    ) {
        // Amounts of one sign, so that a share of the whole is the same share of each part.
        let lines: Vec<LineInput> =
            lines.into_iter().filter(|line| line.amount(Currency::EUR).unwrap().is_positive()).collect();
        let before = total(&lines, None, PerDocument, Exclusive);
        let after = total(&lines, Some(discount(&lines, percent, share)), PerDocument, Exclusive);
        for (before, after) in before.taxes.iter().zip(&after.taxes) {
            let fair = before.base.percent(decimal(share, 4).unwrap());
            let taken = before.base.checked_sub(after.base).unwrap();
            prop_assert!((taken.minor() - fair.minor()).abs() <= 1, "{} for {}", taken, fair);
        }
    }

    #[test]
    fn a_credit_note_mirrors_its_invoice(
        lines in lines(4), (rounding, mode) in settings(), percent: bool, share in 0_i64..=1_000_000,
    ) {
        let discount = discount(&lines, percent, share);
        let opposite = match discount {
            Discount::Percent(_) => discount,
            Discount::Amount(amount) => Discount::Amount(negated(amount)),
        };
        let credit: Vec<LineInput> = lines
            .iter()
            .map(|line| LineInput { quantity: (-line.quantity.get()).try_into().unwrap(), ..line.clone() })
            .collect();
        let mut expected = total(&lines, Some(discount), rounding, mode);
        for line in &mut expected.lines {
            *line = negated(*line);
        }
        for tax in &mut expected.taxes {
            (tax.base, tax.amount) = (negated(tax.base), negated(tax.amount));
        }
        for amount in [&mut expected.subtotal, &mut expected.discount, &mut expected.net, &mut expected.gross] {
            *amount = negated(*amount);
        }
        prop_assert_eq!(total(&credit, Some(opposite), rounding, mode), expected);
    }

    #[test]
    fn no_input_panics(
        inputs in prop::collection::vec((any::<i64>(), 0_u32..=10, any::<i64>(), 0_u32..=10), 0..6),
        (rounding, mode) in settings(),
        amount: i64,
    ) {
        let lines: Vec<LineInput> = inputs
            .into_iter()
            .filter_map(|(quantity, places, price, price_places)| {
                let taxes = line("1", "1", &[("VAT", "100"), ("GST", "99.9999")]).taxes;
                Some(LineInput { quantity: decimal(quantity, places)?, unit_price: decimal(price, price_places)?, taxes })
            })
            .collect();
        for currency in [Currency::EUR, Currency::JPY, "KWD".parse().unwrap()] {
            for discount in [Discount::Amount(Money::new(amount, currency)), Discount::Percent("99.9999".parse().unwrap())] {
                let _ = compute(&lines, Some(discount), currency, rounding, mode);
            }
        }
    }
}
