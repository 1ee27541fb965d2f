//! The line mode: prints the moment, reads a line; for pipes, tests and screen readers, too.

use std::io::{BufRead, ErrorKind, IsTerminal as _, Read as _};

use anyhow::Context as _;

use super::Table;
use super::store::Store;
use crate::exit::Exit;
use crate::play::{Deed, Input, Phase, Play, Wish};
use crate::render::text;

/// Bytes of a line that are looked at; whoever types more has not typed a command.
const LINE_MAX: u64 = 1024;

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
        let Some(line) = table.talk.ask(|| read(&mut input)).context("cannot read stdin")? else {
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

/// The next line, of which only the beginning is kept; nothing at the end of the input.
pub(in crate::run) fn read(input: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let taken = input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)?;
    if taken == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') {
        skip_line(input)?;
    }
    Ok(Some(String::from_utf8_lossy(&line).into_owned()))
}

/// Skips what is left of a line.
fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let waiting = match input.fill_buf() {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            waiting => waiting?,
        };
        let end = waiting.iter().position(|byte| *byte == b'\n');
        let (skipped, over) = match end {
            Some(at) => (at + 1, true),
            None => (waiting.len(), waiting.is_empty()),
        };
        input.consume(skipped);
        if over {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_whatever_is_in_it() {
        let long = [vec![b'7'; 1_000_000], b"\n2\n".to_vec(), vec![0xff, b'\n'], b"u".to_vec()];
        let mut input = std::io::Cursor::new(long.concat());
        let mut next = || read(&mut input).expect("it is in memory");
        assert_eq!(next().map(|line| line.len()), Some(1024));
        assert_eq!(next().as_deref(), Some("2\n"));
        assert_eq!(next().as_deref(), Some("\u{fffd}\n"));
        assert_eq!(next().as_deref(), Some("u"));
        assert_eq!(next(), None);
    }
}
