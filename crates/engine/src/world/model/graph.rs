//! The state graph, as the search leaves it: states in post-order, so that a state's successors
//! come before it, but for *back edges*, which close a cycle.

use std::collections::TryReserveError;

use super::ids::{Choice, ValueId};
use super::room::Room;

/// No outcome: not a final state.
const NONE: ValueId = 0;

/// A finished graph. A state is a position from 0 (left first) to `len - 1` (the beginning).
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// Edges of position p are `starts[p]..starts[p + 1]`.
    starts: Vec<u32>,
    targets: Vec<u32>,
    choices: Vec<Choice>,
    outcomes: Vec<(u32, ValueId)>,
    /// Whether any edge leads back to a state that was not left yet.
    pub(crate) cyclic: bool,
}

/// One edge of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) index: usize,
    pub(crate) target: usize,
    pub(crate) choice: Choice,
}

impl Graph {
    /// The number of states.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The number of transitions.
    pub(crate) fn n_edges(&self) -> usize {
        self.targets.len()
    }

    /// The position of the beginning.
    pub(crate) fn root(&self) -> usize {
        self.len() - 1
    }

    /// All ways on from a state, in scheduling order.
    pub(crate) fn edges(&self, state: usize) -> impl Iterator<Item = Edge> + use<'_> {
        let range = self.starts[state] as usize..self.starts[state + 1] as usize;
        range.map(|index| Edge {
            index,
            target: self.targets[index] as usize,
            choice: self.choices[index],
        })
    }

    /// The ways on that close no cycle: they make the graph in which interleavings are numbered.
    pub(crate) fn forward(&self, state: usize) -> impl Iterator<Item = Edge> + use<'_> {
        self.edges(state).filter(move |edge| edge.target < state)
    }

    /// Final states with their outcomes, by position.
    pub(crate) fn outcomes(&self) -> &[(u32, ValueId)] {
        &self.outcomes
    }

    /// The outcome of a state, if it is final.
    pub(crate) fn outcome(&self, state: usize) -> Option<ValueId> {
        let place = self.outcomes.binary_search_by_key(&state, |&(state, _)| state as usize);
        place.ok().map(|place| self.outcomes[place].1)
    }

    /// The chance of each edge under the fair random scheduler: each enabled thread is equally
    /// likely, and within a thread each of its branches.
    pub(crate) fn chances(&self, state: usize, chances: &mut Vec<f64>) {
        chances.clear();
        let choices = &self.choices[self.starts[state] as usize..self.starts[state + 1] as usize];
        let by_thread = || choices.chunk_by(|one, other| one.thread == other.thread);
        let n_threads = by_thread().count() as f64;
        for branches in by_thread() {
            let chance = 1.0 / n_threads / branches.len() as f64;
            chances.extend(std::iter::repeat_n(chance, branches.len()));
        }
    }
}

/// The graph while the search goes on: states have numbers in the order they were met.
#[derive(Debug, Default)]
pub(crate) struct GraphBuilder {
    /// Edges of the states not left yet; those of each begin where it was entered.
    open: Vec<(u32, Choice)>,
    open_starts: Vec<usize>,
    outcome: ValueId,
    position_of: Vec<u32>,
    graph: Graph,
}

impl GraphBuilder {
    /// The number of transitions so far.
    pub(crate) fn n_edges(&self) -> usize {
        self.open.len() + self.graph.targets.len()
    }

    /// Counts what stays of it when the search is over.
    pub(crate) fn count_graph(&self, room: &mut Room) {
        let Graph { starts, targets, choices, outcomes, cyclic: _ } = &self.graph;
        room.count_vec(starts);
        // States that are left take all that is open with them.
        room.count_vec_for(targets, self.open.len());
        room.count_vec_for(choices, self.open.len());
        room.count_vec(outcomes);
    }

    /// Counts what is needed only until then.
    pub(crate) fn count_open(&self, room: &mut Room) {
        room.count_vec(&self.open);
        room.count_vec(&self.open_starts);
        room.count_vec(&self.position_of);
    }

    /// Makes room for so many states and transitions more.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn make_room(&mut self, more: usize) -> Result<(), TryReserveError> {
        self.open.try_reserve(more)?;
        self.open_starts.try_reserve(more)?;
        self.position_of.try_reserve(more)?;
        let Graph { starts, targets, choices, outcomes, cyclic: _ } = &mut self.graph;
        let edges = more + self.open.len();
        starts.try_reserve(more)?;
        targets.try_reserve(edges)?;
        choices.try_reserve(edges)?;
        outcomes.try_reserve(more)
    }

    /// A state is entered.
    pub(crate) fn enter(&mut self) {
        self.open_starts.push(self.open.len());
        self.position_of.push(u32::MAX);
    }

    /// The state on top leads to `target`.
    pub(crate) fn add_edge(&mut self, target: u32, choice: Choice) {
        self.open.push((target, choice));
    }

    /// Whether the state on top leads nowhere.
    pub(crate) fn is_final(&self) -> bool {
        self.open_starts.last() == Some(&self.open.len())
    }

    /// The state on top is final and shows this.
    pub(crate) fn set_outcome(&mut self, outcome: ValueId) {
        self.outcome = outcome;
    }

    /// The state on top is left for good.
    pub(crate) fn leave(&mut self, state: u32) {
        let position = u32::try_from(self.graph.starts.len()).expect("fewer than 2^32 states");
        self.position_of[state as usize] = position;
        let start = u32::try_from(self.graph.targets.len()).expect("fewer than 2^32 edges");
        self.graph.starts.push(start);
        let open_start = self.open_starts.pop().expect("a state is on top");
        for (target, choice) in self.open.drain(open_start..) {
            self.graph.targets.push(target);
            self.graph.choices.push(choice);
        }
        let outcome = std::mem::replace(&mut self.outcome, NONE);
        if outcome != NONE {
            self.graph.outcomes.push((position, outcome));
        }
    }

    /// The graph by positions.
    pub(crate) fn finish(self) -> Graph {
        let Self { position_of, mut graph, .. } = self;
        graph.starts.push(u32::try_from(graph.targets.len()).expect("fewer than 2^32 edges"));
        for target in &mut graph.targets {
            *target = position_of[*target as usize];
        }
        graph.cyclic =
            (0..graph.len()).any(|state| graph.edges(state).any(|edge| edge.target >= state));
        graph
    }
}
