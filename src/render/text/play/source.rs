//! The source around the lines at which threads stand.

use std::ops::RangeInclusive;

use conclab_engine::report::{Place, Standing};

use crate::play::{Play, source};
use crate::screen::Screen;

/// Part of a source file, with who stands where.
#[derive(Debug)]
pub(crate) struct Listing {
    /// The file's name within its lab.
    file: String,
    /// Each line: its number, its text, and the threads that stand there.
    rows: Vec<(u32, &'static str, Vec<String>)>,
    /// Why there are no lines.
    missing: bool,
}

/// The source around every thread's next step, with so many lines before and after it.
pub(crate) fn listing(play: &Play<'_>, around: u32) -> Vec<Listing> {
    let here = play.here().threads.iter();
    let threads: Vec<(String, Place)> =
        here.filter_map(|one| Some((one.thread.clone(), place(play, one)?))).collect();
    let mut files: Vec<&str> = threads.iter().map(|(_, place)| place.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    files.into_iter().map(|file| part(file, &threads, around)).collect()
}

/// Where a thread stands: at its next step or, if no line of the program says so (the end of a
/// guard's scope), still at its last one.
fn place(play: &Play<'_>, one: &Standing) -> Option<Place> {
    let next = one.next.as_ref()?;
    if source::text(&next.file).is_some() {
        return Some(next.clone());
    }
    let steps = play.here().told.steps.iter().rev();
    let mut known =
        steps.filter(|step| step.thread == one.thread && source::text(&step.file).is_some());
    let last = known.next().map(|step| Place {
        name: step.operation.clone(),
        file: step.file.clone(),
        line: step.line,
    });
    Some(last.unwrap_or_else(|| next.clone()))
}

fn part(file: &str, threads: &[(String, Place)], around: u32) -> Listing {
    let short = source::short(file).to_owned();
    let ours: Vec<_> = threads.iter().filter(|(_, place)| place.file == file).collect();
    let Some(text) = source::text(file) else {
        return Listing { file: short, rows: Vec::new(), missing: true };
    };
    let near: Vec<_> = ours
        .iter()
        .map(|(_, place)| {
            let item = item(text, place.line);
            let first = place.line.saturating_sub(around).max(*item.start());
            first..=place.line.saturating_add(around).min(*item.end())
        })
        .collect();
    let near = |line: u32| near.iter().any(|range| range.contains(&line));
    let rows = (1..).zip(text.lines()).filter(|(number, _)| near(*number)).map(|(number, text)| {
        let here = ours.iter().filter(|(_, place)| place.line == number);
        (number, text, here.map(|(name, _)| name.clone()).collect())
    });
    Listing { file: short, rows: rows.collect(), missing: false }
}

/// The lines of the function (or other item) that a line is in: what is around it is about
/// something else. Items begin and end where lines are not indented, as rustfmt writes them.
fn item(text: &str, line: u32) -> RangeInclusive<u32> {
    let lines = (1..).zip(text.lines());
    let edge = |text: &str| text.starts_with(|c: char| !c.is_whitespace());
    let edges = lines.filter(|(_, text)| edge(text));
    let (above, below): (Vec<_>, Vec<_>) = edges.partition(|(number, _)| *number < line);
    // A head that spans lines ends in `) {` and begins where nothing is indented, too.
    let begin = above.iter().rev().find(|(_, text)| !text.starts_with([')', '}']));
    let end = below.iter().find(|(_, text)| text.starts_with('}'));
    begin.map_or(1, |(number, _)| *number)..=end.map_or(u32::MAX, |(number, _)| *number)
}

impl Listing {
    /// The part as lines: a head, then number, who stands there, and text.
    pub(crate) fn lines(&self, screen: &Screen) -> Vec<String> {
        let width = screen.width;
        if self.missing {
            return vec![screen.cut(&format!("{}: the source is not at hand", self.file), width)];
        }
        let indent = |text: &str| text.len() - text.trim_start().len();
        let texts = self.rows.iter().filter(|(_, text, _)| !text.trim().is_empty());
        let least = texts.map(|(_, text, _)| indent(text)).min().unwrap_or(0);
        let names: Vec<String> = self.rows.iter().map(|(_, _, names)| names.join(" ")).collect();
        let widest = names.iter().map(|name| screen.width_of(name)).max().unwrap_or(0).min(16);
        let mut lines = vec![screen.cut(&format!("{}:", self.file), width)];
        let mut above = None;
        for ((number, text, _), names) in self.rows.iter().zip(&names) {
            if above.is_some_and(|above| above + 1 < *number) {
                lines.push(screen.plain(&format!("{:>4}", "…")));
            }
            above = Some(*number);
            let mark = if names.is_empty() { ' ' } else { '>' };
            let names = screen.cell(names, widest);
            let text = text.get(least..).unwrap_or_default();
            let line = format!("{number:>4} {names}{mark} {text}");
            lines.push(screen.cut(line.trim_end(), width));
        }
        lines
    }
}
