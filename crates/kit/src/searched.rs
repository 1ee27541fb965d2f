//! A variant with every interleaving of it known: one search, of which everything is asked.

use std::cell::OnceCell;
use std::fmt::{self, Debug};
use std::time::Instant;

use conclab_engine::ExploreError;
use conclab_engine::report::{Count, Interleaving, MemoryModel, Position};
use conclab_engine::settings::ModelSettings;
use conclab_engine::world::model::{Explored, Export, Failing, Schedule, explore};
use num_bigint::BigUint;

use crate::lab::{Promise, Searched, Variant};
use crate::outcome::{Key, shown};
use crate::report::{Expectation, Exploration, Outcome, Parameters, StateGraph, Verdict};

/// What is searched: a variant at a size.
pub(crate) struct Subject<'a, P: 'static> {
    pub(crate) lab: &'static str,
    pub(crate) variant: &'static Variant<P>,
    pub(crate) size: &'a P,
    pub(crate) parameters: Parameters,
    pub(crate) keys: &'static [Key],
    /// The size of the program if nothing is said, at which every wrong variant fails.
    pub(crate) usual: Parameters,
}

/// A subject and all that the search found of it.
pub(crate) struct Found<'a, P: 'static> {
    subject: Subject<'a, P>,
    explored: Explored,
    elapsed_ns: u64,
    failing: OnceCell<Failing>,
}

impl<P> Debug for Found<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").field("states", &self.explored.states()).finish_non_exhaustive()
    }
}

impl<'a, P> Found<'a, P> {
    pub(crate) fn search(
        subject: Subject<'a, P>,
        settings: &ModelSettings,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, ExploreError> {
        let begin = Instant::now();
        let explored = explore(&|| (subject.variant.body)(subject.size), settings, progress)?;
        let elapsed_ns = nanos_since(begin);
        Ok(Self { subject, explored, elapsed_ns, failing: OnceCell::new() })
    }

    /// The program.
    fn run(&self) -> String {
        (self.subject.variant.body)(self.subject.size)
    }

    fn accepts(&self, outcome: &str) -> bool {
        self.subject.variant.accepts(self.subject.size, outcome)
    }

    /// What is known of every state for the question which ways fail.
    fn failing(&self) -> &Failing {
        self.failing.get_or_init(|| self.explored.failing(|outcome| !self.accepts(outcome)))
    }

    /// An interleaving step by step, with the step that decides whether it goes wrong.
    fn told(&self, schedule: &Schedule) -> Result<Interleaving, ExploreError> {
        let told = self.explored.tell(&|| self.run(), schedule)?;
        let right = self.accepts(&told.outcome);
        let decided = self.explored.decided(schedule, |outcome| self.accepts(outcome) == right);
        Ok(Interleaving { decided, ..told })
    }

    /// Every outcome with what is expected of it, most acceptable first.
    fn outcomes(&self) -> Vec<Outcome> {
        let Subject { variant, size, .. } = &self.subject;
        let tallies = self.explored.histogram().into_iter();
        let mut outcomes: Vec<Outcome> = tallies
            .map(|tally| {
                let promise = variant.promise(size, &tally.outcome);
                Outcome {
                    expectation: promise.map(|promise| promise.expectation),
                    because: promise.map(|promise| promise.because.to_owned()),
                    shows: shown(self.subject.keys, &tally.outcome),
                    outcome: tally.outcome,
                    interleavings: tally.interleavings,
                    odds: self.explored.exhaustive().then_some(tally.odds),
                }
            })
            .collect();
        outcomes.sort_by_cached_key(|one| rank(one.expectation, &one.outcome));
        outcomes
    }

    /// The size at which the variant fails, if it is wrong and this size cannot show it.
    fn fails_at(&self, verdict: Verdict) -> Option<Parameters> {
        let Subject { variant, parameters, usual, .. } = &self.subject;
        let too_small = verdict == Verdict::Proved && !variant.right && parameters != usual;
        too_small.then(|| usual.clone())
    }

    /// The promises that the search found broken, as sentences.
    fn broken(&self, outcomes: &[Outcome]) -> Vec<String> {
        let Subject { variant, size, .. } = &self.subject;
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
        for promise in variant.promises {
            let due = promise.expectation == Expectation::Interesting && (promise.reachable)(size);
            let met = || outcomes.iter().any(|one| (promise.matches)(size, &one.outcome));
            if due && self.explored.exhaustive() && !met() {
                let does = promise.does;
                broken.push(format!("some interleaving was to {does}, and none does"));
            }
        }
        broken
    }
}

impl<P> Searched for Found<'_, P> {
    fn report(&self) -> Result<Exploration, ExploreError> {
        let begin = Instant::now();
        let explored = &self.explored;
        let outcomes = self.outcomes();
        let simplest = explored.simplest(|outcome| !self.accepts(outcome));
        let counterexample = simplest.map(|schedule| self.told(&schedule)).transpose()?;
        let verdict = match (&counterexample, explored.exhaustive()) {
            (Some(_), _) => Verdict::Refuted,
            (None, true) => Verdict::Proved,
            (None, false) => Verdict::NotExhausted,
        };
        Ok(Exploration {
            lab: self.subject.lab.to_owned(),
            variant: self.subject.variant.name.to_owned(),
            parameters: self.subject.parameters.clone(),
            memory_model: MemoryModel::default(),
            exhaustive: explored.exhaustive(),
            limit: explored.limit(),
            verdict,
            states: explored.states(),
            transitions: explored.transitions(),
            interleavings: explored.interleavings(),
            fails_at: self.fails_at(verdict),
            broken_promises: self.broken(&outcomes),
            outcomes,
            endless: explored.endless(&|| self.run())?,
            counterexample,
            elapsed_ns: self.elapsed_ns + nanos_since(begin),
        })
    }

    fn complete(&self) -> Result<(), ExploreError> {
        let states = self.explored.states();
        match self.explored.limit() {
            Some(limit) => Err(ExploreError::NotExhausted { states, limit }),
            None => Ok(()),
        }
    }

    fn interleaving(&self, schedule: &BigUint) -> Result<Interleaving, ExploreError> {
        self.told(&self.explored.schedule(schedule)?)
    }

    fn position(&self, moves: &[usize]) -> Result<Position, ExploreError> {
        self.complete()?;
        self.explored.position(&|| self.run(), self.failing(), moves)
    }

    fn solution(&self) -> Option<Vec<usize>> {
        self.complete().ok()?;
        self.explored.solution(self.failing())
    }

    fn ending(&self, outcome: &str) -> Result<Option<Interleaving>, ExploreError> {
        let simplest = self.explored.simplest(|one| one == outcome);
        simplest.map(|schedule| self.explored.tell(&|| self.run(), &schedule)).transpose()
    }

    fn graph(&self, states_max: usize) -> Result<StateGraph, ExploreError> {
        self.complete()?;
        let Export { states, texts } =
            self.explored.export(&|| self.run(), self.failing(), states_max)?;
        Ok(StateGraph {
            lab: self.subject.lab.to_owned(),
            variant: self.subject.variant.name.to_owned(),
            parameters: self.subject.parameters.clone(),
            states_all: self.explored.states(),
            texts,
            states,
            simplest: self.solution(),
        })
    }
}

impl<P> Variant<P> {
    /// The promise that an outcome falls under: the first that matches.
    pub(crate) fn promise(&self, size: &P, outcome: &str) -> Option<&'static Promise<P>> {
        self.promises.iter().find(|promise| (promise.matches)(size, outcome))
    }

    /// Whether an outcome is a right result.
    fn accepts(&self, size: &P, outcome: &str) -> bool {
        let promise = self.promise(size, outcome);
        promise.is_some_and(|promise| promise.expectation == Expectation::Acceptable)
    }
}

/// Orders outcomes: acceptable first, what nobody foresaw last, numbers by size.
pub(crate) fn rank(expectation: Option<Expectation>, outcome: &str) -> (u8, usize, String) {
    let kind = match expectation {
        Some(Expectation::Acceptable) => 0,
        Some(Expectation::Interesting) => 1,
        Some(Expectation::Forbidden) => 2,
        None => 3,
    };
    let is_number = outcome.bytes().all(|byte| byte.is_ascii_digit());
    (kind, if is_number { outcome.len() } else { 0 }, outcome.to_owned())
}

fn nanos_since(begin: Instant) -> u64 {
    u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
