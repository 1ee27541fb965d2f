//! A lab's demo: Break and Price on real threads, Why and Fix in the model.

use std::time::Duration;

use clap::ArgMatches;
use clap::parser::ValueSource;
use conclab_engine::settings::{ModelSettings, RealSettings, Widen};
use conclab_engine::stop::Stop;
use conclab_kit::lab::{AnyLab, BoundLab, Purpose, VariantCard, World};
use conclab_kit::scene::{Claim, Judgement};
use conclab_measure::busy;

use super::explore;
use super::searches::{Searches, memory_max};
use crate::cli::{RUNS, Worlds};
use crate::exit::Exit;
use crate::found::{Demo, PROFILE, Part, Ran, Refusal, unforeseen};
use crate::render::{json, text};
use crate::session::Session;

/// Most states that a demo visits for one variant; `conclab explore` can do more.
const STATES_MAX: u64 = 500_000;

/// Runs with the window widened, if hardly anything went wrong without.
const WIDENED_RUNS: u64 = 20;

/// In a run some thread can always go on, but wake-ups take time, too: only runs that got less of
/// one core than this were starved by other programs.
const CLEARLY: f64 = 0.5;

/// Parts of the time allowed: no piece of a demo may starve the others.
mod share {
    /// The subject on real threads, if the number of runs was not asked for.
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

/// How long the subject runs on real threads at most, if the number of runs was not asked
/// for: a class does not wait longer for the screen.
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs the demo and prints its screen.
pub(super) fn run(
    searches: &Searches,
    flags: &ArgMatches,
    session: &Session,
) -> anyhow::Result<Exit> {
    let (lab, bound) = (searches.lab, searches.bound);
    let study = lab.bind(flags, Purpose::Study)?;
    let smaller = study.values(World::Model) != bound.values(World::Model);
    let subject = subject(lab, flags);
    let size_real = match subject {
        Some((index, _)) => bound.variant_in_words(World::Real, index),
        None => bound.size_in_words(World::Real),
    };
    let mut demo = Demo {
        subject: subject.map(|(_, card)| card),
        parts: parts(flags),
        size_real,
        flags: size_flags(lab, bound, flags),
        asked: smaller.then(|| size_flags(lab, &*study, flags)),
        ..session.demo(lab, bound)
    };
    let mut exit = Exit::Kept;
    if let Some(subject) = subject.filter(|_| demo.shows(Part::Break)) {
        break_it(&mut demo, searches, subject, flags, session);
    }
    if demo.shows(Part::Why) || demo.shows(Part::Fix) {
        exit = exit.max(explain(&mut demo, searches, session));
    }
    demo.evidence = evidence(&demo, bound);
    if demo.shows(Part::Price) && session.stop.reason().is_none() {
        // The last piece of work has all the time that is left.
        (demo.exhibits, demo.claims) = bound.measure(&session.stop);
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
    if demo.shows(Part::Price) && PROFILE == "debug" {
        session.note("a debug build: its prices say little; use cargo run --release");
    }
    Ok(exit)
}

/// The variant that BREAK and WHY are about, with its index: the one given, or the first.
fn subject(lab: &'static dyn AnyLab, flags: &ArgMatches) -> Option<(usize, VariantCard)> {
    let name = flags.try_get_one::<String>("variant").ok().flatten();
    let mut variants = lab.variants().into_iter().enumerate();
    variants.find(|(_, card)| name.is_none_or(|name| name == card.name))
}

/// The parts that were asked for, by name or by their world.
fn parts(flags: &ArgMatches) -> Vec<Part> {
    let only: Vec<Part> = flags.get_many("only").into_iter().flatten().copied().collect();
    match flags.get_one::<Worlds>("world") {
        _ if !only.is_empty() => only,
        Some(Worlds::Real) => vec![Part::Break, Part::Price],
        Some(Worlds::Model) => vec![Part::Why, Part::Fix],
        Some(Worlds::Both) | None => Part::ALL.to_vec(),
    }
}

/// BREAK: the subject on real threads, with the dial as given; if hardly anything goes wrong, once
/// more with the window widened: a rare failure is no less luck than none.
fn break_it(
    demo: &mut Demo,
    searches: &Searches,
    (index, card): (usize, VariantCard),
    flags: &ArgMatches,
    session: &Session,
) {
    let (lab, bound) = (searches.lab, searches.bound);
    let widen = flags.get_one::<Widen>("widen").copied().unwrap_or_default();
    let asked = flags.get_one::<u64>("runs").copied();
    let stop = match asked {
        Some(_) => session.share(share::RUNS_ASKED),
        None => session.share(share::RUNS).within(PATIENCE),
    };
    let runs = asked.unwrap_or(RUNS);
    let broke = ran(bound, (index, card), runs, widen, stop);
    let rare = !card.right && 2 * broke.report.failed() <= broke.report.runs;
    demo.broke = Some(broke);
    if rare && widen == Widen::None && session.stop.reason().is_none() {
        let stop = session.share(share::WIDENED);
        demo.widened = Some(ran(bound, (index, card), WIDENED_RUNS, Widen::Handshake, stop));
    }
    if !session.globals.verbose {
        return;
    }
    for variant in lab.variants().into_iter().enumerate() {
        if variant.0 != index && session.stop.reason().is_none() {
            demo.others.push(ran(bound, variant, runs, widen, session.share(share::OTHERS)));
        }
    }
}

fn ran(
    bound: &dyn BoundLab,
    (index, card): (usize, VariantCard),
    runs: u64,
    widen: Widen,
    stop: Stop,
) -> Ran {
    let settings = RealSettings { runs, widen, stop, hang: false };
    let (report, got) = busy::crowded(|| bound.run(index, &settings));
    let told = if report.failed() > 0 { bound.tell(&report) } else { String::new() };
    // In a window that is widened threads wait for each other.
    let busy = got
        .filter(|_| widen == Widen::None)
        .and_then(|got| busy::said("the runs", got, 1.0, CLEARLY));
    Ran { report, told, right: card.right, busy }
}

/// WHY and FIX: every variant in the model, or only the subject; each with a fair part of the time
/// that is left.
fn explain(demo: &mut Demo, searches: &Searches, session: &Session) -> Exit {
    let variants = searches.lab.variants();
    let part = share::MODEL / variants.len().max(1) as f64;
    let mut exit = Exit::Kept;
    for (index, card) in variants.into_iter().enumerate() {
        if session.stop.reason().is_some() {
            break;
        }
        if !demo.shows(Part::Fix) && demo.subject.is_none_or(|subject| subject.name != card.name) {
            continue;
        }
        let memory_max = memory_max();
        let settings =
            ModelSettings { memory_max, ..ModelSettings::new(STATES_MAX, session.share(part)) };
        match explore::variant(searches, index, &settings, session) {
            Ok((one, _)) => {
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
fn evidence(demo: &Demo, bound: &dyn BoundLab) -> Vec<conclab_kit::report::Evidence> {
    let real = demo.broke.iter().chain(&demo.widened).find_map(|ran| ran.report.wait_for.as_ref());
    let first = demo.explored_subject().and_then(|one| one.report.counterexample.as_ref());
    let stuck = real.or_else(|| first.and_then(|run| run.wait_for.as_ref()));
    stuck.map(|graph| bound.evidence(graph)).unwrap_or_default()
}

/// How the demo ends as far as the real runs go, whose number was `asked` for or not; a broken
/// promise is told on stderr.
fn judged(demo: &Demo, asked: bool, session: &Session) -> Exit {
    let mut exit = Exit::Kept;
    for claim in demo.claims.iter().filter(|claim| claim.judgement == Judgement::Fails) {
        let Claim { scene, claim, because, .. } = claim;
        session.complain(&format!("{scene}: a claim fails: {claim}: {because}"));
        exit = Exit::Broken;
    }
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

/// Flags that were typed and belong to the lab: what repeats the same size in another command.
fn size_flags(lab: &'static dyn AnyLab, bound: &dyn BoundLab, flags: &ArgMatches) -> String {
    let own = lab.with_flags(clap::Command::new("size"));
    let typed = |id: &str| flags.value_source(id) == Some(ValueSource::CommandLine);
    let mut text = String::new();
    for (name, value) in bound.values(World::Model).0 {
        let flag = own.get_arguments().find(|flag| flag.get_long() == Some(name));
        if flag.is_some_and(|flag| typed(flag.get_id().as_str())) {
            text = format!("{text} --{name} {value}");
        }
    }
    text
}
