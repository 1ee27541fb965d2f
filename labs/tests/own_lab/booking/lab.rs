//! The booking lab's card, size and words.

// ANCHOR: parameters
use clap::builder::RangedU64ValueParser;
use conclab_engine::stop::Stop;
use conclab_kit::lab::{Card, Lab, Variant, World};
use conclab_kit::report::{self, Runs};
use conclab_measure::Price;

/// The lab of the seat that is sold twice.
#[derive(Clone, Copy, Debug)]
pub struct Booking;

/// The size of the program.
#[derive(Clone, Debug, clap::Args)]
pub struct Parameters {
    /// Buyers who want the seat at the same time (2 to 8)
    #[arg(long, value_name = "N", default_value_t = 2,
          value_parser = RangedU64ValueParser::<usize>::new().range(2..=8))]
    pub buyers: usize,
}
// ANCHOR_END: parameters

// ANCHOR: lab
impl Lab for Booking {
    type Parameters = Parameters;

    fn card(&self) -> Card {
        Card {
            name: "booking",
            group: "Races",
            summary: "buyers look for the last seat, then book it",
            question: "Why is the last seat sold twice although every access is locked?",
            unit: "sale",
            can_hang: false,
            real_threads: |_| "two buyers are rarely that close; with --widen handshake all are",
        }
    }

    fn variants(&self) -> &'static [Variant<Parameters>] {
        &super::variants::VARIANTS
    }

    fn sized(&self, asked: &Parameters, _world: World) -> Parameters {
        asked.clone()
    }

    fn in_class(&self, asked: &Parameters) -> Parameters {
        Parameters { buyers: asked.buyers.min(3) }
    }

    fn values(&self, size: &Parameters) -> report::Parameters {
        report::Parameters(vec![("buyers", size.buyers as u64)])
    }

    fn size_in_words(&self, size: &Parameters) -> String {
        format!("{} buyers", size.buyers)
    }

    fn tell(&self, _size: &Parameters, runs: &Runs) -> String {
        format!("{} of {} runs sold one seat more than once", runs.failed(), runs.runs)
    }

    fn prices(&self, _size: &Parameters, _stop: &Stop) -> Vec<Price> {
        Vec::new()
    }
}
// ANCHOR_END: lab
