//! When to stop: the one token that every long piece of work looks at.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use serde::Serialize;

/// Why work ended before it was complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// The budget of states was used up.
    States,
    /// The budget of memory was used up.
    Memory,
    /// The time allowed was used up.
    Time,
    /// The user pressed Ctrl-C (or the process was asked to end).
    Interrupted,
}

/// A request to stop, shared between the command's rim and the work.
///
/// Cloning is cheap; all clones share the flag.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    interrupted: Arc<AtomicBool>,
    deadline: Option<Instant>,
}

impl Stop {
    /// Stops when `interrupted` becomes true, or at `deadline` if there is one.
    pub fn new(interrupted: Arc<AtomicBool>, deadline: Option<Instant>) -> Self {
        Self { interrupted, deadline }
    }

    /// Never stops: for tests and for work that is bounded by itself.
    pub fn never() -> Self {
        Self::default()
    }

    /// Tells whether to stop now, and why.
    pub fn reason(&self) -> Option<Limit> {
        // Relaxed: the flag publishes nothing but itself.
        if self.interrupted.load(Relaxed) {
            return Some(Limit::Interrupted);
        }
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline).then_some(Limit::Time)
    }

    /// The same request with a nearer end: `span` from now, or the old deadline if that is sooner.
    #[must_use]
    pub fn within(&self, span: Duration) -> Self {
        let nearer = Instant::now().checked_add(span);
        let deadline = match (self.deadline, nearer) {
            (Some(old), Some(new)) => Some(old.min(new)),
            (old, new) => old.or(new),
        };
        Self { interrupted: Arc::clone(&self.interrupted), deadline }
    }
}
