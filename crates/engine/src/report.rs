//! What a run found: plain data with units, for renderers and scripts.
//!
//! Nothing here prints, measures or decides. Field names are the JSON names of the interface
//! contract; counts are decimal strings there, because they outgrow 64 bits.

mod exhibit;
mod graph;
mod position;
mod trace;

use std::fmt;

use num_bigint::BigUint;
use serde::{Serialize, Serializer};

pub use self::exhibit::{Doing, Exhibit, Figures, Lane, Span, Way};
pub use self::graph::{MoveEdge, StateGraph, StateNode, ThreadNode};
pub use self::position::{Move, Position, Standing};
pub use self::trace::{
    ObjectKind, Timeline, Trace, TracedEvent, TracedObject, TracedPlace, TracedThread, What,
};
pub use crate::stop::Limit;

/// What a lab expects of an outcome, as in jcstress samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expectation {
    /// A right result.
    Acceptable,
    /// The surprise that the lesson is about; it must be reachable.
    Interesting,
    /// Never: seeing it breaks the lab's promise.
    Forbidden,
}

/// What an exploration says about a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every interleaving was covered and every outcome is acceptable.
    Proved,
    /// At least one interleaving ends in an outcome that is not acceptable.
    Refuted,
    /// A budget ran out first and no failure was met: nothing is proved.
    NotExhausted,
}

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

/// The model world's answer for one variant.
#[derive(Clone, Debug, Serialize)]
pub struct Exploration {
    /// The lab's name.
    pub lab: String,
    /// The variant's name.
    pub variant: String,
    /// The size of the program that was explored, by flag name.
    pub parameters: Parameters,
    /// What was assumed of memory.
    pub memory_model: MemoryModel,
    /// Whether every interleaving was covered.
    pub exhaustive: bool,
    /// Which budget ran out, if one did.
    pub limit: Option<Limit>,
    /// The answer in one word.
    pub verdict: Verdict,
    /// Distinct states of the whole program that were visited.
    pub states: u64,
    /// Steps between those states.
    pub transitions: u64,
    /// How many interleavings there are.
    pub interleavings: Count,
    /// Every outcome that was reached, most acceptable first.
    pub outcomes: Vec<Outcome>,
    /// Whether some schedule goes round in a cycle for ever though others end.
    pub endless: Option<Endless>,
    /// The failing interleaving with the fewest context switches, then the fewest steps.
    pub counterexample: Option<Interleaving>,
    /// Promises of the lab that the exploration found broken, as sentences.
    pub broken_promises: Vec<String>,
    /// Wall time of the exploration, in nanoseconds.
    pub elapsed_ns: u64,
}

/// A cycle in the state graph that can also be left: some scheduler never lets the program end.
#[derive(Clone, Debug, Serialize)]
pub struct Endless {
    /// Chance that a fair random scheduler stays in the program for ever, from 0 to 1.
    pub odds: f64,
    /// A way round: its last step leads back to the state after step `loops_to`.
    pub interleaving: Interleaving,
}

/// One outcome of an exploration.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// What a finished run shows; `deadlock`, `livelock` or `panic: <message>` if it does not.
    pub outcome: String,
    /// What the lab expects of it; nothing if no promise foresees it.
    pub expectation: Option<Expectation>,
    /// The lab's reason for that.
    pub because: Option<String>,
    /// How many interleavings end so.
    pub interleavings: Count,
    /// Chance under the fair random scheduler (each enabled thread equally likely at every step),
    /// from 0 to 1. Nothing if the exploration was not exhaustive.
    pub odds: Option<f64>,
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

/// The real world's answer for one variant: what happened in many runs on OS threads.
#[derive(Clone, Debug, Serialize)]
pub struct Runs {
    /// The lab's name.
    pub lab: String,
    /// The variant's name.
    pub variant: String,
    /// The size of the program that was run, by flag name.
    pub parameters: Parameters,
    /// The setting of the widen dial.
    pub widen: String,
    /// Runs asked for.
    pub runs_asked: u64,
    /// Runs completed.
    pub runs: u64,
    /// Of these, runs that had to be ended because their time was over.
    pub unfinished: u64,
    /// What the runs ended in, most acceptable first.
    pub outcomes: Vec<Seen>,
    /// The wait-for graph of the first run that got stuck.
    pub wait_for: Option<WaitForGraph>,
    /// Processors this process may use.
    pub cores: usize,
    /// Why there are fewer runs than asked for.
    pub limit: Option<Limit>,
    /// Wall time of all runs, in nanoseconds.
    pub elapsed_ns: u64,
}

impl Runs {
    /// Runs whose outcome is not acceptable, the unfinished ones included.
    pub fn failed(&self) -> u64 {
        let bad = |seen: &&Seen| seen.expectation != Some(Expectation::Acceptable);
        self.unfinished + self.outcomes.iter().filter(bad).map(|seen| seen.runs).sum::<u64>()
    }
}

/// One outcome that real runs showed.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// What the run showed; `deadlock`, `livelock` or `panic: <message>` if it did not finish.
    pub outcome: String,
    /// What the lab expects of it; nothing if no promise foresees it.
    pub expectation: Option<Expectation>,
    /// The lab's reason for that.
    pub because: Option<String>,
    /// How many runs ended so.
    pub runs: u64,
}

/// What one operation of a variant costs, measured on real threads without the facade.
#[derive(Clone, Debug, Serialize)]
pub struct Price {
    /// What was measured: the variant, with the library if there are several (`mutex (std)`).
    pub label: String,
    /// Threads working at once.
    pub threads: usize,
    /// What is counted: `increment`, `transfer`.
    pub unit: String,
    /// Samples taken, after a warm-up sample that does not count.
    pub n: usize,
    /// Median wall time per unit, all threads together, in nanoseconds.
    pub median_ns: f64,
    /// Median absolute deviation of the samples, in nanoseconds.
    pub spread_ns: f64,
    /// Median CPU time per unit, all threads together, in nanoseconds (nothing where the platform
    /// does not tell).
    pub cpu_ns: Option<f64>,
}

/// A claim of the lesson with the evidence of this run.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// Whether it holds in this run.
    pub holds: bool,
    /// The claim, in a few words: `hold and wait`.
    pub claim: String,
    /// What was seen: who, what, at which line.
    pub because: String,
}

/// The size of a program: values by flag name, in the order of the flags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Parameters(#[serde(serialize_with = "numbers")] pub Vec<(&'static str, u64)>);

fn pairs<S: Serializer>(pairs: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}

fn numbers<S: Serializer>(pairs: &[(&'static str, u64)], s: S) -> Result<S::Ok, S::Error> {
    s.collect_map(pairs.iter().copied())
}
