//! What the lab only measures, and what it claims of that: ways to do the same work, mishaps, what
//! handing over costs, and Python.

use conclab_engine::stop::Stop;
use conclab_kit::scene::{Judged, Judgement, Measured, Scene};
use conclab_measure::cores;

use super::price_job::{Job, Kind};
use super::price_notes::{had_other_work, way};
use super::price_table::Found;
use super::price_ways::{failed, measured};
use super::python::python;
use super::size::Parameters;

/// The scenes, in the order of the screen.
pub(super) static SCENES: [Scene<Parameters>; 4] = [
    Scene {
        name: "ways",
        summary: "the same tasks in turn, by threads, by pools, by processes",
        claims: &["two workers or more are faster than one, where there are cores for them"],
        measure: ways,
    },
    Scene {
        name: "mishaps",
        summary: "what is left when one task panics, aborts or is killed",
        claims: &[
            "a panic costs its own answer and no other",
            "an abort in a thread ends the program, with every answer",
            "a killed worker process costs nothing: its task is done again",
        ],
        measure: mishaps,
    },
    Scene {
        name: "handing-over",
        summary: "what handing over a payload costs",
        claims: &[],
        measure: handing_over,
    },
    Scene {
        name: "python",
        summary: "the same tasks with the pools of Python's standard library",
        claims: &["Python's threads do not compute at the same time, its processes do"],
        measure: beside_python,
    },
];

/// Of the cores that a pool can use, the least part that it must be faster by.
const SPEED_UP_MIN: f64 = 0.6;

/// Threads that are faster together than one by more than this do compute at the same time.
const TOGETHER: f64 = 1.3;

fn open(why: impl Into<String>) -> Vec<Judged> {
    vec![(Judgement::Open, why.into())]
}

fn ways(size: &Parameters, stop: &Stop) -> Measured {
    match measured(size, stop) {
        Ok((exhibits, found)) => Measured { exhibits, judged: faster(size, &found) },
        Err(why) => Measured { exhibits: vec![failed(&why)], judged: open(why) },
    }
}

/// Whether our pool is clearly faster than one thread, where it can be.
fn faster(size: &Parameters, found: &Found) -> Vec<Judged> {
    let could = size.workers().min(cores());
    let Some(pool) = way(found, "our thread pool") else { return open("it was not measured") };
    let why = format!("{:.2}× with {could} of them", pool.speed_up);
    if size.job.work == Kind::Io || size.job.payload.is_some() || size.job.gil.is_some() {
        return open("these tasks are not for several cores");
    }
    if could < 2 {
        return open("there is one core, or one worker");
    }
    if let Some(busy) = had_other_work(size, found) {
        return open(busy.trim_end_matches('.'));
    }
    vec![(Judgement::of(pool.speed_up >= SPEED_UP_MIN * could as f64), why)]
}

#[cfg(unix)]
fn mishaps(size: &Parameters, stop: &Stop) -> Measured {
    // What each row of the table must show: answers, and what becomes of the program.
    let expected = [("3 of 4", "goes on"), ("0 of 4", "dies"), ("4 of 4", "goes on")];
    let played = super::price_ways::settings(size)
        .and_then(|it| super::crash::exhibit(&it, stop).map_err(|error| error.to_string()));
    match played {
        Ok(exhibit) => {
            let conclab_measure::Figures::Grid { rows, .. } = &exhibit.figures else {
                return Measured { exhibits: vec![exhibit], judged: Vec::new() };
            };
            let rows = rows.iter().zip(expected).zip(&exhibit.notes);
            let judged = rows.map(|(((_, cells), (answers, program)), note)| {
                let holds = cells[0] == answers && cells[1].starts_with(program);
                (Judgement::of(holds), note.clone())
            });
            Measured { judged: judged.collect(), exhibits: vec![exhibit] }
        }
        Err(why) => Measured {
            exhibits: vec![failed(&why)],
            judged: vec![(Judgement::Open, why); expected.len()],
        },
    }
}

#[cfg(unix)]
fn handing_over(size: &Parameters, stop: &Stop) -> Measured {
    let exhibit = super::price_ways::settings(size)
        .and_then(|it| super::serialisation::exhibit(&it, stop).map_err(|error| error.to_string()));
    let exhibit = exhibit.unwrap_or_else(|why| failed(&why));
    Measured { exhibits: vec![exhibit], judged: Vec::new() }
}

#[cfg(not(unix))]
fn mishaps(_: &Parameters, _: &Stop) -> Measured {
    Measured::default()
}

#[cfg(not(unix))]
fn handing_over(_: &Parameters, _: &Stop) -> Measured {
    Measured::default()
}

fn beside_python(size: &Parameters, stop: &Stop) -> Measured {
    if !size.job.python {
        return Measured { judged: open("--python was not given"), ..Measured::default() };
    }
    Measured { judged: judged_by_python(size, stop), ..Measured::default() }
}

fn judged_by_python(size: &Parameters, stop: &Stop) -> Vec<Judged> {
    let server = match size.job.work {
        Kind::Cpu => None,
        Kind::Io => match conclab_net::Server::start(size.workers().max(size.tasks()), stop) {
            Ok(server) => Some(server),
            Err(error) => return open(error.to_string()),
        },
    };
    let port = server.as_ref().map(conclab_net::Server::port);
    let job = Job::new(&size.job, size.tasks(), port);
    let python = match python(&job.tasks, size.workers(), stop) {
        Ok(python) => python,
        Err(why) => return open(why.to_string()),
    };
    let of = |class: &str| {
        let way = python.ways.iter().find(|way| way.name.contains(class));
        way.map_or(0.0, |way| way.speed_up)
    };
    let (threads, processes) = (of("Thread"), of("Process"));
    let why = format!(
        "Python {}, {} of these tasks, against itself in turn: threads {threads:.2}×, \
         processes {processes:.2}×",
        python.version, python.n_tasks
    );
    let can_tell = size.job.work == Kind::Cpu && size.workers().min(cores()) > 1;
    let holds = threads < TOGETHER && threads < processes;
    // Processes that are slow, too, had no cores: a busy machine.
    let judgement = match (can_tell && processes >= TOGETHER, holds) {
        (false, _) => Judgement::Open,
        (true, holds) => Judgement::of(holds),
    };
    vec![(judgement, why)]
}
