//! `conclab trace`: one run on real threads, recorded.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::ArgMatches;
use clap::error::ErrorKind;
use conclab_engine::settings::{RealSettings, Widen};
use conclab_kit::lab::{AnyLab, BoundLab, Purpose, World};
use conclab_kit::report::Expectation;

use super::{outfile, searches};
use crate::exit::Exit;
use crate::found::Traced;
use crate::render::{json, text, trace as picture};
use crate::session::Session;

/// Runs once, prints the lanes, and writes the picture that was asked for.
pub(super) fn run(
    lab: &'static dyn AnyLab,
    flags: &ArgMatches,
    session: &Session,
) -> anyhow::Result<Exit> {
    let out = flags.get_one::<PathBuf>("out").map(|path| (path.as_path(), flags.get_flag("force")));
    let file = out.map(|(path, force)| File::new(path, force)).transpose()?;
    let bound = lab.bind(flags, Purpose::Study)?;
    let runner = flags.try_get_one::<String>("runner").ok().flatten();
    let traced = match runner {
        None => variant(lab, &*bound, flags, session)?,
        Some(name) => {
            let place = lab.runners().iter().position(|runner| runner.name == name);
            let report = bound.record(place.context("there is no such runner")?, &session.stop);
            let report = report.map_err(anyhow::Error::msg).context("not recorded")?;
            let (size, stamp) = (bound.size_to_record_in_words(), session.stamp());
            Traced { size, right: true, stamp, report }
        }
    };
    if let Some(file) = file {
        file.write(&traced)?;
        session.note(&format!("wrote {}", file.path.display()));
    }
    session.print(&if session.is_json() {
        json::trace(&traced, &session.screen)
    } else {
        text::trace(&traced, session.globals.verbose, &session.screen)
    })?;
    Ok(judged(&traced, session))
}

/// Records a run of the variant that was asked for.
fn variant(
    lab: &'static dyn AnyLab,
    bound: &dyn BoundLab,
    flags: &ArgMatches,
    session: &Session,
) -> anyhow::Result<Traced> {
    let only = flags.get_one::<String>("variant");
    let mut variants = lab.variants().into_iter().enumerate();
    let (index, variant) = variants
        .find(|(_, card)| only.is_none_or(|only| only == card.name))
        .context("there is no such variant")?;
    let widen = flags.get_one::<Widen>("widen").copied().unwrap_or_default();
    let settings = RealSettings { runs: 1, widen, stop: session.stop.clone(), hang: false };
    let report = bound.trace(index, &settings);
    let size = bound.size_in_words(World::Model);
    Ok(Traced { size, right: variant.right, stamp: session.stamp(), report })
}

/// How the command ends: with the promise about the outcome, or with what ended the run.
fn judged(traced: &Traced, session: &Session) -> Exit {
    let report = &traced.report;
    if let Some(limit) = report.limit {
        session.complain(&format!("{}: not finished: {}", report.way(), searches::said(limit)));
        return Exit::of_limit(Some(limit));
    }
    match (&report.outcome, report.expectation) {
        (_, Some(Expectation::Acceptable | Expectation::Interesting)) => Exit::Kept,
        (Some(outcome), _) => {
            let name = report.way();
            session.complain(&format!("{name}: broken promise: the run ended in `{outcome}`"));
            Exit::Broken
        }
        (None, _) => {
            session.complain(&format!("{}: the run was ended: it took too long", report.way()));
            Exit::Timeout
        }
    }
}

/// A picture to be written, whose name says which kind.
struct File<'a> {
    path: &'a Path,
    force: bool,
    render: fn(&Traced) -> String,
}

impl<'a> File<'a> {
    /// # Errors
    /// If the name says no kind, or no file can be written there: better now than after the run.
    fn new(path: &'a Path, force: bool) -> anyhow::Result<Self> {
        let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        let render = match extension.as_deref() {
            Some("html") => picture::html,
            Some("svg") => picture::svg,
            Some("json") => picture::chrome,
            _ => {
                let name = path.display();
                return Err(refused(&format!(
                    "--out {name}: the name must end in .html, .svg or .json"
                )));
            }
        };
        outfile::check("out", path, force)?;
        Ok(Self { path, force, render })
    }

    fn write(&self, traced: &Traced) -> anyhow::Result<()> {
        outfile::write("out", self.path, &(self.render)(traced), self.force).context("--out")
    }
}

/// A complaint about the command line.
fn refused(text: &str) -> anyhow::Error {
    clap::Error::raw(ErrorKind::ValueValidation, format!("{text}\n")).into()
}
