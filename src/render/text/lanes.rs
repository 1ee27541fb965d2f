//! The lane table: shared objects at the left, a column for every thread, a row for every step.

use conclab_engine::report::{Interleaving, Step};

use super::fold::{Row, fold, span};
use super::{looks, switch};
use crate::screen::Screen;

/// Narrowest lane that still says something.
const LANE_MIN: usize = 10;

/// A lane as wide as this is worth more than columns of shared objects; a wider one is not.
const LANE_WANTED: usize = 20;

/// Widest column of a shared object.
const OBJECT_MAX: usize = 14;

/// An interleaving as a table of at most `width` columns, and `rows_max` rows under its head.
pub(super) fn table(
    run: &Interleaving,
    width: usize,
    rows_max: usize,
    screen: &Screen,
) -> Vec<String> {
    drawn(run, width, rows_max, false, screen)
}

/// The same as a story: between the steps it says why another thread goes on.
pub(super) fn story(
    run: &Interleaving,
    width: usize,
    rows_max: usize,
    screen: &Screen,
) -> Vec<String> {
    drawn(run, width, rows_max, true, screen)
}

fn drawn(
    run: &Interleaving,
    width: usize,
    rows_max: usize,
    switches: bool,
    screen: &Screen,
) -> Vec<String> {
    let rows = fold(&run.steps, run.decided, rows_max);
    let step_width = rows.iter().map(|row| label(*row, screen).len()).max().unwrap_or(0).max(4);
    let objects = objects(run, &rows, width.saturating_sub(step_width + 3), screen);
    let left = step_width + objects.iter().map(|object| object.width + 2).sum::<usize>() + 3;
    let lane = lane_width(run, width.saturating_sub(left), screen);
    let narrow = lane.is_some_and(|lane| widest(run, None, screen) >= lane);
    let family = family(run).filter(|_| narrow);
    let table = Table { run, screen, width, step_width, objects, lane, family };
    let mut lines = vec![table.head()];
    for (n, row) in rows.iter().enumerate() {
        let before = n.checked_sub(1).map(|before| rows[before]).filter(|_| switches);
        lines.extend(before.and_then(|before| table.switch(before, *row)));
        lines.push(table.row(*row));
    }
    if let Some(step) = run.loops_to {
        let back = match step {
            0 => "and again from the beginning, for ever".to_owned(),
            _ => format!("and again from the state after step {step}, for ever"),
        };
        lines.push(screen.cut(&back, width));
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// A shared object's column.
struct Object {
    /// Where it stands in a step's state.
    index: usize,
    name: String,
    width: usize,
}

/// The objects that there is room for beside the lanes; those that are used come first.
fn objects(run: &Interleaving, rows: &[Row], width: usize, screen: &Screen) -> Vec<Object> {
    let Some(first) = run.steps.first() else { return Vec::new() };
    let lane = widest(run, family(run), screen) + 1;
    let lane = lane.clamp(LANE_MIN + 4, LANE_WANTED);
    let mut room = width.saturating_sub(run.threads.len() * lane);
    let value = |step: &Step, n: usize| step.state.get(n).map(|(_, value)| value.clone());
    let touched = |n: usize| {
        run.steps.iter().any(|step| {
            step.operation.contains(&first.state[n].0) || value(step, n) != value(first, n)
        })
    };
    let (mut order, still): (Vec<_>, Vec<_>) = (0..first.state.len()).partition(|n| touched(*n));
    order.extend(still);
    let mut objects = Vec::new();
    for index in order {
        let name = first.state[index].0.clone();
        let shown = rows.iter().filter_map(|row| value(&run.steps[span(*row).1], index));
        let widest = shown.map(|value| screen.width_of(&value)).max().unwrap_or(0);
        let width = widest.max(screen.width_of(&name)).min(OBJECT_MAX);
        if width + 2 <= room {
            room -= width + 2;
            objects.push(Object { index, name, width });
        }
    }
    objects.sort_by_key(|object| object.index);
    objects
}

/// How wide each lane is: as wide as its content, or an equal share of the room. Nothing if even
/// that is too narrow: the steps are listed one below the other then.
fn lane_width(run: &Interleaving, room: usize, screen: &Screen) -> Option<usize> {
    let n_lanes = run.threads.len().max(1);
    let widest = widest(run, None, screen);
    let names = run.threads.iter().map(|name| screen.width_of(name)).max().unwrap_or(0);
    let wanted = widest.max(names).max(LANE_MIN) + 3;
    let share = room / n_lanes;
    (share >= LANE_MIN).then(|| wanted.min(share))
}

/// Columns that the longest step takes, where the `family` name of objects is left out.
fn widest(run: &Interleaving, family: Option<&str>, screen: &Screen) -> usize {
    let text = |step: &Step| screen.width_of(&text(run, step, family));
    run.steps.iter().map(text).max().unwrap_or(0)
}

/// What the names of all objects begin with (`account `), if they are numbered.
fn family(run: &Interleaving) -> Option<&str> {
    let names = &run.steps.first()?.state;
    let (first, others) = names.split_first()?;
    let prefix = &first.0[..=first.0.rfind(' ')?];
    let alike = others.iter().all(|(name, _)| name.starts_with(prefix));
    (alike && !others.is_empty()).then_some(prefix)
}

struct Table<'a> {
    run: &'a Interleaving,
    screen: &'a Screen,
    width: usize,
    step_width: usize,
    objects: Vec<Object>,
    lane: Option<usize>,
    /// Beginning of the objects' names that is left out, because there is no room for it.
    family: Option<&'a str>,
}

impl Table<'_> {
    fn head(&self) -> String {
        let mut text = self.screen.cell("step", self.step_width);
        for object in &self.objects {
            text += "  ";
            text += &self.screen.number(&object.name, object.width);
        }
        text += "   ";
        match self.lane {
            Some(lane) => {
                for thread in &self.run.threads {
                    text += &self.screen.cell(&self.screen.cut(thread, lane - 1), lane);
                }
            }
            None => text += "thread and operation",
        }
        text
    }

    fn row(&self, row: Row) -> String {
        let last = &self.run.steps[span(row).1];
        let mut line = self.screen.number(&label(row, self.screen), self.step_width);
        for object in &self.objects {
            let value = last.state.get(object.index).map_or("", |(_, value)| value.as_str());
            line += "  ";
            line += &self.screen.number(value, object.width);
        }
        line += "   ";
        let n = span(row).1 - span(row).0 + 1;
        let (text, step) = match row {
            Row::Step(n) => (text(self.run, &self.run.steps[n], self.family), Some(last)),
            Row::Alone(..) => (format!("… {n} more steps alone"), None),
            Row::Gap(..) => (format!("… {n} more steps, of several threads"), None),
            Row::Rest(..) => (format!("… {n} more: whatever comes now, it fails"), None),
            Row::Looks(.., more) => (looks::told(more), None),
        };
        let index = self.run.threads.iter().position(|name| *name == last.thread).unwrap_or(0);
        match self.lane {
            Some(_) if matches!(row, Row::Gap(..) | Row::Rest(..)) => {
                line += &self.screen.plain(&text);
            }
            Some(width) => self.in_lane(&mut line, index, width, &text, step),
            None => {
                line += &self.screen.plain(&format!("{}  {text}  ", last.thread));
                let room = self.width.saturating_sub(self.screen.width_of(&line));
                line += &step.map(|step| note(step, room, self.screen)).unwrap_or_default();
            }
        }
        self.screen.cut(line.trim_end(), self.width)
    }

    /// Why another thread goes on than in the row before: under the lanes, or further left if there
    /// is not enough room. Between steps that are hidden nothing is said.
    fn switch(&self, before: Row, row: Row) -> Option<String> {
        let told = |row| !matches!(row, Row::Gap(..) | Row::Rest(..));
        if !told(before) || !told(row) {
            return None;
        }
        let steps = &self.run.steps;
        let why = switch::sentence(&steps[span(before).1], &steps[span(row).0])?;
        let text = self.screen.cut(&format!("-- {why}"), self.width);
        let objects: usize = self.objects.iter().map(|object| object.width + 2).sum();
        let left = self.step_width + objects + 3;
        let left = left.min(self.width.saturating_sub(self.screen.width_of(&text)));
        Some(format!("{:left$}{text}", ""))
    }

    /// Puts a step into its lane. Only one thread moves in a row, so that a remark may use the
    /// lanes to the right; or those to the left, if there is more room. What is folded has no
    /// `step` and is as wide as it needs to be.
    fn in_lane(
        &self,
        line: &mut String,
        index: usize,
        width: usize,
        text: &str,
        step: Option<&Step>,
    ) {
        let left = index * width;
        let Some(step) = step else {
            *line += &self.screen.plain(&format!("{:left$}{text}", ""));
            return;
        };
        let cell = self.screen.cut(text, width - 1);
        let whole = format!("{line}{:left$}{}", "", self.screen.cell(&cell, width));
        let room = self.width.saturating_sub(self.screen.width_of(&whole));
        let after = note(step, room, self.screen);
        let before = note(step, left.saturating_sub(1), self.screen);
        if self.screen.width_of(&before) > self.screen.width_of(&after) {
            *line += &self.screen.cell(&before, left);
            *line += &cell;
        } else {
            *line = whole + &after;
        }
    }
}

/// The number of a step, or of the first and last that a row stands for.
fn label(row: Row, screen: &Screen) -> String {
    match span(row) {
        (first, last) if first == last => (first + 1).to_string(),
        (first, last) => screen.plain(&format!("{}-{}", first + 1, last + 1)),
    }
}

/// What a step does and was given: `load → 0`. Where there is only one shared object, its name
/// says nothing; where lanes are narrow, neither does what all names begin with (the `family`).
fn text(run: &Interleaving, step: &Step, family: Option<&str>) -> String {
    let mut operation = step.operation.clone();
    if let Some(family) = family {
        operation = operation.replacen(family, "", 1);
    }
    if let Some([(only, _)]) = run.steps.first().map(|first| first.state.as_slice()) {
        operation = operation.replacen(&format!(" {only}"), "", 1);
    }
    match step.result.as_deref() {
        // What std calls `WouldBlock` has no room in a narrow lane.
        Some("would block") if family.is_some() => format!("{operation} → busy"),
        Some(result) => format!("{operation} → {result}"),
        None => operation,
    }
}

/// Whose change a stale write destroys, in as many words as there is room for.
fn note(step: &Step, room: usize, screen: &Screen) -> String {
    let Some(since) = step.stale_since else { return String::new() };
    let whose = step.overwrites.as_deref().unwrap_or("another thread");
    [
        format!("(stale since {since}: overwrites {whose}'s change)"),
        format!("(stale since {since}: overwrites {whose})"),
        format!("(overwrites {whose}'s change)"),
        format!("(overwrites {whose})"),
        "(stale)".to_owned(),
    ]
    .into_iter()
    .find(|note| screen.width_of(note) <= room)
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use conclab_engine::report::Switch;
    use unicode_width::UnicodeWidthStr as _;

    use super::*;
    use crate::found::sample;

    const PLAIN: Screen = Screen { width: 80, ascii: false, colour: false };

    #[test]
    fn a_lost_update_reads_as_on_the_blackboard() {
        let lines = table(&sample::lost_update(1), 73, 6, &PLAIN);
        let wanted = [
            "step  counter   A            B",
            "   1        0   load → 0",
            "   2        0                load → 0",
            "   3        1                store 1",
            "   4        1   store 1      (stale since 1: overwrites B's change)",
        ];
        assert_eq!(lines, wanted, "{lines:#?}");
    }

    #[test]
    fn a_story_says_between_the_steps_why_another_thread_goes_on() {
        let mut run = sample::lost_update(1);
        run.steps[1].switch = Some(Switch::Paused);
        run.steps[3].switch = Some(Switch::Finished);
        let lines = story(&run, 73, 9, &PLAIN);
        assert_eq!(lines[2], "                -- A is paused after its load; B goes on");
        assert_eq!(lines[5], "                -- B has finished; A goes on");
        assert_eq!(lines.len(), table(&run, 73, 9, &PLAIN).len() + 2);
        let narrow = story(&run, 45, 9, &PLAIN);
        assert_eq!(narrow[2], "     -- A is paused after its load; B goes on");
        let folded = story(&run, 73, 3, &PLAIN);
        assert_eq!(folded.len(), 1 + 3 + 2, "{folded:#?}");
    }

    #[test]
    fn a_remark_stands_where_there_is_room_for_it() {
        let mut run = sample::lost_update(1);
        run.threads = ["A", "B", "C"].map(str::to_owned).into();
        run.steps[1].thread = "C".to_owned();
        let mut last = run.steps[2].clone();
        (last.thread, last.stale_since) = ("C".to_owned(), Some(2));
        last.overwrites = Some("B".to_owned());
        run.steps.push(last);
        let lines = table(&run, 60, 6, &PLAIN);
        let wanted = "   5        1   (overwrites B's change)   store 1";
        assert_eq!(lines[5], wanted, "{lines:#?}");
    }

    #[test]
    fn any_number_of_threads_fits_the_width() {
        for n_threads in 1..40_usize {
            let mut run = sample::lost_update(n_threads);
            run.threads = (0..n_threads).map(|n| format!("writer {n}")).collect();
            for (n, step) in run.steps.iter_mut().enumerate() {
                step.thread = format!("writer {}", n % n_threads);
            }
            for ascii in [false, true] {
                let screen = Screen { ascii, ..PLAIN };
                for line in table(&run, 73, 100, &screen) {
                    assert!(line.width() <= 73, "{line}");
                    assert!(!ascii || line.is_ascii(), "{line}");
                }
            }
        }
    }
}
