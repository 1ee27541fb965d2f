//! `conclab teach` on a full screen: where it is at the top, the keys at the bottom, and the page
//! between them.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use super::{bold, plain, put};
use crate::render::text::{play, teach as text};
use crate::screen::Screen;
use crate::teach::{Ink, Sheet, Teach, words};

/// Columns that a lecture needs.
pub(crate) const COLUMNS_MIN: usize = 80;

/// Rows that a lecture needs.
pub(crate) const ROWS_MIN: usize = 24;

/// Most columns that are used: longer lines are hard to read.
const COLUMNS_MAX: usize = 104;

/// Rows of a terminal that are not the page's: two at its top, one at its bottom.
const ROWS_AROUND: usize = 3;

/// What the front end adds to the lecture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pointer {
    /// The screen that is marked in the list, from 0.
    pub(crate) marked: usize,
    /// Digits of a number that could still become longer.
    pub(crate) typed: String,
}

/// Columns and rows that a terminal has for pages.
pub(crate) fn room((columns, rows): (usize, usize)) -> (usize, usize) {
    let rows = rows.max(ROWS_MIN) - ROWS_AROUND;
    (columns.clamp(COLUMNS_MIN, COLUMNS_MAX), rows)
}

/// Draws the page.
pub(crate) fn draw(frame: &mut Frame<'_>, teach: &Teach<'_>, at: &Pointer, screen: &Screen) {
    let area = frame.area();
    let (columns, rows) = (usize::from(area.width), usize::from(area.height));
    if columns < COLUMNS_MIN || rows < ROWS_MIN {
        let text = format!(
            "This terminal has {columns} columns and {rows} rows; a lecture needs {COLUMNS_MIN} \
             and {ROWS_MIN}. Make it larger, or press q and use --line."
        );
        return put(frame, area, plain(play::wrapped(&text, columns.max(1), screen)));
    }
    let (width, rows) = room((columns, rows));
    let row = |y: u16, height: u16| {
        let width = u16::try_from(width).unwrap_or(area.width);
        Rect { x: area.x + (area.width - width) / 2, y: area.y + y, width, height }
    };
    let inset = |rect: Rect| Rect { x: rect.x + 2, width: rect.width - 2, ..rect };
    let (left, right) = text::place(teach, screen);
    let gap = width.saturating_sub(screen.width_of(&left) + screen.width_of(&right));
    put(frame, row(0, 1), plain(vec![left + &" ".repeat(gap) + &right]));
    put(frame, row(1, 1), vec![bold(text::title(teach, screen))]);
    let page = page(teach, at, rows, screen);
    // A page that is not full stands a little lower.
    let top = if page.len() < rows { 3 } else { 2 };
    put(frame, inset(row(top, area.height - 1 - top)), page);
    let foot = match said(teach, at, screen) {
        Some(said) => bold(play::cut_to(&said, width, screen)),
        None => Line::from(text::keys(teach, screen)),
    };
    put(frame, row(area.height - 1, 1), vec![foot]);
}

/// What is being typed, or is to be said, in the place of the keys.
fn said(teach: &Teach<'_>, at: &Pointer, screen: &Screen) -> Option<String> {
    if !at.typed.is_empty() {
        return Some(format!("Go to screen {} ... (Enter)", at.typed));
    }
    text::notice(teach, screen)
}

/// The page, or what covers it; of a long list what is around the mark.
fn page(teach: &Teach<'_>, at: &Pointer, rows: usize, screen: &Screen) -> Vec<Line<'static>> {
    if teach.sheet() == Sheet::None {
        let lines = teach.page().map(|page| &page.lines[..]).unwrap_or_default();
        return lines.iter().map(|line| inked(line, screen)).collect();
    }
    let first = (at.marked + 1).saturating_sub(rows);
    let lines = text::sheet(teach, at.marked, screen).into_iter().skip(first);
    lines.map(Line::from).collect()
}

fn inked(line: &[crate::teach::Span], screen: &Screen) -> Line<'static> {
    let colour = |style: Style| if screen.colour { style.fg(Color::Cyan) } else { style };
    let span = |span: &crate::teach::Span| {
        let style = match span.ink {
            Ink::Plain => Style::new(),
            Ink::Strong | Ink::Head | Ink::Command => Style::new().add_modifier(Modifier::BOLD),
            Ink::Code => colour(Style::new()),
            Ink::Dim => Style::new().add_modifier(Modifier::DIM),
        };
        Span::styled(words(std::slice::from_ref(span)), style)
    };
    Line::from(line.iter().map(span).collect::<Vec<_>>())
}
