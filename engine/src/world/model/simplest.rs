//! The simplest way to an outcome: fewest context switches, then fewest steps, then the earliest
//! in scheduling order.

use super::graph::{Edge, Graph};
use super::op::Choice;

/// No way at all.
const NEVER: u32 = u32::MAX;

/// One context switch, in a cost; one step is 1. So a cost compares switches first, and there is
/// room for a million steps and four thousand switches; beyond that, costs stand still at the top.
const SWITCH: u32 = 1 << 20;

/// The simplest interleaving that comes to a state that is `wanted`, and from there to its end.
///
/// Only ways that close no cycle are looked at: these are the ones that have numbers.
pub(crate) fn simplest(graph: &Graph, wanted: impl Fn(usize) -> bool) -> Option<Vec<Choice>> {
    let costs = costs(graph, &wanted);
    let mut choices = Vec::new();
    let mut state = graph.root();
    let mut last = None;
    while !wanted(state) {
        let edge = cheapest(graph, &costs, state, last)?;
        choices.push(edge.choice);
        last = Some(edge);
        state = edge.target;
    }
    while let Some(edge) = graph.forward(state).next() {
        choices.push(edge.choice);
        state = edge.target;
    }
    Some(choices)
}

/// For each edge, what it costs to get from its beginning through it to a wanted state.
fn costs(graph: &Graph, wanted: &impl Fn(usize) -> bool) -> Vec<u32> {
    let mut costs = vec![NEVER; graph.n_edges()];
    for state in 0..graph.len() {
        for edge in graph.forward(state) {
            let after = if wanted(edge.target) {
                0
            } else {
                let ways = graph.forward(edge.target);
                ways.map(|next| then(edge, next, &costs)).min().unwrap_or(NEVER)
            };
            costs[edge.index] = add(after, 1);
        }
    }
    costs
}

/// What it costs to go on by `next` after `edge`.
fn then(edge: Edge, next: Edge, costs: &[u32]) -> u32 {
    let switches = edge.choice.thread != next.choice.thread;
    add(costs[next.index], if switches { SWITCH } else { 0 })
}

/// Adds costs; below `NEVER`, so that a way that costs too much to tell is still a way.
fn add(cost: u32, more: u32) -> u32 {
    if cost == NEVER { NEVER } else { cost.saturating_add(more).min(NEVER - 1) }
}

/// The first of the cheapest ways on.
fn cheapest(graph: &Graph, costs: &[u32], state: usize, last: Option<Edge>) -> Option<Edge> {
    let price = |edge: &Edge| last.map_or(costs[edge.index], |last| then(last, *edge, costs));
    graph.forward(state).filter(|edge| costs[edge.index] != NEVER).min_by_key(price)
}
