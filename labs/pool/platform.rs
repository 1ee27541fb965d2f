//! What the thread pool stands on: locks, signals and threads, in the lab or on bare metal.
//!
//! The pool is written once, over a [`Platform`]. On [`Facade`] the model goes through every
//! interleaving of it; on [`Bare`](super::Bare) the very same code is timed and used. What the
//! facade adds outside both worlds (6 ns to a lock that costs 11 ns, 14 ns to a signal that nobody
//! waits for, 37 ns to a new lock) would be more than half of what an empty task costs.
//!
//! The platform of the labs' own locks and semaphores, `labs/platform.rs`, is one level below: it
//! has words to sleep on.

use std::any::Any;
use std::fmt::Debug;
use std::hash::Hash;
use std::io;
use std::ops::DerefMut;
use std::time::Duration;

use conclab_engine::sync::{Condvar, Mutex, MutexGuard};
use conclab_engine::thread;

/// What a lock protects: the model compares it and shows it.
pub trait Content: Hash + Debug + Send + 'static {}

impl<T: Hash + Debug + Send + 'static> Content for T {}

/// Locks, signals and threads. The functions have std's names and meanings.
pub trait Platform: Debug + Send + Sync + 'static {
    /// Mutual exclusion around a value.
    type Lock<T: Content>: Debug + Send + Sync;
    /// A lock that is held.
    type Guard<'a, T: Content>: DerefMut<Target = T>;
    /// Lets threads sleep until others tell them that something may have changed.
    type Signal: Debug + Send + Sync;
    /// A number that anybody may glance at without a lock; it may be old.
    type Glimpse: Debug + Default + Send + Sync;
    /// A thread to be joined.
    type Thread: Debug;

    /// Whether to linger before sleeping, which changes nothing but when things happen.
    const LINGERS: bool;

    /// Makes a lock; the name is for traces and wait-for graphs.
    fn new_lock<T: Content>(name: &'static str, content: T) -> Self::Lock<T>;
    /// Waits until nobody holds the lock, and takes it.
    fn lock<T: Content>(lock: &Self::Lock<T>) -> Self::Guard<'_, T>;

    /// Makes a signal; the name is for traces and wait-for graphs.
    fn new_signal(name: &'static str) -> Self::Signal;
    /// Gives the lock back and sleeps, in one step; takes the lock again once woken.
    fn wait<'a, T: Content>(signal: &Self::Signal, guard: Self::Guard<'a, T>)
    -> Self::Guard<'a, T>;
    /// The same, but for no longer than `time`: says, too, whether that is over.
    fn wait_for<'a, T: Content>(
        signal: &Self::Signal,
        guard: Self::Guard<'a, T>,
        time: Duration,
    ) -> (Self::Guard<'a, T>, bool);
    /// Wakes one waiting thread, if there is one.
    fn notify_one(signal: &Self::Signal);
    /// Wakes every waiting thread.
    fn notify_all(signal: &Self::Signal);

    /// Shows a number to those who glance at it.
    fn show(glimpse: &Self::Glimpse, n: usize);
    /// Stays awake for about as long as waking up would take, or until the number is not 0.
    fn linger(glimpse: &Self::Glimpse);

    /// Starts a thread.
    ///
    /// # Errors
    /// If the system has no thread left.
    fn spawn(name: String, f: impl FnOnce() + Send + 'static) -> io::Result<Self::Thread>;
    /// Waits for a thread's end.
    fn join(thread: Self::Thread);
    /// Calls `f` and catches its panic.
    ///
    /// # Errors
    /// The payload of the panic.
    fn catch_unwind<R>(f: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>>;

    /// Calls `body(value)`; the model remembers of it nothing but the result.
    fn call<T: 'static, R: Content>(value: T, body: impl Fn(T) -> R + Sync) -> R;
    /// Calls `body` until it returns something; the model remembers nothing of failures.
    fn retry<R>(body: impl Fn() -> Option<R> + Sync) -> R;
}

/// The engine's facade: for the model, and for real runs that count outcomes.
#[derive(Clone, Copy, Debug)]
pub struct Facade;

impl Platform for Facade {
    type Lock<T: Content> = Mutex<T>;
    type Guard<'a, T: Content> = MutexGuard<'a, T>;
    type Signal = Condvar;
    // Nothing: a glance would only be a step more, and decide nothing.
    type Glimpse = ();
    type Thread = thread::JoinHandle<()>;

    // The model looks at every moment anyway.
    const LINGERS: bool = false;

    fn new_lock<T: Content>(name: &'static str, content: T) -> Mutex<T> {
        Mutex::named(name, content)
    }

    #[track_caller]
    fn lock<T: Content>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
        lock.lock()
    }

    fn new_signal(name: &'static str) -> Condvar {
        Condvar::named(name)
    }

    #[track_caller]
    fn wait<'a, T: Content>(signal: &Condvar, guard: Self::Guard<'a, T>) -> Self::Guard<'a, T> {
        signal.wait(guard)
    }

    /// The model has no clock: the time is over whenever somebody notifies.
    #[track_caller]
    fn wait_for<'a, T: Content>(
        signal: &Condvar,
        guard: Self::Guard<'a, T>,
        _: Duration,
    ) -> (Self::Guard<'a, T>, bool) {
        (signal.wait(guard), true)
    }

    #[track_caller]
    fn notify_one(signal: &Condvar) {
        signal.notify_one();
    }

    #[track_caller]
    fn notify_all(signal: &Condvar) {
        signal.notify_all();
    }

    fn show((): &(), _: usize) {}

    fn linger((): &()) {}

    fn spawn(
        name: String,
        f: impl FnOnce() + Send + 'static,
    ) -> io::Result<thread::JoinHandle<()>> {
        Ok(thread::spawn_named(name, f))
    }

    #[track_caller]
    fn join(thread: thread::JoinHandle<()>) {
        // A panic that left the thread has ended the run.
        drop(thread.join());
    }

    fn catch_unwind<R>(f: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
        thread::catch_unwind(f)
    }

    fn call<T: 'static, R: Content>(value: T, body: impl Fn(T) -> R + Sync) -> R {
        conclab_engine::call(value, body)
    }

    #[track_caller]
    fn retry<R>(body: impl Fn() -> Option<R> + Sync) -> R {
        conclab_engine::retry(body)
    }
}
