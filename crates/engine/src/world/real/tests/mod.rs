//! The real world does what it says on any machine, however busy; no test depends on luck.

mod ends;
mod stuck;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::thread;
use std::time::{Duration, Instant};

use super::{
    Lock, RawRuns, Scope, Signal, in_retry, note_operation, retry, run, scope, spawn, spin_loop,
    window, yield_now,
};
use crate::report::{Limit, Wait};
use crate::settings::{RealSettings, Widen};
use crate::stop::Stop;

fn settings(runs: u64, widen: Widen) -> RealSettings {
    RealSettings { runs, widen, stop: Stop::never(), hang: false }
}

/// The line of the caller.
#[track_caller]
fn here() -> &'static Location<'static> {
    Location::caller()
}

fn lock(name: &'static str) -> Lock {
    Lock::new(Some(name.into()))
}

/// Gives a lock back when dropped, like the facade's guard.
struct Guard<'a>(&'a Lock);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.unlock(here());
    }
}

#[track_caller]
fn guard(lock: &Lock) -> Guard<'_> {
    lock.lock(Location::caller());
    Guard(lock)
}

#[track_caller]
fn try_guard(lock: &Lock) -> Option<Guard<'_>> {
    lock.try_lock(Location::caller()).then(|| Guard(lock))
}

#[track_caller]
fn expect_all(runs: &RawRuns, outcome: &str, n: u64) {
    assert_eq!(runs.counts, BTreeMap::from([(outcome.to_owned(), n)]), "{runs:?}");
    assert_eq!((runs.runs, runs.unfinished, runs.limit), (n, 0, None));
}

fn both_orders(first: &Lock, second: &Lock) {
    let _first = guard(first);
    window("between the locks", here());
    let _second = guard(second);
}

fn ab_ba() -> String {
    let (left, right) = (lock("left"), lock("right"));
    scope(|s| {
        s.spawn(None, || both_orders(&left, &right));
        s.spawn(None, || both_orders(&right, &left));
    });
    "done".to_owned()
}

fn ordered() -> String {
    let (left, right) = (lock("left"), lock("right"));
    scope(|s| {
        s.spawn(None, || both_orders(&left, &right));
        s.spawn(None, || both_orders(&left, &right));
    });
    "done".to_owned()
}

fn hand_over(n: usize) -> String {
    let (lock, signal, count) = (Lock::new(None), Signal::new(None), AtomicUsize::new(0));
    let (lock, signal, count) = (&lock, &signal, &count);
    let turns = move |parity: usize| {
        for _ in 0..n {
            let _guard = guard(lock);
            while count.load(SeqCst) % 2 != parity {
                signal.wait(lock, None, here());
            }
            count.fetch_add(1, SeqCst);
            signal.notify_all(here());
        }
    };
    scope(|s| {
        s.spawn(None, move || turns(0));
        s.spawn(None, move || turns(1));
    });
    count.load(SeqCst).to_string()
}

fn polite(first: &Lock, second: &Lock) {
    let attempt = || {
        let _first = guard(first);
        window("between the locks", here());
        try_guard(second).map(drop)
    };
    retry(attempt, here());
}

fn unsynchronised(n: u64) -> String {
    let counter = AtomicU64::new(0);
    let increment = || {
        for _ in 0..n {
            let value = counter.load(SeqCst);
            window("between load and store", here());
            // Another thread may store here; our store then overwrites it.
            counter.store(value + 1, SeqCst);
        }
    };
    scope(|s| {
        s.spawn(None, increment);
        s.spawn(None, increment);
    });
    if counter.load(SeqCst) < 2 * n { "lost" } else { "kept" }.to_owned()
}

#[test]
fn a_race_with_a_handshake_loses_in_every_run() {
    expect_all(&run(&settings(100, Widen::Handshake), &|| unsynchronised(1)), "lost", 100);
    expect_all(&run(&settings(100, Widen::Handshake), &|| unsynchronised(100)), "lost", 100);
}

#[test]
fn a_lock_keeps_every_update() {
    let body = || {
        let (lock, counter) = (Lock::new(None), AtomicU64::new(0));
        scope(|s| {
            for _ in 0..3 {
                s.spawn(None, || {
                    for _ in 0..2_000 {
                        let _guard = guard(&lock);
                        let value = counter.load(SeqCst);
                        counter.store(value + 1, SeqCst);
                    }
                });
            }
        });
        counter.load(SeqCst).to_string()
    };
    expect_all(&run(&settings(20, Widen::None), &body), "6000", 20);
}

#[test]
fn a_thread_that_spins_on_its_scope_lets_it_start() {
    let runs = run(&settings(10, Widen::None), &|| {
        let flag = AtomicBool::new(false);
        scope(|s| {
            s.spawn(None, || flag.store(true, SeqCst));
            while !flag.load(SeqCst) {
                spin_loop();
            }
        });
        "seen".to_owned()
    });
    expect_all(&runs, "seen", 10);
    assert!(runs.elapsed_ns < 2_000_000_000, "nobody waited for the gate's own limit");
}

#[test]
fn threads_of_a_scope_spawn_others() {
    let nested = |s: Scope<'_, '_>, name: Cow<'static, str>| s.spawn(Some(name), || 1).join();
    let runs = run(&settings(20, Widen::Handshake), &|| {
        let counter = AtomicUsize::new(0);
        scope(|s| {
            let counter = &counter;
            for _ in 0..3 {
                s.spawn(None, move || {
                    s.spawn(None, move || counter.fetch_add(1, SeqCst));
                    window("somewhere", here());
                    scope(|inner| nested(inner, "inner".into())).expect("it does not panic");
                    counter.fetch_add(1, SeqCst);
                });
            }
        });
        counter.load(SeqCst).to_string()
    });
    expect_all(&runs, "6", 20);
}

#[test]
fn a_thread_sleeps_in_each_window_that_is_new_to_it() {
    let runs = run(&settings(1, Widen::Sleep), &|| {
        let begin = Instant::now();
        for name in ["enter", "leave", "enter"] {
            window(name, here());
        }
        (begin.elapsed() >= Duration::from_micros(100)).to_string()
    });
    expect_all(&runs, "true", 1);
}

#[test]
fn everything_works_outside_a_run() {
    assert_eq!(hand_over(200), "400");
    assert_eq!(ordered(), "done");
    let (left, right) = (Lock::new(None), lock("right"));
    polite(&left, &right);
    window("nowhere", here());
    spin_loop();
    yield_now();
    note_operation();
    assert!(!in_retry());
    assert_eq!(spawn(None, || 1).join().expect("it does not panic"), 1);
    assert!(spawn(None, || std::panic::resume_unwind(Box::new(()))).join().is_err());
}
