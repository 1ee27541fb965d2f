//! What an increment costs, alone and with two threads at once: the variants of the lab `race`, and
//! the libraries one could take instead.

#[path = "contend.rs"]
mod contend;

use std::hint::black_box;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use criterion::{Criterion, criterion_group, criterion_main};

fn race(criterion: &mut Criterion) {
    contend::group(criterion, "race", &[1, 2], compete);
}

fn compete(bench: &mut contend::Enter<'_>) {
    let counter = AtomicU64::new(0);
    // Relaxed, in all of these: the counter announces no other data.
    bench("unsynchronised", &|_| counter.store(counter.load(Relaxed) + 1, Relaxed));
    bench("atomic", &|_| {
        black_box(counter.fetch_add(1, Relaxed));
    });
    bench("compare-exchange", &|_| {
        let mut seen = counter.load(Relaxed);
        while let Err(now) = counter.compare_exchange_weak(seen, seen + 1, Relaxed, Relaxed) {
            seen = now;
        }
    });
    let std = std::sync::Mutex::new(0_u64);
    bench("mutex (std)", &|_| *std.lock().expect("nobody panics") += 1);
    let parking_lot = parking_lot::Mutex::new(0_u64);
    bench("mutex (parking_lot)", &|_| *parking_lot.lock() += 1);
    let spin = spin::Mutex::new(0_u64);
    bench("mutex (spin)", &|_| *spin.lock() += 1);
    // One counter a thread, each on a cache line of its own.
    let shards: [crossbeam::utils::CachePadded<AtomicU64>; 2] = Default::default();
    bench("sharded", &|thread_idx| {
        let own = &shards[thread_idx];
        own.store(own.load(Relaxed) + 1, Relaxed);
    });
}

criterion_group!(benches, race);
criterion_main!(benches);
