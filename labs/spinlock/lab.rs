//! The spinlock lab's card, size and words.

use conclab_engine::stop::Stop;
use conclab_kit::lab::{Card, Lab, Variant, World};
use conclab_kit::outcome::{DEADLOCK, Key};
use conclab_kit::report::{self, Runs};
use conclab_kit::scene::{Measured, Scene};
use conclab_measure::Price;

use super::price_exhibits::exhibits as exhibits_of;
use super::size::Parameters;
use crate::words::{thousands, unfinished};

/// What is only measured: throughput, CPU and fairness of all locks over many settings.
static SCENES: [Scene<Parameters>; 1] = [Scene {
    name: "sweep",
    summary: "locks beside each other, by threads and length of section",
    claims: &[],
    measure: |_, stop| {
        let exhibits = super::price_sweep::Sweep::run(stop);
        let exhibits = exhibits.map_or_else(Vec::new, |sweep| exhibits_of(&sweep));
        Measured { exhibits, ..Measured::default() }
    },
}];

/// The lab of locks made by hand.
#[derive(Clone, Copy, Debug)]
pub struct Spinlock;

impl Lab for Spinlock {
    type Parameters = Parameters;

    fn card(&self) -> Card {
        Card {
            name: "spinlock",
            group: "Locks",
            summary: "locks made by hand, spinning or sleeping",
            question: "When does spinning beat sleeping, and what does it cost when it does not?",
            unit: "increment",
            can_hang: false,
            real_threads: |cores| match cores {
                1 => {
                    "one core: no spinning beside the holder; it shows a spinner burning its slice"
                }
                _ => "mistakes need --widen handshake; what spinning costs is measured here",
            },
        }
    }

    fn variants(&self) -> &'static [Variant<Parameters>] {
        &super::variants::VARIANTS
    }

    fn outcomes(&self) -> &'static [Key] {
        &super::variants::OUTCOMES
    }

    fn sized(&self, asked: &Parameters, world: World) -> Parameters {
        let increments = match (world, asked.increments) {
            (World::Real, given) => given.unwrap_or(10_000),
            (World::Model, given) => given.unwrap_or(1),
        };
        Parameters { increments: Some(increments), ..*asked }
    }

    fn in_class(&self, asked: &Parameters) -> Parameters {
        // More than this have more interleavings than a class can look at.
        let increments = asked.increments.filter(|n| *n <= if asked.threads <= 2 { 3 } else { 1 });
        Parameters { threads: asked.threads.min(3), increments }
    }

    fn values(&self, size: &Parameters) -> report::Parameters {
        report::Parameters(vec![
            ("threads", size.threads as u64),
            ("increments", size.increments() as u64),
        ])
    }

    fn size_in_words(&self, size: &Parameters) -> String {
        let increments = size.increments() as u64;
        let plural = if increments == 1 { "" } else { "s" };
        format!("{} × {} increment{plural}", size.threads, thousands(increments))
    }

    fn tell(&self, size: &Parameters, runs: &Runs) -> String {
        let expected = size.total();
        let runs_with = |is: &dyn Fn(&str) -> bool| {
            runs.outcomes.iter().filter(|seen| is(&seen.outcome)).map(|seen| seen.runs).sum::<u64>()
        };
        let n_low =
            runs_with(&|outcome| outcome.parse::<u64>().is_ok_and(|counted| counted < expected));
        let n_stuck = runs_with(&|outcome| outcome == DEADLOCK);
        let all = thousands(runs.runs);
        let more = unfinished(runs);
        if n_stuck > 0 {
            let stuck = thousands(n_stuck);
            return format!("{stuck} of {all} runs got stuck: nobody gave the lock back{more}");
        }
        let (n_low, expected) = (thousands(n_low), thousands(expected));
        format!("{n_low} of {all} runs had two threads inside: the counter missed {expected}{more}")
    }

    fn prices(&self, size: &Parameters, stop: &Stop) -> Vec<Price> {
        super::prices::prices(size, stop)
    }

    fn scenes(&self) -> &'static [Scene<Parameters>] {
        &SCENES
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::tests::runs;

    #[test]
    fn runs_are_told_by_what_went_wrong() {
        let size = Parameters { threads: 2, increments: Some(10_000) };
        let told = |outcomes| Spinlock.tell(&size, &runs(outcomes));
        assert_eq!(
            told(&[("20000", 3), ("19999", 197)]),
            "197 of 200 runs had two threads inside: the counter missed 20,000"
        );
        assert_eq!(
            told(&[("20000", 3), ("deadlock", 7)]),
            "7 of 10 runs got stuck: nobody gave the lock back"
        );
    }

    #[test]
    fn a_class_gets_a_small_program() {
        let sized = |threads, increments| {
            let class = Spinlock.in_class(&Parameters { threads, increments });
            Spinlock.size_in_words(&Spinlock.sized(&class, World::Model))
        };
        assert_eq!(sized(2, Some(3)), "2 × 3 increments");
        assert_eq!(sized(2, Some(4)), "2 × 1 increment");
        assert_eq!(sized(8, Some(2)), "3 × 1 increment");
    }
}
