use std::time::Duration;

/// What one side answered in one round.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Requests a second.
    pub rate: f64,
    /// Half of the answers came within this.
    pub p50: Duration,
    /// All but one in a hundred came within this.
    pub p99: Duration,
}

impl Sample {
    /// Of the times that answers took, in any order, and of the time in which all of them came.
    pub fn of(mut times: Vec<Duration>, within: Duration) -> Self {
        times.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "nobody answers 2^52 requests")]
        let rate = times.len() as f64 / within.as_secs_f64();
        Self { rate, p50: percentile(&times, 50), p99: percentile(&times, 99) }
    }
}

/// The least of these sorted times that so many percent of them are not above (the nearest rank); of none, zero.
pub fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// The middle of some numbers; of an even count, between the two. Not a number of none.
pub fn median(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.into_iter().collect();
    numbers.sort_unstable_by(f64::total_cmp);
    let half = numbers.len() / 2;
    match numbers.len() {
        0 => f64::NAN,
        length if length.is_multiple_of(2) => f64::midpoint(numbers[half - 1], numbers[half]),
        _ => numbers[half],
    }
}

/// Rounds of two sides, each pair one after the other: whatever else the machine did met both.
#[derive(Debug, Clone, Default)]
pub struct Rounds(Vec<[Sample; 2]>);

impl Rounds {
    /// Adds a round.
    pub fn push(&mut self, round: [Sample; 2]) {
        self.0.push(round);
    }

    /// The middle of what one side (0 or 1) showed.
    pub fn median(&self, side: usize, of: impl Fn(&Sample) -> f64) -> f64 {
        median(self.0.iter().map(|round| of(&round[side])))
    }

    /// The middle of the rounds' ratios, first to second side.
    pub fn ratio(&self, of: impl Fn(&Sample) -> f64) -> f64 {
        median(self.0.iter().map(|[first, second]| of(first) / of(second)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(numbers: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        numbers.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let hundred = millis(1..=100);
        assert_eq!(percentile(&hundred, 50), Duration::from_millis(50));
        assert_eq!(percentile(&hundred, 99), Duration::from_millis(99));
        assert_eq!(percentile(&hundred, 100), Duration::from_millis(100));
        // Of few, the 99th percentile is the longest.
        assert_eq!(percentile(&millis([1, 2, 3]), 99), Duration::from_millis(3));
        assert_eq!(percentile(&millis([1, 2, 3]), 50), Duration::from_millis(2));
        assert_eq!(percentile(&millis([7]), 1), Duration::from_millis(7));
        assert_eq!(percentile(&[], 99), Duration::ZERO);
    }

    #[test]
    fn samples_need_no_order() {
        let sample = Sample::of(millis([30, 10, 20, 40]), Duration::from_secs(2));
        assert!((sample.rate - 2.0).abs() < f64::EPSILON);
        assert_eq!((sample.p50, sample.p99), (Duration::from_millis(20), Duration::from_millis(40)));
    }

    #[test]
    fn the_median_ignores_how_far_off_the_ends_are() {
        assert!((median([3.0, 1000.0, 1.0]) - 3.0).abs() < f64::EPSILON);
        assert!((median([4.0, 1.0, 2.0, 1000.0]) - 3.0).abs() < f64::EPSILON);
        assert!(median([]).is_nan());
    }

    #[test]
    fn ratios_are_taken_within_rounds() {
        let sample = |rate| Sample { rate, p50: Duration::ZERO, p99: Duration::ZERO };
        let mut rounds = Rounds::default();
        // The machine became ten times slower between the rounds, which changes no ratio.
        for (first, second) in [(800.0, 1000.0), (80.0, 100.0), (8.0, 10.0)] {
            rounds.push([sample(first), sample(second)]);
        }
        assert!((rounds.ratio(|sample| sample.rate) - 0.8).abs() < 1e-9);
        assert!((rounds.median(0, |sample| sample.rate) - 80.0).abs() < f64::EPSILON);
    }
}
