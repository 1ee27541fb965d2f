//! Odds under the fair random scheduler: at every step each enabled thread is equally likely.
//!
//! Without cycles the chances flow once through the graph. With cycles the graph is an absorbing
//! Markov chain, solved component by component.

use std::collections::BTreeMap;

use super::cycles::{Component, Cycles};
use super::graph::Graph;
use super::ids::ValueId;

/// Components up to this size are solved by elimination; larger ones by iteration.
const ELIMINATE_MAX: usize = 256;

/// Iteration ends when a round moves no chance by more than this share.
const PRECISION: f64 = 1e-14;

/// Iteration ends after this many rounds in any case.
const ROUNDS_MAX: usize = 200_000;

/// The chance of every outcome, from 0 to 1.
pub(crate) fn odds(graph: &Graph, cycles: &Cycles) -> BTreeMap<ValueId, f64> {
    let mut chain =
        Chain { graph, visits: vec![0.0; graph.len()], odds: BTreeMap::new(), chances: Vec::new() };
    chain.visits[graph.root()] = 1.0;
    if graph.cyclic {
        for component in cycles.components().rev() {
            chain.through(&component, cycles.livelock);
        }
    } else {
        for state in (0..graph.len()).rev() {
            chain.leave(state, |_| false);
        }
    }
    chain.odds
}

struct Chain<'a> {
    graph: &'a Graph,
    /// Expected number of visits of each state.
    visits: Vec<f64>,
    odds: BTreeMap<ValueId, f64>,
    chances: Vec<f64>,
}

impl Chain<'_> {
    /// Passes a state's visits on to its successors, but for those that are `inside`.
    fn leave(&mut self, state: usize, inside: impl Fn(usize) -> bool) {
        let here = self.visits[state];
        self.graph.chances(state, &mut self.chances);
        for (edge, chance) in self.graph.edges(state).zip(&self.chances) {
            if !inside(edge.target) {
                self.visits[edge.target] += here * chance;
            }
        }
        if let Some(outcome) = self.graph.outcome(state) {
            *self.odds.entry(outcome).or_default() += here;
        }
    }

    /// Passes the visits of a component on to what comes after it.
    fn through(&mut self, component: &Component<'_>, livelock: Option<ValueId>) {
        if !component.cyclic {
            return self.leave(component.states[0] as usize, |_| false);
        }
        if component.trap {
            let visits = component.states.iter().map(|&state| self.visits[state as usize]);
            let inflow: f64 = visits.sum();
            let livelock = livelock.expect("a trap is a livelock");
            *self.odds.entry(livelock).or_default() += inflow;
            return;
        }
        let mut states: Vec<_> = component.states.iter().map(|&state| state as usize).collect();
        states.sort_unstable_by(|one, other| other.cmp(one));
        let solved = if states.len() <= ELIMINATE_MAX {
            self.eliminate(&states)
        } else {
            self.iterate(&states)
        };
        for (&state, visits) in states.iter().zip(solved) {
            self.visits[state] = visits;
        }
        let ascending: Vec<usize> = states.iter().rev().copied().collect();
        for &state in &states {
            self.leave(state, |target| ascending.binary_search(&target).is_ok());
        }
    }

    /// The ways inside a component, by place in it: `(from, to, chance)`.
    fn inside(&mut self, states: &[usize]) -> Vec<(usize, usize, f64)> {
        let place = |state: usize| states.binary_search_by(|other| state.cmp(other)).ok();
        let mut ways = Vec::new();
        for (from, &state) in states.iter().enumerate() {
            self.graph.chances(state, &mut self.chances);
            for (edge, &chance) in self.graph.edges(state).zip(&self.chances) {
                ways.extend(place(edge.target).map(|to| (from, to, chance)));
            }
        }
        ways
    }

    /// Solves `visits = inflow + visits · chances` by Gaussian elimination.
    fn eliminate(&mut self, states: &[usize]) -> Vec<f64> {
        let n = states.len();
        let mut rows = vec![vec![0.0; n + 1]; n];
        for (i, &state) in states.iter().enumerate() {
            rows[i][i] = 1.0;
            rows[i][n] = self.visits[state];
        }
        for (from, to, chance) in self.inside(states) {
            rows[to][from] -= chance;
        }
        for column in 0..n {
            let size = |row: &usize| rows[*row][column].abs();
            let pivot = (column..n).max_by(|one, other| size(one).total_cmp(&size(other)));
            rows.swap(column, pivot.expect("a column has rows"));
            let pivot_row = rows[column].clone();
            for (index, row) in rows.iter_mut().enumerate() {
                let factor = row[column] / pivot_row[column];
                if index != column && factor != 0.0 {
                    for (cell, &above) in row.iter_mut().zip(&pivot_row) {
                        *cell -= factor * above;
                    }
                }
            }
        }
        (0..n).map(|i| rows[i][n] / rows[i][i]).collect()
    }

    /// Solves the same by Gauss-Seidel iteration.
    fn iterate(&mut self, states: &[usize]) -> Vec<f64> {
        let inflow: Vec<f64> = states.iter().map(|&state| self.visits[state]).collect();
        let mut into = vec![Vec::new(); states.len()];
        for (from, to, chance) in self.inside(states) {
            into[to].push((from, chance));
        }
        let mut visits = inflow.clone();
        for _ in 0..ROUNDS_MAX {
            let mut moved = 0.0_f64;
            for (to, ways) in into.iter().enumerate() {
                let arrives: f64 = ways.iter().map(|&(from, chance)| visits[from] * chance).sum();
                let new = inflow[to] + arrives;
                moved = moved.max((new - visits[to]).abs() / new.max(1e-300));
                visits[to] = new;
            }
            if moved < PRECISION {
                break;
            }
        }
        visits
    }
}
