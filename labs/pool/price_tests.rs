//! The thread pool on bare metal against what no model knows: memory, panics, many tasks.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use super::{Bare, Gil, INTERVAL, ThreadPool};

#[test]
fn answers_come_back_to_whoever_holds_the_handle() {
    let pool = ThreadPool::<Bare>::new(3, 16).unwrap();
    // A large capture does not fit in place.
    let handles: Vec<_> = (0..1_000_u64)
        .map(|n| (n, [n; 8]))
        .map(|(n, all)| pool.submit(move || n + all[7]))
        .collect();
    for (n, handle) in (0..).zip(handles) {
        assert_eq!(handle.join(), Ok(2 * n));
    }
}

#[test]
fn a_panic_fails_its_task_and_not_the_pool() {
    let pool = ThreadPool::<Bare>::new(1, 4).unwrap();
    let quiet = |message: String| move || -> u64 { std::panic::resume_unwind(Box::new(message)) };
    for n in 0..10 {
        let failed = pool.submit(quiet(format!("task {n}"))).join().unwrap_err();
        assert_eq!(failed.to_string(), format!("the task panicked: task {n}"));
    }
    assert_eq!(pool.submit(|| 7_u64).join(), Ok(7));
}

/// Panics when it is dropped.
struct Spiteful;

impl Drop for Spiteful {
    fn drop(&mut self) {
        std::panic::resume_unwind(Box::new("from `drop`"));
    }
}

#[test]
fn whatever_panics_when_it_is_dropped_does_not_end_its_worker() {
    let pool = ThreadPool::<Bare>::new(1, 4).unwrap();
    let capture = Spiteful;
    pool.execute(move || {
        let _held = &capture;
    });
    let payload = Spiteful;
    let panics = pool.submit(move || -> u64 { std::panic::resume_unwind(Box::new(payload)) });
    assert_eq!(panics.join().unwrap_err().message, "(no message)");
    assert_eq!(pool.submit(|| 7_u64).join(), Ok(7));
}

#[test]
fn every_capture_is_dropped_exactly_once() {
    let counted = Arc::new(());
    let pool = ThreadPool::<Bare>::new(2, 8).unwrap();
    for n in 0..100 {
        let (small, large) = (Arc::clone(&counted), (Arc::clone(&counted), [0_u64; 9]));
        pool.execute(move || assert_eq!(Arc::strong_count(&small).min(1), 1));
        drop(pool.submit(move || large.1[0] + n));
    }
    pool.shutdown();
    assert_eq!(Arc::strong_count(&counted), 1);
}

#[test]
fn no_task_is_lost_or_done_twice() {
    static DONE: [AtomicU64; 5_000] = [const { AtomicU64::new(0) }; 5_000];
    let pool = Arc::new(ThreadPool::<Bare>::new(4, 8).unwrap());
    let clients: Vec<_> = (0..5)
        .map(|client| {
            let pool = Arc::clone(&pool);
            thread::spawn(move || {
                for n in 0..1_000 {
                    // Relaxed: the pool's shutdown publishes it.
                    pool.execute(move || {
                        DONE[client * 1_000 + n].fetch_add(1, Relaxed);
                    });
                }
            })
        })
        .collect();
    for client in clients {
        client.join().unwrap();
    }
    Arc::into_inner(pool).unwrap().shutdown();
    // Relaxed: the workers have been joined.
    assert!(DONE.iter().all(|done| done.load(Relaxed) == 1));
}

#[test]
fn a_task_may_drop_the_last_reference_to_its_own_pool() {
    let pool = Arc::new(ThreadPool::<Bare>::new(2, 4).unwrap());
    let (sender, receiver) = mpsc::channel();
    let (own, gate) = (Arc::clone(&pool), Arc::new(AtomicBool::new(false)));
    let opened = Arc::clone(&gate);
    pool.execute(move || {
        // Relaxed: nothing but the order of the two drops hangs on it.
        while !opened.load(Relaxed) {
            thread::yield_now();
        }
        drop(own);
        sender.send(()).unwrap();
    });
    drop(pool);
    // Relaxed: as above.
    gate.store(true, Relaxed);
    receiver.recv().unwrap();
}

#[test]
fn a_thread_that_asks_for_the_gil_gets_it_from_one_that_works() {
    let gil = Gil::<Bare>::new(Duration::from_millis(1));
    let (begun, heard) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|s| {
        // Works until the other one has had the lock, and so proves that it gives it away.
        s.spawn(|| {
            gil.run_cpu(|| {
                // Relaxed, twice: only that it is seen at some time matters.
                begun.store(true, Relaxed);
                !heard.load(Relaxed)
            });
        });
        // Relaxed: as above.
        while !begun.load(Relaxed) {
            thread::yield_now();
        }
        // Relaxed: as above.
        gil.run_io(|| heard.store(true, Relaxed));
    });
}

#[test]
fn io_that_panics_leaves_the_gil_in_order() {
    let gil = Gil::<Bare>::new(INTERVAL);
    let io = || -> u64 { std::panic::resume_unwind(Box::new("no network")) };
    let failed = std::panic::catch_unwind(AssertUnwindSafe(|| gil.run_io(io)));
    assert!(failed.is_err());
    assert_eq!(gil.run_io(|| 7), 7);
}
