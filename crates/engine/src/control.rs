//! Loops and windows that the explorer and the widen dial know about.

use std::fmt::Debug;
use std::hash::Hash;
use std::panic::Location;

use crate::world::model::context;
use crate::world::real;

/// Runs `body(0)` to `body(n - 1)`.
///
/// Because `body` is `Fn + Sync`, nothing local survives an iteration but its number. So the model
/// forgets how an iteration went, and ways that differ only in that come together again: two
/// threads with ten increments each have 22,707 states instead of millions.
///
/// # Examples
/// ```
/// use conclab_engine::repeat;
/// use conclab_engine::sync::atomic::{AtomicUsize, Ordering::Relaxed};
///
/// let sum = AtomicUsize::new(0);
/// repeat(4, |i| {
///     sum.fetch_add(i, Relaxed);
/// });
/// assert_eq!(sum.into_inner(), 6);
/// ```
/// A local that would survive an iteration is refused:
/// ```compile_fail,E0277
/// let seen = std::cell::Cell::new(0);
/// conclab_engine::repeat(4, |i| seen.set(i));
/// ```
pub fn repeat(n: usize, body: impl Fn(usize) + Sync) {
    match context::current() {
        Some(model) => model.repeat(n, &body),
        None => (0..n).for_each(body),
    }
}

/// Runs `body` until it returns something.
///
/// Nothing local survives an iteration that failed, so in the model a failed iteration leads back
/// to where it began: a cycle of the state graph if it changed anything on the way. After one that
/// changed nothing the thread sleeps until something that it read has changed.
///
/// On real threads a thread that fails again and again lets others run.
///
/// # Examples
/// ```
/// use conclab_engine::retry;
/// use conclab_engine::sync::Mutex;
///
/// let account = Mutex::named("account", 100);
/// *retry(|| account.try_lock()) -= 1;
/// assert_eq!(account.into_inner(), 99);
/// ```
#[track_caller]
pub fn retry<R>(body: impl Fn() -> Option<R> + Sync) -> R {
    match context::current() {
        Some(model) => model.retry(&body, Location::caller()),
        None => real::retry(body, Location::caller()),
    }
}

/// Calls `body(value)`, of which nothing survives but the result.
///
/// Because `body` is `Fn + Sync`, no local outside it learns how it went. So the model forgets
/// that, and ways that differ only in it come together again: a pool's `submit` that had to wait
/// for room leads to the same state as one that had not.
///
/// # Examples
/// ```
/// use conclab_engine::call;
/// use conclab_engine::sync::Mutex;
///
/// let queue = Mutex::named("queue", vec![1]);
/// let n_queued = call(2, |task| {
///     let mut queue = queue.lock();
///     queue.push(task);
///     queue.len()
/// });
/// assert_eq!(n_queued, 2);
/// ```
pub fn call<T: 'static, R: Hash + Debug + 'static>(value: T, body: impl Fn(T) -> R + Sync) -> R {
    match context::current() {
        Some(model) => model.call(|| body(value)),
        None => body(value),
    }
}

/// A named race window: the place between two operations where another thread must not come.
///
/// Does nothing in the model, which tries every place, and nothing on real threads unless the
/// widen dial is turned: then, and only here, it makes room for others.
#[track_caller]
pub fn window(name: &'static str) {
    if context::current().is_none() {
        real::window(name, Location::caller());
    }
}
