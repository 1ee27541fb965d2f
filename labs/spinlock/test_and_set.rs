//! Test-and-set: the simplest lock there is.

use conclab_engine::sync::atomic::Ordering::{Acquire, Release};

use super::raw_lock::RawLock;
use crate::platform::{Atomic, Platform};

/// A flag that whoever finds it lowered raises, in one step.
///
/// Every look is a write: the flag's cache line goes from core to core as long as anyone waits,
/// and the holder's `unlock` must queue up for it as well.
#[derive(Debug)]
pub struct TestAndSet<P: Platform> {
    taken: P::Bool,
}

impl<P: Platform> TestAndSet<P> {
    // ANCHOR: try-lock
    /// Takes the lock if it is free; says whether it was.
    #[track_caller]
    pub fn try_lock(&self) -> bool {
        // Acquire: pairs with the Release store in `unlock`.
        !self.taken.swap(true, Acquire)
    }
    // ANCHOR_END: try-lock
}

impl<P: Platform> RawLock for TestAndSet<P> {
    fn new(name: &str, _n_threads: usize) -> Self {
        Self { taken: P::Bool::named(name.to_owned(), false) }
    }

    #[inline]
    // ANCHOR: lock
    fn lock(&self, _me: usize) {
        while !self.try_lock() {
            P::spin_loop();
        }
    }
    // ANCHOR_END: lock

    #[inline]
    fn unlock(&self, _me: usize) {
        // Release: pairs with the Acquire swap in `try_lock`; publishes what we did inside.
        self.taken.store(false, Release);
    }
}
