//! One file per command: each does its work, hands what it found to a renderer, prints the
//! result, and says how the process is to end.

mod completions;
mod demo;
mod doctor;
mod explore;
mod files;
mod glass;
mod hang;
mod job;
mod lines;
mod list;
mod man;
mod outfile;
mod play;
mod predict;
mod progress;
mod replay;
mod searches;
mod teach;
mod trace;
pub(crate) mod worker;

use anyhow::Context as _;
use clap::ArgMatches;
use conclab_kit::lab::{AnyLab, Purpose};

use self::searches::Searches;
use crate::exit::Exit;
use crate::render::text;
use crate::session::{Session, TIMEOUT};

/// Runs the command that was asked for.
///
/// # Errors
/// What kept it from doing its work, or from printing the result.
pub(crate) fn command(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let labs = conclab_labs::catalogue();
    match matches.subcommand() {
        Some(("list", flags)) => list::run(labs, &Session::open(flags)?),
        Some(("doctor", flags)) => doctor::run(labs, &Session::open(flags)?),
        Some(("completions", flags)) => completions::run(flags, &Session::open(flags)?),
        Some(("man", flags)) => man::run(flags, &Session::open(flags)?),
        Some(("explore", rest)) => {
            let (lab, flags) = chosen(labs, rest)?;
            let bound = lab.bind(flags, Purpose::Study)?;
            let searches = Searches::new(lab, &*bound);
            if let Some(exit) = predict::before(&searches, flags)? {
                return Ok(exit);
            }
            explore::run(&searches, flags, &Session::start(flags, TIMEOUT)?)
        }
        Some(("trace", rest)) => {
            let (lab, flags) = chosen(labs, rest)?;
            trace::run(lab, flags, &Session::start(flags, TIMEOUT)?)
        }
        Some(("replay", rest)) => {
            let (lab, flags) = chosen(labs, rest)?;
            replay::run(lab, flags, &Session::start(flags, TIMEOUT)?)
        }
        Some(("play", rest)) => {
            let (lab, flags) = chosen(labs, rest)?;
            play::run(lab, flags, &Session::open(flags)?)
        }
        Some(("teach", rest)) => {
            let (lab, flags) = chosen(labs, rest)?;
            teach::run(lab, flags, &Session::open(flags)?)
        }
        _ => {
            let (lab, flags) = chosen(labs, matches)?;
            if lab.card().can_hang && flags.get_flag("hang") {
                return hang::run(lab, flags, &Session::start(flags, hang::TIMEOUT)?);
            }
            let bound = lab.bind(flags, Purpose::Demo)?;
            let searches = Searches::new(lab, &*bound);
            if let Some(exit) = predict::before(&searches, flags)? {
                return Ok(exit);
            }
            demo::run(&searches, flags, &Session::start(flags, TIMEOUT)?)
        }
    }
}

/// Greets somebody who typed the program's name and nothing else.
///
/// # Errors
/// What kept it from being printed.
pub(crate) fn front_door(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let session = Session::open(matches)?;
    session.print(&text::door(conclab_labs::catalogue(), &session.screen))?;
    Ok(Exit::Kept)
}

/// The lab whose subcommand was given, and its flags.
fn chosen<'a>(
    labs: &'static [&'static dyn AnyLab],
    matches: &'a ArgMatches,
) -> anyhow::Result<(&'static dyn AnyLab, &'a ArgMatches)> {
    let (name, flags) = matches.subcommand().context("a lab is needed; see `conclab list`")?;
    let lab = labs.iter().find(|lab| lab.card().name == name);
    Ok((*lab.with_context(|| format!("there is no lab {name}; see `conclab list`"))?, flags))
}
