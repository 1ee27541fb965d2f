//! The oracle against closed forms and figures of others: the measure is itself measured.

mod oracle;

use oracle::Instruction::{Load, Lock, NotifyAll, NotifyOne, StoreNext, Unlock, Wait};
use oracle::{Histogram, Instruction, N_MUTEXES, Program, enumerate, generate};
use proptest::prelude::*;

fn increments(n_threads: usize, each: usize) -> Program {
    Program { threads: vec![[Load(0), StoreNext(0)].repeat(each); n_threads] }
}

/// Thread i takes mutex i, then the next in the ring, and gives both back.
fn ring(n_threads: usize) -> Program {
    let take = |i: usize, j: usize| vec![Lock(i), Lock(j), Unlock(j), Unlock(i)];
    Program { threads: (0..n_threads).map(|i| take(i, (i + 1) % n_threads)).collect() }
}

/// Interleavings and odds of the outcomes whose text contains `part`.
fn share(histogram: &Histogram, part: &str) -> (u64, f64) {
    let matching = histogram.by_outcome.iter().filter(|(outcome, _)| outcome.contains(part));
    matching.fold((0, 0.0), |(n, odds), (_, it)| (n + it.interleavings, odds + it.odds))
}

fn factorial(n: usize) -> u64 {
    (1..=n as u64).product()
}

#[test]
fn increments_interleave_as_the_multinomial_says() {
    for (n_threads, each, known) in [(2, 1, 6), (2, 2, 70), (2, 3, 924), (3, 1, 90)] {
        let steps = 2 * each;
        let below = factorial(steps).pow(u32::try_from(n_threads).expect("a few threads"));
        let expected = factorial(n_threads * steps) / below;
        let found = enumerate(&increments(n_threads, each)).interleavings();
        assert_eq!((found, expected), (known, known), "{n_threads} × {each}");
    }
}

#[test]
fn increments_end_where_others_found_them_to_end() {
    let two = enumerate(&increments(2, 1));
    assert_eq!(share(&two, "atomics [1,"), (4, 0.5));
    assert_eq!(share(&two, "atomics [2,"), (2, 0.5));
    let three = enumerate(&increments(3, 1));
    let ends: Vec<u64> = (1..=3).map(|end| share(&three, &format!("atomics [{end},")).0).collect();
    assert_eq!(ends, [48, 36, 6]);
    let long = enumerate(&increments(3, 2));
    let ends: Vec<u64> = (2..=6).map(|end| share(&long, &format!("atomics [{end},")).0).collect();
    assert_eq!(ends, [10_428, 15_180, 7_512, 1_440, 90]);
}

#[test]
fn a_ring_of_locks_deadlocks_in_n_factorial_ways() {
    for (n_threads, interleavings) in [(2, 6), (3, 168)] {
        let found = enumerate(&ring(n_threads));
        assert_eq!(found.interleavings(), interleavings);
        assert_eq!(share(&found, "deadlock").0, factorial(n_threads));
    }
    assert_eq!(N_MUTEXES, 3, "a ring of three needs three mutexes");
}

#[test]
fn a_notification_branches_over_whom_it_wakes() {
    // The lock puts the two sleepers in one of 2 orders. The notification comes before the first
    // of them sleeps (2 ways), finds one asleep while the other is still outside (2 ways to go on)
    // or inside (1 way), or finds both and wakes either (2 branches): 2 · (2 + 2 + 1 + 2) = 14.
    let sleeper = vec![Lock(0), Wait, Unlock(0)];
    let one = enumerate(&Program { threads: vec![sleeper.clone(), sleeper, vec![NotifyOne]] });
    assert_eq!((one.interleavings(), share(&one, "deadlock").0), (14, 14));
    let all =
        enumerate(&Program { threads: vec![vec![Lock(0), Wait, Unlock(0)], vec![NotifyAll]] });
    // Before the lock and between lock and wait it is lost; after the wait it wakes.
    assert_eq!(share(&all, "deadlock"), (2, 0.75));
    assert_eq!(share(&all, "atomics"), (1, 0.25));
}

#[test]
fn a_mutex_makes_critical_sections_into_orders() {
    let section = [Lock(0), Load(0), StoreNext(0), Unlock(0)];
    let found = enumerate(&Program { threads: vec![section.repeat(2), section.repeat(2)] });
    assert_eq!(found.interleavings(), 6);
    assert_eq!(share(&found, "atomics [4,").0, 6);
}

proptest! {
    #[test]
    fn odds_add_up_and_a_program_without_locks_ends(
        program in prop_oneof![
            generate::programs(&[&[4, 4], &[3, 3, 2]]),
            generate::programs_with_sleepers(),
        ]
    ) {
        let found = enumerate(&program);
        let odds: f64 = found.by_outcome.values().map(|share| share.odds).sum();
        prop_assert!((odds - 1.0).abs() < 1e-9, "odds add up to {odds}");
        let blocks = |it: &Instruction| matches!(it, Lock(_) | Wait);
        if !program.threads.iter().flatten().any(blocks) {
            prop_assert!(!found.by_outcome.contains_key("deadlock"));
        }
    }
}
