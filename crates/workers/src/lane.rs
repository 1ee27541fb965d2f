//! The lanes of a recording that pools of processes fill: each worker has one, and the thread of
//! the pool tells in its own what it waits for.
//!
//! Whoever starts a pool on a thread that records gets all this; without a recording nothing here
//! costs anything.

use std::io;
use std::os::fd::OwnedFd;

use conclab_engine::world::traced::{Lane, Object, ObjectKind, Recording, What, current, ticks};

use super::errors::Who;
use super::tape::{Happened, Happens, Tape};

/// What the parent waits for; all workers answer there.
const REPLIES: &str = "replies";

/// A worker that is about to be started, of a pool that is recorded.
#[derive(Debug)]
pub(super) struct Recruit {
    recording: Recording,
    tape: Tape,
    /// When it was about to be started.
    before: u64,
}

impl Recruit {
    /// A tape for a worker and what it inherits of it, if the calling thread records.
    ///
    /// # Errors
    /// If the system does not give us memory with a file descriptor.
    pub(super) fn of_this_thread() -> io::Result<Option<(Self, OwnedFd)>> {
        let Some(recording) = current() else { return Ok(None) };
        let tape = Tape::share()?;
        let lent = tape.lend()?;
        Ok(Some((Self { recording, tape, before: ticks() }, lent)))
    }

    /// Gives the worker a lane once it has been started.
    #[track_caller]
    pub(super) fn started(self, who: Who) -> Recorded {
        let Self { recording, tape, before } = self;
        let name = format!("worker {}, pid {}", who.worker, who.pid);
        let process = recording.object_named(&name, ObjectKind::Process);
        let lane = recording.lane_of_process(name, format!("worker {}", who.worker));
        process.record_at(before, What::ProcessStart, lane.number() as u64);
        let named = |name: &str| recording.object_named(name, ObjectKind::Channel);
        let orders = named(&format!("tasks {}", who.worker));
        let (replies, tasks, crashed) = (named(REPLIES), Vec::new(), None);
        Recorded { recording, tape, lane, process, orders, replies, before, tasks, crashed }
    }
}

/// A worker of a pool that is recorded.
#[derive(Debug)]
pub(super) struct Recorded {
    recording: Recording,
    tape: Tape,
    lane: Lane,
    process: Object,
    /// What tasks come to it through.
    orders: Object,
    replies: Object,
    /// When it was about to be started.
    before: u64,
    /// Its tasks, in the order in which they were handed out.
    tasks: Vec<usize>,
    /// When it was found dead, if nobody had asked it to go.
    crashed: Option<u64>,
}

impl Recorded {
    /// Notes that it has been handed a task.
    pub(super) fn handed_out(&mut self, task_idx: usize) {
        self.tasks.push(task_idx);
    }

    /// Tells that its parent has sent it something; `ticks` were read before.
    #[track_caller]
    pub(super) fn was_sent(&self, ticks: u64) {
        self.orders.record_at(ticks, What::Sent, 0);
    }

    /// Tells that its parent has got something from it.
    #[track_caller]
    pub(super) fn has_replied(&self) {
        self.replies.record(What::Received, self.lane.number() as u64 + 1);
    }

    /// Notes that it was found dead.
    pub(super) fn has_crashed(&mut self) {
        self.crashed.get_or_insert_with(ticks);
    }

    /// Fills its lane, now that it has ended.
    #[track_caller]
    pub(super) fn ended(self) {
        let now = ticks();
        let (events, lost) = self.tape.read();
        let n = events.len();
        // What another clock says would be worse than nothing.
        let end = self.crashed.unwrap_or(now);
        let kept = events.into_iter().filter(|it| (self.before..=end).contains(&it.ticks));
        let mut kept: Vec<_> = kept.collect();
        kept.sort_by_key(|event| event.ticks);
        let has_left = kept.last().is_some_and(|last| last.what == Happens::Leaves);
        self.lane.lose(lost + (n - kept.len()) as u64);
        for event in kept {
            self.tell(event);
        }
        match self.crashed {
            Some(found) => self.lane.record_at(found, self.process, What::Crash, 0),
            None if has_left => {}
            None => self.lane.record_at(now, Object::NONE, What::End, 0),
        }
        self.process.record(What::ProcessEnd, self.lane.number() as u64);
    }

    fn tell(&self, event: Happened) {
        let (object, what) = match event.what {
            Happens::Starts => (Object::NONE, What::Start),
            Happens::Waits => (self.orders, What::Wants),
            Happens::Received => (self.orders, What::Received),
            Happens::Begin => (self.task(event.number), What::TaskStart),
            Happens::Asks => (self.server(), What::IoWait),
            Happens::Answered => (self.server(), What::IoReady),
            Happens::End => (self.task(event.number), What::TaskEnd),
            Happens::Replies => (self.replies, What::Sent),
            Happens::Leaves => (Object::NONE, What::End),
        };
        self.lane.record_at(event.ticks, object, what, 0);
    }

    /// A task, by its number among those of the worker, from 1.
    fn task(&self, number: u32) -> Object {
        let nth = (number as usize).checked_sub(1);
        let task_idx = nth.and_then(|nth| self.tasks.get(nth));
        let name = task_idx.map_or_else(|| "a task".to_owned(), |idx| format!("task {idx}"));
        self.recording.object_named(&name, ObjectKind::Task)
    }

    fn server(&self) -> Object {
        self.recording.object_named("the server", ObjectKind::Io)
    }
}

/// What the thread of a pool tells of its own waiting.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    replies: Object,
    waits: bool,
}

impl Waiting {
    /// For the calling thread.
    pub(super) fn of_this_thread() -> Self {
        let known = current().map(|it| it.object_named(REPLIES, ObjectKind::Channel));
        Self { replies: known.unwrap_or(Object::NONE), waits: false }
    }

    /// It begins to wait for replies, if it does not do so yet.
    #[track_caller]
    pub(super) fn begins(&mut self) {
        if self.replies != Object::NONE && !self.waits {
            self.replies.record(What::Wants, 0);
            self.waits = true;
        }
    }

    /// It has got some.
    pub(super) fn ends(&mut self) {
        self.waits = false;
    }
}
