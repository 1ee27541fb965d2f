//! Silence for panics that are outcomes.
//!
//! A panic in a lab's code is a result like any other and is reported as one; the message that
//! the default panic hook writes to stderr would only tear the screen. Threads that run a lab's
//! code hold a [`Quiet`]; the hook installed here says nothing on them, and hands every other
//! panic to the hook that was there before.

use std::cell::Cell;
use std::marker::PhantomData;
use std::panic;
use std::sync::Once;

thread_local! {
    /// How many [`Quiet`] guards this thread holds.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Installs the hook, once per process.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !is_quiet() {
                before(info);
            }
        }));
    });
}

/// Whether panics of this thread are silent; also false while the thread's locals are torn down.
fn is_quiet() -> bool {
    DEPTH.try_with(|depth| depth.get() > 0).unwrap_or(false)
}

/// While it lives, panics of this thread print nothing (once the hook is installed).
#[derive(Debug)]
pub(crate) struct Quiet {
    // A guard counts for the thread that made it: it must not move to another.
    here: PhantomData<*const ()>,
}

impl Quiet {
    /// Silences this thread until the guard is dropped; guards nest.
    pub(crate) fn new() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        Self { here: PhantomData }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::{Quiet, is_quiet};

    #[test]
    fn guards_nest_and_end() {
        let outer = Quiet::new();
        drop(Quiet::new());
        assert!(is_quiet());
        drop(outer);
        assert!(!is_quiet());
    }
}
