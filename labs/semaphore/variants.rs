//! The variants of the semaphore lab, and every outcome each of them may have.

use conclab_kit::lab::{Promise, Variant};
use conclab_kit::outcome::{DEADLOCK, Key};
use conclab_kit::report::Expectation;

use super::size::Parameters;

/// What a finished run shows.
pub(super) static OUTCOMES: [Key; 2] = [INSIDE, SAW];

/// How many were ever inside at once.
pub(super) const INSIDE: Key = Key { name: "inside", words: "at most {} inside" };

/// What the two of a rendezvous saw of each other.
const SAW: Key = Key { name: "saw", words: "A saw {}, B saw {}" };

/// The variants, wrong before right.
pub(super) static VARIANTS: [Variant<Parameters>; 10] = [
    wrong(
        "no-limit",
        "let everyone in",
        super::wrong::no_limit,
        &[WITHIN, crowds(is_scarce, "Nobody looks how many are inside already.")],
    ),
    wrong(
        "check-then-take",
        "look, then take: two steps",
        super::wrong::check_then_take,
        &[WITHIN, crowds(is_scarce, "Another took the permit after the look.")],
    ),
    wrong(
        "if-not-while",
        "wake up and do not look again",
        super::wrong::if_not_while,
        &[WITHIN, crowds(can_overtake, "Another took the permit before the woken one got up.")],
    ),
    wrong(
        "lost-wakeup",
        "look without the lock, then sleep",
        super::wrong::lost_wakeup,
        &[WITHIN, hangs("The wake-up came before the sleep, and no other one comes.")],
    ),
    wrong(
        "wrong-order",
        "take two semaphores in opposite orders",
        super::wrong::wrong_order,
        &[WITHIN, hangs("One has the key and wants a seat; the seats want the key.")],
    ),
    right("mutex-condvar", "lock, look, sleep, look again", super::mutex_condvar, &ROOM),
    right("atomic", "one word, one atomic operation", super::atomic, &ROOM),
    right("fair", "draw a ticket: first come, first served", super::fair, &ROOM),
    right("rendezvous", "signal and wait order two threads", super::signals::rendezvous, &MEETING),
    right(
        "any-releaser",
        "another thread gives the permit back",
        super::signals::any_releaser,
        &ROOM,
    ),
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
    promises: &'static [Promise<Parameters>],
) -> Variant<Parameters> {
    Variant { right: true, ..wrong(name, summary, body, promises) }
}

/// How many were ever inside at once, from an outcome that tells it.
pub(super) fn most_inside(outcome: &str) -> Option<u64> {
    INSIDE.read(outcome)?.first().copied()
}

/// Whether somebody can find no permit: with enough for everyone nothing can go wrong.
fn is_scarce(size: &Parameters) -> bool {
    size.without() > 0
}

/// Whether a worker can take the permit of one that has been woken: there must be somebody else
/// who comes, one worker more or one that comes again.
fn can_overtake(size: &Parameters) -> bool {
    is_scarce(size) && (size.rounds() > 1 || size.without() > 1)
}

static ROOM: [Promise<Parameters>; 3] = [WITHIN, NEVER_CROWDED, NEVER_STUCK];
static MEETING: [Promise<Parameters>; 3] = [MET, MISSED, NEVER_STUCK];

const WITHIN: Promise<Parameters> = Promise {
    does: "keep the limit",
    matches: |size, outcome| {
        most_inside(outcome)
            .is_some_and(|n| (1..=u64::from(size.permits()).min(size.workers as u64)).contains(&n))
    },
    expectation: Expectation::Acceptable,
    reachable: |_| true,
    because: "Never more inside than there are permits.",
};

const fn crowds(reachable: fn(&Parameters) -> bool, because: &'static str) -> Promise<Parameters> {
    Promise {
        does: "let too many in",
        matches: |size, outcome| {
            most_inside(outcome)
                .is_some_and(|n| (u64::from(size.permits()) + 1..=size.workers as u64).contains(&n))
        },
        expectation: Expectation::Interesting,
        reachable,
        because,
    }
}

const NEVER_CROWDED: Promise<Parameters> = Promise {
    expectation: Expectation::Forbidden,
    ..crowds(is_scarce, "To look and to take are one step for the others.")
};

const fn hangs(because: &'static str) -> Promise<Parameters> {
    Promise {
        does: "get stuck",
        matches: |_, outcome| outcome == DEADLOCK,
        expectation: Expectation::Interesting,
        reachable: is_scarce,
        because,
    }
}

const NEVER_STUCK: Promise<Parameters> = Promise {
    expectation: Expectation::Forbidden,
    ..hangs("Every permit that is given back finds whoever waits for it.")
};

const MET: Promise<Parameters> = Promise {
    does: "meet",
    matches: |_, outcome| SAW.read(outcome).is_some_and(|saw| saw == [1, 1]),
    expectation: Expectation::Acceptable,
    reachable: |_| true,
    because: "Each went on only when the other had brought something.",
};

const MISSED: Promise<Parameters> = Promise {
    does: "miss each other",
    matches: |_, outcome| SAW.read(outcome).is_some_and(|saw| saw.contains(&0)),
    expectation: Expectation::Forbidden,
    reachable: |_| false,
    because: "The signal comes after what it announces.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_tell_how_many_were_inside() {
        assert_eq!(most_inside("at most 12 inside"), Some(12));
        assert_eq!(most_inside("deadlock"), None);
    }

    #[test]
    fn nobody_is_overtaken_where_nobody_else_comes() {
        let size = |workers, rounds| Parameters { workers, permits: Some(2), rounds: Some(rounds) };
        assert!(can_overtake(&size(3, 2)) && can_overtake(&size(4, 1)));
        assert!(!can_overtake(&size(3, 1)) && !can_overtake(&size(2, 9)));
    }
}
