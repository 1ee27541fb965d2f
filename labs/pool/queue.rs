//! The pool's queue: a desk where tasks are handed in, and a tray for each worker.
//!
//! A worker takes its fair share of what lies on the desk at once and puts it on its tray, so that
//! it needs the desk only now and then. A task on a tray is not out of the others' reach: who
//! finds the desk empty takes from the trays. Otherwise a task that waits for another one on its
//! own worker's tray would wait for ever, beside idle workers.
//!
//! Waking a thread costs more than many a task. So whoever brings work calls a sleeper only if no
//! worker is *searching*; a searching worker that has found work calls the next one if more is
//! left. The invariant, whenever the desk's lock is free: if there is work on the desk or a tray,
//! nobody sleeps uncalled unless somebody searches.

use std::collections::VecDeque;

use super::closure::{Closure, Job};
use super::platform::Platform;

/// Most tasks that a worker takes from the desk at once: more would hold up who hands in others.
const SHARE_MAX: usize = 64;

/// What lies on the desk, and who is about.
#[derive(Debug, Hash)]
struct Desk {
    jobs: VecDeque<Job>,
    /// The next task's number.
    ticket: u64,
    /// Whether tasks are still handed in.
    open: bool,
    /// Workers awake without a task, those that have been called included.
    searching: usize,
    /// Workers asleep that nobody has called.
    sleeping: usize,
    /// Calls that no sleeper has heard yet.
    calls: usize,
    /// Clients that wait for room.
    blocked: usize,
}

/// The tasks of a pool that no worker has begun.
#[derive(Debug)]
pub(super) struct Queue<P: Platform> {
    desk: P::Lock<Desk>,
    /// Not 0 if something lies on the desk or it is closed: for a glance without its lock.
    news: P::Glimpse,
    called: P::Signal,
    room: P::Signal,
    /// Filled by their workers, under the desk's lock; emptied by anybody.
    trays: Vec<P::Lock<VecDeque<Job>>>,
    /// Most tasks on the desk.
    capacity: usize,
}

impl<P: Platform> Queue<P> {
    /// An empty queue for so many workers; so many tasks may lie on the desk.
    pub(super) fn new(workers: usize, capacity: usize) -> Self {
        let (jobs, ticket) = (VecDeque::new(), 0);
        let (searching, sleeping, calls, blocked) = (0, 0, 0, 0);
        let desk = Desk { jobs, ticket, open: true, searching, sleeping, calls, blocked };
        Self {
            desk: P::new_lock("desk", desk),
            news: P::Glimpse::default(),
            called: P::new_signal("called"),
            room: P::new_signal("room"),
            trays: (0..workers).map(|_| P::new_lock("tray", VecDeque::new())).collect(),
            capacity,
        }
    }

    /// Hands a task in; waits while the desk is full.
    pub(super) fn put(&self, run: Closure) {
        let mut desk = P::lock(&self.desk);
        while desk.jobs.len() >= self.capacity {
            desk.blocked += 1;
            desk = P::wait(&self.room, desk);
            desk.blocked -= 1;
        }
        if desk.jobs.is_empty() {
            P::show(&self.news, 1);
        }
        let ticket = desk.ticket;
        desk.ticket += 1;
        desk.jobs.push_back(Job::new(ticket, run));
        let call = desk.wants_a_call() && desk.call();
        drop(desk);
        if call {
            P::notify_one(&self.called);
        }
    }

    /// Lets workers go home when all that was handed in is begun.
    pub(super) fn close(&self) {
        P::lock(&self.desk).open = false;
        P::show(&self.news, 1);
        P::notify_all(&self.called);
    }

    /// A worker's next task, once there is one; nothing if the queue is closed and empty.
    pub(super) fn next(&self, worker: usize) -> Option<Job> {
        let own = P::lock(&self.trays[worker]).pop_front();
        own.or_else(|| self.search(worker))
    }

    /// Searches, lingers, searches, sleeps, searches …
    fn search(&self, worker: usize) -> Option<Job> {
        let mut desk = P::lock(&self.desk);
        desk.searching += 1;
        let mut tired = !P::LINGERS;
        loop {
            let found = self.serve(&mut desk, worker);
            if found.is_some() || !desk.open {
                self.leave(desk);
                return found;
            }
            desk = if tired { self.sleep(desk) } else { self.linger(desk) };
            tired = !(tired && P::LINGERS);
        }
    }

    /// The first task of the worker's share of the desk, or one from somebody's tray.
    fn serve(&self, desk: &mut Desk, worker: usize) -> Option<Job> {
        let share = desk.jobs.len().div_ceil(self.trays.len()).min(SHARE_MAX);
        if share == 0 {
            return self.trays.iter().find_map(|tray| P::lock(tray).pop_front());
        }
        let mut jobs = desk.jobs.drain(..share);
        let first = jobs.next();
        if share > 1 {
            P::lock(&self.trays[worker]).extend(&mut jobs);
        }
        drop(jobs);
        if desk.jobs.is_empty() && desk.open {
            P::show(&self.news, 0);
        }
        first
    }

    /// Stops searching: now others have to look after what is left.
    fn leave(&self, mut desk: P::Guard<'_, Desk>) {
        desk.searching -= 1;
        let is_left = || self.trays.iter().any(|tray| !P::lock(tray).is_empty());
        let call = desk.wants_a_call() && (!desk.jobs.is_empty() || is_left()) && desk.call();
        // Not at once: a client that is woken for every task would sleep again after it.
        let has_room = desk.blocked > 0 && desk.jobs.len() <= self.capacity / 2;
        drop(desk);
        if call {
            P::notify_one(&self.called);
        }
        if has_room {
            P::notify_all(&self.room);
        }
    }

    /// Stays awake a little: work may come sooner than a sleeper wakes up.
    fn linger<'a>(&'a self, desk: P::Guard<'a, Desk>) -> P::Guard<'a, Desk> {
        drop(desk);
        P::linger(&self.news);
        P::lock(&self.desk)
    }

    /// Sleeps until called, or until the queue is closed.
    fn sleep<'a>(&'a self, mut desk: P::Guard<'a, Desk>) -> P::Guard<'a, Desk> {
        desk.searching -= 1;
        desk.sleeping += 1;
        while desk.calls == 0 && desk.open {
            desk = P::wait(&self.called, desk);
        }
        if desk.calls > 0 {
            // Who called has counted us as searching.
            desk.calls -= 1;
        } else {
            desk.sleeping -= 1;
            desk.searching += 1;
        }
        desk
    }
}

impl Desk {
    /// Whether somebody sleeps and nobody searches.
    fn wants_a_call(&self) -> bool {
        self.sleeping > 0 && self.searching == 0
    }

    /// Counts a sleeper as called. True: whoever calls has to notify it.
    fn call(&mut self) -> bool {
        self.sleeping -= 1;
        self.calls += 1;
        self.searching += 1;
        true
    }
}
