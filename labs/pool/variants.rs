//! The variants of the pool lab, and every outcome each of them may have.

use conclab_kit::lab::{Promise, Variant};
use conclab_kit::outcome::{DEADLOCK, Key};
use conclab_kit::report::Expectation;

use super::one_lock::ANSWERS;
use super::size::Parameters;

/// What a finished run shows.
pub(super) static OUTCOMES: [Key; 1] = [ANSWERS];

/// The variants, wrong before right.
pub(super) static VARIANTS: [Variant<Parameters>; 7] = [
    wrong(
        "waits-inside",
        "a task waits for a task of its own pool",
        super::parts::waits_inside,
        &[
            Promise { reachable: |size| !can_starve(size), ..ALL },
            hangs(can_starve, "Every worker waits inside a task; none is left to do the parts."),
        ],
    ),
    wrong(
        "dies-on-panic",
        "a task's panic takes its worker along",
        super::wrong::dies_on_panic,
        &[Promise { reachable: |_| false, ..ALL }, loses("A worker that dies does no more tasks.")],
    ),
    wrong(
        "drops-the-queue",
        "go home at closing time, come what may",
        super::wrong::drops_the_queue,
        &[ALL, loses("At closing time tasks lay in the queue, and nobody looked.")],
    ),
    wrong(
        "looks-then-sleeps",
        "look, give the lock back, then sleep",
        super::wrong::looks_then_sleeps,
        &[ALL, hangs(|_| true, "The news came before the sleep, and no other news comes.")],
    ),
    right("waits-outside", "the client waits, not a worker", super::parts::waits_outside, &SAFE),
    right("one-lock", "one queue, one lock, one signal", super::one_lock::one_lock, &SAFE),
    right("thread-pool", "a tray for each worker, and handles", super::thread_pool, &SAFE),
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

/// How many answers came, and of how many; from an outcome that tells it.
pub(super) fn answers(outcome: &str) -> Option<(u64, u64)> {
    let values = ANSWERS.read(outcome)?;
    Some((*values.first()?, *values.get(1)?))
}

/// Whether all workers can be inside tasks that wait.
fn can_starve(size: &Parameters) -> bool {
    size.tasks() >= size.workers()
}

static SAFE: [Promise<Parameters>; 3] = [ALL, NEVER_LOST, NEVER_STUCK];

const ALL: Promise<Parameters> = Promise {
    does: "answer every task",
    matches: |size, outcome| {
        let all = size.tasks() as u64;
        answers(outcome) == Some((all, all))
    },
    expectation: Expectation::Acceptable,
    reachable: |_| true,
    because: "Every task got its answer; that it failed is one, too.",
};

const fn loses(because: &'static str) -> Promise<Parameters> {
    Promise {
        does: "lose answers",
        matches: |size, outcome| answers(outcome).is_some_and(|(n, _)| n < size.tasks() as u64),
        expectation: Expectation::Interesting,
        reachable: |_| true,
        because,
    }
}

const NEVER_LOST: Promise<Parameters> = Promise {
    expectation: Expectation::Forbidden,
    ..loses("What was handed in is done before the workers go home.")
};

const fn hangs(reachable: fn(&Parameters) -> bool, because: &'static str) -> Promise<Parameters> {
    Promise {
        does: "get stuck",
        matches: |_, outcome| outcome == DEADLOCK,
        expectation: Expectation::Interesting,
        reachable,
        because,
    }
}

const NEVER_STUCK: Promise<Parameters> = Promise {
    expectation: Expectation::Forbidden,
    ..hangs(|_| false, "Whoever sleeps is called while there is work, and at closing time.")
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_tell_how_many_answers_came() {
        assert_eq!(answers("2 of 3 answers"), Some((2, 3)));
        assert_eq!(answers("deadlock"), None);
    }
}
