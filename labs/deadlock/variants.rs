//! The variants of the deadlock lab, and every outcome each of them may have.

use conclab_kit::lab::{Promise, Variant};
use conclab_kit::outcome::{DEADLOCK, Key, LIVELOCK};
use conclab_kit::report::Expectation;

use super::COINS;
use super::size::Parameters;

/// What a finished run shows.
pub(super) static OUTCOMES: [Key; 1] = [BALANCES];

/// What is on the accounts: `balances 100 100`.
pub(super) const BALANCES: Key = Key { name: "balances", words: "balances {..}" };

/// The variants, wrong before right.
pub(super) static VARIANTS: [Variant<Parameters>; 6] = [
    Variant {
        name: "circular",
        summary: "lock own, then the next one",
        right: false,
        removes: None,
        body: super::circular,
        promises: &[PAID, DEADLOCKS],
    },
    Variant {
        name: "try-lock-no-release",
        summary: "keep own, try the next again and again",
        right: false,
        removes: None,
        body: super::try_lock_no_release,
        promises: &[PAID, LIVELOCKS],
    },
    Variant {
        name: "ordered",
        summary: "lock the lower number first",
        right: true,
        removes: Some("circular wait"),
        body: super::ordered,
        promises: &[PAID, NEVER_DEAD, NEVER_LIVE],
    },
    Variant {
        name: "all-at-once",
        summary: "collect both locks behind a gate",
        right: true,
        removes: Some("two hold and wait"),
        body: super::all_at_once,
        promises: &[PAID, NEVER_DEAD, NEVER_LIVE],
    },
    Variant {
        name: "try-lock-release",
        summary: "give own back if the next is taken",
        right: true,
        removes: Some("no pre-emption"),
        body: super::try_lock_release,
        promises: &[PAID, NEVER_DEAD, NEVER_LIVE],
    },
    Variant {
        name: "lock-free",
        summary: "atomic balances, no lock at all",
        right: true,
        removes: Some("mutual exclusion"),
        body: super::lock_free,
        promises: &[PAID, NEVER_DEAD, NEVER_LIVE],
    },
];

/// In a ring, everyone who pays a coin is also paid one.
const PAID: Promise<Parameters> = Promise {
    does: "move every coin",
    matches: |size, outcome| outcome == super::balances(vec![COINS; size.threads]),
    expectation: Expectation::Acceptable,
    reachable: |_| true,
    because: "Every account has given one coin and been given one.",
};

const DEADLOCKS: Promise<Parameters> = Promise {
    does: "deadlock",
    matches: |_, outcome| outcome == DEADLOCK,
    expectation: Expectation::Interesting,
    reachable: |_| true,
    because: "Each holds what its neighbour waits for.",
};

const LIVELOCKS: Promise<Parameters> = Promise {
    does: "livelock",
    matches: |_, outcome| outcome == LIVELOCK,
    because: "Each asks for what its neighbour never gives back.",
    ..DEADLOCKS
};

const NEVER_DEAD: Promise<Parameters> = Promise {
    expectation: Expectation::Forbidden,
    because: "One of the four conditions is taken away.",
    ..DEADLOCKS
};

/// `try-lock-release` can go round for ever, but the end is never out of reach: no livelock.
const NEVER_LIVE: Promise<Parameters> = Promise {
    expectation: Expectation::Forbidden,
    because: "From every state some schedule leads to the end.",
    ..LIVELOCKS
};
