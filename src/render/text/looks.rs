//! A thread that looks again and again while nothing changes: its looks are told once.

use conclab_engine::report::Step;

use super::row::Row;

/// Steps of the longest round of a waiting loop that is recognised.
const ROUND_MAX: usize = 8;

/// Rows for all steps, where the rounds of a waiting loop after its first are one row.
pub(super) fn rows(steps: &[Step]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut at = 0;
    while at < steps.len() {
        let Some((round, more)) = rounds(steps, at) else {
            rows.push(Row::Step(at));
            at += 1;
            continue;
        };
        rows.extend((at..at + round).map(Row::Step));
        at += round;
        rows.push(Row::Looks(at, at + round * more - 1, more));
        at += round * more;
    }
    rows
}

/// The steps of a round that begins here and how often it comes again, if it does and hiding that
/// saves a row.
fn rounds(steps: &[Step], at: usize) -> Option<(usize, usize)> {
    let left = steps.len() - at;
    (1..=ROUND_MAX.min(left / 2)).find_map(|round| {
        let begin = at.checked_sub(1).map(|before| &steps[before]);
        let end = &steps[at + round - 1];
        // At the beginning nobody knows what was there before: only looks tell.
        let still = begin.map_or(round == 1, |begin| begin.state == end.state);
        let same = |n: usize| alike(&steps[n], &steps[n - round]);
        if !still || steps[at..at + round].iter().any(|step| step.thread != end.thread) {
            return None;
        }
        let more = (at + round..steps.len()).take_while(|n| same(*n)).count() / round;
        (more * round > 1).then_some((round, more))
    })
}

/// Whether a step is the same as another one, and leaves the same behind.
fn alike(step: &Step, other: &Step) -> bool {
    step.thread == other.thread
        && step.operation == other.operation
        && step.result == other.result
        && step.line == other.line
        && step.state == other.state
}

/// `… 3 more looks, nothing changed`.
pub(in crate::render) fn told(more: usize) -> String {
    let s = if more == 1 { "" } else { "s" };
    format!("… {more} more look{s}, nothing changed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::sample;

    /// B looks at the counter as often, `wait` steps each time, before A writes.
    fn waiting(looks: usize, wait: usize) -> Vec<Step> {
        let blackboard = sample::lost_update(1).steps;
        let look = Step { state: blackboard[0].state.clone(), ..blackboard[1].clone() };
        let mut steps = vec![blackboard[0].clone()];
        for n in 0..looks * wait {
            let operation = format!("load {}", n % wait);
            steps.push(Step { operation, ..look.clone() });
        }
        steps.push(blackboard[3].clone());
        steps
    }

    #[test]
    fn looks_that_see_nothing_new_are_one_row() {
        let wanted = [Row::Step(0), Row::Step(1), Row::Looks(2, 4, 3), Row::Step(5)];
        assert_eq!(rows(&waiting(4, 1)), wanted);
        let wanted = [Row::Step(0), Row::Step(1), Row::Step(2), Row::Looks(3, 6, 2), Row::Step(7)];
        assert_eq!(rows(&waiting(3, 2)), wanted);
    }

    #[test]
    fn what_changes_something_or_saves_no_row_is_told_in_full() {
        let all = |n: usize| (0..n).map(Row::Step).collect::<Vec<_>>();
        assert_eq!(rows(&waiting(2, 1)), all(4));
        let mut steps = waiting(4, 1);
        for (n, step) in steps.iter_mut().enumerate() {
            step.state[0].1 = n.to_string();
        }
        assert_eq!(rows(&steps), all(6));
        assert_eq!(rows(&[]), []);
    }

    #[test]
    fn half_a_million_steps_are_looked_through() {
        let steps = waiting(250_000, 2);
        assert_eq!(rows(&steps).len(), 5);
        assert!(rows(&sample::lost_update(250_000).steps).len() > 500_000);
    }
}
