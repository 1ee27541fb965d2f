//! The lost update: threads add 1 to one counter, and some of the ones disappear.
//!
//! Adding 1 to a shared counter is not one step but three: load the value, add 1 to it, store
//! the sum. A thread may be interrupted between any two of them. Two threads that both load 0
//! both store 1: two increments, and the counter says 1. Nothing crashed and nothing warned.
//!
//! ```text
//! counter   A           B
//!       0   load → 0
//!       0               load → 0
//!       1   store 1
//!       1               store 1      A's update is lost
//! ```
//!
//! Every variant below is the same program but for the way to add 1. The wrong ones show three
//! mistakes that look like repairs; the right ones make "load, add, store" *one* step for the
//! others, or do without sharing.
//!
//! Four words are not std's: `named` gives an object the name it has in reports; `repeat(n, …)` is
//! a `for` loop; `retry` calls its closure again until that gives `Some`; `window` marks the moment
//! when an interruption does harm, and does nothing by itself.
//!
//! # A race condition is not a data race
//! A **race condition** is a wrong result that depends on timing. Every single access may be
//! well-behaved, as here: the program is safe Rust, and wrong. No compiler can find it, because
//! only you know that two steps were meant to be one.
//!
//! A **data race** is two threads using one plain variable at the same time, at least one of
//! them writing, with nothing that orders them. That is undefined behaviour: anything may happen,
//! not only a wrong sum. Safe Rust refuses it. This is the program that C would compile:
//!
//! ```compile_fail,E0499
//! let mut counter = 0;
//! std::thread::scope(|s| {
//!     s.spawn(|| counter += 1);
//!     s.spawn(|| counter += 1); // cannot borrow `counter` as mutable more than once at a time
//! });
//! ```
//!
//! One way past that error is to make each of the accesses atomic. It turns the data race into a
//! race condition: the first variant of this lab.
//!
//! # Sources
//! Mara Bos, *Rust Atomics and Locks*, 2023, chapters 1 and 2.

mod lab;
mod prices;
mod size;
mod variants;

use conclab_engine::sync::Mutex;
use conclab_engine::sync::atomic::AtomicU64;
use conclab_engine::sync::atomic::Ordering::{Relaxed, SeqCst};
use conclab_engine::thread::scope;
use conclab_engine::{repeat, retry, window};

pub use self::lab::Race;
pub use self::size::Parameters;

/// Starts the threads and lets each of them call `increment` so many times; waits for them all.
fn everyone(size: &Parameters, increment: impl Fn() + Sync) {
    scope(|s| {
        for _ in 0..size.threads {
            s.spawn(|| repeat(size.increments(), |_| increment()));
        }
    });
}

/// Loads, then stores: every access is atomic, the increment is not.
// ANCHOR: unsynchronised
fn unsynchronised(size: &Parameters) -> String {
    // Relaxed: nothing else has to be ordered.
    let counter = AtomicU64::named("counter", 0);
    everyone(size, || {
        let seen = counter.load(Relaxed);
        window("between load and store");
        // What if another thread takes its steps here?
        counter.store(seen + 1, Relaxed);
    });
    counter.into_inner().to_string()
}
// ANCHOR_END: unsynchronised

/// Asks for the strongest ordering: it orders the two accesses, it does not join them.
fn stronger_ordering(size: &Parameters) -> String {
    let counter = AtomicU64::named("counter", 0);
    everyone(size, || {
        // SeqCst: all threads agree on one order of all accesses, and that order may still be
        // load, load, store, store.
        let seen = counter.load(SeqCst);
        window("between load and store");
        // Another thread may store here; our store then overwrites it.
        // SeqCst: the place of this store in that order is after whatever was stored above.
        counter.store(seen + 1, SeqCst);
    });
    counter.into_inner().to_string()
}

/// Takes a lock that nobody else knows: a lock shuts out only those who take the same one.
fn lock_per_thread(size: &Parameters) -> String {
    // Relaxed: the counter announces no other data.
    let counter = AtomicU64::named("counter", 0);
    scope(|s| {
        for thread_idx in 0..size.threads {
            let counter = &counter;
            s.spawn(move || {
                let own = Mutex::named(format!("lock {thread_idx}"), ());
                repeat(size.increments(), |_| {
                    let _guard = own.lock();
                    let seen = counter.load(Relaxed);
                    window("between load and store");
                    // Another thread may store here: it holds its own lock, not ours.
                    counter.store(seen + 1, Relaxed);
                });
            });
        }
    });
    counter.into_inner().to_string()
}

/// Locks too late: when the lock is ours, the value loaded before may be out of date.
// ANCHOR: lock_the_store
fn lock_the_store(size: &Parameters) -> String {
    // Relaxed: the counter announces no other data.
    let counter = AtomicU64::named("counter", 0);
    let door = Mutex::named("door", ());
    everyone(size, || {
        let seen = counter.load(Relaxed);
        window("between load and store");
        // What if another thread takes its steps here?
        let _guard = door.lock();
        counter.store(seen + 1, Relaxed);
    });
    counter.into_inner().to_string()
}
// ANCHOR_END: lock_the_store

/// Holds one lock from before the load until after the store.
// ANCHOR: mutex
fn mutex(size: &Parameters) -> String {
    let counter = Mutex::named("counter", 0);
    everyone(size, || {
        let mut value = counter.lock();
        let seen = *value;
        window("between load and store");
        *value = seen + 1;
    });
    counter.into_inner().to_string()
}
// ANCHOR_END: mutex

/// Leaves the three steps to the processor, which makes one of them.
fn atomic(size: &Parameters) -> String {
    // Relaxed: that no update is lost is a property of every read-modify-write.
    let counter = AtomicU64::named("counter", 0);
    everyone(size, || {
        counter.fetch_add(1, Relaxed);
    });
    counter.into_inner().to_string()
}

/// Stores only if the counter is still what was loaded; otherwise starts again from the load.
// ANCHOR: compare_exchange
fn compare_exchange(size: &Parameters) -> String {
    // Relaxed: the counter announces no other data; a value that is out of date fails.
    let counter = AtomicU64::named("counter", 0);
    everyone(size, || {
        retry(|| {
            let seen = counter.load(Relaxed);
            window("between load and store");
            // Another thread may store here; then this fails, and nothing is overwritten.
            counter.compare_exchange_weak(seen, seen + 1, Relaxed, Relaxed).ok()
        });
    });
    counter.into_inner().to_string()
}
// ANCHOR_END: compare_exchange

/// Does not share while it counts: everyone counts for themselves and adds the sum once.
fn sharded(size: &Parameters) -> String {
    // Relaxed: the end of the scope publishes the sum.
    let counter = AtomicU64::named("counter", 0);
    scope(|s| {
        for _ in 0..size.threads {
            s.spawn(|| {
                let mut own = 0;
                // No other thread can see `own`: there is nothing to interrupt.
                for _ in 0..size.increments() {
                    own += 1;
                }
                counter.fetch_add(own, Relaxed);
            });
        }
    });
    counter.into_inner().to_string()
}
