//! The code that a page shows: every function that some thread stands in, whole, with its doc.

use std::collections::BTreeMap;

use conclab_kit::report::StateGraph;
use serde::Serialize;

/// Lines above and below a place that is in no function.
const AROUND: usize = 6;

/// Lines of a file that stand together.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Excerpt<'a> {
    file: String,
    /// The number of the first line, from 1.
    first: usize,
    lines: Vec<&'a str>,
}

/// The code that the threads of `graph` stand in, out of `sources`: path and text.
pub(super) fn all<'a>(graph: &StateGraph, sources: &[(&'a str, &'a str)]) -> Vec<Excerpt<'a>> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for thread in graph.states.iter().flat_map(|state| &state.threads) {
        if let (Some(file), Some(line)) = (thread.file, thread.line) {
            // A program built on Windows writes the other slash.
            let file = graph.texts[file as usize].replace('\\', "/");
            places.entry(file).or_default().push(line as usize);
        }
    }
    let mut found = Vec::new();
    for (file, places) in places {
        let Some((_, text)) = sources.iter().find(|(path, _)| *path == file) else { continue };
        let lines: Vec<&str> = text.lines().collect();
        for (first, last) in spans(&lines, places) {
            let lines = outdented(&lines[first..=last]);
            found.push(Excerpt { file: file.clone(), first: first + 1, lines });
        }
    }
    found
}

/// First and last line, counted from 0, of what is around the places, in order and apart.
fn spans(lines: &[&str], mut places: Vec<usize>) -> Vec<(usize, usize)> {
    places.sort_unstable();
    places.dedup();
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for line in places.into_iter().filter(|line| (1..=lines.len()).contains(line)) {
        let (first, last) = around(lines, line - 1);
        match spans.last_mut() {
            Some(before) if first <= before.1 + 1 => before.1 = before.1.max(last),
            _ => spans.push((first, last)),
        }
    }
    spans
}

/// The function that a line is in, by the indentation that rustfmt gives it.
fn around(lines: &[&str], line: usize) -> (usize, usize) {
    let depth = indent(lines[line]);
    let head = (0..line).rev().find(|&n| is_function(lines[n]) && indent(lines[n]) < depth);
    let Some(head) = head else {
        return (line.saturating_sub(AROUND), (line + AROUND).min(lines.len() - 1));
    };
    let is_end = |n: &usize| lines[*n].starts_with(&format!("{:1$}}}", "", indent(lines[head])));
    let last = (line..lines.len()).find(is_end).unwrap_or(lines.len() - 1);
    let above = lines[..head].iter().rev().take_while(|text| {
        let text = text.trim_start();
        text.starts_with("///") || text.starts_with("#[")
    });
    (head - above.count(), last)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_function(line: &str) -> bool {
    let words = line.split('(').next().unwrap_or_default();
    let code = line.trim_start();
    !code.starts_with("//")
        && (words.split_whitespace().any(|word| word == "fn")
            || code.starts_with("pub(") && code.contains(" fn "))
}

/// The lines without the indentation that all of them have.
fn outdented<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let least = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(line));
    let least = least.min().unwrap_or(0);
    lines.iter().map(|line| line.get(least..).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "\
//! About `fn`.

/// Adds.
#[inline]
pub(crate) fn add() {
    let sum = 1;
    spawn(|| {
        store(sum);
    });
}

impl Lock {
    /// Locks.
    fn lock(&self) {
        take();
    }

    fn unlock(&self) {
        give();
    }
}
";

    fn of(places: &[usize]) -> Vec<(usize, usize)> {
        spans(&CODE.lines().collect::<Vec<_>>(), places.to_vec())
    }

    #[test]
    fn a_place_brings_its_function_with_its_doc() {
        assert_eq!(of(&[8]), [(2, 9)]);
        assert_eq!(of(&[15]), [(12, 15)]);
        assert_eq!(of(&[8, 6, 15, 19]), [(2, 9), (12, 15), (17, 19)]);
    }

    #[test]
    fn a_place_in_no_function_brings_its_neighbours() {
        assert_eq!(of(&[1]), [(0, 6)]);
        assert_eq!(of(&[0, 99]), []);
    }

    #[test]
    fn methods_lose_the_indentation_of_their_impl() {
        let lines: Vec<_> = CODE.lines().collect();
        assert_eq!(outdented(&lines[12..=15])[1], "fn lock(&self) {");
    }
}
