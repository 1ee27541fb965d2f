//! The variants of a lab at their size, each searched once, however many questions are asked.

use std::cell::RefCell;
use std::collections::BTreeMap;

use clap::ArgMatches;
use conclab_engine::ExploreError;
use conclab_engine::report::Limit;
use conclab_engine::settings::ModelSettings;
use conclab_kit::Searched;
use conclab_kit::lab::{AnyLab, BoundLab};

use crate::found::Explored;

/// The part of the time left that goes into the search: adding up what was found takes a third of
/// the time that it took to find it.
pub(super) const SEARCH: f64 = 0.7;

/// A lab at its size, and the searches that a later question can do with.
pub(super) struct Searches<'a> {
    pub(super) lab: &'static dyn AnyLab,
    pub(super) bound: &'a dyn BoundLab,
    kept: RefCell<BTreeMap<usize, Box<dyn Searched + 'a>>>,
}

impl<'a> Searches<'a> {
    pub(super) fn new(lab: &'static dyn AnyLab, bound: &'a dyn BoundLab) -> Self {
        Self { lab, bound, kept: RefCell::default() }
    }

    /// Every interleaving of a variant: what was kept of it, or else a search.
    ///
    /// # Errors
    /// Why the variant cannot be explored.
    pub(super) fn search(
        &self,
        variant: usize,
        settings: &ModelSettings,
        hear: &mut dyn FnMut(u64),
    ) -> Result<Box<dyn Searched + 'a>, ExploreError> {
        let kept = self.kept.borrow_mut().remove(&variant);
        kept.map_or_else(|| self.bound.search(variant, settings, hear), Ok)
    }

    /// Keeps a search for the next question, if no larger budget would find more.
    pub(super) fn keep(&self, variant: usize, searched: Box<dyn Searched + 'a>) {
        if searched.complete().is_ok() {
            self.kept.borrow_mut().insert(variant, searched);
        }
    }

    /// What a search found, with the lab's words for it.
    ///
    /// # Errors
    /// If the code does not do what it did when it was explored.
    pub(super) fn explored(
        &self,
        variant: usize,
        searched: &dyn Searched,
    ) -> Result<Explored, ExploreError> {
        let card = self.lab.variants()[variant];
        Ok(Explored::new(self.bound, (variant, card), searched.report()?))
    }
}

/// Most states to visit, from the flag.
pub(super) fn states_max(flags: &ArgMatches) -> u64 {
    let given = flags.try_get_one::<u64>("max-states");
    // A demo has no such flag.
    given.ok().flatten().copied().unwrap_or(2_000_000)
}

/// A limit, and the flag that moves it.
pub(super) fn said(limit: Limit) -> &'static str {
    match limit {
        Limit::States => "the budget of states was used up: see --max-states",
        Limit::Memory => "the budget of memory was used up: see --max-memory",
        Limit::Time => "the time was over: see --timeout",
        Limit::Interrupted => "interrupted",
    }
}
