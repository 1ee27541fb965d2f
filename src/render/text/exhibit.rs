//! SEE: what a lab measured of its own, as lanes over time or as a grid.

use conclab_measure::{Doing, Exhibit, Figures, Lane};

use super::page::MARGIN;
use super::{ways, words};
use crate::screen::Screen;

/// Widest name of a lane or a row.
const NAME_MAX: usize = 24;

/// As much of the exhibits as fits into `rows` lines, and whether that is enough: all of them, or
/// the first with all its notes or one; else another one; else a note. There are at most `notes`.
pub(super) fn fitting(
    exhibits: &[Exhibit],
    notes: usize,
    rows: usize,
    screen: &Screen,
) -> (Vec<String>, bool) {
    let all = |notes| exhibits.iter().flat_map(|exhibit| one(exhibit, notes, screen)).collect();
    let alone = exhibits
        .iter()
        .flat_map(|exhibit| [notes, 1, 0].map(|n| one(exhibit, n.min(notes), screen)));
    let mut figures = [all(notes)].into_iter().chain(alone).enumerate();
    if let Some((n, lines)) = figures.find(|(_, lines): &(_, Vec<String>)| lines.len() <= rows) {
        // The first exhibit is what the lab is about, with a note; the others are for --verbose.
        return (lines, n < 3);
    }
    let note = exhibits.iter().flat_map(|exhibit| &exhibit.notes).next();
    let note = note.map(|note| screen.cut(note, screen.width - MARGIN));
    (note.into_iter().take(rows).collect(), false)
}

fn one(exhibit: &Exhibit, notes: usize, screen: &Screen) -> Vec<String> {
    let width = screen.width - MARGIN;
    let mut lines = screen.wrap(&exhibit.title, width);
    lines.extend(match &exhibit.figures {
        Figures::Lanes { lanes, span_ns } => bars(lanes, *span_ns, width, screen),
        Figures::Grid { corner, columns, rows } => grid(corner, columns, rows, width, screen),
        Figures::Ways { ways } => ways::table(ways, width, screen),
    });
    for note in exhibit.notes.iter().take(notes) {
        lines.extend(screen.wrap(note, width));
    }
    lines
}

/// A line per thread: full where it was inside, dotted where it waited.
fn bars(lanes: &[Lane], span_ns: u64, width: usize, screen: &Screen) -> Vec<String> {
    let names = lanes.iter().map(|lane| screen.width_of(&lane.name)).max().unwrap_or(0);
    let names = names.min(NAME_MAX);
    let columns = width - names - 2;
    let (inside, waiting) = if screen.ascii { ('#', '.') } else { ('█', '·') };
    let legend =
        format!("{inside} inside   {waiting} waiting   {} in all", words::elapsed(span_ns));
    let bar = |lane: &Lane| -> String {
        let cell = |column| match doing(lane, span_ns, column, columns) {
            Some(Doing::Inside) => inside,
            Some(Doing::Waiting) => waiting,
            None => ' ',
        };
        (0..columns).map(cell).collect()
    };
    let line = |lane: &Lane| format!("{}  {}", screen.cell(&lane.name, names), bar(lane));
    let drawn = lanes.iter().map(|lane| line(lane).trim_end().to_owned());
    drawn.chain([screen.cut(&legend, width)]).collect()
}

/// What a lane's thread did for most of a column's time.
fn doing(lane: &Lane, span_ns: u64, column: usize, columns: usize) -> Option<Doing> {
    let at = |column: usize| span_ns * column as u64 / columns as u64;
    let (from, to) = (at(column), at(column + 1).max(at(column) + 1));
    let shared = |doing| -> u64 {
        let spans = lane.spans.iter().filter(|span| span.doing == doing);
        spans.map(|span| span.to_ns.min(to).saturating_sub(span.from_ns.max(from))).sum()
    };
    let (inside, waiting) = (shared(Doing::Inside), shared(Doing::Waiting));
    let elsewhere = (to - from).saturating_sub(inside + waiting);
    if inside > 0 && inside >= waiting && inside >= elsewhere {
        Some(Doing::Inside)
    } else if waiting > 0 && waiting >= elsewhere {
        Some(Doing::Waiting)
    } else {
        None
    }
}

/// A table with its names at the left and its figures at the right of their columns.
fn grid(
    corner: &str,
    columns: &[String],
    rows: &[(String, Vec<String>)],
    width: usize,
    screen: &Screen,
) -> Vec<String> {
    let names = rows.iter().map(|(name, _)| name.as_str()).chain([corner]);
    let name_width = names.map(|name| screen.width_of(name)).max().unwrap_or(0).min(NAME_MAX);
    let cells = |n: usize| rows.iter().filter_map(move |(_, cells)| cells.get(n));
    let widest = |n: usize| {
        let widths = cells(n).chain(columns.get(n)).map(|cell| screen.width_of(cell));
        widths.max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..columns.len()).map(widest).collect();
    let share = (width.saturating_sub(name_width) / columns.len().max(1)).saturating_sub(2).max(3);
    if name_width + widths.iter().map(|width| width + 2).sum::<usize>() > width {
        for width in &mut widths {
            *width = share.min(*width);
        }
    }
    let row = |name: &str, cells: &[String]| {
        let mut line = screen.cell(name, name_width);
        for (cell, &width) in cells.iter().zip(&widths) {
            line += "  ";
            line += &screen.number(cell, width);
        }
        line.trim_end().to_owned()
    };
    let head = [row(corner, columns)];
    head.into_iter().chain(rows.iter().map(|(name, cells)| row(name, cells))).collect()
}

#[cfg(test)]
mod tests {
    use conclab_measure::Span;

    use super::*;

    const PLAIN: Screen = Screen { width: 40, ..Screen::PLAIN };

    fn lane(name: &str, spans: &[(u64, u64, Doing)]) -> Lane {
        let span = |&(from_ns, to_ns, doing): &(u64, u64, Doing)| Span { from_ns, to_ns, doing };
        Lane { name: name.to_owned(), spans: spans.iter().map(span).collect() }
    }

    #[test]
    fn bars_show_who_was_inside_when() {
        let lanes = vec![
            lane("A", &[(0, 500, Doing::Inside)]),
            lane("B", &[(0, 500, Doing::Waiting), (500, 1_000, Doing::Inside)]),
        ];
        let drawn = bars(&lanes, 1_000, 13, &PLAIN);
        assert_eq!(drawn[0], "A  █████");
        assert_eq!(drawn[1], "B  ·····█████");
        let ascii = Screen { ascii: true, ..PLAIN };
        assert!(bars(&lanes, 1_000, 30, &ascii).iter().all(|line| line.is_ascii()));
    }

    #[test]
    fn a_grid_is_aligned_and_fits() {
        let columns = ["2 threads".to_owned(), "8 threads".to_owned()];
        let rows = [
            ("ticket".to_owned(), vec!["0.9".to_owned(), "0.006".to_owned()]),
            ("spin-then-park".to_owned(), vec!["0.92".to_owned(), "tie".to_owned()]),
        ];
        let drawn = grid("lock", &columns, &rows, 40, &PLAIN);
        assert_eq!(drawn[0], "lock            2 threads  8 threads");
        assert_eq!(drawn[1], "ticket                0.9      0.006");
        assert_eq!(drawn[2], "spin-then-park       0.92        tie");
        let narrow = grid("lock", &columns, &rows, 24, &PLAIN);
        assert!(narrow.iter().all(|line| PLAIN.width_of(line) <= 30), "{narrow:?}");
    }
}
