//! Crash isolation as a scene: the same four tasks, and one thing that goes wrong.
//!
//! A panic takes its thread with it; an abort takes the process and every answer in it; a killed
//! worker process takes nothing that cannot be done again. The threads are those of a child
//! process, so that the demo survives its own scene.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::mpsc;
use std::{panic, thread};

use conclab_engine::stop::Stop;
use conclab_measure::{Exhibit, Figures};
use conclab_workers::{Entry, Played, PoolError, ProcessPool, Settings, play};

use super::role::Tasks;
use super::work::{Work, primes};

/// Tasks in each row.
const TASKS: u64 = 4;

/// The role of a child in which threads meet with a mishap.
const SCENE: &str = "crash";

/// The scene's children: they print how many answers are left.
pub const ENTRY: Entry = Entry { name: SCENE, play: in_child };

fn in_child(arguments: &[OsString]) -> Played {
    let mishap = arguments.first().and_then(|name| Mishap::named(name.to_str()?));
    let mishap = mishap.ok_or("which mishap? `panic` or `abort`")?;
    Ok(format!("{}\n", left_after(mishap)))
}

/// What goes wrong in one of the threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mishap {
    /// It panics.
    Panic,
    /// It aborts the process.
    Abort,
}

impl Mishap {
    /// The mishap of this name.
    fn named(name: &str) -> Option<Self> {
        [Self::Panic, Self::Abort].into_iter().find(|mishap| mishap.name() == name)
    }

    fn happens(self) -> u64 {
        match self {
            // As a panic does, without a word on the standard error.
            Self::Panic => panic::resume_unwind(Box::new("one task panics")),
            Self::Abort => std::process::abort(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::Abort => "abort",
        }
    }
}

/// Does the tasks in a thread each, the first of which meets with the mishap when the others are
/// done; gives the number of right answers, if it gives anything.
fn left_after(mishap: Mishap) -> u64 {
    let (wait, others_done) = mpsc::channel();
    thread::scope(|s| {
        let unlucky = s.spawn(move || {
            // An error: all the others are done, and have dropped their ends.
            let _ = others_done.recv();
            mishap.happens()
        });
        let others = (1..TASKS).map(|n| {
            let done: mpsc::Sender<()> = wait.clone();
            s.spawn(move || {
                let answer = primes(n * 1_000, (n + 1) * 1_000);
                drop(done);
                answer
            })
        });
        let others: Vec<_> = others.collect();
        drop(wait);
        let threads = others.into_iter().chain([unlucky]);
        threads.map(|thread| u64::from(thread.join().is_ok())).sum()
    })
}

/// Plays all scenes: threads in a child process, and workers of which one is killed.
///
/// # Errors
/// If a process cannot be started, or `stop` says no.
pub fn exhibit(settings: &Settings, stop: &Stop) -> Result<Exhibit, PoolError> {
    let mut rows = Vec::new();
    for mishap in [Mishap::Panic, Mishap::Abort] {
        let (status, answers) = threads(settings, mishap, stop)?;
        let program = match status.signal() {
            None => "goes on".to_owned(),
            Some(signal) => format!("dies (signal {signal})"),
        };
        rows.push((format!("{} in a thread", mishap.name()), answers, program));
    }
    let (answers, program) = processes(settings, stop)?;
    rows.push(("kill -9 of a worker".to_owned(), answers, program));
    let note = |(what, answers, program): &(String, u64, String)| {
        format!("{what}: {answers} of {TASKS} answers are left, and the program {program}")
    };
    let notes = rows.iter().map(note).collect();
    let cells = |(what, answers, program): (String, u64, String)| {
        (what, vec![format!("{answers} of {TASKS}"), program])
    };
    Ok(Exhibit {
        title: "what is left when one task goes wrong".to_owned(),
        figures: Figures::Grid {
            corner: "mishap".to_owned(),
            columns: vec!["answers".to_owned(), "the program".to_owned()],
            rows: rows.into_iter().map(cells).collect(),
        },
        notes,
    })
}

/// Plays a scene of threads in a child process: how that ended, and how many answers it gave.
fn threads(
    settings: &Settings,
    mishap: Mishap,
    stop: &Stop,
) -> Result<(ExitStatus, u64), PoolError> {
    let (status, said) = play(&settings.command.0, SCENE, &[mishap.name()], stop)?;
    Ok((status, said.trim().parse().unwrap_or(0)))
}

/// Does the tasks with worker processes, one of which is killed in the middle of the first.
fn processes(settings: &Settings, stop: &Stop) -> Result<(u64, String), PoolError> {
    let mut tasks: Vec<_> =
        (0..TASKS).map(|n| Work::Primes { from: n * 1_000, to: (n + 1) * 1_000 }).collect();
    tasks[0] = Work::Crash { from: 0, to: 1_000, deaths: 1 };
    let mut pool = ProcessPool::<Tasks>::start(settings, stop)?;
    let answers = pool.map(&tasks, stop);
    if let Some(limit) = stop.reason() {
        return Err(PoolError::Stopped(limit));
    }
    let right = |(n, answer): (u64, _)| answer == Ok(primes(n * 1_000, (n + 1) * 1_000));
    let right = (0..).zip(answers).map(|pair| u64::from(right(pair))).sum();
    let report = pool.report();
    let replaced = if report.n_deaths == report.replaced { "replaces it" } else { "lacks it" };
    Ok((right, format!("goes on and {replaced}")))
}
