//! The pool's queue: a desk where tasks are handed in, and a tray for each worker.
//!
//! A worker takes its fair share of what lies on the desk at once and puts it on its tray, so that
//! it needs the desk only now and then. A task on a tray is not lost to the others: who finds the
//! desk empty takes from the trays of busy workers. Without that, a task that waits for another
//! one on its own worker's tray would wait for ever while others are idle.
//!
//! Waking a thread costs more than many a task. So whoever brings work calls a sleeper only if no
//! worker is *searching* already; the searching worker, once it has found work, calls the next one
//! if more is left.

use std::collections::VecDeque;
use std::fmt::{self, Debug};
use std::hash::{Hash, Hasher};

use super::platform::Platform;

/// Most tasks that a worker takes from the desk at once.
const SHARE_MAX: usize = 64;

/// A task on its way: a closure with a number, because closures cannot be compared or shown.
pub(super) struct Job {
    /// How many-th task of its pool it is; this is what the model compares and shows.
    ticket: u64,
    pub(super) run: Box<dyn FnOnce() + Send>,
}

impl Hash for Job {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ticket.hash(state);
    }
}

impl Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task {}", self.ticket)
    }
}

/// What lies on the desk, and who is there.
#[derive(Debug, Hash)]
struct Desk {
    jobs: VecDeque<Job>,
    /// The next task's number.
    ticket: u64,
    /// Whether tasks can still be handed in.
    open: bool,
    /// Workers asleep that nobody has called yet.
    sleeping: usize,
    /// Calls that no sleeper has heard yet.
    calls: usize,
    /// Workers awake without a task, the called ones included.
    searching: usize,
    /// Clients that wait for room.
    blocked: usize,
}

/// The tasks of a pool that no worker has begun.
#[derive(Debug)]
pub(super) struct Queue<P: Platform> {
    desk: P::Lock<Desk>,
    /// Whether something lies on the desk: for a glance without its lock.
    filled: P::Glimpse,
    called: P::Signal,
    room: P::Signal,
    /// Filled by their workers, under the desk's lock; emptied by anybody.
    trays: Vec<P::Lock<VecDeque<Job>>>,
    capacity: usize,
}

impl<P: Platform> Queue<P> {
    /// An empty queue for so many workers; so many tasks may lie on the desk.
    pub(super) fn new(workers: usize, capacity: usize) -> Self {
        let desk = Desk {
            jobs: VecDeque::with_capacity(capacity.min(1024)),
            ticket: 0,
            open: true,
            sleeping: 0,
            calls: 0,
            searching: 0,
            blocked: 0,
        };
        Self {
            desk: P::new_lock("desk", desk),
            filled: P::Glimpse::default(),
            called: P::new_signal("called"),
            room: P::new_signal("room"),
            trays: (0..workers).map(|_| P::new_lock("tray", VecDeque::new())).collect(),
            capacity,
        }
    }

    /// Hands a task in; waits while the desk is full.
    pub(super) fn put(&self, run: Box<dyn FnOnce() + Send>) {
        let mut desk = P::lock(&self.desk);
        while desk.jobs.len() >= self.capacity {
            desk.blocked += 1;
            desk = P::wait(&self.room, desk);
            desk.blocked -= 1;
        }
        let ticket = desk.ticket;
        desk.ticket += 1;
        if desk.jobs.is_empty() {
            P::show(&self.filled, 1);
        }
        desk.jobs.push_back(Job { ticket, run });
        let call = desk.call();
        drop(desk);
        if call {
            P::notify_one(&self.called);
        }
    }

    /// Takes no more tasks: workers go home when all are done.
    pub(super) fn close(&self) {
        P::lock(&self.desk).open = false;
        P::notify_all(&self.called);
    }

    /// A worker's next task, once there is one; nothing when the queue is closed and empty.
    pub(super) fn next(&self, worker: usize) -> Option<Job> {
        let own = P::lock(&self.trays[worker]).pop_front();
        own.or_else(|| self.search(worker))
    }

    /// Searches desk and trays; sleeps while there is nothing.
    fn search(&self, worker: usize) -> Option<Job> {
        let mut desk = P::lock(&self.desk);
        desk.searching += 1;
        let mut lingered = false;
        loop {
            let found = self.serve(&mut desk, worker);
            if found.is_some() || !desk.open {
                desk.searching -= 1;
                return self.leave(desk, found);
            }
            if !lingered {
                lingered = true;
                drop(desk);
                P::linger(&self.filled);
                desk = P::lock(&self.desk);
                continue;
            }
            desk.searching -= 1;
            desk.sleeping += 1;
            while desk.calls == 0 && desk.open {
                desk = P::wait(&self.called, desk);
            }
            lingered = false;
            if desk.calls > 0 {
                // The caller has counted us as searching.
                desk.calls -= 1;
            } else {
                desk.sleeping -= 1;
                desk.searching += 1;
            }
        }
    }

    fn leave(&self, mut desk: P::Guard<'_, Desk>, found: Option<Job>) -> Option<Job> {
        let more = !desk.jobs.is_empty();
        let call = more && desk.call();
        let blocked = desk.blocked > 0;
        drop(desk);
        if call {
            P::notify_one(&self.called);
        }
        if blocked {
            P::notify_all(&self.room);
        }
        found
    }

    /// The worker's share of the desk, or a task of somebody's tray.
    fn serve(&self, desk: &mut Desk, worker: usize) -> Option<Job> {
        let share = desk.jobs.len().div_ceil(self.trays.len()).min(SHARE_MAX);
        let mut jobs = desk.jobs.drain(..share);
        if let Some(first) = jobs.next() {
            if jobs.len() > 0 {
                P::lock(&self.trays[worker]).extend(jobs);
            } else {
                drop(jobs);
            }
            if desk.jobs.is_empty() {
                P::show(&self.filled, 0);
            }
            return Some(first);
        }
        drop(jobs);
        self.trays.iter().find_map(|tray| P::lock(tray).pop_front())
    }
}

impl Desk {
    /// Decides whether a sleeper is to be called, and counts it.
    fn call(&mut self) -> bool {
        let call = self.sleeping > 0 && self.searching == 0;
        if call {
            self.sleeping -= 1;
            self.calls += 1;
            self.searching += 1;
        }
        call
    }
}
