//! The variants of the race lab, and every outcome each of them may have.

use conclab_kit::lab::{Promise, Variant};
use conclab_kit::outcome::Key;
use conclab_kit::report::Expectation;

use super::size::Parameters;

/// What a finished run shows.
pub(super) static OUTCOMES: [Key; 1] = [Key { name: "counter", words: "{}" }];

/// The variants, wrong before right.
pub(super) static VARIANTS: [Variant<Parameters>; 8] = [
    Variant {
        name: "unsynchronised",
        summary: "load, then store",
        right: false,
        removes: None,
        body: super::unsynchronised,
        promises: &[EXACT, loses("Another store came between a load and its store.")],
    },
    Variant {
        name: "stronger-ordering",
        summary: "load, then store, both SeqCst",
        right: false,
        removes: None,
        body: super::stronger_ordering,
        promises: &[EXACT, loses("An ordering arranges two steps; it does not join them.")],
    },
    Variant {
        name: "lock-per-thread",
        summary: "everyone brings a lock of their own",
        right: false,
        removes: None,
        body: super::lock_per_thread,
        promises: &[EXACT, loses("A lock shuts out only those who take the same lock.")],
    },
    Variant {
        name: "lock-the-store",
        summary: "load first, then lock and store",
        right: false,
        removes: None,
        body: super::lock_the_store,
        promises: &[EXACT, loses("The value was loaded before the lock was taken.")],
    },
    Variant {
        name: "mutex",
        summary: "hold one lock from load to store",
        right: true,
        removes: None,
        body: super::mutex,
        promises: &[EXACT, never("Nobody else has the lock between load and store.")],
    },
    Variant {
        name: "atomic",
        summary: "fetch_add: one step",
        right: true,
        removes: None,
        body: super::atomic,
        promises: &[EXACT, never("A read-modify-write is one step.")],
    },
    Variant {
        name: "compare-exchange",
        summary: "store only if nobody else has",
        right: true,
        removes: None,
        body: super::compare_exchange,
        promises: &[EXACT, never("A store that would overwrite another one is refused.")],
    },
    Variant {
        name: "sharded",
        summary: "count privately, add once",
        right: true,
        removes: None,
        body: super::sharded,
        promises: &[EXACT, never("What is counted privately cannot be overwritten.")],
    },
];

const EXACT: Promise<Parameters> = Promise {
    does: "count every increment",
    matches: |size, outcome| outcome == size.total().to_string(),
    expectation: Expectation::Acceptable,
    reachable: |_| true,
    because: "Every increment of every thread has been counted.",
};

const fn loses(because: &'static str) -> Promise<Parameters> {
    Promise {
        does: "lose an update",
        matches: |size, outcome| {
            outcome.parse().is_ok_and(|n: u64| (size.fewest()..size.total()).contains(&n))
        },
        expectation: Expectation::Interesting,
        reachable: |size| size.threads > 1,
        because,
    }
}

const fn never(because: &'static str) -> Promise<Parameters> {
    Promise {
        matches: |size, outcome| outcome.parse().is_ok_and(|n: u64| n < size.total()),
        expectation: Expectation::Forbidden,
        ..loses(because)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expectations of an `unsynchronised` outcome.
    fn expected(threads: usize, increments: usize, outcome: &str) -> Option<Expectation> {
        let size = Parameters { threads, increments: Some(increments) };
        let promises = VARIANTS[0].promises;
        promises.iter().find(|p| (p.matches)(&size, outcome)).map(|p| p.expectation)
    }

    #[test]
    fn one_thread_alone_loses_nothing() {
        assert_eq!(expected(1, 3, "3"), Some(Expectation::Acceptable));
        assert_eq!(expected(1, 3, "2"), None);
        let size = Parameters { threads: 1, increments: None };
        assert!(!(VARIANTS[0].promises[1].reachable)(&size));
    }

    #[test]
    fn two_is_the_least_that_more_than_one_increment_each_can_leave() {
        assert_eq!(expected(2, 1, "1"), Some(Expectation::Interesting));
        assert_eq!(expected(2, 3, "1"), None);
        assert_eq!(expected(2, 3, "2"), Some(Expectation::Interesting));
        assert_eq!(expected(2, 3, "6"), Some(Expectation::Acceptable));
        assert_eq!(expected(2, 3, "7"), None);
    }
}
