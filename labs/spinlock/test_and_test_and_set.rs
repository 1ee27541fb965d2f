//! Test-and-test-and-set: look first, write only when there is a chance.

use conclab_engine::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::raw_lock::RawLock;
use crate::platform::{Atomic, Platform};

/// A flag that waiting threads only read.
///
/// Each waiter has a copy of the flag in its own cache and bothers nobody until the holder lowers
/// it. Then all of them write at once.
#[derive(Debug)]
pub struct TestAndTestAndSet<P: Platform> {
    taken: P::Bool,
}

impl<P: Platform> RawLock for TestAndTestAndSet<P> {
    fn new(name: &str, _n_threads: usize) -> Self {
        Self { taken: P::Bool::named(name.to_owned(), false) }
    }

    // ANCHOR: lock
    #[inline]
    fn lock(&self, _me: usize) {
        // Acquire: pairs with the Release store in `unlock`; we see what the last holder did.
        while self.taken.swap(true, Acquire) {
            // Relaxed: pairs with nothing; it is a hint, only the swap above takes the lock.
            while self.taken.load(Relaxed) {
                P::spin_loop();
            }
        }
    }
    // ANCHOR_END: lock

    #[inline]
    fn unlock(&self, _me: usize) {
        // Release: pairs with the Acquire swap in `lock`; publishes what we did inside.
        self.taken.store(false, Release);
    }
}
