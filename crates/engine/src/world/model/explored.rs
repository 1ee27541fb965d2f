//! An explored program, and everything a class asks about it.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use num_bigint::BigUint;

use super::count::{Continuations, Counts, count};
use super::cycles::{self, Cycles};
use super::graph::Graph;
use super::ids::{Choice, ValueId};
use super::search::search;
use super::shell::Execution;
use super::tables::Tables;
use super::tell::{Moment, Tale, tell};
use super::walk::replay;
use super::{odds, simplest};
use crate::error::ExploreError;
use crate::report::{Count, Endless, Interleaving};
use crate::settings::ModelSettings;
use crate::stop::Limit;

/// How many interleavings are run in full after a search, to see that the program does what the
/// graph says.
const SPOT_CHECKS: u64 = 3;

/// Covers every interleaving of `body` and returns what was found. `body` is run many times; it
/// returns what a finished run shows. `progress` hears the number of states from time to time.
///
/// # Errors
/// If the program is not deterministic, or too large for the model.
pub fn explore(
    body: &dyn Fn() -> String,
    settings: &ModelSettings,
    progress: &mut dyn FnMut(u64),
) -> Result<Explored, ExploreError> {
    let found = search(body, settings, progress)?;
    let mut tables = found.tables;
    let livelock = tables.intern_text("livelock");
    let explored = Explored {
        cycles: cycles::find(&found.graph, livelock),
        graph: found.graph,
        tables: RefCell::new(tables),
        limit: found.limit,
        counts: OnceCell::new(),
        odds: OnceCell::new(),
        continuations: OnceCell::new(),
    };
    if explored.exhaustive() {
        explored.spot_check(body)?;
    }
    Ok(explored)
}

/// The state graph of a program.
#[derive(Debug)]
pub struct Explored {
    graph: Graph,
    cycles: Cycles,
    tables: RefCell<Tables>,
    limit: Option<Limit>,
    // Passes over the whole graph: each is made once, when it is first asked for.
    counts: OnceCell<Counts>,
    odds: OnceCell<BTreeMap<ValueId, f64>>,
    continuations: OnceCell<Continuations>,
}

/// How often one outcome is reached.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeTally {
    /// What a finished run shows; `deadlock`, `livelock` or `panic: <message>` if it does not.
    pub outcome: String,
    /// How many interleavings end so.
    pub interleavings: Count,
    /// Chance under the fair random scheduler, from 0 to 1.
    pub odds: f64,
}

/// The sequence of choices that makes an interleaving.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Schedule(Vec<Choice>);

impl Schedule {
    /// How many steps it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the program has no step at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Explored {
    /// Whether every interleaving was covered.
    pub fn exhaustive(&self) -> bool {
        self.limit.is_none()
    }

    /// Which budget ran out, if one did.
    pub fn limit(&self) -> Option<Limit> {
        self.limit
    }

    /// Distinct states that were visited.
    pub fn states(&self) -> u64 {
        self.graph.len() as u64
    }

    /// Steps between them.
    pub fn transitions(&self) -> u64 {
        self.graph.n_edges() as u64
    }

    /// How many interleavings there are: a lower bound if the search was not exhaustive.
    pub fn interleavings(&self) -> Count {
        self.counts().all.clone()
    }

    /// Every outcome that was reached, with its interleavings and its odds, by its text.
    pub fn histogram(&self) -> Vec<OutcomeTally> {
        let tables = self.tables.borrow();
        let odds = self.odds();
        let counts = self.counts().outcomes.iter();
        let tallies = counts.map(|(outcome, interleavings)| {
            let text = tables.value(*outcome).to_owned();
            let odds = odds.get(outcome).copied().unwrap_or(0.0);
            let interleavings = interleavings.clone();
            (text.clone(), OutcomeTally { outcome: text, interleavings, odds })
        });
        tallies.collect::<BTreeMap<_, _>>().into_values().collect()
    }

    /// How many interleavings have a number: all of them, or on a graph with cycles those that do
    /// not go round.
    pub fn numbered(&self) -> BigUint {
        self.continuations().of(self.graph.root())
    }

    /// The interleaving with this number, from 1.
    ///
    /// # Errors
    /// If there is none, or the search was not exhaustive.
    pub fn schedule(&self, number: &BigUint) -> Result<Schedule, ExploreError> {
        if let Some(limit) = self.limit {
            return Err(ExploreError::NotExhausted { states: self.states(), limit });
        }
        let one = BigUint::from(1_u32);
        if *number < one || *number > self.numbered() {
            return Err(ExploreError::NoSuchSchedule {
                asked: number.clone(),
                of: self.numbered(),
            });
        }
        let mut rest = number - one;
        let mut state = self.graph.root();
        let mut choices = Vec::new();
        loop {
            let next = self.graph.forward(state).find(|edge| {
                let here = self.continuations().of(edge.target);
                let found = rest < here;
                if !found {
                    rest -= here;
                }
                found
            });
            let Some(edge) = next else { break };
            choices.push(edge.choice);
            state = edge.target;
        }
        Ok(Schedule(choices))
    }

    /// The number of an interleaving, from 1; nothing if it goes round in a cycle, is not complete
    /// or the search was not exhaustive.
    pub fn number(&self, schedule: &Schedule) -> Option<BigUint> {
        if !self.exhaustive() {
            return None;
        }
        let mut number = BigUint::from(1_u32);
        let mut state = self.graph.root();
        for &choice in &schedule.0 {
            let mut found = None;
            for edge in self.graph.forward(state) {
                if edge.choice == choice {
                    found = Some(edge.target);
                    break;
                }
                number += self.continuations().of(edge.target);
            }
            state = found?;
        }
        self.graph.forward(state).next().is_none().then_some(number)
    }

    /// The interleaving with the fewest context switches, then the fewest steps, then decided
    /// earliest, among those that end in an outcome that is `wanted`.
    pub fn simplest(&self, wanted: impl Fn(&str) -> bool) -> Option<Schedule> {
        simplest::simplest(&self.graph, &self.ends(wanted)).map(Schedule)
    }

    /// After how many steps of an interleaving every way on ends in an outcome that is `wanted`;
    /// nothing if it does not end so itself, or the search was not exhaustive.
    pub fn decided(&self, schedule: &Schedule, wanted: impl Fn(&str) -> bool) -> Option<usize> {
        if !self.exhaustive() {
            return None;
        }
        let decided = simplest::decided(&self.graph, &self.ends(wanted));
        let mut state = self.graph.root();
        for (n, &choice) in schedule.0.iter().enumerate() {
            if decided[state] {
                return Some(n);
            }
            state = self.graph.edges(state).find(|edge| edge.choice == choice)?.target;
        }
        decided[state].then_some(schedule.len())
    }

    /// For each state, whether it is the end of an outcome that is `wanted`.
    pub(crate) fn ends(&self, wanted: impl Fn(&str) -> bool) -> Vec<bool> {
        let mut ends = if wanted("livelock") {
            self.cycles.trapped(&self.graph)
        } else {
            vec![false; self.graph.len()]
        };
        let tables = self.tables.borrow();
        let mut known = BTreeMap::new();
        for &(state, outcome) in self.graph.outcomes() {
            let wanted = known.entry(outcome).or_insert_with(|| wanted(tables.value(outcome)));
            ends[state as usize] |= *wanted;
        }
        ends
    }

    /// What the interleaving shows at its end.
    fn outcome(&self, schedule: &Schedule) -> Option<String> {
        let mut state = self.graph.root();
        for &choice in &schedule.0 {
            state = self.graph.edges(state).find(|edge| edge.choice == choice)?.target;
        }
        let tables = self.tables.borrow();
        Some(match self.graph.outcome(state) {
            Some(outcome) => tables.value(outcome).to_owned(),
            None if self.cycles.trapped(&self.graph)[state] => "livelock".to_owned(),
            None => "unfinished".to_owned(),
        })
    }

    /// Runs the code along an interleaving and tells it step by step. `body` must be the one that
    /// was explored.
    ///
    /// # Errors
    /// If the code does not do what it did when it was explored.
    pub fn tell(
        &self,
        body: &dyn Fn() -> String,
        schedule: &Schedule,
    ) -> Result<Interleaving, ExploreError> {
        let tale = self.execute(body, |execution| tell(execution, &schedule.0, &[]))?;
        Ok(self.interleaving(schedule, tale).0)
    }

    /// The same with the moment at its end, and the ways on from there.
    pub(crate) fn tell_moment(
        &self,
        body: &dyn Fn() -> String,
        choices: &[Choice],
        ahead: &[Choice],
    ) -> Result<(Interleaving, Moment), ExploreError> {
        let tale = self.execute(body, |execution| tell(execution, choices, ahead))?;
        Ok(self.interleaving(&Schedule(choices.to_vec()), tale))
    }

    fn interleaving(&self, schedule: &Schedule, tale: Tale) -> (Interleaving, Moment) {
        let pairs = tale.steps.windows(2);
        let number = self.number(schedule);
        let told = Interleaving {
            outcome: self.outcome(schedule).unwrap_or_else(|| "unfinished".to_owned()),
            of: number.as_ref().map(|_| self.numbered().to_string()),
            schedule: number.map(|number| number.to_string()),
            cyclic: self.graph.cyclic,
            context_switches: pairs.filter(|pair| pair[0].thread != pair[1].thread).count(),
            threads: tale.threads,
            steps: tale.steps,
            wait_for: tale.stuck,
            loops_to: None,
            decided: None,
        };
        (told, tale.moment)
    }

    /// A way to go round for ever though the program can also end, if there is one.
    ///
    /// # Errors
    /// As for [`Explored::tell`].
    pub fn endless(&self, body: &dyn Fn() -> String) -> Result<Option<Endless>, ExploreError> {
        let Some((choices, loops_to)) = cycles::endless(&self.graph, &self.cycles) else {
            return Ok(None);
        };
        let told = self.tell(body, &Schedule(choices))?;
        let (outcome, loops_to) = ("endless".to_owned(), Some(loops_to));
        let interleaving = Interleaving { outcome, loops_to, ..told };
        let ends: f64 = self.odds().values().sum();
        // Rounding of sums of chances: far below 1e-9 in every graph that fits the budget.
        let odds = if ends > 1.0 - 1e-9 { 0.0 } else { 1.0 - ends };
        Ok(Some(Endless { odds, interleaving }))
    }

    /// Lets `f` work with an execution of the code that goes on learning into our tables.
    pub(crate) fn execute<'b, R>(
        &self,
        body: &'b dyn Fn() -> String,
        f: impl FnOnce(&mut Execution<'b>) -> Result<R, ExploreError>,
    ) -> Result<R, ExploreError> {
        let tables = self.tables.replace(Tables::new(0));
        let mut execution = Execution::new(body, tables);
        let result = f(&mut execution);
        self.tables.replace(execution.into_tables());
        result
    }

    /// Runs some interleavings in full, spread evenly over their numbers: every step is checked
    /// against what was learned.
    fn spot_check(&self, body: &dyn Fn() -> String) -> Result<(), ExploreError> {
        let last = self.numbered() - 1_u32;
        let mut checked = None;
        for i in 0..SPOT_CHECKS {
            let number = &last * i / (SPOT_CHECKS - 1) + 1_u32;
            if checked.as_ref() != Some(&number) {
                let schedule = self.schedule(&number)?;
                self.execute(body, |execution| replay(execution, &schedule.0))?;
                checked = Some(number);
            }
        }
        Ok(())
    }

    fn counts(&self) -> &Counts {
        self.counts.get_or_init(|| count(&self.graph, &self.cycles))
    }

    fn odds(&self) -> &BTreeMap<ValueId, f64> {
        self.odds.get_or_init(|| odds::odds(&self.graph, &self.cycles))
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    pub(crate) fn continuations(&self) -> &Continuations {
        self.continuations.get_or_init(|| Continuations::new(&self.graph))
    }
}
