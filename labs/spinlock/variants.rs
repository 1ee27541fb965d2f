//! The variants of the spinlock lab, and every outcome each of them may have.

use conclab_kit::lab::{Promise, Variant};
use conclab_kit::outcome::{DEADLOCK, Key, LIVELOCK};
use conclab_kit::report::Expectation;

use super::size::Parameters;
use super::{Backoff, Mcs, QueueThenPark, SpinThenPark, TestAndSet, TestAndTestAndSet, Ticket};
use super::{Facade, inside};

/// What a finished run shows.
pub(super) static OUTCOMES: [Key; 1] = [Key { name: "counter", words: "{}" }];

/// The variants, wrong before right.
pub(super) static VARIANTS: [Variant<Parameters>; 10] = [
    wrong(
        "test-then-set",
        "look in one step, take in another",
        super::test_then_set,
        &[EXACT, loses("Both looked before either took.")],
    ),
    wrong(
        "unlock-by-anyone",
        "unlock after every attempt, got it or not",
        super::unlock_by_anyone,
        &[EXACT, loses("Somebody who never had the lock gave it back.")],
    ),
    wrong(
        "forgets-on-panic",
        "a caught panic leaves the lock taken",
        super::forgets_on_panic,
        &[EXACT, STUCK],
    ),
    right("test-and-set", "raise a flag in one step", inside::<TestAndSet<Facade>>),
    right(
        "test-and-test-and-set",
        "look first, write only if free",
        inside::<TestAndTestAndSet<Facade>>,
    ),
    right("backoff", "look less and less often, then yield", inside::<Backoff<Facade>>),
    right("ticket", "draw a number, wait for it", inside::<Ticket<Facade>>),
    right("mcs", "queue, each at a place of their own", inside::<Mcs<Facade>>),
    right("queue-then-park", "queue, and sleep if it takes long", inside::<QueueThenPark<Facade>>),
    right("spin-then-park", "spin one wake-up's time, then sleep", inside::<SpinThenPark<Facade>>),
];

const fn wrong(
    name: &'static str,
    summary: &'static str,
    body: fn(&Parameters) -> String,
    promises: &'static [Promise<Parameters>],
) -> Variant<Parameters> {
    Variant { name, summary, right: false, removes: None, body, promises }
}

const fn right(
    name: &'static str,
    summary: &'static str,
    body: fn(&Parameters) -> String,
) -> Variant<Parameters> {
    let promises = &[EXACT, ONE_AT_A_TIME, NEVER_STUCK, NEVER_BUSY];
    Variant { name, summary, right: true, removes: None, body, promises }
}

const EXACT: Promise<Parameters> = Promise {
    does: "count every increment",
    matches: |size, outcome| outcome == size.total().to_string(),
    expectation: Expectation::Acceptable,
    reachable: |_| true,
    because: "One thread at a time was inside.",
};

const fn loses(because: &'static str) -> Promise<Parameters> {
    Promise {
        does: "let two inside",
        matches: |size, outcome| {
            outcome.parse().is_ok_and(|n: u64| (size.fewest()..size.total()).contains(&n))
        },
        expectation: Expectation::Interesting,
        reachable: |size| size.threads > 1,
        because,
    }
}

const STUCK: Promise<Parameters> = Promise {
    does: "get stuck",
    matches: |_, outcome| outcome == DEADLOCK,
    expectation: Expectation::Interesting,
    reachable: |size| size.threads > 1,
    because: "Whoever had the lock is gone, and has not given it back.",
};

const ONE_AT_A_TIME: Promise<Parameters> = Promise {
    matches: |size, outcome| outcome.parse().is_ok_and(|n: u64| n < size.total()),
    expectation: Expectation::Forbidden,
    ..loses("To find the lock free and to take it is one step.")
};

const NEVER_STUCK: Promise<Parameters> = Promise {
    expectation: Expectation::Forbidden,
    because: "Whoever leaves lets the next one in.",
    ..STUCK
};

const NEVER_BUSY: Promise<Parameters> =
    Promise { does: "spin for ever", matches: |_, outcome| outcome == LIVELOCK, ..NEVER_STUCK };
