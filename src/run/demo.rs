//! A lab's demo: Break and Price on real threads, Why and Fix in the model.

use std::time::Duration;

use clap::ArgMatches;
use conclab_engine::lab::{AnyLab, BoundLab, Purpose, RealSettings, Widen, World};
use conclab_engine::stop::Stop;

use super::explore::{self, Budget};
use super::{Session, size_flags};
use crate::cli::{RUNS, Worlds};
use crate::exit::Exit;
use crate::found::{Demo, PROFILE, Ran, Refusal, unforeseen};
use crate::render::{json, text};

/// Most states that a demo visits for one variant; `conclab explore` can do more.
const STATES_MAX: u64 = 500_000;

/// Runs with the window widened, if nothing went wrong without.
const WIDENED_RUNS: u64 = 20;

/// Parts of the time allowed: no piece of a demo may starve the others.
mod share {
    /// The first variant on real threads, if the number of runs was not asked for.
    pub(super) const RUNS: f64 = 0.2;
    /// The same, if it was: the class shall still see why.
    pub(super) const RUNS_ASKED: f64 = 0.4;
    /// The same with the window widened.
    pub(super) const WIDENED: f64 = 0.1;
    /// The other variants on real threads, each.
    pub(super) const OTHERS: f64 = 0.04;
    /// All variants in the model.
    pub(super) const MODEL: f64 = 0.25;
}

/// How long the first variant runs on real threads at most, if the number of runs was not asked
/// for: a class does not wait longer for the screen.
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs the demo and prints its screen.
pub(super) fn run(
    lab: &'static dyn AnyLab,
    flags: &ArgMatches,
    session: &Session,
) -> anyhow::Result<Exit> {
    let bound = lab.bind(flags, Purpose::Demo)?;
    let study = lab.bind(flags, Purpose::Study)?;
    let smaller = study.values(World::Model) != bound.values(World::Model);
    let worlds = flags.get_one::<Worlds>("world").copied().unwrap_or(Worlds::Both);
    let mut demo = Demo {
        flags: size_flags(lab, &*bound, flags),
        asked: smaller.then(|| size_flags(lab, &*study, flags)),
        ..session.demo(lab, &*bound)
    };
    let mut exit = Exit::Kept;
    if worlds != Worlds::Model {
        break_it(&mut demo, lab, &*bound, flags, session);
    }
    if worlds != Worlds::Real {
        exit = exit.max(explain(&mut demo, lab, &*bound, session));
    }
    demo.evidence = evidence(&demo, &*bound);
    if worlds != Worlds::Model && session.stop.reason().is_none() {
        // The last piece of work has all the time that is left.
        demo.exhibits = bound.exhibits(&session.stop);
        demo.prices = bound.prices(&session.stop);
    }
    demo.prices_limit = session.stop.reason();
    let asked = flags.contains_id("runs");
    exit = exit.max(judged(&demo, asked, session)).max(Exit::of_limit(session.stop.reason()));
    session.print(&if session.is_json() {
        json::demo(&demo, &session.screen)
    } else {
        text::demo(&demo, session.globals.verbose, &session.screen)
    })?;
    if worlds != Worlds::Model && PROFILE == "debug" {
        session.note("a debug build: its prices say little; use cargo run --release");
    }
    Ok(exit)
}

/// BREAK: the first variant on real threads, with the dial as given; if nothing goes wrong, once
/// more with the window widened.
fn break_it(
    demo: &mut Demo,
    lab: &'static dyn AnyLab,
    bound: &dyn BoundLab,
    flags: &ArgMatches,
    session: &Session,
) {
    let widen = flags.get_one::<Widen>("widen").copied().unwrap_or_default();
    let asked = flags.get_one::<u64>("runs").copied();
    let stop = match asked {
        Some(_) => session.share(share::RUNS_ASKED),
        None => session.share(share::RUNS).within(PATIENCE),
    };
    let runs = asked.unwrap_or(RUNS);
    let broke = ran(bound, 0, runs, widen, stop);
    let none = broke.report.failed() == 0;
    demo.broke = Some(broke);
    if none && widen == Widen::None && session.stop.reason().is_none() {
        let stop = session.share(share::WIDENED);
        demo.widened = Some(ran(bound, 0, WIDENED_RUNS, Widen::Handshake, stop));
    }
    if !session.globals.verbose {
        return;
    }
    for variant in 1..lab.variants().len() {
        if session.stop.reason().is_none() {
            demo.others.push(ran(bound, variant, runs, widen, session.share(share::OTHERS)));
        }
    }
}

fn ran(bound: &dyn BoundLab, variant: usize, runs: u64, widen: Widen, stop: Stop) -> Ran {
    let report = bound.run(variant, &RealSettings { runs, widen, stop, hang: false });
    let told = if report.failed() > 0 { bound.tell(&report) } else { String::new() };
    Ran { report, told }
}

/// WHY and FIX: every variant in the model, each with a fair part of the time that is left.
fn explain(
    demo: &mut Demo,
    lab: &'static dyn AnyLab,
    bound: &dyn BoundLab,
    session: &Session,
) -> Exit {
    let variants = lab.variants();
    let part = share::MODEL / variants.len().max(1) as f64;
    let mut exit = Exit::Kept;
    for (index, card) in variants.into_iter().enumerate() {
        if session.stop.reason().is_some() {
            break;
        }
        let budget = Budget { states_max: STATES_MAX, stop: session.share(part) };
        match explore::variant(lab, bound, (index, card), budget, session) {
            Ok(one) => {
                exit = exit.max(Exit::of_exploration(&one.report));
                explore::complain(&one, session);
                demo.explored.push(one);
            }
            Err(error) => {
                exit = exit.max(Exit::of_refusal(&error));
                demo.refused.push(Refusal { variant: card.name, because: error.to_string() });
            }
        }
    }
    exit
}

/// The lab's claims, with the evidence of a real run that got stuck, or of the model's.
fn evidence(demo: &Demo, bound: &dyn BoundLab) -> Vec<conclab_engine::report::Evidence> {
    let real = demo.broke.iter().chain(&demo.widened).find_map(|ran| ran.report.wait_for.as_ref());
    let first = demo.explored.first().and_then(|one| one.report.counterexample.as_ref());
    let stuck = real.or_else(|| first.and_then(|run| run.wait_for.as_ref()));
    stuck.map(|graph| bound.evidence(graph)).unwrap_or_default()
}

/// How the demo ends as far as the real runs go, whose number was `asked` for or not; a broken
/// promise is told on stderr.
fn judged(demo: &Demo, asked: bool, session: &Session) -> Exit {
    let mut exit = Exit::Kept;
    for ran in demo.runs() {
        exit = exit.max(Exit::of_runs(&ran.report, asked));
        for seen in unforeseen(&ran.report) {
            let (variant, outcome, runs) = (&ran.report.variant, &seen.outcome, seen.runs);
            session.complain(&format!(
                "{variant}: broken promise: {runs} runs on real threads ended in `{outcome}`"
            ));
        }
    }
    exit
}
