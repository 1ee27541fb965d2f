//! The pool's platform on bare metal: `parking_lot`'s locks and std's threads, without the facade.
//!
//! Pools that stand on it are for measuring and for use; `Bare` is the only difference.

use std::any::Any;
use std::hint::spin_loop;
use std::panic::{self, AssertUnwindSafe};
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::time::{Duration, Instant};
use std::{io, thread};

use parking_lot::{Condvar, Mutex, MutexGuard};

use super::platform::{Content, Platform};

/// The platform of pools that are used and timed.
#[derive(Clone, Copy, Debug)]
pub struct Bare;

impl Platform for Bare {
    type Lock<T: Content> = Mutex<T>;
    type Guard<'a, T: Content> = MutexGuard<'a, T>;
    type Signal = Condvar;
    type Glimpse = AtomicUsize;
    type Thread = thread::JoinHandle<()>;

    #[inline]
    fn new_lock<T: Content>(_: &'static str, content: T) -> Mutex<T> {
        Mutex::new(content)
    }

    #[inline]
    fn lock<T: Content>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
        lock.lock()
    }

    #[inline]
    fn new_signal(_: &'static str) -> Condvar {
        Condvar::new()
    }

    fn wait<'a, T: Content>(
        signal: &Condvar,
        mut guard: Self::Guard<'a, T>,
    ) -> Self::Guard<'a, T> {
        signal.wait(&mut guard);
        guard
    }

    fn wait_for<'a, T: Content>(
        signal: &Condvar,
        mut guard: Self::Guard<'a, T>,
        time: Duration,
    ) -> Self::Guard<'a, T> {
        signal.wait_for(&mut guard, time);
        guard
    }

    #[inline]
    fn notify_one(signal: &Condvar) {
        signal.notify_one();
    }

    #[inline]
    fn notify_all(signal: &Condvar) {
        signal.notify_all();
    }

    #[inline]
    fn show(glimpse: &AtomicUsize, n: usize) {
        // Release: pairs with the Acquire load in `linger`; what counts is read under the lock.
        glimpse.store(n, Release);
    }

    fn linger(glimpse: &AtomicUsize) {
        let begin = Instant::now();
        while begin.elapsed() < patience() {
            for _ in 0..LOOK_EVERY {
                spin_loop();
            }
            // Acquire: pairs with the Release store in `show`.
            if glimpse.load(Acquire) != 0 {
                return;
            }
            thread::yield_now();
        }
    }

    fn spawn(
        name: String,
        f: impl FnOnce() + Send + 'static,
    ) -> io::Result<thread::JoinHandle<()>> {
        thread::Builder::new().name(name).spawn(f)
    }

    fn join(thread: thread::JoinHandle<()>) {
        // The pool catches panics before they leave a thread.
        drop(thread.join());
    }

    #[inline]
    fn catch_unwind<R>(f: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
        panic::catch_unwind(AssertUnwindSafe(f))
    }
}

const LOOK_EVERY: u32 = 20;

fn patience() -> Duration {
    static PATIENCE: OnceLock<Duration> = OnceLock::new();
    *PATIENCE.get_or_init(|| Duration::from_micros(50))
}
