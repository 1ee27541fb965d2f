//! What a run of a lab found: plain data with units, for renderers and scripts.
//!
//! Nothing here prints, measures or decides. Field names are the JSON names of the interface
//! contract.

use conclab_engine::report::{
    Count, Endless, Interleaving, Limit, MemoryModel, StateNode, Timeline, WaitForGraph,
};
use serde::{Serialize, Serializer};

use crate::outcome::Shown;

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
    /// A size at which a wrong variant fails, if it was proved because this one is too small for
    /// its mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fails_at: Option<Parameters>,
    /// Promises of the lab that the exploration found broken, as sentences.
    pub broken_promises: Vec<String>,
    /// Wall time of the exploration, in nanoseconds.
    pub elapsed_ns: u64,
}

/// One outcome of an exploration.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// What a finished run shows; `deadlock`, `livelock` or `panic: <message>` if it does not.
    pub outcome: String,
    /// The same as data; nothing if the lab has no key for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shows: Option<Shown>,
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
    /// The same as data; nothing if the lab has no key for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shows: Option<Shown>,
    /// What the lab expects of it; nothing if no promise foresees it.
    pub expectation: Option<Expectation>,
    /// The lab's reason for that.
    pub because: Option<String>,
    /// How many runs ended so.
    pub runs: u64,
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

fn numbers<S: Serializer>(pairs: &[(&'static str, u64)], s: S) -> Result<S::Ok, S::Error> {
    s.collect_map(pairs.iter().copied())
}

/// One recorded run of a variant.
#[derive(Clone, Debug, Serialize)]
pub struct Trace {
    /// The lab's name.
    pub lab: String,
    /// The variant's name; nothing if it was no variant.
    pub variant: Option<String>,
    /// The name of the [`Runner`](crate::lab::Runner), if that is what was recorded.
    pub runner: Option<String>,
    /// The size of the program, by flag name.
    pub parameters: Parameters,
    /// The setting of the widen dial.
    pub widen: String,
    /// What the run showed; `deadlock`, `livelock` or `panic: <message>` if it did not finish, and
    /// nothing if it had to be ended.
    pub outcome: Option<String>,
    /// What the lab expects of it; nothing if no promise foresees it.
    pub expectation: Option<Expectation>,
    /// The lab's reason for that.
    pub because: Option<String>,
    /// Why the run was ended before it was over.
    pub limit: Option<Limit>,
    /// Who waited for whom at the end, if the run got stuck.
    pub wait_for: Option<WaitForGraph>,
    /// Processors this process may use.
    pub cores: usize,
    /// What was recorded.
    #[serde(flatten)]
    pub timeline: Timeline,
}

impl Trace {
    /// The name of the variant or the runner.
    pub fn way(&self) -> &str {
        self.variant.as_deref().or(self.runner.as_deref()).unwrap_or_default()
    }
}

/// Every state of a program and the steps between them, with texts by number.
#[derive(Clone, Debug, Serialize)]
pub struct StateGraph {
    /// The lab's name.
    pub lab: String,
    /// The variant's name.
    pub variant: String,
    /// The size of the program.
    pub parameters: Parameters,
    /// How many states the program has; fewer than that are in `states` if they would not fit.
    pub states_all: u64,
    /// The texts that numbers below stand for.
    pub texts: Vec<String>,
    /// The states; the first is the beginning.
    pub states: Vec<StateNode>,
    /// The way to the simplest failure: places in the lists of moves, from the beginning.
    pub simplest: Option<Vec<usize>>,
}
