//! Locks and semaphores on the processor itself: std's atomics and the operating system's futex.
//!
//! Nothing of the facade is left here, so this is what is timed.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::{hint, thread};

use crate::platform::{Atomic, AtomicNumber, Platform, Sleepers, passes_on};
use conclab_measure::wakeup::calibrate;

/// std's atomics and the operating system's futex.
#[derive(Clone, Copy, Debug)]
pub struct Bare;

/// Where the operating system keeps the threads that sleep: it goes by the word's address.
#[derive(Clone, Copy, Debug)]
pub struct Futex;

impl Platform for Bare {
    type Bool = AtomicBool;
    type U32 = AtomicU32;
    type Usize = AtomicUsize;
    type Sleepers = Futex;

    #[inline]
    fn spin_loop() {
        hint::spin_loop();
    }

    #[inline]
    fn yield_now() {
        thread::yield_now();
    }

    fn patience() -> u32 {
        static MEASURED: OnceLock<u32> = OnceLock::new();
        *MEASURED.get_or_init(|| calibrate().patience())
    }

    #[inline]
    fn retry<R>(body: impl Fn() -> Option<R> + Sync) -> R {
        loop {
            if let Some(result) = body() {
                return result;
            }
        }
    }
}

impl Sleepers<AtomicU32> for Futex {
    fn named(_: String) -> Self {
        Self
    }

    fn sleep_if(&self, word: &AtomicU32, expected: u32) {
        atomic_wait::wait(word, expected);
    }

    fn wake_one(&self, word: &AtomicU32) {
        atomic_wait::wake_one(word);
    }

    fn wake_all(&self, word: &AtomicU32) {
        atomic_wait::wake_all(word);
    }
}

passes_on!(AtomicBool, bool, |_, value| Self::new(value));
passes_on!(AtomicU32, u32, |_, value| Self::new(value), number);
passes_on!(AtomicUsize, usize, |_, value| Self::new(value), number);
