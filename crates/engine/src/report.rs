//! What a run found: plain data with units, for renderers and scripts.
//!
//! Nothing here prints, measures or decides. Field names are the JSON names of the interface
//! contract; counts are decimal strings there, because they outgrow 64 bits.

mod graph;
mod position;
mod trace;

use std::fmt;

use num_bigint::BigUint;
use serde::{Serialize, Serializer};

pub use self::graph::{MoveEdge, StateNode, ThreadNode};
pub use self::position::{Move, Position, Standing};
pub use self::trace::{
    ObjectKind, Timeline, TracedEvent, TracedObject, TracedPlace, TracedThread, What,
};
pub use crate::stop::Limit;

/// What the model assumes of memory; every verdict rests on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemoryModel {
    /// Every step takes effect at once and for all threads, whatever ordering it asks for.
    #[default]
    SequentiallyConsistent,
}

/// A number of interleavings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Count {
    /// This many, exactly (a lower bound if the exploration was not exhaustive).
    Exactly(BigUint),
    /// The state graph has a cycle on the way: there is no largest number.
    Unbounded,
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(number) => number.fmt(f),
            Self::Unbounded => f.write_str("unbounded"),
        }
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A cycle in the state graph that can also be left: some scheduler never lets the program end.
#[derive(Clone, Debug, Serialize)]
pub struct Endless {
    /// Chance that a fair random scheduler stays in the program for ever, from 0 to 1.
    pub odds: f64,
    /// A way round: its last step leads back to the state after step `loops_to`.
    pub interleaving: Interleaving,
}

/// One interleaving, told step by step.
#[derive(Clone, Debug, Serialize)]
pub struct Interleaving {
    /// What it ends in.
    pub outcome: String,
    /// Its number, from 1 to `of`, in scheduling order (nothing if the graph is incomplete).
    pub schedule: Option<String>,
    /// How many are numbered (on a graph with cycles: those without going round).
    pub of: Option<String>,
    /// Whether the state graph has cycles: others go round, and have no number.
    pub cyclic: bool,
    /// How often the running thread changed.
    pub context_switches: usize,
    /// The threads that take part, in scheduling order.
    pub threads: Vec<String>,
    /// The steps, first to last.
    pub steps: Vec<Step>,
    /// Who waits for whom at the end, if the program is stuck.
    pub wait_for: Option<WaitForGraph>,
    /// The interleaving ends by going back to the state after this step (0 is the beginning).
    pub loops_to: Option<usize>,
    /// After this step it is decided: every way on fails, as this one does, or none does (0 is the
    /// beginning).
    pub decided: Option<usize>,
}

/// One visible step of one thread.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Its place in the interleaving, from 1.
    pub step: usize,
    /// The thread's name.
    pub thread: String,
    /// What it does, for example `load counter` or `lock account 0`.
    pub operation: String,
    /// What it was given: the value loaded, `taken` or `would block` for `try_lock`, …
    pub result: Option<String>,
    /// The step writes a value worked out from one read at this earlier step, and another thread
    /// has changed the object since: that thread's change is overwritten.
    pub stale_since: Option<usize>,
    /// The thread whose change that is: the last one that changed the object.
    pub overwrites: Option<String>,
    /// Another thread made the step before: why that one does not go on.
    pub switch: Option<Switch>,
    /// Source file of the operation.
    pub file: String,
    /// Source line of the operation.
    pub line: u32,
    /// Every shared object after the step, by name.
    #[serde(serialize_with = "pairs")]
    pub state: Vec<(String, String)>,
}

/// Why a thread that made a step does not make the next one, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum Switch {
    /// It could go on; the scheduler chose another one.
    Paused,
    /// It cannot go on.
    Waiting {
        /// What it waits for.
        what: String,
        /// What kind of waiting it is.
        how: Wait,
        /// The thread that has what it waits for.
        held_by: Option<String>,
    },
    /// It has ended.
    Finished,
}

/// Who holds what and who waits for what, when a program is stuck.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WaitForGraph {
    /// Every thread that cannot go on, in scheduling order.
    pub waiting: Vec<Waiting>,
    /// The threads of a cycle, each waiting for the next and the last for the first; empty if
    /// nobody can ever wake the waiting threads though there is no cycle (a lost wake-up).
    pub cycle: Vec<String>,
}

/// One thread of a wait-for graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The thread's name.
    pub thread: String,
    /// The locks it holds.
    pub holds: Vec<Place>,
    /// What it waits for.
    pub wants: Place,
    /// What kind of waiting it is.
    pub how: Wait,
    /// The thread that has what it waits for.
    pub held_by: Option<String>,
}

/// An object (a lock, a condition variable, a thread to join) and the line that used it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The object's name.
    pub name: String,
    /// Source file.
    pub file: String,
    /// Source line.
    pub line: u32,
}

/// How a thread waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// Blocked in `lock`.
    Lock,
    /// Asleep in `Condvar::wait`.
    Condvar,
    /// Waiting for a thread to end.
    Join,
    /// Awake, trying again and again.
    Retry,
    /// Waiting for a permit of a semaphore.
    Semaphore,
    /// Waiting at a barrier for the others.
    Barrier,
    /// Waiting for a channel to have room, or something in it.
    Channel,
    /// Asleep on an atomic.
    Sleep,
}

fn pairs<S: Serializer>(pairs: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}
