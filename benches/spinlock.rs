//! Locks of the lab `spinlock` beside std's, `parking_lot`'s and `spin`'s: sections of several
//! lengths, and one, two and eight threads.
//!
//! A section does as much work inside the lock as outside, the same non-inlined loop for all locks.
//! What is shown is wall time per section, all threads together; for some locks also who is
//! favoured and how long a turn can take.

#[path = "contend.rs"]
mod contend;
#[path = "fairness.rs"]
mod fairness;
#[path = "work.rs"]
mod work;

use std::sync::LazyLock;
use std::time::Instant;

use conclab_labs::spinlock::{
    Backoff, Bare, Mcs, QueueThenPark, RawLock, SpinThenPark, TestAndSet, TestAndTestAndSet, Ticket,
};
use contend::Enter;
use criterion::{Criterion, criterion_group, criterion_main};
use work::work;

/// Threads that contend, at most.
const THREADS_MAX: usize = 8;

/// Lengths of a section: name of the group and nanoseconds.
const SECTIONS: [(&str, f64); 4] =
    [("spinlock-0", 0.0), ("spinlock-100ns", 1e2), ("spinlock-1us", 1e3), ("spinlock-10us", 1e4)];

/// Those of which it is shown who is favoured.
const FAIRNESS: [(&str, f64); 2] =
    [("spinlock-fairness-1us", 1e3), ("spinlock-fairness-10us", 1e4)];

fn spinlock(criterion: &mut Criterion) {
    for (group, ns) in SECTIONS {
        let rounds = rounds(ns);
        contend::group(criterion, group, &[1, 2, THREADS_MAX], |bench| compete(bench, rounds));
    }
    for (group, ns) in FAIRNESS {
        let rounds = rounds(ns);
        fairness::group(criterion, group, THREADS_MAX, |bench| {
            ours::<Ticket<Bare>>("ticket", bench, rounds);
            ours::<QueueThenPark<Bare>>("queue-then-park", bench, rounds);
            parking(bench, rounds);
        });
    }
}

fn compete(bench: &mut Enter<'_>, rounds: u64) {
    ours::<TestAndSet<Bare>>("test-and-set", bench, rounds);
    ours::<TestAndTestAndSet<Bare>>("test-and-test-and-set", bench, rounds);
    ours::<Backoff<Bare>>("backoff", bench, rounds);
    ours::<Ticket<Bare>>("ticket", bench, rounds);
    ours::<Mcs<Bare>>("mcs", bench, rounds);
    ours::<QueueThenPark<Bare>>("queue-then-park", bench, rounds);
    let spin = spin::mutex::SpinMutex::<()>::new(());
    bench("spin", &|_| {
        let guard = spin.lock();
        work(rounds);
        drop(guard);
        work(rounds);
    });
    parking(bench, rounds);
}

/// Our lock that parks, and those one would take instead.
fn parking(bench: &mut Enter<'_>, rounds: u64) {
    ours::<SpinThenPark<Bare>>("spin-then-park", bench, rounds);
    let std = std::sync::Mutex::new(());
    bench("std", &|_| {
        let guard = std.lock().expect("nobody panics");
        work(rounds);
        drop(guard);
        work(rounds);
    });
    let parking_lot = parking_lot::Mutex::new(());
    bench("parking_lot", &|_| {
        let guard = parking_lot.lock();
        work(rounds);
        drop(guard);
        work(rounds);
    });
}

fn ours<L: RawLock>(name: &str, bench: &mut Enter<'_>, rounds: u64) {
    let lock = L::new(name, THREADS_MAX);
    bench(name, &|me| {
        lock.lock(me);
        work(rounds);
        lock.unlock(me);
        work(rounds);
    });
}

/// Rounds of work that take so long on this machine.
fn rounds(ns: f64) -> u64 {
    /// Nanoseconds of one round, measured once.
    static ROUND_NS: LazyLock<f64> = LazyLock::new(|| {
        let n = 2_000_000;
        let begin = Instant::now();
        work(n);
        begin.elapsed().as_secs_f64() * 1e9 / n as f64
    });
    #[expect(clippy::cast_possible_truncation, reason = "a handful of thousands")]
    #[expect(clippy::cast_sign_loss, reason = "times are positive")]
    let rounds = (ns / *ROUND_NS) as u64;
    rounds
}

criterion_group!(benches, spinlock);
criterion_main!(benches);
