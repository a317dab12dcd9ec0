//! Whole-number division that loses nothing. All rounding of Portico happens in these two functions.

/// `numerator / denominator`, half away from zero. The denominator is positive.
pub(crate) fn divide(numerator: i128, denominator: i128) -> i128 {
    let (quotient, remainder) = (numerator / denominator, (numerator % denominator).abs());
    if remainder >= denominator - remainder { quotient + numerator.signum() } else { quotient }
}

/// Rounds the exact shares `numerators / denominator` to whole numbers that add up to `total`, which is
/// their exact sum or that sum rounded. None is off by one or more.
///
/// What is left after rounding down goes, one each, to the largest fractions, and among equals to the
/// first. Negative totals are shared as their opposite is, so that a credit note mirrors its invoice.
pub(crate) fn share(total: i128, numerators: &[i128], denominator: i128) -> Vec<i128> {
    let leading = numerators.iter().copied().find(|&numerator| numerator != 0).unwrap_or(0);
    let sign = if total == 0 { leading.signum() } else { total.signum() };
    let mut parts: Vec<i128> = numerators.iter().map(|n| (n * sign).div_euclid(denominator)).collect();
    let left = total * sign - parts.iter().sum::<i128>();
    let mut by_fraction: Vec<usize> = (0..parts.len()).collect();
    // A stable sort: equals keep their order.
    by_fraction.sort_by_key(|&index| std::cmp::Reverse((numerators[index] * sign).rem_euclid(denominator)));
    for &index in by_fraction.iter().take(usize::try_from(left).unwrap_or_default()) {
        parts[index] += 1;
    }
    parts.into_iter().map(|part| part * sign).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        for (numerator, denominator, expected) in [
            (5, 10, 1),
            (-5, 10, -1),
            (4, 10, 0),
            (-4, 10, 0),
            (15, 10, 2),
            (25, 10, 3),
            (-25, 10, -3),
            (7, 7, 1),
        ] {
            assert_eq!(divide(numerator, denominator), expected, "{numerator}/{denominator}");
        }
        assert_eq!(divide(i128::MAX, i128::MAX), 1);
        assert_eq!(divide(i128::MIN, 1), i128::MIN);
    }

    #[test]
    fn the_largest_fractions_get_what_is_left() {
        assert_eq!(share(100, &[100, 100, 100], 3), [34, 33, 33]);
        assert_eq!(share(-100, &[-100, -100, -100], 3), [-34, -33, -33]);
        assert_eq!(share(10, &[34, 33, 33], 10), [4, 3, 3]);
        assert_eq!(share(1, &[1, 8], 9), [0, 1]);
        assert_eq!(share(0, &[5, -5], 10), [1, -1]);
        assert_eq!(share(0, &[-5, 5], 10), [-1, 1]);
        assert_eq!(share(0, &[], 1), []);
    }

    proptest! {
        #[test]
        fn shares_add_up_mirror_and_stay_close(
            numerators in prop::collection::vec(-1_000_000_000_000_i128..1_000_000_000_000, 0..12),
            denominator in 1_i128..2_000_000,
        ) {
            let total = divide(numerators.iter().sum(), denominator);
            let parts = share(total, &numerators, denominator);
            prop_assert_eq!(parts.iter().sum::<i128>(), total);
            for (part, numerator) in parts.iter().zip(&numerators) {
                prop_assert!((part * denominator - numerator).abs() < denominator);
            }
            let negated: Vec<i128> = numerators.iter().map(|numerator| -numerator).collect();
            let mirrored: Vec<i128> = parts.iter().map(|part| -part).collect();
            prop_assert_eq!(share(-total, &negated, denominator), mirrored);
        }
    }
}
