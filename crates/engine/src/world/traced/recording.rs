//! A recording: its lanes, its objects, and the moment that counts as its end.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use parking_lot::Mutex;

use super::buffer::Buffer;
use super::clock::{self, Stamp};
use super::what::ObjectKind;

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

impl State {
    fn add_object(&mut self, name: &str, kind: ObjectKind) -> u32 {
        static NUMBERS: AtomicU32 = AtomicU32::new(1);
        // Relaxed: the numbers only have to differ.
        let number = NUMBERS.fetch_add(1, Relaxed);
        self.objects.push(ObjectEntry { number, name: name.to_owned(), kind });
        number
    }
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

    /// Adds a lane: its number, and what is written to.
    pub(super) fn add(&self, name: String, process: Option<String>) -> (usize, &'static Buffer) {
        let buffer = Buffer::take(self.0.capacity);
        let mut state = self.0.state.lock();
        state.lanes.push(LaneEntry { name, process, buffer });
        (state.lanes.len() - 1, buffer)
    }

    /// Numbers a new object. Numbers are never used again, so that one of an old recording is not
    /// taken for one of this.
    pub(super) fn object(&self, name: &str, kind: ObjectKind) -> u32 {
        self.0.state.lock().add_object(name, kind)
    }

    /// The number of the object of this kind with this name; a new one if none is known. Two
    /// threads that ask at once get the same.
    pub(super) fn named(&self, name: &str, kind: ObjectKind) -> u32 {
        let mut state = self.0.state.lock();
        let known = state.objects.iter().find(|it| it.kind == kind && it.name == name);
        let known = known.map(|object| object.number);
        known.unwrap_or_else(|| state.add_object(name, kind))
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
