//! Folding: an interleaving of any length in a few rows.

use std::collections::BTreeSet;

use conclab_engine::report::Step;

use super::looks;
pub(in crate::render) use super::row::Row;

/// Rows for all steps: at most `rows_max` of them (and at least 3). What is hidden is what says
/// least: looks of a waiting loop at which nothing has changed, then the steps after all is
/// `decided`, if the way there is told more fully without them. Without a limit nothing is hidden.
pub(in crate::render) fn fold(steps: &[Step], decided: Option<usize>, rows_max: usize) -> Vec<Row> {
    let rows_max = rows_max.max(3);
    if rows_max < usize::MAX {
        let rows = looks::rows(steps);
        if rows.len() <= rows_max {
            return rows;
        }
    }
    if steps.len() <= rows_max {
        return (0..steps.len()).map(Row::Step).collect();
    }
    let whole = telling(steps, rows_max);
    match decided {
        Some(n) if n > 0 && n + 1 < steps.len() => {
            let mut rows = telling(&steps[..n], rows_max - 1);
            rows.push(Row::Rest(n, steps.len() - 1));
            if mixed(&rows) < mixed(&whole) { rows } else { whole }
        }
        _ => whole,
    }
}

/// How many steps are hidden in gaps, which say nothing of who did what.
fn mixed(rows: &[Row]) -> usize {
    let gaps = rows.iter().filter(|row| matches!(row, Row::Gap(..)));
    gaps.map(|row| span(*row).1 - span(*row).0).sum()
}

/// Rows for all steps: the end stays, and every stale write with the read and the change that make
/// it one.
fn telling(steps: &[Step], rows_max: usize) -> Vec<Row> {
    if steps.len() <= rows_max {
        return (0..steps.len()).map(Row::Step).collect();
    }
    let blocks = blocks(steps);
    let mut kept = BTreeSet::new();
    for step in by_importance(steps, &blocks, rows_max) {
        kept.insert(step);
        match rows_around(&kept, &blocks) {
            rows if rows.len() > rows_max => {
                kept.remove(&step);
            }
            // Nothing more fits, except by chance between two rows: that is not worth the search.
            rows if rows.len() == rows_max => return rows,
            _ => {}
        }
    }
    rows_around(&kept, &blocks)
}

/// The steps' indices, most telling first, some more than once; no more of a kind than could be
/// shown, because there may be half a million.
fn by_importance(
    steps: &[Step],
    blocks: &[(usize, usize)],
    rows_max: usize,
) -> impl Iterator<Item = usize> {
    let last = steps.len() - 1;
    let telling = (0..=last).rev().filter_map(|n| stale(steps, n)).flatten().take(rows_max);
    let both_ends = move |all: Vec<usize>| {
        let n = all.len();
        let one = move |i: usize| if i.is_multiple_of(2) { i / 2 } else { n - 1 - i / 2 };
        (0..n.min(2 * rows_max)).map(move |i| all[one(i)])
    };
    let edges = blocks.iter().flat_map(|&(first, last)| [first, last]).collect();
    [last].into_iter().chain(telling).chain(both_ends(edges)).chain(both_ends((0..=last).collect()))
}

/// A stale write, the read that it relies on, and the last change by the thread that it overwrites.
fn stale(steps: &[Step], write: usize) -> Option<impl Iterator<Item = usize>> {
    let step = &steps[write];
    let (read, by) = (step.stale_since?.checked_sub(1)?, step.overwrites.as_ref()?);
    let changed = |&n: &usize| steps[n].thread == *by && steps[n].state != steps[n - 1].state;
    let change = (read + 1..write).rev().find(changed);
    Some([write, read].into_iter().chain(change))
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

/// The steps that are kept, with one row for all steps between two of them; a single step is as
/// well shown as hidden.
fn rows_around(kept: &BTreeSet<usize>, blocks: &[(usize, usize)]) -> Vec<Row> {
    let n_steps = blocks.last().map_or(0, |(_, last)| last + 1);
    let end_of_block = |step| blocks[blocks.partition_point(|(_, last)| *last < step)].1;
    let mut rows = Vec::new();
    let mut from = 0;
    for &at in kept.iter().chain([&n_steps]) {
        match at - from {
            0 => {}
            1 => rows.push(Row::Step(from)),
            _ if end_of_block(from) >= at - 1 => rows.push(Row::Alone(from, at - 1)),
            _ => rows.push(Row::Gap(from, at - 1)),
        }
        if at < n_steps {
            rows.push(Row::Step(at));
        }
        from = at + 1;
    }
    rows
}

/// First and last step of a row.
pub(in crate::render) fn span(row: Row) -> (usize, usize) {
    match row {
        Row::Step(n) => (n, n),
        Row::Alone(first, last)
        | Row::Gap(first, last)
        | Row::Rest(first, last)
        | Row::Looks(first, last, _) => (first, last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::sample;

    #[test]
    fn a_short_one_is_not_folded() {
        let steps = sample::lost_update(1).steps;
        assert_eq!(fold(&steps, None, 6), [0, 1, 2, 3].map(Row::Step));
    }

    #[test]
    fn a_long_block_keeps_its_first_and_last_step() {
        let steps = sample::lost_update(10).steps;
        let (first, last) = ([0, 1].map(Row::Step), [20, 21].map(Row::Step));
        assert_eq!(fold(&steps, None, 5), [&first[..], &[Row::Alone(2, 19)], &last].concat());
    }

    #[test]
    fn a_stale_write_keeps_its_read_and_what_it_overwrites() {
        let mut steps = sample::lost_update(20).steps;
        for step in &mut steps[1..30] {
            step.thread = ["B", "C"][step.step % 2].to_owned();
        }
        let rows = fold(&steps, None, 4);
        assert_eq!(rows, [Row::Step(0), Row::Gap(1, 39), Row::Step(40), Row::Step(41)]);
        let mut in_the_middle = steps;
        let stale = in_the_middle.remove(41);
        in_the_middle.insert(11, stale);
        in_the_middle[10].thread = "B".to_owned();
        for shown in [0, 10, 11] {
            assert!(fold(&in_the_middle, None, 7).contains(&Row::Step(shown)), "{shown}");
        }
    }

    #[test]
    fn half_a_million_steps_are_folded_too() {
        let mut steps = sample::lost_update(250_000).steps;
        for n in (3..500_000).step_by(2) {
            steps[n].stale_since = Some(n - 1);
            steps[n].overwrites = Some("C".to_owned());
        }
        for rows_max in [3, 40, 200] {
            assert_eq!(fold(&steps, None, rows_max).len(), rows_max);
        }
    }

    #[test]
    fn what_comes_after_the_decision_is_one_row_if_that_shows_more_of_the_way_there() {
        let mut steps = sample::lost_update(5).steps;
        for (n, step) in steps.iter_mut().enumerate() {
            step.thread = ["A", "B"][n % 2].to_owned();
            step.stale_since = None;
        }
        let rows = fold(&steps, Some(3), 4);
        assert_eq!(rows, [Row::Step(0), Row::Step(1), Row::Step(2), Row::Rest(3, 11)]);
        let blackboard = sample::lost_update(10).steps;
        assert_eq!(fold(&blackboard, Some(4), 5), fold(&blackboard, None, 5));
    }

    #[test]
    fn every_step_is_in_exactly_one_row() {
        let mut steps = sample::lost_update(20).steps;
        for (n, step) in steps.iter_mut().enumerate() {
            step.thread = ["A", "B", "C"][n / 2 % 3].to_owned();
        }
        for rows_max in 3..45 {
            let rows = fold(&steps, None, rows_max);
            assert!(rows.len() <= rows_max, "{rows:?}");
            let covered: Vec<_> = rows.iter().flat_map(|row| span(*row).0..=span(*row).1).collect();
            assert_eq!(covered, (0..steps.len()).collect::<Vec<_>>());
        }
    }
}
