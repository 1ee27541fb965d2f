//! Every lab in both worlds: promises kept in the model, and nothing on real threads that the
//! model does not know.

use std::collections::BTreeSet;

use clap::Command;
use conclab_engine::settings::{ModelSettings, RealSettings, Widen};
use conclab_engine::stop::Stop;
use conclab_kit::lab::{AnyLab, BoundLab, Purpose, World};
use conclab_kit::report::{Expectation, Exploration, Outcome, Verdict};

/// Small programs of each lab: flags by lab.
fn sizes(lab: &str) -> &'static [&'static [&'static str]] {
    match lab {
        "race" => &[
            &["--threads", "1", "--increments", "2"],
            &["--threads", "2", "--increments", "1"],
            &["--threads", "2", "--increments", "3"],
            &["--threads", "3", "--increments", "1"],
            &["--threads", "3", "--increments", "2"],
        ],
        "deadlock" => &[&["--threads", "2"], &["--threads", "3"], &["--threads", "4"]],
        "semaphore" => &[
            &["--workers", "3", "--permits", "1", "--rounds", "1"],
            &["--workers", "3", "--permits", "2", "--rounds", "2"],
            &["--workers", "2", "--permits", "1", "--rounds", "2"],
            &["--workers", "4", "--permits", "2", "--rounds", "1"],
        ],
        "spinlock" => &[
            &["--threads", "1", "--increments", "2"],
            &["--threads", "2", "--increments", "1"],
            &["--threads", "2", "--increments", "2"],
            &["--threads", "3", "--increments", "1"],
        ],
        "pool" => &[
            &["--tasks", "2", "--workers", "1"],
            &["--tasks", "2", "--workers", "2"],
            &["--tasks", "3", "--workers", "2"],
        ],
        _ => &[&[]],
    }
}

fn bind(lab: &'static dyn AnyLab, flags: &[&str]) -> Box<dyn BoundLab> {
    let command = lab.with_flags(Command::new("lab").no_binary_name(true));
    let matches = command.try_get_matches_from(flags).expect("the flags are right");
    lab.bind(&matches, Purpose::Study).expect("the flags are right")
}

fn explore(bound: &dyn BoundLab, variant: usize) -> Exploration {
    let settings = ModelSettings::new(2_000_000, Stop::never());
    let searched = bound.search(variant, &settings, &mut |_| {}).expect("labs are deterministic");
    searched.report().expect("labs are deterministic")
}

/// Calls `check` with every variant of every lab at every small size.
fn everywhere(check: impl Fn(&str, &dyn BoundLab, usize, bool)) {
    for &lab in conclab_labs::catalogue() {
        for &flags in sizes(lab.card().name) {
            let bound = bind(lab, flags);
            for (index, variant) in lab.variants().iter().enumerate() {
                let place = format!("{} {} {}", lab.card().name, variant.name, flags.join(" "));
                check(&place, bound.as_ref(), index, variant.right);
            }
        }
    }
}

#[test]
fn every_promise_is_kept_in_every_interleaving() {
    everywhere(|place, bound, variant, _| {
        let found = explore(bound, variant);
        assert!(found.exhaustive, "{place}");
        assert_eq!(found.broken_promises, Vec::<String>::new(), "{place}");
        // Outcomes are data, too.
        assert!(found.outcomes.iter().all(|one| one.shows.is_some()), "{place}: {found:?}");
    });
}

#[test]
fn right_variants_are_proved_and_wrong_ones_refuted() {
    everywhere(|place, bound, variant, right| {
        let found = explore(bound, variant);
        let alone = bound.values(World::Model).0.contains(&("threads", 1));
        let expected = if right || alone { Verdict::Proved } else { Verdict::Refuted };
        assert_eq!(found.verdict, expected, "{place}");
        let counterexample = found.counterexample.as_ref();
        assert_eq!(counterexample.is_some(), expected == Verdict::Refuted, "{place}");
        assert!(counterexample.is_none_or(|shown| shown.schedule.is_some()), "{place}");
    });
}

/// Where a size is too small for a mistake, the size that is named instead shows it.
#[test]
fn every_wrong_variant_fails_at_the_usual_size() {
    everywhere(|place, bound, variant, right| {
        let found = explore(bound, variant);
        assert_eq!(found.fails_at.is_some(), found.verdict == Verdict::Proved && !right, "{place}");
    });
    let mut n_wrong = 0;
    for &lab in conclab_labs::catalogue() {
        let usual = bind(lab, &[]);
        for (index, variant) in lab.variants().iter().enumerate().filter(|(_, it)| !it.right) {
            let place = format!("{} {}", lab.card().name, variant.name);
            assert_eq!(explore(&*usual, index).verdict, Verdict::Refuted, "{place}");
            n_wrong += 1;
        }
    }
    assert!(n_wrong > 5, "few variants are wrong");
}

#[test]
fn only_the_polite_retry_can_be_kept_from_its_end() {
    everywhere(|place, bound, variant, _| {
        let endless = explore(bound, variant).endless;
        assert_eq!(endless.is_some(), place.contains("try-lock-release"), "{place}");
        if let Some(endless) = endless {
            assert!(endless.odds.abs() < f64::EPSILON, "{place}: a fair scheduler ends it");
            let round = &endless.interleaving;
            assert!(round.loops_to.is_some_and(|step| step < round.steps.len()), "{place}");
        }
    });
}

#[test]
fn real_threads_show_nothing_that_the_model_does_not_know() {
    everywhere(|place, bound, variant, _| {
        let model: BTreeSet<String> =
            explore(bound, variant).outcomes.into_iter().map(|one| one.outcome).collect();
        for widen in [Widen::None, Widen::Yield, Widen::Sleep, Widen::Handshake] {
            let settings = RealSettings { runs: 20, widen, stop: Stop::never(), hang: false };
            let runs = bound.run(variant, &settings);
            assert_eq!((runs.runs, runs.unfinished), (20, 0), "{place}");
            for seen in &runs.outcomes {
                assert!(model.contains(&seen.outcome), "{place}: real threads end in {seen:?}");
            }
        }
    });
}

#[test]
fn a_handshake_shows_the_first_wrong_variant_of_every_lab_in_every_run() {
    for &lab in conclab_labs::catalogue() {
        // The first size may be one thread alone, which nobody disturbs.
        let sizes = sizes(lab.card().name);
        let bound = bind(lab, sizes.get(1).unwrap_or(&sizes[0]));
        let widen = Widen::Handshake;
        let settings = RealSettings { runs: 50, widen, stop: Stop::never(), hang: false };
        let runs = bound.run(0, &settings);
        assert_eq!((runs.runs, runs.failed()), (50, 50), "{}", lab.card().name);
    }
}

#[test]
fn the_model_names_every_thread_lock_and_line_of_a_deadlock() {
    let deadlock = conclab_labs::catalogue().iter().find(|lab| lab.card().name == "deadlock");
    let found = explore(bind(*deadlock.unwrap(), &["--threads", "3"]).as_ref(), 0);
    let stuck = found.counterexample.unwrap().wait_for.unwrap();
    assert_eq!(stuck.cycle, ["A", "B", "C"]);
    let ring = stuck.waiting.iter().filter(|one| stuck.cycle.contains(&one.thread));
    let told: Vec<_> = ring
        .map(|one| {
            assert!(one.wants.file.ends_with("deadlock/mod.rs") && one.wants.line > 0);
            assert!(one.holds[0].line > 0 && one.holds[0].line < one.wants.line);
            let held_by = one.held_by.as_deref().unwrap();
            format!(
                "{} has {} wants {} of {held_by}",
                one.thread, one.holds[0].name, one.wants.name
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "A has account 0 wants account 1 of B",
            "B has account 1 wants account 2 of C",
            "C has account 2 wants account 0 of A",
        ]
    );
}

/// Whoever follows the hints ends in the simplest failure, and every count on the way is the sum
/// of what can come next.
#[test]
fn every_variant_can_be_played_to_its_simplest_failure() {
    let settings = ModelSettings::new(2_000_000, Stop::never());
    let total = |counts: Vec<Option<&String>>| -> Option<u128> {
        counts.into_iter().map(|count| count?.parse::<u128>().ok()).sum()
    };
    everywhere(|place, bound, variant, _| {
        let game = bound.search(variant, &settings, &mut |_| {}).expect("labs are deterministic");
        let begin = game.position(&[]).expect("labs are deterministic");
        let shown = game.report().expect("labs are deterministic").counterexample;
        assert_eq!(begin.best.is_some(), shown.is_some(), "{place}");
        let Some(shown) = shown else { return };
        assert_eq!(begin.switches_best, Some(shown.context_switches), "{place}");
        let mut moves = Vec::new();
        let mut here = begin;
        while let Some(best) = here.best {
            moves.push(best);
            let next = game.position(&moves).expect("labs are deterministic");
            let chosen = &here.moves[best];
            assert!(chosen.can_fail && !here.failed, "{place}: {chosen:?}");
            if !next.moves.is_empty() && chosen.failing.is_some() {
                let failing = next.moves.iter().map(|one| one.failing.as_ref()).collect();
                let all = next.moves.iter().map(|one| one.interleavings.as_ref()).collect();
                assert_eq!(total(failing), total(vec![chosen.failing.as_ref()]), "{place}");
                assert_eq!(total(all), total(vec![chosen.interleavings.as_ref()]), "{place}");
            }
            here = next;
        }
        assert!(here.failed, "{place}: {here:?}");
        assert_eq!(game.solution(), Some(moves), "{place}");
        assert_eq!(here.told.schedule, shown.schedule, "{place}");
    });
}

/// The graph as data tells the same as the game, state by state, also where not all of it is in.
#[test]
fn an_exported_graph_can_be_played_like_the_program() {
    let settings = ModelSettings::new(2_000_000, Stop::never());
    everywhere(|place, bound, variant, _| {
        let game = bound.search(variant, &settings, &mut |_| {}).expect("labs are deterministic");
        let graph = game.graph(300).expect("labs are deterministic");
        let text = |number: u32| &graph.texts[number as usize];
        let all = usize::try_from(graph.states_all).expect("small programs");
        let solution = game.solution().unwrap_or_default();
        assert_eq!(graph.states.len(), all.min(300.max(solution.len() + 1)), "{place}");
        let bad = |one: &&Outcome| one.expectation != Some(Expectation::Acceptable);
        let outcomes = game.report().expect("labs are deterministic").outcomes;
        let odds: Option<f64> = outcomes.iter().filter(bad).map(|one| one.odds).sum();
        let known = odds.expect("the search was exhaustive");
        assert!((graph.states[0].odds - known).abs() < 1e-9, "{place}");
        let mut at = 0;
        for n in 0..=solution.len() {
            let here = game.position(&solution[..n]).expect("labs are deterministic");
            let state = &graph.states[at];
            let objects: Vec<_> =
                state.objects.iter().map(|[name, value]| (text(*name), text(*value))).collect();
            let expected: Vec<_> = here.state.iter().map(|(name, value)| (name, value)).collect();
            assert_eq!(objects, expected, "{place} after {n} moves");
            let moves: Vec<_> = state.moves.iter().map(|one| text(one.operation)).collect();
            let expected: Vec<_> = here.moves.iter().map(|one| &one.operation).collect();
            assert_eq!(moves, expected, "{place} after {n} moves");
            assert_eq!(state.outcome.map(text).is_some_and(|_| here.failed), here.failed);
            let Some(&next) = solution.get(n) else { break };
            at = state.moves[next].to.expect("the way to the failure is in") as usize;
        }
    });
}
