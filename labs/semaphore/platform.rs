//! What our semaphores stand on: a word that threads can sleep on, in the lab or on bare metal.
//!
//! The semaphores are generic over it, so that there is one source of each: the code whose every
//! interleaving is covered is the code that is timed.

use std::fmt::Debug;

use conclab_engine::sync::Sleepers;
use conclab_engine::sync::atomic::{AtomicU32, Ordering};

/// A `u32` that threads change at once and can sleep on.
pub trait Platform: Debug + Send + Sync {
    /// How often a thread that finds no permit looks again before it goes to sleep.
    const LOOKS: u32;

    /// Makes the word; the name is for tables and wait-for graphs.
    fn new(name: &'static str, value: u32) -> Self;

    /// Returns the value.
    fn load(&self, order: Ordering) -> u32;

    /// Adds, wrapping around; returns the old value.
    fn fetch_add(&self, value: u32, order: Ordering) -> u32;

    /// Bitwise and; returns the old value.
    fn fetch_and(&self, value: u32, order: Ordering) -> u32;

    /// Replaces the value by `new` if it is `current`.
    ///
    /// # Errors
    /// The value, if it is another.
    fn compare_exchange(
        &self,
        current: u32,
        new: u32,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32>;

    /// Sleeps until woken, if the value is `expected`. To look and to fall asleep is one step.
    /// It may return without a reason, too.
    fn sleep_if(&self, expected: u32);

    /// Wakes one of the threads that sleep on this word, if there is one.
    fn wake_one(&self);

    /// Wakes all threads that sleep on this word.
    fn wake_all(&self);

    /// Calls `body` until it gives something.
    fn retry<R>(body: impl Fn() -> Option<R> + Sync) -> R;
}

/// The word of the lab's own runs, in both worlds.
#[derive(Debug)]
pub struct Facade {
    value: AtomicU32,
    sleepers: Sleepers,
}

impl Platform for Facade {
    // To look once more would show the model nothing new.
    const LOOKS: u32 = 0;

    fn new(name: &'static str, value: u32) -> Self {
        Self { value: AtomicU32::named(name, value), sleepers: Sleepers::named(name) }
    }

    #[track_caller]
    fn load(&self, order: Ordering) -> u32 {
        self.value.load(order)
    }

    #[track_caller]
    fn fetch_add(&self, value: u32, order: Ordering) -> u32 {
        self.value.fetch_add(value, order)
    }

    #[track_caller]
    fn fetch_and(&self, value: u32, order: Ordering) -> u32 {
        self.value.fetch_and(value, order)
    }

    #[track_caller]
    fn compare_exchange(
        &self,
        current: u32,
        new: u32,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32> {
        self.value.compare_exchange(current, new, success, failure)
    }

    #[track_caller]
    fn sleep_if(&self, expected: u32) {
        self.sleepers.sleep_if(&self.value, expected);
    }

    #[track_caller]
    fn wake_one(&self) {
        self.sleepers.wake_one();
    }

    #[track_caller]
    fn wake_all(&self) {
        self.sleepers.wake_all();
    }

    #[track_caller]
    fn retry<R>(body: impl Fn() -> Option<R> + Sync) -> R {
        conclab_engine::retry(body)
    }
}
