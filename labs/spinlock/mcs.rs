//! The MCS lock: everyone waits at a place of their own.
//!
//! # Sources
//! J. M. Mellor-Crummey, M. L. Scott, *Algorithms for Scalable Synchronization on Shared-Memory
//! Multiprocessors*, ACM Transactions on Computer Systems 9 (1), 1991, section 2.4.

use conclab_engine::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

use super::raw_lock::RawLock;
use crate::platform::{Atomic, Platform};

/// No thread.
const NOBODY: usize = usize::MAX;

/// A queue of waiting threads, first come, first served.
///
/// The ticket lock's waiters all read one counter, and each `unlock` takes it out of all their
/// caches. Here each waits for a flag in its own cache line, which only its predecessor writes.
/// (The original has pointers where this has thread numbers: no `unsafe` is needed so.)
#[derive(Debug)]
pub struct Mcs<P: Platform> {
    /// The thread that came last, or `NOBODY` if the lock is free.
    last: P::Usize,
    places: Vec<Place<P>>,
}

/// Where a thread waits: in a cache line of its own.
#[derive(Debug)]
#[repr(align(128))]
struct Place<P: Platform> {
    /// Whether it has to wait; its predecessor ends that.
    waits: P::Bool,
    /// Who comes after it; that thread says so itself.
    next: P::Usize,
}

impl<P: Platform> RawLock for Mcs<P> {
    fn new(name: &str, n_threads: usize) -> Self {
        let place = |i| Place {
            waits: P::Bool::named(format!("{name}: {i} waits"), false),
            next: P::Usize::named(format!("{name}: after {i}"), NOBODY),
        };
        Self {
            last: P::Usize::named(format!("{name}: last"), NOBODY),
            places: (0..n_threads).map(place).collect(),
        }
    }

    // ANCHOR: lock
    #[inline]
    fn lock(&self, me: usize) {
        let place = &self.places[me];
        // Relaxed, twice: the AcqRel swap below publishes both to the thread that comes next.
        place.next.store(NOBODY, Relaxed);
        place.waits.store(true, Relaxed);
        // AcqRel: pairs with the next thread's swap, and with the last holder's Release in
        // `unlock` if the queue was empty; we see what that holder did.
        let before = self.last.swap(me, AcqRel);
        if before != NOBODY {
            // Release: pairs with the Acquire load of `next` in `unlock`; our `waits` is up.
            self.places[before].next.store(me, Release);
            // Acquire: pairs with the Release store in `unlock`; we see what the holder did.
            while place.waits.load(Acquire) {
                P::spin_loop();
            }
        }
    }

    #[inline]
    fn unlock(&self, me: usize) {
        let place = &self.places[me];
        // Acquire: pairs with the successor's Release store in `lock`.
        let mut next = place.next.load(Acquire);
        if next == NOBODY {
            // Release: pairs with the next swap in `lock`; publishes what we did inside.
            // Relaxed: if somebody has come, we learn who by `next`.
            if self.last.compare_exchange(me, NOBODY, Release, Relaxed).is_ok() {
                return;
            }
            // Somebody is last now, but has not yet said who comes after us.
            while next == NOBODY {
                P::spin_loop();
                // Acquire: as above.
                next = place.next.load(Acquire);
            }
        }
        // Release: pairs with the Acquire loop in `lock`; publishes what we did inside.
        self.places[next].waits.store(false, Release);
    }
    // ANCHOR_END: lock
}
