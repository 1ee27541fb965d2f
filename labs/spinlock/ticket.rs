//! The ticket lock: draw a number, wait until it is called.

use conclab_engine::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::raw_lock::RawLock;
use crate::platform::{Atomic, AtomicNumber, Platform};

/// Two counters, as at a butcher's: perfectly fair.
///
/// Fairness has a price: if the thread whose number is called has no processor, nobody else may
/// go in its place.
#[derive(Debug)]
pub struct Ticket<P: Platform> {
    /// The next number to be drawn.
    next: P::U32,
    /// The number that may go in.
    called: P::U32,
}

impl<P: Platform> RawLock for Ticket<P> {
    fn new(name: &str, _n_threads: usize) -> Self {
        Self {
            next: P::U32::named(format!("{name}: next"), 0),
            called: P::U32::named(format!("{name}: called"), 0),
        }
    }

    // ANCHOR: lock
    #[inline]
    fn lock(&self, _me: usize) {
        // Relaxed: pairs with nothing; that no number is drawn twice is a property of every
        // read-modify-write.
        let mine = self.next.fetch_add(1, Relaxed);
        // Acquire: pairs with the Release store in `unlock`; we see what the last holder did.
        while self.called.load(Acquire) != mine {
            P::spin_loop();
        }
    }

    #[inline]
    fn unlock(&self, _me: usize) {
        // Relaxed: only the holder stores it, and that is us.
        let mine = self.called.load(Relaxed);
        // Release: pairs with the Acquire load in `lock`; publishes what we did inside.
        self.called.store(mine.wrapping_add(1), Release);
    }
    // ANCHOR_END: lock
}
