//! A global interpreter lock, handed over as `CPython` hands over its own.
//!
//! Whoever works holds it, so that one thread at a time works, however many cores there are. A
//! thread that has waited for one interval *asks* for it. The holder looks between two pieces of
//! its work whether somebody has asked; if so, it gives the lock away and waits until somebody
//! else has taken it (otherwise it would take it right back, being awake). Around input and output
//! the lock is given back, and so threads that wait for the network hardly notice it.
//!
//! # Sources
//! A. Pitrou, *Reworking the GIL*, python-dev, 2009; `Python/ceval_gil.c` of `CPython` 3.11.

use std::fmt::Debug;
use std::time::Duration;

use super::platform::Platform;

/// How long a thread waits in `CPython` before it asks for the lock.
pub const INTERVAL: Duration = Duration::from_millis(5);

/// The lock.
#[derive(Debug)]
pub struct Gil<P: Platform> {
    state: P::Lock<State>,
    /// Somebody has given the lock back.
    free: P::Signal,
    /// Somebody has taken it.
    taken: P::Signal,
    interval: Duration,
}

#[derive(Debug, Hash)]
struct State {
    held: bool,
    /// Whether a thread has waited for an interval since the lock last went to one that waited.
    asked: bool,
    /// How often it was taken.
    times_taken: u64,
    /// How often it was taken by a thread that had to wait.
    times_handed: u64,
}

impl<P: Platform> Gil<P> {
    /// A free lock; threads wait so long before they ask for it.
    pub fn new(interval: Duration) -> Self {
        let state = State { held: false, asked: false, times_taken: 0, times_handed: 0 };
        Self {
            state: P::new_lock("gil", state),
            free: P::new_signal("free"),
            taken: P::new_signal("taken"),
            interval,
        }
    }

    /// Waits for the lock and takes it.
    pub fn enter(&self) -> Held<'_, P> {
        self.take();
        Held { gil: self }
    }

    /// Works under the lock: calls `piece` until that returns false, and hands the lock over in
    /// between if somebody has asked for it.
    pub fn run_cpu(&self, mut piece: impl FnMut() -> bool) {
        let mut held = self.enter();
        while piece() {
            held.hand_over_if_asked();
        }
    }

    /// Waits for something outside, without the lock, and holds the lock before and after.
    pub fn run_io<R>(&self, io: impl FnOnce() -> R) -> R {
        self.enter().without(io)
    }

    fn take(&self) {
        let mut state = P::lock(&self.state);
        let mut waited = false;
        while state.held {
            let before = state.times_handed;
            let is_over;
            (state, is_over) = P::wait_for(&self.free, state, self.interval);
            waited = true;
            // If it went to another waiter meanwhile, that one gets its interval, too.
            if is_over && state.held && state.times_handed == before {
                state.asked = true;
            }
        }
        state.held = true;
        state.asked = false;
        state.times_taken += 1;
        state.times_handed += u64::from(waited);
        drop(state);
        P::notify_all(&self.taken);
    }

    fn give_back(&self) {
        P::lock(&self.state).held = false;
        P::notify_one(&self.free);
    }

    /// Gives the lock back, and waits until somebody else has it, if somebody has asked.
    fn give_away(&self) -> bool {
        let mut state = P::lock(&self.state);
        if !state.asked {
            return false;
        }
        state.held = false;
        let before = state.times_taken;
        P::notify_one(&self.free);
        while state.times_taken == before {
            // Whoever has asked is still there: only by taking the lock it goes on.
            state = P::wait(&self.taken, state);
        }
        true
    }
}

/// The lock is held; dropping this gives it back.
#[derive(Debug)]
#[must_use = "a lock that is given back at once protects nothing"]
pub struct Held<'a, P: Platform> {
    gil: &'a Gil<P>,
}

impl<P: Platform> Held<'_, P> {
    /// To be called between two pieces of work: lets another thread have the lock if one has asked,
    /// and returns when this thread has it again.
    pub fn hand_over_if_asked(&mut self) {
        if self.gil.give_away() {
            self.gil.take();
        }
    }

    /// Does something without the lock, as an interpreter does input and output.
    pub fn without<R>(&mut self, io: impl FnOnce() -> R) -> R {
        /// Takes the lock again, even if `io` panics: `Held` is going to give it back.
        struct Again<'a, P: Platform>(&'a Gil<P>);
        impl<P: Platform> Drop for Again<'_, P> {
            fn drop(&mut self) {
                self.0.take();
            }
        }
        self.gil.give_back();
        let _again = Again(self.gil);
        io()
    }
}

impl<P: Platform> Drop for Held<'_, P> {
    fn drop(&mut self) {
        self.gil.give_back();
    }
}

#[cfg(test)]
impl Gil<super::Facade> {
    /// A moment at which every waiting thread finds its interval over: the model has no clock.
    pub(super) fn tick(&self) {
        self.free.notify_all();
    }
}
