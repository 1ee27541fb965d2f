//! Spin, then park: stay awake for as long as a wake-up would take, then sleep.

use conclab_engine::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::platform::{Atomic, Patience, Platform, Sleepers};
use super::raw_lock::RawLock;

const FREE: u32 = 0;
const TAKEN: u32 = 1;
/// Taken, and somebody may be asleep: whoever unlocks must wake one.
const AWAITED: u32 = 2;

/// Most spins between two looks.
const SPINS_MAX: u32 = 64;

/// One word, looked at for a while and then slept on.
#[derive(Debug)]
pub struct SpinThenPark<P: Platform> {
    word: P::U32,
    sleepers: P::Sleepers,
    patience: Patience,
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
    fn spin(&self, taken: u32) -> bool {
        // Relaxed: pairs with nothing; it is a hint, only `try_lock` takes the lock.
        let look = || self.word.load(Relaxed) == FREE && self.try_lock(taken);
        let (mut n_spins, mut n_spent) = (1, 0);
        while n_spent < self.patience.n_spins {
            for _ in 0..n_spins {
                P::spin_loop();
            }
            if look() {
                return true;
            }
            n_spent += n_spins;
            n_spins = SPINS_MAX.min(2 * n_spins);
        }
        (0..self.patience.n_yields).any(|_| {
            P::yield_now();
            look()
        })
    }

    #[cold]
    #[track_caller]
    fn wait(&self) {
        if self.spin(TAKEN) {
            return;
        }
        // Acquire: pairs with the Release swap in `unlock`, as in `try_lock`. We may find it free
        // and yet leave AWAITED: others may be asleep, and one needless wake-up does no harm.
        while self.word.swap(AWAITED, Acquire) != FREE {
            self.sleepers.sleep_if(&self.word, AWAITED);
            // A wake-up is paid for: it would be a pity to fall asleep at once.
            if self.spin(AWAITED) {
                return;
            }
        }
    }
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
