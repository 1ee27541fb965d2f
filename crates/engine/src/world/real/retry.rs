//! Loops that wait awake: `retry`, `spin_loop`, `yield_now`.

use std::hint;
use std::panic::Location;
use std::rc::Rc;
use std::thread;

use super::context::{Me, me};

/// Failed iterations (or spins) after which the processor is given away in between: on one core
/// nobody else can make the awaited change as long as we spin.
const SPINS: u32 = 16;

/// Counts a `retry` as long as it lives, also while it unwinds.
struct Nested(Option<Rc<Me>>);

impl Nested {
    fn new(me: Option<Rc<Me>>) -> Self {
        me.as_ref().inspect(|me| me.nest_retry(true));
        Self(me)
    }
}

impl Drop for Nested {
    fn drop(&mut self) {
        self.0.as_ref().inspect(|me| me.nest_retry(false));
    }
}

/// Calls `body` until it returns something.
///
/// The body must be a function of what its operations return. If an iteration did nothing but fail
/// to get locks, the run's monitor hears of it: threads that wait for each other like this are a
/// livelock. What the report shows is the line of the `try_lock`, so the line of the `retry`
/// itself is not needed.
pub(crate) fn retry<R>(body: impl Fn() -> Option<R>, _at: &'static Location<'static>) -> R {
    let nested = Nested::new(me());
    let mut n_failed = 0_u32;
    loop {
        let before = nested.0.as_ref().map(|me| me.begin_iteration());
        if let Some(result) = body() {
            return result;
        }
        if let Some((me, before)) = nested.0.as_ref().zip(before) {
            me.end_iteration(before);
            me.check();
        }
        n_failed = n_failed.saturating_add(1);
        if n_failed > SPINS { thread::yield_now() } else { hint::spin_loop() }
    }
}

/// Whether the calling thread is inside a `retry` of a run: only then does
/// [`note_operation`] have to be called.
pub(crate) fn in_retry() -> bool {
    me().is_some_and(|me| me.is_in_retry())
}

/// Notes that this thread has done an operation that is not one of this module's (on an atomic):
/// its iteration of `retry` may see something else next time. Call it *before* the operation.
/// Unwinds if the run was aborted.
pub(crate) fn note_operation() {
    if let Some(me) = me() {
        me.check();
        me.operation();
    }
}

/// Says that this thread waits in a loop.
pub(crate) fn spin_loop() {
    hint::spin_loop();
    let Some(me) = me() else { return };
    me.check();
    me.open_gates();
    let n_spins = me.n_spins.get().wrapping_add(1);
    me.n_spins.set(n_spins);
    if n_spins.is_multiple_of(SPINS) {
        thread::yield_now();
    }
}

/// Gives the processor away.
pub(crate) fn yield_now() {
    if let Some(me) = me() {
        me.check();
        me.open_gates();
    }
    thread::yield_now();
}
