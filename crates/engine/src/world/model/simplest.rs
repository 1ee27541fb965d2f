//! The simplest way to an outcome: fewest context switches, then fewest steps, then decided
//! earliest, then the earliest in scheduling order.

use super::graph::{Edge, Graph};
use super::ids::{Choice, ThreadId};

/// No way at all.
const NEVER: u64 = u64::MAX;

/// One step before it is decided that the way ends as wanted, in a cost.
const UNDECIDED: u64 = 1;

/// One step: worth more than all undecided ones. There is room for a million.
const STEP: u64 = 1 << 20;

/// One context switch: worth more than all steps. There is room for a million times a million;
/// beyond that, costs stand still at the top.
const SWITCH: u64 = 1 << 40;

/// For each state, whether every way on from it ends in a state that is `wanted`. Going round for
/// ever is no end.
pub(crate) fn decided(graph: &Graph, wanted: &[bool]) -> Vec<bool> {
    let all = |decided: &[bool], state: usize| {
        wanted[state] || graph.edges(state).all(|edge| decided[edge.target])
    };
    let is_final = |state: usize| graph.edges(state).next().is_none();
    let mut decided: Vec<bool> =
        (0..graph.len()).map(|state| wanted[state] || !is_final(state)).collect();
    loop {
        let mut changed = false;
        for state in 0..graph.len() {
            let before = decided[state];
            decided[state] = before && all(&decided, state);
            changed |= before != decided[state];
        }
        // Successors come first: without cycles one pass tells.
        if !(changed && graph.cyclic) {
            return decided;
        }
    }
}

/// The simplest interleaving that comes to a state that is `wanted`, and from there to its end.
///
/// Only ways that close no cycle are looked at: these are the ones that have numbers.
pub(crate) fn simplest(graph: &Graph, wanted: &[bool]) -> Option<Vec<Choice>> {
    from(graph, wanted, graph.root(), None)
}

/// The same from a state on, where `last` was the thread that moved last.
pub(crate) fn from(
    graph: &Graph,
    wanted: &[bool],
    mut state: usize,
    mut last: Option<ThreadId>,
) -> Option<Vec<Choice>> {
    let costs = costs(graph, wanted);
    let mut choices = Vec::new();
    while !wanted[state] {
        let edge = cheapest(graph, &costs, state, last)?;
        choices.push(edge.choice);
        last = Some(edge.choice.thread);
        state = edge.target;
    }
    while let Some(edge) = graph.forward(state).next() {
        choices.push(edge.choice);
        state = edge.target;
    }
    Some(choices)
}

/// For each edge, what it costs to get from its beginning through it to a wanted state.
fn costs(graph: &Graph, wanted: &[bool]) -> Vec<u64> {
    let decided = decided(graph, wanted);
    let mut costs = vec![NEVER; graph.n_edges()];
    for (state, decided) in decided.into_iter().enumerate() {
        for edge in graph.forward(state) {
            let after = if wanted[edge.target] {
                0
            } else {
                let ways = graph.forward(edge.target);
                ways.map(|next| then(edge.choice.thread, next, &costs)).min().unwrap_or(NEVER)
            };
            let step = if decided { STEP } else { STEP + UNDECIDED };
            costs[edge.index] = add(after, step);
        }
    }
    costs
}

/// What it costs to go on by `next` after a step of `last`.
fn then(last: ThreadId, next: Edge, costs: &[u64]) -> u64 {
    let switches = last != next.choice.thread;
    add(costs[next.index], if switches { SWITCH } else { 0 })
}

/// Adds costs; below `NEVER`, so that a way that costs too much to tell is still a way.
fn add(cost: u64, more: u64) -> u64 {
    if cost == NEVER { NEVER } else { cost.saturating_add(more).min(NEVER - 1) }
}

/// The first of the cheapest ways on.
fn cheapest(graph: &Graph, costs: &[u64], state: usize, last: Option<ThreadId>) -> Option<Edge> {
    let price = |edge: &Edge| last.map_or(costs[edge.index], |last| then(last, *edge, costs));
    graph.forward(state).filter(|edge| costs[edge.index] != NEVER).min_by_key(price)
}
