//! The pool lab's card, size and words.

use conclab_engine::stop::Stop;
use conclab_kit::lab::{Card, Done, Lab, Runner, Variant, World};
use conclab_kit::outcome::{DEADLOCK, Key};
use conclab_kit::report::{self, Runs};
use conclab_kit::scene::Scene;
use conclab_measure::Price;

use super::price_bare::cores;
use super::price_job::Kind;
use super::size::{Parameters, WORKERS_MAX};
use crate::words::{counted, thousands, unfinished};

/// The lab of few workers for many tasks.
#[derive(Clone, Copy, Debug)]
pub struct Pool;

/// Workers that wait for a server, if nothing is said: waiting takes no core.
const WAITERS: usize = 8;

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

    fn outcomes(&self) -> &'static [Key] {
        &super::variants::OUTCOMES
    }

    fn sized(&self, asked: &Parameters, world: World) -> Parameters {
        let (tasks, workers) = match world {
            World::Real if asked.job.work == Kind::Io => (64, WAITERS),
            World::Real => (64, cores().min(WORKERS_MAX)),
            World::Model => (3, 2),
        };
        // With fewer tasks than workers nobody can starve: only who asks for that gets it.
        let tasks = asked.tasks.unwrap_or_else(|| tasks.max(asked.workers.unwrap_or(1)));
        let workers = asked.workers.unwrap_or_else(|| workers.min(tasks));
        Parameters { tasks: Some(tasks), workers: Some(workers), ..asked.clone() }
    }

    fn refused(&self, asked: &Parameters) -> Option<String> {
        super::price_job::refused(&asked.job, self.sized(asked, World::Real).tasks())
    }

    fn in_class(&self, asked: &Parameters) -> Parameters {
        // With more there are more states than a class has time for. Whether there is a task for
        // each worker stays as it was.
        let (tasks, workers) = match (asked.tasks, asked.workers) {
            (Some(tasks), Some(workers)) if workers > tasks => (Some(1), Some(2)),
            (tasks, workers) => (tasks.map(|n| n.min(3)), workers.map(|n| n.min(2))),
        };
        Parameters { tasks, workers, ..asked.clone() }
    }

    fn values(&self, size: &Parameters) -> report::Parameters {
        report::Parameters(vec![("tasks", size.tasks() as u64), ("workers", size.workers() as u64)])
    }

    fn size_in_words(&self, size: &Parameters) -> String {
        format!("{}, {}", counted(size.tasks(), "task"), counted(size.workers(), "worker"))
    }

    fn tell(&self, size: &Parameters, runs: &Runs) -> String {
        let all = thousands(runs.runs);
        let more = unfinished(runs);
        let stuck = runs.outcomes.iter().filter(|seen| seen.outcome == DEADLOCK);
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

    fn runners(&self) -> &'static [Runner] {
        super::price_trace::RUNNERS
    }

    fn sized_to_record(&self, asked: &Parameters) -> Parameters {
        super::price_trace::sized(asked)
    }

    fn do_with(&self, runner: usize, size: &Parameters, stop: &Stop) -> Result<Done, String> {
        super::price_trace::do_with(runner, size, stop)
    }

    fn scenes(&self) -> &'static [Scene<Parameters>] {
        &super::scenes::SCENES
    }
}

#[cfg(test)]
mod tests {
    use super::super::price_job::JobFlags;
    use super::*;
    use crate::words::tests::runs;

    fn asked(tasks: impl Into<Option<usize>>, workers: impl Into<Option<usize>>) -> Parameters {
        Parameters { tasks: tasks.into(), workers: workers.into(), job: JobFlags::default() }
    }

    #[test]
    fn lost_answers_and_stuck_runs_are_told() {
        let told = |outcomes| Pool.tell(&asked(64, 2), &runs(outcomes));
        assert_eq!(
            told(&[("64 of 64 answers", 190), ("7 of 64 answers", 10)]),
            "10 of 200 runs lost answers: 64 expected, got as few as 7"
        );
        assert_eq!(told(&[("64 of 64 answers", 200)]), "0 of 200 runs lost answers: 64 expected");
        assert_eq!(
            told(&[("64 of 64 answers", 195), ("deadlock", 5)]),
            "5 of 200 runs got stuck: somebody waited for ever"
        );
    }

    #[test]
    fn a_class_gets_a_small_program_of_the_same_kind() {
        let class = |tasks: Option<usize>, workers: Option<usize>| {
            Pool.size_in_words(&Pool.sized(&Pool.in_class(&asked(tasks, workers)), World::Model))
        };
        assert_eq!(class(None, None), "3 tasks, 2 workers");
        assert_eq!(class(Some(10_000), Some(32)), "3 tasks, 2 workers");
        assert_eq!(class(Some(5), Some(9)), "1 task, 2 workers");
        assert_eq!(class(Some(1), None), "1 task, 1 worker");
        assert_eq!(class(None, Some(32)), "3 tasks, 2 workers");
    }

    #[test]
    fn real_runs_have_a_task_for_each_worker_unless_asked_otherwise() {
        for (tasks, workers) in [(None, Some(32)), (None, None), (Some(1), None)] {
            let size = Pool.sized(&asked(tasks, workers), World::Real);
            assert!(size.tasks() >= size.workers(), "{size:?}");
        }
    }
}
