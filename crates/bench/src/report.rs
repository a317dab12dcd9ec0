use crate::stats::{Rounds, Sample};
use crate::table::Table;

/// What a number is wanted to be (the goals are those of the design).
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
}

impl Goal {
    /// Requests a second, as a part of the bare handler's.
    pub const RATE: Self = Self::AtLeast(0.75);
    /// The slowest of a hundred answers, as a multiple of the bare handler's.
    pub const P99: Self = Self::AtMost(1.5);
    /// Bytes resident under load.
    pub const MEMORY: Self = Self::AtMost(60e6);
    /// Seconds until the first answer, on an existing database.
    pub const START: Self = Self::AtMost(0.3);
    /// What a request costs at the bigger size, as a multiple of the smaller.
    pub const GROWTH: Self = Self::AtMost(1.5);

    /// The goal and whether the number keeps to it, in words.
    fn judge(self, number: f64, words: impl Fn(f64) -> String) -> [String; 2] {
        let (goal, kept) = match self {
            Self::AtLeast(least) => (format!("≥ {}", words(least)), number >= least),
            Self::AtMost(most) => (format!("≤ {}", words(most)), number <= most),
        };
        [goal, if kept { "ok" } else { "missed" }.to_owned()]
    }
}

/// The whole result, as it grows.
#[derive(Debug, Default)]
pub struct Report(Table);

impl Report {
    /// Begins a part of the table.
    pub fn part(&mut self, title: &str, first: &str, second: &str) {
        self.0.gap();
        self.0.row([title, first, second, "ratio", "goal", ""]);
    }

    /// The product (first) beside the bare handler (second).
    pub fn beside(&mut self, name: &str, rounds: &Rounds) {
        self.0.row([name]);
        let rate = |sample: &Sample| sample.rate;
        let [goal, verdict] = Goal::RATE.judge(rounds.ratio(rate), percent);
        self.cells(
            "  requests/s",
            [0, 1].map(|side| count(rounds.median(side, rate))),
            percent(rounds.ratio(rate)),
            goal,
            verdict,
        );
        let p50 = |sample: &Sample| sample.p50.as_secs_f64();
        self.cells(
            "  p50",
            [0, 1].map(|side| millis(rounds.median(side, p50))),
            times(rounds.ratio(p50)),
            String::new(),
            String::new(),
        );
        let p99 = |sample: &Sample| sample.p99.as_secs_f64();
        let [goal, verdict] = Goal::P99.judge(rounds.ratio(p99), times);
        self.cells(
            "  p99",
            [0, 1].map(|side| millis(rounds.median(side, p99))),
            times(rounds.ratio(p99)),
            goal,
            verdict,
        );
    }

    /// Few invoices (first) beside many (second): what a request costs more.
    pub fn growth(&mut self, name: &str, rounds: &Rounds) {
        let rate = |sample: &Sample| sample.rate;
        let [goal, verdict] = Goal::GROWTH.judge(rounds.ratio(rate), times);
        let rates = [0, 1].map(|side| count(rounds.median(side, rate)));
        self.cells(&format!("  {name}, requests/s"), rates, times(rounds.ratio(rate)), goal, verdict);
    }

    /// Something that was done so many times within a time.
    pub fn each(&mut self, name: &str, times: usize, within: std::time::Duration) {
        #[expect(clippy::cast_precision_loss, reason = "nobody does something 2^52 times")]
        let rate = times as f64 / within.as_secs_f64();
        self.0.row([name.to_owned(), millis(within.as_secs_f64()), format!("{}/s", count(rate))]);
    }

    /// Something that was done once; without a time, a heading.
    pub fn once(&mut self, name: &str, took: Option<std::time::Duration>) {
        if let Some(took) = took {
            self.0.row([name.to_owned(), millis(took.as_secs_f64())]);
        } else {
            self.0.gap();
            self.0.row([name]);
        }
    }

    /// Memory of the product and of the bare handler, in bytes.
    pub fn memory(&mut self, [ours, bare]: [f64; 2]) {
        let [goal, verdict] = Goal::MEMORY.judge(ours, megabytes);
        self.cells("memory under these", [megabytes(ours), megabytes(bare)], String::new(), goal, verdict);
    }

    /// Seconds from the start to the first answer.
    pub fn start(&mut self, ours: f64, bare: f64) {
        let [goal, verdict] = Goal::START.judge(ours, millis);
        self.cells("start, to the first answer", [millis(ours), millis(bare)], String::new(), goal, verdict);
    }

    fn cells(
        &mut self,
        name: &str,
        [first, second]: [String; 2],
        ratio: String,
        goal: String,
        verdict: String,
    ) {
        self.0.row([name.to_owned(), first, second, ratio, goal, verdict]);
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

fn percent(part: f64) -> String {
    format!("{:.0} %", part * 100.0)
}

fn times(multiple: f64) -> String {
    format!("{multiple:.2} ×")
}

fn millis(seconds: f64) -> String {
    let millis = seconds * 1000.0;
    if millis < 100.0 { format!("{millis:.1} ms") } else { format!("{millis:.0} ms") }
}

fn megabytes(bytes: f64) -> String {
    format!("{:.0} MB", bytes / 1e6)
}

/// A whole number, its thousands apart.
pub fn count(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn numbers_are_written_to_be_read() {
        assert_eq!(
            [count(0.0), count(999.4), count(1000.0), count(1_020_000.0)],
            ["0", "999", "1,000", "1,020,000"]
        );
        assert_eq!([millis(0.00123), millis(0.1234)], ["1.2 ms", "123 ms"]);
        assert_eq!([percent(0.754), times(1.499), megabytes(59.4e6)], ["75 %", "1.50 ×", "59 MB"]);
    }

    #[test]
    fn a_goal_is_kept_or_missed_by_the_number_not_by_its_rounding() {
        assert_eq!(Goal::RATE.judge(0.749, percent), ["≥ 75 %", "missed"]);
        assert_eq!(Goal::RATE.judge(0.75, percent), ["≥ 75 %", "ok"]);
        assert_eq!(Goal::P99.judge(1.501, times), ["≤ 1.50 ×", "missed"]);
        assert_eq!(Goal::START.judge(0.2, millis), ["≤ 300 ms", "ok"]);
        // No number is no success.
        assert_eq!(Goal::MEMORY.judge(f64::NAN, megabytes)[1], "missed");
    }

    #[test]
    fn every_number_stands_beside_its_goal() {
        let sample =
            |rate, p99| Sample { rate, p50: Duration::from_millis(2), p99: Duration::from_millis(p99) };
        let mut rounds = Rounds::default();
        rounds.push([sample(800.0, 9), sample(1000.0, 5)]);
        let mut report = Report::default();
        report.beside("list", &rounds);
        report.growth("list", &rounds);
        let text = report.to_string();
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1], ["requests/s", "800", "1,000", "80", "%", "≥", "75", "%", "ok"]);
        assert_eq!(lines[3][5..], ["1.80", "×", "≤", "1.50", "×", "missed"]);
        assert_eq!(lines[4][2..], ["800", "1,000", "0.80", "×", "≤", "1.50", "×", "ok"]);
    }
}
