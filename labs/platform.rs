//! What locks and semaphores need from below, so that one source serves proof and stopwatch.
//!
//! Each is written once, over a [`Platform`]. On [`Facade`] the model goes through every
//! interleaving of it; on [`Bare`](crate::price_platform::Bare) the very same code is compiled to
//! the processor's instructions and timed.

use std::fmt::Debug;

use conclab_engine::sync::atomic::Ordering;
use conclab_engine::sync::{self, atomic};
use conclab_engine::{hint, thread};

/// Atomics, a place to sleep, and ways to wait. The methods have std's names and meanings.
pub trait Platform: Debug + 'static {
    /// An atomic `bool`.
    type Bool: Atomic<bool>;
    /// An atomic `u32`.
    type U32: AtomicNumber<u32>;
    /// An atomic `usize`.
    type Usize: AtomicNumber<usize>;
    /// Threads that sleep until an atomic changes.
    type Sleepers: Sleepers<Self::U32>;

    /// Tells the processor that this is a loop that waits.
    fn spin_loop();
    /// Tells the scheduler to run somebody else.
    fn yield_now();
    /// How long it pays to stay awake before sleeping: calls of `spin_loop` that take about as
    /// long as one wake-up.
    fn patience() -> u32;
    /// Calls `body` until it gives something.
    fn retry<R>(body: impl Fn() -> Option<R> + Sync) -> R;
}

/// An atomic, as far as the labs need it.
pub trait Atomic<T>: Debug + Send + Sync {
    /// Makes one; the name is for traces.
    fn named(name: String, value: T) -> Self;
    /// Returns the value.
    fn load(&self, order: Ordering) -> T;
    /// Replaces the value.
    fn store(&self, value: T, order: Ordering);
    /// Replaces the value and returns the old one.
    fn swap(&self, value: T, order: Ordering) -> T;
    /// Replaces the value if it is `current`.
    ///
    /// # Errors
    /// The value, if it is another.
    fn compare_exchange(
        &self,
        current: T,
        new: T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<T, T>;
}

/// An atomic number.
pub trait AtomicNumber<T>: Atomic<T> {
    /// Adds, wrapping around, and returns the old value.
    fn fetch_add(&self, value: T, order: Ordering) -> T;
    /// Bitwise and; returns the old value.
    fn fetch_and(&self, value: T, order: Ordering) -> T;
}

/// The futex: "sleep, unless the word has already changed" is one step, so that no wake-up is
/// lost between looking and sleeping.
pub trait Sleepers<W>: Debug + Send + Sync {
    /// Makes a place to sleep; the name is for wait-for graphs.
    fn named(name: String) -> Self;
    /// Sleeps until woken if `word` still has the value `expected`; may wake without a reason.
    fn sleep_if(&self, word: &W, expected: u32);
    /// Wakes one of the threads that sleep on `word`, if there is one.
    fn wake_one(&self, word: &W);
    /// Wakes all threads that sleep on `word`.
    fn wake_all(&self, word: &W);
}

/// The engine's facade: for the model, and for real runs that count outcomes.
#[derive(Clone, Copy, Debug)]
pub struct Facade;

impl Platform for Facade {
    type Bool = atomic::AtomicBool;
    type U32 = atomic::AtomicU32;
    type Usize = atomic::AtomicUsize;
    type Sleepers = sync::Sleepers;

    #[track_caller]
    fn spin_loop() {
        hint::spin_loop();
    }

    #[track_caller]
    fn yield_now() {
        thread::yield_now();
    }

    fn patience() -> u32 {
        // Looks once, then sleeps: to look once more would show the model nothing new.
        0
    }

    #[track_caller]
    fn retry<R>(body: impl Fn() -> Option<R> + Sync) -> R {
        conclab_engine::retry(body)
    }
}

impl Sleepers<atomic::AtomicU32> for sync::Sleepers {
    fn named(name: String) -> Self {
        Self::named(name)
    }

    #[track_caller]
    fn sleep_if(&self, word: &atomic::AtomicU32, expected: u32) {
        self.sleep_if(word, expected);
    }

    #[track_caller]
    fn wake_one(&self, _word: &atomic::AtomicU32) {
        self.wake_one();
    }

    #[track_caller]
    fn wake_all(&self, _word: &atomic::AtomicU32) {
        self.wake_all();
    }
}

/// Passes everything on to the methods of the same names; `$make` is the constructor.
macro_rules! passes_on {
    ($atomic:ty, $value:ty, $make:expr) => {
        impl Atomic<$value> for $atomic {
            fn named(name: String, value: $value) -> Self {
                $make(name, value)
            }
            #[inline]
            #[track_caller]
            fn load(&self, order: Ordering) -> $value {
                self.load(order)
            }
            #[inline]
            #[track_caller]
            fn store(&self, value: $value, order: Ordering) {
                self.store(value, order);
            }
            #[inline]
            #[track_caller]
            fn swap(&self, value: $value, order: Ordering) -> $value {
                self.swap(value, order)
            }
            #[inline]
            #[track_caller]
            fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.compare_exchange(current, new, success, failure)
            }
        }
    };
    ($atomic:ty, $value:ty, $make:expr, number) => {
        passes_on!($atomic, $value, $make);
        impl AtomicNumber<$value> for $atomic {
            #[inline]
            #[track_caller]
            fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                self.fetch_add(value, order)
            }
            #[inline]
            #[track_caller]
            fn fetch_and(&self, value: $value, order: Ordering) -> $value {
                self.fetch_and(value, order)
            }
        }
    };
}
pub(crate) use passes_on;

passes_on!(atomic::AtomicBool, bool, Self::named);
passes_on!(atomic::AtomicU32, u32, Self::named, number);
passes_on!(atomic::AtomicUsize, usize, Self::named, number);
