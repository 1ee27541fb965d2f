//! The watchdog: one thread beside all runs, which ends those that do not end by themselves.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::stop::Stop;

use super::run::{Ending, Run};

/// How often it looks up.
const PERIOD: Duration = Duration::from_millis(20);

/// Longest a run may take (unless it is allowed to hang).
pub(super) const RUN_MAX: Duration = Duration::from_secs(2);

/// What the watchdog watches.
#[derive(Debug, Default)]
pub(super) struct Watch {
    state: Mutex<State>,
    over: Condvar,
}

#[derive(Debug, Default)]
struct State {
    current: Option<(Arc<Run>, Instant)>,
    over: bool,
}

/// Ends the watch when dropped, also by a panic: the watchdog is joined then.
#[derive(Debug)]
pub(super) struct EndOfWatch<'a>(pub(super) &'a Watch);

impl Drop for EndOfWatch<'_> {
    fn drop(&mut self) {
        self.0.state.lock().over = true;
        self.0.over.notify_all();
    }
}

impl Watch {
    /// Watches `run` from now on, instead of the one before.
    pub(super) fn begin(&self, run: &Arc<Run>) {
        self.state.lock().current = Some((Arc::clone(run), Instant::now()));
    }

    /// The watchdog's life.
    pub(super) fn keep(&self, stop: &Stop) {
        let mut state = self.state.lock();
        while !state.over {
            if let Some((run, begin)) = &state.current {
                look_after(run, *begin, stop);
            }
            self.over.wait_for(&mut state, PERIOD);
        }
    }
}

fn look_after(run: &Run, begin: Instant, stop: &Stop) {
    if let Some(limit) = stop.reason() {
        run.abort(Ending::Stopped(limit));
    } else if !run.hang && begin.elapsed() > RUN_MAX {
        run.abort(Ending::TooLong);
    }
}
