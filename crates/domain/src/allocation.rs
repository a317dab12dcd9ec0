//! Which invoices a payment pays: the oldest due first, and what is left becomes the client's credit.

use chrono::NaiveDate;

use crate::invoices::InvoiceId;
use crate::money::Money;
use crate::payments::{AttemptShare, PaymentError};

/// An invoice with something left to pay, or an instalment of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvoice {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its number, which decides between invoices due on the same day.
    pub number: String,
    /// When it is due.
    pub due_on: NaiveDate,
    /// What is left to pay.
    pub balance: Money,
}

/// What may be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The least that may be paid, unless less is owed; in the payment's currency.
    pub minimum: Option<Money>,
    /// Whether more than is owed is taken, as credit. Money that has already come always is.
    pub over_payment: bool,
}

/// Where a payment goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// What each invoice gets, in the order of payment; none gets nothing.
    pub shares: Vec<AttemptShare>,
    /// What pays no invoice: the client's credit, usable next time.
    pub credit: Money,
}

/// Allocates a payment over open invoices, whatever their order: the oldest due first, then by number. An invoice
/// may be there in several parts; it gets one share.
pub fn allocate(payment: Money, open: &[OpenInvoice], limits: Limits) -> Result<Allocation, PaymentError> {
    let currency = payment.currency();
    let amounts = open.iter().map(|invoice| invoice.balance).chain(limits.minimum);
    if amounts.into_iter().any(|amount| amount.currency() != currency) {
        return Err(PaymentError::CurrencyMismatch);
    }
    if !payment.is_positive() {
        return Err(PaymentError::NotPositive);
    }
    let mut order: Vec<&OpenInvoice> = open.iter().filter(|invoice| invoice.balance.is_positive()).collect();
    // All of them together may be more than an amount can hold; a payment isn't.
    let owed: i128 = order.iter().map(|invoice| i128::from(invoice.balance.minor())).sum();
    let least = limits.minimum.map_or(0, |minimum| i128::from(minimum.minor())).min(owed);
    if i128::from(payment.minor()) < least {
        return Err(PaymentError::BelowMinimum(within(least, payment)));
    }
    if i128::from(payment.minor()) > owed && !limits.over_payment {
        return Err(PaymentError::AboveBalance(within(owed, payment)));
    }
    oldest_first(&mut order);
    let mut left = payment.minor();
    let mut shares: Vec<AttemptShare> = Vec::new();
    for invoice in order {
        let share = left.min(invoice.balance.minor());
        if share == 0 {
            break;
        }
        left -= share;
        // Another instalment of one that got something already.
        if let Some(known) = shares.iter_mut().find(|known| known.invoice_id == invoice.invoice_id) {
            known.amount = Money::new(known.amount.minor() + share, currency);
            continue;
        }
        shares.push(AttemptShare {
            invoice_id: invoice.invoice_id,
            number: invoice.number.clone(),
            amount: Money::new(share, currency),
        });
    }
    Ok(Allocation { shares, credit: Money::new(left, currency) })
}

/// Puts open invoices into the order in which they are paid.
pub(crate) fn oldest_first(open: &mut [&OpenInvoice]) {
    // The text itself decides between `7` and `07`.
    open.sort_by_cached_key(|invoice| (invoice.due_on, numeric(&invoice.number), invoice.number.clone()));
}

/// A limit that was found to be no larger than an amount.
fn within(limit: i128, payment: Money) -> Money {
    Money::exact(limit, payment.currency())
        .expect("a minimum is an amount, and a total below the payment fits")
}

/// A number as people sort it: `INV-9` before `INV-10`. Texts and lengths of digit runs are compared in
/// turn, so that numbers of any length can be.
fn numeric(number: &str) -> Vec<(&str, usize, &str)> {
    let mut parts = Vec::new();
    let mut rest = number;
    while !rest.is_empty() {
        let (text, tail) = rest.split_at(rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len()));
        let (digits, tail) = tail.split_at(tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len()));
        let digits = digits.trim_start_matches('0');
        parts.push((text, digits.len(), digits));
        rest = tail;
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::Id;
    use crate::money::Currency;

    const OPEN: Limits = Limits { minimum: None, over_payment: true };
    const EXACT: Limits = Limits { minimum: None, over_payment: false };

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn invoice(number: &str, day: u32, balance: i64) -> OpenInvoice {
        // Each its own, however alike they are.
        static LAST: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let id = LAST.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        OpenInvoice {
            invoice_id: InvoiceId::from_uuid(uuid::Uuid::from_u128(id.into())),
            number: number.to_owned(),
            due_on: NaiveDate::from_ymd_opt(2026, 3, day).unwrap(),
            balance: eur(balance),
        }
    }

    fn shares(allocation: &Allocation) -> Vec<(&str, i64)> {
        allocation.shares.iter().map(|share| (share.number.as_str(), share.amount.minor())).collect()
    }

    #[test]
    fn more_than_is_owed_becomes_credit() {
        let allocation = allocate(eur(15_000), &[invoice("1", 1, 12_000)], OPEN).unwrap();
        assert_eq!(shares(&allocation), [("1", 12_000)]);
        assert_eq!(allocation.credit, eur(3000));
        assert_eq!(
            allocate(eur(15_000), &[invoice("1", 1, 12_000)], EXACT),
            Err(PaymentError::AboveBalance(eur(12_000)))
        );
        assert_eq!(allocate(eur(700), &[], OPEN).unwrap().credit, eur(700));
    }

    #[test]
    fn the_oldest_due_is_paid_first_then_the_lowest_number() {
        let open = [
            invoice("2026-10", 9, 100),
            invoice("2026-3", 20, 100),
            invoice("2026-9", 9, 100),
            invoice("2026-11", 2, 100),
        ];
        let allocation = allocate(eur(350), &open, EXACT).unwrap();
        assert_eq!(
            shares(&allocation),
            [("2026-11", 100), ("2026-9", 100), ("2026-10", 100), ("2026-3", 50)]
        );
        assert!(allocation.credit.is_zero());
        assert_eq!(shares(&allocate(eur(30), &open, EXACT).unwrap()), [("2026-11", 30)]);
        let alike = [invoice("7", 1, 10), invoice("07", 1, 10)];
        assert_eq!(shares(&allocate(eur(10), &alike, EXACT).unwrap()), [("07", 10)]);
    }

    #[test]
    fn a_part_is_no_less_than_the_minimum_unless_less_is_owed() {
        let limits = Limits { minimum: Some(eur(1000)), over_payment: false };
        let owed = |balance| [invoice("1", 1, balance)];
        assert_eq!(allocate(eur(999), &owed(5000), limits), Err(PaymentError::BelowMinimum(eur(1000))));
        assert!(allocate(eur(1000), &owed(5000), limits).is_ok());
        assert!(allocate(eur(40), &owed(40), limits).is_ok());
        assert_eq!(allocate(eur(39), &owed(40), limits), Err(PaymentError::BelowMinimum(eur(40))));
    }

    #[test]
    fn currencies_are_not_mixed_and_nothing_pays_nothing() {
        let yen = OpenInvoice { balance: Money::new(100, Currency::JPY), ..invoice("1", 1, 100) };
        assert_eq!(
            allocate(eur(100), &[invoice("2", 2, 50), yen], OPEN),
            Err(PaymentError::CurrencyMismatch)
        );
        let limits = Limits { minimum: Some(Money::new(1, Currency::JPY)), over_payment: true };
        assert_eq!(allocate(eur(100), &[], limits), Err(PaymentError::CurrencyMismatch));
        for nothing in [0, -1, i64::MIN] {
            assert_eq!(allocate(eur(nothing), &[invoice("1", 1, 50)], OPEN), Err(PaymentError::NotPositive));
        }
    }

    #[test]
    fn what_owes_nothing_gets_nothing() {
        let open = [invoice("1", 1, 0), invoice("2", 2, -500), invoice("3", 3, 100)];
        assert_eq!(shares(&allocate(eur(100), &open, EXACT).unwrap()), [("3", 100)]);
        assert_eq!(allocate(eur(101), &open, EXACT), Err(PaymentError::AboveBalance(eur(100))));
    }

    proptest! {
        #[test]
        fn shares_and_credit_sum_to_the_payment(
            payment: i64,
            minimum in proptest::option::of(any::<i64>()),
            over_payment: bool,
            open in prop::collection::vec(("[A-Z0-9é-]{0,8}", 1_u32..28, any::<i64>()), 0..8),
        ) {
            let open: Vec<OpenInvoice> = open.iter().map(|(number, day, owed)| invoice(number, *day, *owed)).collect();
            let limits = Limits { minimum: minimum.map(eur), over_payment };
            if let Ok(allocation) = allocate(eur(payment), &open, limits) {
                let amounts = allocation.shares.iter().map(|share| share.amount).chain([allocation.credit]);
                prop_assert_eq!(Money::sum(amounts, Currency::EUR), Ok(eur(payment)));
                prop_assert!(allocation.shares.iter().all(|share| share.amount.is_positive()));
                prop_assert!(over_payment || allocation.credit.is_zero());
                // Every invoice but the last that got something is paid in full, and credit only follows all.
                let owed = open.iter().filter(|invoice| invoice.balance.is_positive()).count();
                prop_assert!(allocation.credit.is_zero() || allocation.shares.len() == owed);
            }
        }

        #[test]
        fn the_order_given_does_not_matter(
            payment in 1_i64..3000,
            open in prop::collection::btree_map("[A-C]-[0-9]{1,3}", (1_u32..5, 1_i64..900), 1..6),
        ) {
            let mut open: Vec<OpenInvoice> =
                open.iter().map(|(number, (day, owed))| invoice(number, *day, *owed)).collect();
            let there = allocate(eur(payment), &open, OPEN);
            open.reverse();
            prop_assert_eq!(allocate(eur(payment), &open, OPEN), there);
        }
    }
}
