//! The full screen: draws the game, reads keys, and leaves the terminal as it was.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::store::Store;
use super::table::Table;
use crate::exit::Exit;
use crate::play::{Deed, Input, Play, Wish};
use crate::render::full::{Desk, draw};
use crate::render::text::thousands;
use crate::run::glass::{self, Glass};

/// Plays until the player has had enough.
pub(super) fn play<'a>(
    play: &mut Play<'a>,
    table: &Table<'_, 'a>,
    store: &mut Store,
) -> anyhow::Result<Exit> {
    let glass = Glass::open()?;
    let mut warnings: Vec<String> = Vec::new();
    let exit = on_glass(play, table, store, glass, &mut warnings);
    // On the screen they would have torn the picture.
    for warning in &warnings {
        table.session.note(warning);
    }
    exit
}

fn on_glass<'a>(
    play: &mut Play<'a>,
    table: &Table<'_, 'a>,
    store: &mut Store,
    mut glass: Glass,
    warnings: &mut Vec<String>,
) -> anyhow::Result<Exit> {
    let mut desk = Desk::default();
    loop {
        show(&mut glass, play, &desk, table)?;
        let Some(key) = glass::next(&table.talk.stop())? else { return Ok(Exit::Interrupted) };
        let Some(input) = pressed(key, play.choices(), &mut desk) else { continue };
        let answer = play.input(input)?;
        warnings.extend(store.remember(play.lab().name, answer.deed.as_ref()));
        match answer.wish {
            Wish::Input => {}
            Wish::Quit => return Ok(Exit::Kept),
            Wish::Load(variant) => {
                let deed = load(variant, play, &mut desk, &mut glass, table)?;
                warnings.extend(store.remember(play.lab().name, deed.as_ref()));
                if table.talk.stop().reason().is_some() {
                    return Ok(Exit::Interrupted);
                }
            }
        }
    }
}

/// Explores a variant while the screen says so; Ctrl-C ends that.
fn load<'a>(
    variant: usize,
    play: &mut Play<'a>,
    desk: &mut Desk,
    glass: &mut Glass,
    table: &Table<'_, 'a>,
) -> anyhow::Result<Option<Deed>> {
    desk.busy = Some("The explorer judges ...".to_owned());
    show(glass, play, desk, table)?;
    let staged = table.stage(variant, &mut |states| {
        desk.busy = Some(format!("The explorer judges: {} states", thousands(states)));
        // What cannot be drawn now can be drawn when it is done.
        let _ = show(glass, play, desk, table);
        if glass::stop_pressed() {
            table.talk.interrupt();
        }
    });
    desk.busy = None;
    match staged {
        Ok(stage) => Ok(play.staged(stage).deed),
        Err(error) => {
            play.refused(crate::run::replay::told(&error));
            Ok(None)
        }
    }
}

fn show(
    glass: &mut Glass,
    play: &Play<'_>,
    desk: &Desk,
    table: &Table<'_, '_>,
) -> anyhow::Result<()> {
    glass.show(|frame| draw(frame, play, desk, &table.session.screen))
}

/// What a key says, if there are so many choices; nothing if it only changes the desk.
fn pressed(key: KeyEvent, choices: usize, desk: &mut Desk) -> Option<Input> {
    let typed = std::mem::take(&mut desk.typed);
    match key.code {
        KeyCode::Up => desk.marked = desk.marked.saturating_sub(1),
        KeyCode::Down => desk.marked = (desk.marked + 1).min(choices.saturating_sub(1)),
        KeyCode::Esc => return Some(Input::Look),
        KeyCode::Enter => {
            let marked = std::mem::take(&mut desk.marked);
            return Some(if typed.is_empty() {
                Input::Choose(marked + 1)
            } else {
                Input::read(&typed)
            });
        }
        KeyCode::Char(digit) if digit.is_ascii_digit() => {
            let typed = format!("{typed}{digit}");
            let number = typed.parse::<usize>().unwrap_or(usize::MAX);
            // A number that could become a longer one waits for its next digit, or Enter.
            if number > 0 && number.saturating_mul(10) <= choices {
                desk.typed = typed;
                return None;
            }
            desk.marked = 0;
            return Some(Input::Choose(number));
        }
        KeyCode::Char(letter) if !key.modifiers.contains(KeyModifiers::CONTROL) => {
            desk.marked = 0;
            return Some(Input::read(&letter.to_string()));
        }
        _ => {}
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(c: char) -> KeyEvent {
        KeyCode::Char(c).into()
    }

    #[test]
    fn a_digit_chooses_at_once_unless_the_number_can_become_longer() {
        let mut desk = Desk::default();
        assert_eq!(pressed(key('3'), 9, &mut desk), Some(Input::Choose(3)));
        assert_eq!(pressed(key('1'), 12, &mut desk), None);
        assert_eq!(pressed(key('2'), 12, &mut desk), Some(Input::Choose(12)));
        assert_eq!(pressed(key('1'), 12, &mut desk), None);
        assert_eq!(pressed(KeyCode::Enter.into(), 12, &mut desk), Some(Input::Choose(1)));
        assert_eq!(pressed(key('0'), 12, &mut desk), Some(Input::Choose(0)));
    }

    #[test]
    fn arrows_mark_and_enter_chooses() {
        let mut desk = Desk::default();
        for _ in 0..5 {
            assert_eq!(pressed(KeyCode::Down.into(), 3, &mut desk), None);
        }
        assert_eq!(desk.marked, 2);
        assert_eq!(pressed(KeyCode::Enter.into(), 3, &mut desk), Some(Input::Choose(3)));
        assert_eq!(desk.marked, 0);
    }

    #[test]
    fn letters_mean_what_they_mean_in_lines() {
        let mut desk = Desk::default();
        assert_eq!(pressed(key('u'), 2, &mut desk), Some(Input::Undo));
        assert_eq!(pressed(key('?'), 2, &mut desk), Some(Input::Help));
        assert_eq!(pressed(KeyCode::F(1).into(), 2, &mut desk), None);
    }
}
