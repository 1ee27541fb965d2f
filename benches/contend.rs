//! Threads that do the same thing at once, for criterion's `iter_custom`.
//!
//! All threads begin together and go on until the time is over. (To give each the same share and
//! wait for the last would measure something else: near the end the favoured ones are gone, and
//! nobody contends any more.)

use std::sync::Barrier;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};

/// A sample: many time slices.
const SPAN: Duration = Duration::from_millis(60);
/// The shortest that criterion may ask for while it warms up: threads take that long to start.
const SPAN_MIN: Duration = Duration::from_millis(1);

/// Takes the name of who is measured, and what it does when called with its thread's index.
pub(crate) type Enter<'a> = dyn FnMut(&str, &(dyn Fn(usize) + Sync)) + 'a;

/// Runs a group of benchmarks: `compete` enters who is measured, once for each number of threads.
///
/// What is shown is wall time per operation, all threads together.
pub(crate) fn group(
    criterion: &mut Criterion,
    name: &str,
    n_threads: &[usize],
    compete: impl Fn(&mut Enter<'_>),
) {
    let mut group = open(criterion, name);
    for &n_threads in n_threads {
        let s = if n_threads == 1 { "" } else { "s" };
        compete(&mut |who, work| {
            group.bench_function(format!("{who}/{n_threads} thread{s}"), |bencher| {
                bencher.iter_custom(|n| {
                    let (span, counts) = contend(n_threads, n, work);
                    per_operation(span, counts.iter().sum(), n)
                });
            });
        });
    }
    group.finish();
}

/// Opens a group whose samples are all alike.
pub(crate) fn open<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat);
    group.sample_size(10);
    group.warm_up_time(Duration::from_millis(100));
    group.measurement_time(Duration::from_millis(600));
    group
}

/// Time that `n` operations take if `span` was enough for `count`.
pub(crate) fn per_operation(span: Duration, count: u64, n: u64) -> Duration {
    span.mul_f64(n as f64 / count.max(1) as f64)
}

/// Lets the threads work for a time: a microsecond for each of the `n` operations that criterion
/// asks for, but no longer than a sample. Returns the time and how often each thread has called
/// `work` with its index.
pub(crate) fn contend(
    n_threads: usize,
    n: u64,
    work: &(dyn Fn(usize) + Sync),
) -> (Duration, Vec<u64>) {
    let span = Duration::from_micros(n).clamp(SPAN_MIN, SPAN);
    let (start, over) = (&Barrier::new(n_threads + 1), &AtomicBool::new(false));
    let count = |thread_idx| {
        start.wait();
        let begin = Instant::now();
        let mut count = 0;
        // Relaxed: it announces nothing but the end.
        while !over.load(Relaxed) {
            work(thread_idx);
            count += 1;
        }
        (begin, count)
    };
    thread::scope(|s| {
        let count = &count;
        let threads: Vec<_> = (0..n_threads).map(|idx| s.spawn(move || count(idx))).collect();
        start.wait();
        thread::sleep(span);
        // Relaxed: as above.
        over.store(true, Relaxed);
        let end = Instant::now();
        let counts = threads.into_iter().map(|thread| thread.join().expect("nobody panics"));
        let (begins, counts): (Vec<Instant>, Vec<u64>) = counts.unzip();
        // Not when this thread saw the start: with too few cores it sees it late.
        (end - begins.into_iter().min().unwrap_or(end), counts)
    })
}
