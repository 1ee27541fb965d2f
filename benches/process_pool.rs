//! What it costs to have worker processes: starting them, and sending them tasks, beside
//! `ipc-channel`. Every worker is a program of its own that was started, not forked.
//!
//! The pools of Python and Node are measured by a script in `benches/peers`.

#[path = "process_pool/ipc.rs"]
mod ipc;

use std::env;
use std::hint::black_box;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;
use conclab_labs::pool::role::Tasks;
use conclab_labs::pool::work::Work;
use conclab_labs::pool::{Bare, ThreadPool};
use conclab_workers::{ProcessPool, Settings, Wiring};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion};

/// Workers of every pool.
const WORKERS: usize = 4;

/// Tasks on their way to a worker or from it. A pool that has more sends more at a time; what
/// `ipc-channel` does with more is in its module.
const WINDOW: usize = 1_024;

/// Bytes of a large payload.
const PAYLOAD_BYTES: usize = 1 << 20;

/// Large payloads that are handed over at once.
const PAYLOADS: u64 = 16;

/// Bytes that are copied to see what memory allows: more than any cache has for one core.
const COPIED_BYTES: usize = 256 << 20;

/// How long short work takes.
const SHORT: Duration = Duration::from_micros(34);

/// Tasks of short work that are handed over at once.
const SHORT_TASKS: usize = 4_000;

type Group<'a> = BenchmarkGroup<'a, WallTime>;

fn started(workers: usize, wiring: Wiring) -> ProcessPool<Tasks> {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_conclab"));
    let command = (program, vec!["worker".into(), "tasks".into()]);
    let settings = Settings { command, workers, window: WINDOW, wiring };
    ProcessPool::<Tasks>::start(&settings, &Stop::never()).expect("the workers start")
}

fn name(wiring: Wiring) -> &'static str {
    match wiring {
        Wiring::Pipe => "conclab (pipes)",
        Wiring::SharedMemory => "conclab (shared memory)",
    }
}

/// Does all tasks, and fails if one fails.
fn map(pool: &mut ProcessPool<Tasks>, tasks: &[Work]) {
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

/// What is measured of our pool and of `ipc-channel`'s.
fn compete(group: &mut Group<'_>, who: &str, map: &mut dyn FnMut(&[Work])) {
    let id = |what: &str| BenchmarkId::new(who, what);
    group.bench_function(id("one task and back"), |bencher| bencher.iter(|| map(&[Work::Nothing])));

    let many = vec![Work::Nothing; 100_000];
    group.bench_function(id("a tiny task of many"), |bencher| {
        bencher.iter_custom(|n| in_batches(n, 100_000, |n| map(first(&many, n))));
    });
    let large: Vec<Work> = (0..PAYLOADS).map(|_| payload()).collect();
    group.bench_function(id("1 MiB of many"), |bencher| {
        bencher.iter_custom(|n| in_batches(n, PAYLOADS, |n| map(first(&large, n))));
    });
}

fn first(tasks: &[Work], n: u64) -> &[Work] {
    &tasks[..usize::try_from(n).expect("a batch is short")]
}

fn process_pool(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("process_pool");
    group.sample_size(20).warm_up_time(Duration::from_secs(1));
    group.measurement_time(Duration::from_secs(3));

    for wiring in Wiring::ALL {
        group.bench_function(BenchmarkId::new(name(wiring), "start of 4 workers"), |bencher| {
            bencher.iter_custom(|n| (0..n).map(|_| timed(|| started(WORKERS, wiring))).sum());
        });
    }
    group.bench_function(BenchmarkId::new("ipc-channel", "start of 4 workers"), |bencher| {
        bencher.iter_custom(|n| (0..n).map(|_| timed(|| ipc::Pool::start(WORKERS))).sum());
    });

    for wiring in Wiring::ALL {
        let mut pool = started(WORKERS, wiring);
        compete(&mut group, name(wiring), &mut |tasks| map(&mut pool, tasks));
    }
    let mut theirs = ipc::Pool::start(WORKERS);
    compete(&mut group, "ipc-channel", &mut |tasks| theirs.map(tasks));
    drop(theirs);
    in_place(&mut group);
    short_work(&mut group);
    group.finish();
}

/// Payloads that lie in shared memory before the clock starts, and what one copy would cost.
fn in_place(group: &mut Group<'_>) {
    let mut pool = started(WORKERS, Wiring::SharedMemory);
    let bytes = PAYLOAD_BYTES as u64;
    pool.write(0, &vec![1; 2 * PAYLOAD_BYTES]);
    let tasks: Vec<_> =
        (0..PAYLOADS).map(|n| Work::SumPlace { at: n % 2 * bytes, bytes }).collect();
    group.bench_function(BenchmarkId::new("conclab (in place)", "1 MiB of many"), |bencher| {
        bencher.iter_custom(|n| in_batches(n, PAYLOADS, |n| map(&mut pool, first(&tasks, n))));
    });
    let (from, mut to) = (vec![1_u8; COPIED_BYTES], vec![2_u8; COPIED_BYTES]);
    group.bench_function(BenchmarkId::new("memcpy (from DRAM)", "1 MiB of many"), |bencher| {
        bencher.iter_custom(|n| {
            let copies = n.div_ceil((COPIED_BYTES / PAYLOAD_BYTES) as u64);
            let taken = timed(|| (0..copies).for_each(|_| to.copy_from_slice(black_box(&from))));
            let parts = copies * (COPIED_BYTES / PAYLOAD_BYTES) as u64;
            taken.mul_f64(n as f64 / parts as f64)
        });
    });
}

/// A task that takes [`SHORT`] on this machine.
fn short() -> Work {
    let time = |work: &Work| (0..50).map(|_| timed(|| work.run())).min();
    let mut tasks = (1_000..).step_by(100).map(|to| Work::Primes { from: 0, to });
    tasks.find(|work| time(work) >= Some(SHORT)).expect("the last one takes for ever")
}

/// Tasks of some 34 µs: by threads, and by as many processes.
fn short_work(group: &mut Group<'_>) {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let many = vec![short(); SHORT_TASKS];
    let batch = SHORT_TASKS as u64;
    for wiring in Wiring::ALL {
        let mut pool = started(cores, wiring);
        group.bench_function(BenchmarkId::new(name(wiring), "34 µs of work"), |bencher| {
            bencher.iter_custom(|n| in_batches(n, batch, |n| map(&mut pool, first(&many, n))));
        });
    }
    let threads = ThreadPool::<Bare>::new(cores, SHORT_TASKS).expect("threads can be started");
    let map = |tasks: &[Work]| {
        let submit = |work: &Work| {
            let work = work.clone();
            threads.submit(move || work.run())
        };
        let handles: Vec<_> = tasks.iter().map(submit).collect();
        for handle in handles {
            handle.join().expect("it does not panic").expect("it only counts");
        }
    };
    group.bench_function(BenchmarkId::new("conclab (threads)", "34 µs of work"), |bencher| {
        bencher.iter_custom(|n| in_batches(n, batch, |n| map(first(&many, n))));
    });
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
