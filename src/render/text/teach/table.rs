//! Tables whose cells are wrapped where the line has no room for them.

use super::wrap::{columns, push, wrapped};
use crate::screen::Screen;
use crate::teach::{Ink, Line, Span};

/// Columns between two cells.
const GAP: usize = 2;

/// Least width that a cell is narrowed to.
const CELL_MIN: usize = 6;

/// The rows, the first of which is the head, in lines of at most `width` columns.
pub(super) fn table(rows: &[Vec<Line>], width: usize, screen: &Screen) -> Vec<Line> {
    let widths = widths(rows, width, screen);
    let mut lines = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let cell = if n == 0 { headed(cell) } else { cell.clone() };
            wrapped(&cell, *width, screen)
        });
        lines.extend(side_by_side(&cells.collect::<Vec<_>>(), &widths));
        if n == 0 {
            let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            lines.push(vec![Span::new(rules.join(&" ".repeat(GAP)), Ink::Dim)]);
        }
    }
    lines
}

/// The widths of the columns: the widest are narrowed until all fit.
fn widths(rows: &[Vec<Line>], width: usize, screen: &Screen) -> Vec<usize> {
    let n_columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let lines = cells.flat_map(|cell| wrapped(cell, usize::MAX, screen));
        lines.map(|line| columns(&line)).max().unwrap_or(0).max(1)
    };
    let mut widths: Vec<usize> = (0..n_columns).map(wide).collect();
    let room = width.saturating_sub(GAP * n_columns.saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        match widths.iter_mut().max() {
            Some(widest) if *widest > CELL_MIN => *widest -= 1,
            _ => break,
        }
    }
    widths
}

fn headed(cell: &[Span]) -> Line {
    cell.iter().map(|span| Span::new(&*span.text, Ink::Head)).collect()
}

fn side_by_side(cells: &[Vec<Line>], widths: &[usize]) -> Vec<Line> {
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let row = |n: usize| {
        let mut line = Line::new();
        let mut begin = 0;
        for (cell, width) in cells.iter().zip(widths) {
            if let Some(part) = cell.get(n).filter(|part| !part.is_empty()) {
                let gap = begin - columns(&line).min(begin);
                push(&mut line, &" ".repeat(gap), Ink::Plain);
                for span in part {
                    push(&mut line, &span.text, span.ink);
                }
            }
            begin += width + GAP;
        }
        line
    };
    (0..height).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::teach::words;

    #[test]
    fn a_wide_cell_is_wrapped() {
        let screen = Screen::PLAIN;
        let row = |cells: [&str; 2]| cells.map(|cell| vec![Span::new(cell, Ink::Plain)]).to_vec();
        let rows = [row(["term", "words"]), row(["lock", "one two three four"])];
        let set = |width| -> Vec<String> {
            table(&rows, width, &screen).iter().map(|line| words(line)).collect()
        };
        assert_eq!(set(40)[1..], ["----  ------------------", "lock  one two three four"]);
        assert_eq!(set(16)[2..], ["lock  one two", "      three four"]);
    }
}
