//! `conclab replay`: one interleaving, by number.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::ArgMatches;
use clap::error::{Error, ErrorKind};
use conclab_engine::ExploreError;
use conclab_engine::report::{Limit, MemoryModel};
use conclab_kit::lab::{AnyLab, Purpose, World};
use num_bigint::BigUint;

use super::outfile;
use super::progress::Progress;
use super::searches::budgets;
use crate::exit::Exit;
use crate::found::Replayed;
use crate::render::text::Telling;
use crate::render::{json, story, text};
use crate::session::Session;

/// Replays, and prints the interleaving.
pub(super) fn run(
    lab: &'static dyn AnyLab,
    flags: &ArgMatches,
    session: &Session,
) -> anyhow::Result<Exit> {
    let out = picture(flags)?;
    let bound = lab.bind(flags, Purpose::Study)?;
    let name = flags.get_one::<String>("variant").context("--variant is needed")?;
    let schedule = flags.get_one::<BigUint>("schedule").context("--schedule is needed")?;
    let mut variants = lab.variants().into_iter().enumerate();
    let (index, variant) =
        variants.find(|(_, card)| card.name == name).context("there is no such variant")?;
    let mut progress = Progress::new(format!("{} {name}", lab.card().name), session);
    let settings = budgets(flags, session.stop.clone());
    let found = bound.search(index, &settings, &mut |states| progress.hear(states));
    drop(progress);
    let found = found.and_then(|searched| searched.interleaving(schedule));
    let interleaving = match found {
        Ok(interleaving) => interleaving,
        Err(error) => {
            session.complain(&told(&error));
            return Ok(Exit::of_refusal(&error));
        }
    };
    let replayed = Replayed {
        lab: lab.card().name,
        variant,
        size: bound.size_in_words(World::Model),
        parameters: bound.values(World::Model),
        memory_model: MemoryModel::default(),
        promised: bound.promised(index),
        expected: bound.expected(index, &interleaving.outcome),
        interleaving,
    };
    if let Some(path) = out {
        let force = flags.get_flag("force");
        outfile::write("out", path, &story::svg(&replayed), force).context("--out")?;
        session.note(&format!("wrote {}", path.display()));
    }
    session.print(&if session.is_json() {
        json::replay(&replayed, session.globals.seed, &session.screen)
    } else {
        let how = if flags.get_flag("explain") { Telling::Sentences } else { Telling::Table };
        text::replay(&replayed, how, session.globals.verbose, &session.screen)
    })?;
    Ok(Exit::Kept)
}

/// The place for a picture, if one was asked for.
///
/// # Errors
/// If its name is not that of a picture, or no file can be written there: better now than after the
/// work.
fn picture(flags: &ArgMatches) -> anyhow::Result<Option<&Path>> {
    let Some(path) = flags.get_one::<PathBuf>("out") else { return Ok(None) };
    let is_svg = path.extension().is_some_and(|found| found.eq_ignore_ascii_case("svg"));
    if !is_svg {
        let message = format!("--out {}: the name must end in .svg\n", path.display());
        return Err(<Error>::raw(ErrorKind::ValueValidation, message).into());
    }
    outfile::check("out", path, flags.get_flag("force"))?;
    Ok(Some(path))
}

/// What is said of an error: first the flag that it is about.
pub(super) fn told(error: &ExploreError) -> String {
    format!("{}{}", flag(error), readable(&error.to_string()))
}

/// The flag that an error is about.
fn flag(error: &ExploreError) -> &'static str {
    match error {
        ExploreError::NoSuchSchedule { .. } => "--schedule: ",
        ExploreError::NotExhausted { limit: Limit::States, .. } => "--max-states: ",
        ExploreError::NotExhausted { limit: Limit::Memory, .. } => "--max-memory: ",
        ExploreError::NotExhausted { limit: Limit::Time, .. } => "--timeout: ",
        _ => "",
    }
}

/// Longest number that is repeated in full.
const DIGITS: usize = 80;

/// A message in which a number beyond all reading is cut: `99999999999999999999… (5000 digits)`.
fn readable(message: &str) -> String {
    let cut = |word: &str| {
        let number = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        match number.get(..20) {
            Some(head) if number.len() > DIGITS => {
                format!("{head}… ({} digits){}", number.len(), &word[number.len()..])
            }
            _ => word.to_owned(),
        }
    };
    message.split(' ').map(cut).collect::<Vec<_>>().join(" ")
}
