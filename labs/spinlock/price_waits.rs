//! How long threads waited: a histogram that keeps the longest wait exactly.

use std::time::Duration;

/// Every doubling of the time is divided into this many buckets: a quantile is 13 % off at most.
const PER_DOUBLING: usize = 8;
const BUCKETS: usize = 64 * PER_DOUBLING;

/// Waiting times of one thread, or of several together.
#[derive(Clone, Debug)]
pub(super) struct Waits {
    buckets: Vec<u32>,
    longest_ns: u64,
}

impl Waits {
    pub(super) fn new() -> Self {
        Self { buckets: vec![0; BUCKETS], longest_ns: 0 }
    }

    pub(super) fn add(&mut self, wait: Duration) {
        let ns = u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX);
        self.buckets[bucket(ns)] += 1;
        self.longest_ns = self.longest_ns.max(ns);
    }

    pub(super) fn join(mut self, other: &Self) -> Self {
        for (ours, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *ours += theirs;
        }
        self.longest_ns = self.longest_ns.max(other.longest_ns);
        self
    }

    /// The longest wait, in nanoseconds.
    pub(super) fn longest_ns(&self) -> u64 {
        self.longest_ns
    }

    /// A time that 99 of 100 waits did not exceed, in nanoseconds.
    pub(super) fn p99_ns(&self) -> u64 {
        let n: u64 = self.buckets.iter().copied().map(u64::from).sum();
        let mut rest = n - n / 100;
        for (index, count) in self.buckets.iter().enumerate() {
            rest = rest.saturating_sub(u64::from(*count));
            if rest == 0 {
                return upper_ns(index).min(self.longest_ns);
            }
        }
        self.longest_ns
    }
}

/// The bucket of a time: the place of its highest bit, then the next three bits.
#[expect(clippy::cast_possible_truncation, reason = "less than 8, both times")]
fn bucket(ns: u64) -> usize {
    if ns < PER_DOUBLING as u64 {
        return ns as usize;
    }
    let doubling = ns.ilog2() as usize;
    let part = (ns >> (doubling - 3) & 7) as usize;
    (doubling - 2) * PER_DOUBLING + part
}

/// The largest time of a bucket.
fn upper_ns(index: usize) -> u64 {
    let (doubling, part) = (index / PER_DOUBLING, (index % PER_DOUBLING) as u64);
    if doubling == 0 { part } else { ((PER_DOUBLING as u64 + part + 1) << (doubling - 1)) - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_is_in_a_bucket_that_is_at_most_an_eighth_wider() {
        for ns in (0..10_000).chain([123_456_789, u64::MAX / 2]) {
            let upper = upper_ns(bucket(ns));
            assert!(ns <= upper && upper - ns <= ns / 8, "{ns} {upper}");
        }
        assert!(bucket(u64::MAX) < BUCKETS);
    }

    #[test]
    fn the_99th_percentile_leaves_out_one_in_a_hundred() {
        let mut waits = Waits::new();
        (0..99).for_each(|_| waits.add(Duration::from_nanos(100)));
        waits.add(Duration::from_millis(1));
        assert!((100..113).contains(&waits.p99_ns()), "{}", waits.p99_ns());
        let both = Waits::new().join(&waits).join(&waits);
        assert_eq!((both.longest_ns(), both.p99_ns()), (1_000_000, waits.p99_ns()));
    }
}
