//! The real world: OS threads, `parking_lot`'s raw mutex, and an exact wait-for graph.
//!
//! A *run* executes a lab's body on the calling thread, named `main`; the threads it spawns belong
//! to the run. Every wait inside a run can be ended from outside: threads that can never go on are
//! recognised when the last of them begins to wait, without a timeout; then all threads of the run
//! are woken, unwind and are joined, and the next run begins. A panic of any thread ends its run
//! likewise. Outside a run the same objects are plain locks and threads, without detection.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | `lock`, `signal` | mutual exclusion and condition variables |
//! | `threads` | scopes, spawning, joining, the common start |
//! | `retry` | loops that wait awake |
//! | `window` | race windows and the widen dial |
//! | `context` | what a thread knows about itself |
//! | `monitor` | what is known about every thread that waits |
//! | `detect` | who can never go on, and why that is certain |
//! | `run` | one run and its end |
//! | `watchdog` | what bounds everything else |
//!
//! # Limits
//! - A thread that loops without any operation of the facade, or blocks in something else (a
//!   channel of `std`, a read), cannot be ended, and its run neither.
//! - A guard must be dropped by the thread that locked.
//! - While an aborted run unwinds, `Drop` code of the lab may lock, but not wait for a condition:
//!   nobody is left to make it true.

mod context;
mod detect;
mod execute;
mod lock;
mod monitor;
mod retry;
mod run;
mod signal;
#[cfg(test)]
mod tests;
mod threads;
mod watchdog;
mod window;

use std::collections::BTreeMap;
use std::panic;
use std::thread;
use std::time::Instant;

use crate::report::{Timeline, WaitForGraph};
use crate::settings::RealSettings;
use crate::stop::Limit;

use super::quiet::{self, Quiet};
use super::traced::Recording;

pub(crate) use context::{member, name};
pub(crate) use lock::Lock;
pub(crate) use monitor::Member;
pub(crate) use retry::{in_retry, note_operation, retry, spin_loop, yield_now};
pub(crate) use signal::Signal;
pub(crate) use threads::{JoinHandle, Scope, ScopedJoinHandle, scope, spawn};
pub(crate) use window::window;

/// Whether a thread unwinds with this because its run has ended, and not from a panic.
pub(crate) fn is_end_of_run(payload: &(dyn std::any::Any + Send)) -> bool {
    payload.is::<run::Aborted>()
}

use run::{Ending, Finished, Run};
use watchdog::{EndOfWatch, Watch};

/// Unfinished runs in a row after which it is no use to go on.
const UNFINISHED_MAX: u32 = 3;

/// What happened in many runs of a body, before anybody judges it.
#[derive(Clone, Debug, Default)]
pub struct RawRuns {
    /// How many runs had which outcome: the body's text, `deadlock`, `livelock` or
    /// `panic: <message>`.
    pub counts: BTreeMap<String, u64>,
    /// Runs completed: those counted by outcome, and the unfinished ones.
    pub runs: u64,
    /// Of these, runs that had to be ended because their time was over.
    pub unfinished: u64,
    /// The wait-for graph of the first run that got stuck.
    pub wait_for: Option<WaitForGraph>,
    /// Processors this process may use.
    pub cores: usize,
    /// Why there are fewer runs than asked for.
    pub limit: Option<Limit>,
    /// Wall time of all runs, in nanoseconds.
    pub elapsed_ns: u64,
}

/// Runs `body` on real threads as often as `settings` say, and counts what happens.
///
/// Ends early when `settings.stop` says so (a run under way is aborted within 20 ms and does not
/// count), or after three unfinished runs in a row. A run may take 2 s. With `settings.hang` it
/// may take for ever: a stuck run stays stuck until `settings.stop`, and counts as unfinished.
pub fn run(settings: &RealSettings, body: &(dyn Fn() -> String + Sync)) -> RawRuns {
    watched(settings, body, None)
}

/// Runs `body` once, as [`run()`] does, and records what its threads do: the traced world.
pub fn run_traced(
    settings: &RealSettings,
    body: &(dyn Fn() -> String + Sync),
) -> (RawRuns, Timeline) {
    let recording = Recording::new();
    let settings = RealSettings { runs: 1, hang: false, ..settings.clone() };
    let runs = watched(&settings, body, Some(&recording));
    (runs, recording.finish())
}

fn watched(
    settings: &RealSettings,
    body: &(dyn Fn() -> String + Sync),
    recording: Option<&Recording>,
) -> RawRuns {
    quiet::install();
    let begin = Instant::now();
    let watch = Watch::default();
    let mut runs = thread::scope(|scope| {
        let dog = thread::Builder::new().name("run watchdog".to_owned());
        let dog = dog.spawn_scoped(scope, || watch.keep(&settings.stop));
        let dog = dog.expect("the system can start another thread");
        let end = EndOfWatch(&watch);
        let runs = repeat(settings, body, &watch, recording);
        drop(end);
        // A scope waits for what its threads do, a join for the OS threads too.
        dog.join().unwrap_or_else(|payload| panic::resume_unwind(payload));
        runs
    });
    runs.cores = thread::available_parallelism().map_or(1, Into::into);
    runs.elapsed_ns = u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
    runs
}

fn repeat(
    settings: &RealSettings,
    body: &(dyn Fn() -> String + Sync),
    watch: &Watch,
    recording: Option<&Recording>,
) -> RawRuns {
    let _quiet = Quiet::new();
    let mut runs = RawRuns::default();
    let mut n_unfinished = 0;
    for _ in 0..settings.runs {
        runs.limit = settings.stop.reason();
        if runs.limit.is_none() {
            let run = Run::new(settings.widen, settings.hang, recording.cloned());
            watch.begin(&run);
            let finished = runs.add(run.execute(body));
            n_unfinished = if finished { 0 } else { n_unfinished + 1 };
        }
        if n_unfinished == UNFINISHED_MAX {
            runs.limit.get_or_insert(Limit::Time);
        }
        if runs.limit.is_some() {
            break;
        }
    }
    runs
}

impl RawRuns {
    /// Counts a run. Returns false if it was unfinished.
    fn add(&mut self, Finished { text, ending, stuck }: Finished) -> bool {
        let hung = stuck.is_some();
        let livelock = stuck.as_ref().is_some_and(|stuck| stuck.livelock);
        self.wait_for = self.wait_for.take().or(stuck.map(|stuck| stuck.graph));
        if let Some(Ending::Stopped(limit)) = ending {
            self.limit = Some(limit);
            if !hung {
                return true;
            }
        }
        let outcome = match ending {
            None => text,
            Some(Ending::Stuck) if livelock => Some("livelock".to_owned()),
            Some(Ending::Stuck) => Some("deadlock".to_owned()),
            Some(Ending::Panic(message)) => Some(format!("panic: {message}")),
            Some(Ending::TooLong | Ending::Stopped(_)) => None,
        };
        self.runs += 1;
        let has_finished = outcome.is_some();
        match outcome {
            Some(outcome) => *self.counts.entry(outcome).or_default() += 1,
            None => self.unfinished += 1,
        }
        has_finished
    }
}
