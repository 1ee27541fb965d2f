//! Ways of the table that can be recorded: the same job once, with lanes for all who work at it.

use std::sync::Arc;

use conclab_engine::stop::Stop;
use conclab_kit::lab::{Done, Runner};

use super::price_job::{Job, Kind};
use super::price_runners::{Crew, answers};
use super::recorded::Recorded;
use super::size::Parameters;
use super::work::Answer;
use super::{Gil, ThreadPool};
use conclab_net::Server;

/// Tasks and workers, if nothing is said: few enough to be told apart on a screen.
const TASKS: usize = 4;
const WORKERS: usize = 2;

/// What can be recorded. The order is that of `do_with`.
#[cfg(unix)]
pub(super) const RUNNERS: &[Runner] = &[THREADS, PROCESSES];
#[cfg(not(unix))]
pub(super) const RUNNERS: &[Runner] = &[THREADS];

const THREADS: Runner = Runner { name: "threads", summary: "our thread pool" };
#[cfg(unix)]
const PROCESSES: Runner = Runner { name: "processes", summary: "the process pool" };

/// The size of a recorded run.
pub(super) fn sized(asked: &Parameters) -> Parameters {
    let tasks = asked.tasks.unwrap_or_else(|| TASKS.max(asked.workers.unwrap_or(1)));
    let workers = asked.workers.unwrap_or_else(|| WORKERS.min(tasks));
    Parameters { tasks: Some(tasks), workers: Some(workers), ..asked.clone() }
}

/// Does the job that the flags ask for, once.
pub(super) fn do_with(runner: usize, size: &Parameters, stop: &Stop) -> Result<Done, String> {
    let server = match size.job.work {
        Kind::Cpu => None,
        Kind::Io => {
            let clients = size.tasks().max(size.workers());
            Some(Server::start(2 * clients, stop).map_err(|error| error.to_string())?)
        }
    };
    let port = server.as_ref().map(Server::port);
    let (job, sum) = Job::to_record(&size.job, size.tasks(), port);
    let done = match RUNNERS.get(runner).map(|runner| runner.name) {
        #[cfg(unix)]
        Some(name) if name == PROCESSES.name => processes(size, &job, sum, stop),
        _ => threads(size, &job, sum, stop),
    };
    if let Some(port) = port {
        conclab_net::close(port);
    }
    done
}

fn threads(size: &Parameters, job: &Job, sum: Answer, stop: &Stop) -> Result<Done, String> {
    let pool = ThreadPool::<Recorded>::new(size.workers(), size.tasks());
    let pool = pool.map_err(|error| error.to_string())?;
    let crew = Crew(job.gil.map(|interval| Arc::new(Gil::new(interval))));
    let answers: Vec<_> = answers(&pool, job, &crew, stop).collect();
    pool.shutdown();
    let mut done = judged(answers, sum);
    if size.job.crash.is_some() {
        done.because += " No task was lethal: only worker processes are killed.";
    }
    Ok(done)
}

#[cfg(unix)]
fn processes(size: &Parameters, job: &Job, sum: Answer, stop: &Stop) -> Result<Done, String> {
    use std::fmt::Write as _;

    use conclab_workers::ProcessPool;

    let settings = super::price_ways::settings(size)?;
    let mut pool = ProcessPool::<super::role::Tasks>::start(&settings, stop)
        .map_err(|error| error.to_string())?;
    let answers = pool.map(&job.for_processes, stop);
    let answers = answers.into_iter().map(|answer| answer.map_err(|error| error.to_string()));
    let mut done = judged(answers.collect(), sum);
    let report = pool.report();
    if report.n_deaths > 0 {
        let (replaced, again) = (report.replaced, report.run_again);
        let killed = report.n_deaths;
        let _ = write!(
            done.because,
            " Worker processes killed: {killed}, replaced: {replaced}; tasks handed out again: \
             {again}."
        );
    }
    Ok(done)
}

/// Whether all answers came, and were right.
fn judged(answers: Vec<Result<Answer, String>>, expected: Answer) -> Done {
    let n = answers.len();
    let came = answers.iter().filter(|answer| answer.is_ok()).count();
    let failed = answers.iter().find_map(|answer| answer.as_ref().err().cloned());
    let sum: Answer = answers.into_iter().flatten().sum();
    let right = failed.is_none() && sum == expected;
    let because = match failed {
        Some(why) => format!("The first that failed: {why}."),
        None if right => "Every task got its answer.".to_owned(),
        None => format!("The answers add up to {sum}, and not to {expected}."),
    };
    Done { outcome: format!("{came} of {n} answers"), right, because }
}

#[cfg(test)]
mod tests {
    use super::super::price_job::JobFlags;
    use super::super::work::Work;
    use super::*;

    #[test]
    fn the_answers_of_a_recorded_run_are_known_before() {
        for payload in [None, Some(700)] {
            let flags = JobFlags { payload, ..JobFlags::default() };
            let (job, sum) = Job::to_record(&flags, 7, None);
            assert_eq!(job.tasks.iter().flat_map(Work::run).sum::<u64>(), sum);
        }
    }
}
