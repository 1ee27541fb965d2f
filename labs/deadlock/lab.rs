//! The deadlock lab's card, size and words.

use conclab_engine::report::WaitForGraph;
use conclab_engine::stop::Stop;
use conclab_kit::lab::{Card, Lab, Variant, World};
use conclab_kit::outcome::{DEADLOCK, Key, LIVELOCK};
use conclab_kit::report::{self, Evidence, Runs};
use conclab_measure::Price;

use super::size::Parameters;
use crate::words::{thousands, unfinished};

/// The lab of the ring of locks.
#[derive(Clone, Copy, Debug)]
pub struct Deadlock;

impl Lab for Deadlock {
    type Parameters = Parameters;

    fn card(&self) -> Card {
        Card {
            name: "deadlock",
            group: "Deadlocks",
            summary: "threads in a ring hold one lock and want the next",
            question: "Why do threads that lock in a ring sometimes wait for ever?",
            unit: "transfer",
            can_hang: true,
            real_threads: |cores| match cores {
                1 => {
                    "one core takes turns: every run deadlocks with --widen handshake, none without"
                }
                _ => "almost no run deadlocks by itself; with --widen handshake every run does",
            },
        }
    }

    fn variants(&self) -> &'static [Variant<Parameters>] {
        &super::variants::VARIANTS
    }

    fn outcomes(&self) -> &'static [Key] {
        &super::variants::OUTCOMES
    }

    fn sized(&self, asked: &Parameters, _: World) -> Parameters {
        asked.clone()
    }

    fn in_class(&self, asked: &Parameters) -> Parameters {
        // Every thread more makes the state graph about five times larger.
        Parameters { threads: asked.threads.min(6) }
    }

    fn values(&self, size: &Parameters) -> report::Parameters {
        report::Parameters(vec![("threads", size.threads as u64)])
    }

    fn size_in_words(&self, size: &Parameters) -> String {
        format!("{} threads", size.threads)
    }

    fn tell(&self, _: &Parameters, runs: &Runs) -> String {
        let count = |outcome: &str| -> u64 {
            runs.outcomes.iter().filter(|seen| seen.outcome == outcome).map(|seen| seen.runs).sum()
        };
        let (dead, live) = (count(DEADLOCK), count(LIVELOCK));
        let (stuck, all) = (thousands(dead + live), thousands(runs.runs));
        let what = match (dead, live) {
            (_, 0) => "deadlocked: each held one account and waited for the next".to_owned(),
            (0, _) => "livelocked: each kept one account and kept asking".to_owned(),
            _ => {
                format!("got stuck: {} deadlocked, {} livelocked", thousands(dead), thousands(live))
            }
        };
        format!("{stuck} of {all} runs {what}{}", unfinished(runs))
    }

    fn evidence(&self, stuck: &WaitForGraph) -> Vec<Evidence> {
        super::evidence::conditions(stuck)
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
    fn stuck_runs_are_told_by_kind() {
        let size = Parameters { threads: 2 };
        let told = |outcomes| Deadlock.tell(&size, &runs(outcomes));
        assert_eq!(
            told(&[("balances 100 100", 180), ("deadlock", 20)]),
            "20 of 200 runs deadlocked: each held one account and waited for the next"
        );
        assert_eq!(
            told(&[("livelock", 200)]),
            "200 of 200 runs livelocked: each kept one account and kept asking"
        );
    }
}
