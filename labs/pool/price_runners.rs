//! The ways to do a job: each starts what it needs before the clock runs, and then does all tasks.

use std::fmt::Display;
use std::sync::Arc;
use std::thread;

use conclab_engine::stop::Stop;
use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _,
};

use super::price_job::Job;
use super::role::Tasks;
use super::work::{Answer, Work};
use super::{Bare, Gil, Handle, Platform, ThreadPool};
use conclab_measure::cost::Children;
use conclab_net::Multiplexer;
#[cfg(unix)]
use conclab_workers::ProcessPool;

/// Numbers that are tried between two looks at the global lock: a few microseconds.
const PIECE: u64 = 64;

/// More threads than this are not started at once.
pub(super) const THREADS_MAX: usize = 1_000;

/// One way to do a job.
pub(super) enum Runner {
    InTurn,
    ThreadPerTask,
    OurPool(ThreadPool<Bare>),
    Rayon(rayon::ThreadPool),
    #[cfg(unix)]
    Processes(ProcessPool<Tasks>),
    Multiplexer(Multiplexer),
}

impl Runner {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::InTurn => "in turn",
            Self::ThreadPerTask => "thread per task",
            Self::OurPool(_) => "our thread pool",
            Self::Rayon(_) => "rayon",
            #[cfg(unix)]
            Self::Processes(_) => "process pool",
            Self::Multiplexer(_) => "one, all at once",
        }
    }

    /// Whether it has processes of its own.
    pub(super) fn children(&self) -> Children {
        match self {
            #[cfg(unix)]
            Self::Processes(_) => Children::Counted,
            _ => Children::None,
        }
    }

    /// Bytes that were serialised so far, if it serialises.
    pub(super) fn bytes(&self) -> Option<u64> {
        match self {
            #[cfg(unix)]
            Self::Processes(pool) => Some(pool.report().bytes_sent + pool.report().bytes_received),
            _ => None,
        }
    }

    /// Does all tasks; the sum of their answers.
    pub(super) fn run(
        &mut self,
        job: &Job,
        gil: &Crew<Bare>,
        stop: &Stop,
    ) -> Result<Answer, String> {
        match self {
            // A lock that nobody else wants would change nothing.
            Self::InTurn => job.tasks.iter().map(|task| Crew::<Bare>(None).work(task, stop)).sum(),
            Self::ThreadPerTask => thread::scope(|s| {
                let start = |task| {
                    let work = move || gil.work(task, stop);
                    thread::Builder::new().spawn_scoped(s, work).map_err(said)
                };
                let threads: Vec<_> = job.tasks.iter().map(start).collect();
                threads
                    .into_iter()
                    .map(|thread| thread?.join().unwrap_or_else(|_| Err(panicked())))
                    .sum()
            }),
            Self::OurPool(pool) => answers(pool, job, gil, stop).sum(),
            Self::Rayon(pool) => pool.install(|| {
                let tasks = job.tasks.par_iter().with_max_len(1);
                tasks.map(|task| gil.work(task, stop)).sum()
            }),
            #[cfg(unix)]
            Self::Processes(pool) => {
                let answers = pool.map(&job.for_processes, stop);
                answers.into_iter().map(|answer| answer.map_err(said)).sum()
            }
            Self::Multiplexer(multiplexer) => {
                let Some(Work::Ask { delay_us, .. }) = job.tasks.first() else {
                    return Err("only questions can be asked all at once".to_owned());
                };
                multiplexer.ask_all(*delay_us, stop).map(|answered| answered.sum).map_err(said)
            }
        }
    }
}

/// Hands all tasks to a pool; their answers, waiting for each.
pub(super) fn answers<P: Platform>(
    pool: &ThreadPool<P>,
    job: &Job,
    gil: &Crew<P>,
    stop: &Stop,
) -> impl Iterator<Item = Result<Answer, String>> {
    let hand_in = |n| {
        let (tasks, gil, stop) = (Arc::clone(&job.tasks), Crew(gil.0.clone()), stop.clone());
        pool.submit(move || gil.work(&tasks[n], &stop))
    };
    let handles: Vec<_> = (0..job.tasks.len()).map(hand_in).collect();
    let wait = |handle: Handle<_, P>| handle.join().unwrap_or_else(|failed| Err(failed.message));
    handles.into_iter().map(wait)
}

/// Threads that do tasks, under a global lock if there is one.
#[derive(Debug)]
pub(super) struct Crew<P: Platform>(pub(super) Option<Arc<Gil<P>>>);

impl<P: Platform> Crew<P> {
    /// Does a task: computes under the lock, waits without it.
    fn work(&self, task: &Work, stop: &Stop) -> Result<Answer, String> {
        if stop.reason().is_some() {
            return Err("stopped".to_owned());
        }
        let Some(gil) = &self.0 else { return task.run().map_err(said) };
        match *task {
            Work::Primes { from, to } => {
                let (mut next, mut found) = (from, 0);
                gil.run_cpu(|| {
                    let end = (next + PIECE).min(to);
                    found += super::work::primes(next, end);
                    next = end;
                    next < to
                });
                Ok(found)
            }
            Work::Ask { .. } => gil.run_io(|| task.run().map_err(said)),
            _ => {
                let _held = gil.enter();
                task.run().map_err(said)
            }
        }
    }
}

fn said(error: impl Display) -> String {
    error.to_string()
}

fn panicked() -> String {
    "a task panicked".to_owned()
}
