//! The race lab's card, size and words.

use conclab_engine::stop::Stop;
use conclab_kit::lab::{Card, Lab, Variant, World};
use conclab_kit::outcome::Key;
use conclab_kit::report::{self, Runs};
use conclab_measure::Price;

use super::size::Parameters;
use crate::words::{thousands, unfinished};

/// The lab of the lost update.
#[derive(Clone, Copy, Debug)]
pub struct Race;

impl Lab for Race {
    type Parameters = Parameters;

    fn card(&self) -> Card {
        Card {
            name: "race",
            group: "Races",
            summary: "threads add 1 to one counter",
            question: "Why does a counter that two threads increment end up too low?",
            unit: "increment",
            can_hang: false,
            real_threads: |cores| match cores {
                1 => {
                    "one core takes turns, and some end between load and store: some runs lose \
                     updates; with --widen handshake every run of few increments does"
                }
                _ => {
                    "threads start together and run at once: some runs lose updates, or most; with \
                     --widen handshake every run of few increments does"
                }
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
            (World::Real, given) => given.unwrap_or(100_000),
            (World::Model, given) => given.unwrap_or(1),
        };
        Parameters { increments: Some(increments), ..*asked }
    }

    fn in_class(&self, asked: &Parameters) -> Parameters {
        // More than this have more interleavings than a class can look at.
        let increments = asked.increments.filter(|n| *n <= if asked.threads <= 2 { 10 } else { 2 });
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
        let low = |seen: &report::Seen| seen.outcome.parse::<u64>().ok().filter(|n| *n < expected);
        let lost: Vec<(u64, u64)> =
            runs.outcomes.iter().filter_map(|seen| Some((low(seen)?, seen.runs))).collect();
        let n_lost = thousands(lost.iter().map(|(_, runs)| runs).sum());
        let values = lost.iter().map(|(value, _)| *value);
        let got = match (values.clone().min(), values.max()) {
            (Some(least), Some(most)) if least < most => {
                format!(", got {} to {}", thousands(least), thousands(most))
            }
            (Some(only), _) => format!(", got {}", thousands(only)),
            (None, _) => String::new(),
        };
        let (all, expected) = (thousands(runs.runs), thousands(expected));
        let more = unfinished(runs);
        format!("{n_lost} of {all} runs lost updates: expected {expected}{got}{more}")
    }

    fn prices(&self, size: &Parameters, stop: &Stop) -> Vec<Price> {
        super::prices::prices(size, stop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::tests::runs;

    #[test]
    fn lost_updates_are_told_with_their_range() {
        let size = Parameters { threads: 2, increments: Some(100_000) };
        let told = |outcomes| Race.tell(&size, &runs(outcomes));
        assert_eq!(
            told(&[("200000", 3), ("100021", 100), ("199874", 97)]),
            "197 of 200 runs lost updates: expected 200,000, got 100,021 to 199,874"
        );
        assert_eq!(
            told(&[("200000", 1_999), ("199999", 1)]),
            "1 of 2,000 runs lost updates: expected 200,000, got 199,999"
        );
    }

    #[test]
    fn one_core_is_not_called_safe() {
        let said = (Race.card().real_threads)(1);
        assert!(said.contains("some runs lose updates") && said.contains("handshake"), "{said}");
    }

    #[test]
    fn a_class_gets_a_small_program() {
        let sized = |increments| {
            let asked = Parameters { threads: 3, increments };
            let class = Race.in_class(&asked);
            let sizes = [Race.sized(&asked, World::Real), Race.sized(&class, World::Model)];
            sizes.map(|size| Race.size_in_words(&size))
        };
        assert_eq!(sized(None), ["3 × 100,000 increments", "3 × 1 increment"]);
        assert_eq!(sized(Some(2)), ["3 × 2 increments", "3 × 2 increments"]);
        assert_eq!(sized(Some(11)), ["3 × 11 increments", "3 × 1 increment"]);
    }
}
