//! The MCS lock with beds: first come, first served, and whoever waits long sleeps.

use conclab_engine::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

use super::raw_lock::RawLock;
use crate::platform::{Atomic, Platform, Sleepers};

/// No thread.
const NOBODY: usize = usize::MAX;

/// The thread may go in.
const GO: u32 = 0;
/// The thread waits, awake.
const WAITS: u32 = 1;
/// The thread waits, and may be asleep: whoever says `GO` must wake it.
const SLEEPS: u32 = 2;

/// Between two looks a waiter spins 1, 2, 4, … times, up to this.
const SPINS_MAX: u32 = 64;
/// From this many spins on it also lets others run: whoever has to go before it may want our core.
const SPINS_ALONE: u32 = 8;

/// A queue of waiting threads, each with a bed of its own.
///
/// Fair like `mcs.rs`, and the next in line gets a processor when there are more threads than
/// cores. The price: nobody else may go in while it wakes up.
#[derive(Debug)]
pub struct QueueThenPark<P: Platform> {
    /// Spins before it sleeps.
    patience: u32,
    /// The thread that came last, or `NOBODY` if the lock is free.
    last: P::Usize,
    places: Vec<Place<P>>,
}

/// Where a thread waits: in a cache line of its own.
#[derive(Debug)]
#[repr(align(128))]
struct Place<P: Platform> {
    /// What it does; its predecessor says `GO`.
    state: P::U32,
    bed: P::Sleepers,
    /// Who comes after it; that thread says so itself.
    next: P::Usize,
}

impl<P: Platform> Place<P> {
    /// Waits for `GO`: awake for about the time of one wake-up, then asleep.
    #[cold]
    #[track_caller]
    fn wait(&self, patience: u32) {
        let (mut n_spins, mut n_spent) = (1, 0);
        while n_spent < patience {
            // Acquire: pairs with the Release swap in `unlock`; we see what the holder did.
            if self.state.load(Acquire) == GO {
                return;
            }
            (0..n_spins).for_each(|_| P::spin_loop());
            if n_spins >= SPINS_ALONE {
                P::yield_now();
            }
            n_spent += n_spins;
            n_spins = SPINS_MAX.min(2 * n_spins);
        }
        // Acquire, twice: pairs with the Release swap in `unlock`, which may come first.
        if self.state.compare_exchange(WAITS, SLEEPS, Acquire, Acquire).is_ok() {
            // Acquire: pairs with the Release swap in `unlock`. A futex may wake for no reason.
            while self.state.load(Acquire) != GO {
                self.bed.sleep_if(&self.state, SLEEPS);
            }
        }
    }
}

impl<P: Platform> RawLock for QueueThenPark<P> {
    fn new(name: &str, n_threads: usize) -> Self {
        let place = |i| Place {
            state: P::U32::named(format!("{name}: {i} waits"), GO),
            bed: P::Sleepers::named(format!("{name}: bed {i}")),
            next: P::Usize::named(format!("{name}: after {i}"), NOBODY),
        };
        Self {
            patience: P::patience(),
            last: P::Usize::named(format!("{name}: last"), NOBODY),
            places: (0..n_threads).map(place).collect(),
        }
    }

    #[inline]
    fn lock(&self, me: usize) {
        let place = &self.places[me];
        // Relaxed, twice: the AcqRel swap below publishes both to the thread that comes next.
        place.next.store(NOBODY, Relaxed);
        place.state.store(WAITS, Relaxed);
        // AcqRel: pairs with the next thread's swap, and with the last holder's Release in
        // `unlock` if the queue was empty; we see what that holder did.
        let before = self.last.swap(me, AcqRel);
        if before != NOBODY {
            // Release: pairs with the Acquire load of `next` in `unlock`; our `state` is set.
            self.places[before].next.store(me, Release);
            place.wait(self.patience);
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
        let next = &self.places[next];
        // Release: pairs with the Acquires in `wait`; publishes what we did inside.
        if next.state.swap(GO, Release) == SLEEPS {
            next.bed.wake_one(&next.state);
        }
    }
}
