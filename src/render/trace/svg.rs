//! The still picture: one SVG file, in light or dark as the reader's system is.
//!
//! What waits is hatched, what holds a lock is thick, and labels say both: colour only repeats it.
//! The page of `html` is this drawing with a script, so what has a place on the time axis says in
//! `data-` attributes by which events it got it.

use std::fmt::Write as _;

use conclab_engine::report::{TracedEvent, What};

use super::{Axis, Doing, Picture, Span, outcome, said, span, task_labels, waits};
use crate::found::Traced;

const WIDTH: usize = 1000;
/// Columns of names.
const LEFT: usize = 140;
/// What is left for the lanes, with a margin.
pub(super) const LANES: usize = WIDTH - LEFT - 10;
const TOP: usize = 84;
const LANE: usize = 34;
const BAR: usize = 20;
/// Width of a character of a label, a little more than it takes.
const LETTER: f64 = 6.6;
/// Most sentences under the lanes.
const WAITS_MAX: usize = 6;

/// The file.
pub(crate) fn svg(traced: &Traced) -> String {
    let picture = Picture::new(&traced.report.timeline);
    let axis = Axis::new(&traced.report.timeline);
    let drawing = Drawing { picture: &picture, axis: &axis };
    let sentences: Vec<String> = notes(traced, &picture, &axis);
    let foot = drawing.bottom() + 34;
    let height = foot + 18 * sentences.len() + 10;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"title\">\n<title id=\"title\">{title}</title>\n<style>{css}</style>\n\
         <rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n\
         <text class=\"h\" x=\"10\" y=\"24\">{title}</text>\n\
         <text x=\"10\" y=\"46\">{said}</text>\n",
        title = escaped(&title(traced)),
        css = include_str!("picture.css"),
        said = escaped(&outcome(&traced.report)),
    );
    text += &drawing.lanes();
    text += &drawing.legend(foot - 10);
    for (n, sentence) in sentences.iter().enumerate() {
        let y = foot + 18 * (n + 1);
        let _ = writeln!(text, "<text x=\"10\" y=\"{y}\">{}</text>", escaped(sentence));
    }
    text + "</svg>\n"
}

/// What the picture shows, in a line.
pub(crate) fn title(traced: &Traced) -> String {
    let report = &traced.report;
    let dial = match report.widen.as_str() {
        "none" => String::new(),
        dial => format!(", --widen {dial}"),
    };
    let (lab, size) = (&report.lab, &traced.size);
    match &report.runner {
        Some(runner) => format!("{lab} --runner {runner}: {size}, one run"),
        None => format!("{lab} {}: {size}, one run on real threads{dial}", report.way()),
    }
}

/// What stands under the lanes: the longest waits, and what is missing.
pub(super) fn notes(traced: &Traced, picture: &Picture<'_>, axis: &Axis) -> Vec<String> {
    let mut waits = waits(picture, axis);
    let n = waits.len();
    waits.truncate(WAITS_MAX);
    let mut notes: Vec<String> = waits.into_iter().map(|(_, text)| text + ".").collect();
    if n > WAITS_MAX {
        notes.push(format!("These are the first {WAITS_MAX} of {n} waits."));
    }
    if traced.report.timeline.lost > 0 {
        let lost = traced.report.timeline.lost;
        notes.push(format!("Not complete: {lost} events found no room in the recording."));
    }
    notes
}

/// Text as it may stand in SVG and HTML.
pub(in crate::render) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            // XML has no place for these, escaped or not.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// The lanes, without what stands around them.
pub(super) struct Drawing<'a> {
    pub(super) picture: &'a Picture<'a>,
    pub(super) axis: &'a Axis,
}

impl Drawing<'_> {
    fn n_lanes(&self) -> usize {
        self.picture.threads.len() + self.picture.locks.len()
    }

    /// Where the lanes end.
    pub(super) fn bottom(&self) -> usize {
        self.top(self.n_lanes())
    }

    /// The top of a lane: threads first, then, after a gap, locks.
    fn top(&self, lane: usize) -> usize {
        let gap = if lane >= self.picture.threads.len() { 12 } else { 0 };
        TOP + lane * LANE + gap
    }

    fn x(&self, event: usize) -> f64 {
        self.axis.place(event) * LANES as f64
    }

    /// Names, and in a window of their own the lanes.
    pub(super) fn lanes(&self) -> String {
        let mut text = String::new();
        let names = self.picture.threads.iter().map(|lane| &lane.name);
        let names = names.chain(self.picture.locks.iter().map(|lane| &lane.name));
        for (lane, name) in names.enumerate() {
            let y = self.top(lane) + 15;
            let name = short(name, 20);
            let _ = writeln!(text, "<text x=\"10\" y=\"{y}\">{}</text>", escaped(&name));
        }
        let height = self.bottom();
        let _ = writeln!(
            text,
            "<svg id=\"lanes\" x=\"{LEFT}\" width=\"{LANES}\" height=\"{height}\">\n<defs>\
             <pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect class=\"ink\" width=\"2.5\" height=\"6\"/>\
             </pattern><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" \
             markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"tip\" \
             d=\"M0 0L8 4L0 8z\"/></marker></defs>"
        );
        text += &self.ruler();
        for thread in 0..self.picture.threads.len() {
            text += &self.thread(thread);
        }
        text += &self.locks();
        text += &self.arrows();
        text + "</svg>\n"
    }

    fn ruler(&self) -> String {
        let mut text = "<g id=\"ruler\">\n".to_owned();
        let bottom = self.bottom();
        for event in self.axis.ticks(8) {
            let (x, time) = (self.x(event), span(self.axis.ns(event)));
            let _ = writeln!(
                text,
                "<path class=\"grid\" d=\"M{x:.1} 74V{bottom}\"/>\
                 <text class=\"time\" x=\"{x:.1}\" y=\"70\">{time}</text>"
            );
        }
        text + "</g>\n"
    }

    fn thread(&self, thread: usize) -> String {
        let y = self.top(thread);
        let mut text = String::new();
        for span in &self.picture.threads[thread].spans {
            let class = class(span);
            text += &self.bar((span.from, span.to), y, class);
            let reach = (span.from, span.to);
            match &span.doing {
                Doing::Waiting { what, held_by } => {
                    let by = held_by.as_ref().map_or_else(String::new, |by| format!(" ({by})"));
                    text += &self.label(reach, y, &format!("{what}{by}"));
                }
                Doing::Task(task) => {
                    let labels = task_labels(task).into_iter();
                    let fits = |label: &&str| self.has_room(reach, label);
                    text += &self.label(reach, y, labels.clone().find(fits).unwrap_or(task));
                }
                _ => {}
            }
        }
        let timeline = self.picture.timeline;
        for (n, event) in timeline.events.iter().enumerate().filter(|(_, it)| it.thread == thread) {
            let (x, middle) = (self.x(n), y + BAR / 2);
            let (class, r) = if is_death(event) { ("e dead", 6) } else { ("e", 3) };
            let _ = writeln!(
                text,
                "<circle class=\"{class}\" data-e=\"{n}\" cx=\"{x:.1}\" cy=\"{middle}\" \
                 r=\"{r}\"><title>{}</title></circle>",
                escaped(&format!("{} {}", self.picture.thread(thread), said(timeline, event)))
            );
        }
        text
    }

    fn bar(&self, (from, to): (usize, usize), y: usize, class: &str) -> String {
        let (x, width) = (self.x(from), (self.x(to) - self.x(from)).max(0.5));
        let (y, height) = match class {
            "run" | "window" => (y + BAR / 2 - 2, 4),
            _ => (y, BAR),
        };
        format!(
            "<rect class=\"{class}\" data-f=\"{from}\" data-t=\"{to}\" x=\"{x:.1}\" y=\"{y}\" \
             width=\"{width:.1}\" height=\"{height}\"/>\n"
        )
    }

    fn has_room(&self, (from, to): (usize, usize), label: &str) -> bool {
        label.chars().count() as f64 * LETTER + 8.0 <= self.x(to) - self.x(from)
    }

    /// A label, hidden if there is no room for it.
    fn label(&self, (from, to): (usize, usize), y: usize, label: &str) -> String {
        let width = label.chars().count() as f64 * LETTER;
        let hidden = if self.has_room((from, to), label) { "" } else { " visibility=\"hidden\"" };
        let (x, y) = (f64::midpoint(self.x(from), self.x(to)), y + 14);
        format!(
            "<text class=\"label\" data-f=\"{from}\" data-t=\"{to}\" data-w=\"{width:.0}\" \
             x=\"{x:.1}\" y=\"{y}\"{hidden}>{}</text>\n",
            escaped(label)
        )
    }

    fn locks(&self) -> String {
        let mut text = String::new();
        for (n, lane) in self.picture.locks.iter().enumerate() {
            let y = self.top(self.picture.threads.len() + n);
            for held in &lane.spans {
                text += &self.bar((held.from, held.to), y, "held");
                text += &self.label((held.from, held.to), y, self.picture.thread(held.thread));
            }
        }
        text
    }

    /// Who unblocked whom.
    fn arrows(&self) -> String {
        let mut text = "<g id=\"arrows\">\n".to_owned();
        for (n, event) in self.picture.timeline.events.iter().enumerate() {
            let Some(by) = event.unblocked_by else { continue };
            let middle = |thread: usize| self.top(thread) + BAR / 2;
            let (y1, y2) = (middle(self.picture.timeline.events[by].thread), middle(event.thread));
            let (x1, x2) = (self.x(by), self.x(n));
            let _ = writeln!(
                text,
                "<path class=\"arrow\" data-f=\"{by}\" data-t=\"{n}\" data-y=\"{y1} {y2}\" \
                 marker-end=\"url(#tip)\" d=\"M{x1:.1} {y1}L{x2:.1} {y2}\"/>"
            );
        }
        text + "</g>\n"
    }

    fn legend(&self, y: usize) -> String {
        let mut text = String::new();
        let mut x = 10;
        for (class, means) in KEY {
            let is_there =
                |lane: &super::ThreadLane| lane.spans.iter().any(|it| self::class(it) == class);
            if !self.picture.threads.iter().any(is_there) {
                continue;
            }
            let (top, height) = sign(class);
            let top = y - 14 + top;
            let _ = writeln!(
                text,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{top}\" width=\"26\" height=\"{height}\"/>\
                 <text x=\"{}\" y=\"{y}\">{means}</text>",
                x + 32
            );
            x += 50 + 7 * means.len();
        }
        if self.picture.timeline.events.iter().any(is_death) {
            let (at, middle) = (x + 6, y - 4);
            let _ = writeln!(
                text,
                "<circle class=\"e dead\" cx=\"{at}\" cy=\"{middle}\" r=\"6\"/>\
                 <text x=\"{}\" y=\"{y}\">dies</text>",
                x + 18
            );
            x += 60;
        }
        let _ = writeln!(
            text,
            "<text x=\"{x}\" y=\"{y}\">→ unblocks; every event has room: not to scale</text>"
        );
        text
    }
}

/// The looks of a span, and what they mean.
pub(super) const KEY: [(&str, &str); 6] = [
    ("run", "runs"),
    ("inside", "holds a lock"),
    ("wait", "waits (who has it)"),
    ("wait inside", "waits and holds"),
    ("window", "held in a window"),
    ("task", "works on a task"),
];

/// Top and height of a span's sign in a legend, in a row 20 high.
pub(super) fn sign(class: &str) -> (usize, usize) {
    if class == "run" || class == "window" { (8, 4) } else { (2, 16) }
}

/// Whether a thread or a process comes to a bad end.
pub(super) fn is_death(event: &TracedEvent) -> bool {
    matches!(event.what, What::Panicked | What::Crash)
}

/// How a span looks.
fn class(span: &Span) -> &'static str {
    let holds = !span.holds.is_empty();
    match &span.doing {
        Doing::Waiting { .. } if holds => "wait inside",
        Doing::Waiting { .. } => "wait",
        Doing::Unknown => "unknown",
        _ if holds => "inside",
        Doing::Task(_) => "task",
        Doing::Window => "window",
        Doing::Running => "run",
    }
}

/// A name of at most so many characters.
pub(in crate::render) fn short(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    name.chars().take(most - 1).chain(['…']).collect()
}
