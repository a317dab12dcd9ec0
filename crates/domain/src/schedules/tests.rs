use proptest::prelude::*;

use super::*;
use crate::allocation::{Limits, allocate};
use crate::ids::Id;
use crate::money::Currency;

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn percent(text: &str) -> Part {
    Part::Percent(text.parse().unwrap())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn minors(amounts: Result<Vec<Money>, ScheduleError>) -> Result<Vec<i64>, ScheduleError> {
    amounts.map(|amounts| amounts.into_iter().map(Money::minor).collect())
}

fn written(part: Part, due: When) -> InstalmentInput {
    InstalmentInput { label: Line::default(), part, due }
}

fn entry(amount: i64, due: Option<&str>) -> ScheduleEntry {
    ScheduleEntry {
        written: written(Part::Amount(eur(amount)), When::DaysAfterIssue(0)),
        amount: Some(amount),
        due_on: due.map(day),
        reached_on: None,
    }
}

fn parts(entries: &[ScheduleEntry], balance: i64) -> Vec<(Option<String>, i64)> {
    let parts = open_parts(entries, eur(balance)).into_iter();
    parts.map(|part| (part.due_on.map(|due| due.to_string()), part.left.minor())).collect()
}

#[test]
fn a_hundred_in_three_and_yen_by_percent() {
    assert_eq!(minors(split(eur(10_000), &[Part::Rest; 3])), Ok(vec![3334, 3333, 3333]));
    let yen = Money::new(10_001, Currency::JPY);
    assert_eq!(minors(split(yen, &[percent("30"), Part::Rest])), Ok(vec![3000, 7001]));
    assert_eq!(minors(split(eur(10_000), &[percent("33.3333"), percent("66.6667")])), Ok(vec![3333, 6667]));
    assert_eq!(minors(split(eur(10_001), &[percent("50"), percent("50")])), Ok(vec![5001, 5000]));
    let mixed = [percent("10"), Part::Amount(eur(2500)), Part::Rest, Part::Rest];
    assert_eq!(minors(split(eur(10_001), &mixed)), Ok(vec![1000, 2500, 3251, 3250]));
}

#[test]
fn what_does_not_fit_is_refused() {
    let amount = |minor| Part::Amount(eur(minor));
    assert_eq!(split(eur(100), &[amount(60), amount(60)]), Err(ScheduleError::TooMuch));
    assert_eq!(split(eur(100), &[amount(60), amount(30)]), Err(ScheduleError::TooLittle));
    assert_eq!(split(eur(100), &[percent("50"), percent("40")]), Err(ScheduleError::TooLittle));
    assert_eq!(split(eur(100), &[percent("60"), percent("60"), Part::Rest]), Err(ScheduleError::TooMuch));
    assert_eq!(split(eur(100), &[amount(100), Part::Rest]), Err(ScheduleError::Nothing(1)));
    assert_eq!(split(eur(1), &[Part::Rest, Part::Rest]), Err(ScheduleError::Nothing(1)));
    assert_eq!(split(eur(0), &[Part::Rest]), Err(ScheduleError::Nothing(0)));
    assert_eq!(split(eur(-100), &[percent("100")]), Err(ScheduleError::Nothing(0)));
    assert_eq!(split(eur(100), &[]), Err(ScheduleError::TooLittle));
    let yen = Part::Amount(Money::new(10, Currency::JPY));
    assert_eq!(split(eur(100), &[Part::Rest, yen]), Err(ScheduleError::Currency(1)));
}

#[test]
fn freezing_gives_amounts_and_days() {
    let milestone = Milestone { name: "Roof is on".parse().unwrap(), days: 14 };
    let schedule = draft(&[
        written(percent("30"), When::DaysAfterIssue(7)),
        written(Part::Rest, When::Milestone(milestone)),
        written(Part::Rest, When::On(day("2026-09-30"))),
    ]);
    let mut frozen = freeze(&schedule, eur(10_000), day("2026-03-01")).unwrap();
    let kept: Vec<_> = frozen.iter().map(|entry| (entry.amount.unwrap(), entry.due_on)).collect();
    assert_eq!(kept, [(3000, Some(day("2026-03-08"))), (3500, None), (3500, Some(day("2026-09-30")))]);
    frozen[1].mark(Some(day("2026-05-02")));
    assert_eq!((frozen[1].reached_on, frozen[1].due_on), (Some(day("2026-05-02")), Some(day("2026-05-16"))));
    frozen[1].mark(None);
    assert_eq!((frozen[1].reached_on, frozen[1].due_on), (None, None));

    assert_eq!(freeze(&schedule, eur(10_000), day("2026-10-01")), Err(ScheduleError::BeforeIssue(2)));
    let long = draft(&[written(Part::Rest, When::DaysAfterIssue(MAX_DAYS + 1))]);
    assert_eq!(freeze(&long, eur(1), day("2026-10-01")), Err(ScheduleError::Days(0)));
    let nothing =
        [written(percent("0"), When::DaysAfterIssue(1)), written(Part::Rest, When::DaysAfterIssue(1))];
    assert_eq!(freeze(&draft(&nothing), eur(100), day("2026-10-01")), Err(ScheduleError::Percent(0)));
}

#[test]
fn what_comes_pays_the_instalment_that_is_due_first() {
    // As they stand: the last to be due, one that waits, the first.
    let schedule = [entry(50, Some("2026-06-01")), entry(30, None), entry(20, Some("2026-03-01"))];
    let (march, june) = (Some("2026-03-01".to_owned()), Some("2026-06-01".to_owned()));
    assert_eq!(parts(&schedule, 100), [(march.clone(), 20), (june.clone(), 50), (None, 30)]);
    assert_eq!(parts(&schedule, 95), [(march, 15), (june.clone(), 50), (None, 30)]);
    assert_eq!(parts(&schedule, 80), [(june.clone(), 50), (None, 30)]);
    assert_eq!(parts(&schedule, 31), [(june, 1), (None, 30)]);
    assert_eq!(parts(&schedule, 0), []);

    let shown = shown(&schedule, eur(95), day("2026-03-01"));
    let states: Vec<_> = shown.iter().map(|instalment| (instalment.left.minor(), instalment.state)).collect();
    assert_eq!(
        states,
        [(50, InstalmentState::Upcoming), (30, InstalmentState::Waiting), (15, InstalmentState::Due)]
    );
    let spread =
        |payment| -> Vec<i64> { spread(eur(payment), &shown).into_iter().map(Money::minor).collect() };
    assert_eq!((spread(10), spread(60), spread(90)), (vec![0, 0, 10], vec![45, 0, 15], vec![50, 25, 15]));
    let late = super::shown(&schedule, eur(80), day("2026-06-02"));
    assert_eq!((late[0].state, late[2].state), (InstalmentState::Overdue, InstalmentState::Settled));
}

#[test]
fn what_is_asked_for_is_all_that_is_due_or_the_next() {
    let schedule = [entry(20, Some("2026-03-01")), entry(50, Some("2026-06-01")), entry(30, None)];
    let next =
        |balance, today| next_payment(&open_parts(&schedule, eur(balance)), eur(balance), day(today)).minor();
    assert_eq!(next(100, "2026-02-01"), 20);
    assert_eq!(next(100, "2026-03-01"), 20);
    assert_eq!(next(100, "2026-06-01"), 70);
    assert_eq!(next(80, "2026-03-02"), 50);
    assert_eq!(next(30, "2026-07-01"), 30);
    assert_eq!(next_payment(&[], eur(70), day("2026-07-01")), eur(70));
}

#[test]
fn payments_go_over_instalments_of_several_invoices_by_their_days() {
    let id = |number: u128| InvoiceId::from_uuid(uuid::Uuid::from_u128(number));
    let schedule = [entry(20, Some("2026-03-01")), entry(50, Some("2026-06-01")), entry(30, None)];
    let mut open = to_allocate(id(1), "1", None, eur(100), &open_parts(&schedule, eur(100)));
    open.extend(to_allocate(id(2), "2", Some(day("2026-04-01")), eur(40), &[]));
    let limits = Limits { minimum: None, over_payment: false };
    let shares = |payment| -> Vec<(String, i64)> {
        let shares = allocate(eur(payment), &open, limits).unwrap().shares.into_iter();
        shares.map(|share| (share.number, share.amount.minor())).collect()
    };
    assert_eq!(shares(50), [("1".to_owned(), 20), ("2".to_owned(), 30)]);
    assert_eq!(shares(65), [("1".to_owned(), 25), ("2".to_owned(), 40)]);
    assert_eq!(shares(140), [("1".to_owned(), 100), ("2".to_owned(), 40)]);
    let whole: Vec<i64> = (1..=140).filter(|payment| is_whole(eur(*payment), &open)).collect();
    assert_eq!(whole, [20, 60, 110, 140]);
}

fn any_part() -> impl Strategy<Value = Part> {
    prop_oneof![
        (1_i64..=1_000_000).prop_map(|parts| Part::Percent(Decimal::new(parts, 4).try_into().unwrap())),
        (1_i64..100_000).prop_map(|minor| Part::Amount(eur(minor))),
        Just(Part::Rest),
    ]
}

proptest! {
    #[test]
    fn parts_sum_to_the_whole(total in 1_i64..10_000_000, parts in prop::collection::vec(any_part(), 1..8)) {
        if let Ok(amounts) = split(eur(total), &parts) {
            prop_assert_eq!(amounts.len(), parts.len());
            prop_assert!(amounts.iter().all(|amount| amount.is_positive()));
            prop_assert_eq!(Money::sum(amounts, Currency::EUR), Ok(eur(total)));
        }
    }

    #[test]
    fn equal_parts_and_whole_percentages_always_fit(total in 1_000_i64..1_000_000_000_000, count in 1_usize..36) {
        let rests = vec![Part::Rest; count];
        let amounts = split(eur(total), &rests).unwrap();
        prop_assert_eq!(Money::sum(amounts.iter().copied(), Currency::EUR), Ok(eur(total)));
        prop_assert!(amounts[0].minor() - amounts[count - 1].minor() <= 1);
        let halves = [percent("12.5"), percent("12.5"), percent("75")];
        let amounts = split(eur(total), &halves).unwrap();
        prop_assert_eq!(Money::sum(amounts, Currency::EUR), Ok(eur(total)));
    }

    #[test]
    fn what_is_left_of_instalments_is_what_is_left_of_the_invoice(
        amounts in prop::collection::vec((1_i64..10_000, prop::option::of(1_u32..28)), 1..8),
        paid in 0_i64..100_000,
    ) {
        let schedule: Vec<ScheduleEntry> = amounts
            .iter()
            .map(|(amount, day)| entry(*amount, day.map(|day| format!("2026-03-{day:02}")).as_deref()))
            .collect();
        let total: i64 = amounts.iter().map(|(amount, _)| amount).sum();
        let balance = eur(total - paid.min(total));
        let parts = open_parts(&schedule, balance);
        prop_assert_eq!(Money::sum(parts.iter().map(|part| part.left), Currency::EUR), Ok(balance));
        prop_assert!(parts.is_sorted_by_key(|part| part.due_on.unwrap_or(NaiveDate::MAX)));
        let shown = shown(&schedule, balance, day("2026-03-10"));
        let left = shown.iter().map(|instalment| instalment.left);
        prop_assert_eq!(Money::sum(left, Currency::EUR), Ok(balance));
    }
}
