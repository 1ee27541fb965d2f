//! Lanes of a recording, and the threads in them.

use std::marker::PhantomData;
use std::panic::Location;

use super::buffer::{Buffer, Line};
use super::recording::Recording;
use super::tape::{self, Before, Object};
use super::what::{ObjectKind, What};
use crate::report::Timeline;

impl Recording {
    /// Adds a lane for a thread of this process. It is in the timeline even if nobody enters it.
    pub fn lane(&self, name: impl Into<String>) -> Lane {
        self.add_lane(name.into(), None)
    }

    /// Adds a lane for something in another process, which has a group of its own in the picture:
    /// a thread of this process that talks to it may enter the lane and record for it. The second
    /// lane of that name is told from the first by a number.
    pub fn lane_of_process(&self, process: impl Into<String>, name: impl Into<String>) -> Lane {
        let name = name.into();
        let is_taken =
            |it: &str| self.shared().state.lock().lanes.iter().any(|lane| lane.name == it);
        let (mut free, mut nth) = (name.clone(), 1);
        while is_taken(&free) {
            nth += 1;
            free = format!("{name} ({nth})");
        }
        self.add_lane(free, Some(process.into()))
    }

    fn add_lane(&self, name: String, process: Option<String>) -> Lane {
        let (number, buffer) = self.add(name, process);
        Lane { recording: self.clone(), number, buffer }
    }

    /// Makes an object known, for [`Lane::record_at`]; threads in a lane have [`Object::new`].
    pub fn new_object(&self, name: &str, kind: ObjectKind) -> Object {
        Object::numbered(self.object(name, kind))
    }

    /// The object of this kind with this name; a new one if none is known.
    pub fn object_named(&self, name: &str, kind: ObjectKind) -> Object {
        Object::numbered(self.named(name, kind))
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
