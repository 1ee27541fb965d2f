//! What it costs to have worker processes: starting them, and sending them tasks, beside
//! `ipc-channel`. Every worker is a program of its own that was started, not forked.
//!
//! The pools of Python and Node are measured by a script in `benches/peers`.

#[path = "process_pool/ipc.rs"]
mod ipc;

use std::env;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;
use conclab_labs::pool::processes::{ProcessPool, Settings, Wiring};
use conclab_labs::pool::work::Work;
use criterion::{BenchmarkId, Criterion};

/// Workers of every pool.
const WORKERS: usize = 4;

/// Tasks on their way to a worker or from it. A pool that has more sends more at a time; what
/// `ipc-channel` does with more is in its module.
const WINDOW: usize = 1_024;

/// Bytes of a large payload.
const PAYLOAD_BYTES: usize = 1 << 20;

/// Large payloads that are handed over at once.
const PAYLOADS: u64 = 16;

fn settings() -> Settings {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_conclab"));
    let command = (program, vec!["worker".into()]);
    Settings { command, workers: WORKERS, window: WINDOW, wiring: Wiring::Pipe }
}

fn started() -> ProcessPool {
    ProcessPool::start(&settings(), &Stop::never()).expect("the workers start")
}

/// Does all tasks, and fails if one fails.
fn map(pool: &mut ProcessPool, tasks: &[Work]) {
    let results = pool.map(tasks, &Stop::never());
    assert!(results.iter().all(Result::is_ok), "{:?}", pool.report());
}

fn payload() -> Work {
    Work::Sum { payload: vec![1; PAYLOAD_BYTES] }
}

/// So many tasks in batches of `batch`, timed.
fn in_batches(n: u64, batch: u64, mut map: impl FnMut(u64)) -> Duration {
    let begin = Instant::now();
    let mut left = n;
    while left > 0 {
        let now = left.min(batch);
        map(now);
        left -= now;
    }
    begin.elapsed()
}

fn process_pool(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("process_pool");
    group.sample_size(20).warm_up_time(Duration::from_secs(1));
    group.measurement_time(Duration::from_secs(3));
    let id = BenchmarkId::new::<&str, &str>;

    group.bench_function(id("conclab (pipes)", "start of 4 workers"), |bencher| {
        bencher.iter_custom(|n| (0..n).map(|_| timed(started)).sum());
    });
    group.bench_function(id("ipc-channel", "start of 4 workers"), |bencher| {
        bencher.iter_custom(|n| (0..n).map(|_| timed(|| ipc::Pool::start(WORKERS))).sum());
    });

    let (mut ours, mut theirs) = (started(), ipc::Pool::start(WORKERS));
    group.bench_function(id("conclab (pipes)", "one task and back"), |bencher| {
        bencher.iter(|| map(&mut ours, &[Work::Nothing]));
    });
    group.bench_function(id("ipc-channel", "one task and back"), |bencher| {
        bencher.iter(|| theirs.map(&[Work::Nothing]));
    });

    let many = vec![Work::Nothing; 100_000];
    let first = |n: u64| &many[..usize::try_from(n).expect("a batch is short")];
    group.bench_function(id("conclab (pipes)", "a tiny task of many"), |bencher| {
        bencher.iter_custom(|n| in_batches(n, 100_000, |n| map(&mut ours, first(n))));
    });
    group.bench_function(id("ipc-channel", "a tiny task of many"), |bencher| {
        bencher.iter_custom(|n| in_batches(n, 100_000, |n| theirs.map(first(n))));
    });

    let large: Vec<Work> = (0..PAYLOADS).map(|_| payload()).collect();
    let first = |n: u64| &large[..usize::try_from(n).expect("a batch is short")];
    group.bench_function(id("conclab (pipes)", "1 MiB of many"), |bencher| {
        bencher.iter_custom(|n| in_batches(n, PAYLOADS, |n| map(&mut ours, first(n))));
    });
    group.bench_function(id("ipc-channel", "1 MiB of many"), |bencher| {
        bencher.iter_custom(|n| in_batches(n, PAYLOADS, |n| theirs.map(first(n))));
    });
    group.finish();
}

/// How long it takes to make something; it goes away afterwards.
fn timed<T>(make: impl FnOnce() -> T) -> Duration {
    let begin = Instant::now();
    let thing = make();
    let elapsed = begin.elapsed();
    drop(thing);
    elapsed
}

fn main() {
    if let Some(parent) = env::var_os(ipc::PARENT) {
        return ipc::work(&parent);
    }
    let mut criterion = Criterion::default().configure_from_args();
    process_pool(&mut criterion);
    criterion.final_summary();
}
