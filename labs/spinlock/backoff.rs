//! Test-and-test-and-set with back-off: who fails waits longer, and lets others run.

use conclab_engine::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::raw_lock::RawLock;
use crate::platform::{Atomic, Platform};

/// Between two looks a waiter spins 1, 2, 4, … times; from this many on it gives the processor
/// away instead: the holder, waiting for a core, may get ours.
const SPINS_MAX: u32 = 64;

/// A flag, and waiters that look at it less and less often.
#[derive(Debug)]
pub struct Backoff<P: Platform> {
    taken: P::Bool,
}

impl<P: Platform> Backoff<P> {
    #[inline]
    #[track_caller]
    fn try_lock(&self) -> bool {
        // Acquire: pairs with the Release store in `unlock`; we see what the last holder did.
        // Relaxed: a failure looks at nothing else.
        self.taken.compare_exchange(false, true, Acquire, Relaxed).is_ok()
    }

    // ANCHOR: wait
    #[cold]
    #[track_caller]
    fn wait(&self) {
        let mut n_spins = 1;
        loop {
            if n_spins <= SPINS_MAX {
                for _ in 0..n_spins {
                    P::spin_loop();
                }
                n_spins *= 2;
            } else {
                P::yield_now();
            }
            // Relaxed: pairs with nothing; it is a hint, only `try_lock` takes the lock.
            if !self.taken.load(Relaxed) && self.try_lock() {
                return;
            }
        }
    }
    // ANCHOR_END: wait
}

impl<P: Platform> RawLock for Backoff<P> {
    fn new(name: &str, _n_threads: usize) -> Self {
        Self { taken: P::Bool::named(name.to_owned(), false) }
    }

    #[inline]
    fn lock(&self, _me: usize) {
        if !self.try_lock() {
            self.wait();
        }
    }

    #[inline]
    fn unlock(&self, _me: usize) {
        // Release: pairs with the Acquire in `try_lock`; publishes what we did inside.
        self.taken.store(false, Release);
    }
}
