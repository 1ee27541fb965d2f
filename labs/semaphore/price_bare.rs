//! The word on bare metal: std's atomic and the system's futex, without the facade between.
//!
//! Semaphores that stand on it are for measuring and for use; `Bare` is the only difference.

use std::sync::atomic::{AtomicU32, Ordering};

use super::platform::Platform;

/// A word of std, to sleep on by the system's own call.
#[derive(Debug)]
pub struct Bare(AtomicU32);

impl Platform for Bare {
    // About a microsecond of looking. Sleeping costs at least that much, waking up far more.
    const LOOKS: u32 = 100;

    #[inline]
    fn new(_: &'static str, value: u32) -> Self {
        Self(AtomicU32::new(value))
    }

    #[inline]
    fn load(&self, order: Ordering) -> u32 {
        self.0.load(order)
    }

    #[inline]
    fn fetch_add(&self, value: u32, order: Ordering) -> u32 {
        self.0.fetch_add(value, order)
    }

    #[inline]
    fn fetch_and(&self, value: u32, order: Ordering) -> u32 {
        self.0.fetch_and(value, order)
    }

    #[inline]
    fn compare_exchange(
        &self,
        current: u32,
        new: u32,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32> {
        self.0.compare_exchange(current, new, success, failure)
    }

    fn sleep_if(&self, expected: u32) {
        atomic_wait::wait(&self.0, expected);
    }

    fn wake_one(&self) {
        atomic_wait::wake_one(&raw const self.0);
    }

    fn wake_all(&self) {
        atomic_wait::wake_all(&raw const self.0);
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;
    use std::sync::atomic::Ordering::SeqCst;
    use std::thread;

    use super::super::{Atomic, Fair, Permits};
    use super::Bare;

    /// Many workers, few permits, many rounds: never too many inside, and all come to the end.
    fn holds(permits: u32, semaphore: &impl Permits, rounds: u32) {
        let (inside, done) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|s| {
            for _ in 0..6 {
                s.spawn(|| {
                    for round in 0..rounds {
                        semaphore.acquire();
                        // SeqCst, twice: a count that all threads agree on.
                        assert!(inside.fetch_add(1, SeqCst) < permits);
                        if round % 64 == 0 {
                            thread::yield_now();
                        }
                        // SeqCst: as above.
                        inside.fetch_sub(1, SeqCst);
                        semaphore.release();
                    }
                    // SeqCst: likewise.
                    done.fetch_add(1, SeqCst);
                });
            }
        });
        assert_eq!(done.into_inner(), 6);
        // Every permit has come back.
        (0..permits).for_each(|_| semaphore.acquire());
    }

    #[test]
    fn the_limit_holds_on_bare_metal_and_everyone_finishes() {
        for permits in 1..=4 {
            holds(permits, &Atomic::<Bare>::new(permits), 20_000);
            holds(permits, &Fair::<Bare>::new(permits), 500);
        }
    }
}
