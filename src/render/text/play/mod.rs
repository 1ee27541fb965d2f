//! `conclab play`: what each moment of the game says. The line mode prints these lines; the full
//! screen puts them side by side.

mod end;
mod moment;
mod notice;
mod source;

use super::page::{Paint, joined};
use crate::play::{Phase, Play, echo};
use crate::screen::Screen;

pub(crate) use self::end::verdict;
pub(crate) use self::moment::{choices, history, standing, state};
pub(crate) use self::notice::notice;
pub(crate) use self::source::listing;

/// What is played and what it is about: the beginning of a game.
pub(crate) fn intro(play: &Play<'_>, screen: &Screen) -> String {
    let mut lines = vec![screen.paint(&title(play, screen), Paint::Head)];
    lines.extend(goal(play, screen));
    let help = "Choose who goes next by number; u undoes, h hints, x shows the source, ? helps.";
    lines.extend(screen.wrap(help, screen.width));
    joined(&lines, screen) + "\n"
}

/// Lab, variant and size.
pub(crate) fn title(play: &Play<'_>, screen: &Screen) -> String {
    let one = &play.stage().explored;
    let (lab, variant) = (play.lab().name, one.variant);
    let text = format!("{lab} · {} ({}) · {}", variant.name, variant.summary, one.size);
    screen.cut(&text, screen.width)
}

/// What is to be reached, and what was reached before.
pub(crate) fn goal(play: &Play<'_>, screen: &Screen) -> Vec<String> {
    let stage = play.stage();
    let text = match stage.switches_best() {
        Some(best) if stage.can_fail() => {
            let failures = stage.failures().join(" or ");
            format!("Goal: make it {failures}. Best possible: {}.", switches(best))
        }
        _ => "Goal: make it fail, if you can. They say that nobody can.".to_owned(),
    };
    let mut lines = screen.wrap(&text, screen.width);
    if let Some(broke) = &play.before().broke {
        let text = format!("You have done it before with {}.", switches(broke.switches));
        lines.extend(screen.wrap(&text, screen.width));
    }
    if !play.before().repairs.is_empty() {
        let text = format!("Repairs you have found: {}.", play.before().repairs.join(", "));
        lines.extend(screen.wrap(&text, screen.width));
    }
    lines
}

/// Where the game stands: what is to be said, or else the moment with its choices.
pub(crate) fn page(play: &Play<'_>, screen: &Screen) -> String {
    if let Some(said) = play.notice() {
        return joined(&notice(said, play, screen), screen);
    }
    let mut lines = match play.phase() {
        Phase::Moving => state(play, screen),
        _ => verdict(play, usize::MAX, screen),
    };
    lines.extend(choices(play, screen));
    if play.phase() == Phase::Moving {
        lines.extend(standing(play, screen));
    }
    if play.shows_source() {
        lines.extend(listing(play, 2).iter().flat_map(|part| part.lines(screen)));
    }
    joined(&lines, screen)
}

/// What was typed, as it can be shown: in short, and harmless.
pub(crate) fn typed(line: &str, screen: &Screen) -> String {
    screen.plain(&echo(line.trim()))
}

/// A line of text, cut to the screen.
pub(crate) fn cut(text: &str, screen: &Screen) -> String {
    screen.cut(text, screen.width)
}

/// A line of text, cut to so many columns.
pub(crate) fn cut_to(text: &str, width: usize, screen: &Screen) -> String {
    screen.cut(text, width)
}

/// A sentence in lines of so many columns.
pub(crate) fn wrapped(text: &str, width: usize, screen: &Screen) -> Vec<String> {
    screen.wrap(text, width)
}

/// `1 context switch`, `2 context switches`.
pub(super) fn switches(number: usize) -> String {
    format!("{number} context switch{}", if number == 1 { "" } else { "es" })
}
