//! Every lab as the command sees it: without its types, and with its parameters chosen.
//!
//! Here outcomes meet the lab's promises, the same way for both worlds.

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use num_bigint::BigUint;

use crate::error::ExploreError;
use crate::game::{Game, Played};
use crate::lab::{
    AnyLab, BoundLab, Card, Done, Expected, Lab, ModelSettings, Promise, Purpose, RealSettings,
    Runner, Variant, VariantCard, Widen, World,
};
use crate::report::{
    Count, Evidence, Exhibit, Expectation, Exploration, Interleaving, MemoryModel, Outcome,
    Parameters, Price, Runs, Seen, Trace, Verdict, WaitForGraph,
};
use crate::stop::Stop;
use crate::world::model::{self, Explored, Schedule};
use crate::world::real;
use crate::world::traced::recorded;

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
        let modelled = match purpose {
            Purpose::Demo => self.in_class(&asked),
            Purpose::Study => asked.clone(),
        };
        Ok(Box::new(Bound {
            lab: self,
            real: self.sized(&asked, World::Real),
            model: self.sized(&modelled, World::Model),
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

    fn explore(
        &self,
        variant: usize,
        settings: &ModelSettings,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Exploration, ExploreError> {
        let started = std::time::Instant::now();
        let variant = self.variant(variant);
        let size = &self.model;
        let body = || (variant.body)(size);
        let explored = model::explore(&body, settings, progress)?;
        let outcomes = variant.judge(size, &explored);
        let bad = |outcome: &str| !variant.accepts(size, outcome);
        let simplest = explored.simplest(bad);
        let counterexample =
            simplest.map(|schedule| variant.told(size, &explored, &body, &schedule)).transpose()?;
        let verdict = match (&counterexample, explored.exhaustive()) {
            (Some(_), _) => Verdict::Refuted,
            (None, true) => Verdict::Proved,
            (None, false) => Verdict::NotExhausted,
        };
        Ok(Exploration {
            lab: Lab::card(self.lab).name.to_owned(),
            variant: variant.name.to_owned(),
            parameters: self.values(World::Model),
            memory_model: MemoryModel::default(),
            exhaustive: explored.exhaustive(),
            limit: explored.limit(),
            verdict,
            states: explored.states(),
            transitions: explored.transitions(),
            interleavings: explored.interleavings(),
            broken_promises: variant.broken(size, &explored, &outcomes),
            outcomes,
            endless: explored.endless(&body)?,
            counterexample,
            elapsed_ns: u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX),
        })
    }

    fn replay(
        &self,
        variant: usize,
        schedule: &BigUint,
        settings: &ModelSettings,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Interleaving, ExploreError> {
        let variant = self.variant(variant);
        let body = || (variant.body)(&self.model);
        let explored = model::explore(&body, settings, progress)?;
        variant.told(&self.model, &explored, &body, &explored.schedule(schedule)?)
    }

    fn game<'a>(
        &'a self,
        variant: usize,
        settings: &ModelSettings,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Box<dyn Game + 'a>, ExploreError> {
        let (variant, size) = (self.variant(variant), &self.model);
        let body = move || (variant.body)(size);
        let explored = model::explore(&body, settings, progress)?;
        if let Some(limit) = explored.limit() {
            return Err(ExploreError::NotExhausted { states: explored.states(), limit });
        }
        let failing = explored.failing(|outcome| !variant.accepts(size, outcome));
        let (lab, parameters) = (Lab::card(self.lab).name, self.values(World::Model));
        Ok(Box::new(Played { body, explored, failing, lab, variant: variant.name, parameters }))
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

    fn exhibits(&self, stop: &Stop) -> Vec<Exhibit> {
        self.lab.exhibits(&self.real, stop)
    }
}

impl<P> Variant<P> {
    /// The promise that an outcome falls under: the first that matches.
    fn promise(&self, size: &P, outcome: &str) -> Option<&'static Promise<P>> {
        self.promises.iter().find(|promise| (promise.matches)(size, outcome))
    }

    /// Whether an outcome is a right result.
    fn accepts(&self, size: &P, outcome: &str) -> bool {
        let promise = self.promise(size, outcome);
        promise.is_some_and(|promise| promise.expectation == Expectation::Acceptable)
    }

    /// An interleaving step by step, with the step that decides whether it goes wrong.
    fn told(
        &self,
        size: &P,
        explored: &Explored,
        body: &dyn Fn() -> String,
        schedule: &Schedule,
    ) -> Result<Interleaving, ExploreError> {
        let told = explored.tell(body, schedule)?;
        let right = self.accepts(size, &told.outcome);
        let decided = explored.decided(schedule, |outcome| self.accepts(size, outcome) == right);
        Ok(Interleaving { decided, ..told })
    }

    /// Every outcome with what is expected of it, most acceptable first.
    fn judge(&self, size: &P, explored: &Explored) -> Vec<Outcome> {
        let tallies = explored.histogram().into_iter();
        let mut outcomes: Vec<Outcome> = tallies
            .map(|tally| {
                let promise = self.promise(size, &tally.outcome);
                Outcome {
                    expectation: promise.map(|promise| promise.expectation),
                    because: promise.map(|promise| promise.because.to_owned()),
                    outcome: tally.outcome,
                    interleavings: tally.interleavings,
                    odds: explored.exhaustive().then_some(tally.odds),
                }
            })
            .collect();
        outcomes.sort_by_cached_key(|one| rank(one.expectation, &one.outcome));
        outcomes
    }

    /// The promises that an exploration found broken, as sentences.
    fn broken(&self, size: &P, explored: &Explored, outcomes: &[Outcome]) -> Vec<String> {
        let mut broken = Vec::new();
        for Outcome { outcome, expectation, interleavings, .. } in outcomes {
            let shown = match interleavings {
                Count::Exactly(n) => format!("{n} interleavings"),
                Count::Unbounded => "interleavings without number".to_owned(),
            };
            match expectation {
                None => broken.push(format!("no promise foresees `{outcome}` ({shown})")),
                Some(Expectation::Forbidden) => {
                    broken.push(format!("`{outcome}` is forbidden and reached by {shown}"));
                }
                Some(Expectation::Acceptable | Expectation::Interesting) => {}
            }
        }
        for promise in self.promises {
            let due = promise.expectation == Expectation::Interesting && (promise.reachable)(size);
            let met = || outcomes.iter().any(|one| (promise.matches)(size, &one.outcome));
            if due && explored.exhaustive() && !met() {
                let does = promise.does;
                broken.push(format!("some interleaving was to {does}, and none does"));
            }
        }
        broken
    }
}

/// Orders outcomes: acceptable first, what nobody foresaw last, numbers by size.
fn rank(expectation: Option<Expectation>, outcome: &str) -> (u8, usize, String) {
    let kind = match expectation {
        Some(Expectation::Acceptable) => 0,
        Some(Expectation::Interesting) => 1,
        Some(Expectation::Forbidden) => 2,
        None => 3,
    };
    let is_number = outcome.bytes().all(|byte| byte.is_ascii_digit());
    (kind, if is_number { outcome.len() } else { 0 }, outcome.to_owned())
}
