//! Every lab as the command sees it: without its types, and with its parameters chosen.
//!
//! Here outcomes meet the lab's promises, the same way for both worlds.

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use conclab_engine::ExploreError;
use conclab_engine::report::WaitForGraph;
use conclab_engine::settings::{ModelSettings, RealSettings, Widen};
use conclab_engine::stop::Stop;
use conclab_engine::world::real;
use conclab_engine::world::traced::recorded;
use conclab_measure::{Exhibit, Price};

use crate::lab::{
    AnyLab, BoundLab, Card, Done, Expected, Lab, Promise, Purpose, Runner, Searched, Variant,
    VariantCard, World,
};
use crate::outcome::shown;
use crate::report::{Evidence, Expectation, Parameters, Runs, Seen, Trace};
use crate::scene::{Claim, Scene, SceneCard};
use crate::searched::{Found, Subject, rank};

impl<L: Lab> AnyLab for L {
    fn card(&self) -> Card {
        Lab::card(self)
    }

    fn variants(&self) -> Vec<VariantCard> {
        let card = |variant: &Variant<L::Parameters>| VariantCard {
            name: variant.name,
            summary: variant.summary,
            right: variant.right,
            removes: variant.removes,
        };
        Lab::variants(self).iter().map(card).collect()
    }

    fn runners(&self) -> &'static [Runner] {
        Lab::runners(self)
    }

    fn scenes(&self) -> Vec<SceneCard> {
        Lab::scenes(self).iter().map(Scene::card).collect()
    }

    fn with_flags(&self, command: Command) -> Command {
        L::Parameters::augment_args(command)
    }

    fn bind(
        &'static self,
        flags: &ArgMatches,
        purpose: Purpose,
    ) -> Result<Box<dyn BoundLab>, clap::Error> {
        let asked = L::Parameters::from_arg_matches(flags)?;
        if let Some(why) = self.refused(&asked) {
            return Err(clap::Error::raw(ErrorKind::ValueValidation, format!("{why}\n")));
        }
        let nothing = self.with_flags(Command::new("lab").no_binary_name(true));
        let unasked = L::Parameters::from_arg_matches(&nothing.try_get_matches_from([""; 0])?)?;
        let modelled = match purpose {
            Purpose::Demo => self.in_class(&asked),
            Purpose::Study => asked.clone(),
        };
        Ok(Box::new(Bound {
            lab: self,
            real: self.sized(&asked, World::Real),
            model: self.sized(&modelled, World::Model),
            usual: self.sized(&unasked, World::Model),
            recorded: self.sized_to_record(&asked),
        }))
    }
}

/// A lab with the size of its program in each world.
#[derive(Debug)]
struct Bound<L: Lab> {
    lab: &'static L,
    real: L::Parameters,
    model: L::Parameters,
    /// The size of the model if nothing is said.
    usual: L::Parameters,
    /// The size that a runner gets when it is recorded.
    recorded: L::Parameters,
}

impl<L: Lab> Bound<L> {
    fn size(&self, world: World) -> &L::Parameters {
        match world {
            World::Real => &self.real,
            World::Model => &self.model,
        }
    }

    fn variant(&self, variant: usize) -> &'static Variant<L::Parameters> {
        &Lab::variants(self.lab)[variant]
    }
}

impl<L: Lab> BoundLab for Bound<L> {
    fn values(&self, world: World) -> Parameters {
        self.lab.values(self.size(world))
    }

    fn size_in_words(&self, world: World) -> String {
        self.lab.size_in_words(self.size(world))
    }

    fn variant_in_words(&self, world: World, variant: usize) -> String {
        self.lab.variant_in_words(self.size(world), self.variant(variant).name)
    }

    fn does(&self, world: World, variant: usize, outcome: &str) -> Option<&'static str> {
        Some(self.variant(variant).promise(self.size(world), outcome)?.does)
    }

    fn expected(&self, variant: usize, outcome: &str) -> Option<Expected> {
        let promise = self.variant(variant).promise(&self.model, outcome)?;
        let Promise { does, expectation, because, .. } = *promise;
        Some(Expected { does, expectation, because })
    }

    fn promised(&self, variant: usize) -> Option<&'static str> {
        let mut promises = self.variant(variant).promises.iter();
        let right = promises.find(|promise| promise.expectation == Expectation::Acceptable);
        right.map(|promise| promise.does)
    }

    fn run(&self, variant: usize, settings: &RealSettings) -> Runs {
        let variant = self.variant(variant);
        let found = real::run(settings, &|| (variant.body)(&self.real));
        let mut outcomes: Vec<Seen> = found
            .counts
            .into_iter()
            .map(|(outcome, runs)| {
                let promise = variant.promise(&self.real, &outcome);
                Seen {
                    expectation: promise.map(|promise| promise.expectation),
                    because: promise.map(|promise| promise.because.to_owned()),
                    shows: shown(self.lab.outcomes(), &outcome),
                    outcome,
                    runs,
                }
            })
            .collect();
        outcomes.sort_by_cached_key(|seen| rank(seen.expectation, &seen.outcome));
        Runs {
            lab: Lab::card(self.lab).name.to_owned(),
            variant: variant.name.to_owned(),
            parameters: self.values(World::Real),
            widen: settings.widen.name().to_owned(),
            runs_asked: settings.runs,
            runs: found.runs,
            unfinished: found.unfinished,
            outcomes,
            wait_for: found.wait_for,
            cores: found.cores,
            limit: found.limit,
            elapsed_ns: found.elapsed_ns,
        }
    }

    fn trace(&self, variant: usize, settings: &RealSettings) -> Trace {
        let (variant, size) = (self.variant(variant), &self.model);
        let (found, timeline) = real::run_traced(settings, &|| (variant.body)(size));
        let outcome = found.counts.into_keys().next();
        let promise = outcome.as_deref().and_then(|outcome| variant.promise(size, outcome));
        Trace {
            lab: Lab::card(self.lab).name.to_owned(),
            variant: Some(variant.name.to_owned()),
            runner: None,
            parameters: self.values(World::Model),
            widen: settings.widen.name().to_owned(),
            outcome,
            expectation: promise.map(|promise| promise.expectation),
            because: promise.map(|promise| promise.because.to_owned()),
            limit: found.limit,
            wait_for: found.wait_for,
            cores: found.cores,
            timeline,
        }
    }

    fn record(&self, runner: usize, stop: &Stop) -> Result<Trace, String> {
        let (done, timeline) = recorded(|| self.lab.do_with(runner, &self.recorded, stop));
        let limit = stop.reason();
        let done = match (done, limit) {
            (Ok(done), _) => Some(done),
            (Err(_), Some(_)) => None,
            (Err(why), None) => return Err(why),
        };
        let expected = |done: &Done| {
            if done.right { Expectation::Acceptable } else { Expectation::Forbidden }
        };
        Ok(Trace {
            lab: Lab::card(self.lab).name.to_owned(),
            variant: None,
            runner: Some(Lab::runners(self.lab)[runner].name.to_owned()),
            parameters: self.lab.values(&self.recorded),
            widen: Widen::None.name().to_owned(),
            expectation: done.as_ref().map(expected),
            because: done.as_ref().map(|done| done.because.clone()),
            outcome: done.map(|done| done.outcome),
            limit,
            wait_for: None,
            cores: std::thread::available_parallelism().map_or(1, Into::into),
            timeline,
        })
    }

    fn size_to_record_in_words(&self) -> String {
        self.lab.size_in_words(&self.recorded)
    }

    fn search<'a>(
        &'a self,
        variant: usize,
        settings: &ModelSettings,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Box<dyn Searched + 'a>, ExploreError> {
        let (variant, size) = (self.variant(variant), &self.model);
        let mut parameters = self.values(World::Model);
        if settings.spurious > 0 {
            // It makes other interleavings, with other numbers.
            parameters.0.push(("spurious", settings.spurious.into()));
        }
        let (lab, usual) = (Lab::card(self.lab).name, self.lab.values(&self.usual));
        let keys = self.lab.outcomes();
        let subject = Subject { lab, variant, size, parameters, keys, usual };
        Ok(Box::new(Found::search(subject, settings, progress)?))
    }

    fn tell(&self, runs: &Runs) -> String {
        self.lab.tell(&self.real, runs)
    }

    fn evidence(&self, stuck: &WaitForGraph) -> Vec<Evidence> {
        self.lab.evidence(stuck)
    }

    fn prices(&self, stop: &Stop) -> Vec<Price> {
        self.lab.prices(&self.real, stop)
    }

    fn measure(&self, stop: &Stop) -> (Vec<Exhibit>, Vec<Claim>) {
        let played = Lab::scenes(self.lab).iter().map(|scene| scene.play(&self.real, stop));
        let (exhibits, claims): (Vec<_>, Vec<_>) = played.unzip();
        (exhibits.concat(), claims.concat())
    }
}
