//! The lanes of a recorded run, character by character.

use conclab_engine::report::{TracedEvent, What};
use unicode_width::UnicodeWidthStr as _;

use crate::render::text::page::Paint;
use crate::render::trace::{Axis, Doing, LockLane, Picture, Span, ThreadLane, span, task_labels};
use crate::screen::Screen;

/// Widest column of names.
const NAME_MAX: usize = 16;

/// How a cell of a lane looks.
struct Glyphs {
    running: char,
    window: char,
    inside: char,
    task: char,
    waiting: char,
    waiting_inside: char,
    held: char,
}

const UNICODE: Glyphs = Glyphs {
    running: '─',
    window: '~',
    inside: '█',
    task: '▄',
    waiting: '░',
    waiting_inside: '▒',
    held: '═',
};

const ASCII: Glyphs = Glyphs {
    running: '-',
    window: '~',
    inside: '#',
    task: '+',
    waiting: '.',
    waiting_inside: ':',
    held: '=',
};

/// What lanes are drawn on.
pub(super) struct Canvas<'a> {
    picture: &'a Picture<'a>,
    axis: &'a Axis,
    screen: &'a Screen,
    glyphs: &'static Glyphs,
    /// Columns of the names, the gap included.
    margin: usize,
    /// Columns of the lanes.
    width: usize,
}

/// The cells of a lane: a character each, and how it is painted.
type Cells = Vec<(char, Option<Paint>)>;

impl<'a> Canvas<'a> {
    pub(super) fn new(picture: &'a Picture<'a>, axis: &'a Axis, screen: &'a Screen) -> Self {
        let names = picture.threads.iter().map(|lane| &lane.name);
        let names = names.chain(picture.locks.iter().map(|lane| &lane.name));
        let widest = names.map(|name| screen.width_of(name)).max().unwrap_or(0);
        let margin = widest.min(NAME_MAX) + 2;
        let glyphs = if screen.ascii { &ASCII } else { &UNICODE };
        Self { picture, axis, screen, glyphs, margin, width: screen.width - margin }
    }

    /// The column of an event; the end of the recording is behind the last column.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "places go from 0 to 1, and screens have few columns"
    )]
    fn column(&self, event: usize) -> usize {
        (self.axis.place(event) * self.width as f64) as usize
    }

    pub(super) fn lanes(&self, most: usize) -> Vec<String> {
        let mut lines = vec![self.ruler()];
        let threads = &self.picture.threads;
        for (thread, lane) in threads.iter().enumerate().take(most) {
            lines.push(self.row(&lane.name, &self.thread(thread, lane)));
        }
        lines.extend(more(threads.len(), most, "thread"));
        let locks = &self.picture.locks;
        if !locks.is_empty() {
            lines.push(String::new());
        }
        for lane in locks.iter().take(most) {
            lines.push(self.row(&lane.name, &self.lock(lane)));
        }
        lines.extend(more(locks.len(), most, "lock"));
        lines
    }

    /// When events were; the axis gives every one of them room, so it is not to scale.
    fn ruler(&self) -> String {
        let mut text = " ".repeat(self.margin);
        for event in self.axis.ticks(5) {
            let gap = (self.margin + self.column(event)).saturating_sub(text.width());
            let time = self.screen.plain(&span(self.axis.ns(event)));
            if text.width() + gap + time.width() <= self.screen.width {
                text += &" ".repeat(gap);
                text += &time;
            }
        }
        text
    }

    fn row(&self, name: &str, cells: &Cells) -> String {
        let mut text = self.screen.cell(name, self.margin - 2) + "  ";
        let mut rest = &cells[..];
        while let Some((_, paint)) = rest.first() {
            let same = rest.iter().take_while(|(_, other)| other == paint).count();
            let run: String = rest[..same].iter().map(|(c, _)| *c).collect();
            text += &paint.map_or_else(|| run.clone(), |paint| self.screen.paint(&run, paint));
            rest = &rest[same..];
        }
        text.trim_end().to_owned()
    }

    fn thread(&self, thread: usize, lane: &ThreadLane) -> Cells {
        let mut cells: Cells = vec![(' ', None); self.width];
        // What is rarer comes later, so that it is seen where several share a cell.
        for rank in 0..4 {
            for span in lane.spans.iter().filter(|span| self::rank(span) == rank) {
                let (begin, end) = self.reach(span.from, span.to);
                let glyph = self.glyph(span);
                cells[begin..end].fill(glyph);
                match &span.doing {
                    Doing::Waiting { what, held_by } => {
                        let by = held_by.as_ref().map_or_else(String::new, |by| format!(" ({by})"));
                        self.write(&mut cells[begin..end], &format!("{what}{by}"), 1);
                    }
                    Doing::Task(task) => {
                        let mut labels = task_labels(task).into_iter();
                        labels.find(|label| self.write(&mut cells[begin..end], label, 0));
                    }
                    _ => {}
                }
            }
        }
        self.mark(thread, &mut cells);
        cells
    }

    fn reach(&self, from: usize, to: usize) -> (usize, usize) {
        let begin = self.column(from).min(self.width - 1);
        (begin, self.column(to).clamp(begin + 1, self.width))
    }

    fn glyph(&self, span: &Span) -> (char, Option<Paint>) {
        let inside = !span.holds.is_empty();
        match &span.doing {
            Doing::Waiting { .. } if inside => (self.glyphs.waiting_inside, Some(Paint::Open)),
            Doing::Waiting { .. } => (self.glyphs.waiting, Some(Paint::Open)),
            Doing::Unknown => ('?', None),
            _ if inside => (self.glyphs.inside, Some(Paint::Good)),
            Doing::Window => (self.glyphs.window, None),
            Doing::Task(_) => (self.glyphs.task, None),
            Doing::Running => (self.glyphs.running, None),
        }
    }

    /// Writes a text into the middle of its cells, if there is room for it and for so many cells on
    /// each side; says whether there is.
    fn write(&self, cells: &mut [(char, Option<Paint>)], text: &str, beside: usize) -> bool {
        let text = self.screen.plain(text);
        let is_plain = text.chars().count() == text.width();
        if !is_plain || text.width() + 2 * beside > cells.len() {
            return false;
        }
        let begin = (cells.len() - text.width()) / 2;
        for (cell, c) in cells[begin..].iter_mut().zip(text.chars()) {
            cell.0 = c;
        }
        true
    }

    /// Marks what a thread does to atomics and what else takes no time.
    fn mark(&self, thread: usize, cells: &mut Cells) {
        let events = &self.picture.timeline.events;
        let mut free = 0;
        for (n, event) in events.iter().enumerate().filter(|(_, event)| event.thread == thread) {
            let Some((mark, _)) = mark(event) else { continue };
            let column = self.column(n).min(self.width - 1);
            if column < free {
                continue;
            }
            let value = event.value.filter(|_| event.what != What::Notified);
            let text = value.map_or_else(|| mark.to_string(), |value| format!("{mark}{value}"));
            let is_window = |what| matches!(what, What::Window | What::WindowLeft);
            let next = |it: &TracedEvent| it.thread == thread && !is_window(it.what);
            let next = events[n + 1..].iter().position(next);
            let end = next.map_or(self.width, |next| self.column(n + 1 + next).min(self.width));
            let fits = column + text.len() <= end.max(column + 1);
            let text = if fits { text } else { mark.to_string() };
            for (cell, c) in cells[column..].iter_mut().zip(text.chars()) {
                *cell = (c, Some(Paint::Head));
            }
            free = column + text.len();
        }
    }

    fn lock(&self, lane: &LockLane) -> Cells {
        let mut cells: Cells = vec![(' ', None); self.width];
        for held in &lane.spans {
            let (begin, end) = self.reach(held.from, held.to);
            cells[begin..end].fill((self.glyphs.held, Some(Paint::Good)));
            let name = self.screen.plain(self.picture.thread(held.thread));
            if name.chars().count() == name.width() {
                for (cell, c) in cells[begin..end].iter_mut().zip(name.chars()) {
                    cell.0 = c;
                }
            }
        }
        cells
    }

    /// What the signs mean that are there.
    pub(super) fn legend(&self) -> Vec<String> {
        let glyphs = self.glyphs;
        let spans = || self.picture.threads.iter().flat_map(|lane| &lane.spans);
        let waits = |span: &&Span| matches!(span.doing, Doing::Waiting { .. });
        let rest = |span: &&Span| span.holds.is_empty() && !waits(span);
        let has = [
            (glyphs.running, "runs", true),
            (glyphs.task, "works", spans().any(|it| matches!(it.doing, Doing::Task(_)))),
            (
                glyphs.window,
                "held in a window",
                spans().filter(rest).any(|it| it.doing == Doing::Window),
            ),
            (glyphs.inside, "holds a lock", spans().any(|it| !it.holds.is_empty() && !waits(&it))),
            (
                glyphs.waiting,
                "waits (who has it)",
                spans().any(|it| waits(&it) && it.holds.is_empty()),
            ),
            (
                glyphs.waiting_inside,
                "waits and holds",
                spans().any(|it| waits(&it) && !it.holds.is_empty()),
            ),
            ('?', "not known", spans().any(|it| it.doing == Doing::Unknown)),
        ];
        let mut items: Vec<String> = has
            .iter()
            .filter(|(_, _, is_there)| *is_there)
            .map(|(glyph, means, _)| format!("{glyph}{glyph} {means}"))
            .collect();
        let mut marks: Vec<_> = self.picture.timeline.events.iter().filter_map(mark).collect();
        marks.sort_unstable();
        marks.dedup();
        items.extend(marks.iter().map(|(mark, means)| format!("{mark} {means}")));
        items.push("every event has room: not to scale".to_owned());
        self.screen.flow(&items, "   ", self.screen.width)
    }
}

/// Which spans are drawn over which.
fn rank(span: &Span) -> u8 {
    match span.doing {
        Doing::Waiting { .. } => 3,
        _ if !span.holds.is_empty() => 2,
        Doing::Window | Doing::Task(_) => 1,
        _ => 0,
    }
}

/// The sign of an event that takes no time, and what it means.
fn mark(event: &TracedEvent) -> Option<(char, &'static str)> {
    Some(match event.what {
        What::Loaded => ('r', "reads"),
        What::Stored => ('w', "writes"),
        What::Modified => ('m', "changes, was"),
        What::NotExchanged => ('f', "exchange failed, was"),
        What::Refused => ('x', "did not get it"),
        What::Notified => ('n', "notifies"),
        What::Sent => ('s', "sends"),
        What::Received => ('v', "receives"),
        What::Panicked | What::Crash => ('!', "dies"),
        _ => return None,
    })
}

fn more(n: usize, most: usize, what: &str) -> Option<String> {
    let rest = n.checked_sub(most).filter(|rest| *rest > 0)?;
    let s = if rest == 1 { "" } else { "s" };
    Some(format!("and {rest} {what}{s} more: see --verbose"))
}
