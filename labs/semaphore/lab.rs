//! The semaphore lab's card, size and words.

use conclab_engine::stop::Stop;
use conclab_kit::lab::{Card, Lab, Variant, World};
use conclab_kit::outcome::{DEADLOCK, Key};
use conclab_kit::report::{self, Runs};
use conclab_kit::scene::{Measured, Scene};
use conclab_measure::Price;

use super::size::Parameters;
use crate::words::{thousands, unfinished};

/// What is only measured: who was inside when, and how long threads waited.
static SCENES: [Scene<Parameters>; 1] = [Scene {
    name: "waits",
    summary: "who is inside when, and how long the others wait",
    claims: &[],
    measure: |size, stop| {
        let lanes = super::price_lanes::lanes(size, stop);
        let waits = super::price_waits::waits(size, stop);
        let exhibits = lanes.into_iter().chain(waits).collect();
        Measured { exhibits, ..Measured::default() }
    },
}];

/// The lab of the room with so many permits.
#[derive(Clone, Copy, Debug)]
pub struct Semaphores;

impl Lab for Semaphores {
    type Parameters = Parameters;

    fn card(&self) -> Card {
        Card {
            name: "semaphore",
            group: "Semaphores",
            summary: "workers share a number of permits",
            question: "How do you let at most so many threads in, and forget nobody who waits?",
            unit: "acquire + release",
            // The demo's first variant lets too many in; it never hangs.
            can_hang: false,
            real_threads: |cores| match cores {
                1 => {
                    "one core: too many are hardly ever inside at once; --widen handshake shows it"
                }
                _ => "two workers inside at once are rare without --widen handshake",
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
        let (permits, rounds) = match world {
            World::Real => (2, 500),
            World::Model => (1, 1),
        };
        let mut size = Parameters { permits: asked.permits.or(Some(permits)), ..*asked };
        // Who is woken can be overtaken only if somebody else comes: a second worker that found
        // no permit, or one that comes again. Without either, `if-not-while` cannot fail.
        let again = world == World::Model && size.without() == 1;
        size.rounds = asked.rounds.or(Some(if again { 2 } else { rounds }));
        size
    }

    fn in_class(&self, asked: &Parameters) -> Parameters {
        // With more workers or rounds there are more states than a class has time for. Whether
        // somebody has to wait stays as it was.
        let (workers, permits) = match asked.permits {
            Some(permits) if asked.without() == 0 => (asked.workers.min(3), Some(permits)),
            Some(permits) if permits > 1 => (asked.workers.min(4), Some(2)),
            permits => (asked.workers.min(3), permits),
        };
        let rounds = asked.rounds.filter(|n| *n <= if workers > 3 { 1 } else { 2 });
        Parameters { workers, permits, rounds }
    }

    fn values(&self, size: &Parameters) -> report::Parameters {
        report::Parameters(vec![
            ("workers", size.workers as u64),
            ("permits", size.permits().into()),
            ("rounds", size.rounds() as u64),
        ])
    }

    fn size_in_words(&self, size: &Parameters) -> String {
        let plural = |n: u64, what: &str| {
            format!("{} {what}{}", thousands(n), if n == 1 { "" } else { "s" })
        };
        format!(
            "{}, {}, {}",
            plural(size.workers as u64, "worker"),
            plural(size.permits().into(), "permit"),
            plural(size.rounds() as u64, "round")
        )
    }

    fn variant_in_words(&self, size: &Parameters, variant: &str) -> String {
        // Two meet, whatever the size.
        if variant == "rendezvous" { "2 threads".into() } else { self.size_in_words(size) }
    }

    fn tell(&self, size: &Parameters, runs: &Runs) -> String {
        let limit = u64::from(size.permits());
        let crowded = runs.outcomes.iter().filter_map(|seen| {
            let most = super::variants::most_inside(&seen.outcome)?;
            (most > limit).then_some((most, seen.runs))
        });
        let (most, n_crowded) =
            crowded.fold((0, 0), |(most, all), (n, runs)| (n.max(most), all + runs));
        let stuck = runs.outcomes.iter().filter(|seen| seen.outcome == DEADLOCK);
        let n_stuck: u64 = stuck.map(|seen| seen.runs).sum();
        let (all, more) = (thousands(runs.runs), unfinished(runs));
        if n_stuck > 0 {
            let n_stuck = thousands(n_stuck);
            return format!("{n_stuck} of {all} runs got stuck: somebody waited for ever{more}");
        }
        let n_crowded = thousands(n_crowded);
        let got = if most > 0 { format!(", got up to {most}") } else { String::new() };
        format!("{n_crowded} of {all} runs had too many inside: {limit} allowed{got}{more}")
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

    const SIZE: Parameters = Parameters { workers: 3, permits: Some(2), rounds: None };

    #[test]
    fn crowds_and_stuck_runs_are_told() {
        let told = |outcomes| Semaphores.tell(&SIZE, &runs(outcomes));
        assert_eq!(
            told(&[("at most 2 inside", 190), ("at most 3 inside", 10)]),
            "10 of 200 runs had too many inside: 2 allowed, got up to 3"
        );
        assert_eq!(
            told(&[("at most 2 inside", 200)]),
            "0 of 200 runs had too many inside: 2 allowed"
        );
        assert_eq!(
            told(&[("at most 2 inside", 195), ("deadlock", 5)]),
            "5 of 200 runs got stuck: somebody waited for ever"
        );
    }

    #[test]
    fn a_class_gets_a_small_program_of_the_same_kind() {
        let class = |workers, permits, rounds| {
            let class = Semaphores.in_class(&Parameters { workers, permits, rounds });
            Semaphores.size_in_words(&Semaphores.sized(&class, World::Model))
        };
        assert_eq!(class(3, None, None), "3 workers, 1 permit, 1 round");
        assert_eq!(Semaphores.variant_in_words(&SIZE, "rendezvous"), "2 threads");
        assert_eq!(class(2, None, None), "2 workers, 1 permit, 2 rounds");
        assert_eq!(class(3, Some(2), None), "3 workers, 2 permits, 2 rounds");
        assert_eq!(class(32, Some(8), Some(1_000)), "4 workers, 2 permits, 1 round");
        assert_eq!(class(32, Some(1), Some(2)), "3 workers, 1 permit, 2 rounds");
        assert_eq!(class(4, Some(32), None), "3 workers, 32 permits, 1 round");
        assert_eq!(class(1, None, None), "1 worker, 1 permit, 1 round");
    }
}
