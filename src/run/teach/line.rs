//! The line mode: prints a page, reads a line; for pipes, tests and screen readers, too.

use std::io::IsTerminal as _;

use anyhow::Context as _;

use super::child;
use super::hall::Hall;
use crate::exit::Exit;
use crate::render::text;
use crate::run::lines;
use crate::teach::{Input, Slide, Teach, Wish};

/// Teaches until the teacher has had enough, the lecture is over, or the input ends.
pub(super) fn teach(hall: &Hall<'_>) -> anyhow::Result<Exit> {
    let session = hall.session;
    let lay_out = |slide: &Slide, notes: bool| text::teach::in_lines(slide, notes, &session.screen);
    let mut teach = Teach::new(hall.lecture, hall.first, hall.notes, &lay_out);
    let mut input = std::io::stdin().lock();
    let echo = !input.is_terminal();
    loop {
        session.print(&text::teach::page(&teach, &session.screen))?;
        if !session.reaches("> ")? {
            return Ok(Exit::Kept);
        }
        let line = hall.host.talk().ask(|| lines::read(&mut input)).context("cannot read stdin")?;
        let Some(line) = line else {
            session.print("\n")?;
            return Ok(Exit::Kept);
        };
        if echo {
            session.print(&(text::play::typed(&line, &session.screen) + "\n"))?;
        }
        match teach.input(Input::read(&line), &lay_out) {
            Wish::Input => {}
            Wish::Quit => return Ok(Exit::Kept),
            Wish::End => {
                session.print("This is the end of the lecture.\n")?;
                return Ok(Exit::Kept);
            }
            Wish::Run(command) => {
                let told = child::run(&command, &hall.host, session)?;
                if hall.host.terminated() {
                    return Ok(Exit::Interrupted);
                }
                teach.ended(Some(told.unwrap_or_else(|| "Enter goes on.".to_owned())));
            }
        }
    }
}
