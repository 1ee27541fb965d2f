//! A semaphore in one word: one atomic operation per permit, and sleep only when there is none.
//!
//! The word counts the free permits in twos; its lowest bit says that somebody may be asleep:
//!
//! | word | means |
//! |---|---|
//! | 4 | two permits are free |
//! | 0 | none is free |
//! | 1 | none is free, and somebody may be asleep |
//!
//! Everything that decides is in this *one* word, and that is why no wake-up gets lost: a thread
//! falls asleep only while the word says 1, and "look and fall asleep" is one step. So either the
//! permit came first, and the thread does not sleep; or the thread slept first, the bit was set,
//! and whoever gives the permit back sees it in the very operation that gives it back.
//!
//! Two rules keep sleepers from being forgotten. The bit tells of one or of many, and whoever
//! wakes one clears it:
//! 1. *Who has slept leaves the bit set*: others may still sleep, and nobody else knows.
//! 2. *Who has slept and leaves a permit behind wakes the next one*: if two permits came back, the
//!    first cleared the bit, so the second woke nobody. Without this rule a thread would sleep
//!    beside a free permit.
//!
//! A thread that comes by and finds a permit takes it, though others have waited longer: that is
//! what makes it fast, and unfair. See `fair` for the opposite.
//!
//! # Sources
//! U. Drepper, *Futexes Are Tricky*, 2011, section 5 (the mutex whose idea this extends).

use conclab_engine::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::permits::Permits;
use crate::platform::{Atomic as _, AtomicNumber, Platform, Sleepers};

/// Somebody may be asleep.
const ASLEEP: u32 = 1;
/// One free permit.
const PERMIT: u32 = 2;

/// The semaphore in one word.
#[derive(Debug)]
pub struct Atomic<P: Platform> {
    word: P::U32,
    sleepers: P::Sleepers,
    /// Looks before it sleeps.
    patience: u32,
}

impl<P: Platform> Atomic<P> {
    /// Makes a semaphore with so many permits, less than 2³¹ at any time.
    pub fn new(permits: u32) -> Self {
        Self {
            word: P::U32::named("word".to_owned(), permits * PERMIT),
            sleepers: P::Sleepers::named("word".to_owned()),
            patience: P::patience(),
        }
    }

    // ANCHOR: try-acquire
    /// Takes a permit if there is one and says whether it did; gives nothing if others changed
    /// the word meanwhile.
    #[inline]
    fn try_acquire(&self) -> Option<bool> {
        // Relaxed: a value that is out of date fails below.
        let seen = self.word.load(Relaxed);
        if seen < PERMIT {
            return Some(false);
        }
        // Acquire: pairs with the Release in `release`; what its holder did is visible to us.
        // Relaxed if it fails: nothing is taken.
        self.word.compare_exchange(seen, seen - PERMIT, Acquire, Relaxed).ok()?;
        Some(true)
    }
    // ANCHOR_END: try-acquire

    /// Waits for a permit: tries for a while, then sleeps.
    #[cold]
    fn wait(&self) {
        for _ in 0..self.patience {
            P::spin_loop();
            if self.try_acquire() == Some(true) {
                return;
            }
        }
        P::retry(|| self.take_or_sleep());
    }

    // ANCHOR: take-or-sleep
    /// Takes a permit, or sleeps until woken and gives nothing.
    fn take_or_sleep(&self) -> Option<()> {
        // Relaxed: a value that is out of date fails below, whichever way it goes.
        let seen = self.word.load(Relaxed);
        if seen >= PERMIT {
            let left = seen - PERMIT;
            // Rule 1: who may have slept sets the bit.
            // Acquire: pairs with the Release in `release`. Relaxed if it fails: nothing is taken.
            self.word.compare_exchange(seen, left | ASLEEP, Acquire, Relaxed).ok()?;
            if left >= PERMIT {
                // Rule 2: who leaves a permit behind wakes the next one.
                self.wake();
            }
            return Some(());
        }
        if seen != ASLEEP {
            // Relaxed, twice: the bit is a request, it publishes no data.
            self.word.compare_exchange(seen, ASLEEP, Relaxed, Relaxed).ok()?;
        }
        // A permit may come back here. Then the word is not 1 any more: no sleep.
        self.sleepers.sleep_if(&self.word, ASLEEP);
        self.look();
        None
    }
    // ANCHOR_END: take-or-sleep

    /// Looks for a while whether there is a permit, and leaves it there: who has slept must set
    /// the bit when it takes one.
    fn look(&self) {
        for _ in 0..self.patience {
            // Relaxed: whoever takes the permit does the pairing.
            if self.word.load(Relaxed) >= PERMIT {
                return;
            }
            P::spin_loop();
        }
    }

    /// Wakes one sleeper, unless somebody else is doing it.
    #[cold]
    fn wake(&self) {
        // Relaxed: the one who wakes up takes its permit, and the data, by its own Acquire.
        if self.word.fetch_and(!ASLEEP, Relaxed) & ASLEEP != 0 {
            self.sleepers.wake_one(&self.word);
        }
    }
}

impl<P: Platform> Permits for Atomic<P> {
    #[inline]
    fn acquire(&self) {
        if !P::retry(|| self.try_acquire()) {
            self.wait();
        }
    }

    #[inline]
    // ANCHOR: release
    fn release(&self) {
        // Release: pairs with the Acquire of whoever takes this permit; publishes what we did.
        if self.word.fetch_add(PERMIT, Release) & ASLEEP != 0 {
            self.wake();
        }
    }
    // ANCHOR_END: release
}
