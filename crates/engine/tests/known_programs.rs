//! Programs whose interleavings are known from elsewhere: closed forms, two prototypes, other
//! checkers, and reports of what those miss.

use std::collections::BTreeMap;

use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::Mutex;
use conclab_engine::sync::atomic::Ordering::SeqCst;
use conclab_engine::sync::atomic::{AtomicBool, AtomicUsize};
use conclab_engine::world::model::{Explored, OutcomeTally, explore};
use conclab_engine::{hint, repeat, thread};

fn explored(body: &dyn Fn() -> String) -> Explored {
    let settings = ModelSettings::new(5_000_000, Stop::never());
    let found = explore(body, &settings, &mut |_| {}).expect("the program is deterministic");
    assert!(found.exhaustive(), "the budget is ample");
    found
}

/// Interleavings by outcome.
fn counts(found: &Explored) -> BTreeMap<String, String> {
    let histogram = found.histogram();
    histogram.into_iter().map(|tally| (tally.outcome, tally.interleavings.to_string())).collect()
}

fn assert_counts(found: &Explored, expected: &[(&str, &str)]) {
    let expected = expected.iter().map(|&(outcome, n)| (outcome.to_owned(), n.to_owned()));
    assert_eq!(counts(found), expected.collect());
}

/// Every thread adds 1 as often as `each` says, by a load and a store.
fn increments(n_threads: usize, each: usize) -> String {
    let counter = AtomicUsize::new(0);
    thread::scope(|s| {
        for _ in 0..n_threads {
            s.spawn(|| {
                repeat(each, |_| {
                    // SeqCst: the model knows no other ordering.
                    let seen = counter.load(SeqCst);
                    counter.store(seen + 1, SeqCst);
                });
            });
        }
    });
    counter.into_inner().to_string()
}

#[test]
fn two_increments_have_6_interleavings_and_lose_one_in_4() {
    let found = explored(&|| increments(2, 1));
    assert_counts(&found, &[("1", "4"), ("2", "2")]);
    assert_eq!(found.interleavings().to_string(), "6");
    // Either thread runs through with odds 1/4: counts are not probabilities.
    for OutcomeTally { odds, .. } in found.histogram() {
        assert!((odds - 0.5).abs() < 1e-12, "odds {odds}");
    }
}

#[test]
fn more_increments_end_where_independent_counts_say() {
    assert_counts(&explored(&|| increments(2, 2)), &[("2", "32"), ("3", "32"), ("4", "6")]);
    let expected = [("2", "8"), ("3", "300"), ("4", "416"), ("5", "180"), ("6", "20")];
    assert_counts(&explored(&|| increments(2, 3)), &expected);
    assert_counts(&explored(&|| increments(3, 1)), &[("1", "48"), ("2", "36"), ("3", "6")]);
    let found = explored(&|| increments(3, 2));
    assert_eq!(found.interleavings().to_string(), "34650");
    let expected = [("2", "10428"), ("3", "15180"), ("4", "7512"), ("5", "1440"), ("6", "90")];
    assert_counts(&found, &expected);
}

#[test]
fn two_times_ten_increments_are_counted_exactly() {
    let found = explored(&|| increments(2, 10));
    assert_eq!(found.interleavings().to_string(), "137846528820");
    let counts = counts(&found);
    assert_eq!(counts["2"], "8");
    // All 20 arrive only if whole increments alternate: 20 choose 10.
    assert_eq!(counts["20"], "184756");
}

/// Thread i takes fork i, then the next one, and puts both back.
fn philosophers(n: usize) -> String {
    let forks: Vec<_> = (0..n).map(|_| Mutex::new(())).collect();
    let forks = &forks;
    thread::scope(|s| {
        for i in 0..n {
            s.spawn(move || {
                let _left = forks[i].lock();
                let _right = forks[(i + 1) % n].lock();
            });
        }
    });
    "fed".to_owned()
}

#[test]
fn dining_philosophers_deadlock_in_n_factorial_interleavings() {
    let known = [
        (2, "6", "2"),
        (3, "168", "6"),
        (4, "98184", "24"),
        (5, "66468720", "120"),
        (6, "164606463648", "720"),
    ];
    for (n, interleavings, deadlocks) in known {
        let found = explored(&|| philosophers(n));
        assert_eq!(found.interleavings().to_string(), interleavings, "{n} philosophers");
        assert_eq!(counts(&found)["deadlock"], deadlocks, "{n} philosophers");
    }
}

/// The program of loom's issue: one thread stores to `key` and `value`, the other reads both.
fn redundant_load(with_extra_load: bool) -> String {
    let (key, value) = (&AtomicUsize::new(0), &AtomicUsize::new(0));
    let seen = thread::scope(|s| {
        // SeqCst throughout: under sequential consistency the extra load changes nothing.
        s.spawn(move || {
            key.store(1, SeqCst);
            value.store(1, SeqCst);
            value.store(0, SeqCst);
            if with_extra_load {
                key.load(SeqCst);
            }
            key.store(0, SeqCst);
        });
        let reader = s.spawn(move || {
            let value = value.load(SeqCst);
            (value, key.load(SeqCst))
        });
        reader.join().expect("the reader does not panic")
    });
    format!("{seen:?}")
}

// https://github.com/tokio-rs/loom/issues/166
#[test]
fn a_redundant_load_hides_no_outcome() {
    let without = explored(&|| redundant_load(false));
    let with = explored(&|| redundant_load(true));
    assert_eq!(without.interleavings().to_string(), "15");
    assert_eq!(with.interleavings().to_string(), "21");
    let expected = ["(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"];
    for found in [&without, &with] {
        assert_eq!(counts(found).into_keys().collect::<Vec<_>>(), expected);
    }
}

/// Each thread stores to its own variable and reads the other's.
fn store_buffering() -> String {
    let (x, y) = (&AtomicUsize::new(0), &AtomicUsize::new(0));
    let seen = thread::scope(|s| {
        // SeqCst: one order of all four operations, so one of the stores comes first.
        let a = s.spawn(move || {
            x.store(1, SeqCst);
            y.load(SeqCst)
        });
        let b = s.spawn(move || {
            y.store(1, SeqCst);
            x.load(SeqCst)
        });
        (a.join().expect("A does not panic"), b.join().expect("B does not panic"))
    });
    format!("{seen:?}")
}

// https://github.com/tokio-rs/loom/issues/180
#[test]
fn store_buffering_never_reads_two_zeros() {
    let found = explored(&store_buffering);
    assert_counts(&found, &[("(0, 1)", "1"), ("(1, 0)", "1"), ("(1, 1)", "4")]);
}

/// Every thread adds 1 in a section that a flag guards.
fn spinlock(n_threads: usize) -> String {
    let (taken, counter) = (&AtomicBool::new(false), AtomicUsize::new(0));
    let shared = &counter;
    thread::scope(|s| {
        for _ in 0..n_threads {
            s.spawn(move || {
                // SeqCst: pairs with the store below, which opens the section.
                while taken.swap(true, SeqCst) {
                    hint::spin_loop();
                }
                // SeqCst: the flag makes these two one section.
                let seen = shared.load(SeqCst);
                shared.store(seen + 1, SeqCst);
                // SeqCst: pairs with the `swap` of the next thread.
                taken.store(false, SeqCst);
            });
        }
    });
    counter.into_inner().to_string()
}

/// While one thread is inside, each of the others may look once, in one of three gaps: 2 · (1 + 3)
/// for two threads, and 3! · (1 + 2 · 3 + 3 · 4) · (1 + 3) for three. (A count of 1,644 for three
/// takes going on after the pause for a step of its own; it is none by our definition.)
#[test]
fn a_spinning_thread_looks_once_at_each_change() {
    assert_counts(&explored(&|| spinlock(2)), &[("2", "8")]);
    assert_counts(&explored(&|| spinlock(3)), &[("3", "456")]);
}
