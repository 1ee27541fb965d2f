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

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::teach::tests::sample;
    use crate::teach::{Input, Slide};

    const PLAIN: Screen = Screen::PLAIN;

    fn lay_out(screen: Screen) -> impl Fn(&Slide, bool) -> Vec<crate::teach::Page> {
        move |slide, notes| text::on_pages(slide, notes, room((80, 24)), &screen)
    }

    /// What a terminal of this size shows, row by row, and whether anything on it has a colour.
    fn shown(teach: &Teach<'_>, (columns, rows): (u16, u16), screen: &Screen) -> (String, bool) {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("in memory");
        let pointer = Pointer { marked: teach.at(), typed: String::new() };
        terminal.draw(|frame| draw(frame, teach, &pointer, screen)).expect("in memory");
        let buffer = terminal.backend().buffer();
        let row = |y| -> String { (0..columns).map(|x| buffer[(x, y)].symbol()).collect() };
        let text = (0..rows).map(|y| row(y).trim_end().to_owned() + "\n").collect();
        (text, buffer.content().iter().any(|cell| cell.fg != Color::Reset))
    }

    #[test]
    fn a_page_says_where_it_is_and_what_can_be_pressed() {
        let lecture = sample();
        let teach = Teach::new(&lecture, 1, false, &lay_out(PLAIN));
        let (text, coloured) = shown(&teach, (80, 24), &PLAIN);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("race · screen 2 of 4  "), "{text}");
        assert!(lines[0].ends_with("10 minutes · 15 of 50 at its end"), "{text}");
        assert_eq!(lines[1], "Predict");
        assert!(lines[23].starts_with("Enter: reveal   b: back   r: run"), "{text}");
        assert!(!coloured, "nothing is coloured that was not to be");
        assert!(shown(&teach, (80, 24), &Screen { colour: true, ..PLAIN }).1, "code has a colour");
        let (text, _) = shown(&teach, (79, 24), &PLAIN);
        assert!(text.starts_with("This terminal has 79 columns"), "{text}");
    }

    #[test]
    fn every_page_is_on_the_screen_to_its_last_line_in_either_alphabet() {
        let lecture = sample();
        for screen in [PLAIN, Screen { ascii: true, ..PLAIN }] {
            let mut teach = Teach::new(&lecture, 0, true, &lay_out(screen));
            loop {
                let (text, _) = shown(&teach, (80, 24), &screen);
                let page = teach.page().expect("a screen has a page");
                for line in &page.lines {
                    assert!(text.contains(words(line).trim_end()), "{text}");
                }
                assert!(!screen.ascii || text.is_ascii(), "{text}");
                if teach.input(Input::On, &lay_out(screen)) == crate::teach::Wish::End {
                    break;
                }
            }
        }
    }

    #[test]
    fn a_list_and_help_cover_the_page() {
        let lecture = sample();
        let mut teach = Teach::new(&lecture, 2, false, &lay_out(PLAIN));
        teach.input(Input::List, &lay_out(PLAIN));
        let (text, _) = shown(&teach, (80, 24), &PLAIN);
        assert!(text.contains("\n  >  3  The price ") && !text.contains("Measured"), "{text}");
        teach.input(Input::Help, &lay_out(PLAIN));
        let (text, _) = shown(&teach, (80, 24), &PLAIN);
        assert!(text.contains("speaker notes, or none") && !text.contains("Measured"), "{text}");
    }
}
