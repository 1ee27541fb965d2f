//! The steps of an interleaving: shared objects at the left, a lane for each thread, a row for each
//! step, and between them why another thread goes on.

use std::fmt::Write as _;

use conclab_engine::report::{Interleaving, Step};

use super::{escaped, short};
use crate::render::text::{Row, fold, looks, span, switch};

/// Rows of steps: a longer interleaving is folded.
const ROWS: usize = 60;

/// Width of the picture, if its lanes need neither less nor more.
const WIDTH: usize = 1000;

/// Width of the narrowest picture: that of its sentences.
const WIDTH_MIN: usize = 760;

/// Width of the narrowest and of the widest lane.
const LANE: (usize, usize) = (110, 240);

/// Width of the numbers of the steps.
const BEFORE: usize = 50;

/// Width for columns of objects.
const OBJECTS: usize = 330;

/// Characters of an object's name or value.
const VALUE_MAX: usize = 16;

/// Width of a character, a little more than it takes.
const LETTER: usize = 8;

/// Height of a step, and of a row of text.
const STEP: usize = 27;
const TEXT: usize = 20;

/// The steps as SVG, with the place that they take.
pub(super) struct Table {
    pub(super) text: String,
    pub(super) width: usize,
    pub(super) bottom: usize,
}

/// Draws the steps below `top`.
pub(super) fn drawing(run: &Interleaving, top: usize) -> Table {
    let rows = fold(&run.steps, run.decided, ROWS);
    let objects = objects(run);
    let left = objects.last().map_or(BEFORE, |object| object.right) + 16;
    let n_lanes = run.threads.len().max(1);
    let lane = ((WIDTH - left - 10) / n_lanes).clamp(LANE.0, LANE.1);
    let width = WIDTH_MIN.max(left + n_lanes * lane + 10);
    let mut pen = Pen { run, objects, left, lane, y: top + STEP, text: String::new() };
    pen.heads();
    for (n, row) in rows.iter().enumerate() {
        if let Some(before) = n.checked_sub(1).map(|before| rows[before]) {
            pen.why(before, *row);
        }
        pen.row(*row);
    }
    if let Some(step) = run.loops_to {
        pen.remark(&format!("and again from the state after step {step}, for ever"));
    }
    Table { width, bottom: pen.y, text: pen.text }
}

/// A shared object's column.
struct Object {
    /// Where it stands in a step's state.
    index: usize,
    name: String,
    /// Where it ends.
    right: usize,
}

/// The objects that there is room for.
fn objects(run: &Interleaving) -> Vec<Object> {
    let Some(first) = run.steps.first() else { return Vec::new() };
    let mut right = BEFORE;
    let mut objects = Vec::new();
    for (index, (name, _)) in first.state.iter().enumerate() {
        let values = run.steps.iter().filter_map(|step| step.state.get(index));
        let longest = values.map(|(_, value)| value.chars().count()).max().unwrap_or(0);
        let letters = longest.max(name.chars().count()).min(VALUE_MAX);
        let width = letters * LETTER + 14;
        if right + width <= BEFORE + OBJECTS {
            right += width;
            objects.push(Object { index, name: short(name, VALUE_MAX), right });
        }
    }
    objects
}

/// Draws row after row.
struct Pen<'a> {
    run: &'a Interleaving,
    objects: Vec<Object>,
    /// Where the lanes begin, and how wide each is.
    left: usize,
    lane: usize,
    /// Where the next row ends.
    y: usize,
    text: String,
}

impl Pen<'_> {
    fn put(&mut self, class: &str, x: usize, text: &str) {
        let y = self.y - 8;
        let _ = writeln!(
            self.text,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>",
            escaped(text)
        );
    }

    /// Characters that a lane has room for.
    fn letters(&self) -> usize {
        (self.lane - 12) / (LETTER - 1)
    }

    fn middle(&self, lane: usize) -> usize {
        self.left + lane * self.lane + self.lane / 2
    }

    fn heads(&mut self) {
        self.put("n", 44, "step");
        let objects: Vec<_> = self.objects.iter().map(|o| (o.right, o.name.clone())).collect();
        for (right, name) in objects {
            self.put("value", right, &name);
        }
        for (lane, name) in self.run.threads.iter().enumerate() {
            self.put("name", self.middle(lane), &short(name, self.letters()));
        }
        self.y += STEP;
    }

    /// Why another thread goes on.
    fn why(&mut self, before: Row, row: Row) {
        let told = |row| !matches!(row, Row::Gap(..) | Row::Rest(..));
        let steps = &self.run.steps;
        let why = switch(&steps[span(before).1], &steps[span(row).0]);
        if let Some(why) = why.filter(|_| told(before) && told(row)) {
            self.remark(&why);
        }
    }

    fn remark(&mut self, text: &str) {
        self.y -= STEP - TEXT;
        self.put("why", self.left + 4, text);
        self.y += STEP;
    }

    fn row(&mut self, row: Row) {
        let (first, last) = span(row);
        let steps = &self.run.steps;
        let n = last - first + 1;
        match row {
            Row::Step(at) => self.step(&steps[at]),
            Row::Alone(..) => {
                let who = &steps[first].thread;
                self.remark(&format!("… {n} more steps of {who} alone"));
            }
            Row::Gap(..) => self.remark(&format!("… {n} more steps, of several threads")),
            Row::Rest(..) => self.remark(&format!("… {n} more: whatever comes now, it fails")),
            Row::Looks(.., more) => self.remark(&looks(more)),
        }
        if self.run.decided.is_some_and(|step| (first + 1..=last + 1).contains(&step))
            && last + 1 < steps.len()
        {
            self.remark("It is decided: no way on from here ends otherwise.");
        }
    }

    fn step(&mut self, step: &Step) {
        self.put("n", 44, &step.step.to_string());
        let value = |object: &Object| {
            let value = step.state.get(object.index).map_or("", |(_, value)| value.as_str());
            (object.right, short(value, VALUE_MAX))
        };
        let values: Vec<_> = self.objects.iter().map(value).collect();
        for (right, value) in values {
            self.put("value", right, &value);
        }
        let lane = self.run.threads.iter().position(|name| *name == step.thread).unwrap_or(0);
        let (x, y, width) = (self.left + lane * self.lane, self.y - 25, self.lane);
        let class = if step.stale_since.is_some() { "bad" } else { "step" };
        let given = step.result.as_ref().map(|result| format!(" → {result}"));
        let told = format!("{}{}", step.operation, given.unwrap_or_default());
        let _ = writeln!(
            self.text,
            "<rect class=\"{class}\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"24\" \
             rx=\"4\"><title>{}</title></rect>",
            x + 3,
            width - 6,
            escaped(&format!("{}: {told}, line {}", step.thread, step.line)),
        );
        self.put("middle", self.middle(lane), &short(&told, self.letters()));
        self.y += STEP;
        if let Some(since) = step.stale_since {
            let whose = step.overwrites.as_deref().unwrap_or("another thread");
            self.remark(&format!("stale since step {since}: overwrites {whose}'s change"));
        }
    }
}
