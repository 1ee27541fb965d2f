//! The variants of a lab at their size, each searched once, however many questions are asked.

use std::cell::RefCell;
use std::collections::BTreeMap;

use conclab_engine::ExploreError;
use conclab_engine::settings::ModelSettings;
use conclab_kit::Searched;
use conclab_kit::lab::{AnyLab, BoundLab};

use crate::found::Explored;

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
