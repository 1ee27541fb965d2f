//! `conclab play`: somebody is the scheduler.

mod full;
mod line;
mod store;
mod table;

use anyhow::Context as _;
use clap::ArgMatches;
use clap::error::ErrorKind;
use conclab_kit::lab::{AnyLab, Purpose};

use self::store::Store;
use self::table::Table;
use super::searches::{Searches, budgets};
use super::{glass, lines, predict};
use crate::cli;
use crate::exit::Exit;
use crate::play::Play;
use crate::session::Session;
use crate::signal::Talk;

/// Plays, on a full screen if there is one, otherwise on lines of text.
pub(super) fn run(
    lab: &'static dyn AnyLab,
    flags: &ArgMatches,
    session: &Session,
) -> anyhow::Result<Exit> {
    if session.is_json() {
        let text = "--format json: a game is no document; see conclab replay --format json";
        let mut command = cli::command(conclab_labs::catalogue());
        return Err(command.error(ErrorKind::ArgumentConflict, text).into());
    }
    let bound = lab.bind(flags, Purpose::Study)?;
    let searches = Searches::new(lab, &*bound);
    let on_screen = !flags.get_flag("line") && glass::possible();
    if on_screen {
        glass::prepare();
    }
    if let Some(exit) = predict::before(&searches, flags)? {
        return Ok(exit);
    }
    if on_screen && flags.get_flag("predict") && !read_on(session)? {
        return Ok(Exit::Kept);
    }
    let talk = if on_screen { Talk::politely() } else { Talk::begin() }?;
    let settings = budgets(flags, talk.stop());
    let table = Table { searches: &searches, settings, talk, session };
    let name = flags.get_one::<String>("variant");
    let variants = lab.variants();
    let first = variants.iter().position(|card| Some(card.name) == name.map(String::as_str));
    let stage = match table.stage_with_progress(first.unwrap_or(0)) {
        Ok(stage) => stage,
        Err(error) => {
            session.complain(&super::replay::told(&error));
            return Ok(Exit::of_refusal(&error));
        }
    };
    let mut store = Store::open(flags.get_flag("fresh"), session);
    let report = stage.report();
    let before = store.progress().before(&report.lab, &report.variant, &report.parameters);
    let mut play = Play::new(lab.card(), &variants, stage, before)?;
    if on_screen {
        full::play(&mut play, &table, &mut store)
    } else {
        line::play(&mut play, &table, &mut store)
    }
}

/// Leaves the player time to read before the screen is taken; says whether the game is to begin.
fn read_on(session: &Session) -> anyhow::Result<bool> {
    session.print("Press Enter to play.\n")?;
    let talk = Talk::begin()?;
    let line = talk.ask(|| lines::read(&mut std::io::stdin().lock()));
    Ok(line.context("cannot read stdin")?.is_some())
}
