//! Folding: an interleaving of any length in a few rows.

use conclab_engine::report::Step;

/// A row of a folded interleaving; the numbers are indices of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// A step.
    Step(usize),
    /// Steps from the first to the last, all of one thread.
    Alone(usize, usize),
    /// Steps from the first to the last, of several threads.
    Gap(usize, usize),
}

/// Rows for all steps: at most `rows_max` of them (and at least 3), folded no more than needed.
pub(super) fn fold(steps: &[Step], rows_max: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for (kept_first, kept_last) in [(usize::MAX, 0), (1, 1), (0, 1)] {
        rows = blocks(steps)
            .into_iter()
            .flat_map(|(first, last)| block(first, last, kept_first, kept_last))
            .collect();
        if rows.len() <= rows_max {
            return rows;
        }
    }
    without_middle(&rows, rows_max.max(3))
}

/// First and last step of every run of steps by one thread.
fn blocks(steps: &[Step]) -> Vec<(usize, usize)> {
    let mut blocks: Vec<(usize, usize)> = Vec::new();
    for n in 0..steps.len() {
        match blocks.last_mut() {
            Some((_, last)) if steps[*last].thread == steps[n].thread => *last = n,
            _ => blocks.push((n, n)),
        }
    }
    blocks
}

/// The rows of one block: a few first and last steps, and what is between them as one row, unless
/// that would hide a single step.
fn block(first: usize, last: usize, kept_first: usize, kept_last: usize) -> Vec<Row> {
    let n = last - first + 1;
    if kept_first.saturating_add(kept_last) >= n.saturating_sub(1) {
        return (first..=last).map(Row::Step).collect();
    }
    let head = (first..first + kept_first).map(Row::Step);
    let hidden = Row::Alone(first + kept_first, last - kept_last);
    let tail = (last + 1 - kept_last..=last).map(Row::Step);
    head.chain([hidden]).chain(tail).collect()
}

/// Only the first and last of too many rows: the end is where it goes wrong.
fn without_middle(rows: &[Row], rows_max: usize) -> Vec<Row> {
    let head = (rows_max - 1) / 2;
    let tail = rows_max - 1 - head;
    let hidden = &rows[head..rows.len() - tail];
    let (Some(first), Some(last)) = (hidden.first(), hidden.last()) else { return rows.to_vec() };
    let gap = Row::Gap(span(*first).0, span(*last).1);
    let tail = &rows[rows.len() - tail..];
    rows[..head].iter().copied().chain([gap]).chain(tail.iter().copied()).collect()
}

/// First and last step of a row.
pub(super) fn span(row: Row) -> (usize, usize) {
    match row {
        Row::Step(n) => (n, n),
        Row::Alone(first, last) | Row::Gap(first, last) => (first, last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::sample;

    #[test]
    fn a_short_one_is_not_folded() {
        let steps = sample::lost_update(1).steps;
        assert_eq!(fold(&steps, 6), [0, 1, 2, 3].map(Row::Step));
    }

    #[test]
    fn a_long_block_keeps_its_first_and_last_step() {
        let steps = sample::lost_update(10).steps;
        let rows = [Row::Step(0), Row::Step(1), Row::Alone(2, 19), Row::Step(20), Row::Step(21)];
        assert_eq!(fold(&steps, 6), rows);
    }

    #[test]
    fn every_step_is_in_exactly_one_row() {
        let mut steps = sample::lost_update(20).steps;
        for (n, step) in steps.iter_mut().enumerate() {
            step.thread = ["A", "B", "C"][n / 2 % 3].to_owned();
        }
        for rows_max in 3..45 {
            let rows = fold(&steps, rows_max);
            assert!(rows.len() <= rows_max, "{rows:?}");
            let covered: Vec<_> = rows.iter().flat_map(|row| span(*row).0..=span(*row).1).collect();
            assert_eq!(covered, (0..steps.len()).collect::<Vec<_>>());
        }
    }
}
