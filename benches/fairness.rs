//! Who is favoured, and how long the others wait: as times, because criterion shows times.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use criterion::Criterion;

use crate::contend::{self, Enter, contend, per_operation};

/// Runs a group with three rows: the time between two turns of the thread that had most of them
/// and of the one that had fewest, and the longest time that a turn took.
///
/// The smallest share is to the largest as the first row to the second.
pub(crate) fn group(
    criterion: &mut Criterion,
    name: &str,
    n_threads: usize,
    compete: impl Fn(&mut Enter<'_>),
) {
    let mut group = contend::open(criterion, name);
    compete(&mut |who, work| {
        let mut row = |row: &str, time: &dyn Fn(u64) -> Duration| {
            group.bench_function(format!("{who}/{row}"), |bencher| bencher.iter_custom(time));
        };
        row("most favoured thread", &|n| {
            let (span, counts) = contend(n_threads, n, work);
            per_operation(span, counts.into_iter().max().unwrap_or(0), n)
        });
        row("least favoured thread", &|n| {
            let (span, counts) = contend(n_threads, n, work);
            per_operation(span, counts.into_iter().min().unwrap_or(0), n)
        });
        row("longest turn", &|n| longest(n_threads, n, work).mul_f64(n as f64));
    });
    group.finish();
}

/// The longest time that a thread took for one call of `work`.
fn longest(n_threads: usize, n: u64, work: &(dyn Fn(usize) + Sync)) -> Duration {
    let longest_ns = AtomicU64::new(0);
    let timed = |thread_idx| {
        let begin = Instant::now();
        work(thread_idx);
        let ns = u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        // Relaxed, twice: a maximum. It is seldom written, so that looking is cheap.
        if ns > longest_ns.load(Relaxed) {
            longest_ns.fetch_max(ns, Relaxed);
        }
    };
    contend(n_threads, n, &timed);
    Duration::from_nanos(longest_ns.into_inner())
}
