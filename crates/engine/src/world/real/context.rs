//! What a thread of a run knows about itself; nothing outside a run.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::panic::{self, Location};
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use super::monitor::{Activity, Member, Monitor, ScopeEntry, Use, WaitFor};
use super::run::{Aborted, Run};
use crate::world::traced::{self, InLane, What};

thread_local! {
    static ME: RefCell<Option<Rc<Me>>> = const { RefCell::new(None) };
}

/// A thread of a run, as only itself sees it: nothing here needs a lock.
#[derive(Debug)]
pub(super) struct Me {
    pub(super) run: Arc<Run>,
    pub(super) idx: usize,
    /// The locks it holds now.
    held: RefCell<Vec<Use>>,
    /// The locks that this iteration of `retry` failed to get.
    failed: RefCell<Vec<Use>>,
    /// Operations other than failing `try_lock`s, so far.
    n_operations: Cell<u64>,
    /// Nesting depth of `retry`.
    n_retries: Cell<u32>,
    /// Whether the monitor has a [`WaitFor::Retry`] entry of this thread.
    has_entry: Cell<bool>,
    /// Scopes of this thread whose gate is still closed.
    n_closed_gates: Cell<u32>,
    /// Calls of `spin_loop`.
    pub(super) n_spins: Cell<u32>,
    /// Passages of windows.
    pub(super) n_windows: Cell<u32>,
    /// The windows in which it has slept or shaken hands.
    widened: RefCell<Vec<&'static str>>,
    /// When the widen dial made it yield first.
    pub(super) yielding_since: Cell<Option<Instant>>,
}

/// This thread, if it belongs to a run.
pub(super) fn me() -> Option<Rc<Me>> {
    // While the thread's locals are torn down it belongs to no run any more.
    ME.try_with(|me| me.borrow().clone()).ok().flatten()
}

/// Who this thread is, if it belongs to a run.
pub(crate) fn member() -> Option<Member> {
    me().map(|me| Member { run: me.run.number, idx: me.idx })
}

/// The name of a new object. One without a name is called as in the model: the third mutex of
/// the run `mutex 3`, whether or not the others have names.
pub(crate) fn name(given: Option<Cow<'static, str>>, kind: &'static str) -> Cow<'static, str> {
    let nth = me().map(|me| me.run.monitor().count(kind));
    let unnamed = || nth.map_or(kind.into(), |nth| format!("{kind} {nth}").into());
    given.unwrap_or_else(unnamed)
}

/// Makes the calling thread a thread of a run while it lives.
#[derive(Debug)]
pub(super) struct Membership {
    pub(super) me: Rc<Me>,
    before: Option<Rc<Me>>,
    /// As long as this lives, the thread records.
    _lane: Option<InLane>,
}

impl Membership {
    pub(super) fn new(run: &Arc<Run>, idx: usize) -> Self {
        let me = Rc::new(Me {
            run: Arc::clone(run),
            idx,
            held: RefCell::default(),
            failed: RefCell::default(),
            n_operations: Cell::new(0),
            n_retries: Cell::new(0),
            has_entry: Cell::new(false),
            n_closed_gates: Cell::new(0),
            n_spins: Cell::new(0),
            n_windows: Cell::new(0),
            widened: RefCell::default(),
            yielding_since: Cell::new(None),
        });
        let lane = run.started(idx).map(|lane| lane.enter_quietly());
        let before = ME.replace(Some(Rc::clone(&me)));
        Self { me, before, _lane: lane }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        ME.set(self.before.take());
    }
}

impl Me {
    /// Whether the dial has not acted in this window before; from now on it has.
    pub(super) fn widens_first(&self, window: &'static str) -> bool {
        let mut widened = self.widened.borrow_mut();
        let first = !widened.contains(&window);
        if first {
            widened.push(window);
        }
        first
    }

    /// Unwinds if the run was aborted, unless this thread unwinds already.
    pub(super) fn check(&self) {
        if self.must_unwind() {
            panic::resume_unwind(Box::new(Aborted));
        }
    }

    /// Whether [`Self::check`] would unwind.
    pub(super) fn must_unwind(&self) -> bool {
        self.run.is_aborted() && !thread::panicking()
    }

    /// Notes an operation other than a failing `try_lock`.
    pub(super) fn operation(&self) {
        self.n_operations.set(self.n_operations.get() + 1);
        self.clear_entry();
    }

    /// Takes the thread's entry as a retrying thread out of the monitor.
    fn clear_entry(&self) {
        if self.has_entry.take() {
            self.run.monitor().slots[self.idx].activity = Activity::Running;
        }
    }

    pub(super) fn took(&self, lock: Use) {
        self.held.borrow_mut().push(lock);
    }

    /// Strikes a lock from the held ones; false if it is not among them.
    pub(super) fn gave_back(&self, lock: u64) -> bool {
        let mut held = self.held.borrow_mut();
        let place = held.iter().rposition(|held| held.lock == lock);
        place.map(|place| held.remove(place)).is_some()
    }

    pub(super) fn held(&self) -> Vec<Use> {
        self.held.borrow().clone()
    }

    /// Notes a failing `try_lock`.
    pub(super) fn failed_to_get(&self, lock: Use) {
        self.open_gates();
        if self.is_in_retry() {
            let mut failed = self.failed.borrow_mut();
            failed.retain(|other| other.lock != lock.lock);
            failed.push(lock);
        }
    }

    /// Tells the monitor what this thread waits for, looks whether that closes a cycle, and sleeps
    /// until it is unparked (perhaps for no reason) or the run is aborted.
    pub(super) fn sleep(&self, wait: WaitFor) {
        if self.enter(Activity::Waiting(wait)) {
            thread::park();
        }
        self.run.monitor().slots[self.idx].activity = Activity::Running;
    }

    /// Writes this thread's entry. Returns false if there is no reason to sleep: the run was
    /// aborted before or by that, or the threads to wait for have ended meanwhile (they look for
    /// entries when they end, and would wake nobody who writes one later).
    fn enter(&self, activity: Activity) -> bool {
        let mut monitor = self.run.monitor();
        if let Activity::Waiting(WaitFor::Join { threads, .. }) = &activity
            && monitor.live(threads.iter().copied()).is_empty()
        {
            return false;
        }
        let slot = &mut monitor.slots[self.idx];
        slot.activity = activity;
        slot.holds = self.held();
        // Under the monitor: the threads behind the gates start when our entry stands.
        self.open_gates_in(&monitor);
        self.run.look(&mut monitor);
        // An abort sets its mark under the monitor and unparks afterwards, so it is not missed.
        !self.run.is_aborted()
    }

    /// Says that this thread is in its window.
    pub(super) fn arrive(&self, window: &'static str) {
        self.clear_entry();
        self.enter(Activity::InWindow(window));
    }

    pub(super) fn closed_a_gate(&self) {
        self.n_closed_gates.set(self.n_closed_gates.get() + 1);
    }

    /// Lets the threads of this thread's scopes start.
    pub(super) fn open_gates(&self) {
        if self.n_closed_gates.get() > 0 {
            let monitor = self.run.monitor();
            self.open_gates_in(&monitor);
        }
    }

    fn open_gates_in(&self, monitor: &Monitor) {
        if self.n_closed_gates.take() > 0 {
            let ours = |scope: &&ScopeEntry| scope.owner == self.idx;
            monitor.scopes.iter().filter(ours).for_each(|scope| scope.gate.open());
        }
    }

    /// Waits until all of `threads` have ended, or the run is aborted.
    pub(super) fn wait_for_end(&self, threads: &[usize], at: &'static Location<'static>) {
        self.operation();
        let lane = match threads {
            &[one] => self.run.lane_of(one).unwrap_or(traced::SEVERAL),
            _ => traced::SEVERAL,
        };
        let mut has_waited = false;
        loop {
            self.check();
            let live = self.run.monitor().live(threads.iter().copied());
            if live.is_empty() || self.run.is_aborted() {
                if has_waited {
                    traced::mark(What::Joined, lane, at);
                }
                return;
            }
            if !has_waited {
                traced::mark(What::Joins, lane, at);
                has_waited = true;
            }
            self.sleep(WaitFor::Join { threads: live, at });
        }
    }

    pub(super) fn is_in_retry(&self) -> bool {
        self.n_retries.get() > 0
    }

    /// Begins (+1) or ends a `retry`. Both are operations of an outer `retry`: what the inner one
    /// failed to get must not be taken for what the outer one waits for.
    pub(super) fn nest_retry(&self, deeper: bool) {
        let depth = self.n_retries.get();
        self.n_retries.set(if deeper { depth + 1 } else { depth - 1 });
        self.operation();
    }

    /// Begins an iteration of `retry`; give the result to [`Self::end_iteration`].
    pub(super) fn begin_iteration(&self) -> u64 {
        self.failed.borrow_mut().clear();
        self.n_operations.get()
    }

    /// Ends a failed iteration: if it did nothing but fail to get locks, the monitor must know.
    pub(super) fn end_iteration(&self, n_operations: u64) {
        self.open_gates();
        let failed = self.failed.borrow();
        let hopeless = n_operations == self.n_operations.get() && !failed.is_empty();
        if !hopeless {
            self.clear_entry();
        } else if !self.has_entry.get() || !self.entry_is(&failed) {
            self.has_entry.set(true);
            self.enter(Activity::Waiting(WaitFor::Retry(failed.clone())));
        }
    }

    fn entry_is(&self, failed: &[Use]) -> bool {
        match &self.run.monitor().slots[self.idx].activity {
            Activity::Waiting(WaitFor::Retry(known)) => known == failed,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::settings::Widen;

    #[test]
    fn who_joins_a_thread_that_has_just_ended_does_not_sleep() {
        let (done, over) = mpsc::channel();
        thread::spawn(move || {
            let run = Run::new(Widen::None, false, None);
            let main = Membership::new(&run, 0);
            let (idx, ..) = run.add_thread(None, None);
            let ended = Membership::new(&run, idx);
            run.ended(ended.me.idx, ended.me.held());
            drop(ended);
            // It was alive when `main` looked, and has ended before `main` writes its entry.
            main.me.sleep(WaitFor::Join { threads: vec![idx], at: Location::caller() });
            done.send(()).expect("somebody waits for this");
        });
        over.recv_timeout(Duration::from_secs(10)).expect("nobody would ever wake it");
    }
}
