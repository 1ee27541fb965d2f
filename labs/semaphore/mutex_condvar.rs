//! The semaphore of the textbook: a number behind a lock, and a condition variable to wait on.
//!
//! It is the one to begin with: what must hold is said by one `while`, under one lock.
//!
//! # Sources
//! C. A. R. Hoare, *Monitors: An Operating System Structuring Concept*, Communications of the ACM
//! 17 (10), 1974, section 2. A. B. Downey, *The Little Book of Semaphores*, 2016, chapter 2.

use conclab_engine::sync::{Condvar, Mutex};

use super::permits::Permits;

/// The semaphore made of a mutex and a condition variable.
#[derive(Debug)]
pub struct MutexCondvar {
    free: Mutex<u32>,
    given_back: Condvar,
}

impl MutexCondvar {
    /// Makes a semaphore with so many permits.
    pub fn new(permits: u32) -> Self {
        Self { free: Mutex::named("free", permits), given_back: Condvar::named("given back") }
    }
}

impl Permits for MutexCondvar {
    // ANCHOR: acquire-release
    fn acquire(&self) {
        let mut free = self.free.lock();
        // `while`, not `if`: before we are up, another may have taken it.
        while *free == 0 {
            // Unlocks and sleeps in one step: no notification between.
            free = self.given_back.wait(free);
        }
        *free -= 1;
    }

    fn release(&self) {
        *self.free.lock() += 1;
        self.given_back.notify_one();
    }
    // ANCHOR_END: acquire-release
}
