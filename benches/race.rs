//! What an increment costs, alone and with two threads at once: the variants of the lab `race`, and
//! the libraries one could take instead.

#[path = "contend.rs"]
mod contend;

use std::hint::black_box;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use contend::contend;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};

fn race(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("race");
    group.sample_size(15);
    group.warm_up_time(Duration::from_millis(300));
    group.measurement_time(Duration::from_millis(700));
    for n_threads in [1, 2] {
        with_threads(&mut group, n_threads);
    }
    group.finish();
}

fn with_threads(group: &mut BenchmarkGroup<'_, WallTime>, n_threads: usize) {
    let s = if n_threads == 1 { "" } else { "s" };
    let mut bench = |who: &str, work: &(dyn Fn(usize) + Sync)| {
        group.bench_function(format!("{who}/{n_threads} thread{s}"), |bencher| {
            bencher.iter_custom(|n| contend(n_threads, n, work));
        });
    };
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
