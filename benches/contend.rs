//! Threads that do the same thing at once, for criterion's `iter_custom`.
//!
//! All threads begin together and the clock runs until the last has done its share; so a result is
//! wall time per operation, all threads together.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use criterion::Criterion;

/// Takes the name of who is measured, and what it does when called with its thread's index.
pub(crate) type Enter<'a> = dyn FnMut(&str, &(dyn Fn(usize) + Sync)) + 'a;

/// Runs a group of benchmarks: `compete` enters who is measured, once for each number of threads.
pub(crate) fn group(
    criterion: &mut Criterion,
    name: &str,
    n_threads: &[usize],
    compete: impl Fn(&mut Enter<'_>),
) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(15);
    group.warm_up_time(Duration::from_millis(300));
    group.measurement_time(Duration::from_millis(700));
    for &n_threads in n_threads {
        let s = if n_threads == 1 { "" } else { "s" };
        compete(&mut |who, work| {
            group.bench_function(format!("{who}/{n_threads} thread{s}"), |bencher| {
                bencher.iter_custom(|n| contend(n_threads, n, work));
            });
        });
    }
    group.finish();
}

/// Time that `n_threads` threads take for `n` calls of `work` in all, each with its thread's index.
fn contend(n_threads: usize, n: u64, work: &(dyn Fn(usize) + Sync)) -> Duration {
    let share = n.div_ceil(n_threads as u64);
    let (start, end) = (Barrier::new(n_threads + 1), Barrier::new(n_threads + 1));
    thread::scope(|s| {
        for thread_idx in 0..n_threads {
            let (start, end) = (&start, &end);
            s.spawn(move || {
                start.wait();
                for _ in 0..share {
                    work(thread_idx);
                }
                end.wait();
            });
        }
        start.wait();
        let begin = Instant::now();
        end.wait();
        begin.elapsed()
    })
}
