//! The lane table: shared objects at the left, a column for every thread, a row for every step.

use conclab_engine::report::{Interleaving, Step};

use super::columns::{self, Object, shown};
use super::fold::{Row, fold, span};
use super::short::{self, Form, Said};
use super::{looks, switch};
use crate::screen::Screen;

/// An interleaving as a table of at most `width` columns, and `rows_max` rows under its head. Where
/// a row is to spare it says what was shortened.
pub(super) fn table(
    run: &Interleaving,
    width: usize,
    rows_max: usize,
    screen: &Screen,
) -> Vec<String> {
    let Drawn { mut lines, legend, .. } = drawn(run, width, rows_max, false, screen);
    if lines.len() + legend.len() <= rows_max.saturating_add(1) {
        lines.extend(legend);
    }
    lines
}

/// The same with all that is to be said of the table itself: what was shortened, and which objects
/// found no room.
pub(super) fn told(
    run: &Interleaving,
    width: usize,
    rows_max: usize,
    screen: &Screen,
) -> Vec<String> {
    drawn(run, width, rows_max, false, screen).with_remarks()
}

/// The same as a story: between the steps it says why another thread goes on.
pub(super) fn story(
    run: &Interleaving,
    width: usize,
    rows_max: usize,
    screen: &Screen,
) -> Vec<String> {
    drawn(run, width, rows_max, true, screen).with_remarks()
}

/// A table, and what is to be said of it.
struct Drawn {
    lines: Vec<String>,
    /// What was shortened.
    legend: Vec<String>,
    /// Which objects have no column.
    missing: Vec<String>,
}

impl Drawn {
    fn with_remarks(self) -> Vec<String> {
        [self.lines, self.legend, self.missing].concat()
    }
}

fn drawn(
    run: &Interleaving,
    width: usize,
    rows_max: usize,
    switches: bool,
    screen: &Screen,
) -> Drawn {
    let rows = fold(&run.steps, run.decided, rows_max);
    let table = Table::new(run, &rows, width, screen);
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
    let lines = lines.iter().map(|line| line.trim_end().to_owned()).collect();
    let said: Vec<_> = shown(run, &rows).iter().map(|step| table.said(step)).collect();
    let legend = short::legend(said.iter()).map(|text| screen.wrap(&text, width));
    let missing = table.missing().map(|text| screen.wrap(&text, width));
    Drawn { lines, legend: legend.unwrap_or_default(), missing: missing.unwrap_or_default() }
}

struct Table<'a> {
    run: &'a Interleaving,
    screen: &'a Screen,
    width: usize,
    step_width: usize,
    objects: Vec<Object>,
    /// How far apart lanes begin; nothing if steps are listed one below the other.
    lane: Option<usize>,
    form: Form,
    /// The wording of remarks, by its place in `remarks`.
    remark: usize,
}

impl<'a> Table<'a> {
    fn new(run: &'a Interleaving, rows: &[Row], width: usize, screen: &'a Screen) -> Self {
        let step_width = rows.iter().map(|row| label(*row, screen).len()).max().unwrap_or(0).max(4);
        let objects = columns::objects(run, rows, width.saturating_sub(step_width + 3), screen);
        let form = Form::Whole;
        let mut table =
            Table { run, screen, width, step_width, objects, lane: None, form, remark: 0 };
        (table.form, table.lane) =
            columns::lanes(run, rows, width.saturating_sub(table.left()), screen);
        // Of several remarks all have the same wording: the fullest that has room everywhere.
        for step in shown(run, rows) {
            let fits = |text: &String| screen.width_of(text) <= table.room_beside(step);
            let all = remarks(step);
            table.remark = table.remark.max(all.iter().position(fits).unwrap_or(all.len()));
        }
        table
    }

    /// Columns to the left of the lanes.
    fn left(&self) -> usize {
        self.step_width + self.objects.iter().map(|object| object.width + 2).sum::<usize>() + 3
    }

    /// The names of the objects that have no column.
    fn missing(&self) -> Option<String> {
        let state = &self.run.steps.first()?.state;
        let shown = |n: usize| self.objects.iter().any(|object| object.index == n);
        let missing: Vec<_> =
            (0..state.len()).filter(|n| !shown(*n)).map(|n| state[n].0.as_str()).collect();
        (!missing.is_empty()).then(|| format!("not shown: {}", missing.join(", ")))
    }

    fn said(&self, step: &Step) -> Said {
        short::said(self.run, step, self.form)
    }

    /// Which lane is a thread's.
    fn index(&self, step: &Step) -> usize {
        self.run.threads.iter().position(|name| *name == step.thread).unwrap_or(0)
    }

    /// Columns for a remark beside a step: to the left or to the right of it.
    fn room_beside(&self, step: &Step) -> usize {
        let room = self.width.saturating_sub(self.left());
        let text = self.screen.width_of(&self.said(step).text());
        match self.lane {
            Some(lane) => {
                let left = self.index(step) * lane;
                room.saturating_sub(left + taken(text, lane)).max(left.saturating_sub(1))
            }
            None => room.saturating_sub(self.screen.width_of(&step.thread) + text + 4),
        }
    }

    /// Whose change a stale write destroys, in the wording of this table.
    fn remark(&self, step: &Step) -> String {
        remarks(step).into_iter().nth(self.remark).unwrap_or_default()
    }

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
        self.screen.cut(text.trim_end(), self.width)
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
            Row::Step(n) => (self.said(&self.run.steps[n]).text(), Some(last)),
            Row::Alone(..) => (format!("… {n} more steps alone"), None),
            Row::Gap(..) => (format!("… {n} more steps, of several threads"), None),
            Row::Rest(..) => (format!("… {n} more: whatever comes now, it fails"), None),
            Row::Looks(.., more) => (looks::told(more), None),
        };
        let index = self.index(last);
        match self.lane {
            Some(_) if matches!(row, Row::Gap(..) | Row::Rest(..)) => {
                line += &self.screen.plain(&text);
            }
            Some(width) => self.in_lane(&mut line, index, width, &text, step),
            None => {
                line += &self.screen.plain(&format!("{}  {text}  ", last.thread));
                line += &step.map(|step| self.remark(step)).unwrap_or_default();
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
        let left = self.left().min(self.width.saturating_sub(self.screen.width_of(&text)));
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
        let room = self.width.saturating_sub(self.screen.width_of(line) + left);
        let cell = self.said(step).within(room, self.screen);
        let taken = taken(self.screen.width_of(&cell), width);
        let remark = self.remark(step);
        if self.screen.width_of(&remark) > room.saturating_sub(taken) {
            *line += &self.screen.cell(&remark, left);
            *line += &cell;
        } else {
            *line += &" ".repeat(left);
            *line += &self.screen.cell(&cell, taken);
            *line += &remark;
        }
    }
}

/// Columns that a text takes in a lane, with what separates it from a remark.
fn taken(text: usize, lane: usize) -> usize {
    if text < lane { lane } else { text + 2 }
}

/// The number of a step, or of the first and last that a row stands for.
fn label(row: Row, screen: &Screen) -> String {
    match span(row) {
        (first, last) if first == last => (first + 1).to_string(),
        (first, last) => screen.plain(&format!("{}-{}", first + 1, last + 1)),
    }
}

/// Whose change a stale write destroys, fullest wording first; nothing of any other step.
fn remarks(step: &Step) -> Vec<String> {
    let Some(since) = step.stale_since else { return Vec::new() };
    let whose = step.overwrites.as_deref().unwrap_or("another thread");
    let change = format!("overwrites {whose}'s change");
    vec![
        format!("(stale since {since}: {change})"),
        format!("({change})"),
        format!("(overwrites {whose})"),
        "(stale)".to_owned(),
        String::new(),
    ]
}

#[cfg(test)]
mod tests {
    use conclab_engine::report::Switch;
    use unicode_width::UnicodeWidthStr as _;

    use super::*;
    use crate::found::sample;

    const PLAIN: Screen = Screen::PLAIN;

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
    fn all_remarks_of_a_table_have_one_wording() {
        let mut run = sample::lost_update(1);
        let mut last = run.steps[2].clone();
        (last.thread, last.stale_since) = ("B".to_owned(), Some(2));
        last.overwrites = Some("A".to_owned());
        run.steps.push(last);
        let lines = table(&run, 60, 6, &PLAIN);
        assert!(lines[4].ends_with("(overwrites B)"), "{lines:#?}");
        assert!(lines[5].ends_with("(overwrites A)"), "{lines:#?}");
    }

    #[test]
    fn what_is_short_or_missing_is_said_below() {
        let mut run = sample::lost_update(1);
        run.steps[3].operation = "compare_exchange counter 0 1".to_owned();
        run.steps[3].result = Some("failed, was 1".to_owned());
        for step in &mut run.steps {
            step.state.push(("something else".to_owned(), "0".to_owned()));
        }
        let lines = told(&run, 52, 9, &PLAIN);
        let below = ["in short: cas is compare_exchange", "not shown: something else"];
        assert_eq!(lines[5..], below, "{lines:#?}");
        assert!(lines[4].contains("cas counter 0→1: failed, was 1"), "{lines:#?}");
        assert_eq!(table(&run, 52, 4, &PLAIN), lines[..5]);
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
