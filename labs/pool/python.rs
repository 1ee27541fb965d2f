//! The same tasks with the pools of Python's standard library: what a GIL does to threads.
//!
//! The script `python.py` runs in a process group of its own, which is killed as a whole when the
//! time is over or `Stop` says so. Should this process die first, the script's input ends, and it
//! kills its group itself.

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use conclab_engine::stop::{Limit, Stop};
use conclab_workers::python::{NoPython, run};

use super::work::Work;

const SCRIPT: &str = include_str!("python.py");
/// What it may do one after the other, in seconds; the other ways take as long at most.
const BUDGET_S: &str = "1.2";
/// The whole takes no longer than this.
const LIMIT: Duration = Duration::from_secs(10);
/// Tasks that Python gets at most; it does as many of them as fit into its budget.
const TASKS_MAX: usize = 1_000;

/// What Python took.
#[derive(Clone, Debug, PartialEq)]
pub struct Python {
    /// Its version: `3.11.7`.
    pub version: String,
    /// How many of the tasks it did each way: as many as fit into about a second one by one.
    pub n_tasks: usize,
    /// The ways: one after the other, threads, processes. Starting a pool is in its time.
    pub ways: Vec<PythonWay>,
}

/// One way to do the tasks in Python.
#[derive(Clone, Debug, PartialEq)]
pub struct PythonWay {
    /// The class of the standard library, or `one after the other`.
    pub name: String,
    /// Wall time, in nanoseconds.
    pub wall_ns: u64,
    /// How many times as fast as Python itself, one after the other.
    pub speed_up: f64,
}

/// Why there are no figures of Python.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Skipped {
    /// There is no `python3`.
    NotFound,
    /// It is older than 3.8.
    TooOld {
        /// Its version.
        version: String,
    },
    /// An answer was not the one that our own code gives.
    WrongAnswer {
        /// The way that gave it.
        way: String,
    },
    /// It took longer than ten seconds.
    TooLong,
    /// The work was asked to stop.
    Stopped(Limit),
    /// The tasks are of a kind that the script does not know.
    NoSuchWork,
    /// The script failed.
    Failed {
        /// What it said, or the system.
        because: String,
    },
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("there is no python3 in the PATH"),
            Self::TooOld { version } => write!(f, "python3 is {version}, and 3.8 is needed"),
            Self::WrongAnswer { way } => write!(f, "python3 ({way}) gave a wrong answer"),
            Self::TooLong => write!(f, "python3 took longer than {} s", LIMIT.as_secs()),
            Self::Stopped(Limit::Interrupted) => f.write_str("interrupted"),
            Self::Stopped(_) => f.write_str("the time allowed is over"),
            Self::NoSuchWork => f.write_str("python3 is given prime numbers and questions only"),
            Self::Failed { because } => write!(f, "python3 failed: {because}"),
        }
    }
}

impl std::error::Error for Skipped {}

impl From<NoPython> for Skipped {
    fn from(why: NoPython) -> Self {
        match why {
            NoPython::NotFound => Self::NotFound,
            NoPython::TooLong => Self::TooLong,
            NoPython::Stopped(limit) => Self::Stopped(limit),
            NoPython::Failed { because } => Self::Failed { because },
        }
    }
}

/// Has Python do `tasks`, prime numbers or questions to the server, with so many workers.
///
/// # Errors
/// Why there are no figures; nothing of Python is left running.
pub fn python(tasks: &[Work], n_workers: usize, stop: &Stop) -> Result<Python, Skipped> {
    let tasks = &tasks[..tasks.len().min(TASKS_MAX)];
    let input = tasks.iter().map(written).collect::<Option<Vec<_>>>().ok_or(Skipped::NoSuchWork)?;
    if input.is_empty() {
        return Err(Skipped::NoSuchWork);
    }
    // It ends itself only if we cannot.
    let limit_s = (LIMIT.as_secs() + 1).to_string();
    let arguments = [&n_workers.to_string(), BUDGET_S, &limit_s];
    let output = run(SCRIPT, &arguments, &input.join(";"), LIMIT, stop)?;
    let python = read(&output)?;
    let sums = output.lines().filter_map(|line| line.strip_prefix("way ")?.split('\t').nth(2));
    let right: u64 = tasks[..python.n_tasks.min(tasks.len())].iter().map(answer).sum();
    for (way, sum) in python.ways.iter().zip(sums) {
        if sum.parse() != Ok(right) {
            return Err(Skipped::WrongAnswer { way: way.name.clone() });
        }
    }
    Ok(python)
}

/// A task as the script reads it; nothing if it does not know it.
fn written(task: &Work) -> Option<String> {
    match task {
        Work::Primes { from, to } => Some(format!("primes {from} {to}")),
        Work::Ask { port, delay_us } => Some(format!("ask {port} {delay_us}")),
        _ => None,
    }
}

/// The answer that the script must give.
fn answer(task: &Work) -> u64 {
    match task {
        Work::Ask { delay_us, .. } => u64::from(*delay_us),
        // Counting primes cannot fail.
        other => other.run().unwrap_or(0),
    }
}

/// What the script's output says.
fn read(output: &str) -> Result<Python, Skipped> {
    let value = |key: &str| output.lines().find_map(|line| line.strip_prefix(key));
    let garbled = || Skipped::Failed { because: format!("it said `{}`", output.trim()) };
    let version = value("version ").ok_or_else(garbled)?.to_owned();
    let Some(n_tasks) = value("tasks ").and_then(|n| n.parse().ok()) else {
        return Err(Skipped::TooOld { version });
    };
    let way = |line: &str| {
        let (name, figures) = line.strip_prefix("way ")?.split_once('\t')?;
        Some((name.to_owned(), figures.split_once('\t')?.0.parse::<u64>().ok()?))
    };
    let walls: Vec<_> = output.lines().filter_map(way).collect();
    let &[(_, sequential_ns), _, _] = walls.as_slice() else { return Err(garbled()) };
    let ways = walls.into_iter().map(|(name, wall_ns)| PythonWay {
        name,
        wall_ns,
        speed_up: sequential_ns as f64 / wall_ns.max(1) as f64,
    });
    Ok(Python { version, n_tasks, ways: ways.collect() })
}
