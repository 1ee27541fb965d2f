//! Store buffering: the smallest program on which real processors do what the model cannot.
//!
//! Two threads each store a 1 and then load what the other one stores. Whatever the interleaving,
//! one of the stores comes first, and the other thread's load comes after it: so the model never
//! sees both threads load 0. A processor keeps its stores in a buffer for a while before other
//! processors see them: then both can load 0. `SeqCst` forbids that, at a price.
//!
//! `cargo run --release --example store_buffering`
#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{self, Relaxed, SeqCst};
use std::thread;

use conclab_engine::ExploreError;
use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::atomic::AtomicU64;
use conclab_engine::world::model::explore;

const ROUNDS: usize = 200_000;

fn main() -> Result<(), ExploreError> {
    model()?;
    for (name, ordering) in [("Relaxed", Relaxed), ("SeqCst", SeqCst)] {
        println!("real threads, {name}, {ROUNDS} rounds:");
        for ((a, b), rounds) in real(ordering) {
            println!("  A loads {a}, B loads {b}: {rounds} rounds");
        }
    }
    Ok(())
}

// ANCHOR: model
/// Covers every interleaving of the program and prints the outcomes.
fn model() -> Result<(), ExploreError> {
    let body = || {
        let (x, y) = (AtomicU64::named("x", 0), AtomicU64::named("y", 0));
        conclab_engine::thread::scope(|s| {
            let a = s.spawn(|| {
                x.store(1, Relaxed);
                y.load(Relaxed)
            });
            let b = s.spawn(|| {
                y.store(1, Relaxed);
                x.load(Relaxed)
            });
            let loaded = [a, b].map(|one| one.join().expect("nobody panics"));
            format!("A loads {}, B loads {}", loaded[0], loaded[1])
        })
    };
    let settings = ModelSettings::new(1_000, Stop::never());
    let found = explore(&body, &settings, &mut |_| {})?;
    println!("model:");
    for tally in found.histogram() {
        let (n, all) = (tally.interleavings, found.interleavings());
        println!("  {}: {n} of {all} interleavings", tally.outcome);
    }
    Ok(())
}
// ANCHOR_END: model

/// What the two threads load, and in how many rounds; they meet before each.
fn real(ordering: Ordering) -> BTreeMap<(u32, u32), usize> {
    let fresh = || (0..ROUNDS).map(|_| AtomicU32::new(0)).collect::<Vec<_>>();
    let (x, y, arrived) = (fresh(), fresh(), AtomicU32::new(0));
    let run = |own: &[AtomicU32], other: &[AtomicU32]| {
        let one_round = |(round, (own, other)): (u32, (&AtomicU32, &AtomicU32))| {
            meet(&arrived, 2 * round + 2);
            own.store(1, ordering);
            other.load(ordering)
        };
        (0..).zip(own.iter().zip(other)).map(one_round).collect::<Vec<_>>()
    };
    let (a, b) = thread::scope(|s| {
        let a = s.spawn(|| run(&x, &y));
        let b = run(&y, &x);
        (a.join().expect("nobody panics"), b)
    });
    let mut seen = BTreeMap::new();
    for pair in a.into_iter().zip(b) {
        *seen.entry(pair).or_insert(0) += 1;
    }
    seen
}

/// Waits until `all` have arrived; gives the core away now and then, in case there is only one.
fn meet(arrived: &AtomicU32, all: u32) {
    arrived.fetch_add(1, SeqCst);
    for look in 1_u32.. {
        if arrived.load(SeqCst) >= all {
            break;
        }
        if look.is_multiple_of(1_000) {
            thread::yield_now();
        }
    }
}
