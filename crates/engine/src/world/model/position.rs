//! A moment of an interleaving, for whoever wants to be the scheduler.

use super::count::Continuations;
use super::explored::Explored;
use super::graph::{Edge, Graph};
use super::ids::Choice;
use super::simplest;
use super::tell::Told;
use crate::error::ExploreError;
use crate::report::{Interleaving, Move, Position};

/// What is known of every state for the question which ways fail; made once per game.
#[derive(Debug)]
pub struct Failing {
    /// Whether a failure ends there.
    ends: Vec<bool>,
    /// Whether every way on fails.
    must: Vec<bool>,
    /// Whether some way on fails.
    can: Vec<bool>,
    /// How many interleavings go on and fail; nothing on a graph with cycles.
    counts: Option<Continuations>,
    /// The chance of failing under the fair random scheduler.
    odds: Vec<f64>,
}

/// Chances on a graph with cycles are added up in rounds, until one moves none by more than this.
const PRECISION: f64 = 1e-12;

/// Rounds after which the sum is taken as it is.
const ROUNDS_MAX: usize = 10_000;

impl Failing {
    /// The chance of failing from a state under the fair random scheduler.
    pub(crate) fn odds(&self, state: usize) -> f64 {
        self.odds[state]
    }

    /// How many interleavings go on from a state and fail, if that is a number.
    pub(crate) fn count(&self, state: usize) -> Option<String> {
        self.counts.as_ref().map(|counts| counts.of(state).to_string())
    }

    /// Whether some way on from a state fails.
    pub(crate) fn can(&self, state: usize) -> bool {
        self.can[state]
    }

    /// Whether every way on from a state fails.
    pub(crate) fn must(&self, state: usize) -> bool {
        self.must[state]
    }
}

impl Explored {
    /// Finds out which ways fail: those that end in an outcome that is `bad`.
    pub fn failing(&self, bad: impl Fn(&str) -> bool) -> Failing {
        let graph = self.graph();
        let ends = self.ends(&bad);
        let good = self.ends(|outcome| !bad(outcome));
        let must = simplest::decided(graph, &ends);
        // Some way fails unless it is decided that none does.
        let can = simplest::decided(graph, &good).into_iter().map(|never| !never).collect();
        let counts = (!graph.cyclic).then(|| Continuations::to(graph, |state| ends[state]));
        let odds = failing_odds(graph, &ends);
        Failing { ends, must, can, counts, odds }
    }

    /// The moment after some moves, each a place in the list of moves at that moment.
    ///
    /// # Errors
    /// If the code does not do what it did when it was explored.
    ///
    /// # Panics
    /// If there is no such move.
    pub fn position(
        &self,
        body: &dyn Fn() -> String,
        failing: &Failing,
        moves: &[usize],
    ) -> Result<Position, ExploreError> {
        let graph = self.graph();
        let mut state = graph.root();
        let mut choices: Vec<Choice> = Vec::with_capacity(moves.len());
        for &nth in moves {
            let edge = graph.edges(state).nth(nth).expect("a move of the moment before");
            choices.push(edge.choice);
            state = edge.target;
        }
        let ways: Vec<Edge> = graph.edges(state).collect();
        let ahead: Vec<Choice> = ways.iter().map(|edge| edge.choice).collect();
        let (told, moment) = self.tell_moment(body, &choices, &ahead)?;
        let last = choices.last().map(|choice| choice.thread);
        let best = simplest::from(graph, &failing.ends, state, last);
        let mut way: Vec<_> = choices.iter().map(|choice| choice.thread).collect();
        way.extend(best.iter().flatten().map(|choice| choice.thread));
        let switches = way.windows(2).filter(|pair| pair[0] != pair[1]).count();
        let first = best.as_ref().and_then(|best| best.first());
        let moves_told =
            ways.iter().zip(moment.moves).map(|(edge, one)| self.valued(edge, one, failing));
        Ok(Position {
            failed: failing.ends[state],
            state: moment.state,
            threads: moment.threads,
            moves: moves_told.collect(),
            best: first.and_then(|first| ahead.iter().position(|choice| choice == first)),
            switches_best: best.map(|_| switches),
            told: Interleaving { decided: None, ..told },
        })
    }

    /// The moves of the simplest interleaving that fails.
    pub fn solution(&self, failing: &Failing) -> Option<Vec<usize>> {
        let graph = self.graph();
        let choices = simplest::simplest(graph, &failing.ends)?;
        let mut state = graph.root();
        let mut moves = Vec::with_capacity(choices.len());
        for choice in choices {
            let mut edges = graph.edges(state).enumerate();
            let (nth, edge) = edges.find(|(_, edge)| edge.choice == choice)?;
            moves.push(nth);
            state = edge.target;
        }
        Some(moves)
    }

    /// A move with what is known of the ways on from it.
    fn valued(&self, edge: &Edge, (thread, operation, result): Told, failing: &Failing) -> Move {
        Move {
            thread,
            operation,
            result,
            interleavings: (!self.graph().cyclic)
                .then(|| self.continuations().of(edge.target).to_string()),
            failing: failing.count(edge.target),
            can_fail: failing.can(edge.target),
            must_fail: failing.must(edge.target),
        }
    }
}

/// The chance of coming to one of `ends`, from every state. Successors come first, so that one
/// round is enough where there are no cycles.
fn failing_odds(graph: &Graph, ends: &[bool]) -> Vec<f64> {
    let mut odds = vec![0.0; ends.len()];
    let mut chances = Vec::new();
    for _ in 0..ROUNDS_MAX {
        let mut moved = 0.0_f64;
        for (state, &ends) in ends.iter().enumerate() {
            graph.chances(state, &mut chances);
            let ways = graph.edges(state).zip(&chances);
            let sum = ways.map(|(edge, chance)| chance * odds[edge.target]).sum();
            let new = if ends { 1.0 } else { sum };
            moved = moved.max((new - odds[state]).abs());
            odds[state] = new;
        }
        if !graph.cyclic || moved < PRECISION {
            break;
        }
    }
    odds
}
