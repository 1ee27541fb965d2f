//! What a command found, as plain data: everything a renderer needs, so that it needs no lab, no
//! clock and no thread.

use clap::ValueEnum;
use conclab_engine::report::{Count, Interleaving, Limit, MemoryModel};
use conclab_kit::lab::{BoundLab, Card, Expected, VariantCard, World};
use conclab_kit::report::{
    Evidence, Expectation, Exploration, Outcome, Parameters, Runs, Seen, Trace,
};
use conclab_kit::scene::Claim;
use conclab_measure::{Exhibit, Price};
use num_bigint::BigUint;
use serde::Serialize;

#[cfg(test)]
pub(crate) mod sample;

/// Version of the program that found something.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How that program was built; prices of a debug build are prices of the missing optimiser.
pub(crate) const PROFILE: &str = if cfg!(debug_assertions) { "debug" } else { "release" };

/// What else is needed to repeat a report.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    /// Processors this process may use.
    pub(crate) cores: usize,
    /// See [`VERSION`].
    pub(crate) version: &'static str,
    /// See [`PROFILE`].
    pub(crate) profile: &'static str,
    /// The value of `--seed`.
    pub(crate) seed: u64,
}

/// Runs on real threads with the lab's sentence about them.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    /// The runs.
    pub(crate) report: Runs,
    /// What they showed, in a sentence.
    pub(crate) told: String,
    /// Whether the variant is a right one.
    pub(crate) right: bool,
    /// That other programs took the cores, if they did.
    pub(crate) busy: Option<String>,
}

/// A variant's exploration with the lab's words for it.
#[derive(Clone, Debug)]
pub(crate) struct Explored {
    /// The variant.
    pub(crate) variant: VariantCard,
    /// The size of the program, in words: `2 × 1 increment`.
    pub(crate) size: String,
    /// What the explorer found.
    pub(crate) report: Exploration,
    /// What interleavings with the n-th outcome do: `lose an update`.
    pub(crate) does: Vec<Option<&'static str>>,
}

impl Explored {
    /// Takes the lab's words for what was found of a variant.
    pub(crate) fn new(
        bound: &dyn BoundLab,
        (index, variant): (usize, VariantCard),
        report: Exploration,
    ) -> Self {
        let does = |one: &Outcome| bound.does(World::Model, index, &one.outcome);
        let does = report.outcomes.iter().map(does).collect();
        let size = bound.variant_in_words(World::Model, index);
        Self { variant, size, report, does }
    }
}

/// A variant that could not be explored, and why.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The variant.
    pub(crate) variant: &'static str,
    /// Why.
    pub(crate) because: String,
}

/// One interleaving with what it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Replayed {
    /// The lab's name.
    pub(crate) lab: &'static str,
    /// The variant.
    pub(crate) variant: VariantCard,
    /// The size of the program, in words.
    pub(crate) size: String,
    /// The size of the program, by flag name.
    pub(crate) parameters: Parameters,
    /// What was assumed of memory.
    pub(crate) memory_model: MemoryModel,
    /// What right interleavings of the variant do, if it promises any.
    pub(crate) promised: Option<&'static str>,
    /// What the lab says of the outcome, if it foresees it.
    pub(crate) expected: Option<Expected>,
    /// The interleaving.
    pub(crate) interleaving: Interleaving,
}

/// A recorded run with what it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Traced {
    /// The size of the program, in words.
    pub(crate) size: String,
    /// Whether the variant is a right one.
    pub(crate) right: bool,
    /// What is needed to repeat it.
    pub(crate) stamp: Stamp,
    /// The run.
    pub(crate) report: Trace,
}

/// A part of a demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// One variant on real threads.
    Break,
    /// The same variant in the model.
    Why,
    /// Every repair in the model.
    Fix,
    /// What is measured.
    Price,
}

impl Part {
    /// Every part, in the order of the screen.
    pub(crate) const ALL: [Self; 4] = [Self::Break, Self::Why, Self::Fix, Self::Price];
}

/// Everything a demo found. What was not asked for is empty.
#[derive(Clone, Debug)]
pub(crate) struct Demo {
    /// The lab.
    pub(crate) card: Card,
    /// The variant that BREAK and WHY are about; a lab that only measures has none.
    pub(crate) subject: Option<VariantCard>,
    /// The lab's first variant, which repairs nothing; empty if there is none.
    pub(crate) first: &'static str,
    /// The parts that were asked for.
    pub(crate) parts: Vec<Part>,
    /// What is needed to repeat it.
    pub(crate) stamp: Stamp,
    /// The size on real threads, in words.
    pub(crate) size_real: String,
    /// The size on real threads, by flag name.
    pub(crate) real: Parameters,
    /// The size in the model, in words.
    pub(crate) size_model: String,
    /// The size in the model, by flag name.
    pub(crate) model: Parameters,
    /// The subject on real threads, with the dial as given.
    pub(crate) broke: Option<Ran>,
    /// The same with the window widened, if hardly anything went wrong without.
    pub(crate) widened: Option<Ran>,
    /// Every other variant on real threads.
    pub(crate) others: Vec<Ran>,
    /// Every variant in the model.
    pub(crate) explored: Vec<Explored>,
    /// Variants that the model refused.
    pub(crate) refused: Vec<Refusal>,
    /// What each variant costs.
    pub(crate) prices: Vec<Price>,
    /// What the lab measured of its own.
    pub(crate) exhibits: Vec<Exhibit>,
    /// What the lab claims of that, judged.
    pub(crate) claims: Vec<Claim>,
    /// Why not everything could be measured.
    pub(crate) prices_limit: Option<Limit>,
    /// The lesson's claims, with evidence.
    pub(crate) evidence: Vec<Evidence>,
    /// Flags that give the model the same size again, if they are not the default.
    pub(crate) flags: String,
    /// Flags of the size that was asked for, if a class could not look at that many interleavings
    /// and the model got a smaller size.
    pub(crate) asked: Option<String>,
}

impl Demo {
    /// Every set of runs, the subject's first.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &Ran> {
        self.broke.iter().chain(&self.widened).chain(&self.others)
    }

    /// Whether a part was asked for.
    pub(crate) fn shows(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    /// What the model says of the subject, if it was explored.
    pub(crate) fn explored_subject(&self) -> Option<&Explored> {
        let subject = self.subject?.name;
        self.explored.iter().find(|one| one.variant.name == subject)
    }
}

/// What this machine can show.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Doctor {
    /// How the program was built.
    pub(crate) profile: &'static str,
    /// Operating system.
    pub(crate) os: &'static str,
    /// Processor architecture.
    pub(crate) arch: &'static str,
    /// Processors this process may use.
    pub(crate) cores: usize,
    /// Which processors those are, where the system tells.
    pub(crate) affinity: Option<String>,
    /// The terminal.
    pub(crate) terminal: Terminal,
    /// The version of Python 3, or why there is none.
    pub(crate) python: Python,
    /// What real threads can show, lab by lab.
    pub(crate) labs: Vec<Ability>,
}

/// What stdout is.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Terminal {
    /// Whether it is a terminal.
    pub(crate) tty: bool,
    /// Columns, if so.
    pub(crate) columns: Option<usize>,
    /// Rows, if so.
    pub(crate) rows: Option<usize>,
    /// Whether colour is used.
    pub(crate) colour: bool,
    /// Why, or why not.
    pub(crate) colour_because: &'static str,
    /// Whether characters beyond ASCII are used.
    pub(crate) unicode: bool,
    /// Why, or why not.
    pub(crate) unicode_because: &'static str,
}

/// Whether there is a Python 3.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Python {
    /// What it calls itself.
    pub(crate) version: Option<String>,
    /// Why nothing is known of it.
    pub(crate) problem: Option<String>,
}

/// What real threads can show of one lab here.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ability {
    /// The lab's name.
    pub(crate) lab: &'static str,
    /// What they show, in a sentence.
    pub(crate) real: &'static str,
}

/// Outcomes of real runs that break a promise: forbidden ones, and those nobody declared.
pub(crate) fn unforeseen(runs: &Runs) -> impl Iterator<Item = &Seen> {
    let bad = |expectation| {
        !matches!(expectation, Some(Expectation::Acceptable | Expectation::Interesting))
    };
    runs.outcomes.iter().filter(move |seen| seen.runs > 0 && bad(seen.expectation))
}

/// How many interleavings fail, and what they do: the sum over all outcomes that are not
/// acceptable. Nothing if none fails.
pub(crate) fn failing(explored: &Explored) -> Option<(Count, &'static str)> {
    let outcomes = explored.report.outcomes.iter().zip(&explored.does);
    let bad: Vec<_> =
        outcomes.filter(|(bad, _)| bad.expectation != Some(Expectation::Acceptable)).collect();
    let (_, first) = bad.first()?;
    let same = bad.iter().all(|(_, does)| does == first);
    let does = first.filter(|_| same).unwrap_or("go wrong");
    let mut sum = BigUint::ZERO;
    for (outcome, _) in &bad {
        match &outcome.interleavings {
            Count::Exactly(number) => sum += number,
            Count::Unbounded => return Some((Count::Unbounded, does)),
        }
    }
    Some((Count::Exactly(sum), does))
}

/// The chance that a fair random scheduler meets a failure, if it is known.
pub(crate) fn failing_odds(report: &Exploration) -> Option<f64> {
    let bad = report.outcomes.iter().filter(|o| o.expectation != Some(Expectation::Acceptable));
    bad.map(|outcome| outcome.odds).sum()
}
