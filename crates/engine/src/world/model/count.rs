//! Exact numbers of interleavings: sums over the paths of the state graph.

use std::collections::BTreeMap;

use num_bigint::BigUint;

use super::cycles::Cycles;
use super::graph::Graph;
use super::ids::ValueId;
use crate::report::Count;

/// How many interleavings end in each outcome, and how many there are in all.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) outcomes: BTreeMap<ValueId, Count>,
    pub(crate) all: Count,
}

/// Counts the interleavings of a graph.
pub(crate) fn count(graph: &Graph, cycles: &Cycles) -> Counts {
    // Most programs fit 128 bits, and there the sums are ten times faster.
    let (outcomes, all) = paths_to_ends::<u128>(graph)
        .or_else(|| paths_to_ends::<BigUint>(graph))
        .expect("big integers do not overflow");
    let outcomes = outcomes.into_iter().map(|(outcome, paths)| {
        let unbounded = cycles.unbounded.contains(&outcome);
        (outcome, if unbounded { Count::Unbounded } else { Count::Exactly(paths) })
    });
    let mut outcomes: BTreeMap<_, _> = outcomes.collect();
    if let Some(livelock) = cycles.livelock {
        outcomes.insert(livelock, Count::Unbounded);
    }
    let all = if graph.cyclic { Count::Unbounded } else { Count::Exactly(all) };
    Counts { outcomes, all }
}

/// A number that paths are counted in.
trait Number: Clone + Default {
    fn one() -> Self;
    fn is_zero(&self) -> bool;
    /// Adds; nothing if the sum does not fit.
    fn plus(&mut self, other: &Self) -> Option<()>;
    fn into_big(self) -> BigUint;
}

impl Number for u128 {
    fn one() -> Self {
        1
    }
    fn is_zero(&self) -> bool {
        *self == 0
    }
    fn plus(&mut self, other: &Self) -> Option<()> {
        *self = self.checked_add(*other)?;
        Some(())
    }
    fn into_big(self) -> BigUint {
        self.into()
    }
}

impl Number for BigUint {
    fn one() -> Self {
        Self::from(1_u32)
    }
    fn is_zero(&self) -> bool {
        self.bits() == 0
    }
    fn plus(&mut self, other: &Self) -> Option<()> {
        *self += other;
        Some(())
    }
    fn into_big(self) -> BigUint {
        self
    }
}

/// Paths from the beginning to each outcome, and to any end.
fn paths_to_ends<N: Number>(graph: &Graph) -> Option<(BTreeMap<ValueId, BigUint>, BigUint)> {
    let mut paths = vec![N::default(); graph.len()];
    paths[graph.root()] = N::one();
    let mut outcomes = BTreeMap::<ValueId, N>::new();
    let mut all = N::default();
    for state in (0..graph.len()).rev() {
        let here = std::mem::take(&mut paths[state]);
        if here.is_zero() {
            continue;
        }
        let mut ends = true;
        for edge in graph.forward(state) {
            paths[edge.target].plus(&here)?;
            ends = false;
        }
        if ends {
            all.plus(&here)?;
        }
        if let Some(outcome) = graph.outcome(state) {
            outcomes.entry(outcome).or_default().plus(&here)?;
        }
    }
    let outcomes = outcomes.into_iter().map(|(outcome, n)| (outcome, n.into_big())).collect();
    Some((outcomes, all.into_big()))
}

/// For each state, how many interleavings go on from it; those of all numbers schedules.
#[derive(Debug)]
pub(crate) enum Continuations {
    Small(Vec<u128>),
    Big(Vec<BigUint>),
}

impl Continuations {
    /// Counts all of them.
    pub(crate) fn new(graph: &Graph) -> Self {
        Self::to(graph, |state| graph.forward(state).next().is_none())
    }

    /// Counts those that come to one of these ends, successors first.
    pub(crate) fn to(graph: &Graph, is_end: impl Fn(usize) -> bool) -> Self {
        let small = continuations::<u128>(graph, &is_end).map(Self::Small);
        small.unwrap_or_else(|| {
            Self::Big(continuations(graph, &is_end).expect("big integers do not overflow"))
        })
    }

    /// The number of interleavings that go on from a state.
    pub(crate) fn of(&self, state: usize) -> BigUint {
        match self {
            Self::Small(numbers) => numbers[state].into(),
            Self::Big(numbers) => numbers[state].clone(),
        }
    }
}

fn continuations<N: Number>(graph: &Graph, is_end: &impl Fn(usize) -> bool) -> Option<Vec<N>> {
    let mut numbers: Vec<N> = Vec::with_capacity(graph.len());
    for state in 0..graph.len() {
        let mut sum = if is_end(state) { N::one() } else { N::default() };
        for edge in graph.forward(state) {
            sum.plus(&numbers[edge.target])?;
        }
        numbers.push(sum);
    }
    Some(numbers)
}
