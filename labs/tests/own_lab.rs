//! The lab that the book's chapter "Write your own lab" builds: it compiles, and it is what the
//! chapter says.

use clap::Command;
use conclab_engine::settings::{ModelSettings, RealSettings, Widen};
use conclab_engine::stop::Stop;
use conclab_engine::sync::Mutex;
use conclab_engine::thread::scope;
use conclab_kit::lab::{AnyLab, BoundLab, Purpose, World};
use conclab_kit::report::{Exploration, Verdict};

#[path = "own_lab/booking/mod.rs"]
pub mod booking;

fn bind(flags: &[&str]) -> Box<dyn BoundLab> {
    let lab: &'static dyn AnyLab = &booking::Booking;
    let command = lab.with_flags(Command::new("booking").no_binary_name(true));
    let matches = command.try_get_matches_from(flags).expect("the flags are right");
    lab.bind(&matches, Purpose::Study).expect("the flags are right")
}

fn explore(bound: &dyn BoundLab, variant: usize) -> Exploration {
    let settings = ModelSettings::new(2_000_000, Stop::never());
    let searched = bound.search(variant, &settings, &mut |_| {}).expect("the lab is deterministic");
    searched.report().expect("the lab is deterministic")
}

#[test]
fn the_chapter_quotes_the_verdicts_that_the_explorer_gives() {
    let bound = bind(&[]);
    let names: Vec<_> = AnyLab::variants(&booking::Booking).iter().map(|one| one.name).collect();
    let mut told = Vec::new();
    for (variant, name) in names.iter().enumerate() {
        let found = explore(bound.as_ref(), variant);
        assert!(found.exhaustive && found.broken_promises.is_empty(), "{name}");
        let right = AnyLab::variants(&booking::Booking)[variant].right;
        let expected = if right { Verdict::Proved } else { Verdict::Refuted };
        assert_eq!(found.verdict, expected, "{name}");
        let oversold = found.outcomes.iter().find(|one| one.outcome == "sold 2");
        let shown = found.counterexample.and_then(|shown| shown.schedule);
        told.push(format!(
            "{name}: {} of {}, number {}",
            oversold.map_or_else(|| "none".to_owned(), |one| one.interleavings.to_string()),
            found.interleavings,
            shown.as_deref().unwrap_or("none")
        ));
    }
    assert_eq!(
        told,
        [
            "look-then-book: 4 of 6, number 3",
            "atomic-steps: 4 of 6, number 3",
            "one-hold: none of 2, number none",
            "compare-exchange: none of 2, number none",
        ]
    );
}

#[test]
fn three_buyers_are_covered_too() {
    let bound = bind(&["--buyers", "3"]);
    for variant in 0..4 {
        let found = explore(bound.as_ref(), variant);
        assert!(found.exhaustive && found.broken_promises.is_empty());
    }
}

#[test]
fn a_handshake_oversells_the_seat_in_every_run() {
    let bound = bind(&["--buyers", "3"]);
    assert_eq!(bound.values(World::Real).0, [("buyers", 3)]);
    let settings =
        RealSettings { runs: 50, widen: Widen::Handshake, stop: Stop::never(), hang: false };
    for (variant, failing) in [(0, 50), (1, 50), (2, 0), (3, 0)] {
        let runs = bound.run(variant, &settings);
        assert_eq!((runs.runs, runs.failed()), (50, failing));
    }
}

/// The answer to the chapter's second exercise.
#[test]
fn looking_again_under_the_lock_that_books_is_right() {
    let body = || {
        let booked = Mutex::named("booked", 0);
        scope(|s| {
            for _ in 0..3 {
                s.spawn(|| {
                    let free = *booked.lock() == 0;
                    if free {
                        let mut booked = booked.lock();
                        if *booked == 0 {
                            *booked += 1;
                        }
                    }
                });
            }
        });
        format!("sold {}", booked.into_inner())
    };
    let settings = ModelSettings::new(100_000, Stop::never());
    let found = conclab_engine::world::model::explore(&body, &settings, &mut |_| {});
    let outcomes = found.expect("the program is deterministic").histogram();
    assert_eq!(outcomes.iter().map(|one| one.outcome.as_str()).collect::<Vec<_>>(), ["sold 1"]);
}
