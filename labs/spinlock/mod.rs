//! Locks made by hand: when does spinning beat sleeping, and what does it cost when it does not?
//!
//! A lock lets one thread at a time into a section. Who finds it taken has two ways to wait. To
//! **spin** is to look again and again: whoever spins sees the lock come free at once, and keeps a
//! processor busy with nothing until then. To **sleep** is to ask the operating system to be woken:
//! it leaves the processor to others, and being woken takes as long as thousands of looks.
//!
//! Spinning loses when the holder is not running. Its processor was given to a thread that spins:
//! for the thread that holds the lock, and cannot get a processor to give it back.
//!
//! | file | lock |
//! |---|---|
//! | `test_and_set.rs` | a flag, raised in one step |
//! | `test_and_test_and_set.rs` | the same, but waiters only look |
//! | `backoff.rs` | waiters look less and less often, and let others run |
//! | `ticket.rs` | draw a number: first come, first served |
//! | `mcs.rs` | a queue in which everyone waits at a place of their own |
//! | `queue_then_park.rs` | the same queue, but whoever waits long sleeps |
//! | `spin_then_park.rs` | spins for about the time of one wake-up, then sleeps |
//! | `test_then_set.rs` | wrong: looks in one step, raises the flag in another |
//!
//! Each is written once, over what a [`Platform`] has: `../platform.rs` gives it the facade, for
//! the model, and `../price_platform.rs` the processor itself, for the stopwatch. What is proved is
//! what is timed. Below are the programs that use them: threads add 1 to a counter, by a load and a
//! store that are no single step, so a lock that lets two in loses a count.
//!
//! # Sources
//! T. E. Anderson, *The Performance of Spin Lock Alternatives for Shared-Memory Multiprocessors*,
//! IEEE Transactions on Parallel and Distributed Systems 1 (1), 1990. Mara Bos, *Rust Atomics and
//! Locks*, 2023, chapters 4 and 9.

mod backoff;
mod lab;
mod mcs;
mod price_cell;
mod price_doors;
mod price_entrants;
mod price_exhibits;
mod price_notes;
mod price_section;
mod price_sweep;
mod price_waits;
mod prices;
mod queue_then_park;
mod raw_lock;
mod size;
mod spin_then_park;
mod test_and_set;
mod test_and_test_and_set;
mod test_then_set;
mod ticket;
mod variants;

use std::panic::{AssertUnwindSafe, catch_unwind};

use conclab_engine::sync::atomic::AtomicU64;
use conclab_engine::sync::atomic::Ordering::Relaxed;
use conclab_engine::thread::scope;
use conclab_engine::{repeat, retry, window};

pub use self::backoff::Backoff;
pub use self::lab::Spinlock;
pub use self::mcs::Mcs;
pub use self::queue_then_park::QueueThenPark;
pub use self::raw_lock::RawLock;
pub use self::size::Parameters;
pub use self::spin_then_park::SpinThenPark;
pub use self::test_and_set::TestAndSet;
pub use self::test_and_test_and_set::TestAndTestAndSet;
pub use self::test_then_set::TestThenSet;
pub use self::ticket::Ticket;
pub use crate::platform::{Atomic, AtomicNumber, Facade, Platform, Sleepers};
pub use crate::price_platform::{Bare, Futex};
pub use conclab_measure::wakeup::{Calibration, calibrate};

/// Starts the threads, lets each call `increment(me, i)` so many times, and waits for them all.
fn everyone(size: &Parameters, increment: impl Fn(usize, usize) + Sync) {
    scope(|s| {
        for me in 0..size.threads {
            let increment = &increment;
            s.spawn(move || repeat(size.increments(), |i| increment(me, i)));
        }
    });
}

/// Looks whether the lock is free, takes it, adds 1, gives the lock back.
fn test_then_set(size: &Parameters) -> String {
    let counter = AtomicU64::named("counter", 0);
    let lock = TestThenSet::<Facade>::new("lock", size.threads);
    everyone(size, |me, _| {
        lock.lock(me);
        // Relaxed: pairs with nothing; it reads the counter and no other data.
        let seen = counter.load(Relaxed);
        window("inside the section");
        // Another thread that found the lock free may have read what we read.
        // Relaxed: pairs with nothing; the counter announces no other data.
        counter.store(seen + 1, Relaxed);
        lock.unlock(me);
    });
    counter.into_inner().to_string()
}

/// Takes the lock, adds 1, gives the lock back.
///
/// There is no window inside: a thread that waits at one for the others would wait in vain for
/// those that spin outside.
fn inside<L: RawLock>(size: &Parameters) -> String {
    let counter = AtomicU64::named("counter", 0);
    let lock = L::new("lock", size.threads);
    everyone(size, |me, _| {
        lock.lock(me);
        // Relaxed, twice: pairs with nothing; the lock orders them among threads, if it works.
        let seen = counter.load(Relaxed);
        counter.store(seen + 1, Relaxed);
        lock.unlock(me);
    });
    counter.into_inner().to_string()
}

// ANCHOR: unlock-by-anyone
/// Gives the lock back after every attempt, whether it had got it or not.
///
/// (A guard makes this mistake impossible: only who has got the lock has one.)
fn unlock_by_anyone(size: &Parameters) -> String {
    let counter = AtomicU64::named("counter", 0);
    let lock = TestAndSet::<Facade>::new("lock", size.threads);
    everyone(size, |me, _| {
        retry(|| {
            let got = lock.try_lock();
            if got {
                // Relaxed: pairs with nothing; it reads the counter and no other data.
                let seen = counter.load(Relaxed);
                window("inside the section");
                // Another thread may give up here and unlock for us; then a third one comes in,
                // or the same one at its next attempt, and our store overwrites theirs.
                // Relaxed: pairs with nothing; the counter announces no other data.
                counter.store(seen + 1, Relaxed);
            }
            lock.unlock(me);
            got.then_some(())
        });
    });
    counter.into_inner().to_string()
}
// ANCHOR_END: unlock-by-anyone

// ANCHOR: forgets-on-panic
/// Panics inside the section, and the panic is caught outside: nobody gives the lock back.
///
/// (A guard would: it unlocks when the panic drops it. std's lock is poisoned then, so that the
/// next holder learns that the data may be half-done.)
fn forgets_on_panic(size: &Parameters) -> String {
    let counter = AtomicU64::named("counter", 0);
    let lock = SpinThenPark::<Facade>::new("lock", size.threads);
    everyone(size, |me, i| {
        let section = AssertUnwindSafe(|| {
            lock.lock(me);
            // Relaxed, twice: pairs with nothing; the lock orders them among threads.
            let seen = counter.load(Relaxed);
            window("inside the section");
            counter.store(seen + 1, Relaxed);
            assert!(me > 0 || i + 1 < size.increments(), "the first thread's last increment");
            lock.unlock(me);
        });
        // Whoever catches it thinks that all is well. The others wait for ever.
        drop(catch_unwind(section));
    });
    counter.into_inner().to_string()
}
// ANCHOR_END: forgets-on-panic
