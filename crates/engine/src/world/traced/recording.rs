//! A recording: its lanes, its objects, and the moment that counts as its end.

use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use parking_lot::Mutex;

use super::buffer::{Buffer, Line};
use super::clock::{self, Stamp};
use super::tape::{self, Before, Object};
use super::what::{ObjectKind, What};
use crate::report::Timeline;

/// Most events of a lane that are kept: 128 KiB.
const EVENTS_MAX: usize = 4096;

/// What some threads do, from the moment it is made. Clones are the same recording.
#[derive(Clone, Debug)]
pub struct Recording(Arc<Shared>);

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) clock: &'static str,
    pub(super) begin: Stamp,
    pub(super) state: Mutex<State>,
    capacity: usize,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) lanes: Vec<LaneEntry>,
    pub(super) objects: Vec<ObjectEntry>,
    /// What was recorded later does not count.
    pub(super) cut: Option<u64>,
}

#[derive(Debug)]
pub(super) struct LaneEntry {
    pub(super) name: String,
    /// The process the lane belongs to, if not to this one.
    pub(super) process: Option<String>,
    pub(super) buffer: &'static Buffer,
}

#[derive(Debug)]
pub(super) struct ObjectEntry {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) kind: ObjectKind,
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Threads that are in a lane have a share of the recording: none is left.
        self.state.get_mut().lanes.iter().for_each(|lane| lane.buffer.give_back());
    }
}

impl Default for Recording {
    fn default() -> Self {
        Self::new()
    }
}

impl Recording {
    /// Begins a recording, of which 4,096 events in each lane are kept.
    pub fn new() -> Self {
        Self::with_capacity(EVENTS_MAX)
    }

    /// The same with room for so many events in each lane (at least one).
    pub fn with_capacity(events: usize) -> Self {
        let clock = clock::choose_clock();
        let (begin, state) = (Stamp::now(), Mutex::default());
        Self(Arc::new(Shared { clock, begin, state, capacity: events.max(1) }))
    }

    /// Adds a lane for a thread of this process. It is in the timeline even if nobody enters it.
    pub fn lane(&self, name: impl Into<String>) -> Lane {
        self.add(name.into(), None)
    }

    /// Adds a lane for something in another process, which has a group of its own in the picture:
    /// a thread of this process that talks to it may enter the lane and record for it. The second
    /// lane of that name is told from the first by a number.
    pub fn lane_of_process(&self, process: impl Into<String>, name: impl Into<String>) -> Lane {
        let name = name.into();
        let is_taken = |it: &str| self.0.state.lock().lanes.iter().any(|lane| lane.name == it);
        let (mut free, mut nth) = (name.clone(), 1);
        while is_taken(&free) {
            nth += 1;
            free = format!("{name} ({nth})");
        }
        self.add(free, Some(process.into()))
    }

    fn add(&self, name: String, process: Option<String>) -> Lane {
        let buffer = Buffer::take(self.0.capacity);
        let mut state = self.0.state.lock();
        state.lanes.push(LaneEntry { name, process, buffer });
        Lane { recording: self.clone(), number: state.lanes.len() - 1, buffer }
    }

    /// Numbers a new object. Numbers are never used again, so that one of an old recording is not
    /// taken for one of this.
    pub(super) fn object(&self, name: &str, kind: ObjectKind) -> u32 {
        static NUMBERS: AtomicU32 = AtomicU32::new(1);
        // Relaxed: the numbers only have to differ.
        let number = NUMBERS.fetch_add(1, Relaxed);
        self.0.state.lock().objects.push(ObjectEntry { number, name: name.to_owned(), kind });
        number
    }

    /// Makes an object known, for [`Lane::record_at`]; threads in a lane have [`Object::new`].
    pub fn new_object(&self, name: &str, kind: ObjectKind) -> Object {
        Object::numbered(self.object(name, kind))
    }

    /// The object of this kind with this name; a new one if none is known.
    pub fn object_named(&self, name: &str, kind: ObjectKind) -> Object {
        Object::numbered(self.named(name, kind))
    }

    /// Its number.
    pub(super) fn named(&self, name: &str, kind: ObjectKind) -> u32 {
        let state = self.0.state.lock();
        let is_it = |it: &&ObjectEntry| it.kind == kind && it.name == name;
        let known = state.objects.iter().find(is_it).map(|object| object.number);
        drop(state);
        known.unwrap_or_else(|| self.object(name, kind))
    }

    /// Says that the program has come to its end, if nobody has said so before: what its threads
    /// do from now on belongs to the clearing up.
    pub fn cut(&self) {
        let now = clock::ticks();
        self.0.state.lock().cut.get_or_insert(now);
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.0
    }
}

/// Records what `f` does, in a lane `main`, and what threads and processes do to which that gives
/// lanes.
pub fn recorded<R>(f: impl FnOnce() -> R) -> (R, Timeline) {
    let recording = Recording::new();
    let result = {
        let _in_lane = recording.lane("main").enter();
        f()
    };
    (result, recording.finish())
}

/// A place in a recording for what one thread does.
#[derive(Clone, Debug)]
pub struct Lane {
    recording: Recording,
    number: usize,
    buffer: &'static Buffer,
}

impl Lane {
    /// Its number, from 0.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Lets the calling thread record here until the guard is dropped, with a `start` now and an
    /// `end` then. Two threads must not be in one lane at once: each would write over the other's
    /// events.
    #[must_use = "the thread leaves the lane when this is dropped"]
    #[track_caller]
    pub fn enter(&self) -> InLane {
        let mut in_lane = self.enter_quietly();
        tape::mark(What::Start, 0, Location::caller());
        in_lane.end_at = Some(Location::caller());
        in_lane
    }

    /// Records for somebody else what happened at `ticks`: for a child process, say, that tells
    /// what it did by its own reading of the same clock. Nobody may be in the lane meanwhile.
    ///
    /// Such events have no line. Those of several lanes fit together because the clock is one that
    /// all processes share, on every system that has worker processes.
    pub fn record_at(&self, ticks: u64, object: Object, what: What, value: u64) {
        let event = (what, object.number(), value);
        self.buffer.write(self.buffer.used(), ticks, event, Location::caller());
    }

    /// Counts events of somebody else that were lost.
    pub fn lose(&self, events: u64) {
        self.buffer.lose(events);
    }

    /// Like [`Self::enter`], without a `start` and an `end`.
    pub(crate) fn enter_quietly(&self) -> InLane {
        let before = tape::enter(&self.recording, self.number, self.buffer);
        InLane { before, end_at: None, not_send: PhantomData }
    }
}

/// As long as this lives, the thread that made it records.
#[derive(Debug)]
pub struct InLane {
    before: Before,
    end_at: Option<Line>,
    /// The thread that entered must leave.
    not_send: PhantomData<*const ()>,
}

impl Drop for InLane {
    fn drop(&mut self) {
        if let Some(at) = self.end_at {
            tape::mark(What::End, 0, at);
        }
        tape::leave(&mut self.before);
    }
}
