//! Test, then set: a lock that two threads can have at once.

use conclab_engine::sync::atomic::Ordering::{Acquire, Release};
use conclab_engine::window;

use super::raw_lock::RawLock;
use crate::platform::{Atomic, Platform};

/// A flag that is looked at in one step and raised in another.
#[derive(Debug)]
pub struct TestThenSet<P: Platform> {
    taken: P::Bool,
}

impl<P: Platform> RawLock for TestThenSet<P> {
    fn new(name: &str, _n_threads: usize) -> Self {
        Self { taken: P::Bool::named(name.to_owned(), false) }
    }

    // ANCHOR: lock
    fn lock(&self, _me: usize) {
        // Acquire: pairs with the Release store in `unlock`.
        while self.taken.load(Acquire) {
            P::spin_loop();
        }
        window("between look and take");
        // Another thread may look here, and find it as free as we did.
        // Release: no ordering makes one step of the two.
        self.taken.store(true, Release);
    }
    // ANCHOR_END: lock

    fn unlock(&self, _me: usize) {
        // Release: pairs with the Acquire load in `lock`; publishes what we did inside.
        self.taken.store(false, Release);
    }
}
