//! A game: somebody is the scheduler of a variant that has been explored.

use std::fmt::Debug;

use crate::error::ExploreError;
use crate::report::{Interleaving, Parameters, Position, StateGraph};
use crate::world::model::{Explored, Export, Failing};

/// A variant with every interleaving of it known, to be played through move by move.
pub trait Game: Debug {
    /// The moment after some moves from the beginning, each the place of a move in the list of
    /// [`Position::moves`] of the moment before.
    ///
    /// # Errors
    /// If the code does not do what it did when it was explored.
    ///
    /// # Panics
    /// If there is no such move.
    fn position(&self, moves: &[usize]) -> Result<Position, ExploreError>;

    /// The moves of the simplest interleaving that fails, from the beginning; nothing if none does.
    fn solution(&self) -> Option<Vec<usize>>;

    /// The simplest interleaving with this outcome; nothing if no interleaving has it.
    ///
    /// # Errors
    /// If the code does not do what it did when it was explored.
    fn ending(&self, outcome: &str) -> Result<Option<Interleaving>, ExploreError>;

    /// The state graph, of which at most `states_max` states are told: those along the simplest
    /// failure first, then those that take fewest steps to come to.
    ///
    /// # Errors
    /// As for [`Game::position`].
    fn graph(&self, states_max: usize) -> Result<StateGraph, ExploreError>;
}

/// A game of a program whose body is at hand.
pub(crate) struct Played<F> {
    pub(crate) body: F,
    pub(crate) explored: Explored,
    pub(crate) failing: Failing,
    pub(crate) lab: &'static str,
    pub(crate) variant: &'static str,
    pub(crate) parameters: Parameters,
}

impl<F> Debug for Played<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Played").field("states", &self.explored.states()).finish_non_exhaustive()
    }
}

impl<F: Fn() -> String> Game for Played<F> {
    fn position(&self, moves: &[usize]) -> Result<Position, ExploreError> {
        self.explored.position(&self.body, &self.failing, moves)
    }

    fn solution(&self) -> Option<Vec<usize>> {
        self.explored.solution(&self.failing)
    }

    fn ending(&self, outcome: &str) -> Result<Option<Interleaving>, ExploreError> {
        let simplest = self.explored.simplest(|one| one == outcome);
        simplest.map(|schedule| self.explored.tell(&self.body, &schedule)).transpose()
    }

    fn graph(&self, states_max: usize) -> Result<StateGraph, ExploreError> {
        let Export { states, texts } =
            self.explored.export(&self.body, &self.failing, states_max)?;
        Ok(StateGraph {
            lab: self.lab.to_owned(),
            variant: self.variant.to_owned(),
            parameters: self.parameters.clone(),
            states_all: self.explored.states(),
            texts,
            states,
            simplest: self.solution(),
        })
    }
}
