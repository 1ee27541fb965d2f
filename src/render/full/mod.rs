//! `conclab play` on a full screen: the lines of the text renderer side by side.
//!
//! Nothing is told by colour or position alone: every part has a heading in words.

pub(crate) mod teach;
#[cfg(test)]
mod tests;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::text::play as text;
use crate::play::{Phase, Play};
use crate::screen::Screen;

/// Smallest screen that has room for every part.
pub(crate) const COLUMNS_MIN: u16 = 60;
/// See [`COLUMNS_MIN`].
pub(crate) const ROWS_MIN: u16 = 18;

/// Widest part of the screen that the source gets while there is a history beside it.
const SOURCE_SHARE: (u16, u16) = (11, 20);

/// Lines around a thread's line, if there is room.
const AROUND_MAX: u32 = 8;

/// What the front end adds to the game: which choice is marked, and what is being typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Desk {
    /// The choice that Enter takes, from 0.
    pub(crate) marked: usize,
    /// Digits of a number that could still become longer.
    pub(crate) typed: String,
    /// What is going on while the player waits.
    pub(crate) busy: Option<String>,
}

/// Draws the game.
pub(crate) fn draw(frame: &mut Frame<'_>, play: &Play<'_>, desk: &Desk, screen: &Screen) {
    let area = frame.area();
    if area.width < COLUMNS_MIN || area.height < ROWS_MIN {
        return too_small(frame, area, screen);
    }
    let colour = screen.colour;
    // The text comes without escapes: styles are the terminal library's business.
    let screen = Screen { width: usize::from(area.width), colour: false, ..*screen };
    let goal = text::goal(play, &screen);
    let choices = text::choices(play, &screen);
    let foot = foot(play, desk, &screen);
    let rows =
        |lines: &[String], most: u16| u16::try_from(lines.len()).map_or(most, |n| n.min(most));
    let (goal_rows, foot_rows) = (rows(&goal, 3), rows(&foot, 9));
    let left = area.height - 1 - goal_rows - foot_rows - 2;
    let choice_rows = rows(&choices, left.saturating_sub(6)) + 1;
    let parts = [
        Constraint::Length(1),
        Constraint::Length(goal_rows),
        Constraint::Min(1),
        Constraint::Length(choice_rows),
        Constraint::Length(foot_rows),
    ];
    let [head, aim, body, choose, bottom] = Layout::vertical(parts).areas(area);
    put(frame, head, vec![bold(text::title(play, &screen))]);
    put(frame, aim, plain(goal));
    if play.phase() == Phase::Moving {
        moving(frame, body, play, &screen);
    } else {
        over(frame, body, play, &screen, colour);
    }
    put(frame, choose, marked(choices, desk.marked, play, usize::from(choice_rows) - 1));
    put(frame, bottom, plain(foot));
}

/// What is shared, where the threads stand, and the way here.
fn moving(frame: &mut Frame<'_>, area: Rect, play: &Play<'_>, screen: &Screen) {
    let mut state = text::state(play, screen);
    state.extend(text::standing(play, screen));
    state.truncate(usize::from(area.height / 3).max(2));
    let rows = u16::try_from(state.len()).unwrap_or(1);
    let [top, rest] = Layout::vertical([Constraint::Length(rows), Constraint::Min(1)]).areas(area);
    put(frame, top, plain(state));
    let (part, of) = SOURCE_SHARE;
    let source_width = if play.shows_source() { 0 } else { area.width * part / of };
    let columns = [Constraint::Length(source_width), Constraint::Min(1)];
    let [left, right] = Layout::horizontal(columns).spacing(1).areas(rest);
    if source_width > 0 {
        let narrow = Screen { width: usize::from(left.width), ..*screen };
        let room = usize::from(left.height).saturating_sub(1);
        put(frame, left, titled("SOURCE (who stands where)", source(play, room, &narrow)));
    }
    let (width, room) = (usize::from(right.width), usize::from(right.height).saturating_sub(1));
    put(frame, right, titled("HISTORY", text::history(play, width, room, screen)));
}

/// As much of the source as there is room for.
fn source(play: &Play<'_>, room: usize, screen: &Screen) -> Vec<String> {
    let lines = |around| -> Vec<String> {
        text::listing(play, around).iter().flat_map(|part| part.lines(screen)).collect()
    };
    let fitting = (0..=AROUND_MAX).rev().map(lines).find(|lines| lines.len() <= room);
    fitting.unwrap_or_else(|| lines(0))
}

/// What the game has come to.
fn over(frame: &mut Frame<'_>, area: Rect, play: &Play<'_>, screen: &Screen, colour: bool) {
    let room = usize::from(area.height);
    let fold = |rows: usize| text::verdict(play, rows, screen);
    let fitting = (3..=room).rev().map(fold).find(|lines| lines.len() <= room);
    let mut lines = plain(fitting.unwrap_or_else(|| fold(3)));
    if let Some(first) = lines.first_mut() {
        let good = matches!(play.phase(), Phase::Proved | Phase::Ended);
        let paint = if good { Color::Green } else { Color::Red };
        let style = Style::new().add_modifier(Modifier::BOLD);
        *first = first.clone().style(if colour { style.fg(paint) } else { style });
    }
    put(frame, area, lines);
}

/// The choices under their heading, the marked one reversed and pointed at; of more than there is
/// room for those around it.
fn marked(choices: Vec<String>, mark: usize, play: &Play<'_>, room: usize) -> Vec<Line<'static>> {
    let heading = match play.phase() {
        Phase::Moving => "WHO GOES NEXT",
        Phase::Failed | Phase::Refuted => "REPAIRS",
        Phase::Ended | Phase::Proved => "",
    };
    let first = mark.saturating_sub(room.saturating_sub(1));
    let shown = choices.into_iter().enumerate().skip(first).take(room);
    let line = |(n, text): (usize, String)| {
        if n == mark {
            let text = text.replacen(' ', ">", 1);
            Line::from(text).style(Style::new().add_modifier(Modifier::REVERSED))
        } else {
            Line::from(text)
        }
    };
    [bold(heading.to_owned())].into_iter().chain(shown.map(line)).collect()
}

/// What is to be said, and the keys.
fn foot(play: &Play<'_>, desk: &Desk, screen: &Screen) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(busy) = &desk.busy {
        lines.push(text::cut(busy, screen));
    } else if let Some(said) = play.notice() {
        lines.extend(text::notice(said, play, screen));
    }
    lines.push(keys(play.phase(), desk, screen));
    lines
}

/// The keys, as many as fit; how to get help and how to leave are always there.
fn keys(phase: Phase, desk: &Desk, screen: &Screen) -> String {
    let number = if desk.typed.is_empty() { "number" } else { &desk.typed };
    let choose = format!("{number} or arrows+Enter  ");
    let keys: &[&str] = match phase {
        Phase::Moving => &[&choose, "u undo  ", "h hint  ", "x source  ", "r restart  "],
        Phase::Failed => &[&choose, "u undo  ", "r restart  "],
        Phase::Refuted => &["p play it  ", &choose, "u back  ", "r restart  "],
        Phase::Ended | Phase::Proved => &["u undo  ", "r restart  "],
    };
    let always = "? help  q quit";
    let mut line = String::new();
    for key in keys {
        if line.len() + key.len() + always.len() <= screen.width {
            line += key;
        }
    }
    line + always
}

fn too_small(frame: &mut Frame<'_>, area: Rect, screen: &Screen) {
    let (width, height) = (area.width, area.height);
    let text = format!(
        "This terminal has {width} columns and {height} rows; the game needs {COLUMNS_MIN} and \
         {ROWS_MIN}. Make it larger, or press q and use --line."
    );
    put(frame, area, plain(text::wrapped(&text, usize::from(width.max(1)), screen)));
}

fn titled(title: &str, lines: Vec<String>) -> Vec<Line<'static>> {
    [bold(title.to_owned())].into_iter().chain(plain(lines)).collect()
}

fn bold(text: String) -> Line<'static> {
    Line::from(text).style(Style::new().add_modifier(Modifier::BOLD))
}

fn plain(lines: Vec<String>) -> Vec<Line<'static>> {
    lines.into_iter().map(Line::from).collect()
}

fn put(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'static>>) {
    frame.render_widget(Paragraph::new(lines), area);
}
