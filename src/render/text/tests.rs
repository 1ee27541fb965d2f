//! Laws of every screen, checked on fixed reports: size, alphabet, no escapes without colour.

use conclab_engine::report::{Count, Limit, MemoryModel};
use conclab_kit::report::{Outcome, Verdict};
use num_bigint::BigUint;
use snapbox::{assert_data_eq, file};
use unicode_width::UnicodeWidthStr as _;

use super::{Telling, demo, explorations, replay};
use crate::found::{Demo, Part, Ran, Replayed, sample};
use crate::screen::Screen;

const PLAIN: Screen = Screen::PLAIN;
const ASCII: Screen = Screen { ascii: true, ..PLAIN };
const COLOUR: Screen = Screen { colour: true, ..PLAIN };

/// Demos that are hard to fit.
fn demos() -> Vec<Demo> {
    let mut crowded = sample::deadlock();
    crowded.flags = " --threads 64 --increments 1000000".to_owned();
    crowded.card.summary = "64 threads move money around a ring of as many accounts, and on";
    for one in &mut crowded.explored {
        let all = BigUint::from(7_u32).pow(400);
        one.report.interleavings = Count::Exactly(all.clone());
        one.report.outcomes[0].interleavings = Count::Exactly(all);
        if let Some(run) = &mut one.report.counterexample {
            let long = sample::lost_update(50);
            run.threads = (0..64).map(|n| format!("thread {n}")).collect();
            run.steps = long.steps;
            run.schedule = Some("7".repeat(300));
            if let Some(graph) = &mut run.wait_for {
                graph.waiting = vec![graph.waiting[0].clone(); 64];
                graph.cycle.clone_from(&run.threads);
            }
        }
    }
    let mut open = sample::race();
    for one in &mut open.explored {
        one.report.verdict = Verdict::NotExhausted;
        one.report.limit = Some(Limit::States);
        one.report.exhaustive = false;
        one.report.counterexample = None;
    }
    let mut silent = sample::race();
    silent.broke.as_mut().expect("the race was run").report = sample::runs("race", "x", 0, "");
    silent.stamp.cores = 1;
    vec![sample::race(), sample::deadlock(), crowded, open, silent]
}

#[test]
fn every_demo_fits_80_columns_and_24_rows() {
    for one in demos() {
        for screen in [PLAIN, ASCII, Screen { width: 120, ..PLAIN }, Screen { width: 60, ..PLAIN }]
        {
            let text = demo(&one, false, &screen);
            assert!(text.lines().count() <= 24, "{} lines:\n{text}", text.lines().count());
            for line in text.lines() {
                assert!(line.width() <= screen.width.min(80), "{line}");
                assert!(!screen.ascii || line.is_ascii(), "{line}");
                assert!(!line.contains('\u{1b}'), "{line}");
                assert_eq!(line.trim_end(), line);
            }
        }
    }
}

#[test]
fn the_two_labs_are_told_in_full_on_one_screen() {
    let race = demo(&sample::race(), false, &PLAIN);
    let deadlock = demo(&sample::deadlock(), false, &PLAIN);
    for (text, words) in [
        (&race, &["BREAK", "WHY", "FIX", "PRICE", "NEXT", "197 of 200", "6 interleavings"][..]),
        (&race, &["stale since 1: overwrites B's change", "sequentially consistent memory"]),
        (&race, &["lock-per-thread", "compare-exchange", "sharded", "--schedule 3", "± "]),
        (&deadlock, &["0 of 200 runs", "luck, not proof", "handshake", "by the same bug"]),
        (&deadlock, &["✓ mutual exclusion", "✓ circular wait", "B → account 0 → A"]),
        (&deadlock, &["try-lock-no-release", "takes away “circular wait”", "odds 0"]),
    ] {
        for word in words {
            assert!(text.contains(word), "`{word}` is missing:\n{text}");
        }
        assert!(!text.contains("--verbose"), "something was left out:\n{text}");
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    for one in demos() {
        let painted = demo(&one, true, &COLOUR);
        assert!(painted.contains('\u{1b}'));
        assert_eq!(anstream::adapter::strip_str(&painted).to_string(), demo(&one, true, &PLAIN));
    }
}

#[test]
fn explorations_fit_the_width_and_tell_counts_from_odds() {
    for one in demos() {
        for screen in [PLAIN, ASCII] {
            let text = explorations(&one.explored, false, &screen);
            for line in text.lines() {
                assert!(line.width() <= 80, "{line}");
                assert!(!screen.ascii || line.is_ascii(), "{line}");
            }
            assert!(text.contains("odds") && text.contains("interleavings"), "{text}");
        }
    }
}

#[test]
fn a_replay_ends_with_the_state_and_who_waits_for_whom() {
    let deadlock = sample::deadlock();
    let one = &deadlock.explored[0];
    let replayed = Replayed {
        lab: "deadlock",
        variant: one.variant,
        size: one.size.clone(),
        parameters: one.report.parameters.clone(),
        memory_model: one.report.memory_model,
        promised: Some("move every coin"),
        expected: None,
        interleaving: one.report.counterexample.clone().expect("it is refuted"),
    };
    let text = replay(&replayed, Telling::Table, false, &PLAIN);
    for words in ["account 0 = A", "outcome: deadlock", "cycle: A → B → A", "3 of 6"] {
        assert!(text.contains(words), "`{words}` is missing:\n{text}");
    }
    assert!(text.lines().all(|line| line.width() <= 80), "{text}");
}

#[test]
fn screens_look_as_they_did() {
    let race = sample::race();
    let deadlock = sample::deadlock();
    assert_data_eq!(demo(&race, false, &PLAIN), file!["snapshots/race.txt"].raw());
    assert_data_eq!(demo(&deadlock, false, &PLAIN), file!["snapshots/deadlock.txt"].raw());
    assert_data_eq!(demo(&deadlock, false, &ASCII), file!["snapshots/deadlock-ascii.txt"].raw());
    assert_data_eq!(demo(&deadlock, true, &PLAIN), file!["snapshots/deadlock-verbose.txt"].raw());
    let two = [race.explored[0].clone(), deadlock.explored[0].clone()];
    assert_data_eq!(explorations(&two, false, &PLAIN), file!["snapshots/explore.txt"].raw());
}

#[test]
fn long_interleavings_are_folded_unless_all_was_asked_for() {
    let mut one = sample::race_explored(0);
    one.report.counterexample = Some(sample::lost_update(300));
    let interleaving = sample::lost_update(300);
    let explored = [one];
    let brief = explorations(&explored, false, &PLAIN);
    assert!(brief.lines().count() < 60 && brief.contains("more steps alone"), "{brief}");
    assert!(brief.contains("overwrites B's change"), "{brief}");
    assert!(explorations(&explored, true, &PLAIN).lines().count() > 602);
    let replayed = Replayed {
        lab: "race",
        variant: sample::race_explored(0).variant,
        size: "2 × 300 increments".to_owned(),
        parameters: explored[0].report.parameters.clone(),
        memory_model: MemoryModel::default(),
        promised: None,
        expected: None,
        interleaving,
    };
    assert!(replay(&replayed, Telling::Table, false, &PLAIN).lines().count() < 210);
    assert!(replay(&replayed, Telling::Table, true, &PLAIN).lines().count() > 602);
}

#[test]
fn numbers_on_a_graph_with_cycles_say_what_they_number() {
    let mut one = sample::race_explored(0);
    let run = one.report.counterexample.as_mut().expect("it is refuted");
    run.cyclic = true;
    let text = explorations(&[one], false, &PLAIN);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("interleaving 3 of the 6 that do not go round, outcome 1"), "{text}");
}

#[test]
fn a_smaller_program_than_was_asked_for_is_called_that() {
    let mut one = sample::race();
    one.asked = Some(" --increments 50".to_owned());
    let text = demo(&one, false, &PLAIN);
    assert!(text.contains("2 × 1 increment (a class can look at that many): 6"), "{text}");
    assert!(text.contains("NEXT   conclab explore race --increments 50\n"), "{text}");
}

#[test]
fn what_to_type_next_is_never_left_out() {
    for one in demos() {
        for width in [60, 80] {
            let text = demo(&one, false, &Screen { width, ..PLAIN });
            assert!(text.contains("\nNEXT   conclab "), "{text}");
        }
    }
}

#[test]
fn what_is_proved_is_not_called_luck() {
    let mut one = sample::race();
    one.explored[0] = sample::race_explored(4);
    one.explored[0].variant.name = "unsynchronised";
    one.broke.as_mut().expect("the race was run").report =
        sample::runs("race", "unsynchronised", 0, "");
    let text = demo(&one, false, &PLAIN);
    assert!(text.contains("0 of 200 runs went wrong, as is proved for 2 × 1 increment"), "{text}");
    assert!(!text.contains("luck"), "{text}");
}

#[test]
fn any_variant_can_be_the_subject() {
    let mut one = sample::race();
    one.subject = Some(one.explored[4].variant);
    let report = sample::runs("race", "mutex", 0, "");
    one.broke = Some(Ran { report, told: String::new(), right: true, busy: None });
    let text = demo(&one, false, &PLAIN);
    for words in [
        "BREAK  mutex, ",
        "0 of 200 runs went wrong, as is proved for 2 × 1 increment",
        "WHY    mutex, 2 × 1 increment: proved: 2 interleavings covered",
        "FIX ",
        "stronger-ordering",
        "NEXT   conclab explore race --variant mutex\n",
    ] {
        assert!(text.contains(words), "`{words}` is missing:\n{text}");
    }
    one.subject = Some(one.explored[3].variant);
    let text = demo(&one, false, &PLAIN);
    assert!(text.contains("WHY    lock-the-store, 2 × 1 increment: 10 interl"), "{text}");
    assert!(text.contains("replay race --variant lock-the-store --schedule 5\n"), "{text}");
}

#[test]
fn what_was_not_asked_for_is_not_on_the_screen() {
    let heads = ["BREAK", "WHY", "FIX", "PRICE"];
    for (part, head) in Part::ALL.into_iter().zip(heads) {
        let mut one = sample::race();
        one.parts = vec![part];
        let here = Part::Break == part;
        one.broke = one.broke.filter(|_| here);
        let text = demo(&one, false, &PLAIN);
        for other in heads {
            assert_eq!(text.contains(&format!("\n{other} ")), other == head, "{text}");
        }
    }
}

#[test]
fn a_right_variant_is_not_called_lucky_and_others_may_take_the_cores() {
    let mut one = sample::race();
    one.explored.clear();
    let report = sample::runs("race", "mutex", 0, "");
    let busy = Some("This machine has other work: the runs got 0.1 of 1 core.".to_owned());
    one.broke = Some(Ran { report, told: String::new(), right: true, busy });
    let text = demo(&one, false, &PLAIN);
    assert!(text.contains("went wrong, as proved by conclab explore race\n"), "{text}");
    assert!(text.contains("This machine has other work"), "{text}");
    let ran = one.broke.as_mut().expect("it was run");
    (ran.report.limit, ran.report.runs) = (Some(Limit::Time), 9);
    let text = demo(&one, false, &PLAIN).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("(9 of 200 runs were made, 133.3 ms each: the time was over)"), "{text}");
}

#[test]
fn prices_that_are_missing_are_told_with_the_reason() {
    let mut one = sample::race();
    one.prices_limit = Some(Limit::Time);
    assert!(demo(&one, false, &PLAIN).contains("not all were measured: the time was over"));
    one.prices.clear();
    one.prices_limit = Some(Limit::Interrupted);
    assert!(demo(&one, false, &PLAIN).contains("PRICE  not measured: interrupted"));
}

#[test]
fn hundreds_of_outcomes_are_folded_unless_all_was_asked_for() {
    let mut one = sample::race_explored(0);
    let many = |n: u32| Outcome { outcome: n.to_string(), ..one.report.outcomes[1].clone() };
    one.report.outcomes = (2..302).map(many).collect();
    let explored = [one];
    let brief = explorations(&explored, false, &PLAIN);
    assert!(brief.contains("\n  … 260 more outcomes\n") && brief.lines().count() < 60, "{brief}");
    assert!(explorations(&explored, true, &PLAIN).lines().count() > 300);
}

#[test]
fn a_lab_that_only_measures_has_a_screen_of_its_own() {
    let full = sample::race();
    let one = Demo {
        subject: None,
        first: "",
        broke: None,
        widened: None,
        explored: Vec::new(),
        evidence: Vec::new(),
        ..full
    };
    let screen = demo(&one, false, &PLAIN);
    assert!(!screen.contains("BREAK") && !screen.contains("FIX"), "{screen}");
    assert!(screen.contains("PRICE") && !screen.contains("conclab explore"), "{screen}");
    assert!(screen.contains("NEXT   conclab race --verbose"), "{screen}");
}
