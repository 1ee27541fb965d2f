//! A variant that has been explored, ready to be played.

use conclab_engine::ExploreError;
use conclab_engine::report::Position;
use conclab_kit::Searched;
use conclab_kit::report::{Exploration, Verdict};

use crate::found::Explored;

/// A variant with all that is known of it.
#[derive(Debug)]
pub(crate) struct Stage<'a> {
    /// Its place among the lab's variants.
    pub(crate) variant: usize,
    /// What the explorer found, with the lab's words for it.
    pub(crate) explored: Explored,
    searched: Box<dyn Searched + 'a>,
    begin: Position,
}

impl<'a> Stage<'a> {
    /// Sets the stage.
    ///
    /// # Errors
    /// If the code does not do what it did when it was explored.
    pub(crate) fn new(
        variant: usize,
        explored: Explored,
        searched: Box<dyn Searched + 'a>,
    ) -> Result<Self, ExploreError> {
        let begin = searched.position(&[])?;
        Ok(Self { variant, explored, searched, begin })
    }

    /// The moment after some moves.
    ///
    /// # Errors
    /// If the code does not do what it did when it was explored.
    pub(crate) fn position(&self, moves: &[usize]) -> Result<Position, ExploreError> {
        if moves.is_empty() { Ok(self.begin.clone()) } else { self.searched.position(moves) }
    }

    /// The explorer's report.
    pub(crate) fn report(&self) -> &Exploration {
        &self.explored.report
    }

    /// Whether some interleaving fails.
    pub(crate) fn can_fail(&self) -> bool {
        self.report().verdict == Verdict::Refuted
    }

    /// Context switches of the simplest failure, if there is one.
    pub(crate) fn switches_best(&self) -> Option<usize> {
        self.begin.switches_best
    }

    /// What failing interleavings do, each way once: `lose an update`.
    pub(crate) fn failures(&self) -> Vec<&'static str> {
        use conclab_kit::report::Expectation::Acceptable;
        let mut ways = Vec::new();
        for (outcome, does) in self.report().outcomes.iter().zip(&self.explored.does) {
            let does = does.unwrap_or("go wrong");
            if outcome.expectation != Some(Acceptable) && !ways.contains(&does) {
                ways.push(does);
            }
        }
        ways
    }

    /// What an interleaving with this outcome does.
    pub(crate) fn does(&self, outcome: &str) -> Option<&'static str> {
        let outcomes = self.report().outcomes.iter();
        let nth = outcomes.clone().position(|one| one.outcome == outcome)?;
        self.explored.does.get(nth).copied().flatten()
    }
}
