//! The pool lab's card, size and words.

use clap::builder::RangedU64ValueParser;
use conclab_engine::lab::{Card, Lab, Variant, World};
use conclab_engine::report::{self, Exhibit, Price, Runs};
use conclab_engine::stop::Stop;

use super::price_bare::cores;
use super::price_job::{JobFlags, Kind};
use crate::words::{thousands, unfinished};

/// The lab of few workers for many tasks.
#[derive(Clone, Copy, Debug)]
pub struct Pool;

/// Most workers of a pool.
const WORKERS_MAX: usize = 32;

/// Workers that wait for a server, if nothing is said: waiting takes no core.
const WAITERS: usize = 8;

/// The size of the program.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Parameters {
    /// Tasks to hand out (1 to 10000) [default: 64 on real threads, 3 in the model]
    #[arg(long, value_name = "N",
          value_parser = RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    pub tasks: Option<usize>,
    /// Workers that do them (1 to 32) [default: one per core on real threads, 2 in the model]
    #[arg(long, value_name = "N",
          value_parser = RangedU64ValueParser::<usize>::new().range(1..=WORKERS_MAX as u64))]
    pub workers: Option<usize>,
    /// What is measured.
    #[command(flatten)]
    pub job: JobFlags,
}

impl Parameters {
    /// How many tasks there are.
    pub(super) fn tasks(&self) -> usize {
        self.tasks.unwrap_or(3)
    }

    /// How many workers there are.
    pub(super) fn workers(&self) -> usize {
        self.workers.unwrap_or(2)
    }
}

impl Lab for Pool {
    type Parameters = Parameters;

    fn card(&self) -> Card {
        Card {
            name: "pool",
            group: "Pools",
            summary: "a few workers do many tasks",
            question: "How do a few workers do many tasks, and lose none?",
            unit: "task",
            can_hang: true,
            real_threads: |_| "as many tasks as workers, all waiting inside: every run hangs",
        }
    }

    fn variants(&self) -> &'static [Variant<Parameters>] {
        &super::variants::VARIANTS
    }

    fn sized(&self, asked: &Parameters, world: World) -> Parameters {
        let (tasks, workers) = match world {
            World::Real if asked.job.work == Kind::Io => (64, WAITERS),
            World::Real => (64, cores().min(WORKERS_MAX)),
            World::Model => (3, 2),
        };
        // Fewer tasks than workers cannot all be stuck in them.
        let tasks = if asked.tasks.is_none() { tasks.max(asked.workers()) } else { tasks };
        Parameters {
            tasks: asked.tasks.or(Some(tasks)),
            workers: asked.workers.or(Some(workers)),
            job: asked.job.clone(),
        }
    }

    fn refused(&self, asked: &Parameters) -> Option<String> {
        super::price_job::refused(&asked.job, self.sized(asked, World::Real).tasks())
    }

    fn in_class(&self, asked: &Parameters) -> Parameters {
        // With more there are more states than a class has time for. Whether there is a task for
        // each worker stays as it was.
        let tasks = asked.tasks.map(|n| n.min(3));
        let workers = match (asked.workers, asked.tasks) {
            (Some(workers), Some(tasks)) if workers > tasks => Some(tasks.min(2) + 1),
            (workers, _) => workers.map(|n| n.min(2)),
        };
        let tasks = if workers > tasks { tasks.map(|n| n.min(2)) } else { tasks };
        Parameters { tasks, workers, job: asked.job.clone() }
    }

    fn values(&self, size: &Parameters) -> report::Parameters {
        report::Parameters(vec![("tasks", size.tasks() as u64), ("workers", size.workers() as u64)])
    }

    fn size_in_words(&self, size: &Parameters) -> String {
        let plural = |n: usize, what: &str| {
            format!("{} {what}{}", thousands(n as u64), if n == 1 { "" } else { "s" })
        };
        format!("{}, {}", plural(size.tasks(), "task"), plural(size.workers(), "worker"))
    }

    fn tell(&self, size: &Parameters, runs: &Runs) -> String {
        let all = thousands(runs.runs);
        let more = unfinished(runs);
        let stuck = runs.outcomes.iter().filter(|seen| seen.outcome == "deadlock");
        let n_stuck: u64 = stuck.map(|seen| seen.runs).sum();
        if n_stuck > 0 {
            let n_stuck = thousands(n_stuck);
            return format!("{n_stuck} of {all} runs got stuck: somebody waited for ever{more}");
        }
        let expected = size.tasks() as u64;
        let short = runs.outcomes.iter().filter_map(|seen| {
            let (n, _) = super::variants::answers(&seen.outcome)?;
            (n < expected).then_some((n, seen.runs))
        });
        let (fewest, n_short) =
            short.fold((expected, 0), |(fewest, all), (n, runs)| (fewest.min(n), all + runs));
        let (n_short, expected) = (thousands(n_short), thousands(expected));
        let got = match thousands(fewest) {
            fewest if fewest == expected => String::new(),
            fewest => format!(", got as few as {fewest}"),
        };
        format!("{n_short} of {all} runs lost answers: {expected} expected{got}{more}")
    }

    fn prices(&self, _: &Parameters, _: &Stop) -> Vec<Price> {
        // The table of all ways to do the same work is the price.
        Vec::new()
    }

    fn exhibits(&self, size: &Parameters, stop: &Stop) -> Vec<Exhibit> {
        super::price_ways::exhibit(size, stop)
    }
}
