//! Running a lab's body once, from its first thread to the end of its last.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use crate::world::traced::{self, What};

use super::context::{Me, Membership};
use super::monitor::Detached;
use super::run::{End, Finished, Run, here};

impl Run {
    /// Runs `body` on the calling thread, and returns when all its threads have ended.
    pub(super) fn execute(self: &Arc<Self>, body: &(dyn Fn() -> String + Sync)) -> Finished {
        let membership = Membership::new(self, 0);
        traced::mark(What::Start, 0, here());
        let text = self.guarded(body);
        self.join_detached(&membership.me);
        traced::mark(What::End, 0, here());
        drop(membership);
        let End { ending, stuck } = std::mem::take(&mut *self.end.lock());
        Finished { text, ending, stuck }
    }

    /// Runs `code`; a panic ends the run.
    fn guarded<T>(&self, code: impl FnOnce() -> T) -> Option<T> {
        let result = panic::catch_unwind(AssertUnwindSafe(code));
        result.map_err(|payload| self.panicked(&*payload)).ok()
    }

    /// Waits for the threads without a scope: first as a thread of the run, which can get stuck,
    /// then for the OS threads.
    fn join_detached(&self, me: &Me) {
        loop {
            let detached = std::mem::take(&mut self.monitor().detached);
            let Some(at) = detached.first().map(|first| first.at) else { return };
            let threads: Vec<usize> = detached.iter().map(|detached| detached.thread).collect();
            self.guarded(|| me.wait_for_end(&threads, at));
            for Detached { handle, .. } in detached {
                // Their panics have been noted where they were caught.
                let _ = handle.join();
            }
        }
    }
}
