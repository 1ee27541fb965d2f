//! A recorded run: a lane for every thread and every lock, on one screen.

mod canvas;
#[cfg(test)]
mod tests;

use conclab_engine::report::Timeline;
use conclab_kit::report::Expectation;

use self::canvas::Canvas;
use super::page::{Paint, indented, joined};
use super::words::thousands;
use crate::found::Traced;
use crate::render::trace::{Axis, Picture, in_brackets, line, outcome, said, span, title, waits};
use crate::screen::Screen;

/// Most lanes of threads, and of locks, on one screen.
const LANES_MAX: usize = 6;

/// Most sentences about waiting on one screen.
const WAITS_MAX: usize = 4;

/// The screen of a recorded run; all lanes, and every event, with `verbose`.
pub(crate) fn trace(traced: &Traced, verbose: bool, screen: &Screen) -> String {
    let timeline = &traced.report.timeline;
    let picture = Picture::new(timeline);
    let axis = Axis::new(timeline);
    let mut lines = head(traced, screen);
    if timeline.events.is_empty() {
        lines.push("Nothing was recorded.".to_owned());
        return joined(&lines, screen);
    }
    let canvas = Canvas::new(&picture, &axis, screen);
    lines.push(String::new());
    lines.extend(canvas.lanes(if verbose { usize::MAX } else { LANES_MAX }));
    lines.push(String::new());
    lines.extend(canvas.legend());
    lines.extend(told(&picture, &axis, verbose, screen));
    lines.extend(overflow(timeline, screen));
    if verbose {
        lines.extend(list(&picture, &axis, screen));
    }
    joined(&lines, screen)
}

fn head(traced: &Traced, screen: &Screen) -> Vec<String> {
    let report = &traced.report;
    let title = title(traced);
    let paint = match report.expectation {
        Some(Expectation::Acceptable) => Paint::Good,
        Some(Expectation::Interesting) => Paint::Open,
        _ => Paint::Bad,
    };
    let mut said = outcome(report);
    if !traced.right
        && report.expectation == Some(Expectation::Acceptable)
        && report.widen == "none"
    {
        said += " It can go wrong: see it with --widen handshake.";
    }
    let lines = screen.wrap(&title, screen.width).into_iter().map(|it| (it, Paint::Head));
    let lines = lines.chain(screen.wrap(&said, screen.width).into_iter().map(|it| (it, paint)));
    lines.map(|(line, paint)| screen.paint(&line, paint)).collect()
}

/// Who waited for what; the longest waits, in the order in which they began.
fn told(picture: &Picture<'_>, axis: &Axis, verbose: bool, screen: &Screen) -> Vec<String> {
    let waits = waits(picture, axis);
    let most = if verbose { usize::MAX } else { WAITS_MAX };
    let mut lengths: Vec<u64> = waits.iter().map(|(ns, _)| *ns).collect();
    lengths.sort_unstable_by(|a, b| b.cmp(a));
    let least = lengths.get(most.min(lengths.len()).wrapping_sub(1)).copied().unwrap_or(0);
    let n = waits.len();
    let shown = waits.into_iter().filter(|(ns, _)| *ns >= least).take(most);
    let mut lines: Vec<String> =
        shown.flat_map(|(_, text)| screen.wrap(&text, screen.width)).collect();
    if n > most {
        lines.push(format!("The longest of {n} waits; all with --verbose."));
    }
    lines
}

fn overflow(timeline: &Timeline, screen: &Screen) -> Vec<String> {
    let full = timeline.threads.iter().filter(|thread| thread.lost > 0);
    let names: Vec<_> = full.map(|it| format!("{} of {}", thousands(it.lost), it.name)).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let text = format!(
        "The recording is not complete: it kept the first events of every thread, and found no \
         room for {}.",
        names.join(", ")
    );
    let lines = screen.wrap(&text, screen.width).into_iter();
    lines.map(|line| screen.paint(&line, Paint::Bad)).collect()
}

/// Every event.
fn list(picture: &Picture<'_>, axis: &Axis, screen: &Screen) -> Vec<String> {
    let mut lines = vec![String::new(), screen.paint("EVENTS", Paint::Head)];
    let mut rows = Vec::new();
    for (n, event) in picture.timeline.events.iter().enumerate() {
        let time = screen.number(&span(axis.ns(n)), 8);
        let name = screen.cell(picture.thread(event.thread), 8);
        let by = event.unblocked_by.map_or_else(String::new, |by| {
            let by = &picture.timeline.events[by];
            format!(", after {}{}", picture.thread(by.thread), in_brackets(by))
        });
        let text = format!("{}{by}", said(picture.timeline, event));
        let place = line(event);
        let room = screen.width.saturating_sub(8 + 8 + 6 + screen.width_of(&place));
        rows.push(format!("{time}  {name}  {}  {place}", screen.cell(&text, room)));
    }
    lines.extend(indented(rows, 0));
    lines
}
