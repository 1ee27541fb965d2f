//! Who gets how much of a table's width: columns of shared objects, and lanes.

use std::cmp::Reverse;

use conclab_engine::report::{Interleaving, Step};

use super::fold::{Row, span};
use super::short::{Form, said};
use crate::screen::Screen;

/// Least distance from one lane to the next.
pub(super) const LANE_MIN: usize = 10;

/// A distance beyond which a column of something that never changes is worth more.
const LANE_WANTED: usize = 20;

/// Widest column of a shared object.
const OBJECT_MAX: usize = 14;

/// A shared object's column.
pub(super) struct Object {
    /// Where it stands in a step's state.
    pub(super) index: usize,
    pub(super) name: String,
    pub(super) width: usize,
}

/// The objects that there is room for beside the lanes. Those come first that the end is about;
/// then those that change, the later the sooner; then those that are used at all. What never
/// changes must leave the lanes wide.
pub(super) fn objects(
    run: &Interleaving,
    rows: &[Row],
    width: usize,
    screen: &Screen,
) -> Vec<Object> {
    let Some(first) = run.steps.first() else { return Vec::new() };
    let value = |step: &Step, n: usize| step.state.get(n).map(|(_, value)| value.clone());
    let lanes = [(Form::Short, LANE_MIN), (Form::Whole, LANE_WANTED)];
    let [tight, wide] = lanes.map(|(form, apart)| {
        let texts = widths(run, &shown(run, rows), form, screen);
        let apart = (texts.iter().max().copied().unwrap_or(0) + 1).clamp(LANE_MIN, apart);
        let ends = texts.iter().enumerate().map(|(n, text)| n * apart + text);
        width.saturating_sub(ends.max().unwrap_or(0))
    });
    let mut order: Vec<_> = (0..first.state.len()).map(|n| (rank(run, n), n)).collect();
    order.sort_unstable();
    let mut objects: Vec<Object> = Vec::new();
    let mut used = 0;
    for (rank, index) in order {
        let name = first.state[index].0.clone();
        let values = rows.iter().filter_map(|row| value(&run.steps[span(*row).1], index));
        let widest = values.map(|value| screen.width_of(&value)).max().unwrap_or(0);
        let width = widest.max(screen.width_of(&name)).min(OBJECT_MAX);
        if used + width + 2 <= if rank.changes() { tight } else { wide } {
            used += width + 2;
            objects.push(Object { index, name, width });
        }
    }
    objects.sort_by_key(|object| object.index);
    objects
}

/// How much an object's column says; the least is the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The outcome names it, threads are stuck at it, or it counts who is inside.
    End,
    /// It changed in this step for the last time.
    Changes(Reverse<usize>),
    /// Threads use it, and it stays as it is.
    Used,
    /// Nobody uses it.
    Still,
}

impl Rank {
    fn changes(self) -> bool {
        matches!(self, Self::End | Self::Changes(_))
    }
}

fn rank(run: &Interleaving, n: usize) -> Rank {
    let steps = &run.steps;
    let (name, value) = &steps[0].state[n];
    let uses = |step: &Step| step.operation.contains(name.as_str());
    let stuck = run.wait_for.iter().flat_map(|graph| &graph.waiting);
    let mut stuck = stuck.flat_map(|one| one.holds.iter().chain([&one.wants]));
    let in_outcome = run.outcome.split(' ').any(|word| word == name);
    if value.ends_with(" inside") || in_outcome || stuck.any(|place| place.name == *name) {
        return Rank::End;
    }
    let changes = |&at: &usize| steps[at].state.get(n) != steps[at - 1].state.get(n);
    match (1..steps.len()).rev().find(changes) {
        Some(at) => Rank::Changes(Reverse(at)),
        // What was there before the first step is not known: a look leaves it, all else changes it.
        None if uses(&steps[0]) && !steps[0].operation.starts_with("load ") => {
            Rank::Changes(Reverse(0))
        }
        None if steps.iter().any(uses) => Rank::Used,
        None => Rank::Still,
    }
}

/// The lanes' wording and how far apart they begin, so that every step can be read to its end: only
/// one thread moves in a row, and its text may use the lanes to the right. If not even the shortest
/// wording fits, lanes get equal shares; nothing if these are too narrow, too.
pub(super) fn lanes(
    run: &Interleaving,
    rows: &[Row],
    room: usize,
    screen: &Screen,
) -> (Form, Option<usize>) {
    let shown = shown(run, rows);
    let names = run.threads.iter().map(|name| screen.width_of(name)).max().unwrap_or(0);
    for form in [Form::Whole, Form::Short, Form::Shortest] {
        let texts = widths(run, &shown, form, screen);
        let widest = texts.iter().max().copied().unwrap_or(0);
        let wanted = widest.max(names).max(LANE_MIN) + 3;
        let most = |(n, text): (usize, &usize)| room.saturating_sub(*text) / n.max(1);
        let most = texts.iter().enumerate().skip(1).map(most).min().unwrap_or(wanted);
        if most >= LANE_MIN && texts.first().is_none_or(|text| *text <= room) {
            return (form, Some(most.min(wanted)));
        }
    }
    let share = room / run.threads.len().max(1);
    if share >= LANE_MIN { (Form::Shortest, Some(share)) } else { (Form::Whole, None) }
}

/// The steps that have a row of their own.
pub(super) fn shown<'a>(run: &'a Interleaving, rows: &[Row]) -> Vec<&'a Step> {
    let step = |row: &Row| match row {
        Row::Step(n) => Some(&run.steps[*n]),
        _ => None,
    };
    rows.iter().filter_map(step).collect()
}

/// Columns that the longest text of every thread takes.
fn widths(run: &Interleaving, shown: &[&Step], form: Form, screen: &Screen) -> Vec<usize> {
    let mut widths: Vec<_> =
        run.threads.iter().map(|name| screen.width_of(name).min(LANE_MIN)).collect();
    for step in shown {
        let lane = run.threads.iter().position(|name| *name == step.thread).unwrap_or(0);
        if let Some(width) = widths.get_mut(lane) {
            *width = screen.width_of(&said(run, step, form).text()).max(*width);
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::sample;

    const PLAIN: Screen = Screen::PLAIN;

    /// The names of the columns beside lanes, where the shared objects have these values.
    fn columns(states: &[&[(&str, &str)]], width: usize) -> Vec<String> {
        let mut run = sample::lost_update(1);
        for (step, state) in run.steps.iter_mut().zip(states) {
            let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            step.state = state.iter().map(pair).collect();
            step.operation = "load next".to_owned();
        }
        let rows: Vec<_> = (0..run.steps.len()).map(Row::Step).collect();
        objects(&run, &rows, width, &PLAIN).into_iter().map(|object| object.name).collect()
    }

    #[test]
    fn what_changes_last_has_a_column_before_what_changed_first_or_never() {
        let states: [&[_]; 4] = [
            &[("still", "0"), ("next", "0"), ("called", "0"), ("room", "0 inside")],
            &[("still", "0"), ("next", "1"), ("called", "0"), ("room", "0 inside")],
            &[("still", "0"), ("next", "2"), ("called", "0"), ("room", "1 inside")],
            &[("still", "0"), ("next", "2"), ("called", "1"), ("room", "1 inside")],
        ];
        assert_eq!(columns(&states, 90), ["still", "next", "called", "room"]);
        assert_eq!(columns(&states, 52), ["next", "called", "room"]);
        assert_eq!(columns(&states, 44), ["called", "room"]);
        assert_eq!(columns(&states, 35), ["room"]);
    }

    #[test]
    fn a_text_may_use_the_lanes_to_its_right_but_must_end_on_the_screen() {
        let mut run = sample::lost_update(1);
        run.steps[3].operation = "compare_exchange counter 0 1".to_owned();
        run.steps[3].result = Some("failed, was 1".to_owned());
        let rows: Vec<_> = (0..run.steps.len()).map(Row::Step).collect();
        assert_eq!(lanes(&run, &rows, 60, &PLAIN), (Form::Whole, Some(39)));
        assert_eq!(lanes(&run, &rows, 36, &PLAIN), (Form::Whole, Some(28)));
        assert_eq!(lanes(&run, &rows, 34, &PLAIN), (Form::Short, Some(25)));
        assert_eq!(lanes(&run, &rows, 20, &PLAIN), (Form::Shortest, Some(10)));
        assert_eq!(lanes(&run, &rows, 19, &PLAIN).1, None);
    }
}
