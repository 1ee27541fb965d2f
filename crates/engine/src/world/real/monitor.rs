//! The monitor of a run: what every thread is known to do, under one lock.
//!
//! Threads that get what they ask for never come here. A thread comes when it has to wait, enters
//! a window with the handshake on, or ends; and it leaves its list of held locks with its entry.
//!
//! **The entry is exact.** A thread whose activity is [`Activity::Waiting`],
//! [`Activity::InWindow`] or [`Activity::Ended`] takes and gives back no lock until its entry has
//! changed, so the locks in it really are held by it, all the time the entry
//! stands. (One exception that does no harm: a retrying thread whose `try_lock` succeeds changes
//! its entry just after; see `detect`.)

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::thread::{JoinHandle, Thread};

use crate::report::Wait;
use crate::world::letter;
use crate::world::traced::{self, Lane, Recording};

/// A line of the lab's code.
pub(super) type Line = &'static Location<'static>;

/// A lock (by its process-wide number) and the line that took it or wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) lock: u64,
    pub(super) at: Line,
}

/// A thread of a run, told apart from the threads of all other runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Member {
    pub(super) run: u64,
    pub(super) idx: usize,
}

/// A thread asleep in a condition variable. The notifier holds the other `Arc`.
#[derive(Debug)]
pub(super) struct Sleeper {
    thread: Thread,
    notified: AtomicBool,
    /// The notifier's lane plus one, if it records.
    by: AtomicU64,
}

impl Sleeper {
    /// This thread, about to fall asleep.
    pub(super) fn new() -> Self {
        let (notified, by) = (AtomicBool::new(false), AtomicU64::new(0));
        Self { thread: std::thread::current(), notified, by }
    }

    /// Wakes the sleeper, for good.
    pub(super) fn notify(&self) {
        // Relaxed: published by the store below.
        self.by.store(traced::lane_number(), Relaxed);
        // Release: pairs with the Acquire load in `is_notified`; the sleeper sees what was done
        // before the notification.
        self.notified.store(true, Release);
        self.thread.unpark();
    }

    /// The lane of who has woken it, plus one; 0 if that is not known. Ask when it is notified.
    pub(super) fn notified_by(&self) -> u64 {
        // Relaxed: ordered by the Acquire load in `is_notified`.
        self.by.load(Relaxed)
    }

    /// Whether somebody has woken it.
    pub(super) fn is_notified(&self) -> bool {
        // Acquire: pairs with the Release store in `notify`.
        self.notified.load(Acquire)
    }
}

/// What a waiting thread waits for.
#[derive(Debug)]
pub(super) enum WaitFor {
    /// Blocked in `lock`.
    Lock(Use),
    /// Asleep until somebody notifies it.
    Signal(Asleep),
    /// Waiting until all these threads have ended.
    Join { threads: Vec<usize>, at: Line },
    /// Awake, but its last iteration did nothing except failing to get these locks.
    Retry(Vec<Use>),
}

/// What a thread sleeps in, and why.
#[derive(Debug)]
pub(super) struct Asleep {
    /// The name of the condition variable, or of the object it is part of.
    pub(super) name: Arc<str>,
    /// What kind of waiting that object means.
    pub(super) how: Wait,
    pub(super) at: Line,
    /// The thread of this run that has what the sleeper waits for. It stays true until the sleeper
    /// is notified: whoever gives that thing back notifies.
    pub(super) holder: Option<usize>,
    pub(super) sleeper: Arc<Sleeper>,
}

/// What a thread is known to do.
#[derive(Debug)]
pub(super) enum Activity {
    /// Spawned, perhaps still at its gate.
    Starting,
    /// Running lab code.
    Running,
    /// Holding hands in this window.
    InWindow(&'static str),
    /// Unable to go on by itself.
    Waiting(WaitFor),
    /// At its end.
    Ended,
}

/// One thread of a run.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) name: String,
    /// The thread to unpark; nothing until it has started.
    pub(super) thread: Option<Thread>,
    pub(super) activity: Activity,
    /// The locks it holds; exact for the activities that the module docs name.
    pub(super) holds: Vec<Use>,
    /// The windows in which it has had its handshake.
    pub(super) shaken: Vec<&'static str>,
    /// Where it records, if the run is recorded.
    pub(super) lane: Option<Lane>,
}

impl Slot {
    fn new(name: String) -> Self {
        let activity = Activity::Starting;
        Self { name, thread: None, activity, holds: Vec::new(), shaken: Vec::new(), lane: None }
    }

    /// Whether `holds` can be relied upon.
    pub(super) fn is_exact(&self) -> bool {
        !matches!(self.activity, Activity::Starting | Activity::Running)
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.activity, Activity::Ended)
    }

    /// Whether it waits for thread `ended` (and perhaps others) to end.
    pub(super) fn joins(&self, ended: usize) -> bool {
        matches!(&self.activity,
            Activity::Waiting(WaitFor::Join { threads, .. }) if threads.contains(&ended))
    }
}

/// The starting line of a scope's threads.
#[derive(Debug, Default)]
pub(super) struct Gate(AtomicBool);

impl Gate {
    pub(super) fn open(&self) {
        // Release: pairs with the Acquire load in `is_open`.
        self.0.store(true, Release);
    }

    pub(super) fn is_open(&self) -> bool {
        // Acquire: pairs with the Release store in `open`.
        self.0.load(Acquire)
    }
}

/// A scope of the lab's threads.
#[derive(Debug)]
pub(super) struct ScopeEntry {
    /// The thread that opened the scope.
    pub(super) owner: usize,
    pub(super) gate: Arc<Gate>,
    pub(super) threads: Vec<usize>,
}

/// A thread that belongs to no scope; joined when the run ends.
#[derive(Debug)]
pub(super) struct Detached {
    pub(super) thread: usize,
    pub(super) at: Line,
    pub(super) handle: JoinHandle<()>,
}

/// Everything that is known about a run's threads.
#[derive(Debug, Default)]
pub(super) struct Monitor {
    /// By thread index; the first is `main`.
    pub(super) slots: Vec<Slot>,
    pub(super) scopes: Vec<ScopeEntry>,
    pub(super) detached: Vec<Detached>,
    /// Names of the locks of this run.
    pub(super) lock_names: BTreeMap<u64, Arc<str>>,
    n_unnamed: usize,
    /// How many objects of each kind were made.
    n_made: BTreeMap<&'static str, u64>,
}

impl Monitor {
    /// Adds a thread and returns its index.
    pub(super) fn add_thread(
        &mut self,
        name: Option<Cow<'static, str>>,
        recording: Option<&Recording>,
    ) -> usize {
        let name = name.map_or_else(|| self.next_letter(), Cow::into_owned);
        let lane = recording.map(|recording| recording.lane(name.clone()));
        self.slots.push(Slot { lane, ..Slot::new(name) });
        self.slots.len() - 1
    }

    /// Counts a new object, and says how many-th of its kind it is.
    pub(super) fn count(&mut self, kind: &'static str) -> u64 {
        let n_made = self.n_made.entry(kind).or_default();
        *n_made += 1;
        *n_made
    }

    fn next_letter(&mut self) -> String {
        self.n_unnamed += 1;
        letter(self.n_unnamed - 1)
    }

    /// The thread that certainly holds `lock`, if there is one whose entry is exact.
    pub(super) fn holder(&self, lock: u64) -> Option<usize> {
        let holds = |slot: &Slot| slot.is_exact() && slot.holds.iter().any(|u| u.lock == lock);
        self.slots.iter().position(holds)
    }

    /// Those of `threads` that have not ended.
    pub(super) fn live(&self, threads: impl IntoIterator<Item = usize>) -> Vec<usize> {
        threads.into_iter().filter(|&thread| !self.slots[thread].has_ended()).collect()
    }
}
