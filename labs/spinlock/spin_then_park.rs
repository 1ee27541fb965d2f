//! Spin, then park: stay awake for as long as a wake-up would take, then sleep.
//!
//! Who stays awake lets others run between two looks. With more threads than cores that keeps the
//! longest wait short: two threads that hand the lock to and fro in a few hundred nanoseconds would
//! keep both cores until their time slices end, and the others, awake or not, would wait for a
//! core and not for the lock.

use conclab_engine::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::raw_lock::RawLock;
use crate::platform::{Atomic, Platform, Sleepers};

const FREE: u32 = 0;
const TAKEN: u32 = 1;
/// Taken, and somebody may be asleep: whoever unlocks must wake one.
const AWAITED: u32 = 2;

/// Between two looks a waiter spins 1, 2, 4, … times, up to this.
const SPINS_MAX: u32 = 64;
/// From this many spins on it also lets others run: the holder, or whoever waits for our core.
const SPINS_ALONE: u32 = 16;

/// One word, looked at for a while and then slept on.
#[derive(Debug)]
pub struct SpinThenPark<P: Platform> {
    word: P::U32,
    sleepers: P::Sleepers,
    /// Spins before it sleeps.
    patience: u32,
}

impl<P: Platform> SpinThenPark<P> {
    #[inline]
    #[track_caller]
    fn try_lock(&self, taken: u32) -> bool {
        // Acquire: pairs with the Release swap in `unlock`; we see what the last holder did.
        // Relaxed: a failure looks at nothing else.
        self.word.compare_exchange(FREE, taken, Acquire, Relaxed).is_ok()
    }

    /// Stays awake for a while; says whether it has taken the lock, as `taken`.
    fn stay_awake(&self, taken: u32) -> bool {
        let (mut n_spins, mut n_spent) = (1, 0);
        loop {
            // Relaxed: pairs with nothing; it is a hint, only `try_lock` takes the lock.
            if self.word.load(Relaxed) == FREE && self.try_lock(taken) {
                return true;
            }
            if n_spent >= self.patience {
                return false;
            }
            (0..n_spins).for_each(|_| P::spin_loop());
            if n_spins >= SPINS_ALONE {
                P::yield_now();
            }
            n_spent += n_spins;
            n_spins = SPINS_MAX.min(2 * n_spins);
        }
    }

    // ANCHOR: wait
    #[cold]
    #[track_caller]
    fn wait(&self) {
        if self.stay_awake(TAKEN) {
            return;
        }
        // Acquire: pairs with the Release swap in `unlock`, as in `try_lock`. We may find it free
        // and yet leave AWAITED: others may be asleep, and one needless wake-up does no harm.
        while self.word.swap(AWAITED, Acquire) != FREE {
            self.sleepers.sleep_if(&self.word, AWAITED);
            // A wake-up is paid for: it would be a pity to fall asleep at once.
            if self.stay_awake(AWAITED) {
                return;
            }
        }
    }
    // ANCHOR_END: wait
}

impl<P: Platform> RawLock for SpinThenPark<P> {
    fn new(name: &str, _n_threads: usize) -> Self {
        Self {
            word: P::U32::named(name.to_owned(), FREE),
            sleepers: P::Sleepers::named(format!("{name}: sleepers")),
            patience: P::patience(),
        }
    }

    #[inline]
    fn lock(&self, _me: usize) {
        if !self.try_lock(TAKEN) {
            self.wait();
        }
    }

    #[inline]
    fn unlock(&self, _me: usize) {
        // Release: pairs with the Acquires above; publishes what we did inside.
        if self.word.swap(FREE, Release) == AWAITED {
            self.sleepers.wake_one(&self.word);
        }
    }
}
