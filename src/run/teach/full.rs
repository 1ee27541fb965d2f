//! The full screen: draws a page, reads keys, lends the terminal to commands, and leaves it as it
//! was.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::child;
use super::hall::Hall;
use crate::exit::Exit;
use crate::render::full::teach::{Pointer, draw, room};
use crate::render::text;
use crate::run::glass::{self, Glass};
use crate::teach::{Command, Input, Sheet, Slide, Teach, Wish};

/// Teaches until the teacher has had enough.
pub(super) fn teach(hall: &Hall<'_>) -> anyhow::Result<Exit> {
    glass::prepare();
    let screen = &hall.session.screen;
    let mut glass = Glass::open()?;
    let mut size = glass.size()?;
    let lay_out = |size| {
        move |slide: &Slide, notes: bool| text::teach::on_pages(slide, notes, room(size), screen)
    };
    let mut teach = Teach::new(hall.lecture, hall.first, hall.notes, &lay_out(size));
    let mut pointer = Pointer::default();
    loop {
        let now = glass.size()?;
        if now != size {
            size = now;
            teach.laid_out(&lay_out(size));
        }
        glass.show(|frame| draw(frame, &teach, &pointer, screen))?;
        let Some(key) = glass::next(&hall.host.talk().stop())? else {
            return Ok(Exit::Interrupted);
        };
        let Some(input) = pressed(key, &teach, &mut pointer) else { continue };
        match teach.input(input, &lay_out(size)) {
            Wish::Input | Wish::End => {}
            Wish::Quit => return Ok(Exit::Kept),
            Wish::Run(command) => {
                drop(glass);
                if let Some(exit) = run(&command, &mut teach, hall)? {
                    return Ok(exit);
                }
                glass = Glass::open()?;
            }
        }
    }
}

/// Runs a command below what the terminal showed before, until the teacher has seen enough of it.
/// Returns how the lecture ends, if it does.
fn run(command: &Command, teach: &mut Teach<'_>, hall: &Hall<'_>) -> anyhow::Result<Option<Exit>> {
    loop {
        let told = child::run(command, &hall.host, hall.session)?;
        if hall.host.terminated() {
            return Ok(Some(Exit::Interrupted));
        }
        let prompt = told.as_ref().map(|told| format!("{told} ")).unwrap_or_default();
        hall.session.print(&format!("\n{prompt}Enter goes on; r runs it again.\n"))?;
        teach.ended(told);
        loop {
            let Some(key) = glass::key_below_text(&hall.host.talk().stop())? else {
                return Ok(Some(Exit::Interrupted));
            };
            match key.code {
                KeyCode::Char('r') => break,
                KeyCode::Char('q') => return Ok(Some(Exit::Kept)),
                KeyCode::Enter | KeyCode::Char(' ') | KeyCode::Right | KeyCode::PageDown => {
                    return Ok(None);
                }
                _ => {}
            }
        }
    }
}

/// What a key says; nothing if it only moves the pointer.
fn pressed(key: KeyEvent, teach: &Teach<'_>, pointer: &mut Pointer) -> Option<Input> {
    let typed = std::mem::take(&mut pointer.typed);
    let n_screens = teach.lecture().slides.len();
    let in_list = teach.sheet() == Sheet::List;
    match key.code {
        KeyCode::Up => pointer.marked = pointer.marked.saturating_sub(1),
        KeyCode::Down => pointer.marked = (pointer.marked + 1).min(n_screens.saturating_sub(1)),
        KeyCode::Esc => return Some(Input::Look),
        KeyCode::Enter if !typed.is_empty() => return Some(Input::read(&typed)),
        KeyCode::Enter | KeyCode::Char(' ') if in_list => {
            return Some(Input::Go(pointer.marked + 1));
        }
        KeyCode::Enter | KeyCode::Char(' ') | KeyCode::Right | KeyCode::PageDown => {
            return Some(Input::On);
        }
        KeyCode::Left | KeyCode::PageUp | KeyCode::Backspace => return Some(Input::Back),
        KeyCode::F(1) => return Some(Input::Help),
        KeyCode::Char(digit) if digit.is_ascii_digit() => {
            let typed = format!("{typed}{digit}");
            let number = typed.parse::<usize>().unwrap_or(usize::MAX);
            // A number that could become a longer one waits for its next digit, or Enter.
            if number > 0 && number.saturating_mul(10) <= n_screens {
                pointer.typed = typed;
                return None;
            }
            return Some(Input::Go(number));
        }
        KeyCode::Char(letter) if !key.modifiers.contains(KeyModifiers::CONTROL) => {
            pointer.marked = teach.at();
            return Some(Input::read(&letter.to_string()));
        }
        _ => {}
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::teach::tests::sample;

    #[test]
    fn a_digit_goes_at_once_unless_the_number_can_become_longer() {
        let lecture = sample();
        let screen = crate::screen::Screen::PLAIN;
        let lay_out =
            |slide: &Slide, notes| text::teach::on_pages(slide, notes, room((80, 24)), &screen);
        let mut teach = Teach::new(&lecture, 0, false, &lay_out);
        let mut pointer = Pointer::default();
        let mut press =
            |code: KeyCode, teach: &Teach<'_>| pressed(code.into(), teach, &mut pointer);
        assert_eq!(press(KeyCode::Char('3'), &teach), Some(Input::Go(3)));
        assert_eq!(press(KeyCode::Char('g'), &teach), Some(Input::List));
        teach.input(Input::List, &lay_out);
        assert_eq!(press(KeyCode::Down, &teach), None);
        assert_eq!(press(KeyCode::Enter, &teach), Some(Input::Go(2)));
        teach.input(Input::Go(2), &lay_out);
        assert_eq!(press(KeyCode::Enter, &teach), Some(Input::On));
        assert_eq!(press(KeyCode::Char('x'), &teach), Some(Input::Other("x".to_owned())));
    }
}
