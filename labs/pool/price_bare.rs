//! The pool's platform on bare metal: `parking_lot`'s locks and std's threads, without the facade.
//!
//! Pools that stand on it are for measuring and for use; `Bare` is the only difference.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU64, AtomicUsize};
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

    const LINGERS: bool = true;

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

    fn wait<'a, T: Content>(signal: &Condvar, mut guard: Self::Guard<'a, T>) -> Self::Guard<'a, T> {
        signal.wait(&mut guard);
        guard
    }

    fn wait_for<'a, T: Content>(
        signal: &Condvar,
        mut guard: Self::Guard<'a, T>,
        time: Duration,
    ) -> (Self::Guard<'a, T>, bool) {
        let is_over = signal.wait_for(&mut guard, time).timed_out();
        (guard, is_over)
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
        let (begin, patience) = (Instant::now(), patience());
        // Acquire: pairs with the Release store in `show`.
        while glimpse.load(Acquire) == 0 && begin.elapsed() < patience {
            // To spin instead would keep from its core whoever is to change the number.
            thread::yield_now();
        }
    }

    fn spawn(
        name: String,
        f: impl FnOnce() + Send + 'static,
    ) -> io::Result<thread::JoinHandle<()>> {
        let born = Instant::now();
        thread::Builder::new().name(name).spawn(move || {
            learn_patience(born.elapsed());
            f();
        })
    }

    fn join(thread: thread::JoinHandle<()>) {
        // A task may have the last reference to its own pool: a worker cannot wait for itself.
        if thread.thread().id() != thread::current().id() {
            // The pool catches panics before they leave a thread.
            drop(thread.join());
        }
    }

    #[inline]
    fn catch_unwind<R>(f: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
        panic::catch_unwind(AssertUnwindSafe(f))
    }

    #[inline]
    fn call<T: 'static, R: Content>(value: T, body: impl Fn(T) -> R + Sync) -> R {
        body(value)
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

/// The shortest time that a thread took to start, in nanoseconds.
static START_NS: AtomicU64 = AtomicU64::new(u64::MAX);

/// A thread that is started has to be woken, like one that sleeps. So the quickest start shows
/// about what a wake-up costs on this machine, and it is measured at no cost.
fn learn_patience(start: Duration) {
    let start_ns = u64::try_from(start.as_nanos()).unwrap_or(u64::MAX);
    // Relaxed: a measurement that announces no other data.
    START_NS.fetch_min(start_ns, Relaxed);
}

/// How long it pays to stay awake: for about as long as a wake-up takes. Then nobody ever wastes
/// more than twice what it must (A. R. Karlin and others, *Competitive Randomized Algorithms for
/// Nonuniform Problems*, 1990).
fn patience() -> Duration {
    // Relaxed: as above. On a machine under load no thread starts soon, whatever a wake-up costs.
    Duration::from_nanos(START_NS.load(Relaxed).clamp(5_000, 100_000))
}

/// Processors that this process may use.
pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}
