//! One run of a lab's body: its threads, its end, and how it is aborted.

use std::any::Any;
use std::borrow::Cow;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::thread;

use parking_lot::{Condvar, Mutex, MutexGuard};

use crate::settings::Widen;
use crate::stop::Limit;
use crate::world::traced::{self, Lane, Recording, What};

use super::detect::{self, Stuck};
use super::monitor::{Activity, Detached, Gate, Monitor, ScopeEntry, Use};

/// Why a run was aborted.
#[derive(Clone, Debug)]
pub(super) enum Ending {
    /// Some of its threads can never go on.
    Stuck,
    /// A thread panicked with this message.
    Panic(String),
    /// It took too long.
    TooLong,
    /// The whole work has to stop.
    Stopped(Limit),
}

/// What became of a run.
#[derive(Debug)]
pub(super) struct Finished {
    /// What the body returned, if it came that far.
    pub(super) text: Option<String>,
    /// Why the run was aborted, if it was.
    pub(super) ending: Option<Ending>,
    /// Who could not go on.
    pub(super) stuck: Option<Stuck>,
}

/// The payload that threads of an aborted run unwind with.
#[derive(Debug)]
pub(super) struct Aborted;

/// What a run keeps about its end. The first ending and the first stuck set count.
#[derive(Debug, Default)]
pub(super) struct End {
    pub(super) ending: Option<Ending>,
    pub(super) stuck: Option<Stuck>,
}

/// A run under way, shared by its threads and the watchdog.
#[derive(Debug)]
pub(super) struct Run {
    /// Different for every run of the process; never 0.
    pub(super) number: u64,
    pub(super) widen: Widen,
    /// Whether a stuck run stays stuck.
    pub(super) hang: bool,
    /// What is recorded of it, if anything.
    recording: Option<Recording>,
    aborted: AtomicBool,
    monitor: Mutex<Monitor>,
    /// Taken after the monitor, never the other way round.
    pub(super) end: Mutex<End>,
    /// Something happened that a handshake may wait for.
    pub(super) moved: Condvar,
}

impl Run {
    /// Makes a run with its first thread, `main`, which has yet to start; it is recorded if there
    /// is a recording.
    pub(super) fn new(widen: Widen, hang: bool, recording: Option<Recording>) -> Arc<Self> {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        let mut monitor = Monitor::default();
        monitor.add_thread(Some("main".into()), recording.as_ref());
        Arc::new(Self {
            // Relaxed: the numbers only have to differ.
            number: NUMBERS.fetch_add(1, Relaxed),
            widen,
            hang,
            recording,
            aborted: AtomicBool::new(false),
            monitor: Mutex::new(monitor),
            end: Mutex::default(),
            moved: Condvar::new(),
        })
    }

    pub(super) fn monitor(&self) -> MutexGuard<'_, Monitor> {
        self.monitor.lock()
    }

    pub(super) fn is_aborted(&self) -> bool {
        // Acquire: pairs with the Release store in `abort_in`.
        self.aborted.load(Acquire)
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.end.lock().stuck.is_some()
    }

    /// Ends the run: every thread that waits is woken, and unwinds.
    pub(super) fn abort(&self, ending: Ending) {
        self.abort_in(&mut self.monitor(), ending);
    }

    fn abort_in(&self, monitor: &mut Monitor, ending: Ending) {
        self.end.lock().ending.get_or_insert(ending);
        self.recording.as_ref().inspect(|recording| recording.cut());
        // Release: pairs with the Acquire load in `is_aborted`. A thread that wrote its entry
        // before sees an unpark; one that writes it later sees the mark, under the monitor.
        self.aborted.store(true, Release);
        monitor
            .slots
            .iter()
            .filter_map(|slot| slot.thread.as_ref())
            .for_each(thread::Thread::unpark);
        self.moved.notify_all();
    }

    /// Looks whether threads can never go on, after an entry was written, and ends the run if so.
    pub(super) fn look(&self, monitor: &mut Monitor) {
        self.moved.notify_all();
        if self.is_aborted() || self.is_stuck() {
            return;
        }
        if let Some(stuck) = detect::look(monitor) {
            self.end.lock().stuck = Some(stuck);
            if !self.hang {
                self.abort_in(monitor, Ending::Stuck);
            }
        }
    }

    /// Ends the run with a panic of the lab's, unless the panic is how an aborted run unwinds.
    pub(super) fn panicked(&self, payload: &(dyn Any + Send)) {
        if !payload.is::<Aborted>() {
            traced::mark(What::Panicked, 0, here());
            self.abort(Ending::Panic(message(payload)));
        }
    }

    /// Adds a thread that is about to be spawned, with the gate of its scope if it has one.
    pub(super) fn add_thread(
        &self,
        name: Option<Cow<'static, str>>,
        scope: Option<usize>,
    ) -> (usize, String, Option<Arc<Gate>>) {
        let mut monitor = self.monitor();
        let idx = monitor.add_thread(name, self.recording.as_ref());
        let gate = scope.map(|scope| {
            monitor.scopes[scope].threads.push(idx);
            Arc::clone(&monitor.scopes[scope].gate)
        });
        (idx, monitor.slots[idx].name.clone(), gate)
    }

    pub(super) fn add_scope(&self, owner: usize) -> usize {
        let mut monitor = self.monitor();
        monitor.scopes.push(ScopeEntry { owner, gate: Arc::default(), threads: Vec::new() });
        monitor.scopes.len() - 1
    }

    pub(super) fn threads_of(&self, scope: usize) -> Vec<usize> {
        self.monitor().scopes[scope].threads.clone()
    }

    /// The calling thread is thread `idx` and runs. Returns its lane, if the run is recorded.
    pub(super) fn started(&self, idx: usize) -> Option<Lane> {
        let slot = &mut self.monitor().slots[idx];
        slot.thread = Some(thread::current());
        slot.activity = Activity::Running;
        slot.lane.clone()
    }

    /// The number of a thread's lane, if the run is recorded.
    pub(super) fn lane_of(&self, idx: usize) -> Option<u64> {
        self.monitor().slots[idx].lane.as_ref().map(|lane| lane.number() as u64)
    }

    /// Thread `idx` ends; what it still `holds`, it keeps for ever.
    pub(super) fn ended(&self, idx: usize, holds: Vec<Use>) {
        let mut monitor = self.monitor();
        let slot = &mut monitor.slots[idx];
        slot.activity = Activity::Ended;
        slot.holds = holds;
        let joining = monitor.slots.iter().filter(|slot| slot.joins(idx));
        joining.filter_map(|slot| slot.thread.as_ref()).for_each(thread::Thread::unpark);
        self.look(&mut monitor);
    }

    pub(super) fn add_detached(&self, detached: Detached) {
        self.monitor().detached.push(detached);
    }

    /// Makes a lock's name known.
    pub(super) fn learn(&self, lock: u64, name: &Arc<str>) {
        self.monitor().lock_names.entry(lock).or_insert_with(|| Arc::clone(name));
    }
}

/// The text of a panic.
fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a value that is not text".to_owned())
}

/// The line of the caller: for entries of the monitor.
#[track_caller]
pub(super) fn here() -> &'static Location<'static> {
    Location::caller()
}
