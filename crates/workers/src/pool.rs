//! The pool: one thread looks after all workers, with `poll(2)`.

use std::marker::PhantomData;
use std::time::Duration;

use conclab_engine::stop::Stop;

use super::errors::PoolError;
use super::errors::TaskFailed;
use super::lane::Waiting;
use super::member::Member;
use super::progress::Progress;
use super::role::Role;
use super::round::Round;
use super::settings::{Report, Settings};

/// How long we wait before we look at the stop token again.
pub(super) const PATIENCE: Duration = Duration::from_millis(20);

/// How long a worker may take to greet us.
pub(super) const GREETING_MAX: Duration = Duration::from_secs(10);

/// How long idle workers may take to go when the pool closes; then they are killed.
pub(super) const FAREWELL_MAX: Duration = Duration::from_millis(100);

/// Worker processes that do tasks.
///
/// A pool stays on the thread that made it, because on Linux a child is told of the death of the
/// thread that started it, not of the process:
///
/// ```compile_fail,E0277
/// fn elsewhere<R: conclab_workers::Role>(pool: conclab_workers::ProcessPool<R>) {
///     std::thread::spawn(move || drop(pool));
/// }
/// ```
#[derive(Debug)]
pub struct ProcessPool<R> {
    pub(super) settings: Settings,
    pub(super) progress: Progress,
    pub(super) places: Vec<Place>,
    pub(super) report: Report,
    /// For a recording, if there is one.
    pub(super) waiting: Waiting,
    stays_here: PhantomData<*const R>,
}

/// The place of a worker.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) member: Option<Member>,
    /// Workers that died here in a row without having done anything.
    pub(super) barren_deaths: u32,
    /// Why there is no worker and will be none.
    pub(super) closed: Option<PoolError>,
}

impl Place {
    /// A place without a worker. The one that was there is killed.
    pub(super) fn closed(why: PoolError) -> Self {
        Self { closed: Some(why), ..Self::default() }
    }
}

impl<R: Role> ProcessPool<R> {
    /// Starts the workers and waits until all have greeted us.
    ///
    /// # Errors
    /// If a worker cannot be started, is none of ours, or dies at once again and again, and if
    /// the system or `stop` says no.
    pub fn start(settings: &Settings, stop: &Stop) -> Result<Self, PoolError> {
        let settings = Settings { workers: settings.workers.max(1), ..settings.clone() };
        let refused = |error| super::errors::refused(1, &settings.command.0, &error);
        let progress = Progress::share(settings.workers).map_err(refused)?;
        let mut pool = Self {
            progress,
            places: Vec::new(),
            report: Report::default(),
            waiting: Waiting::of_this_thread(),
            stays_here: PhantomData,
            settings,
        };
        for worker_idx in 0..pool.settings.workers {
            let member = Member::start(&pool.settings, worker_idx, &pool.progress)?;
            pool.places.push(Place { member: Some(member), ..Place::default() });
        }
        let mut nothing = Round::<R>::new(&[]);
        loop {
            if let Some(error) = pool.places.iter().find_map(|place| place.closed.clone()) {
                return Err(error);
            }
            if pool.members().all(|member| member.ready) {
                return Ok(pool);
            }
            if let Some(limit) = stop.reason() {
                return Err(PoolError::Stopped(limit));
            }
            pool.step(&mut nothing)?;
        }
    }

    /// Does all tasks; the results are in the order of the tasks.
    pub fn map(&mut self, tasks: &[R::Task], stop: &Stop) -> Vec<Result<R::Answer, TaskFailed>> {
        let mut round = Round::new(tasks);
        while !round.is_complete() {
            let failed = match stop.reason() {
                Some(limit) => Some(TaskFailed::Stopped(limit)),
                None => self.step(&mut round).err().map(Box::new).map(TaskFailed::NoWorkers),
            };
            if let Some(failed) = failed {
                self.close_all(&failed);
                return round.results(Some(&failed));
            }
        }
        round.results(None)
    }

    /// What has happened so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The processes, in the order of their places.
    pub fn pids(&self) -> Vec<u32> {
        self.members().map(|member| member.process.who.pid).collect()
    }

    /// Writes into the place that all workers see, see [`At::look`](super::role::At::look).
    ///
    /// # Panics
    /// If the bytes do not fit there.
    pub fn write(&mut self, at: usize, bytes: &[u8]) {
        self.progress.write(at, bytes);
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &Member> {
        self.places.iter().filter_map(|place| place.member.as_ref())
    }
}
