//! The line mode: prints the moment, reads a line; for pipes, tests and screen readers, too.

use std::io::IsTerminal as _;

use anyhow::Context as _;

use super::store::Store;
use super::table::Table;
use crate::exit::Exit;
use crate::play::{Deed, Input, Phase, Play, Wish};
use crate::render::text;
use crate::run::lines;

/// Plays until the player has had enough, a repair is proved, or the input ends.
pub(super) fn play<'a>(
    play: &mut Play<'a>,
    table: &Table<'_, 'a>,
    store: &mut Store,
) -> anyhow::Result<Exit> {
    let session = table.session;
    let mut input = std::io::stdin().lock();
    let echo = !input.is_terminal();
    let mut told = None;
    loop {
        if told.replace(play.stage().variant) != Some(play.stage().variant) {
            session.print(&text::play::intro(play, &session.screen))?;
        }
        session.print(&text::play::page(play, &session.screen))?;
        if play.phase() == Phase::Proved {
            return Ok(Exit::Kept);
        }
        if !session.reaches("> ")? {
            return Ok(Exit::Kept);
        }
        let Some(line) = table.talk.ask(|| lines::read(&mut input)).context("cannot read stdin")?
        else {
            session.print("\n")?;
            return Ok(Exit::Kept);
        };
        if echo {
            session.print(&(text::play::typed(&line, &session.screen) + "\n"))?;
        }
        let answer = play.input(Input::read(&line))?;
        remember(answer.deed.as_ref(), play, table, store);
        match answer.wish {
            Wish::Input => {}
            Wish::Quit => return Ok(Exit::Kept),
            Wish::Load(variant) => match table.stage_with_progress(variant) {
                Ok(stage) => {
                    let answer = play.staged(stage);
                    remember(answer.deed.as_ref(), play, table, store);
                }
                Err(error) if Exit::of_refusal(&error) == Exit::Interrupted => {
                    return Ok(Exit::Interrupted);
                }
                Err(error) => play.refused(super::super::replay::told(&error)),
            },
        }
    }
}

/// Keeps a deed, or says why it cannot be kept.
fn remember(deed: Option<&Deed>, play: &Play<'_>, table: &Table<'_, '_>, store: &mut Store) {
    if let Some(warning) = store.remember(play.lab().name, deed) {
        table.session.note(&warning);
    }
}
