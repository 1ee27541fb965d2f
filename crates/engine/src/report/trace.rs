//! What was recorded: what every thread did, and when.

use serde::Serialize;

pub use crate::world::traced::{ObjectKind, What};

/// What threads did, in one order.
#[derive(Clone, Debug, Serialize)]
pub struct Timeline {
    /// The clock that the stamps are from.
    pub clock: String,
    /// From the beginning of the recording to its end, in nanoseconds.
    pub span_ns: u64,
    /// Events that found no room, in all lanes.
    pub lost: u64,
    /// The lanes, in the order in which they were added.
    pub threads: Vec<TracedThread>,
    /// The objects that events are about.
    pub objects: Vec<TracedObject>,
    /// The events, first to last.
    pub events: Vec<TracedEvent>,
}

/// One lane.
#[derive(Clone, Debug, Serialize)]
pub struct TracedThread {
    /// The thread's name.
    pub name: String,
    /// The process it belongs to; nothing for the one that recorded.
    pub process: Option<String>,
    /// Events of the lane that found no room: after its last event nothing is known of it.
    pub lost: u64,
}

/// Something that events are about.
#[derive(Clone, Debug, Serialize)]
pub struct TracedObject {
    /// Its name.
    pub name: String,
    /// What kind of thing it is.
    pub kind: ObjectKind,
}

/// A line of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TracedPlace {
    /// Source file.
    pub file: String,
    /// Source line.
    pub line: u32,
}

/// One event.
#[derive(Clone, Debug, Serialize)]
pub struct TracedEvent {
    /// When, in nanoseconds from the beginning of the recording.
    pub at_ns: u64,
    /// Who: an index into the lanes.
    pub thread: usize,
    /// What.
    pub what: What,
    /// With what: an index into the objects.
    pub object: Option<usize>,
    /// The value of an atomic read or written, or the number of threads notified.
    pub value: Option<u64>,
    /// How often in a row; the stamp is that of the first time.
    pub times: u64,
    /// The other thread that it is about: the one that is started or waited for; of a process, its
    /// first.
    pub other: Option<usize>,
    /// The event that made this one possible though the thread had to wait: an index into the
    /// events, always of another thread and before this one.
    pub unblocked_by: Option<usize>,
    /// The line of the program: for a lock that is given back where its guard goes out of scope
    /// the one that took it, for a thread's beginning and end the one that started it, and nothing
    /// for those of `main`.
    pub place: Option<TracedPlace>,
}
