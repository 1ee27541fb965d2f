//! The same job done in every way, measured in alternation: the table of the lab.

use std::sync::Arc;
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;
use conclab_measure::{Exhibit, Figures};

use crate::words::counted;

use super::price_job::{Job, Kind, Transport};
use super::price_notes::notes;
use super::price_runners::{Crew, Runner, THREADS_MAX};
use super::price_table::{Found, Sample, ways};
use super::size::Parameters;
use super::{Gil, ThreadPool};
use conclab_measure::cost::measure;
use conclab_net::{Multiplexer, Server};

/// Rounds are begun until this is over.
const BUDGET: Duration = Duration::from_secs(2);

/// Most rounds.
const ROUNDS_MAX: usize = 5;

/// Tasks that wait in our pool, at most.
const CAPACITY: usize = 1_024;

/// Measures the job that the flags ask for: the table of all ways, and the ways themselves.
///
/// # Errors
/// Why there is no server to wait for.
pub(super) fn measured(size: &Parameters, stop: &Stop) -> Result<(Vec<Exhibit>, Found), String> {
    let n_tasks = size.tasks();
    let flags = &size.job;
    let server = match flags.work {
        Kind::Cpu => None,
        // Every way has connections of its own: threads, worker processes, and the multiplexer.
        Kind::Io => {
            let server = Server::start(3 * n_tasks.max(size.workers()), stop);
            Some(server.map_err(|error| error.to_string())?)
        }
    };
    let port = server.as_ref().map(Server::port);
    let job = Job::new(flags, n_tasks, port);
    let found = found(size, &job, port, stop);
    if let Some(port) = port {
        conclab_net::close(port);
    }
    if found.ways.is_empty() {
        return Ok((Vec::new(), found));
    }
    let n = found.ways.iter().map(|way| way.n).min().unwrap_or(0);
    let (tasks, workers) = (counted(n_tasks, "task"), counted(size.workers(), "worker"));
    let exhibit = Exhibit {
        title: format!("{tasks}, {workers}: {} (median of {n})", job.what),
        figures: Figures::Ways { ways: found.ways.clone() },
        notes: notes(size, &found),
    };
    Ok((vec![exhibit], found))
}

/// Says in place of figures why there are none.
pub(super) fn failed(why: &str) -> Exhibit {
    let figures = Figures::Grid { corner: String::new(), columns: Vec::new(), rows: Vec::new() };
    Exhibit { title: format!("not measured: {why}"), figures, notes: Vec::new() }
}

#[cfg(unix)]
pub(super) fn settings(size: &Parameters) -> Result<conclab_workers::Settings, String> {
    use conclab_workers::Wiring;

    use super::role::Tasks;

    let settings = conclab_workers::Settings::this_program::<Tasks>(size.workers());
    let settings = settings.map_err(|error| format!("this program is not to be found: {error}"))?;
    let wiring = match size.job.transport {
        Transport::Pipe => Wiring::Pipe,
        Transport::SharedMemory => Wiring::SharedMemory,
    };
    Ok(conclab_workers::Settings { wiring, ..settings })
}

/// Runs every way in turn, round after round.
fn found(size: &Parameters, job: &Job, port: Option<u16>, stop: &Stop) -> Found {
    let mut remarks = Vec::new();
    let mut runners = runners(size, port, stop, &mut remarks);
    let crew = Crew(job.gil.map(|interval| Arc::new(Gil::new(interval))));
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); runners.len()];
    let mut right = None;
    let begin = Instant::now();
    for _ in 0..ROUNDS_MAX {
        for (runner, samples) in runners.iter_mut().zip(&mut samples) {
            let before = runner.bytes();
            let (sum, measured) = measure(runner.children(), || runner.run(job, &crew, stop));
            if stop.reason().is_some() {
                break;
            }
            match sum {
                Ok(sum) if sum == *right.get_or_insert(sum) => {
                    let bytes = runner.bytes().zip(before).map(|(after, before)| after - before);
                    samples.push(Sample { measured, bytes });
                }
                Ok(_) => remarks.push(format!("{} gave a wrong answer", runner.name())),
                Err(why) => remarks.push(format!("{}: {why}", runner.name())),
            }
        }
        if begin.elapsed() > BUDGET || stop.reason().is_some() {
            break;
        }
    }
    remarks.extend(runners.iter().filter_map(deaths));
    remarks.dedup();
    Found { ways: ways(size, port.is_some(), &runners, &samples), remarks }
}

/// What became of workers that were killed.
fn deaths(runner: &Runner) -> Option<String> {
    match runner {
        #[cfg(unix)]
        Runner::Processes(pool) => {
            let report = pool.report();
            (report.n_deaths > 0).then(|| {
                format!(
                    "{} worker processes were killed in the middle of a task (all rounds) and {} \
                     replaced; {} tasks were done again.",
                    report.n_deaths, report.replaced, report.run_again
                )
            })
        }
        _ => None,
    }
}

/// Starts what each way needs; says which way there is not, and why.
fn runners(
    size: &Parameters,
    port: Option<u16>,
    stop: &Stop,
    remarks: &mut Vec<String>,
) -> Vec<Runner> {
    let (workers, n_tasks) = (size.workers(), size.tasks());
    let mut runners = vec![Runner::InTurn];
    if n_tasks <= THREADS_MAX {
        runners.push(Runner::ThreadPerTask);
    } else {
        remarks.push(format!("A thread per task is left out: {n_tasks} at once are too many."));
    }
    let mut add = |name: &str, runner: Result<Runner, String>| match runner {
        Ok(runner) => runners.push(runner),
        Err(why) => remarks.push(format!("{name}: {why}")),
    };
    let ours = ThreadPool::new(workers, CAPACITY).map(Runner::OurPool);
    add("our thread pool", ours.map_err(|error| error.to_string()));
    let rayon = rayon::ThreadPoolBuilder::new().num_threads(workers).build().map(Runner::Rayon);
    add("rayon", rayon.map_err(|error| error.to_string()));
    #[cfg(unix)]
    add(
        "process pool",
        settings(size).and_then(|settings| {
            let pool = conclab_workers::ProcessPool::<super::role::Tasks>::start(&settings, stop);
            pool.map(Runner::Processes).map_err(|error| error.to_string())
        }),
    );
    if let Some(port) = port {
        let threads = n_tasks.min(THREADS_MAX);
        if let Err(error) = conclab_net::open(port, threads, stop) {
            add("a thread per task", Err(error.to_string()));
        }
        let multiplexer = Multiplexer::open(port, n_tasks, stop).map(Runner::Multiplexer);
        add("one, all at once", multiplexer.map_err(|error| error.to_string()));
    }
    runners
}
