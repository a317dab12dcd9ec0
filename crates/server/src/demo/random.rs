use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::Id;
use rand::rngs::StdRng;
use rand::{Rng, RngCore, SeedableRng};

/// Chance that comes out the same for the same seed.
pub struct Chance(StdRng);

impl Chance {
    /// Chance of one part of the demo.
    pub fn new(seed: u64, part: u64) -> Self {
        Self(StdRng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ part))
    }

    /// One of several.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.0.random_range(0..of.len())]
    }

    /// A number of a range, its end included.
    pub fn between(&mut self, (from, to): (i64, i64)) -> i64 {
        self.0.random_range(from..=to)
    }

    /// An index below a length.
    pub fn index(&mut self, below: usize) -> usize {
        self.0.random_range(0..below)
    }

    /// Whether something happens that does so `percent` times in a hundred.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.rarely(percent, 1)
    }

    /// Whether something happens that does so `percent` times in a hundred times `seldom`.
    pub fn rarely(&mut self, percent: u32, seldom: u32) -> bool {
        self.0.random_range(0..100 * seldom) < percent
    }

    /// An instant some minutes later.
    pub fn later(&mut self, than: DateTime<Utc>, minutes: (i64, i64)) -> DateTime<Utc> {
        than + TimeDelta::seconds(self.between((minutes.0 * 60, minutes.1 * 60)))
    }

    /// An instant some days later.
    pub fn days_later(&mut self, than: DateTime<Utc>, days: (i64, i64)) -> DateTime<Utc> {
        self.later(than, (days.0 * 1440, days.1 * 1440))
    }

    /// An id that was made at an instant.
    pub fn id<I: Id>(&mut self, at: DateTime<Utc>) -> I {
        let mut bytes = [0; 10];
        self.0.fill_bytes(&mut bytes);
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
        I::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
    }
}
