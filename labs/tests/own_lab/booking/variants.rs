//! The variants of the booking lab, and every outcome each of them may have.

use conclab_kit::lab::{Promise, Variant};
use conclab_kit::report::Expectation;

use super::Parameters;

// ANCHOR: variants
/// The variants, wrong before right.
pub(super) static VARIANTS: [Variant<Parameters>; 4] = [
    Variant {
        name: "look-then-book",
        summary: "lock and look; lock again and book",
        right: false,
        removes: None,
        body: super::look_then_book,
        promises: &[ONCE, oversells("Another buyer looked before this one had booked.")],
    },
    Variant {
        name: "atomic-steps",
        summary: "an atomic look, an atomic booking",
        right: false,
        removes: None,
        body: super::atomic_steps,
        promises: &[ONCE, oversells("Two atomic steps are not one atomic step.")],
    },
    Variant {
        name: "one-hold",
        summary: "one lock from look to booking",
        right: true,
        removes: None,
        body: super::one_hold,
        promises: &[ONCE, never("Nobody else has the lock between look and booking.")],
    },
    Variant {
        name: "compare-exchange",
        summary: "look and book in one step",
        right: true,
        removes: None,
        body: super::compare_exchange,
        promises: &[ONCE, never("Only one buyer can turn the 0 into a 1.")],
    },
];
// ANCHOR_END: variants

// ANCHOR: promises
const ONCE: Promise<Parameters> = Promise {
    does: "sell the seat once",
    matches: |_, outcome| outcome == "sold 1",
    expectation: Expectation::Acceptable,
    reachable: |_| true,
    because: "One buyer has the seat, and the others know that they do not.",
};

const fn oversells(because: &'static str) -> Promise<Parameters> {
    Promise {
        does: "oversell the seat",
        matches: |size, outcome| (2..=size.buyers).any(|n| outcome == format!("sold {n}")),
        expectation: Expectation::Interesting,
        reachable: |_| true,
        because,
    }
}

const fn never(because: &'static str) -> Promise<Parameters> {
    Promise { expectation: Expectation::Forbidden, ..oversells(because) }
}
// ANCHOR_END: promises
