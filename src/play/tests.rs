//! Laws of the game, on real labs.

use super::advice::Advice;
use super::machine::{Notice, Phase, STEPS_MAX, Wish};
use super::progress::Deed;
use super::sample::Table;

fn race() -> Table {
    Table::new("race", "unsynchronised", &[])
}

/// Numbers that look random and are the same every time.
pub(super) fn numbers(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % below.max(1)
    }
}

#[test]
fn a_lost_update_is_found_step_by_step() {
    let mut table = race();
    for line in ["1", "2", "2"] {
        let answer = table.say(line);
        assert_eq!((answer.wish, answer.deed), (Wish::Input, None));
        assert_eq!(table.play.phase(), Phase::Moving);
    }
    let Some(Deed::Broke(broke)) = table.say("1").deed else { panic!("it is broken") };
    assert_eq!((broke.switches, broke.best), (2, 2));
    assert_eq!(table.play.phase(), Phase::Failed);
}

#[test]
fn hints_become_plainer_and_begin_again_after_a_step() {
    let mut table = race();
    let mut hint = |lines: &[&str]| {
        for line in lines {
            table.say(line);
        }
        match table.play.notice() {
            Some(Notice::Advice(advice)) => advice.clone(),
            other => panic!("{other:?} is no hint"),
        }
    };
    let count = |failing: u32, of: u32| Advice::Count { failing: failing.into(), of: of.into() };
    assert_eq!(hint(&["h"]), count(4, 6));
    assert_eq!(hint(&["h"]), Advice::Thread("A".to_owned()));
    assert_eq!(hint(&["h"]), Advice::Move(1));
    assert_eq!(hint(&["h"]), Advice::Move(1));
    assert_eq!(hint(&["1", "h"]), count(2, 3));
    assert_eq!(hint(&["1", "h"]), count(0, 1));
    assert_eq!(hint(&["h"]), Advice::Back(1));
    assert_eq!(hint(&["1", "h"]), count(0, 1));
    assert_eq!(hint(&["h"]), Advice::Back(2));
    assert_eq!(hint(&["1", "h"]), Advice::Back(3));
}

#[test]
fn undo_leads_back_to_the_moment_before() {
    for lab in conclab_labs::catalogue() {
        for variant in lab.variants() {
            let mut table = Table::new(lab.card().name, variant.name, &[]);
            let mut next = numbers(7);
            let mut seen = vec![format!("{:?}", table.play.here())];
            while table.play.phase() == Phase::Moving && seen.len() < 40 {
                let choice = next(table.play.choices()) + 1;
                table.say(&choice.to_string());
                seen.push(format!("{:?}", table.play.here()));
            }
            while let Some(last) = seen.pop() {
                assert_eq!(format!("{:?}", table.play.here()), last);
                table.say("u");
            }
            assert_eq!(table.play.notice(), Some(&Notice::Beginning));
        }
    }
}

#[test]
fn a_wrong_repair_is_refuted_and_can_be_played_through() {
    let mut table = race();
    table.break_it();
    let wrong = table.number("lock-the-store");
    assert_eq!(table.say(&wrong).deed, None);
    assert_eq!(table.play.phase(), Phase::Refuted);
    table.say("p");
    assert_eq!(table.play.phase(), Phase::Moving);
    assert_eq!(table.play.stage().explored.variant.name, "lock-the-store");
    table.break_it();
    assert_eq!(table.play.phase(), Phase::Failed);
    let right = table.number("mutex");
    let deed = table.say(&right).deed;
    assert_eq!(deed, Some(Deed::Repaired { problem: "unsynchronised", repair: "mutex" }));
    assert_eq!(table.play.phase(), Phase::Proved);
}

#[test]
fn a_right_variant_cannot_be_made_to_fail() {
    let mut table = Table::new("race", "mutex", &[]);
    table.say("h");
    assert_eq!(table.play.notice(), Some(&Notice::Advice(Advice::Never)));
    while table.play.phase() == Phase::Moving {
        table.say("1");
    }
    assert_eq!(table.play.phase(), Phase::Ended);
}

#[test]
fn the_order_of_the_repairs_gives_nothing_away() {
    for lab in conclab_labs::catalogue() {
        let first = lab.variants()[0];
        let table = Table::new(lab.card().name, first.name, &[]);
        let listed: Vec<_> = table.play.fixes().iter().map(|fix| fix.card.summary).collect();
        assert!(listed.is_sorted(), "{listed:?}");
        assert_eq!(listed.len(), lab.variants().len() - 1);
    }
}

#[test]
fn nothing_that_is_typed_breaks_the_game() {
    let words = ["1", "2", "3", "u", "h", "x", "r", "p", "?", "", "0", "99", "zz", "u", "1", "2"];
    for lab in conclab_labs::catalogue() {
        for seed in 0..5 {
            let mut table = Table::new(lab.card().name, lab.variants()[0].name, &[]);
            let mut next = numbers(seed);
            for _ in 0..60 {
                let answer = table.say(words[next(words.len())]);
                assert_ne!(answer.wish, Wish::Quit);
                let moving = table.play.phase() == Phase::Moving;
                assert_eq!(moving, !table.play.here().moves.is_empty() && moving);
            }
            assert_eq!(table.say("q").wish, Wish::Quit);
        }
    }
}

#[test]
fn going_round_for_ever_is_ended() {
    let mut table = Table::new("deadlock", "try-lock-release", &[]);
    let mut next = numbers(1);
    let mut steps = 0;
    while steps < 3 * STEPS_MAX && table.play.notice() != Some(&Notice::TooLong) {
        if table.play.phase() != Phase::Moving {
            break;
        }
        // Whoever is last keeps the others from their end for as long as can be.
        let last = table.play.choices();
        table.say(&(next(last) + 1).to_string());
        steps += 1;
    }
    assert!(steps <= STEPS_MAX + 1);
}
