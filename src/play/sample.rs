//! Games of real labs, for tests.

use clap::Command;
use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_kit::lab::{AnyLab, BoundLab, Purpose};
use conclab_kit::report::StateGraph;

use super::machine::{Answer, Play, Wish};
use super::progress::Before;
use super::{Input, Stage};
use crate::found::Explored;

/// A lab with its size, and a game on it.
pub(crate) struct Table {
    lab: &'static dyn AnyLab,
    bound: &'static dyn BoundLab,
    /// The game.
    pub(crate) play: Play<'static>,
}

impl Table {
    /// Begins a game.
    pub(crate) fn new(lab: &str, variant: &str, flags: &[&str]) -> Self {
        let mut labs = conclab_labs::catalogue().iter();
        let lab = *labs.find(|one| one.card().name == lab).expect("a lab");
        let command = lab.with_flags(Command::new("lab").no_binary_name(true));
        let matches = command.try_get_matches_from(flags).expect("the flags are right");
        let bound = lab.bind(&matches, Purpose::Study).expect("the flags are right");
        // Tests are short: what they leave behind ends with them.
        let bound: &'static dyn BoundLab = Box::leak(bound);
        let variants = lab.variants();
        let nth = variants.iter().position(|card| card.name == variant).expect("a variant");
        let stage = stage(lab, bound, nth);
        let play = Play::new(lab.card(), &variants, stage, Before::default());
        Self { lab, bound, play: play.expect("labs are deterministic") }
    }

    /// A game on the first variant of every lab.
    pub(crate) fn every_lab() -> impl Iterator<Item = Self> {
        let labs = conclab_labs::catalogue().iter();
        labs.map(|lab| Self::new(lab.card().name, lab.variants()[0].name, &[]))
    }

    /// Every state of the variant that is played.
    pub(crate) fn graph(&self) -> StateGraph {
        let variant = self.play.stage().variant;
        let found = self.bound.search(variant, &settings(), &mut |_| {}).expect("a small program");
        found.graph(usize::MAX).expect("labs are deterministic")
    }

    /// Says something, and explores what is wished for.
    pub(crate) fn say(&mut self, line: &str) -> Answer {
        let answer = self.play.input(Input::read(line)).expect("labs are deterministic");
        match answer.wish {
            Wish::Load(variant) => self.play.staged(stage(self.lab, self.bound, variant)),
            Wish::Input | Wish::Quit => answer,
        }
    }

    /// Goes on in the best way until something fails.
    pub(crate) fn break_it(&mut self) {
        while let Some(best) = self.play.here().best {
            self.say(&(best + 1).to_string());
        }
    }

    /// The number of a repair on the list.
    pub(crate) fn number(&self, name: &str) -> String {
        let mut fixes = self.play.fixes().iter();
        let nth = fixes.position(|fix| fix.card.name == name).expect("a repair");
        (nth + 1).to_string()
    }
}

fn settings() -> ModelSettings {
    ModelSettings::new(100_000, Stop::never())
}

fn stage(lab: &'static dyn AnyLab, bound: &'static dyn BoundLab, nth: usize) -> Stage<'static> {
    let searched = bound.search(nth, &settings(), &mut |_| {}).expect("a small program");
    let report = searched.report().expect("labs are deterministic");
    let explored = Explored::new(bound, (nth, lab.variants()[nth]), report);
    Stage::new(nth, explored, searched).expect("labs are deterministic")
}
