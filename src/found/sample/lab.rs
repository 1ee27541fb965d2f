//! A lab whose answers are the fixed reports.

use clap::{Arg, ArgMatches, Command, value_parser};
use conclab_engine::ExploreError;
use conclab_engine::report::WaitForGraph;
use conclab_engine::settings::{ModelSettings, RealSettings};
use conclab_engine::stop::Stop;
use conclab_kit::Searched;
use conclab_kit::lab::{AnyLab, BoundLab, Card, Expected, Purpose, Runner, VariantCard, World};
use conclab_kit::report::{Evidence, Parameters, Runs, Trace};
use conclab_measure::Price;

use super::{RACE, parameters, race_card, race_prices, race_variant, runs, told};

/// A lab with fixed answers.
#[derive(Debug)]
pub(crate) struct Sample;

/// The one of it.
pub(crate) static LAB: Sample = Sample;

impl AnyLab for Sample {
    fn card(&self) -> Card {
        race_card()
    }

    fn variants(&self) -> Vec<VariantCard> {
        (0..RACE.len()).map(race_variant).collect()
    }

    fn runners(&self) -> &'static [Runner] {
        &[]
    }

    fn scenes(&self) -> Vec<conclab_kit::scene::SceneCard> {
        Vec::new()
    }

    fn with_flags(&self, command: Command) -> Command {
        let threads = Arg::new("threads").long("threads").value_name("N").default_value("2");
        command.arg(threads.value_parser(value_parser!(u64).range(1..=64)))
    }

    fn bind(&'static self, _: &ArgMatches, _: Purpose) -> Result<Box<dyn BoundLab>, clap::Error> {
        Ok(Box::new(Sample))
    }
}

impl BoundLab for Sample {
    fn values(&self, _: World) -> Parameters {
        parameters(1)
    }

    fn size_in_words(&self, _: World) -> String {
        "2 × 1 increments".to_owned()
    }

    fn variant_in_words(&self, world: World, _: usize) -> String {
        self.size_in_words(world)
    }

    fn does(&self, _: World, _: usize, outcome: &str) -> Option<&'static str> {
        (outcome == "1").then_some("lose an update")
    }

    fn trace(&self, variant: usize, _: &RealSettings) -> Trace {
        super::trace::race(RACE[variant].0)
    }

    fn expected(&self, _: usize, _: &str) -> Option<Expected> {
        None
    }

    fn promised(&self, _: usize) -> Option<&'static str> {
        None
    }

    fn record(&self, _: usize, _: &Stop) -> Result<Trace, String> {
        Err("there are no runners".to_owned())
    }

    fn size_to_record_in_words(&self) -> String {
        String::new()
    }

    fn run(&self, variant: usize, settings: &RealSettings) -> Runs {
        runs("race", RACE[variant].0, settings.runs, "1")
    }

    fn search<'a>(
        &'a self,
        _: usize,
        _: &ModelSettings,
        _: &mut dyn FnMut(u64),
    ) -> Result<Box<dyn Searched + 'a>, ExploreError> {
        Err(ExploreError::TooLarge { what: "a sample is not searched".to_owned() })
    }

    fn tell(&self, runs: &Runs) -> String {
        told(runs)
    }

    fn evidence(&self, _: &WaitForGraph) -> Vec<Evidence> {
        Vec::new()
    }

    fn measure(&self, _: &Stop) -> (Vec<conclab_measure::Exhibit>, Vec<conclab_kit::scene::Claim>) {
        (Vec::new(), Vec::new())
    }
    fn prices(&self, _: &Stop) -> Vec<Price> {
        race_prices()
    }
}
