//! The variants of a lab at their size, each searched once, however many questions are asked.

use std::cell::RefCell;
use std::collections::BTreeMap;

use clap::ArgMatches;
use conclab_engine::report::Limit;
use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::{ExploreError, memory};
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

/// Part of the memory that is left that a search may take, if nothing is said.
const MEMORY: f64 = 0.7;

/// What the explorer may do, from the flags of a command; a demo has none of them.
pub(super) fn budgets(flags: &ArgMatches, stop: Stop) -> ModelSettings {
    let given = |name| flags.try_get_one::<u64>(name).ok().flatten().copied();
    let spurious = given("spurious").and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    let memory_max = given("max-memory").map(|mib| mib << 20).or_else(memory_max);
    let states_max = given("max-states").unwrap_or(2_000_000);
    ModelSettings { spurious, memory_max, ..ModelSettings::new(states_max, stop) }
}

/// Most bytes that a search may take, if nothing is said.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a number")]
pub(super) fn memory_max() -> Option<u64> {
    memory::available().map(|bytes| (bytes as f64 * MEMORY) as u64)
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
